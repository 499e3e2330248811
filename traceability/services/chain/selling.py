"""Sale, return, destruction and stock count."""

from datetime import datetime

from traceability.domain import chain as rules
from traceability.domain import errors, marks
from traceability.domain.chain import Account, Draw, EventKind, LotKind, Remark, Stock
from traceability.domain.marks import SerialRange
from traceability.domain.people import Identity, May, read_reason, read_text
from traceability.services import acting
from traceability.services.acting import once
from traceability.services.chain.drawing import any_draw, one_stock, pack_draw
from traceability.services.chain.moving import carton_packs, retire
from traceability.services.chain.packing import in_lot
from traceability.services.chain.returns import check_of_sale
from traceability.store import chain as rows
from traceability.store.chain import Booked, Event
from traceability.store.work import Work

CHANNELS = ("wholesale", "shop", "online", "fair", "other")


@once
def sell(
    work: Work,
    *,
    by: Identity,
    now: datetime,
    at: datetime,
    lot: int,
    packs: int = 0,
    grams: int = 0,
    channel: str,
    buyer: str = "",
    cartons: tuple[str, ...] = (),
    ranges: tuple[SerialRange, ...] = (),
    party: int | None = None,
    no: str | None = None,
    key: str | None = None,
) -> Booked:
    """Sell packs out of one's own stock or an outside consignee's. Wholesale names cartons and the buyer
    (Food Safety Law 53); retail names packs, serials when known.
    """
    firm = acting.own_firm(work, by, May.RECORD_CHAIN)
    holder = acting.own_party(work, firm, party)
    stock = one_stock(work, lot, party=holder, at=at)
    named = carton_packs(work, stock.lot, cartons, holder=holder.id)
    _check_sale(channel, buyer, cartons, stock)
    draw = any_draw(stock, grams=grams, packs=sum(named.values()) or packs)
    if ranges:
        in_lot(work, stock.lot, ranges)
        if marks.count(ranges) != draw.packs:
            raise errors.MarksMiscounted(packs=draw.packs, marks=marks.count(ranges))
    booking = rules.sell(
        draw=draw, channel=channel, buyer=buyer.strip(), at=at, now=now, profile=work.profile
    )
    told = {**booking.terms, "cartons": list(cartons), "serials": [[one.first, one.last] for one in ranges]}
    sale_no = acting.number(work, firm, EventKind.SALE, no, at=at)
    kept = rules.Booking(
        booking.kind, booking.at, booking.entries, remarks=booking.remarks, terms={**told, "party": holder.id}
    )
    return acting.keep(work, kept, no=sale_no, enterprise=firm, by=by, now=now)


def _check_sale(channel: str, buyer: str, cartons: tuple[str, ...], stock: Stock) -> None:
    if channel not in CHANNELS:
        raise errors.ChoiceUnknown(choice=channel, field="channel")
    if channel == "wholesale":
        read_text(buyer, "buyer")
        if stock.lot.kind is LotKind.PACKS and not cartons:
            raise errors.CartonUnknown(carton="")


@once
def take_back(
    work: Work,
    *,
    by: Identity,
    now: datetime,
    at: datetime,
    sale: int,
    packs: int,
    opened: bool,
    restock: bool,
    reason: str,
    ranges: tuple[SerialRange, ...] = (),
    key: str | None = None,
) -> Booked:
    """Sold packs come back: restocked with the same holder, or destroyed and their marks retired."""
    firm = acting.own_firm(work, by, May.RECORD_CHAIN)
    sold = _sale(work, by, sale)
    entry = next(one for one in rows.entries_for(work.session, sold.id) if one.account is Account.SOLD)
    lot = rows.lots_by_id(work.session, [entry.lot or 0], lock=True)[entry.lot or 0]
    holder = acting.own_party(work, firm, int(sold.terms["party"]))
    gone, back = rows.sold_of(work.session, sold.id)
    if not 0 < packs <= gone - back:
        raise errors.ReturnExceedsSale(packs=packs, sold=gone, returned=back)
    check_of_sale(sold, ranges)
    if restock:
        stock = rows.stocks(work.session, [lot], party=holder.id, at=at, reserved={})[lot.id]
        rules.check_usable(stock)
    booking = rules.take_back(
        lot=lot,
        packs=packs,
        opened=opened,
        restock=restock,
        party=holder.id,
        sold_at=sold.happened_at,
        at=at,
        now=now,
        profile=work.profile,
    )
    why = read_reason(reason)
    no = acting.number(work, firm, EventKind.RETURN, None, at=at)
    booked = acting.keep(work, booking, no=no, enterprise=firm, by=by, now=now, about=sold.id, reason=why)
    if restock and ranges:
        _check_named(work, lot, packs, ranges)
    if not restock:
        retire(work, lot, packs, ranges, by=by, at=at, now=now, reason=why)
    return booked


def _check_named(work: Work, lot: rules.Lot, packs: int, ranges: tuple[SerialRange, ...]) -> None:
    in_lot(work, lot, ranges)
    if marks.count(ranges) != packs:
        raise errors.MarksMiscounted(packs=packs, marks=marks.count(ranges))


def _sale(work: Work, by: Identity, number: int) -> Event:
    found = rows.event(work.session, number, within=by.within)
    if found is None or found.kind is not EventKind.SALE or found.root is not None:
        raise errors.SaleUnknown(sale=number)
    return found


@once
def destroy(
    work: Work,
    *,
    by: Identity,
    now: datetime,
    at: datetime,
    lot: int,
    packs: int,
    ranges: tuple[SerialRange, ...],
    reason: str,
    party: int | None = None,
    key: str | None = None,
) -> Booked:
    """Destroy packs and retire their marks; held and recalled goods may be destroyed."""
    firm = acting.own_firm(work, by, May.RECORD_CHAIN)
    stock = one_stock(work, lot, party=acting.own_party(work, firm, party), at=at)
    why = read_reason(reason)
    booking = rules.remove(
        kind=EventKind.DESTRUCTION,
        draw=pack_draw(stock, packs),
        account=Account.DESTROYED,
        reason=why,
        at=at,
        now=now,
        profile=work.profile,
    )
    no = acting.number(work, firm, EventKind.DESTRUCTION, None, at=at)
    booked = acting.keep(work, booking, no=no, enterprise=firm, by=by, now=now, reason=why)
    retire(work, stock.lot, packs, ranges, by=by, at=at, now=now, reason=why)
    return booked


@once
def count_stock(
    work: Work,
    *,
    by: Identity,
    now: datetime,
    at: datetime,
    lot: int,
    counted: int,
    party: int | None = None,
    key: str | None = None,
) -> Booked:
    """Say what was counted: packs of a pack lot, grams of others. What is missing is a declared loss with a finding;
    a surplus is told to the office and never booked in.
    """
    firm = acting.own_firm(work, by, May.RECORD_CHAIN)
    stock = one_stock(work, lot, party=acting.own_party(work, firm, party), at=at)
    booking = _count(stock, counted, at=at, now=now, work=work)
    no = acting.number(work, firm, EventKind.STOCK_COUNT, None, at=at)
    return acting.keep(work, booking, no=no, enterprise=firm, by=by, now=now)


def _count(stock: Stock, counted: int, *, at: datetime, now: datetime, work: Work) -> rules.Booking:
    lot = stock.lot
    per = lot.product.net_content_g if lot.kind is LotKind.PACKS and lot.product else 1
    grams, packs = rows.booked_at(work.session, lot.id, party=stock.party, at=at)
    booked = packs if per > 1 else grams
    if counted < 0:
        raise errors.NumberOutOfRange(text=str(counted), low=0, high=booked, field="counted")
    rules.check_time(at, now=now, born=[lot.born_at])
    missing = booked - counted
    facts = {"lot": lot.no, "counted": counted, "booked": booked, "difference_g": missing * per}
    terms = {"counted": counted, "booked": booked, "lot": lot.id, "party": stock.party}
    if missing <= 0:
        remarks = (Remark("count.surplus", facts, lot.id),) if missing else ()
        return rules.Booking(EventKind.STOCK_COUNT, at, (), remarks=remarks, terms=terms)
    draw = Draw(stock, missing * per, missing if per > 1 else 0)
    if draw.grams > stock.grams:
        raise errors.LotOverdrawn(lot=lot.no, asked_g=draw.grams, on_hand_g=stock.grams, field="counted")
    short = rules.missing(draw, at=at, now=now, profile=work.profile)
    return rules.Booking(
        short.kind,
        at,
        short.entries,
        remarks=(Remark("count.shortage", facts, lot.id), *short.remarks),
        terms=terms,
    )
