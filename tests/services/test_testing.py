"""Test reports: who enters them, when they count, and what a failed one leads to."""

from datetime import timedelta
from typing import Any

import pytest

from tests.world import DAMP, GOOD, POISONED, World
from traceability.domain import errors
from traceability.domain.profile import Grade
from traceability.services import chain, marks, oversight


def status(world: World, batch: int) -> Any:
    return world.see(chain.dossier, lot=batch).status


def test_a_report_counts_once_an_officer_has_confirmed_it(world: World) -> None:
    batch = world.passed_batch()
    assert status(world, batch).judgement.passed
    assert not status(world, batch).passed
    request = world.request(batch)
    with world.refusal(errors.BatchNotPassed):
        world.approve(request, report_confirmed=False)
    world.approve(request)
    assert status(world, batch).passed


def test_one_report_number_judges_one_batch(world: World) -> None:
    a, b = world.sampled_batch(), world.sampled_batch()
    world.report(a, report_no="JC 7")
    with world.refusal(errors.ReportTaken, report_no="JC 7"):
        world.report(b, report_no="JC  7")


def test_one_report_file_judges_one_batch(world: World) -> None:
    a, b = world.sampled_batch(), world.sampled_batch(firm=world.other)
    world.report(a, content=b"%PDF-1.4 same")
    with world.refusal(errors.ReportTaken):
        world.report(b, content=b"%PDF-1.4 same", by=world.other.manager)
    world.report(b, content=b"%PDF-1.4 another", by=world.other.manager)


def test_a_firms_second_report_changes_nothing(world: World) -> None:
    batch = world.failed_batch()
    with world.refusal(errors.ReportExists):
        world.report(batch, tested=GOOD)


def test_a_report_needs_a_closed_batch_and_comes_after_its_sample(world: World) -> None:
    batch = world.batch()
    with world.refusal(errors.BatchNotClosed):
        world.report(batch)
    world.sample(batch)
    with world.refusal(errors.ReportBeforeSample):
        world.report(batch, reported_on=world.today - timedelta(days=1))
    with world.refusal(errors.InTheFuture):
        world.report(batch, reported_on=world.today + timedelta(days=1))


def test_a_report_says_everything_its_grade_is_limited_by(small_world: World) -> None:
    batch = small_world.sampled_batch()
    tested = {key: value for key, value in GOOD.items() if key != "moisture"}
    with small_world.refusal(errors.ValueMissing, parameter="moisture"):
        small_world.report(batch, tested=tested)


def test_only_a_batch_has_a_report_and_only_its_own_firms(small_world: World) -> None:
    tea, batch = small_world.tea(), small_world.sampled_batch()
    with small_world.refusal(errors.LotWrongKind):
        small_world.report(tea)
    with small_world.refusal(errors.LotUnknown):
        small_world.report(batch, by=small_world.other.manager)


@pytest.mark.parametrize(
    "content", [b"", b"<svg onload=alert(1)>", b"PK\x03\x04 a workbook", b"%PDF-" + b"0" * 10 * 1024 * 1024]
)
def test_a_report_file_is_a_pdf_or_a_picture_of_a_bearable_size(small_world: World, content: bytes) -> None:
    batch = small_world.sampled_batch()
    with small_world.refusal(errors.FileRefused):
        small_world.report(batch, content=content)


def test_a_failed_report_holds_the_batch_and_tells_the_county(world: World) -> None:
    batch = world.failed_batch()
    assert world.findings() == ["report.failed"]
    assert [hold.cause for hold in world.see(chain.dossier, lot=batch).holds] == ["report.failed"]
    with world.refusal(errors.LotHeld, cause="report.failed"):
        world.request(batch)
    with world.refusal(errors.LotHeld):
        world.batch({batch: 500})
    with world.refusal(errors.LotHeld):
        world.sent(batch, g=500)
    with world.refusal(errors.LotHeld):
        world.sold(batch, packs=0, grams=500)


def test_no_marks_for_an_untested_batch(world: World) -> None:
    batch, tea = world.batch(), world.tea()
    with world.refusal(errors.BatchNotClosed):
        world.request(batch)
    world.sample(batch)
    with world.refusal(errors.BatchNotTested):
        world.request(batch)
    with world.refusal(errors.LotWrongKind):
        world.request(tea)


def test_a_failed_batch_may_be_redeclared_to_a_grade_whose_limits_it_meets(world: World) -> None:
    batch = world.failed_batch()
    asked = {"batch": batch, "reason": "水分偏高"}
    with world.refusal(errors.GradeLimitsNotMet):
        world.do(chain.redeclare, grade=Grade.SPECIAL, **asked)
    with world.refusal(errors.GradeTooHigh):
        world.do(chain.redeclare, grade=Grade.ZUNPIN, **asked)
    world.do(chain.redeclare, grade=Grade.FIRST, **asked)
    first = world.product(100, grade=Grade.FIRST, name="一级")
    with world.refusal(errors.LotHeld):  # only the county lifts the hold
        world.request(batch, product=first)
    release_all(world, batch)
    with world.refusal(errors.GradeTooHigh):
        world.request(batch)
    world.approve(world.request(batch, product=first))


def release_all(world: World, lot: int) -> None:
    for hold in world.see(chain.dossier, lot=lot).holds:
        world.do(oversight.release_hold, by=world.county, hold=hold.id, reason="复核")


def test_what_passed_is_not_redeclared_nor_what_was_not_tested(world: World) -> None:
    for batch in (world.passed_batch(), world.sampled_batch()):
        with world.refusal(errors.BatchNotFailed):
            world.do(chain.redeclare, batch=batch, grade=Grade.FIRST, reason="降级")


def test_tea_that_fails_everywhere_stays_failed_when_the_hold_is_lifted(world: World) -> None:
    batch = world.failed_batch(tested=POISONED)
    release_all(world, batch)
    with world.refusal(errors.BatchNotPassed):
        world.request(batch)


def test_a_failed_batch_may_be_refined_into_a_new_lot_with_a_finding(world: World) -> None:
    batch = world.failed_batch()
    world.do(chain.refine, inputs={batch: 1000}, out_g=990, fines_g=10)
    assert world.findings() == ["report.failed", "refining.after_fail"]


def test_the_office_tests_the_retained_sample_and_that_counts(world: World) -> None:
    batch = world.failed_batch()
    with world.refusal(errors.NotAllowed):
        world.report(batch, retest=True, by=world.firm.manager)
    world.report(batch, retest=True, tested=GOOD)
    assert status(world, batch).passed
    with world.refusal(errors.LotHeld):  # a retest that passes lifts nothing by itself
        world.request(batch)
    release_all(world, batch)
    world.approve(world.request(batch), report_confirmed=False)


def test_a_retest_that_fails_holds_the_batch(world: World) -> None:
    batch = world.passed_batch()
    world.report(batch, retest=True, tested=DAMP)
    with world.refusal(errors.LotHeld):
        world.request(batch)


def test_there_is_no_retest_without_a_first_test_or_a_retained_sample(world: World) -> None:
    untested = world.sampled_batch()
    with world.refusal(errors.BatchNotTested):
        world.report(untested, retest=True)
    none_kept = world.passed_batch(retained_g=0)
    with world.refusal(errors.RetainedSampleMissing):
        world.report(none_kept, retest=True)


def test_an_office_tests_tea_of_its_own_county_only(world: World) -> None:
    batch = world.failed_batch()
    with world.refusal(errors.LotUnknown):
        world.report(batch, retest=True, by=world.other_county)


def test_the_officer_who_entered_the_values_does_not_confirm_them(world: World) -> None:
    batch = world.failed_batch()
    world.report(batch, retest=True, tested=GOOD)
    release_all(world, batch)
    request = world.request(batch)
    world.approve(request)  # a retest needs no confirming, so nobody confirms their own
    assert world.see(marks.request, number=request).state.value == "approved"
