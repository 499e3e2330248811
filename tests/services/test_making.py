"""Processing, refining, blending, sampling."""

from datetime import timedelta
from decimal import Decimal

import pytest

from tests.world import World
from traceability.domain import errors
from traceability.domain.chain import Run
from traceability.domain.profile import Grade, LeafGrade
from traceability.services import chain
from traceability.services.chain import papers


def run_of(
    out_g: int, *, rejects_g: int = 0, fresh: str = "76.5", made: str = "5.6", reason: str = ""
) -> Run:
    return Run(rejects_g, out_g, Decimal(fresh), Decimal(made), reason)


def test_processing_books_rejects_and_loss(world: World) -> None:
    lot = world.leaf(kg="72.55")
    made = world.do(
        chain.process_leaf, inputs={lot: 72550}, run=run_of(16400, rejects_g=850), grade=Grade.ZHENPIN
    )
    paper = world.see(papers.paper, event=made.id)
    assert {account.value: g for account, g in paper.sinks.items()} == {"rejects": 850, "loss": 55300}
    assert world.on_hand(made.lots[0]) == (16400, 0)
    assert world.on_hand(lot) == (0, 0)


def test_more_tea_than_the_leaf_can_give_is_refused(world: World) -> None:
    lot = world.leaf(kg="144.8")
    with world.refusal(errors.UnderFloor, ratio=Decimal("3.62"), floor=Decimal("4.02")):
        world.do(chain.process_leaf, inputs={lot: 144_800}, run=run_of(40_000, reason="干叶"))


def test_the_profiles_floor_holds_for_dry_leaf_too(world: World) -> None:
    lot = world.leaf(kg=36)  # at 72 % the dry matter alone would allow 3.37
    with world.refusal(errors.UnderFloor, floor=Decimal("3.60")):
        world.do(chain.process_leaf, inputs={lot: 36_000}, run=run_of(10_001, fresh="72", reason="旱"))
    world.do(chain.process_leaf, inputs={lot: 36_000}, run=run_of(10_000, fresh="72", reason="旱"))


def test_a_ratio_outside_the_band_needs_a_reason_and_makes_a_finding(world: World) -> None:
    lot = world.leaf(kg=62)
    with world.refusal(errors.ReasonMissing):
        world.do(chain.process_leaf, inputs={lot: 62_000}, run=run_of(10_000))
    world.do(chain.process_leaf, inputs={lot: 62_000}, run=run_of(10_000, reason="雨水叶"))
    assert world.findings() == ["ratio.outside_band"]


def test_processing_on_another_day_needs_a_reason_and_makes_a_finding(world: World) -> None:
    lot = world.leaf(kg=9)
    world.later(days=1)
    with world.refusal(errors.ReasonMissing):
        world.run({lot: 9000}, kg=2)
    world.run({lot: 9000}, kg=2, reason="夜采")
    assert world.findings() == ["processing.not_same_day"]


@pytest.mark.parametrize("wrong", [{"fresh": "71.9"}, {"fresh": "82.1"}, {"made": "7.6"}, {"made": "0"}])
def test_moistures_are_plausible(small_world: World, wrong: dict) -> None:
    lot = small_world.leaf(kg=9)
    with small_world.refusal(errors.MoistureImplausible):
        small_world.do(chain.process_leaf, inputs={lot: 9000}, run=run_of(2000, **wrong))


def test_a_run_gives_something_and_no_more_than_went_in(small_world: World) -> None:
    lot = small_world.leaf(kg=9)
    with small_world.refusal(errors.WeightNotPositive):
        small_world.do(chain.process_leaf, inputs={lot: 9000}, run=run_of(0))
    for rejects in (-1, 8000):
        with small_world.refusal(errors.OutExceedsIn):
            small_world.do(chain.process_leaf, inputs={lot: 9000}, run=run_of(2000, rejects_g=rejects))


def test_a_run_names_its_leaf(small_world: World) -> None:
    with small_world.refusal(errors.LotsMissing):
        small_world.run({}, kg=2)


def test_only_leaf_is_processed_and_only_tea_refined(small_world: World) -> None:
    leaf, tea = small_world.leaf(kg=9), small_world.tea()
    with small_world.refusal(errors.LotWrongKind):
        small_world.run({tea: 2000}, kg=1)
    with small_world.refusal(errors.LotWrongKind):
        small_world.do(chain.refine, inputs={leaf: 9000}, out_g=2000, fines_g=0)
    with small_world.refusal(errors.LotWrongKind):
        small_world.batch({leaf: 9000})


def test_no_lot_gives_more_than_it_has(world: World) -> None:
    lot = world.leaf(kg=9)
    with world.refusal(errors.LotOverdrawn, asked_g=9001, on_hand_g=9000):
        world.run({lot: 9001}, kg=2)
    with world.refusal(errors.WeightNotPositive):
        world.run({lot: 0}, kg=2)


def test_coarse_leaf_makes_no_fine_grade(world: World) -> None:
    lot = world.leaf(kg=9, leaf_grade=LeafGrade.ONE_BUD_TWO_LEAVES)
    with world.refusal(errors.GradeTooHigh):
        world.run({lot: 9000}, kg=2, grade=Grade.ZHENPIN)
    made = world.tea_of(lot, g=9000, kg=2, grade=None)
    assert world.see(chain.dossier, lot=made).lot.grade is world.house.profile.best_grade_for(
        LeafGrade.ONE_BUD_TWO_LEAVES
    )


def test_nothing_is_made_before_its_inputs_existed(world: World) -> None:
    lot = world.leaf(kg=9)
    before = world.now - timedelta(hours=1)
    with world.refusal(errors.BeforeItsInputs):
        world.run({lot: 9000}, kg=2, at=before)
    tea = world.tea_of(lot, g=9000, kg=2)
    with world.refusal(errors.BeforeItsInputs):
        world.batch({tea: 2000}, at=before)
    with world.refusal(errors.InTheFuture):
        world.batch({tea: 2000}, at=world.now + timedelta(hours=1))


def test_what_came_in_later_cannot_be_given_earlier(world: World) -> None:
    a, b = world.tea(), world.tea()
    batch = world.batch({a: 2000})
    early = world.now
    world.later(hours=1)
    world.batch({b: 2000}, into=batch)
    with world.refusal(errors.LotOverdrawn, on_hand_g=2000):
        world.do(chain.refine, inputs={batch: 3000}, out_g=3000, fines_g=0, at=early)
    world.do(chain.refine, inputs={batch: 3000}, out_g=3000, fines_g=0)


def test_refining_takes_out_fines_and_loss_and_never_gains(world: World) -> None:
    tea = world.tea(kg=3)
    with world.refusal(errors.OutExceedsIn):
        world.do(chain.refine, inputs={tea: 1000}, out_g=950, fines_g=51)
    with world.refusal(errors.WeightNotPositive):
        world.do(chain.refine, inputs={tea: 1000}, out_g=0, fines_g=51)
    made = world.do(chain.refine, inputs={tea: 1000}, out_g=940, fines_g=50)
    paper = world.see(papers.paper, event=made.id)
    assert {account.value: g for account, g in paper.sinks.items()} == {"fines": 50, "loss": 10}


def test_a_blend_has_the_lowest_grade_of_its_inputs(world: World) -> None:
    fine, plain = world.tea(), world.tea(grade=Grade.FIRST)
    with world.refusal(errors.GradeTooHigh):
        world.batch({fine: 2000, plain: 500}, grade=Grade.ZHENPIN)
    batch = world.batch({fine: 1500, plain: 500})
    assert world.see(chain.dossier, lot=batch).lot.grade is Grade.FIRST
    high = world.batch({fine: 500})
    with world.refusal(errors.GradeTooHigh):
        world.batch({plain: 500}, into=high)


def test_blending_books_fines_and_no_loss(world: World) -> None:
    a, b = world.tea(kg=2), world.tea(kg=2)
    batch = world.batch({a: 2000, b: 1000}, fines_g=40)
    assert world.on_hand(batch) == (2960, 0)
    with world.refusal(errors.WeightNotPositive):
        world.batch({b: 1000}, fines_g=1000)
    with world.refusal(errors.LotNumberTaken):
        world.batch({b: 1000}, batch_no=world.see(chain.dossier, lot=batch).lot.no)


def test_more_tea_may_go_into_an_open_batch(world: World) -> None:
    batch = world.batch(kg=2)
    world.later(days=1)
    assert world.batch({world.tea(kg=1): 1000}, into=batch) == batch
    lot = world.see(chain.dossier, lot=batch).lot
    assert world.on_hand(batch) == (3000, 0)
    assert (lot.plucked_to - lot.plucked_from).days == 1


def test_tea_cannot_come_out_of_itself(world: World) -> None:
    a, b = world.batch(kg=2), world.batch(kg=2)
    with world.refusal(errors.LotWrongKind):
        world.batch({a: 500}, into=a)
    world.batch({a: 500}, into=b)
    with world.refusal(errors.LotWrongKind):
        world.batch({b: 500}, into=a)


def test_only_a_batch_takes_more_tea(small_world: World) -> None:
    a, b = small_world.tea(), small_world.tea()
    with small_world.refusal(errors.LotWrongKind):
        small_world.batch({a: 500}, into=b)
    with small_world.refusal(errors.LotUnknown):
        small_world.batch({a: 500}, into=99)


def test_sampling_closes_the_batch_to_inputs(world: World) -> None:
    batch = world.sampled_batch(kg=2)
    tea = world.tea()
    with world.refusal(errors.BatchClosed):
        world.batch({tea: 500}, into=batch)
    with world.refusal(errors.BatchClosed):
        world.sample(batch)


def test_no_sample_is_drawn_before_the_last_tea_went_in(world: World) -> None:
    batch = world.batch(kg=2)
    before = world.now
    world.later(hours=1)
    world.batch({world.tea(): 2000}, into=batch)
    with world.refusal(errors.BeforeItsInputs):
        world.sample(batch, at=before)
    world.sample(batch)


def test_a_sample_weighs_something_and_is_there(small_world: World) -> None:
    batch, tea = small_world.batch(kg=2), small_world.tea()
    with small_world.refusal(errors.WeightNotPositive):
        small_world.sample(batch, test_g=0)
    with small_world.refusal(errors.LotOverdrawn):
        small_world.sample(batch, test_g=2001, retained_g=0)
    with small_world.refusal(errors.LotWrongKind):
        small_world.sample(tea)


def test_tea_issued_marks_wait_for_goes_into_nothing_else(world: World) -> None:
    marked = world.issued_batch(packs=10, kg="1.2")
    with world.refusal(errors.LotReserved, free_g=200):
        world.batch({marked.batch: 201})
    with world.refusal(errors.LotReserved):
        world.do(chain.refine, inputs={marked.batch: 300}, out_g=300, fines_g=0)
    with world.refusal(errors.LotReserved):
        world.do(chain.write_off, lot=marked.batch, grams=300, reason="霉变")
    with world.refusal(errors.LotReserved):
        world.do(chain.sell, lot=marked.batch, grams=300, channel="shop")
    with world.refusal(errors.LotReserved):
        world.sent(marked.batch, g=300)
    world.batch({marked.batch: 200})
    assert world.breaches() == ()
