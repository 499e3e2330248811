"""Rules of inspections: a draw anybody can repeat, steps in their turn, samples that take what is there."""

from collections import Counter
from datetime import timedelta
from decimal import Decimal
from hashlib import sha256

import pytest

from tests.world import GOOD, POISONED, profile
from traceability.domain import errors
from traceability.domain.chain import Account, Draw, Lot, LotKind, Stock, judge
from traceability.domain.inspections import (
    Access,
    Candidate,
    DrawTerms,
    Inspector,
    SampleState,
    SampleStep,
    Verdict,
    VisitState,
    VisitStep,
    Why,
    check_line,
    draw,
    draw_official,
    rates_by_month,
    sample_state,
    stratum_of,
    take_sample_step,
    take_visit_step,
    visit_state,
)
from traceability.domain.profile import DrawRules, Grade
from traceability.domain.units import parse_day, parse_moment

RULES = DrawRules(raised_from=4, raised_chances=2, heavy_from=10, heavy_chances=4, inspectors=2, due_days=30)
FIRMS = [Candidate(n, f"9152{n:04d}", points=n % 12, complaints=n % 3) for n in range(1, 40)]
PEOPLE = [Inspector(101), Inspector(102), Inspector(103), Inspector(104, tied=7)]
SEED = "5eed" * 16


def drawn(
    seed: str = SEED, *, chance: int = 5, finding: int = 0, complaint: int = 0, **more: object
) -> object:
    terms = DrawTerms(chance, finding, complaint)
    known = {"candidates": FIRMS, "inspectors": PEOPLE, "terms": terms, "rules": RULES} | more
    return draw(seed, **known)  # type: ignore[arg-type]


class TestTheDraw:
    def test_is_the_same_for_the_same_seed_whatever_the_order_of_the_lists(self) -> None:
        again = drawn(candidates=FIRMS[::-1], inspectors=PEOPLE[::-1])
        assert drawn() == again
        assert drawn("another seed") != drawn()

    def test_can_be_repeated_by_hand_from_the_recipe_of_the_manual(self) -> None:
        """docs/manual/inspections.md, word for word."""
        waiting = sorted(FIRMS, key=lambda one: one.uscc)
        by_hand = []
        for turn in (1, 2, 3):
            chances = [4 if one.points >= 10 else 2 if one.points >= 4 else 1 for one in waiting]
            place = int(sha256(f"{SEED}/firm/{turn}".encode()).hexdigest(), 16) % sum(chances)
            n = next(n for n in range(len(waiting)) if place < sum(chances[: n + 1]))
            by_hand.append(waiting.pop(n))
        found = drawn(chance=3)
        assert [one.firm for one in found] == [one.firm for one in by_hand]  # type: ignore[attr-defined]
        first = by_hand[0]
        order = sorted(
            (one.user for one in PEOPLE if one.tied != first.firm),
            key=lambda user: int(sha256(f"{SEED}/inspector/{first.uscc}/{user}".encode()).hexdigest(), 16),
        )
        assert found[0].inspectors == tuple(order[:2])  # type: ignore[index]

    def test_takes_the_heaviest_findings_and_the_most_complaints_first_and_says_why(self) -> None:
        found = drawn(chance=2, finding=2, complaint=1)
        assert [one.why for one in found] == [  # type: ignore[attr-defined]
            Why.FINDING, Why.FINDING, Why.COMPLAINT, Why.RANDOM, Why.RANDOM,
        ]  # fmt: skip
        assert [one.points for one in found][:2] == [11, 11]  # type: ignore[attr-defined]
        assert found[2].complaints == 2  # type: ignore[index]
        assert len({one.firm for one in found}) == 5  # type: ignore[attr-defined]

    def test_sends_nobody_to_a_firm_they_have_an_account_with(self) -> None:
        for n in range(50):
            found = drawn(f"{n}", chance=len(FIRMS))
            seven = next(one for one in found if one.firm == 7)  # type: ignore[attr-defined]
            assert 104 not in seven.inspectors

    def test_gives_more_chances_where_findings_wait_and_no_firm_none(self) -> None:
        light, heavy = Candidate(1, "A", 0), Candidate(2, "B", 10)
        first = Counter(
            draw(str(n), [light, heavy], PEOPLE, DrawTerms(1), RULES)[0].firm for n in range(2000)
        )
        assert 3.2 < first[2] / first[1] < 4.9
        assert [stratum_of(points, RULES) for points in (0, 3, 4, 9, 10, 99)] == [1, 1, 2, 2, 4, 4]

    def test_inspectors_take_turns_by_chance(self) -> None:
        leads = Counter(
            one.inspectors[0]
            for n in range(40)
            for one in drawn(str(n), chance=30)  # type: ignore[attr-defined]
        )
        assert min(leads.values()) > 200

    @pytest.mark.parametrize(
        ("asked", "refused"),
        [
            ({"chance": 0}, errors.PlanEmpty),
            ({"chance": -1, "finding": 3}, errors.PlanEmpty),
            ({"chance": 40}, errors.FirmsTooFew),
            ({"finding": 39}, errors.FirmsTooFew),
            ({"chance": 0, "finding": 37}, errors.FirmsTooFew),
            ({"inspectors": PEOPLE[:1]}, errors.InspectorsTooFew),
        ],
    )
    def test_is_refused_where_it_cannot_be_made(
        self, asked: dict[str, object], refused: type[errors.Refusal]
    ) -> None:
        with pytest.raises(refused):
            drawn(**asked)  # type: ignore[arg-type]


class TestVisits:
    def test_go_their_way_once(self) -> None:
        begun, both = [VisitStep.BEGIN], [VisitStep.BEGIN, VisitStep.CONCLUDE]
        states = [visit_state(one, called_off=False) for one in ([], begun, both)]
        assert states == [VisitState.DUE, VisitState.RUNNING, VisitState.DONE]
        assert visit_state(begun, called_off=True) is VisitState.CANCELLED
        assert visit_state(both, called_off=True) is VisitState.DONE
        take_visit_step(VisitState.DUE, VisitStep.BEGIN)
        for state in (VisitState.RUNNING, VisitState.DONE, VisitState.CANCELLED):
            with pytest.raises(errors.VisitMoved):
                take_visit_step(state, VisitStep.BEGIN)

    def test_lines_are_of_the_checklist_and_counts_of_what_is_counted(self) -> None:
        books, marks = profile().check_item("leaf_books"), profile().check_item("mark_store")
        check_line(VisitState.RUNNING, Access.GRANTED, marks, 0)
        for item, counted, refused in (
            (None, None, errors.ChoiceUnknown), (marks, -1, errors.NumberOutOfRange),
            (books, 3, errors.NumberOutOfRange),
        ):  # fmt: skip
            with pytest.raises(refused):
                check_line(VisitState.RUNNING, Access.GRANTED, item, counted)
        for state, access in (
            (VisitState.DUE, None),
            (VisitState.DONE, Access.GRANTED),
            (VisitState.RUNNING, None),
        ):
            with pytest.raises(errors.VisitMoved):
                check_line(state, access, books, None)


AT = parse_moment("2026-04-20T10:00")
LOT = Lot(
    1, "DY-1", LotKind.BATCH, 1, 2026, parse_day("2026-04-01"), parse_day("2026-04-02"), AT - timedelta(days=9),
    grade=Grade.ZHENPIN,
)  # fmt: skip


def official(grams: int, **more: object) -> object:
    stock = Stock(LOT, 3, 1000, reserved_g=600, **more)  # type: ignore[arg-type]
    return draw_official(Draw(stock, grams), no="CY-1", at=AT, now=AT, profile=profile())


class TestSamples:
    def test_stand_where_their_last_step_left_them(self) -> None:
        sent, back = [SampleStep.SEND], [SampleStep.SEND, SampleStep.REPORT, SampleStep.RETURN]
        states = [sample_state(one, None) for one in ([], sent, [*sent, SampleStep.REPORT], back)]
        assert states == [SampleState.TAKEN, SampleState.SENT, SampleState.REPORTED, SampleState.SENT]
        assert sample_state(sent, Verdict.FAILED) is SampleState.FAILED

    def test_a_reported_one_is_never_discarded_and_a_judged_one_never_touched(self) -> None:
        for state, step in (
            (SampleState.REPORTED, SampleStep.DISCARD), (SampleState.FAILED, SampleStep.RETURN),
            (SampleState.FAILED, SampleStep.CONFIRM), (SampleState.TAKEN, SampleStep.REPORT),
            (SampleState.SENT, SampleStep.SEND),
        ):  # fmt: skip
            with pytest.raises(errors.SampleMoved):
                take_sample_step(state, step)

    def test_take_what_no_mark_waits_for_out_of_the_stock_held_or_not(self) -> None:
        booking = official(400, holds=("sample.failed",), recalled=True)
        assert [(one.account, one.grams) for one in booking.entries] == [  # type: ignore[attr-defined]
            (Account.HELD, -400), (Account.SAMPLES, 400),
        ]  # fmt: skip
        with pytest.raises(errors.LotReserved):
            official(401)
        with pytest.raises(errors.LotOverdrawn):
            official(1001)
        with pytest.raises(errors.WeightNotPositive):
            official(0)

    def test_are_judged_as_the_firms_reports_are(self) -> None:
        day = parse_day("2026-04-25")
        assert judge(GOOD, Grade.ZHENPIN, day, profile()).passed
        assert judge(POISONED, Grade.ZHENPIN, day, profile()).failing == ("pesticide_residue",)
        damp = {**GOOD, "moisture": Decimal("6.51")}
        assert judge(damp, Grade.ZHENPIN, day, profile()).failing == ("moisture",)


def test_rates_are_by_month_with_the_months_between_and_discarded_ones_left_out() -> None:
    told = [
        ((2026, 3), SampleState.PASSED), ((2026, 3), SampleState.PASSED), ((2026, 3), SampleState.FAILED),
        ((2026, 5), SampleState.REPORTED), ((2026, 5), SampleState.DISCARDED),
    ]  # fmt: skip
    rates = rates_by_month(told)
    assert [(one.year, one.month, one.passed, one.failed, one.waiting, one.permille) for one in rates] == [
        (2026, 3, 2, 1, 0, 666), (2026, 4, 0, 0, 0, None), (2026, 5, 0, 0, 1, None),
    ]  # fmt: skip
    assert rates_by_month([]) == []
    turn = rates_by_month([((2025, 12), SampleState.PASSED), ((2026, 1), SampleState.PASSED)])
    assert [(one.year, one.month) for one in turn] == [(2025, 12), (2026, 1)]
