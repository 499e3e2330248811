"""Signed notes, checkpoints, cosignatures and proof files, as C2SP has them."""

import json
from base64 import b64encode
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from traceability.domain import log
from traceability.domain.log.notes import (
    COSIGNATURE,
    BadNote,
    Checkpoint,
    Note,
    Signature,
    Signer,
    VerifierKey,
    open_checkpoint,
)
from traceability.domain.log.proofs import Proof, proven

DATA = Path(__file__).parent.parent / "data/log"
RFC8032: list[dict[str, str]] = json.loads((DATA / "rfc8032.json").read_text("utf-8"))["tests"]
GO_KEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
GO_SECRET = "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"
OURS = Signer("maojian.example/log", b"\x01" * 32)
WITNESS = Signer("association.example/w1", b"\x02" * 32, COSIGNATURE)


def text_of(name: str) -> str:
    return (DATA / name).read_text("utf-8")


@pytest.mark.parametrize("case", RFC8032, ids=lambda one: one["message"] or "empty")
def test_signatures_are_those_of_the_standard(case: dict[str, str]) -> None:
    signer = Signer("a.example", bytes.fromhex(case["seed"]))
    assert signer.key.public.hex() == case["public"]
    message, signature = bytes.fromhex(case["message"]), bytes.fromhex(case["signature"])
    assert signer._private.sign(message) == signature
    if not message:
        assert signer.sign("").data == signature
        assert signer.key.signed("", signature)


def test_the_example_of_the_library_the_specification_describes() -> None:
    key, note = VerifierKey.read(GO_KEY), Note.read(text_of("signed-note-with-key.txt"))
    assert (key.name, key.id.hex(), str(key)) == ("PeterNeumann", "c74f20a3", GO_KEY)
    assert note.signers([key]) == [key]
    signer = Signer.read(GO_SECRET)
    assert signer.key == key
    assert signer.secret() == GO_SECRET
    assert str(Note(note.text).with_signature(signer.sign(note.text))) == text_of("signed-note-with-key.txt")


@pytest.mark.parametrize("name", ["signed-note.txt", "tlog-checkpoint.txt", "tlog-cosignature.txt"])
def test_the_examples_of_the_specifications_are_read_and_written_the_same(name: str) -> None:
    assert str(Note.read(text_of(name))) == text_of(name)


def test_an_empty_line_in_a_text_does_not_end_it() -> None:
    note = Note.read(text_of("signed-note.txt"))
    assert note.text.endswith("\n\ned è subito sera.\n")
    assert note.signatures[0].name == "quasimodo.example/salvatore"


def test_the_checkpoint_of_the_specification() -> None:
    found = Checkpoint.read(Note.read(text_of("tlog-checkpoint.txt")).text)
    assert (found.origin, found.size) == ("example.com/behind-the-sofa", 20852163)
    assert str(found) == Note.read(text_of("tlog-checkpoint.txt")).text
    witness = Note.read(text_of("tlog-cosignature.txt")).signatures[1]
    assert int.from_bytes(witness.data[:8]) == 1679315147


def test_the_proof_of_the_specification() -> None:
    found = Proof.read(text_of("tlog-proof.txt"))
    assert (found.index, len(found.path)) == (73894, 5)
    assert str(found.extra).startswith("b'age-v1.2.1-darwin-arm64.tar.gz")
    assert str(found) == text_of("tlog-proof.txt")


# --- ours ------------------------------------------------------------------------------------------------------------

HEAD = Checkpoint(OURS.name, 3, b"\x07" * 32)


def test_a_checkpoint_of_ours_is_opened_with_our_key_only() -> None:
    written = str(HEAD.signed_by([OURS]))
    assert open_checkpoint(written, [OURS.key]) == HEAD
    other = Signer(OURS.name, b"\x03" * 32)
    with pytest.raises(BadNote):
        open_checkpoint(written, [other.key])


def test_a_witness_signs_beside_us_and_says_when() -> None:
    note = HEAD.signed_by([OURS]).with_signature(WITNESS.sign(str(HEAD), at=1_775_000_000))
    assert note.signers([OURS.key, WITNESS.key]) == [OURS.key, WITNESS.key]
    assert note.signers([WITNESS.key]) == [WITNESS.key]
    line = note.signatures[1]
    later = Signature(line.name, line.key_id, (1_775_000_001).to_bytes(8) + line.data[8:])
    assert not WITNESS.key.signed(note.text, later.data)
    with pytest.raises(BadNote):
        HEAD.signed_by([OURS]).with_signature(later).signers([OURS.key, WITNESS.key])


def test_strangers_under_a_note_are_no_matter() -> None:
    note = HEAD.signed_by([OURS]).with_signature(Signature("who.example", b"abcd", b"\x00" * 64))
    assert note.signers([OURS.key]) == [OURS.key]


@given(bit=st.integers(0, 10**6))
def test_no_flipped_bit_is_taken_for_signed(bit: int) -> None:
    whole = bytearray(str(HEAD.signed_by([OURS])).encode())
    whole[bit // 8 % len(whole)] ^= 1 << bit % 8
    with pytest.raises((BadNote, UnicodeDecodeError)):
        open_checkpoint(bytes(whole).decode(), [OURS.key])


@pytest.mark.parametrize(
    "text",
    [
        "",
        "no end",
        "o\n1\n",
        "o\n01\n" + b64encode(b"\x07" * 32).decode() + "\n",
        "o\n-1\n" + b64encode(b"\x07" * 32).decode() + "\n",
        "o\n1\nAAAA\n",
        "o\n1\n!\n",
        "\n1\n" + b64encode(b"\x07" * 32).decode() + "\n",
        "o\n1\n" + b64encode(b"\x07" * 32).decode() + "\n\nmore\n",
    ],
)
def test_what_is_no_checkpoint_is_refused(text: str) -> None:
    with pytest.raises(BadNote):
        Checkpoint.read(text)


def test_further_lines_of_a_checkpoint_are_kept() -> None:
    text = str(HEAD) + "more\n"
    assert Checkpoint.read(text).more == ("more",)
    assert str(Checkpoint.read(text)) == text


@pytest.mark.parametrize(
    "written",
    [
        "text\n",
        "text\n\n",
        "text\n\n- a.example AAAAAAAA\n",
        "text\n\n— a.example AAAAAAAA",
        "text\n\n— a.example AAAA\n",
        "text\n\n— a+b AAAAAAAA\n",
        "te\txt\n\n— a.example AAAAAAAA\n",
        "text\n\n" + "— a.example AAAAAAAA\n" * 65,
    ],
)
def test_what_is_no_note_is_refused(written: str) -> None:
    with pytest.raises(BadNote):
        Note.read(written)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "PeterNeumann",
        GO_KEY[:-4],
        GO_KEY.replace("c74f20a3", "c74f20a4"),
        GO_KEY.replace("Peter", "Paul"),
        GO_KEY.replace("+ARpc", "+ZRpc"),
    ],
)
def test_what_is_no_key_is_refused(text: str) -> None:
    with pytest.raises(BadNote):
        VerifierKey.read(text)


@pytest.mark.parametrize(("name", "seed"), [("a b", b"\x01" * 32), ("", b"\x01" * 32), ("a", b"\x01" * 31)])
def test_a_key_needs_a_name_and_its_bytes(name: str, seed: bytes) -> None:
    with pytest.raises(BadNote):
        Signer(name, seed)


@pytest.mark.parametrize(
    "text",
    ["", GO_KEY, GO_SECRET[:-4], GO_SECRET.replace("c74f", "c84f"), GO_SECRET.replace("+AYEK", "+CYEK")],
)
def test_what_is_no_private_key_is_refused(text: str) -> None:
    with pytest.raises(BadNote):
        Signer.read(text)


def test_a_secret_is_not_shown() -> None:
    assert "\\x01" not in repr(OURS)


# --- proofs ----------------------------------------------------------------------------------------------------------


def proof_of(index: int, leaves: list[bytes], **more: Any) -> Proof:
    tiles = log.grown(0, lambda *_: b"", b"".join(map(log.leaf_hash, leaves)))
    tree = log.Tiled(len(leaves), lambda level, number, _width: tiles[level, number])
    note = Checkpoint(OURS.name, len(leaves), log.root(tree)).signed_by([OURS])
    return Proof(index, tuple(log.inclusion(tree, index)), str(note), **more)


def test_a_proof_file_shows_its_leaf_and_no_other() -> None:
    leaves = [b"%d" % n for n in range(11)]
    text = str(proof_of(4, leaves, extra=leaves[4]))
    found = Proof.read(text)
    assert str(found) == text
    assert found.extra == leaves[4]
    shown = proven(found, leaves[4], [OURS.key])
    assert shown == Checkpoint.read(Note.read(found.checkpoint).text)
    assert proven(found, leaves[5], [OURS.key]) is None
    with pytest.raises(BadNote):
        proven(found, leaves[4], [WITNESS.key])


def test_a_log_of_one_leaf_needs_no_path() -> None:
    found = Proof.read(str(proof_of(0, [b"only"])))
    assert (found.path, found.extra) == ((), None)
    assert proven(found, b"only", [OURS.key])


@pytest.mark.parametrize(
    ("was", "becomes"),
    [
        ("c2sp.org/tlog-proof@v1", "c2sp.org/tlog-proof@v2"),
        ("index 4", "index 04"),
        ("index 4", "index"),
        ("index 4\n", "index 4\nAAAA\n"),
        ("index 4\n", "index 4\n?\n"),
        ("index 4\n", "index 4\n" + f"{b64encode(bytes(32)).decode()}\n" * 65),
        ("\n\n", "\n"),
    ],
)
def test_what_is_no_proof_is_refused(was: str, becomes: str) -> None:
    text = str(proof_of(4, [b"%d" % n for n in range(11)]))
    with pytest.raises(BadNote):
        Proof.read(text.replace(was, becomes, 1) if was != "\n\n" else text.replace("\n\n", "\n"))
