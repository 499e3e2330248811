import json
import os
import shutil
import socket
import stat
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from threading import Event
from typing import Any

import click
import pytest
import sqlalchemy as sa
from click.testing import CliRunner, Result
from sqlalchemy.orm import Session

import traceability.demo
from tests.looking import look_at
from tests.workbooks import leaf, workbook
from tests.world import KEYS, Packed, World
from tests.worlds import Copies, copies_of
from traceability.cli import COMMANDS, main
from traceability.cli.asking import trace_told
from traceability.cli.desk import Desk, whole_file
from traceability.cli.nightly import Nightly, seconds_until
from traceability.config import Settings
from traceability.demo import DemoAccount, DemoRefused, DemoResult
from traceability.domain import marks as mark_rules
from traceability.domain.people import Identity, Role
from traceability.domain.scans import Door
from traceability.domain.units import parse_moment
from traceability.formats.digital_link import read_mark
from traceability.services import chain, marks, people
from traceability.services.chain import PackAsk
from traceability.store import scans as scan_rows
from traceability.store.accounts import UserRow
from traceability.store.scans import ScanRow, forget_scans
from traceability.store.work import change, look

PASSWORD = "long enough for anybody"
NOW = datetime(2026, 6, 1, 2, tzinfo=UTC)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


Run = Callable[..., Result]


def runner(data: Path, clock: Callable[[], datetime], **settings: Any) -> Run:
    """Runs a command on a data folder; texts in Chinese."""

    def run(*args: object, input: str | None = None, **more: Any) -> Result:  # noqa: A002 (click's word)
        desk = Desk(Settings(data=data, **(settings | more)), clock)
        env = {"TRACEABILITY_AS": None}
        asked = ["--lang", "zh", *map(str, args)]
        return CliRunner().invoke(main, asked, obj=desk, input=input, env=env, catch_exceptions=False)

    return run


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.fixture
def bare(data: Path) -> Run:
    """A machine where nothing was set up."""
    return runner(data, lambda: NOW)


@pytest.fixture(scope="module")
def initial(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder as `init` makes it, to copy."""
    folder = tmp_path_factory.mktemp("initial") / "data"
    assert runner(folder, lambda: NOW)("init").exit_code == 0
    return folder


@pytest.fixture
def founded(bare: Run, data: Path, initial: Path) -> Run:
    """A machine after `init`."""
    shutil.copytree(initial, data)
    return bare


@pytest.fixture(scope="module")
def worlds(request: pytest.FixtureRequest) -> Copies:
    return copies_of(request, "sqlite")


@pytest.fixture
def world(data: Path, worlds: Copies) -> Iterator[World]:
    """A small world whose data folder the commands read."""
    (data / "keys").mkdir(parents=True, mode=0o700)
    for name, key in KEYS.items():
        with whole_file(data / "keys" / f"mark-{name}.key") as opened:
            opened.write(key.hex().encode())
    with worlds(data / "traceability.db") as made:
        yield made


@pytest.fixture
def run(world: World, data: Path) -> Run:
    """Commands in that world, at its time."""
    return runner(data, lambda: world.now, secret_key="s" * 40)


@pytest.fixture
def packed(world: World) -> Packed:
    return world.packed(packs=10)


def email(world: World, who: Identity) -> str:
    with look(world.house) as work:
        return str(work.session.scalar(sa.select(UserRow.email).where(UserRow.id == who.user)))


def code_of(serial: int) -> str:
    return mark_rules.encode(serial, KEYS["k1"])


# --- findings -----------------------------------------------------------------------------------------------


def test_the_look_over_the_books_tells_what_is_new_once(run: Run, world: World) -> None:
    world.at("2026-03-26T22:40")
    for n in range(9):
        world.received(kg=f"{8 + n * 1.13:.2f}")
    done = run("findings", "run")
    assert done.stdout.splitlines() == ["新线索 1 条；以前已记下的 0 条。", "  夜间集中收青\t1"]
    assert json.loads(run("findings", "run", "--json").stdout) == {"new": {}, "known": 1}


def test_of_several_processes_one_looks_over_the_books_in_a_night(world: World) -> None:
    world.at("2026-03-26T22:40")
    for n in range(9):
        world.received(kg=f"{8 + n * 1.13:.2f}")
    nightly = Nightly.of(world.house)
    first = nightly.do(world.now)
    assert first is not None
    assert first.total == 1
    assert nightly.do(world.now) is None
    again = nightly.do(world.later(days=1))
    assert again is not None
    assert (again.total, again.known) == (0, 1)


@pytest.mark.parametrize(
    ("now", "hours"), [("2026-03-26T03:00", 0.5), ("2026-03-26T03:30", 24), ("2026-03-26T12:30", 15)]
)
def test_the_night_begins_at_half_past_three(now: str, hours: float) -> None:
    assert seconds_until(parse_moment(now)) == hours * 3600 + 1


def test_the_nightly_thread_ends_when_told(world: World) -> None:
    stop = Event()
    thread = Nightly.of(world.house).start(stop)
    stop.set()
    thread.join(5)
    assert not thread.is_alive()


# --- init, user ---------------------------------------------------------------------------------------------


def test_init_makes_private_keys_and_the_offices(bare: Run, data: Path) -> None:
    done = bare("init")
    assert done.exit_code == 0
    assert "user add" in done.stdout
    keys = sorted((data / "keys").iterdir())
    assert [key.name for key in keys] == ["log.key", "mark-20260601.key", "session.key"]
    assert {mode(key) for key in keys} == {0o600}
    assert len(bytes.fromhex(keys[1].read_text())) == 32
    assert mode(data) == mode(data / "keys") == mode(data / "uploads") == 0o700
    assert mode(data / "traceability.db") == 0o600


def test_init_again_changes_nothing(founded: Run, data: Path) -> None:
    kept = {key: key.read_bytes() for key in (data / "keys").iterdir()}
    facts = _count(data, "fact")
    assert founded("init").exit_code == 0
    assert {key: key.read_bytes() for key in (data / "keys").iterdir()} == kept
    assert _count(data, "fact") == facts == 1
    assert _count(data, "office") == 13


def test_init_founds_either_kind_of_database(data: Path, bare_database_url: str) -> None:
    run = runner(data, lambda: NOW, database_url=bare_database_url)
    for _ in range(2):
        assert run("init").exit_code == 0
    assert run("audit").exit_code == 0


def test_init_tells_the_log_books_of_an_older_release_once(founded: Run, data: Path) -> None:
    engine = sa.create_engine(f"sqlite:///{data / 'traceability.db'}")
    with engine.begin() as connection:
        connection.execute(sa.text("UPDATE fact SET private = '{}'"))
    engine.dispose()
    done = founded("--lang", "en", "init")
    assert "(facts: 1)" in done.stdout
    assert _count(data, "fact") == 2
    assert "facts:" not in founded("--lang", "en", "init").stdout
    assert _count(data, "fact") == 2


def _count(data: Path, table: str) -> int:
    engine = sa.create_engine(f"sqlite:///{data / 'traceability.db'}")
    with engine.connect() as connection:
        found = connection.scalar(sa.text(f"SELECT count(*) FROM {table}"))
    engine.dispose()
    return int(found or 0)


def test_a_command_without_keys_says_what_to_run(bare: Run) -> None:
    done = bare("audit")
    assert done.exit_code == 1
    assert "traceability init" in done.stderr


def test_a_database_that_is_not_there_is_told_without_a_traceback(founded: Run, data: Path) -> None:
    (data / "traceability.db").write_bytes(b"")
    done = founded("audit")
    assert done.exit_code == 1
    assert "traceability init" in done.stderr


def test_a_broken_setting_is_told_by_its_name() -> None:
    done = CliRunner().invoke(main, ["audit"], env={"TRACEABILITY_PUBLIC_URL": "ftp://example.cn"})
    assert done.exit_code == 1
    assert "TRACEABILITY_PUBLIC_URL" in done.stderr


def test_the_first_user_is_an_administrator_and_then_only_administrators_add(founded: Run) -> None:
    add = ("user", "add", "a@example.cn", "--name", "管理员", "--password-stdin", "--role")
    assert founded(*add, "prefecture", input=PASSWORD).exit_code == 2
    assert founded(*add, "administrator", input=PASSWORD).exit_code == 0
    second = ("user", "add", "b@example.cn", "--name", "县局", "--role", "county", "--county", "522701")
    assert founded(*second, "--password-stdin", input=PASSWORD).exit_code == 2
    typed = f"{PASSWORD}\n{PASSWORD}\n"
    assert founded(*second, "--as", "a@example.cn", input=typed).exit_code == 0
    again = founded(*second, "--as", "a@example.cn", "--password-stdin", input=PASSWORD)
    assert again.exit_code == 2
    assert again.stderr.startswith("account.taken")
    not_his = founded(*add, "observer", "--as", "b@example.cn", input=PASSWORD)
    assert not_his.exit_code == 2
    assert not_his.stderr.startswith("not_allowed")


def test_a_user_added_here_can_sign_in_on_the_page(founded: Run, data: Path) -> None:
    add = ("user", "add", "a@example.cn", "--name", "管理员", "--role", "administrator", "--password-stdin")
    assert founded(*add, input="ｆｕｌｌ width 密码 2026\n").exit_code == 0
    assert signs_in(data, "ｆｕｌｌ width 密码 2026") == 302


def test_who_forgot_a_password_is_given_another_by_an_administrator(founded: Run, data: Path) -> None:
    add = ("user", "add", "a@example.cn", "--name", "管理员", "--role", "administrator", "--password-stdin")
    assert founded(*add, input=PASSWORD).exit_code == 0
    facts = _count(data, "fact")
    asked = ("user", "set-password", "a@example.cn", "--password-stdin", "--as")
    assert founded(*asked, "a@example.cn", input="short\n").exit_code == 2
    assert founded(*asked, "nobody@example.cn", input="another one 2026\n").exit_code == 2
    assert _count(data, "fact") == facts
    done = founded(*asked, "a@example.cn", input="another one 2026\n")
    assert (done.exit_code, "another" in done.stdout) == (0, False)
    assert _count(data, "fact") == facts + 1
    assert [signs_in(data, one) for one in (PASSWORD.strip(), "another one 2026")] == [200, 302]


def signs_in(data: Path, password: str) -> int:
    """How the sign-in page answers."""
    from traceability.app import create_app, open_house

    house = open_house(Settings(data=data))
    app = create_app(Settings(data=data), house=house)
    app.config["WTF_CSRF_ENABLED"] = False
    answer = app.test_client().post("/login", data={"email": "a@example.cn", "password": password})
    house.sessions.kw["bind"].dispose()
    return answer.status_code


def test_a_password_the_sign_in_page_would_not_take_is_refused(founded: Run) -> None:
    add = ("user", "add", "a@example.cn", "--name", "管理员", "--role", "administrator", "--password-stdin")
    assert founded(*add, input="short\n").exit_code == 2


def test_a_manager_is_added_to_a_firm_by_its_code(run: Run, world: World) -> None:
    add = ("user", "add", "m@example.cn", "--name", "负责人", "--role", "manager", "--password-stdin")
    to = ("--as", email(world, world.admin), "--enterprise")
    unknown = run(*add, *to, "91522701MAXTEA999X", input=PASSWORD)
    assert (unknown.exit_code, "91522701MAXTEA999X" in unknown.stderr) == (2, True)
    assert run(*add, *to, "91522701maxtea015p", input=PASSWORD).exit_code == 0
    with look(world.house) as work:
        assert people.identity_named(work, "m@example.cn").enterprise == world.firm.id


# --- demo ---------------------------------------------------------------------------------------------------


@pytest.fixture
def small_demo(monkeypatch: pytest.MonkeyPatch) -> None:
    """A demo that founds one administrator."""

    def live(
        house: Any, *, today: Any, hash_password: Any, progress: Any, seed: int, seal: Any
    ) -> DemoResult:
        with change(house) as work:
            if not people.is_empty(work):
                raise DemoRefused
            people.create_user(
                work, by=people.FOUNDER, now=NOW, email="demo@example.cn", password_hash=hash_password(PASSWORD),
                name="演示", role=Role.ADMINISTRATOR,
            )  # fmt: skip
        account = DemoAccount("demo@example.cn", PASSWORD, "演示", "administrator", "州局")
        return DemoResult((account,), (("0000-0000-0000-0000", "first_scan"),))

    monkeypatch.setattr(traceability.demo, "live", live)


@pytest.mark.usefixtures("small_demo")
def test_the_demo_is_told_kept_privately_and_refused_a_second_time(founded: Run, data: Path) -> None:
    done = founded("demo", "--today", "2026-11-23")
    assert done.exit_code == 0
    assert PASSWORD in done.stdout
    assert "/m/0000-0000-0000-0000" in done.stdout
    assert mode(data / "demo.json") == 0o600
    assert json.loads((data / "demo.json").read_text())["accounts"][0]["email"] == "demo@example.cn"
    assert founded("demo").exit_code == 2
    assert founded("demo", "--if-empty").exit_code == 0


@pytest.mark.usefixtures("small_demo")
def test_a_demo_that_was_broken_off_is_not_taken_for_a_whole_one(
    founded: Run, monkeypatch: pytest.MonkeyPatch, data: Path
) -> None:
    whole = traceability.demo.live

    def broken_off(*args: Any, **kwargs: Any) -> None:
        whole(*args, **kwargs)
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(traceability.demo, "live", broken_off)
        assert founded("demo").exit_code == 1
    again = founded("demo", "--if-empty")
    assert again.exit_code == 2
    assert str(data) in again.stderr


# --- verify -------------------------------------------------------------------------------------------------

CODE = "7K3M9QWX4T2B8DHR"


@pytest.mark.parametrize(
    ("text", "read"),
    [
        (CODE, (CODE, None)),
        ("7K3M-9QWX-4T2B-8DHR", ("7K3M-9QWX-4T2B-8DHR", None)),
        (f"https://example.cn/m/{CODE}", (CODE, None)),
        (f"HTTPS://EXAMPLE.CN/M/{CODE}", (CODE, None)),
        (f"example.cn/m/{CODE}/?lang=en", (CODE, None)),
        (f"/M/{CODE}", (CODE, None)),
        (f"HTTPS://EXAMPLE.CN/01/06901234567892/21/{CODE}", (CODE, "06901234567892")),
        (f"https://example.cn/t/01/06901234567892/21/{CODE}?x=1#y", (CODE, "06901234567892")),
    ],
)
def test_codes_and_both_addresses_are_read_in_any_case(text: str, read: tuple[str, str | None]) -> None:
    assert read_mark(text) == read


def test_a_known_mark_is_told_with_what_to_compare(run: Run, packed: Packed) -> None:
    serial = packed.applied[0].first
    done = run("verify", code_of(serial))
    assert done.exit_code == 0
    for told in ("都匀示例茶业有限公司", "珍品", "100 克", f"{serial:010d}", "包装日期"):
        assert told in done.stdout


def test_looking_from_here_is_kept_but_is_no_look_of_the_public(
    run: Run, packed: Packed, world: World
) -> None:
    code = code_of(packed.applied[0].first)
    verdicts = [json.loads(run("verify", code, "--json").stdout)["verdict"] for _ in range(2)]
    assert verdicts == ["first_scan", "first_scan"]
    with look(world.house) as work:
        assert list(work.session.scalars(sa.select(ScanRow.door))) == [Door.COMMAND.value] * 2


def test_what_nobody_issued_is_unknown_with_status_1(run: Run, packed: Packed) -> None:
    code = code_of(packed.applied[0].first)
    wrong = code[:-1] + ("0" if code[-1] != "0" else "1")
    for asked in (wrong, code_of(99_999), "nonsense", "https://example.cn/", f"/01/06901234567892/21/{code}"):
        done = run("verify", asked, "--json")
        assert done.exit_code == 1
        assert json.loads(done.stdout) == {"asked": asked, "verdict": "unknown"}
    assert run("verify", wrong).exit_code == 1


def test_the_trade_item_number_before_a_code_has_to_be_its_product(run: Run, world: World) -> None:
    product = world.product(250, gtin="6901234567892", by=world.firm.manager)
    batch = world.passed_batch(kg=1)
    ranges = world.issued_batch(batch=batch, packs=4, product=product).ranges
    code = code_of(ranges[0].first)
    assert run("verify", f"HTTPS://EXAMPLE.CN/01/06901234567892/21/{code}").exit_code == 0
    assert run("verify", f"https://example.cn/m/{code}").exit_code == 0
    assert run("verify", f"https://example.cn/01/06912345678901/21/{code}").exit_code == 1


def test_many_are_answered_a_line_each(run: Run, packed: Packed) -> None:
    code = code_of(packed.applied[0].first)
    done = run("verify", "-", input=f"{code}\n\nnonsense\n")
    assert done.exit_code == 1
    first, second = (line.split("\t") for line in done.stdout.splitlines())
    assert (first[0], first[1]) == (code, "first_scan")
    assert second == ["nonsense", "unknown"]
    told = run("verify", "-", "--json", input=f"{code}\n")
    assert told.exit_code == 0
    assert json.loads(told.stdout)["pack"]["control_number"] == f"{packed.applied[0].first:010d}"


# --- marks --------------------------------------------------------------------------------------------------


def test_marks_are_requested_approved_issued_printed_voided_and_returned(
    run: Run, world: World, tmp_path: Path
) -> None:
    firm, county = email(world, world.firm.manager), email(world, world.county)
    batch = _no(world, world.passed_batch(kg=2))
    done = run("marks", "request", "--as", firm, "--batch", batch, "--line", f"#{world.firm.p100}:10:1")
    assert done.exit_code == 0
    listed = json.loads(run("marks", "list", "--as", county, "--json").stdout)
    request = listed["requests"][0]["no"]
    unread = run("marks", "approve", request, "--as", county)
    assert (unread.exit_code, unread.stderr.split()[0]) == (2, "batch.not_passed")
    assert run("marks", "approve", request, "--as", county, "--report-confirmed").exit_code == 0
    assert run("marks", "issue", request, "--as", county).exit_code == 0

    issued = json.loads(run("marks", "list", "--as", firm, "--batch", batch, "--json").stdout)["ranges"][0]
    first = issued["first"]
    assert issued["counts"] == {"on_hand": 11}
    live = {"public_url": "https://example.cn", "public_url_confirmed": True}
    labels = ("marks", "print", f"{first}-{first + 9}", "--as", firm, "--pack-day", "2026-03-26", "--out")
    done = run(*labels, tmp_path / "live", **live)
    assert done.exit_code == 0, done.stderr
    files = {file.name.rsplit("-", 1)[1]: file for file in (tmp_path / "live").iterdir()}
    assert set(files) == {"0001.pdf", "manifest.json"}
    assert {mode(file) for file in files.values()} == {0o600}
    assert files["0001.pdf"].read_bytes().startswith(b"%PDF-")
    assert run("marks", "void", first, "--as", firm, "--reason", "印坏").exit_code == 0
    back = (
        "marks",
        "return",
        first + 10,
        "--as",
        county,
        "--enterprise",
        "91522701MAXTEA015P",
        "--reason",
        "多余",
        "--witness",
        "李四",
    )
    assert run(*back, "--counted", 2).exit_code == 2
    assert run(*back, "--counted", 1).exit_code == 0
    counts = json.loads(run("marks", "list", "--as", firm, "--json").stdout)["ranges"][0]["counts"]
    assert counts == {"printed": 9, "void": 1, "returned": 1}
    assert "已作废 1" in run("marks", "list", "--as", firm).stdout


def _no(world: World, lot: int) -> str:
    return str(world.see(chain.dossier, lot=lot).lot.no)


def test_what_is_not_confirmed_comes_out_as_a_sample_and_says_why(
    run: Run, world: World, tmp_path: Path
) -> None:
    serials = world.issued_batch(packs=4).ranges[0]
    firm = email(world, world.firm.manager)
    asked = (
        "marks",
        "print",
        f"{serials.first}-{serials.last}",
        "--as",
        firm,
        "--pack-day",
        "2026-03-26",
        "--out",
    )
    done = run(*asked, tmp_path / "sample")
    assert done.exit_code == 0
    assert "SAMPLE" in done.stdout
    assert "https" in done.stdout
    [sample] = (tmp_path / "sample").iterdir()
    assert sample.read_bytes().startswith(b"%PDF-")
    second = run(*asked, tmp_path / "second", public_url="https://example.cn")
    assert "TRACEABILITY_PUBLIC_URL_CONFIRMED" in second.stdout
    listed = json.loads(run("marks", "list", "--as", firm, "--json").stdout)
    assert listed["ranges"][0]["counts"] == {"on_hand": 4}


def test_a_print_that_is_refused_books_nothing_and_leaves_no_file(
    run: Run, world: World, tmp_path: Path
) -> None:
    serials = world.issued_batch(packs=4).ranges[0]
    firm = email(world, world.firm.manager)
    live = {"public_url": "https://example.cn", "public_url_confirmed": True}
    asked = (
        "marks",
        "print",
        f"{serials.first}-{serials.last}",
        "--as",
        firm,
        "--out",
        tmp_path / "live",
    )
    done = run(*asked, **live)
    assert (done.exit_code, done.stderr.split()[0]) == (2, "print.pack_day_missing")
    nowhere = run(*asked[:-1], tmp_path / "data" / "traceability.db" / "live", **live)
    assert nowhere.exit_code == 2
    assert run("marks", "jobs", "--as", firm, "--json").stdout.strip() == "[]"
    assert [path.name for path in tmp_path.iterdir()] == ["data"]
    assert json.loads(run("marks", "list", "--as", firm, "--json").stdout)["ranges"][0]["counts"] == {
        "on_hand": 4
    }


def test_a_print_job_is_taken_up_again_its_files_reprinted_with_a_reason_and_it_is_given_up(
    run: Run, world: World, tmp_path: Path
) -> None:
    serials, other = world.issued_batch(packs=4).ranges[0], world.issued_batch(packs=4).ranges[0]
    live = {"public_url": "https://example.cn", "public_url_confirmed": True}
    who = ("--as", email(world, world.firm.manager))
    out = tmp_path / "out"
    assert run("marks", "print", serials, *who, "--data", "示例印务", "--out", out, **live).exit_code == 0
    [job] = json.loads(run("marks", "jobs", *who, "--json").stdout)
    assert (job["state"], job["recipient"], job["marks"]) == ("done", "示例印务", 4)
    assert run("marks", "resume", job["no"], *who, "--out", out, **live).exit_code == 0
    [file] = out.glob("*.csv")
    before = file.read_bytes()
    assert run("marks", "take", job["no"], 1, *who, "--out", out, **live).stderr.startswith(
        "print.handed_over"
    )
    assert run("marks", "undelivered", job["no"], 1, *who, "--reason", "邮件丢失").exit_code == 0
    file.unlink()
    assert run("marks", "take", job["no"], 1, *who, "--out", out, **live).exit_code == 0
    assert file.read_bytes() == before
    waiting = world.opened([other])
    no = world.see(marks.print_job, number=waiting).no
    assert run("marks", "stop", no, *who, "--reason", "选错了").exit_code == 0
    assert no in run("marks", "jobs", *who).stdout
    assert run("marks", "resume", no, *who, "--out", out, **live).stderr.startswith("print.job_closed")
    assert run("marks", "resume", "L26-999999", *who, "--out", out, **live).stderr.startswith(
        "print.job_unknown"
    )


def test_marks_are_lost_restored_and_lapse_from_the_command_line(run: Run, world: World) -> None:
    packed = world.packed(packs=3, extra=1)
    firm = ("--as", email(world, world.firm.manager))
    county = ("--as", email(world, world.county), "--enterprise", "91522701MAXTEA015P")
    missing = packed.nth(3)[0]
    assert run("marks", "lost", missing, *firm, "--counted", 1, "--reason", "遗失").exit_code == 0
    refused = run("marks", "restore", missing, *county, "--counted", 1, "--reason", "找到")
    assert refused.stderr.startswith("marks.not_restorable")
    assert run("marks", "lapse", *county, "--season", 2026).stderr.startswith("marks.season_not_over")
    assert run("marks", "lapse", *county, "--season", 2025).stderr.startswith("marks.nothing_to_lapse")


def test_a_refusal_ends_with_2_its_code_its_words_and_its_numbers(run: Run, world: World) -> None:
    batch = _no(world, world.passed_batch(kg=1))
    asked = ("marks", "request", "--as", email(world, world.firm.manager), "--batch", batch)
    done = run(*asked, "--line", f"#{world.firm.p100}:11")
    assert done.exit_code == 2
    assert done.stdout == ""
    assert done.stderr.startswith("request.exceeds_batch  ")
    assert "asked_kg=1.10" in done.stderr
    assert "free_kg=1.00" in done.stderr
    assert run(*asked, "--line", "nothing:5").stderr.startswith("product.unknown")
    assert run(*asked, "--line", "nothing").exit_code == 2


def test_permissions_are_those_of_the_pages(run: Run, world: World) -> None:
    for who, code in ((world.prefecture, "not_allowed"), (world.other_county, "request.unknown")):
        request = world.request(world.passed_batch(kg=1))
        no = next(one["no"] for one in _requests(run, world) if one["state"] == "filed")
        done = run("marks", "approve", no, "--as", email(world, who), "--report-confirmed")
        assert (done.exit_code, done.stderr.split()[0]) == (2, code), request
    assert run("marks", "list", "--as", "nobody@example.cn").stderr.startswith("not_found")
    assert run("marks", "list").exit_code == 2
    assert run("marks", "lost", "1").exit_code == 2


def _requests(run: Run, world: World) -> list[dict[str, Any]]:
    told = run("marks", "list", "--as", email(world, world.prefecture), "--json").stdout
    found: list[dict[str, Any]] = json.loads(told)["requests"]
    return found


def test_the_same_request_key_asks_once(run: Run, world: World) -> None:
    batch = _no(world, world.passed_batch(kg=2))
    asked = ("marks", "request", "--as", email(world, world.firm.manager), "--batch", batch)
    for _ in range(2):
        assert run(*asked, "--line", "都匀毛尖茶100:5", "--key", "k-1").exit_code == 0
    assert len(_requests(run, world)) == 1


# --- trace, audit -------------------------------------------------------------------------------------------


def test_a_trace_names_every_lot_edge_and_plot(run: Run, world: World) -> None:
    teas = {world.tea(kg=1): 1000, world.tea(kg=2): 2000}
    batch = world.passed_batch(kg="2.985", inputs=teas)
    ranges = world.marked_batch(batch=batch, packs=20).ranges
    ask = PackAsk(world.firm.p100, 20, tuple(ranges))
    lot = world.do(chain.pack, batch=batch, asks=[ask]).lots[0]
    observer = email(world, world.observer)

    told = json.loads(run("trace", _no(world, lot), "--as", observer, "--json").stdout)
    found = world.see(chain.trace, by=world.observer, lot=lot)
    assert told == json.loads(json.dumps(trace_told(found), default=lambda one: one.isoformat()))
    edges = {(edge["from"], edge["to"]): edge["grams"] for edge in told["edges"]}
    assert edges[batch, lot] == 2000
    assert {edges[tea, batch] for tea in teas} == {1000, 2000}
    assert {one["kind"] for one in told["lots"]} == {"leaf", "made_tea", "batch", "pack_lot"}
    leaf = {one["id"] for one in told["lots"] if one["kind"] == "leaf"}
    assert {one["lot"] for one in told["plots"]} == leaf
    assert sum(one["grams"] for one in told["plots"]) == sum(edges[one] for one in edges if one[0] in leaf)

    drawn = run("trace", _no(world, lot), "--as", observer).stdout
    assert "2.00 kg" in drawn
    assert drawn.count("PLOT-") == len(leaf)
    tea = min(teas)
    forward = json.loads(run("trace", f"#{tea}", "--forward", "--as", observer, "--json").stdout)
    assert {one["id"] for one in forward["lots"]} == {tea, batch, lot}
    assert "1.00 kg" in run("trace", f"#{tea}", "--forward", "--as", observer).stdout


def test_a_lot_met_twice_is_drawn_once(run: Run, world: World) -> None:
    tea = world.tea(kg=3)
    once, twice = world.batch({tea: 1000}), world.batch({tea: 1500})
    again = world.batch({once: 400, twice: 600})
    drawn = run("trace", f"#{again}", "--as", email(world, world.observer)).stdout
    assert drawn.count(_no(world, tea)) == 2
    assert drawn.count("PLOT-") == 1
    assert "（见上）" in drawn


def test_a_lot_out_of_reach_is_unknown(run: Run, world: World) -> None:
    done = run("trace", f"#{world.tea()}", "--as", email(world, world.other.manager))
    assert (done.exit_code, done.stderr.split()[0]) == (2, "lot.unknown")


def test_who_asks_may_stand_in_the_environment(run: Run, world: World, data: Path) -> None:
    desk = Desk(Settings(data=data), lambda: world.now)
    env = {"TRACEABILITY_AS": email(world, world.observer)}
    assert CliRunner().invoke(main, ["trace", f"#{world.tea()}"], obj=desk, env=env).exit_code == 0


def test_books_that_close_say_so(run: Run, packed: Packed) -> None:
    done = run("audit", "--season", 2026, "--json")
    assert done.exit_code == 0
    told = json.loads(done.stdout)
    assert (told["closes"], told["breaches"], told["marks_issued"]) == (True, [], 10)
    total = told["book"]["total"]
    assert (total["gap_g"], total["marks"]["done"]["apply"], total["marks"]["gap"]) == (0, 10, 0)
    assert sum(one["leaf_g"] for one in told["book"]["counties"]) == total["leaf_g"] > 0
    before = json.loads(run("audit", "--json", "--as-known-on", "2026-03-01").stdout)
    assert before["book"]["total"]["leaf_g"] == 0
    assert run("audit").exit_code == 0


def test_books_that_do_not_close_end_with_1(run: Run, world: World) -> None:
    lot = world.tea(kg=2)
    with world.house.sessions.kw["bind"].begin() as connection:
        connection.execute(sa.text("UPDATE entry SET grams = grams - 2500 WHERE lot_id = :lot"), {"lot": lot})
    done = run("audit", "--json")
    assert done.exit_code == 1
    told = json.loads(done.stdout)
    assert {one["code"] for one in told["breaches"]} == {"event.unbalanced", "lot.overdrawn", "books.lines"}
    assert _no(world, lot) in {one["lot"] for one in told["breaches"]}
    other = json.loads(run("audit", "--json", "--season", 2020).stdout)
    assert {one["code"] for one in other["breaches"]} == {"event.unbalanced", "books.lines"}
    assert "lot.overdrawn" in run("audit").stdout


# --- serve --------------------------------------------------------------------------------------------------


def free_port() -> int:
    with socket.socket() as tried:
        tried.bind(("127.0.0.1", 0))
        return int(tried.getsockname()[1])


def answered(url: str, server: subprocess.Popen[str], *, within: float = 30) -> int:
    """The status of a page, once the server is up; not waited for when it has ended."""
    until = time.monotonic() + within
    while True:
        try:
            with urllib.request.urlopen(url, timeout=5) as answer:
                return int(answer.status)
        except OSError:
            if time.monotonic() > until or server.poll() is not None:
                raise
            time.sleep(0.1)


@pytest.mark.usefixtures("founded")
def test_the_server_answers_says_where_and_ends_when_told(data: Path) -> None:
    told = {"accounts": [], "codes": [["0000-0000-0000-0000", "first_scan"]]}
    (data / "demo.json").write_text(json.dumps(told))
    port = free_port()
    command = [
        sys.executable,
        "-m",
        "traceability.cli",
        "--lang",
        "en",
        "serve",
        "--welcome",
        "--port",
        str(port),
    ]
    env = os.environ | {"TRACEABILITY_DATA": str(data)}
    server = subprocess.Popen(command, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    try:
        assert answered(f"http://127.0.0.1:{port}/", server) == 200
    finally:
        server.terminate()
        said, _ = server.communicate(timeout=30)
    assert server.returncode == 0, said
    assert f"http://127.0.0.1:{port}/m/0000-0000-0000-0000" in said


def test_a_taken_port_is_told(founded: Run) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = founded("serve", "--port", port)
    assert done.exit_code == 1
    assert str(port) in done.stderr
    assert "--port" in done.stderr


def test_the_server_needs_known_doors_and_keys(bare: Run) -> None:
    assert bare("serve", "--faces", "back").exit_code == 2
    done = bare("serve", "--port", free_port())
    assert done.exit_code == 1
    assert "traceability init" in done.stderr


# --- scans --------------------------------------------------------------------------------------------------


def test_scans_are_forgotten_in_rounds_when_their_time_is_over(
    run: Run, world: World, packed: Packed, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rounds = []

    def few(session: Session, before: datetime) -> int:
        rounds.append(forget_scans(session, before, most=2))
        return rounds[-1]

    monkeypatch.setattr(scan_rows, "forget_scans", few)
    for n in range(5):
        look_at(world, 1, client=f"c{n}")
    world.later(days=800)
    assert run("verify", code_of(1)).exit_code == 0
    done = run("scans", "forget")
    assert (done.exit_code, done.stdout) == (0, "已删除 5 条超过保存期限的查验记录。\n")
    assert rounds == [2, 2, 1, 0]
    assert _count(data, "scan") == 1
    assert look_at(world, 1, client="after").seen.times == 5
    assert run("scans", "forget").stdout == "已删除 0 条超过保存期限的查验记录。\n"


# --- the doorway --------------------------------------------------------------------------------------------


def test_every_command_is_where_the_table_says() -> None:
    for name in COMMANDS:
        found = main.get_command(click.Context(main), name)
        assert found is not None
        assert found.name == name
        assert found.help


def test_help_loads_nothing_heavy() -> None:
    code = "import sys; from traceability.cli import main; main(['--help'], standalone_mode=False); print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not {"flask", "sqlalchemy", "weasyprint", "granian"} & set(done.stdout.split())


def test_answers_are_in_the_terminals_language(data: Path, founded: Run) -> None:
    said = {}
    for spoken in ("zh_CN.UTF-8", "en_US.UTF-8"):
        env = {"LC_ALL": spoken, "TRACEABILITY_AS": None}
        desk = Desk(Settings(data=data), lambda: NOW)
        said[spoken] = CliRunner().invoke(main, ["audit"], obj=desk, env=env).stdout
    assert said["zh_CN.UTF-8"].splitlines()[-1] == "账目平衡。"


def test_a_file_whose_writing_fails_never_appears(tmp_path: Path) -> None:
    def half() -> None:
        with whole_file(tmp_path / "a") as opened:
            opened.write(b"half")
            raise InterruptedError

    with pytest.raises(InterruptedError):
        half()
    assert list(tmp_path.iterdir()) == []


# --- template, import -------------------------------------------------------------------------------------------


def test_the_template_is_written_whole(bare: Run, tmp_path: Path) -> None:
    out = tmp_path / "season.xlsx"
    assert bare("template", "--out", out).exit_code == 0
    assert out.read_bytes().startswith(b"PK")


@pytest.fixture
def bringing(run: Run, world: World, tmp_path: Path) -> Callable[..., Result]:
    """`import` of a workbook with these receipts, as the first firm's clerk."""

    def brought(
        rows: Any, *more: str, uscc: str = "91522701MAXTEA015P", who: Identity | None = None
    ) -> Result:
        file = tmp_path / "season.xlsx"
        file.write_bytes(workbook(receipts=rows))
        return run("import", file, "--enterprise", uscc, "--as", email(world, who or world.firm.clerk), *more)

    return brought


def test_a_workbook_is_tried_and_then_brought_in(bringing: Callable[..., Result], world: World) -> None:
    rows = leaf(world, 7)
    tried = bringing(rows, "--dry-run")
    assert tried.exit_code == 0
    assert "会登记 7 行" in tried.stdout
    assert world.see(chain.events) == []
    done = bringing(rows, "--json")
    assert json.loads(done.stdout)["sheets"] == {"receipts": {"new": 7, "same": 0, "conflict": 0, "wrong": 0}}
    assert len(world.see(chain.events)) == 7
    assert "没有新的内容" in bringing(rows).stdout


def test_what_is_wrong_in_a_workbook_is_told_and_nothing_is_brought_in(
    bringing: Callable[..., Result], world: World
) -> None:
    rows = leaf(world, 3)
    rows[1][4] = "很重"
    told = bringing(rows)
    assert told.exit_code == 1
    assert "鲜叶收青!E3\t很重\tweight.unreadable" in told.stdout
    assert "1 处需要改正，什么也没有登记" in told.stdout
    [trouble] = json.loads(bringing(rows, "--json").stdout)["troubles"]
    assert (trouble["sheet"], trouble["cell"], trouble["rule"]) == ("鲜叶收青", "E3", "weight.unreadable")
    assert world.see(chain.events) == []


def test_a_workbook_is_brought_in_by_the_firms_own_people_only(
    bringing: Callable[..., Result], world: World
) -> None:
    rows = leaf(world, 1)
    for uscc, who in (("91522702MAXTEA020P", None), ("91522701MAXTEA015P", world.other.manager)):
        assert bringing(rows, uscc=uscc, who=who).exit_code == 2
    assert bringing(rows, who=world.county).exit_code == 2
    assert world.see(chain.events) == []


def test_a_file_that_is_no_workbook_is_refused_by_its_code(run: Run, world: World, tmp_path: Path) -> None:
    file = tmp_path / "broken.xlsx"
    file.write_bytes(b"PK and nothing else")
    told = run("import", file, "--enterprise", "91522701MAXTEA015P", "--as", email(world, world.firm.clerk))
    assert told.exit_code == 2
    assert "workbook.unreadable" in told.stderr
