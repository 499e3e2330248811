"""Mark actions, only ever added, and their projection."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from traceability.domain.marks import (
    NOTHING_SAID,
    Act,
    MarkAction,
    MarkState,
    Said,
    SerialRange,
    Span,
)
from traceability.store.marks.rows import ActionRow, SpanRow


def add_action(
    session: Session,
    act: Act,
    *,
    said: Said = NOTHING_SAID,
    happened_at: datetime,
    recorded_at: datetime,
    by: int,
) -> None:
    """One row of the mark ledger."""
    session.add(
        ActionRow(
            issue_id=act.issue,
            action=act.action.value,
            first=act.range.first,
            last=act.range.last,
            pack_lot_id=act.pack_lot,
            printed_for=act.printed_for,
            reason=said.reason,
            witness=said.witness,
            happened_at=happened_at,
            recorded_at=recorded_at,
            actor_id=by,
        )
    )


def span_of(row: SpanRow) -> Span:
    """A span's row as its value; for the store's own modules."""
    return Span(
        row.issue_id, SerialRange(row.first, row.last), MarkState(row.state), row.pack_lot_id, row.printed_for
    )


def acted_after(
    session: Session, issues: Iterable[int], wanted: SerialRange, at: datetime
) -> datetime | None:
    """When something was last done to a mark of the range, if that is later than a moment."""
    touching = (ActionRow.first <= wanted.last) & (ActionRow.last >= wanted.first)
    later = select(func.max(ActionRow.happened_at)).where(
        ActionRow.issue_id.in_(set(issues)), touching, ActionRow.happened_at > at
    )
    return session.scalar(later)


def spans(session: Session, *, issue: int) -> list[Span]:
    """The projection of one issued range, in order."""
    rows = session.scalars(select(SpanRow).where(SpanRow.issue_id == issue).order_by(SpanRow.first))
    return [span_of(row) for row in rows]


def spans_of_lot(session: Session, pack_lot: int) -> list[Span]:
    """The marks on the packs of a lot."""
    rows = session.scalars(select(SpanRow).where(SpanRow.pack_lot_id == pack_lot).order_by(SpanRow.first))
    return [span_of(row) for row in rows]


def spans_touching(session: Session, issue: int, wanted: SerialRange) -> list[Span]:
    """The spans of an issued range that share a serial with a range or stand next to it, in order.

    Spans do not overlap, so what begins last before the range is the only one that can reach into it: two steps in an
    index, however many spans there are.
    """
    before = select(func.max(SpanRow.first)).where(SpanRow.first < wanted.first).scalar_subquery()
    near = SpanRow.first.between(func.coalesce(before, wanted.first), wanted.last + 1)
    query = select(SpanRow).where(near, SpanRow.last >= wanted.first - 1, SpanRow.issue_id == issue)
    return [span_of(row) for row in session.scalars(query.order_by(SpanRow.first))]


def put_spans(session: Session, was: Sequence[Span], now: Sequence[Span]) -> None:
    """Replace spans of the projection by others over the same serials; those alike in both are left alone."""
    gone = [one.range.first for one in was if one not in now]
    session.execute(delete(SpanRow).where(SpanRow.first.in_(gone)))
    session.add_all(
        SpanRow(
            issue_id=one.issue,
            first=one.range.first,
            last=one.range.last,
            state=one.state.value,
            pack_lot_id=one.pack_lot,
            printed_for=one.printed_for,
        )
        for one in now
        if one not in was
    )
    session.flush()


def acts_on(session: Session, issue: int) -> list[Act]:
    """What was done to the marks of an issued range, oldest first."""
    rows = session.scalars(select(ActionRow).where(ActionRow.issue_id == issue).order_by(ActionRow.id))
    return [_act(row) for row in rows]


def ever(session: Session, issue: int, action: MarkAction, ranges: Iterable[SerialRange]) -> bool:
    """Whether this was ever done to a mark of the ranges, whatever came after."""
    same = (ActionRow.issue_id == issue) & (ActionRow.action == action.value)
    touching = (
        select(ActionRow.id).where(same, ActionRow.first <= one.last, ActionRow.last >= one.first)
        for one in ranges
    )
    return any(session.scalar(query.limit(1)) is not None for query in touching)


def acted_at(session: Session, ranges: Iterable[SerialRange]) -> set[datetime]:
    """When anything was recorded that was done to a mark of these ranges."""
    touching = (
        select(ActionRow.recorded_at).where(ActionRow.first <= one.last, ActionRow.last >= one.first)
        for one in ranges
    )
    return {at for query in touching for at in session.scalars(query.distinct())}


def issued_at(session: Session, issue: int) -> datetime | None:
    """When an issued range was recorded."""
    same = (ActionRow.issue_id == issue) & (ActionRow.action == MarkAction.ISSUE.value)
    return session.scalar(select(ActionRow.recorded_at).where(same).limit(1))


def _act(row: ActionRow) -> Act:
    return Act(
        row.issue_id,
        MarkAction(row.action),
        SerialRange(row.first, row.last),
        row.pack_lot_id,
        row.printed_for,
    )


def all_acts(session: Session) -> list[Act]:
    """Every mark action in its order, for rebuilding the projection."""
    return [_act(row) for row in session.scalars(select(ActionRow).order_by(ActionRow.id))]


def all_spans(session: Session) -> list[Span]:
    """The whole projection, in the order of issued ranges."""
    rows = session.scalars(select(SpanRow).order_by(SpanRow.issue_id, SpanRow.first))
    return [span_of(row) for row in rows]
