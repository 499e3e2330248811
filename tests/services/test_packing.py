"""Packaging and cartons: where tea and marks meet."""

from datetime import date, timedelta

import pytest

from tests.world import World
from traceability.domain import errors
from traceability.domain.chain import Account, LotKind
from traceability.domain.marks import MarkState, SerialRange
from traceability.domain.profile import Grade
from traceability.services import chain, marks, oversight, people
from traceability.services.chain import papers


def test_a_batch_becomes_packs_overfill_and_spill(world: World) -> None:
    firm = world.firm
    batch = world.passed_batch(kg="31.88")
    request = world.do(marks.request_marks, batch=batch, lines=[(firm.p100, 200, 2), (firm.p50, 220, 2)])
    world.approve(request)
    hundreds, fifties = world.issue(request)
    for one in (hundreds, fifties):
        world.print((one,))
    booked = world.do(
        chain.pack,
        batch=batch,
        asks=[
            chain.PackAsk(firm.p100, 200, (SerialRange(1, 200),), 80),
            chain.PackAsk(firm.p50, 220, (SerialRange(203, 422),), 66),
        ],
        spill_g=34,
    )
    assert world.on_hand(batch) == (700, 0)
    assert [world.on_hand(lot) for lot in booked.lots] == [(20_000, 200), (11_000, 220)]
    sinks = world.see(papers.paper, event=booked.id).sinks
    assert sinks == {Account.OVERFILL: 146, Account.SPILL: 34}
    lot = world.see(chain.dossier, lot=booked.lots[0]).lot
    assert (lot.pack_day, lot.best_before) == (date(2026, 3, 26), date(2028, 3, 25))
    assert world.see(marks.counts)[MarkState.APPLIED] == 420


def test_packing_asks_for_as_many_marks_as_packs(world: World) -> None:
    marked = world.marked_batch(packs=10)
    for packs in (9, 11):
        with world.refusal(errors.MarksMiscounted, packs=packs, marks=10):
            world.pack(marked.batch, marked.ranges, packs=packs)


def test_no_more_is_packed_than_there_is(world: World) -> None:
    marked = world.marked_batch(packs=10)
    with world.refusal(errors.LotOverdrawn):
        world.pack(marked.batch, marked.ranges, overfill_g=1)
    with world.refusal(errors.LotOverdrawn):
        world.pack(marked.batch, marked.ranges, spill_g=1)
    for wrong in ({"overfill_g": -1}, {"spill_g": -1}):
        with world.refusal(errors.WeightNotPositive):
            world.pack(marked.batch, marked.ranges, **wrong)
    world.pack(marked.batch, marked.ranges)
    assert world.on_hand(marked.batch) == (0, 0)


def test_spill_takes_no_tea_other_marks_wait_for(world: World) -> None:
    marked = world.marked_batch(packs=10)
    with world.refusal(errors.LotReserved):
        world.pack(marked.batch, marked.first(9), spill_g=1)


def test_a_serial_is_applied_once(world: World) -> None:
    packed = world.packed(packs=5, extra=5)
    with world.refusal(errors.MarksAlreadyApplied):
        world.pack(packed.batch, packed.nth(4, 2))


def test_marks_are_printed_before_they_are_applied(world: World) -> None:
    marked = world.issued_batch(packs=3)
    with world.refusal(errors.MarksNotPrinted):
        world.pack(marked.batch, marked.ranges)


def test_a_void_mark_goes_on_no_pack(world: World) -> None:
    marked = world.marked_batch(packs=3)
    world.do(marks.void_marks, ranges=marked.nth(1), reason="污损")
    with world.refusal(errors.MarksNotLive):
        world.pack(marked.batch, marked.ranges)


def test_marks_of_another_batch_product_or_firm_go_on_no_pack(world: World) -> None:
    a, b = world.marked_batch(packs=3, kg=2), world.marked_batch(packs=3)
    with world.refusal(errors.MarksNotOfBatch):
        world.pack(a.batch, b.ranges)
    with world.refusal(errors.MarksNotOfProduct):
        world.pack(a.batch, a.ranges, product=world.firm.products[500])
    with world.refusal(errors.MarksUnknown):
        world.pack(a.batch, (SerialRange(90, 92),))
    theirs = world.passed_batch(firm=world.other)
    request = world.request(theirs, product=world.other.p100, by=world.other.manager)
    world.approve(request, by=world.other_county)
    with world.refusal(errors.MarksUnknown):
        world.pack(theirs, a.ranges, by=world.other.manager, product=world.other.p100)


def test_each_product_is_named_once_and_each_serial_too(world: World) -> None:
    marked = world.marked_batch(packs=4)
    ask = chain.PackAsk(world.firm.p100, 2, marked.first(2))
    for asks in ([], [ask, ask]):
        with world.refusal(errors.RequestNeedsClean):
            world.do(chain.pack, batch=marked.batch, asks=asks)
    twice = chain.PackAsk(world.firm.p100, 4, marked.first(2) * 2)
    with world.refusal(errors.SerialsUnreadable):
        world.do(chain.pack, batch=marked.batch, asks=[twice])
    with world.refusal(errors.RequestNeedsClean):
        world.pack(marked.batch, ())


def test_a_batch_that_lost_its_pass_is_not_packed(world: World) -> None:
    marked = world.marked_batch(packs=3)
    world.do(oversight.hold_lot, by=world.county, lot=marked.batch, reason="抽查")
    with world.refusal(errors.LotHeld, cause="office"):
        world.pack(marked.batch, marked.ranges)
    world.recall(by=world.county, lot=marked.batch, grade="I", reason="农残")
    with world.refusal(errors.LotRecalled):
        world.pack(marked.batch, marked.ranges)


def test_packs_may_be_made_within_the_minute_their_labels_were_printed_in(world: World) -> None:
    marked = world.issued_batch(packs=3)
    minute = world.now.replace(second=0, microsecond=0) + timedelta(minutes=1)
    world.later(seconds=(minute - world.now).total_seconds() + 20)
    world.print(marked.ranges, dated=False)
    with world.refusal(errors.BeforeItsMarks):
        world.pack(marked.batch, marked.ranges, at=minute - timedelta(minutes=1))
    world.pack(marked.batch, marked.ranges, at=minute)


def test_nothing_is_packed_before_its_labels_existed(world: World) -> None:
    marked = world.issued_batch(packs=3)
    before = world.now
    world.later(hours=1)
    world.print(marked.ranges, dated=False)
    with world.refusal(errors.BeforeItsMarks):
        world.pack(marked.batch, marked.ranges, at=before)
    with world.refusal(errors.InTheFuture):
        world.pack(marked.batch, marked.ranges, at=world.now + timedelta(minutes=1))
    world.pack(marked.batch, marked.ranges)


def test_tea_plucked_too_long_ago_is_not_packed(world: World) -> None:
    marked = world.issued_batch(packs=2)
    world.print(marked.ranges, dated=False)
    world.at("2027-09-27T08:00")
    with world.refusal(errors.TeaTooOld, months=18):
        world.pack(marked.batch, marked.ranges)


def test_a_grade_that_left_the_scope_is_not_packed(world: World) -> None:
    marked = world.marked_batch(packs=2)
    world.do(people.withdraw_authorisation, by=world.prefecture, enterprise=world.firm.id, reason="调整")
    with world.refusal(errors.NotAuthorised):
        world.pack(marked.batch, marked.ranges)
    world.authorise(world.firm.id, scope=[Grade.FIRST])
    with world.refusal(errors.GradeOutsideScope):
        world.pack(marked.batch, marked.ranges)


def test_pack_lots_of_a_batch_are_numbered_on_also_after_an_amendment(world: World) -> None:
    packed = world.packed(packs=2, extra=2)
    world.do(
        chain.amend, event=packed.event, correction=chain.Correction(unused=packed.applied), reason="未包"
    )
    world.pack(packed.batch, packed.nth(2, 1))
    nos = {one.lot.no[-4:] for one in world.see(chain.lots, kinds=[LotKind.PACKS])}
    assert nos == {"-P01", "-P02"}


# --- cartons ----------------------------------------------------------------------------------------------------


def test_cartons_hold_marks_of_their_lot_once(world: World) -> None:
    packed = world.packed(packs=6, extra=2)
    one = chain.CartonAsk(packed.first(3), "BOX-1")
    assert world.do(chain.fill_cartons, lot=packed.lot, asks=[one]) == 1
    with world.refusal(errors.CartonTaken):
        world.do(chain.fill_cartons, lot=packed.lot, asks=[chain.CartonAsk(packed.nth(2, 2))])
    with world.refusal(errors.CartonTaken):
        world.do(chain.fill_cartons, lot=packed.lot, asks=[chain.CartonAsk(packed.nth(3, 1), "BOX-1")])
    with world.refusal(errors.MarksNotInLot):
        world.do(chain.fill_cartons, lot=packed.lot, asks=[chain.CartonAsk(packed.nth(5, 2))])
    with world.refusal(errors.SerialsNeeded):
        world.do(chain.fill_cartons, lot=packed.lot, asks=[chain.CartonAsk(())])
    with world.refusal(errors.LotWrongKind):
        world.do(chain.fill_cartons, lot=packed.batch, asks=[chain.CartonAsk(packed.first(1))])
    assert [carton.no for carton in world.see(chain.dossier, lot=packed.lot).cartons] == ["BOX-1"]


def test_a_mark_of_a_destroyed_pack_goes_into_no_carton(world: World) -> None:
    packed = world.packed(packs=3)
    world.do(chain.destroy, lot=packed.lot, packs=1, ranges=packed.first(1), reason="受潮")
    with world.refusal(errors.MarksNotLive):
        world.do(chain.fill_cartons, lot=packed.lot, asks=[chain.CartonAsk(packed.ranges)])


@pytest.mark.parametrize("packs", [0, -1])
def test_a_pack_line_has_packs(small_world: World, packs: int) -> None:
    marked = small_world.marked_batch(packs=2)
    with small_world.refusal(errors.MarksMiscounted):
        small_world.pack(marked.batch, marked.ranges, packs=packs)
