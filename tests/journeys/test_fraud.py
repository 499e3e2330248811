"""The fraud catalogue, played: each test is the story of one scheme, told through the outer doors, and how it ends.

What is refused is refused with its code and leaves no row behind; what is only detected ends in a finding or a verdict.
"""

import csv
import hashlib
import json
import re
import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path
from random import Random
from threading import Barrier
from time import sleep
from typing import Any, Protocol
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
import sqlalchemy as sa
from click.testing import CliRunner
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.browsing import Page, Person
from tests.conftest import PostgresCluster
from tests.journeys.staged import GOOD, PASSWORD, Firm, Stage
from tests.journeys.test_worked_example import BATCH, RECEIPTS, Play
from tests.sealing import SIGNER
from tests.workbooks import as_csv
from tests.world import KEYS
from traceability.cli import main
from traceability.cli.desk import Desk, whole_file
from traceability.config import Settings
from traceability.domain.marks import ALPHABET, encode
from traceability.domain.recalls import Scope
from traceability.domain.units import SHANGHAI
from traceability.services import chain, lookup, marks, oversight, people, recalls
from traceability.store.base import Base
from traceability.store.log import CounterRow, FactRow
from traceability.store.work import look

# --- one story, its chapters kept ------------------------------------------------------------------------------------


class Shelf(Protocol):
    """Where the books of a story lie, and copies of them by the name of a chapter."""

    url: str

    def keep(self, name: str) -> None: ...
    def open(self, name: str) -> None: ...


class SqliteShelf:
    def __init__(self, folder: Path, template: Path) -> None:
        self.folder, self.file = folder, folder / "story.db"
        self.url = f"sqlite:///{self.file}"
        shutil.copyfile(template, self.file)

    def keep(self, name: str) -> None:
        shutil.copyfile(self.file, self.folder / f"{name}.db")

    def open(self, name: str) -> None:
        for beside in ("-wal", "-shm"):
            self.file.with_name(f"{self.file.name}{beside}").unlink(missing_ok=True)
        shutil.copyfile(self.folder / f"{name}.db", self.file)


class PostgresShelf:
    def __init__(self, cluster: PostgresCluster, template: str) -> None:
        self.cluster, self.name = cluster, cluster.create(template)
        self.url = cluster.url(self.name)
        self.kept: dict[str, str] = {}

    def keep(self, name: str) -> None:
        self.kept[name] = self.cluster.create(self.name)

    def open(self, name: str) -> None:
        self.cluster.drop(self.name)
        self.cluster.administer(f"CREATE DATABASE {self.name} TEMPLATE {self.kept[name]}")


class Story:
    """The worked example told once in small; each test goes on from the end of one of its chapters."""

    def __init__(self, shelf: Shelf, folder: Path) -> None:
        self.shelf = shelf
        self.stage = Stage(shelf.url, folder)
        self.play = Play(self.stage)
        self.firm, self.county = self.play.firm, self.play.county
        self.clerk = self.stage.hire("clerk@example.cn", "clerk", enterprise=self.firm.id)
        self.other = Firm(self.stage, name="都匀剑江示例茶业有限公司", uscc="91522701MAXTEA0585", tag="b")
        self.other.authorise(self.play.prefecture)
        self.other.ask("products/new", name="都匀毛尖茶", grade="ZHENPIN", net_content_g=100)
        self.other.ask("scales/new", no="SC-B", verified_on="2025-12-01", verified_until="2026-11-30")
        self.other.ask("consignees/new", name="都匀门店", place="都匀")
        self.p100, self.p50 = self.firm.product(100), self.firm.product(50)
        self.ends: dict[str, datetime] = {}
        self._keep("founded")

    def at(self, chapter: str) -> "Story":
        """Go on from the end of a chapter; whatever comes before it is told when first asked for."""
        names = list(CHAPTERS)
        for name, before in zip(names[1:], names, strict=False):
            if chapter not in self.ends and name not in self.ends:
                self._open(before)
                CHAPTERS[name](self)
                self._keep(name)
        self._open(chapter)
        return self

    def _keep(self, name: str) -> None:
        self.stage.close()
        self.shelf.keep(name)
        self.ends[name] = self.stage.now

    def _open(self, name: str) -> None:
        self.stage.close()
        self.shelf.open(name)
        self.stage.forget()
        self.stage.now = self.ends[name]

    # --- what tests do -----------------------------------------------------------------------------------------------

    def rows(self) -> dict[str, int]:
        """How many rows every table has; looks at marks are no facts and left out."""
        with look(self.stage.house) as work:
            tables = [one for one in Base.metadata.sorted_tables if not one.name.startswith("scan")]
            return {
                one.name: work.session.scalar(sa.select(sa.func.count()).select_from(one)) or 0
                for one in tables
            }

    def refused(self, url: str, by: Person | None = None, /, **typed: Any) -> str:
        """Fill in and send a form that has to be refused: its code. Not a row is written."""
        before = self.rows()
        page = (by or self.firm.desk).send(url if url.startswith("/") else f"/desk/{url}", **typed)
        assert page.status == 422, (page.status, page.text[:400])
        assert self.rows() == before
        return page.code

    def forged(self, url: str, by: Person | None = None, /, **sent: Any) -> Page:
        """Send a form with fields its page does not offer. Not a row is written."""
        before = self.rows()
        person = by or self.firm.desk
        page = person.post(f"/desk/{url}", {**form(person, f"/desk/{url}"), **sent})
        assert page.status in {400, 404, 422}, (page.status, page.text[:400])
        assert self.rows() == before
        return page

    def batch_packing(
        self, serials: str, packs: int, at: str = "2026-04-06T15:00", **more: Any
    ) -> dict[str, Any]:
        """What a packing of 100 g packs out of the batch types."""
        self.stage.at(at)
        return {"at": at, f"packs-{self.p100}": packs, f"serials-{self.p100}": serials, **more}

    @property
    def pack_url(self) -> str:
        return f"lots/{self.firm.lot(BATCH)}/pack"

    @property
    def packs(self) -> int:
        return self.firm.lot(f"{BATCH}-P01")

    def order(self, packs: int, spares: int = 0) -> dict[str, str]:
        return {f"packs-{self.p100}": str(packs), f"spares-{self.p100}": str(spares)}

    def marks_by_state(self) -> dict[str, int]:
        found = self.stage.see(marks.counts, by=self.firm.me)
        return {state.value: n for state, n in found.items() if n}

    def findings(self) -> list[str]:
        return self.stage.findings(self.play.officer)

    def suspend(self) -> None:
        done = self.county.send(f"/office/enterprises/{self.firm.id}/suspend", reason="原料台账不清")
        assert done.status == 200, done.text

    def sampled(self, firm: Firm, no: str, scale: str, day: str) -> int:
        """Nine kilograms of leaf, two of tea, 1.7 left once the samples are drawn."""
        firm.ask("receipts/new", **firm.receive(f"R-{no}", f"{day}T15:00", "LSK-01", "9.00", scale))
        self.stage.at(f"{day}T21:00")
        run = {"rejects": "0", "out": "2.00", "fresh_moisture": "76.5", "made_moisture": "5.6"}
        leaf = firm.rows("in", **{f"L-R-{no}": "9.00"})
        firm.ask("processings/new", no=f"P-{no}", at=f"{day}T21:00", grade="ZHENPIN", **run, **leaf)
        self.stage.at(f"{day}T22:00")
        firm.ask("blendings/new", batch_no=no, at=f"{day}T22:00", **firm.rows("in", **{f"M-P-{no}": "2.00"}))
        firm.ask(f"lots/{firm.lot(no)}/sample", test="0.20", retained="0.10", at=f"{day}T22:00")
        self.stage.now += timedelta(days=5)
        return firm.lot(no)

    def marked(self, firm: Firm, no: str, scale: str, day: str, packs: int) -> int:
        """The same, tested, with so many marks issued and a spare, all printed for the next day."""
        batch, product = self.sampled(firm, no, scale, day), firm.product(100)
        assert firm.report(no, f"JC-{no}", self.stage.now.date().isoformat()).status == 200
        firm.ask(f"lots/{batch}/request", **{f"packs-{product}": packs, f"spares-{product}": "1"})
        self.play.decide()
        issued = self.stage.see(marks.issued_ranges, by=firm.me)[-1].issue.range
        self.stage.now += timedelta(days=1)
        pack_day = self.stage.now.date().isoformat()
        firm.prints(f"{issued.first}-{issued.last}", pack_day)
        return batch


def _sampled(story: Story) -> None:
    story.play.made()
    story.play.batch()


def _tested(story: Story) -> None:
    story.play.tested()


def _issued(story: Story) -> None:
    """Marks 12001–12021 for 100 g, 12022–12032 for 50 g, a spare in each."""
    story.play.request(**story.order(20, 1), **{f"packs-{story.p50}": "10", f"spares-{story.p50}": "1"})
    story.play.decide()


def _printed(story: Story) -> None:
    story.stage.at("2026-04-06T08:00")
    for serials in ("12001-12015", "12022-12025"):
        story.firm.prints(serials, "2026-04-06")


def _packed(story: Story) -> None:
    story.firm.ask(story.pack_url, **story.batch_packing("12001-12010", 10, "2026-04-06T14:00"))


def _two(story: Story) -> None:
    """Two more batches with marks: one of the other firm, one of the same; marks 12033–12038, then 12039–12056."""
    story.marked(story.other, "B-1", "SC-B", "2026-04-07", 5)
    story.marked(story.firm, "B-2", "SC-DY-017", "2026-04-14", 17)


CHAPTERS: dict[str, Callable[[Story], None]] = {
    "founded": lambda story: None, "sampled": _sampled, "tested": _tested, "issued": _issued, "printed": _printed,
    "packed": _packed, "two": _two,
}  # fmt: skip


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Iterator[Story]:
    folder = tmp_path_factory.mktemp("fraud")
    told = Story(SqliteShelf(folder, sqlite_template), folder)
    yield told
    told.stage.close()


@pytest.fixture(scope="module")
def postgres_story(
    tmp_path_factory: pytest.TempPathFactory, postgres: PostgresCluster, postgres_template: str
) -> Iterator[Story]:
    told = Story(PostgresShelf(postgres, postgres_template), tmp_path_factory.mktemp("fraud"))
    yield told
    told.stage.close()


on_both = pytest.mark.parametrize("kind", ["story", "postgres_story"])


def form(person: Person, url: str) -> dict[str, Any]:
    """The fields of a page's form, untouched."""
    return dict(person.open(url).forms[0].fields)


def at_once(*sent: tuple[Person, str, dict[str, Any]]) -> list[Page]:
    """Forms filled in one after the other, then sent at the same moment over connections of their own."""
    filled = [(person, url, {**form(person, url), **typed}) for person, url, typed in sent]
    barrier = Barrier(len(filled))

    def alone(one: tuple[Person, str, dict[str, Any]]) -> Page:
        person, url, fields = one
        barrier.wait()
        return person.post(url, fields)

    with ThreadPoolExecutor(len(filled)) as threads:
        return list(threads.map(alone, filled))


def one_won(pages: list[Page], code: str) -> None:
    """One was taken, the other refused with this code."""
    assert sorted(page.status for page in pages) == [200, 422], [page.text[:300] for page in pages]
    assert next(page.code for page in pages if page.status == 422) == code


def code_of(serial: int) -> str:
    """What the label says."""
    return encode(serial, KEYS["k1"])


def verdict(story: Story, serial: int) -> str:
    """What a program that scans the label is told, in one word."""
    answer = story.stage.visitor().client.get(f"/m/{code_of(serial)}", headers=ASKS_JSON)
    return str(answer.get_json()["verdict"])


ASKS_JSON = {"Accept": "application/json"}
#: Wrong codes a client may ask for within ten minutes.
GUESSES = 30
WECHAT = (
    "Mozilla/5.0 (Linux; Android 14; V2227A Build/UP1A.231005.007; wv) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Version/4.0 Chrome/116.0.0.0 Mobile Safari/537.36 XWEB/1160065 MMWEBSDK/20231202 MicroMessenger/8.0.47.2560 "
    "WeChat/arm64 Weixin NetType/WIFI Language/zh_CN ABI/arm64"
)


def phone(story: Story, number: int, agent: str = WECHAT) -> FlaskClient:
    """A phone in a network of its own, as many as there are numbers."""
    client = story.stage.visitor().client
    address = f"10.{number // 250}.{number % 250}.7"
    client.environ_base = {"REMOTE_ADDR": address, "HTTP_USER_AGENT": agent, "HTTP_ACCEPT_LANGUAGE": "zh-CN"}
    return client


def looks(story: Story, serial: int) -> list[tuple[str, bool]]:
    """Door, and whether it was a reload, of every look at a mark, latest first."""
    found = story.stage.see(lookup.looks_at, by=story.play.officer, serial=serial)
    return [(one.door.value, one.again) for one in found.scans]


def told(story: Story, code: str, by: Person | None = None) -> Page:
    """The office's page of its latest finding of a kind."""
    found = story.stage.see(oversight.findings, by=story.play.officer)
    number = next(one.id for one in found if one.code == code)
    return (by or story.county).open(f"/office/findings/{number}")


# --- codes and marks -------------------------------------------------------------------------------------------------


def neighbours(code: str) -> list[str]:
    """Every code that differs in one place."""
    places = range(len(code))
    return [f"{code[:n]}{x}{code[n + 1 :]}" for n in places for x in ALPHABET if x != code[n]]


def random_codes(how_many: int) -> list[str]:
    dice = Random(2026)
    return ["".join(dice.choices(ALPHABET, k=16)) for _ in range(how_many)]


def test_f01_no_guessed_code_verifies_and_no_answer_says_what_was_wrong(story: Story) -> None:
    """A thousand by HTTP, from a guesser who takes another phone whenever one of them has to wait."""
    story.at("packed")
    true, others_mac = code_of(12001), code_of(12001)[:7] + code_of(12002)[7:]
    guesses = [others_mac, *neighbours(true), *random_codes(503)]
    phones = [phone(story, n) for n in range(len(guesses) // GUESSES + 1)]
    answers = [phones[n // GUESSES].get(f"/m/{code}", headers=ASKS_JSON) for n, code in enumerate(guesses)]
    assert len(guesses) == 1000
    assert {(one.status_code, one.data) for one in answers} == {(404, answers[0].data)}
    assert answers[0].get_json() == {"verdict": "unknown"}

    wrong_mac, unknown_serial = neighbours(true)[-1], code_of(4_000_000_000)
    other_key, strange_letter = encode(12001, b"\x08" * 32), f"U{true[1:]}"
    shown = [page_without(story, code) for code in (wrong_mac, unknown_serial, other_key)]
    assert {(page, status) for page, status in shown} == {(shown[0][0], 404)}
    assert phones[-1].get(f"/m/{strange_letter}", headers=ASKS_JSON).data == answers[0].data
    assert phones[-1].get(f"/01/06901234567892/21/{true}", headers=ASKS_JSON).data == answers[0].data


def page_without(story: Story, code: str) -> tuple[str, int]:
    """A code's page without what differs from look to look: the code itself, and the number a doubt would bear."""
    page = story.stage.visitor().open(f"/m/{code}")
    return re.sub(r"about=[\w.-]+", "", page.html).replace(code, ""), page.status


@pytest.mark.parametrize("how", ["open", "head", "ahead", "robot", "gs1", "linkset"])
def test_f01_who_goes_on_guessing_waits_and_nobody_else_does(story: Story, how: str) -> None:
    """Nor is the guesser told, while waiting, which codes are true."""
    story.at("packed")
    guesser = phone(story, 1, f"{WECHAT} Googlebot/2.1" if how == "robot" else WECHAT)
    true = f"/m/{code_of(12001)}"
    before = story.rows()
    guesses = [guess(guesser, code, how) for code in neighbours(code_of(12001))[:GUESSES]]
    assert {one.status_code for one in guesses} == {404}
    waiting = [guesser.get(path) for path in (true, f"/m/{neighbours(code_of(12001))[99]}", "/m/1")]
    assert {(one.status_code, one.data) for one in waiting} == {(429, waiting[0].data)}
    assert "这台设备查错的次数太多" in waiting[0].text
    assert 0 < int(waiting[0].headers["Retry-After"]) <= 600
    assert guesser.get(true, headers=ASKS_JSON).get_json() == {"error": "too_many_unknown"}

    for other in (phone(story, 1, f"{WECHAT} another"), phone(story, 2)):
        assert (other.get(true).status_code, other.get("/m/1").status_code) == (200, 404)
    assert [door for door, _ in looks(story, 12001)] == ["public"] * 2
    after = story.rows()
    assert {name for name in after if after[name] != before[name]} == {"counter"}
    assert unknown_on(story, "2026-04-06") == GUESSES + 2


def guess(guesser: FlaskClient, code: str, how: str) -> TestResponse:
    """One guess: by a person, or in one of the ways that are no look of the public."""
    if how == "head":
        return guesser.head(f"/m/{code}")
    if how in {"gs1", "linkset"}:
        query = "?linkType=linkset" if how == "linkset" else ""
        return guesser.get(f"/01/6901234567892/21/{code}{query}")
    return guesser.get(f"/m/{code}", headers={"Sec-Purpose": "prefetch"} if how == "ahead" else {})


def unknown_on(story: Story, day: str) -> int:
    """How many codes of nobody were asked for on a day: all that is kept of them."""
    with look(story.stage.house) as work:
        return work.session.scalar(sa.select(CounterRow.value).filter_by(name=f"unknown:{day}")) or 0


def test_f01_nor_by_the_ten_thousand_behind_a_serial_that_is_true(story: Story, tmp_path: Path) -> None:
    story.at("packed")
    dice, true = Random(2026), code_of(12001)
    starts = [code_of(serial)[:7] for serial in range(12001, 12033)]
    guesses = [dice.choice(starts) + "".join(dice.choices(ALPHABET, k=9)) for _ in range(50_000)]
    guessed = by_command(story, tmp_path, [*neighbours(true), *random_codes(250), *guesses[:250]])
    assert guessed.exit_code == 1
    assert {line.split("\t", 1)[1] for line in guessed.stdout.splitlines()} == {"unknown"}
    assert by_command(story, tmp_path, [true]).exit_code == 0
    with look(story.stage.house) as work:
        assert not [code for code in guesses if lookup.identify(work, code)]
        assert lookup.identify(work, true)


def by_command(story: Story, folder: Path, codes: list[str]) -> Any:
    """`traceability verify -` with these codes, beside the same database."""
    return command(story, folder, "verify", "-", typed="\n".join(codes))


def looked_over(story: Story, folder: Path) -> dict[str, int]:
    """What the nightly look over the books newly finds, by kind."""
    ran = command(story, folder, "findings", "run", "--json")
    assert ran.exit_code == 0, ran.output
    found: dict[str, int] = json.loads(ran.stdout)["new"]
    return found


def command(story: Story, folder: Path, *asked: str, typed: str = "") -> Any:
    """`traceability …` beside the same database."""
    keys = folder / "keys"
    if not keys.exists():
        keys.mkdir(mode=0o700)
        with whole_file(keys / "mark-k1.key") as opened:
            opened.write(KEYS["k1"].hex().encode())
    desk = Desk(Settings(data=folder, database_url=story.shelf.url), lambda: story.stage.now)
    return CliRunner().invoke(main, list(asked), obj=desk, input=typed, catch_exceptions=False)


def on_sale(story: Story) -> FlaskClient:
    """Three packs are sold, and the phone of the buyer of the first."""
    story.at("packed").stage.at("2026-04-12T10:00")
    story.firm.ask(f"lots/{story.packs}/sell", packs="3", channel="shop", at="2026-04-12T10:00")
    return phone(story, 0)


def copies_looked_at(story: Story, serial: int, phones: Iterator[FlaskClient]) -> int:
    """Copies of one label reach ever new buyers, two a day; how many looked until the page asks for attention."""
    for n, one in enumerate(phones, 1):
        story.stage.now += timedelta(hours=12)
        page = one.get(f"/m/{code_of(serial)}")
        assert page.status_code == 200
        if COPIED in page.text:
            return n
    raise AssertionError("nobody noticed")


COPIED = "请注意：本标志可能被复制"


@on_both
def test_f02_one_code_is_copied_onto_sixty_packs(kind: str, request: pytest.FixtureRequest) -> None:
    story: Story = request.getfixturevalue(kind)
    buyer = on_sale(story)
    assert "本标志第一次被查验" in buyer.get(f"/m/{code_of(12001)}").text
    buyers = iter([phone(story, n) for n in range(1, 61)])
    assert copies_looked_at(story, 12001, buyers) < 30
    assert COPIED in buyer.get(f"/m/{code_of(12001)}").text
    assert "本标志第一次被查验" in phone(story, 0).get(f"/m/{code_of(12002)}").text

    assert story.findings().count("mark.copied") == 1
    page = told(story, "mark.copied")
    seen = looks(story, 12001)
    assert page.html.count('<td class="nb">') == len(seen) > 15
    assert "疑似被复制" in page.text
    assert "0000012001" in page.text
    away = story.stage.hire(f"fuquan-{kind}@example.cn", "county", county="522702")
    assert told(story, "mark.copied", away).status == 404
    assert "疑似被复制" not in away.open("/office/findings").text
    assert told(story, "mark.copied", story.play.prefecture).status == 200

    settled = story.county.send(page.url, to="/settle", reason="茶博会展示样品，多人试扫", explained="y")
    assert settled.status == 200
    assert "本标志此前被查验过" in phone(story, 90).get(f"/m/{code_of(12001)}").text
    assert copies_looked_at(story, 12001, buyers) > 10
    assert story.findings().count("mark.copied") == 2


def test_f02_an_office_that_explains_nothing_leaves_the_warning_on_the_page(story: Story) -> None:
    on_sale(story)
    copies_looked_at(story, 12001, (phone(story, n) for n in range(60)))
    page = told(story, "mark.copied")
    assert story.county.send(page.url, to="/settle", reason="已立案", result="fraud").status == 200
    assert COPIED in phone(story, 90).get(f"/m/{code_of(12001)}").text
    assert story.findings().count("mark.copied") == 1


def test_f02_what_is_no_look_of_the_public_brings_no_mark_under_suspicion(story: Story) -> None:
    """Reloads, previews of links, robots, and those who check by profession: for twenty days, twice a day."""
    buyer, path = on_sale(story), f"/m/{code_of(12001)}"
    buyer.get(path)
    for n in range(40):
        story.stage.now += timedelta(hours=12)
        buyer.get(path)
        buyer.head(path)
        phone(story, n).head(path)
        phone(story, n).get(path, headers={"Sec-Purpose": "prefetch;prerender"})
        phone(story, n, "facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)").get(path)
        story.county.open(f"/office/scan?code={code_of(12001)}")
        story.clerk.open(f"/desk/scan?code={code_of(12001)}")
        story.county.open(path)
    seen = looks(story, 12001)
    assert set(seen) == {("public", False), ("public", True), ("staff", False)}
    assert seen.count(("staff", False)) > 90
    page = phone(story, 1).get(path).text
    assert "本标志此前被查验过 1 次" in page
    assert story.findings().count("mark.copied") == 0


def test_f03_more_marks_than_the_batch_has_tea(story: Story) -> None:
    story.at("tested").stage.at("2026-04-05T10:00")
    url = f"lots/{story.firm.lot(BATCH)}/request"
    assert story.refused(url, **story.order(319)) == "request.exceeds_batch"
    assert story.refused(url, **story.order(300, 4)) == "request.too_many_spares"
    for packs in (100, 100, 100):
        story.firm.ask(url, **story.order(packs))
    assert story.refused(url, **story.order(19)) == "request.exceeds_batch"
    assert story.refused(url, **{f"packs-{story.p50}": "38"}) == "request.exceeds_batch"


@on_both
def test_f03_two_requests_for_the_same_tea_at_the_same_moment(
    kind: str, request: pytest.FixtureRequest
) -> None:
    story: Story = request.getfixturevalue(kind)
    story.at("tested").stage.at("2026-04-05T10:00")
    url, asked = f"/desk/lots/{story.firm.lot(BATCH)}/request", story.order(200)
    one_won(at_once((story.firm.desk, url, asked), (story.clerk, url, asked)), "request.exceeds_batch")


def test_f07_one_serial_on_two_packs(story: Story) -> None:
    story.at("printed")
    story.firm.ask(story.pack_url, **story.batch_packing("12001-12005", 5))
    for serials, packs in (("12005", 1), ("12001-12006", 6)):
        assert story.refused(story.pack_url, **story.batch_packing(serials, packs)) == "marks.already_applied"
    assert story.refused(story.pack_url, **story.batch_packing("12006, 12006", 2)) == ""
    assert story.marks_by_state()["applied"] == 5


@on_both
def test_f07_one_serial_applied_from_two_connections_at_the_same_moment(
    kind: str, request: pytest.FixtureRequest
) -> None:
    story: Story = request.getfixturevalue(kind)
    story.at("printed")
    first, second = story.batch_packing("12001-12006", 6), story.batch_packing("12006-12010", 5)
    url = f"/desk/{story.pack_url}"
    one_won(at_once((story.firm.desk, url, first), (story.clerk, url, second)), "marks.already_applied")
    assert story.marks_by_state()["applied"] in {5, 6}


def test_f08_marks_of_another_firm_another_batch_or_another_product(story: Story) -> None:
    story.at("two")
    day = story.stage.now.date().isoformat()

    def packing(firm: Firm, serials: str, product: int) -> dict[str, str]:
        return {"at": f"{day}T22:30", f"packs-{product}": "1", f"serials-{product}": serials}

    story.stage.at(f"{day}T22:30")
    theirs = f"lots/{story.other.lot('B-1')}/pack"
    stolen = packing(story.other, "12011", story.other.product(100))
    assert story.refused(theirs, story.other.desk, **stolen) == "marks.unknown"
    b2 = f"lots/{story.firm.lot('B-2')}/pack"
    assert story.refused(b2, **packing(story.firm, "12011", story.p100)) == "marks.other_batch"
    assert story.refused(b2, **packing(story.firm, "12033", story.p100)) == "marks.unknown"

    story.at("printed")
    assert story.refused(story.pack_url, **story.batch_packing("12022", 1)) == "marks.other_product"


def test_f09_void_returned_lost_and_retired_marks_are_used_again(story: Story) -> None:
    story.at("packed")
    story.firm.ask("marks/void", serials="12011", reason="污损")
    story.firm.ask("marks/lost", serials="12013", counted="1", reason="搬家时遗失")
    back = {"serials": "12012", "counted": "1", "witness": "李四", "reason": "缴回"}
    assert story.county.send(f"/office/enterprises/{story.firm.id}/returned", **back).status == 200
    story.stage.at("2026-04-06T16:00")
    gone = {"packs": "1", "serials": "12001", "reason": "受潮", "at": "2026-04-06T16:00"}
    story.firm.ask(f"lots/{story.packs}/destroy", **gone)
    for serial in ("12011", "12012", "12013", "12001"):
        packing = story.batch_packing(serial, 1, "2026-04-06T17:00")
        assert story.refused(story.pack_url, **packing) == "marks.not_live"
        printing = {"serials": serial, "design": "a4-40", "pack_day": "2026-04-06"}
        assert story.refused("marks/print", **printing) == "marks.not_live"
        assert story.refused("marks/void", serials=serial, reason="再次") == "marks.not_live"
        assert verdict(story, int(serial)) == "withdrawn"


def test_f10_surplus_genuine_labels_are_sold(story: Story) -> None:
    story.at("packed")
    assert verdict(story, 12010) == "first_scan"
    assert [verdict(story, serial) for serial in (12011, 12021)] == [
        "not_in_use",
        "not_in_use",
    ]  # printed, on hand
    told = story.stage.visitor().open(f"/m/{code_of(12011)}").text
    assert "第一次被查验" not in told


def test_f09_marks_that_are_no_more_are_found_on_packs(story: Story) -> None:
    """One finding for a batch, with every such mark that was looked at."""
    story.at("packed")
    story.firm.ask("marks/void", serials="12011-12013", reason="污损")
    story.county.open(f"/m/{code_of(12013)}")
    assert "mark.seen_withdrawn" not in story.findings()
    for number, serial in enumerate((12011, 12012, 12011)):
        assert "本标志已作废" in phone(story, number).get(f"/m/{code_of(serial)}").text
    assert story.findings().count("mark.seen_withdrawn") == 1
    page = told(story, "mark.seen_withdrawn")
    assert "已注销的标志被查验" in page.text
    assert ("0000012011" in page.text, "0000012012" in page.text) == (True, True)
    assert "0000012013" not in page.text


def test_f10_labels_of_no_pack_are_found_on_sale(story: Story) -> None:
    story.at("packed")
    for number, serial in enumerate((12011, 12021, 12010)):  # printed, on hand, on a pack
        phone(story, number).get(f"/m/{code_of(serial)}")
    assert story.findings().count("mark.seen_unused") == 1
    page = told(story, "mark.seen_unused")
    assert "未启用的标志被查验" in page.text
    assert ("0000012011" in page.text, "0000012021" in page.text) == (True, True)
    assert "0000012010" not in page.text
    assert story.county.send(page.url, to="/settle", reason="已封存", result="breach").status == 200
    phone(story, 9).get(f"/m/{code_of(12012)}")
    assert story.findings().count("mark.seen_unused") == 2


def log_of(story: Story, folder: Path) -> Callable[..., Any]:
    """`traceability log …` in the house of the story, with a log of its own; what it says."""
    command(story, folder, "counties")  # makes the folder of the keys
    with whole_file(folder / "keys/log.key") as opened:
        opened.write(SIGNER.secret().encode())

    def told(*asked: str) -> Any:
        return json.loads(command(story, folder, "log", *asked, "--json").stdout)

    return told


def by_hand(story: Story, *statements: str) -> None:
    """What somebody with the password of the database does."""
    with story.stage.house.sessions.kw["bind"].begin() as connection:
        for sql in statements:
            connection.exec_driver_sql(sql)


@pytest.mark.parametrize(
    ("sql", "table", "column"),
    [
        ("UPDATE fact SET private = '{}' WHERE kind = 'report.entered'", "fact", "opening"),
        ("UPDATE fact SET public = '{}' WHERE kind = 'marks.issue'", "fact", "leaf"),
        ("DELETE FROM fact WHERE kind = 'report.entered'", "fact", "id"),
        (
            "INSERT INTO fact (kind, version, actor_id, happened_at, recorded_at, public, private, salt) "
            "SELECT kind, 1, actor_id, happened_at, recorded_at, public, private, salt FROM fact WHERE id = 1",
            "fact",
            "id",
        ),
    ],
)
def test_f20_an_insider_changes_the_books_by_hand(
    story: Story, tmp_path: Path, sql: str, table: str, column: str
) -> None:
    log = log_of(story.at("issued"), tmp_path)
    assert log("seal")["sealed"] > 0
    assert log("verify")["ok"]
    by_hand(story, sql)
    told = log("verify")
    assert not told["ok"]
    assert (told["differences"][0]["table"], told["differences"][0]["column"]) == (table, column)


CUT = (
    "DELETE FROM fact WHERE id IN (SELECT fact_id FROM log_leaf WHERE number >= {size})",
    "DELETE FROM log_leaf WHERE number >= {size}",
    "DELETE FROM log_checkpoint WHERE size > {size}",
    "UPDATE log_tile SET hashes = substr(hashes, 1, 32 * {size})",
)


def test_f21_an_insider_cuts_the_end_off_the_log(story: Story, tmp_path: Path) -> None:
    """Everything that was sealed after some moment is gone, and what is left fits together."""
    log, stranger = log_of(story.at("issued"), tmp_path), story.stage.app.test_client()
    size = log("seal")["size"]
    story.firm.ask("scales/new", no="SC-Z", verified_on="2025-12-01", verified_until="2026-11-30")
    assert log("seal")["size"] == size + 1 < 256
    kept = tmp_path / "kept.txt"
    kept.write_bytes(stranger.get("/log/checkpoint").data)
    assert log("verify", "--since", str(kept))["ok"]
    by_hand(story, *(sql.format(size=size) for sql in CUT))
    told = log("verify", "--since", str(kept))["differences"][0]
    assert (told["table"], told["key"], told["column"], told["found"]) == (
        "log_checkpoint",
        size + 1,
        "size",
        size,
    )


def test_f22_a_roll_is_printed_again(story: Story) -> None:
    story.at("issued").stage.at("2026-04-06T08:00")
    desk, url = story.firm.desk, "/desk/marks/print"
    sent = {**form(desk, url), "serials": "12001-12003", "design": "a4-40", "pack_day": "2026-04-06"}
    job = story.firm.job_done(desk.post(url, sent))
    assert desk.post(url, sent).url == job  # the very same form: the same job
    other = {"serials": "12003", "design": "a4-40", "pack_day": "2026-04-06"}
    assert story.refused("marks/print", **other) == "print.serials_in_job"  # made, and not yet taken
    taking = next(one for one in desk.open(job).forms if "/files/" in one.action)
    [labels] = story.firm.take(job)
    before = story.rows()
    assert desk.post(taking.action, taking.fields).code == "print.handed_over"
    assert story.refused("marks/print", **other) == "marks.wrong_state"
    assert story.refused(f"{job.removeprefix('/desk/')}/files/1/undelivered", reason=" ") == "reason.missing"
    assert story.rows() == before

    story.firm.ask(f"{job.removeprefix('/desk/')}/files/1/undelivered", reason="卡纸，没有印出来")
    assert story.firm.take(job) == [labels]  # the same marks, byte for byte
    assert story.findings() == ["marks.reprinted"]
    [found] = story.stage.see(oversight.findings, by=story.play.officer)
    assert "卡纸" in story.county.open(f"/office/findings/{found.id}").text

    story.firm.ask(story.pack_url, **story.batch_packing("12001", 1))
    again = f"{job.removeprefix('/desk/')}/files/1/undelivered"
    assert story.refused(again, reason="再印一次") == "marks.already_applied"
    assert story.clerk.open(url).status == 403
    assert story.clerk.post(taking.action, taking.fields).status in {400, 403}


def test_f22_a_label_that_was_on_a_pack_is_not_printed_again(story: Story) -> None:
    """Not even once the packing was taken back and the office restored the mark: the label exists."""
    story.at("printed")
    firm = story.firm
    firm.ask(story.pack_url, **story.batch_packing("12001", 1))
    firm.ask(f"events/{firm.event('packing')}/amend", serials="12001", reason="误记", step="book")
    restored = {"serials": "12001", "counted": "1", "reason": "清点属实"}
    assert story.county.send(f"/office/enterprises/{firm.id}/restored", **restored).status == 200
    assert story.marks_by_state()["printed"] == 19
    jobs = story.stage.see(marks.print_jobs, by=firm.me)
    job = next(one.id for one in jobs if any(part.first == 12001 for part in one.ranges))
    assert story.refused(f"prints/{job}/files/1/undelivered", reason="卡纸") == "marks.already_applied"


def test_f22_the_codes_are_taken_as_data_beside_the_labels(story: Story) -> None:
    story.at("issued").stage.at("2026-04-06T08:00")
    data = {"design": "data", "recipient": "示例印务", "pack_day": "2026-04-06"}
    assert (
        story.refused("marks/print", **{**data, "serials": "12001-12003", "recipient": ""}) == "text.missing"
    )
    job = story.firm.job_done(story.firm.ask("marks/print", serials="12001-12003", **data))
    [listed] = story.firm.take(job)
    assert [row.split(b",")[0] for row in listed.splitlines()[1:]] == [b"00000120%02d" % n for n in (1, 2, 3)]
    for design in ("a4-40", "data"):
        again = {**data, "serials": "12002", "design": design}
        assert story.refused("marks/print", **again) == "marks.wrong_state"


def test_f25_void_on_paper_keep_the_labels_and_ask_for_more(story: Story) -> None:
    story.at("tested")
    url = f"lots/{story.firm.lot(BATCH)}/request"
    story.play.request(**story.order(318, 3))
    story.play.decide()
    story.firm.ask("marks/void", serials="12001-12050", reason="印坏")
    assert story.refused(url, **story.order(1)) == "request.exceeds_batch"
    back, to = (
        {"serials": "12051-12060", "witness": "李四", "reason": "缴回"},
        f"/office/enterprises/{story.firm.id}/returned",
    )
    assert story.refused(to, story.county, counted="9", **back) == "marks.count_differs"
    assert story.county.send(to, counted="10", **back).status == 200
    assert story.refused(url, **story.order(11)) == "request.exceeds_batch"
    story.firm.ask(url, **story.order(10))


def test_f26_a_marked_batch_is_blended_into_another_and_marked_again(story: Story) -> None:
    story.at("tested")
    story.play.request(**story.order(318, 3))
    story.play.decide()
    batch, at = story.firm.lot(BATCH), {"at": "2026-04-05T18:00"}
    story.stage.at("2026-04-05T18:00")
    tea = story.firm.rows("in", **{BATCH: "0.50"})
    assert story.refused("blendings/new", batch_no="DY-X", **tea, **at) == "lot.reserved"
    assert story.refused("refinings/new", out="0.50", **tea, **at) == "lot.reserved"
    sale = {"grams": "0.50", "channel": "shop", **at}
    assert story.refused(f"lots/{batch}/sell", **sale) == "lot.reserved"
    sent = {f"grams-{batch}": "0.50", "consignee": story.firm.party("贵阳门店"), "carrier": "示例冷链", **at}
    assert story.refused("dispatches/new", **sent) == "lot.reserved"
    lost = {"grams": "0.50", "reason": "霉变", **at}
    assert story.refused(f"lots/{batch}/write-off", **lost) == "lot.reserved"


# --- leaf and tea ----------------------------------------------------------------------------------------------------


def one_run(story: Story, **more: Any) -> dict[str, Any]:
    """31.20 kg received at three, and what a run of all of it types at nine."""
    story.firm.ask("receipts/new", **story.firm.receive(*RECEIPTS[0]))
    story.stage.at("2026-03-26T21:00")
    leaf = story.firm.rows("in", **{"L-R1": "31.20"})
    moist = {"fresh_moisture": "76.5", "made_moisture": "5.6"}
    return {"no": "P1", "at": "2026-03-26T21:00", "rejects": "0", "out": "7.00", **moist, **leaf, **more}


def test_f04_more_made_tea_than_the_leaf_can_give(story: Story) -> None:
    story.at("founded")
    run = one_run(story)
    assert story.refused("processings/new", **{**run, "out": "8.50"}) == "ratio.under_floor"
    dry = {**run, "out": "8.50", "fresh_moisture": "60"}
    assert story.refused("processings/new", **dry) == "moisture.implausible"
    assert story.refused("processings/new", **{**run, "out": "31.21"}) == "event.out_exceeds_in"
    wet = {**run, "rejects": "31.00"}
    assert story.refused("processings/new", **wet) == "event.out_exceeds_in"
    story.firm.ask("processings/new", **run)
    amended = {"out": "8.50", "reason": "误记", "step": "book"}
    url = f"events/{story.firm.event('processing')}/amend"
    assert story.refused(url, **amended) == "ratio.under_floor"
    tea = story.firm.rows("in", **{"M-P1": "7.00"})
    more = {"at": "2026-03-26T21:00", "out": "7.01", **tea}
    assert story.refused("refinings/new", **more) == "event.out_exceeds_in"


def test_f05_leaf_from_outside_the_twelve_counties_or_from_no_plot(story: Story) -> None:
    story.at("founded")
    grower = story.stage.see(people.growers, by=story.firm.me)[0][0]
    plot = {"grower": grower, "place": "某处", "area_mu": "10"}
    story.firm.ask("plots/new", no="OUT-01", township="522601001", **plot)
    story.firm.ask("plots/new", no="NEW-01", township="522701110", **plot)
    receipt = story.firm.receive("R1", "2026-03-26T15:00", "LSK-01", "12.00")
    outside, proposed = story.firm.plot("OUT-01"), story.firm.plot("NEW-01")
    assert story.refused("receipts/new", **{**receipt, "plot": outside}) == "plot.outside_area"
    assert story.refused("receipts/new", **{**receipt, "plot": proposed}) == "plot.not_active"
    assert story.refused("receipts/new", **{**receipt, "plot": ""}) == ""
    assert story.forged("receipts/new", **{**receipt, "plot": "9999"}).status == 422
    prefecture = story.play.prefecture
    approval = form(prefecture, "/office/plots?state=proposed")
    page = prefecture.post(f"/office/plots/{outside}/approve", approval)
    assert page.code == "plot.outside_area"
    assert story.refused("receipts/new", **{**receipt, "plot": outside}) == "plot.outside_area"


def test_f06_phantom_leaf_with_invented_weights_in_the_night(story: Story, tmp_path: Path) -> None:
    story.at("founded")
    for n in range(24):
        kg = ("12.40", "15.00", "9.80")[n % 3] if n < 21 else f"{7 + n * 0.29:.2f}"
        story.firm.ask("receipts/new", **story.firm.receive(f"R-{n}", f"2026-03-26T23:{n:02d}", "LSK-01", kg))
    found = looked_over(story, tmp_path)
    assert {"weights.repeating", "receipts.at_night"} <= set(found)
    assert "千克出现 7 次" in told(story, "weights.repeating").text


def test_f06_phantom_leaf_beyond_what_the_plot_can_give(story: Story) -> None:
    story.at("founded")  # 5 mu in spring: 65 kg a mu, 325 kg in all; 10 kg a mu in a day is already a lot
    firm = story.firm
    firm.ask("receipts/new", **firm.receive("R1", "2026-03-26T15:00", "LSK-12", "50.00"))
    assert story.findings() == []
    firm.ask("receipts/new", **firm.receive("R2", "2026-03-26T16:00", "LSK-12", "1.00"))
    assert story.findings() == ["picking.implausible"]
    late = firm.receive("R3", "2026-03-27T15:00", "LSK-12", "274.01")
    assert story.refused("receipts/new", **late) == "plot.allowance_exceeded"
    firm.ask("receipts/new", **{**late, "gross": "274.00"})
    amended = {"net": "1.01", "reason": "误记", "step": "book"}
    url = f"events/{firm.event('leaf_receipt', 'R2')}/amend"
    assert story.refused(url, **amended) == "plot.allowance_exceeded"
    borrowed = firm.receive("R4", "2026-06-10T15:00", "LSK-12", "5.00", plucked_on="2026-04-01")
    assert story.refused("receipts/new", **borrowed) == "leaf.too_old"


def test_f11_events_are_back_dated_or_lie_in_the_future(story: Story) -> None:
    story.at("founded")
    early = story.firm.receive("R1", "2026-03-26T15:00", "LSK-01", "5.00", plucked_on="2026-02-27")
    day_before = {**early, "at": "2026-02-28T15:00"}  # the plots count from 1 March
    assert story.refused("receipts/new", **day_before) == "plot.not_active"
    tomorrow = {**early, "at": "2026-03-27T15:00", "plucked_on": ""}
    assert story.refused("receipts/new", **tomorrow) == "time.future"
    run = one_run(story)
    assert story.refused("processings/new", **{**run, "at": "2026-03-26T14:59"}) == "time.before_inputs"
    assert story.refused("processings/new", **{**run, "at": "2026-03-26T21:01"}) == "time.future"

    story.at("sampled").stage.at("2026-04-04T17:00")
    report = {"report_no": "JC-1", "lab": "黔南示例检验中心", "files": {"file": ("a.pdf", b"%PDF-1.4 a")}}
    report |= {f"value_{key}": value for key, value in GOOD.items()}
    url = f"lots/{story.firm.lot(BATCH)}/report"
    assert story.refused(url, reported_on="2026-03-28", **report) == "report.before_sample"
    assert story.refused(url, reported_on="2026-04-05", **report) == "time.future"

    story.at("printed")
    packing = {**story.batch_packing("12001", 1), "at": "2026-04-06T07:59"}  # printed at eight
    assert story.refused(story.pack_url, **packing) == "marks.later_than_packing"
    story.at("packed")
    sale = {"packs": "1", "channel": "shop"}
    url = f"lots/{story.packs}/sell"
    assert story.refused(url, at="2026-04-06T13:59", **sale) == "time.before_inputs"
    assert story.refused(url, at="2026-04-06T14:01", **sale) == "time.future"


def test_f11_an_event_told_long_after_is_a_finding(story: Story) -> None:
    story.at("founded")
    receipt = story.firm.receive(*RECEIPTS[0])
    story.stage.at("2026-04-20T08:00")
    story.firm.ask("receipts/new", **receipt)
    assert story.findings() == ["entry.late"]


def test_f11_holes_filled_after_the_fact_are_found_when_the_books_are_looked_over(
    story: Story, tmp_path: Path
) -> None:
    story.at("founded")
    for n in range(8):
        receipt = story.firm.receive(
            f"R-{n}", f"2026-03-{26 + n % 3}T15:{n:02d}", "LSK-01", f"{8 + n * 1.3:.2f}"
        )
        story.stage.at(f"2026-04-05T09:{n:02d}")
        story.firm.ask("receipts/new", **receipt)
    assert looked_over(story, tmp_path) == {"entry.back_dated": 1}
    page = told(story, "entry.back_dated")
    assert "8 笔收青" in page.text
    assert "R-7" in page.text
    assert "大量事后补录" in story.county.open("/office/visits").text


def test_f12_coarse_leaf_or_a_failed_batch_in_a_better_grade(story: Story) -> None:
    story.at("founded")
    coarse = story.firm.receive(*RECEIPTS[1], leaf_grade="one_bud_two_leaves")
    story.firm.ask("receipts/new", **coarse)
    run = one_run(story, grade="ZHENPIN")
    mixed = {**run, **story.firm.rows("in", **{"L-R2": "1.00"})}
    assert story.refused("processings/new", **mixed) == "grade.too_high"
    story.firm.ask("processings/new", **run)
    low = story.firm.rows("in", **{"L-R2": "22.45"})
    run = {key: value for key, value in run.items() if not key.startswith("in-")}
    story.firm.ask("processings/new", **{**run, "no": "P2", "out": "5.00", "grade": "", **low})
    both = story.firm.rows("in", **{"M-P1": "7.00", "M-P2": "0.01"})
    at = {"at": "2026-03-26T21:00"}
    assert story.refused("blendings/new", batch_no="X", grade="ZHENPIN", **both, **at) == "grade.too_high"

    story.at("sampled")
    story.play.tested({**GOOD, "moisture": "6.7"})
    batch = story.firm.lot(BATCH)
    assert story.refused(f"lots/{batch}/request", **story.order(1)) == "lot.held"
    better = {"grade": "SPECIAL", "reason": "水分偏高"}
    assert story.refused(f"lots/{batch}/redeclare", **better) == "grade.limits_not_met"
    assert story.refused(f"lots/{batch}/redeclare", grade="ZUNPIN", reason="改判") == "grade.too_high"
    assert "report.failed" in story.findings()

    story.at("tested")
    for grade, code in (("ZUNPIN", "grade.too_high"), ("SECOND", "grade.outside_scope")):
        story.firm.ask("products/new", name="都匀毛尖茶", grade=grade, net_content_g=100)
        order = {f"packs-{story.firm.product(100, grade)}": "1"}
        assert story.refused(f"lots/{batch}/request", **order) == code


def test_f13_more_net_content_on_the_labels_than_tea_in_the_batch(story: Story) -> None:
    story.at("printed")
    for serials, packs in (("12001-12005", 4), ("12001-12004", 5)):
        assert story.refused(story.pack_url, **story.batch_packing(serials, packs)) == "marks.miscounted"
    heavy = story.batch_packing("12001-12005", 5, **{f"over-{story.p100}": "32000"})
    assert story.refused(story.pack_url, **heavy) == "lot.overdrawn"
    negative = story.batch_packing("12001-12005", 5, **{f"over-{story.p100}": "-100"})
    assert story.refused(story.pack_url, **negative) == ""

    story.at("two")  # 1.7 kg, seventeen marks and a spare: the spare makes no eighteenth pack
    at = f"{story.stage.now.date().isoformat()}T22:30"
    packing = story.batch_packing("12039-12056", 18, at)
    assert story.refused(f"lots/{story.firm.lot('B-2')}/pack", **packing) == "lot.overdrawn"


def test_f14_one_report_for_two_batches(story: Story) -> None:
    story.at("tested")
    second = story.sampled(story.firm, "B-2", "SC-DY-017", "2026-04-07")
    day, content = story.stage.now.date().isoformat(), b"%PDF-1.4 DY-JC-2026-0412"
    report = {f"value_{key}": value for key, value in GOOD.items()}
    report |= {"lab": "黔南示例检验中心", "reported_on": day}
    url = f"lots/{second}/report"

    def handed_in(no: str, file: bytes) -> str:
        return story.refused(url, report_no=no, files={"file": ("b.pdf", file)}, **report)

    assert handed_in("JC-2", content) == "report.taken"
    assert handed_in("DY-JC-2026-0412", content + b" edited") == "report.taken"

    kept = story.stage.see(chain.dossier, by=story.play.officer, lot=story.firm.lot(BATCH)).documents[0]
    shown = hashlib.sha256(story.county.open(f"/office/documents/{kept.id}").data).hexdigest()
    with look(story.stage.house) as work:
        facts = work.session.scalars(sa.select(FactRow).where(FactRow.kind == "report.entered"))
        entered = [(fact.private or {})["file"] for fact in facts]
    assert entered == [shown] == [hashlib.sha256(content).hexdigest()]
    assert hashlib.sha256(content + b" edited").hexdigest() != shown


def test_f14_the_values_of_one_report_typed_again_under_another_number(story: Story, tmp_path: Path) -> None:
    story.at("two")  # B-1 is the other firm's, B-2 the same firm's; all were given the same values
    assert looked_over(story, tmp_path)["report.twin"] == 1
    page = told(story, "report.twin")
    assert "JC-B-2" in page.text
    assert "DY-JC-2026-0412" in page.text


def test_f23_leaf_goes_round_between_firms_on_paper(story: Story, tmp_path: Path) -> None:
    """Nobody is refused: neighbours may help each other out. But leaf does not come home for nothing."""
    story.at("founded")
    one, other = story.firm, story.other
    for n in range(2):
        day = f"2026-04-0{3 + n}"
        one.ask("receipts/new", **one.receive(f"R-{n}", f"{day}T14:00", "LSK-01", "30.00"))
        for sender, taker, hour in ((one, other, 15), (other, one, 17)):
            hand_over(story, sender, taker, f"L-R-{n}", f"C-{n}-{hour}", f"{day}T{hour}:00")
    assert looked_over(story, tmp_path) == {"leaf.circling": 1}
    assert looked_over(story, tmp_path) == {}
    page = told(story, "leaf.circling")
    assert "送出 60.00 千克，收回 60.00 千克，其中 2 批回到原收青企业" in page.text
    assert "C-1-17" in page.text
    assert "鲜叶往返流转" in story.county.open("/office/visits").text
    settle = {"result": "fraud", "reason": "两家只有单据往来，没有车辆和货款"}
    assert story.county.send(page.url, to="/settle", **settle).status == 200
    assert looked_over(story, tmp_path) == {}


def hand_over(story: Story, sender: Firm, taker: Firm, lot: str, no: str, at: str) -> None:
    """Thirty kilograms of leaf from one firm to the other, accepted the next minute."""
    to = story.stage.see(people.enterprise, by=story.play.officer, number=taker.id, now=story.stage.now)
    number = sender.lot(lot)
    goods = {f"grams-{number}": "30.00", "consignee": str(to.enterprise.party), "carrier": "自送"}
    story.stage.at(at)
    sender.ask("dispatches/new", no=no, at=at, **goods)
    story.stage.now += timedelta(minutes=30)
    taker.ask(
        f"deliveries/{taker.shipment(no)}", **{f"got-{number}": "30.00", "at": at.replace(":00", ":20")}
    )


def test_f27_the_books_are_corrected_under_marked_packs(story: Story) -> None:
    story.at("two")
    at, firm = f"{story.stage.now.date().isoformat()}T22:30", story.firm
    firm.ask(f"lots/{firm.lot('B-2')}/pack", **story.batch_packing("12039-12055", 17, at))
    url = f"/desk/events/{firm.event('leaf_receipt', 'R-B-2')}/amend"
    before = story.rows()
    shown = firm.desk.send(url, net="5.00", reason="误记", step="preview")
    assert shown.status == 200
    assert story.rows() == before

    firm.ask(url.removeprefix("/desk/"), net="5.00", reason="误记", step="book")
    packs = firm.lot("B-2-P01")
    assert story.stage.lots_on_hand(firm.me)["B-2-P01"] == (1700, 17)
    assert "amendment.shortage" in story.findings()
    assert story.refused(f"lots/{packs}/sell", packs="1", channel="shop", at=at) == "lot.held"
    assert verdict(story, 12039) == "held"
    short = sum(one.grams for one in story.stage.see(chain.shortages, by=firm.me))
    assert short > 500
    free = 31_880 - 2_500  # of the first batch: twenty packs of 100 g and ten of 50 g are marked
    order = story.order((free - short) // 100 + 1)
    assert story.refused(f"lots/{firm.lot(BATCH)}/request", **order) == "request.exceeds_batch"
    assert not story.stage.check().breaches


def test_f28_shopping_for_a_report(story: Story) -> None:
    story.at("sampled")
    story.play.tested({**GOOD, "moisture": "6.7"})
    firm, batch = story.firm, story.firm.lot(BATCH)
    second: dict[str, Any] = {f"value_{key}": value for key, value in GOOD.items()}
    second |= {"report_no": "JC-2", "lab": "另一家", "reported_on": "2026-04-04"}
    second["files"] = {"file": ("c.pdf", b"%PDF-1.4 c")}
    assert story.refused(f"lots/{batch}/report", **second) == "report.exists"
    assert verdict_of_batch(story) == ("report.failed",)

    story.at("tested")
    assert story.refused(f"lots/{batch}/report", **second) == "report.exists"
    sample = {"test": "0.20", "retained": "0", "at": "2026-04-04T17:00"}
    assert story.refused(f"lots/{batch}/sample", **sample) == "batch.closed"
    firm.ask("receipts/new", **firm.receive("R9", "2026-04-05T08:00", "LSK-01", "9.00"))
    story.stage.at("2026-04-05T12:00")
    run = {"out": "2.00", "rejects": "0", "fresh_moisture": "76.5", "made_moisture": "5.6"}
    leaf = firm.rows("in", **{"L-R9": "9.00"})
    firm.ask("processings/new", no="P9", at="2026-04-05T12:00", **run, **leaf)
    tea = firm.rows("in", **{"M-P9": "2.00"})
    assert story.forged("blendings/new", into=str(batch), at="2026-04-05T12:00", **tea).status == 422
    more = {"fines": "0", "reason": "误记", "step": "book"}
    assert story.refused(f"events/{firm.event('blending')}/amend", **more) == "batch.closed"


def test_f28_a_failed_official_sample_is_outshouted_by_a_report_of_ones_own(story: Story) -> None:
    """The sample is taken at a visit; the inspector alone cannot let it pass, and the firm cannot refine it away."""
    story.at("packed")
    colleague = story.stage.hire("colleague@example.cn", "county", county="522701")
    firm, batch = story.firm, story.firm.lot(BATCH)
    assert verdict(story, 12001) == "first_scan"
    page = official_sample(story, batch, {**GOOD, "pesticide_residue": "no"})
    token = {"csrf_token": form(story.county, "/office/enterprises/new")["csrf_token"]}
    assert story.county.post(f"{page}/confirm", token).code == "decision.own"
    assert story.refused(f"lots/{batch}/report", **another_report()) == "report.exists"
    assert verdict(story, 12001) == "first_scan"

    assert colleague.send(page, to="confirm").status == 200
    assert verdict(story, 12001) == "held"
    assert verdict_of_batch(story) == ("sample.failed",)
    assert story.refused(f"lots/{batch}/report", **another_report()) == "report.exists"
    assert story.forged(f"lots/{batch}/request", **story.order(1)).code in {"batch.not_passed", "lot.held"}
    assert story.refused(f"lots/{story.packs}/sell", packs="1", channel="shop") == "lot.held"
    at = story.stage.now.astimezone(SHANGHAI).strftime("%Y-%m-%dT%H:%M")
    refined = {"out": "0.95", "fines": "0.02", "at": at, **firm.rows("in", **{BATCH: "1.00"})}
    refined |= {
        "csrf_token": form(firm.desk, "/desk/growers/new")["csrf_token"]
    }  # the page offers no tea to refine
    assert firm.desk.post("/desk/refinings/new", refined).code == "lot.held"
    assert "sample.failed" in story.findings()


def another_report() -> dict[str, Any]:
    """Values as they should be, from another laboratory."""
    values = {f"value_{key}": value for key, value in GOOD.items()}
    file = {"file": ("c.pdf", b"%PDF-1.4 c")}
    return values | {"report_no": "JC-2", "lab": "另一家", "reported_on": "2026-04-06", "files": file}


def official_sample(story: Story, batch: int, tested: dict[str, Any]) -> str:
    """From a visit to a typed report, by the county's officer; the sample's page."""
    county = story.county
    visit = county.send(f"/office/enterprises/{story.firm.id}/inspect", reason="专项抽检").url
    second = next(
        number for number in re.findall(r'<option value="(\d+)"', county.open(visit).html) if number
    )
    assert county.send(visit, to="begin", access="granted", second=second).status == 200
    taken = {"lot": batch, "grams": "0.15", "taken_from": "仓管员", "seal_no": "F-0001"}
    page = county.send(f"{visit}/sample", **taken)
    assert page.status == 200, page.text
    number = re.findall(r"/office/samples/(\d+)", page.html)[-1]
    url = f"/office/samples/{number}"
    assert county.send(url, to="send", lab="州检验中心").status == 200
    report: dict[str, Any] = {f"value_{key}": value for key, value in tested.items()}
    report |= {"report_no": "CJ-1", "reported_on": story.stage.now.date().isoformat()}
    file = {"file": ("official.pdf", b"%PDF-1.4 official")}
    assert county.send(f"{url}/report", files=file, **report).status == 200
    return url


def verdict_of_batch(story: Story) -> tuple[str, ...]:
    """Why the batch is held."""
    holds = story.stage.see(oversight.open_holds, by=story.play.officer)
    return tuple(hold.cause for hold, lot in holds if lot.no == BATCH)


@on_both
def test_f29_two_firms_take_the_last_kilogram_of_one_plot(kind: str, request: pytest.FixtureRequest) -> None:
    story: Story = request.getfixturevalue(kind)
    story.at("founded")
    story.firm.ask("receipts/new", **story.firm.receive("R1", "2026-03-26T15:00", "LSK-12", "324.00"))
    last = ("2026-03-26T16:00", "LSK-12", "1.00")
    mine, theirs = story.firm.receive("R2", *last), story.other.receive("R1", *last, scale="SC-B")
    url = "/desk/receipts/new"
    won = at_once((story.firm.desk, url, mine), (story.other.desk, url, theirs))
    one_won(won, "plot.allowance_exceeded")


def test_f29_one_grower_registered_twice_is_a_finding(story: Story) -> None:
    story.at("founded")
    grower = {"name": "示例农户甲", "kind": "household", "township": "522701110"}
    story.other.ask("growers/new", **grower)
    assert story.findings() == ["grower.twice"]


# --- firms and offices -----------------------------------------------------------------------------------------------


def test_f15_a_suspended_firm_goes_on_requesting_printing_and_applying(story: Story) -> None:
    story.at("printed")
    desk, url = story.firm.desk, f"lots/{story.firm.lot(BATCH)}/request"
    story.firm.ask(url, **story.order(1))
    sent = {"serials": "12016", "design": "a4-40", "pack_day": "2026-04-06"}
    job = story.firm.job_done(story.firm.ask("marks/print", **sent))
    taking = next(one for one in desk.open(job).forms if "/files/" in one.action)
    story.stage.at("2026-04-06T09:00")
    story.suspend()

    assert story.refused(url, **story.order(1)) == "enterprise.suspended"
    printing = {"serials": "12017", "design": "a4-40", "pack_day": "2026-04-06"}
    assert story.refused("marks/print", **printing) == "enterprise.suspended"
    assert (
        desk.post(taking.action, taking.fields).code == "enterprise.suspended"
    )  # made before, and not taken
    assert story.refused(story.pack_url, **story.batch_packing("12001", 1)) == "enterprise.suspended"
    early = {**story.batch_packing("12001", 1), "at": "2026-04-06T08:30"}
    assert story.refused(story.pack_url, **early) == "enterprise.suspended"
    number = story.stage.see(marks.requests, by=story.play.officer)[0].id
    approving = {"to": "approve", "report_confirmed": "y"}
    assert story.refused(f"/office/requests/{number}", story.county, **approving) == "enterprise.suspended"

    done = story.county.send(f"/office/enterprises/{story.firm.id}/lift", reason="已整改")
    assert done.status == 200
    inside = {**story.batch_packing("12001", 1, "2026-04-06T16:00"), "at": "2026-04-06T10:00"}
    assert story.refused(story.pack_url, **inside) == "enterprise.suspended"
    story.firm.ask(story.pack_url, **story.batch_packing("12001", 1, "2026-04-06T16:00"))


def test_f16_deciding_in_ones_own_cause_or_in_another_county(story: Story) -> None:
    story.at("tested").stage.at("2026-04-05T10:05")
    story.firm.ask(f"lots/{story.firm.lot(BATCH)}/request", **story.order(10))
    plot = {"no": "OWN-01", "grower": 1, "township": "522701110", "place": "自家", "area_mu": "10"}
    story.firm.ask("plots/new", **plot)
    tied = story.stage.hire("tied@example.cn", "county", county="522701", enterprise=story.firm.id)
    elsewhere = story.stage.hire("elsewhere@example.cn", "county", county="522702")
    request, own = story.stage.see(marks.requests, by=story.play.officer)[0].id, story.firm.plot("OWN-01")
    batch = story.firm.lot(BATCH)

    def decided(by: Person, url: str, **typed: str) -> Page:
        """Sent although no page offers it; not a row is written."""
        before, token = story.rows(), form(by, "/office/enterprises/new")
        sent = {"csrf_token": token["csrf_token"], "reason": "自家", "serials": "12001", "counted": "1"}
        page = by.post(f"/office/{url}", {**sent, **typed})
        assert story.rows() == before
        return page

    about_request = [f"requests/{request}/{act}" for act in ("approve", "refuse")]
    about_plot = [f"plots/{own}/{act}" for act in ("approve", "allowance")]
    about_lot = [f"lots/{batch}/hold", f"recalls/reach?kind=lot&what={batch}"]
    about_firm = [f"enterprises/{story.firm.id}/{act}" for act in ("suspend", "returned")]
    typed = {"report_confirmed": "y", "grade": "I", "season": "2026", "part": "spring", "grams": "9999"}
    typed |= {"step": "order", "shown": "x"}
    for url in (*about_request, *about_plot, *about_lot, *about_firm):
        assert decided(tied, url, **typed).code == "decision.own", url
        assert decided(elsewhere, url, **typed).status == 404, url
    token = form(story.firm.desk, "/desk/growers/new")["csrf_token"]
    for nobody in (story.firm.desk, story.clerk, story.play.prefecture):
        page = nobody.post(f"/office/requests/{request}/approve", {"csrf_token": token})
        assert page.status in {400, 403}
    assert story.stage.see(marks.requests, by=story.play.officer)[0].state == "filed"


def test_f17_another_firms_books_do_not_exist(story: Story) -> None:
    story.at("packed")
    firm, stranger = story.firm, story.other.desk
    story.stage.at("2026-04-06T15:00")
    sale = {"packs": "1", "channel": "shop", "at": "2026-04-06T15:00"}
    firm.ask(f"lots/{story.packs}/sell", **sale)
    goods = {f"packs-{story.packs}": "1", "consignee": firm.party("贵阳门店"), "carrier": "示例冷链"}
    firm.ask("dispatches/new", no="C1", at="2026-04-06T15:00", **goods)
    document = story.stage.see(chain.dossier, by=firm.me, lot=firm.lot(BATCH)).documents[0].id
    lots = [f"lots/{{}}{one}" for one in (
        "", "/trace", "/report", "/request", "/pack", "/sell", "/destroy", "/count", "/sample", "/recall",
        "/documents", "/cartons", "/write-off", "/redeclare",
    )]  # fmt: skip
    asked = [
        *((one, number) for one in lots for number in (firm.lot(BATCH), story.packs)),
        *((one, firm.event("sale")) for one in ("events/{}", "events/{}/amend", "sales/{}/return")),
        *((one, firm.shipment("C1")) for one in ("deliveries/{}", "deliveries/{}/refuse")),
        ("documents/{}", document), ("dispatches/new?party={}", firm.party("贵阳门店")),
    ]  # fmt: skip
    before = story.rows()
    token = {"csrf_token": form(stranger, "/desk/consignees/new")["csrf_token"], "reason": "猜的"}
    for url, number in asked:
        theirs, nobodys = f"/desk/{url.format(number)}", f"/desk/{url.format(99_999)}"
        found, missing = stranger.open(theirs), stranger.open(nobodys)
        assert (found.status, missing.status) == (404, 404), theirs
        assert found.html.replace(theirs, nobodys) == missing.html, theirs
        if url.startswith(("lots/{}/", "events/{}/", "sales", "deliveries")) and not url.endswith("trace"):
            assert stranger.post(theirs, token).status == 404, theirs
    number = story.stage.see(marks.issued_ranges, by=firm.me)[0].issue.range.first
    assert story.refused("marks/void", stranger, serials=number, reason="不是我的") == "marks.unknown"
    printing = {"serials": "12016", "design": "a4-40", "pack_day": "2026-04-06"}
    assert story.refused("marks/print", stranger, **printing) == "marks.unknown"
    assert story.rows() == before
    for url in ("lots", "events", "marks", "requests", "sales", "deliveries", "findings", ""):
        shown = stranger.open(f"/desk/{url}")
        assert shown.status == 200
        assert BATCH not in shown.text
        assert "都匀示例茶业" not in shown.text


def test_f17_ids_of_another_firm_in_ones_own_forms(story: Story) -> None:
    story.at("packed")
    firm, other, batch = story.firm, story.other, story.firm.lot(BATCH)
    scale, product, party = other.scale("SC-B"), other.product(100), other.party("都匀门店")
    receipt = firm.receive("R9", "2026-04-06T15:00", "LSK-01", "5.00")
    at = {"at": "2026-04-06T15:00"}
    assert story.forged("receipts/new", **{**receipt, "scale": str(scale)}).status == 422
    assert story.forged(f"lots/{batch}/request", **{f"packs-{product}": "1"}).code == "product.unknown"
    marks_of_none = {f"packs-{product}": "1", f"serials-{product}": "12011", **at}
    assert story.forged(f"lots/{batch}/pack", **marks_of_none).status == 422
    goods = {f"packs-{story.packs}": "1", "carrier": "示例冷链", **at}
    assert story.forged("dispatches/new", consignee=str(party), **goods).status == 422
    sale = {"packs": "1", "channel": "shop", "party": str(party), **at}
    assert story.forged(f"lots/{story.packs}/sell", **sale).status == 422
    assert story.forged(f"lots/{story.packs}/count", counted="1", party=str(party), **at).status == 422
    gone = {"packs": "1", "serials": "12001", "reason": "受潮", "party": str(party), **at}
    assert story.forged(f"lots/{story.packs}/destroy", **gone).status == 422
    tea = {f"in-{batch}": "1.00", "batch_no": "DY-X", **at}
    other.ask("receipts/new", **other.receive("R1", "2026-04-06T15:00", "LSK-01", "9.00", "SC-B"))
    story.stage.at("2026-04-06T16:00")
    run = {"out": "2.00", "rejects": "0", "fresh_moisture": "76.5", "made_moisture": "5.6"}
    other.ask(
        "processings/new", no="P1", at="2026-04-06T16:00", **run, **other.rows("in", **{"L-R1": "9.00"})
    )
    assert story.forged("blendings/new", other.desk, **tea).code == "lot.unknown"


def test_f18_one_weigh_slip_is_sent_twice(story: Story) -> None:
    story.at("founded")
    desk, url = story.firm.desk, "/desk/receipts/new"
    slip = {
        **form(desk, url),
        **story.firm.receive("", "2026-03-26T15:00", "LSK-01", "31.20", certificate_no="HG-1"),
    }
    assert desk.post(url, slip).status == 200
    before = story.rows()
    assert desk.post(url, slip).status == 200
    assert story.rows() == before
    page = desk.post(url, {**slip, "gross": "31.30"})
    assert (page.status, page.code) == (422, "request.key_reused")
    assert story.rows() == before
    assert [grams for grams, _ in story.stage.lots_on_hand(story.firm.me).values()] == [31_200]


def test_f19_recalled_goods_are_sold_shipped_or_restocked(story: Story) -> None:
    story.at("packed")
    firm, at = story.firm, {"at": "2026-04-12T10:00"}
    story.stage.at("2026-04-12T10:00")
    firm.ask(f"lots/{story.packs}/sell", packs="3", channel="shop", **at)
    sale, url = firm.event("sale"), f"lots/{story.packs}/sell"
    back = {"packs": "1", "reason": "退货", "restock": "restock"}
    assert story.refused(f"sales/{sale}/return", opened="y", **back, **at) == "restock.opened"
    gone = {"packs": "1", "serials": "12001", "reason": "受潮", **at}
    firm.ask(f"lots/{story.packs}/destroy", **gone)
    assert story.refused(url, packs="1", channel="shop", serials="12001", **at) == "marks.not_live"
    assert story.refused(url, packs="7", channel="shop", **at) == "lot.overdrawn"

    still_open = form(firm.desk, "/desk/dispatches/new")
    firm.recall(firm.lot("L-R2"), grade="I", reason="农残")
    assert story.refused(url, packs="1", channel="shop", **at) == "lot.recalled"
    goods = {f"packs-{story.packs}": "1", "consignee": firm.party("贵阳门店"), "carrier": "示例冷链"}
    assert "现在都不能用" in firm.desk.open("/desk/dispatches/new").text
    assert firm.desk.post("/desk/dispatches/new", {**still_open, **goods, **at}).code == "lot.recalled"
    assert story.refused(f"sales/{sale}/return", **back, **at) == "lot.recalled"
    assert verdict(story, 12002) == "recalled"


def test_f19_what_an_office_recalls_by_plot_is_stopped_everywhere_and_a_drill_stops_nothing(
    story: Story,
) -> None:
    story.at("packed")
    firm, at = story.firm, {"at": "2026-04-12T10:00"}
    story.stage.at("2026-04-12T10:00")
    office, url = story.county, f"lots/{story.packs}/sell"
    plot = next(
        one.plot
        for one in story.stage.see(recalls.reach, by=story.play.officer, scope=Scope.lot(story.packs)).grounds
    )
    reach = f"/office/recalls/reach?kind=plot&what={plot}"
    assert "/office/recalls/drills/" in office.send(reach, to="drills").url
    firm.ask(url, packs="1", channel="shop", **at)
    assert verdict(story, 12002) != "recalled"
    shown = office.send(reach, to="reach", step="check", grade="I", reason="农残").forms[0]
    assert verdict(story, 12002) != "recalled"
    assert office.post(reach, {**shown.fields, "step": "order"}).status == 200
    assert verdict(story, 12002) == "recalled"
    assert story.refused(url, packs="1", channel="shop", **at) == "lot.recalled"


@on_both
def test_f19_a_recall_and_a_hold_show_at_once_on_pages_already_shown(
    kind: str, request: pytest.FixtureRequest
) -> None:
    """Pages are remembered, by the version of the books."""
    story: Story = request.getfixturevalue(kind)
    story.at("packed").stage.at("2026-04-12T10:00")

    def page(number: int) -> str:
        return phone(story, number).get(f"/m/{code_of(12001)}").text

    for number, title in (
        (0, "本标志第一次被查验"),
        (1, "本标志此前被查验过 1 次"),
        (2, "本标志此前被查验过 2 次"),
    ):
        assert title in page(number)
    held = story.county.send(f"/office/lots/{story.packs}/hold", reason="抽查")
    assert held.status == 200
    assert "这批茶已暂停销售" in page(3)
    hold, _lot = story.stage.see(oversight.open_holds, by=story.play.officer)[0]
    assert story.county.send(f"/office/holds/{hold.id}/release", reason="查清").status == 200
    assert "本标志此前被查验过 4 次" in page(4)
    story.suspend()
    assert "起暂停" in page(5)
    story.firm.recall(story.packs, grade="I", reason="农残")
    assert "这批茶正在召回" in page(6)
    assert "农残" in page(7)


def test_f19_late_returns_and_expired_goods_come_back_into_the_shop(story: Story) -> None:
    story.at("packed")
    firm, at = story.firm, {"at": "2026-04-12T10:00"}
    story.stage.at("2026-04-12T10:00")
    firm.ask(f"lots/{story.packs}/sell", packs="3", channel="shop", **at)
    sale = firm.event("sale")
    story.stage.at("2026-04-23T10:00")
    back = {"packs": "1", "reason": "退货", "restock": "restock"}
    assert story.refused(f"sales/{sale}/return", at="2026-04-23T10:00", **back) == "restock.late"
    fewer = {"packs": "0", "reason": "误记", "step": "book"}  # the same goods back by way of a correction
    assert story.refused(f"events/{sale}/amend", **fewer) == "restock.late"

    at = {"at": "2028-04-06T10:00"}
    story.stage.at("2028-04-06T10:00")
    assert story.refused(f"lots/{story.packs}/sell", packs="1", channel="shop", **at) == "lot.expired"
    goods = {f"packs-{story.packs}": "1", "consignee": firm.party("贵阳门店"), "carrier": "示例冷链"}
    assert story.refused("dispatches/new", **goods, **at) == "lot.expired"
    assert verdict(story, 12005) == "expired"


# --- files, and what else comes in by a form -------------------------------------------------------------------------

SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'


def test_f24_files_that_are_not_what_they_say_or_too_large(story: Story) -> None:
    story.at("tested")
    url = f"lots/{story.firm.lot(BATCH)}/documents"
    for name, content in (
        ("report.pdf", b"MZ\x90\x00"), ("photo.png", SVG), ("photo.svg", SVG), ("a.html", b"<script>1</script>"),
        ("empty.pdf", b""), ("bomb.zip", b"PK\x03\x04" + b"\0" * 100), ("big.pdf", b"%PDF-" + b"0" * 10_485_760),
    ):  # fmt: skip
        assert story.refused(url, files={"file": (name, content)}) == "file.refused", name
    huge = {"file": ("huge.pdf", b"%PDF-" + b"0" * 13_000_000)}
    assert story.firm.desk.send(f"/desk/{url}", files=huge).status == 413


def handed_in(person: Person, name: str, content: bytes) -> Page:
    """A season's workbook, tried; its page once that is done."""
    page = person.send("/desk/season", files={"file": (name, content)})
    for _ in range(600):
        if "<progress" not in page.html:
            break
        sleep(0.05)
        page = person.open(page.url)
    return page


def test_f24_a_workbook_that_is_a_bomb(story: Story) -> None:
    story.at("founded")
    made = BytesIO()
    with ZipFile(made, "w", ZIP_DEFLATED, compresslevel=1) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        with archive.open("xl/media/x.bin", "w") as part:
            for _ in range(161):
                part.write(bytes(1_000_000))
    before = story.rows()
    page = handed_in(story.firm.desk, "bomb.xlsx", made.getvalue())
    assert "workbook.swollen" in page.text
    assert story.rows() == before


def test_f24_what_somebody_typed_is_no_formula_in_an_exported_file(story: Story) -> None:
    story.at("founded")
    formula = '=HYPERLINK("https://evil.example","x")'
    receipt = story.firm.receive("=1+2", "2026-03-26T15:00", "LSK-01", "5.00", certificate_no=formula[:40])
    story.firm.ask("receipts/new", **receipt)
    text = story.firm.desk.open("/desk/receipts?as=csv").data.decode("utf-8-sig")
    cells = [cell for row in csv.reader(text.splitlines()) for cell in row]
    assert "'=1+2" in cells
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@"))]
    with ZipFile(BytesIO(story.firm.desk.open("/desk/receipts?as=xlsx").data)) as archive:
        sheets = [archive.read(name) for name in archive.namelist() if "worksheets/sheet" in name]
    assert any(b"=1+2" in sheet for sheet in sheets)
    assert not [sheet for sheet in sheets if b"<f>" in sheet]


def test_f17_a_workbook_names_another_firms_lots(story: Story) -> None:
    story.at("packed")
    at, other = "2026-04-06 14:30", story.other.desk
    story.stage.at("2026-04-06T15:00")
    sale = ["V-1", at, f"{BATCH}-P01", "门店", 1, "", "", "", "", ""]
    blend = ["B-9", "B-9", at, f"{BATCH} 1.00", "", ""]
    before = story.rows()
    for key, row in (("sales", sale), ("blending", blend)):
        page = handed_in(other, f"{key}.csv", as_csv(key, [row]))
        assert "lot.unknown" in page.text, page.text[-800:]
        assert "确认登记" not in page.text
    assert story.rows() == before


def test_f24_a_file_name_that_is_a_path_or_a_script(story: Story) -> None:
    story.at("tested")
    batch = story.firm.lot(BATCH)
    names = {
        "../../../etc/passwd": "passwd",
        "boot/<img src=x onerror=alert(1)>.pdf": "<img src=x onerror=alert(1)>.pdf",
    }
    for name in names:
        sent = story.firm.desk.send(f"/desk/lots/{batch}/documents", files={"file": (name, b"%PDF-1.4")})
        assert sent.status == 200
    kept = story.stage.see(chain.dossier, by=story.firm.me, lot=batch).documents
    assert {one.name for one in kept} > set(names.values())
    for page in (story.firm.desk.open(f"/desk/lots/{batch}"), story.county.open(f"/office/lots/{batch}")):
        assert page.status == 200
        assert "<img src=x" not in page.html
    for one in kept:
        got = story.firm.desk.open(f"/desk/documents/{one.id}")
        assert got.headers["Content-Disposition"].startswith("attachment")
        assert got.headers["X-Content-Type-Options"] == "nosniff"
        assert got.headers["Content-Type"] == "application/pdf"


def test_markup_in_names_is_shown_as_text(story: Story) -> None:
    story.at("founded")
    firm, script = story.firm, "<script>alert(1)</script>"
    firm.ask("growers/new", name=script, kind="household", township="522701110")
    firm.ask("consignees/new", name=script, place=script)
    firm.ask("products/new", name=script, grade="ZHENPIN", net_content_g=5)
    firm.ask("plots/new", no=script, grower=1, area_mu="1", township="522701110", place=script)
    firm.ask("plot-works/new", plot=1, product=script, dose=script, worked_on="2026-03-01", interval_days="0")
    offices = ("/office/plots?state=proposed", "/office/", f"/office/enterprises/{firm.id}")
    desk = (
        "/desk/suppliers",
        "/desk/receipts/new",
        "/desk/plots/new",
        "/desk/plot-works/new",
        "/desk/dispatches/new",
    )
    pages = [*(firm.desk.open(url) for url in desk), *(story.county.open(url) for url in offices)]
    pages += [story.stage.visitor().open(f"/m/{script}"), story.stage.visitor().open(f"/check?code={script}")]
    assert any("&lt;script&gt;alert(1)" in page.html for page in pages)
    assert not [page.url for page in pages if script in page.html]


@pytest.mark.parametrize(
    "elsewhere",
    ["//evil.example", "https://evil.example", "/\\evil.example", "/\t/evil.example", "/\n/evil.example"],
)
def test_no_way_through_our_pages_leads_to_another_site(story: Story, elsewhere: str) -> None:
    story.at("founded")
    visitor = story.stage.visitor()
    moved = visitor.client.get("/language/en", query_string={"back": elsewhere})
    assert (moved.status_code, moved.headers["Location"]) == (302, "/")
    signing_in = form(visitor, "/login") | {"email": "manager-a@example.cn", "password": PASSWORD}
    moved = visitor.client.post("/login", query_string={"next": elsewhere}, data=signing_in)
    assert "evil.example" not in moved.headers.get("Location", "").replace("/%5Cevil.example", "")


@pytest.mark.parametrize("number", [str(2**31), "9" * 25, "9" * 5000])
@on_both
def test_a_number_no_row_can_have_is_no_address_and_no_row(
    kind: str, number: str, request: pytest.FixtureRequest
) -> None:
    story: Story = request.getfixturevalue(kind)
    story.at("tested")
    desk, batch = story.firm.desk, story.firm.lot(BATCH)
    for url in ("lots/{}", "events/{}", "documents/{}", "deliveries/{}", "deliveries/{}/refuse"):
        assert desk.open(f"/desk/{url.format(number)}").status == 404
    for url in ("lots/{}", "requests/{}", "enterprises/{}", "documents/{}", "findings/{}"):
        assert story.county.open(f"/office/{url.format(number)}").status == 404
    assert desk.open(f"/desk/dispatches/new?party={number}").status == 200
    assert story.forged(f"lots/{batch}/request", **{f"packs-{number}": "1"}).code == "request.lines"
    assert story.forged("blendings/new", **{f"in-{number}": "1"}).code == "lots.missing"
    assert story.forged("blendings/new", **{"in-²": "1"}).code == "lots.missing"


@on_both
def test_text_no_database_keeps_is_refused_at_the_door(kind: str, request: pytest.FixtureRequest) -> None:
    story: Story = request.getfixturevalue(kind)
    story.at("founded")
    assert story.forged("consignees/new", name="门店\0", place="都匀").status == 400
    assert story.forged("consignees/new", name="门店", place="都匀", key="\0").status == 400
    run = one_run(story, reason="原" * 501)
    assert story.refused("processings/new", **run) == "text.too_long"
