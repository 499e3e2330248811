"""Growers, plots, their allowances and farm work."""

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Date, bindparam, func, or_, select
from sqlalchemy.orm import Session

from traceability.domain.people import (
    Plot,
    PlotState,
    Within,
)
from traceability.store.accounts import UserRow
from traceability.store.people.rows import (
    AllowanceConfirmationRow,
    GrowerRow,
    PlotAllowanceRow,
    PlotRow,
    PlotWorkRow,
)
from traceability.store.prepared import Prepared, numbers, one_of


def add_grower(session: Session, *, no: str, kind: str, name: str, township: str, by: int) -> int:
    """Register a grower; its id."""
    row = GrowerRow(no=no, kind=kind, name=name, township=township, entered_by=by)
    session.add(row)
    session.flush()
    return row.id


def grower_no_taken(session: Session, no: str) -> bool:
    """Whether a grower of this number is registered."""
    return session.scalar(select(GrowerRow.id).where(GrowerRow.no == no)) is not None


def grower_exists(session: Session, number: int) -> bool:
    """Whether there is such a grower."""
    return session.get(GrowerRow, number) is not None


def growers(session: Session) -> list[tuple[int, str, str, str, str]]:
    """(id, no, kind, name, township) of every grower, for those who keep the register."""
    rows = session.scalars(select(GrowerRow).order_by(GrowerRow.no))
    return [(row.id, row.no, row.kind, row.name, row.township) for row in rows]


def grower_taken(session: Session, name: str, township: str) -> bool:
    """Whether a grower of this name is registered in this township already (FRAUD F29)."""
    found = select(GrowerRow.id).where(GrowerRow.name == name, GrowerRow.township == township)
    return session.scalar(found) is not None


def plot_of(row: Any) -> Plot:
    """A plot's row, or its columns, as its value; for the store's own modules."""
    return Plot(
        row.id,
        row.no,
        row.grower_id,
        row.township,
        row.place,
        row.area_mu,
        PlotState(row.state),
        row.active_from,
        row.cultivar,
        row.altitude_m,
    )


def add_plot(
    session: Session,
    *,
    no: str,
    grower: int,
    township: str,
    place: str,
    area_mu: Decimal,
    cultivar: str | None,
    altitude_m: int | None,
    by: int,
) -> Plot:
    """Register a plot, proposed."""
    row = PlotRow(
        no=no,
        grower_id=grower,
        township=township,
        place=place,
        area_mu=area_mu,
        cultivar=cultivar,
        altitude_m=altitude_m,
        state=PlotState.PROPOSED.value,
        entered_by=by,
    )
    session.add(row)
    session.flush()
    return plot_of(row)


def plot_taken(session: Session, no: str) -> bool:
    """Whether a plot of this number is registered."""
    return session.scalar(select(PlotRow.id).where(PlotRow.no == no)) is not None


def plots(session: Session, *, within: Within) -> list[Plot]:
    """Plots by number. Any buyer may buy on any garden card, so a firm sees them all (without growers' names)."""
    query = select(PlotRow).order_by(PlotRow.no)
    if within.county is not None:
        query = query.where(PlotRow.township.startswith(within.county))
    return [plot_of(row) for row in session.scalars(query)]


_COLUMNS = (
    PlotRow.id,
    PlotRow.no,
    PlotRow.grower_id,
    PlotRow.township,
    PlotRow.place,
    PlotRow.area_mu,
    PlotRow.state,
    PlotRow.active_from,
    PlotRow.cultivar,
    PlotRow.altitude_m,
)


def _by_id() -> Any:
    return select(*_COLUMNS).where(PlotRow.id == bindparam("of", type_=BigInteger))


_PLOT = Prepared(lambda _sql: _by_id())
_PLOT_LOCKED = Prepared(lambda _sql: _by_id().with_for_update(key_share=True))


def plot(session: Session, number: int, *, lock: bool = False) -> Plot | None:
    """A plot by id; `lock` makes other changes to its account wait (FRAUD F29)."""
    session.flush()
    found = (_PLOT_LOCKED if lock else _PLOT).rows(session, of=number)
    return _plot(*found[0]) if found else None


_PLOTS = Prepared(lambda sql: select(*_COLUMNS).where(one_of(sql, PlotRow.id)))


def plots_by_id(session: Session, plots: Iterable[int]) -> dict[int, Plot]:
    """Plots by id, in one question to the database."""
    session.flush()
    found = _PLOTS.rows(session, numbers=numbers(session, plots))
    return {row[0]: _plot(*row) for row in found}


#: Looked up, which is quicker than asking the enum.
_STATES = {one.value: one for one in PlotState}


def _plot(
    number: int, no: str, grower: int, town: str, place: str, area: Decimal, state: str, *rest: Any
) -> Plot:
    return Plot(number, no, grower, town, place, area, _STATES[state], *rest)


def plot_by_no(session: Session, no: str) -> Plot | None:
    """A plot by the number on its garden card."""
    row = session.scalars(select(PlotRow).where(PlotRow.no == no)).first()
    return plot_of(row) if row else None


def plot_entered_by(session: Session, number: int) -> tuple[int, int | None]:
    """Who entered the plot, and for which firm."""
    query = select(PlotRow.entered_by, UserRow.enterprise_id).join(UserRow, UserRow.id == PlotRow.entered_by)
    user, firm = session.execute(query.where(PlotRow.id == number)).one()
    return int(user), firm


def activate_plot(session: Session, number: int, *, day: date) -> None:
    """The county approved the plot from that day on."""
    row = session.get_one(PlotRow, number)
    row.state, row.active_from = PlotState.ACTIVE.value, day


def add_allowance(
    session: Session, plot: int, *, season: int, part: str, grams: int, reason: str, at: datetime, by: int
) -> None:
    """An office's own figure for a plot."""
    session.add(
        PlotAllowanceRow(
            plot_id=plot, season=season, part=part, grams=grams, reason=reason, decided_at=at, decided_by=by
        )
    )


def figures_in_force() -> ColumnElement[bool]:
    """Figures of plots that hold: all but those of a confirmation that was taken back."""
    undone = select(AllowanceConfirmationRow.id).where(
        AllowanceConfirmationRow.undoes_id == PlotAllowanceRow.confirmation_id
    )
    return or_(PlotAllowanceRow.confirmation_id.is_(None), ~undone.exists())


_ALLOWANCES = Prepared(
    lambda _sql: (
        select(PlotAllowanceRow.part, PlotAllowanceRow.grams)
        .where(
            figures_in_force(),
            PlotAllowanceRow.plot_id == bindparam("of", type_=BigInteger),
            PlotAllowanceRow.season == bindparam("year", type_=BigInteger),
        )
        .order_by(PlotAllowanceRow.id)
    )
)


def allowances(session: Session, plot: int, season: int) -> dict[str, int]:
    """The office's own figures for a plot and season by part, the latest of each."""
    session.flush()
    return dict(_ALLOWANCES.rows(session, of=plot, year=season))


def allowances_among(session: Session, plots: Iterable[int], season: int) -> dict[int, dict[str, int]]:
    """The office's own figures of a season for several plots, by plot and part."""
    rows = session.scalars(
        select(PlotAllowanceRow)
        .where(PlotAllowanceRow.plot_id.in_(set(plots)), PlotAllowanceRow.season == season)
        .where(figures_in_force())
        .order_by(PlotAllowanceRow.id)
    )
    found: dict[int, dict[str, int]] = {}
    for row in rows:
        found.setdefault(row.plot_id, {})[row.part] = row.grams
    return found


def add_plot_work(
    session: Session,
    plot: int,
    *,
    product: str,
    dose: str,
    worked_on: date,
    interval_days: int,
    interval_until: date,
    enterprise: int,
    by: int,
) -> None:
    """Farm work with an input."""
    session.add(
        PlotWorkRow(
            plot_id=plot,
            product=product,
            dose=dose,
            worked_on=worked_on,
            interval_days=interval_days,
            interval_until=interval_until,
            enterprise_id=enterprise,
            entered_by=by,
        )
    )


_INTERVAL = Prepared(
    lambda _sql: select(func.max(PlotWorkRow.interval_until)).where(
        PlotWorkRow.plot_id == bindparam("of", type_=BigInteger),
        PlotWorkRow.worked_on <= bindparam("day", type_=Date),
    )
)


def interval_until(session: Session, plot: int, day: date) -> date | None:
    """The last day of the safety intervals that began on or before a day."""
    session.flush()
    [(until,)] = _INTERVAL.rows(session, of=plot, day=day)
    return until  # type: ignore[no-any-return]
