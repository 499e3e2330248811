"""Applying for the right to the mark: county and prefecture in turn, two persons, and nobody for themselves."""

from datetime import date, timedelta
from typing import Any

import pytest

from tests.world import World
from traceability.domain import errors
from traceability.domain.authorising import ApplicationState, Ground, Paper
from traceability.domain.people import Identity, Role, Standing
from traceability.domain.profile import Grade
from traceability.services import applications, authorised, oversight, people
from traceability.services import findings as looked
from traceability.services.applications import Application, HandedIn
from traceability.store.log import FactRow
from traceability.store.work import change, look

LICENCE = HandedIn(Paper.LICENCE, r"C:\桌面\执照.pdf", b"%PDF-1.4 licence")
ASKED: dict[str, Any] = {
    "right_basis": "agi",
    "scope": (Grade.ZHENPIN, Grade.FIRST),
    "standard": "DB52/T 433—2018",
    "words": "",
    "files": (LICENCE,),
}
GRANTED: dict[str, Any] = {
    "announcement_no": "2026-31",
    "scope": (Grade.ZHENPIN,),
    "valid_from": date(2026, 3, 1),
    "valid_until": date(2028, 2, 29),
}


def applied(world: World, **more: Any) -> int:
    return int(world.do(applications.apply_for_right, **(ASKED | more)))


def passed(world: World, **more: Any) -> int:
    number = applied(world, **more)
    world.do(applications.pass_on, by=world.county, application=number, reason="材料齐全")
    return number


def read(world: World, number: int, by: Identity | None = None) -> Application:
    return world.see(applications.application, by=by or world.firm.manager, number=number).application


def test_from_the_desk_through_both_offices_to_the_public_list(world: World) -> None:
    number = applied(world)
    assert read(world, number).no == "SQ26-1-00001"
    assert world.see(applications.waiting, by=world.prefecture) == []
    assert [one.id for one in world.see(applications.waiting, by=world.county)] == [number]
    world.do(applications.send_back, by=world.county, application=number, missing="缺检验报告")
    assert [one.id for one in world.see(applications.waiting)] == [number]
    report = HandedIn(Paper.REPORT, "报告.jpg", b"\xff\xd8\xff report")
    world.do(applications.add_to_application, application=number, words="已补报告", files=(report, LICENCE))
    world.do(applications.pass_on, by=world.county, application=number, reason="材料齐全")
    assert [one.id for one in world.see(applications.waiting, by=world.prefecture)] == [number]
    world.do(applications.grant_application, by=world.prefecture, application=number, **GRANTED)
    found = world.see(applications.application, number=number)
    assert found.application.state is ApplicationState.GRANTED
    assert [one.step for one in found.application.steps] == [
        "file", "return", "answer", "forward", "grant",
    ]  # fmt: skip
    # the licence handed in again is kept once, each file with its hash and without the folder it came from
    assert [(one.paper, one.document.name) for one in found.papers] == [
        ("licence", "执照.pdf"), ("report", "报告.jpg"),
    ]  # fmt: skip
    assert all(len(one.document.sha256) == 64 for one in found.papers)
    listed = {(one.name, one.right.right_basis): one for one in world.see(authorised.in_force)}
    mine = listed["都匀示例茶业有限公司", "agi"].right
    assert (mine.announcement_no, mine.scope) == ("2026-31", (Grade.ZHENPIN,))
    assert world.breaches() == ()


def test_a_right_announced_last_is_the_one_that_counts(small_world: World) -> None:
    world = small_world
    number = passed(world)
    world.do(applications.grant_application, by=world.prefecture, application=number, **GRANTED)
    rights = world.see(people.enterprise, by=world.county, number=world.firm.id).rights
    assert rights.in_force(world.today).right_basis == "agi"


def test_a_firm_without_a_right_applies_as_well(small_world: World) -> None:
    world = small_world
    new = world.new_firm("新茶厂", "91522701MAXTEA0585", "522701", authorised=False)
    number = passed(world, by=new.manager)
    world.do(applications.grant_application, by=world.prefecture, application=number, **GRANTED)
    assert world.see(people.enterprise, by=world.county, number=new.id).standing is Standing.AUTHORISED


def test_of_one_firm_one_application_is_open_at_a_time(small_world: World) -> None:
    world = small_world
    number = applied(world)
    with world.refusal(errors.ApplicationOpen, application="SQ26-1-00001"):
        applied(world)
    with world.refusal(errors.ApplicationOpen):  # nor is it passed by with an announcement
        world.authorise(world.firm.id)
    world.do(applications.take_back, application=number, reason="改申请等级")
    assert read(world, number).state is ApplicationState.TAKEN_BACK
    applied(world)


def test_sent_twice_it_is_one_application(small_world: World) -> None:
    world = small_world
    first = applied(world, key="k")
    assert applied(world, key="k") == first
    with world.refusal(errors.RequestKeyReused):
        applied(world, key="k", words="别的")


@pytest.mark.parametrize(
    ("wrong", "refused"),
    [
        ({"files": ()}, errors.PapersMissing),
        ({"scope": ()}, errors.ChoiceUnknown),
        ({"right_basis": "organic"}, errors.ChoiceUnknown),
        ({"standard": "GB/T 1"}, errors.ChoiceUnknown),
        ({"words": "长" * 501}, errors.TextTooLong),
        ({"files": (HandedIn(Paper.OTHER, "a.pdf", b"MZ\x90"),)}, errors.FileRefused),
        ({"files": (HandedIn(Paper.OTHER, "a.svg", b"<svg onload='x()'/>"),)}, errors.FileRefused),
        ({"files": (LICENCE, HandedIn(Paper.OTHER, "a.pdf", b""))}, errors.FileRefused),
    ],
)
def test_what_is_wrong_is_refused_as_a_whole(
    small_world: World, wrong: dict[str, Any], refused: type[errors.Refusal]
) -> None:
    with small_world.refusal(refused):
        applied(small_world, **wrong)


def test_each_side_takes_its_own_steps_in_their_turn(small_world: World) -> None:
    world = small_world
    number = applied(world)
    grant = {"application": number, **GRANTED}
    with world.refusal(errors.ApplicationMoved, state="filed"):
        world.do(applications.grant_application, by=world.prefecture, **grant)
    with world.refusal(errors.ReasonMissing):
        world.do(applications.send_back, by=world.county, application=number, missing=" ")
    for by in (world.firm.manager, world.prefecture, world.observer, world.admin):
        with world.refusal(errors.NotAllowed):
            world.do(applications.pass_on, by=by, application=number, reason="好")
    for by in (world.firm.clerk, world.county):
        with world.refusal(errors.NotAllowed):
            applied(world, by=by)
    with world.refusal(errors.PapersMissing):
        world.do(applications.add_to_application, application=number, words="", files=())
    world.do(applications.pass_on, by=world.county, application=number, reason="好")
    with world.refusal(
        errors.ApplicationMoved, state="passed"
    ):  # the second of two officers, or a double click
        world.do(applications.send_back, by=world.county, application=number, missing="缺")
    with world.refusal(errors.ApplicationMoved):
        world.do(applications.add_to_application, application=number, words="再补", files=(LICENCE,))
    with world.refusal(errors.NotAllowed):
        world.do(applications.refuse_application, by=world.county, application=number, reason="不")
    with world.refusal(errors.ChoiceUnknown, field="scope"):  # more than was asked for
        world.do(applications.grant_application, by=world.prefecture, **(grant | {"scope": [Grade.ZUNPIN]}))
    with world.refusal(errors.ChoiceUnknown, field="valid_until"):
        world.do(
            applications.grant_application,
            by=world.prefecture,
            **(grant | {"valid_until": date(2026, 2, 1)}),
        )
    world.do(applications.refuse_application, by=world.prefecture, application=number, reason="原料不足")
    with world.refusal(errors.ApplicationMoved, state="refused"):
        world.do(applications.take_back, application=number, reason="算了")
    assert (
        world.see(people.enterprise, by=world.county, number=world.firm.id)
        .rights.in_force(world.today)
        .right_basis
        == "gi_product"
    )


def test_nobody_decides_for_themselves_and_county_and_prefecture_are_two(world: World) -> None:
    number = applied(world)
    tied = world.user(Role.COUNTY, county="522701", enterprise=world.firm.id)
    with world.refusal(errors.OwnDecision):
        world.do(applications.pass_on, by=tied, application=number, reason="好")
    went_over = Identity(world.firm.manager.user, "转岗", Role.COUNTY, county="522701")
    with world.refusal(errors.OwnDecision):
        world.do(applications.pass_on, by=went_over, application=number, reason="好")
    world.do(applications.pass_on, by=world.county, application=number, reason="好")
    promoted = Identity(world.county.user, "升任", Role.PREFECTURE)
    own = Identity(world.firm.manager.user, "转岗", Role.PREFECTURE)
    both = world.user(Role.PREFECTURE, enterprise=world.firm.id)
    for by, refused in (
        (promoted, errors.SamePerson), (own, errors.OwnDecision), (both, errors.OwnDecision),
    ):  # fmt: skip
        with world.refusal(refused):
            world.do(applications.grant_application, by=by, application=number, **GRANTED)
        with world.refusal(refused):
            world.do(applications.refuse_application, by=by, application=number, reason="不")
        barred = world.see(applications.application, by=by, number=number).barred
        assert isinstance(barred, refused)
    assert world.see(applications.application, by=world.prefecture, number=number).barred is None


def test_out_of_reach_it_does_not_exist(small_world: World) -> None:
    world = small_world
    number = applied(world)
    paper = world.see(applications.application, number=number).papers[0].document.id
    for by in (world.other.manager, world.other_county):
        assert world.see(applications.applications, by=by) == []
        for reading in (
            lambda by=by: world.see(applications.application, by=by, number=number),
            lambda by=by: world.see(
                applications.application_document, by=by, application=number, document=paper
            ),
        ):
            with pytest.raises(errors.NotFound):
                reading()
    with world.refusal(errors.NotFound):
        world.do(applications.pass_on, by=world.other_county, application=number, reason="好")
    with world.refusal(errors.NotFound):
        world.do(applications.take_back, by=world.other.manager, application=number, reason="好")
    other = applied(world, by=world.other.manager)
    with pytest.raises(errors.NotFound):  # a document under an application it is not part of
        world.see(applications.application_document, by=world.prefecture, application=other, document=paper)
    kept, content = world.see(
        applications.application_document, by=world.county, application=number, document=paper
    )
    assert (kept.name, content) == ("执照.pdf", LICENCE.content)
    with pytest.raises(errors.NotFound):  # and nobody gets it as a file of a lot
        world.see(oversight.document, by=world.county, number=paper)


def test_what_the_firm_says_stays_out_of_the_public_part(small_world: World) -> None:
    world = small_world
    passed(world, words="年产三吨")
    with look(world.house) as work:
        facts = {one.kind: str(one.public) for one in work.session.query(FactRow)}
    assert {kind for kind in facts if "application" in kind} == {"application.file", "decision.application"}
    assert not any("三吨" in told or "材料齐全" in told for told in facts.values())


def test_the_history_says_who_did_what_and_a_firm_reads_of_offices_only(small_world: World) -> None:
    world = small_world
    number = passed(world)
    world.do(applications.grant_application, by=world.prefecture, application=number, **GRANTED)
    world.do(people.suspend_enterprise, by=world.county, enterprise=world.firm.id, reason="整改")
    world.do(people.lift_suspension, by=world.county, enterprise=world.firm.id, reason="已整改")
    end = {"by": world.prefecture, "enterprise": world.firm.id, "reason": "不做了", "ground": Ground.OWN_WISH}
    world.do(people.withdraw_authorisation, **end)
    told = world.see(authorised.history, by=world.county, enterprise=world.firm.id)
    assert [(one.what, one.side, one.who) for one in told][:-1] == [
        ("withdrawn_own_wish", "prefecture", "prefecture"), ("suspension_lifted", "county", "county"),
        ("suspended", "county", "county"), ("authorised", "prefecture", "prefecture"),
        ("forward", "county", "county"), ("file", "firm", "manager"),
    ]  # fmt: skip
    own = world.see(authorised.history, enterprise=world.firm.id)
    assert {one.who for one in own} == {"", "manager"}
    for stranger in (world.other.manager, world.other_county):
        with pytest.raises(errors.NotFound):
            world.see(authorised.history, by=stranger, enterprise=world.firm.id)


def test_a_right_that_ran_out_is_in_the_history_and_off_the_list(small_world: World) -> None:
    world = small_world
    world.at("2029-01-01T09:00")
    told = world.see(authorised.history, enterprise=world.firm.id)[0]
    assert (told.what, told.at, told.side) == ("expired", date(2028, 12, 31), None)
    assert world.see(authorised.in_force) == []


def test_a_suspended_firm_is_listed_with_its_suspension(world: World) -> None:
    before = world.now
    world.do(people.suspend_enterprise, by=world.county, enterprise=world.firm.id, reason="整改")
    listed = {one.enterprise: one.suspended_since for one in world.see(authorised.in_force)}
    assert listed == {world.firm.id: before, world.other.id: None}
    world.do(people.lift_suspension, by=world.county, enterprise=world.firm.id, reason="已整改")
    assert {one.suspended_since for one in world.see(authorised.in_force)} == {None}


# --- idle rights --------------------------------------------------------------------------------------------


def found_unused(world: World) -> list[int]:
    """What a nightly run finds."""
    with change(world.house) as work:
        found = authorised.find_unused(work, by=world.admin, now=world.now)
        assert not found or work.facts
    world.later(minutes=1)
    return found


def settled(world: World, finding: int, *, by: Identity, outcome: str) -> None:
    world.do(looked.settle_finding, by=by, finding=finding, result="breach", outcome=outcome)


def findings(world: World) -> list[Any]:
    return [
        one
        for one in world.see(oversight.findings, by=world.prefecture)
        if one.code == "authorisation.unused"
    ]


def withdraw_unused(world: World, firm: int) -> None:
    asked = {"enterprise": firm, "reason": "两年未用", "ground": Ground.DISUSE}
    world.do(people.withdraw_authorisation, by=world.prefecture, **asked)


def test_a_right_unused_for_two_years_is_found_looked_at_and_only_then_withdrawn(world: World) -> None:
    world.packed(packs=2)
    used = world.today
    assert found_unused(world) == []
    world.at("2028-03-01T02:00")
    assert found_unused(world) == []
    world.at("2028-03-02T02:00")  # two years after the world was founded
    assert found_unused(world) == [world.other.id]
    assert found_unused(world) == []
    finding = findings(world)[0]
    assert (finding.about, finding.county, finding.evidence["since"]) == (
        f"enterprise:{world.other.id}", "522702", "2026-03-01",
    )  # fmt: skip
    with world.refusal(errors.DisuseUnproven):  # found, but nobody has looked
        withdraw_unused(world, world.other.id)
    settled(world, finding.id, by=world.other_county, outcome="已走访，不再生产")
    assert found_unused(world) == []  # explained, and not told every night
    with world.refusal(errors.DisuseUnproven):  # another firm's finding proves nothing
        withdraw_unused(world, world.firm.id)
    withdraw_unused(world, world.other.id)
    line = world.see(people.enterprise, by=world.prefecture, number=world.other.id)
    assert line.standing is Standing.WITHDRAWN
    world.at(f"{used + timedelta(days=732)}T02:00")
    assert found_unused(world) == [world.firm.id]


def test_a_firm_that_uses_the_mark_again_keeps_its_right(small_world: World) -> None:
    world = small_world
    world.at("2028-03-10T08:00")
    assert found_unused(world) == [world.firm.id, world.other.id]
    mine = next(one for one in findings(world) if one.enterprise == world.firm.id)
    settled(world, mine.id, by=world.county, outcome="限期恢复使用")
    world.do(
        people.register_scale, no="SC-NEW", verified_on=date(2028, 3, 1), verified_until=date(2029, 2, 28)
    )
    world.packed(packs=2)
    with world.refusal(errors.DisuseUnproven):
        withdraw_unused(world, world.firm.id)


def test_withdrawing_on_another_ground_needs_no_finding(small_world: World) -> None:
    world = small_world
    world.do(people.withdraw_authorisation, by=world.prefecture, enterprise=world.firm.id, reason="掺外地茶")
    assert world.see(authorised.history, enterprise=world.firm.id)[0].what == "withdrawn"
