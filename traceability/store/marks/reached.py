"""The marks on lots and of batches: what a recall counts and names."""

from collections.abc import Iterable

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from traceability.domain.marks import MarkState, SerialRange
from traceability.store.marks.rows import IssueRow, SpanRow
from traceability.store.prepared import among


def _on(session: Session, lots: Iterable[int]) -> ColumnElement[bool]:
    wanted = set(lots)
    return or_(among(session, SpanRow.pack_lot_id, wanted), among(session, IssueRow.batch_id, wanted))


def marks_on(session: Session, lots: Iterable[int]) -> dict[MarkState, int]:
    """Marks on packs of these lots, and those issued for these batches, by state; none are left out."""
    query = (
        select(SpanRow.state, func.sum(SpanRow.last - SpanRow.first + 1))
        .join(IssueRow, IssueRow.id == SpanRow.issue_id)
        .where(_on(session, lots))
        .group_by(SpanRow.state)
    )
    return {MarkState(state): int(n) for state, n in session.execute(query)}


def ranges_on(session: Session, lots: Iterable[int]) -> list[tuple[int | None, MarkState, SerialRange]]:
    """(pack lot, state, serials) of the same marks, in order."""
    query = (
        select(SpanRow)
        .join(IssueRow, IssueRow.id == SpanRow.issue_id)
        .where(_on(session, lots))
        .order_by(SpanRow.first)
    )
    return [
        (row.pack_lot_id, MarkState(row.state), SerialRange(row.first, row.last))
        for row in session.scalars(query)
    ]
