"""The office's pages: what waits, every decision an office takes, and what stays out of sight."""

import html
import re
from collections.abc import Callable
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest

from tests.web.staff import Staff, hidden, words_of
from tests.world import DAMP, World
from traceability.domain.errors import BatchNotPassed
from traceability.domain.marks import NO_DESIGN, MarkState, Medium, RequestState, SerialRange
from traceability.domain.people import Identity, PlotState, Role, Standing
from traceability.services import chain, marks, oversight, people

SignIn = Callable[[Identity], Staff]


@pytest.fixture
def world(small_world: World) -> World:
    return small_world


@pytest.fixture
def officer(staff: SignIn, world: World) -> Staff:
    return staff(world.county)


@pytest.fixture
def prefecture(staff: SignIn, world: World) -> Staff:
    return staff(world.prefecture)


def state_of(world: World, request: int) -> RequestState:
    return world.see(marks.request, by=world.prefecture, number=request).state  # type: ignore[no-any-return]


def marks_of(world: World) -> dict[MarkState, int]:
    return world.see(marks.counts, by=world.county)  # type: ignore[no-any-return]


def unchanged(world: World, before: dict[str, int]) -> bool:
    return world.table_counts() == before


# --- today --------------------------------------------------------------------------------------------------


def test_an_empty_day_says_so(officer: Staff) -> None:
    assert "今天没有等待决定的事项" in officer.text("/office/")


def test_today_lists_what_waits_with_a_way_to_each(officer: Staff, world: World) -> None:
    request = world.request(world.passed_batch(), packs=10)
    world.failed_batch()
    world.new_plot(approved=False)
    page = officer.get("/office/")
    told = words_of(page)
    assert "申领 10 枚，用茶 1.00 千克" in told
    assert "检验不合格：水分" in told
    assert "1 块茶园待核准" in told
    assert "3 件等待处理" in told
    assert f'href="/office/requests/{request}"' in page.text


def test_another_county_sees_none_of_it(staff: SignIn, world: World) -> None:
    world.request(world.passed_batch())
    world.failed_batch()
    assert "没有等待处理的事项" in staff(world.other_county).text("/office/")


def test_marks_are_counted_by_state(officer: Staff, world: World) -> None:
    world.packed(packs=10, extra=2)
    told = officer.text("/office/")
    assert "已用于包装 10" in told
    assert "已打印、未使用 2" in told
    assert "共发放（枚） 12" in told


# --- requests -----------------------------------------------------------------------------------------------


def test_the_request_page_puts_values_mass_and_standing_beside_each_other(
    officer: Staff, world: World
) -> None:
    batch = world.passed_batch(kg=3)
    request = world.request(batch, packs=10)
    told = officer.text(f"/office/requests/{request}")
    assert "水分 5.6 ≤ 6.5 % 0.9 合格" in told
    assert "批次在库 3.00 千克" in told
    assert "本申请可用 3.00 千克" in told
    assert "本申请用茶 − 1.00 千克" in told
    assert "批准后余量 2.00 千克" in told
    assert "尚未与原件核对" in told
    assert "都匀示例茶业有限公司 有效" in told


def test_another_waiting_request_is_taken_off_what_is_free(officer: Staff, world: World) -> None:
    batch = world.passed_batch(kg=3)
    world.request(batch, packs=4, product=world.firm.p50)
    request = world.request(batch, packs=10)
    told = officer.text(f"/office/requests/{request}")
    assert "其他申请与缺量扣减 − 0.20 千克" in told
    assert "本申请可用 2.80 千克" in told


def test_ticking_and_approving_issues_at_once(officer: Staff, world: World) -> None:
    request = world.request(world.passed_batch(), packs=10)
    page = f"/office/requests/{request}"
    answer = officer.post(f"{page}/approve", on=page, report_confirmed="y")
    assert (answer.status_code, answer.headers["Location"]) == (303, page)
    assert state_of(world, request) is RequestState.ISSUED
    assert world.see(marks.counts, by=world.county)[MarkState.ON_HAND] == 10
    told = officer.text(page)
    assert "已批准并发放标志" in told
    assert "0000000001–0000000010" in told


def test_without_the_tick_nothing_is_issued_and_the_reason_stands_beside_it(
    officer: Staff, world: World
) -> None:
    request = world.request(world.passed_batch(), packs=10)
    before = world.table_counts()
    page = f"/office/requests/{request}"
    answer = officer.post(f"{page}/approve", on=page, reason="备注留着")
    assert answer.status_code == 422
    assert 'href="#report_confirmed"' in answer.text
    assert "备注留着" in answer.text
    assert unchanged(world, before)
    assert state_of(world, request) is RequestState.FILED


def test_approving_twice_with_one_form_issues_once(officer: Staff, world: World) -> None:
    request = world.request(world.passed_batch(), packs=10)
    page = officer.get(f"/office/requests/{request}").text
    fields = {"csrf_token": hidden(page, "csrf_token"), "key": hidden(page, "key"), "report_confirmed": "y"}
    for _time in range(2):
        assert officer.send(f"/office/requests/{request}/approve", fields).status_code == 303
    assert sum(world.see(marks.counts, by=world.county).values()) == 10


def test_approve_and_issue_are_one_change(
    officer: Staff, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What stops the issue stops the approval with it."""
    request = world.request(world.passed_batch(), packs=10)

    def stop(*_args: object, **_kwargs: object) -> int:
        raise BatchNotPassed(batch="x", failing=["moisture"])

    monkeypatch.setattr(marks, "issue_marks", stop)
    page = f"/office/requests/{request}"
    assert officer.post(f"{page}/approve", on=page, report_confirmed="y").status_code == 422
    assert state_of(world, request) is RequestState.FILED


def test_refusing_needs_a_reason_and_then_ends_it(officer: Staff, world: World) -> None:
    request = world.request(world.passed_batch())
    page = f"/office/requests/{request}"
    assert officer.post(f"{page}/refuse", on=page, reason="  ").status_code == 422
    assert officer.post(f"{page}/refuse", on=page, reason="报告与批次不符").status_code == 303
    assert state_of(world, request) is RequestState.REFUSED
    told = officer.text(page)
    assert "未批准：报告与批次不符" in told
    assert "批准并发放" not in told


def test_a_suspended_firm_is_not_issued_to(officer: Staff, world: World) -> None:
    request = world.request(world.passed_batch())
    world.do(people.suspend_enterprise, by=world.county, enterprise=world.firm.id, reason="核查")
    page = f"/office/requests/{request}"
    answer = officer.post(f"{page}/approve", on=page, report_confirmed="y")
    assert answer.status_code == 422
    assert "核查" in words_of(answer)
    assert state_of(world, request) is RequestState.FILED


def test_a_county_of_another_firm_cannot_even_see_a_request(staff: SignIn, world: World) -> None:
    request = world.request(world.passed_batch())
    other = staff(world.other_county)
    assert other.get(f"/office/requests/{request}").status_code == 404
    page = other.post(
        f"/office/requests/{request}/approve", on="/office/enterprises/new", report_confirmed="y"
    )
    assert page.status_code == 404
    assert state_of(world, request) is RequestState.FILED


def test_the_prefecture_and_an_observer_read_a_request_and_have_no_form(staff: SignIn, world: World) -> None:
    request = world.request(world.passed_batch())
    for who in (world.prefecture, world.observer):
        told = staff(who).text(f"/office/requests/{request}")
        assert "由企业所在县（市）局审批" in told
        assert "批准并发放" not in told


def test_an_officer_tied_to_the_firm_decides_nothing_there(staff: SignIn, world: World) -> None:
    tied = world.user(Role.COUNTY, county="522701", enterprise=world.firm.id)
    request = world.request(world.passed_batch())
    page = f"/office/requests/{request}"
    somebody = staff(tied)
    assert "您与这家企业有账户关联" in somebody.text(page)
    answer = somebody.post(f"{page}/approve", on="/office/enterprises/new", report_confirmed="y")
    assert answer.status_code == 422
    assert state_of(world, request) is RequestState.FILED


def test_a_second_request_on_a_confirmed_batch_needs_no_second_tick(officer: Staff, world: World) -> None:
    batch = world.passed_batch(kg=3)
    world.approve(world.request(batch, packs=5))
    request = world.request(batch, packs=5)
    page = f"/office/requests/{request}"
    assert "report_confirmed" not in officer.get(page).text
    assert officer.post(f"{page}/approve", on=page).status_code == 303


# --- findings -----------------------------------------------------------------------------------------------


def test_a_finding_is_read_settled_and_decided(officer: Staff, world: World) -> None:
    world.failed_batch()
    number = world.see(oversight.findings, by=world.county)[0].id
    assert "检验不合格：水分" in officer.text("/office/findings")
    page = f"/office/findings/{number}"
    assert officer.post(f"{page}/settle", on=page, reason="", result="fraud").status_code == 422
    assert officer.post(f"{page}/settle", on=page, reason="已责令降级", result="breach").status_code == 303
    assert "已责令降级" in officer.text("/office/findings?state=settled")
    assert "已责令降级" in officer.text("/office/decisions")


def test_findings_of_another_county_are_not_there(staff: SignIn, world: World) -> None:
    world.failed_batch()
    number = world.see(oversight.findings, by=world.county)[0].id
    other = staff(world.other_county)
    assert other.get(f"/office/findings/{number}").status_code == 404
    assert "这一栏里没有线索" in other.text("/office/findings")


def test_lost_labels_that_were_found_are_one_step_from_their_finding(officer: Staff, world: World) -> None:
    marked = world.marked_batch(packs=4)
    world.do(marks.report_lost, ranges=(*marked.nth(0), *marked.nth(2)), counted=2, reason="搬库时丢了")
    number = world.see(oversight.findings, by=world.county)[0].id
    page = officer.get(f"/office/findings/{number}")
    assert "报失标志 2 枚：0000000001, 0000000003" in words_of(page)
    link = re.search(r'href="([^"]*/returned[^"]*)"', page.text)
    assert link
    assert 'value="0000000001, 0000000003"' in officer.get(html.unescape(link[1])).text
    settle = f"/office/findings/{number}/settle"
    assert (
        officer.post(settle, on=f"/office/findings/{number}", reason="已核查", result="explained").status_code
        == 303
    )


def test_a_finding_of_lost_labels_offers_nothing_to_who_only_reads(staff: SignIn, world: World) -> None:
    world.do(marks.report_lost, ranges=world.marked_batch(packs=2).nth(0), counted=1, reason="找不到")
    number = world.see(oversight.findings, by=world.county)[0].id
    assert "/returned" not in staff(world.observer).get(f"/office/findings/{number}").text


# --- firms --------------------------------------------------------------------------------------------------


def test_the_prefecture_enters_an_announcement(prefecture: Staff, world: World) -> None:
    page = f"/office/enterprises/{world.other.id}"
    path = f"{page}/authorise"
    wanted: dict[str, Any] = {
        "announcement_no": "2026-09", "right_basis": "gi_product", "scope": ["ZUNPIN", "ZHENPIN"],
        "valid_from": "2026-03-26", "valid_until": "2028-03-25",
    }  # fmt: skip
    wrong = prefecture.post(path, **(wanted | {"valid_until": "去年"}))
    assert wrong.status_code == 422
    assert 'value="去年"' in wrong.text
    assert 'value="2026-09"' in wrong.text
    assert prefecture.post(path, **wanted).status_code == 303
    told = prefecture.text(page)
    assert "2026-09 地理标志保护产品 都匀毛尖茶 DB52/T 433—2018 尊品、珍品" in told


def test_a_county_does_not_authorise(officer: Staff, world: World) -> None:
    assert officer.get(f"/office/enterprises/{world.firm.id}/authorise").status_code == 403


def test_suspending_lifting_and_withdrawing(prefecture: Staff, world: World) -> None:
    page = f"/office/enterprises/{world.firm.id}"

    def standing() -> Standing:
        return world.see(people.enterprise, by=world.prefecture, number=world.firm.id).standing  # type: ignore[no-any-return]

    for deed, after in (
        ("suspend", Standing.SUSPENDED), ("lift", Standing.AUTHORISED), ("withdraw", Standing.WITHDRAWN),
    ):  # fmt: skip
        ground = {"ground": "breach"} if deed == "withdraw" else {}
        assert prefecture.post(f"{page}/{deed}", reason="", **ground).status_code == 422
        assert prefecture.post(f"{page}/{deed}", reason=f"理由：{deed}", **ground).status_code == 303
        assert standing() is after
        assert f"理由：{deed}" in prefecture.text(page)


def test_a_firm_of_another_county_is_not_there(officer: Staff, world: World) -> None:
    page = f"/office/enterprises/{world.other.id}"
    assert officer.get(page).status_code == 404
    assert officer.post(f"{page}/suspend", on="/office/enterprises/new", reason="越界").status_code == 404
    assert "福泉示例茶业" not in officer.text("/office/enterprises")


def test_marks_handed_back_are_counted_before_a_witness(officer: Staff, world: World) -> None:
    world.packed(packs=10, extra=3)
    path = f"/office/enterprises/{world.firm.id}/returned"
    typed = {"serials": "0000000011-0000000013", "counted": "3", "witness": "李四，某茶厂", "reason": "缴回"}
    wrong = officer.post(path, **typed | {"counted": "2"})
    assert (wrong.status_code, 'href="#counted"' in wrong.text) == (422, True)
    assert "清点了 2 枚，号码共 3 枚" in words_of(wrong)
    alone = officer.post(path, **typed | {"witness": " "})
    assert (alone.status_code, 'href="#witness"' in alone.text) == (422, True)
    assert "请填写在场见证人" in words_of(alone)
    assert officer.post(path, **typed).status_code == 303
    assert marks_of(world)[MarkState.RETURNED] == 3


def test_spoiled_and_found_labels_are_received_in_the_same_way(officer: Staff, world: World) -> None:
    marked = world.marked_batch(packs=4)
    world.do(marks.void_marks, ranges=marked.nth(0), reason="污损")
    world.do(marks.report_lost, ranges=marked.nth(2), counted=1, reason="找不到")
    path = f"/office/enterprises/{world.firm.id}/returned"
    typed = {"serials": "1, 3", "counted": "2", "witness": "李四", "reason": "缴回"}
    assert officer.post(path, **typed).status_code == 303
    assert marks_of(world)[MarkState.RETURNED] == 2


def test_labels_an_amended_packing_did_not_use_are_restored(officer: Staff, world: World) -> None:
    packed = world.packed(packs=5)
    world.do(
        chain.amend,
        event=packed.event,
        correction=chain.Correction(unused=packed.nth(3, 2)),
        reason="多记 2 件",
    )
    path = f"/office/enterprises/{world.firm.id}/restored"
    assert "从来没有人查验过" in officer.text(path)
    typed = {"serials": "4-5", "counted": "2", "reason": "标签还在"}
    wrong = officer.post(path, **typed | {"counted": "1"})
    assert (wrong.status_code, 'href="#counted"' in wrong.text) == (422, True)
    assert officer.post(path, **typed).status_code == 303
    assert marks_of(world)[MarkState.PRINTED] == 2


def test_a_spoiled_label_is_not_restored(officer: Staff, world: World) -> None:
    marked = world.marked_batch(packs=3)
    world.do(marks.void_marks, ranges=marked.nth(0), reason="污损")
    path = f"/office/enterprises/{world.firm.id}/restored"
    answer = officer.post(path, serials="1", counted="1", reason="又能用了")
    assert (answer.status_code, 'href="#serials"' in answer.text) == (422, True)
    assert "不是因更正包装而作废的" in words_of(answer)
    assert marks_of(world)[MarkState.VOID] == 1


def test_marks_that_waited_beyond_their_season_lapse(officer: Staff, world: World) -> None:
    world.packed(packs=4, extra=6)
    path = f"/office/enterprises/{world.firm.id}/lapsed"
    assert "2026 茶季未结束 0 6" in officer.text(path)
    early = officer.post(path, season="2026", confirmed="y")
    assert 'href="#season"' in early.text
    world.at("2027-01-04T09:00")
    assert 'value="2026"' in officer.get(path).text
    unsure = officer.post(path, season="2026")
    assert (unsure.status_code, 'href="#confirmed"' in unsure.text) == (422, True)
    assert officer.post(path, season="2026", confirmed="y").status_code == 303
    assert marks_of(world)[MarkState.LAPSED] == 6
    assert "没有等待使用的标志" in officer.text(path)


MARK_DEEDS = ("returned", "restored", "lapsed")


@pytest.mark.parametrize("deed", MARK_DEEDS)
def test_only_the_firm_s_own_county_decides_on_its_marks(staff: SignIn, world: World, deed: str) -> None:
    world.marked_batch(packs=3)
    path = f"/office/enterprises/{world.firm.id}/{deed}"
    typed = {
        "serials": "1",
        "counted": "1",
        "witness": "李四",
        "reason": "越界",
        "season": "2025",
        "confirmed": "y",
    }
    other = staff(world.other_county)
    before = world.table_counts()
    assert other.get(path).status_code == 404
    assert other.post(path, on="/office/enterprises/new", **typed).status_code == 404
    for who in (world.observer, world.prefecture):
        assert staff(who).get(path).status_code == 403
    assert unchanged(world, before)


def test_control_numbers_of_a_link_are_filled_in(officer: Staff, world: World) -> None:
    page = officer.get(f"/office/enterprises/{world.firm.id}/returned?serials=0000000011–0000000013")
    assert 'value="0000000011–0000000013"' in page.text


def test_a_firm_s_page_counts_its_marks_and_shows_what_it_printed(officer: Staff, world: World) -> None:
    marked = world.packed(packs=6, extra=4)
    world.do(marks.report_lost, ranges=marked.nth(9), counted=1, reason="找不到")
    page = officer.get(f"/office/enterprises/{world.firm.id}")
    told = words_of(page)
    assert (
        "已打印、未使用 3 0000000007–0000000009 已用于包装 6 0000000001–0000000006 已报失 1 0000000010"
        in told
    )
    assert "共发放 10" in told
    assert "L26-000001 2026年3月26日" in told
    assert "A4 标签纸，40 枚（4 × 10） 10 1 / 1 已做好 000000000000" in told
    for deed in ("returned", "lapsed"):
        assert f"/enterprises/{world.firm.id}/{deed}" in page.text
    assert "/restored" not in page.text  # nothing is void


def test_an_officer_registers_a_firm_whose_code_fails_its_check(officer: Staff, world: World) -> None:
    path = "/office/enterprises/new"
    typed = {"name": "都匀老厂", "uscc": "91522701MAXTEA0151", "county": "522701", "sc_no": ""}
    refused = officer.post(path, **typed, override_reason="")
    assert refused.status_code == 422
    assert 'href="#uscc"' in refused.text
    assert officer.post(path, **typed, override_reason="核对营业执照原件无误").status_code == 303
    assert "都匀老厂" in officer.text("/office/enterprises")


def test_a_county_registers_firms_of_its_own_county_only(officer: Staff) -> None:
    typed = {"name": "外县茶场", "uscc": "91522702MAXTEA020P", "county": "522702"}
    assert officer.post("/office/enterprises/new", **typed).status_code == 422


# --- print jobs ---------------------------------------------------------------------------------------------


def reprinted(world: World) -> int:
    """A job whose one file never came out of the printer."""
    job = world.print(world.issued_batch(packs=10).ranges)
    world.do(marks.declare_undelivered, job=job, seq=1, reason="卡纸")
    return job


def test_print_jobs_are_listed_with_those_asked_for_again_apart(officer: Staff, world: World) -> None:
    assert "没有符合条件的打印任务" in officer.text("/office/prints")
    reprinted(world)
    world.opened(world.issued_batch(packs=5).ranges)
    told = officer.text("/office/prints")
    assert "全部 2 补取过 1 未做完 1" in told
    assert told.index("L26-000002") < told.index("L26-000001")
    assert "10 0 / 1 已做好 补取 1 次" in told
    for tab, shown, hidden_one in (
        ("reprinted", "L26-000001", "L26-000002"),
        ("open", "L26-000002", "L26-000001"),
    ):
        told = officer.text(f"/office/prints?show={tab}")
        assert (shown in told, hidden_one in told) == (True, False)


@pytest.mark.parametrize("sought", ["L26-000001", "示例茶业", "91522701MAXTEA015P", "0000000007", "示例 7"])
def test_a_print_job_is_found_by_number_firm_or_a_control_number_in_it(
    officer: Staff, world: World, sought: str
) -> None:
    world.print(world.issued_batch(packs=10).ranges)
    assert "L26-000001" in officer.text(f"/office/prints?q={sought}")
    for other in ("0000000011", "9" * 5_000):
        assert "没有符合条件的打印任务" in officer.text(f"/office/prints?q={other}")


def test_a_print_job_shows_its_files_and_gives_none_away(officer: Staff, staff: SignIn, world: World) -> None:
    job = reprinted(world)
    page = officer.get(f"/office/prints/{job}")
    told = words_of(page)
    assert "控制号 0000000001–0000000010 枚数 10 枚" in told
    assert "式样 A4 标签纸，40 枚（4 × 10）" in told
    assert "1 0000000001–0000000010 10 1 还没有取走 补取 1 次 000000000000" in told
    assert "清单 SHA-256 " + "0" * 64 in told
    assert page.text.count('method="post"') == 1  # signing out
    assert "/desk/" not in page.text
    assert staff(world.other_county).get(f"/office/prints/{job}").status_code == 404
    assert "没有符合条件的打印任务" in staff(world.other_county).text("/office/prints")


def test_codes_given_to_a_printing_house_are_told_with_its_name(officer: Staff, world: World) -> None:
    job = world.print(
        world.issued_batch(packs=10).ranges, setup=NO_DESIGN, medium=Medium.DATA, recipient="示例印务"
    )
    assert "编码数据，交 示例印务" in officer.text("/office/prints?q=示例印务")
    assert "编码数据 交给 示例印务" in officer.text(f"/office/prints/{job}")


def test_a_finding_of_labels_asked_for_again_leads_to_their_job(officer: Staff, world: World) -> None:
    reprinted(world)
    number = world.see(oversight.findings, by=world.county)[0].id
    assert 'href="/office/prints?q=L26-000001"' in officer.get(f"/office/findings/{number}").text


# --- plots --------------------------------------------------------------------------------------------------


def test_a_proposed_plot_is_approved(officer: Staff, world: World) -> None:
    plot = world.new_plot(approved=False)
    answer = officer.post(f"/office/plots/{plot}/approve", on="/office/plots?state=proposed")
    assert answer.status_code == 303
    found = {one.id: one.state for one in world.see(people.plots, by=world.county)}
    assert found[plot] is PlotState.ACTIVE


def test_a_plot_shows_what_is_left_today_and_takes_the_office_s_own_allowance(
    officer: Staff, world: World
) -> None:
    world.leaf(kg=100)
    assert "12,900.00" in officer.text("/office/plots")  # 200 mu × 65 kg − 100 kg
    path = f"/office/plots/{world.plot}/allowance"
    asked = {"season": "2026", "part": "spring", "grams": "500"}
    assert officer.post(path, **asked, reason="").status_code == 422
    assert officer.post(path, **asked, reason="霜冻减产").status_code == 303
    assert "400.00" in officer.text("/office/plots")
    assert "霜冻减产" in officer.text(path)


def test_a_plot_of_another_county_is_not_there(staff: SignIn, world: World) -> None:
    other = staff(world.other_county)
    assert other.get(f"/office/plots/{world.plot}/allowance").status_code == 404
    assert other.post(f"/office/plots/{world.plot}/approve", on="/office/enterprises/new").status_code == 404


def test_growers_names_are_for_those_who_decide_on_plots(staff: SignIn, world: World) -> None:
    assert "茶农" in staff(world.county).text("/office/plots")
    assert "茶农" not in staff(world.observer).text("/office/plots")


# --- lots, holds, recalls -----------------------------------------------------------------------------------


def test_a_lot_page_shows_both_ways_with_the_grams(officer: Staff, world: World) -> None:
    packed = world.packed(packs=10)
    told = officer.text(f"/office/lots/{packed.batch}")
    assert "来自哪里" in told
    assert "用到哪里" in told
    lot = world.see(chain.dossier, by=world.county, lot=packed.lot).lot
    assert f"{lot.no} 包装批 · 珍品 1.00" in told
    assert "螺蛳壳" in told


def test_a_lot_out_of_reach_is_not_there(staff: SignIn, world: World) -> None:
    batch = world.passed_batch()
    other = staff(world.other_county)
    assert other.get(f"/office/recalls/reach?kind=lot&what={batch}").status_code == 404
    for path in ("", "/hold", "/retest"):
        assert other.get(f"/office/lots/{batch}{path}").status_code == 404, path
    assert (
        other.post(f"/office/lots/{batch}/hold", on="/office/enterprises/new", reason="越界").status_code
        == 404
    )


def test_holding_and_releasing(officer: Staff, world: World) -> None:
    batch = world.passed_batch()
    assert officer.post(f"/office/lots/{batch}/hold", reason="").status_code == 422
    assert officer.post(f"/office/lots/{batch}/hold", reason="抽检").status_code == 303
    hold, _lot = world.see(oversight.open_holds, by=world.county)[0]
    assert "抽检" in officer.text("/office/holds")
    assert officer.post(f"/office/holds/{hold.id}/release", reason="合格").status_code == 303
    assert world.see(oversight.open_holds, by=world.county) == []
    assert officer.get(f"/office/holds/{hold.id}/release").status_code == 404


def test_a_recall_shows_its_reach_before_it_is_made(officer: Staff, world: World) -> None:
    packed = world.packed()
    path = f"/office/recalls/reach?kind=lot&what={packed.batch}"
    assert path.replace("&", "&amp;") in officer.get(f"/office/lots/{packed.batch}").text
    assert "2 个批次，其中包装批 1 个" in officer.text(path)
    assert officer.post(path, grade="", reason="受潮", step="check").status_code == 422
    shown = hidden(officer.get(path).text, "shown")
    asked = {"grade": "II", "reason": "受潮", "shown": shown}
    assert "还没有召回" in words_of(officer.post(path, **asked, step="check"))
    assert officer.post(path, **asked, step="order").status_code == 303
    assert "二级召回：受潮" in officer.text(f"/office/lots/{packed.lot}")
    assert "受潮" in officer.text("/office/recalls")


# --- retest and documents -----------------------------------------------------------------------------------

RETEST: dict[str, Any] = {
    "report_no": "FJ-1", "lab": "州检验中心", "reported_on": "2026-03-26", "value_moisture": "6.7",
    "value_total_ash": "5.7", "value_water_extract": "43.5", "value_crude_fibre": "11.8", "value_lead": "0.42",
    "value_pesticide_residue": "yes", "value_sensory_grade": "yes",
}  # fmt: skip


def pdf(content: bytes = b"%PDF-1.4 retest") -> tuple[BytesIO, str]:
    return BytesIO(content), "fu jian.pdf"


def test_a_retest_counts_from_now_on_and_holds_when_it_fails(officer: Staff, world: World) -> None:
    batch = world.passed_batch()
    answer = officer.post(f"/office/lots/{batch}/retest", **RETEST, file=pdf())
    assert answer.status_code == 303
    told = officer.text(f"/office/lots/{batch}")
    assert "复检" in told
    assert "水分 6.7 ≤ 6.5 % 不合格" in told
    assert len(world.see(oversight.open_holds, by=world.county)) == 1


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"value_moisture": ""}, "value_moisture"),
        ({"value_moisture": "湿"}, "value_moisture"),
        ({"value_sensory_grade": ""}, "value_sensory_grade"),
        ({"report_no": ""}, "report_no"),
        ({"reported_on": "明天"}, "reported_on"),
        ({"file": (BytesIO(b"<html>"), "r.pdf")}, "file"),
        ({"file": (BytesIO(b""), "")}, "file"),
    ],
)
def test_what_is_wrong_with_a_retest_stands_beside_its_field(
    officer: Staff, world: World, wrong: dict[str, Any], field: str
) -> None:
    batch = world.passed_batch()
    before = world.table_counts()
    answer = officer.post(f"/office/lots/{batch}/retest", **(RETEST | {"file": pdf()} | wrong))
    assert answer.status_code == 422
    assert f'href="#{field}"' in answer.text
    assert 'value="5.7"' in answer.text
    assert unchanged(world, before)


def test_a_document_is_served_inline_and_kept_nowhere(officer: Staff, staff: SignIn, world: World) -> None:
    batch = world.passed_batch()
    number = world.see(oversight.documents, by=world.county, lot=batch)[0].id
    answer = officer.get(f"/office/documents/{number}")
    assert answer.status_code == 200
    assert answer.data.startswith(b"%PDF-1.4")
    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.headers["Content-Disposition"].startswith("inline")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "no-store"
    assert staff(world.other_county).get(f"/office/documents/{number}").status_code == 404


# --- shortages ----------------------------------------------------------------------------------------------


def short(world: World) -> int:
    """A receipt corrected down after its tea was marked: the office's shortage."""
    leaf = world.received(kg=9)
    batch = world.batch({world.tea(kg=2, inputs={leaf.lots[0]: 9000}): 2000})
    world.sample(batch)
    world.report(batch)
    world.packed(batch=batch, packs=19)
    world.do(chain.amend, event=leaf.id, correction=chain.Correction(net_g=6000), reason="秤单笔误")
    return world.see(chain.shortages, by=world.county)[0].id  # type: ignore[no-any-return]


def test_a_shortage_is_settled_with_other_tea_of_the_firm(officer: Staff, world: World) -> None:
    number = short(world)
    assert "更正后缺量" in officer.text("/office/shortages")
    path = f"/office/shortages/{number}/settle"
    assert "没有足够重的批次" in officer.text(path)
    tea = world.tea(kg=3)
    assert officer.post(path, lot=str(tea), reason="").status_code == 422
    assert officer.post(path, lot=str(tea), reason="以库存核销").status_code == 303
    assert world.see(chain.shortages, by=world.county)[0].settled_at is not None
    assert "没有未了结的缺量" in officer.text("/office/shortages")


def test_an_open_shortage_is_told_where_requests_are_decided(officer: Staff, world: World) -> None:
    number = short(world)
    missing = next(s for s in world.see(chain.shortages, by=world.county) if s.id == number)
    request = world.request(world.passed_batch(kg=5), packs=1)
    told = officer.text(f"/office/requests/{request}")
    assert f"未了结的缺量 {Decimal(missing.grams) / 1000:.2f}" in told


# --- everything reads ---------------------------------------------------------------------------------------


def test_an_observer_reads_every_list_and_no_decision_is_offered(staff: SignIn, world: World) -> None:
    packed = world.packed(packs=10)
    world.failed_batch()
    world.new_plot(approved=False)
    observer = staff(world.observer)
    pages = [
        "/",
        "/requests?state=all",
        f"/requests/{packed.request}",
        "/findings",
        "/enterprises",
        "/plots",
        "/lots",
    ]
    pages += ["/plots?state=proposed", "/holds", "/shortages", "/decisions", f"/lots/{packed.lot}"]
    pages += [f"/enterprises/{world.firm.id}", "/prints", "/prints/1"]
    for path in pages:
        page = observer.get(f"/office{path}")
        assert page.status_code == 200, path
        assert page.text.count('method="post"') == 1, path  # signing out is the only form


def test_lists_are_searched_and_paged(officer: Staff, world: World) -> None:
    for _n in range(51):
        world.leaf(kg=1)
    first = officer.text("/office/lots?kind=leaf")
    assert "第 1 / 2 页，共 51 条" in first
    assert "第 2 / 2 页" in officer.text("/office/lots?kind=leaf&page=2")
    assert "没有符合条件的批次" in officer.text("/office/lots?kind=leaf&q=不存在")
    found = world.see(chain.lots, by=world.county)[0].lot.no
    assert found in officer.text(f"/office/lots?kind=leaf&q={found}")


def test_a_failed_report_is_shown_failing(officer: Staff, world: World) -> None:
    batch = world.failed_batch(tested=DAMP)
    assert "水分 6.7 ≤ 6.5 % 不合格" in officer.text(f"/office/lots/{batch}")


def test_ranges_of_marks_are_written_as_printed(officer: Staff, world: World) -> None:
    packed = world.packed(packs=10)
    assert packed.applied == (SerialRange(1, 10),)
    assert "0000000001–0000000010" in officer.text(f"/office/lots/{packed.lot}")
