"""Statements asked thousands of times a second: compiled once for each kind of database, run on the driver's cursor.

The rest of the store goes through the session; its care costs a fifth of a millisecond a statement, more than all else
a look at a mark takes. What runs here is still inside the session's transaction, and what it writes is still watched.
"""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

from sqlalchemy import (
    JSON,
    BindParameter,
    ColumnElement,
    Dialect,
    Integer,
    Select,
    String,
    Table,
    any_,
    bindparam,
    func,
    select,
)
from sqlalchemy import cast as sql_cast
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session
from sqlalchemy.sql.dml import Insert, Update

from traceability.store.base import Base

Convert = Callable[[Any], Any] | None


@dataclass(frozen=True)
class _Compiled:
    """SQL for one driver, with the constants written into it; how parameters and columns become the driver's values
    and ours.
    """

    sql: str
    constants: Mapping[str, Any]
    binds: tuple[tuple[str, Convert], ...]
    columns: tuple[Convert, ...]
    positional: bool
    told: tuple[tuple[int, Callable[[Any], Any]], ...] = field(init=False)

    def __post_init__(self) -> None:
        """Which columns have to be turned into our values at all."""
        told = tuple((n, convert) for n, convert in enumerate(self.columns) if convert)
        object.__setattr__(self, "told", told)

    def values(self, given: Mapping[str, Any]) -> Any:
        """Parameters as the driver takes them."""
        known = {**self.constants, **given} if self.constants else given
        if self.positional:
            return [convert(known[name]) if convert else known[name] for name, convert in self.binds]
        return {name: convert(known[name]) if convert else known[name] for name, convert in self.binds}

    def rows(self, found: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
        """Rows in our values; most statements ask for numbers and texts, which are the driver's values too."""
        return [tuple(self.row(one)) for one in found] if any(self.columns) else found

    def row(self, found: Sequence[Any]) -> list[Any]:
        """One row in our values."""
        told = list(found)
        for n, convert in self.told:
            if (value := told[n]) is not None:
                told[n] = convert(value)
        return told


@dataclass
class Line:
    """A line to the driver with no session on it, for prepared statements only; `touched` are the tables written."""

    driver: Any
    dialect: Dialect
    touched: set[str] = field(default_factory=set)


#: Where a prepared statement can run.
At = Session | Line


def is_postgresql(at: At) -> bool:
    """Which kind of database this is."""
    return (at.dialect if isinstance(at, Line) else at.get_bind().dialect).name == "postgresql"


def one_of(sql: Any, column: Any) -> ColumnElement[bool]:
    """Whether a column is one of the `numbers` given (see `numbers`): one parameter, however many they are."""
    return _among(sql, column, bindparam("numbers", type_=_listed(sql)))


def numbers(at: At, given: Iterable[int]) -> Any:
    """Numbers as `one_of` takes them, in order and each once."""
    listed = sorted(set(given))
    return listed if is_postgresql(at) else json.dumps(listed)


#: More numbers than this are handed over as one value: a database takes only so many parameters, and reads them slowly.
MANY = 200


def among(session: Session, column: Any, given: Iterable[int]) -> ColumnElement[bool]:
    """Whether a column is one of these numbers, however many, in a question of the session."""
    listed = sorted(set(given))
    if len(listed) <= MANY:
        return cast(ColumnElement[bool], column.in_(listed))
    sql = postgresql if is_postgresql(session) else sqlite
    return _among(sql, column, bindparam(None, numbers(session, listed), type_=_listed(sql), unique=True))


def term(session: Session, column: Any, name: str) -> ColumnElement[Any]:
    """A text in a column of canonical JSON, read by the database: to bring them all over takes longer than to sum."""
    if is_postgresql(session):
        found: ColumnElement[Any] = sql_cast(sql_cast(column, postgresql.TEXT), JSON)[name].as_string()
        return found
    return func.json_extract(column, f"$.{name}")


def _listed(sql: Any) -> Any:
    return postgresql.ARRAY(Integer) if sql is postgresql else String


def _among(sql: Any, column: Any, listed: BindParameter[Any]) -> ColumnElement[bool]:
    if sql is postgresql:
        return cast(ColumnElement[bool], column == any_(listed))
    each = func.json_each(listed).table_valued("value")
    return cast(ColumnElement[bool], column.in_(select(each.c.value)))


class Prepared:
    """A statement whose parameters are all named; `make` writes it for one kind of database.

    `beside` names a second table it writes.
    """

    def __init__(self, make: Callable[[Any], Any], *, beside: str | None = None) -> None:
        self._make = make
        self._beside = {beside} if beside else set()
        self._compiled: dict[str, _Compiled] = {}

    def rows(self, at: At, /, **given: Any) -> list[tuple[Any, ...]]:
        """The rows asked for, or returned."""
        cursor, compiled = self._open(at)
        try:
            cursor.execute(compiled.sql, compiled.values(given))
            return compiled.rows(cursor.fetchall())
        finally:
            cursor.close()

    def raw(
        self, at: At, /, **given: Any
    ) -> tuple[list[tuple[Any, ...]], Callable[[Sequence[Any]], list[Any]]]:
        """The driver's own rows, and what turns one into our values: for answers too long to be kept twice."""
        cursor, compiled = self._open(at)
        try:
            cursor.execute(compiled.sql, compiled.values(given))
            return cursor.fetchall(), compiled.row
        finally:
            cursor.close()

    def write(self, at: At, many: Sequence[Mapping[str, Any]]) -> None:
        """Run once for each."""
        cursor, compiled = self._open(at)
        try:
            if len(many) == 1:  # psycopg opens a pipeline for several
                cursor.execute(compiled.sql, compiled.values(many[0]))
            else:
                cursor.executemany(compiled.sql, [compiled.values(one) for one in many])
        finally:
            cursor.close()

    def write_raw(self, at: At, many: Iterable[Sequence[Any]]) -> None:
        """Run once for each, with the driver's own values in the order of the statement (SQLite)."""
        cursor, compiled = self._open(at)
        try:
            cursor.executemany(compiled.sql, many)
        finally:
            cursor.close()

    def _open(self, at: At) -> tuple[Any, _Compiled]:
        line = at if isinstance(at, Line) else at.info.get(LINE) or _line_of(at)
        compiled = self._compiled.get(line.dialect.name) or self._compile(line.dialect)
        if self.table:
            line.touched |= {self.table, *self._beside}
        return line.driver.cursor(), compiled

    table: str | None = None

    def _compile(self, dialect: Dialect) -> _Compiled:
        statement: Select[Any] | Insert | Update = self._make(
            postgresql if dialect.name == "postgresql" else sqlite
        )
        if isinstance(statement, Insert | Update):
            self.table = cast(Table, statement.table).name
        compiled = statement.compile(dialect=dialect)
        names = compiled.positiontup or tuple(compiled.bind_names.values())
        constants = {name: compiled.binds[name].value for name in names if not compiled.binds[name].required}
        made = _Compiled(
            str(compiled),
            constants,
            tuple((name, _bind(compiled.binds[name].type, dialect)) for name in names),
            tuple(_result(column.type, dialect) for column in _columns(statement)),
            compiled.positiontup is not None,
        )
        self._compiled[dialect.name] = made
        return made


def named(row: type[Base], *, without: str = "") -> dict[str, BindParameter[Any]]:
    """A parameter for every column of a table."""
    columns = (one for one in row.__table__.columns if one.name != without)
    return {one.name: bindparam(one.name, type_=one.type) for one in columns}


class Adding:
    """Rows added to a table whose key the database gives; they are written at once, not when the session gets to it."""

    def __init__(self, row: type[Base]) -> None:
        self._empty = {column.name: None for column in row.__table__.columns if column.name != "id"}
        key = row.__table__.c.id
        self._one = Prepared(lambda sql: sql.insert(row).values(named(row, without="id")).returning(key))
        self._many = Prepared(lambda sql: sql.insert(row).values(named(row, without="id")))

    def one(self, at: At, /, **given: Any) -> int:
        """Add a row, what is not given being NULL; its id."""
        return int(self._one.rows(at, **{**self._empty, **given})[0][0])

    def many(self, at: At, rows: Sequence[Mapping[str, Any]]) -> None:
        """Add rows in this order."""
        if rows:
            self._many.write(at, [{**self._empty, **given} for given in rows])


#: Where a session keeps the line of its one transaction, and the names of the tables it has written.
LINE, TOUCHED = "line", "touched"


def _line_of(session: Session) -> Line:
    connection = session.connection()
    touched = session.info.get(TOUCHED, set())
    line = session.info[LINE] = Line(connection.connection, connection.dialect, touched)
    return line


def _columns(statement: Select[Any] | Insert | Update) -> Sequence[Any]:
    if isinstance(statement, Select):
        return list(statement.selected_columns)
    return list(statement._returning)


def _bind(kind: Any, dialect: Dialect) -> Convert:
    found: Convert = kind.dialect_impl(dialect).bind_processor(dialect)
    return found


def _result(kind: Any, dialect: Dialect) -> Convert:
    found: Convert = kind.dialect_impl(dialect).result_processor(dialect, None)
    return found
