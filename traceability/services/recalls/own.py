"""A firm's recall from its own side: its reach before it is ordered, whom to tell, and how far it has got.

Ordering itself, which offices do as well, is in `ordering`.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from traceability.domain import errors, marks
from traceability.domain.chain import Lot, LotKind
from traceability.domain.log import digest_of
from traceability.domain.marks import MarkState, SerialRange
from traceability.domain.people import Enterprise, Identity, May, Party
from traceability.domain.recalls import Amount, Place, Scope, ScopeKind, place_of, total
from traceability.services import acting, naming
from traceability.services.recalls.following import Times, times_of
from traceability.services.recalls.scoping import named
from traceability.store import chain as rows
from traceability.store import marks as mark_rows
from traceability.store import people as people_rows
from traceability.store import recalls as recall_rows
from traceability.store import scans as scan_rows
from traceability.store import spread
from traceability.store.chain import Since, Sold
from traceability.store.recalls import Recall, RecallNotice
from traceability.store.scans import Seen
from traceability.store.work import Work

#: What "lately" means of looks at marks.
LATELY = timedelta(days=30)

NO_LOOKS = Seen(0, 0, 0)


@dataclass(frozen=True, slots=True)
class ReachedLot:
    """A lot a recall reaches, and where its goods are."""

    lot: Lot
    places: Mapping[Place, Amount]
    ranges: tuple[SerialRange, ...]

    def at(self, place: Place) -> Amount:
        """What is at a place."""
        return self.places.get(place, Amount())


@dataclass(frozen=True, slots=True)
class Recipient:
    """Somebody goods were sent or sold to by name: what, on which papers, and when last."""

    name: str
    place: str
    amount: Amount
    papers: tuple[str, ...]
    last_at: datetime
    lots: tuple[int, ...]
    told: RecallNotice | None = None


@dataclass(frozen=True, slots=True)
class ChannelSales:
    """What was sold on one channel and did not come back, by how many sales."""

    channel: str
    amount: Amount
    sales: int


@dataclass(frozen=True, slots=True)
class OwnReach:
    """What a recall reaches as one firm sees it: its own lots with their goods, and lots others made.

    `others` are lots of other firms the reader may see; `unseen` how many more there are; `held` what of them the firm
    has.
    """

    lots: tuple[ReachedLot, ...]
    others: tuple[tuple[Lot, str], ...]
    unseen: int
    held: tuple[tuple[Lot, Amount], ...]
    marks: Mapping[MarkState, int]
    seen: Seen
    recipients: tuple[Recipient, ...]
    channels: tuple[ChannelSales, ...]

    def at(self, place: Place) -> Amount:
        """What of all lots is at a place."""
        return total(one.at(place) for one in self.lots)

    @property
    def pack_lots(self) -> int:
        """How many of the firm's lots hold packs."""
        return sum(one.lot.kind is LotKind.PACKS for one in self.lots)

    @property
    def packs(self) -> int:
        """Packs wherever they are now, what is gone left out."""
        return total(one.at(place) for one in self.lots for place in Place if place is not Place.GONE).packs

    @property
    def digest(self) -> str:
        """A short name of what is reached, for telling whether it is still what was shown; looks do not count."""
        goods = [
            [one.lot.id, {place.value: [n.grams, n.packs] for place, n in sorted(one.places.items())}]
            for one in self.lots
        ]
        others = [[lot.id for lot, _ in self.others], self.unseen]
        return digest_of({"goods": goods, "others": others, "marks": {**self.marks}})[:16]


@dataclass(frozen=True, slots=True)
class Goods:
    """A firm's own pack lots among the lots of a trace: where their packs are now, and to whom they went by name."""

    lots: tuple[ReachedLot, ...]
    recipients: tuple[Recipient, ...]

    def at(self, place: Place) -> Amount:
        """What of all of them is at a place."""
        return total(one.at(place) for one in self.lots)

    @property
    def all(self) -> Amount:
        """What was packed in all, what is gone since included."""
        return total(self.at(place) for place in Place)


def goods_of(work: Work, *, by: Identity, lots: Iterable[Lot]) -> Goods:
    """What the firm packed of these lots; lots of others, and tea that is not packed, are left out."""
    firm = acting.own_firm(work, by, May.READ_CHAIN)
    packed = {one.id: one for one in lots if one.kind is LotKind.PACKS and one.origin == firm.id}
    sold = rows.sold(work.session, packed, enterprise=firm.id, named=True)
    return Goods(_reached_lots(work, firm, packed, ()), _recipients(work, firm, packed, sold))


def reach_of(work: Work, *, by: Identity, now: datetime, lot: int) -> OwnReach:
    """What a recall of one of the firm's own lots would reach; raise `LotUnknown`."""
    firm = acting.own_firm(work, by, May.RECALL)
    named(work, by, Scope.lot(lot))
    spread.gather(work.session, Scope.lot(lot))
    return _reach(work, firm, now=now)


def reach_of_recall(work: Work, by: Identity, firm: Enterprise, recall: int, *, now: datetime) -> OwnReach:
    """The same for a recall that was ordered, with the lots it was ordered for; the caller has found it in reach."""
    spread.gather_recalled(work.session, recall)
    return _reach(work, firm, now=now)


def _reach(work: Work, firm: Enterprise, *, now: datetime) -> OwnReach:
    """Of the lots gathered last."""
    lots = rows.lots_by_id(work.session, spread.lots(work.session))
    mine = {number: one for number, one in lots.items() if one.origin == firm.id}
    others = {number: one for number, one in lots.items() if number not in mine}
    seen = _seen(work, firm, mine, others)
    ranges = mark_rows.ranges_on(work.session, mine)
    sold = rows.sold(work.session, mine, enterprise=firm.id, named=True)
    return OwnReach(
        lots=_reached_lots(work, firm, mine, ranges),
        others=tuple((one, _maker(work, one)) for number, one in others.items() if number in seen),
        unseen=len(others) - len(seen),
        held=_held(work, firm, others),
        marks=mark_rows.marks_on(work.session, mine),
        seen=scan_rows.seen_in(work.session, [one for _, _, one in ranges], since=now - LATELY),
        recipients=_recipients(work, firm, mine, sold),
        channels=tuple(
            ChannelSales(one.name, one.amount, one.sales)
            for one in spread.channels(work.session, enterprise=firm.id)
        ),
    )


def _seen(work: Work, firm: Enterprise, mine: Collection[int], others: Collection[int]) -> set[int]:
    """Of others' lots those the firm sees: what it had, what that came from, and one step on from its own."""
    had = rows.touched(work.session, others, firm.id)
    edges = [one for one in rows.edges_into(work.session, others) if one[1] in others]
    seen = had | {target for source, target in edges if source in had or source in mine}
    upstream = set(had)
    while (
        further := {source for source, target in edges if target in upstream and source in others} - upstream
    ):
        upstream |= further
    return seen | upstream


def _held(work: Work, firm: Enterprise, others: Mapping[int, Lot]) -> tuple[tuple[Lot, Amount], ...]:
    """What the firm and its outside consignees have of others' lots."""
    parties = {firm.party, *(one.id for one in people_rows.parties_kept_by(work.session, firm.id))}
    found: dict[int, Amount] = {}
    for one in rows.whereabouts(work.session, others):
        if one.party in parties:
            found[one.lot] = found.get(one.lot, Amount()) + Amount(one.grams, one.packs)
    return tuple((others[number], amount) for number, amount in sorted(found.items()))


def _maker(work: Work, lot: Lot) -> str:
    found = people_rows.enterprise(work.session, lot.origin, within=acting.EVERYTHING)
    return found.name if found else ""


def _reached_lots(
    work: Work,
    firm: Enterprise,
    mine: Mapping[int, Lot],
    ranges: Iterable[tuple[int | None, MarkState, SerialRange]],
) -> tuple[ReachedLot, ...]:
    kept = {one.id for one in people_rows.parties_kept_by(work.session, firm.id)}
    places: dict[int, dict[Place, Amount]] = {}
    for one in rows.whereabouts(work.session, mine):
        there = places.setdefault(one.lot, {})
        place = place_of(one.account, one.party, own=firm.party, kept=kept)
        there[place] = there.get(place, Amount()) + Amount(one.grams, one.packs)
    serials: dict[int | None, list[SerialRange]] = {}
    for lot, _, part in ranges:
        serials.setdefault(lot, []).append(part)
    return tuple(
        ReachedLot(one, places.get(number, {}), tuple(marks.joined(serials.get(number, ()))))
        for number, one in sorted(mine.items())
    )


def _recipients(
    work: Work, firm: Enterprise, mine: Mapping[int, Lot], sold: Iterable[Sold]
) -> tuple[Recipient, ...]:
    """Everybody goods went to by name; one name is one recipient, whether sent or sold to."""
    parties: dict[int, Party | None] = {}
    found: dict[str, list[_Handed]] = {}
    for one in rows.sent(work.session, mine, enterprise=firm.id):
        if one.consignee not in parties:
            parties[one.consignee] = people_rows.party(work.session, one.consignee)
        to = parties[one.consignee]
        if to is not None and to.id != firm.party:
            handed = _Handed(to.place, Amount(one.grams, one.packs), one.shipment, one.sent_at, one.lot)
            found.setdefault(to.name, []).append(handed)
    for sale in sold:
        if sale.buyer and sale.grams:
            handed = _Handed("", Amount(sale.grams, sale.packs), sale.no, sale.sold_at, sale.lot)
            found.setdefault(sale.buyer, []).append(handed)
    return tuple(_recipient(name, handed) for name, handed in found.items())


@dataclass(frozen=True, slots=True)
class _Handed:
    """Goods handed to somebody on one paper."""

    place: str
    amount: Amount
    paper: str
    at: datetime
    lot: int


def _recipient(name: str, handed: list[_Handed]) -> Recipient:
    return Recipient(
        name,
        handed[0].place,
        total(one.amount for one in handed),
        tuple(dict.fromkeys(one.paper for one in handed)),
        max(one.at for one in handed),
        tuple(dict.fromkeys(one.lot for one in handed)),
    )


# --- how far it has got -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class RecallFile:
    """A recall as a firm follows it: its reach as it stands now, and what came back and was destroyed since.

    `stopped` is whether the firm said that it stopped what it has: None where it had nothing.
    """

    recall: Recall
    firm: Enterprise
    reach: OwnReach
    since: Since
    notices: tuple[RecallNotice, ...]
    times: Times
    stopped: bool | None

    @property
    def subject(self) -> str:
        """What the firm calls it by: the lot, or how many of its lots it reaches. Another's plot is not named."""
        return self.recall.subject if self.recall.scope.kind is ScopeKind.LOT else ""

    @property
    def still_out(self) -> Amount:
        """What is neither in the firm's own stock nor gone."""
        away = (Place.KEPT, Place.ON_THE_WAY, Place.OUT)
        return total(self.reach.at(place) for place in away)

    @property
    def untold(self) -> int:
        """How many of those the goods went to have not been told."""
        return sum(one.told is None for one in self.reach.recipients)


def recall_file(work: Work, *, by: Identity, now: datetime, number: int) -> RecallFile:
    """A recall that reaches goods a firm made or has had, by whomever it was ordered; raise `NotFound`."""
    firm = acting.own_firm(work, by, May.READ_CHAIN)
    found = recall_rows.recall(work.session, number, within=by.within)
    if found is None:
        raise errors.NotFound()
    reach = reach_of_recall(work, by, firm, number, now=now)
    notices = tuple(recall_rows.recall_notices(work.session, number))
    told = {one.recipient: one for one in notices}
    recipients = tuple(replace(one, told=told.get(one.name)) for one in reach.recipients)
    mine = [one.lot.id for one in reach.lots]
    had = [
        one.stopped_at is not None
        for one in recall_rows.recall_holders(work.session, number)
        if firm.id in (one.enterprise, one.kept_by)
    ]
    return RecallFile(
        found,
        firm,
        replace(reach, recipients=recipients),
        rows.since(work.session, mine, found.ordered_at),
        tuple(one for one in notices if one.recipient in {to.name for to in recipients}),
        times_of(work, recall=found, now=now),
        all(had) if had else None,
    )


def own_recalls(work: Work, *, by: Identity) -> list[tuple[Recall, bool]]:
    """Recalls that reach goods the reader's firm made or has had, latest first, and whether the recall is its own."""
    found = recall_rows.recalls(work.session, within=by.within)
    return [(one, one.enterprise == by.enterprise) for one in found]


def lots_to_recall(work: Work, *, by: Identity, text: str) -> list[Lot]:
    """Lots of the firm's own that a control number, a code or a lot number leads to, nearest first."""
    firm = acting.own_firm(work, by, May.RECALL)
    numbers = naming.lots_meant(work, firm, text, within=by.within)
    found = rows.lots_by_id(work.session, numbers)
    return [found[one] for one in numbers if found[one].origin == firm.id]
