"""Where goods of several lots are, to whom they were sent and sold, and what came back of them: what a recall asks."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, func, select
from sqlalchemy.orm import Session

from traceability.domain.chain import Account, EventKind
from traceability.domain.marks import SerialRange
from traceability.domain.recalls import Amount, total
from traceability.store.chain.rows import EntryRow, EventRow, ShipmentRow
from traceability.store.prepared import among, term


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """Grams and packs of a lot in one account; `party` is whose stock they are in."""

    lot: int
    account: Account
    party: int | None
    grams: int
    packs: int


def whereabouts(session: Session, lots: Iterable[int]) -> list[Whereabouts]:
    """Where everything of these lots is now; what became another lot is no longer of them."""
    grams, packs = func.sum(EntryRow.grams), func.sum(EntryRow.packs)
    query = (
        select(EntryRow.lot_id, EntryRow.account, EntryRow.party_id, grams, packs)
        .where(among(session, EntryRow.lot_id, lots), EntryRow.account != Account.PLOT.value)
        .group_by(EntryRow.lot_id, EntryRow.account, EntryRow.party_id)
        .having(grams > 0)
    )
    return [
        Whereabouts(lot or 0, Account(a), party, int(g), int(p))
        for lot, a, party, g, p in session.execute(query)
    ]


@dataclass(frozen=True, slots=True)
class Sent:
    """Grams and packs of a lot on one shipment, as they were sent."""

    lot: int
    shipment: str
    sender: int
    consignee: int
    sent_at: datetime
    grams: int
    packs: int


def sent(session: Session, lots: Iterable[int], *, enterprise: int) -> list[Sent]:
    """What a firm sent of these lots, in order; refused shipments went back and are left out."""
    grams, packs = func.sum(EntryRow.grams), func.sum(EntryRow.packs)
    where = (ShipmentRow.no, ShipmentRow.from_id, ShipmentRow.to_id, ShipmentRow.sent_at)
    query = (
        select(EntryRow.lot_id, *where, grams, packs)
        .join(ShipmentRow, ShipmentRow.id == EntryRow.shipment_id)
        .join(EventRow, EventRow.id == EntryRow.root_id)
        .where(
            among(session, EntryRow.lot_id, lots),
            EntryRow.account == Account.TRANSIT.value,
            EventRow.kind == EventKind.DISPATCH.value,
            ShipmentRow.enterprise_id == enterprise,
            ShipmentRow.state != "refused",
        )
        .group_by(EntryRow.lot_id, *where)
        .having(grams > 0)
        .order_by(ShipmentRow.sent_at, EntryRow.lot_id)
    )
    return [
        Sent(lot or 0, no, a, b, at, int(g), int(p)) for lot, no, a, b, at, g, p in session.execute(query)
    ]


@dataclass(frozen=True, slots=True)
class Sold:
    """Grams and packs of a lot sold by one sale, with what came back taken off; `ranges` are the marks it named."""

    lot: int
    sale: int
    no: str
    sold_at: datetime
    channel: str
    buyer: str
    ranges: tuple[SerialRange, ...]
    grams: int
    packs: int


def sold(session: Session, lots: Iterable[int], *, enterprise: int, named: bool = False) -> list[Sold]:
    """What a firm sold of these lots, in order; to buyers by name only, when they alone are asked for."""
    wanted = set(lots)
    back = _back(session, wanted)
    grams, packs = func.sum(EntryRow.grams), func.sum(EntryRow.packs)
    query = (
        select(EntryRow.lot_id, EventRow.id, EventRow.no, EventRow.happened_at, EventRow.terms)
        .join(EntryRow, EntryRow.root_id == EventRow.id)
        .where(
            among(session, EntryRow.lot_id, wanted),
            EntryRow.account == Account.SOLD.value,
            EventRow.kind == EventKind.SALE.value,
            EventRow.enterprise_id == enterprise,
        )
        .group_by(EventRow.id, EntryRow.lot_id)
        .having(grams > 0)
        .order_by(EventRow.happened_at, EventRow.id)
    )
    if named:
        query = query.where(term(session, EventRow.terms, "buyer") != "")
    return [
        _sold(row, back.get((row.id, row.lot_id or 0), (0, 0)))
        for row in session.execute(query.add_columns(grams.label("grams"), packs.label("packs")))
    ]


def _sold(row: Row[Any], back: tuple[int, int]) -> Sold:
    return Sold(
        lot=row.lot_id or 0,
        sale=row.id,
        no=row.no,
        sold_at=row.happened_at,
        channel=str(row.terms.get("channel", "")),
        buyer=str(row.terms.get("buyer", "")),
        ranges=tuple(SerialRange(first, last) for first, last in row.terms.get("serials", ())),
        grams=int(row.grams) - back[0],
        packs=int(row.packs) - back[1],
    )


def _back(session: Session, lots: set[int]) -> dict[tuple[int, int], tuple[int, int]]:
    """Grams and packs that came back, by sale and lot."""
    query = (
        select(EventRow.about_id, EntryRow.lot_id, func.sum(EntryRow.grams), func.sum(EntryRow.packs))
        .join(EntryRow, EntryRow.root_id == EventRow.id)
        .where(
            among(session, EntryRow.lot_id, lots),
            EntryRow.account == Account.SOLD.value,
            EventRow.kind == EventKind.RETURN.value,
        )
        .group_by(EventRow.about_id, EntryRow.lot_id)
    )
    return {(sale or 0, lot or 0): (-int(g), -int(p)) for sale, lot, g, p in session.execute(query)}


@dataclass(frozen=True, slots=True)
class Since:
    """What came back of some lots and what was destroyed of them since a moment."""

    returned: Amount
    destroyed: Amount


def since(session: Session, lots: Iterable[int], moment: datetime) -> Since:
    """Returned and destroyed since; what came back and was destroyed at once counts in both."""
    query = (
        select(EntryRow.account, EventRow.kind, func.sum(EntryRow.grams), func.sum(EntryRow.packs))
        .join(EventRow, EventRow.id == EntryRow.root_id)
        .where(among(session, EntryRow.lot_id, lots), EventRow.happened_at >= moment)
        .group_by(EntryRow.account, EventRow.kind)
    )
    sums = {(a, kind): Amount(int(g), int(p)) for a, kind, g, p in session.execute(query)}
    back = sums.get((Account.SOLD.value, EventKind.RETURN.value), Amount())
    gone = total(one for (account, _), one in sums.items() if account == Account.DESTROYED.value)
    return Since(Amount(-back.grams, -back.packs), gone)
