"""The ways to the database."""

from dataclasses import replace

import pytest
import sqlalchemy as sa

from tests.world import World
from traceability.domain.errors import BooksBusy, Refusal
from traceability.domain.log import Fact
from traceability.domain.scans import Door
from traceability.store import chain as chain_rows
from traceability.store import log as log_rows
from traceability.store import oversight as oversight_rows
from traceability.store import people as people_rows
from traceability.store import scans as scan_rows
from traceability.store import work as ways
from traceability.store.people import GrowerRow
from traceability.store.scans import Scan
from traceability.store.work import ChangeWithoutFact, NotANote, Work, change, look, note, rehearse


def add_grower(work: Work) -> None:
    people_rows.add_grower(
        work.session,
        no="G-X",
        kind="household",
        name="乙",
        township="522701110",
        by=work.session.info.get("by", 1),
    )


def a_fact(world: World) -> Fact:
    return Fact("test.kept", 1, world.now, world.now, {"a": 1}, {"b": "密"})


def test_a_change_without_a_fact_is_a_fault_and_is_undone(world: World) -> None:
    before = world.table_counts(notes=True)
    with pytest.raises(ChangeWithoutFact, match="grower"), change(world.house) as work:
        add_grower(work)
    assert world.table_counts(notes=True) == before


def test_a_change_by_plain_sql_is_noticed_too(world: World) -> None:
    with pytest.raises(ChangeWithoutFact, match="grower"), change(world.house) as work:
        work.session.execute(sa.update(GrowerRow).values(name="丙"))


def test_a_change_keeps_its_rows_and_its_fact_together(world: World) -> None:
    before = world.table_counts()
    with change(world.house) as work:
        add_grower(work)
        work.record(a_fact(world))
    after = world.table_counts()
    assert (after["grower"], after["fact"]) == (before["grower"] + 1, before["fact"] + 1)
    kept = world.rows(log_rows.all_facts)[-1]
    assert replace(kept, private={"b": kept.private["b"]}) == a_fact(world)
    assert [one["no"] for one in kept.private["books"]["grower"]["new"]] == ["G-X"]


def refused_at_the_end(world: World) -> None:
    with change(world.house) as work:
        add_grower(work)
        work.record(a_fact(world))
        raise Refusal


def test_a_refused_change_leaves_nothing_not_even_its_fact(world: World) -> None:
    with world.refusal(Refusal):
        refused_at_the_end(world)


def test_a_note_refuses_every_table_of_facts(world: World) -> None:
    before = world.table_counts(notes=True)
    with pytest.raises(NotANote, match="grower"), note(world.house) as work:
        add_grower(work)
    with pytest.raises(NotANote, match="fact"), note(world.house) as work:
        work.record(a_fact(world))
    with pytest.raises(NotANote, match="finding"), note(world.house) as work:
        oversight_rows.add_finding(
            work.session, code="x", enterprise=world.firm.id, county="522701", lot=None, event=None,
            happened_at=world.now, recorded_at=world.now, evidence={},
        )  # fmt: skip
    assert world.table_counts(notes=True) == before


def test_a_note_keeps_a_scan(world: World) -> None:
    with note(world.house) as work:
        scan_rows.add_scan(work.session, Scan(1, world.now, Door.PUBLIC), previous=None)
    assert world.table_counts()["scan"] == 1


def test_a_look_is_undone(world: World) -> None:
    before = world.table_counts(notes=True)
    with look(world.house) as work:
        add_grower(work)
        work.session.flush()
    assert world.table_counts(notes=True) == before


def test_a_rehearsal_is_undone(world: World) -> None:
    before = world.table_counts(notes=True)
    with rehearse(world.house) as work:
        add_grower(work)
        work.record(a_fact(world))
    assert world.table_counts(notes=True) == before


def test_a_rehearsal_does_not_wait_long_behind_a_change(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ways, "REHEARSAL_MS", 40)
    lot = world.leaf()
    with world.refusal(BooksBusy), change(world.house) as work:
        chain_rows.lots_by_id(work.session, [lot], lock=True)
        with rehearse(world.house) as rehearsed:
            chain_rows.lots_by_id(rehearsed.session, [lot], lock=True)
    with rehearse(world.house) as work:  # once it is over, as always
        chain_rows.lots_by_id(work.session, [lot], lock=True)


def test_every_fact_row_has_a_salt_of_its_own(world: World) -> None:
    salts = world.rows(lambda session: list(session.scalars(sa.text("select salt from fact"))))
    assert len(set(salts)) == len(salts) > 10
    assert {len(salt) for salt in salts} == {32}
