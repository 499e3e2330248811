"""Plans of inspections, and whom they are drawn from."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, func, select, true
from sqlalchemy.orm import Session

from traceability.domain.doubts import DoubtState
from traceability.domain.inspections import Inspector
from traceability.domain.people import Role, Within
from traceability.store.accounts import UserRow
from traceability.store.doubts import DoubtRow
from traceability.store.inspections.rows import PlanRow, VisitInspectorRow


@dataclass(frozen=True, slots=True)
class Plan:
    """A plan as read, the lists it was drawn from left out."""

    id: int
    no: str
    county: str
    reason: str
    seed: str
    announced: bool
    due_on: date
    drawn_at: datetime
    drawn_by: int
    called_off_at: datetime | None
    call_off_reason: str | None


def _plan(row: PlanRow) -> Plan:
    return Plan(
        row.id,
        row.no,
        row.county,
        row.reason,
        row.seed,
        row.announced,
        row.due_on,
        row.drawn_at,
        row.drawn_by,
        row.called_off_at,
        row.call_off_reason,
    )


def add_plan(
    session: Session,
    *,
    no: str,
    county: str,
    reason: str,
    seed: str,
    drawn_from: Mapping[str, Any],
    announced: bool,
    due_on: date,
    at: datetime,
    by: int,
) -> int:
    """Keep a plan with what it was drawn from; its id."""
    row = PlanRow(
        no=no, county=county, reason=reason, seed=seed, drawn_from=dict(drawn_from), announced=announced,
        due_on=due_on, drawn_at=at, drawn_by=by,
    )  # fmt: skip
    session.add(row)
    session.flush()
    return row.id


def _mine(within: Within) -> ColumnElement[bool]:
    return true() if within.everything else PlanRow.county == within.county


def plans(session: Session, *, within: Within) -> list[Plan]:
    """Plans of the offices within reach, latest first."""
    query = select(PlanRow).where(_mine(within)).order_by(PlanRow.id.desc())
    return [_plan(row) for row in session.scalars(query)]


def plan(
    session: Session, number: int, *, within: Within, lock: bool = False
) -> tuple[Plan, Mapping[str, Any]] | None:
    """A plan within reach with what it was drawn from; `lock` makes others who would call it off wait."""
    query = select(PlanRow).where(PlanRow.id == number, _mine(within))
    if lock:
        query = query.with_for_update(key_share=True).execution_options(populate_existing=True)
    row = session.scalars(query).first()
    return (_plan(row), row.drawn_from) if row else None


def call_off_plan(session: Session, number: int, *, reason: str, at: datetime, by: int) -> None:
    """The plan holds no more; the caller has locked it."""
    row = session.get_one(PlanRow, number)
    row.called_off_at, row.called_off_by, row.call_off_reason = at, by, reason
    session.flush()


def put_inspectors(session: Session, visit: int, users: Iterable[int]) -> None:
    """Who goes, in the order drawn."""
    session.add_all(
        VisitInspectorRow(visit_id=visit, place=n, user_id=user) for n, user in enumerate(users, 1)
    )
    session.flush()


def inspectors_of(session: Session, county: str | None) -> list[tuple[Inspector, str]]:
    """Everybody of an office who can sign in, with their names: of a county's, or (None) the prefecture's."""
    role = Role.PREFECTURE if county is None else Role.COUNTY
    query = select(UserRow).where(UserRow.role == role.value, UserRow.active.is_(True)).order_by(UserRow.id)
    if county is not None:
        query = query.where(UserRow.county == county)
    return [(Inspector(row.id, row.enterprise_id), row.name) for row in session.scalars(query)]


def open_complaints(session: Session, *, within: Within) -> dict[int, int]:
    """How many doubts of buyers wait, by firm."""
    query = select(DoubtRow.enterprise_id, func.count()).where(
        DoubtRow.state == DoubtState.OPEN, DoubtRow.enterprise_id.is_not(None)
    )
    if not within.everything:
        query = query.where(DoubtRow.county == within.county)
    return {
        firm: n for firm, n in session.execute(query.group_by(DoubtRow.enterprise_id)) if firm is not None
    }
