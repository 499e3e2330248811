"""Mark actions, only ever added; their projection; print jobs."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from sqlalchemy import (
    delete,
    select,
)
from sqlalchemy.orm import Session

from traceability.domain.marks import (
    Act,
    MarkAction,
    MarkState,
    SerialRange,
    Span,
)
from traceability.store.marks.rows import ActionRow, PrintJobRow, SpanRow


def add_action(
    session: Session,
    act: Act,
    *,
    reason: str | None,
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
            reason=reason,
            happened_at=happened_at,
            recorded_at=recorded_at,
            actor_id=by,
        )
    )


def _span(row: SpanRow) -> Span:
    return Span(
        row.issue_id, SerialRange(row.first, row.last), MarkState(row.state), row.pack_lot_id, row.printed_for
    )


def acted_after(session: Session, issues: Iterable[int], wanted: SerialRange, at: datetime) -> bool:
    """Whether something was done to a mark of the range later than a moment."""
    touching = (ActionRow.first <= wanted.last) & (ActionRow.last >= wanted.first)
    later = select(ActionRow.id).where(
        ActionRow.issue_id.in_(set(issues)), touching, ActionRow.happened_at > at
    )
    return session.scalar(later.limit(1)) is not None


def spans(session: Session, *, issue: int) -> list[Span]:
    """The projection of one issued range, in order."""
    rows = session.scalars(select(SpanRow).where(SpanRow.issue_id == issue).order_by(SpanRow.first))
    return [_span(row) for row in rows]


def spans_of_lot(session: Session, pack_lot: int) -> list[Span]:
    """The marks on the packs of a lot."""
    rows = session.scalars(select(SpanRow).where(SpanRow.pack_lot_id == pack_lot).order_by(SpanRow.first))
    return [_span(row) for row in rows]


def span_of_serial(session: Session, serial: int) -> Span | None:
    """Where a serial is now."""
    row = session.scalars(
        select(SpanRow).where(SpanRow.first <= serial).order_by(SpanRow.first.desc()).limit(1)
    ).first()
    return _span(row) if row and serial <= row.last else None


def put_spans(session: Session, issue: int, wanted: Sequence[Span]) -> None:
    """Make the projection of an issued range these spans."""
    session.execute(delete(SpanRow).where(SpanRow.issue_id == issue))
    session.add_all(
        SpanRow(
            issue_id=issue,
            first=one.range.first,
            last=one.range.last,
            state=one.state.value,
            pack_lot_id=one.pack_lot,
            printed_for=one.printed_for,
        )
        for one in wanted
    )
    session.flush()


def all_acts(session: Session) -> list[Act]:
    """Every mark action in its order, for rebuilding the projection."""
    rows = session.scalars(select(ActionRow).order_by(ActionRow.id))
    return [
        Act(r.issue_id, MarkAction(r.action), SerialRange(r.first, r.last), r.pack_lot_id, r.printed_for)
        for r in rows
    ]


def all_spans(session: Session) -> list[Span]:
    """The whole projection, in the order of issued ranges."""
    rows = session.scalars(select(SpanRow).order_by(SpanRow.issue_id, SpanRow.first))
    return [_span(row) for row in rows]


def add_print_job(
    session: Session,
    issue: int,
    wanted: SerialRange,
    *,
    design: str,
    pack_day: date | None,
    at: datetime,
    by: int,
) -> int:
    """A print job; its id."""
    row = PrintJobRow(
        issue_id=issue,
        first=wanted.first,
        last=wanted.last,
        design=design,
        pack_day=pack_day,
        printed_at=at,
        printed_by=by,
    )
    session.add(row)
    session.flush()
    return row.id
