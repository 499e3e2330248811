"""The office's pages: what waits, every decision an office takes, and what stays out of sight."""

from collections.abc import Callable
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest

from tests.web.staff import Staff, hidden, words_of
from tests.world import DAMP, World
from traceability.domain.errors import BatchNotPassed
from traceability.domain.marks import MarkState, RequestState, SerialRange
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
    assert "水分 5.6 ≤ 6.5 % 合格" in told
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
    assert "不能审批它的申请" in somebody.text(page)
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
    assert officer.post(f"{page}/settle", on=page, reason="").status_code == 422
    assert officer.post(f"{page}/settle", on=page, reason="已责令降级").status_code == 303
    assert "已责令降级" in officer.text("/office/findings?state=settled")
    assert "已责令降级" in officer.text("/office/decisions")


def test_findings_of_another_county_are_not_there(staff: SignIn, world: World) -> None:
    world.failed_batch()
    number = world.see(oversight.findings, by=world.county)[0].id
    other = staff(world.other_county)
    assert other.get(f"/office/findings/{number}").status_code == 404
    assert "这一栏里没有线索" in other.text("/office/findings")


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
    assert "2026-09 地理标志保护产品 尊品、珍品" in told


def test_a_county_does_not_authorise(officer: Staff, world: World) -> None:
    assert officer.get(f"/office/enterprises/{world.firm.id}/authorise").status_code == 403


def test_suspending_lifting_and_withdrawing(prefecture: Staff, world: World) -> None:
    page = f"/office/enterprises/{world.firm.id}"

    def standing() -> Standing:
        return world.see(people.enterprise, by=world.prefecture, number=world.firm.id).standing  # type: ignore[no-any-return]

    for deed, after in (
        ("suspend", Standing.SUSPENDED), ("lift", Standing.AUTHORISED), ("withdraw", Standing.WITHDRAWN),
    ):  # fmt: skip
        assert prefecture.post(f"{page}/{deed}", reason="").status_code == 422
        assert prefecture.post(f"{page}/{deed}", reason=f"理由：{deed}").status_code == 303
        assert standing() is after
        assert f"理由：{deed}" in prefecture.text(page)


def test_a_firm_of_another_county_is_not_there(officer: Staff, world: World) -> None:
    page = f"/office/enterprises/{world.other.id}"
    assert officer.get(page).status_code == 404
    assert officer.post(f"{page}/suspend", on="/office/enterprises/new", reason="越界").status_code == 404
    assert "福泉示例茶业" not in officer.text("/office/enterprises")


def test_marks_handed_back_are_counted(officer: Staff, world: World) -> None:
    world.packed(packs=10, extra=3)
    path = f"/office/enterprises/{world.firm.id}/returned"
    wrong = officer.post(path, serials="0000000011-0000000013", counted="2", reason="缴回")
    assert wrong.status_code == 422
    assert 'href="#counted"' in wrong.text
    assert "控制号共 3 枚，清点 2 枚" in words_of(wrong)
    right = officer.post(path, serials="0000000011-0000000013", counted="3", reason="缴回")
    assert right.status_code == 303
    assert world.see(marks.counts, by=world.county)[MarkState.RETURNED] == 3


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
    for path in ("", "/hold", "/recall", "/retest"):
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
    path = f"/office/lots/{packed.batch}/recall"
    assert "下列 2 个批次一并召回" in officer.text(path)
    assert officer.post(path, grade="", reason="受潮").status_code == 422
    assert officer.post(path, grade="II", reason="受潮").status_code == 303
    assert "二级召回：受潮" in officer.text(f"/office/lots/{packed.lot}")
    assert "受潮" in officer.text("/office/holds")


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
    pages += [f"/enterprises/{world.firm.id}"]
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
