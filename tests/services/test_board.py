"""The board: every stage with what comes next, what cannot wait, and as many questions however large the season."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa

from tests.world import World
from traceability.domain import errors
from traceability.domain.board import Alert, Card, Condition, Stage, Step
from traceability.domain.marks import MarkState, SerialRange
from traceability.domain.people import Standing
from traceability.services import board as desk
from traceability.services import chain, marks, oversight, people
from traceability.services.board import Board


def seen(world: World, **more: Any) -> Board:
    found = world.see(desk.board, **more)
    assert isinstance(found, Board)
    return found


def cards(board: Board, stage: Stage) -> tuple[Card, ...]:
    return next(column.cards for column in board.columns if column.stage is stage)


def the_card(board: Board, lot: int) -> Card:
    return next(card for column in board.columns for card in column.cards if card.lot.id == lot)


def alerts(board: Board) -> list[Alert]:
    return [one.alert for one in board.notices]


def test_every_lot_stands_in_its_stage_with_its_next_step(world: World) -> None:
    packed = world.packed(packs=3)
    leaf, tea = world.leaf(kg=5), world.tea()
    open_, sampled, passed = world.batch(), world.sampled_batch(), world.passed_batch()
    issued, printed = world.issued_batch(), world.marked_batch()
    found = seen(world)
    assert {
        column.stage: [(card.lot.id, card.condition, card.steps[:1]) for card in column.cards]
        for column in found.columns
    } == {
        Stage.LEAF: [(leaf, Condition.FRESH, (Step.PROCESS,))],
        Stage.MADE: [(tea, Condition.PLAIN, (Step.BLEND,))],
        Stage.TESTING: [
            (open_, Condition.OPEN, (Step.SAMPLE,)),
            (sampled, Condition.UNTESTED, (Step.REPORT,)),
        ],
        Stage.MARKING: [
            (printed.batch, Condition.READY, (Step.PACK,)),
            (issued.batch, Condition.UNPRINTED, (Step.PRINT,)),
            (passed, Condition.PASSED, (Step.REQUEST,)),
        ],
        Stage.PACKS: [(packed.lot, Condition.PLAIN, (Step.CARTON,))],
    }
    assert the_card(found, printed.batch).progress.reserved_g == 1_000
    assert (found.marks[MarkState.ON_HAND], found.marks[MarkState.PRINTED]) == (10, 10)
    assert not found.empty


def test_an_office_has_no_board_and_a_firm_sees_its_own(world: World) -> None:
    world.leaf()
    with world.refusal(errors.NotAllowed):
        world.see(desk.board, by=world.county)
    assert seen(world, by=world.other.manager).empty


def test_leaf_is_asked_for_in_the_evening_then_late_then_told_late_or_written_off(small_world: World) -> None:
    leaf = small_world.leaf(kg=10)
    assert alerts(seen(small_world)) == []
    small_world.at("2026-03-26T18:10")
    evening = seen(small_world)
    assert the_card(evening, leaf).condition is Condition.TONIGHT
    assert [(one.alert, one.count, one.grams, one.hours) for one in evening.notices] == [
        (Alert.LEAF_TONIGHT, 1, 10_000, 6)
    ]
    small_world.at("2026-03-27T09:00")
    late = the_card(seen(small_world), leaf)
    assert (late.condition, late.hours_left, late.steps) == (Condition.LATE, 23, (Step.PROCESS,))
    assert alerts(seen(small_world)) == [Alert.LEAF_LATE]
    small_world.at("2026-03-28T09:00")
    stale = the_card(seen(small_world), leaf)
    assert (stale.condition, stale.steps) == (Condition.STALE, (Step.PROCESS, Step.WRITE_OFF))
    assert alerts(seen(small_world)) == [Alert.LEAF_STALE]


def test_an_answered_request_is_told_until_its_marks_are_printed(world: World) -> None:
    batch = world.passed_batch(kg=3)
    first, second = world.request(batch, packs=5), world.request(batch, packs=5)
    assert the_card(seen(world), batch).condition is Condition.REQUESTED
    assert the_card(seen(world), batch).progress.room_g == 2_000
    world.do(marks.refuse_request, by=world.county, request=second, reason="先交上一批")
    world.approve(first)
    assert alerts(seen(world)) == [Alert.REFUSED, Alert.APPROVED]
    ranges = world.issue(first)
    [refused, issued] = seen(world).notices
    assert (refused.reason, refused.subject) == ("先交上一批", batch)
    assert (issued.alert, issued.count, issued.subject) == (Alert.ISSUED, 5, batch)
    world.print(ranges)
    world.later(days=15)
    assert alerts(seen(world)) == []


def test_of_a_batch_half_printed_the_rest_can_still_be_printed(small_world: World) -> None:
    marked = small_world.issued_batch(packs=10)
    first = marked.ranges[0]
    small_world.print([SerialRange(first.first, first.first + 4)])
    card = the_card(seen(small_world), marked.batch)
    assert (card.condition, card.steps) == (Condition.READY, (Step.PACK, Step.PRINT))


def test_scales_batches_and_goods_that_wait_are_told(small_world: World) -> None:
    batch = small_world.sampled_batch()
    small_world.do(
        people.register_scale, no="SC-B", verified_on=date(2025, 4, 10), verified_until=date(2026, 4, 5)
    )
    small_world.do(
        people.register_scale, no="SC-A", verified_on=date(2025, 4, 1), verified_until=date(2026, 3, 20)
    )
    small_world.later(days=2)
    packed = small_world.packed(packs=3)
    small_world.sent(packed.lot, packs=3)
    failed = small_world.failed_batch()
    found = seen(small_world)
    assert [(one.alert, one.name, one.days) for one in found.notices] == [
        (Alert.HELD, "", None),
        (Alert.REPORT_AWAITED, the_card(found, batch).lot.no, 2),
        (Alert.ARRIVING, "", None),
        (Alert.SCALE_EXPIRED, "SC-A", -8),
        (Alert.SCALE_EXPIRING, "SC-B", 8),
    ]
    assert the_card(found, failed).condition is Condition.FAILED
    assert the_card(found, failed).steps == (Step.REDECLARE, Step.REFINE)


def test_packs_in_a_shop_of_the_firm_are_still_to_be_sold(world: World) -> None:
    packed = world.packed(packs=3)
    shipment = world.sent(packed.lot, packs=3)
    assert cards(seen(world), Stage.PACKS) == ()
    world.do(chain.deliver, shipment=shipment)
    [card] = cards(seen(world), Stage.PACKS)
    assert (card.on_hand.packs, card.on_hand.packs_away, card.steps) == (0, 3, (Step.SELL,))


def test_a_held_lot_and_a_suspended_firm_offer_nothing_that_would_be_refused(world: World) -> None:
    marked = world.marked_batch()
    tea = world.tea()
    world.do(oversight.hold_lot, by=world.county, lot=tea, reason="查")
    held = the_card(seen(world), tea)
    assert (held.condition, held.steps) == (Condition.HELD, ())
    assert the_card(seen(world), marked.batch).steps == (Step.PACK,)
    world.do(people.suspend_enterprise, by=world.county, enterprise=world.firm.id, reason="票据不符")
    found = seen(world)
    assert (found.standing, the_card(found, marked.batch).steps) == (Standing.SUSPENDED, ())
    assert the_card(seen(world, by=world.firm.clerk), marked.batch).steps == ()


def test_a_clerk_is_not_led_to_the_printing(small_world: World) -> None:
    issued = small_world.issued_batch()
    assert the_card(seen(small_world, by=small_world.firm.clerk), issued.batch).steps == ()


def test_garden_cards_show_what_is_left_over_all_buyers_the_scarcest_first(world: World) -> None:
    rich, poor = world.plots[1], world.new_plot(mu=1)
    world.leaf(kg=10, plot=rich)
    world.leaf(kg=5, plot=poor)
    world.leaf(kg=55, plot=poor, firm=world.other)
    found = seen(world)
    assert [(one.plot.id, one.left_g, one.allowed_g) for one in found.plots] == [
        (poor, 5_000, 65_000),
        (rich, 12_990_000, 13_000_000),
    ]
    world.do(
        people.set_allowance,
        by=world.county,
        plot=poor,
        season=2026,
        part="spring",
        grams=60_000,
        reason="干旱",
    )
    assert seen(world).plots[0].left_g == 0


@contextmanager
def counted(world: World) -> Iterator[list[str]]:
    """The questions put to the database."""
    asked: list[str] = []
    made = world.house.sessions.kw["bind"]

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        asked.append(statement)

    sa.event.listen(made, "before_cursor_execute", note)
    try:
        yield asked
    finally:
        sa.event.remove(made, "before_cursor_execute", note)


def season(world: World) -> None:
    """Something in every stage."""
    world.packed(packs=2, extra=1)
    world.leaf()
    world.tea()
    world.batch()
    world.sampled_batch()
    world.failed_batch()
    world.issued_batch(packs=2)


@pytest.mark.parametrize("more", [4])
def test_the_number_of_questions_does_not_grow_with_the_season(small_world: World, more: int) -> None:
    season(small_world)
    with counted(small_world) as few:
        seen(small_world)
    for _ in range(more):
        season(small_world)
    with counted(small_world) as many:
        found = seen(small_world)
    assert len(many) == len(few) <= 30
    assert next(column.lots for column in found.columns if column.stage is Stage.LEAF) == more + 1


def test_of_many_lots_the_most_urgent_are_shown_and_all_are_counted(small_world: World) -> None:
    first = small_world.leaf(kg=1)
    for _ in range(20):
        small_world.leaf(kg=1)
    [column] = [one for one in seen(small_world).columns if one.stage is Stage.LEAF]
    assert (len(column.cards), column.lots, column.grams) == (desk.SHOWN, 21, 21_000)
    assert column.cards[0].lot.id == first
