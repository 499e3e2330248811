"""Leaf that goes round between firms on paper (FRAUD F23)."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from traceability.domain.findings.values import Limits, Noticed


@dataclass(frozen=True, slots=True)
class Passed:
    """Fresh leaf that went from one firm to another in a season.

    `trips` are deliveries, or days on which one bought on the garden cards of plots the other grows. `home` are the
    lots among them that came back to the firm that first took them off a plot.
    """

    source: int
    target: int
    season: int
    trips: int
    grams: int
    home: int
    last: datetime


def circling(rows: Iterable[Passed], limits: Limits) -> Iterator[Noticed]:
    """For each firm in a circle: what it gave into the circle and got out of it again.

    Leaf is made into tea on the day it is plucked; it has no time for a round trip. Neighbours help each other out
    now and then, mostly one way: a circle that turned only a few times is none.
    """
    by_season: dict[int, list[Passed]] = defaultdict(list)
    for row in rows:
        if row.source != row.target:
            by_season[row.season].append(row)
    for season, passed in by_season.items():
        for circle in circles({(one.source, one.target) for one in passed}):
            inside = [one for one in passed if one.source in circle and one.target in circle]
            yield from _in_circle(circle, inside, season, limits)


def _in_circle(
    circle: frozenset[int], inside: list[Passed], season: int, limits: Limits
) -> Iterator[Noticed]:
    for firm in sorted(circle):
        out = [one for one in inside if one.source == firm]
        back = [one for one in inside if one.target == firm]
        rounds = min(sum(one.trips for one in out), sum(one.trips for one in back))
        home = sum(one.home for one in back)
        if rounds < limits.circle_trips and home < limits.circle_home:
            continue
        facts = {
            "season": season,
            "firms": sorted(circle - {firm}),
            "rounds": rounds,
            "gave_g": sum(one.grams for one in out),
            "got_g": sum(one.grams for one in back),
            "home": home,
        }
        last = max(one.last for one in (*out, *back))
        yield Noticed("leaf.circling", f"{firm}:{season}", rounds + home, last, facts, enterprise=firm)


def circles(edges: set[tuple[int, int]]) -> list[frozenset[int]]:
    """The groups of points that can all be reached from each other, of two or more (Tarjan 1972, without recursion)."""
    after: Mapping[int, list[int]] = _after(edges)
    index: dict[int, int] = {}
    low: dict[int, int] = {}
    held: list[int] = []
    waiting: set[int] = set()
    found: list[frozenset[int]] = []
    for start in sorted(after):
        if start in index:
            continue
        steps = [(start, iter(after[start]))]
        index[start] = low[start] = len(index)
        held.append(start)
        waiting.add(start)
        while steps:
            point, further = steps[-1]
            new = next((one for one in further if one not in index or one in waiting), None)
            if new is None:
                steps.pop()
                if steps:
                    low[steps[-1][0]] = min(low[steps[-1][0]], low[point])
                if low[point] == index[point]:
                    found.append(_group(held, waiting, point))
            elif new in index:
                low[point] = min(low[point], index[new])
            else:
                index[new] = low[new] = len(index)
                held.append(new)
                waiting.add(new)
                steps.append((new, iter(after[new])))
    return [one for one in found if len(one) > 1]


def _after(edges: set[tuple[int, int]]) -> dict[int, list[int]]:
    after: dict[int, list[int]] = defaultdict(list)
    for source, target in sorted(edges):
        after[source].append(target)
        after.setdefault(target, [])
    return after


def _group(held: list[int], waiting: set[int], point: int) -> frozenset[int]:
    """Everything held since this point."""
    at = held.index(point)
    group = frozenset(held[at:])
    del held[at:]
    waiting.difference_update(group)
    return group
