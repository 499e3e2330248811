"""Papers of the tea ledger as a person reads them: events with what they moved, deliveries, shortages, who holds a lot.

Reading only; what is asked for lies within the reader's reach or does not exist.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from traceability.domain import errors, marks
from traceability.domain.chain import Account, Entry, EventKind, Lot
from traceability.domain.marks import MarkState, Span
from traceability.domain.people import Enterprise, Identity, May, Party, Product
from traceability.domain.units import local_day
from traceability.services import acting
from traceability.store import chain as rows
from traceability.store import marks as mark_rows
from traceability.store import oversight as oversight_rows
from traceability.store import people as people_rows
from traceability.store.chain import Carton, Event, Shipment, Shortage
from traceability.store.oversight import Hold
from traceability.store.work import Work

_STOCK = frozenset({Account.HELD, Account.TRANSIT})
_EVERY = 100_000


@dataclass(frozen=True, slots=True)
class Moved:
    """Grams (and packs) of a lot: above nothing they came into stock, below nothing they left it."""

    lot: Lot
    grams: int
    packs: int = 0


@dataclass(frozen=True, slots=True)
class Ended:
    """Grams (and packs) of a lot that came to where tea ends."""

    lot: Lot
    account: Account
    grams: int
    packs: int = 0


@dataclass(frozen=True, slots=True)
class Paper:
    """An event with what it counts for now: lots in and out, and what went where tea ends.

    `ended` tells the latter by lot, for events that moved no stock: a return or a short delivery that was destroyed.
    """

    event: Event
    lots: tuple[Moved, ...] = ()
    ended: tuple[Ended, ...] = ()
    sinks: Mapping[Account, int] = field(default_factory=dict)
    amendments: tuple[Event, ...] = ()

    @property
    def taken(self) -> tuple[Moved, ...]:
        """What left stock."""
        return tuple(one for one in self.lots if one.grams < 0)

    @property
    def given(self) -> tuple[Moved, ...]:
        """What came into stock."""
        return tuple(one for one in self.lots if one.grams > 0)


def paper(work: Work, *, by: Identity, event: int) -> Paper:
    """An event of a firm within reach, amendments counted in; raise `NotFound`."""
    by.require(May.READ_CHAIN)
    found = rows.event(work.session, event, within=by.within)
    if found is None:
        raise errors.NotFound()
    return _papers(work, [found])[0]


def papers(work: Work, *, by: Identity, events: Sequence[Event]) -> list[Paper]:
    """Events with what they moved, for a list of events this person was given."""
    by.require(May.READ_CHAIN)
    return _papers(work, events)


def events_of_kind(work: Work, *, by: Identity, kind: EventKind) -> list[Event]:
    """Events of one kind within reach, latest first; amendments are told with what they amend."""
    by.require(May.READ_CHAIN)
    found = rows.events(work.session, within=by.within, kind=kind, limit=_EVERY)
    return [one for one in found if one.root is None]


def _papers(work: Work, events: Sequence[Event]) -> list[Paper]:
    entries = rows.entries_of(work.session, [one.id for one in events])
    lots = rows.lots_by_id(work.session, {e.lot for found in entries.values() for e in found if e.lot})
    amended = _amendments(work, [one.id for one in events])
    return [
        Paper(
            one,
            _moved(entries[one.id], lots),
            _ended(entries[one.id], lots),
            _sinks(entries[one.id]),
            tuple(amended.get(one.id, ())),
        )
        for one in events
    ]


def _amendments(work: Work, roots: Iterable[int]) -> dict[int, list[Event]]:
    found: dict[int, list[Event]] = {}
    for one in rows.amendments_of(work.session, roots):
        found.setdefault(one.root or 0, []).append(one)
    return found


def _moved(entries: Iterable[Entry], lots: Mapping[int, Lot]) -> tuple[Moved, ...]:
    stock = [one for one in entries if one.account is Account.HELD and one.lot and one.grams]
    return tuple(Moved(lots[one.lot or 0], one.grams, one.packs) for one in stock)


def _ended(entries: Iterable[Entry], lots: Mapping[int, Lot]) -> tuple[Ended, ...]:
    there = [one for one in entries if one.account not in _STOCK and one.lot and one.grams > 0]
    return tuple(Ended(lots[one.lot or 0], one.account, one.grams, one.packs) for one in there)


def _sinks(entries: Iterable[Entry]) -> dict[Account, int]:
    sums: dict[Account, int] = {}
    for one in entries:
        if one.account not in _STOCK and one.grams:
            sums[one.account] = sums.get(one.account, 0) + abs(one.grams)
    return sums


@dataclass(frozen=True, slots=True)
class SalePaper:
    """A sale with the packs sold and those that came back since."""

    paper: Paper
    lot: Lot
    sold: int
    back: int


def sale(work: Work, *, by: Identity, event: int) -> SalePaper:
    """A sale; raise `SaleUnknown`."""
    found = paper(work, by=by, event=event)
    if found.event.kind is not EventKind.SALE or not found.lots:
        raise errors.SaleUnknown(sale=event)
    return _sale(work, found)


def sales_of(work: Work, found: Sequence[Event]) -> list[SalePaper]:
    """Sales with what came back of them, in a few questions for all of them; of nothing when amended away."""
    told = _papers(work, found)
    sums = rows.sold_by_sale(work.session, [one.id for one in found])
    sold = rows.lots_of_events(work.session, [one.id for one in found])
    return [SalePaper(one, sold[one.event.id], *sums.get(one.event.id, (0, 0))) for one in told]


def _sale(work: Work, found: Paper) -> SalePaper:
    return SalePaper(found, found.lots[0].lot, *rows.sold_of(work.session, found.event.id))


# --- where goods are --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Delivery:
    """A shipment with its parties and what it carried; `mine` when the reader's firm answers it."""

    shipment: Shipment
    sender: Party
    consignee: Party
    lines: tuple[Moved, ...]
    cartons: tuple[str, ...]
    mine: bool


def delivery(work: Work, *, by: Identity, shipment: int) -> Delivery:
    """One shipment; raise `DeliveryUnknown`."""
    firm = acting.own_firm(work, by, May.READ_CHAIN)
    found = rows.shipment(work.session, shipment, within=by.within)
    if found is None:
        raise errors.DeliveryUnknown(shipment=shipment)
    return deliveries_of(work, [found], firm=firm.id)[0]


def deliveries_of(work: Work, found: Sequence[Shipment], *, firm: int) -> list[Delivery]:
    """Shipments with all that belongs to them, in as many questions for a hundred as for one."""
    numbers = [one.id for one in found]
    parties = people_rows.parties_by_id(
        work.session, [n for one in found for n in (one.sender, one.consignee)]
    )
    sent = rows.lines_by_shipment(work.session, numbers)
    lots = rows.lots_by_id(work.session, {lot for lines in sent.values() for lot, _, _ in lines})
    cartons = rows.cartons_by_shipment(work.session, numbers)
    return [
        Delivery(
            one,
            parties[one.sender],
            parties[one.consignee],
            tuple(Moved(lots[lot], grams, packs) for lot, grams, packs in sent.get(one.id, ())),
            tuple(cartons.get(one.id, ())),
            one.state == "on_the_way" and _answers(firm, parties[one.consignee]),
        )
        for one in found
    ]


def _answers(firm: int, consignee: Party) -> bool:
    """Whether a firm answers what is sent to a party."""
    return firm in (consignee.enterprise, consignee.kept_by)


def shortages(work: Work, *, by: Identity) -> list[tuple[Shortage, Lot]]:
    """What is short and not settled yet, of the reader's firm."""
    acting.own_firm(work, by, May.READ_CHAIN)
    found = [one for one in rows.shortages(work.session, within=by.within) if one.settled_at is None]
    lots = rows.lots_by_id(work.session, [one.lot for one in found])
    return [(one, lots[one.lot]) for one in found]


def shortage(work: Work, *, by: Identity, number: int) -> tuple[Shortage, Lot]:
    """An open shortage; raise `ShortageUnknown`."""
    for one, lot in shortages(work, by=by):
        if one.id == number:
            return one, lot
    raise errors.ShortageUnknown(shortage=number)


@dataclass(frozen=True, slots=True)
class Holding:
    """What one of the firm's parties has of a lot."""

    party: Party
    grams: int
    packs: int


def holders(work: Work, *, by: Identity, lot: int) -> list[Holding]:
    """Who of the firm's own parties has some of a lot, the firm's own stock first."""
    firm = acting.own_firm(work, by, May.READ_CHAIN)
    own = people_rows.party(work.session, firm.party)
    parties = [*([own] if own else []), *people_rows.parties_kept_by(work.session, firm.id)]
    found = [Holding(one, *rows.on_hand(work.session, lot, party=one.id)) for one in parties]
    return [one for one in found if one.grams]


def cartons_with(work: Work, *, by: Identity, lot: int, party: int | None = None) -> list[Carton]:
    """Cartons of a lot that are with one of the firm's parties."""
    firm = acting.own_firm(work, by, May.READ_CHAIN)
    holder = acting.own_party(work, firm, party)
    known = rows.cartons(work.session, lot)
    away = rows.cartons_away(work.session, [one.id for one in known], holder.id) if known else set()
    return [one for one in known if one.id not in away]


@dataclass(frozen=True, slots=True)
class CartonPapers:
    """What the labels of a lot's cartons say: `face` on all of them, and each carton with the marks still in it."""

    lot: Lot
    face: Mapping[str, object]
    cartons: tuple[Carton, ...]


def carton_papers(work: Work, *, by: Identity, lot: int) -> CartonPapers:
    """The cartons of a pack lot of one's own, as their labels say it; raise `LotUnknown` or `LotWrongKind`."""
    firm = acting.own_firm(work, by, May.READ_CHAIN)
    found = rows.lot(work.session, lot, within=acting.within_firm(firm))
    if found is None or found.origin != firm.id:
        raise errors.LotUnknown(lot=lot)
    if found.product is None:
        raise errors.LotWrongKind(lot=found.no, kind=found.kind.value)
    spans = mark_rows.spans_of_lot(work.session, lot)
    filled = tuple(_still_in(one, spans) for one in rows.cartons(work.session, lot))
    return CartonPapers(found, _face(work, found, found.product, firm), filled)


def _still_in(carton: Carton, spans: Sequence[Span]) -> Carton:
    """A carton without the marks that were retired or found unused since."""
    inside, _ = marks.cut([span for span in spans if span.state is MarkState.APPLIED], carton.ranges)
    return replace(carton, ranges=tuple(span.range for span in marks.merged(inside)))


def _face(work: Work, lot: Lot, product: Product, firm: Enterprise) -> Mapping[str, object]:
    """The same words as on the packs inside. `net_content` in grams."""
    day = lot.pack_day or local_day(lot.born_at)
    right = people_rows.rights(work.session, firm.id).in_force(day)
    worded = work.profile.label_words(right.right_basis, day) if right else None
    name, beside = worded or (work.profile.gi.zh, work.profile.edition_on(day).code)
    return {
        "gi_name": name,
        "standard": beside,
        "product": product.name,
        "net_content": product.net_content_g,
        "grade": work.profile.grade_rule(product.grade).zh,
        "pack_date": day.isoformat(),
        "enterprise": firm.name,
        "uscc": firm.uscc,
    }


def own_holds(work: Work, *, by: Identity) -> list[tuple[Hold, Lot]]:
    """Holds in force on lots of the reader's firm."""
    acting.own_firm(work, by, May.READ_CHAIN)
    found = oversight_rows.open_holds(work.session)
    lots = rows.lots_by_id(work.session, [one.lot for one in found])
    return [(one, lots[one.lot]) for one in found if rows.sees(work.session, one.lot, by.within)]


def cartons_named(work: Work, *, by: Identity, delivery: Delivery) -> list[tuple[Carton, Lot]]:
    """The cartons on a shipment's paper with what is in them, for a shipment this person was given."""
    by.require(May.READ_CHAIN)
    named = set(delivery.cartons)
    return [
        (carton, line.lot)
        for line in delivery.lines
        for carton in rows.cartons(work.session, line.lot.id)
        if carton.no in named
    ]
