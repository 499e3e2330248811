"""Applying for the right to the mark on the pages: desk, county, prefecture, and the list everybody reads."""

import csv
import io
from collections.abc import Callable
from datetime import date
from io import BytesIO
from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.web.staff import Staff, hidden, words_of
from tests.world import World
from traceability.domain.authorising import ApplicationState
from traceability.domain.people import Identity, Role, Standing
from traceability.services import applications, people

SignIn = Callable[[Identity], Staff]
ASKED = {"right_basis": "agi", "scope": ["ZHENPIN", "FIRST"], "standard": "DB52/T 433—2018"}
ANNOUNCED = {
    "announcement_no": "州市监公告 2026-31", "scope": ["ZHENPIN"], "valid_from": "2026-03-01",
    "valid_until": "2028-02-29",
}  # fmt: skip


@pytest.fixture
def world(small_world: World) -> World:
    return small_world


@pytest.fixture
def manager(staff: SignIn, world: World) -> Staff:
    return staff(world.firm.manager)


@pytest.fixture
def county(staff: SignIn, world: World) -> Staff:
    return staff(world.county)


@pytest.fixture
def prefecture(staff: SignIn, world: World) -> Staff:
    return staff(world.prefecture)


def licence(name: str = "执照.pdf", content: bytes = b"%PDF-1.4 licence") -> tuple[BytesIO, str]:
    return BytesIO(content), name


def applied(manager: Staff, **more: Any) -> Any:
    return manager.post("/desk/authorisation/apply", **(ASKED | {"licence": licence()} | more))


def state(world: World, number: int = 1) -> ApplicationState:
    found: ApplicationState = world.see(
        applications.application, by=world.prefecture, number=number
    ).application.state
    return found


def test_the_whole_way_over_the_pages(
    manager: Staff, county: Staff, prefecture: Staff, world: World, visitor: FlaskClient
) -> None:
    assert "申请用标资格" in manager.text("/desk/authorisation")
    answer = applied(manager)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/desk/authorisation/1")
    desk, office = "/desk/authorisation/1", "/office/applications/1"
    assert "待县局初审" in manager.text(desk)
    assert "都匀示例茶业有限公司" in county.text("/office/applications")
    told = county.text(office)
    assert "农产品地理标志 都匀毛尖茶 农产品地理标志 AGI02056" in told
    assert "营业执照 执照.pdf" in told
    assert county.post(f"{office}/return", on=office, missing=" ").status_code == 422
    assert county.post(f"{office}/return", on=office, missing="缺产地证明").status_code == 303
    assert "缺产地证明" in manager.text("/desk/authorisation")
    add = {"words": "已补", "origin": licence("产地.jpg", b"\xff\xd8\xff origin")}
    assert manager.post(f"{desk}/add", on=desk, **add).status_code == 303
    assert "产地证明 产地.jpg" in county.text(office)
    assert county.post(f"{office}/forward", on=office, reason="材料齐全").status_code == 303
    assert "等黔南布依族苗族自治州市场监督管理局决定" in county.text(office)
    assert "SQ26-1-00001" in prefecture.text("/office/applications")
    wrong = prefecture.post(f"{office}/grant", on=office, **(ANNOUNCED | {"valid_until": "2025-01-01"}))
    assert wrong.status_code == 422
    assert "州市监公告 2026-31" in wrong.text  # what was typed is kept
    assert prefecture.post(f"{office}/grant", on=office, **ANNOUNCED).status_code == 303
    assert state(world) is ApplicationState.GRANTED
    told = words_of(visitor.get("/authorised?right=agi"))
    assert "都匀示例茶业有限公司 县（市） 都匀市" in told
    assert "农产品地理标志 都匀毛尖茶 农产品地理标志 AGI02056 核准等级 珍品 公告号 州市监公告 2026-31" in told
    history = prefecture.text(f"/office/enterprises/{world.firm.id}/rights")
    assert "黔南布依族苗族自治州市场监督管理局 prefecture" in history
    assert "材料齐全" in manager.text("/desk/authorisation")


def test_what_is_refused_stands_beside_its_field_and_what_was_typed_stays(
    manager: Staff, world: World
) -> None:
    before = world.table_counts()
    empty = manager.post("/desk/authorisation/apply", words="年产三吨")
    assert empty.status_code == 422
    assert "年产三吨" in empty.text
    assert "请至少附一份材料" in words_of(applied(manager, licence=(BytesIO(b""), "")))
    evil = applied(manager, licence=licence("x.pdf", b"<svg onload=alert(1)>"))
    assert (evil.status_code, "只收 PDF、PNG 或 JPEG" in words_of(evil)) == (422, True)
    assert world.table_counts() == before


def test_a_name_is_shown_as_text_and_a_file_never_opened_as_a_page(
    manager: Staff, county: Staff, world: World
) -> None:
    applied(manager, licence=licence("<script>alert(1)</script>.pdf"))
    page = county.get("/office/applications/1").text
    assert "<script>alert" not in page
    number = world.see(applications.application, by=world.county, number=1).papers[0].document.id
    answer = county.get(f"/office/applications/1/documents/{number}")
    assert (answer.mimetype, answer.headers["X-Content-Type-Options"]) == ("application/pdf", "nosniff")
    assert answer.data == b"%PDF-1.4 licence"


def test_sent_twice_there_is_one_application(manager: Staff, world: World) -> None:
    page = manager.get("/desk/authorisation/apply").text
    form = {name: hidden(page, name) for name in ("csrf_token", "key")} | ASKED
    for _click in range(2):
        answer = manager.send("/desk/authorisation/apply", form | {"licence": licence()})
        assert (answer.status_code, answer.headers["Location"]) == (303, "/desk/authorisation/1")
    late = manager.send("/desk/authorisation/apply", form | {"key": "another", "licence": licence()})
    assert late.status_code == 422
    assert "SQ26-1-00001 还没有办结" in words_of(late)
    assert "一次只办一件申请" in manager.text("/desk/authorisation/apply")


def test_other_firms_and_counties_find_nothing(
    staff: SignIn, manager: Staff, world: World, county: Staff
) -> None:
    applied(manager)
    number = world.see(applications.application, by=world.county, number=1).papers[0].document.id
    rival, far = staff(world.other.manager), staff(world.other_county)
    for path in ("/desk/authorisation/1", f"/desk/documents/{number}"):
        assert rival.get(path).status_code == 404
    for path in (
        "/office/applications/1", f"/office/applications/1/documents/{number}",
        f"/office/enterprises/{world.firm.id}/rights",
    ):  # fmt: skip
        assert far.get(path).status_code == 404
        assert county.get(path).status_code == 200
    assert "SQ26-1-00001" not in far.text("/office/applications?state=all")


def test_a_clerk_reads_and_does_not_apply(staff: SignIn, manager: Staff, world: World) -> None:
    applied(manager)
    clerk = staff(world.firm.clerk)
    assert "SQ26-1-00001" in clerk.text("/desk/authorisation")
    assert "撤回申请" not in clerk.text("/desk/authorisation/1")
    assert clerk.get("/desk/authorisation/apply").status_code == 403


def test_who_is_tied_to_the_firm_is_told_and_offered_no_decision(
    staff: SignIn, manager: Staff, world: World
) -> None:
    applied(manager)
    tied = staff(world.user(Role.COUNTY, county="522701", enterprise=world.firm.id))
    page = tied.get("/office/applications/1")
    assert "不能对自己填报的内容" in page.text
    assert "forward" not in page.text
    assert (
        tied.send(
            "/office/applications/1/forward",
            {"reason": "好", "csrf_token": hidden(tied.get("/office/enterprises").text, "csrf_token")},
        ).status_code
        == 422
    )
    assert state(world) is ApplicationState.FILED


def test_taken_back_and_applied_again(manager: Staff, prefecture: Staff, world: World) -> None:
    applied(manager)
    page = f"/office/enterprises/{world.firm.id}"
    assert "正在申请用标资格" in prefecture.text(page)
    assert f"{page}/authorise" not in prefecture.get(page).text
    desk = "/desk/authorisation/1"
    assert manager.post(f"{desk}/take-back", on=desk, reason="").status_code == 422
    assert manager.post(f"{desk}/take-back", on=desk, reason="改申请").status_code == 303
    assert state(world) is ApplicationState.TAKEN_BACK
    assert applied(manager).status_code == 303


def test_a_right_is_withdrawn_on_a_ground(prefecture: Staff, world: World) -> None:
    page = f"/office/enterprises/{world.firm.id}/withdraw"
    assert prefecture.post(page, reason="不用了").status_code == 422
    refused = prefecture.post(page, reason="不用了", ground="disuse")
    assert (refused.status_code, "先要有“两年未用标”的线索" in words_of(refused)) == (422, True)
    assert prefecture.post(page, reason="不用了", ground="own_wish").status_code == 303
    line = world.see(people.enterprise, by=world.prefecture, number=world.firm.id)
    assert line.standing is Standing.WITHDRAWN


# --- the public list ----------------------------------------------------------------------------------------


def test_the_list_is_open_to_everybody_searched_and_linked_from_home(visitor: FlaskClient) -> None:
    assert 'href="/authorised"' in visitor.get("/").text
    told = words_of(visitor.get("/authorised"))
    assert "地理标志保护产品 都匀毛尖茶 DB52/T 433—2018" in told
    assert "共 2 项" in told
    assert "找到 1 项" in words_of(visitor.get("/authorised?q=福泉"))
    assert "没有找到" in words_of(visitor.get("/authorised?q=不存在"))
    assert "共 2 项" in words_of(visitor.get("/authorised?county=&right=&page=99"))
    assert "找到 1 项" in words_of(visitor.get("/authorised?county=522702"))
    english = words_of(visitor.get("/authorised?lang=en"))
    assert "Duyun Maojian Tea DB52/T 433—2018" in english
    assert len(visitor.get("/authorised").data) < 30_000


def test_the_list_has_no_script_no_session_and_is_kept_by_no_cache(visitor: FlaskClient) -> None:
    answer = visitor.get("/authorised")
    assert "<script" not in answer.text
    assert "Set-Cookie" not in answer.headers
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_suspension_is_on_the_list_at_once_and_a_withdrawn_right_is_not(
    visitor: FlaskClient, world: World
) -> None:
    world.do(people.suspend_enterprise, by=world.county, enterprise=world.firm.id, reason="整改")
    assert "自 2026年3月26日 起暂停用标" in words_of(visitor.get("/authorised"))
    assert visitor.get("/authorised?as=json").get_json()["authorised"][0]["suspended_since"]
    world.do(people.withdraw_authorisation, by=world.prefecture, enterprise=world.firm.id, reason="停用")
    assert "都匀示例茶业" not in visitor.get("/authorised").text


def test_many_rights_are_shown_a_page_at_a_time(visitor: FlaskClient, world: World) -> None:
    for n in range(21):
        firm = world.do(
            people.register_enterprise, by=world.county, name=f"示例{n}号茶场", uscc=f"92522701MAXTEA{n:04d}",
            county="522701", override_reason="测试",
        )  # fmt: skip
        world.authorise(firm)
    first = visitor.get("/authorised?q=示例")
    assert "第 1 / 2 页" in words_of(first)
    assert "page=2&amp;q=" in first.text
    assert first.text.count("<h3>") == 20
    assert visitor.get("/authorised?q=示例&page=2").text.count("<h3>") == 3
    assert len(visitor.get("/authorised?as=json").get_json()["authorised"]) == 23


def test_the_files_hold_what_the_page_shows_and_no_formula(visitor: FlaskClient, world: World) -> None:
    evil = world.do(
        people.register_enterprise,
        by=world.county,
        name="=HYPERLINK(1)",
        uscc="91522701MAXTEA0585",
        county="522701",
    )
    world.authorise(evil, announcement_no="@SUM(1)", right_basis="certification_mark")
    answer = visitor.get("/authorised?as=csv&county=522701")
    rows = list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))))
    assert rows[0][:4] == ["企业", "统一社会信用代码", "县（市）", "用标依据"]
    assert [row[0] for row in rows[1:]] == ["都匀示例茶业有限公司", "'=HYPERLINK(1)"]
    assert rows[2][3:7] == ["证明商标", "", "珍品、特级、一级", "'@SUM(1)"]
    told = visitor.get("/authorised?as=json&q=HYPERLINK").get_json()
    assert (told["on"], told["gi"]) == ("2026-03-26", "都匀毛尖茶")
    assert told["authorised"] == [{
        "enterprise": "=HYPERLINK(1)", "uscc": "91522701MAXTEA0585", "county": "522701",
        "right": "certification_mark", "wording": None, "scope": ["ZHENPIN", "SPECIAL", "FIRST"],
        "announcement_no": "@SUM(1)", "valid_from": "2026-01-01", "valid_until": "2028-12-31",
        "suspended_since": None,
    }]  # fmt: skip


def test_the_list_ends_with_the_last_day_of_a_right(visitor: FlaskClient, world: World) -> None:
    world.authorise(
        world.firm.id, right_basis="agi", valid_from=date(2026, 3, 1), valid_until=date(2026, 3, 26)
    )
    assert "农产品地理标志" in visitor.get("/authorised").text
    world.later(days=1)
    assert "农产品地理标志" not in visitor.get("/authorised").text
