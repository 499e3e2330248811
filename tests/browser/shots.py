"""Pictures of the pages as they are now: `python -m tests.browser.shots [FOLDER]`, by default docs/screenshots.

Letters are the machine's own: with a serif for Chinese (Debian's fonts-noto-cjk) headings look as on most phones.
"""

import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser.phones import PHONE
from tests.browser.shelf import TODAY, TOO_LATE, Shelf, served, stocked
from tests.browser.signing import enter
from tests.conftest import installed_browser
from tests.looking import code_of
from tests.web.staff import give_password
from tests.world import World
from traceability.domain.scans import Verdict
from traceability.services import oversight
from traceability.store import schema

FOLDER = Path(__file__).parents[2] / "docs" / "screenshots"
#: Colours kept: flat pages need few, and the file is a third.
COLOURS = 96


class Studio:
    """A browser before a shelf, and where the pictures go."""

    def __init__(self, browser: Browser, url: str, folder: Path) -> None:
        self.browser, self.url, self.folder = browser, url, folder

    @contextmanager
    def page(self, width: int = 360, **more: Any) -> Iterator[Page]:
        """A window so wide; a phone's up to 500 px."""
        size = {"viewport": {"width": width, "height": 740 if width < 500 else 900}}
        context = self.browser.new_context(**{**PHONE, **size, "base_url": self.url, **more})
        yield context.new_page()
        context.close()

    def keep(self, page: Page, name: str) -> None:
        """The whole page as a small PNG."""
        picture = Image.open(BytesIO(page.screenshot(full_page=True))).convert("RGB")
        # By octree: the median cut turns a single red word brown.
        few = picture.quantize(COLOURS, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
        few.save(self.folder / f"{name}.png", optimize=True)

    def shoot(self, path: str, name: str, **more: Any) -> None:
        """A page by its address."""
        with self.page(**more) as page:
            page.goto(path)
            self.keep(page, name)


def main(folder: Path = FOLDER) -> None:
    """Every picture, into `folder`."""
    with tempfile.TemporaryDirectory() as scratch, sync_playwright() as playwright:
        url = f"sqlite:///{scratch}/shelf.db"
        schema.migrate(url)
        world = World(url)
        shelf = stocked(world)
        browser = playwright.chromium.launch(executable_path=installed_browser(), args=["--no-sandbox"])
        with served(world, Path(scratch)) as server:
            email = give_password(server.app, world, world.county)
            studio = Studio(browser, server.url, folder)
            _verdicts(studio, shelf)
            _others(studio, shelf)
            _doubts(studio, shelf)
            _office(studio, shelf, email)
            _desk(studio, shelf, give_password(server.app, world, world.firm.manager))
        browser.close()
        world.close()


def _verdicts(studio: Studio, shelf: Shelf) -> None:
    for verdict in Verdict:
        shelf.world.at(TOO_LATE if verdict is Verdict.EXPIRED else TODAY)
        studio.shoot(f"/M/{shelf.mark(verdict)}", f"public-{verdict.value}-360")
    shelf.world.at(TODAY)
    studio.shoot(f"/M/{code_of(shelf.suspended)}", "public-suspended-360")


def _others(studio: Studio, shelf: Shelf) -> None:
    studio.shoot("/", "public-home-360")
    studio.shoot("/", "public-home-en-1280", width=1280, locale="en-GB")
    for width in (768, 1280):
        studio.shoot(f"/M/{shelf.fresh()}", f"public-first_scan-{width}", width=width)
    studio.shoot(f"/M/{shelf.fresh()}", "public-first_scan-dark-360", color_scheme="dark")
    studio.shoot(f"/M/{shelf.fresh()}", "public-first_scan-en-360", locale="en-GB")
    for verdict in (Verdict.RECALLED, Verdict.ATTENTION):
        studio.shoot(f"/M/{shelf.mark(verdict)}", f"public-{verdict.value}-en-360", locale="en-GB")


def _doubts(studio: Studio, shelf: Shelf) -> None:
    with studio.page() as page:
        page.goto(f"/M/{shelf.mark(Verdict.ATTENTION)}")
        page.get_by_role("link", name="在线反映").click()
        studio.keep(page, "public-doubt-360")
        page.get_by_role("button", name="发送").click()
        studio.keep(page, "public-doubt-wrong-360")
        page.get_by_label("刚买到，却已被查验过").check()
        page.get_by_role("button", name="发送").click()
        studio.keep(page, "public-doubt-status-360")


def _desk(studio: Studio, shelf: Shelf, email: str) -> None:
    """The board of a busy day, and where a tin came from."""
    world = shelf.world
    world.leaf(kg="22.45", plot=world.plots[1])
    world.later(hours=20)
    for kg in ("31.20", "18.65"):
        world.leaf(kg=kg, plot=world.plots[2])
    world.tea(kg="4.2")
    world.batch(kg="6.5")
    world.sampled_batch(kg="8")
    world.issued_batch(packs=40, kg="6")
    world.marked_batch(packs=60)
    with studio.page(1280) as page:
        enter(page, email)
        studio.keep(page, "board-1280")
        page.set_viewport_size({"width": 360, "height": 740})
        studio.keep(page, "board-360")
    with studio.page(1280, locale="en-GB") as page:
        enter(page, email)
        page.goto(f"/desk/lots/{shelf.tin.lot}/trace")
        page.locator("#sankey svg").wait_for()
        page.wait_for_timeout(800)  # until it is drawn to its end
        studio.keep(page, "trace-en-1280")


def _office(studio: Studio, shelf: Shelf, email: str) -> None:
    world = shelf.world
    found = world.see(oversight.findings, by=world.prefecture)
    copied = next(one.id for one in found if one.code == "mark.copied")
    with studio.page(1280) as page:
        enter(page, email)
        page.goto(f"/office/findings/{copied}")
        studio.keep(page, "office-copied-1280")
        page.goto(f"/office/scan?code={shelf.mark(Verdict.ATTENTION)}")
        studio.keep(page, "office-scan-1280")
        page.set_viewport_size({"width": 360, "height": 740})
        studio.keep(page, "office-scan-360")


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:2]))
