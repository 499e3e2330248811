"""An officer at a browser decides a request: values beside the report, one tick, marks issued, and the next one."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect

from tests.browser.phones import AGENT
from tests.browser.reading import sound
from tests.browser.shelf import served
from tests.browser.signing import enter
from tests.web.staff import give_password
from tests.world import World
from tests.worlds import copies_of

WIDTHS = (360, 1280)


@dataclass(frozen=True)
class Queue:
    """An office with two requests for each width."""

    world: World
    url: str
    requests: dict[int, tuple[int, int]]
    emails: dict[int, str]


@pytest.fixture(scope="module")
def queue(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Queue]:
    with copies_of(request, "sqlite")() as world, served(world, tmp_path_factory.mktemp("queue")) as made:
        officers = {width: world.user(world.county.role, county="522701") for width in WIDTHS}
        asked = {}
        for width in WIDTHS:
            first = world.request(world.passed_batch(kg=3), packs=10)
            asked[width] = (first, world.request(world.passed_batch(kg=2), packs=10))
        emails = {width: give_password(made.app, world, who) for width, who in officers.items()}
        yield Queue(world, made.url, asked, emails)


@pytest.mark.parametrize("width", WIDTHS)
def test_a_request_is_decided_beside_its_report(queue: Queue, browser: Browser, width: int) -> None:
    size: ViewportSize = {"width": width, "height": 900}
    context = browser.new_context(viewport=size, locale="zh-CN", user_agent=AGENT, base_url=queue.url)
    page = context.new_page()
    _decide(page, queue, width)
    context.close()


#: Up to this width a page shows no report within itself.
PHONE = 860


def _decide(page: Page, queue: Queue, width: int) -> None:
    enter(page, queue.emails[width])
    expect(page.get_by_text("待审批申请")).to_be_visible()
    sound(page)
    number, following = queue.requests[width]
    page.goto(f"/office/requests/{number}")
    sound(page)
    row = page.locator("table.report tr", has_text="水分")
    for text in ("5.6", "≤ 6.5 %", "0.9", "合格"):
        expect(row).to_contain_text(text)
    expect(page.locator(".original iframe")).to_be_visible(visible=width > PHONE)
    report = page.get_by_role("link", name="打开报告原件")
    expect(report).to_be_visible()
    file = page.request.get(report.get_attribute("href") or "")
    assert (file.status, file.headers["content-type"]) == (200, "application/pdf")
    assert "frame-ancestors 'self'" in file.headers["content-security-policy"]
    page.get_by_role("link", name="跳到决定").press("Enter")
    page.get_by_role("button", name="批准并发放 10 枚标志").press("Enter")
    expect(page.get_by_role("alert")).to_be_visible()
    page.get_by_label("逐项核对").press("Space")
    page.get_by_role("button", name="批准并发放 10 枚标志").press("Enter")
    expect(page.get_by_role("status")).to_contain_text("已批准并发放标志")
    sound(page)
    further = page.get_by_role("link", name="下一份待审批")
    further.press("Enter")
    expect(page).to_have_url(f"{queue.url}/office/requests/{following}")
