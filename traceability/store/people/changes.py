"""Surveys and changes of plots as proposed and reviewed, boundaries of counties, telephones as commitments."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import ForeignKey, Select, or_, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from traceability.domain.ground import (
    Area,
    ChangeKind,
    ChangeState,
    CountyBoundary,
    GroundCheck,
    Point,
    Survey,
)
from traceability.domain.people import Within
from traceability.store.accounts import UserRow
from traceability.store.base import Base, Code, Digest, Exact, Json, Key, Moment, Name, UserRef, Words
from traceability.store.people.plots import plot_of
from traceability.store.people.rows import GrowerRow, PlotRow


class PlotChangeRow(Base):
    """What was proposed for a plot, and how its county decided; the plot itself says what holds now."""

    __tablename__ = "plot_change"

    id: Mapped[Key]
    plot_id: Mapped[int] = mapped_column(ForeignKey("plot.id"), index=True)
    kind: Mapped[Code]
    state: Mapped[Code] = mapped_column(index=True)
    area_mu: Mapped[Exact]
    area_before: Mapped[Exact | None]
    grower_id: Mapped[int] = mapped_column(ForeignKey("grower.id"))
    grower_before: Mapped[int | None] = mapped_column(ForeignKey("grower.id"))
    lon: Mapped[Exact | None]
    lat: Mapped[Exact | None] = mapped_column(index=True)
    boundary: Mapped[Json | None]
    contract_no: Mapped[Code | None] = mapped_column(index=True)
    photo_id: Mapped[int | None] = mapped_column(ForeignKey("document.id"))
    reason: Mapped[Words | None]
    entered_at: Mapped[Moment]
    entered_by: Mapped[UserRef]
    decided_at: Mapped[Moment | None]
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    answer: Mapped[Words | None]
    checked: Mapped[Code | None]
    checked_by_file: Mapped[Name | None]
    file_loaded_at: Mapped[Moment | None]


class CountyBoundaryRow(Base):
    """The boundary of a county out of a reviewed file; the latest counts."""

    __tablename__ = "county_boundary"

    id: Mapped[Key]
    county: Mapped[Code] = mapped_column(index=True)
    file: Mapped[Name]
    sha256: Mapped[Digest]
    area: Mapped[Json]
    loaded_at: Mapped[Moment]
    loaded_by: Mapped[UserRef]


@dataclass(frozen=True, slots=True)
class PlotChange:
    """A proposal as read: what holds if it is approved, and what held before where it changes that."""

    id: int
    plot: int
    kind: ChangeKind
    state: ChangeState
    area_mu: Decimal
    area_before: Decimal | None
    grower: int
    grower_before: int | None
    survey: Survey
    photo: int | None
    reason: str
    entered_at: datetime
    entered_by: int
    decided_at: datetime | None
    answer: str | None
    check: GroundCheck | None
    check_file: str | None
    file_loaded_at: datetime | None


def _kept(area: Area) -> Any:
    """As JSON has it, digits as texts."""
    return [[[str(one.lon), str(one.lat)] for one in ring] for ring in area]


def _area(kept: Any) -> Area:
    return tuple(tuple(Point(Decimal(lon), Decimal(lat)) for lon, lat in ring) for ring in kept or ())


def _change(row: PlotChangeRow) -> PlotChange:
    point = Point(row.lon, row.lat) if row.lon is not None and row.lat is not None else None
    return PlotChange(
        row.id,
        row.plot_id,
        ChangeKind(row.kind),
        ChangeState(row.state),
        row.area_mu,
        row.area_before,
        row.grower_id,
        row.grower_before,
        Survey(point, _area(row.boundary), row.contract_no),
        row.photo_id,
        row.reason or "",
        row.entered_at,
        row.entered_by,
        row.decided_at,
        row.answer,
        GroundCheck(row.checked) if row.checked else None,
        row.checked_by_file,
        row.file_loaded_at,
    )


def add_change(
    session: Session,
    plot: int,
    *,
    kind: ChangeKind,
    area_mu: Decimal,
    area_before: Decimal | None,
    grower: int,
    grower_before: int | None,
    survey: Survey,
    photo: int | None,
    reason: str | None,
    at: datetime,
    by: int,
) -> int:
    """Keep an open proposal; its id."""
    row = PlotChangeRow(
        plot_id=plot,
        kind=kind.value,
        state=ChangeState.OPEN.value,
        area_mu=area_mu,
        area_before=area_before,
        grower_id=grower,
        grower_before=grower_before,
        lon=survey.point.lon if survey.point else None,
        lat=survey.point.lat if survey.point else None,
        boundary=_kept(survey.boundary) if survey.boundary else None,
        contract_no=survey.contract_no,
        photo_id=photo,
        reason=reason,
        entered_at=at,
        entered_by=by,
    )
    session.add(row)
    session.flush()
    return row.id


def changes_of(session: Session, plot: int) -> list[PlotChange]:
    """Everything proposed for a plot, latest first."""
    query = select(PlotChangeRow).where(PlotChangeRow.plot_id == plot).order_by(PlotChangeRow.id.desc())
    return [_change(row) for row in session.scalars(query)]


def _reached(within: Within) -> Select[PlotChangeRow]:
    """A county's are those of its plots, a firm's those its people entered."""
    query = select(PlotChangeRow)
    if within.county is not None:
        plots = select(PlotRow.id).where(PlotRow.township.startswith(within.county))
        return query.where(PlotChangeRow.plot_id.in_(plots))
    if within.enterprise is not None:
        own = select(UserRow.id).where(UserRow.enterprise_id == within.enterprise)
        return query.where(PlotChangeRow.entered_by.in_(own))
    return query if within.everything else query.where(PlotChangeRow.id < 0)


def open_changes(session: Session, *, within: Within) -> list[PlotChange]:
    """Changes of approved plots that wait, in the order they came; a new plot waits as itself."""
    query = _reached(within).where(
        PlotChangeRow.state == ChangeState.OPEN.value, PlotChangeRow.kind != ChangeKind.REGISTERED.value
    )
    return [_change(row) for row in session.scalars(query.order_by(PlotChangeRow.id))]


def change(session: Session, number: int, *, within: Within, lock: bool = False) -> PlotChange | None:
    """A proposal within reach; `lock` makes others who would decide it wait."""
    query: Any = _reached(within).where(PlotChangeRow.id == number)
    if lock:
        query = query.with_for_update(key_share=True).execution_options(populate_existing=True)
    row = session.scalars(query).first()
    return _change(row) if row else None


def decide_change(
    session: Session,
    number: int,
    *,
    state: ChangeState,
    answer: str,
    at: datetime,
    by: int,
    check: GroundCheck | None = None,
    boundary: CountyBoundary | None = None,
) -> None:
    """Keep the decision, and which check of the ground was made."""
    row = session.get_one(PlotChangeRow, number)
    row.state, row.answer, row.decided_at, row.decided_by = state.value, answer, at, by
    row.checked = check.value if check else None
    row.checked_by_file = boundary.file if boundary else None
    row.file_loaded_at = boundary.loaded_at if boundary else None


def firm_of_user(session: Session, number: int) -> int | None:
    """The firm of whoever entered something."""
    return session.scalar(select(UserRow.enterprise_id).where(UserRow.id == number))


def put_in_force(session: Session, plot: int, *, area_mu: Decimal, grower: int) -> None:
    """What holds of a plot from now on."""
    row = session.get_one(PlotRow, plot)
    row.area_mu, row.grower_id = area_mu, grower


# --- the same ground ----------------------------------------------------------------------------------------

#: (plot, its number, what was surveyed)
Surveyed = tuple[int, str, Survey]


def surveyed_near(
    session: Session, point: Point, *, lon: Decimal, lat: Decimal, besides: int
) -> list[Surveyed]:
    """Other plots with a survey so many degrees around a point; refused proposals do not count.

    Degrees are kept as texts of one length, whose order is that of the numbers.
    """
    step = Decimal("0.000001")
    low = Point((point.lon - lon).quantize(step), (point.lat - lat).quantize(step))
    high = Point((point.lon + lon).quantize(step), (point.lat + lat).quantize(step))
    return _surveyed(
        session,
        _others(besides)
        .where(PlotChangeRow.lat.between(low.lat, high.lat))
        .where(PlotChangeRow.lon.between(low.lon, high.lon)),
    )


def with_contract(session: Session, contract_no: str, *, besides: int) -> list[Surveyed]:
    """Other plots under a land contract of this number."""
    return _surveyed(session, _others(besides).where(PlotChangeRow.contract_no == contract_no))


def _others(besides: int) -> Any:
    return (
        select(PlotChangeRow, PlotRow)
        .join(PlotRow, PlotRow.id == PlotChangeRow.plot_id)
        .where(PlotRow.id != besides, PlotChangeRow.state != ChangeState.REFUSED.value)
        .order_by(PlotChangeRow.id)
    )


def _surveyed(session: Session, query: Any) -> list[Surveyed]:
    """The latest survey of each."""
    found = {plot.id: (plot_of(plot).no, _change(row).survey) for row, plot in session.execute(query)}
    return [(number, no, survey) for number, (no, survey) in found.items()]


# --- growers ------------------------------------------------------------------------------------------------


def set_telephone(session: Session, grower: int, commitment: str) -> None:
    """Keep what stands for a grower's telephone."""
    session.get_one(GrowerRow, grower).telephone_commitment = commitment


def with_telephone(session: Session, commitments: Iterable[str]) -> list[tuple[int, str]]:
    """(id, number) of growers whose telephone one of these stands for."""
    same = [GrowerRow.telephone_commitment == one for one in commitments]
    query = select(GrowerRow.id, GrowerRow.no).where(or_(*same)).order_by(GrowerRow.id)
    return [(int(number), str(no)) for number, no in session.execute(query)]


def growers_by_id(session: Session, numbers: Iterable[int]) -> dict[int, tuple[str, str]]:
    """(number, name) of growers, by id."""
    query = select(GrowerRow.id, GrowerRow.no, GrowerRow.name).where(GrowerRow.id.in_(set(numbers)))
    return {number: (no, name) for number, no, name in session.execute(query)}


# --- counties -----------------------------------------------------------------------------------------------


def add_boundary(
    session: Session, county: str, area: Area, *, file: str, sha256: str, at: datetime, by: int
) -> None:
    """Keep the boundary of a county."""
    session.add(
        CountyBoundaryRow(
            county=county, file=file, sha256=sha256, area=_kept(area), loaded_at=at, loaded_by=by
        )
    )


def boundary_of(session: Session, county: str) -> CountyBoundary | None:
    """The boundary of a county that was loaded last."""
    query = select(CountyBoundaryRow).where(CountyBoundaryRow.county == county)
    row = session.scalars(query.order_by(CountyBoundaryRow.id.desc()).limit(1)).first()
    return CountyBoundary(row.county, row.file, row.loaded_at, _area(row.area)) if row else None
