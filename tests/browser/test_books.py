"""The books, complaints and allowances in a browser: axe finds nothing at two widths, and nothing is cut off."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Windows
from tests.browser.reading import faults
from tests.browser.shelf import Served, Shelf
from tests.browser.signing import signed_in

SIZES = {"phone": {"width": 360, "height": 740}, "desk": {"width": 1280, "height": 900}}


def officer(window: Windows, server: Served, shelf: Shelf, **more: object) -> Page:
    """The prefecture's officer, signed in."""
    page = window(base_url=server.url, **more)
    return signed_in(page, server.url, server.app, shelf.world, shelf.world.prefecture)


@pytest.mark.parametrize(("size", "locale"), [("phone", "zh-CN"), ("desk", "en-GB")])
def test_the_books_shut_nobody_out(
    window: Windows, server: Served, shelf: Shelf, size: str, locale: str
) -> None:
    page = officer(window, server, shelf, locale=locale, viewport=SIZES[size])
    firm = shelf.world.firm.id
    books = ("books", "books/county/522701", f"books/firm/{firm}", "books?known_on=nonsense", "books/marks")
    for path in (*books, "complaints", "plots/allowances?county=522701"):
        page.goto(f"/office/{path}")
        assert faults(page) == [], path
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, path


def test_from_a_tile_to_the_entries(window: Windows, server: Served, shelf: Shelf) -> None:
    page = officer(window, server, shelf, locale="zh-CN", viewport=SIZES["desk"])
    page.goto("/office/books")
    page.locator(".county-map a", has_text="都匀市").click()
    page.get_by_role("link", name="都匀示例茶业有限公司").first.click()
    page.locator("section.book").last.get_by_role("link").first.click()
    expect(page.get_by_role("heading", name="分录")).to_be_visible()
