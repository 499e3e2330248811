"""Marks by state at the end of each month: what every month moved from one state to the next, added up."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from traceability.domain.marks.states import STEPS, MarkAction, MarkState


@dataclass(frozen=True, slots=True)
class Moved:
    """So many marks that an action moved on in a month (0: before the season); `was`: the action before it."""

    month: int
    was: MarkAction | None
    action: MarkAction
    marks: int


def standing(moves: Iterable[Moved], months: int) -> list[Mapping[MarkState, int]]:
    """Marks by state at the beginning of a season, and at the end of each of its first `months`."""
    found: list[Counter[MarkState]] = [Counter() for _ in range(months + 1)]
    for one in moves:
        if one.month <= months:
            found[one.month][STEPS[one.action].target] += one.marks
            if one.was is not None:
                found[one.month][STEPS[one.was].target] -= one.marks
    for before, after in pairwise(found):
        after.update(before)
    return [{state: one[state] for state in MarkState} for one in found]


def months_begun(season: int, day: date) -> int:
    """How many months of a season have begun on a day: none before it, all twelve after it."""
    return 12 if day.year > season else day.month if day.year == season else 0


def first_days(season: int) -> Sequence[date]:
    """The first day of each month of a season, and of the next season."""
    return [*(date(season, month, 1) for month in range(1, 13)), date(season + 1, 1, 1)]
