"""Many events at once: asked for and written in few statements, for whoever brings a whole season."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, func, insert, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from traceability.domain.chain import Account, Booking, EventKind, Lot
from traceability.store.base import Base, table_of
from traceability.store.chain import lines
from traceability.store.chain.events import (
    Booked,
    Event,
    edge_values,
    entry_values,
    event_of,
    kinds_of,
    lot_values,
)
from traceability.store.chain.lots import lots_by_id
from traceability.store.chain.rows import EdgeRow, EntryRow, EventRow, LotRow
from traceability.store.parts import parts


def events_numbered(
    session: Session, enterprise: int, kind: EventKind, nos: Iterable[str]
) -> dict[str, Event]:
    """The firm's own events of a kind by number, those of these numbers that there are."""
    found: dict[str, Event] = {}
    same = (EventRow.enterprise_id == enterprise) & (EventRow.kind == kind.value)
    for some in parts(nos):
        rows = session.scalars(select(EventRow).where(same, EventRow.no.in_(some)))
        found |= {row.no: event_of(row) for row in rows}
    return found


def lots_numbered(session: Session, enterprise: int, nos: Iterable[str]) -> dict[str, Lot]:
    """Lots the firm made, by number, those of these numbers that there are."""
    numbers = lots_ids(session, enterprise, nos).values()
    return {lot.no: lot for some in parts(numbers) for lot in lots_by_id(session, some).values()}


def opened_by(session: Session, events: Iterable[int]) -> dict[int, Lot]:
    """The lot each of these events brought into being, for events that bring one."""
    made: dict[int, int] = {}
    for some in parts(events):
        query = select(EntryRow.event_id, EntryRow.lot_id).where(
            EntryRow.event_id.in_(some), EntryRow.account == Account.HELD.value, EntryRow.grams > 0
        )
        made |= {event: lot for event, lot in session.execute(query) if lot is not None}
    lots = {number: lot for some in parts(made.values()) for number, lot in lots_by_id(session, some).items()}
    return {event: lots[number] for event, number in made.items()}


def plots_charged(session: Session, plots: Iterable[int]) -> dict[tuple[int, str], int]:
    """Grams charged to each plot, by plot and season part ("2026-spring")."""
    return _taken(session, plots, EntryRow.part, EntryRow.part.is_not(None))


def plots_days(
    session: Session, plots: Iterable[int], first: date, last: date
) -> dict[tuple[int, date], int]:
    """Grams taken off each plot, by plot and day of plucking, of the days from first to last."""
    return _taken(session, plots, LotRow.plucked_from, LotRow.plucked_from.between(first, last))


def _taken(
    session: Session, plots: Iterable[int], by: InstrumentedAttribute[Any], which: ColumnElement[bool]
) -> dict[tuple[int, Any], int]:
    found: dict[tuple[int, Any], int] = {}
    for some in parts(plots):
        query = (
            select(EntryRow.plot_id, by, -func.sum(EntryRow.grams))
            .join(LotRow, LotRow.id == EntryRow.lot_id)
            .where(EntryRow.plot_id.in_(some), which)
            .group_by(EntryRow.plot_id, by)
        )
        found |= {(plot, one): int(grams) for plot, one, grams in session.execute(query)}
    return found


def book_many(
    session: Session, bookings: Sequence[tuple[str, Booking]], *, enterprise: int, by: int, now: datetime
) -> list[Booked]:
    """Write bookings under their numbers, as `book` writes one: events, lots, entries and edges."""
    events = [
        {
            "no": no,
            "kind": one.kind.value,
            "enterprise_id": enterprise,
            "happened_at": one.at,
            "recorded_at": now,
            "actor_id": by,
            "terms": dict(one.terms),
        }
        for no, one in bookings
    ]
    lots = [lot_values(new, enterprise, one.at) for _, one in bookings for new in one.lots]
    _write(session, EventRow, events)
    _write(session, LotRow, lots)
    ids = _event_ids(session, enterprise, bookings)
    opened = lots_ids(session, enterprise, (str(one["no"]) for one in lots))
    booked = [
        Booked(ids[one.kind, no], no, tuple(opened[new.no] for new in one.lots)) for no, one in bookings
    ]
    entries = [
        [entry_values(entry, made.id, made.id, made.lots) for entry in one.entries]
        for made, (_, one) in zip(booked, bookings, strict=True)
    ]
    _write(session, EntryRow, (entry for some in entries for entry in some))
    for row, made, (_, one), some in zip(events, booked, bookings, entries, strict=True):
        lines.tell(session, row, some, kinds_of(one, made.lots))
    _write(session, EdgeRow, (
        edge_values(edge, made.id, made.id, made.lots)
        for made, (_, one) in zip(booked, bookings, strict=True)
        for edge in one.edges
    ))  # fmt: skip
    return booked


def _event_ids(
    session: Session, enterprise: int, bookings: Sequence[tuple[str, Booking]]
) -> dict[tuple[EventKind, str], int]:
    """By kind and number, which are the firm's own: asking once is quicker than hearing of every row."""
    found: dict[tuple[EventKind, str], int] = {}
    for kind in {one.kind for _, one in bookings}:
        for some in parts(no for no, one in bookings if one.kind is kind):
            same = (EventRow.enterprise_id == enterprise) & (EventRow.kind == kind.value)
            query = select(EventRow.no, EventRow.id).where(same, EventRow.no.in_(some))
            found |= {(kind, no): number for no, number in session.execute(query)}
    return found


def lots_ids(session: Session, enterprise: int, nos: Iterable[str]) -> dict[str, int]:
    """Ids of lots the firm made, by number."""
    found: dict[str, int] = {}
    for some in parts(nos):
        query = select(LotRow.no, LotRow.id).where(LotRow.origin_id == enterprise, LotRow.no.in_(some))
        found.update((no, number) for no, number in session.execute(query))
    return found


def _write(session: Session, row: type[Base], values: Iterable[dict[str, Any]]) -> None:
    if listed := list(values):
        session.execute(insert(table_of(row)), listed)


def counts_for(session: Session, events: Iterable[int], account: Account) -> dict[int, int]:
    """Grams each event brought into an account, as it counts now, amendments included."""
    found: dict[int, int] = {}
    for some in parts(events):
        query = select(EntryRow.root_id, func.sum(EntryRow.grams)).where(
            EntryRow.root_id.in_(some), EntryRow.account == account.value
        )
        found |= {root: int(grams) for root, grams in session.execute(query.group_by(EntryRow.root_id))}
    return found


def receipt_numbers(session: Session, lots: Iterable[int]) -> dict[int, str]:
    """The number of the receipt that brought each leaf lot; of other lots, their own."""
    found: dict[int, str] = {}
    for some in parts(lots):
        query = (
            select(EntryRow.lot_id, EventRow.no)
            .join(EventRow, EventRow.id == EntryRow.event_id)
            .where(
                EntryRow.lot_id.in_(some), EntryRow.account == Account.PLOT.value, EventRow.root_id.is_(None)
            )
        )
        found |= {lot: no for lot, no in session.execute(query) if lot is not None}
        own = session.execute(select(LotRow.id, LotRow.no).where(LotRow.id.in_(some)))
        found = {row.id: row.no for row in own} | found
    return found
