"""The double draw (双随机): firms by chance and by reason, and for each the inspectors by chance.

Chance is the SHA-256 of the kept seed and a label, read as a whole number: whoever has the seed and the lists drawn
from can draw again by hand and gets the same (docs/manual/inspections.md gives the recipe). Nobody chooses the seed.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256

from traceability.domain import errors
from traceability.domain.profile import DrawRules


class Why(StrEnum):
    """Why a firm is visited: by chance, by its findings, since somebody complained, or ordered for another reason."""

    RANDOM = "random"
    FINDING = "finding"
    COMPLAINT = "complaint"
    ORDERED = "ordered"


@dataclass(frozen=True, slots=True)
class Candidate:
    """A firm that can be drawn, as it stood when the draw was made: points of its findings, open complaints."""

    firm: int
    uscc: str
    points: int = 0
    complaints: int = 0


@dataclass(frozen=True, slots=True)
class Inspector:
    """Somebody of the office; `tied` is the firm they have an account with."""

    user: int
    tied: int | None = None


@dataclass(frozen=True, slots=True)
class DrawTerms:
    """How many firms by chance, by findings, by complaints; how many inspectors go together."""

    by_chance: int
    by_finding: int = 0
    by_complaint: int = 0
    inspectors: int = 2

    @property
    def firms(self) -> int:
        """How many firms in all."""
        return self.by_chance + self.by_finding + self.by_complaint


@dataclass(frozen=True, slots=True)
class Drawn:
    """A firm that was drawn, why, with what weight among those drawn by chance, and who goes there."""

    firm: int
    why: Why
    weight: int
    points: int
    complaints: int
    inspectors: tuple[int, ...]


def stratum_of(points: int, rules: DrawRules) -> int:
    """How many chances a firm has against one without findings."""
    if points >= rules.heavy_from:
        return rules.heavy_chances
    return rules.raised_chances if points >= rules.raised_from else 1


def draw(
    seed: str,
    candidates: Iterable[Candidate],
    inspectors: Sequence[Inspector],
    terms: DrawTerms,
    rules: DrawRules,
) -> tuple[Drawn, ...]:
    """Draw firms and inspectors; in which order the lists come makes no difference.

    Raise `PlanEmpty` when no firm is asked for, `FirmsTooFew` or `InspectorsTooFew`.
    """
    if terms.firms <= 0 or min(terms.by_chance, terms.by_finding, terms.by_complaint) < 0:
        raise errors.PlanEmpty()
    left = {one.uscc: one for one in candidates}
    if terms.firms > len(left):
        raise errors.FirmsTooFew(asked=terms.firms, known=len(left))
    heaviest = sorted(left.values(), key=lambda one: (-one.points, one.uscc))
    found = _take(left, heaviest, terms.by_finding, Why.FINDING, lambda one: one.points)
    loudest = sorted(left.values(), key=lambda one: (-one.complaints, one.uscc))
    found += _take(left, loudest, terms.by_complaint, Why.COMPLAINT, lambda one: one.complaints)
    found += [(one, Why.RANDOM) for one in _by_chance(seed, left, terms.by_chance, rules)]
    return tuple(_drawn(seed, one, why, inspectors, terms, rules) for one, why in found)


def _take(
    left: dict[str, Candidate], ordered: Sequence[Candidate], most: int, why: Why, says: object
) -> list[tuple[Candidate, Why]]:
    """The first of a ranking that have something to be visited for; raise `FirmsTooFew` when those are fewer."""
    chosen = [one for one in ordered if says(one)][:most]  # type: ignore[operator]
    if len(chosen) < most:
        raise errors.FirmsTooFew(asked=most, known=len(chosen), field=f"by_{why}")
    for one in chosen:
        del left[one.uscc]
    return [(one, why) for one in chosen]


def _by_chance(seed: str, left: Mapping[str, Candidate], most: int, rules: DrawRules) -> Iterable[Candidate]:
    """One after the other, each with its chances among those that are left, in the order of their credit codes."""
    waiting = [left[uscc] for uscc in sorted(left)]
    for turn in range(1, most + 1):
        chances = [stratum_of(one.points, rules) for one in waiting]
        place = _number(f"{seed}/firm/{turn}") % sum(chances)
        for n, share in enumerate(chances):
            if place < share:
                yield waiting.pop(n)
                break
            place -= share


def _number(label: str) -> int:
    """256 bits of chance: against sums of some thousands the remainder is even to seventy digits."""
    return int.from_bytes(sha256(label.encode()).digest())


def _drawn(
    seed: str,
    one: Candidate,
    why: Why,
    inspectors: Sequence[Inspector],
    terms: DrawTerms,
    rules: DrawRules,
) -> Drawn:
    team = next_inspectors(seed, one, inspectors)[: terms.inspectors]
    if len(team) < terms.inspectors:
        raise errors.InspectorsTooFew(asked=terms.inspectors, known=len(team))
    return Drawn(one.firm, why, stratum_of(one.points, rules), one.points, one.complaints, tuple(team))


def next_inspectors(seed: str, firm: Candidate, inspectors: Iterable[Inspector]) -> list[int]:
    """Everybody who may go to a firm, in the order drawn: nobody who has an account there (FRAUD F16)."""
    free = [one.user for one in inspectors if one.tied != firm.firm]
    return sorted(free, key=lambda user: (_number(f"{seed}/inspector/{firm.uscc}/{user}"), user))
