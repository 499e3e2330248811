"""Sale, return, destruction, stock count."""

from datetime import timedelta
from typing import Any

from tests.world import World
from traceability.domain import errors
from traceability.domain.chain import Account, EventKind
from traceability.domain.marks import MarkState
from traceability.services import chain, lists, marks, oversight
from traceability.services.chain import papers


def back(
    sale: int, *, packs: int = 1, opened: bool = False, restock: bool = True, **more: Any
) -> dict[str, Any]:
    return {"sale": sale, "packs": packs, "opened": opened, "restock": restock, "reason": "退货"} | more


def test_retail_names_packs_and_serials_if_it_likes(world: World) -> None:
    packed = world.packed(packs=5)
    world.sold(packed.lot, packs=2)
    world.sold(packed.lot, packs=1, ranges=packed.nth(0))
    with world.refusal(errors.MarksMiscounted):
        world.sold(packed.lot, packs=2, ranges=packed.nth(0))
    with world.refusal(errors.LotOverdrawn):
        world.sold(packed.lot, packs=3)
    assert world.on_hand(packed.lot) == (200, 2)
    assert [one.sold for one in world.listed(lists.SALES)] == [1, 2]


def test_wholesale_names_its_buyer_and_cartons(world: World) -> None:
    packed = world.packed(packs=5)
    world.do(chain.fill_cartons, lot=packed.lot, asks=[chain.CartonAsk(packed.first(4), "BOX-1")])
    asked: dict[str, Any] = {"lot": packed.lot, "packs": 0, "channel": "wholesale"}
    with world.refusal(errors.TextMissing):
        world.sold(cartons=("BOX-1",), **asked)
    with world.refusal(errors.CartonUnknown):
        world.sold(buyer="张三", **(asked | {"packs": 2}))
    world.sold(buyer="张三", cartons=("BOX-1",), **asked)
    assert world.on_hand(packed.lot) == (100, 1)
    with world.refusal(errors.ChoiceUnknown):
        world.sold(packed.lot, channel="under_the_counter")


def test_a_carton_is_sold_once(world: World) -> None:
    packed = world.packed(packs=6)
    world.do(chain.fill_cartons, lot=packed.lot, asks=[chain.CartonAsk(packed.first(2), "BOX-1")])
    asked: dict[str, Any] = {
        "lot": packed.lot,
        "packs": 0,
        "channel": "wholesale",
        "buyer": "张三",
        "cartons": ("BOX-1",),
    }
    sale = world.sold(**asked)
    with world.refusal(errors.CartonUnknown):
        world.sold(**asked)
    with world.refusal(errors.CartonUnknown):
        world.sent(packed.lot, cartons=["BOX-1"])
    world.do(chain.take_back, **back(sale, packs=2))
    world.sold(**asked)  # all of it came back unopened


def test_a_carton_holds_the_packs_that_are_still_packs(world: World) -> None:
    packed = world.packed(packs=4)
    world.do(chain.fill_cartons, lot=packed.lot, asks=[chain.CartonAsk(packed.ranges, "BOX-1")])
    world.do(chain.destroy, lot=packed.lot, packs=1, ranges=packed.nth(3), reason="受潮")
    world.sold(packed.lot, packs=0, channel="wholesale", buyer="张三", cartons=("BOX-1",))
    assert world.on_hand(packed.lot) == (0, 0)


def test_loose_tea_is_sold_by_weight(world: World) -> None:
    tea = world.tea(kg=2)
    world.sold(tea, packs=0, grams=500)
    assert world.on_hand(tea) == (1500, 0)


def test_a_firm_sells_out_of_its_consignees_stock_too(world: World) -> None:
    lot = world.packed(packs=5).lot
    world.do(chain.deliver, shipment=world.sent(lot, packs=3))
    sale = world.sold(lot, packs=2, party=world.shop)
    world.do(chain.take_back, **back(sale))
    assert world.see(chain.on_hand, party=world.shop)[0].packs == 2
    with world.refusal(errors.NotFound):
        world.sold(lot, party=world.other.party)


def test_held_recalled_and_expired_goods_are_not_sold(world: World) -> None:
    held, called, old = (world.packed(packs=2) for _ in range(3))
    world.do(oversight.hold_lot, by=world.county, lot=held.lot, reason="抽查")
    with world.refusal(errors.LotHeld):
        world.sold(held.lot)
    sale = world.sold(called.lot)
    world.recall(by=world.county, lot=called.batch, grade="I", reason="农残")
    with world.refusal(errors.LotRecalled):
        world.sold(called.lot)
    with world.refusal(errors.LotRecalled):
        world.do(chain.take_back, **back(sale))
    world.do(
        chain.take_back, **back(sale, restock=False, ranges=called.nth(0))
    )  # but it may come back to be destroyed
    world.at("2028-03-26T08:00")
    with world.refusal(errors.LotExpired):
        world.sold(old.lot)


def test_an_unopened_return_is_restocked_within_ten_days(world: World) -> None:
    lot = world.packed(packs=5).lot
    sale = world.sold(lot, packs=3)
    world.later(days=10)
    world.do(chain.take_back, **back(sale))
    assert world.on_hand(lot) == (300, 3)
    with world.refusal(errors.RestockOpened):
        world.do(chain.take_back, **back(sale, opened=True))
    world.later(days=1)
    with world.refusal(errors.RestockLate, days=11, limit=10):
        world.do(chain.take_back, **back(sale))


def test_what_is_not_restocked_is_destroyed_and_its_marks_retired(world: World) -> None:
    packed = world.packed(packs=5)
    sale = world.sold(packed.lot, packs=3)
    with world.refusal(errors.SerialsNeeded):
        world.do(chain.take_back, **back(sale, opened=True, restock=False))
    world.do(chain.take_back, **back(sale, opened=True, restock=False, ranges=packed.nth(0)))
    assert world.see(marks.counts)[MarkState.RETIRED] == 1
    told = next(one for one in world.listed(lists.EVENTS) if one.event.kind is EventKind.RETURN)
    assert told.lots == ()
    assert [(one.lot.id, one.account, one.grams, one.packs) for one in told.ended] == [
        (packed.lot, Account.DESTROYED, 100, 1)
    ]
    with world.refusal(errors.MarksNotLive):
        world.do(chain.take_back, **back(sale, opened=True, restock=False, ranges=packed.nth(0)))


def test_no_more_comes_back_than_was_sold(world: World) -> None:
    packed = world.packed(packs=5)
    sale = world.sold(packed.lot, packs=2)
    for packs in (0, 3):
        with world.refusal(errors.ReturnExceedsSale):
            world.do(chain.take_back, **back(sale, packs=packs))
    world.do(chain.take_back, **back(sale, packs=2, ranges=packed.first(2)))
    with world.refusal(errors.ReturnExceedsSale, returned=2):
        world.do(chain.take_back, **back(sale))


def test_a_return_names_marks_of_its_lot_if_it_names_any(small_world: World) -> None:
    packed = small_world.packed(packs=3, extra=2)
    sale = small_world.sold(packed.lot, packs=2)
    with small_world.refusal(errors.MarksMiscounted):
        small_world.do(chain.take_back, **back(sale, ranges=packed.first(2)))
    with small_world.refusal(errors.MarksNotInLot):
        small_world.do(chain.take_back, **back(sale, ranges=packed.nth(4)))


def test_a_return_comes_after_its_sale_and_is_of_the_firms_own(world: World) -> None:
    lot = world.packed(packs=3).lot
    before = world.now - timedelta(minutes=1)
    sale = world.sold(lot)
    with world.refusal(errors.BeforeItsInputs):
        world.do(chain.take_back, at=before, **back(sale))
    with world.refusal(errors.SaleUnknown):
        world.do(chain.take_back, by=world.other.manager, **back(sale))
    with world.refusal(errors.SaleUnknown):
        world.do(chain.take_back, **back(1))
    with world.refusal(errors.SaleUnknown):
        world.see(papers.sale, event=1)


def test_destruction_retires_exactly_the_marks_of_its_packs(world: World) -> None:
    packed = world.packed(packs=5, extra=1)
    asked: dict[str, Any] = {"lot": packed.lot, "packs": 2, "reason": "受潮"}
    with world.refusal(errors.SerialsNeeded):
        world.do(chain.destroy, ranges=packed.first(1), **asked)
    with world.refusal(errors.MarksNotInLot):
        world.do(chain.destroy, ranges=packed.nth(4, 2), **asked)
    with world.refusal(errors.ReasonMissing):
        world.do(chain.destroy, ranges=packed.first(2), **(asked | {"reason": ""}))
    with world.refusal(errors.LotWrongKind):
        world.do(chain.destroy, ranges=packed.first(2), **(asked | {"lot": packed.batch}))
    world.do(oversight.hold_lot, by=world.county, lot=packed.lot, reason="抽查")
    world.do(chain.destroy, ranges=packed.first(2), **asked)  # held goods may be destroyed
    assert world.on_hand(packed.lot) == (300, 3)


def test_a_shortage_in_a_count_is_a_declared_loss_with_a_finding(world: World) -> None:
    lot, tea = world.packed(packs=5).lot, world.tea(kg=2)
    world.do(chain.count_stock, lot=lot, counted=4)
    world.do(chain.count_stock, lot=tea, counted=1990)
    assert world.findings() == ["count.shortage"] * 2
    assert (world.on_hand(lot), world.on_hand(tea)) == ((400, 4), (1990, 0))


def test_a_surplus_is_told_and_never_booked_in(world: World) -> None:
    tea = world.tea(kg=2)
    world.do(chain.count_stock, lot=tea, counted=2010)
    assert world.findings() == ["count.surplus"]
    assert world.on_hand(tea) == (2000, 0)
    world.do(chain.count_stock, lot=tea, counted=2000)
    assert world.findings() == ["count.surplus"]


def test_a_count_is_no_less_than_nothing_and_not_of_the_future(small_world: World) -> None:
    tea = small_world.tea()
    with small_world.refusal(errors.NumberOutOfRange):
        small_world.do(chain.count_stock, lot=tea, counted=-1)
    with small_world.refusal(errors.InTheFuture):
        small_world.do(chain.count_stock, lot=tea, counted=1, at=small_world.now + timedelta(hours=1))
