"""A stage for whole stories: the application on an empty database, founded and played through HTTP only.

What the pages do not tell by themselves (ids of what was just made) is read through the use cases, undone.
"""

import re
from dataclasses import fields
from datetime import datetime
from functools import partial
from pathlib import Path
from time import sleep
from typing import Any

from flask_security import hash_password

from tests.browsing import Page, Person
from tests.compiled import compiled
from tests.world import KEYS, profile
from traceability.app import create_app
from traceability.config import Settings
from traceability.domain.marks import JobState
from traceability.domain.people import Identity, Role
from traceability.domain.units import parse_moment
from traceability.services import chain, marks, oversight, people
from traceability.services.lookup import Memory, Window
from traceability.store.log import next_numbers
from traceability.store.work import House, change, engine, look, note, sessions
from traceability.web.public import pages

PASSWORD = "maojian-spring-2026"
SECRET = "a secret for tests, long enough to sign with"
PUBLIC_URL = "https://maojian.example"
GOOD = {
    "moisture": "5.6",
    "total_ash": "5.7",
    "water_extract": "43.5",
    "crude_fibre": "11.8",
    "lead": "0.42",
    "pesticide_residue": "yes",
    "sensory_grade": "yes",
}


class Stage:
    """The application, its clock, and whoever has signed in."""

    def __init__(self, url: str, folder: Path) -> None:
        self.now = parse_moment("2026-03-01T08:00")
        self.house = House(sessions(engine(url)), profile(), KEYS)
        settings = Settings(
            data=folder, database_url=url, secret_key=SECRET, public_url=PUBLIC_URL, public_url_confirmed=True
        )
        self.app = create_app(settings, house=self.house, clock=lambda: self.now)
        self.app.config["TESTING"] = True
        self.app.jinja_env.bytecode_cache = compiled()
        self.app.extensions["security"].pwd_context.update(argon2__rounds=1, argon2__memory_cost=64)
        with self.app.app_context():
            hashed = hash_password(PASSWORD)
        with change(self.house) as work:
            people.found_offices(work, by=people.FOUNDER, now=self.now)
            people.create_user(
                work, by=people.FOUNDER, now=self.now, email="admin@example.cn", password_hash=hashed, name="管理员",
                role=Role.ADMINISTRATOR,
            )  # fmt: skip
        self.admin = self.person("admin@example.cn")

    def close(self) -> None:
        self.house.sessions.kw["bind"].dispose()

    def forget(self) -> None:
        """Let the application remember nothing: its books were exchanged for others of the same version."""
        window = self.app.extensions["window"]
        ways = {one.name: getattr(window, one.name) for one in fields(window) if one.name[0] != "_"}
        self.app.extensions["window"] = Window(**ways)
        self.app.extensions["pages"] = Memory(pages.MOST)
        for name, kept in self.app.extensions.items():
            if name.startswith("allowance:"):
                kept._storage.reset()

    def at(self, text: str) -> datetime:
        """Let it be that moment in Asia/Shanghai."""
        self.now = parse_moment(text)
        return self.now

    def person(self, email: str) -> Person:
        return Person(self.app, email, PASSWORD)

    def visitor(self) -> Person:
        return Person(self.app)

    def earlier_marks(self, how_many: int) -> None:
        """Marks issued before this story: only the running number remembers them."""
        with note(self.house) as work:
            next_numbers(work.session, "serial", how_many)

    def hire(self, email: str, role: str, **more: Any) -> Person:
        done = self.admin.send(
            "/admin/users/new", email=email, name=email, role=role, password=PASSWORD, **more
        )
        assert done.status == 200, done.text
        return self.person(email)

    # --- reading ---------------------------------------------------------------------------------------------------

    def see(self, use_case: Any, **asked: Any) -> Any:
        with look(self.house) as work:
            return use_case(work, **asked)

    def who(self, email: str) -> Identity:
        return self.see(people.identity_named, email=email)

    def lot(self, no: str, *, by: Identity) -> int:
        return self.see(chain.lot_named, by=by, no=no).id

    def lots_on_hand(self, by: Identity, party: int | None = None) -> dict[str, tuple[int, int]]:
        """(grams, packs) by lot number of what a party has."""
        return {one.lot.no: (one.grams, one.packs) for one in self.see(chain.on_hand, by=by, party=party)}

    def findings(self, by: Identity) -> list[str]:
        return [one.code for one in self.see(oversight.findings, by=by)]

    def check(self) -> oversight.BookCheck:
        return self.see(oversight.check_book)


class Firm:
    """An authorised firm with its manager at the desk, and the county beside it."""

    def __init__(self, stage: Stage, *, name: str, uscc: str, sc_no: str = "", tag: str = "a") -> None:
        self.stage = stage
        stage.admin.send("/admin/enterprises/new", name=name, uscc=uscc, county="522701", sc_no=sc_no)
        rows = stage.see(people.enterprises, by=stage.who("admin@example.cn"), now=stage.now)
        self.id = next(row.enterprise.id for row in rows if row.enterprise.uscc == uscc)
        self.desk = stage.hire(f"manager-{tag}@example.cn", "manager", enterprise=self.id)
        self.me = stage.who(f"manager-{tag}@example.cn")

    def authorise(self, prefecture: Person) -> None:
        done = prefecture.send(
            f"/office/enterprises/{self.id}/authorise", announcement_no="2026年第1号", right_basis="gi_product",
            scope=["ZHENPIN", "SPECIAL", "FIRST"], valid_from="2026-01-01", valid_until="2027-12-31",
        )  # fmt: skip
        assert done.status == 200, done.text

    def ask(self, url: str, **typed: Any) -> Page:
        """Fill in and send a form at the desk; it has to be taken."""
        page = self.desk.send(f"/desk/{url}", **typed)
        assert page.status == 200, (page.code, page.text[:600])
        assert not page.code, page.text[:600]
        return page

    def recall(self, lot: int, **typed: Any) -> Page:
        """Recall a lot of one's own: its reach is shown, then confirmed."""
        url = f"/desk/lots/{lot}/recall"
        shown = self.desk.send(url, step="check", **typed).forms[0]
        page = self.desk.post(url, {**shown.fields, "step": "order"})
        assert not page.code, page.text[:600]
        return page

    def refused(self, url: str, **typed: Any) -> str:
        """Fill in and send a form that has to be refused; the code. Nothing is written."""
        before = self.stage.check().entries
        page = self.desk.send(f"/desk/{url}", **typed)
        assert page.status == 422, (page.status, page.text[:600])
        assert self.stage.check().entries == before
        return page.code

    def prints(self, serials: str, pack_day: str, design: str = "a4-40") -> bytes:
        """Print these marks and take every file; the first one."""
        page = self.ask("marks/print", serials=serials, design=design, pack_day=pack_day)
        return self.take(self.job_done(page))[0]

    def job_done(self, page: Page) -> str:
        """The page of a print job, once nothing is running any more."""
        number = int(page.url.rsplit("/", 1)[1])
        for _ in range(600):
            if self.stage.see(marks.print_job, by=self.me, number=number).state is not JobState.OPEN:
                return page.url
            sleep(0.05)
        raise AssertionError(self.desk.open(page.url).text[:600])

    def take(self, url: str) -> list[bytes]:
        """Every file of a job that is still there."""
        forms = [one for one in self.desk.open(url).forms if "/files/" in one.action]
        taken = [self.desk.post(one.action, one.fields) for one in forms]
        assert all(one.status == 200 for one in taken), [one.text[:300] for one in taken]
        return [one.data for one in taken]

    def lot(self, no: str) -> int:
        return self.stage.lot(no, by=self.me)

    def plot(self, no: str) -> int:
        return next(one.id for one in self.stage.see(people.plots, by=self.me) if one.no == no)

    def product(self, net: int, grade: str = "ZHENPIN") -> int:
        found = self.stage.see(people.products, by=self.me)
        return next(one.id for one in found if one.net_content_g == net and one.grade == grade)

    def scale(self, no: str) -> int:
        return next(one.id for one in self.stage.see(people.scales, by=self.me) if one.no == no)

    def party(self, name: str) -> int:
        return next(one.id for one in self.stage.see(people.own_parties, by=self.me) if one.name == name)

    def event(self, kind: str, no: str = "") -> int:
        """The latest event of a kind, or the one of that number."""
        found = self.stage.see(chain.events, by=self.me)
        return next(one.id for one in found if one.kind == kind and (not no or one.no == no))

    # --- stages ----------------------------------------------------------------------------------------------------

    def receive(
        self, no: str, at: str, plot: str, kg: str, scale: str = "SC-DY-017", **more: Any
    ) -> dict[str, Any]:
        """What a leaf receipt types; send it with `ask` or `refused`."""
        self.stage.at(at)
        default = {"tare": "0", "leaf_grade": "one_bud_one_leaf_opening", "certificate_no": f"HG-{no}"}
        known = {"no": no, "at": at, "plot": self.plot(plot), "gross": kg, "scale": self.scale(scale)}
        return {**default, **known, **more}

    def rows(self, prefix: str, **amounts: str) -> dict[str, str]:
        """Inputs of a table of lots: `prefix-ID` by lot number."""
        return {f"{prefix}-{self.lot(no)}": amount for no, amount in amounts.items()}

    def report(self, batch: str, no: str, day: str, values: dict[str, str] | None = None) -> Page:
        tested = {f"value_{key}": value for key, value in (values or GOOD).items()}
        return self.desk.send(
            f"/desk/lots/{self.lot(batch)}/report", report_no=no, lab="黔南示例检验中心", reported_on=day,
            files={"file": (f"{no}.pdf", b"%PDF-1.4 " + no.encode())}, **tested,
        )  # fmt: skip

    def shipment(self, no: str) -> int:
        return next(one.id for one in self.stage.see(chain.pending_deliveries, by=self.me) if one.no == no)


def codes_in(pdf: bytes) -> list[str]:
    """The addresses in the QR symbols of a PDF's pages, read by an independent decoder at 300 dpi."""
    import subprocess
    import tempfile

    import zxingcpp
    from PIL import Image

    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "labels.pdf"
        file.write_bytes(pdf)
        subprocess.run(["pdftoppm", "-r", "300", "-gray", "-png", str(file), f"{folder}/page"], check=True)
        pages = sorted(Path(folder).glob("page*.png"))
        read = partial(
            zxingcpp.read_barcodes, formats=zxingcpp.BarcodeFormats([zxingcpp.BarcodeFormat.QRCode])
        )
        return [found.text for page in pages for found in read(Image.open(page))]


def code_of(url: str) -> str:
    """The 16 characters at the end of an address."""
    match = re.search(r"/([0-9A-Z]{16})$", url)
    assert match, url
    return match[1]
