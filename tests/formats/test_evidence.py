"""Evidence packs: the same bytes each time; a program of one file accepts a good one and names what is wrong."""

import ast
import json
import sys
import zipfile
from base64 import b64decode, b64encode
from collections.abc import Callable
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.packs import REPORT, WITNESS, Files, again, changed, pack, put, run_verifier, unzipped, zipped
from tests.sealing import SIGNER
from traceability.domain.log.notes import Checkpoint, Note, Signer
from traceability.formats.evidence import Attached, verify

VERIFIER = Path(verify.__file__)
DATA = Path(__file__).parent.parent / "data/log"
RFC8032: list[dict[str, str]] = json.loads((DATA / "rfc8032.json").read_text("utf-8"))["tests"]
STRANGER = Signer(SIGNER.name, b"\x66" * 32)


def good() -> Files:
    return unzipped(zipped(pack()))


# --- the pack ---------------------------------------------------------------------------------------------------------


def test_made_twice_it_is_the_same_bytes() -> None:
    assert zipped(pack()) == zipped(pack())


def test_its_entries_are_in_order_and_tell_nothing_of_the_machine() -> None:
    with zipfile.ZipFile(BytesIO(zipped(pack()))) as opened:
        entries = opened.infolist()
    assert [one.filename for one in entries] == sorted(one.filename for one in entries)
    assert {(one.date_time, one.create_system, one.external_attr) for one in entries} == {
        ((1980, 1, 1, 0, 0, 0), 3, 0o644 << 16)
    }


def test_a_name_of_a_file_leads_nowhere() -> None:
    place = Attached("../../etc/passwd\n" + "长" * 200, b"x").place
    assert place.startswith("files/2d711642b726-")
    assert place.count("/") == 1
    assert len(place) < 90


def test_two_files_of_one_name_stay_two() -> None:
    assert Attached("a.pdf", b"1").place != Attached("a.pdf", b"2").place


# --- the program ------------------------------------------------------------------------------------------------------


def test_it_accepts_a_good_pack_packed_and_unpacked(tmp_path: Path) -> None:
    (tmp_path / "pack.zip").write_bytes(zipped(pack()))
    folder = put(tmp_path / "pack", good())
    packed = run_verifier(folder / "verify.py", str(tmp_path / "pack.zip"))
    assert packed == run_verifier(folder / "verify.py")
    code, lines = packed
    assert code == 0
    assert "4 records, all in a log of 11" in lines[0]
    assert WITNESS.name in lines[1]


def test_what_is_in_the_pack_is_what_is_in_the_package() -> None:
    assert good()["verify.py"] == VERIFIER.read_bytes()


def test_it_is_python_3_8_and_nothing_but_its_standard_library() -> None:
    written = ast.parse(VERIFIER.read_text("utf-8"), feature_version=(3, 8))
    names = {
        one.name.split(".")[0]
        for node in ast.walk(written)
        if isinstance(node, ast.Import)
        for one in node.names
    }
    names |= {
        str(node.module).split(".")[0] for node in ast.walk(written) if isinstance(node, ast.ImportFrom)
    }
    assert names <= set(sys.stdlib_module_names)
    assert len(VERIFIER.read_text("utf-8").splitlines()) < 420  # ten minutes


def test_it_is_asked_about_keys_checkpoints_and_witnesses_from_elsewhere(tmp_path: Path) -> None:
    folder = put(tmp_path / "pack", good())
    kept = tmp_path / "kept.txt"
    kept.write_bytes(good()["checkpoint.txt"])
    asked = ["--key", str(SIGNER.key), "--checkpoint", str(kept), "--witness", str(WITNESS.key)]
    code, lines = run_verifier(folder / "verify.py", *asked)
    assert (code, len(lines)) == (0, 2)


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (["--key", str(STRANGER.key)], "log-key.txt: "),
        (["--key", "tea"], "--key: "),
        (["--witness", str(Signer("w.example", b"\x09" * 32, 4).key)], "w.example did not cosign"),
        (["--checkpoint", "fork.txt"], "fork.txt: 条数相同而根不同"),
        (["--checkpoint", "short.txt"], "it has 9 leaves and this pack's 11"),
        (["--checkpoint", "other.txt"], "it is not signed by this log"),
        (["--checkpoint", "none.txt"], "not written as it should be"),
    ],
)
def test_what_comes_from_elsewhere_and_does_not_fit_is_named(
    tmp_path: Path, asked: list[str], said: str
) -> None:
    folder = put(tmp_path / "pack", good())
    fork = Checkpoint(SIGNER.name, 11, b"\x01" * 32)
    files = {
        "fork.txt": str(fork.signed_by([SIGNER])).encode(),
        "short.txt": unzipped(zipped(pack(leaves=9)))["checkpoint.txt"],
        "other.txt": str(fork.signed_by([STRANGER])).encode(),
    }
    put(tmp_path, files)
    given_ = [str(tmp_path / one) if one.endswith(".txt") else one for one in asked]
    code, lines = run_verifier(folder / "verify.py", *given_)
    assert code == 1
    assert len(lines) == 1
    assert said in lines[0]


# --- tampering --------------------------------------------------------------------------------------------------------


def proofs(change: Callable[[list[dict[str, Any]]], object]) -> Callable[[Files], Files]:
    return lambda files: changed(files, "proofs.json", lambda told: change(told["proofs"]))


def records(change: Callable[[list[dict[str, Any]]], object]) -> Callable[[Files], Files]:
    return lambda files: changed(files, "records.json", lambda told: change(told["records"]))


def both(files: Files, old: str, new: str) -> Files:
    """The same words changed wherever they stand, as a careful forger would."""
    names = ("proofs.json", "records.json")
    return again({**files, **{name: files[name].replace(old.encode(), new.encode()) for name in names}})


def note(change: Callable[[Note], object]) -> Callable[[Files], Files]:
    def do(files: Files) -> Files:
        found = Note.read(files["checkpoint.txt"].decode())
        return again({**files, "checkpoint.txt": str(change(found)).encode()})

    return do


def without(name: str) -> Callable[[Files], Files]:
    return lambda files: {one: content for one, content in files.items() if one != name}


def turned(written: str) -> str:
    """Base64 with another first bit."""
    found = bytearray(b64decode(written))
    found[0] ^= 1
    return b64encode(bytes(found)).decode()


def forged(found: Note) -> Note:
    first, second = found.signatures
    return replace(found, signatures=(first, replace(second, data=second.data[:-1] + b"\x00")))


TAMPERINGS: dict[str, tuple[Callable[[Files], Files], str]] = {
    "a file that is another one": (lambda f: {**f, "dossier.pdf": b"x"}, "dossier.pdf: 文件被改动"),
    "a file that is gone": (without("dossier.pdf"), "dossier.pdf: 缺少这个文件"),
    "a file too many": (lambda f: {**f, "more.pdf": b"x"}, "more.pdf: 清单里没有这个文件"),
    "a public number": (lambda f: both(f, "40]", "41]"), "record 0: 不在日志里"),
    "something private": (lambda f: both(f, "收1", "收8"), "record 3: 打开的内容不是"),
    "another actor": (lambda f: both(f, '"actor', '"Actor'), "record 0: 打开的内容不是"),
    "another salt": (proofs(lambda all_: all_[2].update(salt="00" * 16)), "record 3: 打开的内容不是"),
    "another number": (proofs(lambda all_: all_[3].update(number=7)), "record 7: 不在日志里"),
    "another path": (
        proofs(lambda all_: all_[0]["path"].__setitem__(0, turned(all_[0]["path"][0]))),
        "record 0: 不在日志里",
    ),
    "a path that is too short": (proofs(lambda all_: all_[0]["path"].pop()), "record 0: 不在日志里"),
    "what is shown": (records(lambda all_: all_[3].update(kind="chain.sale")), "record 6: records.json"),
    "something shown beside": (records(lambda all_: all_[3].update(private={})), "record 6: records.json"),
    "a record without proof": (proofs(lambda all_: all_.pop(0)), "record 0: 没有证明"),
    "a proof without record": (records(lambda all_: all_.pop(0)), "record 0: records.json"),
    "a record twice, the first one false": (
        records(lambda all_: all_.insert(0, {**all_[0], "public": {}})),
        "records.json: 多出内容",
    ),
    "something beside the records": (
        lambda f: changed(f, "records.json", lambda told: told.update(note="all is well")),
        "records.json: 多出内容",
    ),
    "a name twice, the first one false": (
        lambda f: again(
            {**f, "records.json": f["records.json"].replace(b'"kind"', b'"kind": "chain.sale", "kind"', 1)}
        ),
        "records.json: 不是 JSON",
    ),
    "another report": (lambda f: again({**f, REPORT.place: b"%PDF-1.4 better"}), "没有记录提到这个文件"),
    "a report put in": (lambda f: again({**f, "files/x.pdf": b"%PDF-"}), "files/x.pdf: 没有记录提到"),
    "another root": (
        note(lambda one: replace(one, text=one.text.replace("\n11\n", "\n12\n"))),
        f"{SIGNER.name} 的签名不对",
    ),
    "no signature of the log": (
        note(lambda one: replace(one, signatures=one.signatures[1:])),
        "checkpoint.txt: 没有日志的签名",
    ),
    "a cosignature that is not its own": (note(forged), f"{WITNESS.name} 的签名不对"),
    "a checkpoint of another log": (
        note(lambda one: Checkpoint("x.example", 11, b"\x01" * 32).signed_by([SIGNER])),
        "checkpoint.txt: 是另一个日志的",
    ),
    "another log altogether, known by its root": (
        note(lambda one: Checkpoint(SIGNER.name, 11, b"\x01" * 32).signed_by([SIGNER])),
        "record 0: 不在日志里",
    ),
    "another key": (lambda f: again({**f, "log-key.txt": str(STRANGER.key).encode()}), "没有日志的签名"),
    "a key with another name": (
        lambda f: again({**f, "log-key.txt": f["log-key.txt"].replace(b"maojian", b"maojiam")}),
        "log-key.txt: 公钥与其名称、编号不符",
    ),
    "a manifest of another version": (
        lambda f: {**f, "manifest.json": f["manifest.json"].replace(b'"version": 1', b'"version": 2')},
        "manifest.json: 不是本程序能核对的版本",
    ),
    "no proofs": (lambda f: again(without("proofs.json")(f)), "proofs.json: 缺少这个文件"),
    "proofs that are none": (lambda f: again({**f, "proofs.json": b"["}), "proofs.json: 不是 JSON"),
    "proofs of another shape": (proofs(lambda all_: all_[0].pop("leaf")), "写法不对"),
}


@pytest.mark.parametrize("tampering", TAMPERINGS)
def test_tampering_is_named(tmp_path: Path, tampering: str, capsys: pytest.CaptureFixture[str]) -> None:
    spoil, said = TAMPERINGS[tampering]
    folder = put(tmp_path, spoil(good()))
    assert verify.main([str(folder)]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert any(said in line for line in lines), lines
    assert all(line.startswith("有误 WRONG  ") for line in lines)


def test_tampering_is_named_by_the_program_in_the_pack_too(tmp_path: Path) -> None:
    spoil, said = TAMPERINGS["something private"]
    folder = put(tmp_path, spoil(good()))
    code, lines = run_verifier(folder / "verify.py")
    assert code == 1
    assert [line for line in lines if said in line] == lines


def test_what_is_no_pack_is_told_without_a_traceback(tmp_path: Path) -> None:
    (tmp_path / "tea.zip").write_bytes(b"tea")
    for place in ("tea.zip", "nothing.zip"):
        code, lines = run_verifier(VERIFIER, str(tmp_path / place))
        assert code == 1
        assert "写法不对，读不出来" in lines[0]


def test_two_files_of_one_name_in_a_zip_are_refused(tmp_path: Path, recwarn: pytest.WarningsRecorder) -> None:
    file = BytesIO(zipped(pack()))
    with zipfile.ZipFile(file, "a") as opened:
        opened.writestr("records.json", "{}")
    recwarn.clear()
    (tmp_path / "pack.zip").write_bytes(file.getvalue())
    code, lines = run_verifier(VERIFIER, str(tmp_path / "pack.zip"))
    assert code == 1
    assert "two files have one name" in lines[0]


# --- Ed25519 ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("case", RFC8032, ids=lambda one: one["message"] or "empty")
def test_signatures_of_the_standard_are_accepted_and_others_are_not(case: dict[str, str]) -> None:
    public, message, signature = (bytes.fromhex(case[name]) for name in ("public", "message", "signature"))
    assert verify.is_signed(public, message, signature)
    assert not verify.is_signed(public, message + b"x", signature)
    order = int.from_bytes(signature[32:], "little") + verify.ORDER
    assert not verify.is_signed(public, message, signature[:32] + order.to_bytes(32, "little"))
    assert not verify.is_signed(public, message, signature[:63])


@settings(max_examples=25, deadline=None)
@given(st.binary(min_size=32, max_size=32), st.binary(max_size=80), st.integers(0, 511), st.booleans())
def test_it_agrees_with_the_library(seed: bytes, message: bytes, bit: int, spoiled: bool) -> None:
    key = Ed25519PrivateKey.from_private_bytes(seed)
    public = key.public_key().public_bytes_raw()
    signature = bytearray(key.sign(message))
    if spoiled:
        signature[bit // 8] ^= 1 << bit % 8
    assert verify.is_signed(public, message, bytes(signature)) is _agrees(public, message, bytes(signature))


def _agrees(public: bytes, message: bytes, signature: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except InvalidSignature:
        return False
    return True


@pytest.mark.parametrize(
    "public", [b"\xff" * 32, (verify.P + 1).to_bytes(32, "little"), b"\x02" + b"\x00" * 31]
)
def test_what_is_no_point_is_no_key(public: bytes) -> None:
    assert not verify.is_signed(public, b"", b"\x00" * 64)
