"""What the board says of a lot, without any book: how it stands, what comes next, what runs out."""

from datetime import date, datetime, timedelta

import pytest

from tests.world import profile
from traceability.domain.board import (
    EVENING,
    Alert,
    Band,
    Card,
    Condition,
    OnHand,
    PlotLeft,
    Progress,
    Step,
    card,
    leaf_notice,
    notices_of_scales,
    scarcest,
)
from traceability.domain.chain import FAILED_REPORT, Lot, LotKind
from traceability.domain.people import ALLOWED, Plot, PlotState, Role, Scale
from traceability.domain.units import parse_moment

NOW = parse_moment("2026-04-06T10:00")
DAY = date(2026, 4, 6)


def lot(kind: LotKind, *, age: float = 1, **more: object) -> Lot:
    born = NOW - timedelta(hours=age)
    days = {"plucked_from": born.date(), "plucked_to": born.date(), "born_at": born}
    return Lot(1, "L-1", kind, 1, 2026, **{**days, **more})  # type: ignore[arg-type]


def shown(one: Lot, progress: Progress | None = None, *, now: datetime = NOW, **more: object) -> Card:
    asked: dict[str, object] = {"packs": 5 if one.kind is LotKind.PACKS else 0, **more}
    on_hand = OnHand(one, Band.MADE, 1_000, **asked)  # type: ignore[arg-type]
    may = ALLOWED[Role.MANAGER]
    return card(on_hand, progress=progress, may=may, marking=True, now=now, profile=profile())


@pytest.mark.parametrize(
    ("known", "condition", "steps"),
    [
        (Progress(), Condition.UNTESTED, (Step.REPORT,)),
        (Progress(passed=False), Condition.FAILED, (Step.REDECLARE, Step.REFINE)),
        (Progress(passed=True, room_g=5), Condition.PASSED, (Step.REQUEST,)),
        (Progress(passed=True), Condition.PASSED, ()),
        (Progress(passed=True, waiting=True), Condition.REQUESTED, ()),
        (Progress(passed=True, unprinted=3, confirmed=True), Condition.UNPRINTED, (Step.PRINT,)),
        (
            Progress(passed=True, printed=3, confirmed=True, room_g=5),
            Condition.READY,
            (Step.PACK, Step.REQUEST),
        ),
        (Progress(passed=True, printed=3), Condition.PASSED, ()),
    ],
)
def test_a_closed_batch_goes_from_report_to_marks_to_packs(
    known: Progress, condition: Condition, steps: tuple[Step, ...]
) -> None:
    found = shown(lot(LotKind.BATCH, closed=True), known)
    assert (found.condition, found.steps) == (condition, steps)


def test_what_was_bought_is_not_treated_as_made_here() -> None:
    assert shown(lot(LotKind.BATCH), own=False).steps == (Step.REFINE, Step.DISPATCH)
    assert shown(lot(LotKind.PACKS, best_before=date(2028, 4, 5)), own=False).steps == (
        Step.DISPATCH,
        Step.SELL,
    )


def test_packs_past_their_best_offer_nothing_and_those_near_it_say_when() -> None:
    near = shown(lot(LotKind.PACKS, best_before=date(2026, 5, 6)))
    assert (near.condition, near.days_left, near.steps[-1]) == (Condition.AGEING, 30, Step.SELL)
    assert shown(lot(LotKind.PACKS, best_before=date(2026, 4, 5))).steps == ()


def test_leaf_that_stood_too_long_may_have_been_made_in_time_or_is_written_off() -> None:
    hours = profile().unprocessed_leaf_hours
    assert shown(lot(LotKind.LEAF, age=hours)).steps == (Step.PROCESS,)
    assert shown(lot(LotKind.LEAF, age=hours + 0.1)).steps == (Step.PROCESS, Step.WRITE_OFF)


def test_a_hold_stops_everything_but_a_failed_report_stops_only_what_it_must() -> None:
    failed = Progress(passed=False)
    closed = lot(LotKind.BATCH, closed=True)
    assert shown(closed, failed, holds=(FAILED_REPORT,)).condition is Condition.FAILED
    assert shown(closed, failed, holds=(FAILED_REPORT, "office")).condition is Condition.HELD
    assert shown(closed, failed, recalled=True).condition is Condition.RECALLED


def test_of_todays_leaf_nothing_is_said_before_the_evening() -> None:
    facts = {"lots": 1, "grams": 5, "oldest": NOW, "profile": profile()}
    before, after = (parse_moment(f"2026-04-06T{hour}:59") for hour in (EVENING - 1, EVENING))
    assert leaf_notice(Band.TODAY, now=before, **facts) is None  # type: ignore[arg-type]
    told = leaf_notice(Band.TODAY, now=after, **facts)  # type: ignore[arg-type]
    assert told is not None
    assert (told.alert, told.hours) == (Alert.LEAF_TONIGHT, 24 - EVENING)


def test_scales_are_asked_for_a_fortnight_before_and_a_month_after() -> None:
    ends = [DAY + timedelta(days=days) for days in (15, 14, 0, -1, -30, -31)]
    scales = [Scale(n, f"S{n}", date(2025, 4, 1), end) for n, end in enumerate(ends)]
    assert [(one.name, one.alert) for one in notices_of_scales(scales, DAY)] == [
        ("S1", Alert.SCALE_EXPIRING), ("S2", Alert.SCALE_EXPIRING),
        ("S3", Alert.SCALE_EXPIRED), ("S4", Alert.SCALE_EXPIRED),
    ]  # fmt: skip


def test_the_card_with_the_least_left_of_its_allowance_comes_first() -> None:
    plots = [
        PlotLeft(Plot(n, f"P{n}", 1, "522701110", "", None, PlotState.ACTIVE), left, 100)  # type: ignore[arg-type]
        for n, left in enumerate((50, 0, 99))
    ]
    assert [one.left_g for one in scarcest([*plots, PlotLeft(plots[0].plot, 0, 0)])] == [0, 0, 50, 99]
