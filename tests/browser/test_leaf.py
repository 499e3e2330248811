"""Leaf at the scale in a real browser: a phone in the yard with and without signal, and a PC without a mouse."""

import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page, expect
from werkzeug.serving import make_server

from tests.browser.phones import PHONE
from tests.browser.reading import cut_off, faults
from tests.browser.shelf import Quiet
from tests.web.conftest import SECRET
from tests.web.staff import PASSWORD, give_password
from tests.world import World
from tests.worlds import Copies, copies_of
from traceability.app import create_app
from traceability.config import Settings
from traceability.domain.chain import EventKind
from traceability.domain.errors import Refusal
from traceability.domain.units import parse_weight_or_zero
from traceability.formats.bulk.proof import read
from traceability.services import chain, people
from traceability.services.chain import papers

QUICK = "/desk/leaf/quick"


@dataclass
class Yard:
    """A firm's yard: the server, the world behind it, and the garden cards by number."""

    world: World
    url: str
    email: str
    cards: list[str]

    def receipts(self) -> list[Any]:
        """The receipts of the firm, first to last as they were booked."""
        found = self.world.see(papers.events_of_kind, kind=EventKind.LEAF_RECEIPT)
        return sorted(found, key=lambda one: one.id)

    def net(self) -> list[int]:
        return [one.terms["gross_g"] - one.terms["tare_g"] for one in self.receipts()]


@pytest.fixture(scope="session")
def yards(request: pytest.FixtureRequest) -> Copies:
    """Plots with leaf of yesterday on them, and an old garden of one mu: 65 kg this spring."""

    def prepare(world: World) -> None:
        small: dict[str, Any] = {
            "no": "GS-1",
            "township": "522701110",
            "place": "古茶园",
            "area_mu": Decimal(1),
        }
        plot = world.do(people.register_plot, grower=world.grower, **small)
        world.do(people.approve_plot, by=world.county, plot=plot)
        for plot in world.plots:
            world.received(plot=plot, kg=3, certificate_no=f"HG-{plot}")
        world.later(days=1)

    return copies_of(request, "sqlite", prepare)


@pytest.fixture
def yard(yards: Copies, tmp_path: Path) -> Iterator[Yard]:
    """A yard of the test's own; the clock goes on while the browser works."""
    with yards() as world, _served(world, tmp_path) as (url, app):
        cards = sorted((one.id, one.no) for one in world.see(people.plots))
        yield Yard(world, url, give_password(app, world, world.firm.clerk), [no for _id, no in cards])


@contextmanager
def _served(world: World, folder: Path) -> Iterator[tuple[str, Flask]]:
    """Both doors; time passes there as it does for the browser."""
    start = time.monotonic()
    settings = Settings(data=folder, database_url=world.url, secret_key=SECRET)
    app = create_app(
        settings,
        house=world.house,
        clock=lambda: world.now + timedelta(seconds=time.monotonic() - start),
    )
    app.extensions["security"].pwd_context.update(argon2__rounds=1, argon2__memory_cost=64)
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=Quiet)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", app
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def device(browser: Browser, yard: Yard, **more: Any) -> Iterator[BrowserContext]:
    context = browser.new_context(**{**PHONE, "base_url": yard.url, **more})
    yield context
    context.close()


@pytest.fixture
def phone(browser: Browser, yard: Yard) -> Iterator[BrowserContext]:
    with device(browser, yard, has_touch=True, is_mobile=True) as context:
        yield context


def sign_in(page: Page, yard: Yard) -> None:
    page.goto("/login")
    page.locator("[name=email]").fill(yard.email)
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("main [type=submit], main button").first.click()
    page.wait_for_url(lambda url: "/login" not in url)


def opened(context: BrowserContext, yard: Yard) -> Page:
    """The page for leaf, ready to be used without signal."""
    page = context.new_page()
    page.goto(QUICK)
    if "/login" in page.url:
        sign_in(page, yard)
        page.goto(QUICK)
    expect(page.locator("#sending-text")).to_have_text("全部已发送")
    page.evaluate("navigator.serviceWorker.ready")
    return page


def receive(page: Page, card: str, gross: str, *, confirm: bool = False) -> str:
    """One receipt by thumb: a card, the weight on the pad, save; its number."""
    before = page.locator("#slip").get_attribute("data-no")
    page.locator(f".pick:has(input[value='{card}'])").click()
    page.locator("#gross").tap()
    for key in gross:
        page.locator(f"#pad [data-key='{key}']").tap()
    if not page.locator("#certificate_no").input_value():
        page.locator("#certificate_no").fill("HG-1")
    page.locator("#save").tap()
    if confirm:
        page.locator("#confirm input").check()
        page.locator("#save").tap()
    if before is None:
        expect(page.locator("#slip")).to_have_attribute("data-no", re.compile("R26"))
    else:
        expect(page.locator("#slip")).not_to_have_attribute("data-no", before)
    return str(page.locator("#slip").get_attribute("data-no"))


def choose(page: Page) -> None:
    """What is chosen once and remembered."""
    page.locator("#leaf_grade").select_option("single_bud")
    page.locator("#tare").fill("0.5")


class TestPhone:
    def test_ten_receipts_two_of_them_without_signal(self, phone: BrowserContext, yard: Yard) -> None:
        page = opened(phone, yard)
        choose(page)
        started = time.monotonic()
        numbers = [receive(page, yard.cards[n % 3], f"1{n}.5") for n in range(4)]
        assert (
            time.monotonic() - started < 40
        )  # ten seconds each, and a machine that is busy with other tests
        expect(page.locator("#kept-list .tag:text-is('已记账')")).to_have_count(4, timeout=15_000)
        phone.set_offline(True)
        numbers += [receive(page, yard.cards[n % 3], f"1{n}.5") for n in (4, 5)]
        expect(page.locator("#sending-text")).to_contain_text("2 张单等待发送")
        assert len(yard.receipts()) == 3 + 4
        phone.set_offline(False)
        expect(page.locator("#sending-text")).to_have_text("全部已发送", timeout=15_000)
        numbers += [receive(page, yard.cards[n % 3], f"1{n}.5") for n in range(6, 10)]
        expect(page.locator("#kept-list .tag:text-is('已记账')")).to_have_count(10, timeout=15_000)
        assert numbers == [f"R26-1-B01-{n:04d}" for n in range(1, 11)]
        assert [one.no for one in yard.receipts()][3:] == numbers
        assert yard.net()[3:] == [10_000 + n * 1_000 for n in range(10)]

    def test_a_killed_page_opens_without_signal_and_sends_what_it_kept(
        self, phone: BrowserContext, yard: Yard
    ) -> None:
        page = opened(phone, yard)
        choose(page)
        phone.set_offline(True)
        first = receive(page, yard.cards[0], "12")
        page.close()
        page = phone.new_page()
        page.goto(QUICK)
        expect(page.locator("#kept-list")).to_contain_text(first)
        second = receive(page, yard.cards[1], "8.5")
        page.close()
        phone.set_offline(False)
        page = phone.new_page()
        page.goto(QUICK)
        expect(page.locator("#kept-list .tag:text-is('已记账')")).to_have_count(2, timeout=15_000)
        assert [one.no for one in yard.receipts()][3:] == [first, second]

    def test_an_answer_that_is_lost_doubles_nothing(self, phone: BrowserContext, yard: Yard) -> None:
        page = opened(phone, yard)
        choose(page)
        lost: list[int] = []

        def lose(route: Any) -> None:
            lost.append(route.fetch().status)
            route.abort() if len(lost) == 1 else route.continue_()

        page.route("**/leaf/quick/slips", lose)
        receive(page, yard.cards[0], "12")
        expect(page.locator("#sending-text")).to_contain_text("1 张单等待发送")
        assert len(yard.receipts()) == 4  # it is booked; the phone does not know
        page.locator("#send-now").tap()
        expect(page.locator("#sending-text")).to_have_text("全部已发送", timeout=15_000)
        assert lost[0] == 200
        assert len(yard.receipts()) == 4

    def test_one_refused_on_return_stays_until_it_is_settled(self, phone: BrowserContext, yard: Yard) -> None:
        """Meanwhile another buyer took most of what the card had left."""
        page = opened(phone, yard)
        choose(page)
        small = yard.cards[3]
        phone.set_offline(True)
        page.locator("#card").fill(small)
        page.locator("#gross").fill("60")
        page.locator("#certificate_no").fill("HG-9")
        page.locator("#save").tap()
        expect(page.locator("#slip")).to_contain_text("59.50")
        other = receive(page, yard.cards[0], "10.5")
        number = next(one.id for one in yard.world.see(people.plots) if one.no == small)
        yard.world.received(plot=number, kg=50, firm=yard.world.other)
        phone.set_offline(False)
        expect(page.locator("#kept-list .tag:text-is('没有记账')")).to_have_count(1, timeout=15_000)
        assert [one.no for one in yard.receipts()][3:] == [other]
        assert "还剩 15.00 千克" in page.locator("#kept-list").inner_text()
        assert faults(page) == []
        assert cut_off(page) == []
        page.goto("/desk/")
        page.get_by_role("link", name="去处理").click()
        page.get_by_role("link", name="处理 R26").click()
        assert faults(page) == []
        assert cut_off(page) == []
        page.get_by_role("button", name="收下并记账").click()
        assert yard.net()[-1] == 15_000
        page.goto(QUICK)
        expect(page.locator("#kept-list .tag:text-is('已处理')")).to_have_count(1, timeout=15_000)
        assert yard.world.see(chain.open_slips) == []

    def test_a_lost_sign_in_keeps_the_queue(self, phone: BrowserContext, yard: Yard) -> None:
        page = opened(phone, yard)
        choose(page)
        phone.clear_cookies(name="session")
        receive(page, yard.cards[0], "12")
        expect(page.locator("#sending-text")).to_contain_text("登录已失效")
        expect(page.locator("#sign-in")).to_be_visible()
        sign_in(page, yard)
        page.goto(QUICK)
        expect(page.locator("#sending-text")).to_have_text("全部已发送", timeout=15_000)
        assert len(yard.receipts()) == 4

    def test_what_is_beyond_the_card_is_asked_once_more(self, phone: BrowserContext, yard: Yard) -> None:
        page = opened(phone, yard)
        choose(page)
        page.locator("#card").fill(yard.cards[3])
        page.locator("#find").fill(yard.cards[3])
        expect(page.locator(".pick")).to_have_count(1)
        page.locator("#find").fill("")
        receive(page, yard.cards[0], "600.5", confirm=True)
        expect(page.locator("#kept-list .tag:text-is('已记账')")).to_have_count(1, timeout=15_000)

    def test_wrong_weights_are_said_beside_the_field_and_kept(
        self, phone: BrowserContext, yard: Yard
    ) -> None:
        page = opened(phone, yard)
        choose(page)
        page.locator("#save").tap()
        expect(page.locator("#plot-error")).to_have_text("请选择茶园卡，或输入卡号。")
        page.locator(f".pick:has(input[value='{yard.cards[0]}'])").click()
        page.locator("#gross").fill("0.5")
        page.locator("#save").tap()
        expect(page.locator("#tare-error")).to_be_visible()
        expect(page.locator("#gross")).to_have_value("0.5")
        assert faults(page) == []
        assert len(yard.receipts()) == 3

    def test_the_symbol_made_on_the_phone_leads_to_the_growers_page(
        self, phone: BrowserContext, yard: Yard
    ) -> None:
        page = opened(phone, yard)
        choose(page)
        phone.set_offline(True)
        no = receive(page, yard.cards[0], "12")
        address = _symbol(page)
        assert address.upper().startswith(f"HTTP://127.0.0.1:8000/R/{no}/")
        phone.set_offline(False)
        expect(page.locator("#sending-text")).to_have_text("全部已发送", timeout=15_000)
        page.goto("/R/" + address.partition("/R/")[2])
        expect(page.locator("h1")).to_have_text("已记入茶园卡 11.50 千克")
        assert faults(page) == []
        assert cut_off(page) == []

    def test_two_windows_share_one_book(self, phone: BrowserContext, yard: Yard) -> None:
        first, second = opened(phone, yard), opened(phone, yard)
        for page in (first, second):
            page.bring_to_front()  # a window behind another is given little time
            choose(page)
        numbers = []
        for page in (first, second, first):
            page.bring_to_front()
            numbers.append(receive(page, yard.cards[0], "12"))
        assert numbers == [f"R26-1-B01-{n:04d}" for n in (1, 2, 3)]
        expect(first.locator("#kept-list .tag:text-is('已记账')")).to_have_count(3, timeout=15_000)
        assert len(yard.receipts()) == 6


def _symbol(page: Page) -> str:
    """What the drawn symbol says, by a decoder that has never seen the page's code."""
    picture = Image.open(BytesIO(page.locator("#slip svg").screenshot())).convert("L")
    [found] = read(picture.resize((picture.width * 3, picture.height * 3)))
    return str(found)


class TestDesk:
    def test_by_keyboard_alone(self, browser: Browser, yard: Yard) -> None:
        with device(browser, yard, viewport={"width": 1280, "height": 900}) as desk:
            page = opened(desk, yard)
            keys = page.keyboard
            page.locator("#leaf_grade").select_option("single_bud")
            page.locator("#find").focus()
            for n, gross in enumerate(("12.5", "25斤")):
                keys.type(yard.cards[n])
                expect(page.locator(".pick")).to_have_count(1)
                keys.press("Enter")
                expect(page.locator("#gross")).to_be_focused()
                page.keyboard.insert_text(gross)
                keys.press("Enter")
                expect(page.locator("#find")).to_be_focused()
            expect(page.locator("#kept-list .tag:text-is('已记账')")).to_have_count(2, timeout=15_000)
            assert yard.net()[3:] == [12_500, 12_500]
            assert faults(page) == []
            assert cut_off(page) == []

    def test_without_script_it_is_a_plain_form(self, browser: Browser, yard: Yard) -> None:
        with device(browser, yard, java_script_enabled=False) as plain:
            page = plain.new_page()
            sign_in(page, yard)
            page.goto(QUICK)
            page.locator(f"input[value='{yard.cards[0]}']").check()
            page.locator("#gross").fill("12.5")
            page.locator("#certificate_no").fill("HG-1")
            page.locator("#leaf_grade").select_option("single_bud")
            page.get_by_role("button", name="保存收青单").click()
            expect(page.locator("#slip")).to_contain_text("R26-1-00004")
            expect(page.locator("#slip svg")).to_be_visible()
            assert yard.net()[-1] == 12_500


WEIGHTS = [
    "12", "12.5", "12.505", "12.5055", "0.001", "0.0001", "62.4斤", "１２．５", "1,234.5", "12,34", "3两", "500g",
    "500 克", "1公斤",
    "-1", "1.", ".5", "abc", "", "1e3", "1000000", "1000001", "5 KG", "二十", "12.50000000000000000000", "0",
]  # fmt: skip


def test_the_phone_reads_weights_as_the_house_does(phone: BrowserContext, yard: Yard) -> None:
    def parsed(text: str) -> int | None:
        try:
            return parse_weight_or_zero(text) if text else None
        except Refusal:
            return None

    page = phone.new_page()
    page.goto("/login")
    shown = page.evaluate(
        "async texts => texts.map((await import('/static/leaf/weights.js')).grams)", WEIGHTS
    )  # fmt: skip
    assert dict(zip(WEIGHTS, shown, strict=True)) == {text: parsed(text) for text in WEIGHTS}
