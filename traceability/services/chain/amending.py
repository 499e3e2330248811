"""Amendment: counter-entries that re-book an event and everything it changes downstream, in one change.

What turns out never to have been there is taken, in this order, from what is still on hand, from the loss and the
output of later making, and from there downstream. What sits in marked packs, went to somebody else or was drawn as a
sample cannot be made true: it is not booked away. It becomes a shortage, the batch is held, and the firm's next
requests are reduced by it (FRAUD F27).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from math import ceil

from traceability.domain import balance, errors, marks
from traceability.domain import chain as rules
from traceability.domain.chain import Account, Booking, Edge, Entry, EventKind, LotKind, Remark, held
from traceability.domain.marks import MarkAction, Said, SerialRange
from traceability.domain.people import FIRM_ROLES, Enterprise, Identity, May, read_reason
from traceability.services import acting
from traceability.services.acting import EVERYTHING, once
from traceability.services.chain.leaf import allowance_of
from traceability.services.chain.packing import in_lot
from traceability.services.marking import take_action
from traceability.store import chain as rows
from traceability.store import oversight as oversight_rows
from traceability.store import people as people_rows
from traceability.store.chain import Booked, Event
from traceability.store.work import Work


@dataclass(frozen=True, slots=True)
class Correction:
    """What the event should have said; what is None stays. Grams; packs for a sale; serials not really used."""

    net_g: int | None = None
    out_g: int | None = None
    rejects_g: int | None = None
    fines_g: int | None = None
    lost_g: int | None = None
    packs: int | None = None
    unused: tuple[SerialRange, ...] = ()


@dataclass
class _Amendment:
    """One amendment on its way: who, when, why, and the shortages found, in grams by lot."""

    work: Work
    by: Identity
    now: datetime
    reason: str
    short: dict[int, int] = field(default_factory=dict)

    def firm(self, event: Event) -> Enterprise:
        """The firm whose event it is."""
        found = people_rows.enterprise(self.work.session, event.enterprise, within=EVERYTHING)
        if found is None:
            raise errors.NotFound()
        return found

    def tell(self, event: Event, remark: Remark) -> None:
        """A finding about the event as amended."""
        acting.find(
            self.work, remark, enterprise=self.firm(event), at=event.happened_at, now=self.now, event=event.id
        )

    def rebook(self, event: Event, entries: Sequence[Entry], edges: Sequence[Edge] = ()) -> Booked:
        """Counter-entries that count for the event, at the moment it happened."""
        kept = tuple(one for one in entries if one.grams or one.packs)
        booking = Booking(event.kind, event.happened_at, kept, edges=tuple(one for one in edges if one.grams))
        firm = self.firm(event)
        no = acting.running_no(self.work, firm, "A", at=self.now)
        return acting.keep(
            self.work,
            booking,
            no=no,
            enterprise=firm,
            by=self.by,
            now=self.now,
            amends=event.id,
            reason=self.reason,
        )


@once
def amend(
    work: Work,
    *,
    by: Identity,
    now: datetime,
    event: int,
    correction: Correction,
    reason: str,
    key: str | None = None,
) -> Booked:
    """Amend an event. Its number is the amendment's; run inside `look()` it is a preview."""
    by.require(May.AMEND_CHAIN)
    found = rows.event(work.session, event, within=by.within)
    if found is None or found.root is not None:
        raise errors.NotFound()
    if by.role not in FIRM_ROLES:
        acting.not_own(by, enterprise=found.enterprise, entered_by=found.actor)
    amendment = _Amendment(work, by, now, read_reason(reason))
    people_rows.lock_enterprise(work.session, found.enterprise)
    rows.lots_by_id(work.session, _chain(work, found), lock=True)  # all in one order, before any sum is read
    booked = _AMENDERS.get(found.kind, _unsuited)(amendment, found, correction)
    _check_nothing_negative(work, found)
    for lot, grams in amendment.short.items():
        _record_shortage(amendment, lot, grams)
    return booked


def _unsuited(amendment: _Amendment, event: Event, correction: Correction) -> Booked:
    raise errors.AmendmentUnsuited(kind=event.kind.value)


# --- what can be amended ------------------------------------------------------------------------------------


def _amend_receipt(amendment: _Amendment, event: Event, correction: Correction) -> Booked:
    """A receipt's net weight; nothing of it may be left over or charged twice."""
    work = amendment.work
    plot_entry, stock = _one(work, event, Account.PLOT), _one(work, event, Account.HELD)
    change = _change(correction.net_g, stock.grams)
    if change > 0:
        _charge_more(amendment, plot_entry, event, change)
    change = change if change > 0 else -_lower(amendment, stock, -change)
    entries = [
        Entry(Account.PLOT, -change, lot=plot_entry.lot, plot=plot_entry.plot, part=plot_entry.part),
        held(stock.lot or 0, stock.party or 0, change),
    ]
    return amendment.rebook(event, entries)


def _charge_more(amendment: _Amendment, entry: Entry, event: Event, grams: int) -> None:
    """More leaf off the plot, by the rules of a receipt: its allowance, and what a day can give."""
    work = amendment.work
    plot = people_rows.plot(work.session, entry.plot or 0, lock=True)
    lot = rows.lots_by_id(work.session, [entry.lot or 0])[entry.lot or 0]
    if plot is None:
        raise errors.PlotUnknown(plot=entry.plot)
    left = allowance_of(work, plot, lot.plucked_from)
    rules.check_allowance(plot, grams, left)
    day_g = left.day_g + grams
    for remark in rules.picking_remarks(plot, lot.plucked_from, day_g, work.profile, lot=lot.id):
        amendment.tell(event, remark)


def _amend_making(amendment: _Amendment, event: Event, correction: Correction) -> Booked:
    """The output, rejects or fines of processing, refining or blending."""
    made = _made(amendment.work, event)
    sink = Account.REJECTS if event.kind is EventKind.PROCESSING else Account.FINES
    old_sink = made.sinks.get(sink, 0)
    new_sink = correction.rejects_g if event.kind is EventKind.PROCESSING else correction.fines_g
    sink_change = 0 if new_sink is None else new_sink - old_sink
    out_change = -sink_change if event.kind is EventKind.BLENDING else 0
    if event.kind is not EventKind.BLENDING and correction.out_g is not None:
        out_change = correction.out_g - made.out
    if not sink_change and not out_change:
        raise errors.AmendmentEmpty()
    if out_change > 0:
        _check_not_closed(amendment.work, made.output)
    if out_change < 0:
        lowered = _lower(amendment, made.output, -out_change)
        if event.kind is EventKind.BLENDING:
            sink_change -= -out_change - lowered
        out_change = -lowered
    after = made.changed(out=out_change, sink=sink, by=sink_change)
    _check_made(amendment.work, event, after)
    if event.kind is EventKind.PROCESSING:
        _tell_ratio(amendment, event, after)
    return _rebook_made(amendment, event, made, after)


def _check_not_closed(work: Work, output: Entry) -> None:
    """Nothing goes into a batch after its sample was drawn, by amendment neither (FRAUD F28)."""
    lot = rows.lots_by_id(work.session, [output.lot or 0])[output.lot or 0]
    if lot.closed:
        raise errors.BatchClosed(batch=lot.no)


def _tell_ratio(amendment: _Amendment, event: Event, after: "_Made") -> None:
    """A run amended to outside the usual band makes the finding it would have made when entered."""
    net = after.taken - after.sinks.get(Account.REJECTS, 0)
    if after.out and not balance.in_band(net, after.out, amendment.work.profile.ratio_band):
        facts = {"ratio": balance.shown_ratio(net, after.out), "reason": amendment.reason}
        amendment.tell(event, Remark("ratio.outside_band", facts, after.output.lot))


def _amend_loss(amendment: _Amendment, event: Event, correction: Correction) -> Booked:
    """A write-off of less than was said; the rest is on hand again. What settled a shortage stays written off."""
    if "shortage" in event.terms:
        raise errors.AmendmentUnsuited(kind=event.kind.value)
    stock = _one(amendment.work, event, Account.HELD)
    change = _change(correction.lost_g, -stock.grams)
    if change >= 0:
        raise errors.AmendmentUnsuited(kind=event.kind.value)
    entries = [held(stock.lot or 0, stock.party or 0, -change), Entry(Account.LOSS, change, lot=stock.lot)]
    return amendment.rebook(event, entries)


def _amend_sale(amendment: _Amendment, event: Event, correction: Correction) -> Booked:
    """Fewer packs sold than was said; what came back since stays sold and returned.

    A firm corrects a sale while its packs could still be restocked; later only the office does (FRAUD F19).
    """
    work = amendment.work
    number = _one(work, event, Account.HELD).lot or 0
    lot = rows.lots_by_id(work.session, [number], lock=True)[number]  # nothing comes back meanwhile
    if amendment.by.role in FIRM_ROLES:
        sold_at, now = event.happened_at, amendment.now
        rules.check_restock(lot, opened=False, sold_at=sold_at, at=now, profile=work.profile)
    stock = _one(work, event, Account.HELD)
    sold, back = rows.sold_of(work.session, event.id)
    change = _change(correction.packs, sold)
    if change >= 0 or sold + change < back:
        raise errors.ReturnExceedsSale(packs=correction.packs, sold=sold, returned=back)
    grams = stock.grams // stock.packs * change
    entries = [
        held(stock.lot or 0, stock.party or 0, -grams, -change),
        Entry(Account.SOLD, grams, lot=stock.lot, packs=change),
    ]
    return amendment.rebook(event, entries)


def _amend_packing(amendment: _Amendment, event: Event, correction: Correction) -> Booked:
    """Packs that were never made: their serials become void, their tea returns to the batch and stays reserved."""
    work = amendment.work
    unused = marks.count(correction.unused)
    if not unused:
        raise errors.AmendmentEmpty()
    entries = rows.entries_for(work.session, event.id)
    batch = next(one for one in entries if one.account is Account.HELD and one.grams < 0)
    packed = _pack_lot_of(work, entries, correction.unused)
    lot = rows.lots_by_id(work.session, [packed.lot or 0], lock=True)[packed.lot or 0]
    grams, packs = rows.on_hand(work.session, lot.id, party=packed.party or 0)
    net = lot.product.net_content_g if lot.product else 0
    if packs < unused:
        raise errors.LotOverdrawn(
            lot=lot.no, asked_g=unused * net, on_hand_g=grams, asked_packs=unused, on_hand_packs=packs
        )
    spans = in_lot(work, lot, correction.unused)
    back = [
        held(lot.id, packed.party or 0, -unused * net, -unused),
        held(batch.lot or 0, batch.party or 0, unused * net),
    ]
    booked = amendment.rebook(event, back, [Edge(batch.lot or 0, lot.id, -unused * net)])
    take_action(
        work,
        MarkAction.UNUSE,
        spans,
        by=amendment.by,
        at=amendment.now,
        now=amendment.now,
        ranges=correction.unused,
        said=Said(amendment.reason),
        pack_lot=lot.id,
    )
    return booked


def _pack_lot_of(work: Work, entries: Sequence[Entry], unused: Sequence[SerialRange]) -> Entry:
    for one in entries:
        if one.account is Account.HELD and one.packs > 0 and _marks_sit_on(work, one.lot or 0, unused):
            return one
    raise errors.MarksNotInLot(serials=", ".join(str(one) for one in unused)[:80])


def _marks_sit_on(work: Work, lot: int, ranges: Sequence[SerialRange]) -> bool:
    """Whether these marks sit on packs of that lot."""
    found = rows.lots_by_id(work.session, [lot])[lot]
    try:
        in_lot(work, found, ranges)
    except errors.MarksNotInLot:
        return False
    return True


_AMENDERS = {
    EventKind.LEAF_RECEIPT: _amend_receipt,
    EventKind.PROCESSING: _amend_making,
    EventKind.REFINING: _amend_making,
    EventKind.BLENDING: _amend_making,
    EventKind.WRITE_OFF: _amend_loss,
    EventKind.SALE: _amend_sale,
    EventKind.PACKING: _amend_packing,
}


def _change(new: int | None, old: int) -> int:
    if new is None or new == old:
        raise errors.AmendmentEmpty()
    if new < 0:
        raise errors.WeightNotPositive(text=str(new))
    return new - old


def _one(work: Work, event: Event, account: Account) -> Entry:
    return next(one for one in rows.entries_for(work.session, event.id) if one.account is account)


# --- making, as it stands after earlier amendments ----------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Made:
    """A making event: grams in by stock, the output, and what went into sinks."""

    inputs: tuple[Entry, ...]
    output: Entry
    sinks: Mapping[Account, int]

    @property
    def out(self) -> int:
        """Grams that came out."""
        return self.output.grams

    @property
    def taken(self) -> int:
        """Grams that went in."""
        return -sum(one.grams for one in self.inputs)

    def changed(self, *, out: int = 0, sink: Account | None = None, by: int = 0) -> "_Made":
        """With another output or sink; the loss takes up the difference."""
        sinks: dict[Account, int] = dict(self.sinks)
        if sink is not None:
            sinks[sink] = sinks.get(sink, 0) + by
        fixed = sum(grams for account, grams in sinks.items() if account is not Account.LOSS)
        output = held(self.output.lot or 0, self.output.party or 0, self.output.grams + out)
        sinks[Account.LOSS] = self.taken - output.grams - fixed
        return _Made(self.inputs, output, sinks)


def _made(work: Work, event: Event) -> _Made:
    entries = rows.entries_for(work.session, event.id)
    stock = [one for one in entries if one.account is Account.HELD]
    sinks: dict[Account, int] = {one.account: one.grams for one in entries if one.account is not Account.HELD}
    inputs = tuple(one for one in stock if one.grams < 0)
    if not inputs:  # amended to nothing before
        raise errors.AmendmentUnsuited(kind=event.kind.value)
    into = next(edge.target for edge in rows.edges_for(work.session, event.id))
    output = next((one for one in stock if one.lot == into), held(into, inputs[0].party or 0, 0))
    return _Made(inputs, output, sinks)


def _check_made(work: Work, event: Event, after: _Made) -> None:
    """All rules hold afterwards: nothing below nothing, no output above the floor, blending without loss."""
    if any(grams < 0 for grams in after.sinks.values()) or after.out < 0:
        raise errors.OutExceedsIn(out_g=after.out, in_g=after.taken)
    if event.kind is EventKind.PROCESSING:
        _check_floor(work, event, after)


def _check_floor(work: Work, event: Event, after: _Made) -> None:
    floor = _floor(work, event)
    net = after.taken - after.sinks.get(Account.REJECTS, 0)
    if net < floor * after.out:
        raise errors.UnderFloor(
            ratio=balance.shown_ratio(net, after.out),
            floor=balance.two_places(floor),
            out_g=after.out,
            leaf_g=net,
        )


def _floor(work: Work, event: Event) -> Fraction:
    fresh, made = (Decimal(event.terms[key]) for key in ("fresh_moisture", "made_moisture"))
    return balance.floor(fresh, made, work.profile.ratio_floor)


def _rebook_made(amendment: _Amendment, event: Event, before: _Made, after: _Made) -> Booked:
    output = held(after.output.lot or 0, after.output.party or 0, after.out - before.out)
    sinks = [Entry(account, grams - before.sinks.get(account, 0)) for account, grams in after.sinks.items()]
    return amendment.rebook(event, [output, *sinks])


# --- downstream ---------------------------------------------------------------------------------------------


def _lower(amendment: _Amendment, stock: Entry, grams: int) -> int:
    """Find grams of a lot that were never there, downstream where need be; how many could be made true.

    Only later events are re-booked here; the lot's own counter-entry is the caller's.
    """
    work, lot = amendment.work, stock.lot or 0
    rows.lots_by_id(work.session, [lot], lock=True)
    left = grams - min(grams, _free(work, lot, stock.party or 0))
    tried = dict(amendment.short)
    for event in rows.takers(work.session, lot):
        if left and event.kind in _SHRINKABLE and "shortage" not in event.terms:
            left -= _shrink(amendment, event, lot, left)
    if not left:
        amendment.short.clear()
        amendment.short.update(tried)
    elif amendment.short == tried:
        amendment.short[lot] = amendment.short.get(lot, 0) + left
    else:
        _cap(amendment.short, tried, left)
    return grams - left


def _cap(short: dict[int, int], before: Mapping[int, int], most: int) -> None:
    """Several later events may each have failed for the same grams: no more is short than is missing."""
    for lot in list(short):
        fresh = min(short[lot] - before.get(lot, 0), most)
        most -= fresh
        short[lot] = before.get(lot, 0) + fresh
        if not short[lot]:
            del short[lot]


def _free(work: Work, lot: int, party: int) -> int:
    """Grams on hand that no issued mark holds."""
    grams, _ = rows.on_hand(work.session, lot, party=party)
    owner = people_rows.party(work.session, party)
    reserved = acting.reserved_g(work, lot, owner.enterprise or owner.kept_by or 0) if owner else 0
    return max(0, grams - reserved)


_SHRINKABLE = {
    EventKind.PROCESSING,
    EventKind.REFINING,
    EventKind.BLENDING,
    EventKind.WRITE_OFF,
    EventKind.STOCK_COUNT,
}


def _shrink(amendment: _Amendment, event: Event, lot: int, grams: int) -> int:
    """Let a later event have taken less of a lot; by how much it could."""
    if event.kind in {EventKind.WRITE_OFF, EventKind.STOCK_COUNT}:
        return _shrink_loss(amendment, event, lot, grams)
    made = _made(amendment.work, event)
    taken = next(one for one in made.inputs if one.lot == lot)
    wanted = min(grams, -taken.grams)
    excess = max(0, _excess(amendment.work, event, made, wanted))
    lowered = _lower(amendment, made.output, min(made.out, excess)) if excess and made.out else 0
    less = wanted if lowered == excess else _possible(amendment.work, event, made, wanted, lowered)
    entries = [
        held(lot, taken.party or 0, less),
        held(made.output.lot or 0, made.output.party or 0, -lowered),
        Entry(Account.LOSS, lowered - less),
    ]
    amendment.rebook(event, entries, [Edge(lot, made.output.lot or 0, -less)])
    return less


def _shrink_loss(amendment: _Amendment, event: Event, lot: int, grams: int) -> int:
    taken = next(
        one for one in rows.entries_for(amendment.work.session, event.id) if one.lot == lot and one.grams < 0
    )
    less = min(grams, -taken.grams)
    amendment.rebook(event, [held(lot, taken.party or 0, less), Entry(Account.LOSS, -less, lot=lot)])
    return less


def _excess(work: Work, event: Event, made: _Made, less: int) -> int:
    """Grams of output that cannot be true when so much less went in."""
    loss = made.sinks.get(Account.LOSS, 0)
    over = less - loss
    if event.kind is EventKind.PROCESSING:
        net = made.taken - made.sinks.get(Account.REJECTS, 0) - less
        over = max(over, made.out - balance.most_from(net, _floor(work, event)))
    return over


def _possible(work: Work, event: Event, made: _Made, wanted: int, lowered: int) -> int:
    """How much less can have gone in, when the output could be lowered by only so much."""
    most = min(wanted, made.sinks.get(Account.LOSS, 0) + lowered)
    if event.kind is EventKind.PROCESSING:
        net = made.taken - made.sinks.get(Account.REJECTS, 0)
        most = min(most, net - ceil(_floor(work, event) * (made.out - lowered)))
    return max(0, most)


def _check_nothing_negative(work: Work, event: Event) -> None:
    """No lot downstream gives more than it had at any moment."""
    breaches = balance.overdrawn(rows.postings(work.session, lots=_chain(work, event)))
    if breaches:
        raise errors.AmendmentUnsuited(kind=event.kind.value, lot=breaches[0].where)


def _chain(work: Work, event: Event) -> set[int]:
    """The lots an event touched and everything made from them."""
    lots = {one.lot for one in rows.entries_for(work.session, event.id) if one.lot}
    return lots | {found for lot in lots for found in rows.reach(work.session, lot, forward=True)}


def _record_shortage(amendment: _Amendment, lot: int, grams: int) -> None:
    """What could not be made true: a shortage, the batches held, and a finding."""
    work, by, now = amendment.work, amendment.by, amendment.now
    found = rows.lots_by_id(work.session, [lot])[lot]
    firm = people_rows.enterprise(work.session, found.origin, within=EVERYTHING)
    if firm is None:
        raise errors.NotFound()
    number = rows.add_shortage(
        work.session, lot=lot, enterprise=firm.id, shipment=None, grams=grams, packs=0, at=now
    )
    reached = rows.lots_by_id(work.session, {lot, *rows.reach(work.session, lot, forward=True)})
    batches = [one for one in reached.values() if one.kind is LotKind.BATCH] or [found]
    for batch in batches:
        oversight_rows.add_hold(
            work.session, batch.id, cause="shortage", reason=amendment.reason, since=now, by=by.user
        )
    remark = Remark(
        "amendment.shortage", {"lot": found.no, "short_g": grams, "reason": amendment.reason}, lot
    )
    acting.find(work, remark, enterprise=firm, at=now, now=now)
    told = {"shortage": number, "lot": found.no, "grams": grams, "held": [one.no for one in batches]}
    acting.state(work, "shortage.opened", by=by, now=now, private={**told, "enterprise": firm.uscc})


@once
def settle_shortage(
    work: Work, *, by: Identity, now: datetime, shortage: int, lot: int, reason: str, key: str | None = None
) -> Booked:
    """The office closes a shortage of marked tea by writing the same grams off another lot of the firm."""
    by.require(May.SETTLE)
    found = rows.shortage(work.session, shortage, within=by.within, lock=True)
    if found is None or found.shipment is not None or found.settled_at is not None:
        raise errors.ShortageUnknown(shortage=shortage)
    firm = acting.firm_in_reach(work, by, found.enterprise)
    acting.not_own(by, enterprise=firm.id)
    stock = acting.stock_of(work, [lot], party=acting.own_party(work, firm, None), at=now).get(lot)
    if stock is None or stock.lot.kind not in (LotKind.MADE, LotKind.BATCH):
        raise errors.LotUnknown(lot=lot)
    why = read_reason(reason)
    booking = rules.remove(
        kind=EventKind.WRITE_OFF,
        draw=rules.Draw(stock, found.grams),
        account=Account.LOSS,
        reason=why,
        at=now,
        now=now,
        profile=work.profile,
    )
    booking = replace(booking, terms={**booking.terms, "shortage": found.id})
    no = acting.number(work, firm, EventKind.WRITE_OFF, None, at=now)
    booked = acting.keep(work, booking, no=no, enterprise=firm, by=by, now=now, reason=why)
    rows.settle_shortage(work.session, found.id, outcome="written_off", at=now)
    acting.decide(
        work, about="shortage", subject=found.id, firm=firm, outcome="written_off", reason=why, by=by, now=now
    )
    return booked
