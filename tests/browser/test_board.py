"""The board and a trace in a browser: nothing cut off, axe finds nothing, no script is refused."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Windows
from tests.browser.reading import cut_off, faults
from tests.browser.shelf import Served, Shelf
from tests.browser.signing import signed_in

#: Opens a page of the desk for whoever has signed in; what the browser complained about is on the list.
Desk = Callable[..., tuple[Page, list[str]]]


@pytest.fixture
def desk(window: Windows, shelf: Shelf, server: Served) -> Desk:
    def opened(path: str, *, width: int, locale: str = "zh-CN") -> tuple[Page, list[str]]:
        complaints: list[str] = []
        page = window(locale=locale, viewport={"width": width, "height": 900})
        signed_in(page, server.url, server.app, shelf.world, shelf.world.firm.manager)
        page.on("console", lambda told: complaints.append(told.text) if told.type == "error" else None)
        page.goto(path)
        return page, complaints

    return opened


@pytest.mark.parametrize("width", [360, 1280])
def test_the_board_can_be_read_and_walked(desk: Desk, width: int, locale: str) -> None:
    page, _ = desk("/desk/", width=width, locale=locale)
    assert cut_off(page) == []
    assert faults(page) == []
    tops = page.locator(".stage > h2").evaluate_all("all => all.map(one => one.getBoundingClientRect().top)")
    assert len(set(tops)) == (5 if width == 360 else 1)  # below each other on a phone, side by side at a desk
    page.locator(".steps a.first").first.click()
    expect(page.locator("form.main")).to_be_visible()


@pytest.mark.parametrize("width", [360, 1280])
def test_a_trace_is_drawn_and_its_table_stands_below(desk: Desk, shelf: Shelf, width: int) -> None:
    page, complaints = desk(f"/desk/lots/{shelf.tin.lot}/trace", width=width)
    expect(page.locator("#sankey svg path").first).to_be_visible()
    assert complaints == []
    assert (
        page.evaluate("document.documentElement.scrollWidth") <= width
    )  # a wide table scrolls in its own frame
    drawn = page.locator("#sankey svg").bounding_box()
    assert drawn is not None
    assert drawn["x"] + drawn["width"] <= width
    assert faults(page) == []
    page.locator("table.trace a").first.click()
    expect(page.locator("h1")).to_be_visible()


def test_without_script_the_table_says_it_all(window: Windows, desk: Desk, shelf: Shelf) -> None:
    page, _ = desk(f"/desk/lots/{shelf.tin.lot}/trace", width=1280)
    lines = page.locator("table.trace tbody tr").count()
    still = window(java_script_enabled=False, storage_state=page.context.storage_state())
    still.goto(f"/desk/lots/{shelf.tin.lot}/trace")
    expect(still.locator("#sankey")).to_be_hidden()
    assert still.locator("table.trace tbody tr").count() == lines > 4
