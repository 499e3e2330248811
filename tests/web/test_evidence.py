"""Evidence packs at the desks, and the office's page of witnesses."""

from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from tests.packs import WITNESS, unzipped
from tests.sealing import SIGNER, seal_all
from tests.services.test_recalls import ordered
from tests.web.staff import Staff
from tests.world import Packed, World
from traceability.domain.log.notes import Checkpoint, Note
from traceability.domain.people import Identity
from traceability.formats.evidence import verify
from traceability.services import log, oversight


@pytest.fixture
def packed(small_world: World) -> Packed:
    packed = small_world.packed(packs=3)
    small_world.do(oversight.hold_lot, by=small_world.county, lot=packed.lot, reason="核查")
    seal_all(small_world)
    return packed


SignIn = Callable[[Identity], Staff]


@pytest.fixture
def prefecture(staff: SignIn, small_world: World) -> Staff:
    return staff(small_world.prefecture)


def is_good(tmp_path: Path, content: bytes) -> bool:
    (tmp_path / "pack.zip").write_bytes(content)
    return verify.main([str(tmp_path / "pack.zip"), "--key", str(SIGNER.key)]) == 0


def test_a_firm_takes_the_pack_of_its_lot_with_the_dossier(
    staff: SignIn, small_world: World, packed: Packed, tmp_path: Path
) -> None:
    manager = staff(small_world.firm.manager)
    page = manager.get(f"/desk/lots/{packed.lot}")
    assert f"/desk/lots/{packed.lot}/evidence" in page.text
    answer = manager.get(f"/desk/lots/{packed.lot}/evidence")
    assert (answer.status_code, answer.mimetype) == (200, "application/zip")
    assert answer.headers["Cache-Control"] == "no-store"
    assert is_good(tmp_path, answer.data)
    assert unzipped(answer.data)["dossier.pdf"].startswith(b"%PDF")
    assert manager.get(f"/desk/lots/{packed.lot}/evidence").data == answer.data


def test_the_county_takes_the_same_for_a_lot_a_finding_and_a_recall(
    staff: SignIn, packed: Packed, small_world: World, tmp_path: Path
) -> None:
    county = staff(small_world.county)
    recall = ordered(small_world, packed.lot)
    small_world.failed_batch()
    seal_all(small_world)
    finding = small_world.see(oversight.findings, by=small_world.county)[0].id
    for place in (f"lots/{packed.batch}", f"findings/{finding}", f"recalls/{recall}"):
        assert f"/office/{place}/evidence" in county.get(f"/office/{place}").text
        answer = county.get(f"/office/{place}/evidence")
        assert answer.status_code == 200
        assert is_good(tmp_path, answer.data)


def test_what_still_waits_is_said(staff: SignIn, packed: Packed, small_world: World) -> None:
    manager = staff(small_world.firm.manager)
    small_world.do(oversight.attach_document, lot=packed.lot, name="a.pdf", content=b"%PDF-1.4 a")
    answer = manager.get(f"/desk/lots/{packed.lot}/evidence")
    assert answer.status_code == 409
    assert "有 1 条记录还在等待封存" in answer.text


# --- witnesses --------------------------------------------------------------------------------------------------------


def test_the_prefecture_knows_a_witness_and_takes_what_it_cosigned(
    prefecture: Staff, packed: Packed, small_world: World
) -> None:
    assert "还没有共同签名单位" in prefecture.get("/office/log").text
    done = prefecture.post("/office/log/witnesses", on="/office/log", witness_key=str(WITNESS.key))
    assert done.status_code == 303
    note = Note.read(small_world.see(log.latest).note)
    said = str(note.with_signature(WITNESS.sign(note.text, at=1_775_000_000)))
    forms: list[dict[str, Any]] = [
        {"note": said.replace("\n", "\r\n")},
        {"file": (BytesIO(said.encode()), "checkpoint.txt")},
    ]
    for form in forms:
        assert prefecture.post("/office/log/checkpoints", on="/office/log", **form).status_code == 303
    page = prefecture.get("/office/log").text
    assert str(WITNESS.key) in page
    assert "这些共同签名都已登记过。" in page
    size = small_world.see(log.size_of)
    seal_all(small_world)
    public = prefecture.get("/log").text
    assert WITNESS.name in public
    assert f"最近签过名的检查点有 {size} 条" in public


def test_what_is_no_key_or_no_checkpoint_is_said_beside_its_field(prefecture: Staff, packed: Packed) -> None:
    key = prefecture.post("/office/log/witnesses", on="/office/log", witness_key="tea")
    assert key.status_code == 422
    assert "这不是共同签名用的公钥" in key.text
    note = prefecture.post("/office/log/checkpoints", on="/office/log", note="tea")
    assert note.status_code == 422
    assert "这不是本日志的、由已登记的共同签名单位签过名的检查点" in note.text


def test_two_histories_are_a_finding(prefecture: Staff, packed: Packed, small_world: World) -> None:
    prefecture.post("/office/log/witnesses", on="/office/log", witness_key=str(WITNESS.key))
    fork = Checkpoint(SIGNER.name, small_world.see(log.size_of), b"\x01" * 32).signed_by([SIGNER])
    said = str(fork.with_signature(WITNESS.sign(fork.text, at=1_775_000_000)))
    prefecture.post("/office/log/checkpoints", on="/office/log", note=said)
    assert "这个检查点与本日志不符！" in prefecture.get("/office/log").text
    assert small_world.findings()[-1] == "log.mismatch"


def test_before_anything_is_sealed_there_is_a_page_too(staff: SignIn, small_world: World) -> None:
    page = staff(small_world.observer).get("/office/log")
    assert page.status_code == 200
    assert "日志里还没有封存任何记录。" in page.text
    assert "登记共同签名</h2>" not in page.text
