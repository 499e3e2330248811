"""Statements on the driver's own cursor say what SQLAlchemy says, and what they write is watched."""

from datetime import UTC, datetime
from typing import Any

import pytest
import sqlalchemy as sa

from tests.world import World
from traceability.domain.scans import Door
from traceability.store import marks as mark_rows
from traceability.store import scans as rows
from traceability.store.base import Base
from traceability.store.log import CounterRow, count_up
from traceability.store.people import GrowerRow, ProductRow
from traceability.store.prepared import Prepared, is_postgresql
from traceability.store.scans import Known, Scan, ScanRow
from traceability.store.work import ChangeWithoutFact, NotANote, ask, change, jot, look, note

AT = datetime(2026, 4, 6, 8, 30, 15, tzinfo=UTC)


def columns(row: type[Base]) -> list[Any]:
    return list(row.__table__.columns)


@pytest.mark.parametrize("row", [ScanRow, ProductRow, GrowerRow])
def test_every_kind_of_column_comes_back_as_the_session_gives_it(world: World, row: type[Base]) -> None:
    """Moments, yes and no, numbers, nothing: the driver's values are others on each database."""
    with note(world.house) as work:
        rows.add_scan(
            work.session, Scan(4_000_000_000, AT, Door.PUBLIC, "c", None, again=True), previous=None
        )
        rows.add_scan(work.session, Scan(2, AT, Door.STAFF, None, "GZ"), previous=1)
    number = sa.bindparam("number", type_=sa.BigInteger)
    table = row.__table__
    every = Prepared(lambda _sql: sa.select(*columns(row)).where(table.c.id >= number).order_by(table.c.id))
    with look(world.house) as work:
        expected = [tuple(one) for one in work.session.execute(sa.select(*columns(row)).order_by(table.c.id))]
        assert every.rows(work.session, number=0) == expected
        assert every.rows(work.session, number=2) == expected[1:]
    with ask(world.house) as work:
        assert every.rows(work.session, number=0) == expected
    assert len(expected) >= 1


def test_a_constant_of_the_statement_is_no_parameter_to_give(world: World) -> None:
    found = Prepared(
        lambda _sql: sa.select(ProductRow.id).where(
            ProductRow.net_content_g == 100, ProductRow.name != sa.bindparam("name")
        )
    )
    with look(world.house) as work:
        expected = list(
            work.session.scalars(
                sa.select(ProductRow.id).where(ProductRow.net_content_g == 100, ProductRow.name != "x")
            )
        )
        assert [one for (one,) in found.rows(work.session, name="x")] == expected
    assert len(expected) == 2


def test_text_is_bound_and_never_part_of_the_statement(world: World) -> None:
    strange = "'; DROP TABLE scan; --%s%(x)s"
    with jot(world.house) as work:
        rows.add_scan(work.session, Scan(1, AT, Door.PUBLIC, strange[:32]), previous=None)
    assert world.rows(lambda session: session.scalar(sa.select(ScanRow.client))) == strange[:32]


def test_what_is_written_belongs_to_the_transaction_it_is_written_in(world: World) -> None:
    with look(world.house) as work:
        rows.add_scan(work.session, Scan(1, AT, Door.PUBLIC), previous=None)
        assert work.session.scalar(sa.select(sa.func.count()).select_from(ScanRow)) == 1
    assert world.table_counts()["scan"] == 0
    for done, way in enumerate((note, jot)):
        with pytest.raises(InterruptedError):
            _interrupted(world, way)
        assert world.table_counts()["scan"] == done
        with way(world.house) as work:
            rows.add_scan(work.session, Scan(1, AT, Door.PUBLIC), previous=None)
    assert world.table_counts()["scan"] == 2


def _interrupted(world: World, way: Any) -> None:
    with way(world.house) as work:
        rows.add_scan(work.session, Scan(1, AT, Door.PUBLIC), previous=None)
        raise InterruptedError


def test_a_line_without_a_session_reads_and_writes_the_same(world: World) -> None:
    world.packed(packs=2)
    by_session = world.rows(mark_rows.place_of_serial, 1)
    with ask(world.house) as work:
        assert mark_rows.place_of_serial(work.session, 1) == by_session
        assert mark_rows.place_of_serial(work.session, 9) is None
    with jot(world.house) as work:
        rows.keep_tallies(work.session, {1: Known(checks=3)})
        assert rows.known_of_all(work.session, [1, 2]) == {1: Known(checks=3), 2: Known()}
        count_up(work.session, "unknown:x", 3)
        count_up(work.session, "unknown:x", 4)
        assert is_postgresql(work.session) == world.url.startswith("postgresql")
    assert world.rows(rows.known, 1) == Known(checks=3)
    with look(world.house) as work:
        assert work.session.scalar(sa.select(CounterRow.value).filter_by(name="unknown:x")) == 7
        assert is_postgresql(work.session) == world.url.startswith("postgresql")


ADD_GROWER = Prepared(
    lambda sql: sql.insert(GrowerRow).from_select(
        ["no", *(one.name for one in columns(GrowerRow) if one.name not in {"id", "no"})],
        sa.select(sa.literal("G-X"), *(one for one in columns(GrowerRow) if one.name not in {"id", "no"})),
    )
)


@pytest.mark.parametrize("way", [note, jot])
def test_a_note_that_writes_a_table_of_facts_this_way_is_a_fault_and_is_undone(
    world: World, way: Any
) -> None:
    before = world.table_counts(notes=True)
    with pytest.raises(NotANote, match="grower"), way(world.house) as work:
        ADD_GROWER.write(work.session, [{}])
    assert world.table_counts(notes=True) == before


def test_a_change_that_writes_facts_this_way_needs_a_fact_row(world: World) -> None:
    before = world.table_counts(notes=True)
    with pytest.raises(ChangeWithoutFact, match="grower"), change(world.house) as work:
        ADD_GROWER.write(work.session, [{}])
    assert world.table_counts(notes=True) == before


def test_the_first_run_of_a_statement_is_watched_like_every_other(world: World) -> None:
    """It is compiled in that run, and only then knows its table."""
    fresh = Prepared(
        lambda sql: sql.insert(CounterRow).values(name=sa.bindparam("name"), value=sa.bindparam("value"))
    )
    with note(world.house) as work:
        fresh.write(work.session, [{"name": "a", "value": 1}, {"name": "b", "value": 2}])
        assert work.touched == {"counter"}
    with jot(world.house) as work:
        fresh.write(work.session, [{"name": "c", "value": 3}])
        assert work.session.touched == {"counter"}  # type: ignore[attr-defined]
