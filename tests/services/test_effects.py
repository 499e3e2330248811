"""What a form may offer, what an event comes to, and what others booked meanwhile."""

from datetime import timedelta
from typing import Any

import pytest

from tests.bench.bench_lists import counted
from tests.services.test_making import run_of
from tests.world import World
from traceability.domain import errors
from traceability.domain.chain import Account, EventKind, LotKind
from traceability.services import chain
from traceability.store.work import change, rehearse


def offered(world: World, *kinds: LotKind, **more: Any) -> tuple[list[int], list[int]]:
    usable, aside = world.see(chain.offers, at=world.now, kinds=list(kinds), **more)
    return [one.lot.id for one in usable], [one.lot.id for one in aside]


def test_the_latest_lot_comes_first(world: World) -> None:
    first, second = world.leaf(), world.leaf()
    assert offered(world, LotKind.LEAF) == ([second, first], [])


def test_leaf_that_stood_too_long_is_offered_since_it_may_have_been_made_in_time(world: World) -> None:
    old, picked = world.leaf(), world.now
    world.later(hours=49)
    new = world.leaf()
    assert offered(world, LotKind.LEAF) == ([new, old], [])
    with world.refusal(errors.LeafTooOld):
        world.tea_of(old, g=9_000, kg=2)
    world.tea_of(old, g=9_000, kg=2, at=picked + timedelta(hours=3))


def test_a_held_lot_is_set_aside_unless_the_stage_may_pass_the_hold(world: World) -> None:
    failed = world.failed_batch()
    assert offered(world, LotKind.BATCH) == ([], [failed])
    assert offered(world, LotKind.BATCH, despite=frozenset({"report.failed"})) == ([failed], [])


def test_tea_kept_for_marks_is_not_free(world: World) -> None:
    marked = world.marked_batch()
    [stock] = world.see(chain.stocks_of, lots=[marked.batch])
    usable, aside = world.see(chain.offers, at=world.now, kinds=[LotKind.BATCH])
    assert [(one.grams, one.reserved_g) for one in (*usable, *aside)] == [(stock.grams, stock.reserved_g)]
    assert bool(usable) is (stock.free_g > 0)


def test_more_batches_on_hand_are_no_more_questions(small_world: World) -> None:
    batches = [small_world.marked_batch(kg=3).batch]

    def asked() -> tuple[int, int]:
        with counted(small_world) as offered_with:
            small_world.see(chain.offers, at=small_world.now, kinds=[LotKind.BATCH, LotKind.MADE])
        with counted(small_world) as told_with:
            assert len(small_world.see(chain.stocks_of, lots=batches)) == len(batches)
        return len(offered_with), len(told_with)

    before = asked()
    batches += [small_world.marked_batch(kg=3).batch for _ in range(3)]
    assert asked() == before


def test_nothing_is_told_of_lots_one_never_had(world: World) -> None:
    lot = world.leaf()
    assert world.see(chain.stocks_of, by=world.other.manager, lots=[lot]) == []


def test_a_rehearsed_run_tells_what_the_run_would_do_and_keeps_nothing(world: World) -> None:
    leaf, before = world.leaf(kg="72.55"), world.table_counts(notes=True)
    asked: dict[str, Any] = {
        "by": world.firm.manager,
        "now": world.now,
        "at": world.now,
        "inputs": {leaf: 72_000},
    }
    run = run_of(10_000, rejects_g=850, reason="雨水叶")
    with rehearse(world.house) as work:
        booked = chain.process_leaf(work, run=run, **asked)
        told = chain.effect(work, by=world.firm.manager, event=booked.id)
    assert world.table_counts(notes=True) == before
    assert (told.taken_g, told.sunk_g(Account.REJECTS), told.sunk_g(Account.LOSS)) == (72_000, 850, 61_150)
    assert {one.stock.lot.kind: one.stock.grams for one in told.moved} == {
        LotKind.LEAF: 550,
        LotKind.MADE: 10_000,
    }
    assert [one.code for one in told.findings] == ["ratio.outside_band"]
    with change(world.house) as work:
        chain.process_leaf(work, run=run, **asked)
    assert world.on_hand(leaf) == (550, 0)


def test_a_rehearsal_refuses_in_the_words_of_the_real_one(world: World) -> None:
    leaf = world.leaf(kg=10)
    asked: dict[str, Any] = {
        "by": world.firm.manager,
        "now": world.now,
        "at": world.now,
        "inputs": {leaf: 10_000},
    }
    refusals = []
    for way in (rehearse, change):
        with pytest.raises(errors.UnderFloor) as refused, way(world.house) as work:
            chain.process_leaf(work, run=run_of(4_000), **asked)
        refusals.append(refused.value.facts)
    assert refusals[0] == refusals[1]


def test_of_another_firms_stock_only_what_moved_is_told(world: World) -> None:
    packed = world.packed(packs=10)
    shipment = world.sent(packed.lot, packs=4, to=world.other.party)
    world.later(hours=1)
    by = world.other.manager
    booked = world.do(chain.refuse_delivery, by=by, shipment=shipment, reason="箱破")
    told = world.see(chain.effect, by=by, event=booked.id)
    assert [(one.stock.packs, one.packs) for one in told.moved] == [(4, 4)]
    assert [one.code for one in told.findings] == ["transport.refused"]


class TestTwoAtOnce:
    def seen(self, world: World, lot: int) -> dict[tuple[int, int], int]:
        [stock] = world.see(chain.stocks_of, lots=[lot])
        return {(lot, stock.party): stock.grams}

    def test_who_booked_meanwhile_is_told_with_what_and_when(self, world: World) -> None:
        tea = world.tea(kg=2)
        seen = self.seen(world, tea)
        booked_at, clerk = world.later(minutes=5), world.firm.clerk
        taken = world.do(chain.write_off, by=clerk, lot=tea, grams=500, reason="受潮")
        [moved] = world.see(chain.moved_meanwhile, seen=seen)
        assert (moved.facts["seen_g"], moved.facts["on_hand_g"]) == (2_000, 1_500)
        assert (moved.facts["who"], moved.facts["what"]) == (clerk.name, EventKind.WRITE_OFF)
        assert (moved.facts["no"], moved.facts["recorded_at"]) == (taken.no, booked_at)

    def test_ones_own_booking_does_not_count(self, world: World) -> None:
        tea = world.tea(kg=2)
        seen = self.seen(world, tea)
        world.later(minutes=5)
        own = world.do(chain.write_off, lot=tea, grams=500, reason="受潮")
        assert world.see(chain.moved_meanwhile, seen=seen, besides=own.id) == []
        with world.refusal(errors.LotMoved, seen_g=2_000, on_hand_g=1_500):
            world.see(chain.require_unmoved, seen=seen, besides=0)

    def test_packs_are_told_as_packs_and_another_firm_by_its_name_only(self, world: World) -> None:
        packed = world.packed(packs=10)
        seen = self.seen(world, packed.lot)
        shipment = world.sent(packed.lot, packs=4, to=world.other.party)
        world.do(chain.refuse_delivery, by=world.other.manager, shipment=shipment, reason="破损")
        assert world.see(chain.moved_meanwhile, seen=seen) == []  # all of it came back
        [moved] = world.see(chain.moved_meanwhile, seen={next(iter(seen)): 1})
        assert moved.facts["on_hand_packs"] == 10
        assert moved.facts["who"] == "福泉示例茶业有限公司"


def test_a_recalled_lot_is_set_aside(world: World) -> None:
    tea = world.tea()
    world.recall(lot=tea, grade="II", reason="农残")
    assert offered(world, LotKind.MADE) == ([], [tea])
