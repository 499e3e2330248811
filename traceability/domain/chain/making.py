"""Processing, refining, blending and sampling."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from traceability.domain import balance, errors
from traceability.domain.chain.checks import (
    at_most,
    check_draw,
    check_inputs,
    check_kind,
    check_leaf_age,
    check_time,
    edges_of,
    late,
    lowest_of,
    outgoing,
    plucked,
    sunk,
)
from traceability.domain.chain.values import (
    NEW,
    Account,
    Booking,
    Draw,
    EventKind,
    Lot,
    LotKind,
    NewLot,
    Remark,
    Stock,
    held,
    total,
)
from traceability.domain.profile import Grade, Profile, lowest
from traceability.domain.units import local_day


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
    check_leaf_age(draws, at, profile)
    for draw in draws:
        check_draw(draw)
    made = _made_grade(draws, grade, profile)
    remarks = (*run_remarks(draws, run, at, profile), *late(at, now, profile))
    loss = total(draws) - run.rejects_g - run.out_g
    return Booking(
        EventKind.PROCESSING,
        at,
        entries=(
            *outgoing(draws),
            held(NEW, party, run.out_g),
            *sunk(Account.REJECTS, run.rejects_g),
            *sunk(Account.LOSS, loss),
        ),
        lots=(NewLot(no, LotKind.MADE, *plucked(draws), grade=made),),
        edges=edges_of(draws),
        remarks=remarks,
        terms={
            "fresh_moisture": run.fresh_moisture,
            "made_moisture": run.made_moisture,
            "reason": run.reason,
        },
    )


def _made_grade(draws: Sequence[Draw], asked: Grade | None, profile: Profile) -> Grade:
    """The grade declared, or the best the coarsest leaf allows; raise `GradeTooHigh` (FRAUD F12)."""
    leaves = [draw.stock.lot.leaf_grade for draw in draws if draw.stock.lot.leaf_grade]
    best = lowest(profile.best_grade_for(leaf) for leaf in leaves)
    return at_most(asked or best, best)


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
            *outgoing(draws),
            held(NEW, party, out_g),
            *sunk(Account.FINES, fines_g),
            *sunk(Account.LOSS, loss),
        ),
        lots=(NewLot(no, LotKind.MADE, *plucked(draws), grade=lowest_of(draws)),),
        edges=edges_of(draws),
        remarks=(*remarks, *late(at, now, profile)),
    )


def _rest(taken: int, out_g: int, fines_g: int) -> int:
    """Loss: what neither came out nor was sieved off; raise `OutExceedsIn`."""
    if out_g <= 0:
        raise errors.WeightNotPositive(text=str(out_g))
    if fines_g < 0 or out_g + fines_g > taken:
        raise errors.OutExceedsIn(out_g=out_g + fines_g, in_g=taken)
    return taken - out_g - fines_g


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
    best = lowest_of(draws)
    if into is not None:
        _check_open_batch(into, best, at)
    out = total(draws) - fines_g
    _rest(total(draws), out, fines_g)
    target = NEW if into is None else into.id
    new = NewLot(no, LotKind.BATCH, *plucked(draws), grade=at_most(grade or best, best))
    return Booking(
        EventKind.BLENDING,
        at,
        entries=(*outgoing(draws), held(target, party, out), *sunk(Account.FINES, fines_g)),
        lots=(new,) if into is None else (),
        edges=edges_of(draws, target),
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
        entries=(*outgoing([draw]), *sunk(Account.SAMPLES, draw.grams, stock.lot.id)),
        remarks=late(at, now, profile),
        terms={"test_g": test_g, "retained_g": retained_g},
    )
