"""`traceability evidence`, `log witness`, `log add-witness` and `log cosign`."""

import stat
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from click.testing import Result
from werkzeug.serving import make_server

from tests.packs import WITNESS
from tests.sealing import SIGNER, keep_facts, seal_all
from tests.test_cli import data, email, runner, world, worlds
from tests.web.conftest import app_over
from tests.world import World
from traceability.cli.witness import _number
from traceability.domain.log.notes import Checkpoint, Note, Signer
from traceability.formats.evidence import verify
from traceability.services import log

__all__ = ["data", "world", "worlds"]

Run = Callable[..., Result]


@pytest.fixture
def run(world: World, data: Path) -> Run:
    file = data / "keys/log.key"
    file.write_text(SIGNER.secret() + "\n")
    file.chmod(0o600)
    return runner(data, lambda: world.now, secret_key="s" * 40)


@pytest.fixture
def address(world: World, tmp_path: Path) -> Iterator[str]:
    """The public door of the world, served on this machine."""
    server = make_server("127.0.0.1", 0, app_over(world, tmp_path / "served"), threaded=True)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/log"
    server.shutdown()
    thread.join()


def asked(tmp_path: Path, **more: Any) -> list[object]:
    told = {
        "state": tmp_path / "state.txt",
        "log-key": SIGNER.key,
        "key": tmp_path / "w.key",
        "name": "w.example",
    }
    return [part for name, value in (told | more).items() for part in (f"--{name}", value)]


def test_a_pack_is_written_and_checks(run: Run, world: World, tmp_path: Path) -> None:
    packed = world.packed(packs=2)
    seal_all(world)
    kept = tmp_path / "kept.txt"
    kept.write_text(world.see(log.latest).note)
    who = email(world, world.firm.manager)
    out = tmp_path / "pack.zip"
    done = run("evidence", f"#{packed.lot}", "--as", who, "--out", out, "--checkpoint", kept)
    assert done.exit_code == 0, done.output
    assert "证据包已写入 pack.zip" in done.output
    assert verify.main([str(out), "--key", str(SIGNER.key), "--checkpoint", str(kept)]) == 0
    first = out.read_bytes()
    assert run("evidence", f"#{packed.lot}", "--as", who, "--out", out).exit_code == 0
    assert out.read_bytes() == first


def test_a_witness_follows_the_log_over_http_and_hands_in_what_it_signed(
    run: Run, world: World, address: str, tmp_path: Path
) -> None:
    keep_facts(world, 600)
    seal_all(world)
    first = run("log", "witness", *asked(tmp_path, url=address))
    assert first.exit_code == 0, first.output
    assert "新的共同签名公钥" in first.stderr
    assert stat.S_IMODE((tmp_path / "w.key").stat().st_mode) == 0o600
    keep_facts(world, 300)
    seal_all(world)
    out = tmp_path / "cosigned.txt"
    assert run("log", "witness", *asked(tmp_path, url=address, out=out)).exit_code == 0
    key = Signer.read((tmp_path / "w.key").read_text()).key
    assert Note.read(out.read_text()).signers([SIGNER.key, key]) == [SIGNER.key, key]
    who = email(world, world.prefecture)
    assert run("log", "add-witness", str(key), "--as", who).exit_code == 0
    assert "已登记 w.example 对" in run("log", "cosign", out, "--as", who).output
    assert "都已登记过" in run("log", "cosign", out, "--as", who).output
    assert [one.witness for one in world.see(log.latest).cosigned] == ["w.example"]


def test_a_witness_reads_a_folder_and_says_why_it_refuses(run: Run, world: World, tmp_path: Path) -> None:
    """The log in files: a checkpoint, and its tiles beside it."""
    for size, first in ((3, b"a"), (2, b"a"), (5, b"b")):
        _put(tmp_path / f"{size}{first.decode()}", size, first)
    good = run("log", "witness", *asked(tmp_path, checkpoint=tmp_path / "3a/checkpoint"))
    assert good.exit_code == 0, good.output
    state = (tmp_path / "state.txt").read_text()
    short = run("log", "witness", *asked(tmp_path, checkpoint=tmp_path / "2a/checkpoint"))
    assert (short.exit_code, short.stdout) == (1, "")
    assert "日志变短了，上次 3 条，这次 2 条" in short.stderr
    fork = run("log", "witness", *asked(tmp_path, checkpoint=tmp_path / "5b/checkpoint"))
    assert fork.exit_code == 1
    assert "日志被改写过" in fork.stderr
    assert (tmp_path / "state.txt").read_text() == state


def _put(folder: Path, size: int, first: bytes) -> None:
    from tests.packs import tree
    from traceability.domain.log import root

    made = tree([first, *(b"x" * n for n in range(1, size))])
    (folder / "tile/0/000.p").mkdir(parents=True)
    (folder / f"tile/0/000.p/{size}").write_bytes(made.read(0, 0, size))
    (folder / "checkpoint").write_text(str(Checkpoint(SIGNER.name, size, root(made)).signed_by([SIGNER])))


def test_what_a_witness_cannot_use_is_said(run: Run, world: World, tmp_path: Path) -> None:
    file = tmp_path / "checkpoint"
    file.write_text("tea")
    assert run("log", "witness", *asked(tmp_path)).exit_code == 2
    assert "没有签名" in run("log", "witness", *asked(tmp_path, checkpoint=file)).output
    assert run("log", "witness", *asked(tmp_path, url="ftp://x.example/log")).exit_code == 2
    assert run("log", "witness", *asked(tmp_path, url="http://127.0.0.1:9/log")).exit_code == 1
    assert run("log", "witness", *asked(tmp_path, checkpoint=file, name="other.example")).exit_code == 2
    assert (
        run(
            "log", "witness", *asked(tmp_path, checkpoint=file, name="two words", key=tmp_path / "k")
        ).exit_code
        == 2
    )


def test_a_checkpoint_that_contradicts_the_log_ends_with_1(run: Run, world: World, tmp_path: Path) -> None:
    seal_all(world)
    who = email(world, world.prefecture)
    run("log", "add-witness", str(WITNESS.key), "--as", who)
    fork = Checkpoint(SIGNER.name, 9_999_999, b"\x01" * 32).signed_by([SIGNER])
    (tmp_path / "fork.txt").write_text(str(fork.with_signature(WITNESS.sign(fork.text, at=1))))
    done = run("log", "cosign", tmp_path / "fork.txt", "--as", who)
    assert done.exit_code == 1
    assert "与本日志不符" in done.output
    assert world.findings()[-1] == "log.mismatch"


@pytest.mark.parametrize(("number", "written"), [(0, "000"), (255, "255"), (1234067, "x001/x234/067")])
def test_tiles_are_numbered_as_the_standard_has_it(number: int, written: str) -> None:
    assert _number(number) == written
