"""Marks whose code was copied: how many the rule finds by their 30th scan, and how often it is wrong about honest ones.

On seasons the rule was not tuned on. Value and baseline are per cent, the baseline is the aim: of marks copied 50 times
or more 95 % are found, of honest ones 0.03 % are not left alone. Ratio: above 1 is better than the aim.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from tests.bench import Case
from tests.bench.season import PROFILE, Parameters, Scans, copied, honest, parameters
from traceability.domain.profile import CopyRules
from traceability.domain.scans import Look, Tally, count, looks_copied

#: The rule was tuned on the first seasons and is judged on the second.
TUNED, JUDGED = range(1, 11, 2), range(2, 12, 2)
HONEST, COPIED = 100_000, 100
COPIES = (5, 20, 50, 200, 1000, 5000)
#: From so many copies on, the aim is to find them.
MANY = 50
SCANS, FOUND_AIM, FALSE_AIM = 30, 95.0, 0.03


@dataclass(frozen=True)
class Alarm:
    """The first time a mark looks copied: at which scan, and at which look, reloads not counted. None: never."""

    scan: int | None = None
    look: int | None = None


@dataclass(frozen=True)
class Judged:
    """What the rule says of each mark, where provinces are known and where they are not; marks it is silent on."""

    known: list[Alarm]
    unknown: list[Alarm]
    marks: int

    def alarms(self, known: bool) -> list[Alarm]:
        return self.known if known else self.unknown

    def wrong(self, known: bool) -> int:
        """How many marks ever look copied."""
        return sum(alarm.scan is not None for alarm in self.alarms(known))

    def found(self, known: bool) -> float:
        """Per cent of the marks that look copied by their 30th scan, every kept scan counted."""
        return 100 * sum((alarm.scan or SCANS + 1) <= SCANS for alarm in self.alarms(known)) / self.marks

    def found_by_looks(self, known: bool) -> float:
        """The same by their 30th look, reloads not counted."""
        return 100 * sum((alarm.look or SCANS + 1) <= SCANS for alarm in self.alarms(known)) / self.marks

    def ever(self, known: bool) -> float:
        """Per cent of the marks that look copied sooner or later."""
        return 100 * self.wrong(known) / self.marks


def judged(seasons: Sequence[Scans], rules: CopyRules) -> Judged:
    """The rule on every mark of some seasons."""
    both = [
        (alarm(looks, rules, grams), alarm(looks, rules, grams, known=False))
        for season in seasons
        for looks, grams in _worth_a_look(season, rules)
    ]
    marks = sum(len(season.grams) for season in seasons)
    return Judged([known for known, _ in both], [unknown for _, unknown in both], marks)


def _worth_a_look(season: Scans, rules: CopyRules) -> Iterator[tuple[list[Look], int]]:
    """Marks with so many scans that the points of as many looks could reach the threshold."""
    a_look = rules.occasion_points + rules.place_points + rules.early_points + rules.crowd_points
    for mark, looks in season.looks(least=rules.threshold // a_look):
        yield looks, int(season.grams[mark])


def alarm(looks: Sequence[Look], rules: CopyRules, grams: int, *, known: bool = True) -> Alarm:
    """When the looks at one mark first look like copies."""
    tally, counted = Tally(), 0
    for number, one in enumerate(looks, start=1):
        tally, another = count(tally, one if known else replace(one, place=None), rules)
        counted += another
        if another and looks_copied(tally, rules, net_content_g=grams):
            return Alarm(number, counted)
    return Alarm()


# --- the seasons ----------------------------------------------------------------------------------------------------


def honest_judged(
    seeds: Sequence[int], p: Parameters, rules: CopyRules = PROFILE.copies, marks: int = HONEST
) -> Judged:
    return judged([honest(seed, marks, p) for seed in seeds], rules)


def copied_judged(
    seeds: Sequence[int], p: Parameters, copies: int, local: bool, rules: CopyRules = PROFILE.copies
) -> Judged:
    return judged([copied(seed, COPIED, p, copies=copies, local=local) for seed in seeds], rules)


def run() -> Iterator[Case]:
    p = parameters()
    wrong = honest_judged(JUDGED, p)
    for known in (True, False):
        share = 100 * wrong.wrong(known) / wrong.marks
        name = f"false alarms: {wrong.wrong(known)} of {wrong.marks} honest marks, {_province(known)}"
        yield _case(name, share, FALSE_AIM, FALSE_AIM / share if share else float(wrong.marks))
    many: list[Judged] = []
    for copies in COPIES:
        for local in (True, False):
            found = copied_judged(JUDGED, p, copies, local)
            many += [found] if copies >= MANY else []
            yield from _found(found, f"{copies} copies, {'one province' if local else 'nationwide'}")
    yield from _found(together(many), f"all of {MANY} copies or more")


def _found(found: Judged, name: str) -> Iterator[Case]:
    for known in (True, False):
        where = f"{name}, {_province(known)}"
        scans, looks = found.found(known), found.found_by_looks(known)
        yield _case(f"found by the 30th scan: {where}", scans, FOUND_AIM, scans / FOUND_AIM)
        yield _case(f"the same, reloads not counted: {where}", looks, FOUND_AIM, looks / FOUND_AIM)


def together(parts: Sequence[Judged]) -> Judged:
    """Several judgements as one."""
    known = [alarm for part in parts for alarm in part.known]
    unknown = [alarm for part in parts for alarm in part.unknown]
    return Judged(known, unknown, sum(part.marks for part in parts))


def _province(known: bool) -> str:
    return "province known" if known else "province unknown"


def _case(name: str, value: float, aim: float, ratio: float) -> Case:
    return {
        "bench": "copies", "case": name, "value": round(value, 4), "unit": "%",
        "baseline": aim, "ratio": round(ratio, 3),
    }  # fmt: skip
