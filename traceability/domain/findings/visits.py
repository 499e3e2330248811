"""Whom to visit: firms by the weight of what waits to be looked at there."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from traceability.domain.findings.kinds import kind_of


@dataclass(frozen=True, slots=True)
class Reason:
    """Findings of one kind at a firm: how many wait, and their points together."""

    code: str
    times: int
    points: int


@dataclass(frozen=True, slots=True)
class Visit:
    """A firm to visit: its points, and why, the heaviest reason first."""

    enterprise: int
    points: int
    reasons: tuple[Reason, ...]


#: More of the same tells less: each further one counts a part of the first, and only so many count.
FURTHER_PART, FURTHER_MOST = 8, 4


def score(code: str, times: int) -> int:
    """Points of so many findings of one kind."""
    weight = kind_of(code).weight
    return weight + weight * min(max(0, times - 1), FURTHER_MOST) // FURTHER_PART


def ranked(waiting: Iterable[tuple[int, str, int]]) -> list[Visit]:
    """Firms by their points, the most first, of (enterprise, code, times) that wait; those without points are left out.

    Points are weights of evidence and add up: what a kind of finding multiplies the odds of fraud by, as its logarithm.
    """
    reasons: dict[int, list[Reason]] = defaultdict(list)
    for enterprise, code, times in waiting:
        if points := score(code, times):
            reasons[enterprise].append(Reason(code, times, points))
    visits = [
        Visit(
            firm, sum(one.points for one in why), tuple(sorted(why, key=lambda one: (-one.points, one.code)))
        )
        for firm, why in reasons.items()
    ]
    return sorted(visits, key=lambda one: (-one.points, one.enterprise))
