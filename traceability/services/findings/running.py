"""The look over the books: every rule on the sums of a season, and what it notices kept once.

It reads for some seconds and writes for an instant: whoever has the books open to many asks `look_over` in a look, and
hands what was noticed to `keep_noticed` in a change.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from traceability.domain import findings as rules
from traceability.domain.authorising import UNUSED
from traceability.domain.findings import (
    LIMITS,
    OVER_THE_BOOKS,
    Noticed,
    Owner,
    PlotUse,
    Weights,
    kind_of,
    recurs,
)
from traceability.domain.people import Enterprise
from traceability.domain.profile import Profile, SeasonPart
from traceability.domain.units import local_day
from traceability.services import acting, authorised, complaint_queue
from traceability.store import findings as rows
from traceability.store import log as log_rows
from traceability.store import people as people_rows
from traceability.store.findings import PlotSum
from traceability.store.work import Work


def look_over(work: Work, *, now: datetime) -> list[Noticed]:
    """Everything the rules notice in the season that is on; what an office has settled included."""
    return list(_noticed(work, now))


def _noticed(work: Work, now: datetime) -> Iterator[Noticed]:
    session, season = work.session, work.profile.season(local_day(now))
    yield from _leaf(work, season)
    used = _uses(work, season)
    yield from rules.used_up_early(used, LIMITS)
    yield from rules.used_evenly(used, LIMITS)
    yield from rules.circling(rows.leaf_passed(session, season), LIMITS)
    of_firms = list(rows.marks_of_firms(session, season, before=now - timedelta(days=LIMITS.dormant_days)))
    for rule in (rules.left_unused, rules.wasted, rules.reprinted_often):
        yield from rule(of_firms, LIMITS)
    yield from rules.acts_dated_back(rows.acts_around_suspensions(session, season), LIMITS)
    reports = list(rows.reports(session, season))
    yield from rules.twins(reports, LIMITS)
    yield from rules.atypical(reports, LIMITS)


def _leaf(work: Work, season: int) -> Iterator[Noticed]:
    """What the receipts themselves say, in one walk over them."""
    nights, late, weights = [], [], []
    by_plot: list[Weights] = []
    for firm, leaf in rows.leaf_by_firm(work.session, season):
        weights.append(rules.weights_of(firm, season, leaf))
        by_plot += rules.weights_by_plot(firm, season, leaf, pairs=LIMITS.pairs_least)
        nights.append(rules.night_work(firm, season, leaf, burst=LIMITS.night_burst))
        late.append(rules.late_entries(firm, season, leaf, hours=work.profile.late_entry_hours))
    yield from _repeating(work, weights, by_plot)
    yield from rules.entered_at_night(filter(None, nights), LIMITS)
    yield from rules.back_dated(filter(None, late), LIMITS)


def _repeating(work: Work, weights: Iterable[Weights], by_plot: Iterable[Weights]) -> Iterator[Noticed]:
    """Of firms, and of single plots of those that are not noticed as a whole."""
    of_firms = list(rules.weights_repeating(weights, LIMITS))
    yield from of_firms
    noticed = {one.enterprise for one in of_firms}
    rest = [one for one in by_plot if one.enterprise not in noticed]
    named = rows.plot_nos(work.session, {one.plot for one in rest if one.plot})
    yield from rules.weights_repeating((replace(one, plot_no=named[one.plot or 0]) for one in rest), LIMITS)


# --- allowances -------------------------------------------------------------------------------------------------------


def _uses(work: Work, season: int) -> list[PlotUse]:
    """What firms took of plots, beside what was allowed."""
    sums = list(rows.plot_sums(work.session, season))
    own = rows.own_allowances(work.session, season)
    parts = {one.key: one for one in work.profile.season_parts}
    first: dict[str, date] = {}
    used: Counter[tuple[int, str]] = Counter()
    last: dict[tuple[int, str], datetime] = {}
    for one in sums:
        key = (one.plot, one.part)
        first[one.part] = min(first.get(one.part, date.max), local_day(one.first))
        used[key] += one.grams
        last[key] = max(last.get(key, one.last), one.last)
    return [
        _use(one, season, parts[one.part], own.get(one.plot, {}), work.profile, first[one.part],
             used[one.plot, one.part], last[one.plot, one.part])
        for one in sums
    ]  # fmt: skip


def _use(
    one: PlotSum, season: int, part: SeasonPart, own: Mapping[str, int], profile: Profile, first: date, used_g: int,
    last: datetime,
) -> PlotUse:  # fmt: skip
    return PlotUse(
        plot=one.plot,
        plot_no=one.no,
        county=one.township[:6],
        enterprise=one.enterprise,
        season=season,
        part=one.part,
        allowed_g=own.get(one.part, profile.allowance_g(one.part, one.area_mu)),
        used_g=used_g,
        own_g=one.grams,
        first_leaf=first,
        last=local_day(last),
        part_end=date(season, *part.last),
        at=last,
    )


# --- keeping ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Ran:
    """What a look over the books came to: how many new findings by kind, and how many it noticed that were known."""

    new: Mapping[str, int] = field(default_factory=dict)
    known: int = 0

    @property
    def total(self) -> int:
        """New findings."""
        return sum(self.new.values())


def run_rules(work: Work, *, now: datetime) -> Ran:
    """Look over the books, and keep what is new; again at once, it does nothing."""
    return keep_noticed(work, now=now, noticed=look_over(work, now=now))


def keep_noticed(work: Work, *, now: datetime, noticed: Sequence[Noticed]) -> Ran:
    """Keep what is new of it, a finding and a fact each; firms that have not used their right for two years; customers'
    complaints that firms left unanswered.

    Two at once keep it once.

    What waits to be settled is left as it is. What was settled comes back only with so much new evidence as its kind
    asks for.
    """
    log_rows.next_numbers(
        work.session, "look_over"
    )  # the row stays locked: a second look waits, and finds it all known
    known = rows.known_extents(work.session, OVER_THE_BOOKS)
    fresh = [one for one in noticed if _is_new(one, known)]
    firms = _firms(work, fresh)
    for one in fresh:
        _keep(work, one, firms, now)
    unused = authorised.find_unused(work, by=acting.WATCH, now=now)
    late = complaint_queue.find_overdue(work, by=acting.WATCH, now=now)
    new = Counter(
        [
            *(one.code for one in fresh),
            *(UNUSED for _ in unused),
            *(complaint_queue.OVERDUE for _ in late),
        ]
    )
    return Ran(new, len(noticed) - len(fresh))


def _is_new(one: Noticed, known: Mapping[tuple[str, str], tuple[bool, int]]) -> bool:
    waits, settled = known.get((one.code, one.about), (False, None))
    return not waits and recurs(one.extent, settled, kind_of(one.code).again)


def _firms(work: Work, noticed: Iterable[Noticed]) -> dict[int, Enterprise]:
    wanted: set[int] = set()
    for one in noticed:
        named = one.facts.get("firms", ())
        wanted |= {one.enterprise or 0, *(int(str(n)) for n in (named if isinstance(named, list) else ()))}
    found = (
        (n, people_rows.enterprise(work.session, n, within=acting.EVERYTHING)) for n in sorted(wanted - {0})
    )
    return {number: firm for number, firm in found if firm is not None}


def _keep(work: Work, one: Noticed, firms: Mapping[int, Enterprise], now: datetime) -> None:
    firm = firms.get(one.enterprise or 0)
    told = _named(one, firms)
    owner = kind_of(one.code).owner
    of_plot = owner is Owner.PLOT and one.county
    prefecture = work.profile.prefecture.code
    county = one.county if of_plot else firm.county if firm and owner is Owner.FIRM else prefecture
    rows.add_noticed(
        work.session,
        code=one.code,
        enterprise=one.enterprise,
        county=county,
        plot=one.plot,
        lot=one.lot,
        event=None,
        about=one.about,
        extent=one.extent,
        happened_at=one.at,
        recorded_at=now,
        evidence=told.facts,
    )
    private = {**told.facts, "about": one.about, "enterprise": firm.uscc if firm else None}
    acting.state(
        work, f"finding.{one.code}", by=acting.WATCH, now=now, at=one.at, private=private, shown=False
    )


def _named(one: Noticed, firms: Mapping[int, Enterprise]) -> Noticed:
    """Firms by their names: numbers of rows mean nothing to people."""
    if "firms" not in one.facts:
        return one
    numbers = [int(str(n)) for n in one.facts["firms"]]  # type: ignore[attr-defined]
    names = [firms[n].name for n in numbers if n in firms]
    return replace(one, facts={**one.facts, "firms": names, "firm_ids": numbers})
