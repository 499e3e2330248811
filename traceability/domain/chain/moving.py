"""Dispatch, delivery, sale, return, and what is destroyed, written off or found missing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from traceability.domain import errors
from traceability.domain.chain.checks import (
    check_draw,
    check_leaf_age,
    check_not_expired,
    check_time,
    late,
    outgoing,
    sunk,
)
from traceability.domain.chain.values import (
    Account,
    Booking,
    Draw,
    Entry,
    EventKind,
    Lot,
    Remark,
    Stock,
    held,
)
from traceability.domain.profile import Profile
from traceability.domain.units import local_day


def dispatch(
    *, draws: Sequence[Draw], shipment: int, at: datetime, now: datetime, profile: Profile
) -> Booking:
    """Out of the holder's stock, into transit."""
    if not draws:
        raise errors.LotsMissing()
    check_time(at, now=now, born=(draw.stock.lot.born_at for draw in draws))
    check_leaf_age(draws, at, profile)
    for draw in draws:
        check_draw(draw)
        check_not_expired(draw.stock.lot, local_day(at))
    sent = tuple(
        Entry(Account.TRANSIT, d.grams, lot=d.stock.lot.id, packs=d.packs, shipment=shipment) for d in draws
    )
    return Booking(EventKind.DISPATCH, at, (*outgoing(draws), *sent), remarks=late(at, now, profile))


@dataclass(frozen=True, slots=True)
class Arrival:
    """One line of a delivery: what was sent of a lot and what came, in grams and packs."""

    lot: Lot
    sent_g: int
    sent_packs: int
    got_g: int
    got_packs: int

    @property
    def short_g(self) -> int:
        """Grams that did not arrive."""
        return self.sent_g - self.got_g

    @property
    def short_packs(self) -> int:
        """Packs that did not arrive."""
        return self.sent_packs - self.got_packs


def deliver(
    *,
    arrivals: Sequence[Arrival],
    shipment: int,
    party: int,
    sent_at: datetime,
    at: datetime,
    now: datetime,
    profile: Profile,
) -> Booking:
    """Out of transit into the consignee's stock. What is short stays in transit as an open shortage."""
    check_time(at, now=now, born=[sent_at])
    entries: list[Entry] = []
    remarks: list[Remark] = []
    for one in arrivals:
        if not (0 <= one.got_g <= one.sent_g and 0 <= one.got_packs <= one.sent_packs):
            raise errors.DeliveryExceeded(lot=one.lot.no, sent_g=one.sent_g, got_g=one.got_g)
        if one.got_g:
            entries += _moved(one.lot.id, one.got_g, one.got_packs, shipment, party)
        if one.short_g:
            facts = {"lot": one.lot.no, "short_g": one.short_g, "short_packs": one.short_packs}
            remarks.append(Remark("transport.short", facts, one.lot.id))
    return Booking(EventKind.DELIVERY, at, tuple(entries), remarks=(*remarks, *late(at, now, profile)))


def _moved(lot: int, grams: int, packs: int, shipment: int, party: int) -> list[Entry]:
    return [
        Entry(Account.TRANSIT, -grams, lot=lot, packs=-packs, shipment=shipment),
        held(lot, party, grams, packs),
    ]


def settle_transit(
    *,
    lot: Lot,
    grams: int,
    packs: int,
    shipment: int,
    account: Account,
    opened_at: datetime,
    at: datetime,
    now: datetime,
) -> Booking:
    """Close a shortage in transport: what did not arrive was destroyed, or lost."""
    check_time(at, now=now, born=[opened_at])
    out = Entry(Account.TRANSIT, -grams, lot=lot.id, packs=-packs, shipment=shipment)
    return Booking(EventKind.DESTRUCTION, at, (out, *sunk(account, grams, lot.id, packs)))


def sell(*, draw: Draw, channel: str, buyer: str, at: datetime, now: datetime, profile: Profile) -> Booking:
    """Packs (or loose tea, unmarked) out of a party's stock to a buyer."""
    lot = draw.stock.lot
    check_time(at, now=now, born=[lot.born_at])
    check_leaf_age([draw], at, profile)
    check_draw(draw)
    check_not_expired(lot, local_day(at))
    sold = sunk(Account.SOLD, draw.grams, lot.id, draw.packs)
    return Booking(
        EventKind.SALE,
        at,
        (*outgoing([draw]), *sold),
        remarks=late(at, now, profile),
        terms={"channel": channel, "buyer": buyer},
    )


def take_back(
    *,
    lot: Lot,
    packs: int,
    opened: bool,
    restock: bool,
    party: int,
    sold_at: datetime,
    at: datetime,
    now: datetime,
    profile: Profile,
) -> Booking:
    """Sold packs back: restocked by the profile's rule, or destroyed (EU 2016/161 art. 13 by analogy)."""
    check_time(at, now=now, born=[sold_at])
    if restock:
        check_restock(lot, opened=opened, sold_at=sold_at, at=at, profile=profile)
    grams = packs * lot.product.net_content_g if lot.product else 0
    back = Entry(Account.SOLD, -grams, lot=lot.id, packs=-packs)
    into = (
        held(lot.id, party, grams, packs)
        if restock
        else Entry(Account.DESTROYED, grams, lot=lot.id, packs=packs)
    )
    return Booking(
        EventKind.RETURN, at, (back, into), remarks=late(at, now, profile), terms={"opened": opened}
    )


def check_restock(lot: Lot, *, opened: bool, sold_at: datetime, at: datetime, profile: Profile) -> None:
    """Raise `RestockOpened`, `RestockLate` or `LotExpired` (FRAUD F19)."""
    if opened:
        raise errors.RestockOpened(lot=lot.no)
    days = (local_day(at) - local_day(sold_at)).days
    if days > profile.restock_days:
        raise errors.RestockLate(days=days, limit=profile.restock_days)
    check_not_expired(lot, local_day(at))


def remove(
    *,
    kind: EventKind,
    draw: Draw,
    account: Account,
    reason: str,
    at: datetime,
    now: datetime,
    profile: Profile,
) -> Booking:
    """Declared loss: a write-off, a destruction or the shortage of a stock count. Held goods may be destroyed."""
    lot = draw.stock.lot
    check_time(at, now=now, born=[lot.born_at])
    free = Stock(lot, draw.stock.party, draw.stock.grams, draw.stock.packs, draw.stock.reserved_g)
    check_draw(Draw(free, draw.grams, draw.packs))
    out = sunk(account, draw.grams, lot.id, draw.packs)
    return Booking(
        kind, at, (*outgoing([draw]), *out), remarks=late(at, now, profile), terms={"reason": reason}
    )


def missing(draw: Draw, *, at: datetime, now: datetime, profile: Profile) -> Booking:
    """What a stock count did not find: a declared loss whatever the lot's state, since it is gone already."""
    lot = draw.stock.lot
    lost = sunk(Account.LOSS, draw.grams, lot.id, draw.packs)
    return Booking(EventKind.STOCK_COUNT, at, (*outgoing([draw]), *lost), remarks=late(at, now, profile))
