"""Amendment: counter-entries, everything downstream re-booked, nothing booked away that is marked (FRAUD F27)."""

from datetime import timedelta
from typing import Any

import pytest

from tests.world import World
from traceability.domain import errors
from traceability.domain.marks import MarkState
from traceability.domain.people import Role
from traceability.services import chain, marks, oversight
from traceability.services.chain import papers
from traceability.store.chain import Booked


def amend(
    world: World, event: int, *, reason: str = "误记", by: Any = None, key: str | None = None, **changed: Any
) -> Booked:
    return world.do(
        chain.amend, by=by, event=event, correction=chain.Correction(**changed), reason=reason, key=key
    )


def sinks(world: World, event: int) -> dict[str, int]:
    return {account.value: g for account, g in world.see(papers.paper, event=event).sinks.items()}


def test_a_receipt_is_lowered_by_a_counter_entry(world: World) -> None:
    booked = world.received(kg=10)
    before = world.table_counts()["entry"]
    amendment = amend(world, booked.id, net_g=9000)
    assert world.on_hand(booked.lots[0]) == (9000, 0)
    assert world.table_counts()["entry"] == before + 2
    paper = world.see(papers.paper, event=booked.id)
    assert [one.id for one in paper.amendments] == [amendment.id]
    assert paper.amendments[0].reason == "误记"
    world.leaf(plot=world.plot, kg=1)  # the plot's account has it again
    assert world.breaches() == ()


def test_a_receipt_is_raised_within_the_plots_allowance(world: World) -> None:
    plot = world.new_plot(mu=1)
    booked = world.received(plot=plot, kg=60)
    with world.refusal(errors.AllowanceExceeded, left_g=5000):
        amend(world, booked.id, net_g=65_001)
    amend(world, booked.id, net_g=65_000)
    assert world.on_hand(booked.lots[0]) == (65_000, 0)


def test_an_amendment_changes_something_and_has_a_reason(world: World) -> None:
    booked = world.received(kg=10)
    nothing: list[dict[str, Any]] = [{}, {"net_g": 10_000}]
    for changed in nothing:
        with world.refusal(errors.AmendmentEmpty):
            amend(world, booked.id, **changed)
    with world.refusal(errors.WeightNotPositive):
        amend(world, booked.id, net_g=-1)
    with world.refusal(errors.ReasonMissing):
        amend(world, booked.id, net_g=1, reason="")


def test_managers_and_offices_amend_clerks_and_other_firms_do_not(world: World) -> None:
    booked = world.received(kg=10)
    with world.refusal(errors.NotAllowed):
        amend(world, booked.id, net_g=9000, by=world.firm.clerk)
    for stranger in (world.other.manager, world.other_county):
        with world.refusal(errors.NotFound):
            amend(world, booked.id, net_g=9000, by=stranger)
    tied = world.user(Role.COUNTY, county="522701", enterprise=world.firm.id)
    with world.refusal(errors.OwnDecision):
        amend(world, booked.id, net_g=9000, by=tied)
    amended = amend(world, booked.id, net_g=9000, by=world.county)
    with world.refusal(errors.NotFound):  # an amendment is amended by amending its event again
        amend(world, amended.id, net_g=8000)


def test_an_amendment_sent_twice_is_made_once(world: World) -> None:
    booked = world.received(kg=10)
    assert amend(world, booked.id, net_g=9000, key="a") == amend(world, booked.id, net_g=9000, key="a")
    assert world.on_hand(booked.lots[0]) == (9000, 0)


def test_a_preview_writes_nothing(world: World) -> None:
    booked = world.received(kg=10)
    before = world.table_counts(notes=True)
    correction = chain.Correction(net_g=9000)
    world.see(chain.amend, event=booked.id, correction=correction, reason="误记")
    assert world.table_counts(notes=True) == before


def test_leaf_that_was_processed_is_taken_from_the_loss_first_and_then_from_the_output(world: World) -> None:
    leaf = world.received(kg=10)
    run = world.run({leaf.lots[0]: 10_000}, kg=2)
    amend(world, leaf.id, net_g=9500)  # 4.75 kg for 1 kg is possible
    assert (world.on_hand(run.lots[0]), sinks(world, run.id)) == ((2000, 0), {"loss": 7500})
    amend(world, leaf.id, net_g=4018)
    assert world.on_hand(run.lots[0]) == (1000, 0)  # at 4.017 to 1 no more than this
    assert world.see(chain.trace, lot=run.lots[0]).edges[0].grams == 4018
    assert world.breaches() == ()


def test_what_was_made_of_it_is_lowered_all_the_way_down(world: World) -> None:
    leaf = world.received(kg=9)
    tea = world.tea_of(leaf.lots[0], g=9000, kg=2)
    batch = world.batch({tea: 2000})
    amend(world, leaf.id, net_g=0)
    assert [world.on_hand(lot) for lot in (leaf.lots[0], tea, batch)] == [(0, 0)] * 3
    assert world.breaches() == ()


def test_a_write_off_that_cannot_be_true_is_lowered_too(world: World) -> None:
    leaf = world.received(kg=10)
    loss = world.do(chain.write_off, lot=leaf.lots[0], grams=10_000, reason="发酵")
    amend(world, leaf.id, net_g=4000)
    assert sinks(world, loss.id) == {"loss": 4000}


def marked_chain(world: World) -> tuple[Booked, int, int]:
    """A receipt, and the batch of it that is all in marked packs; the pack lot."""
    leaf = world.received(kg=9)
    tea = world.tea_of(leaf.lots[0], g=9000, kg=2)
    batch = world.batch({tea: 2000})
    world.sample(batch, test_g=60, retained_g=40)
    world.report(batch)
    marked = world.marked_batch(batch=batch, packs=19)
    lot = world.pack(batch, marked.ranges).lots[0]
    return leaf, batch, lot


def test_marked_tea_is_not_booked_away(world: World) -> None:
    leaf, batch, lot = marked_chain(world)
    amend(world, leaf.id, net_g=4500)
    assert world.on_hand(lot) == (1900, 19)
    assert world.findings() == ["amendment.shortage"]
    short = world.see(chain.shortages)[0]
    assert (short.lot, short.shipment) == (batch, None)
    assert short.grams > 0
    for goods in (lambda: world.sold(lot), lambda: world.sent(lot, packs=1)):
        with world.refusal(errors.LotHeld, cause="shortage"):
            goods()
    assert world.breaches() == ()


def test_the_firms_next_requests_are_reduced_until_the_office_settles_the_shortage(world: World) -> None:
    leaf, _, _ = marked_chain(world)
    amend(world, leaf.id, net_g=4500)
    short = world.see(chain.shortages)[0]
    next_batch = world.passed_batch(kg=3)
    with world.refusal(errors.RequestExceedsBatch, free_g=3000 - short.grams):
        world.request(next_batch, packs=30)
    asked = {"shortage": short.id, "reason": "补足"}
    with world.refusal(errors.NotAllowed):
        world.do(chain.settle_shortage, lot=next_batch, **asked)
    with world.refusal(errors.ShortageUnknown):
        world.do(chain.settle_shortage, by=world.other_county, lot=next_batch, **asked)
    with world.refusal(errors.LotUnknown):
        world.do(chain.settle_shortage, by=world.county, lot=leaf.lots[0], **asked)
    world.do(chain.settle_shortage, by=world.county, lot=next_batch, **asked)
    assert world.on_hand(next_batch) == (3000 - short.grams, 0)
    with world.refusal(errors.ShortageUnknown):
        world.do(chain.settle_shortage, by=world.county, lot=next_batch, **asked)
    world.request(next_batch, packs=(3000 - short.grams) // 100)


def test_a_second_amendment_finds_the_same_tea_marked(world: World) -> None:
    leaf, _, lot = marked_chain(world)
    amend(world, leaf.id, net_g=5000)
    amend(world, leaf.id, net_g=4000)
    assert world.on_hand(lot) == (1900, 19)
    assert world.breaches() == ()


def test_tea_issued_marks_wait_for_is_not_booked_away_either(world: World) -> None:
    leaf = world.received(kg=9)
    batch = world.batch({world.tea_of(leaf.lots[0], g=9000, kg=2): 2000})
    world.sample(batch)
    world.report(batch)
    world.issued_batch(batch=batch, packs=15)
    amend(world, leaf.id, net_g=4500)
    assert world.on_hand(batch)[0] >= 1500
    assert world.findings() == ["amendment.shortage"]
    assert world.breaches() == ()


@pytest.mark.parametrize("away", ["sold", "sent"])
def test_tea_that_went_to_somebody_else_is_not_booked_away(world: World, away: str) -> None:
    leaf = world.received(kg=9)
    tea = world.tea_of(leaf.lots[0], g=9000, kg=2)
    if away == "sold":
        world.sold(tea, packs=0, grams=2000)
    else:
        world.sent(tea, g=2000, to=world.other.party)
    amend(world, leaf.id, net_g=4500)
    assert world.findings() == ["amendment.shortage"]
    assert world.breaches() == ()


def test_the_output_and_rejects_of_a_run_are_amended_within_its_floor(world: World) -> None:
    leaf = world.leaf(kg=9)
    run = world.run({leaf: 9000}, kg=2)
    with world.refusal(errors.UnderFloor):
        amend(world, run.id, out_g=2241)
    with world.refusal(errors.OutExceedsIn):
        amend(world, run.id, out_g=9001)
    amend(world, run.id, out_g=2200, rejects_g=100)
    assert (world.on_hand(run.lots[0]), sinks(world, run.id)) == ((2200, 0), {"rejects": 100, "loss": 6700})
    amend(world, run.id, out_g=1900)
    assert world.on_hand(run.lots[0]) == (1900, 0)
    with world.refusal(errors.AmendmentEmpty):
        amend(world, run.id, out_g=1900)


def test_the_fines_of_refining_and_blending_are_amended(world: World) -> None:
    tea = world.tea(kg=2)
    refined = world.do(chain.refine, inputs={tea: 1000}, out_g=900, fines_g=50)
    amend(world, refined.id, fines_g=60)
    assert sinks(world, refined.id) == {"fines": 60, "loss": 40}
    with world.refusal(errors.OutExceedsIn):
        amend(world, refined.id, fines_g=101)
    blended = world.blended({tea: 1000}, fines_g=10)
    amend(world, blended.id, fines_g=30)
    assert (world.on_hand(blended.lots[0]), sinks(world, blended.id)) == ((970, 0), {"fines": 30})
    amend(world, blended.id, fines_g=0)
    assert world.on_hand(blended.lots[0]) == (1000, 0)
    assert world.breaches() == ()


def test_a_sink_never_gives_anything_back_beyond_what_it_got(world: World) -> None:
    leaf = world.received(kg=9)
    tea = world.tea_of(leaf.lots[0], g=9000, kg=2)
    refined = world.do(chain.refine, inputs={tea: 2000}, out_g=500, fines_g=1400)
    amend(world, leaf.id, net_g=0)
    assert all(grams >= 0 for grams in sinks(world, refined.id).values())
    booked = world.see(papers.paper, event=refined.id)
    assert sum(one.grams for one in booked.lots) + sum(booked.sinks.values()) == 0


def test_an_event_amended_to_nothing_is_not_amended_again(world: World) -> None:
    leaf = world.received(kg=9)
    run = world.run({leaf.lots[0]: 9000}, kg=2)
    amend(world, leaf.id, net_g=0)
    with world.refusal(errors.AmendmentUnsuited):
        amend(world, run.id, rejects_g=1)


def test_a_write_off_is_lowered_only(world: World) -> None:
    tea = world.tea(kg=2)
    loss = world.do(chain.write_off, lot=tea, grams=500, reason="霉变")
    with world.refusal(errors.AmendmentUnsuited):
        amend(world, loss.id, lost_g=600)
    amend(world, loss.id, lost_g=200)
    assert world.on_hand(tea) == (1800, 0)


def test_a_sale_is_lowered_but_not_below_what_came_back(world: World) -> None:
    lot = world.packed(packs=5).lot
    sale = world.sold(lot, packs=4)
    world.do(chain.take_back, sale=sale, packs=2, opened=False, restock=True, reason="退货")
    for packs in (5, 1):
        with world.refusal(errors.ReturnExceedsSale):
            amend(world, sale, packs=packs)
    amend(world, sale, packs=3)
    assert world.on_hand(lot) == (400, 4)


def test_packs_that_were_never_made_free_no_mark(world: World) -> None:
    packed = world.packed(packs=5)
    amend(world, packed.event, unused=packed.nth(3, 2))
    assert world.on_hand(packed.lot) == (300, 3)
    assert world.on_hand(packed.batch) == (200, 0)
    assert world.see(marks.counts)[MarkState.VOID] == 2
    with world.refusal(errors.LotReserved):  # their tea stays reserved
        world.do(chain.write_off, lot=packed.batch, grams=1, reason="霉变")
    assert world.breaches() == ()


def test_an_amended_packing_names_marks_on_packs_that_are_there(world: World) -> None:
    packed = world.packed(packs=5, extra=2)
    with world.refusal(errors.AmendmentEmpty):
        amend(world, packed.event)
    with world.refusal(errors.MarksNotInLot):
        amend(world, packed.event, unused=packed.nth(5, 1))
    world.sold(packed.lot, packs=4)
    with world.refusal(errors.LotOverdrawn):
        amend(world, packed.event, unused=packed.first(2))


def test_what_was_there_all_along_at_every_moment_stays_so(world: World) -> None:
    """Lowering now what was lent out in between would make the lot negative then."""
    leaf = world.received(kg=9)
    tea = world.tea_of(leaf.lots[0], g=9000, kg=2)
    shipment = world.sent(tea, g=2000, to=world.other.party)
    world.later(hours=1)
    world.do(chain.refuse_delivery, by=world.other.manager, shipment=shipment, reason="受潮")
    with world.refusal(errors.AmendmentUnsuited):
        amend(world, leaf.id, net_g=4500)


def test_some_events_are_answered_by_other_events(world: World) -> None:
    batch = world.batch()
    sampled = world.sample(batch)
    with world.refusal(errors.AmendmentUnsuited, kind="sampling"):
        amend(world, sampled.id, lost_g=1)


def test_the_book_as_amended_tells_when_it_was_recorded(world: World) -> None:
    booked = world.received(kg=10)
    happened = world.see(papers.paper, event=booked.id).event.happened_at
    world.later(days=3)
    amend(world, booked.id, net_g=9000)
    amendment = world.see(papers.paper, event=booked.id).amendments[0]
    assert amendment.happened_at == happened
    assert amendment.recorded_at - happened >= timedelta(days=3)


def test_a_held_batch_is_released_by_the_county_after_a_shortage(world: World) -> None:
    leaf, batch, lot = marked_chain(world)
    amend(world, leaf.id, net_g=4500)
    for hold, _ in world.see(oversight.open_holds, by=world.county):
        with world.refusal(errors.NotAllowed):
            world.do(oversight.release_hold, hold=hold.id, reason="查清")
        world.do(oversight.release_hold, by=world.county, hold=hold.id, reason="查清")
    world.sold(lot)
    assert world.see(chain.dossier, lot=batch).holds[0].lifted_at is not None


def test_what_settled_a_shortage_stays_written_off(world: World) -> None:
    leaf, _, _ = marked_chain(world)
    amend(world, leaf.id, net_g=4500)
    short = world.see(chain.shortages)[0]
    more = world.received(kg=9)
    tea = world.tea_of(more.lots[0], g=9000, kg=2)
    settled = world.do(chain.settle_shortage, by=world.county, shortage=short.id, lot=tea, reason="补足")
    with world.refusal(errors.AmendmentUnsuited):
        amend(world, settled.id, lost_g=0)
    amend(world, more.id, net_g=0)  # nor does it come back with the leaf it was made of
    assert sinks(world, settled.id) == {"loss": short.grams}


def test_no_amendment_adds_to_a_batch_after_its_sample(world: World) -> None:
    blended = world.blended({world.tea(kg=2): 2000}, fines_g=500)
    world.sample(blended.lots[0])
    with world.refusal(errors.BatchClosed):
        amend(world, blended.id, fines_g=0)
    amend(world, blended.id, fines_g=600)
    assert world.breaches() == ()


def test_what_would_have_made_a_finding_makes_one_when_amended(world: World) -> None:
    booked = world.received(plot=world.new_plot(mu=1), kg=5)
    run = world.run({world.leaf(kg=9): 9000}, kg=2)
    amend(world, booked.id, net_g=11_000)
    amend(world, run.id, out_g=2200)
    assert world.findings() == ["picking.implausible", "ratio.outside_band"]
