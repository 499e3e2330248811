"""A firm's recall: its reach to the pack, whom to tell, and what came back; never more than the firm may see."""

from typing import Any

import pytest

from tests.world import Packed, World
from traceability.domain import errors
from traceability.domain.marks import MarkState
from traceability.domain.recalls import Amount, NoticeWay, Place, Scope
from traceability.services import chain, lists, recalls


def ordered(world: World, lot: int, **more: Any) -> int:
    shown = world.see(recalls.reach_of, lot=lot).digest
    return int(
        world.do(
            recalls.order_recall,
            **({"scope": Scope.lot(lot), "grade": "II", "reason": "受潮", "shown": shown} | more),
        )
    )


def market(world: World) -> Packed:
    """Ten packs: four at the shop, one on the way there, two sold, one of them by name, three in stock."""
    packed = world.packed(packs=10, extra=2)
    world.do(chain.deliver, shipment=world.sent(packed.lot, packs=4))
    world.sent(packed.lot, packs=1)
    world.sold(packed.lot)
    world.sold(packed.lot, channel="online", buyer="某茶行")
    return packed


def test_the_reach_counts_every_pack_once(world: World) -> None:
    packed = market(world)
    found = world.see(recalls.reach_of, lot=packed.batch)
    where = {place: found.at(place).packs for place in Place}
    assert where == {Place.OWN: 3, Place.KEPT: 4, Place.ON_THE_WAY: 1, Place.OUT: 2, Place.GONE: 0}
    assert (found.packs, found.pack_lots, len(found.lots), found.unseen, found.others) == (10, 1, 2, 0, ())
    assert found.marks == {MarkState.APPLIED: 10, MarkState.PRINTED: 2}
    assert [(one.channel, one.amount, one.sales) for one in found.channels] == [
        ("online", Amount(100, 1), 1),
        ("shop", Amount(100, 1), 1),
    ]
    named = {one.name: (one.amount.packs, len(one.papers)) for one in found.recipients}
    assert named == {"贵阳门店": (5, 2), "某茶行": (1, 1)}
    assert world.see(recalls.reach_of, lot=packed.lot).marks == {MarkState.APPLIED: 10}


def test_the_way_forward_tells_every_pack_once_and_who_has_them(world: World) -> None:
    packed = market(world)
    leaf = next(iter(world.see(chain.trace, lot=packed.batch).plots))
    traced = world.see(chain.trace, lot=leaf, forward=True)
    found = world.see(recalls.goods_of, by=world.firm.clerk, lots=traced.lots.values())
    assert [one.lot.id for one in found.lots] == [packed.lot]
    assert found.all == Amount(1000, 10)
    assert {place: found.at(place).packs for place in Place} == {
        Place.OWN: 3, Place.KEPT: 4, Place.ON_THE_WAY: 1, Place.OUT: 2, Place.GONE: 0,
    }  # fmt: skip
    assert {one.name: one.amount.packs for one in found.recipients} == {"贵阳门店": 5, "某茶行": 1}
    theirs = world.see(recalls.goods_of, by=world.other.manager, lots=traced.lots.values())
    assert (theirs.lots, theirs.recipients) == ((), ())


def test_a_refused_shipment_reaches_nobody(world: World) -> None:
    packed = world.packed(packs=4)
    shipment = world.sent(packed.lot, packs=2)
    world.do(chain.refuse_delivery, shipment=shipment, reason="破损")
    found = world.see(recalls.reach_of, lot=packed.lot)
    assert (found.recipients, found.at(Place.OWN).packs) == ((), 4)


def test_goods_that_moved_meanwhile_are_shown_again(world: World) -> None:
    packed = world.packed(packs=4)
    shown = world.see(recalls.reach_of, lot=packed.lot).digest
    world.sold(packed.lot)
    with world.refusal(errors.RecallChanged):
        ordered(world, packed.lot, shown=shown)
    ordered(world, packed.lot)
    assert world.see(recalls.recalls)[0].grade == "II"


def test_ordered_twice_is_ordered_once(world: World) -> None:
    packed = world.packed(packs=4)
    assert ordered(world, packed.lot, key="k") == ordered(world, packed.lot, key="k")
    assert len(world.see(recalls.recalls)) == 1


def test_progress_counts_what_came_back_and_what_was_destroyed(world: World) -> None:
    packed = market(world)
    [first, second] = [one.event.id for one in world.listed(lists.SALES)]
    number = ordered(world, packed.batch)
    assert world.see(recalls.recall_file, number=number).still_out.packs == 7
    world.do(
        chain.take_back, sale=first, packs=1, opened=False, restock=False, reason="召回", ranges=packed.nth(0)
    )
    world.do(chain.destroy, lot=packed.lot, packs=2, ranges=packed.nth(1, 2), reason="召回", party=world.shop)
    with world.refusal(errors.LotRecalled):
        world.do(chain.take_back, sale=second, packs=1, opened=False, restock=True, reason="召回")
    found = world.see(recalls.recall_file, number=number)
    assert (found.since.returned.packs, found.since.destroyed.packs) == (1, 3)
    assert (found.still_out.packs, found.reach.at(Place.GONE).packs) == (4, 3)
    assert world.breaches() == ()


def test_those_who_have_the_goods_are_told_one_by_one(world: World) -> None:
    packed = market(world)
    number = ordered(world, packed.batch)
    assert world.see(recalls.recall_file, number=number).untold == 2
    asked = {"recall": number, "recipient": "贵阳门店", "way": NoticeWay.TELEPHONE}
    world.do(recalls.record_notice, by=world.firm.clerk, **asked)
    found = world.see(recalls.recall_file, number=number)
    assert (found.untold, found.notices[0].way) == (1, "telephone")
    with world.refusal(errors.NotFound):
        world.do(recalls.record_notice, **(asked | {"recipient": "别人"}))
    with world.refusal(errors.NotFound):
        world.do(recalls.record_notice, by=world.other.manager, **asked)
    with world.refusal(errors.BeforeItsInputs):
        world.do(recalls.record_notice, at=world.at("2026-03-26T08:00"), **asked)


def test_a_firm_sees_what_others_made_of_its_tea_and_counts_the_rest(world: World) -> None:
    tea = world.tea(kg=3)
    shipment = world.sent(tea, g=2000, to=world.other.party)
    world.do(chain.deliver, by=world.other.manager, shipment=shipment)
    batch = world.batch({tea: 2000}, firm=world.other)
    found = world.see(recalls.reach_of, lot=tea)
    assert [(lot.id, maker) for lot, maker in found.others] == [(batch, "福泉示例茶业有限公司")]
    assert (found.at(Place.OWN).grams, found.at(Place.OUT).grams) == (1000, 0)
    assert [one.name for one in found.recipients] == ["福泉示例茶业有限公司"]


def test_nobody_recalls_or_follows_anothers(world: World) -> None:
    packed = world.packed(packs=3)
    with pytest.raises(errors.LotUnknown):
        world.see(recalls.reach_of, by=world.other.manager, lot=packed.lot)
    with pytest.raises(errors.NotAllowed):
        world.see(recalls.reach_of, by=world.firm.clerk, lot=packed.lot)
    number = ordered(world, packed.lot)
    for unseen in (world.other.manager, world.other.clerk):
        with pytest.raises(errors.NotFound):
            world.see(recalls.recall_file, by=unseen, number=number)
    assert world.see(recalls.own_recalls, by=world.other.manager) == []


def test_a_countys_recall_is_followed_by_the_firm_too(world: World) -> None:
    packed = world.packed(packs=3)
    number = world.recall(by=world.county, lot=packed.lot, grade="I", reason="抽检不合格")
    assert world.see(recalls.recall_file, number=number).reach.packs == 3
    assert world.see(recalls.own_recalls)[0][1] is True


def test_a_lot_is_found_by_what_stands_on_the_pack(world: World) -> None:
    packed = world.packed(packs=3)
    lot = world.see(chain.dossier, lot=packed.lot).lot
    find = recalls.lots_to_recall
    number = f" No. {packed.applied[0].first:010d} "
    assert [one.id for one in world.see(find, text=number)] == [packed.lot, packed.batch]
    assert [one.id for one in world.see(find, text=lot.no)] == [packed.lot]
    assert world.see(find, text="") == world.see(find, text="没有") == []
    assert world.see(find, by=world.other.manager, text=lot.no) == []
