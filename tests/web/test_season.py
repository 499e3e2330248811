"""The season's workbook at the desk: a template, a trial that says what is wrong, then the record."""

import threading
from collections.abc import Callable

import pytest
from flask import Flask

from tests.browsing import Page, Person
from tests.services.test_importing import a_receipt
from tests.web.staff import PASSWORD, give_password
from tests.workbooks import as_csv, leaf, workbook
from tests.world import World
from traceability.domain.people import Identity
from traceability.services import chain
from traceability.services.importing import Phase, Tries
from traceability.services.press.locks import alone
from traceability.web.enterprise import season

PAGE = "/desk/season"


@pytest.fixture
def enter(staff_app: Flask, small_world: World) -> Callable[[Identity], Person]:
    return lambda who: Person(staff_app, give_password(staff_app, small_world, who), PASSWORD)


@pytest.fixture
def clerk(enter: Callable[[Identity], Person], small_world: World) -> Person:
    return enter(small_world.firm.clerk)


@pytest.fixture
def tries(staff_app: Flask) -> Tries:
    found = staff_app.extensions["workbooks"]
    assert isinstance(found, Tries)
    return found


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Small workbooks are done before their page is shown, however busy the machine is."""
    monkeypatch.setattr(season, "PATIENCE_S", 60)


def hand_in(person: Person, content: bytes, name: str = "2026 春茶.xlsx") -> Page:
    return person.send(PAGE, files={"file": (name, content)})


def test_the_template_is_there_to_download(clerk: Person) -> None:
    assert clerk.open(PAGE).status == 200
    answer = clerk.client.get(f"{PAGE}/template.xlsx")
    assert answer.data.startswith(b"PK")
    assert "season.xlsx" in answer.headers["Content-Disposition"]


def test_a_workbook_is_tried_then_recorded(clerk: Person, small_world: World) -> None:
    tried = hand_in(clerk, workbook(receipts=leaf(small_world, 12)))
    assert "确认后登记 12 行" in tried.text
    assert small_world.see(chain.events) == []
    recorded = clerk.send(tried.url, to="/record")
    assert "已登记 12 行" in recorded.text
    assert len(small_world.see(chain.events)) == 12


def test_what_is_wrong_is_told_cell_by_cell_and_cannot_be_recorded(clerk: Person, small_world: World) -> None:
    rows = leaf(small_world, 5)
    rows[2][4], rows[4][1] = "很重", "4月5日 9:00"
    tried = hand_in(clerk, workbook(receipts=rows))
    for words in (
        "2 处需要改正",
        "鲜叶收青!E4",
        "很重",
        "鲜叶收青!B6",
        "没有年份",
        "workbook.day_without_year",
    ):
        assert words in tried.text
    assert "确认登记" not in tried.text
    clerk.post(f"{tried.url}/record", clerk.open(PAGE).forms[0].fields)
    assert small_world.see(chain.events) == []
    rows[2][4], rows[4][1] = 5, rows[3][1]
    assert "确认后登记 5 行" in hand_in(clerk, workbook(receipts=rows)).text


def test_a_conflict_shows_both_values(clerk: Person, small_world: World) -> None:
    rows = leaf(small_world, 2, kg=5)
    clerk.send(hand_in(clerk, workbook(receipts=rows)).url, to="/record")
    rows[0][4] = 6.2
    assert "已登记的毛重是“5.60”，这里是“6.20”" in hand_in(clerk, workbook(receipts=rows)).text


def test_a_workbook_with_nothing_new_says_so(clerk: Person, small_world: World) -> None:
    rows = leaf(small_world, 2)
    clerk.send(hand_in(clerk, workbook(receipts=rows)).url, to="/record")
    again = hand_in(clerk, workbook(receipts=[*rows]))
    assert "没有新的内容" in again.text
    assert "确认登记" not in again.text


def test_csv_comes_in_as_well(clerk: Person, small_world: World) -> None:
    row = a_receipt(small_world, "S-1", "10:00")
    row[1] = "2026-03-25 10:00"
    tried = hand_in(clerk, as_csv("receipts", [row], "gb18030"), "收青.csv")
    assert "确认后登记 1 行" in tried.text


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"PK\x03\x04", "已损坏"),
        (bytes.fromhex("d0cf11e0a1b11ae1"), "不是 XLSX"),
        (b"a,b\n1,2\n", "看不出这是哪一张表"),
    ],
)
def test_what_is_no_workbook_is_told_what_to_do(clerk: Person, content: bytes, words: str) -> None:
    assert words in hand_in(clerk, content).text


def test_no_file_is_told_beside_the_field(clerk: Person) -> None:
    page = clerk.send(PAGE)
    assert (page.status, "请选择一个文件" in page.text) == (422, True)


def test_a_file_too_large_for_any_request_is_told(clerk: Person) -> None:
    page = hand_in(clerk, bytes(13_000_000))
    assert page.status == 413
    assert "12" in page.text


def test_sent_twice_it_is_recorded_once(clerk: Person, small_world: World) -> None:
    tried = hand_in(clerk, workbook(receipts=leaf(small_world, 3)))
    form = next(one for one in clerk.open(tried.url).forms if "/record" in one.action)
    for _ in range(2):
        assert "已登记 3 行" in clerk.post(form.action, dict(form.fields)).text
    assert len(small_world.see(chain.events)) == 3


def test_only_the_very_file_that_was_tried_is_recorded(
    clerk: Person, small_world: World, tries: Tries
) -> None:
    tried = hand_in(clerk, workbook(receipts=leaf(small_world, 3)))
    sha256 = tried.url.rsplit("/", 1)[1]
    kept = tries.folder / str(small_world.firm.id) / f"{sha256}.file"
    kept.write_bytes(workbook(receipts=leaf(small_world, 4)))
    assert clerk.send(tried.url, to="/record").status == 200
    assert small_world.see(chain.events) == []


def test_the_file_is_gone_once_it_is_recorded(clerk: Person, small_world: World, tries: Tries) -> None:
    tried = hand_in(clerk, workbook(receipts=leaf(small_world, 1)))
    clerk.send(tried.url, to="/record")
    assert list((tries.folder / str(small_world.firm.id)).glob("*.file")) == []


def test_what_was_recorded_meanwhile_is_told_when_it_is_confirmed(clerk: Person, small_world: World) -> None:
    rows = leaf(small_world, 2, kg=5)
    first = hand_in(clerk, workbook(receipts=rows))
    rows[0][4] = 9.9
    second = hand_in(clerk, workbook(receipts=rows))
    clerk.send(first.url, to="/record")
    told = clerk.send(second.url, to="/record")
    assert "1 处需要改正" in told.text
    assert len(small_world.see(chain.events)) == 2


def test_another_firm_sees_nothing_of_it(
    clerk: Person, small_world: World, enter: Callable[[Identity], Person]
) -> None:
    tried = hand_in(clerk, workbook(receipts=leaf(small_world, 1)))
    assert enter(small_world.other.manager).open(tried.url).status == 404
    assert enter(small_world.county).open(tried.url).status == 403


@pytest.mark.parametrize("name", ["0" * 64, "..", "x", "A" * 64])
def test_a_workbook_nobody_handed_in_is_not_there(clerk: Person, name: str) -> None:
    assert clerk.open(f"{PAGE}/{name}").status == 404


def test_a_run_at_work_shows_how_far_it_is(clerk: Person, small_world: World, tries: Tries) -> None:
    by = small_world.firm.clerk
    sha256 = tries.hand_in(workbook(receipts=leaf(small_world, 1)), "a.xlsx", by=by)
    with alone(tries.folder / str(small_world.firm.id), sha256):
        tries.run(
            sha256, by=by, now=small_world.now, record=False
        )  # somebody is at it: nothing is done twice
        page = clerk.open(f"{PAGE}/{sha256}")
    assert 'http-equiv="refresh"' in page.html
    assert "正在读取" in page.text


def test_a_run_that_was_killed_can_be_tried_again(clerk: Person, small_world: World, tries: Tries) -> None:
    sha256 = tries.hand_in(workbook(receipts=leaf(small_world, 1)), "a.xlsx", by=small_world.firm.clerk)
    page = clerk.open(f"{PAGE}/{sha256}")
    assert "没有做完，什么也没有写入" in page.text
    assert "确认后登记 1 行" in clerk.send(page.url, to="/again").text


def test_only_the_latest_few_lie_about(small_world: World, tries: Tries) -> None:
    by = small_world.firm.clerk
    for n in range(8):
        tries.hand_in(workbook(receipts=leaf(small_world, n + 1)), f"{n}.xlsx", by=by)
    place = tries.folder / str(small_world.firm.id)
    assert len(list(place.glob("*.file"))) == len(list(place.glob("*.json"))) == 5
    assert place.stat().st_mode & 0o077 == 0


def test_what_is_kept_beside_a_file_comes_back_as_it_was(small_world: World, tries: Tries) -> None:
    by = small_world.firm.clerk
    row = a_receipt(small_world, "S-1", "10:00", day="2026-04-30")
    sha256 = tries.hand_in(workbook(receipts=[row]), "a.xlsx", by=by)
    tries.run(sha256, by=by, now=small_world.now, record=False)
    found = tries.find(sha256, by=by)
    assert (found.phase, found.count, found.running) == (Phase.TRIED, 1, False)
    assert found.outcome is not None
    [trouble] = found.outcome.troubles
    assert (trouble.place, trouble.refusal.code, trouble.refusal.facts["now"]) == (
        "鲜叶收青!B2", "time.future", small_world.now,
    )  # fmt: skip


def test_no_thread_is_left_behind(clerk: Person, small_world: World) -> None:
    tried = hand_in(clerk, workbook(receipts=leaf(small_world, 1)))
    assert tried.url.rsplit("/", 1)[1][:12] not in {one.name for one in threading.enumerate()}
