"""The public log: every accepted change is a leaf, once; what was sealed is proved, what was changed is named."""

from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa

from tests.races import at_once
from tests.sealing import SIGNER, checked, keep_facts, one_history, seal_all, structure_of
from tests.world import World
from tests.worlds import KINDS, Copies, copies_of
from traceability.domain import errors, log
from traceability.domain.errors import Refusal
from traceability.domain.findings import Burden, kind_of
from traceability.domain.log import Difference, Fact
from traceability.domain.log.notes import BadNote, Note, Signer, open_checkpoint
from traceability.domain.log.proofs import Proof, proven
from traceability.domain.people import Within
from traceability.services import acting, lookup, oversight
from traceability.services import log as service
from traceability.services.log import Since
from traceability.services.lookup import packs
from traceability.store import log as rows
from traceability.store import marks as mark_rows
from traceability.store import oversight as oversight_rows
from traceability.store.log import FactRow, LeafRow, UnsealedRow
from traceability.store.work import NotTheLog, change, look, seal


def lived(world: World) -> None:
    """Leaf to marked packs, a recall, and enough facts for several tiles; all of it sealed."""
    packed = world.packed(packs=5, extra=2)
    world.do(oversight.hold_lot, by=world.county, lot=packed.lot, reason="核查")
    keep_facts(world, 700)
    seal_all(world, most=300)


@pytest.fixture(scope="module", params=KINDS)
def sealed_worlds(request: pytest.FixtureRequest) -> Copies:
    return copies_of(request, request.param, lived)


@pytest.fixture
def sealed(sealed_worlds: Copies) -> Iterator[World]:
    with sealed_worlds() as made:
        yield made


def facts(world: World) -> list[tuple[int, Fact, str]]:
    """Every fact with its number and salt, as the session reads it."""
    with look(world.house) as work:
        found = work.session.scalars(sa.select(FactRow).order_by(FactRow.id)).all()
        return [
            (
                row.id,
                Fact(
                    row.kind,
                    row.actor_id,
                    row.happened_at,
                    row.recorded_at,
                    row.public,
                    row.private or {},
                    row.version,
                ),
                row.salt or "",
            )
            for row in found
        ]


def leaves_of(world: World) -> list[bytes]:
    size = world.see(service.size_of)
    return list(world.rows(rows.leaves, 0, size))


# --- no change without a leaf, no leaf without a change ---------------------------------------------------------------


def test_every_fact_is_a_leaf_once_and_its_bytes_are_those_of_the_standard(sealed: World) -> None:
    known = facts(sealed)
    order = dict(
        sealed.rows(lambda session: list(session.execute(sa.select(LeafRow.fact_id, LeafRow.number))))
    )
    leaves = leaves_of(sealed)
    assert len(leaves) == len(known) > 700
    assert [leaves[order[number]] for number, _, _ in known] == [
        log.leaf_of(fact, salt) for _, fact, salt in known
    ]
    assert checked(sealed) == []


def test_whatever_writes_a_fact_puts_it_in_the_queue(world: World) -> None:
    seal_all(world)
    world.packed(packs=2)
    keep_facts(world, 3)
    with look(world.house) as work:
        last = work.session.scalar(sa.select(sa.func.max(LeafRow.fact_id))) or 0
        added = list(
            work.session.scalars(sa.select(FactRow.id).where(FactRow.id > last).order_by(FactRow.id))
        )
        waiting = list(work.session.scalars(sa.select(UnsealedRow.fact_id).order_by(UnsealedRow.fact_id)))
    assert waiting == added
    assert len(added) > 10


def test_what_is_refused_waits_for_no_number(world: World) -> None:
    before = world.rows(rows.queued)
    with world.refusal(Refusal):
        refused_at_the_end(world)
    assert world.rows(rows.queued) == before


def refused_at_the_end(world: World) -> None:
    with change(world.house) as work:
        work.record(Fact("test.kept", 1, world.now, world.now))
        raise Refusal


def test_sealing_writes_nothing_but_the_log(world: World) -> None:
    with pytest.raises(NotTheLog, match="fact"), seal(world.house) as work:
        work.record(Fact("test.kept", 1, world.now, world.now))


def test_batches_make_the_same_tree_as_one(sealed: World) -> None:
    hashes = b"".join(map(log.leaf_hash, leaves_of(sealed)))
    made = log.grown(0, lambda *_: b"", hashes)
    kept = {(level, number): sealed.rows(rows.tile, level, number) for level, number in made}
    assert kept == made
    head = sealed.see(service.latest)
    assert open_checkpoint(head.note, [SIGNER.key]).root == head.sealed.root
    assert head.origin == SIGNER.name


def test_nothing_is_sealed_twice_and_an_empty_queue_signs_nothing(sealed: World) -> None:
    size = sealed.see(service.size_of)
    assert not sealed.see(service.waits)
    assert seal_all(sealed) == 0
    keep_facts(sealed, 1)
    assert sealed.see(service.waits)
    assert seal_all(sealed) == 1
    assert sealed.see(service.size_of) == size + 1
    assert one_history(sealed) == size + 1


def test_several_seal_at_once_and_there_is_one_history(world: World) -> None:
    keep_facts(world, 60)

    def busy(own: World) -> int:
        keep_facts(own, 30)
        return seal_all(own, most=17)

    assert sum(at_once(world, *[busy] * 3)) > 100
    one_history(world)


def test_a_leaf_too_long_for_the_log_is_refused_before_anything_is_kept(world: World) -> None:
    long = {"words": "茶" * 22_000}
    with world.refusal(errors.LeafTooLong, most=log.LONGEST), change(world.house) as work:
        work.record(Fact("marks.test", 1, world.now, world.now, public=long))
    with change(world.house) as work:
        work.record(Fact("test.kept", 1, world.now, world.now, private=long))
    seal_all(world)
    assert checked(world) == []


def test_only_what_is_meant_to_be_is_in_the_clear(sealed: World) -> None:
    open_kinds = {fact.kind for _, fact, _ in facts(sealed) if fact.public}
    assert {"marks.issue", "marks.apply", "report.confirmed", "decision.authorisation"} <= open_kinds
    assert all(map(log.is_open, open_kinds))
    told = "".join(leaf.decode() for leaf in leaves_of(sealed))
    assert "甲" not in told
    assert (
        sealed.rows(lambda session: session.scalar(sa.text("select name from product limit 1"))) not in told
    )


def test_what_nobody_may_read_is_private_whoever_said_otherwise(world: World) -> None:
    with change(world.house) as work:
        told: dict[str, Any] = {"public": {"telephone": "0854"}, "private": {"n": 1}}
        acting.state(work, "office.changed", by=world.admin, now=world.now, **told)
    _, fact, _ = facts(world)[-1]
    assert (fact.public, fact.private) == ({}, {"telephone": "0854", "n": 1})


# --- proofs -----------------------------------------------------------------------------------------------------------


def test_every_leaf_is_proved_by_a_file_anybody_can_check(sealed: World) -> None:
    leaves = leaves_of(sealed)
    for number in {0, 1, 255, 256, 300, len(leaves) - 1}:
        file = Proof.read(str(sealed.see(service.proof_of, number=number)))
        assert file.extra == leaves[number]
        shown = proven(file, leaves[number], [SIGNER.key])
        assert shown is not None
        assert shown.size == len(leaves)
    for number in (-1, len(leaves), 2**40):
        with pytest.raises(errors.NotFound):
            sealed.see(service.proof_of, number=number)


def test_entries_come_in_bundles_as_wide_as_asked(sealed: World) -> None:
    leaves, found = leaves_of(sealed), sealed.see(service.entries, number=1, width=200)
    parts = []
    while found:
        length = int.from_bytes(found[:2])
        parts.append(found[2 : 2 + length])
        found = found[2 + length :]
    assert parts == leaves[256:456]
    with pytest.raises(errors.NotFound):
        sealed.see(service.entries, number=len(leaves) // 256, width=256)
    with pytest.raises(errors.NotFound):
        sealed.see(service.tile_of, level=0, number=9, width=1)


def test_an_unsealed_log_has_nothing_to_show(world: World) -> None:
    with pytest.raises(errors.LogUnsealed):
        world.see(service.latest)
    with pytest.raises(errors.NotFound):
        world.see(service.entries, number=0, width=1)
    assert checked(world) == []


def test_a_pack_knows_the_leaf_of_its_issue_once_it_is_sealed(world: World) -> None:
    packed = world.packed(packs=3)
    place = world.rows(mark_rows.place_of_serial, packed.applied[0].first)
    sighting = lookup.Sighting(1, "", place.issue, 50, place.state, packed.lot, 0)
    assert world.see(pack_of, sighting=sighting).issue_leaf is None
    seal_all(world)
    number = world.see(pack_of, sighting=sighting).issue_leaf
    leaf = leaves_of(world)[number]
    assert b'"kind":"marks.issue"' in leaf
    assert b'"serials":[%d,%d]' % (place.issue.range.first, place.issue.range.last) in leaf


def pack_of(work: Any, *, sighting: lookup.Sighting, now: Any) -> lookup.Pack:
    return packs.pack_of(work, sighting, now=now)


# --- what was changed is named ----------------------------------------------------------------------------------------

SOME = "(SELECT fact_id FROM log_leaf WHERE number = 500)"
OPEN = "(SELECT MIN(id) FROM fact WHERE kind = 'marks.issue')"
LAST_FACT = "(SELECT MAX(id) FROM fact)"
LAST = "(SELECT MAX(size) FROM log_checkpoint)"
DAY_LATER = {"sqlite": "datetime({0}, '+1 day') || '.000000'", "postgresql": "{0} + interval '1 day'"}

COLUMNS = "kind, version, actor_id, happened_at, recorded_at, public, private, salt"
COMMITMENT = "(SELECT commitment FROM log_leaf WHERE number = 1)"
ROOT, NOTE = (f"(SELECT {one} FROM log_checkpoint WHERE size = 300)" for one in ("root", "note"))

#: What an insider does by hand → the table and column of the entry that is named first; neither: nothing is.
TAMPERINGS: list[tuple[str, str, str]] = [
    (f"UPDATE fact SET private = '{{\"n\":1}}' WHERE id = {SOME}", "fact", "opening"),
    (f"UPDATE fact SET private = NULL WHERE id = {SOME}", "", ""),
    (f"UPDATE fact SET private = NULL, salt = NULL WHERE id = {SOME}", "", ""),
    (f"UPDATE fact SET salt = NULL WHERE id = {SOME}", "fact", "salt"),
    (f"UPDATE fact SET salt = '{'0' * 32}' WHERE id = {SOME}", "fact", "opening"),
    (f"UPDATE fact SET salt = 'tea' WHERE id = {SOME}", "fact", "opening"),
    (f"UPDATE fact SET actor_id = 2 WHERE id = {SOME}", "fact", "opening"),
    (f"UPDATE fact SET happened_at = DAY_LATER(happened_at) WHERE id = {SOME}", "fact", "opening"),
    (f"UPDATE fact SET happened_at = DAY_LATER(happened_at) WHERE id = {OPEN}", "fact", "row"),
    (f"UPDATE fact SET recorded_at = DAY_LATER(recorded_at) WHERE id = {SOME}", "fact", "leaf"),
    (f"UPDATE fact SET public = '{{\"serials\":[1,9]}}' WHERE id = {OPEN}", "fact", "leaf"),
    (f"UPDATE fact SET public = '{{\"a\":1}}' WHERE id = {SOME}", "fact", "leaf"),
    (f"UPDATE fact SET kind = 'marks.void' WHERE id = {OPEN}", "fact", "leaf"),
    (f"UPDATE fact SET version = 2 WHERE id = {SOME}", "fact", "leaf"),
    (f"DELETE FROM fact WHERE id = {SOME}", "fact", "id"),
    (f"DELETE FROM fact WHERE id = {LAST_FACT}", "fact", "id"),
    (f"UPDATE fact SET id = 9999 WHERE id = {SOME}", "fact", "id"),
    (f"INSERT INTO fact ({COLUMNS}) SELECT {COLUMNS} FROM fact WHERE id = {SOME}", "fact", "id"),
    (f"UPDATE log_leaf SET commitment = {COMMITMENT} WHERE number = 500", "log_leaf", "commitment"),
    ("UPDATE log_leaf SET fact_id = 9999 WHERE number = 500", "fact", "id"),
    ("DELETE FROM log_leaf WHERE number = 500", "log_leaf", "number"),
    (f"DELETE FROM log_leaf WHERE number = {LAST} - 1", "log_leaf", "number"),
    (
        f"INSERT INTO log_leaf (number, fact_id, commitment) SELECT {LAST}, 9999, {COMMITMENT}",
        "log_leaf",
        "number",
    ),
    (
        "UPDATE log_tile SET hashes = (SELECT hashes FROM log_tile WHERE level = 0 AND number = 1) "
        "WHERE level = 0 AND number = 0",
        "log_tile",
        "hashes",
    ),
    (f"UPDATE log_tile SET hashes = {ROOT} WHERE level = 1 AND number = 0", "log_tile", "hashes"),
    ("DELETE FROM log_tile WHERE level = 0 AND number = 1", "log_tile", "hashes"),
    ("DELETE FROM log_tile WHERE level = 1", "log_tile", "hashes"),
    (f"INSERT INTO log_tile (level, number, hashes) SELECT 2, 0, {ROOT}", "log_tile", "hashes"),
    (f"UPDATE log_checkpoint SET root = {ROOT} WHERE size = {LAST}", "log_checkpoint", "root"),
    (f"UPDATE log_checkpoint SET note = {NOTE} WHERE size = {LAST}", "log_checkpoint", "size"),
    ("UPDATE log_checkpoint SET note = 'x' WHERE size = 300", "log_checkpoint", "note"),
    ("UPDATE log_checkpoint SET key = 'x' WHERE size = 300", "log_checkpoint", "note"),
    (f"UPDATE log_checkpoint SET key = 'x' WHERE size = {LAST}", "log_checkpoint", "key"),
    ("UPDATE log_checkpoint SET size = 299 WHERE size = 300", "log_checkpoint", "size"),
    (f"DELETE FROM log_checkpoint WHERE size = {LAST}", "log_tile", "hashes"),
    ("DELETE FROM log_checkpoint", "log_tile", "hashes"),
    (f"INSERT INTO unsealed (fact_id) VALUES ({SOME})", "unsealed", "fact_id"),
    ("INSERT INTO unsealed (fact_id) VALUES (9999)", "unsealed", "fact_id"),
]


def test_whatever_is_changed_by_hand_is_named(sealed: World) -> None:
    kind = sealed.house.sessions.kw["bind"].dialect.name
    missed = []
    for sql, table, column in TAMPERINGS:
        first = next(iter(after(sealed, _spelled(sql, kind))), None)
        found = (first.table, first.column) if first else ("", "")
        if found != (table, column):
            missed.append((sql, found, (table, column)))
    assert missed == []


def _spelled(sql: str, kind: str) -> str:
    for column in ("happened_at", "recorded_at"):
        sql = sql.replace(f"DAY_LATER({column})", DAY_LATER[kind].format(column))
    return sql


def after(world: World, *statements: str) -> list[Difference]:
    """What the check finds after these statements, which are undone."""
    with look(world.house) as work:
        for sql in statements:
            work.session.connection().exec_driver_sql(sql)
        return list(service.check(work, key=SIGNER.key))


def test_the_entry_is_named_with_its_key(sealed: World) -> None:
    fact = sealed.rows(
        lambda session: session.scalar(sa.select(LeafRow.fact_id).where(LeafRow.number == 500))
    )
    [found] = after(sealed, f"UPDATE fact SET actor_id = 2 WHERE id = {fact}")
    assert (found.table, found.key, found.fact) == ("fact", fact, fact)
    assert found.expected != found.found


def test_one_entry_changed_is_one_difference(sealed: World) -> None:
    """Neither the tiles above it nor the checkpoints after it are named with it."""
    for sql, _table, column in TAMPERINGS:
        if column in {"opening", "leaf", "salt"} and "DAY" not in sql:
            assert len(after(sealed, sql)) == 1, sql


def test_a_cut_tail_is_named_by_whoever_kept_a_checkpoint(sealed: World) -> None:
    """Facts, leaves, tiles and checkpoints are cut where an older checkpoint is: only a kept one tells (FRAUD F21)."""
    note, size = sealed.see(service.latest).note, sealed.see(service.size_of)
    cut = [
        "DELETE FROM fact WHERE id IN (SELECT fact_id FROM log_leaf WHERE number >= 600)",
        "DELETE FROM log_leaf WHERE number >= 600",
        "DELETE FROM log_checkpoint WHERE size > 600",
        "DELETE FROM log_tile WHERE level = 0 AND number > 2",
        "UPDATE log_tile SET hashes = substr(hashes, 1, 88 * 32) WHERE level = 0 AND number = 2",
        "UPDATE log_tile SET hashes = substr(hashes, 1, 2 * 32) WHERE level = 1",
    ]
    assert size > 600
    with look(sealed.house) as work:
        for sql in cut:
            work.session.connection().exec_driver_sql(sql)
        assert list(service.check(work, key=SIGNER.key)) == []
        since = [Since.read(note, SIGNER.key)]
        [found] = service.check(work, key=SIGNER.key, since=since)
    assert (found.table, found.key, found.column, found.found) == ("log_checkpoint", size, "size", 600)


def test_another_history_is_named_by_whoever_kept_a_checkpoint(sealed: World) -> None:
    kept = [Since.read(sealed.rows(rows.checkpoint, 300).note, SIGNER.key), Since(0, log.EMPTY_ROOT)]
    assert checked(sealed, *kept) == []
    other = Since(301, kept[0].root)
    [found] = checked(sealed, other)
    assert (found.key, found.column) == (301, "root")
    with pytest.raises(BadNote):
        Since.read(sealed.see(service.latest).note, Signer(SIGNER.name, b"\x06" * 32).key)


def test_a_log_signed_by_somebody_else_is_not_taken_for_ours(sealed: World) -> None:
    other = Signer(SIGNER.name, b"\x06" * 32)
    with look(sealed.house) as work:
        [found] = service.check(work, key=other.key)
    assert (found.table, found.column, found.expected) == ("log_checkpoint", "key", str(other.key))


def test_nothing_is_put_on_top_of_a_log_that_is_not_what_was_signed(sealed: World) -> None:
    keep_facts(sealed, 1)
    for sql in (
        "DELETE FROM log_tile WHERE level = 1",
        f"UPDATE log_checkpoint SET note = 'x' WHERE size = {LAST}",
        f"UPDATE log_checkpoint SET key = 'x' WHERE size = {LAST}",
    ):
        with sealed.refusal(errors.LogMismatch), seal(sealed.house) as work:
            work.session.connection().exec_driver_sql(sql)
            service.seal_batch(work, signer=SIGNER, now=sealed.now)


def test_progress_is_told(sealed: World) -> None:
    told: list[tuple[int, int]] = []
    with look(sealed.house) as work:
        list(service.check(work, key=SIGNER.key, progress=lambda done, whole: told.append((done, whole))))
    size = sealed.see(service.size_of)
    assert (size, size) in told
    assert told[-1][0] == told[-1][1]
    assert all(0 < done <= whole for done, whole in told)


# --- openings ---------------------------------------------------------------------------------------------------------


def test_an_opening_is_forgotten_once_it_is_sealed(world: World) -> None:
    seal_all(world)
    keep_facts(world, 1)
    everything = [number for number, _, _ in facts(world)]
    with change(world.house) as work:
        rows.drop_openings(work.session, everything)
        work.record(Fact("test.forgotten", 1, world.now, world.now))
    left = [fact.private for _, fact, salt in facts(world) if salt]
    assert len(left) == 2
    assert all(fact.private == {} for _, fact, salt in facts(world) if not salt)
    seal_all(world)
    assert structure_of(world) == []
    number = facts(world)[0][0]
    found = after(world, f"UPDATE fact SET private = '{{}}', salt = '{'1' * 32}' WHERE id = {number}")
    assert [one.column for one in found if one.table == "fact"] == ["opening"]


# --- findings ---------------------------------------------------------------------------------------------------------


def test_a_mismatch_is_a_finding_of_the_highest_weight_and_is_found_once(world: World) -> None:
    first = Difference("fact", 7, "opening", "a" * 80, None, 7)
    for _ in range(2):
        world.do(service.find_mismatch, first=first, count=3)
    found = world.rows(oversight_rows.findings, within=Within.all())
    assert [(one.code, one.county, one.about) for one in found] == [
        (service.MISMATCH, world.house.profile.prefecture.code, "fact:7:opening")
    ]
    assert found[0].evidence["differences"] == 3
    kind = kind_of(service.MISMATCH)
    assert kind.burden is Burden.HEAVY
    assert kind.weight == max(kind_of(code).weight for code in KINDS_OF_FINDINGS)


KINDS_OF_FINDINGS = ("receipts.at_night", "leaf.circling", service.MISMATCH)


def test_a_note_that_was_read_is_the_note_that_is_shown(sealed: World) -> None:
    head = sealed.see(service.latest)
    assert str(Note.read(head.note)) == head.note
