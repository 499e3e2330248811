"""The books at the office's door: four levels, each as page, workbook and PDF; nothing out of reach."""

import re
from collections.abc import Callable
from io import BytesIO

import pytest
from python_calamine import CalamineWorkbook

from tests.web.staff import Staff
from tests.world import World
from traceability.domain.people import Identity

SignIn = Callable[[Identity], Staff]


@pytest.fixture
def world(small_world: World) -> World:
    return small_world


def test_from_the_prefecture_down_to_the_entries(staff: SignIn, world: World) -> None:
    done = world.packed(packs=20)
    officer = staff(world.prefecture)
    page = officer.text("/office/books")
    assert "账目平衡" in page
    assert "都匀市" in page
    county = officer.text("/office/books/county/522701?season=2026")
    assert "都匀示例茶业有限公司" in county
    firm = officer.get(f"/office/books/firm/{world.firm.id}?season=2026")
    assert f"/office/books/lot/{done.batch}" in firm.text
    entries = officer.text(f"/office/books/lot/{done.batch}")
    assert "拼配" in entries
    assert "抽样" in entries


def test_every_level_is_a_workbook_and_a_pdf(staff: SignIn, world: World) -> None:
    done = world.packed(packs=20)
    officer = staff(world.prefecture)
    levels = ("", "/county/522701", f"/firm/{world.firm.id}", f"/lot/{done.batch}")
    for level in levels:
        book = officer.get(f"/office/books{level}?season=2026&as=xlsx")
        read = CalamineWorkbook.from_filelike(BytesIO(book.data))
        assert len(read.sheet_names) >= 2
        assert officer.get(f"/office/books{level}?season=2026&as=pdf").data.startswith(b"%PDF-")
    read = CalamineWorkbook.from_filelike(BytesIO(officer.get("/office/books?season=2026&as=xlsx").data))
    tea = read.get_sheet_by_name("茶账").to_python()
    assert tea[-1][0] == "合计"
    assert tea[-1][4] == pytest.approx(sum(float(str(row[4])) for row in tea[1:-1]))


def test_marks_by_month_at_every_level_with_their_table(staff: SignIn, world: World) -> None:
    world.packed(packs=20, extra=5)
    officer = staff(world.prefecture)
    for level, book in (
        ("", ""),
        ("/county/522701", "/county/522701"),
        (f"/firm/{world.firm.id}", f"/firm/{world.firm.id}"),
    ):
        assert f"/office/books{level}/marks?" in officer.get(f"/office/books{book}?season=2026").text
        page = officer.get(f"/office/books{level}/marks?season=2026").text
        assert page.count('<rect class="mark-applied"') == 2  # one column, and the key
        assert page.count('<rect class="mark-printed"') == 2
        assert re.search(r"2026 年 3 月</th><td class=\"n\">20</td><td class=\"n\">5</td>", page)
        file = officer.get(f"/office/books{level}/marks?season=2026&as=xlsx")
        rows = (
            CalamineWorkbook.from_filelike(BytesIO(file.data)).get_sheet_by_name("标志按月状态").to_python()
        )
        assert rows[-1][:3] == ["2026 年 3 月", 20, 5]
    assert "这一年还没有标志" in officer.text("/office/books/marks?season=2025")


def test_a_county_opens_its_own_book_and_no_other(staff: SignIn, world: World) -> None:
    done = world.packed(packs=20)
    officer = staff(world.other_county)
    assert "都匀示例茶业有限公司" not in officer.text("/office/books")
    closed = ("county/522701", "county/999999", f"firm/{world.firm.id}", f"lot/{done.batch}")
    for path in (*closed, *(f"{one}/marks" for one in closed[:3])):
        assert officer.get(f"/office/books/{path}").status_code == 404


def test_as_known_on_a_day_and_a_day_nobody_can_read(staff: SignIn, world: World) -> None:
    world.leaf(kg=5)
    officer = staff(world.observer)
    assert "5.00" in officer.text("/office/books?season=2026")
    assert "只算到" in officer.text("/office/books?season=2026&known_on=2026-01-02")
    assert "不是日期" in officer.text("/office/books?season=2026&known_on=02.01.2026")
    assert officer.get("/office/books?season=abc&figure=nonsense").status_code == 200


def test_the_counties_are_coloured_by_the_figure_asked_for(staff: SignIn, world: World) -> None:
    world.leaf(kg=5)
    officer = staff(world.prefecture)
    leaf = officer.get("/office/books?season=2026&figure=leaf").text
    made = officer.get("/office/books?season=2026&figure=made").text
    assert len(re.findall(r'<polygon class="shade-5"', leaf)) == 1
    assert len(re.findall(r'<polygon class="shade-0"', made)) == 12


def test_a_clerk_does_not_get_in(staff: SignIn, world: World) -> None:
    assert staff(world.firm.clerk).get("/office/books").status_code in (403, 404)


def test_the_annual_report_of_mark_use(staff: SignIn, world: World) -> None:
    done = world.packed(packs=20)
    world.recall(done.batch, by=world.county, grade="II", reason="标签错误")
    officer = staff(world.prefecture)
    assert officer.get("/office/books/annual?season=2026").data.startswith(b"%PDF-")
    book = officer.get("/office/books/annual?season=2026&as=xlsx")
    read = CalamineWorkbook.from_filelike(BytesIO(book.data))
    firms = read.get_sheet_by_name("各企业、各产品用标").to_python()
    assert firms[1][0] == "都匀示例茶业有限公司"
    assert [firms[1][4], firms[1][5], firms[1][6]] == [20, 20, 20]
    recalls = read.get_sheet_by_name("召回").to_python()
    assert recalls[1][3] == "II"
