"""After the sale on a phone and on a PC: a recall from its reach to the notice, a complaint, a clerk who joins."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect

from tests.browser.phones import AGENT
from tests.browser.reading import sound
from tests.browser.shelf import Served, served
from tests.browser.signing import signed_in
from tests.looking import code_of
from tests.web.staff import PASSWORD
from tests.world import Packed, World
from tests.worlds import copies_of
from traceability.services import chain

WIDTHS = (360, 1280)


@dataclass(frozen=True)
class Desk:
    """A desk that is served, and goods in the market."""

    world: World
    served: Served
    packed: dict[int, Packed]


@pytest.fixture(scope="module")
def desk(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with copies_of(request, "sqlite")() as world, served(world, tmp_path_factory.mktemp("desk")) as made:
        packed = {width: _in_the_market(world) for width in WIDTHS}
        yield Desk(world, made, packed)


def _in_the_market(world: World) -> Packed:
    packed = world.packed(packs=6)
    world.do(chain.deliver, shipment=world.sent(packed.lot, packs=3))
    world.sold(packed.lot, channel="online")
    return packed


@pytest.fixture(params=WIDTHS)
def manager(request: pytest.FixtureRequest, browser: Browser, desk: Desk) -> Iterator[Page]:
    """The manager signed in, at a window of this width."""
    size: ViewportSize = {"width": request.param, "height": 800}
    context = browser.new_context(viewport=size, locale="zh-CN", user_agent=AGENT, base_url=desk.served.url)
    yield signed_in(context.new_page(), desk.served.url, desk.served.app, desk.world, desk.world.firm.manager)
    context.close()


def width_of(page: Page) -> int:
    size = page.viewport_size
    assert size is not None
    return size["width"]


def test_a_recall_from_a_pack_in_hand_to_the_notice(manager: Page, desk: Desk) -> None:
    packed = desk.packed[width_of(manager)]
    code = code_of(packed.applied[0].first)
    manager.goto("/desk/recalls/new")
    manager.get_by_label("批号、控制号或标志码").fill(code)
    manager.get_by_role("button", name="查找").click()
    manager.get_by_role("link", name="看波及范围").first.click()
    expect(manager.get_by_role("main")).to_contain_text("贵阳门店")
    sound(manager)
    manager.get_by_label("召回级别").select_option("I")
    manager.get_by_label("召回原因").fill("农残超标")
    manager.get_by_role("button", name="下一步：核对").click()
    expect(manager.get_by_role("alert")).to_contain_text("还没有召回")
    sound(manager)
    manager.get_by_role("button", name="确认召回").click()
    expect(manager.get_by_role("status").first).to_contain_text("已发起召回")
    sound(manager)
    manager.get_by_role("button", name="已通知").click()
    expect(manager.get_by_role("main")).to_contain_text("1 / 1")
    manager.get_by_role("link", name="通知书").click()
    expect(manager.get_by_role("heading", name="召回通知书").first).to_be_visible()
    expect(manager.get_by_role("button", name="打印")).to_be_visible()
    sound(manager)
    manager.goto(f"/M/{code}")
    expect(manager.get_by_role("main")).to_contain_text("农残超标")


def test_a_complaint_is_kept_and_answered(manager: Page) -> None:
    manager.goto("/desk/complaints/new")
    sound(manager)
    manager.get_by_label("怎么来的").select_option("counter")
    manager.get_by_label("关于什么").select_option("package")
    manager.get_by_label("情况说明").fill("盒角压瘪")
    manager.get_by_role("button", name="登记").click()
    sound(manager)
    manager.get_by_label("怎样答复的").fill("已换货")
    manager.get_by_role("button", name="登记答复").click()
    expect(manager.get_by_role("status").first).to_contain_text("答复已登记")
    manager.goto("/desk/complaints")
    sound(manager)


def test_a_clerk_is_invited_and_joins(manager: Page, browser: Browser, desk: Desk) -> None:
    email = f"clerk{width_of(manager)}@example.cn"
    manager.goto("/desk/staff/invite")
    sound(manager)
    manager.get_by_label("姓名").fill("小王")
    manager.get_by_label("登录名").fill(email)
    manager.get_by_role("button", name="生成邀请链接").click()
    expect(manager.locator("#link")).to_contain_text(
        desk.served.url
    )  # the address the page came from, not another
    link = manager.locator("#link").inner_text()
    sound(manager)
    guest = browser.new_page(locale="zh-CN", user_agent=AGENT)
    guest.goto(link)
    sound(guest)
    guest.get_by_label("密码").fill(PASSWORD)
    guest.get_by_label("再输入一次").fill(PASSWORD)
    guest.get_by_role("button", name="设好密码，加入").click()
    expect(guest.get_by_role("status")).to_contain_text("账户已建立")
    guest.close()
    for way in ("/desk/staff", "/desk/staff/log", "/desk/returns", "/desk/recalls"):
        manager.goto(way)
        sound(manager)
