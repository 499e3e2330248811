"""Somebody with the database in their hands: whatever they change in a table that matters is named (FRAUD F20)."""

from collections.abc import Iterator, Mapping
from typing import Any

import pytest
import sqlalchemy as sa

from tests.stocked import MATTERS, TABLES, a_row, insider, is_row, other, stock, told_right
from tests.world import World
from tests.worlds import copies_of
from traceability.domain.log import Difference
from traceability.domain.replay import ROWS
from traceability.services.log.opening import take_up
from traceability.store.base import Base
from traceability.store.log import FactRow
from traceability.store.replay.tables import BOOKED, MADE, NOTES, TOLD, UNSAID
from traceability.store.told import key_of, said


@pytest.fixture(scope="module")
def stocked(request: pytest.FixtureRequest) -> Iterator[World]:
    """One of everything; each tampering is undone, so one copy does for all."""
    with copies_of(request, "sqlite", stock)() as made:
        yield made


def named(found: list[Difference], table: str) -> list[Difference]:
    """What was said of a table, nothing else having been blamed but what is made from it."""
    assert {one.table for one in found} <= {table, *MADE}
    return [one for one in found if one.table == table]


# --- every table has its entry --------------------------------------------------------------------------------------


def test_every_table_is_told_booked_made_again_or_a_note() -> None:
    kinds = [set(TOLD), set(BOOKED), set(MADE), set(NOTES)]
    assert set().union(*kinds) == set(Base.metadata.tables)
    assert sum(map(len, kinds)) == len(Base.metadata.tables)
    assert set(MADE.values()) <= TOLD | BOOKED


def test_what_is_not_said_is_a_column_there_is() -> None:
    assert {(table, name) for table, name in UNSAID if name not in TABLES[table].c} == set()
    assert all(UNSAID.values())


# --- nothing is blamed that is right --------------------------------------------------------------------------------


def test_books_nobody_tampered_with_are_what_the_log_says(world: World) -> None:
    stock(world)
    assert told_right(world) == []


# --- one tampering of every column -----------------------------------------------------------------------------------


@pytest.mark.parametrize("table", MATTERS)
def test_every_value_changed_by_hand_is_named(stocked: World, table: str) -> None:
    """All columns of one row but its key: each is named, with what was told, and nothing else is."""
    columns = sorted(set(said(table)) - set(_keys(table)))
    with insider(stocked) as hand:
        row = a_row(hand.work, table)
        values = {name: other(TABLES[table].c[name], row[name]) for name in columns}
        found = hand.does(sa.update(TABLES[table]).where(is_row(table, row)).values(values)) if values else []
    told = named(found, table)
    assert sorted(str(one.column) for one in told) == columns
    assert all(one.expected != one.found and (one.fact or table in MADE) for one in told)
    assert all(_is_of(one, row) for one in told)


def _keys(table: str) -> tuple[str, ...]:
    """What names a row; what stands in a key is no value of it."""
    lines = {"entry": ("event_id",), "edge": ("event_id",), "mark_span": ("issue_id", "first")}
    return lines.get(table, key_of(table))


def _is_of(one: Difference, row: dict[str, Any]) -> bool:
    """Whether a difference names this row; entries and edges are named by their event, and counted in it."""
    key = one.key if isinstance(one.key, Mapping) else {}
    return {name: value for name, value in key.items() if name != "line"}.items() <= _written(row).items()


def _written(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value.isoformat() if name == "recorded_on" else value for name, value in row.items()}


@pytest.mark.parametrize(("table", "column"), [(table, name) for table in MATTERS for name in _keys(table)])
def test_a_row_under_another_key_is_missing_under_its_own(stocked: World, table: str, column: str) -> None:
    with insider(stocked) as hand:
        row = a_row(hand.work, table)
        value = other(TABLES[table].c[column], row[column])
        found = hand.does(sa.update(TABLES[table]).where(is_row(table, row)).values({column: value}))
    missing = [one for one in found if one.table == table and one.found is None]
    assert [_is_of(one, row) for one in missing] == [True]


@pytest.mark.parametrize("table", MATTERS)
def test_a_row_put_in_by_hand_is_named(stocked: World, table: str) -> None:
    with insider(stocked) as hand:
        row = a_row(hand.work, table)
        copy = row | {name: other(TABLES[table].c[name], row[name]) for name in _unique(table)}
        found = hand.does(sa.insert(TABLES[table]).values(copy))
    strange = [one for one in named(found, table) if one.expected is None]
    assert strange
    assert [_is_of(one, copy) for one in strange] == [True]


def _unique(table: str) -> set[str]:
    unique = [one.columns for one in TABLES[table].constraints if isinstance(one, sa.UniqueConstraint)]
    indexed = [one.columns for one in TABLES[table].indexes if one.unique]
    found = {column.name for columns in (*unique, *indexed) for column in columns}
    return found | {one.name for one in TABLES[table].primary_key}


@pytest.mark.parametrize("table", MATTERS)
def test_a_row_taken_out_by_hand_is_named(stocked: World, table: str) -> None:
    with insider(stocked) as hand:
        row = a_row(hand.work, table)
        found = hand.does(sa.delete(TABLES[table]).where(is_row(table, row)))
    missing = [one for one in found if one.table == table and one.found is None]
    assert [_is_of(one, row) for one in missing] == [True]
    assert missing[0].fact or table in MADE


def test_a_report_swapped_with_its_hash_is_named(stocked: World) -> None:
    with insider(stocked) as hand:
        row = a_row(hand.work, "document")
        swapped = {"content": b"%PDF-1.4 better", "sha256": "0" * 64}
        found = hand.does(sa.update(TABLES["document"]).where(is_row("document", row)).values(swapped))
    assert [(one.column, one.key) for one in found] == [
        ("sha256", {"id": row["id"]}),
        ("content", {"id": row["id"]}),
    ]
    assert found[1].expected == row["sha256"]


NONSENSE = ["mark_action.action", "mark_action.last", "event.happened_at", "entry.grams", "plot.area_mu"]


@pytest.mark.parametrize("place", NONSENSE)
def test_nonsense_in_a_column_is_named_and_stops_nothing(stocked: World, place: str) -> None:
    """SQLite takes any text in any column."""
    table, column = place.split(".")
    with insider(stocked) as hand:
        row = a_row(hand.work, table)
        statement = sa.text(f"UPDATE {table} SET {column} = 'nonsense' WHERE id = {row['id']}")
        found = hand.does(statement)
    assert [one.column for one in found if one.table == table] == [column]


SAMPLE = [
    ("event", "terms"), ("event", "happened_at"), ("entry", "grams"), ("lot", "plucked_from"), ("lot", "grade"),
    ("plot", "area_mu"), ("document", "content"), ("finding", "evidence"), ("report", "retest"), ("user", "role"),
    ("mark_span", "printed_for"), ("scale", "verified_on"), ("county_boundary", "area"),
    ("enterprise", "registered_at"), ("mark_issue", "last"), ("edge", "grams"),
]  # fmt: skip


def test_it_is_the_same_on_both_databases(world: World) -> None:
    """All of the sample at once, which takes one way through the log."""
    stock(world)
    with insider(world) as hand:
        told = set()
        for table, column in SAMPLE:
            row = a_row(hand.work, table)
            value = other(TABLES[table].c[column], row[column])
            hand.work.session.execute(
                sa.update(TABLES[table]).where(is_row(table, row)).values({column: value})
            )
            told.add((table, column))
        hand.work.session.execute(sa.delete(TABLES["plot_work"]))
        found = hand.found()
    assert told <= {(one.table, one.column) for one in found}
    assert [one.column for one in found if one.table == "plot_work"] == [None]
    assert "book_line" in {one.table for one in found}


# --- books of a release that did not tell rows ------------------------------------------------------------------------


def forget_rows(world: World) -> None:
    """Let the facts be as they were before rows were told."""
    with world.house.sessions.begin() as session:
        for fact in session.scalars(sa.select(FactRow)):
            fact.private = {name: value for name, value in (fact.private or {}).items() if name != ROWS}


def test_older_books_are_taken_up_once_and_watched_from_then_on(world: World) -> None:
    stock(world)
    forget_rows(world)
    assert told_right(world) != []
    assert world.do(take_up, by=world.admin) > 0
    assert told_right(world) == []
    assert world.do(take_up, by=world.admin) == 0
    with insider(world) as hand:
        [one] = hand.does(sa.update(TABLES["plot"]).where(TABLES["plot"].c.id == 1).values(place="X"))
    assert (one.table, one.column, one.found) == ("plot", "place", "X")
