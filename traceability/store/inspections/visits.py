"""Visits: planned, begun, written down line by line, concluded."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, exists, false, func, select, true
from sqlalchemy.orm import Session, aliased

from traceability.domain.chain import Account, LotKind
from traceability.domain.inspections import (
    Access,
    LineOutcome,
    Result,
    VisitState,
    VisitStep,
    Why,
    visit_state,
)
from traceability.domain.people import Within
from traceability.store.accounts import UserRow
from traceability.store.chain.rows import EntryRow, LotRow
from traceability.store.inspections.rows import (
    PlanRow,
    VisitInspectorRow,
    VisitLineRow,
    VisitRow,
    VisitStepRow,
)
from traceability.store.oversight import DocumentRow
from traceability.store.people.rows import EnterpriseRow


@dataclass(frozen=True, slots=True)
class Visit:
    """A visit as read, where it stands, and who goes, by id and name in the order drawn."""

    id: int
    no: str
    plan: int | None
    plan_no: str | None
    place: int | None
    enterprise: int
    firm: str
    county: str
    why: Why
    reason: str | None
    chances: int
    points: int
    complaints: int
    finding: int | None
    doubt: int | None
    announced: bool
    due_on: date
    planned_at: datetime
    planned_by: int
    state: VisitState
    began_at: datetime | None
    result: Result | None
    inspectors: tuple[tuple[int, str], ...]


@dataclass(frozen=True, slots=True)
class VisitStepTaken:
    """A step of a visit as read."""

    step: VisitStep
    access: Access | None
    result: Result | None
    second: str | None
    words: str | None
    happened_at: datetime
    recorded_at: datetime
    by: str
    team: frozenset[int]


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a visit as read: `counted` in the unit of its item, `booked` what the books said; `photo` a file."""

    id: int
    item: str
    outcome: LineOutcome
    counted: int | None
    booked: int | None
    words: str | None
    photo: int | None
    seen_at: datetime
    recorded_at: datetime
    by: str


# --- writing ------------------------------------------------------------------------------------------------


def add_visit(
    session: Session,
    *,
    no: str,
    plan: int | None,
    place: int | None,
    enterprise: int,
    county: str,
    why: Why,
    reason: str | None,
    chances: int,
    points: int,
    complaints: int,
    finding: int | None,
    doubt: int | None,
    announced: bool,
    due_on: date,
    at: datetime,
    by: int,
) -> int:
    """Keep a visit to be made; its id."""
    row = VisitRow(
        no=no, plan_id=plan, place=place, enterprise_id=enterprise, county=county, why=why.value, reason=reason,
        chances=chances, points=points, complaints=complaints, finding_id=finding, doubt_id=doubt,
        announced=announced, due_on=due_on, planned_at=at, planned_by=by,
    )  # fmt: skip
    session.add(row)
    session.flush()
    return row.id


def add_visit_step(
    session: Session,
    visit: int,
    *,
    step: VisitStep,
    at: datetime,
    now: datetime,
    by: int,
    access: Access | None = None,
    result: Result | None = None,
    second: int | None = None,
    words: str | None = None,
) -> None:
    """Keep a step of a visit; the caller has locked it."""
    session.add(
        VisitStepRow(
            visit_id=visit, step=step.value, access=access.value if access else None,
            result=result.value if result else None, second_id=second, words=words, happened_at=at, recorded_at=now,
            entered_by=by,
        )
    )  # fmt: skip
    session.flush()


def add_line(
    session: Session,
    visit: int,
    *,
    item: str,
    outcome: LineOutcome,
    counted: int | None,
    booked: int | None,
    words: str | None,
    photo: int | None,
    at: datetime,
    now: datetime,
    by: int,
) -> int:
    """Keep a line of a visit; its id."""
    row = VisitLineRow(
        visit_id=visit, item=item, outcome=outcome.value, counted=counted, booked=booked, words=words,
        document_id=photo, seen_at=at, recorded_at=now, entered_by=by,
    )  # fmt: skip
    session.add(row)
    session.flush()
    return row.id


# --- reading ------------------------------------------------------------------------------------------------


def _mine(within: Within) -> ColumnElement[bool]:
    if within.everything:
        return true()
    if within.county is not None:
        return VisitRow.county == within.county
    return VisitRow.enterprise_id == within.enterprise if within.enterprise is not None else false()


def lock_visit(session: Session, number: int, *, within: Within) -> bool:
    """Make others who would write to a visit wait; whether there is one within reach."""
    query = select(VisitRow.id).where(VisitRow.id == number, _mine(within))
    return session.scalar(query.with_for_update(key_share=True)) is not None


def visits(
    session: Session,
    *,
    within: Within,
    number: int | None = None,
    plan: int | None = None,
    enterprise: int | None = None,
    open_only: bool = False,
) -> list[Visit]:
    """Visits within reach, latest first; one of them, those of a plan or a firm, when it is named.

    `open_only`: those neither concluded nor called off.
    """
    query = (
        select(VisitRow, EnterpriseRow.name, PlanRow.no, PlanRow.called_off_at)
        .join(EnterpriseRow, EnterpriseRow.id == VisitRow.enterprise_id)
        .outerjoin(PlanRow, PlanRow.id == VisitRow.plan_id)
        .where(_mine(within))
    )
    for column, wanted in (
        (VisitRow.id, number), (VisitRow.plan_id, plan), (VisitRow.enterprise_id, enterprise),
    ):  # fmt: skip
        if wanted is not None:
            query = query.where(column == wanted)
    if open_only:
        concluded = (VisitStepRow.visit_id == VisitRow.id) & (VisitStepRow.step == VisitStep.CONCLUDE.value)
        query = query.where(PlanRow.called_off_at.is_(None), ~exists().where(concluded))
    found = session.execute(query.order_by(VisitRow.id.desc())).all()
    ids = [row.id for row, *_ in found]
    steps, people = _steps(session, ids), _people(session, ids)
    return [
        _visit(row, firm, plan_no, off is not None, steps[row.id], people[row.id])
        for row, firm, plan_no, off in found
    ]


def _steps(session: Session, ids: Collection[int]) -> dict[int, list[VisitStepRow]]:
    found: dict[int, list[VisitStepRow]] = defaultdict(list)
    query = select(VisitStepRow).where(VisitStepRow.visit_id.in_(ids)).order_by(VisitStepRow.id)
    for row in session.scalars(query):
        found[row.visit_id].append(row)
    return found


def _people(session: Session, ids: Collection[int]) -> dict[int, list[tuple[int, str]]]:
    query = (
        select(VisitInspectorRow.visit_id, UserRow.id, UserRow.name)
        .join(UserRow, UserRow.id == VisitInspectorRow.user_id)
        .where(VisitInspectorRow.visit_id.in_(ids))
        .order_by(VisitInspectorRow.visit_id, VisitInspectorRow.place)
    )
    found: dict[int, list[tuple[int, str]]] = defaultdict(list)
    for visit, user, name in session.execute(query):
        found[visit].append((user, name))
    return found


def _visit(
    row: VisitRow,
    firm: str,
    plan_no: str | None,
    called_off: bool,
    steps: list[VisitStepRow],
    people: list[tuple[int, str]],
) -> Visit:
    result = next((one.result for one in steps if one.result), None)
    return Visit(
        row.id,
        row.no,
        row.plan_id,
        plan_no,
        row.place,
        row.enterprise_id,
        firm,
        row.county,
        Why(row.why),
        row.reason,
        row.chances,
        row.points,
        row.complaints,
        row.finding_id,
        row.doubt_id,
        row.announced,
        row.due_on,
        row.planned_at,
        row.planned_by,
        visit_state([VisitStep(one.step) for one in steps], called_off=called_off),
        steps[0].happened_at if steps else None,
        Result(result) if result else None,
        tuple(people),
    )


def visit_steps(session: Session, visit: int) -> list[VisitStepTaken]:
    """What was done about a visit, from its beginning."""
    second = aliased(UserRow)
    query = (
        select(VisitStepRow, UserRow.name, second.name)
        .join(UserRow, UserRow.id == VisitStepRow.entered_by)
        .outerjoin(second, second.id == VisitStepRow.second_id)
        .where(VisitStepRow.visit_id == visit)
        .order_by(VisitStepRow.id)
    )
    return [
        VisitStepTaken(
            VisitStep(row.step),
            Access(row.access) if row.access else None,
            Result(row.result) if row.result else None,
            other,
            row.words,
            row.happened_at,
            row.recorded_at,
            name,
            frozenset(one for one in (row.entered_by, row.second_id) if one is not None),
        )
        for row, name, other in session.execute(query)
    ]


def lines(session: Session, visit: int) -> list[Line]:
    """What was looked at, in the order it was written down."""
    query = (
        select(VisitLineRow, UserRow.name)
        .join(UserRow, UserRow.id == VisitLineRow.entered_by)
        .where(VisitLineRow.visit_id == visit)
        .order_by(VisitLineRow.id)
    )
    return [
        Line(
            row.id,
            row.item,
            LineOutcome(row.outcome),
            row.counted,
            row.booked,
            row.words,
            row.document_id,
            row.seen_at,
            row.recorded_at,
            name,
        )
        for row, name in session.execute(query)
    ]


def line_photo(session: Session, line: int, *, within: Within) -> bytes | None:
    """The photo of a line of a visit within reach."""
    query = (
        select(DocumentRow.content)
        .join(VisitLineRow, VisitLineRow.document_id == DocumentRow.id)
        .join(VisitRow, VisitRow.id == VisitLineRow.visit_id)
        .where(VisitLineRow.id == line, _mine(within))
    )
    return session.scalars(query).first()


_LOOSE = (LotKind.LEAF.value, LotKind.MADE.value, LotKind.BATCH.value)


def books_of(session: Session, party: int) -> tuple[int, int]:
    """Grams of loose tea and leaf, and packs, that a party has by the books."""
    query = (
        select(LotRow.kind, func.sum(EntryRow.grams), func.sum(EntryRow.packs))
        .join(EntryRow, EntryRow.lot_id == LotRow.id)
        .where(EntryRow.account == Account.HELD.value, EntryRow.party_id == party)
        .group_by(LotRow.kind)
    )
    found = {kind: (int(grams), int(packs)) for kind, grams, packs in session.execute(query)}
    return sum(found.get(kind, (0, 0))[0] for kind in _LOOSE), found.get(LotKind.PACKS.value, (0, 0))[1]
