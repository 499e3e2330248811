"""Packaging: a batch into pack lots."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from traceability.domain import errors
from traceability.domain.chain.checks import at_most, check_draw, check_time, check_usable, late, sunk
from traceability.domain.chain.values import (
    Account,
    Booking,
    Draw,
    Edge,
    Entry,
    EventKind,
    Lot,
    LotKind,
    NewLot,
    Stock,
    held,
)
from traceability.domain.people import Product
from traceability.domain.profile import Grade, Profile
from traceability.domain.units import local_day


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

    `freed_g` is what this packing itself takes out of the reservation, by applying marks.
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
            *sunk(Account.SPILL, spill_g),
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
        booked.extend(sunk(Account.OVERFILL, line.overfill_g))
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
