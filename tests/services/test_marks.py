"""Requests, approval, issue, printing, void and return."""

from datetime import date, timedelta

import pytest

from tests.world import World
from traceability.domain import errors
from traceability.domain.marks import MarkState, SerialRange
from traceability.domain.people import Role
from traceability.domain.profile import Grade
from traceability.services import chain, marks, people
from traceability.store.log import next_numbers
from traceability.store.work import note


def test_each_line_is_issued_as_one_range_of_one_product(world: World) -> None:
    firm = world.firm
    batch = world.passed_batch(kg=4)
    request = world.do(marks.request_marks, batch=batch, lines=[(firm.p100, 20, 1), (firm.p50, 40, 1)])
    world.approve(request)
    assert world.issue(request) == (SerialRange(1, 21), SerialRange(22, 62))
    counts = world.see(marks.counts, by=world.county)
    assert counts[MarkState.ON_HAND] == sum(counts.values()) == 62
    assert [one.product.id for one in world.see(marks.issued_ranges, batch=batch)] == [firm.p100, firm.p50]


def test_no_more_marks_than_the_batch_has_tea(world: World) -> None:
    batch = world.passed_batch(kg=2)
    with world.refusal(errors.RequestExceedsBatch, asked_g=2100, free_g=2000):
        world.request(batch, packs=21)
    world.request(batch, packs=15)
    with world.refusal(errors.RequestExceedsBatch, free_g=500):  # requests that wait count too
        world.request(batch, packs=6)
    world.request(batch, packs=5)


def test_a_request_taken_back_or_refused_lets_its_tea_go(world: World) -> None:
    batch = world.passed_batch(kg=2)
    world.do(marks.withdraw_request, request=world.request(batch, packs=20))
    refused = world.request(batch, packs=20)
    with world.refusal(errors.ReasonMissing):
        world.do(marks.refuse_request, by=world.county, request=refused, reason="")
    world.do(marks.refuse_request, by=world.county, request=refused, reason="产量不符")
    assert world.see(marks.request, number=refused).reason == "产量不符"
    with world.refusal(errors.RequestNotOpen):
        world.approve(refused)
    world.approve(world.request(batch, packs=20))


def test_tea_that_left_since_the_request_is_missed_at_approval_and_at_issue(world: World) -> None:
    batch = world.passed_batch(kg=2)
    request = world.request(batch, packs=20)
    world.do(chain.write_off, lot=batch, grams=100, reason="霉变")
    with world.refusal(errors.RequestExceedsBatch):
        world.approve(request)
    smaller = world.passed_batch(kg=2)
    request = world.request(smaller, packs=20)
    world.approve(request)
    world.do(chain.write_off, lot=smaller, grams=1, reason="霉变")
    with world.refusal(errors.RequestExceedsBatch):
        world.issue(request)


@pytest.mark.parametrize(("packs", "spares"), [(10, 1), (150, 1), (200, 2), (299, 2)])
def test_spares_are_one_in_a_hundred_at_least_one(small_world: World, packs: int, spares: int) -> None:
    batch = small_world.passed_batch(kg=16)
    with small_world.refusal(errors.TooManySpares, allowed=spares):
        small_world.request(batch, packs=packs, spares=spares + 1, product=small_world.firm.p50)
    small_world.request(batch, packs=packs, spares=spares, product=small_world.firm.p50)


def test_spares_are_cumulative_over_a_batchs_requests(world: World) -> None:
    batch = world.passed_batch(kg=2)
    world.request(batch, packs=5, spares=1)
    with world.refusal(errors.TooManySpares, before=1):
        world.request(batch, packs=5, spares=1)


@pytest.mark.parametrize("lines", [[], [(1, 0, 0)], [(1, 5, -1)], [(1, 5, 0), (1, 5, 0)]])
def test_a_request_names_each_product_once_with_packs(small_world: World, lines: list) -> None:
    batch = small_world.passed_batch()
    with small_world.refusal(errors.RequestNeedsClean):
        small_world.do(marks.request_marks, batch=batch, lines=lines)


def test_marks_are_for_the_firms_own_products_within_its_scope(world: World) -> None:
    batch = world.passed_batch()
    with world.refusal(errors.ProductUnknown):
        world.request(batch, product=world.other.p100)
    second = world.product(100, grade=Grade.SECOND, name="二级")
    with world.refusal(errors.GradeOutsideScope):
        world.request(batch, product=second)
    best = world.product(100, grade=Grade.ZUNPIN, name="尊品")
    with world.refusal(errors.GradeTooHigh):
        world.request(batch, product=best)


def test_a_firm_without_authorisation_gets_no_marks(world: World) -> None:
    new = world.new_firm("新", "91522730MAXTEA030A", "522730", authorised=False)
    batch = world.passed_batch(firm=new)
    asked = {"batch": batch, "lines": [(new.p100, 1, 0)], "by": new.manager}
    with world.refusal(errors.NotAuthorised):
        world.do(marks.request_marks, **asked)
    world.authorise(new.id, valid_until=date(2026, 3, 1))
    with world.refusal(errors.NotAuthorised):
        world.do(marks.request_marks, **asked)
    world.authorise(new.id)
    world.do(marks.request_marks, **asked)
    world.do(people.withdraw_authorisation, by=world.prefecture, enterprise=new.id, reason="停产")
    with world.refusal(errors.NotAuthorised):
        world.do(marks.request_marks, **asked)


def test_another_county_is_told_the_request_does_not_exist(world: World) -> None:
    request = world.request(world.passed_batch())
    with world.refusal(errors.RequestUnknown):
        world.approve(request, by=world.other_county)
    with world.refusal(errors.RequestUnknown):
        world.see(marks.request, by=world.other.manager, number=request)
    with world.refusal(errors.RequestUnknown):
        world.do(marks.withdraw_request, by=world.other.manager, request=request)


def test_nobody_approves_for_a_firm_they_have_an_account_with(world: World) -> None:
    tied = world.user(Role.COUNTY, county="522701", enterprise=world.firm.id)
    request = world.request(world.passed_batch())
    with world.refusal(errors.OwnDecision):
        world.approve(request, by=tied)
    with world.refusal(errors.OwnDecision):
        world.do(marks.refuse_request, by=tied, request=request, reason="不符")
    world.approve(request)
    with world.refusal(errors.OwnDecision):
        world.issue(request, by=tied)


def test_firms_prefecture_and_administrators_decide_on_no_request(world: World) -> None:
    request = world.request(world.passed_batch())
    for by in (world.firm.manager, world.prefecture, world.observer, world.admin):
        with world.refusal(errors.NotAllowed):
            world.approve(request, by=by)
    world.approve(request)
    with world.refusal(errors.RequestNotOpen):
        world.approve(request)
    with world.refusal(errors.RequestNotOpen):
        world.do(marks.withdraw_request, request=request)


def test_a_request_is_approved_before_it_is_issued_and_issued_once(world: World) -> None:
    request = world.request(world.passed_batch())
    with world.refusal(errors.RequestNotOpen):
        world.issue(request)
    world.approve(request)
    world.issue(request)
    with world.refusal(errors.RequestNotOpen):
        world.issue(request)


def test_the_officer_sees_what_the_batch_has_for_this_request(world: World) -> None:
    batch = world.passed_batch(kg=2)
    first, second = world.request(batch, packs=5), world.request(batch, packs=7)
    asked = world.see(marks.request, number=second)
    assert world.see(marks.free_for_request, by=world.county, request=asked) == 1500
    assert [one.id for one in world.see(marks.requests, by=world.county)] == [second, first]


# --- void and return ----------------------------------------------------------------------------------------------


def test_void_marks_keep_holding_their_tea(world: World) -> None:
    marked = world.marked_batch(packs=10, spares=1)
    world.do(marks.void_marks, ranges=marked.nth(0, 3), reason="污损")
    with world.refusal(errors.RequestExceedsBatch, free_g=0):
        world.request(marked.batch, packs=1)
    world.pack(marked.batch, marked.nth(3, 8))
    assert world.see(chain.free_g, batch=marked.batch, at=world.now) == 0
    with world.refusal(errors.LotReserved):
        world.do(chain.write_off, lot=marked.batch, grams=1, reason="霉变")
    assert world.breaches() == ()


def test_only_a_counted_return_lets_their_tea_go(world: World) -> None:
    marked = world.marked_batch(packs=10)
    asked = {"enterprise": world.firm.id, "ranges": marked.nth(8, 2), "reason": "缴回", "witness": "李四"}
    with world.refusal(errors.NotAllowed):
        world.do(marks.return_marks, counted=2, **asked)
    with world.refusal(errors.MarksCountDiffers, counted=1, marks=2):
        world.do(marks.return_marks, by=world.county, counted=1, **asked)
    with world.refusal(errors.NotFound):
        world.do(marks.return_marks, by=world.other_county, counted=2, **asked)
    world.do(marks.return_marks, by=world.county, counted=2, **asked)
    assert world.see(chain.free_g, batch=marked.batch, at=world.now) == 200
    world.request(marked.batch, packs=2)


def test_what_is_void_is_not_returned_and_what_is_applied_not_voided(world: World) -> None:
    packed = world.packed(packs=5, extra=5)
    world.do(marks.void_marks, ranges=packed.nth(9), reason="污损")
    with world.refusal(errors.MarksNotLive):
        world.do(marks.void_marks, ranges=packed.nth(9), reason="污损")
    with world.refusal(errors.MarksInWrongState):
        world.do(marks.void_marks, ranges=packed.nth(0), reason="污损")
    with world.refusal(errors.ReasonMissing):
        world.do(marks.void_marks, ranges=packed.nth(8), reason=" ")
    with world.refusal(errors.MarksUnknown):
        world.do(marks.void_marks, by=world.other.manager, ranges=packed.nth(8), reason="污损")


# --- suspension -----------------------------------------------------------------------------------------------------


def test_suspension_stops_request_approval_issue_print_and_packing_at_once(world: World) -> None:
    batch = world.passed_batch(kg=4)
    printed = world.marked_batch(batch=batch, packs=2)
    issued = world.issued_batch(batch=batch, packs=2)
    filed, approved = world.request(batch, packs=1), world.request(batch, packs=1)
    world.approve(approved)
    lot = world.pack(batch, printed.first(1)).lots[0]
    world.do(people.suspend_enterprise, by=world.county, enterprise=world.firm.id, reason="来源不符")
    stopped = [
        lambda: world.request(batch, packs=1),
        lambda: world.approve(filed),
        lambda: world.issue(approved),
        lambda: world.print(issued.ranges),
        lambda: world.pack(batch, printed.nth(1)),
    ]
    for act in stopped:
        with world.refusal(errors.Suspended):
            act()
    world.sold(lot)  # what was marked before may still be sold
    with world.refusal(errors.AlreadyDecided):
        world.do(people.suspend_enterprise, by=world.prefecture, enterprise=world.firm.id, reason="再次")


def test_no_packing_is_later_dated_inside_a_suspension(world: World) -> None:
    marked = world.issued_batch(packs=2)
    world.print(marked.ranges, dated=False)
    world.do(people.suspend_enterprise, by=world.county, enterprise=world.firm.id, reason="来源不符")
    inside = world.later(hours=2)
    world.later(hours=2)
    world.do(people.lift_suspension, by=world.county, enterprise=world.firm.id, reason="已整改")
    with world.refusal(errors.NotSuspended):
        world.do(people.lift_suspension, by=world.county, enterprise=world.firm.id, reason="已整改")
    with world.refusal(errors.Suspended):
        world.pack(marked.batch, marked.ranges, at=inside)
    world.pack(marked.batch, marked.ranges)


def test_labels_are_printed_for_one_pack_day(world: World) -> None:
    marked = world.issued_batch(packs=2)
    world.print(marked.ranges, pack_day=world.today + timedelta(days=1))
    with world.refusal(errors.PackDayDiffers):
        world.pack(marked.batch, marked.ranges)
    world.later(days=1)
    world.pack(marked.batch, marked.ranges)


def test_when_the_serials_run_out_nothing_is_issued(small_world: World) -> None:
    request = small_world.request(small_world.passed_batch(kg=2), packs=5)
    small_world.approve(request)
    with note(small_world.house) as work:
        next_numbers(work.session, "serial", 2**32 - 5)
    with small_world.refusal(errors.SerialsExhausted):
        small_world.issue(request)


def test_spares_are_counted_again_at_issue(world: World) -> None:
    batch = world.passed_batch(kg=30)
    large = world.request(batch, packs=200)
    spared = world.request(batch, packs=10, spares=2)
    world.approve(spared)
    world.do(marks.withdraw_request, request=large)
    with world.refusal(errors.TooManySpares, allowed=1):
        world.issue(spared)
