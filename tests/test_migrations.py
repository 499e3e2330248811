"""Migrations: numbered, one after the other, up and down and up again, and they make what the models say."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, MetaData, Table, create_engine, func, inspect, select, table

from traceability.store import schema

VERSIONS = Path(__file__).resolve().parent.parent / "alembic/versions"
FILES = sorted(VERSIONS.glob("*.py"))


#: Row n is full of n, so that its references find the row they name.
FILLING: dict[type, Callable[[int], Any]] = {
    bool: lambda n: True,
    int: lambda n: n,
    str: str,
    Decimal: Decimal,
    date: lambda n: date(2026, 4, n),
    datetime: lambda n: datetime(2026, 4, n, tzinfo=UTC),
    bytes: lambda n: b"%d" % n,
}
#: Where a check asks for something else: (table, column) → what row n takes.
TAKEN: dict[tuple[str, str], Callable[[int], Any]] = {}


@contextmanager
def reading(url: str) -> Iterator[Engine]:
    """The database itself, whatever models say."""
    engine = create_engine(url)
    yield engine
    engine.dispose()


def _tables(engine: Engine) -> set[str]:
    return set(inspect(engine).get_table_names()) - {"alembic_version"}


def tables(url: str) -> set[str]:
    with reading(url) as engine:
        return _tables(engine)


def _counts(engine: Engine) -> dict[str, int]:
    with engine.connect() as connection:
        return {
            name: connection.scalar(select(func.count()).select_from(table(name))) or 0
            for name in _tables(engine)
        }


def counts(url: str) -> dict[str, int]:
    with reading(url) as engine:
        return _counts(engine)


def fill(url: str) -> None:
    """Two rows in every table that has none; of the others nothing is read, which would take ten times as long."""
    with reading(url) as engine:
        empty = [name for name, rows in _counts(engine).items() if not rows]
        found = MetaData()
        found.reflect(engine, only=empty)
        with engine.begin() as connection:
            for one in (one for one in found.sorted_tables if one.name in empty):
                connection.execute(one.insert(), [_row(one, 1), _row(one, 2)])


def _row(one: Table, n: int) -> dict[str, Any]:
    """Row n of a table; a second reference to the same table names the other row there."""
    row: dict[str, Any] = {}
    named: set[Table] = set()
    for column in one.c:
        other = next((key.column.table for key in column.foreign_keys), None)
        if other is not None and column.nullable:
            row[column.name] = None
            continue
        number = 3 - n if other in named else n
        row[column.name] = TAKEN.get((one.name, column.name), FILLING[column.type.python_type])(number)
        named |= {other} if other is not None else set()
    return row


def test_migrations_are_numbered_without_gaps() -> None:
    assert [file.name[:5] for file in FILES] == [f"{number:04d}_" for number in range(1, len(FILES) + 1)]


def test_migrations_have_one_head_and_its_number_is_the_last() -> None:
    heads = ScriptDirectory.from_config(schema.config("sqlite://")).get_heads()
    assert heads == [file.name[:4] for file in FILES[-1:]]


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_migrations_import_nothing_of_ours(file: Path) -> None:
    """A model changes, a migration must mean the same in ten years."""
    assert not re.search(r"^\s*(from|import) traceability", file.read_text("utf-8"), re.MULTILINE)
    assert "traceability." not in file.read_text("utf-8")


def test_models_and_migrations_agree(database_url: str) -> None:
    command.check(schema.config(database_url))


def test_migrations_go_up_and_down_and_up_again(bare_database_url: str) -> None:
    schema.migrate(bare_database_url)
    first = tables(bare_database_url)
    schema.downgrade(bare_database_url, "base")
    assert tables(bare_database_url) == set()
    schema.migrate(bare_database_url)
    assert tables(bare_database_url) == first


def test_each_migration_goes_up_and_down_and_up_again_with_rows_in_the_tables(bare_database_url: str) -> None:
    before = "base"
    for revision in (file.name[:4] for file in FILES):
        kept = counts(bare_database_url) if before != "base" else {}
        schema.migrate(bare_database_url, revision)
        fill(bare_database_url)
        schema.downgrade(bare_database_url, before)
        assert counts(bare_database_url) == kept
        schema.migrate(bare_database_url, revision)
        fill(bare_database_url)
        before = revision
    assert 0 not in counts(bare_database_url).values()


def test_a_migrated_database_is_left_alone(database_url: str) -> None:
    before = tables(database_url)
    schema.migrate(database_url)
    assert tables(database_url) == before
