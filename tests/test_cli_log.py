"""`traceability log …`, the key `init` makes, and what a server does by itself: sealing, and the check at night."""

import json
import stat
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from threading import Event
from typing import Any

import pytest
import sqlalchemy as sa
from click.testing import Result

from tests.sealing import SIGNER, keep_facts, seal_all
from tests.test_cli import NOW, data, runner, world, worlds
from tests.world import World
from traceability.app import NoKeys, read_log_key
from traceability.cli.nightly import Nightly
from traceability.cli.sealing import Sealing
from traceability.config import Settings
from traceability.domain.log.notes import Checkpoint, Note, Signer, open_checkpoint
from traceability.domain.people import Within
from traceability.services import log
from traceability.store import log as rows
from traceability.store import oversight as oversight_rows

__all__ = ["data", "world", "worlds"]

Run = Callable[..., Result]


@pytest.fixture
def run(world: World, data: Path) -> Run:
    """Commands in a small world that has the key of a log."""
    file = data / "keys/log.key"
    file.write_text(SIGNER.secret() + "\n")
    file.chmod(0o600)
    return runner(data, lambda: world.now, secret_key="s" * 40)


def tamper(world: World, sql: str) -> None:
    """By hand, behind the back of everything."""
    with world.house.sessions.kw["bind"].begin() as connection:
        connection.execute(sa.text(sql))


# --- the key ----------------------------------------------------------------------------------------------------------


def test_init_makes_a_key_with_the_name_of_the_log(data: Path) -> None:
    run = runner(data, lambda: NOW, public_url="https://maojian.example.gov.cn/check")
    assert run("init").exit_code == 0
    file = data / "keys/log.key"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert Signer.read(file.read_text()).name == "maojian.example.gov.cn/check/log"
    before = file.read_text()
    assert runner(data, lambda: NOW, public_url="https://other.example")("init").exit_code == 0
    assert file.read_text() == before


def test_a_log_may_have_a_name_of_its_own(data: Path) -> None:
    assert runner(data, lambda: NOW, log_origin="qiannan.example/tea")("init").exit_code == 0
    found = read_log_key(Settings(data=data))
    assert found is not None
    assert found.name == "qiannan.example/tea"


@pytest.mark.parametrize("name", ["two words", "a+b", "a\nb"])
def test_a_name_no_signature_can_carry_is_refused(data: Path, name: str) -> None:
    with pytest.raises(ValueError, match="spaces"):
        Settings(data=data, log_origin=name)


def test_a_key_that_others_can_read_or_that_is_none_is_refused(run: Run, data: Path) -> None:
    file = data / "keys/log.key"
    file.chmod(0o644)
    with pytest.raises(NoKeys, match="open to others"):
        read_log_key(Settings(data=data))
    file.chmod(0o600)
    file.write_text("tea")
    assert "is no key" in run("log", "verify").output


def test_without_a_key_the_commands_say_how_to_get_one(world: World, data: Path) -> None:
    told = runner(data, lambda: world.now, secret_key="s" * 40)("log", "seal")
    assert told.exit_code == 1
    assert "traceability init" in told.output


# --- seal and verify --------------------------------------------------------------------------------------------------


def test_what_waits_is_sealed_and_checked(run: Run, world: World) -> None:
    world.packed(packs=2)
    waiting = world.rows(rows.queued)
    told = run("log", "seal")
    assert (told.exit_code, told.output) == (0, f"新封存 {waiting} 条，公开日志共 {waiting} 条。\n")
    again = json.loads(run("log", "seal", "--json").output)
    assert again == {"sealed": 0, "size": waiting, "key": str(SIGNER.key)}
    told = run("log", "verify")
    assert (told.exit_code, told.output) == (0, f"已核对公开日志 {waiting} 条，与签名和账目一致。\n")
    told = json.loads(run("log", "verify", "--json").output)
    assert told == {"size": waiting, "ok": True, "count": 0, "differences": []}


def test_the_first_entry_that_differs_is_named(run: Run, world: World) -> None:
    run("log", "seal")
    tamper(world, "UPDATE fact SET actor_id = 77 WHERE id <= 30")
    told = run("log", "verify")
    assert told.exit_code == 1
    assert "处不符" in told.output
    assert "fact  1  opening  应为 " in told.output
    assert "……另有 10 处。" in told.output
    found = json.loads(run("log", "verify", "--json").output)
    assert (found["ok"], found["count"], len(found["differences"])) == (False, 30, 20)
    assert found["differences"][0]["table"] == "fact"


def test_a_checkpoint_that_was_kept_is_held_against_the_log(run: Run, world: World, tmp_path: Path) -> None:
    run("log", "seal")
    note = world.see(log.latest).note
    kept = tmp_path / "kept.txt"
    kept.write_text(note, "utf-8")
    keep_facts(world, 2)
    run("log", "seal")
    assert run("log", "verify", "--since", kept).exit_code == 0
    size = open_checkpoint(note, [SIGNER.key]).size
    tamper(world, f"DELETE FROM log_leaf WHERE number >= {size}")
    tamper(world, f"DELETE FROM log_checkpoint WHERE size > {size}")
    newer = tmp_path / "newer.txt"
    newer.write_text(str(log_note(size + 2)), "utf-8")
    told = run("log", "verify", "--since", newer)
    assert told.exit_code == 1
    assert f"log_checkpoint  {size + 2}  size" in told.output


def log_note(size: int) -> Note:
    return Checkpoint(SIGNER.name, size, b"\x01" * 32).signed_by([SIGNER])


def test_a_file_this_log_did_not_sign_is_refused(run: Run, world: World, tmp_path: Path) -> None:
    run("log", "seal")
    file = tmp_path / "x.txt"
    file.write_text("tea\n", "utf-8")
    assert run("log", "verify", "--since", file).exit_code == 2
    assert run("log", "verify", "--key", "tea").exit_code == 2
    other = Signer(SIGNER.name, b"\x06" * 32).key
    told = run("log", "verify", "--key", str(other))
    assert told.exit_code == 1
    assert "key" in told.output


# --- what a server does by itself -------------------------------------------------------------------------------------


def test_a_server_seals_what_comes_in(run: Run, world: World) -> None:
    sealing = Sealing.of(world.house, SIGNER)
    told: list[int] = []
    waiting = world.rows(rows.queued)
    small = Sealing(sealing.look, sealing.seal, SIGNER, lambda: world.now, most=10)
    assert small.do(told.append) == waiting
    assert told[0] == 10
    assert told[-1] == waiting
    assert sealing.do() == 0


def test_a_time_that_fails_is_not_the_last_one(world: World, caplog: pytest.LogCaptureFixture) -> None:
    stop, times = Event(), []

    def fails() -> Any:
        times.append(1)
        if len(times) == 3:
            stop.set()
        raise RuntimeError

    Sealing(fails, fails, SIGNER).start(0, stop).join(10)
    assert len(times) == 3
    assert "was not sealed" in caplog.text


def night(world: World) -> Nightly:
    return Nightly.of(world.house, SIGNER.key)


def test_at_night_the_log_is_checked_once_and_a_mismatch_is_a_finding(world: World) -> None:
    seal_all(world)
    assert night(world).check_log(world.now) == 0
    assert night(world).check_log(world.now) is None
    tamper(world, "UPDATE fact SET actor_id = 77 WHERE id = 3")
    world.later(days=1)
    assert night(world).check_log(world.now) == 1
    codes = [one.code for one in world.rows(oversight_rows.findings, within=Within.all())]
    assert codes == [log.MISMATCH]
    assert Nightly.of(world.house).check_log(world.now + timedelta(days=2)) is None
