"""A workbook with errors, then right, in a real browser on a phone and on a PC: what a clerk sees on the way."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import FilePayload, Page, expect

from tests.browser.conftest import Windows
from tests.browser.reading import faults
from tests.browser.shelf import served
from tests.browser.signing import signed_in
from tests.workbooks import leaf, workbook
from tests.world import World
from tests.worlds import copies_of
from traceability.services import chain

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
WIDTHS = [360, 1280]


@pytest.fixture
def desk(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, window: Windows
) -> Iterator[tuple[World, Callable[[int], Page]]]:
    """A world of the test's own behind a server, and windows in which its clerk is signed in."""
    with copies_of(request, "sqlite")() as world, served(world, tmp_path_factory.mktemp("desk")) as server:

        def opened(width: int) -> Page:
            page = window(base_url=server.url, viewport={"width": width, "height": 800})
            return signed_in(page, server.url, server.app, world, world.firm.clerk)

        yield world, opened


def hand_in(page: Page, content: bytes) -> None:
    page.goto("/desk/season")
    file: FilePayload = {"name": "2026 春茶.xlsx", "mimeType": XLSX, "buffer": content}
    page.set_input_files("input[type=file]", file)
    page.get_by_role("button", name="上传并试录").click()


@pytest.mark.parametrize("width", WIDTHS)
def test_a_workbook_with_errors_then_right(desk: tuple[World, Callable[[int], Page]], width: int) -> None:
    world, opened = desk
    page = opened(width)
    page.goto("/desk/season")
    assert faults(page) == []
    rows = leaf(world, 30)
    rows[3][4], rows[20][1] = "很重", "3月25日 9:00"
    hand_in(page, workbook(receipts=rows))
    expect(page.get_by_role("alert")).to_contain_text("2 处需要改正", timeout=30_000)
    expect(page.locator("main")).to_contain_text("鲜叶收青!E5")
    assert faults(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") == width
    rows[3][4], rows[20][1] = 1.2, rows[19][1]
    hand_in(page, workbook(receipts=rows))
    page.get_by_role("button", name="确认登记 30 行").click(timeout=30_000)
    expect(page.get_by_role("status")).to_contain_text("已登记 30 行", timeout=30_000)
    assert faults(page) == []
    assert len(world.see(chain.events)) == 30
