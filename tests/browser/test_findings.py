"""Findings in a browser, on a phone and at a desk: the list, one taken and settled, whom to visit."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Windows
from tests.browser.reading import faults
from tests.browser.shelf import served
from tests.browser.signing import signed_in
from tests.services.test_findings import receive_alike, there_and_back
from tests.world import World
from tests.worlds import Copies, copies_of
from traceability.domain.people import Identity
from traceability.services import findings

#: Somebody who has signed in, in a window of some width.
Office = Callable[..., Page]


def looked_over(world: World) -> None:
    """Books with something to look at."""
    receive_alike(world, 27)
    there_and_back(world)
    world.failed_batch()
    world.do(findings.run_rules)


@pytest.fixture(scope="module")
def books(request: pytest.FixtureRequest) -> Copies:
    return copies_of(request, "sqlite", looked_over)


@pytest.fixture
def office(
    books: Copies, window: Windows, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[World, Office]]:
    with books() as world, served(world, tmp_path_factory.mktemp("office")) as server:

        def opened(who: Identity, width: int, locale: str = "zh-CN") -> Page:
            page = window(base_url=server.url, locale=locale, viewport={"width": width, "height": 900})
            return signed_in(page, server.url, server.app, world, who)

        yield world, opened


def fits(page: Page) -> None:
    assert faults(page) == [], page.url
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, page.url


@pytest.mark.parametrize(("width", "locale"), [(360, "zh-CN"), (1280, "en-GB")])
def test_a_finding_is_taken_and_settled(office: tuple[World, Office], width: int, locale: str) -> None:
    world, opened = office
    page = opened(world.county, width, locale)
    zh = locale == "zh-CN"
    page.goto("/office/findings")
    fits(page)
    page.get_by_role("link", name="鲜叶往返流转" if zh else "Leaf going round").first.click()
    expect(page.locator("dl.facts").first).to_be_visible()
    fits(page)
    page.get_by_role("button", name="由我核查" if zh else "I will look into it").click()
    expect(page.locator("h1 .tag")).to_have_text("核查中" if zh else "Being looked into")
    fits(page)
    page.locator("main form.main button").click()  # nothing filled in
    expect(page.locator(".problems")).to_be_visible()
    fits(page)
    page.locator("select[name=result]").select_option("fraud")
    page.locator("textarea[name=reason]").fill("两家只有单据往来，没有车辆和货款")
    page.locator("main form.main button").click()
    expect(page.locator(".flash")).to_be_visible()
    page.goto("/office/findings?state=settled")
    expect(page.locator("table.list tbody tr")).to_have_count(1)
    fits(page)
    page.get_by_role("link", name="鲜叶往返流转" if zh else "Leaf going round").first.click()
    expect(page.locator("ol.history li")).to_have_count(3)
    fits(page)


@pytest.mark.parametrize("width", [360, 1280])
def test_lists_of_findings_and_visits_shut_nobody_out(office: tuple[World, Office], width: int) -> None:
    world, opened = office
    page = opened(world.prefecture, width)
    for path in (
        "findings?code=weights.repeating",
        "findings?burden=heavy&sort=firm",
        "findings?q=nothing",
        "findings?state=looking",
        "visits",
        "visits?county=522702",
        "visits?q=nothing",
    ):
        page.goto(f"/office/{path}")
        fits(page)
    page.goto("/office/findings?code=weights.repeating&firm=1")
    page.locator("table.list td.text a").last.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("相同重量反复出现")
    expect(page.locator("table caption").last).to_contain_text("最近的在前")
    fits(page)
