"""Dispatch and receipt, and what went missing on the way."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from traceability.domain import chain as rules
from traceability.domain import errors, marks
from traceability.domain.chain import Account, Arrival, Draw, EventKind, Lot, LotKind, Remark
from traceability.domain.marks import MarkAction, MarkState, Said, SerialRange, Span
from traceability.domain.people import Enterprise, Identity, May, Party, read_reason, read_text
from traceability.services import acting
from traceability.services.acting import once
from traceability.services.chain.drawing import any_draw
from traceability.services.chain.packing import in_lot
from traceability.services.marking import take_action
from traceability.store import chain as rows
from traceability.store import marks as mark_rows
from traceability.store import people as people_rows
from traceability.store.chain import Booked, Shipment, Shortage
from traceability.store.work import Work

ON_THE_WAY, ACCEPTED, REFUSED = "on_the_way", "accepted", "refused"


@dataclass(frozen=True, slots=True)
class DispatchLine:
    """Of a pack lot packs, or named cartons; of any other lot grams."""

    lot: int
    grams: int = 0
    packs: int = 0
    cartons: tuple[str, ...] = ()


@once
def dispatch(
    work: Work,
    *,
    by: Identity,
    now: datetime,
    at: datetime,
    consignee: int,
    lines: Sequence[DispatchLine],
    carrier: str,
    vehicle: str = "",
    sender: int | None = None,
    no: str | None = None,
    key: str | None = None,
) -> Booked:
    """Send goods to another firm or an outside consignee; the shipment carries the event's number."""
    firm = acting.own_firm(work, by, May.RECORD_CHAIN)
    origin = acting.own_party(work, firm, sender)
    to = _consignee(work, firm, consignee, origin)
    taken, cartons = _lines(work, origin, lines, at)
    dispatch_no = acting.number(work, firm, EventKind.DISPATCH, no, at=at)
    shipment = rows.add_shipment(
        work.session,
        no=dispatch_no,
        enterprise=firm.id,
        sender=origin.id,
        consignee=to.id,
        carrier=read_text(carrier, "carrier"),
        vehicle=vehicle.strip()[:120],
        at=at,
    )
    rows.name_cartons(work.session, shipment, cartons)
    booking = rules.dispatch(draws=taken, shipment=shipment, at=at, now=now, profile=work.profile)
    return acting.keep(work, booking, no=dispatch_no, enterprise=firm, by=by, now=now)


def _consignee(work: Work, firm: Enterprise, number: int, origin: Party) -> Party:
    found = next((one for one in people_rows.consignees(work.session, firm.id) if one.id == number), None)
    if found is None and number == firm.party:
        found = people_rows.party(work.session, number)
    if found is None or found.id == origin.id:
        raise errors.NotFound()
    return found


def _lines(
    work: Work, origin: Party, lines: Sequence[DispatchLine], at: datetime
) -> tuple[list[Draw], list[int]]:
    if not lines or len({line.lot for line in lines}) != len(lines):
        raise errors.LotsMissing()
    found = acting.stock_of(work, [line.lot for line in lines], party=origin, at=at)
    draws, cartons = [], []
    for line in lines:
        if (stock := found.get(line.lot)) is None:
            raise errors.LotUnknown(lot=line.lot)
        named = carton_packs(work, stock.lot, line.cartons, holder=origin.id)
        cartons += list(named)
        draws.append(any_draw(stock, grams=line.grams, packs=sum(named.values()) or line.packs))
    return draws, cartons


def carton_packs(work: Work, lot: Lot, names: Sequence[str], *, holder: int) -> dict[int, int]:
    """Packs by carton id of the cartons named; raise `CartonUnknown` for one not in the lot or not with the holder."""
    known = {one.no: one for one in rows.cartons(work.session, lot.id)} if names else {}
    if strange := [name for name in names if name not in known]:
        raise errors.CartonUnknown(carton=strange[0])
    named = [known[name] for name in dict.fromkeys(names)]
    away = rows.cartons_away(work.session, [one.id for one in named], holder) if named else set()
    if gone := [one.no for one in named if one.id in away]:
        raise errors.CartonUnknown(carton=gone[0])
    spans = mark_rows.spans_of_lot(work.session, lot.id) if named else []
    return {one.id: _live_marks(spans, one.ranges) for one in named}


def _live_marks(spans: Sequence[Span], ranges: Sequence[SerialRange]) -> int:
    """Packs of a carton that are still packs: marks retired or found unused since do not count."""
    inside, _ = marks.cut(spans, ranges)
    return sum(len(span.range) for span in inside if span.state is MarkState.APPLIED)


@once
def deliver(
    work: Work,
    *,
    by: Identity,
    now: datetime,
    at: datetime,
    shipment: int,
    received: Mapping[int, int] | None = None,
    key: str | None = None,
) -> Booked:
    """Accept a delivery. `received` gives packs (of pack lots) or grams by lot; all of it when left out.

    An outside consignee has no account: the sender records its receipt. What is short stays open, with a finding.
    """
    firm = acting.own_firm(work, by, May.RECORD_CHAIN)
    found, to = _answerable(work, firm, by, shipment)
    arrivals = _arrivals(work, found, received)
    booking = rules.deliver(
        arrivals=arrivals,
        shipment=found.id,
        party=to.id,
        sent_at=found.sent_at,
        at=at,
        now=now,
        profile=work.profile,
    )
    about = rows.dispatch_event(work.session, found.id)
    no = acting.number(work, firm, EventKind.DELIVERY, None, at=at)
    booked = acting.keep(work, booking, no=no, enterprise=firm, by=by, now=now, about=about)
    rows.answer_shipment(work.session, found.id, state=ACCEPTED, at=at)
    for one in arrivals:
        if one.short_g:
            _open_shortage(work, found, one, at=at)
    return booked


def _open_shortage(work: Work, found: Shipment, arrival: Arrival, *, at: datetime) -> None:
    rows.add_shortage(
        work.session,
        lot=arrival.lot.id,
        enterprise=found.enterprise,
        shipment=found.id,
        grams=arrival.short_g,
        packs=arrival.short_packs,
        at=at,
    )


def _answerable(work: Work, firm: Enterprise, by: Identity, number: int) -> tuple[Shipment, Party]:
    """A shipment this firm may answer, locked; raise `DeliveryUnknown` or `DeliverySettled`."""
    found = rows.shipment(work.session, number, within=by.within, lock=True)
    to = people_rows.party(work.session, found.consignee) if found else None
    if found is None or to is None or firm.id not in (to.enterprise, to.kept_by):
        raise errors.DeliveryUnknown(shipment=number)
    if found.state != ON_THE_WAY:
        raise errors.DeliverySettled(shipment=found.no)
    return found, to


def _arrivals(work: Work, found: Shipment, received: Mapping[int, int] | None) -> list[Arrival]:
    sent = rows.in_transit(work.session, found.id)
    lots = rows.lots_by_id(work.session, [lot for lot, _, _ in sent], lock=True)
    if received is not None and (strange := set(received) - set(lots)):
        raise errors.LotUnknown(lot=min(strange))
    return [_arrival(lots[lot], grams, packs, received) for lot, grams, packs in sent]


def _arrival(lot: Lot, grams: int, packs: int, received: Mapping[int, int] | None) -> Arrival:
    if received is None:
        return Arrival(lot, grams, packs, grams, packs)
    got = received.get(lot.id, 0)
    if lot.kind is LotKind.PACKS and lot.product:
        return Arrival(lot, grams, packs, got * lot.product.net_content_g, got)
    return Arrival(lot, grams, packs, got, 0)


@once
def refuse_delivery(
    work: Work,
    *,
    by: Identity,
    now: datetime,
    at: datetime,
    shipment: int,
    reason: str,
    key: str | None = None,
) -> Booked:
    """Refuse a delivery: the goods go back into the sender's stock."""
    firm = acting.own_firm(work, by, May.RECORD_CHAIN)
    found, _ = _answerable(work, firm, by, shipment)
    why = read_reason(reason)
    booking = rules.deliver(
        arrivals=_arrivals(work, found, None),
        shipment=found.id,
        party=found.sender,
        sent_at=found.sent_at,
        at=at,
        now=now,
        profile=work.profile,
    )
    no = acting.number(work, firm, EventKind.DELIVERY, None, at=at)
    about = rows.dispatch_event(work.session, found.id)
    booked = acting.keep(work, booking, no=no, enterprise=firm, by=by, now=now, about=about, reason=why)
    sender = people_rows.enterprise(work.session, found.enterprise, within=acting.EVERYTHING)
    if sender is not None:
        remark = Remark("transport.refused", {"shipment": found.no, "reason": why})
        acting.find(work, remark, enterprise=sender, at=at, now=now, event=booked.id)
    rows.answer_shipment(work.session, found.id, state=REFUSED, at=at)
    return booked


@once
def settle_transit(
    work: Work,
    *,
    by: Identity,
    now: datetime,
    at: datetime,
    shortage: int,
    ranges: tuple[SerialRange, ...] = (),
    reason: str,
    key: str | None = None,
) -> Booked:
    """Close a shortage in transport: what was damaged or lost is destroyed in the books and its marks retired."""
    firm = acting.own_firm(work, by, May.RECORD_CHAIN)
    found = rows.shortage(work.session, shortage, within=by.within, lock=True)
    if found is None or found.shipment is None or found.settled_at is not None:
        raise errors.ShortageUnknown(shortage=shortage)
    lot = rows.lots_by_id(work.session, [found.lot], lock=True)[found.lot]
    why = read_reason(reason)
    booking = rules.settle_transit(
        lot=lot,
        grams=found.grams,
        packs=found.packs,
        shipment=found.shipment,
        account=Account.DESTROYED,
        opened_at=found.opened_at,
        at=at,
        now=now,
    )
    no = acting.number(work, firm, EventKind.DESTRUCTION, None, at=at)
    booked = acting.keep(work, booking, no=no, enterprise=firm, by=by, now=now, reason=why)
    if found.packs:
        retire(work, lot, found.packs, ranges, by=by, at=at, now=now, reason=why)
    rows.settle_shortage(work.session, found.id, outcome="destroyed", at=at)
    return booked


def retire(
    work: Work,
    lot: Lot,
    packs: int,
    ranges: tuple[SerialRange, ...],
    *,
    by: Identity,
    at: datetime,
    now: datetime,
    reason: str,
) -> None:
    """Retire the marks of packs that are no more; exactly one per pack; raise `SerialsNeeded`."""
    if marks.count(ranges) != packs:
        raise errors.SerialsNeeded(packs=packs, given=marks.count(ranges))
    spans = in_lot(work, lot, ranges)
    take_action(work, MarkAction.RETIRE, spans, by=by, at=at, now=now, ranges=ranges, said=Said(reason))


def pending_deliveries(work: Work, *, by: Identity) -> list[Shipment]:
    """Shipments on their way that this person's firm can answer, and those it sent."""
    acting.own_firm(work, by, May.READ_CHAIN)
    return rows.shipments(work.session, within=by.within)


def shortages(work: Work, *, by: Identity) -> list[Shortage]:
    """What went missing on the way, and what the office recorded as short, within reach; latest first."""
    by.require(May.READ_CHAIN)
    return rows.shortages(work.session, within=by.within)
