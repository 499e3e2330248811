"""Inspections as the offices make them: drawn once, written down by those who were there, samples that hold a batch."""

import threading
from collections.abc import Callable
from typing import Any

import pytest

from tests.looking import code_of
from tests.world import GOOD, POISONED, Packed, World
from traceability.domain import errors
from traceability.domain.board import Alert
from traceability.domain.inspections import Access, LineOutcome, Result, SampleState, VisitState, Why
from traceability.domain.people import Identity, Role
from traceability.domain.scans import Verdict
from traceability.services import board, chain, inspections, lookup, oversight
from traceability.services import people as people_cases
from traceability.store import inspections as rows
from traceability.store.work import look

SEED = "5eed" * 16
PHOTO = b"\xff\xd8\xff a picture"


def pair(world: World) -> Identity:
    """Who goes along with the county's officer: the colleague there is, or a new one."""
    people = [one.user for one, _name in world.rows(rows.inspectors_of, world.county.county)]
    known = [user for user in people if user != world.county.user]
    return world.see(people_cases.identity_of, user=known[0]) if known else colleague(world)


def colleague(world: World, *, enterprise: int | None = None, county: str | None = None) -> Identity:
    """A second person of the county's office: nobody goes alone."""
    return world.user(Role.COUNTY, county=county or world.firm.county, enterprise=enterprise)


def planned(world: World, **more: Any) -> int:
    asked: dict[str, Any] = {"seed": SEED, "by_chance": 1, "reason": "春茶季例行检查"}
    return int(world.do(inspections.draw_plan, **({"by": world.county} | asked | more)))


def ordered(world: World, **more: Any) -> int:
    asked: dict[str, Any] = {"enterprise": world.firm.id, "reason": "群众来电"}
    return int(world.do(inspections.order_visit, **({"by": world.county} | asked | more)))


def begun(world: World, second: Identity, **more: Any) -> int:
    """A visit that runs."""
    visit = more.pop("visit", None) or ordered(world)
    asked: dict[str, Any] = {"visit": visit, "access": Access.GRANTED, "second": second.user}
    world.do(inspections.begin_visit, **({"by": world.county} | asked | more))
    return int(visit)


def lined(world: World, visit: int, **more: Any) -> int:
    asked: dict[str, Any] = {"visit": visit, "item": "scales", "outcome": LineOutcome.GOOD}
    return int(world.do(inspections.write_line, **({"by": world.county} | asked | more)))


def taken(world: World, visit: int, lot: int, *, n: int = 0, **more: Any) -> int:
    asked: dict[str, Any] = {
        "visit": visit,
        "lot": lot,
        "grams": 50,
        "taken_from": "甲",
        "seal_no": f"F-{lot}-{n}",
    }
    return int(world.do(inspections.take_sample, **({"by": world.county} | asked | more)))


def reported(world: World, sample: int, *, tested: Any = GOOD, send: bool = True, **more: Any) -> int:
    """The sample sent, and its report typed by the county's officer."""
    if send:
        world.do(inspections.send_sample, by=world.county, sample=sample, lab="示例检验中心")
    asked: dict[str, Any] = {
        "sample": sample, "report_no": f"CJ-{sample}", "lab": "示例检验中心", "reported_on": world.today,
        "tested": tested, "file_name": "r.pdf", "content": b"%PDF-1.4 sample " + str(sample).encode(),
    }  # fmt: skip
    return int(world.do(inspections.enter_sample_report, **({"by": world.county} | asked | more)))


def judged(world: World, second: Identity, lot: int, *, tested: Any = GOOD, **more: Any) -> int:
    """A sample of a lot from the visit to its verdict."""
    sample = taken(world, begun(world, second), lot, **more)
    reported(world, sample, tested=tested)
    world.do(inspections.confirm_sample_report, by=second, sample=sample)
    return sample


def state_of(world: World, sample: int) -> SampleState:
    return SampleState(world.see(inspections.sample_file, by=world.county, number=sample).sample.state)


def inspected(world: World, lot: int) -> dict[str, int]:
    """A plan called off, a visit that runs with a line and its photo, and a sample whose report waits."""
    second = pair(world)
    plan = planned(world)
    world.do(inspections.call_off_plan, by=world.county, plan=plan, reason="名单有误")
    visit = begun(world, second)
    line = lined(world, visit, outcome=LineOutcome.WRONG, words="封签脱落", photo=PHOTO + str(visit).encode())
    sample = taken(world, visit, lot)
    reported(world, sample)
    return {"plan": plan, "visit": visit, "line": line, "sampled": sample}


# --- the draw -----------------------------------------------------------------------------------------------


def test_a_plan_is_drawn_kept_and_drawn_again_the_same(world: World) -> None:
    colleague(world)
    number = planned(world)
    found = world.see(inspections.plan_file, by=world.county, number=number)
    assert found.same
    assert [(one.enterprise, one.why, len(one.inspectors)) for one in found.visits] == [
        (world.firm.id, Why.RANDOM, 2)
    ]
    assert found.plan.no == "JH26-522701-0001"
    assert found.lists["terms"] == {"by_chance": 1, "by_finding": 0, "by_complaint": 0, "inspectors": 2}
    assert world.see(inspections.plans, by=world.observer)[0].visits == 1
    assert world.breaches() == ()


def test_the_prefecture_draws_among_all_firms_with_its_own_people(world: World) -> None:
    with world.refusal(errors.InspectorsTooFew, asked=2, known=1):
        planned(world, by=world.prefecture, by_chance=2)
    world.user(Role.PREFECTURE)
    number = planned(world, by=world.prefecture, by_chance=2)
    found = world.see(inspections.plan_file, by=world.prefecture, number=number)
    assert {one.enterprise for one in found.visits} == {world.firm.id, world.other.id}
    assert found.same
    # Each county sees its own visit, not the plan of the office above it.
    assert [one.enterprise for one in world.see(inspections.visits, by=world.county)] == [world.firm.id]
    with pytest.raises(errors.NotFound):
        world.see(inspections.plan_file, by=world.county, number=number)


def test_a_firm_with_a_visit_to_come_is_not_drawn_again_and_a_reason_needs_a_reason(world: World) -> None:
    colleague(world)
    with world.refusal(errors.FirmsTooFew, asked=1, known=0):
        planned(world, by_chance=0, by_finding=1)
    planned(world)
    with world.refusal(errors.FirmsTooFew, asked=1, known=0):
        planned(world)


def test_firms_are_taken_by_their_findings_and_by_complaints(world: World) -> None:
    colleague(world)
    world.failed_batch()
    found = world.see(
        inspections.plan_file, by=world.county, number=planned(world, by_chance=0, by_finding=1)
    )
    assert [(one.why, one.points > 0) for one in found.visits] == [(Why.FINDING, True)]


def test_an_inspector_with_an_account_at_the_firm_is_not_sent_there(world: World) -> None:
    tied = colleague(world, enterprise=world.firm.id)
    with world.refusal(errors.InspectorsTooFew):
        planned(world)
    second = colleague(world)
    visit = world.see(inspections.visits, by=world.county)
    assert visit == []
    planned(world)
    [visit] = world.see(inspections.visits, by=world.county)
    assert {user for user, _name in visit.inspectors} == {world.county.user, second.user}
    with world.refusal(errors.OwnDecision):
        begun(world, second, visit=visit.id, by=tied)
    with world.refusal(errors.OwnDecision):
        begun(world, tied, visit=visit.id)
    with world.refusal(errors.OwnDecision):
        ordered(world, by=tied)


def test_a_plan_is_called_off_once_with_a_reason_and_never_drawn_again(world: World) -> None:
    second = colleague(world)
    number = planned(world)
    with world.refusal(errors.ReasonMissing):
        world.do(inspections.call_off_plan, by=world.county, plan=number, reason=" ")
    with world.refusal(errors.NotFound):
        world.do(inspections.call_off_plan, by=world.other_county, plan=number, reason="不对")
    world.do(inspections.call_off_plan, by=world.county, plan=number, reason="名单有误")
    with world.refusal(errors.AlreadyDecided):
        world.do(inspections.call_off_plan, by=second, plan=number, reason="再撤")
    found = world.see(inspections.plan_file, by=world.county, number=number)
    assert (found.plan.call_off_reason, found.visits[0].state, found.same) == (
        "名单有误",
        VisitState.CANCELLED,
        True,
    )
    with world.refusal(errors.VisitMoved, visit_state="cancelled"):
        begun(world, second, visit=found.visits[0].id)
    assert world.see(oversight.decisions, by=world.county)[0].about == "inspection_plan"


def test_the_same_form_twice_is_one_plan_and_another_county_draws_its_own(world: World) -> None:
    colleague(world)
    first, again = planned(world, key="k"), planned(world, key="k")
    assert first == again
    with world.refusal(errors.InspectorsTooFew):
        planned(world, by=world.other_county)
    for who in (world.firm.manager, world.observer, world.admin):
        with world.refusal(errors.NotAllowed):
            planned(world, by=who)


# --- visits -------------------------------------------------------------------------------------------------


def test_a_visit_beside_the_draw_names_what_led_to_it(world: World) -> None:
    colleague(world)
    world.failed_batch()
    finding = world.see(oversight.findings, by=world.county)[0].id
    visit = ordered(world, finding=finding)
    found = world.see(inspections.visit_file, by=world.county, number=visit).visit
    assert (found.why, found.finding, found.reason) == (Why.FINDING, finding, "群众来电")
    with world.refusal(errors.NotFound):
        ordered(world, finding=finding + 100)
    with world.refusal(errors.NotFound):
        ordered(world, enterprise=world.other.id)
    with world.refusal(errors.ReasonMissing):
        ordered(world, reason="")
    with world.refusal(errors.DayPassed):
        ordered(world, due_on=world.today.replace(day=1))


def test_a_visit_is_written_down_line_by_line_with_the_books_beside_the_count(world: World) -> None:
    second = colleague(world)
    packed = world.packed(packs=5, extra=3)
    visit = begun(world, second)
    lined(world, visit, item="mark_store", counted=2, outcome=LineOutcome.WRONG, words="少一枚", photo=PHOTO)
    lined(world, visit, item="pack_stock", counted=5, by=second)
    lined(world, visit, item="loose_stock", counted=0)
    file = world.see(inspections.visit_file, by=world.county, number=visit)
    assert [(one.item, one.counted, one.booked, one.by) for one, _finding in file.lines] == [
        ("mark_store", 2, 3, "county"), ("pack_stock", 5, 5, "county"),
        ("loose_stock", 0, world.on_hand(packed.batch)[0], "county"),
    ]  # fmt: skip
    first = file.lines[0][0]
    assert world.see(inspections.line_photo, by=world.county, line=first.id) == PHOTO
    assert world.see(inspections.own_line_photo, line=first.id) == PHOTO
    for use_case, who in (
        (inspections.line_photo, world.other_county),
        (inspections.own_line_photo, world.other.manager),
    ):
        with pytest.raises(errors.NotFound):
            world.see(use_case, by=who, line=first.id)
    world.do(inspections.conclude_visit, by=second, visit=visit, result=Result.TO_MEND, words="限期说明")
    with world.refusal(errors.VisitMoved, visit_state="done"):
        lined(world, visit)
    assert world.breaches() == ()


def test_a_line_that_says_something_is_wrong_becomes_a_finding_once(world: World) -> None:
    second = colleague(world)
    visit = begun(world, second)
    with world.refusal(errors.ReasonMissing):
        lined(world, visit, outcome=LineOutcome.WRONG)
    good, wrong = lined(world, visit), lined(world, visit, outcome=LineOutcome.WRONG, words="秤未检定")
    with world.refusal(errors.NotFound):
        world.do(inspections.raise_finding, by=world.county, visit=visit, line=good)
    world.do(inspections.raise_finding, by=world.county, visit=visit, line=wrong)
    with world.refusal(errors.AlreadyDecided):
        world.do(inspections.raise_finding, by=second, visit=visit, line=wrong)
    [found] = world.see(oversight.findings, by=world.county)
    assert (found.code, found.evidence["words"]) == ("inspection.noted", "秤未检定")
    file = world.see(inspections.visit_file, by=world.county, number=visit)
    assert [finding for _line, finding in file.lines] == [None, found.id]


def test_who_is_not_let_in_writes_that_down_and_being_refused_is_a_finding(world: World) -> None:
    second = colleague(world)
    visit = ordered(world)
    with world.refusal(errors.ReasonMissing):
        begun(world, second, visit=visit, access=Access.REFUSED)
    begun(world, second, visit=visit, access=Access.REFUSED, words="门卫拒绝")
    found = world.see(inspections.visit_file, by=world.county, number=visit).visit
    assert (found.state, found.result) == (VisitState.DONE, Result.NOT_MADE)
    begun(world, second, visit=ordered(world), access=Access.NOBODY, words="锁门")
    assert world.findings() == ["inspection.refused"]


def test_only_those_who_were_drawn_and_are_there_write_and_nobody_of_another_county(world: World) -> None:
    second = colleague(world)
    visit = ordered(world)
    third = colleague(world)
    with world.refusal(errors.VisitNotYours):
        begun(world, second, visit=visit, by=third)
    with world.refusal(errors.ChoiceUnknown):
        begun(world, world.county, visit=visit)
    with world.refusal(errors.ReasonMissing):
        begun(world, third, visit=visit)
    for use_case, more in (
        (inspections.begin_visit, {"access": Access.GRANTED, "second": second.user}),
        (inspections.write_line, {"item": "scales", "outcome": LineOutcome.GOOD}),
        (inspections.conclude_visit, {"result": Result.IN_ORDER, "words": "好"}),
    ):
        with world.refusal(errors.NotFound):
            world.do(use_case, by=world.other_county, visit=visit, **more)
    with world.refusal(errors.VisitMoved, visit_state="due"):
        lined(world, visit)
    begun(world, third, visit=visit, words="同事生病")
    with world.refusal(errors.VisitNotYours):
        lined(world, visit, by=second)
    with world.refusal(errors.VisitEmpty):
        world.do(inspections.conclude_visit, by=third, visit=visit, result=Result.IN_ORDER, words="好")
    lined(world, visit, by=third)
    with world.refusal(errors.ChoiceUnknown):
        world.do(inspections.conclude_visit, by=third, visit=visit, result=Result.NOT_MADE, words="好")


def test_the_firm_sees_what_was_announced_or_begun_and_nothing_before(world: World) -> None:
    second = colleague(world)
    quiet, told = ordered(world), ordered(world, announced=True)
    assert [one.id for one in world.see(inspections.own_visits)] == [told]
    with pytest.raises(errors.NotFound):
        world.see(inspections.own_visit, number=quiet)
    begun(world, second, visit=quiet)
    assert [one.id for one in world.see(inspections.news)] == [told, quiet]
    assert world.see(inspections.own_visit, number=quiet).visit.state is VisitState.RUNNING
    with pytest.raises(errors.NotFound):
        world.see(inspections.own_visit, by=world.other.manager, number=quiet)
    lined(world, quiet)
    world.do(inspections.conclude_visit, by=world.county, visit=quiet, result=Result.IN_ORDER, words="好")
    world.later(days=20)
    assert [one.id for one in world.see(inspections.news)] == [told]


# --- samples ------------------------------------------------------------------------------------------------


def test_a_sample_comes_out_of_the_books_and_what_marks_wait_for_is_left(world: World) -> None:
    second = colleague(world)
    marked = world.marked_batch(packs=10, kg="1.2")
    visit = begun(world, second)
    before = world.on_hand(marked.batch)[0]
    with world.refusal(errors.LotReserved):
        taken(world, visit, marked.batch, grams=201)
    with world.refusal(errors.LotOverdrawn):
        taken(world, visit, marked.batch, grams=before + 1)
    sample = taken(world, visit, marked.batch, grams=200)
    assert world.on_hand(marked.batch)[0] == before - 200
    with world.refusal(errors.SealTaken):
        taken(world, visit, marked.batch, grams=1)
    found = world.see(inspections.sample_file, by=world.county, number=sample).sample
    assert (found.no, found.grams, found.state) == ("CY26-522701-0001", 200, SampleState.TAKEN)
    with world.refusal(errors.AmendmentUnsuited):
        world.do(chain.amend, event=found.event, correction=chain.Correction(out_g=0), reason="不认")
    assert world.breaches() == ()


def test_packs_are_sampled_by_the_piece_and_an_open_batch_is_closed(world: World) -> None:
    second = colleague(world)
    packed = world.packed(packs=5)
    visit = begun(world, second)
    sample = taken(world, visit, packed.lot, grams=0, packs=2)
    assert world.on_hand(packed.lot) == (300, 3)
    assert world.see(inspections.sample_file, by=world.county, number=sample).sample.packs == 2
    batch = world.batch(kg=1)
    taken(world, visit, batch)
    tea, strange = world.tea(kg=1), world.sampled_batch(firm=world.other)
    with world.refusal(errors.BatchClosed):
        world.blended({tea: 500}, into=batch)
    with world.refusal(errors.LotUnknown):
        taken(world, visit, strange)
    with world.refusal(errors.LotWrongKind):
        taken(world, visit, tea)
    assert world.breaches() == ()


def test_a_failed_sample_holds_the_batch_in_the_same_moment_and_only_the_county_lifts_it(
    world: World,
) -> None:
    second = colleague(world)
    packed = world.packed(packs=10, extra=5, kg=3)
    request = world.request(packed.batch, packs=2)
    sample = taken(world, begun(world, second), packed.batch)
    reported(world, sample, tested=POISONED)
    assert _verdict(world, packed) is Verdict.FIRST_SCAN
    world.do(inspections.confirm_sample_report, by=second, sample=sample)
    assert state_of(world, sample) is SampleState.FAILED
    assert _verdict(world, packed) is Verdict.HELD
    _nothing_moves(world, packed, request)
    with world.refusal(errors.ReportExists):
        world.report(packed.batch)
    with world.refusal(errors.LotHeld):
        world.do(chain.refine, inputs={packed.batch: 500}, out_g=480, fines_g=10)
    [hold] = world.see(oversight.open_holds, by=world.county)
    assert hold[0].cause == "sample.failed"
    with world.refusal(errors.NotAllowed):
        world.do(oversight.release_hold, hold=hold[0].id, reason="我们另测合格")
    with world.refusal(errors.LotUnknown):
        world.do(oversight.release_hold, by=world.other_county, hold=hold[0].id, reason="放行")
    world.do(oversight.release_hold, by=world.county, hold=hold[0].id, reason="复检合格")
    assert _verdict(world, packed) is Verdict.FIRST_SCAN
    with world.refusal(errors.BatchNotPassed):  # the values still fail: no new marks for it
        world.request(packed.batch, packs=1)
    assert world.findings() == ["sample.failed"]
    assert world.breaches() == ()


def _verdict(world: World, packed: Packed) -> Verdict:
    with look(world.house) as work:
        found = lookup.glance(work, code_of(packed.applied[0].first), now=world.now)
        return lookup.answer(found, now=world.now).verdict


def _nothing_moves(world: World, packed: Packed, request: int) -> None:
    """No request, no approval, no packing for it, and what is packed stays where it is."""
    acts: tuple[Callable[[], object], ...] = (
        lambda: world.request(packed.batch, packs=1),
        lambda: world.approve(request),
        lambda: world.pack(packed.batch, packed.nth(10, 2)),
        lambda: world.print(packed.nth(12, 2)),
        lambda: world.sent(packed.lot, packs=1),
        lambda: world.sold(packed.lot),
    )
    before = world.table_counts()
    for act in acts:
        with pytest.raises((errors.LotHeld, errors.BatchNotPassed)):
            act()
    assert world.table_counts() == before


def test_a_failed_sample_of_packs_holds_the_batch_behind_them(world: World) -> None:
    second = colleague(world)
    packed = world.packed(packs=10, kg=3)
    judged(world, second, packed.lot, tested=POISONED, grams=0, packs=1)
    with world.refusal(errors.LotHeld):
        world.request(packed.batch, packs=1)
    with world.refusal(errors.LotHeld):
        world.sold(packed.lot)


def test_a_batch_that_is_held_can_be_sampled_again_and_passing_lifts_no_hold(world: World) -> None:
    second = colleague(world)
    batch = world.passed_batch(kg=3)
    judged(world, second, batch, tested=POISONED)
    again = judged(world, second, batch, tested=GOOD, n=1)
    assert state_of(world, again) is SampleState.PASSED
    with world.refusal(errors.LotHeld):
        world.request(batch, packs=1)
    [hold] = world.see(oversight.open_holds, by=world.county)
    with world.refusal(errors.OwnDecision):  # whose confirmation placed it
        world.do(oversight.release_hold, by=second, hold=hold[0].id, reason="两次抽检，第二次合格")
    world.do(oversight.release_hold, by=world.county, hold=hold[0].id, reason="两次抽检，第二次合格")
    world.request(batch, packs=1)


def test_nobody_confirms_what_they_typed_and_nobody_of_another_county_or_the_firm(world: World) -> None:
    second = colleague(world)
    tied = colleague(world, enterprise=world.firm.id)
    sample = taken(world, begun(world, second), world.passed_batch())
    reported(world, sample)
    for who, refused in (
        (world.county, errors.OwnDecision), (tied, errors.OwnDecision), (world.other_county, errors.NotFound),
        (world.firm.manager, errors.NotAllowed), (world.observer, errors.NotAllowed),
    ):  # fmt: skip
        with world.refusal(refused):
            world.do(inspections.confirm_sample_report, by=who, sample=sample)
    with world.refusal(errors.SampleMoved, sample_state="reported"):
        world.do(inspections.discard_sample, by=second, sample=sample, reason="不要了")
    world.do(inspections.confirm_sample_report, by=second, sample=sample)
    with world.refusal(errors.SampleMoved, sample_state="passed"):
        world.do(inspections.confirm_sample_report, by=world.prefecture, sample=sample)


def test_of_two_who_confirm_at_once_one_does_and_the_batch_is_held_once(world: World) -> None:
    second = colleague(world)
    sample = taken(world, begun(world, second), world.passed_batch())
    third = colleague(world)
    reported(world, sample, tested=POISONED)
    answers: list[object] = []
    gate = threading.Barrier(2)

    def confirm(here: World, who: Identity) -> None:
        gate.wait()
        try:
            answers.append(here.do(inspections.confirm_sample_report, by=who, sample=sample))
        except errors.SampleMoved as refused:
            answers.append(refused.code)

    worlds = [world.again(), world.again()]
    threads = [
        threading.Thread(target=confirm, args=one) for one in zip(worlds, (second, third), strict=True)
    ]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    for here in worlds:
        here.close()
    assert sorted(map(str, answers)) == [str(sample), "sample.moved"]
    assert len(world.see(oversight.open_holds, by=world.county)) == 1


def test_one_report_and_one_file_serve_once_whoever_handed_them_in(world: World) -> None:
    second = colleague(world)
    batch = world.sampled_batch(kg=3)
    world.report(batch, report_no="JC-A", content=b"%PDF-1.4 the firm's")
    visit = begun(world, second)
    sample, other = taken(world, visit, batch), taken(world, visit, batch, n=1)
    world.do(inspections.send_sample, by=world.county, sample=sample, lab="甲中心")
    with world.refusal(errors.ReportTaken):
        reported(world, sample, send=False, report_no="JC-A")
    with world.refusal(errors.ReportTaken):
        reported(world, sample, send=False, content=b"%PDF-1.4 the firm's")
    reported(world, sample, send=False, report_no="CJ-1", content=b"%PDF-1.4 official")
    with world.refusal(errors.SampleMoved):
        reported(world, other, send=False, report_no="CJ-1")
    world.do(inspections.send_sample, by=world.county, sample=other, lab="甲中心")
    with world.refusal(errors.ReportTaken):
        reported(world, other, send=False, report_no="CJ-1")
    with world.refusal(errors.ReportTaken):
        reported(world, other, send=False, report_no="CJ-2", content=b"%PDF-1.4 official")
    fresh = world.sampled_batch(kg=1)
    with world.refusal(errors.ReportTaken):  # the other way round: an official file as the firm's own
        world.report(fresh, content=b"%PDF-1.4 official")


def test_a_report_that_was_typed_wrongly_is_returned_and_typed_anew_with_the_same_file(world: World) -> None:
    second = colleague(world)
    batch = world.passed_batch()
    sample = taken(world, begun(world, second), batch)
    reported(world, sample, tested=POISONED)
    world.do(inspections.return_sample_report, by=second, sample=sample, reason="农残一栏抄错")
    assert state_of(world, sample) is SampleState.SENT
    with world.refusal(errors.SampleMoved):
        world.do(inspections.confirm_sample_report, by=second, sample=sample)
    reported(world, sample, send=False)
    world.do(inspections.confirm_sample_report, by=second, sample=sample)
    file = world.see(inspections.sample_file, by=world.county, number=sample)
    assert (file.sample.state, len(file.reports), len({one.document for one in file.reports})) == (
        "passed",
        2,
        1,
    )
    assert [one.step for one in file.steps] == ["send", "report", "return", "report"]


def test_a_report_fits_its_sample(world: World) -> None:
    second = colleague(world)
    sample = taken(world, begun(world, second), world.passed_batch())
    world.later(days=3)
    world.do(inspections.send_sample, by=world.county, sample=sample, lab="甲中心")
    for more, refused in (
        ({"reported_on": world.today.replace(day=1)}, errors.ReportBeforeSample),
        ({"reported_on": world.today.replace(year=2027)}, errors.InTheFuture),
        ({"tested": {key: value for key, value in GOOD.items() if key != "lead"}}, errors.ValueMissing),
        ({"content": b"no report"}, errors.FileRefused),
    ):
        with world.refusal(refused):
            reported(world, sample, send=False, **more)


def test_the_firm_learns_of_a_verdict_when_it_stands_and_not_before(world: World) -> None:
    second = colleague(world)
    batch = world.passed_batch(kg=3)
    sample = taken(world, begun(world, second), batch)
    reported(world, sample, tested=POISONED)
    [seen] = world.see(inspections.own_samples)
    assert (seen.state, seen.verdict) == (SampleState.SENT, None)
    document = world.see(inspections.sample_file, by=world.county, number=sample).reports[-1].document
    with pytest.raises(errors.NotFound):
        world.see(oversight.document, number=document)
    assert document not in {one.id for one in world.see(oversight.documents, lot=batch)}
    world.do(inspections.confirm_sample_report, by=second, sample=sample)
    [seen] = world.see(inspections.own_samples)
    assert (seen.state, seen.verdict.failing) == (SampleState.FAILED, ("pesticide_residue",))
    assert world.see(oversight.document, number=document)[1].startswith(b"%PDF")
    assert world.see(inspections.own_samples, by=world.other.manager) == []
    assert any(notice.alert is Alert.HELD for notice in world.see(board.board).notices)


def test_a_spoiled_sample_is_discarded_by_another_person_than_who_took_it(world: World) -> None:
    second = colleague(world)
    sample = taken(world, begun(world, second), world.passed_batch())
    with world.refusal(errors.OwnDecision):
        world.do(inspections.discard_sample, by=world.county, sample=sample, reason="封签破损")
    world.do(inspections.discard_sample, by=second, sample=sample, reason="封签破损")
    assert world.see(inspections.samples_waiting, by=world.county) == []
    with world.refusal(errors.SampleMoved):
        world.do(inspections.send_sample, by=world.county, sample=sample, lab="甲")


def test_rates_and_piles_are_of_ones_own_reach(world: World) -> None:
    second = colleague(world)
    batch = world.passed_batch(kg=3)
    judged(world, second, batch)
    waiting = taken(world, begun(world, second), batch, n=1)
    [rate] = world.see(inspections.rates, by=world.county)
    assert (rate.year, rate.month, rate.passed, rate.waiting, rate.permille) == (2026, 3, 1, 1, 1000)
    assert [one.id for one in world.see(inspections.samples_waiting, by=world.observer)] == [waiting]
    assert world.see(inspections.rates, by=world.other_county) == []
    assert world.see(inspections.samples, by=world.other_county) == []
    assert len(world.see(inspections.visits_due, by=world.county)) == 2
    use_cases: tuple[Callable[..., Any], ...] = (inspections.samples, inspections.rates, inspections.plans)
    for use_case in use_cases:
        with pytest.raises(errors.NotAllowed):
            world.see(use_case, by=world.firm.manager)
