"""Complaints of customers: kept, answered in time, closed once, and nothing of the customer left behind."""

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from tests.world import World
from traceability.domain import errors
from traceability.domain.complaints import (
    ComplaintChannel,
    ComplaintKind,
    ComplaintOutcome,
    ComplaintState,
    days_left,
)
from traceability.domain.listing import Asked
from traceability.services import complaint_queue, complaints, findings
from traceability.store.complaints import ComplaintContactRow
from traceability.store.log import FactRow
from traceability.store.work import look

TOLD: dict[str, Any] = {
    "channel": ComplaintChannel.TELEPHONE,
    "kind": ComplaintKind.TASTE,
    "words": "汤色发暗",
}
CLOSED = {"outcome": ComplaintOutcome.REPLACED, "words": "已换货"}


def recorded(world: World, **more: Any) -> int:
    return int(world.do(complaints.record_complaint, **(TOLD | more)))


def state(world: World, number: int) -> ComplaintState:
    return world.see(complaints.complaint, number=number).line.complaint.state


def test_a_complaint_is_received_answered_and_closed(world: World) -> None:
    packed = world.packed(packs=3)
    number = recorded(world, about=str(packed.first(1)[0]), source_no="12315-7", by=world.firm.clerk)
    line = world.see(complaints.complaint, number=number).line
    assert (line.complaint.no, line.left, line.overdue) == ("TS26-1-00001", 7, False)
    assert line.lot.id == packed.lot
    world.do(complaints.answer_complaint, complaint=number, words="留样复检合格")
    assert world.see(complaints.complaint, number=number).line.left is None
    world.do(complaints.close_complaint, complaint=number, **CLOSED)
    found = world.see(complaints.complaint, number=number)
    assert (found.line.complaint.state, found.line.complaint.outcome) == ("closed", "replaced")
    assert [one.step for one in found.steps] == ["answer", "close"]
    assert world.breaches() == ()


def test_the_telephone_is_gone_with_the_closing_and_in_no_fact(world: World) -> None:
    number = recorded(world, telephone="０８５４-8221234")
    assert world.see(complaints.complaint, number=number).telephone == "0854-8221234"
    world.do(complaints.answer_complaint, complaint=number, words="已回电")
    world.do(complaints.close_complaint, complaint=number, **CLOSED)
    assert world.see(complaints.complaint, number=number).telephone is None
    with look(world.house) as work:
        assert work.session.scalars(sa.select(ComplaintContactRow)).all() == []
        kept = "".join(str(one.private) for one in work.session.scalars(sa.select(FactRow)))
    assert "8221234" not in kept
    assert "汤色" not in kept


def test_a_telephone_is_a_telephone_and_nothing_else_of_the_customer(world: World) -> None:
    for wrong in ("张三 13800000000", "138", "https://x", "1" * 40):
        with world.refusal(errors.NumberUnreadable, field="telephone"):
            recorded(world, telephone=wrong)


def test_each_step_is_taken_once_and_in_its_turn(world: World) -> None:
    number = recorded(world)
    with world.refusal(errors.ComplaintMoved, state="received"):
        world.do(complaints.close_complaint, complaint=number, **CLOSED)
    world.do(complaints.answer_complaint, complaint=number, words="已回")
    with world.refusal(errors.ComplaintMoved, state="answered"):
        world.do(complaints.answer_complaint, complaint=number, words="又回")
    world.do(complaints.close_complaint, complaint=number, **CLOSED)
    with world.refusal(errors.ComplaintMoved, state="closed"):
        world.do(complaints.close_complaint, complaint=number, **CLOSED)
    world.do(complaints.reopen_complaint, complaint=number, words="误点关闭")
    assert state(world, number) is ComplaintState.RECEIVED
    assert len(world.see(complaints.complaint, number=number).steps) == 3


def test_the_same_button_twice_is_one_complaint_and_one_step(world: World) -> None:
    first, second = (
        recorded(world, key="k", at=world.now),
        recorded(world, key="k", at=world.now - timedelta(minutes=1)),
    )
    assert first == second
    asked = {"complaint": first, "words": "已回", "key": "a", "at": world.now}
    assert world.do(complaints.answer_complaint, **asked) == world.do(complaints.answer_complaint, **asked)
    assert len(world.see(complaints.complaint, number=first).steps) == 1


def test_the_clock_runs_from_the_day_it_came(world: World) -> None:
    number = recorded(world)
    world.later(days=7)
    assert world.see(complaints.complaints)[0].left == 0
    world.later(days=1)
    late = world.see(complaints.complaints)[0]
    assert (late.complaint.id, late.left, late.overdue) == (number, -1, True)
    assert days_left(ComplaintState.CLOSED, late.complaint.due_on, world.today) is None


def test_nothing_is_answered_before_it_came_or_told_of_the_future(world: World) -> None:
    with world.refusal(errors.InTheFuture):
        recorded(world, at=world.now + timedelta(days=1))
    number = recorded(world)
    early = world.now - timedelta(days=1)
    with world.refusal(errors.BeforeItsInputs):
        world.do(complaints.answer_complaint, complaint=number, words="已回", at=early)


def test_it_is_about_a_mark_or_a_lot_of_the_firms_own_or_nothing(world: World) -> None:
    packed = world.packed(packs=2)
    lot = world.see(complaints.complaint, number=recorded(world, about=str(packed.applied[0].first))).line.lot
    assert world.see(complaints.complaint, number=recorded(world, about=lot.no)).line.lot.id == lot.id
    assert world.see(complaints.complaint, number=recorded(world)).line.lot is None
    for wrong in ("9999999999", "0000-0000-0000-0000", "没有这个批号", "x" * 300):
        with world.refusal(errors.ComplaintAboutUnknown):
            recorded(world, about=wrong)
    with world.refusal(errors.ComplaintAboutUnknown):
        recorded(world, about=str(packed.applied[0].first), by=world.other.manager)


def test_what_is_missing_or_too_long_is_refused(world: World) -> None:
    with world.refusal(errors.TextMissing, field="words"):
        recorded(world, words="\u200b ")
    with world.refusal(errors.TextTooLong, field="words"):
        recorded(world, words="长" * 501)
    number = recorded(world)
    with world.refusal(errors.ReasonMissing):
        world.do(complaints.answer_complaint, complaint=number, words=" ")


def test_another_firms_complaint_is_not_there(world: World) -> None:
    number, stranger = recorded(world, photo=b"\xff\xd8\xff"), world.other.manager
    for use_case in (complaints.complaint, complaints.complaint_photo):
        with pytest.raises(errors.NotFound):
            world.see(use_case, by=stranger, number=number)
    with world.refusal(errors.NotFound):
        world.do(complaints.answer_complaint, by=stranger, complaint=number, words="已回")
    assert world.see(complaints.complaints, by=stranger) == []
    with pytest.raises(errors.NotAllowed):
        world.see(complaints.complaints, by=world.county)
    assert world.see(complaints.complaint_photo, number=number) == b"\xff\xd8\xff"
    with pytest.raises(errors.NotFound):
        world.see(complaints.complaint_photo, number=recorded(world))


# --- as offices see them --------------------------------------------------------------------------------------


def queued(world: World, **more: Any) -> list[tuple[str, int | None]]:
    """Number, and working days left, of the complaints an office sees first."""
    asked = {"by": world.county, "asked": Asked(sort="waiting", **more.pop("asked", {}))}
    found = world.see(complaint_queue.find_complaints, **(asked | more))
    return [(one.complaint.no, one.clock.left if one.clock else None) for one in found.rows]


def test_an_office_sees_the_complaints_of_its_firms_on_its_own_clock(world: World) -> None:
    first = recorded(world, telephone="13800000000", about=str(world.packed(packs=2).applied[0].first))
    recorded(world, by=world.other.manager)
    world.later(days=5)
    second = recorded(world)
    assert queued(world) == [("TS26-1-00001", 4), ("TS26-1-00002", 7)]  # Thursday to Tuesday
    assert queued(world, by=world.other_county) == [("TS26-2-00001", 4)]
    assert len(queued(world, by=world.observer)) == 3
    world.do(complaints.answer_complaint, complaint=second, words="已回电")
    world.do(complaints.close_complaint, complaint=second, **CLOSED)
    assert queued(world, asked={"only": {"state": "received"}}) == [("TS26-1-00001", 4)]
    assert queued(world, asked={"only": {"state": "closed"}}) == [("TS26-1-00002", None)]
    counted = world.see(complaint_queue.numbers, by=world.county)
    assert (counted.states, counted.overdue) == ({"received": 1, "answered": 0, "closed": 1}, 0)
    file = world.see(complaint_queue.complaint_file, by=world.county, number=first)
    assert "13800000000" not in repr(file)
    assert (file.line.firm, file.lot is not None, file.finding) == ("都匀示例茶业有限公司", True, None)
    with pytest.raises(errors.NotFound):
        world.see(complaint_queue.complaint_file, by=world.other_county, number=first)
    with pytest.raises(errors.NotAllowed):
        world.see(complaint_queue.complaint_file, by=world.firm.manager, number=first)


def test_what_no_firm_answered_in_time_is_found_once(world: World) -> None:
    late, answered = recorded(world), recorded(world)
    world.do(complaints.answer_complaint, complaint=answered, words="已回电")
    world.at("2026-04-07T23:00")  # 26 March and seven working days, Qingming on the 6th not counted
    assert nightly(world) == {}
    world.at("2026-04-08T00:30")
    recorded(world)
    assert nightly(world) == {"complaint.overdue": 1}
    assert nightly(world) == {}
    file = world.see(complaint_queue.complaint_file, by=world.county, number=late)
    assert (file.finding.code, file.finding.county) == ("complaint.overdue", "522701")
    assert file.finding.evidence == {"complaint": "TS26-1-00001", "until": "2026-04-07"}
    assert world.see(complaint_queue.numbers, by=world.county).overdue == 1
    settled = {"result": "breach", "outcome": "已责令答复"}
    world.do(findings.settle_finding, by=world.county, finding=file.finding.id, **settled)
    assert nightly(world) == {}


def nightly(world: World) -> dict[str, int]:
    return dict(world.do(findings.run_rules).new)
