"""Every public page as people need it: read aloud, large, dark, on paper, in two languages. axe-core finds nothing."""

import re
from collections.abc import Callable
from io import BytesIO

import pypdfium2
import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Windows
from tests.browser.reading import COLOURS, cut_off, faults
from tests.browser.shelf import GTIN, TODAY, TOO_LATE, Shelf
from tests.looking import code_of
from traceability.domain.scans import Verdict

Open = Callable[[Page, Shelf], object]


def mark_page(verdict: Verdict) -> Open:
    def opened(page: Page, shelf: Shelf) -> None:
        shelf.world.at(TOO_LATE if verdict is Verdict.EXPIRED else TODAY)
        page.goto(f"/M/{shelf.mark(verdict)}")
        shelf.world.at(TODAY)

    return opened


def wrong_doubt(page: Page, shelf: Shelf) -> None:
    """A form that came back: nothing chosen, a code that cannot be one."""
    page.goto("/doubt")
    page.locator("#code").fill("12345")
    page.locator("form button").click()
    expect(page.get_by_role("alert")).to_be_visible()


def about_a_mark(page: Page, shelf: Shelf) -> None:
    page.goto(f"/M/{shelf.mark(Verdict.SEEN_BEFORE)}")
    page.locator("a[href^='/doubt']").click()


def sent_doubt(page: Page, shelf: Shelf) -> None:
    """How a doubt stands that was told by another phone: a network may send only some in an hour."""
    page.goto(f"/doubt/{shelf.doubt}")


PAGES: dict[str, Open] = {
    "home": lambda page, _shelf: page.goto("/"),
    "home, code too short": lambda page, _shelf: page.goto("/check?code=00RZ"),
    **{verdict.value: mark_page(verdict) for verdict in Verdict},
    "suspended": lambda page, shelf: page.goto(f"/M/{code_of(shelf.suspended)}"),
    "product": lambda page, _shelf: page.goto(f"/01/{GTIN}"),
    "lot": lambda page, shelf: page.goto(f"/01/{GTIN}/10/{shelf.lot_no}"),
    "the public log": lambda page, _shelf: page.goto("/log"),
    "no such link": lambda page, _shelf: page.goto("/01/04006381333931"),
    "doubt": lambda page, _shelf: page.goto("/doubt"),
    "doubt about a mark": about_a_mark,
    "doubt, wrong": wrong_doubt,
    "doubt's status": sent_doubt,
}


@pytest.mark.parametrize("name", PAGES)
def test_nobody_is_shut_out(readers: Callable[[str], Page], shelf: Shelf, name: str, locale: str) -> None:
    page = readers(locale)
    PAGES[name](page, shelf)
    assert faults(page) == []
    page.emulate_media(color_scheme="dark")
    assert faults(page, COLOURS) == []
    page.emulate_media(color_scheme="light", media="print")
    assert faults(page, COLOURS) == []


def test_nothing_is_cut_off_at_200_percent(window: Windows, shelf: Shelf, locale: str) -> None:
    """A phone of 320 px, and on it letters of twice the size (WCAG 1.4.4, 1.4.10)."""
    page = window(locale=locale, viewport={"width": 320, "height": 640})
    found: dict[str, list[str]] = {}
    for name, opened in PAGES.items():
        opened(page, shelf)
        found[name] = cut_off(page)
        page.evaluate("document.documentElement.style.fontSize = '200%'")
        found[f"{name}, large letters"] = cut_off(page)
    assert {name: pieces for name, pieces in found.items() if pieces} == {}


def test_the_dark_page_is_dark(window: Windows, shelf: Shelf) -> None:
    page = window(color_scheme="dark")
    page.goto(f"/M/{shelf.fresh()}")
    expect(page.locator("body")).to_have_css("background-color", "rgb(20, 24, 22)")
    expect(page.locator("body")).to_have_css("color", "rgb(235, 232, 223)")


def test_targets_are_large_enough_for_a_thumb(page: Page, shelf: Shelf) -> None:
    page.goto(f"/M/{shelf.fresh()}")
    for one in page.locator("a:visible:not(.skip), button:visible").all():
        box = one.bounding_box()
        assert box is not None
        assert box["height"] >= 36, one.inner_text()


def test_the_keyboard_reaches_the_text_past_the_head(page: Page, shelf: Shelf) -> None:
    page.goto(f"/M/{shelf.fresh()}")
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="跳到正文")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()


# --- on paper -----------------------------------------------------------------------------------------------

A4_WIDTH_PT = 595


def test_on_paper_everything_is_there_and_within_the_sheet(page: Page, shelf: Shelf) -> None:
    code = shelf.fresh()
    page.goto(f"/M/{code}")
    sheets = pypdfium2.PdfDocument(BytesIO(page.pdf(format="A4", margin={"left": "15mm", "right": "15mm"})))
    texts = [sheet.get_textpage() for sheet in sheets]
    said = "".join(re.sub(r"\s", "", text.get_text_range()) for text in texts)
    for words in (
        "本标志第一次被查验",
        f"{code[:4]}-{code[4:8]}",
        "都匀市螺蛳壳、团山",
        "5.6%≤6.5",
        "对照报告原件确认",
        "12315",
    ):
        assert words in said, words
    assert "English" not in said
    boxes = [text.get_charbox(n) for text in texts for n in range(text.count_chars())]
    assert max(right for _left, _bottom, right, _top in boxes) < A4_WIDTH_PT - 20


def test_on_paper_the_verdict_is_ink_and_not_a_field_of_colour(page: Page, shelf: Shelf) -> None:
    page.emulate_media(media="print")
    page.goto(f"/M/{shelf.mark(Verdict.RECALLED)}")
    verdict = page.locator(".verdict")
    expect(verdict).to_have_css("background-color", "rgba(0, 0, 0, 0)")
    expect(verdict).to_have_css("color", "rgb(0, 0, 0)")
    expect(page.get_by_role("link", name="English")).to_be_hidden()
