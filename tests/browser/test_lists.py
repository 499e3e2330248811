"""The lists of the desk in a browser: axe finds nothing, nothing is cut off, and a keyboard is enough."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Windows
from tests.browser.reading import faults
from tests.browser.shelf import Served, Shelf
from tests.web.staff import PASSWORD, give_password

LISTS = (
    "receipts?sort=-net",
    "events",
    "packings",
    "lots?stock=1",
    "deliveries",
    "sales",
    "requests",
    "marks",
    "prints",
    "suppliers",
    "suppliers?list=works",
    "lots?q=none",
    "papers",
)
SIZES = {"phone": {"width": 360, "height": 740}, "desk": {"width": 1280, "height": 900}}


def manager(window: Windows, server: Served, shelf: Shelf, **more: object) -> Page:
    """The firm's manager, signed in."""
    page = window(base_url=server.url, **more)
    page.goto("/login")
    page.locator("[name=email]").fill(give_password(server.app, shelf.world, shelf.world.firm.manager))
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("[name=password]").press("Enter")
    expect(page.locator("nav.menu")).to_be_visible()
    return page


@pytest.mark.parametrize(("size", "locale"), [("phone", "zh-CN"), ("desk", "en-GB")])
def test_lists_shut_nobody_out(window: Windows, server: Served, shelf: Shelf, size: str, locale: str) -> None:
    page = manager(window, server, shelf, locale=locale, viewport=SIZES[size])
    for path in LISTS:
        page.goto(f"/desk/{path}")
        assert faults(page) == [], path
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, path


def test_a_list_is_sorted_and_searched_by_keyboard(window: Windows, server: Served, shelf: Shelf) -> None:
    page = manager(window, server, shelf, locale="zh-CN", viewport=SIZES["desk"])
    page.goto("/desk/lots")
    heading = page.get_by_role("columnheader", name="批次")
    heading.get_by_role("link").focus()
    page.keyboard.press("Enter")
    expect(heading).to_have_attribute("aria-sort", "ascending")
    page.get_by_role("searchbox").focus()
    page.keyboard.type("包装批")
    page.keyboard.press("Enter")
    expect(heading).to_have_attribute("aria-sort", "ascending")
    expect(page.locator("table.list tbody tr").first).to_contain_text("包装批")
