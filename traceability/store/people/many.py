"""Growers, plots and what concerns them, many at once: for whoever brings a whole season."""

from collections.abc import Iterable
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from traceability.domain.people import Plot
from traceability.store.parts import parts
from traceability.store.people.plots import figures_in_force, plot_of
from traceability.store.people.rows import GrowerRow, PlotAllowanceRow, PlotRow, PlotWorkRow


def growers_numbered(session: Session, nos: Iterable[str]) -> dict[str, tuple[int, str, str, str]]:
    """(id, kind, name, township) of growers by number, those of these numbers that there are."""
    found: dict[str, tuple[int, str, str, str]] = {}
    for some in parts(nos):
        rows = session.scalars(select(GrowerRow).where(GrowerRow.no.in_(some)))
        found |= {row.no: (row.id, row.kind, row.name, row.township) for row in rows}
    return found


def plots_numbered(session: Session, nos: Iterable[str], *, lock: bool = False) -> dict[str, Plot]:
    """Plots by the numbers on their cards; `lock` makes other changes to their accounts wait, in one order."""
    found: dict[str, Plot] = {}
    for some in parts(sorted(set(nos))):
        query = select(PlotRow).where(PlotRow.no.in_(some)).order_by(PlotRow.id)
        rows = session.scalars(query.with_for_update(key_share=True) if lock else query)
        found |= {row.no: plot_of(row) for row in rows}
    return found


def allowances_of(session: Session, plots: Iterable[int]) -> dict[tuple[int, int], dict[str, int]]:
    """The office's own figures by plot and season, each by part, the latest of each."""
    found: dict[tuple[int, int], dict[str, int]] = {}
    for some in parts(plots):
        query = select(PlotAllowanceRow).where(PlotAllowanceRow.plot_id.in_(some), figures_in_force())
        for row in session.scalars(query.order_by(PlotAllowanceRow.id)):
            found.setdefault((row.plot_id, row.season), {})[row.part] = row.grams
    return found


def intervals_of(session: Session, plots: Iterable[int]) -> dict[int, list[tuple[date, date]]]:
    """(worked on, interval until) of every farm work, by plot."""
    found: dict[int, list[tuple[date, date]]] = {}
    for some in parts(plots):
        query = select(PlotWorkRow.plot_id, PlotWorkRow.worked_on, PlotWorkRow.interval_until)
        for plot, worked, until in session.execute(query.where(PlotWorkRow.plot_id.in_(some))):
            found.setdefault(plot, []).append((worked, until))
    return found


def plot_works_of(
    session: Session, enterprise: int, plots: Iterable[str]
) -> dict[tuple[str, date, str], tuple[str, int]]:
    """(dose, interval in days) of the farm work a firm recorded on plots of these numbers, by plot, day and product."""
    found: dict[tuple[str, date, str], tuple[str, int]] = {}
    for some in parts(sorted(set(plots))):
        query = (
            select(
                PlotRow.no,
                PlotWorkRow.worked_on,
                PlotWorkRow.product,
                PlotWorkRow.dose,
                PlotWorkRow.interval_days,
            )
            .join(PlotRow, PlotRow.id == PlotWorkRow.plot_id)
            .where(PlotWorkRow.enterprise_id == enterprise, PlotRow.no.in_(some))
        )
        for no, worked, product, dose, days in session.execute(query):
            found[no, worked, product] = (dose, days)
    return found
