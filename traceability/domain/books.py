"""The books of a season: what was there, came in, went out, was lost and is left, by holder, firm and county.

A season's book is what happened in its calendar year in Shanghai, on lots of whatever leaf; what was on hand before is
its opening balance. Weights are whole grams. Every side is summed from entries of its own, so that a book which does
not close says by how much.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from traceability.domain.chain import Account, EventKind, LotKind

#: Where tea is lost, in the order in which it is told.
LOSSES = (Account.LOSS, Account.REJECTS, Account.FINES, Account.SAMPLES, Account.SPILL, Account.OVERFILL)


@dataclass(frozen=True, slots=True)
class Line:
    """What one kind of event brought a holder into an account (+) or took out of it (-); no lot kind: no lot named."""

    holder: int
    kind: EventKind
    account: Account
    lot_kind: LotKind | None
    grams: int
    packs: int = 0


@dataclass(frozen=True, slots=True)
class Tea:
    """Tea in grams: opening + leaf + returned + in = sold + destroyed + out + lost + closing.

    `leaf_used_g`, `made_g` and `packed_g` happened inside. `counted_g` is what counts found more (+) or less (-) than
    the book has; `short_g` what is missing on the way from this holder.
    """

    opening_g: int = 0
    leaf_g: int = 0
    returned_g: int = 0
    in_g: int = 0
    sold_g: int = 0
    destroyed_g: int = 0
    out_g: int = 0
    lost_g: Mapping[Account, int] = field(default_factory=dict)
    closing_g: int = 0
    leaf_used_g: int = 0
    made_g: int = 0
    packed_g: int = 0
    packs: int = 0
    counted_g: int = 0
    short_g: int = 0

    @property
    def loss_g(self) -> int:
        """Grams lost in all."""
        return sum(self.lost_g.values())

    @property
    def gap_g(self) -> int:
        """By how much the two sides differ; nothing, when the book closes."""
        came = self.opening_g + self.leaf_g + self.returned_g + self.in_g
        return came - (self.sold_g + self.destroyed_g + self.out_g + self.loss_g + self.closing_g)

    @property
    def difference_g(self) -> int:
        """What is there against what the book says: less is negative, goods missing on the way too."""
        return self.counted_g - self.short_g

    def __add__(self, other: "Tea") -> "Tea":
        lost = Counter(self.lost_g)
        lost.update(other.lost_g)
        plain = {name: getattr(self, name) + getattr(other, name) for name in _PLAIN}
        return Tea(**plain, lost_g=dict(lost))


_PLAIN = tuple(name for name in Tea.__dataclass_fields__ if name != "lost_g")


@dataclass(frozen=True, slots=True)
class Marks:
    """Marks by state at the beginning and at the end, what was done to them in between, and the weight they stand for.

    `opening`, `closing` by state and `done` by action; `marked_g` is the net content of packs they were applied to.
    """

    opening: Mapping[str, int] = field(default_factory=dict)
    done: Mapping[str, int] = field(default_factory=dict)
    closing: Mapping[str, int] = field(default_factory=dict)
    marked_g: int = 0

    @property
    def gap(self) -> int:
        """Marks at the beginning and issued, less those at the end: nothing, when the book closes."""
        return sum(self.opening.values()) + self.done.get("issue", 0) - sum(self.closing.values())

    def __add__(self, other: "Marks") -> "Marks":
        return Marks(
            _together(self.opening, other.opening),
            _together(self.done, other.done),
            _together(self.closing, other.closing),
            self.marked_g + other.marked_g,
        )


def _together(one: Mapping[str, int], other: Mapping[str, int]) -> dict[str, int]:
    both = Counter(one)
    both.update(other)
    return dict(both)


def _side(line: Line) -> tuple[str, int] | None:
    """The side of the equation a line counts on, and its sign there; nothing for what is lost."""
    match line.account:
        case Account.PLOT:
            return "leaf_g", -1
        case Account.SOLD:
            return ("returned_g", -1) if line.kind is EventKind.RETURN else ("sold_g", 1)
        case Account.DESTROYED:
            return "destroyed_g", 1
        case Account.TRANSIT:
            return ("out_g", 1) if line.kind is EventKind.DISPATCH else ("in_g", -1)
    return None


#: What happened inside a holder's stock: (kind, kind of lot) → its name, and its sign.
_INSIDE: Mapping[tuple[EventKind, LotKind | None], tuple[str, int]] = {
    (EventKind.PROCESSING, LotKind.LEAF): ("leaf_used_g", -1),
    (EventKind.PROCESSING, LotKind.MADE): ("made_g", 1),
    (EventKind.PACKING, LotKind.PACKS): ("packed_g", 1),
}


def tea_of(
    opening: Iterable[Line], lines: Iterable[Line], counted: Mapping[int, int], short: Mapping[int, int]
) -> dict[int, Tea]:
    """By holder: `opening` are the lines of earlier seasons on stock, `lines` those of the season."""
    sums: dict[int, Counter[str]] = {}
    lost: dict[int, Counter[Account]] = {}
    for line in opening:
        at = sums.setdefault(line.holder, Counter())
        at["opening_g"] += line.grams
        at["closing_g"] += line.grams
    for line in lines:
        _sort(line, sums.setdefault(line.holder, Counter()), lost.setdefault(line.holder, Counter()))
    for name, found in (("counted_g", counted), ("short_g", short)):
        for holder, grams in found.items():
            sums.setdefault(holder, Counter())[name] += grams
    return {holder: Tea(**at, lost_g=dict(lost.get(holder, {}))) for holder, at in sums.items()}


def _sort(line: Line, at: Counter[str], lost: Counter[Account]) -> None:
    if line.account is Account.HELD:
        at["closing_g"] += line.grams
        if inside := _INSIDE.get((line.kind, line.lot_kind)):
            at[inside[0]] += inside[1] * line.grams
            at["packs"] += line.packs if inside[0] == "packed_g" else 0
    elif side := _side(line):
        at[side[0]] += side[1] * line.grams
    else:
        lost[line.account] += line.grams
