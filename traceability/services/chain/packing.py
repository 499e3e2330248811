"""Packaging, where tea and marks meet; and cartons."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from traceability.domain import chain as rules
from traceability.domain import errors, marks
from traceability.domain.chain import EventKind, Lot, LotKind, PackLine, Stock
from traceability.domain.marks import Issue, MarkAction, MarkState, SerialRange, Span
from traceability.domain.people import Enterprise, Identity, May, Product, read_text
from traceability.domain.profile import Grade
from traceability.domain.units import local_day
from traceability.services import acting
from traceability.services.acting import once
from traceability.services.chain.drawing import one_stock
from traceability.services.chain.testing import require_passed
from traceability.services.marking import find_spans, take_action
from traceability.store import chain as rows
from traceability.store import marks as mark_rows
from traceability.store import people as people_rows
from traceability.store.chain import Booked
from traceability.store.work import Work

LAST_OF_MINUTE = timedelta(minutes=1) - timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class PackAsk:
    """Packs of a product and the marks on them; grams packed above the declared net content."""

    product: int
    packs: int
    ranges: tuple[SerialRange, ...]
    overfill_g: int = 0
    lot_no: str | None = None


@once
def pack(
    work: Work,
    *,
    by: Identity,
    now: datetime,
    at: datetime,
    batch: int,
    asks: Sequence[PackAsk],
    spill_g: int = 0,
    no: str | None = None,
    key: str | None = None,
) -> Booked:
    """A passed batch into pack lots, one mark on each pack; `lots` of the answer are in the order of `asks`."""
    firm = acting.own_firm(work, by, May.RECORD_CHAIN)
    scope = _right_to_apply(work, firm, at=at, now=now)
    stock = one_stock(work, batch, party=acting.own_party(work, firm, None), at=at)
    require_passed(work, stock.lot)
    _check_asks(asks)
    _lock_issues(work, firm, asks)
    found = [_marks_for(work, firm, stock.lot, ask, at) for ask in asks]
    lines = _lines(work, firm, stock.lot, asks, at)
    booking = rules.pack(
        stock=stock,
        lines=lines,
        spill_g=spill_g,
        scope=scope,
        freed_g=_freed(work, stock, firm, asks),
        at=at,
        now=now,
        profile=work.profile,
    )
    pack_no = acting.number(work, firm, EventKind.PACKING, no, at=at)
    booked = acting.keep(work, booking, no=pack_no, enterprise=firm, by=by, now=now)
    for lot, ask, spans in zip(booked.lots, asks, found, strict=True):
        take_action(work, MarkAction.APPLY, spans, by=by, at=at, now=now, pack_lot=lot, ranges=ask.ranges)
    return booked


def _right_to_apply(work: Work, firm: Enterprise, *, at: datetime, now: datetime) -> Sequence[Grade]:
    """The authorised scope on the day of packing; a suspension then or now stops it (FRAUD F15)."""
    rights = people_rows.rights(work.session, firm.id)
    rights.require(now, local_day(now))
    return rights.require(at, local_day(at)).scope


def _check_asks(asks: Sequence[PackAsk]) -> None:
    """One line per product, and exactly one mark per pack (FRAUD F13)."""
    if not asks or max(Counter(ask.product for ask in asks).values()) > 1:
        raise errors.RequestNeedsClean()
    for ask in asks:
        if (given := marks.count(ask.ranges)) != ask.packs:
            raise errors.MarksMiscounted(packs=ask.packs, marks=given)
    marks.check_apart([one for ask in asks for one in ask.ranges])


def _lock_issues(work: Work, firm: Enterprise, asks: Sequence[PackAsk]) -> None:
    """All of them in order, before any is read: so that no two packings wait for each other."""
    wanted = [one for ask in asks for one in ask.ranges]
    mark_rows.issues_overlapping(work.session, wanted, enterprise=firm.id, lock=True)


def _marks_for(work: Work, firm: Enterprise, batch: Lot, ask: PackAsk, at: datetime) -> list[Span]:
    """The spans to apply: the firm's, of this batch and product, printed, for this pack date (FRAUD F07–F09)."""
    issues = mark_rows.issues_overlapping(work.session, ask.ranges, enterprise=firm.id, lock=True)
    spans = find_spans(work, issues, ask.ranges)
    _check_origin(issues, batch, ask.product)
    for one in ask.ranges:
        _check_after(work, issues, one, at)
    marks.check_step(MarkAction.APPLY, spans)
    _check_delivered(work, issues, ask.ranges)
    marks.check_pack_day(spans, local_day(at))
    return spans


def _check_after(work: Work, issues: Sequence[Issue], wanted: SerialRange, at: datetime) -> None:
    """Raise `BeforeItsMarks`: a mark is on no pack before it was issued and printed (FRAUD F11).

    A form tells the minute, and the labels may have been printed within it.
    """
    told = at if at.second or at.microsecond else at + LAST_OF_MINUTE
    if since := mark_rows.acted_after(work.session, [one.id for one in issues], wanted, told):
        raise errors.BeforeItsMarks(at=at, serials=str(wanted), since=since)


def _check_delivered(work: Work, issues: Sequence[Issue], ranges: Sequence[SerialRange]) -> None:
    """Raise `MarksUndelivered`: labels that never came out are on no pack (FRAUD F22)."""
    for job, file in mark_rows.waiting_again(work.session, [one.id for one in issues]):
        for one in ranges:
            if any(one.overlaps(part) for part in file.ranges):
                raise errors.MarksUndelivered(serials=str(one), job=job.no, file=file.seq)


def _check_origin(issues: Sequence[Issue], batch: Lot, product: int) -> None:
    for issue in issues:
        if issue.batch != batch.id:
            raise errors.MarksNotOfBatch(serials=str(issue.range), batch=batch.no)
        if issue.product != product:
            raise errors.MarksNotOfProduct(serials=str(issue.range))


def _lines(work: Work, firm: Enterprise, batch: Lot, asks: Sequence[PackAsk], at: datetime) -> list[PackLine]:
    return [
        PackLine(
            acting.lot_no(work, firm, "K", ask.lot_no or f"{batch.no}-{_next_pack(work, batch, n)}", at=at),
            own_product(work, firm.id, ask.product),
            ask.packs,
            ask.overfill_g,
        )
        for n, ask in enumerate(asks)
    ]


def _next_pack(work: Work, batch: Lot, further: int) -> str:
    """Pack lots of a batch are numbered on: P01, P02, …"""
    return f"P{rows.pack_lots_made(work.session, batch.id) + further + 1:02d}"


def own_product(work: Work, enterprise: int, number: int) -> Product:
    """A product of the firm; raise `ProductUnknown`."""
    found = people_rows.product(work.session, number)
    if found is None or found.enterprise != enterprise:
        raise errors.ProductUnknown(product=number)
    return found


def _freed(work: Work, stock: Stock, firm: Enterprise, asks: Sequence[PackAsk]) -> int:
    """Grams this packing takes out of the reservation: what is held now less what will be held once applied."""
    after = 0
    for product, line in mark_rows.outstanding_by_product(work.session, stock.lot.id, firm.id).items():
        applied = sum(ask.packs for ask in asks if ask.product == product)
        after += (
            max(0, line.issued - line.spares - line.applied - applied - line.returned) * line.net_content_g
        )
    return stock.reserved_g - after


@dataclass(frozen=True, slots=True)
class CartonAsk:
    """A carton's number (the next running one when empty) and the control numbers packed into it."""

    ranges: tuple[SerialRange, ...]
    no: str | None = None


@once
def fill_cartons(
    work: Work, *, by: Identity, now: datetime, lot: int, asks: Sequence[CartonAsk], key: str | None = None
) -> int:
    """Put packs of a lot into cartons; how many cartons."""
    firm = acting.own_firm(work, by, May.RECORD_CHAIN)
    stock = one_stock(work, lot, party=acting.own_party(work, firm, None), at=now)
    rules.check_usable(stock)
    if stock.lot.kind is not LotKind.PACKS:
        raise errors.LotWrongKind(lot=stock.lot.no, kind=stock.lot.kind.value)
    spans = mark_rows.spans_of_lot(work.session, lot)
    filled = [one for carton in rows.cartons(work.session, lot) for one in carton.ranges]
    for ask in asks:
        if not ask.ranges:
            raise errors.SerialsNeeded(packs=0)
        _live_in(stock.lot, spans, ask.ranges)
        _fill(work, firm, stock.lot, ask, filled, by=by, now=now)
        filled += ask.ranges
    return len(asks)


def _fill(
    work: Work,
    firm: Enterprise,
    lot: Lot,
    ask: CartonAsk,
    filled: Sequence[SerialRange],
    *,
    by: Identity,
    now: datetime,
) -> None:
    """One carton; `filled` are the serials of the lot that lie in cartons already."""
    no = read_text(ask.no, "carton", longest=40) if ask.no else acting.running_no(work, firm, "CT", at=now)
    if rows.carton_no_taken(work.session, firm.id, no):
        raise errors.CartonTaken(carton=no)
    for one in ask.ranges:
        if any(one.overlaps(other) for other in filled):
            raise errors.CartonTaken(carton=no, serials=str(one))
    rows.add_carton(work.session, no=no, enterprise=firm.id, lot=lot.id, ranges=ask.ranges)
    told = {"carton": no, "lot": lot.no, "serials": [[one.first, one.last] for one in ask.ranges]}
    acting.state(work, "carton.filled", by=by, now=now, private={**told, "enterprise": firm.uscc})


def in_lot(work: Work, lot: Lot, ranges: Sequence[SerialRange]) -> list[Span]:
    """The applied marks of these control numbers on packs of a lot; raise `MarksNotInLot` or `MarksNotLive`."""
    return _live_in(lot, mark_rows.spans_of_lot(work.session, lot.id), ranges)


def _live_in(lot: Lot, spans: Sequence[Span], ranges: Sequence[SerialRange]) -> list[Span]:
    inside, _ = marks.cut(spans, ranges)
    if sum(len(span.range) for span in inside) != marks.count(ranges) or marks.overlap(ranges):
        raise errors.MarksNotInLot(lot=lot.no, serials=", ".join(str(one) for one in ranges)[:80])
    if ended := [span for span in inside if span.state is not MarkState.APPLIED]:
        raise errors.MarksNotLive(serials=str(ended[0].range), state=ended[0].state.value)
    return inside
