"""The tea ledger: what each event books, and when it is refused.

Every gram in a lot came out of another lot or off a registered plot. A decision here is a `Booking`: entries that
sum to nothing, edges between lots with their grams, new lots, and remarks that become findings. On hand is never
stored; it is the sum of entries. Sinks (fines, rejects, samples, spill, overfill, loss) only ever receive.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum

from traceability.domain import balance, errors
from traceability.domain.people import Plot, Product, Scale
from traceability.domain.profile import Grade, LeafGrade, Profile, lowest
from traceability.domain.units import local_day


class LotKind(StrEnum):
    """What a lot holds; each is a traceable unit."""

    LEAF = "leaf"
    MADE = "made_tea"
    BATCH = "batch"
    PACKS = "pack_lot"


class Account(StrEnum):
    """Where grams are. PLOT is the source; HELD and TRANSIT are stock; the others are where tea ends."""

    PLOT = "plot"
    HELD = "held"
    TRANSIT = "transit"
    SOLD = "sold"
    DESTROYED = "destroyed"
    FINES = "fines"
    REJECTS = "rejects"
    SAMPLES = "samples"
    SPILL = "spill"
    OVERFILL = "overfill"
    LOSS = "loss"


class EventKind(StrEnum):
    """What happened."""

    LEAF_RECEIPT = "leaf_receipt"
    PROCESSING = "processing"
    REFINING = "refining"
    BLENDING = "blending"
    SAMPLING = "sampling"
    PACKING = "packing"
    DISPATCH = "dispatch"
    DELIVERY = "delivery"
    SALE = "sale"
    RETURN = "return"
    DESTRUCTION = "destruction"
    STOCK_COUNT = "stock_count"
    WRITE_OFF = "write_off"


#: A lot that the booking itself brings into being is named by -1, -2, … in the order of `Booking.lots`.
NEW = -1


@dataclass(frozen=True, slots=True)
class Lot:
    """A lot as it stands in the books. `born_at` is UTC; plucking days are days in Asia/Shanghai."""

    id: int
    no: str
    kind: LotKind
    origin: int
    season: int
    plucked_from: date
    plucked_to: date
    born_at: datetime
    grade: Grade | None = None
    leaf_grade: LeafGrade | None = None
    product: Product | None = None
    pack_day: date | None = None
    best_before: date | None = None
    closed: bool = False


@dataclass(frozen=True, slots=True)
class Stock:
    """What one party can give of a lot from a moment on: grams, packs, and grams held for issued marks."""

    lot: Lot
    party: int
    grams: int
    packs: int = 0
    reserved_g: int = 0
    holds: tuple[str, ...] = ()
    recalled: bool = False

    @property
    def free_g(self) -> int:
        """Grams that nothing is waiting for."""
        return max(0, self.grams - self.reserved_g)


@dataclass(frozen=True, slots=True)
class Draw:
    """So many grams of a stock; of a pack lot so many packs."""

    stock: Stock
    grams: int
    packs: int = 0


@dataclass(frozen=True, slots=True)
class NewLot:
    """A lot to be opened."""

    no: str
    kind: LotKind
    plucked_from: date
    plucked_to: date
    grade: Grade | None = None
    leaf_grade: LeafGrade | None = None
    product: Product | None = None
    pack_day: date | None = None
    best_before: date | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """Grams (and packs) into (+) or out of (-) an account. `part` is the season part a plot is charged in."""

    account: Account
    grams: int
    lot: int | None = None
    packs: int = 0
    party: int | None = None
    shipment: int | None = None
    plot: int | None = None
    part: str | None = None


@dataclass(frozen=True, slots=True)
class Edge:
    """Grams of one lot that went into another."""

    source: int
    target: int
    grams: int


@dataclass(frozen=True, slots=True)
class Remark:
    """Something accepted but worth an officer's look; becomes a finding."""

    code: str
    facts: Mapping[str, object] = field(default_factory=dict)
    lot: int | None = None


@dataclass(frozen=True, slots=True)
class Booking:
    """One event decided: what to write, all of it or nothing."""

    kind: EventKind
    at: datetime
    entries: tuple[Entry, ...]
    lots: tuple[NewLot, ...] = ()
    edges: tuple[Edge, ...] = ()
    remarks: tuple[Remark, ...] = ()
    terms: Mapping[str, object] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """An event that does not balance is a fault of ours, not of the person's."""
        if sum(entry.grams for entry in self.entries):
            raise AssertionError(f"{self.kind} does not balance: {self.entries}")


# --- what every event asks ----------------------------------------------------------------------------------


def check_time(at: datetime, *, now: datetime, born: Iterable[datetime] = ()) -> None:
    """Raise `InTheFuture` or `BeforeItsInputs` (FRAUD F11)."""
    if at > now:
        raise errors.InTheFuture(at=at, now=now)
    if (first := max(born, default=None)) is not None and at < first:
        raise errors.BeforeItsInputs(at=at, born=first)


def check_usable(stock: Stock, *, despite: frozenset[str] = frozenset()) -> None:
    """Raise `LotRecalled` or `LotHeld`; `despite` names causes of hold this event may pass."""
    if stock.recalled:
        raise errors.LotRecalled(lot=stock.lot.no)
    if stopping := [cause for cause in stock.holds if cause not in despite]:
        raise errors.LotHeld(lot=stock.lot.no, cause=stopping[0])


def check_draw(draw: Draw, *, despite: frozenset[str] = frozenset()) -> None:
    """Raise unless the stock can give what is drawn: not held, on hand, and not reserved for marks."""
    stock = draw.stock
    check_usable(stock, despite=despite)
    if draw.grams <= 0:
        raise errors.WeightNotPositive(text=str(draw.grams))
    if draw.grams > stock.grams or draw.packs > stock.packs:
        raise errors.LotOverdrawn(
            lot=stock.lot.no,
            asked_g=draw.grams,
            on_hand_g=stock.grams,
            asked_packs=draw.packs,
            on_hand_packs=stock.packs,
        )
    if draw.grams > stock.free_g:
        raise errors.LotReserved(
            lot=stock.lot.no, asked_g=draw.grams, free_g=stock.free_g, reserved_g=stock.reserved_g
        )


def check_kind(draws: Iterable[Draw], *kinds: LotKind) -> None:
    """Raise `LotWrongKind`."""
    for draw in draws:
        if draw.stock.lot.kind not in kinds:
            raise errors.LotWrongKind(lot=draw.stock.lot.no, kind=draw.stock.lot.kind.value)


def check_inputs(draws: Sequence[Draw], *, at: datetime, now: datetime, kinds: Sequence[LotKind]) -> None:
    """What processing, refining and blending ask of everything that goes in."""
    if not draws:
        raise errors.LotsMissing()
    check_kind(draws, *kinds)
    check_time(at, now=now, born=(draw.stock.lot.born_at for draw in draws))


def late(at: datetime, now: datetime, profile: Profile) -> tuple[Remark, ...]:
    """A remark when an event is told long after it happened (FRAUD F11)."""
    hours = int((now - at) / timedelta(hours=1))
    return (Remark("entry.late", {"hours": hours}),) if hours > profile.late_entry_hours else ()


def held(lot: int, party: int, grams: int, packs: int = 0) -> Entry:
    """An entry on a party's stock."""
    return Entry(Account.HELD, grams, lot=lot, packs=packs, party=party)


def _sunk(account: Account, grams: int, lot: int | None = None, packs: int = 0) -> tuple[Entry, ...]:
    """An entry into a sink, none when there is nothing."""
    return (Entry(account, grams, lot=lot, packs=packs),) if grams or packs else ()


def _outgoing(draws: Iterable[Draw]) -> tuple[Entry, ...]:
    return tuple(held(d.stock.lot.id, d.stock.party, -d.grams, -d.packs) for d in draws)


def _edges(draws: Iterable[Draw], target: int = NEW) -> tuple[Edge, ...]:
    return tuple(Edge(d.stock.lot.id, target, d.grams) for d in draws)


def _plucked(draws: Sequence[Draw]) -> tuple[date, date]:
    """First and last day of plucking of everything that went in."""
    lots = [draw.stock.lot for draw in draws]
    return min(lot.plucked_from for lot in lots), max(lot.plucked_to for lot in lots)


def total(draws: Iterable[Draw]) -> int:
    """Grams drawn."""
    return sum(draw.grams for draw in draws)


# --- leaf ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Allowance:
    """What a plot has left, in grams, for the season part and for the year, and what it gave that day."""

    part_left_g: int
    year_left_g: int
    day_g: int


@dataclass(frozen=True, slots=True)
class Weighing:
    """One weighing of leaf at the receiving scale, in grams."""

    gross_g: int
    tare_g: int
    scale: Scale

    @property
    def net_g(self) -> int:
        """Gross less tare; raise `NetNotPositive`."""
        if self.tare_g < 0 or self.gross_g <= self.tare_g:
            raise errors.NetNotPositive(gross_g=self.gross_g, tare_g=self.tare_g)
        return self.gross_g - self.tare_g


def check_plot(plot: Plot, day: date, profile: Profile, *, interval_until: date | None) -> None:
    """Raise unless leaf of that day may be taken from the plot (FRAUD F05, F11; Food Safety Law 49)."""
    if profile.county_of(plot.township) is None:
        raise errors.PlotOutsideArea(plot=plot.no, township=plot.township)
    if plot.active_from is None or day < plot.active_from:
        raise errors.PlotNotActive(plot=plot.no, active_from=plot.active_from)
    if interval_until is not None and day <= interval_until:
        raise errors.WithinSafetyInterval(plot=plot.no, until=interval_until)


def check_allowance(plot: Plot, net_g: int, left: Allowance) -> None:
    """Raise `AllowanceExceeded` (FRAUD F06, F29)."""
    free = max(0, min(left.part_left_g, left.year_left_g))
    if net_g > free:
        raise errors.AllowanceExceeded(plot=plot.no, asked_g=net_g, left_g=free)


def receive_leaf(
    *,
    no: str,
    plot: Plot,
    weighing: Weighing,
    leaf_grade: LeafGrade,
    certificate_no: str,
    plucked_on: date,
    left: Allowance,
    interval_until: date | None,
    party: int,
    at: datetime,
    now: datetime,
    profile: Profile,
    confirmed: bool,
) -> Booking:
    """Leaf off a plot into a leaf lot. `confirmed` answers the question asked above the profile's limit."""
    check_time(at, now=now)
    if plucked_on > local_day(at):
        raise errors.BeforeItsInputs(at=at, born=plucked_on)
    check_plot(plot, plucked_on, profile, interval_until=interval_until)
    net = weighing.net_g
    if net > profile.receipt_ask_again_g and not confirmed:
        raise errors.ReceiptLarge(net_g=net, limit_g=profile.receipt_ask_again_g)
    if not certificate_no.strip():
        raise errors.CertificateInvalid()
    check_allowance(plot, net, left)
    part = profile.season_part(plucked_on).key
    return Booking(
        EventKind.LEAF_RECEIPT,
        at,
        entries=(
            Entry(Account.PLOT, -net, lot=NEW, plot=plot.id, part=f"{plucked_on.year}-{part}"),
            held(NEW, party, net),
        ),
        lots=(NewLot(no, LotKind.LEAF, plucked_on, plucked_on, leaf_grade=leaf_grade),),
        remarks=(*_receipt_remarks(plot, weighing, plucked_on, left, at, profile), *late(at, now, profile)),
        terms={
            "plot": plot.id,
            "gross_g": weighing.gross_g,
            "tare_g": weighing.tare_g,
            "scale": weighing.scale.id,
            "certificate_no": certificate_no.strip(),
            "plucked_on": plucked_on,
        },
    )


def _receipt_remarks(
    plot: Plot, weighing: Weighing, plucked_on: date, left: Allowance, at: datetime, profile: Profile
) -> tuple[Remark, ...]:
    remarks = []
    if not weighing.scale.verified(local_day(at)):
        until = weighing.scale.verified_until
        remarks.append(Remark("scale.expired", {"scale": weighing.scale.no, "verified_until": until}, NEW))
    day_g = left.day_g + weighing.net_g
    if day_g > profile.implausible_picking_g * plot.area_mu:
        facts = {"plot": plot.no, "day": plucked_on, "picked_g": day_g, "area_mu": plot.area_mu}
        remarks.append(Remark("picking.implausible", facts, NEW))
    return tuple(remarks)


# --- making tea ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Run:
    """What a processing run reports: grams, and moistures in percent."""

    rejects_g: int
    out_g: int
    fresh_moisture: Decimal
    made_moisture: Decimal
    reason: str = ""


def process(
    *,
    no: str,
    draws: Sequence[Draw],
    run: Run,
    grade: Grade | None,
    party: int,
    at: datetime,
    now: datetime,
    profile: Profile,
) -> Booking:
    """Leaf lots into one lot of made tea, rejects and loss."""
    check_inputs(draws, at=at, now=now, kinds=[LotKind.LEAF])
    _check_leaf_age(draws, at, profile)
    for draw in draws:
        check_draw(draw)
    made = _made_grade(draws, grade, profile)
    remarks = (*run_remarks(draws, run, at, profile), *late(at, now, profile))
    loss = total(draws) - run.rejects_g - run.out_g
    return Booking(
        EventKind.PROCESSING,
        at,
        entries=(
            *_outgoing(draws),
            held(NEW, party, run.out_g),
            *_sunk(Account.REJECTS, run.rejects_g),
            *_sunk(Account.LOSS, loss),
        ),
        lots=(NewLot(no, LotKind.MADE, *_plucked(draws), grade=made),),
        edges=_edges(draws),
        remarks=remarks,
        terms={
            "fresh_moisture": run.fresh_moisture,
            "made_moisture": run.made_moisture,
            "reason": run.reason,
        },
    )


def _check_leaf_age(draws: Sequence[Draw], at: datetime, profile: Profile) -> None:
    oldest = min(draw.stock.lot.born_at for draw in draws)
    if at - oldest > timedelta(hours=profile.unprocessed_leaf_hours):
        raise errors.LeafTooOld(
            hours=int((at - oldest) / timedelta(hours=1)), limit=profile.unprocessed_leaf_hours
        )


def _made_grade(draws: Sequence[Draw], asked: Grade | None, profile: Profile) -> Grade:
    """The grade declared, or the best the coarsest leaf allows; raise `GradeTooHigh` (FRAUD F12)."""
    leaves = [draw.stock.lot.leaf_grade for draw in draws if draw.stock.lot.leaf_grade]
    best = lowest(profile.best_grade_for(leaf) for leaf in leaves)
    return at_most(asked or best, best)


def at_most(asked: Grade, best: Grade) -> Grade:
    """The grade asked; raise `GradeTooHigh` when it is better than the best allowed."""
    if not asked.at_most(best):
        raise errors.GradeTooHigh(asked=asked, best=best)
    return asked


def check_run(leaf_g: int, run: Run, profile: Profile) -> None:
    """Raise unless a run is physically possible (domain fact: dry matter is not created)."""
    _check_moistures(run, profile)
    if run.out_g <= 0:
        raise errors.WeightNotPositive(text=str(run.out_g))
    net = leaf_g - run.rejects_g
    if run.rejects_g < 0 or run.out_g > net:
        raise errors.OutExceedsIn(out_g=run.out_g, in_g=net)
    floor = balance.floor(run.fresh_moisture, run.made_moisture, profile.ratio_floor)
    if net < floor * run.out_g:
        raise errors.UnderFloor(
            ratio=balance.shown_ratio(net, run.out_g),
            floor=balance.two_places(floor),
            out_g=run.out_g,
            leaf_g=net,
        )


def _check_moistures(run: Run, profile: Profile) -> None:
    low, high = profile.fresh_moisture
    if not low <= run.fresh_moisture <= high:
        raise errors.MoistureImplausible(moisture=run.fresh_moisture, low=low, high=high, stage="fresh")
    if not 0 < run.made_moisture <= profile.made_moisture_limit:
        raise errors.MoistureImplausible(
            moisture=run.made_moisture, low=Decimal(0), high=profile.made_moisture_limit, stage="made"
        )


def run_remarks(draws: Sequence[Draw], run: Run, at: datetime, profile: Profile) -> tuple[Remark, ...]:
    """Check a run; what is accepted only with a reason makes a remark, and raises `ReasonMissing` without one."""
    check_run(total(draws), run, profile)
    net = total(draws) - run.rejects_g
    remarks = []
    if not balance.in_band(net, run.out_g, profile.ratio_band):
        remarks.append(Remark("ratio.outside_band", {"ratio": balance.shown_ratio(net, run.out_g)}, NEW))
    if any(draw.stock.lot.plucked_from != local_day(at) for draw in draws):
        remarks.append(Remark("processing.not_same_day", {"day": local_day(at)}, NEW))
    if remarks and not run.reason.strip():
        raise errors.ReasonMissing(because=remarks[0].code, **remarks[0].facts)
    return tuple(Remark(one.code, {**one.facts, "reason": run.reason}, one.lot) for one in remarks)


#: A failed batch may be refined into a new lot although it is held for having failed.
FAILED_REPORT = "report.failed"


def refine(
    *,
    no: str,
    draws: Sequence[Draw],
    out_g: int,
    fines_g: int,
    party: int,
    at: datetime,
    now: datetime,
    profile: Profile,
) -> Booking:
    """Made tea into made tea, fines and loss; the grade is the lowest of what went in."""
    check_inputs(draws, at=at, now=now, kinds=[LotKind.MADE, LotKind.BATCH])
    for draw in draws:
        check_draw(draw, despite=frozenset({FAILED_REPORT}))
    loss = _rest(total(draws), out_g, fines_g)
    failed = [draw.stock.lot.no for draw in draws if FAILED_REPORT in draw.stock.holds]
    remarks = (Remark("refining.after_fail", {"batches": failed}, NEW),) if failed else ()
    return Booking(
        EventKind.REFINING,
        at,
        entries=(
            *_outgoing(draws),
            held(NEW, party, out_g),
            *_sunk(Account.FINES, fines_g),
            *_sunk(Account.LOSS, loss),
        ),
        lots=(NewLot(no, LotKind.MADE, *_plucked(draws), grade=_lowest(draws)),),
        edges=_edges(draws),
        remarks=(*remarks, *late(at, now, profile)),
    )


def _rest(taken: int, out_g: int, fines_g: int) -> int:
    """Loss: what neither came out nor was sieved off; raise `OutExceedsIn`."""
    if out_g <= 0:
        raise errors.WeightNotPositive(text=str(out_g))
    if fines_g < 0 or out_g + fines_g > taken:
        raise errors.OutExceedsIn(out_g=out_g + fines_g, in_g=taken)
    return taken - out_g - fines_g


def _lowest(draws: Sequence[Draw]) -> Grade:
    return lowest(draw.stock.lot.grade for draw in draws if draw.stock.lot.grade)


def blend(
    *,
    no: str,
    draws: Sequence[Draw],
    fines_g: int,
    grade: Grade | None,
    into: Lot | None,
    party: int,
    at: datetime,
    now: datetime,
    profile: Profile,
) -> Booking:
    """Made tea into a batch (new, or one still open) and fines; the grade is at most the lowest of the inputs."""
    check_inputs(draws, at=at, now=now, kinds=[LotKind.MADE, LotKind.BATCH])
    for draw in draws:
        check_draw(draw)
    best = _lowest(draws)
    if into is not None:
        _check_open_batch(into, best, at)
    out = total(draws) - fines_g
    _rest(total(draws), out, fines_g)
    target = NEW if into is None else into.id
    new = NewLot(no, LotKind.BATCH, *_plucked(draws), grade=at_most(grade or best, best))
    return Booking(
        EventKind.BLENDING,
        at,
        entries=(*_outgoing(draws), held(target, party, out), *_sunk(Account.FINES, fines_g)),
        lots=(new,) if into is None else (),
        edges=_edges(draws, target),
        remarks=late(at, now, profile),
    )


def _check_open_batch(batch: Lot, best: Grade, at: datetime) -> None:
    if batch.kind is not LotKind.BATCH:
        raise errors.LotWrongKind(lot=batch.no, kind=batch.kind.value)
    if batch.closed:
        raise errors.BatchClosed(batch=batch.no)
    check_time(at, now=at, born=[batch.born_at])
    if batch.grade is not None:
        at_most(batch.grade, best)


def sample(
    *, stock: Stock, test_g: int, retained_g: int, at: datetime, now: datetime, profile: Profile
) -> Booking:
    """Draw the test sample and a retained one; this closes the batch to inputs (FRAUD F28)."""
    draw = Draw(stock, test_g + retained_g)
    check_kind([draw], LotKind.BATCH)
    if stock.lot.closed:
        raise errors.BatchClosed(batch=stock.lot.no)
    check_time(at, now=now, born=[stock.lot.born_at])
    if test_g <= 0 or retained_g < 0:
        raise errors.WeightNotPositive(text=str(test_g))
    check_draw(draw)
    return Booking(
        EventKind.SAMPLING,
        at,
        entries=(*_outgoing([draw]), *_sunk(Account.SAMPLES, draw.grams, stock.lot.id)),
        remarks=late(at, now, profile),
        terms={"test_g": test_g, "retained_g": retained_g},
    )


# --- packs --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class PackLine:
    """Packs of one product out of a batch, with the grams packed above the declared net content."""

    no: str
    product: Product
    packs: int
    overfill_g: int = 0

    @property
    def net_g(self) -> int:
        """Declared grams: packs times net content."""
        return self.packs * self.product.net_content_g


def pack(
    *,
    stock: Stock,
    lines: Sequence[PackLine],
    spill_g: int,
    scope: Sequence[Grade],
    freed_g: int,
    at: datetime,
    now: datetime,
    profile: Profile,
) -> Booking:
    """A passed batch into pack lots, one per product, overfill and spill.

    `freed_g` is what this packing itself takes out of the reservation, by applying marks (DESIGN: reservation).
    """
    batch = stock.lot
    check_usable(stock)
    check_time(at, now=now, born=[batch.born_at])
    day = local_day(at)
    _check_tea_age(batch, day, profile)
    for line in lines:
        check_pack_line(line, batch, scope)
    taken = sum(line.net_g + line.overfill_g for line in lines) + spill_g
    if spill_g < 0 or any(line.overfill_g < 0 for line in lines):
        raise errors.WeightNotPositive(text=str(spill_g))
    check_draw(Draw(_freed(stock, freed_g), taken))
    return Booking(
        EventKind.PACKING,
        at,
        entries=(
            held(batch.id, stock.party, -taken),
            *_pack_entries(lines, stock.party),
            *_sunk(Account.SPILL, spill_g),
        ),
        lots=tuple(_pack_lot(line, batch, day, profile) for line in lines),
        edges=tuple(Edge(batch.id, -n, line.net_g) for n, line in enumerate(lines, start=1)),
        remarks=late(at, now, profile),
        terms={"packs": [line.packs for line in lines], "products": [line.product.id for line in lines]},
    )


def _freed(stock: Stock, freed_g: int) -> Stock:
    reserved = max(0, stock.reserved_g - freed_g)
    return Stock(stock.lot, stock.party, stock.grams, stock.packs, reserved, stock.holds, stock.recalled)


def _pack_entries(lines: Sequence[PackLine], party: int) -> tuple[Entry, ...]:
    booked: list[Entry] = []
    for n, line in enumerate(lines, start=1):
        booked.append(held(-n, party, line.net_g, line.packs))
        booked.extend(_sunk(Account.OVERFILL, line.overfill_g))
    return tuple(booked)


def _pack_lot(line: PackLine, batch: Lot, day: date, profile: Profile) -> NewLot:
    return NewLot(
        line.no,
        LotKind.PACKS,
        batch.plucked_from,
        batch.plucked_to,
        grade=line.product.grade,
        product=line.product,
        pack_day=day,
        best_before=profile.best_before(day),
    )


def _check_tea_age(batch: Lot, day: date, profile: Profile) -> None:
    if day > profile.add_months(batch.plucked_from, profile.oldest_tea_months):
        raise errors.TeaTooOld(plucked_on=batch.plucked_from, months=profile.oldest_tea_months)


def check_pack_line(line: PackLine, batch: Lot, scope: Sequence[Grade]) -> None:
    """Raise unless the product fits the batch's grade and the authorised scope (FRAUD F12)."""
    if line.packs <= 0:
        raise errors.RequestNeedsClean(packs=line.packs)
    check_product(line.product, batch, scope)


def check_product(product: Product, batch: Lot, scope: Sequence[Grade]) -> None:
    """Raise `GradeTooHigh` or `GradeOutsideScope`."""
    if batch.grade is None:
        raise errors.BatchNotPassed(batch=batch.no)
    at_most(product.grade, batch.grade)
    if product.grade not in scope:
        raise errors.GradeOutsideScope(grade=product.grade, scope=[grade.value for grade in scope])


def dispatch(
    *, draws: Sequence[Draw], shipment: int, at: datetime, now: datetime, profile: Profile
) -> Booking:
    """Out of the holder's stock, into transit."""
    if not draws:
        raise errors.LotsMissing()
    check_time(at, now=now, born=(draw.stock.lot.born_at for draw in draws))
    for draw in draws:
        check_draw(draw)
        check_not_expired(draw.stock.lot, local_day(at))
    sent = tuple(
        Entry(Account.TRANSIT, d.grams, lot=d.stock.lot.id, packs=d.packs, shipment=shipment) for d in draws
    )
    return Booking(EventKind.DISPATCH, at, (*_outgoing(draws), *sent), remarks=late(at, now, profile))


def check_not_expired(lot: Lot, day: date) -> None:
    """Raise `LotExpired` (FRAUD F19)."""
    if lot.best_before is not None and day > lot.best_before:
        raise errors.LotExpired(lot=lot.no, best_before=lot.best_before)


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
    *, lot: Lot, grams: int, packs: int, shipment: int, account: Account, at: datetime, now: datetime
) -> Booking:
    """Close a shortage in transport: what did not arrive was destroyed, or lost."""
    check_time(at, now=now, born=[lot.born_at])
    out = Entry(Account.TRANSIT, -grams, lot=lot.id, packs=-packs, shipment=shipment)
    return Booking(EventKind.DESTRUCTION, at, (out, *_sunk(account, grams, lot.id, packs)))


def sell(*, draw: Draw, channel: str, buyer: str, at: datetime, now: datetime, profile: Profile) -> Booking:
    """Packs (or loose tea, unmarked) out of a party's stock to a buyer."""
    lot = draw.stock.lot
    check_time(at, now=now, born=[lot.born_at])
    check_draw(draw)
    check_not_expired(lot, local_day(at))
    sold = _sunk(Account.SOLD, draw.grams, lot.id, draw.packs)
    return Booking(
        EventKind.SALE,
        at,
        (*_outgoing([draw]), *sold),
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
    out = _sunk(account, draw.grams, lot.id, draw.packs)
    return Booking(
        kind, at, (*_outgoing([draw]), *out), remarks=late(at, now, profile), terms={"reason": reason}
    )


def missing(draw: Draw, *, at: datetime, now: datetime, profile: Profile) -> Booking:
    """What a stock count did not find: a declared loss whatever the lot's state, since it is gone already."""
    lot = draw.stock.lot
    lost = _sunk(Account.LOSS, draw.grams, lot.id, draw.packs)
    return Booking(EventKind.STOCK_COUNT, at, (*_outgoing([draw]), *lost), remarks=late(at, now, profile))


# --- tests --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Judgement:
    """The values of a report against the limits of a grade."""

    passed: bool
    failing: tuple[str, ...] = ()


def judge(values: Mapping[str, Decimal | bool], grade: Grade, day: date, profile: Profile) -> Judgement:
    """Judge by grade and the edition in force on that day; raise `ValueMissing` when a limited value is absent."""
    failing = []
    for limit in profile.limits(profile.edition_on(day), grade):
        if limit.parameter not in values:
            raise errors.ValueMissing(parameter=limit.parameter)
        if not limit.met_by(values[limit.parameter]):
            failing.append(limit.parameter)
    return Judgement(not failing, tuple(failing))
