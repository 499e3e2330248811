"""The public log at the public door: addresses of tlog-tiles, proof files, and the page for people."""

import gzip
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from tests.sealing import SIGNER, keep_facts, seal_all
from tests.web.conftest import app_over
from tests.web.test_public import code_of
from tests.world import Packed, World
from traceability.domain import log
from traceability.domain.log.notes import Checkpoint, Note, open_checkpoint
from traceability.domain.log.proofs import Proof, proven
from traceability.services import log as service
from traceability.store import log as rows
from traceability.store.log import CosignatureRow
from traceability.store.work import seal
from traceability.web.public.transparency import A_MOMENT, FOR_EVER


@pytest.fixture
def packed(small_world: World) -> Packed:
    packed = small_world.packed(packs=3)
    keep_facts(small_world, 300)
    seal_all(small_world)
    return packed


def test_a_checkpoint_is_served_and_soon_asked_again(visitor: FlaskClient, packed: Packed) -> None:
    answer = visitor.get("/log/checkpoint")
    assert answer.content_type == "text/plain; charset=utf-8"
    assert answer.headers["Cache-Control"] == A_MOMENT
    found = open_checkpoint(answer.text, [SIGNER.key])
    assert found.size > 300
    assert "Set-Cookie" not in answer.headers


def tree_of(visitor: FlaskClient) -> tuple[Checkpoint, log.Tiled]:
    """The log as a stranger reads it from its addresses."""
    head = open_checkpoint(visitor.get("/log/checkpoint").text, [SIGNER.key])

    def read(level: int, number: int, width: int) -> bytes:
        partial = f".p/{width}" if width < 256 else ""
        answer = visitor.get(f"/log/tile/{level}/{number:03d}{partial}")
        assert (answer.status_code, len(answer.data)) == (200, width * 32)
        assert answer.headers["Cache-Control"] == FOR_EVER
        assert answer.content_type == "application/octet-stream"
        return answer.data

    return head, log.Tiled(head.size, read)


def test_a_stranger_comes_to_the_root_from_the_tiles_and_from_the_entries(
    visitor: FlaskClient, packed: Packed
) -> None:
    head, tree = tree_of(visitor)
    assert log.root(tree) == head.root
    hashes = b""
    for number in range(2):
        width = min(256, head.size - 256 * number)
        address = f"/log/tile/entries/{number:03d}" + (f".p/{width}" if width < 256 else "")
        hashes += b"".join(map(log.leaf_hash, unpacked(visitor.get(address).data)))
    assert hashes == tree.read(0, 0, 256) + tree.read(0, 1, head.size - 256)


def unpacked(bundle: bytes) -> list[bytes]:
    leaves = []
    while bundle:
        length = int.from_bytes(bundle[:2])
        leaves.append(bundle[2 : 2 + length])
        bundle = bundle[2 + length :]
    return leaves


def test_entries_are_packed_for_whoever_unpacks(visitor: FlaskClient, packed: Packed) -> None:
    plain = visitor.get("/log/tile/entries/000")
    packed_one = visitor.get("/log/tile/entries/000", headers={"Accept-Encoding": "gzip, br"})
    assert packed_one.headers["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in packed_one.headers["Vary"]
    assert gzip.decompress(packed_one.data) == plain.data
    assert len(packed_one.data) < len(plain.data) / 2


def test_an_older_width_of_a_tile_stays(visitor: FlaskClient, packed: Packed, small_world: World) -> None:
    size = small_world.see(service.size_of)
    address = f"/log/tile/0/001.p/{size - 256}"
    before = visitor.get(address).data
    keep_facts(small_world, 20)
    seal_all(small_world)
    assert visitor.get(address).data == before
    assert visitor.get("/log/tile/1/000.p/1").status_code == 200


@pytest.mark.parametrize(
    "place",
    [
        "0/1", "0/0000", "0/x000/000", "00/000", "64/000", "-1/000", "a/000", "0/000.p/0", "0/000.p/256",
        "0/000.p/01", "0/000.p/", "0/001", "0/002.p/1", "1/000", "9/000.p/1", "63/000", "0/x999/x999/x999/999",
        "entries/001", "entries/x000/000", "entries/002.p/1", "entries/000/", "0", "0/٠٠٠", "0/x001/x234",
    ],
)  # fmt: skip
def test_where_there_is_no_tile_there_is_nothing(visitor: FlaskClient, packed: Packed, place: str) -> None:
    answer = visitor.get(f"/log/tile/{place}")
    assert answer.status_code == 404
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_tile_far_on_has_its_number_in_threes(
    visitor: FlaskClient, packed: Packed, small_world: World
) -> None:

    with seal(small_world.house) as work:
        rows.keep_tiles(work.session, {(0, 1_234_067): b"t" * 8192})
    assert visitor.get("/log/tile/0/x001/x234/067").data == b"t" * 8192


# --- proofs -----------------------------------------------------------------------------------------------------------


def test_the_page_of_a_mark_leads_to_the_proof_of_its_issue(visitor: FlaskClient, packed: Packed) -> None:
    page = visitor.get(f"/m/{code_of(packed.applied[0].first)}").text
    address = page.split('href="/log/proof/')[1].split('"')[0]
    answer = visitor.get(f"/log/proof/{address}")
    assert answer.headers["Content-Disposition"] == f'attachment; filename="leaf-{address}.tlog-proof"'
    proof = Proof.read(answer.text)
    assert proof.extra is not None
    assert b'"kind":"marks.issue"' in proof.extra
    assert proven(proof, proof.extra, [SIGNER.key])


def test_a_mark_whose_issue_is_not_sealed_yet_promises_nothing(
    visitor: FlaskClient, small_world: World
) -> None:
    packed = small_world.packed(packs=3)
    assert "/log/proof/" not in visitor.get(f"/m/{code_of(packed.applied[0].first)}").text


@pytest.mark.parametrize("number", ["99999", "x", "-1", "9" * 30])
def test_what_is_not_in_the_log_has_no_proof(visitor: FlaskClient, packed: Packed, number: str) -> None:
    assert visitor.get(f"/log/proof/{number}").status_code == 404


# --- the page ---------------------------------------------------------------------------------------------------------


def test_the_page_says_what_there_is_and_how_to_check_it(visitor: FlaskClient, packed: Packed) -> None:
    answer = visitor.get("/log")
    page = answer.text
    size = open_checkpoint(visitor.get("/log/checkpoint").text, [SIGNER.key]).size
    assert f"{size:,} 条" in page
    assert str(SIGNER.key) in page
    assert SIGNER.name in page
    assert "还没有其他单位签名" in page
    assert answer.headers["Cache-Control"] == "no-store"
    assert "How to check" in visitor.get("/log?lang=en").text
    assert len(answer.data) < 20_000


def test_a_witness_is_shown_and_stands_under_the_checkpoint(
    visitor: FlaskClient, packed: Packed, small_world: World
) -> None:

    size, line = small_world.see(service.size_of), "— association.example/w1 AAAAAAAAAAAA"
    with seal(small_world.house) as work:
        told = {"size": size, "witness": "association.example/w1", "key_hash": "00000000", "line": line}
        work.session.execute(sa.insert(CosignatureRow).values(**told, kept_at=small_world.now))
    assert "association.example/w1" in visitor.get("/log").text
    note = Note.read(visitor.get("/log/checkpoint").text)
    assert [one.name for one in note.signatures] == [SIGNER.name, "association.example/w1"]


def test_before_anything_is_sealed_the_page_says_so(visitor: FlaskClient, small_world: World) -> None:
    assert "还没有封存" in visitor.get("/log").text
    assert visitor.get("/log/checkpoint").status_code == 404


def test_the_log_is_at_the_public_door_and_beside_the_staff_doors(
    small_world: World, packed: Packed, tmp_path: Path
) -> None:
    both = app_over(small_world, tmp_path, "public", "staff").test_client()
    assert (
        both.get("/log/checkpoint").data
        == app_over(small_world, tmp_path).test_client().get("/log/checkpoint").data
    )
