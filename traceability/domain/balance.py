"""Sums that must come out: physical floor, reservation, shares, and the checks of a whole book.

All arithmetic is exact: whole grams, `Decimal` percentages, `Fraction` ratios.
"""

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_EVEN, Decimal
from fractions import Fraction
from typing import TypeVar

Key = TypeVar("Key", bound=Hashable)


def floor(fresh_moisture: Decimal, made_moisture: Decimal, least: Decimal) -> Fraction:
    """The least leaf per made tea: dry matter cannot grow, so (1 - made) / (1 - fresh), or the profile's if greater."""
    return max(Fraction(100 - made_moisture) / Fraction(100 - fresh_moisture), Fraction(least))


def in_band(leaf_g: int, made_g: int, band: tuple[Decimal, Decimal]) -> bool:
    """Whether leaf per made tea lies in the usual band, both ends included."""
    return Fraction(band[0]) * made_g <= leaf_g <= Fraction(band[1]) * made_g


def two_places(ratio: Fraction) -> Decimal:
    """A ratio as people write it."""
    exact = Decimal(ratio.numerator) / Decimal(ratio.denominator)
    return exact.quantize(Decimal("0.01"), rounding=ROUND_HALF_EVEN)


def shown_ratio(leaf_g: int, made_g: int) -> Decimal:
    """Leaf per made tea, two places."""
    return two_places(Fraction(leaf_g, made_g))


def most_from(leaf_g: int, ratio_floor: Fraction) -> int:
    """The most grams of made tea that so much leaf can give."""
    return int(leaf_g / ratio_floor)


@dataclass(frozen=True, slots=True)
class Outstanding:
    """Marks issued for one product of a batch, and what became of them that lets tea go."""

    net_content_g: int
    issued: int
    spares: int
    applied: int
    returned: int

    @property
    def reserved_g(self) -> int:
        """Grams the batch must keep: void and lost marks keep holding (FRAUD F25)."""
        return max(0, self.issued - self.spares - self.applied - self.returned) * self.net_content_g


def reserved_g(lines: Iterable[Outstanding]) -> int:
    """Grams a batch keeps for all its products."""
    return sum(line.reserved_g for line in lines)


def largest_remainder(shares: Mapping[Key, Fraction], whole: int) -> dict[Key, int]:
    """Whole parts that add up to `whole`: each share rounded down, what is left to the largest remainders."""
    total = sum(shares.values())
    if not total:
        return dict.fromkeys(shares, 0)
    exact = {key: share * whole / total for key, share in shares.items()}
    parts = {key: int(value) for key, value in exact.items()}
    behind = sorted(exact, key=lambda key: (parts[key] - exact[key], str(key)))
    for key in behind[: whole - sum(parts.values())]:
        parts[key] += 1
    return parts


def shares_upstream(
    lot: Key, edges: Iterable[tuple[Key, Key, int]], sources: Mapping[Key, Mapping[Key, int]]
) -> dict[Key, Fraction]:
    """The share of every source (plot) in a lot, pro rata through each blend.

    `edges` are (from, to, grams) of the lot's whole upstream; `sources` are grams per source of each leaf lot.
    """
    into: dict[Key, list[tuple[Key, int]]] = defaultdict(list)
    for source, target, grams in edges:
        into[target].append((source, grams))
    found: dict[Key, dict[Key, Fraction]] = {}

    def of(one: Key) -> dict[Key, Fraction]:
        if one not in found:
            parts = [({key: Fraction(1)}, grams) for key, grams in sources.get(one, {}).items()]
            parts += [(of(source), grams) for source, grams in into[one]]
            found[one] = _mixed(parts)
        return found[one]

    return of(lot)


def _mixed(parts: list[tuple[dict[Key, Fraction], int]]) -> dict[Key, Fraction]:
    whole = sum(grams for _, grams in parts)
    mixed: dict[Key, Fraction] = defaultdict(Fraction)
    for shares, grams in parts:
        for key, share in shares.items():
            mixed[key] += share * Fraction(grams, whole)
    return dict(mixed)


def closure(lot: Key, edges: Iterable[tuple[Key, Key]]) -> set[Key]:
    """Everything reached from a lot along the edges, the lot itself left out."""
    return closures([lot], edges)


def closures(lots: Iterable[Key], edges: Iterable[tuple[Key, Key]]) -> set[Key]:
    """Everything reached from some lots along the edges, at least one step away."""
    nexts: dict[Key, list[Key]] = defaultdict(list)
    for source, target in edges:
        nexts[source].append(target)
    seen: set[Key] = set()
    open_ends = list(lots)
    while open_ends:
        fresh = [one for one in nexts[open_ends.pop()] if one not in seen]
        seen.update(fresh)
        open_ends.extend(fresh)
    return seen


# --- checks of a whole book: every finding at once, nothing raised ------------------------------------------


@dataclass(frozen=True, slots=True)
class Posting:
    """One entry as the checks read it; `at` is when it happened, `place` tells stocks of a lot apart."""

    at: datetime
    event: int
    account: str
    lot: int | None
    place: tuple[str, int | None]
    grams: int
    packs: int


@dataclass(frozen=True, slots=True)
class Breach:
    """A sum that does not come out, and where."""

    code: str
    where: int | None
    amount: int


def unbalanced(postings: Iterable[Posting]) -> list[Breach]:
    """Events whose entries do not sum to nothing."""
    sums: Counter[int] = Counter()
    for one in postings:
        sums[one.event] += one.grams
    return [Breach("event.unbalanced", event, grams) for event, grams in sums.items() if grams]


STOCK_ACCOUNTS = frozenset({"held", "transit", "sold"})


def overdrawn(postings: Iterable[Posting]) -> list[Breach]:
    """Lots that gave more than they had somewhere, at the first moment where it shows.

    Postings of one moment are netted first: an amendment re-books an event at the moment it happened.
    """
    moments: dict[datetime, list[Posting]] = defaultdict(list)
    for one in postings:
        if one.account in STOCK_ACCOUNTS:
            moments[one.at].append(one)
    held: Counter[tuple[int | None, tuple[str, int | None], str]] = Counter()
    found: dict[int | None, Breach] = {}
    for at in sorted(moments):
        for one in moments[at]:
            held[one.lot, one.place, "grams"] += one.grams
            held[one.lot, one.place, "packs"] += one.packs
        for key in {(one.lot, one.place, unit) for one in moments[at] for unit in ("grams", "packs")}:
            if held[key] < 0:
                found.setdefault(key[0], Breach("lot.overdrawn", key[0], held[key]))
    return list(found.values())


def mark_equation(issued: int, by_state: Mapping[str, int]) -> list[Breach]:
    """Issued = on hand (printed ones part of it) + applied + retired + void + returned + lost + lapsed."""
    difference = issued - sum(by_state.values())
    return [Breach("marks.equation", None, difference)] if difference else []
