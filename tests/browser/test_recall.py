"""An office recalls, at its desk and on a phone: a drill, the recall, the public page that changes, the end."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect

from tests.browser.phones import AGENT
from tests.browser.reading import sound
from tests.browser.shelf import served
from tests.browser.signing import enter
from tests.looking import code_of
from tests.web.staff import give_password
from tests.world import Packed, World
from tests.worlds import copies_of
from traceability.services import chain

WIDTHS = (360, 1280)


@dataclass(frozen=True)
class Office:
    """An office that is served, its officer's sign-in name, and goods in the market."""

    world: World
    url: str
    email: Callable[[], str]
    packed: dict[int, Packed]


@pytest.fixture(scope="module")
def office(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    with copies_of(request, "sqlite")() as world, served(world, tmp_path_factory.mktemp("office")) as made:
        packed = {width: _in_the_market(world) for width in WIDTHS}
        yield Office(world, made.url, partial(give_password, made.app, world, world.county), packed)


def _in_the_market(world: World) -> Packed:
    packed = world.packed(packs=6)
    world.do(chain.deliver, shipment=world.sent(packed.lot, packs=3))
    world.sold(packed.lot, channel="online")
    return packed


@pytest.fixture(params=WIDTHS)
def officer(request: pytest.FixtureRequest, browser: Browser, office: Office) -> Iterator[Page]:
    """The officer signed in, at a window of this width."""
    size: ViewportSize = {"width": request.param, "height": 800}
    context = browser.new_context(viewport=size, locale="zh-CN", user_agent=AGENT, base_url=office.url)
    page = context.new_page()
    enter(page, office.email())
    yield page
    context.close()


def found(officer: Page, typed: str) -> None:
    """From the search to the reach of the marks that were typed."""
    officer.goto("/office/recalls/new")
    officer.get_by_label("批号、地块编号").fill(typed)
    officer.get_by_role("button", name="查找").click()
    expect(officer.get_by_role("link", name="看波及范围").first).to_be_visible()
    sound(officer)
    officer.get_by_role("link", name="看波及范围").first.click()


def test_a_drill_then_a_recall_and_the_public_page_changes(officer: Page, office: Office) -> None:
    size = officer.viewport_size
    assert size is not None
    packed = office.packed[size["width"]]
    serial, code = f"{packed.applied[0].first:010d}", code_of(packed.applied[0].first)
    found(officer, serial)
    expect(officer.get_by_role("main")).to_contain_text("贵阳门店")
    sound(officer)
    officer.get_by_role("button", name="开始演练").click()
    expect(officer.get_by_role("button", name="名单核对完毕")).to_be_visible()
    sound(officer)
    officer.get_by_role("button", name="名单核对完毕").click()
    expect(officer.get_by_role("status").first).to_contain_text("演练已评分")
    sound(officer)
    officer.goto("/office/recalls/drills")
    sound(officer)
    officer.goto(f"/M/{code}")
    expect(officer.get_by_role("main")).not_to_contain_text("召回")
    found(officer, serial)
    officer.get_by_label("召回等级").select_option("I")
    officer.get_by_label("召回原因").fill("农残超标")
    officer.get_by_role("button", name="下一步：核对").click()
    expect(officer.get_by_role("alert")).to_contain_text("还没有召回")
    sound(officer)
    officer.get_by_role("button", name="确认召回").click()
    expect(officer.get_by_role("main")).to_contain_text("按时启动")
    sound(officer)
    here = officer.url
    officer.goto(f"/M/{code}")
    expect(officer.get_by_role("main")).to_contain_text("农残超标")
    officer.goto(here)
    officer.get_by_label("理由").fill("余下的已饮用")
    officer.get_by_role("button", name="结案").click()
    expect(officer.get_by_role("status").first).to_contain_text("召回已结案")
    officer.goto("/office/recalls")
    expect(officer.get_by_role("main")).to_contain_text("已结案")
    sound(officer)
