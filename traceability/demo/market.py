"""From the packing room to the buyer: dispatch, delivery, and sales over the weeks after."""

from collections.abc import Sequence

from traceability.demo.marking import Crate, Marked, Packs, Shelf, take_crates
from traceability.demo.stage import Firm, Sitting, Stage, Story
from traceability.demo.tables import CARRIERS, ONLINE, SHOP, WHOLESALERS
from traceability.domain.marks import SerialRange
from traceability.services import chain

#: Of every hundred cartons so many go each way; the rest stays in the cold store.
SHARES = {SHOP: 35, ONLINE: 35}
WHOLESALE_SHARE = 18

SALE_ROUNDS = 4

#: Packs missing on arrival, by twist and channel; this shortage is still open when the season ends.
SHORT_PACKS = {("short", ONLINE): 2}


def to_market(stage: Stage, marked: Marked) -> Story:
    """Cartons to the shop and to the online store, some to a wholesaler; then the sales."""
    loads = {channel: _load(marked, share) for channel, share in SHARES.items()}
    yield stage.later(2, 8, 30)
    sent = {channel: send(stage, marked.firm, channel, load) for channel, load in loads.items()}
    yield stage.later(0, 16)
    _wholesale(stage, marked)
    yield stage.later(1, 10, 45)
    for channel, load in loads.items():
        stock = shelves(marked.firm, channel, load)
        _deliver(
            stage, marked, sent[channel], stock, short=SHORT_PACKS.get((marked.brew.row.twist, channel), 0)
        )
        stage.tell(sales(stage, marked, channel, stock))


def _deliver(stage: Stage, marked: Marked, shipment: int, stock: Sequence[Shelf], *, short: int) -> None:
    """The consignee's receipt; what is short is missing from the last shelf."""
    stock[-1].last -= short
    got = {shelf.packs.lot: shelf.left for shelf in stock}
    stage.book(chain.deliver, by=marked.firm.hand, shipment=shipment, received=got)


Load = list[tuple[Packs, list[Crate]]]


def _load(marked: Marked, share: int) -> Load:
    """The next cartons of each pack lot."""
    return [(packs, _next_crates(packs, share)) for packs in marked.packs]


def _next_crates(packs: Packs, share: int) -> list[Crate]:
    whole = len(packs.crates) + packs.sent
    return take_crates(packs, max(1, whole * share // 100))


def send(
    stage: Stage, firm: Firm, channel: str, load: Load, *, no: str | None = None, carrier: str = ""
) -> int:
    """Dispatch cartons by name; the shipment."""
    lines = [
        chain.DispatchLine(packs.lot, cartons=tuple(one.no for one in crates))
        for packs, crates in load
        if crates
    ]
    booked = stage.book(
        chain.dispatch,
        by=firm.hand,
        consignee=firm.parties[channel],
        lines=lines,
        carrier=carrier or stage.rng(f"carrier/{stage.now}").choice(CARRIERS),
        no=no,
    )
    return shipment_named(stage, firm, booked.no)


def shipment_named(stage: Stage, firm: Firm, no: str) -> int:
    """The shipment a dispatch opened."""
    found = stage.see(chain.pending_deliveries, by=firm.hand)
    return next(one.id for one in found if one.no == no and one.enterprise == firm.id)


def shelves(firm: Firm, channel: str, load: Load) -> list[Shelf]:
    """What a consignee has after a delivery; cartons sent together are neighbours."""
    return [
        Shelf(packs, firm.parties[channel], channel, crates[0].range.first, crates[-1].range.last)
        for packs, crates in load
        if crates
    ]


def settle_short(stage: Stage, firm: Firm, shipment: int, gone: SerialRange, reason: str) -> None:
    """Close what was short in a shipment: destroyed, and its marks retired."""
    found = stage.see(chain.shortages, by=firm.manager)
    short = next(one.id for one in found if one.shipment == shipment and one.settled_at is None)
    stage.book(chain.settle_transit, by=firm.manager, shortage=short, ranges=(gone,), reason=reason)


def _wholesale(stage: Stage, marked: Marked) -> None:
    """A few cartons of each lot to one wholesaler, by name as the law asks."""
    buyer = marked.brew.rng.choice(WHOLESALERS)
    with stage.sitting() as desk:
        for packs, crates in _load(marked, WHOLESALE_SHARE):
            names = tuple(one.no for one in crates)
            if names:
                desk.book(
                    chain.sell,
                    by=marked.firm.hand,
                    lot=packs.lot,
                    channel="wholesale",
                    buyer=buyer,
                    cartons=names,
                )


def sales(stage: Stage, marked: Marked, channel: str, stock: Sequence[Shelf]) -> Story:
    """Several rounds of retail sales, each entered in one sitting; a recalled lot is not sold on."""
    marked.shelves.extend(stock)
    rng = stage.rng(f"sales/{marked.brew.no}/{channel}")
    for _ in range(SALE_ROUNDS):
        yield stage.later(rng.randrange(3, 10), 18, rng.randrange(60))
        with stage.sitting() as desk:
            for shelf in stock:
                retail(desk, marked.firm, shelf, shelf.left * rng.randrange(15, 45) // 100)


def retail(desk: Sitting, firm: Firm, shelf: Shelf, number: int) -> int | None:
    """Packs off a shelf, their serials named; the sale, if there was one."""
    if shelf.packs.stopped or not number:
        return None
    booked = desk.book(
        chain.sell,
        by=firm.hand,
        lot=shelf.packs.lot,
        packs=number,
        channel=shelf.channel,
        party=shelf.party,
        ranges=(shelf.take(number),),
    )
    return booked.id
