"""One spring: firms by chance, frauds among them, and what the rules are given of it.

Rows are made of single receipts and marks, as the queries in `store/findings` would sum them up.
"""

import tomllib
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from random import Random
from typing import Any

from traceability.domain.findings import (
    LIMITS,
    FirmMarks,
    LateEntries,
    NightWork,
    Passed,
    PlotUse,
    Report,
    Weighed,
    Weights,
    weights_of,
)
from traceability.domain.profile import Grade

FILE = Path(__file__).parent.parent / "data" / "simulated_season.toml"
YEAR = 2026
PART = "spring"
NIGHT_FROM, NIGHT_TO = (22, 30), (5, 0)


@lru_cache
def parameters() -> dict[str, Any]:
    return tomllib.loads(FILE.read_text("utf-8"))


@dataclass
class Receipt:
    """One weighing as it was written down: grams, when it happened as told, and how many days later it was told."""

    plot: int
    grams: int
    at: datetime
    told: int | None = None  # the day of the sitting, when it was told late

    @property
    def at_night(self) -> bool:
        clock = (self.at.hour, self.at.minute)
        return clock >= NIGHT_FROM or clock < NIGHT_TO


@dataclass
class Firm:
    """A firm: its scheme ("" for honest ones), and everything it wrote down."""

    id: int
    scheme: str
    rng: Random
    receipts: list[Receipt] = field(default_factory=list)
    used: dict[int, float] = field(default_factory=dict)
    reports: list[tuple[Grade, dict[str, int]]] = field(default_factory=list)
    issued: int = 0
    dormant: int = 0
    wasted: int = 0
    reprints: int = 0
    entry: Counter[str] = field(default_factory=Counter)

    def chance(self, share: float) -> bool:
        return self.rng.random() < share

    def within(self, span: list[float]) -> float:
        return self.rng.uniform(*span)

    def whole(self, span: list[int]) -> int:
        return self.rng.randint(*span)


@dataclass
class Spring:
    """All firms of a season, and the leaf they passed on: (source, target) → (trips, grams, lots that came home)."""

    seed: int
    firms: list[Firm] = field(default_factory=list)
    rings: list[list[int]] = field(default_factory=list)
    passed: dict[tuple[int, int], list[int]] = field(default_factory=lambda: defaultdict(lambda: [0, 0, 0]))

    @property
    def frauds(self) -> set[int]:
        return {one.id for one in self.firms if one.scheme}


def spring(seed: int, *, firms: int | None = None) -> Spring:
    """The spring of a seed."""
    p, rng = parameters(), Random(f"spring {seed}")
    many = firms or p["world"]["firms"]
    made = Spring(seed)
    schemes = _schemes(p, made, rng, many)
    for number in range(1, many + 1):
        made.firms.append(_firm(p, number, schemes.get(number, ""), Random(f"{seed}/{number}")))
    _neighbours(p, made, rng)
    _rings(p, made, rng)
    return made


def _schemes(p: Mapping[str, Any], made: Spring, rng: Random, firms: int) -> dict[int, str]:
    """Which firms are frauds, the schemes in turn; where the turn begins is chance. A ring takes several at once."""
    names = list(p["schemes"])
    turn = rng.randrange(len(names))
    chosen = rng.sample(range(1, firms + 1), max(2, round(firms * p["world"]["fraud_share"])))
    schemes: dict[int, str] = {}
    while chosen:
        scheme = names[turn % len(names)]
        ring = scheme == "circling" and len(chosen) >= p["schemes"]["circling"]["ring"][0]
        taken = [
            chosen.pop()
            for _ in range(rng.randint(*p["schemes"]["circling"]["ring"]) if ring else 1)
            if chosen
        ]
        turn += 1
        if scheme == "circling" and len(taken) < 2:
            chosen += taken
            continue
        schemes |= dict.fromkeys(taken, scheme)
        if ring:
            made.rings.append(taken)
    return schemes


def _firm(p: Mapping[str, Any], number: int, scheme: str, rng: Random) -> Firm:
    firm = Firm(number, scheme, rng)
    _receive(p, firm)
    if scheme == "outside_leaf":
        _outside_leaf(p, firm)
    _write_late(p, firm)
    _mark(p, firm)
    _test(p, firm)
    _enter(p, firm)
    return firm


# --- leaf ---------------------------------------------------------------------------------------------------


def _day(text: str) -> date:
    return date.fromisoformat(f"{YEAR}-{text}")


def _pluck_day(p: Mapping[str, Any], rng: Random) -> date:
    season = p["season"]
    first, last, peak = _day(season["first"]), _day(season["last"]), _day(season["peak"])
    while True:
        day = peak + timedelta(days=round(rng.gauss(0, season["peak_sd_days"])))
        if first <= day <= last:
            return day


def _at(day: date, hour: int, minute: int) -> datetime:
    """A moment by the clocks of the season; the zone does not matter here."""
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=UTC)


def _receive(p: Mapping[str, Any], firm: Firm) -> None:
    how, rng = p["receipts"], firm.rng
    many = max(how["firm_least"], round(rng.lognormvariate(0, how["firm_sigma"]) * how["firm_median"]))
    plots = {
        n: rng.lognormvariate(0, how["weight_grower_sigma"])
        for n in range(firm.whole([how["plots_least"], how["plots_most"]]))
    }
    daily = (how["weight_sigma"] ** 2 - how["weight_grower_sigma"] ** 2) ** 0.5
    way = rng.choices(list(p["clerks"]), list(p["clerks"].values()))[0]
    late_hours = firm.chance(p["noise"]["night_firms"])
    for _ in range(many):
        plot = rng.choice(list(plots))
        kg = how["weight_median"] * plots[plot] * rng.lognormvariate(0, daily)
        day = _pluck_day(p, rng)
        night = (
            late_hours
            and abs((day - _day(p["season"]["peak"])).days) <= 10
            and firm.chance(p["noise"]["night_share"])
        )
        at = _at(day, *(22, rng.randint(30, 59)) if night else (rng.randint(11, 21), rng.randint(0, 59)))
        firm.receipts.append(Receipt(plot, _written(kg * 1000, way), at))
    for plot in {one.plot for one in firm.receipts}:
        firm.used[plot] = min(0.999, max(0.05, rng.gauss(how["used_mean"], how["used_sd"])))
        if firm.chance(how["early_plots"]):
            _pluck_out(firm, plot)


def _written(grams: float, way: str) -> int:
    grid = {"exact": 10, "tenths": 100, "jin": 500, "kilos": 1000}[way]
    return max(grid, round(grams / grid) * grid)


def _pluck_out(firm: Firm, plot: int) -> None:
    """A low and warm plot: everything before the middle of April."""
    firm.used[plot] = firm.rng.uniform(0.8, 0.98)
    for one in firm.receipts:
        if one.plot == plot and one.at.date() > _day("04-08"):
            one.at = _at(_day("03-12") + timedelta(days=firm.rng.randint(0, 26)), one.at.hour, one.at.minute)


def _outside_leaf(p: Mapping[str, Any], firm: Firm) -> None:
    how, rng = p["schemes"]["outside_leaf"], firm.rng
    share = firm.within(how["share"])
    many = round(len(firm.receipts) * share / (1 - share))
    true = [one.grams for one in firm.receipts]
    menu = [rng.choice(true) for _ in range(firm.whole(how["menu"]))]
    if firm.chance(how["round_menu"]):
        menu = [max(1000, round(one / 1000) * 1000) for one in menu]
    at_night = firm.chance(how["at_night"])
    nights = [_pluck_day(p, rng) for _ in range(max(1, many // 15))]
    plots = sorted(firm.used)
    for _ in range(many):
        grams = (
            rng.choice(menu)
            if firm.chance(how["menu_share"])
            else rng.choice(true) // 10 * 10 + rng.randint(-40, 40) * 10
        )
        if at_night and firm.chance(how["night_share"]):
            at = _at(rng.choice(nights), rng.choice([22, 23]), rng.randint(30, 59))
        else:
            at = _at(_pluck_day(p, rng), rng.randint(11, 21), rng.randint(0, 59))
        firm.receipts.append(Receipt(rng.choice(plots), max(500, grams), at))
    level = firm.within(how["even_used"])
    firm.used = {plot: min(0.999, max(0.3, rng.gauss(level, how["even_sd"]))) for plot in plots}


def _write_late(p: Mapping[str, Any], firm: Firm) -> None:
    noise = p["noise"]
    habit = firm.chance(noise["late_habit_firms"])
    for one in firm.receipts:
        day = one.at.date()
        if habit and firm.chance(noise["late_habit_share"]):
            one.told = (day + timedelta(days=3 + (6 - day.weekday()) % 7)).toordinal()
        elif firm.chance(noise["late_share"]):
            one.told = (day + timedelta(days=firm.whole([4, 9]))).toordinal()
    if firm.scheme == "back_dated":
        how = p["schemes"]["back_dated"]
        filled = firm.rng.sample(firm.receipts, round(len(firm.receipts) * firm.within(how["share"])))
        sittings = [_pluck_day(p, firm.rng).toordinal() + 8 for _ in range(firm.whole(how["sittings"]))]
        for one in filled:
            one.told = firm.rng.choice(sittings)


# --- marks, entries, reports --------------------------------------------------------------------------------


def _mark(p: Mapping[str, Any], firm: Firm) -> None:
    noise, rng = p["noise"], firm.rng
    made_g = sum(one.grams for one in firm.receipts) / p["noise"]["ratio_mean"]
    firm.issued = max(100, round(made_g * 0.8 / 100))
    share = noise["void_bad_share"] if firm.chance(noise["void_bad_printers"]) else noise["void_share"]
    firm.wasted = sum(firm.chance(share) for _ in range(firm.issued))
    if firm.chance(noise["dormant_firms"]):
        firm.dormant = round(firm.issued * rng.uniform(0.3, 1.7) * noise["dormant_share"])
    if firm.chance(noise["reprint_firms"]):
        firm.reprints = rng.choice([1, 1, 2])
    if firm.chance(noise["lost_marks_firms"]):
        firm.entry["marks.lost"] = 1
    if firm.scheme == "surplus_labels":
        how = p["schemes"]["surplus_labels"]
        firm.wasted += round(firm.issued * firm.within(how["void_share"]))
        firm.entry["marks.lost"] += 1 if firm.chance(0.5) else 0
        firm.dormant = max(firm.dormant, round(firm.issued * firm.within(how["dormant_share"])))
        firm.reprints += firm.whole(how["reprints"])
        firm.entry["mark.seen_unused"] += firm.chance(how["seen_unused"])
    firm.entry["marks.reprinted"] = firm.reprints


def _enter(p: Mapping[str, Any], firm: Firm) -> None:
    """What is noticed when something is written down."""
    noise, rng = p["noise"], firm.rng
    firm.entry["entry.late"] = sum(one.told is not None for one in firm.receipts)
    if firm.chance(noise["expired_scale_firms"]):
        firm.entry["scale.expired"] = firm.whole([1, 20])
    runs = noise["runs_a_week"] * 11
    firm.entry["ratio.outside_band"] = sum(firm.chance(noise["wet_runs"]) for _ in range(runs))
    for code, share in (
        ("picking.implausible", noise["implausible_firms"]),
        ("transport.short", noise["short_transports"]),
        ("mark.copied", noise["copied_false"]),
        ("mark.seen_unused", noise["unused_false"]),
    ):
        firm.entry[code] += rng.random() < share
    if firm.scheme == "copied_marks":
        firm.entry["mark.copied"] += firm.chance(p["schemes"]["copied_marks"]["seen_copied"])


VALUES = ("moisture", "total_ash", "water_extract", "crude_fibre", "lead")


def _test(p: Mapping[str, Any], firm: Firm) -> None:
    how, rng, grades = p["reports"], firm.rng, list(Grade)
    own = {name: rng.gauss(0, how["firm_sd"]) for name in VALUES}
    lifting = p["schemes"]["grade_lifting"]
    share = firm.within(lifting["share"]) if firm.scheme == "grade_lifting" else 0.0
    for _ in range(max(2, round(rng.lognormvariate(0, how["batches_sigma"]) * how["batches_median"]))):
        grade = rng.choices(grades, how["grades"])[0]
        rank = grades.index(grade)
        lifted = rank in (1, 2) and firm.chance(share)
        values = {}
        for name in VALUES:
            mean = how[name]["mean"][rank]
            if lifted:
                mean += (how[name]["mean"][rank + 1] - mean) * (1 - lifting["shaved"])
            values[name] = _value(mean + how[name]["sd"] * (own[name] + rng.gauss(0, 1)), how[name]["places"])
        firm.reports.append((grade, values))
        if len(firm.reports) > 1 and firm.chance(p["noise"]["retyped_reports"]):
            firm.reports[-1] = (grade, dict(rng.choice(firm.reports[:-1])[1]))
    if firm.scheme == "report_reuse":
        _reuse(p, firm)


def _value(number: float, places: int) -> int:
    """In thousandths, written to so many places."""
    return max(10, round(number, places) * 1000).__round__()


def _reuse(p: Mapping[str, Any], firm: Firm) -> None:
    how, rng = p["schemes"]["report_reuse"], firm.rng
    for _ in range(firm.whole(how["batches"])):
        grade, values = rng.choice(firm.reports)
        again = dict(values)
        if not firm.chance(how["exact"]):
            name = rng.choice(VALUES)
            step = 100 if parameters()["reports"][name]["places"] == 1 else 10
            again[name] = again[name] // (10 * step) * 10 * step + rng.randint(0, 9) * step
        firm.reports.append((grade, again))


# --- leaf passed on -----------------------------------------------------------------------------------------


def _pass(made: Spring, rng: Random, source: int, target: int, trips: int) -> None:
    kept = made.passed[source, target]
    kept[0] += trips
    kept[1] += sum(round(rng.uniform(20, 120)) * 1000 for _ in range(trips))


def _neighbours(p: Mapping[str, Any], made: Spring, rng: Random) -> None:
    noise = p["noise"]
    for firm in made.firms:
        if rng.random() < noise["neighbour_firms"]:
            other = rng.choice([one.id for one in made.firms if one.id != firm.id])
            _pass(made, rng, firm.id, other, rng.randint(1, noise["neighbour_trips"]))
            if rng.random() < noise["neighbour_both_ways"]:
                _pass(made, rng, other, firm.id, rng.randint(1, noise["neighbour_trips"]))


def _rings(p: Mapping[str, Any], made: Spring, rng: Random) -> None:
    how = p["schemes"]["circling"]
    for ring in made.rings:
        for source, target in zip(ring, [*ring[1:], ring[0]], strict=True):
            _pass(made, rng, source, target, rng.randint(*how["trips"]))


# --- what the rules are given -------------------------------------------------------------------------------


def _last(firm: Firm) -> datetime:
    return max(one.at for one in firm.receipts)


def weights(made: Spring) -> Iterator[Weights]:
    for firm in made.firms:
        yield _summed(firm, firm.receipts)
        by_plot = defaultdict(list)
        for one in firm.receipts:
            by_plot[one.plot].append(one)
        for plot, found in by_plot.items():
            yield _summed(firm, found, firm.id * 100 + plot)


def _summed(firm: Firm, receipts: list[Receipt], plot: int | None = None) -> Weights:
    leaf = [Weighed(one.plot, one.grams, one.at, one.at) for one in receipts]
    return weights_of(firm.id, YEAR, leaf, plot=plot, plot_no=f"P{plot}" if plot else "")


def nights(made: Spring) -> Iterator[NightWork]:
    for firm in made.firms:
        by_night = defaultdict(list)
        for one in firm.receipts:
            if one.at_night:
                by_night[(one.at - timedelta(hours=5)).date()].append(one)
        bursts = [found for found in by_night.values() if len(found) >= LIMITS.night_burst]
        if bursts:
            many = sum(map(len, bursts))
            grams = sum(one.grams for found in bursts for one in found)
            yield NightWork(firm.id, YEAR, len(bursts), many, grams, max(map(len, bursts)), _last(firm))


def uses(made: Spring) -> Iterator[PlotUse]:
    first, end = _day(parameters()["season"]["first"]), _day(parameters()["season"]["last"])
    for firm in made.firms:
        for plot, share in firm.used.items():
            own = [one for one in firm.receipts if one.plot == plot]
            grams, last = sum(one.grams for one in own), max((one.at for one in own), default=_last(firm))
            yield PlotUse(
                firm.id * 100 + plot, f"P{plot}", "522701", firm.id, YEAR, PART, max(1, round(grams / share)),
                grams, grams, first, last.date(), end, last,
            )  # fmt: skip


def lateness(made: Spring) -> Iterator[LateEntries]:
    for firm in made.firms:
        late = [one for one in firm.receipts if one.told is not None]
        yield LateEntries(
            firm.id, YEAR, len(firm.receipts), sum(one.grams for one in firm.receipts), len(late),
            sum(one.grams for one in late), len({one.told for one in late}), _last(firm),
        )  # fmt: skip


def passed(made: Spring) -> Iterator[Passed]:
    at = _at(_day(parameters()["season"]["last"]), 12, 0)
    for (source, target), (trips, grams, home) in made.passed.items():
        yield Passed(source, target, YEAR, trips, grams, home, at)


def marks(made: Spring) -> Iterator[FirmMarks]:
    for firm in made.firms:
        since = _at(_day("04-10"), 12, 0) if firm.dormant else None
        yield FirmMarks(
            firm.id, YEAR, firm.issued, firm.dormant, since, firm.wasted, firm.reprints, _last(firm)
        )


def reports(made: Spring) -> Iterator[Report]:
    number = 0
    for firm in made.firms:
        for grade, values in firm.reports:
            number += 1
            yield Report(number, f"R{number}", number, f"B{number}", firm.id, grade, values, _last(firm))
