"""Allowances of a year confirmed for many plots at once, and taken back; what keeps a plot out of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session, aliased

from traceability.domain.ground import ChangeKind, ChangeState
from traceability.domain.people import Plot, PlotState, Within
from traceability.store.accounts import UserRow
from traceability.store.oversight import FindingRow
from traceability.store.people.changes import PlotChangeRow
from traceability.store.people.plots import figures_in_force, plot_of
from traceability.store.people.rows import AllowanceConfirmationRow, PlotAllowanceRow, PlotRow


@dataclass(frozen=True, slots=True)
class Confirmation:
    """A confirmation of a county's plots for a season; `undone`: by which other it was taken back."""

    id: int
    season: int
    county: str
    plots: int
    grams: int
    reason: str
    decided_at: datetime
    undone: int | None


def active_plots(session: Session, county: str, *, lock: bool = False) -> list[Plot]:
    """The approved plots of a county, by number; `lock` lets nobody set a figure or take leaf of them meanwhile."""
    query = (
        select(PlotRow)
        .where(PlotRow.township.startswith(county), PlotRow.state == PlotState.ACTIVE.value)
        .order_by(PlotRow.no)
    )
    if lock:
        query = query.with_for_update(key_share=True)
    return [plot_of(row) for row in session.scalars(query)]


def _of(county: str) -> ColumnElement[bool]:
    return PlotRow.township.startswith(county)


def changing(session: Session, county: str) -> frozenset[int]:
    """Plots of which a change waits to be decided."""
    query = (
        select(PlotChangeRow.plot_id)
        .join(PlotRow, PlotRow.id == PlotChangeRow.plot_id)
        .where(_of(county), PlotChangeRow.state == ChangeState.OPEN.value)
        .where(PlotChangeRow.kind != ChangeKind.REGISTERED.value)
    )
    return frozenset(session.scalars(query))


def found(session: Session, county: str) -> frozenset[int]:
    """Plots of which a finding waits to be settled, as the one or as the other of two."""
    open_ones = select(FindingRow.plot_id, FindingRow.evidence).where(
        FindingRow.state != "settled", FindingRow.plot_id.is_not(None)
    )
    rows = session.execute(open_ones.where(FindingRow.county == county)).all()
    others = {str(evidence["other"]) for _plot, evidence in rows if "other" in evidence}
    numbers = select(PlotRow.id).where(_of(county), PlotRow.no.in_(others))
    named = session.scalars(numbers).all() if others else []
    return frozenset([*(plot for plot, _ in rows if plot), *named])


def entered_by(session: Session, county: str, user: int, enterprise: int | None) -> frozenset[int]:
    """Plots a person entered, or somebody of their firm."""
    mine = PlotRow.entered_by == user
    if enterprise is not None:
        of_firm = select(UserRow.id).where(UserRow.enterprise_id == enterprise)
        mine = or_(mine, PlotRow.entered_by.in_(of_firm))
    return frozenset(session.scalars(select(PlotRow.id).where(_of(county), mine)))


def figured(session: Session, county: str, season: int) -> frozenset[int]:
    """Plots an office has set a figure of the season for that holds."""
    query = (
        select(PlotAllowanceRow.plot_id)
        .join(PlotRow, PlotRow.id == PlotAllowanceRow.plot_id)
        .where(_of(county), PlotAllowanceRow.season == season, figures_in_force())
    )
    return frozenset(session.scalars(query))


# --- keeping ------------------------------------------------------------------------------------------------


def add_confirmation(
    session: Session,
    figures: Mapping[int, Mapping[str, int]],
    *,
    season: int,
    county: str,
    reason: str,
    at: datetime,
    by: int,
) -> int:
    """Keep a confirmation with its figures, by plot and part ("" = the year); its id."""
    row = AllowanceConfirmationRow(
        season=season, county=county, plots=len(figures), grams=sum(one[""] for one in figures.values()),
        reason=reason, decided_at=at, decided_by=by,
    )  # fmt: skip
    session.add(row)
    session.flush()
    kept = {
        "season": season,
        "reason": reason,
        "decided_at": at,
        "decided_by": by,
        "confirmation_id": row.id,
    }
    session.add_all(
        PlotAllowanceRow(plot_id=plot, part=part, grams=grams, **kept)
        for plot, parts in figures.items()
        for part, grams in parts.items()
    )
    session.flush()
    return row.id


def take_back(session: Session, known: Confirmation, *, reason: str, at: datetime, by: int) -> int:
    """Keep that a confirmation does not hold; the counter-decision's id."""
    row = AllowanceConfirmationRow(
        season=known.season, county=known.county, plots=known.plots, grams=known.grams, undoes_id=known.id,
        reason=reason, decided_at=at, decided_by=by,
    )  # fmt: skip
    session.add(row)
    session.flush()
    return row.id


def confirmations(
    session: Session, *, within: Within, season: int | None = None, number: int | None = None
) -> list[Confirmation]:
    """Confirmations of counties within reach, latest first, those that took one back left out."""
    other = aliased(AllowanceConfirmationRow)
    query = (
        select(AllowanceConfirmationRow, other.id)
        .outerjoin(other, other.undoes_id == AllowanceConfirmationRow.id)
        .where(AllowanceConfirmationRow.undoes_id.is_(None))
        .order_by(AllowanceConfirmationRow.id.desc())
    )
    if not within.everything:
        query = query.where(AllowanceConfirmationRow.county == within.county)
    if season is not None:
        query = query.where(AllowanceConfirmationRow.season == season)
    if number is not None:
        query = query.where(AllowanceConfirmationRow.id == number)
    return [
        Confirmation(row.id, row.season, row.county, row.plots, row.grams, row.reason, row.decided_at, undone)
        for row, undone in session.execute(query)
    ]


def plots_confirmed(session: Session, confirmation: int) -> Sequence[Plot]:
    """The plots of a confirmation, by number."""
    of = select(PlotAllowanceRow.plot_id).where(PlotAllowanceRow.confirmation_id == confirmation)
    return [
        plot_of(row)
        for row in session.scalars(select(PlotRow).where(PlotRow.id.in_(of)).order_by(PlotRow.no))
    ]
