"""Evidence packs out of the books: what is in one, who sees what in it, that it checks and is always the same."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.packs import WITNESS, unzipped, zipped
from tests.sealing import SIGNER, keep_facts, seal_all
from tests.services.test_recalls import ordered
from tests.world import Packed, World
from tests.worlds import KINDS, Copies, copies_of
from traceability.domain import errors
from traceability.domain.log.notes import Checkpoint, Note
from traceability.domain.people import Identity
from traceability.domain.profile import Grade
from traceability.formats.evidence import Pack, verify
from traceability.services import chain, oversight
from traceability.services import log as service
from traceability.services.log import evidence
from traceability.store import log as rows
from traceability.store import recalls as recall_rows
from traceability.store.work import change

LIVED: dict[str, Packed] = {}


def lived(world: World) -> None:
    """Tea of the other firm, blended at the firm, marked, packed, sold and recalled; all of it sealed."""
    theirs = world.tea(kg=1, firm=world.other)
    way = world.sent(theirs, g=1000, to=world.firm.party, by=world.other.manager)
    world.do(chain.deliver, shipment=way)
    batch = world.batch({theirs: 1000, world.tea(kg=1): 1000})
    world.sample(batch)
    world.report(batch)
    packed = world.packed(packs=5, extra=2, batch=batch)
    world.do(oversight.attach_document, lot=packed.lot, name="送货单.pdf", content=b"%PDF-1.4 note")
    world.sold(packed.lot, packs=1)
    keep_facts(world, 300)
    seal_all(world)
    LIVED[world.url.split(":")[0].split("+")[0]] = packed


@pytest.fixture(scope="module", params=KINDS)
def sealed_worlds(request: pytest.FixtureRequest) -> Copies:
    return copies_of(request, request.param, lived)


@pytest.fixture
def sealed(sealed_worlds: Copies) -> Iterator[World]:
    with sealed_worlds() as made:
        yield made


def packed_of(world: World) -> Packed:
    return LIVED[world.url.split(":")[0].split("+")[0]]


def pack_of(world: World, by: Identity | None = None, lot: int | None = None, **more: Any) -> Pack:
    return world.see(evidence.of_lot, by=by, lot=lot or packed_of(world).lot, **more)  # type: ignore[no-any-return]


def kinds(pack: Pack, *, opened: bool | None = None) -> set[str]:
    return {one.shown["kind"] for one in pack.records if opened in (None, one.opening is not None)}


def faults(tmp_path: Path, pack: Pack, capsys: pytest.CaptureFixture[str]) -> list[str]:
    """What the program in the pack has to say against it."""
    (tmp_path / "pack.zip").write_bytes(zipped(pack))
    code = verify.main([str(tmp_path / "pack.zip"), "--key", str(SIGNER.key)])
    lines = capsys.readouterr().out.splitlines()
    return lines if code else []


# --- what is in it ----------------------------------------------------------------------------------------------------


def test_the_pack_of_a_lot_has_its_way_from_the_plot_to_the_buyer_and_checks(
    sealed: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pack = pack_of(sealed)
    assert kinds(pack) == {
        "chain.leaf_receipt",
        "chain.processing",
        "chain.blending",
        "chain.sampling",
        "chain.packing",
        "chain.sale",
        "document.kept",
        "marks.apply",
        "marks.issue",
        "marks.print",
        "report.confirmed",
        "report.entered",
    }
    assert [one.number for one in pack.records] == sorted({one.number for one in pack.records})
    assert sorted(one.name for one in pack.attached) == ["report.pdf", "送货单.pdf"]
    assert faults(tmp_path, pack, capsys) == []
    assert pack.about["lot"] in {one["no"] for one in pack.about["lots"]}


def test_of_other_firms_a_firm_sees_how_the_tea_was_made_and_no_more(sealed: World) -> None:
    receipts = [one for one in pack_of(sealed).records if one.shown["kind"] == "chain.leaf_receipt"]
    told = [one.shown["private"]["enterprise"] for one in receipts]
    assert sorted(told) == ["91522701MAXTEA015P", "91522702MAXTEA020P"]
    known = {name for one in receipts for name in one.shown["private"]["terms"]}
    assert known == {"plot", "gross_g", "tare_g", "scale", "certificate_no", "plucked_on"}


def test_what_holds_more_than_that_is_not_opened_and_its_leaf_stays(sealed: World) -> None:
    world, theirs = sealed, sealed.other
    tea = world.run(kg=1, firm=theirs, reason="客户老王要求").lots[0]
    way = world.sent(tea, g=1000, to=world.firm.party, by=theirs.manager)
    world.do(chain.deliver, shipment=way)
    batch = world.batch({tea: 1000})
    seal_all(world)
    made = [one for one in pack_of(world, lot=batch).records if one.shown["kind"] == "chain.processing"]
    assert [one.opening for one in made] == [None]
    assert b"commitment" in made[0].leaf
    whole = [
        one for one in pack_of(world, world.county, batch).records if one.shown["kind"] == "chain.processing"
    ]
    assert [one.shown["private"]["terms"]["reason"] for one in whole] == ["客户老王要求"]


def test_a_holder_of_the_packs_sees_what_lies_upstream_and_no_sale_of_the_maker(sealed: World) -> None:
    world, packed = sealed, packed_of(sealed)
    way = world.sent(packed.lot, packs=2, to=world.other.party)
    world.do(chain.deliver, by=world.other.manager, shipment=way, received={packed.lot: 2})
    seal_all(world)
    pack = pack_of(world, world.other.manager)
    assert "chain.sale" not in kinds(pack)
    assert {"chain.blending", "chain.packing", "chain.delivery"} <= kinds(pack, opened=True)
    assert {"report.entered", "decision.mark_request"} & kinds(pack, opened=True) == set()
    assert pack.attached == ()


def test_an_office_sees_all_of_it_and_another_county_nothing(sealed: World) -> None:
    pack = pack_of(sealed, sealed.county, packed_of(sealed).batch)
    assert kinds(pack, opened=False) == set()
    assert "decision.mark_request" in kinds(pack)
    alone = sealed.do(chain.blend, inputs={sealed.tea(): 2000}).lots[0]
    with sealed.refusal(errors.LotUnknown, lot=alone):
        pack_of(sealed, sealed.other_county, alone)


def test_nobody_else_gets_one(sealed: World) -> None:
    with sealed.refusal(errors.NotAllowed):
        pack_of(sealed, sealed.admin)
    with sealed.refusal(errors.NotAllowed):
        sealed.see(evidence.of_recall, recall=1)
    with sealed.refusal(errors.NotAllowed):
        sealed.see(evidence.of_finding, finding=1)
    with sealed.refusal(errors.NotFound):
        sealed.see(evidence.of_recall, by=sealed.county, recall=1)


def test_what_was_forgotten_is_in_it_unopened_or_not_at_all(
    sealed: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with change(sealed.house) as work:
        rows.drop_openings(work.session, range(1, 10_000))
        work.facts += 1
    pack = pack_of(sealed)
    assert kinds(pack) == {"marks.apply", "marks.issue", "marks.print", "report.confirmed"}
    assert kinds(pack, opened=True) == set()
    assert pack.attached == ()
    assert faults(tmp_path, pack, capsys) == []


# --- always the same --------------------------------------------------------------------------------------------------


def test_made_twice_it_is_the_same_file_and_elsewhere_much_may_happen_once_it_is_cosigned(
    sealed: World,
) -> None:
    cosign(sealed)
    before = zipped(pack_of(sealed))
    assert zipped(pack_of(sealed)) == before
    sealed.tea()
    keep_facts(sealed, 20)
    seal_all(sealed)
    assert zipped(pack_of(sealed)) == before
    assert WITNESS.name in unzipped(before)["checkpoint.txt"].decode()


def test_what_waits_for_its_number_is_waited_for(sealed: World) -> None:
    sealed.sold(packed_of(sealed).lot, packs=1)
    with sealed.refusal(errors.EvidenceWaits, waiting=1):
        pack_of(sealed)
    seal_all(sealed)
    sales = [one for one in pack_of(sealed).records if one.shown["kind"] == "chain.sale"]
    assert len(sales) == 2


def test_it_can_rest_on_a_checkpoint_somebody_kept(
    sealed: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    kept = sealed.see(service.latest).note
    keep_facts(sealed, 30)
    seal_all(sealed)
    assert sealed.see(service.latest).note != kept
    pack = pack_of(sealed, checkpoint=kept)
    assert Note.read(pack.checkpoint).text == Note.read(kept).text
    (tmp_path / "kept.txt").write_text(kept)
    (tmp_path / "pack.zip").write_bytes(zipped(pack))
    assert verify.main([str(tmp_path / "pack.zip"), "--checkpoint", str(tmp_path / "kept.txt")]) == 0
    sealed.sold(packed_of(sealed).lot, packs=1)
    seal_all(sealed)
    for text in (kept, "tea", kept.replace("maojian", "maojiam")):
        with sealed.refusal(errors.CheckpointUnknown):
            pack_of(sealed, checkpoint=text)


# --- cases ------------------------------------------------------------------------------------------------------------


def test_the_pack_of_a_recall_has_the_order_and_the_lots_it_reaches(
    sealed: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    recall = ordered(sealed, packed_of(sealed).lot)
    seal_all(sealed)
    pack = sealed.see(evidence.of_recall, by=sealed.county, recall=recall)
    assert {"lot.recalled", "chain.packing", "chain.leaf_receipt"} <= kinds(pack, opened=True)
    assert faults(tmp_path, pack, capsys) == []
    assert sealed.rows(recall_rows.told_at, recall) == set()


def test_the_pack_of_a_finding_has_what_it_stands_on_and_what_became_of_it(
    sealed: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    failed = sealed.failed_batch()
    sealed.do(chain.redeclare, batch=failed, grade=Grade.FIRST, reason="水分偏高")
    seal_all(sealed)
    found = sealed.see(oversight.findings, by=sealed.county)[0]
    pack = sealed.see(evidence.of_finding, by=sealed.county, finding=found.id)
    assert {"report.failed", "batch.redeclared", "chain.blending"} <= kinds(pack)
    assert (pack.about["finding"], pack.about["code"]) == (found.id, "report.failed")
    assert faults(tmp_path, pack, capsys) == []


# --- witnesses --------------------------------------------------------------------------------------------------------


def cosign(world: World, *, signer: Any = WITNESS, note: str = "") -> service.HandedIn:
    """The latest checkpoint (or another one) with a witness's line, handed in by the prefecture."""
    if str(signer.key) not in {one.key for one in world.rows(rows.witnesses)}:
        world.do(service.add_witness, by=world.prefecture, key=str(signer.key))
    offered = Note.read(note or world.see(service.latest).note)
    said = str(offered.with_signature(signer.sign(offered.text, at=1_775_000_000)))
    return world.do(service.hand_in, by=world.prefecture, note=said)  # type: ignore[no-any-return]


def test_a_cosignature_is_kept_once_and_shown_with_its_checkpoint(sealed: World) -> None:
    size = sealed.see(service.size_of)
    assert cosign(sealed) == service.HandedIn(size, (WITNESS.name,))
    assert cosign(sealed) == service.HandedIn(size)
    head = sealed.see(lambda work: service.head_of(work, size))
    assert [one.witness for one in head.cosigned] == [WITNESS.name]
    assert Note.read(head.note).signers([SIGNER.key, WITNESS.key]) == [SIGNER.key, WITNESS.key]
    [known] = sealed.see(service.witnesses, by=sealed.observer)
    assert (known.name, known.size) == (WITNESS.name, size)
    keep_facts(sealed, 1)
    seal_all(sealed)
    assert sealed.see(service.latest).cosigned == ()


def test_what_is_not_ours_or_of_no_witness_is_refused(sealed: World) -> None:
    note = sealed.see(service.latest).note
    text = Note.read(note).text
    foreign = str(Note(text).with_signature(WITNESS.sign(text, at=1)))
    sealed.do(service.add_witness, by=sealed.prefecture, key=str(WITNESS.key))
    forged = str(Note.read(note).with_signature(WITNESS.sign(text + "x\n", at=1)))
    for given, why in (
        ("茶", "unreadable"),
        (foreign, "not_ours"),
        (note, "no_witness"),
        (forged, "unreadable"),
    ):
        with sealed.refusal(errors.CosignatureRefused, why=why):
            sealed.do(service.hand_in, by=sealed.prefecture, note=given)
    with sealed.refusal(errors.NotAllowed):
        sealed.do(service.hand_in, by=sealed.county, note=note)


def test_only_the_key_of_a_witness_makes_one_and_only_once(sealed: World) -> None:
    sealed.do(service.add_witness, by=sealed.prefecture, key=f" {WITNESS.key}\n")
    for key in (str(WITNESS.key), str(SIGNER.key), "tea"):
        with sealed.refusal(errors.WitnessKeyRefused, key=key[:80]):
            sealed.do(service.add_witness, by=sealed.prefecture, key=key)
    with sealed.refusal(errors.NotAllowed):
        sealed.do(service.add_witness, by=sealed.admin, key=str(WITNESS.key))


@pytest.mark.parametrize(("more", "column"), [(1000, "size"), (0, "root")])
def test_a_checkpoint_that_contradicts_the_log_is_the_gravest_finding(
    sealed: World, more: int, column: str
) -> None:
    size = sealed.see(service.size_of)
    fork = Checkpoint(SIGNER.name, size + more, b"\x07" * 32).signed_by([SIGNER])
    done = cosign(sealed, note=str(fork))
    assert done.mismatch is not None
    assert done.mismatch.column == column
    found = sealed.see(oversight.findings, by=sealed.prefecture)[0]
    assert (found.code, found.evidence["seen_by"]) == ("log.mismatch", WITNESS.name)
    assert json.loads(json.dumps(found.evidence))["table"] == "log_checkpoint"
