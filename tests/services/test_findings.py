"""Findings over the books, from the entries to the office: looked for, taken, settled, quiet, and found again."""

from datetime import timedelta
from typing import Any

import pytest

from tests.world import GOOD, World
from traceability.domain import errors
from traceability.domain.findings import State
from traceability.domain.listing import Asked
from traceability.domain.marks import SerialRange
from traceability.domain.people import Role
from traceability.services import chain, findings, lists, marks, oversight, people
from traceability.services.findings import Ran
from traceability.store.work import change


def ran(world: World) -> Ran:
    """The look over the books."""
    answer = world.do(findings.run_rules)
    assert isinstance(answer, Ran)
    return answer


def new(world: World) -> dict[str, int]:
    return dict(ran(world).new)


def only(world: World, code: str) -> Any:
    [found] = [one for one in world.see(oversight.findings, by=world.prefecture) if one.code == code]
    return found


def settle(world: World, number: int, result: str = "explained") -> None:
    world.do(findings.settle_finding, by=world.county, finding=number, result=result, outcome="已核实")


def receive_alike(world: World, many: int, kg: str = "12.50") -> None:
    """Receipts of the same weight among others."""
    for n in range(many):
        world.received(kg=kg, plot=world.plots[n % 3])
        if n % 3 == 0:
            world.received(kg=f"{8 + n * 0.37:.2f}", plot=world.plots[n % 3])


def there_and_back(world: World, times: int = 2) -> None:
    """Leaf to the other firm and home again."""
    for _ in range(times):
        lot = world.leaf(kg=30)
        out = world.sent(lot, g=30_000, to=world.other.party)
        world.do(chain.deliver, by=world.other.manager, shipment=out)
        home = world.sent(lot, g=30_000, to=world.firm.party, by=world.other.manager)
        world.do(chain.deliver, shipment=home)


# --- what is noticed --------------------------------------------------------------------------------------------------


def test_nothing_is_noticed_in_books_that_are_as_they_should_be(world: World) -> None:
    world.packed(packs=10)
    for n in range(6):
        world.received(kg=f"{7 + n * 1.37:.2f}")
    assert ran(world) == Ran({}, 0)


def test_weights_that_repeat_are_noticed_of_the_firm(world: World) -> None:
    receive_alike(world, 27)
    assert new(world) == {"weights.repeating": 1}
    found = only(world, "weights.repeating")
    assert (found.plot, found.evidence["repeated_g"], found.evidence["times"]) == (None, 12_500, 27)
    file = world.see(findings.file_of, by=world.county, number=found.id)
    assert {one.net_g for one in file.evidence.receipts} == {12_500}
    assert len(file.evidence.receipts) == 27


def test_or_of_one_plot_when_they_are_lost_among_the_firm_s_others(small_world: World) -> None:
    world = small_world
    for n in range(40):  # whole kilograms, of which many are alike by chance
        world.received(kg=5 + n % 20, plot=world.plots[1])
    for _ in range(8):
        world.received(kg="12.51", plot=world.plots[0])
    assert new(world) == {"weights.repeating": 1}
    found = only(world, "weights.repeating")
    assert (found.plot, found.evidence["receipts"]) == (world.plots[0], 8)
    file = world.see(findings.file_of, by=world.county, number=found.id)
    assert len(file.evidence.receipts) == 8


def test_an_amended_receipt_counts_with_the_weight_it_has_now(world: World) -> None:
    receive_alike(world, 27)
    for event in world.see(chain.events, limit=400):
        if event.kind.value == "leaf_receipt" and event.root is None:
            correction = chain.Correction(net_g=9_000 + event.id * 110)
            world.do(chain.amend, event=event.id, correction=correction, reason="看错秤")
    assert "weights.repeating" not in new(world)


def test_leaf_by_the_dozen_at_night_is_noticed(world: World) -> None:
    world.at("2026-03-26T22:40")
    for n in range(9):
        world.received(kg=f"{8 + n * 1.13:.2f}")
    assert new(world) == {"receipts.at_night": 1}
    found = only(world, "receipts.at_night")
    assert (found.evidence["nights"], found.evidence["receipts"]) == (1, 9)
    assert len(world.see(findings.file_of, by=world.county, number=found.id).evidence.receipts) == 9


def test_leaf_at_dusk_is_not(world: World) -> None:
    world.at("2026-03-26T21:40")
    for n in range(9):
        world.received(kg=f"{8 + n * 1.13:.2f}")
    assert new(world) == {}


def test_much_leaf_told_long_after_at_one_sitting_is_noticed(world: World) -> None:
    world.at("2026-04-06T10:00")
    for n in range(9):
        world.received(kg=f"{8 + n * 1.13:.2f}", at=world.now - timedelta(days=6))
    assert new(world) == {"entry.back_dated": 1}
    found = only(world, "entry.back_dated")
    assert (found.evidence["receipts"], found.evidence["sittings"]) == (9, 1)
    assert len(world.see(findings.file_of, by=world.county, number=found.id).evidence.receipts) == 9


def test_a_plot_used_up_early_is_the_county_of_the_plot_s(world: World) -> None:
    far = world.new_plot(mu=1, township="522702100")
    for n in range(5):
        world.received(kg=f"{12 + n * 0.41:.2f}", plot=far)
    assert new(world) == {"allowance.early": 1}
    found = only(world, "allowance.early")
    assert (found.county, found.plot, found.evidence["part"]) == ("522702", far, "spring")
    file = world.see(findings.file_of, by=world.other_county, number=found.id)
    assert (len(file.evidence.receipts), file.firm) == (5, None)


def test_plots_used_to_the_same_share_are_noticed(world: World) -> None:
    for n in range(6):
        plot = world.new_plot(mu=1)
        for _ in range(4):
            world.received(kg=f"{11.9 + n * 0.07:.2f}", plot=plot)
    world.at("2026-05-20T08:00")
    assert "allowance.even" in new(world)
    assert only(world, "allowance.even").evidence["plots"] == 6


def test_leaf_that_comes_home_is_noticed_at_both_ends(world: World) -> None:
    """FRAUD F23."""
    there_and_back(world)
    assert new(world) == {"leaf.circling": 1}
    found = only(world, "leaf.circling")
    assert (found.enterprise, found.evidence["home"]) == (world.firm.id, 2)
    assert found.evidence["firms"] == ["福泉示例茶业有限公司"]
    there_and_back(world, times=2)
    assert new(world) == {"leaf.circling": 1}  # by now the other one turned it four times as well
    file = world.see(findings.file_of, by=world.county, number=found.id)
    assert len(file.evidence.delivered) == 8


def test_firms_that_buy_on_each_other_s_garden_cards_are_a_circle(world: World) -> None:
    """FRAUD F23: between growers and firms."""
    own = {}
    for firm, name in ((world.firm, "都匀示例茶业有限公司"), (world.other, "福泉示例茶业有限公司")):
        grower = world.do(people.register_grower, kind="enterprise", name=name, township="522701110")
        kept, world.grower = world.grower, grower
        own[firm.id] = world.new_plot()
        world.grower = kept
    for n in range(4):
        world.received(kg=f"{9 + n * 1.31:.2f}", plot=own[world.other.id])
        world.received(kg=f"{11 + n * 1.17:.2f}", plot=own[world.firm.id], firm=world.other)
        world.later(days=1)
    assert new(world)["leaf.circling"] == 2


def test_marks_that_lie_about_are_noticed_and_come_back_only_with_more_of_them(world: World) -> None:
    world.issued_batch(packs=60)
    assert new(world) == {}
    world.later(days=61)
    assert new(world) == {"marks.dormant": 1}
    settle(world, only(world, "marks.dormant").id)
    assert ran(world) == Ran({}, 1)


def test_marks_declared_void_and_files_taken_again_are_noticed(world: World) -> None:
    marked = world.issued_batch(packs=40)
    world.do(marks.void_marks, ranges=marked.first(12), reason="印坏")
    assert new(world) == {"marks.wasted": 1}
    rest = SerialRange(marked.ranges[0].first + 12, marked.ranges[0].last)
    job = world.print((rest,))
    for n in range(3):
        asked: dict[str, Any] = {"job": job, "seq": 1, "reason": f"卡纸 {n}"}
        world.do(marks.declare_undelivered, **asked)
        world.do(marks.hand_over_file, job=job, seq=1)
    assert new(world) == {"marks.reprinted_often": 1}


def test_a_packing_dated_before_a_suspension_and_told_after_is_noticed(world: World) -> None:
    marked = world.marked_batch(packs=10)
    world.later(hours=2)
    world.do(
        people.suspend_enterprise,
        by=world.county,
        enterprise=world.firm.id,
        reason="原料台账不清",
    )
    before = world.now - timedelta(hours=1)
    world.do(people.lift_suspension, by=world.county, enterprise=world.firm.id, reason="已整改")
    world.pack(marked.batch, marked.first(10), at=before)
    assert new(world) == {"suspension.dated_back": 1}


def test_two_reports_alike_are_noticed_and_different_ones_are_not(world: World) -> None:
    world.passed_batch(tested=GOOD)
    world.passed_batch(tested={**GOOD, "moisture": GOOD["moisture"] + 1, "lead": GOOD["lead"] / 2})  # type: ignore[operator]
    assert new(world) == {}
    world.passed_batch(tested=GOOD)
    assert new(world) == {"report.twin": 1}
    told = only(world, "report.twin").evidence
    assert (told["alike"], told["of_values"]) == (5, 5)


# --- once, quiet, and again -------------------------------------------------------------------------------------------


def test_what_is_noticed_is_kept_once(world: World) -> None:
    there_and_back(world)
    assert ran(world).total == 1
    assert ran(world) == Ran({}, 1)
    noticed = world.see(findings.look_over)
    with change(world.house) as work:
        assert findings.keep_noticed(work, now=world.now, noticed=noticed) == Ran({}, 1)


def test_a_settled_one_is_quiet_until_there_is_new_evidence(world: World) -> None:
    there_and_back(world)
    ran(world)
    settle(world, only(world, "leaf.circling").id, "no_fault")
    assert ran(world) == Ran({}, 1)
    there_and_back(world, times=1)
    assert "leaf.circling" in new(world)
    found = world.see(oversight.findings, by=world.prefecture)
    assert sorted(one.state for one in found if one.enterprise == world.firm.id) == ["open", "settled"]


# --- somebody looks into it -------------------------------------------------------------------------------------------


def opened(world: World) -> int:
    world.do(chain.count_stock, lot=world.tea(), counted=1)
    return int(only(world, "count.shortage").id)


def test_one_officer_takes_it_and_a_second_is_told_who_has_it(world: World) -> None:
    number = opened(world)
    colleague = world.user(Role.COUNTY, county="522701")
    world.do(findings.take_finding, by=world.county, finding=number)
    world.do(findings.take_finding, by=world.county, finding=number)
    with world.refusal(errors.FindingTaken, who=world.county.name):
        world.do(findings.take_finding, by=colleague, finding=number)
    file = world.see(findings.file_of, by=world.county, number=number)
    assert (file.finding.state, file.finding.taken_by) == (State.LOOKING, world.county.user)
    assert [one.step for one in file.steps] == ["taken"]
    world.do(findings.put_back_finding, by=world.county, finding=number)
    world.do(findings.put_back_finding, by=world.county, finding=number)
    world.do(findings.take_finding, by=colleague, finding=number)
    settle(world, number, "corrected")
    file = world.see(findings.file_of, by=world.county, number=number)
    assert [one.step for one in file.steps] == ["taken", "put_back", "taken", "settled"]
    assert (file.finding.result, file.finding.outcome) == ("corrected", "已核实")


def test_only_an_office_of_its_reach_takes_it_and_what_is_settled_stays(world: World) -> None:
    number = opened(world)
    with world.refusal(errors.NotFound):
        world.do(findings.take_finding, by=world.other_county, finding=number)
    with world.refusal(errors.NotAllowed):
        world.do(findings.take_finding, by=world.observer, finding=number)
    tied = world.user(Role.COUNTY, county="522701", enterprise=world.firm.id)
    with world.refusal(errors.OwnDecision):
        world.do(findings.take_finding, by=tied, finding=number)
    with world.refusal(errors.ChoiceUnknown):
        settle(world, number, "whatever")
    settle(world, number)
    with world.refusal(errors.AlreadyDecided):
        world.do(findings.take_finding, by=world.county, finding=number)
    with world.refusal(errors.AlreadyDecided):
        world.do(findings.put_back_finding, by=world.county, finding=number)


# --- lists ------------------------------------------------------------------------------------------------------------


def asked(world: World, by: Any = None, **what: Any) -> list[str]:
    register = findings.FINDINGS
    told = Asked(**{"sort": "weight", "down": True, **what})
    found = world.see(lists.page, by=by or world.prefecture, register=register, asked=told)
    return [one.finding.code for one in found.rows]


def test_findings_are_listed_by_weight_state_county_and_firm(world: World) -> None:
    opened(world)
    there_and_back(world)
    ran(world)
    assert asked(world) == ["leaf.circling", "count.shortage"]
    assert asked(world, only={"burden": "heavy"}) == ["leaf.circling"]
    assert asked(world, only={"burden": "light"}) == ["count.shortage"]
    assert asked(world, only={"county": "522702"}) == []
    assert asked(world, only={"firm": str(world.other.id)}) == []
    assert asked(world, by=world.other_county) == []
    settle(world, only(world, "leaf.circling").id)
    assert asked(world, only={"state": "waiting"}) == ["count.shortage"]
    assert asked(world, only={"state": "settled"}) == ["leaf.circling"]
    assert len(asked(world, only={"state": "all"}, sort="firm")) == 2
    counts = world.see(findings.counts, by=world.county)
    assert (counts["waiting"], counts["settled"], counts["all"]) == (1, 1, 2)
    with pytest.raises(errors.NotAllowed):
        world.see(findings.counts)


def test_firms_are_listed_by_what_waits_at_them(world: World) -> None:
    there_and_back(world)
    ran(world)
    found = world.see(findings.visits, by=world.prefecture)
    assert [(one.enterprise, one.reasons[0].code) for one in found] == [(world.firm.id, "leaf.circling")]
    assert world.see(findings.visits, by=world.other_county) == []
    page = {"register": findings.VISITS, "asked": Asked(sort="points", down=True)}
    [line] = world.see(lists.page, by=world.county, **page).rows
    assert (line.place, line.firm.id, line.visit.points) == (1, world.firm.id, 20)
    settle(world, only(world, "leaf.circling").id)
    assert world.see(lists.page, by=world.county, **page).rows == ()


def test_a_firm_that_left_its_right_unused_is_found_by_the_same_look(small_world: World) -> None:
    small_world.at("2028-03-10T08:00")
    assert new(small_world) == {"authorisation.unused": 2}
    assert new(small_world) == {}
