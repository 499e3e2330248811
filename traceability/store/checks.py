"""Checks of the whole book, each asked of the database or walked through row by row: memory does not grow with it."""

from collections.abc import Callable, Iterator
from itertools import groupby
from typing import Any, TypeVar

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from traceability.domain.balance import STOCK_ACCOUNTS, Breach
from traceability.domain.chain import Account
from traceability.domain.marks import Act, MarkAction, MarkState, SerialRange, Span, merged, replay
from traceability.store.chain import EntryRow, lines
from traceability.store.chain.rows import EventRow
from traceability.store.marks.rows import ActionRow, SpanRow

AT_ONCE = 5_000
Made = TypeVar("Made")


def entry_count(session: Session) -> int:
    """Entries in the book."""
    return session.scalar(select(func.count()).select_from(EntryRow)) or 0


def unbalanced(session: Session) -> list[Breach]:
    """Events whose entries do not sum to nothing."""
    total = func.sum(EntryRow.grams)
    query = select(EntryRow.event_id, total).group_by(EntryRow.event_id).having(total != 0)
    return [Breach("event.unbalanced", event, int(grams)) for event, grams in session.execute(query)]


def overdrawn(session: Session) -> list[Breach]:
    """Lots that gave more than they had somewhere, at the first moment where it shows (`balance.overdrawn`).

    What is on hand after each moment is a running sum; entries of one moment count together.
    """
    place = case((EntryRow.account == Account.HELD.value, EntryRow.party_id), else_=EntryRow.shipment_id)
    window: dict[str, Any] = {
        "partition_by": (EntryRow.lot_id, EntryRow.account, place),
        "order_by": EventRow.happened_at,
    }
    held = (
        select(
            EntryRow.lot_id.label("lot"),
            EventRow.happened_at.label("at"),
            func.sum(EntryRow.grams).over(**window).label("grams"),
            func.sum(EntryRow.packs).over(**window).label("packs"),
        )
        .join(EventRow, EventRow.id == EntryRow.event_id)
        .where(EntryRow.account.in_(sorted(STOCK_ACCOUNTS)))
        .subquery()
    )
    query = select(held.c.lot, held.c.grams, held.c.packs).where((held.c.grams < 0) | (held.c.packs < 0))
    found: dict[int | None, Breach] = {}
    for lot, grams, packs in session.execute(query.order_by(held.c.at, held.c.lot)):
        found.setdefault(lot, Breach("lot.overdrawn", lot, int(grams if grams < 0 else packs)))
    return list(found.values())


def book_lines(session: Session) -> list[Breach]:
    """Holders whose lines are not what the entries come to."""
    return [Breach("books.lines", holder, grams) for holder, _, _, grams in lines.unlike(session)]


def projection(session: Session) -> list[Breach]:
    """Issued ranges whose spans are not what the actions make of them."""
    acts = _by_issue(session, select(ActionRow).order_by(ActionRow.issue_id, ActionRow.id), _act)
    kept = _by_issue(session, select(SpanRow).order_by(SpanRow.issue_id, SpanRow.first), _span)
    found, spans = [], next(kept, None)
    for issue, done in acts:
        while spans and spans[0] < issue:
            found.append(Breach("marks.projection", None, 0))
            spans = next(kept, None)
        here = spans[1] if spans and spans[0] == issue else []
        if merged(replay(done)) != merged(here):
            found.append(Breach("marks.projection", None, 0))
        spans = next(kept, None) if spans and spans[0] == issue else spans
    return found + ([Breach("marks.projection", None, 0)] if spans else [])


def _by_issue(session: Session, query: Any, make: Callable[[Any], Made]) -> Iterator[tuple[int, list[Made]]]:
    rows = session.execute(query.execution_options(yield_per=AT_ONCE)).scalars()
    for issue, some in groupby(rows, key=lambda row: int(row.issue_id)):
        yield issue, [make(one) for one in some]


def _act(row: ActionRow) -> Act:
    return Act(
        row.issue_id,
        MarkAction(row.action),
        SerialRange(row.first, row.last),
        row.pack_lot_id,
        row.printed_for,
    )


def _span(row: SpanRow) -> Span:
    return Span(
        row.issue_id, SerialRange(row.first, row.last), MarkState(row.state), row.pack_lot_id, row.printed_for
    )
