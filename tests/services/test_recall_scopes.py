"""Recalls by an office: of a lot, a plot, a firm or marks; the reach to the gram, holders told, progress, drills."""

from datetime import date, timedelta
from typing import Any

import pytest

from tests.world import Packed, World
from traceability.domain import errors
from traceability.domain.people import Role
from traceability.domain.recalls import Amount, Place, Scope, ScopeKind
from traceability.services import chain, recalls
from traceability.services.board import board


def marketed(world: World) -> Packed:
    """Ten packs: three in stock, four at the shop, one on the way there, two sold, one of them by name."""
    packed = world.packed(packs=10, extra=2)
    world.do(chain.deliver, shipment=world.sent(packed.lot, packs=4))
    world.sent(packed.lot, packs=1)
    world.sold(packed.lot)
    world.sold(packed.lot, channel="online", buyer="某茶行")
    return packed


def reached(world: World, scope: Scope, by: Any = None) -> Any:
    return world.see(recalls.reach, by=by or world.county, scope=scope).spread


def test_an_offices_reach_counts_every_pack_once(world: World) -> None:
    packed = marketed(world)
    found = reached(world, Scope.lot(packed.batch))
    where = {place: found.at(place).packs for place in Place}
    assert where == {Place.OWN: 3, Place.KEPT: 4, Place.ON_THE_WAY: 1, Place.OUT: 2, Place.GONE: 0}
    assert (found.left.packs, set(found.lots)) == (10, {packed.batch, packed.lot})
    assert sum(found.marks.values()) == 12
    assert {(one.name, one.amount, one.sales) for one in found.channels} == {
        ("shop", Amount(100, 1), 1),
        ("online", Amount(100, 1), 1),
    }
    assert [(one.name, one.amount.packs) for one in found.buyers] == [("某茶行", 1)]
    assert sorted((one.name, one.amount.packs) for one in found.holders if one.amount.packs) == [
        ("贵阳门店", 1),
        ("贵阳门店", 4),
        ("都匀示例茶业有限公司", 3),
    ]


def test_one_sold_that_came_back_is_out_no_more(world: World) -> None:
    packed = world.packed(packs=4)
    sale = world.sold(packed.lot, packs=3, channel="online")
    world.do(chain.take_back, sale=sale, packs=1, opened=False, restock=True, reason="不要了")
    found = reached(world, Scope.lot(packed.lot))
    assert (found.at(Place.OUT).packs, found.at(Place.OWN).packs) == (2, 2)
    assert [(one.amount.packs, one.sales) for one in found.channels] == [(2, 1)]


def test_by_plot_by_days_by_firm_and_by_marks(world: World) -> None:
    first, second = world.plots[0], world.plots[1]
    leaf, other = world.leaf(kg=9, plot=first), world.leaf(kg=9, plot=second)
    tea = world.tea_of(leaf, g=9000, kg=2)
    world.later(days=1)
    later = world.leaf(kg=5, plot=first)
    plot = Scope(ScopeKind.PLOT, first)
    assert set(reached(world, plot).lots) == {leaf, tea, later}
    today = world.today
    assert set(reached(world, Scope(ScopeKind.PLOT, first, since=today)).lots) == {later}
    early = Scope(ScopeKind.PLOT, first, until=today - timedelta(days=1))
    assert set(reached(world, early).lots) == {leaf, tea}
    assert {leaf, tea, later, other} <= set(reached(world, Scope(ScopeKind.ENTERPRISE, world.firm.id)).lots)
    packed = world.packed(packs=3, extra=1)
    serial = packed.applied[0].first
    marks = Scope(ScopeKind.SERIALS, serial, serial)
    assert reached(world, marks).lots == (packed.lot,)
    on_none = Scope(ScopeKind.SERIALS, packed.ranges[0].last, packed.ranges[0].last)
    with world.refusal(errors.RecallEmpty):
        world.recall_scope(on_none, by=world.county)
    number = world.recall_scope(marks, by=world.county)
    assert world.see(recalls.recalls, by=world.county)[0].id == number
    with world.refusal(errors.LotRecalled):
        world.sold(packed.lot)


def test_what_an_office_may_not_recall_does_not_exist_for_it(world: World) -> None:
    packed = world.packed(packs=2)
    serial = packed.applied[0].first
    for scope in (
        Scope(ScopeKind.PLOT, world.plot),
        Scope(ScopeKind.ENTERPRISE, world.firm.id),
        Scope(ScopeKind.SERIALS, serial, serial),
        Scope(ScopeKind.SERIALS, 4_000_000_000, 4_000_000_000),
    ):
        with pytest.raises(errors.NotFound):
            reached(world, scope, by=world.other_county)
    with pytest.raises(errors.LotUnknown):
        reached(world, Scope.lot(packed.lot), by=world.other_county)
    with pytest.raises(errors.NotAllowed):
        reached(world, Scope(ScopeKind.PLOT, world.plot), by=world.firm.manager)
    with pytest.raises(errors.NotAllowed):
        reached(world, Scope.lot(packed.lot), by=world.observer)
    found = world.see(recalls.scopes_meant, by=world.county, text=f"{serial:010d}")
    assert [one.scope.kind.value for one in found] == ["serials", "lot", "lot"]
    assert world.see(recalls.scopes_meant, by=world.other_county, text=f"{serial:010d}") == []


def test_days_and_serials_run_forwards() -> None:
    for wrong in (
        {"since": date(2026, 4, 2), "until": date(2026, 4, 1)},
        {"last": 4},
    ):
        with pytest.raises(errors.ChoiceUnknown):
            Scope(ScopeKind.PLOT, 5, **wrong)  # type: ignore[arg-type]


def test_a_changed_reach_is_shown_again_but_a_sale_more_does_not_stop_a_recall(world: World) -> None:
    packed = world.packed(packs=4)
    scope = Scope.lot(packed.lot)
    shown = reached(world, scope).digest
    world.sold(packed.lot)
    before = reached(world, scope).digest  # somebody in the street has one now, but no more firms
    assert before == shown
    world.do(chain.deliver, shipment=world.sent(packed.lot, packs=1))
    asked = {"by": world.county, "scope": scope, "grade": "I", "reason": "农残"}
    with world.refusal(errors.RecallChanged):
        world.do(recalls.order_recall, shown=before, **asked)
    world.do(recalls.order_recall, shown=reached(world, scope).digest, **asked)


def test_nobody_recalls_the_goods_of_a_firm_they_have_an_account_with(world: World) -> None:
    world.leaf(kg=5)
    tied = world.user(Role.COUNTY, county="522701", enterprise=world.firm.id)
    with world.refusal(errors.OwnDecision):
        world.recall_scope(Scope(ScopeKind.PLOT, world.plot), by=tied)


def test_a_plot_is_found_back_from_its_packs_and_recalls_them(world: World) -> None:
    packed = world.packed(packs=2)
    plot = next(
        one.plot for one in world.see(recalls.reach, by=world.county, scope=Scope.lot(packed.lot)).grounds
    )
    world.recall_scope(Scope(ScopeKind.PLOT, plot), by=world.county, grade="I")
    with world.refusal(errors.LotRecalled):
        world.sold(packed.lot)


def test_holders_find_it_on_their_board_and_say_that_they_stopped(world: World) -> None:
    tea = world.tea(kg=3)
    world.do(chain.deliver, by=world.other.manager, shipment=world.sent(tea, g=2000, to=world.other.party))
    number = world.recall_scope(Scope.lot(tea), by=world.county, grade="I")
    for firm in (world.firm, world.other):
        alerts = {one.alert: one.count for one in world.see(board, by=firm.manager).notices}
        assert alerts["goods_recalled"] == 1
    found = world.see(recalls.recall_file, by=world.other.manager, number=number)
    assert [(lot.id, amount.grams) for lot, amount in found.reach.held] == [(tea, 2000)]
    assert (found.stopped, found.subject) == (False, found.recall.subject)
    world.do(recalls.confirm_stopped, by=world.other.clerk, recall=number)
    with world.refusal(errors.AlreadyDecided):
        world.do(recalls.confirm_stopped, by=world.other.clerk, recall=number)
    assert world.see(recalls.recall_file, by=world.other.manager, number=number).stopped is True
    followed = world.see(recalls.progress, by=world.county, number=number)
    assert (followed.stopped, len(followed.holders)) == (1, 2)


def test_progress_to_the_end(world: World) -> None:
    packed = marketed(world)
    sale = world.sold(packed.lot, packs=2)
    number = world.recall_scope(
        Scope.lot(packed.batch), by=world.county, grade="I", known_at=world.now - timedelta(hours=25)
    )
    begun = world.see(recalls.progress, by=world.county, number=number)
    assert (begun.out_then.packs, begun.out_now.packs, begun.back_share) == (9, 9, 0)
    assert begun.times.late
    assert begun.times.finish_by == date(2026, 4, 10)  # ten working days from 26 March, Qingming not counted
    world.do(
        chain.take_back, sale=sale, packs=1, opened=False, restock=False, reason="召回", ranges=packed.nth(0)
    )
    world.do(chain.destroy, lot=packed.lot, packs=2, ranges=packed.nth(1, 2), reason="召回", party=world.shop)
    found = world.see(recalls.progress, by=world.county, number=number)
    assert (found.out_now.packs, found.returned.packs, found.destroyed.packs) == (6, 1, 3)
    assert found.back_share == 333
    for by, refused in ((world.other_county, errors.NotFound), (world.firm.manager, errors.NotAllowed)):
        with world.refusal(refused):
            world.do(recalls.close_recall, by=by, recall=number, reason="已收回")
    with world.refusal(errors.ReasonMissing):
        world.do(recalls.close_recall, by=world.county, recall=number, reason=" ")
    world.do(recalls.close_recall, by=world.county, recall=number, reason="余下六件已饮用")
    with world.refusal(errors.AlreadyDecided):
        world.do(recalls.close_recall, by=world.county, recall=number, reason="再结")
    with world.refusal(errors.LotRecalled):
        world.sold(packed.lot)
    assert world.see(recalls.progress, by=world.county, number=number).times.days_left is None
    assert "goods_recalled" not in {one.alert for one in world.see(board).notices}


def test_a_drill_scores_and_leaves_no_trace_where_goods_or_the_public_are(world: World) -> None:
    packed = marketed(world)
    before = world.table_counts()
    number = world.do(recalls.start_drill, by=world.county, scope=Scope.lot(packed.batch))
    world.later(minutes=6)
    world.do(recalls.finish_list, by=world.county, drill=number)
    [one] = world.see(recalls.drills, by=world.county)
    assert one.took == timedelta(minutes=7)
    left = reached(world, Scope.lot(packed.batch)).left.grams
    assert one.found == (left - 100) * 1000 // left  # the pack sold over the counter is nowhere by name
    changed = {name for name, n in world.table_counts().items() if n != before[name]}
    assert changed == {"recall_drill", "fact", "unsealed"}
    assert world.see(recalls.own_recalls) == world.see(recalls.recalls, by=world.county) == []
    assert "goods_recalled" not in {one.alert for one in world.see(board).notices}
    world.sold(packed.lot)  # nothing is stopped
    with world.refusal(errors.AlreadyDecided):
        world.do(recalls.finish_list, by=world.county, drill=number)
    assert world.see(recalls.drills, by=world.other_county) == []
    for by, refused in ((world.other_county, errors.NotFound), (world.firm.manager, errors.NotAllowed)):
        with pytest.raises(refused):
            world.see(recalls.drill_file, by=by, number=number)
