"""Dispatch, receipt, and what goes missing on the way."""

from datetime import timedelta

import pytest

from tests.world import World
from traceability.domain import errors
from traceability.domain.marks import MarkState
from traceability.services import chain, marks, oversight, people
from traceability.services.chain import papers


def test_goods_are_on_the_way_until_the_other_side_answers(world: World) -> None:
    tea = world.tea(kg=2)
    shipment = world.sent(tea, g=1500, to=world.other.party)
    assert world.on_hand(tea) == (500, 0)
    assert world.on_hand(tea, firm=world.other) == (0, 0)
    world.do(chain.deliver, by=world.other.manager, shipment=shipment)
    assert world.on_hand(tea, firm=world.other) == (1500, 0)
    with world.refusal(errors.DeliverySettled):
        world.do(chain.refuse_delivery, by=world.other.manager, shipment=shipment, reason="迟")
    batch = world.batch({tea: 1500}, firm=world.other)  # bought rough tea is worked on
    assert world.see(chain.trace, by=world.other.manager, lot=batch).plots


def test_only_the_consignee_answers(world: World) -> None:
    shipment = world.sent(world.tea(), g=2000, to=world.other.party)
    for by in (world.firm.manager, world.new_firm("三", "91522730MAXTEA030A", "522730").manager):
        with world.refusal(errors.DeliveryUnknown):
            world.do(chain.deliver, by=by, shipment=shipment)
    with world.refusal(errors.NotAllowed):
        world.do(chain.deliver, by=world.county, shipment=shipment)
    with world.refusal(errors.DeliveryUnknown):
        world.do(chain.deliver, shipment=99)


def test_the_sender_records_the_receipt_of_an_outside_consignee(world: World) -> None:
    lot = world.packed(packs=5).lot
    world.do(chain.deliver, shipment=world.sent(lot, packs=3))
    assert {one.party.id: one.packs for one in world.see(papers.holders, lot=lot)} == {
        world.firm.party: 2,
        world.shop: 3,
    }


def test_refused_goods_go_back_with_a_finding(world: World) -> None:
    tea = world.tea()
    shipment = world.sent(tea, g=2000, to=world.other.party)
    with world.refusal(errors.ReasonMissing):
        world.do(chain.refuse_delivery, by=world.other.manager, shipment=shipment, reason="")
    world.do(chain.refuse_delivery, by=world.other.manager, shipment=shipment, reason="受潮")
    assert world.on_hand(tea) == (2000, 0)
    assert world.findings() == ["transport.refused"]


def test_what_is_short_stays_open_with_a_finding_until_it_is_settled(world: World) -> None:
    packed = world.packed(packs=5)
    shipment = world.sent(packed.lot, packs=5)
    with world.refusal(errors.DeliveryExceeded):
        world.do(chain.deliver, shipment=shipment, received={packed.lot: 6})
    with world.refusal(errors.LotUnknown):
        world.do(chain.deliver, shipment=shipment, received={packed.batch: 1})
    world.do(chain.deliver, shipment=shipment, received={packed.lot: 4})
    assert world.findings() == ["transport.short"]
    short = world.see(chain.shortages)[0]
    assert (short.grams, short.packs, short.settled_at) == (100, 1, None)
    asked = {"shortage": short.id, "reason": "压坏"}
    with world.refusal(errors.SerialsNeeded):
        world.do(chain.settle_transit, **asked)
    with world.refusal(errors.ShortageUnknown):
        world.do(chain.settle_transit, by=world.other.manager, ranges=packed.nth(0), **asked)
    world.do(chain.settle_transit, ranges=packed.nth(0), **asked)
    assert world.see(marks.counts)[MarkState.RETIRED] == 1
    with world.refusal(errors.ShortageUnknown):
        world.do(chain.settle_transit, ranges=packed.nth(1), **asked)
    assert world.breaches() == ()


def test_a_shortage_is_not_settled_before_it_was_known(world: World) -> None:
    packed = world.packed(packs=5)
    before = world.now
    world.later(hours=1)
    world.do(chain.deliver, shipment=world.sent(packed.lot, packs=5), received={packed.lot: 4})
    short = world.see(chain.shortages)[0].id
    with world.refusal(errors.BeforeItsInputs):
        world.do(chain.settle_transit, shortage=short, ranges=packed.nth(0), reason="压坏", at=before)


def test_a_delivery_comes_after_its_dispatch(world: World) -> None:
    shipment = world.sent(world.tea(), g=2000, to=world.other.party)
    with world.refusal(errors.BeforeItsInputs):
        world.do(chain.deliver, by=world.other.manager, shipment=shipment, at=world.now - timedelta(hours=1))


def test_nothing_received_is_all_short(world: World) -> None:
    tea = world.tea()
    shipment = world.sent(tea, g=2000, to=world.other.party)
    world.do(chain.deliver, by=world.other.manager, shipment=shipment, received={})
    assert world.on_hand(tea, firm=world.other) == (0, 0)
    assert world.see(chain.shortages)[0].grams == 2000
    world.do(chain.settle_transit, shortage=world.see(chain.shortages)[0].id, reason="翻车")


def test_a_consignee_is_a_firm_here_or_ones_own_record(world: World) -> None:
    tea = world.tea()
    theirs = world.do(people.register_consignee, by=world.other.manager, name="广州店", place="广州")
    for to in (theirs, world.firm.party, 99):
        with world.refusal(errors.NotFound):
            world.sent(tea, g=100, to=to)
    lot = world.packed(packs=3).lot
    world.do(chain.deliver, shipment=world.sent(lot, packs=3))
    world.do(
        chain.deliver, shipment=world.sent(lot, packs=1, sender=world.shop, to=world.firm.party)
    )  # and back
    assert world.on_hand(lot) == (100, 1)
    with world.refusal(errors.NotFound):
        world.sent(lot, packs=1, sender=theirs)


def test_a_dispatch_has_lines_of_what_is_there(world: World) -> None:
    packed = world.packed(packs=3)
    asked = {"consignee": world.shop, "carrier": "自送"}
    line = chain.DispatchLine(packed.lot, packs=1)
    for lines in ([], [line, line]):
        with world.refusal(errors.LotsMissing):
            world.do(chain.dispatch, lines=lines, **asked)
    with world.refusal(errors.LotOverdrawn):
        world.sent(packed.lot, packs=4)
    with world.refusal(errors.NumberOutOfRange):
        world.sent(packed.lot, packs=0)
    with world.refusal(errors.TextMissing):
        world.sent(packed.lot, packs=1, carrier=" ")
    with world.refusal(errors.LotUnknown):
        world.sent(packed.lot, packs=1, by=world.other.manager, to=world.firm.party)


def test_a_carton_travels_as_a_whole_from_where_it_is(world: World) -> None:
    packed = world.packed(packs=6)
    world.do(chain.fill_cartons, lot=packed.lot, asks=[chain.CartonAsk(packed.first(4), "BOX-1")])
    with world.refusal(errors.CartonUnknown):
        world.sent(packed.lot, cartons=["BOX-2"])
    shipment = world.sent(packed.lot, cartons=["BOX-1"])
    assert world.see(papers.delivery, shipment=shipment).cartons == ("BOX-1",)
    with world.refusal(errors.CartonUnknown):
        world.sent(packed.lot, cartons=["BOX-1"])
    world.do(chain.refuse_delivery, shipment=shipment, reason="拒收")
    world.do(chain.deliver, shipment=world.sent(packed.lot, cartons=["BOX-1"]))
    assert [one.no for one in world.see(papers.cartons_with, lot=packed.lot, party=world.shop)] == ["BOX-1"]


def test_held_recalled_and_expired_goods_do_not_travel(world: World) -> None:
    held, called = world.packed(packs=2), world.packed(packs=2)
    world.do(
        oversight.hold_lot, by=world.county, lot=held.batch, reason="抽查"
    )  # a hold on the batch is one on its packs
    with world.refusal(errors.LotHeld):
        world.sent(held.lot, packs=1)
    world.recall(by=world.county, lot=called.batch, grade="I", reason="农残")
    with world.refusal(errors.LotRecalled):
        world.sent(called.lot, packs=1)
    old = world.packed(packs=2)
    world.at("2028-03-26T08:00")
    with world.refusal(errors.LotExpired):
        world.sent(old.lot, packs=1)


@pytest.mark.parametrize("what", ["leaf", "tea", "packs"])
def test_any_kind_of_lot_travels_in_its_unit(small_world: World, what: str) -> None:
    world = small_world
    to = world.other.party
    sent = {
        "leaf": lambda: world.sent(world.leaf(kg=5), g=5000, to=to),
        "tea": lambda: world.sent(world.tea(), g=2000, to=to),
        "packs": lambda: world.sent(world.packed(packs=2).lot, packs=2, to=to),
    }[what]()
    world.do(chain.deliver, by=world.other.manager, shipment=sent)
    assert world.breaches() == ()


def test_tea_at_a_shop_is_not_what_marks_wait_for(world: World) -> None:
    marked = world.issued_batch(packs=10, kg=2)
    world.do(chain.deliver, shipment=world.sent(marked.batch, g=1000))
    world.sold(marked.batch, packs=0, grams=600, party=world.shop)
    assert world.breaches() == ()


def test_leaf_that_stood_too_long_is_neither_sent_nor_sold(world: World) -> None:
    leaf = world.leaf(kg=9)
    world.later(hours=49)
    with world.refusal(errors.LeafTooOld, limit=48):
        world.sent(leaf, g=9000, to=world.other.party)
    with world.refusal(errors.LeafTooOld, limit=48):
        world.do(chain.sell, lot=leaf, grams=9000, channel="shop")
