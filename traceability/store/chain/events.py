"""Events with their entries and edges: written once, amended by counter-entries, read in time."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    false,
    func,
    select,
    true,
)
from sqlalchemy.orm import Session

from traceability.domain.balance import Posting
from traceability.domain.chain import (
    Account,
    Booking,
    Edge,
    Entry,
    EventKind,
    NewLot,
)
from traceability.domain.people import Within
from traceability.store.chain import lines
from traceability.store.chain.rows import EdgeRow, EntryRow, EventRow, LotRow
from traceability.store.people import EnterpriseRow
from traceability.store.prepared import Adding


@dataclass(frozen=True, slots=True)
class Booked:
    """An event as written: its id and number, and the ids of the lots it opened."""

    id: int
    no: str
    lots: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Event:
    """An event as read."""

    id: int
    no: str
    kind: EventKind
    enterprise: int
    happened_at: datetime
    recorded_at: datetime
    actor: int
    root: int | None
    about: int | None
    reason: str | None
    terms: Mapping[str, Any]


def book(
    session: Session,
    booking: Booking,
    *,
    no: str,
    enterprise: int,
    by: int,
    now: datetime,
    about: int | None = None,
    amends: int | None = None,
    reason: str | None = None,
) -> Booked:
    """Write a booking: event, lots, entries and edges."""
    session.flush()  # what these rows refer to may still wait to be written
    row = {
        "no": no,
        "kind": booking.kind.value,
        "enterprise_id": enterprise,
        "happened_at": booking.at,
        "recorded_at": now,
        "actor_id": by,
        "root_id": amends,
        "about_id": about,
        "reason": reason,
        "terms": dict(booking.terms),
    }
    event = _EVENTS.one(session, **row)
    ids = tuple(_LOTS.one(session, **lot_values(new, enterprise, booking.at)) for new in booking.lots)
    root = amends or event
    entries = [entry_values(entry, event, root, ids) for entry in booking.entries]
    _ENTRIES.many(session, entries)
    lines.tell(session, row, entries, kinds_of(booking, ids))
    _EDGES.many(session, [edge_values(edge, event, root, ids) for edge in booking.edges])
    return Booked(event, no, ids)


_EVENTS, _LOTS, _ENTRIES, _EDGES = Adding(EventRow), Adding(LotRow), Adding(EntryRow), Adding(EdgeRow)


def kinds_of(booking: Booking, opened: Sequence[int]) -> dict[int, str]:
    """The kinds of the lots a booking opened, by their ids; for the store's own modules."""
    return {number: new.kind.value for number, new in zip(opened, booking.lots, strict=True)}


def lot_values(new: NewLot, enterprise: int, at: datetime) -> dict[str, Any]:
    """A new lot as its row, for the store's own modules."""
    return {
        "no": new.no,
        "kind": new.kind.value,
        "origin_id": enterprise,
        "season": new.plucked_from.year,
        "plucked_from": new.plucked_from,
        "plucked_to": new.plucked_to,
        "born_at": at,
        "grade": new.grade.value if new.grade else None,
        "leaf_grade": new.leaf_grade.value if new.leaf_grade else None,
        "product_id": new.product.id if new.product else None,
        "pack_day": new.pack_day,
        "best_before": new.best_before,
    }


def real_id(number: int | None, opened: Sequence[int]) -> int | None:
    """The id of a lot that a booking named -1, -2, …"""
    return opened[-number - 1] if number is not None and number < 0 else number


def entry_values(entry: Entry, event: int, root: int, opened: Sequence[int]) -> dict[str, Any]:
    """An entry as its row, for the store's own modules."""
    return {
        "event_id": event,
        "root_id": root,
        "account": entry.account.value,
        "lot_id": real_id(entry.lot, opened),
        "party_id": entry.party,
        "shipment_id": entry.shipment,
        "plot_id": entry.plot,
        "part": entry.part,
        "grams": entry.grams,
        "packs": entry.packs,
    }


def edge_values(edge: Edge, event: int, root: int, opened: Sequence[int]) -> dict[str, Any]:
    """An edge as its row, for the store's own modules."""
    source, target = real_id(edge.source, opened), real_id(edge.target, opened)
    return {"event_id": event, "root_id": root, "source_id": source, "target_id": target, "grams": edge.grams}


def event_of(row: EventRow) -> Event:
    """An event's row as its value; for the store's own modules."""
    return Event(
        row.id,
        row.no,
        EventKind(row.kind),
        row.enterprise_id,
        row.happened_at,
        row.recorded_at,
        row.actor_id,
        row.root_id,
        row.about_id,
        row.reason,
        row.terms,
    )


def event_no_taken(session: Session, enterprise: int, kind: EventKind, no: str) -> bool:
    """Whether the firm used this number for an event of this kind."""
    same = (EventRow.enterprise_id == enterprise) & (EventRow.kind == kind.value) & (EventRow.no == no)
    return session.scalar(select(EventRow.id).where(same)) is not None


def event_numbered(session: Session, enterprise: int, kind: EventKind, no: str) -> Event | None:
    """The event of a kind a firm gave this number to."""
    same = (EventRow.enterprise_id == enterprise) & (EventRow.kind == kind.value) & (EventRow.no == no)
    row = session.scalars(select(EventRow).where(same)).first()
    return event_of(row) if row else None


def event(session: Session, number: int, *, within: Within) -> Event | None:
    """An event of a firm within reach."""
    query = select(EventRow).join(EnterpriseRow, EnterpriseRow.id == EventRow.enterprise_id)
    row = session.scalars(query.where(EventRow.id == number, _event_within(within))).first()
    return event_of(row) if row else None


def _event_within(within: Within) -> ColumnElement[bool]:
    if within.everything:
        return true()
    if within.county is not None:
        return EnterpriseRow.county == within.county
    return EventRow.enterprise_id == within.enterprise if within.enterprise is not None else false()


def events(
    session: Session, *, within: Within, kind: EventKind | None = None, limit: int = 500
) -> list[Event]:
    """Events of firms within reach, latest first."""
    query = (
        select(EventRow)
        .join(EnterpriseRow, EnterpriseRow.id == EventRow.enterprise_id)
        .where(_event_within(within))
    )
    if kind is not None:
        query = query.where(EventRow.kind == kind.value)
    rows = session.scalars(query.order_by(EventRow.happened_at.desc(), EventRow.id.desc()).limit(limit))
    return [event_of(row) for row in rows]


def amendments_of(session: Session, roots: Iterable[int]) -> list[Event]:
    """The amendments of these events, latest first."""
    query = select(EventRow).where(EventRow.root_id.in_(set(roots))).order_by(EventRow.id.desc())
    return [event_of(row) for row in session.scalars(query)]


def events_of_lots(
    session: Session, numbers: Iterable[int], *, kinds: Iterable[EventKind] = tuple(EventKind)
) -> list[tuple[Event, int | None, str, int, int]]:
    """(event, lot, account, grams, packs) of every entry on these lots, in the order things happened; of some kinds."""
    query = (
        select(EventRow, EntryRow.lot_id, EntryRow.account, EntryRow.grams, EntryRow.packs)
        .join(EntryRow, EntryRow.event_id == EventRow.id)
        .where(EntryRow.lot_id.in_(set(numbers)), EventRow.kind.in_([one.value for one in kinds]))
        .order_by(EventRow.happened_at, EntryRow.id)
    )
    return [(event_of(r), lot_id, account, int(g), p) for r, lot_id, account, g, p in session.execute(query)]


_OUT = (EventKind.DISPATCH.value, EventKind.SALE.value)


def out_since(session: Session, lot: int) -> datetime | None:
    """When the first of a lot was sent off or sold."""
    query = select(func.min(EventRow.happened_at)).join(EntryRow, EntryRow.event_id == EventRow.id)
    return session.scalar(query.where(EntryRow.lot_id == lot, EventRow.kind.in_(_OUT)))


def entries_for(session: Session, root: int) -> list[Entry]:
    """What an event counts for now, amendments included: entries summed by where they are."""
    return entries_of(session, [root])[root]


def entries_of(session: Session, roots: Iterable[int]) -> dict[int, list[Entry]]:
    """What each of these events counts for now, in one question to the database."""
    found: dict[int, list[Entry]] = {root: [] for root in roots}
    where = (
        EntryRow.account,
        EntryRow.lot_id,
        EntryRow.party_id,
        EntryRow.shipment_id,
        EntryRow.plot_id,
        EntryRow.part,
    )
    query = (
        select(EntryRow.root_id, *where, func.sum(EntryRow.grams), func.sum(EntryRow.packs))
        .where(EntryRow.root_id.in_(found))
        .group_by(EntryRow.root_id, *where)
    )
    for root, account, lot_id, party, shipment, plot, part, grams, packs in session.execute(query):
        found[root].append(
            Entry(Account(account), int(grams), lot_id, int(packs), party, shipment, plot, part)
        )
    return found


def edges_for(session: Session, root: int) -> list[Edge]:
    """The edges an event counts for now."""
    where = (EdgeRow.source_id, EdgeRow.target_id)
    query = select(*where, func.sum(EdgeRow.grams)).where(EdgeRow.root_id == root).group_by(*where)
    return [Edge(source, target, int(grams)) for source, target, grams in session.execute(query)]


def last_on_stock(session: Session, lot: int, *, party: int, besides: int) -> Event | None:
    """The event recorded last that moved a party's stock of a lot, one event left out."""
    moved = select(EntryRow.event_id).where(
        EntryRow.lot_id == lot, EntryRow.party_id == party, EntryRow.account == Account.HELD.value
    )
    query = select(EventRow).where(EventRow.id.in_(moved), EventRow.id != besides)
    row = session.scalars(query.order_by(EventRow.recorded_at.desc(), EventRow.id.desc()).limit(1)).first()
    return event_of(row) if row else None


def takers(session: Session, number: int) -> list[Event]:
    """The events that took from a lot's stock, latest first."""
    roots = (
        select(EntryRow.root_id)
        .where(EntryRow.lot_id == number, EntryRow.account == Account.HELD.value)
        .group_by(EntryRow.root_id)
        .having(func.sum(EntryRow.grams) < 0)
    )
    rows = session.scalars(
        select(EventRow)
        .where(EventRow.id.in_(roots))
        .order_by(EventRow.happened_at.desc(), EventRow.id.desc())
    )
    return [event_of(row) for row in rows]


def maker(session: Session, number: int) -> Event | None:
    """The event that brought a lot into being."""
    query = (
        select(EventRow)
        .join(EntryRow, EntryRow.event_id == EventRow.id)
        .where(EntryRow.lot_id == number, EntryRow.account == Account.HELD.value, EntryRow.grams > 0)
        .order_by(EntryRow.id)
        .limit(1)
    )
    row = session.scalars(query).first()
    return event_of(row) if row else None


def postings(session: Session, *, lots: Iterable[int] | None = None) -> list[Posting]:
    """The book in the order things happened, for checks; of these lots only, when lots are named."""
    query = (
        select(EntryRow, EventRow.happened_at)
        .join(EventRow, EventRow.id == EntryRow.event_id)
        .order_by(EventRow.happened_at, EntryRow.id)
    )
    if lots is not None:
        query = query.where(EntryRow.lot_id.in_(set(lots)))
    return [
        Posting(
            at,
            r.event_id,
            r.account,
            r.lot_id,
            (r.account, r.party_id if r.account == Account.HELD.value else r.shipment_id),
            r.grams,
            r.packs,
        )
        for r, at in session.execute(query)
    ]
