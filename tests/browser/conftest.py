"""A phone before a real server: one shelf and one server a worker, a window of its own for each test."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Response

from tests.browser.phones import PHONE
from tests.browser.shelf import Served, Shelf, served, stocked
from tests.worlds import copies_of

#: Makes a window: `window(locale="en-GB")`; a phone's that reads Chinese unless said otherwise.
Windows = Callable[..., Page]


@pytest.fixture(scope="session")
def shelf(request: pytest.FixtureRequest) -> Iterator[Shelf]:
    """Packs to look at; every test takes its own, or one whose page says the same however often it is looked at."""
    with copies_of(request, "sqlite")() as world:
        yield stocked(world)


@pytest.fixture(scope="session")
def server(shelf: Shelf, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with served(shelf.world, tmp_path_factory.mktemp("browser")) as made:
        yield made


@pytest.fixture(scope="session")
def base_url(server: Served) -> str:
    """So that a test opens a page by its path."""
    return server.url


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    return browser_context_args | PHONE


@pytest.fixture
def window(browser: Browser, browser_context_args: dict[str, Any]) -> Iterator[Windows]:
    """Closed again after the test."""
    with ExitStack() as contexts:

        def opened(**more: Any) -> Page:
            context = browser.new_context(**(browser_context_args | more))
            contexts.callback(context.close)
            return context.new_page()

        yield opened


@pytest.fixture(params=["zh-CN", "en-GB"])
def locale(request: pytest.FixtureRequest) -> str:
    """What the phone's owner reads."""
    return str(request.param)


@pytest.fixture(scope="session")
def readers(browser: Browser, browser_context_args: dict[str, Any]) -> Iterator[Callable[[str], Page]]:
    """A window for each language that is opened once, for tests that only read one page after the other."""
    pages: dict[str, Page] = {}

    def reader(locale: str) -> Page:
        if locale not in pages:
            pages[locale] = browser.new_context(**(browser_context_args | {"locale": locale})).new_page()
        pages[locale].emulate_media(media="screen", color_scheme="light")
        return pages[locale]

    yield reader
    for page in pages.values():
        page.context.close()


@dataclass
class Traffic:
    """What came over the network."""

    answers: list[Response] = field(default_factory=list)

    @property
    def weight(self) -> int:
        """Bytes of all bodies."""
        return sum(len(answer.body()) for answer in self.answers)


@pytest.fixture
def traffic(page: Page) -> Traffic:
    """Everything the page loads from now on."""
    heard = Traffic()
    page.on("response", lambda answer: heard.answers.append(answer))
    return heard
