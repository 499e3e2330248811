"""What a change adds, changes and takes out, gathered while it is written, for its fact to tell.

Rows that go through the session are seen here by themselves; whoever writes a table of facts by a statement has to
`tell` it, and a change that did not is a fault (`RowsUntold`).
"""

import hashlib
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from typing import Any

from sqlalchemy import Table, inspect
from sqlalchemy.orm import InstanceState, Session

from traceability.domain.log import canonical
from traceability.domain.replay import GONE, NEW, NOW, Change, rows_of, written
from traceability.store.base import Base, ExactDecimal
from traceability.store.replay.tables import BOOKED, BY_DIGEST, TOLD, UNSAID


class RowsUntold(AssertionError):
    """Rows were about to be kept that no fact tells of: a fault of ours."""


_GATHERED = "rows told"


class Gathered:
    """What was written in one transaction and is not in a fact yet."""

    def __init__(self) -> None:
        self._changes: list[Change] = []
        self._seen: set[str] = set()
        self._stated: set[str] = set()
        self._told: set[str] = set()

    def add(self, change: Change) -> None:
        """A row that was written."""
        self._changes.append(change)

    def take(self) -> dict[str, Any]:
        """Everything gathered since the last time, as a fact has it."""
        found, self._changes = rows_of(self._changes), []
        return found

    def tables(self) -> set[str]:
        """The tables of what was gathered since the last time."""
        return {one.table for one in self._changes}

    def saw(self, table: str) -> None:
        """The session wrote rows of it."""
        self._seen.add(table)

    def stated(self, table: str) -> None:
        """A statement wrote rows of it."""
        self._stated.add(table)

    def told(self, table: str) -> None:
        """Whoever wrote that statement told the rows."""
        self._told.add(table)

    def check(self, touched: Iterable[str]) -> None:
        """Raise `RowsUntold` for tables of facts written behind the session's back."""
        if untold := ((self._stated | (set(touched) - self._seen)) & TOLD) - self._told:
            raise RowsUntold(sorted(untold))


def gather(session: Session) -> Gathered:
    """Begin to gather what this transaction writes."""
    made = session.info[_GATHERED] = Gathered()
    return made


def gathered(session: Session) -> Gathered | None:
    """What is gathered; None where nothing will be kept."""
    return session.info.get(_GATHERED)


def tell(session: Session, table: Table, rows: Iterable[Mapping[str, Any]], *, how: str = NEW) -> None:
    """Rows written by a statement, by the names of their columns."""
    if (found := gathered(session)) is not None:
        found.told(table.name)
        for row in rows:
            told = {name: value for name, value in row.items() if value is not None or how == NOW}
            found.add(Change(table.name, how, _written(table.name, told)))


def note_flush(session: Session) -> None:
    """Gather what the session has just written."""
    if (found := gathered(session)) is None:
        return
    for rows, how in ((session.new, NEW), (session.dirty, NOW), (session.deleted, GONE)):
        for row in rows:
            found.saw(row.__tablename__)
            if row.__tablename__ in TOLD or row.__tablename__ in BOOKED:
                _note(found, row, how)


def _note(found: Gathered, row: Base, how: str) -> None:
    state: InstanceState[Base] = inspect(row)
    table, held = row.__tablename__, state.dict
    named = [one for one in said(table) if how == NEW or (how == NOW and _is_changed(state, one))]
    if named or how == GONE:
        values = {name: held[name] for name in named if held.get(name) is not None or how == NOW}
        key = {name: held[name] for name in key_of(table)}
        found.add(Change(table, how, _written(table, key | values)))


def _is_changed(state: InstanceState[Base], column: str) -> bool:
    return bool(state.attrs[column].history.has_changes())


@cache
def key_of(table: str) -> tuple[str, ...]:
    """The columns of a table's key."""
    return tuple(one.name for one in Base.metadata.tables[table].primary_key)


@cache
def said(table: str) -> tuple[str, ...]:
    """The columns facts tell of."""
    return tuple(one.name for one in Base.metadata.tables[table].columns if (table, one.name) not in UNSAID)


def _written(table: str, values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _form(table, name)(values[name]) for name in said(table) if name in values}


@cache
def _form(table: str, column: str) -> Callable[[Any], Any]:
    """How facts have the values of a column."""
    if (table, column) in BY_DIGEST:
        return digest
    decimal = isinstance(Base.metadata.tables[table].c[column].type, ExactDecimal)
    return _digits if decimal else written


def _digits(value: Any) -> Any:
    """A decimal as its column has it, though somebody wrote a whole number."""
    return None if value is None else format(value, "f")


def digest(value: Any) -> str | None:
    """A long text, or the canonical text of a large value, by its SHA-256."""
    if value is None:
        return None
    return hashlib.sha256((value if isinstance(value, str) else canonical(value)).encode()).hexdigest()
