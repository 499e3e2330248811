"""A firm's leaf receipts of a season, summed up for the rules over them."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from traceability.domain.findings.leaf import LateEntries, NightWork, Weights
from traceability.domain.units import local_day


class Weighed(NamedTuple):
    """A leaf receipt as it counts after amendments: its plot, net grams, when it was weighed and when told."""

    plot: int
    net_g: int
    at: datetime
    told: datetime


#: From half past ten at night to five in the morning in Shanghai, as UTC says it.
NIGHT_FROM, NIGHT_TO = time(14, 30), time(21, 0)
#: What makes the hours before five belong to the day the night began on, told by UTC.
_NIGHT_DAY = timedelta(hours=3)
#: Ways of writing a weight, coarsest first, in grams.
_WAYS = (1000, 500, 100, 50)


def weights_of(
    enterprise: int, season: int, leaf: Sequence[Weighed], *, plot: int | None = None, plot_no: str = ""
) -> Weights:
    """Sums over the weights of some receipts, one at least."""
    times = Counter(one.net_g for one in leaf)
    ways: Counter[int] = Counter()
    for net, n in times.items():
        ways[next((way for way in _WAYS if net % way == 0), 0)] += n
    most_times, most_g = max((n, net) for net, n in times.items())
    return Weights(
        enterprise,
        season,
        len(leaf),
        sum(n * (n - 1) // 2 for n in times.values()),
        most_g,
        most_times,
        ways[1000],
        ways[500],
        ways[100],
        ways[50],
        sum(n * net for net, n in times.items()),
        sum(n * (net // 10) ** 2 for net, n in times.items()),
        max(one.at for one in leaf),
        plot,
        plot_no,
    )


def weights_by_plot(
    enterprise: int, season: int, leaf: Iterable[Weighed], *, pairs: int
) -> Iterator[Weights]:
    """The same for each plot that has so many pairs of one weight at least."""
    by_plot: dict[int, list[Weighed]] = defaultdict(list)
    for one in leaf:
        by_plot[one.plot].append(one)
    for plot, found in by_plot.items():
        summed = weights_of(enterprise, season, found, plot=plot)
        if summed.pairs >= pairs:
            yield summed


def night_work(enterprise: int, season: int, leaf: Iterable[Weighed], *, burst: int) -> NightWork | None:
    """Receipts in nights that have so many at least; None when there are no such nights."""
    by_night: dict[date, list[Weighed]] = defaultdict(list)
    for one in leaf:
        if NIGHT_FROM <= one.at.time() < NIGHT_TO:
            by_night[(one.at + _NIGHT_DAY).date()].append(one)
    bursts = [found for found in by_night.values() if len(found) >= burst]
    if not bursts:
        return None
    every = [one for found in bursts for one in found]
    return NightWork(
        enterprise,
        season,
        len(bursts),
        len(every),
        sum(one.net_g for one in every),
        max(map(len, bursts)),
        max(one.at for one in every),
    )


def late_entries(enterprise: int, season: int, leaf: Sequence[Weighed], *, hours: int) -> LateEntries | None:
    """Receipts told later than so many whole hours, beside all; None when there are none."""
    limit = timedelta(hours=hours + 1)
    late = [one for one in leaf if one.told - one.at >= limit]
    if not late:
        return None
    return LateEntries(
        enterprise,
        season,
        len(leaf),
        sum(one.net_g for one in leaf),
        len(late),
        sum(one.net_g for one in late),
        len({local_day(one.told) for one in late}),
        max(one.told for one in leaf),
    )
