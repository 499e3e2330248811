"""A slip that does not fit: what is left is taken, the rest asked for, and booked once it is granted."""

from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.reading import cut_off, faults
from tests.browser.signing import signed_in
from tests.browser.test_leaf import Yard, _served, device, yards
from tests.services.test_slips import refused, weighed
from tests.worlds import Copies
from traceability.services import allowance, chain

__all__ = ["yards"]

SIZES: dict[int, dict[str, Any]] = {
    360: {"viewport": {"width": 360, "height": 780}, "has_touch": True, "is_mobile": True},
    1280: {"viewport": {"width": 1280, "height": 900}},
}


def _signed_in(context: BrowserContext, app: Flask, yard: Yard, who: Any) -> Page:
    return signed_in(context.new_page(), yard.url, app, yard.world, who)


def _fine(page: Page, *, wide: bool = False) -> None:
    """`wide`: with a table or tabs that scroll in a frame of their own."""
    assert faults(page) == []
    assert [one for one in cut_off(page) if not wide or one.startswith("scrolls")] == []


@pytest.mark.parametrize("width", SIZES)
def test_a_slip_is_refused_more_is_asked_for_granted_and_the_slip_booked(
    browser: Browser, yards: Copies, tmp_path: Any, width: int
) -> None:
    with yards() as world, _served(world, tmp_path) as (url, app):
        yard = Yard(world, url, "", ["GS-1"])
        refused(world, weighed(world, plot="GS-1", kg=70))
        with device(browser, yard, **SIZES[width]) as desk, device(browser, yard, **SIZES[width]) as office:
            clerk = _signed_in(desk, app, yard, world.firm.clerk)
            officer = _signed_in(office, app, yard, world.county)
            _ask(clerk)
            _grant(officer)
            _book(clerk)
        assert world.see(chain.open_slips) == []
        assert yard.net()[-2:] == [65_000, 5_000]


def _ask(page: Page) -> None:
    page.goto("/desk/")
    page.get_by_role("link", name="去处理").click()
    page.get_by_role("link", name="处理 R26").click()
    expect(page.get_by_label("申请理由")).to_be_visible()
    _fine(page)
    page.get_by_label("申请理由").fill("今年采得早")
    page.get_by_role("button", name="收下并申请").click()
    expect(page.locator(".flash")).to_contain_text("已向县局申请")
    expect(page.locator("dl.facts")).to_contain_text("等待答复")
    _fine(page)


def _grant(page: Page) -> None:
    page.goto("/office/allowance")
    _fine(page, wide=True)
    page.get_by_role("link", name="GS-1").click()
    expect(page.locator("#grams")).to_have_value("5.00")
    _fine(page)
    page.locator("#grant-reason").fill("实地看过")
    page.get_by_role("button", name="批准并增加额度").click()
    expect(page.locator(".flash")).to_contain_text("额度已增加")


def _book(page: Page) -> None:
    page.goto("/desk/")
    _fine(page)
    page.get_by_role("link", name="处理收青单").click()
    page.get_by_role("button", name="收下并记账").click()
    expect(page.locator(".flash")).to_contain_text("已按 5.00 千克记账")
    page.goto("/desk/allowance")
    expect(page.locator("main table")).to_contain_text("已增加")
    _fine(page, wide=True)


def test_the_firms_requests_are_asked_and_withdrawn_by_form(
    browser: Browser, yards: Copies, tmp_path: Any
) -> None:
    with yards() as world, _served(world, tmp_path) as (url, app):
        yard = Yard(world, url, "", [])
        with device(browser, yard, **SIZES[360]) as desk:
            page = _signed_in(desk, app, yard, world.firm.clerk)
            page.goto("/desk/allowance/new")
            _fine(page)
            page.locator("#plot").select_option(index=1)
            page.locator("#grams").fill("20")
            page.locator("#reason").fill("今年采得早")
            page.get_by_role("button", name="保存").click()
            page.get_by_role("button", name="撤回").click()
            expect(page.locator(".flash")).to_contain_text("申请已撤回")
            _fine(page, wide=True)
        assert [one.request.state for one in world.see(allowance.requests)] == ["withdrawn"]
