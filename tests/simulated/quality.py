"""How good the findings are: per rule planted, found and false; and a list of visits against visits by chance."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from math import log10

from tests.simulated import spring as made_up
from tests.simulated.spring import Spring, parameters
from traceability.domain import findings
from traceability.domain.findings import KINDS, LIMITS, Limits, Noticed

#: What each rule is there for. A rule that names no scheme here only makes noise in this world.
AIMED_AT = {
    "weights.repeating": "outside_leaf",
    "receipts.at_night": "outside_leaf",
    "allowance.even": "outside_leaf",
    "leaf.circling": "circling",
    "marks.dormant": "surplus_labels",
    "marks.wasted": "surplus_labels",
    "marks.reprinted_often": "surplus_labels",
    "mark.seen_unused": "surplus_labels",
    "mark.copied": "copied_marks",
    "entry.back_dated": "back_dated",
    "report.twin": "report_reuse",
    "grade.atypical": "grade_lifting",
}

#: Firm and kind → how many.
Found = dict[int, Counter[str]]


def noticed(made: Spring, limits: Limits = LIMITS) -> Iterator[Noticed]:
    """Everything the rules over the books notice in a spring."""
    reports = list(made_up.reports(made))
    uses = list(made_up.uses(made))
    yield from findings.weights_repeating(made_up.weights(made), limits)
    yield from findings.entered_at_night(made_up.nights(made), limits)
    yield from findings.used_up_early(uses, limits)
    yield from findings.used_evenly(uses, limits)
    yield from findings.back_dated(made_up.lateness(made), limits)
    yield from findings.circling(made_up.passed(made), limits)
    for rule in (findings.left_unused, findings.wasted, findings.reprinted_often):
        yield from rule(made_up.marks(made), limits)
    yield from findings.twins(reports, limits)
    yield from findings.atypical(reports, limits)


def found_in(made: Spring, limits: Limits = LIMITS) -> Found:
    """What an office would have on each firm: from the books, and from entry."""
    found: Found = defaultdict(Counter)
    for one in noticed(made, limits):
        found[one.enterprise or 0][one.code] += 1
    for firm in made.firms:
        found[firm.id].update({code: n for code, n in firm.entry.items() if n})
    return found


@dataclass
class Tally:
    """Of a kind over some springs: firms planted, planted ones found, other frauds found, honest firms found."""

    planted: int = 0
    found: int = 0
    others: int = 0
    false: int = 0


@dataclass
class Quality:
    """What some springs come to. `hits` are frauds among the firms visited, `chance` those expected by chance."""

    springs: int = 0
    firms: int = 0
    frauds: int = 0
    visits: int = 0
    hits: int = 0
    chance: float = 0.0
    rules: dict[str, Tally] = field(default_factory=lambda: defaultdict(Tally))
    schemes: dict[str, list[int]] = field(default_factory=lambda: defaultdict(lambda: [0, 0]))

    @property
    def lift(self) -> float:
        """How many times as many frauds the list finds as visits by chance do."""
        return self.hits / self.chance


def measure(seeds: Iterable[int], *, firms: int | None = None, limits: Limits = LIMITS) -> Quality:
    """Rules and list over the springs of these seeds."""
    found = Quality()
    visits = parameters()["world"]["visits"]
    for seed in seeds:
        made = made_up.spring(seed, firms=firms)
        on_firms = found_in(made, limits)
        _count_rules(found, made, on_firms)
        ranked = findings.ranked((firm, code, n) for firm, why in on_firms.items() for code, n in why.items())
        visited = {one.enterprise for one in ranked[:visits]}
        found.springs, found.firms = found.springs + 1, found.firms + len(made.firms)
        found.frauds, found.visits = found.frauds + len(made.frauds), found.visits + visits
        found.hits += len(visited & made.frauds)
        found.chance += visits * len(made.frauds) / len(made.firms)
        for firm in made.firms:
            if firm.scheme:
                found.schemes[firm.scheme][0] += 1
                found.schemes[firm.scheme][1] += firm.id in visited
    return found


def _count_rules(found: Quality, made: Spring, on_firms: Found) -> None:
    for code in _codes(on_firms):
        tally = found.rules[code]
        for firm in made.firms:
            has, aimed = on_firms[firm.id][code] > 0, AIMED_AT.get(code) == firm.scheme != ""
            tally.planted += aimed
            tally.found += has and aimed
            tally.others += has and not aimed and bool(firm.scheme)
            tally.false += has and not firm.scheme


def _codes(on_firms: Found) -> Sequence[str]:
    seen = {code for why in on_firms.values() for code in why}
    return [code for code in KINDS if code in seen or KINDS[code].over_the_books]


def weight(tally: Tally, quality: Quality) -> int:
    """Ten times the decimal logarithm of how often a kind is found with frauds over how often with honest firms.

    One is added to each count and two to each whole, so that nothing seen is no proof.
    """
    frauds = (tally.found + tally.others + 1) / (quality.frauds + 2)
    honest = (tally.false + 1) / (quality.firms - quality.frauds + 2)
    return max(0, round(10 * log10(frauds / honest)))


def table(quality: Quality, *, weights: bool = False) -> str:
    """The rules as a table."""
    lines = [
        "| kind | scheme | planted | found | other frauds | honest firms |" + (" weight |" if weights else "")
    ]
    lines.append("|---|---|--:|--:|--:|--:|" + ("--:|" if weights else ""))
    for code, one in quality.rules.items():
        aimed = AIMED_AT.get(code, "—")
        cells = [
            f"`{code}`",
            aimed,
            one.planted or "—",
            one.found if one.planted else "—",
            one.others,
            one.false,
        ]
        cells += [weight(one, quality)] if weights else []
        lines.append("| " + " | ".join(map(str, cells)) + " |")
    return "\n".join(lines)


def visits(quality: Quality) -> str:
    """The list of visits against chance, and which schemes it leads to, in words."""
    lines = [
        f"{quality.springs} springs, {quality.firms} firms, {quality.frauds} of them frauds. "
        f"{quality.visits} visits by the list lead to {quality.hits} frauds, by chance to {quality.chance:.1f}: "
        f"{quality.lift:.1f} times.",
        "",
        "| scheme | frauds | visited |",
        "|---|--:|--:|",
    ]
    lines += [f"| {name} | {many} | {hit} |" for name, (many, hit) in sorted(quality.schemes.items())]
    return "\n".join(lines)


def main() -> None:
    """Both halves, as docs/manual/findings.md has them."""
    world = parameters()["world"]
    for half in ("choosing", "reporting"):
        quality = measure(world[f"seeds_{half}"])
        print(f"## {half}\n\n{table(quality, weights=half == 'choosing')}\n\n{visits(quality)}\n")
