"""The right to the mark in a browser: the firm applies, county and prefecture decide, and the public list shows it."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, FilePayload, Page, ViewportSize, expect

from tests.browser.phones import AGENT
from tests.browser.reading import sound
from tests.browser.shelf import Served, served
from tests.browser.signing import signed_in
from tests.world import Firm, World
from tests.worlds import copies_of
from traceability.domain.people import Identity

WIDTHS = (360, 1280)
USCC = {360: "91522701MAXTEA0585", 1280: "91522730MAXTEA030A"}
COUNTIES = {360: "522701", 1280: "522702"}
PDF: FilePayload = {"name": "营业执照.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.4 licence"}


@dataclass(frozen=True)
class House:
    """Offices and firms that are served, and everybody by name."""

    world: World
    served: Served
    people: dict[str, Identity]


@pytest.fixture(scope="module")
def house(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with copies_of(request, "sqlite")() as world, served(world, tmp_path_factory.mktemp("rights")) as made:
        firms = {width: _firm(world, width) for width in WIDTHS}
        people = {"prefecture": world.prefecture, "522701": world.county, "522702": world.other_county}
        people |= {f"firm{width}": firm.manager for width, firm in firms.items()}
        yield House(world, made, people)


def _firm(world: World, width: int) -> Firm:
    return world.new_firm(f"{width}号示例茶厂", USCC[width], COUNTIES[width], authorised=False)


@pytest.fixture(params=WIDTHS)
def width(request: pytest.FixtureRequest) -> int:
    return int(request.param)


def sign_in(browser: Browser, house: House, name: str, width: int) -> Page:
    size: ViewportSize = {"width": width, "height": 800}
    url = house.served.url
    page = browser.new_context(viewport=size, locale="zh-CN", user_agent=AGENT, base_url=url).new_page()
    return signed_in(page, url, house.served.app, house.world, house.people[name])


def test_a_firm_applies_and_ends_on_the_public_list(browser: Browser, house: House, width: int) -> None:
    desk = sign_in(browser, house, f"firm{width}", width)
    desk.goto("/desk/authorisation")
    sound(desk)
    desk.get_by_role("link", name="申请用标资格").click()
    expect(desk.get_by_label("营业执照")).to_be_visible()
    sound(desk)
    desk.get_by_label("用标依据").select_option("agi")
    desk.get_by_label("珍品").check()
    desk.get_by_label("营业执照").set_input_files(PDF)
    desk.get_by_role("button", name="提交申请").click()
    expect(desk.get_by_role("status").first).to_contain_text("等县局初审")
    sound(desk)
    no = desk.get_by_role("heading", level=1).inner_text().split()[0]

    county = sign_in(browser, house, COUNTIES[width], width)
    county.goto("/office/applications")
    sound(county)
    county.get_by_role("link", name=no).click()
    expect(county.get_by_label("初审意见")).to_be_visible()
    sound(county)
    county.get_by_label("初审意见").fill("材料齐全，已到现场核对")
    county.get_by_role("button", name="通过，报州局").click()
    expect(county.get_by_role("status").first).to_contain_text("报州局决定")

    prefecture = sign_in(browser, house, "prefecture", width)
    prefecture.goto("/office/applications")
    prefecture.get_by_role("link", name=no).click()
    expect(prefecture.get_by_label("公告号")).to_be_visible()
    sound(prefecture)
    prefecture.get_by_label("公告号").fill(f"2026-{width}")
    prefecture.get_by_label("有效期自").fill("2026-03-01")
    prefecture.get_by_label("有效期至").fill("2028-02-29")
    prefecture.get_by_role("button", name="核准", exact=True).click()
    expect(prefecture.get_by_role("status").first).to_contain_text("公众名单已更新")
    prefecture.get_by_role("link", name="用标资格的经过").click()
    expect(prefecture.get_by_role("main")).to_contain_text("已到现场核对")
    sound(prefecture)

    prefecture.goto("/")
    prefecture.get_by_role("link", name="哪些企业可以使用专用标志").click()
    prefecture.get_by_label("企业、信用代码").fill(f"2026-{width}")
    prefecture.get_by_role("button", name="查找").click()
    card = prefecture.get_by_role("listitem")
    expect(card).to_contain_text(f"{width}号示例茶厂")
    expect(card).to_contain_text("农产品地理标志 AGI02056")
    sound(prefecture)
    for page in (desk, county, prefecture):
        page.context.close()
