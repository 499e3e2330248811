"""What every event asks of its inputs and its time, and the entries several events share."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta

from traceability.domain import errors
from traceability.domain.chain.values import (
    NEW,
    Account,
    Draw,
    Edge,
    Entry,
    Lot,
    LotKind,
    Remark,
    Stock,
    held,
)
from traceability.domain.profile import Grade, Profile, lowest


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


def check_leaf_age(draws: Sequence[Draw], at: datetime, profile: Profile) -> None:
    """Raise `LeafTooOld`: leaf that stood too long can only be written off."""
    born = [draw.stock.lot.born_at for draw in draws if draw.stock.lot.kind is LotKind.LEAF]
    if born and at - min(born) > timedelta(hours=profile.unprocessed_leaf_hours):
        hours = int((at - min(born)) / timedelta(hours=1))
        raise errors.LeafTooOld(hours=hours, limit=profile.unprocessed_leaf_hours)


def can_give(stock: Stock, *, despite: frozenset[str] = frozenset()) -> bool:
    """Whether something of a stock can be taken at all.

    The age of leaf is no part of it: what was made in time may be told late, and the age is judged at the time told.
    """
    try:
        check_usable(stock, despite=despite)
    except errors.Refusal:
        return False
    return stock.free_g > 0


def late(at: datetime, now: datetime, profile: Profile) -> tuple[Remark, ...]:
    """A remark when an event is told long after it happened (FRAUD F11)."""
    hours = int((now - at) / timedelta(hours=1))
    return (Remark("entry.late", {"hours": hours}),) if hours > profile.late_entry_hours else ()


def sunk(account: Account, grams: int, lot: int | None = None, packs: int = 0) -> tuple[Entry, ...]:
    """An entry into a sink, none when there is nothing."""
    return (Entry(account, grams, lot=lot, packs=packs),) if grams or packs else ()


def outgoing(draws: Iterable[Draw]) -> tuple[Entry, ...]:
    return tuple(held(d.stock.lot.id, d.stock.party, -d.grams, -d.packs) for d in draws)


def edges_of(draws: Iterable[Draw], target: int = NEW) -> tuple[Edge, ...]:
    return tuple(Edge(d.stock.lot.id, target, d.grams) for d in draws)


def plucked(draws: Sequence[Draw]) -> tuple[date, date]:
    """First and last day of plucking of everything that went in."""
    lots = [draw.stock.lot for draw in draws]
    return min(lot.plucked_from for lot in lots), max(lot.plucked_to for lot in lots)


def at_most(asked: Grade, best: Grade) -> Grade:
    """The grade asked; raise `GradeTooHigh` when it is better than the best allowed."""
    if not asked.at_most(best):
        raise errors.GradeTooHigh(asked=asked, best=best)
    return asked


def lowest_of(draws: Sequence[Draw]) -> Grade:
    return lowest(draw.stock.lot.grade for draw in draws if draw.stock.lot.grade)


def check_not_expired(lot: Lot, day: date) -> None:
    """Raise `LotExpired` (FRAUD F19)."""
    if lot.best_before is not None and day > lot.best_before:
        raise errors.LotExpired(lot=lot.no, best_before=lot.best_before)
