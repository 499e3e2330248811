"""Complaints to firms as their offices see them: in which state they are, what waits, whose they are."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, String, and_, cast, func, literal, or_, select
from sqlalchemy.orm import Session

from traceability.domain.complaints import ComplaintState, ComplaintStep
from traceability.domain.listing import Asked, Found
from traceability.domain.people import Within
from traceability.store import listing
from traceability.store.complaints import Complaint, ComplaintRow, ComplaintStepRow, complaints_where
from traceability.store.listing import Listable
from traceability.store.oversight import FindingRow
from traceability.store.people.enterprises import enterprise_within
from traceability.store.people.rows import EnterpriseRow


def _last_step() -> ColumnElement[str]:
    """What was done last about a complaint; nothing, when it was only received."""
    later = ComplaintStepRow.__table__.alias("last_step")
    return (
        select(later.c.step)
        .where(later.c.complaint_id == ComplaintRow.id)
        .order_by(later.c.id.desc())
        .limit(1)
        .correlate(ComplaintRow)
        .scalar_subquery()
    )


#: After which step a complaint is in a state; none, for one that was only received.
_AFTER = {
    ComplaintState.RECEIVED: ComplaintStep.REOPEN,
    ComplaintState.ANSWERED: ComplaintStep.ANSWER,
    ComplaintState.CLOSED: ComplaintStep.CLOSE,
}


def _is(state: str) -> ColumnElement[bool]:
    last = _last_step()
    after = last == _AFTER[ComplaintState(state)].value
    return or_(last.is_(None), after) if state == ComplaintState.RECEIVED else after


def find_complaints(session: Session, asked: Asked, *, within: Within) -> Found[int]:
    """Complaints to firms within reach; those that wait longest first, unless asked downwards."""
    query = (
        select(ComplaintRow.id)
        .join(EnterpriseRow, EnterpriseRow.id == ComplaintRow.enterprise_id)
        .where(enterprise_within(within))
    )
    listed = Listable(
        query=query,
        number=ComplaintRow.id,
        sorts={"waiting": ComplaintRow.received_at},
        texts=(ComplaintRow.no, ComplaintRow.words, EnterpriseRow.name),
        codes=(ComplaintRow.kind,),
        only={"state": _is},
    )
    return listing.numbers(session, listed, asked)


def complaints_by_id(session: Session, numbers: Sequence[int]) -> list[Complaint]:
    """These complaints, in this order."""
    found = {one.id: one for one in complaints_where(session, ComplaintRow.id.in_(numbers))}
    return [found[number] for number in numbers if number in found]


def complaint_within(session: Session, number: int, *, within: Within) -> Complaint | None:
    """A complaint to a firm within reach."""
    firms = select(EnterpriseRow.id).where(enterprise_within(within))
    reached = and_(ComplaintRow.id == number, ComplaintRow.enterprise_id.in_(firms))
    return next(iter(complaints_where(session, reached)), None)


def count_complaints(session: Session, *, within: Within) -> dict[ComplaintState, int]:
    """How many are in each state, in one question."""
    steps = (
        select(_last_step().label("step"))
        .select_from(ComplaintRow)
        .join(EnterpriseRow, EnterpriseRow.id == ComplaintRow.enterprise_id)
        .where(enterprise_within(within))
        .subquery()
    )
    counted = session.execute(select(steps.c.step, func.count()).group_by(steps.c.step))
    found = dict.fromkeys(ComplaintState, 0)
    for step, n in counted:
        found[_state_of(step)] += n
    return found


def _state_of(step: str | None) -> ComplaintState:
    return next((state for state, after in _AFTER.items() if after.value == step), ComplaintState.RECEIVED)


def count_unanswered(session: Session, *, within: Within, before: datetime) -> int:
    """How many received before a moment still wait for their answer."""
    query = (
        select(func.count())
        .select_from(ComplaintRow)
        .join(EnterpriseRow, EnterpriseRow.id == ComplaintRow.enterprise_id)
        .where(enterprise_within(within), ComplaintRow.received_at < before, _is(ComplaintState.RECEIVED))
    )
    return session.scalar(query) or 0


def unanswered(session: Session, *, before: datetime, code: str) -> list[tuple[int, str, int, datetime]]:
    """(id, number, firm, received) of those received before a moment that wait and were never found under this code."""
    about = literal("complaint:") + cast(ComplaintRow.id, String)
    known = select(FindingRow.id).where(FindingRow.code == code, FindingRow.about == about)
    query = (
        select(ComplaintRow.id, ComplaintRow.no, ComplaintRow.enterprise_id, ComplaintRow.received_at)
        .where(ComplaintRow.received_at < before, _is(ComplaintState.RECEIVED), ~known.exists())
        .order_by(ComplaintRow.id)
    )
    return [(number, no, firm, at) for number, no, firm, at in session.execute(query)]
