"""A firm's recall from its own side: its reach before it is ordered, whom to tell, and how far it has got.

Ordering itself, which offices do as well, is in `oversight`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from traceability.domain import chain as rules
from traceability.domain import errors, marks
from traceability.domain.chain import Lot, LotKind
from traceability.domain.log import digest_of
from traceability.domain.marks import MarkState, SerialRange
from traceability.domain.people import Enterprise, Identity, May, Party
from traceability.domain.recalls import Amount, NoticeWay, Place, place_of, total
from traceability.services import acting, naming, oversight
from traceability.services.acting import once
from traceability.store import chain as rows
from traceability.store import marks as mark_rows
from traceability.store import oversight as oversight_rows
from traceability.store import people as people_rows
from traceability.store import scans as scan_rows
from traceability.store.chain import Since, Sold
from traceability.store.oversight import Recall, RecallNotice
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
class Reach:
    """What a recall of a lot reaches: the firm's own lots with their goods, and lots others made of them.

    `others` are lots of other firms the reader may see; `unseen` how many more there are further on.
    """

    lots: tuple[ReachedLot, ...]
    others: tuple[tuple[Lot, str], ...]
    unseen: int
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


def reach_of(work: Work, *, by: Identity, now: datetime, lot: int) -> Reach:
    """What a recall of one of the firm's own lots would reach; raise `LotUnknown`."""
    firm = acting.own_firm(work, by, May.RECALL)
    found = rows.lot(work.session, lot, within=by.within)
    if found is None or found.origin != firm.id:
        raise errors.LotUnknown(lot=lot)
    return _reach(work, by, firm, {lot, *rows.reach(work.session, lot, forward=True)}, now=now)


def _reach(work: Work, by: Identity, firm: Enterprise, reached: set[int], *, now: datetime) -> Reach:
    lots = rows.lots_by_id(work.session, reached)
    mine = {number: one for number, one in lots.items() if one.origin == firm.id}
    others = [one for number, one in lots.items() if number not in mine]
    seen = [one for one in others if rows.sees(work.session, one.id, by.within)]
    ranges = mark_rows.ranges_on(work.session, mine)
    sold = rows.sold(work.session, mine, enterprise=firm.id)
    return Reach(
        lots=_reached_lots(work, firm, mine, ranges),
        others=tuple((one, _maker(work, one)) for one in seen),
        unseen=len(others) - len(seen),
        marks=mark_rows.marks_on(work.session, mine),
        seen=scan_rows.seen_in(work.session, [one for _, _, one in ranges], since=now - LATELY),
        recipients=_recipients(work, firm, mine, sold),
        channels=_channels(sold),
    )


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


def _channels(sold: Iterable[Sold]) -> tuple[ChannelSales, ...]:
    found: dict[str, ChannelSales] = {}
    for one in sold:
        was = found.get(one.channel) or ChannelSales(one.channel, Amount(), 0)
        more = was.amount + Amount(one.grams, one.packs)
        found[one.channel] = ChannelSales(one.channel, more, was.sales + 1)
    return tuple(sorted(found.values(), key=lambda one: -one.amount.grams))


# --- ordering and telling -----------------------------------------------------------------------------------


@once
def order_recall(
    work: Work,
    *,
    by: Identity,
    now: datetime,
    lot: int,
    grade: str,
    reason: str,
    shown: str,
    key: str | None = None,
) -> int:
    """Recall one of the firm's own lots, of which the reach `shown` (its digest) was seen; the recall's id.

    Raise `RecallChanged` when goods moved since, `LotUnknown`, `ChoiceUnknown`, `ReasonMissing`.
    """
    oversight.lock_reach(work, lot=lot)
    if reach_of(work, by=by, now=now, lot=lot).digest != shown:
        raise errors.RecallChanged()
    return oversight.recall(work, by=by, now=now, lot=lot, grade=grade, reason=reason)


@once
def record_notice(
    work: Work,
    *,
    by: Identity,
    now: datetime,
    at: datetime,
    recall: int,
    recipient: str,
    way: NoticeWay,
    key: str | None = None,
) -> int:
    """Keep that somebody the goods went to was told; the notice's id. Raise `NotFound`, `InTheFuture`."""
    firm = acting.own_firm(work, by, May.RECORD_CHAIN)
    found = _own_recall(work, by, recall)
    rules.check_time(at, now=now, born=[found.ordered_at])
    known = {one.name for one in _reach(work, by, firm, set(found.reached), now=now).recipients}
    if recipient not in known:
        raise errors.NotFound()
    number = oversight_rows.add_recall_notice(
        work.session, recall, recipient=recipient, way=way, at=at, now=now, by=by.user
    )
    told = {"recall": recall, "recipient": recipient, "way": way, "enterprise": firm.uscc}
    acting.state(work, "recall.notified", by=by, now=now, at=at, private=told, shown=False)
    return number


# --- how far it has got -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class RecallFile:
    """A recall of the firm's own lot: its reach as it stands now, and what came back and was destroyed since."""

    recall: Recall
    lot: Lot
    firm: Enterprise
    reach: Reach
    since: Since
    notices: tuple[RecallNotice, ...]

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
    """A recall of one of the firm's own lots, by whomever it was ordered; raise `NotFound`."""
    firm = acting.own_firm(work, by, May.READ_CHAIN)
    found = _own_recall(work, by, number)
    reach = _reach(work, by, firm, set(found.reached), now=now)
    notices = tuple(oversight_rows.recall_notices(work.session, number))
    told = {one.recipient: one for one in notices}
    named = tuple(replace(one, told=told.get(one.name)) for one in reach.recipients)
    mine = [one.lot.id for one in reach.lots]
    return RecallFile(
        found,
        rows.lots_by_id(work.session, [found.lot])[found.lot],
        firm,
        replace(reach, recipients=named),
        rows.since(work.session, mine, found.ordered_at),
        notices,
    )


def _own_recall(work: Work, by: Identity, number: int) -> Recall:
    found = oversight_rows.recall(work.session, number)
    if found is None or found.enterprise != by.enterprise:
        raise errors.NotFound()
    return found


def own_recalls(work: Work, *, by: Identity) -> list[tuple[Recall, Lot, bool]]:
    """Recalls that reach lots the reader's firm sees, latest first, and whether the recalled lot is its own."""
    return [(one, lot, one.enterprise == by.enterprise) for one, lot in oversight.recalls(work, by=by)]


def lots_to_recall(work: Work, *, by: Identity, text: str) -> list[Lot]:
    """Lots of the firm's own that a control number, a code or a lot number leads to, nearest first."""
    firm = acting.own_firm(work, by, May.RECALL)
    numbers = naming.lots_meant(work, firm, text, within=by.within)
    found = rows.lots_by_id(work.session, numbers)
    return [found[one] for one in numbers if found[one].origin == firm.id]
