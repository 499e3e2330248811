"""From the label to the page on a phone: scanned or typed, in two languages, by whoever holds a pack."""

import re
from io import BytesIO

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from tests.browser.conftest import Traffic, Windows
from tests.browser.shelf import GTIN, TODAY, TOO_LATE, Served, Shelf
from tests.looking import code_of
from traceability.domain.marks import grouped
from traceability.domain.scans import Verdict
from traceability.services import doubts, lookup

FIRST = {"zh-CN": "本标志第一次被查验", "en-GB": "This is the first check of this mark"}
GREEN, AMBER, RED = "rgb(35, 82, 60)", "rgb(240, 182, 83)", "rgb(160, 29, 29)"


def heading(page: Page) -> str:
    return page.get_by_role("heading", level=1).inner_text()


# --- a scan -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("address", ["/M/{code}", "/01/{gtin}/21/{code}"])
def test_a_scan_opens_the_page_in_the_phones_language(
    window: Windows, shelf: Shelf, locale: str, address: str
) -> None:
    page, code = window(locale=locale), shelf.fresh()
    page.goto(address.format(code=code, gtin=GTIN))
    expect(page.get_by_role("heading", level=1)).to_have_text(FIRST[locale])
    expect(page.locator("html")).to_have_attribute("lang", "zh-Hans" if locale == "zh-CN" else "en")
    expect(page.locator("main")).to_contain_text(grouped(code))


def test_a_phone_is_counted_and_its_reload_is_not(window: Windows, shelf: Shelf) -> None:
    code = shelf.fresh()
    mine = window()
    for _look in range(2):
        mine.goto(f"/M/{code}")
        assert heading(mine) == FIRST["zh-CN"]
    other = window(user_agent="Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) Safari/604.1")
    other.goto(f"/M/{code}")
    assert heading(other) == "本标志此前被查验过 1 次"


def test_everything_to_compare_is_on_the_first_screens(page: Page, shelf: Shelf) -> None:
    page.goto(f"/M/{shelf.fresh()}")
    table = page.get_by_role("table").first
    for text in ("都匀毛尖茶", "珍品", "100 克", "都匀示例茶业有限公司", "2026年4月6日", "2028年4月5日"):
        expect(table).to_contain_text(text)
    bottom = table.bounding_box()
    assert bottom is not None
    assert bottom["y"] + bottom["height"] < 740  # without a thumb's stroke on a phone of 740 px


def test_the_way_of_the_tea_is_a_line_with_places_and_days(page: Page, shelf: Shelf) -> None:
    page.goto(f"/M/{shelf.fresh()}")
    stops = page.locator(".way > li")
    titles = stops.locator("h3").all_inner_texts()
    assert [title.split()[0] for title in titles] == [
        "采摘", "加工", "拼配成批", "抽样送检", "检验合格", "包装并加贴专用标志", "发往"
    ]  # fmt: skip
    assert stops.locator(".when").all_inner_texts() == [
        "3月26日至27日", "3月26日至27日", "3月28日", "3月29日", "4月4日", "4月6日", "4月8日至9日"
    ]  # fmt: skip
    assert "贵阳" in titles[-1]


def test_a_blend_tells_its_townships_and_plots_and_they_sum_to_the_whole(page: Page, shelf: Shelf) -> None:
    page.goto(f"/M/{shelf.fresh()}")
    towns = page.locator(".towns > li")
    assert [town.split("\n")[0] for town in towns.all_inner_texts()] == [
        "都匀市 螺蛳壳、团山", "贵定县 云雾湖", "都匀市 匀东坡"
    ]  # fmt: skip
    parts = [_percents(text) for text in towns.locator("> .nb").all_inner_texts()]
    assert sum(part for [part] in parts) == 1000
    for number, [part] in enumerate(parts):
        plots = _percents(towns.nth(number).locator("ul").inner_text())
        assert sum(plots) in {part, 0}  # a township of one plot says it once


def _percents(text: str) -> list[int]:
    """Shares in thousandths."""
    return [int(found.replace(".", "")) for found in re.findall(r"(\d+\.\d) %", text)]


# --- a code typed by hand -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "typed",
    [
        pytest.param(lambda code: f"  {grouped(code).replace('-', ' ')} ", id="with spaces"),
        pytest.param(lambda code: grouped(code).lower(), id="in lower case"),
        pytest.param(lambda code: code.replace("0", "O").replace("1", "l"), id="with look-alike letters"),
    ],
)
def test_a_typed_code_leads_to_its_page(page: Page, shelf: Shelf, typed: object) -> None:
    assert callable(typed)
    code = shelf.fresh()
    page.goto("/")
    page.get_by_label("输入标签上的 16 位标志码").fill(typed(code))
    page.get_by_role("button", name="查验").click()
    assert heading(page) == FIRST["zh-CN"]
    expect(page.locator("main")).to_contain_text(grouped(code))


def test_a_code_too_short_is_told_beside_the_field_and_kept(page: Page) -> None:
    page.goto("/")
    page.get_by_label("输入标签上的 16 位标志码").fill("00RZ-5K7Q")
    page.keyboard.press("Enter")
    field = page.get_by_label("输入标签上的 16 位标志码")
    expect(field).to_have_value("00RZ-5K7Q")
    expect(field).to_have_accessible_description(re.compile("标志码是 16 位，您输入了 8 位"))


# --- what a buyer is warned of ------------------------------------------------------------------------------

WARNINGS = {
    Verdict.UNKNOWN: ("没有查到这枚标志", "请不要购买", "rgb(74, 81, 77)"),
    Verdict.RECALLED: ("这批茶正在召回", "请不要饮用，保留包装，联系购买处或生产企业退货", RED),
    Verdict.WITHDRAWN: ("本标志已作废", "请不要购买或饮用", RED),
    Verdict.HELD: ("这批茶已暂停销售", "请暂不购买或饮用", AMBER),
    Verdict.NOT_IN_USE: ("本标志尚未启用", "请不要购买", AMBER),
    Verdict.ATTENTION: ("请注意：本标志可能被复制", "请逐项核对包装", AMBER),
    Verdict.EXPIRED: ("这件茶已过保质期", "请不要购买", AMBER),
}


@pytest.mark.parametrize("verdict", WARNINGS)
def test_a_warning_comes_first_in_words_colour_and_icon(page: Page, shelf: Shelf, verdict: Verdict) -> None:
    title, todo, colour = WARNINGS[verdict]
    shelf.world.at(TOO_LATE if verdict is Verdict.EXPIRED else TODAY)
    page.goto(f"/M/{shelf.mark(verdict)}")
    shelf.world.at(TODAY)
    first = page.locator("main > section").first
    assert heading(page) == title
    expect(first).to_contain_text(todo)
    expect(first).to_have_css("background-color", colour)
    expect(first.locator("svg.icon")).to_be_visible()


def test_a_suspension_is_a_notice_beside_the_verdict(page: Page, shelf: Shelf) -> None:
    page.goto(f"/M/{code_of(shelf.suspended)}")
    assert heading(page) in {FIRST["zh-CN"], "本标志此前被查验过 1 次"}
    expect(page.get_by_role("note")).to_contain_text("2026年4月13日起暂停")


# --- a doubt ------------------------------------------------------------------------------------------------


def photo() -> bytes:
    into = BytesIO()
    Image.new("RGB", (640, 480), (60, 110, 70)).save(into, "JPEG")
    return into.getvalue()


def test_a_doubt_with_a_photo_goes_from_the_page_to_its_status(page: Page, shelf: Shelf) -> None:
    page.goto(f"/M/{shelf.mark(Verdict.ATTENTION)}")
    page.get_by_role("link", name="在线反映，可附照片").click()
    page.get_by_role("button", name="发送").click()
    expect(page.get_by_role("alert")).to_contain_text("请选择一项")
    page.get_by_label("标志被揭换或重新粘贴").check()
    page.get_by_label("情况说明（可不填）").fill("封口处有两层标签。")
    page.get_by_label("照片（可不填）").set_input_files(
        {"name": "IMG_1.jpg", "mimeType": "image/jpeg", "buffer": photo()}
    )
    page.get_by_role("button", name="发送").click()
    assert heading(page) == "已收到，等待核查"
    ref = page.url.rsplit("/", 1)[1]
    expect(page.get_by_role("table")).to_contain_text(ref)
    world = shelf.world
    told = next(one for one in world.see(doubts.doubts, by=world.prefecture) if one.ref == ref)
    assert (told.words, told.verdict, told.serial) == ("封口处有两层标签。", "attention", 2)
    assert told.photo


# --- languages, no script, weight ---------------------------------------------------------------------------


def test_the_switch_changes_the_language_and_keeps_the_page(page: Page, shelf: Shelf) -> None:
    code = shelf.fresh()
    page.goto(f"/M/{code}")
    page.get_by_role("link", name="English").click()
    assert heading(page) == FIRST["en-GB"]
    expect(page.locator("main")).to_contain_text(grouped(code))
    page.goto("/")
    expect(page.locator("html")).to_have_attribute("lang", "en")
    page.get_by_role("link", name="中文").click()
    expect(page.locator("html")).to_have_attribute("lang", "zh-Hans")


def test_it_all_works_without_javascript(window: Windows, shelf: Shelf) -> None:
    page, code = window(java_script_enabled=False), shelf.fresh()
    page.goto("/")
    page.get_by_label("输入标签上的 16 位标志码").fill(code)
    page.get_by_role("button", name="查验").click()
    assert heading(page) == FIRST["zh-CN"]
    page.get_by_role("link", name="在线反映，可附照片").click()
    page.get_by_label("其他疑问").check()
    page.get_by_role("button", name="发送").click()
    assert heading(page) == "已收到，等待核查"


def test_the_first_look_is_light(page: Page, traffic: Traffic, shelf: Shelf, server: Served) -> None:
    page.goto(f"/M/{shelf.fresh()}", wait_until="networkidle")
    assert {answer.request.resource_type for answer in traffic.answers} <= {"document", "stylesheet", "other"}
    assert len(traffic.answers) <= 3
    with server.app.test_client().get(
        "/static/icon.svg"
    ) as icon:  # which a headless browser does not ask for
        assert traffic.weight + len(icon.data) < 40_000
    assert page.locator("script, img, iframe").count() == 0


def test_looks_of_the_browser_count_like_anybodys(page: Page, shelf: Shelf) -> None:
    """Else every test above would see the page of a robot."""
    code = shelf.fresh()
    page.goto(f"/M/{code}")
    kept = shelf.world.see(lookup.glance, text=code)
    assert kept.sum.seen.times == 1
