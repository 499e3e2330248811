"""Long lists on pages: headings sort, links keep what was asked, files hold what is shown."""

import csv
import html
import io
import re
from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.web.staff import Staff
from tests.world import World
from traceability.domain.people import Identity
from traceability.services import people

LISTS = (
    "receipts", "events", "packings", "lots", "deliveries", "sales", "requests", "marks", "prints",
    *(f"suppliers?list={one}" for one in ("plots", "growers", "works", "scales", "products", "consignees")),
)  # fmt: skip


@pytest.fixture
def manager(staff: Callable[[Identity], Staff], small_world: World) -> Staff:
    return staff(small_world.firm.manager)


def rows(page: str) -> list[list[str]]:
    """The table of a list, cell by cell."""
    table = re.search(r'<table class="list stack">.*?</table>', page, re.S)
    found = re.findall(r"<tr>(.*?)</tr>", table[0].partition("</thead>")[2], re.S) if table else []
    return [
        [" ".join(html.unescape(re.sub(r"<[^>]+>", " ", one)).split()) for one in re.findall(r"<td.*?</td>", row, re.S)]
        for row in found
    ]  # fmt: skip


def heading(page: str, title: str) -> tuple[str, str]:
    """Where a heading leads, and how the list is sorted by it."""
    found = re.search(rf'<th scope="col"([^>]*)><a href="([^"]*)">{re.escape(title)}<', page)
    assert found, title
    way = re.search(r'aria-sort="(\w+)"', found[1])
    return html.unescape(found[2]), way[1] if way else ""


def asked(url: str) -> dict[str, list[str]]:
    return parse_qs(urlsplit(url).query)


def exported(who: Staff, path: str) -> list[list[str]]:
    answer = who.get(path)
    assert answer.status_code == 200
    assert "attachment" in answer.headers["Content-Disposition"]
    assert answer.headers["Cache-Control"] == "no-store"
    return list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"), newline="")))


def test_a_heading_sorts_and_sorts_the_other_way(manager: Staff, small_world: World) -> None:
    for kg in (3, 9, 6):
        small_world.received(kg=kg)
    url, now = heading(manager.get("/desk/receipts?q=R&keep=1&page=7").text, "净重（千克）")
    assert (now, asked(url)) == ("", {"q": ["R"], "keep": ["1"], "sort": ["-net"]})
    page = manager.get(url).text
    assert [one[6] for one in rows(page)] == ["9.00", "6.00", "3.00"]
    url, now = heading(page, "净重（千克）")
    assert (now, asked(url)["sort"]) == ("descending", ["net"])
    page = manager.get(url).text
    assert [one[6] for one in rows(page)] == ["3.00", "6.00", "9.00"]
    assert heading(page, "净重（千克）")[1] == "ascending"
    assert heading(page, "时间")[1] == ""


def test_what_is_unknown_in_the_address_is_as_if_it_were_not(manager: Staff, small_world: World) -> None:
    small_world.packed(packs=2)
    plain = {path: rows(manager.get(f"/desk/{path}").text) for path in LISTS}
    odd = (
        "sort=nothing", "sort=-id;drop", "page=-3", "page=999999999999999999999", "page=x", "from=yesterday",
        "kind=what", "state=what", "stock=7", "q=%20%00%0A", "as=exe", "_external=1&endpoint=x&_scheme=x",
    )  # fmt: skip
    for path in LISTS:
        for one in odd:
            answer = manager.get(f"/desk/{path}{'&' if '?' in path else '?'}{one}")
            assert answer.status_code == 200, (path, one)
            assert rows(answer.text) == plain[path], (path, one)


@pytest.mark.parametrize("path", LISTS)
def test_every_heading_that_sorts_leads_to_the_same_rows(
    path: str, manager: Staff, small_world: World
) -> None:
    packed = small_world.packed(packs=4)
    small_world.sent(packed.lot, packs=1)
    small_world.sold(packed.lot)
    page = manager.get(f"/desk/{path}").text
    links = [html.unescape(one) for one in re.findall(r'<th scope="col"[^>]*><a href="([^"]*)"', page)]
    assert links or not rows(page)
    for url in links:
        assert sorted(rows(manager.get(url).text)) == sorted(rows(page)), url


def test_a_file_holds_what_is_shown(manager: Staff, small_world: World) -> None:
    for n, kg in enumerate((3, 9, 6)):
        small_world.received(kg=kg, certificate_no=f"=C-{n}")
    small_world.received(kg=2, plot=small_world.plots[1], certificate_no="other")
    url = "/desk/receipts?q=C-&sort=net"
    head, *said = exported(manager, f"{url}&as=csv")
    assert head[:3] == ["收青单号", "时间", "地块"]
    assert head[-2:] == ["净重（千克）", "更正"]
    assert [one[-2] for one in said] == ["3.000", "6.000", "9.000"]
    assert said[0][4] == "'=C-0"
    assert [one[0] for one in said] == [one[0] for one in rows(manager.get(url).text)]
    book = manager.get(f"{url}&as=xlsx")
    assert book.data.startswith(b"PK")
    assert "as=xlsx" in manager.get(url).text


def test_a_file_holds_every_page(manager: Staff, small_world: World) -> None:
    for n in range(52):
        small_world.do(people.register_consignee, name=f"店{n:02d}", place="贵阳")
    page = manager.get("/desk/suppliers?list=consignees&page=2")
    assert len(rows(page.text)) == 3
    assert "第 2 / 2 页，共 53 条" in page.text
    assert len(exported(manager, "/desk/suppliers?list=consignees&as=csv&page=2")) == 54


def test_filters_days_and_names_of_codes_narrow_a_list(manager: Staff, small_world: World) -> None:
    packed = small_world.packed(packs=2)
    small_world.sold(packed.lot)
    assert [one[1] for one in rows(manager.get("/desk/events?kind=sale").text)] == ["销售"]
    assert {one[1] for one in rows(manager.get("/desk/events?q=抽样").text)} == {"抽样"}
    assert rows(manager.get("/desk/events?from=2026-03-27").text) == []
    assert rows(manager.get("/desk/events?q=2026年3月26日").text)
    assert [one[1] for one in rows(manager.get("/desk/lots?q=包装批").text)] == ["包装批"]
    assert [one[1] for one in rows(manager.get("/desk/lots?stock=1&q=珍品").text)] == ["包装批"]
    nothing = manager.text("/desk/lots?q=没有的批次")
    assert "没有符合条件的记录" in nothing
    assert "清除条件" in nothing


def test_an_empty_list_teaches(manager: Staff) -> None:
    assert "鲜叶过秤时登记" in manager.text("/desk/receipts")
    assert "查找收青单" not in manager.text("/desk/receipts")


def test_a_file_in_english_has_english_headings(manager: Staff, small_world: World) -> None:
    small_world.received(kg=3)
    manager.client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"
    assert exported(manager, "/desk/receipts?as=csv")[0][-2] == "Net (kg)"


def test_another_firm_sees_nothing_of_it(staff: Callable[[Identity], Staff], small_world: World) -> None:
    packed = small_world.packed(packs=4)
    small_world.sold(packed.lot)
    other = staff(small_world.other.manager)
    for path in (
        "receipts",
        "events",
        "packings",
        "lots",
        "deliveries",
        "sales",
        "requests",
        "marks",
        "prints",
    ):
        assert rows(other.get(f"/desk/{path}").text) == [], path
        assert len(exported(other, f"/desk/{path}?as=csv")) == 1, path
