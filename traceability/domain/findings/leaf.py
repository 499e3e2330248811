"""Rules over the leaf that was received: weights, hours, allowances, lateness."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from math import isqrt

from traceability.domain.findings.values import Limits, Noticed

# --- the same weights again and again ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Weights:
    """Net weights of a firm's leaf receipts in a season, or of those on one plot, summed up; grams.

    `pairs` are pairs of receipts with the same weight. `kilos`, `halves`, `tenths` and `fifties` count the weights
    that are whole kilograms, half ones, tenths and twentieths, each without those before; the rest is to 10 g.
    `squares` sums the squares of the weights in units of 10 g.
    """

    enterprise: int
    season: int
    receipts: int
    pairs: int
    most_g: int
    most_times: int
    kilos: int
    halves: int
    tenths: int
    fifties: int
    grams: int
    squares: int
    last: datetime
    plot: int | None = None
    plot_no: str = ""


#: How far apart weights of one way of writing are, in grams.
_KILO, _TENTH, _FIFTY, _TEN = 1000, 125, 100, 12
#: Weights of leaf spread by so much of their mean at least, in thousandths: nobody plucks the same twice.
_LEAST_SPREAD = 150
#: 2 × √π in thousandths: two draws from a normal law agree within a grid of g with g / (2 √π σ).
_TWO_ROOT_PI = 3545


def weights_repeating(rows: Iterable[Weights], limits: Limits) -> Iterator[Noticed]:
    """Weights that repeat more often than chance makes them, however coarsely they were written down.

    Whoever invents receipts has a few favourite weights. A clerk who writes whole kilograms has none: among those,
    equal pairs are expected, and only what is far above counts.
    """
    for row in rows:
        chance = _chance_pairs(row)
        fits = row.receipts >= limits.receipts_least or row.plot is not None
        if fits and row.pairs >= limits.pairs_least and row.pairs * 1000 > limits.pairs_excess * chance:
            if row.plot is not None and row.most_times < limits.plot_times_least:
                continue
            yield Noticed(
                "weights.repeating",
                _firm_about(row.enterprise, row.season, row.plot_no),
                row.receipts,
                row.last,
                {
                    "season": row.season,
                    "plot": row.plot_no,
                    "receipts": row.receipts,
                    "repeated_g": row.most_g,
                    "times": row.most_times,
                    "pairs": row.pairs,
                    "chance_pairs": chance,
                },
                enterprise=row.enterprise,
                plot=row.plot,
            )


def _chance_pairs(row: Weights) -> int:
    """Pairs that chance makes: each way of writing by itself, on weights spread as these are."""
    spread = max(1, _spread_g(row))
    rest = row.receipts - row.kilos - row.halves - row.tenths - row.fifties
    ways = (
        (row.kilos, _KILO),
        (row.halves, _KILO),
        (row.tenths, _TENTH),
        (row.fifties, _FIFTY),
        (rest, _TEN),
    )
    alike = sum(n * n * grid for n, grid in ways) * 1000 // (2 * _TWO_ROOT_PI * spread)
    return max(1, alike)


def _spread_g(row: Weights) -> int:
    """The standard deviation; weights that are all the same are no sign that they had to be."""
    n, total = row.receipts, row.grams // 10
    spread = isqrt(max(0, n * row.squares - total * total)) * 10 // n
    return max(spread, row.grams // n * _LEAST_SPREAD // 1000)


def _firm_about(enterprise: int, season: int, more: str = "") -> str:
    return f"{enterprise}:{season}:{more}" if more else f"{enterprise}:{season}"


# --- at night ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class NightWork:
    """A firm's receipts of a season said to have been weighed at night, in bursts: nights with many of them."""

    enterprise: int
    season: int
    nights: int
    receipts: int
    grams: int
    most: int
    last: datetime


def entered_at_night(rows: Iterable[NightWork], limits: Limits) -> Iterator[Noticed]:
    """Leaf by the dozen in the middle of the night: nobody plucks then, but books are filled up."""
    for row in rows:
        if row.receipts >= limits.night_least:
            yield Noticed(
                "receipts.at_night",
                _firm_about(row.enterprise, row.season),
                row.receipts,
                row.last,
                {"nights": row.nights, "receipts": row.receipts, "received_g": row.grams, "most": row.most},
                enterprise=row.enterprise,
            )


# --- allowances -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class PlotUse:
    """What one firm took of a plot's allowance of a season part, and what all took; `last` is the last plucking day."""

    plot: int
    plot_no: str
    county: str
    enterprise: int
    season: int
    part: str
    allowed_g: int
    used_g: int
    own_g: int
    first_leaf: date
    last: date
    part_end: date
    at: datetime


def used_up_early(rows: Iterable[PlotUse], limits: Limits) -> Iterator[Noticed]:
    """Most of a plot's allowance is gone while most of the days are still to come; once for each plot and part.

    Days are counted from the first leaf of the prefecture in that part, since nothing grows in January.
    """
    seen: set[tuple[int, str]] = set()
    for row in rows:
        if (row.plot, row.part) in seen:
            continue
        seen.add((row.plot, row.part))
        days = max(1, (row.part_end - row.first_leaf).days + 1)
        gone = (row.last - row.first_leaf).days + 1
        full = row.used_g * 1000 >= limits.early_used * row.allowed_g
        if full and gone * 1000 <= limits.early_days * days:
            yield Noticed(
                "allowance.early",
                f"{row.plot}:{row.season}:{row.part}",
                1,
                row.at,
                {
                    "plot": row.plot_no,
                    "part": row.part,
                    "used_g": row.used_g,
                    "allowed_g": row.allowed_g,
                    "days": gone,
                    "of_days": days,
                },
                enterprise=row.enterprise,
                plot=row.plot,
                county=row.county,
            )


def used_evenly(rows: Iterable[PlotUse], limits: Limits) -> Iterator[Noticed]:
    """A firm's plots are all used up to nearly the same share: gardens differ, an allocation on paper does not."""
    shares: dict[tuple[int, int, str], list[int]] = defaultdict(list)
    last: dict[tuple[int, int, str], datetime] = {}
    for row in rows:
        if row.allowed_g > 0 and row.own_g * 2 > row.used_g:
            key = (row.enterprise, row.season, row.part)
            shares[key].append(row.used_g * 1000 // row.allowed_g)
            last[key] = max(row.at, last.get(key, row.at))
    for (enterprise, season, part), used in shares.items():
        n, mean, spread = len(used), sum(used) // len(used), _spread(used)
        if n >= limits.even_plots and mean >= limits.even_used and spread * 1000 <= limits.even_spread * mean:
            yield Noticed(
                "allowance.even",
                _firm_about(enterprise, season, part),
                n,
                last[enterprise, season, part],
                {"part": part, "plots": n, "mean_share": mean, "spread_share": spread},
                enterprise=enterprise,
            )


def _spread(values: list[int]) -> int:
    n, total = len(values), sum(values)
    return isqrt(max(0, n * sum(one * one for one in values) - total * total)) // n


# --- written down long after ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class LateEntries:
    """A firm's receipts of a season, and those written down late: how many, grams, on how many days they were."""

    enterprise: int
    season: int
    receipts: int
    grams: int
    late: int
    late_g: int
    sittings: int
    last: datetime


def back_dated(rows: Iterable[LateEntries], limits: Limits) -> Iterator[Noticed]:
    """Much of a firm's leaf was written down long after, many receipts at one sitting: as holes are filled.

    Whoever writes up each week late does it often, a few receipts at a time.
    """
    for row in rows:
        if (
            row.late >= limits.late_receipts
            and row.late_g * 1000 >= limits.late_share * row.grams
            and row.late >= limits.late_a_sitting * row.sittings
        ):
            yield Noticed(
                "entry.back_dated",
                _firm_about(row.enterprise, row.season),
                row.late,
                row.last,
                {
                    "receipts": row.late,
                    "received_g": row.late_g,
                    "share": row.late_g * 1000 // row.grams,
                    "sittings": row.sittings,
                },
                enterprise=row.enterprise,
            )
