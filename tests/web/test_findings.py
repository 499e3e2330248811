"""The pages of findings: the list with its filters and files, one with its evidence and history, whom to visit."""

import re

import pytest

from tests.services.test_findings import receive_alike, there_and_back
from tests.web.staff import Staff, words_of
from tests.web.test_regulator import SignIn
from tests.world import World
from traceability.domain.findings import KINDS, OVER_THE_BOOKS
from traceability.services import findings, oversight
from traceability.web import words
from traceability.web.regulator.finding_words import FACTS, NEXT


@pytest.fixture
def world(small_world: World) -> World:
    return small_world


@pytest.fixture
def county(staff: SignIn, world: World) -> Staff:
    return staff(world.county)


def found(world: World) -> dict[str, int]:
    """A failed batch, repeated weights and leaf that came home; the latest finding of each kind."""
    world.failed_batch()
    receive_alike(world, 27)
    there_and_back(world)
    world.do(findings.run_rules)
    return {one.code: one.id for one in world.see(oversight.findings, by=world.prefecture)[::-1]}


def test_the_list_opens_with_what_waits_the_heaviest_first(county: Staff, world: World) -> None:
    found(world)
    page = county.get("/office/findings").text
    assert page.index("鲜叶往返流转</a>") < page.index("相同重量反复出现</a>") < page.index("检验不合格</a>")
    assert "未了结 3" in county.text("/office/findings")


@pytest.mark.parametrize(
    ("asked", "shown", "hidden"),
    [
        ("code=leaf.circling", "鲜叶往返流转</a>", "检验不合格</a>"),
        ("burden=light", "检验不合格</a>", "鲜叶往返流转</a>"),
        ("q=往返", "鲜叶往返流转</a>", "检验不合格</a>"),
        ("q=都匀示例", "鲜叶往返流转</a>", "没有符合条件"),
        ("from=2026-04-01", "没有符合条件", "鲜叶往返流转</a>"),
        ("firm=9999", "这一栏里没有线索", "鲜叶往返流转</a>"),
        ("firm=x&state=nonsense&sort=nonsense&page=999", "鲜叶往返流转</a>", "没有符合条件"),
        ("state=looking", "这一栏里没有线索", "鲜叶往返流转</a>"),
        ("county=522702", "鲜叶往返流转</a>", "没有符合条件"),
    ],
)
def test_it_is_narrowed_by_what_is_asked(
    county: Staff, world: World, asked: str, shown: str, hidden: str
) -> None:
    found(world)
    page = county.get(f"/office/findings?{asked}").text
    assert shown in page
    assert hidden not in page


def test_the_prefecture_chooses_a_county_as_well(staff: SignIn, world: World) -> None:
    found(world)
    prefecture = staff(world.prefecture)
    assert "鲜叶往返流转</a>" not in prefecture.get("/office/findings?county=522702").text
    assert "鲜叶往返流转</a>" in prefecture.get("/office/findings?county=522701").text


def test_what_is_shown_goes_into_a_file(county: Staff, world: World) -> None:
    found(world)
    told = county.get("/office/findings?code=leaf.circling&as=csv").text
    assert "鲜叶往返流转" in told
    assert "相同重量反复出现" not in told
    assert county.get("/office/findings?as=xlsx").data.startswith(b"PK")
    assert county.get("/office/findings?as=csv").text.count("相同重量反复出现") == 1


def test_a_finding_shows_its_evidence_what_to_do_and_what_became_of_it(county: Staff, world: World) -> None:
    number = found(world)["leaf.circling"]
    page = f"/office/findings/{number}"
    said = county.text(page)
    assert "往来企业 福泉示例茶业有限公司" in said
    assert "接下来 核对每一程的运单" in said
    assert "有关的鲜叶运输" in said
    assert county.post(f"{page}/take", on=page).status_code == 303
    assert "您 正在核查。" in county.text(page)
    assert county.post(f"{page}/put-back", on=page).status_code == 303
    assert county.post(f"{page}/settle", on=page, reason="查实", result="").status_code == 422
    assert county.post(f"{page}/settle", on=page, reason="查实", result="fraud").status_code == 303
    said = county.text(page)
    assert "接手核查" in said
    assert "退回待处置" in said
    assert "处置完毕：查实造假 查实" in said


def test_receipts_that_repeat_are_listed_with_links(county: Staff, world: World) -> None:
    page = county.get(f"/office/findings/{found(world)['weights.repeating']}")
    assert "有关的收青单" in words_of(page)
    assert page.text.count(">12.50</td>") >= 9
    assert re.search(r'href="/office/lots/\d+"', page.text)


def test_a_second_officer_is_told_who_has_it(staff: SignIn, world: World) -> None:
    page = f"/office/findings/{found(world)['report.failed']}"
    first, second = staff(world.county), staff(world.prefecture)
    opened = second.get(page).text  # before the other takes it
    first.post(f"{page}/take", on=page)
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', opened)
    assert token
    answer = second.send(f"{page}/take", {"csrf_token": token[1], "key": "k"})
    assert answer.status_code == 422
    assert "county 正在核查这条线索" in words_of(answer)


def test_whom_to_visit_and_why(county: Staff, staff: SignIn, world: World) -> None:
    assert "目前没有需要走访的企业" in county.text("/office/visits")
    found(world)
    said = county.text("/office/visits")
    assert "都匀示例茶业有限公司" in said
    assert "鲜叶往返流转（20）" in said
    assert "没有符合条件" in county.text("/office/visits?q=没有这家")
    assert "鲜叶往返流转" in county.text("/office/visits?q=往返")
    assert "目前没有需要走访的企业" in staff(world.other_county).text("/office/visits")
    assert "鲜叶往返流转（20）" in county.get("/office/visits?as=csv").text


def test_firms_see_what_was_found_and_not_the_pages_of_the_office(staff: SignIn, world: World) -> None:
    number = found(world)["leaf.circling"]
    manager = staff(world.firm.manager)
    assert "鲜叶往返流转" in manager.text("/desk/findings")
    for path in ("findings", f"findings/{number}", "visits"):
        assert manager.get(f"/office/{path}").status_code == 403


@pytest.mark.usefixtures("chinese")
class TestRegister:
    def test_every_kind_that_has_a_name_is_in_the_register(self) -> None:
        assert set(words.NAMES["finding"]) <= set(KINDS)
        assert set(OVER_THE_BOOKS) <= set(words.NAMES["finding"])

    def test_every_fact_a_kind_carries_has_a_name(self) -> None:
        carried = {name for one in KINDS.values() for name in one.evidence} - {"serial"}
        shown = {f"{name[:-2]}_kg" if name.endswith("_g") else name for name in carried}
        assert shown <= set(FACTS)

    def test_every_kind_the_look_over_the_books_knows_says_what_to_do(self) -> None:
        assert set(OVER_THE_BOOKS) <= set(NEXT)
