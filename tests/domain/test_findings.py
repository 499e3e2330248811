"""The rules over the books, one by one; the register; whom to visit; and how good they are on made-up springs."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from tests.simulated.quality import AIMED_AT, measure, table, visits
from tests.simulated.spring import spring
from traceability.domain import findings
from traceability.domain.findings import (
    KINDS,
    LIMITS,
    OVER_THE_BOOKS,
    Burden,
    FirmMarks,
    LateEntries,
    NightWork,
    Passed,
    PlotUse,
    Report,
    SuspendedActs,
    Weights,
    kind_of,
    recurs,
)
from traceability.domain.findings.circles import circles
from traceability.domain.profile import Grade

AT = datetime(2026, 4, 20, 8, tzinfo=UTC)
NONE: list[object] = []


def codes(found: object) -> list[str]:
    return [one.code for one in found]  # type: ignore[attr-defined]


# --- weights ----------------------------------------------------------------------------------------------------------

#: A hundred receipts to 10 g, 13 kg on average, spread by 6 kg: chance makes some three pairs.
TRUE = Weights(1, 2026, 100, 3, 12_340, 2, 1, 1, 8, 10, 1_300_000, 100 * (1300**2 + 600**2), AT)


@pytest.mark.parametrize(
    ("row", "noticed"),
    [
        (TRUE, False),
        (replace(TRUE, pairs=200, most_times=14), True),
        # A clerk who writes whole kilograms makes many pairs by chance.
        (replace(TRUE, pairs=240, kilos=100, halves=0, tenths=0, fifties=0), False),
        (replace(TRUE, pairs=900, kilos=100, halves=0, tenths=0, fifties=0), True),
        # All the same weight, and so no spread: that is no excuse.
        (replace(TRUE, receipts=20, pairs=190, grams=250_000, squares=20 * 1250**2), True),
        (replace(TRUE, receipts=19, pairs=171, grams=237_500, squares=19 * 1250**2), False),
        (replace(TRUE, receipts=9, pairs=36, plot=7, plot_no="P", most_times=9, grams=112_500), True),
        (replace(TRUE, receipts=40, pairs=40, plot=7, plot_no="P", most_times=5), False),
    ],
)
def test_weights_repeat_when_chance_does_not_make_it(row: Weights, noticed: bool) -> None:
    assert (codes(findings.weights_repeating([row], LIMITS)) == ["weights.repeating"]) is noticed


def test_nothing_at_all_is_no_fault_of_a_rule() -> None:
    for rule in (
        findings.weights_repeating, findings.entered_at_night, findings.used_up_early, findings.used_evenly,
        findings.back_dated, findings.circling, findings.left_unused, findings.wasted, findings.reprinted_often,
        findings.acts_dated_back, findings.twins, findings.atypical,
    ):  # fmt: skip
        assert list(rule([], LIMITS)) == []  # type: ignore[operator]


@pytest.mark.parametrize(("receipts", "noticed"), [(8, True), (7, False)])
def test_a_few_receipts_at_night_are_none(receipts: int, noticed: bool) -> None:
    row = NightWork(1, 2026, 1, receipts, 90_000, receipts, AT)
    assert bool(list(findings.entered_at_night([row], LIMITS))) is noticed


# --- allowances -------------------------------------------------------------------------------------------------------

USE = PlotUse(
    7, "P7", "522702", 1, 2026, "spring", 100_000, 95_000, 95_000, date(2026, 3, 12), date(2026, 3, 25),
    date(2026, 5, 31), AT,
)  # fmt: skip


@pytest.mark.parametrize(
    ("more", "noticed"),
    [
        ({}, True),
        ({"used_g": 89_000}, False),
        ({"last": date(2026, 4, 20)}, False),
        ({"allowed_g": 0, "used_g": 0}, True),  # nothing was allowed, and none of it is left
    ],
)
def test_an_allowance_is_used_up_early(more: dict[str, object], noticed: bool) -> None:
    [*found] = findings.used_up_early([replace(USE, **more)], LIMITS)  # type: ignore[arg-type]
    assert bool(found) is noticed
    assert [one.county for one in found] == ["522702"] * noticed


def test_a_plot_two_firms_buy_on_is_told_once() -> None:
    assert len(list(findings.used_up_early([USE, replace(USE, enterprise=2)], LIMITS))) == 1


@pytest.mark.parametrize(
    ("shares", "noticed"),
    [
        ([80, 82, 79, 81, 84, 80], True),
        ([80, 82, 79, 81, 84], False),
        ([20, 82, 45, 81, 95, 60], False),
        ([30, 31, 29, 30, 32, 30], False),
    ],
)
def test_plots_are_used_too_evenly(shares: list[int], noticed: bool) -> None:
    rows = [
        replace(USE, plot=n, used_g=share * 1000, own_g=share * 1000, last=date(2026, 5, 20))
        for n, share in enumerate(shares)
    ]
    assert bool(list(findings.used_evenly(rows, LIMITS))) is noticed


@pytest.mark.parametrize(
    ("late", "grams", "sittings", "noticed"),
    [(20, 250_000, 3, True), (20, 250_000, 10, False), (7, 90_000, 1, False), (9, 90_000, 1, False)],
)
def test_holes_are_filled_at_a_sitting(late: int, grams: int, sittings: int, noticed: bool) -> None:
    row = LateEntries(1, 2026, 120, 1_500_000, late, grams, sittings, AT)
    assert bool(list(findings.back_dated([row], LIMITS))) is noticed


# --- leaf that goes round ---------------------------------------------------------------------------------------------


def passed(source: int, target: int, trips: int, home: int = 0) -> Passed:
    return Passed(source, target, 2026, trips, trips * 50_000, home, AT)


@pytest.mark.parametrize(
    ("rows", "firms"),
    [
        ([passed(1, 2, 5), passed(2, 3, 6), passed(3, 1, 4)], [1, 2, 3]),
        ([passed(1, 2, 5), passed(2, 3, 6), passed(3, 4, 9)], []),
        ([passed(1, 2, 9), passed(2, 1, 2)], []),
        ([passed(1, 2, 2), passed(2, 1, 2, home=2)], [1]),
        ([passed(1, 1, 9)], []),
        ([passed(1, 2, 4), passed(2, 1, 4), passed(5, 1, 9), passed(2, 6, 9)], [1, 2]),
    ],
)
def test_leaf_goes_round(rows: list[Passed], firms: list[int]) -> None:
    assert [one.enterprise for one in findings.circling(rows, LIMITS)] == firms


def test_a_circle_of_another_season_is_another() -> None:
    rows = [passed(1, 2, 5), replace(passed(2, 1, 5), season=2025)]
    assert list(findings.circling(rows, LIMITS)) == []


def test_circles_of_points_agree_with_walking_everywhere() -> None:
    edges = {(1, 2), (2, 3), (3, 1), (3, 4), (4, 5), (5, 4), (6, 7), (8, 8), (7, 9), (9, 10), (10, 6)}

    def reach(start: int) -> set[int]:
        seen: set[int] = set()
        waiting = [start]
        while waiting:
            point = waiting.pop()
            new = {b for a, b in edges if a == point} - seen
            seen |= new
            waiting += new
        return seen

    points = {one for edge in edges for one in edge}
    brute = {frozenset(b for b in points if b in reach(a) and a in reach(b)) for a in points}
    assert set(circles(edges)) == {one for one in brute if len(one) > 1}


def test_a_chain_of_ten_thousand_firms_is_no_trouble() -> None:
    assert circles({(n, n + 1) for n in range(10_000)}) == []


# --- marks ------------------------------------------------------------------------------------------------------------

MARKS = FirmMarks(1, 2026, 1000, 200, AT - timedelta(days=70), 40, 3, AT)


def test_marks_lie_about_are_wasted_and_taken_again() -> None:
    rows = [MARKS, replace(MARKS, enterprise=2, dormant=100, wasted=20, reprints=2)]
    assert [one.enterprise for one in findings.left_unused(rows, LIMITS)] == [1]
    assert [one.enterprise for one in findings.wasted(rows, LIMITS)] == [1]
    assert [one.enterprise for one in findings.reprinted_often(rows, LIMITS)] == [1]


def test_acts_dated_before_a_suspension() -> None:
    acts = [SuspendedActs(1, 5, AT, 2, 40, AT), SuspendedActs(2, 6, AT, 0, 0, AT)]
    assert [one.about for one in findings.acts_dated_back(acts, LIMITS)] == ["1:5"]


# --- reports ----------------------------------------------------------------------------------------------------------

VALUES = {"moisture": 5400, "total_ash": 5500, "water_extract": 44_800, "crude_fibre": 11_600, "lead": 420}


def report(n: int, enterprise: int = 1, grade: Grade = Grade.ZHENPIN, **values: int) -> Report:
    return Report(n, f"R{n}", n, f"B{n}", enterprise, grade, {**VALUES, **values}, AT)


@pytest.mark.parametrize(
    ("second", "noticed"),
    [
        (report(2), True),
        (report(2, moisture=5900), True),  # the last digit was changed
        (report(2, moisture=6400), False),
        (report(2, lead=480), True),
        (report(2, moisture=5900, lead=480), False),
        (report(2, enterprise=2), False),
        (replace(report(2), batch=1), False),
        (replace(report(2), values={"moisture": 5400, "lead": 420}), False),
    ],
)
def test_two_reports_are_alike(second: Report, noticed: bool) -> None:
    assert bool(list(findings.twins([report(1), second], LIMITS))) is noticed


def test_tea_that_tests_like_the_grade_below() -> None:
    def tested(n: int, firm: int, grade: Grade, up: int) -> Report:
        wobble = (n * 37 % 11 - 5) * 100
        return report(n, firm, grade, water_extract=44_800 - up + wobble, crude_fibre=11_600 + up - wobble)

    honest = [tested(n, n % 9 + 10, Grade.ZHENPIN, 0) for n in range(60)]
    below = [tested(n, n % 9 + 10, Grade.SPECIAL, 1500) for n in range(60, 120)]
    lifted = [tested(n, 1, Grade.ZHENPIN, 1500) for n in range(120, 126)]
    found = list(findings.atypical([*honest, *below, *lifted], LIMITS))
    assert [(one.enterprise, one.facts["grade"]) for one in found] == [(1, "ZHENPIN")]
    assert list(findings.atypical([*honest, *lifted], LIMITS)) == []  # nothing is known of the grade below


# --- the register, and going on ---------------------------------------------------------------------------------------


def test_the_register_knows_every_rule_and_weighs_it() -> None:
    assert {one.code for one in KINDS.values()} == set(KINDS)
    assert all(0 <= one.weight <= 20 and one.again >= 1 for one in KINDS.values())
    assert all(kind_of(code).evidence for code in OVER_THE_BOOKS)
    assert kind_of("never.heard").burden is Burden.LIGHT
    assert (kind_of("leaf.circling").burden, kind_of("report.twin").burden) == (Burden.HEAVY, Burden.MIDDLE)
    assert set(AIMED_AT) <= set(KINDS)


@pytest.mark.parametrize(
    ("extent", "settled", "back"),
    [(3, None, True), (3, 3, False), (4, 3, False), (5, 3, True), (2, 3, False)],
)
def test_a_settled_one_comes_back_with_new_evidence_only(
    extent: int, settled: int | None, back: bool
) -> None:
    assert recurs(extent, settled, 2) is back


def test_firms_are_ranked_by_what_waits_there() -> None:
    waiting = [(1, "report.failed", 3), (2, "leaf.circling", 1), (2, "entry.late", 9), (3, "entry.late", 99)]
    ranked = findings.ranked(waiting)
    assert [(one.enterprise, one.points) for one in ranked] == [(2, 20), (1, 3)]
    assert [one.code for one in ranked[0].reasons] == ["leaf.circling"]
    assert findings.score("leaf.circling", 5) == findings.score("leaf.circling", 500) == 30


# --- on made-up springs -----------------------------------------------------------------------------------------------


def test_a_spring_is_the_same_whenever_it_is_made_and_has_as_many_frauds_as_it_says() -> None:
    one, again = spring(7, firms=60), spring(7, firms=60)
    assert one.frauds == again.frauds
    assert len(one.frauds) == 2
    assert [firm.receipts for firm in one.firms] == [firm.receipts for firm in again.firms]


def test_a_visit_list_beats_chance_where_nobody_tuned_it() -> None:
    """A small part of the reporting half; the whole of it is in the benchmark and the manual."""
    quality = measure([51, 52], firms=400)
    assert quality.lift >= 3
    assert quality.rules["leaf.circling"].found == quality.rules["leaf.circling"].planted
    assert "| `leaf.circling` | circling |" in table(quality)
    assert "times" in visits(quality)
