"""The tables as they stand, in the values facts have."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache
from typing import Any

from sqlalchemy import Column, ColumnElement, Date, LargeBinary, Text, cast, exists, select, type_coerce
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import Session
from sqlalchemy.types import NullType

from traceability.domain.log import canonical, read
from traceability.domain.replay import written
from traceability.domain.replay.chain import EDGE, ENTRY, EVENT, LOT
from traceability.store import (
    accounts,
    allowance,
    applications,
    complaints,
    doubts,
    inspections,
    log,
    metrology,
    oversight,
    recalls,
    scans,
)
from traceability.store.base import Base, CanonicalJson, table_of
from traceability.store.chain import lines, slips
from traceability.store.chain.rows import EdgeRow, EntryRow, EventRow, LotRow
from traceability.store.findings import keeping
from traceability.store.people import artwork, changes, confirmations
from traceability.store.prepared import Prepared, numbers, one_of
from traceability.store.replay.tables import BY_DIGEST, TOLD
from traceability.store.told import digest, said
from traceability.store.told import key_of as key_of  # for those who ask here

#: Who holds the tables: all of them have to be known, whoever asks.
HOLDERS = (
    accounts, allowance, applications, artwork, changes, complaints, confirmations, doubts, inspections, keeping, lines,
    log, metrology, oversight, recalls, scans, slips,
)  # fmt: skip

AT_ONCE = 2_000
#: Rows with a file in them come one by one.
FILES_AT_ONCE = 10


def keys() -> dict[str, tuple[str, ...]]:
    """The tables facts tell of row by row, and their keys; of a lot they tell what was changed of it."""
    return {name: key_of(name) for name in sorted(TOLD | {"lot"})}


def order() -> list[str]:
    """The tables facts tell of row by row, those others refer to first."""
    return [one.name for one in Base.metadata.sorted_tables if one.name in TOLD]


def standing(session: Session, table: str) -> Iterator[dict[str, Any]]:
    """Every row of a table, by column, in the order of its key."""
    query, forms, at_once = _asking(table)
    for row in session.execute(query, execution_options={"yield_per": at_once}):
        yield {name: form(value) for (name, form), value in zip(forms, row, strict=True)}


@cache
def _asking(table: str) -> tuple[Any, list[tuple[str, Callable[[Any], Any]]], int]:
    """The question for a table's rows, how each column is read, and how many rows come at once."""
    columns = _columns(table)
    bare = select(*(type_coerce(one, NullType()).label(one.name) for one in columns))
    query = bare.order_by(*(Base.metadata.tables[table].c[name] for name in key_of(table)))
    forms = [(one.name, _found(one)) for one in columns]
    return query, forms, FILES_AT_ONCE if _has_files(columns) else AT_ONCE


def told(table: str, row: dict[str, Any]) -> dict[str, Any]:
    """A row that stands, as facts tell of a new one."""
    plain = {one.name for one in _columns(table) if not _is_json(one)}
    known = {name: value for name, value in row.items() if value is not None}
    return {name: value if name in plain else read(value) for name, value in known.items()}


@cache
def compared(table: str) -> dict[str, Callable[[Any], Any]]:
    """The columns that are compared, and what a told value is compared as: JSON in its canonical text."""
    return {one.name: _as_text if _is_json(one) else _as_is for one in _columns(table)}


def _columns(table: str) -> list[Column[Any]]:
    return [Base.metadata.tables[table].c[name] for name in said(table)]


def _found(column: Column[Any]) -> Callable[[Any], Any]:
    """A driver's value as facts have it."""
    if (column.table.name, column.name) in BY_DIGEST:
        return digest
    if isinstance(column.type, LargeBinary):
        return lambda value: written(value.encode() if isinstance(value, str) else value)
    return written


def _is_json(column: Column[Any]) -> bool:
    return isinstance(column.type, CanonicalJson) and (column.table.name, column.name) not in BY_DIGEST


def _as_is(value: Any) -> Any:
    return value


def _as_text(value: Any) -> Any:
    return None if value is None else canonical(value)


def _has_files(columns: Iterable[Column[Any]]) -> bool:
    return any(isinstance(one.type, LargeBinary) for one in columns)


# --- the tea ledger, straight off the driver ------------------------------------------------------------------


def _asked(row: type[Base], by: str, names: Sequence[str]) -> Prepared:
    table = table_of(row)

    def make(sql: Any) -> Any:
        columns = [_plain(sql, table.c[name]) for name in names]
        return select(*columns).where(one_of(sql, table.c[by])).order_by(table.c[by], table.c.id)

    return Prepared(make)


def _plain(sql: Any, column: Column[Any]) -> ColumnElement[Any]:
    """As the driver has it; PostgreSQL writes days as texts itself, quicker than they are made objects of and back."""
    is_day = sql is postgresql and isinstance(column.type, Date)
    return cast(column, Text) if is_day else type_coerce(column, NullType())


_EVENTS, _LOTS = _asked(EventRow, "id", EVENT), _asked(LotRow, "id", LOT)
_ENTRIES, _EDGES = _asked(EntryRow, "event_id", ENTRY), _asked(EdgeRow, "event_id", EDGE)


def events(session: Session, wanted: Iterable[int]) -> list[tuple[Any, ...]]:
    """Rows of events, by their ids."""
    return _EVENTS.raw(session, numbers=numbers(session, wanted))[0]


def lots(session: Session, wanted: Iterable[int]) -> list[tuple[Any, ...]]:
    """Rows of lots, by their ids; when a batch was closed, as facts have it."""
    found = _LOTS.raw(session, numbers=numbers(session, wanted))[0]
    return [row if row[_CLOSED] is None else _closed(row) for row in found]


_CLOSED = LOT.index("closed_at")


def _closed(row: tuple[Any, ...]) -> tuple[Any, ...]:
    return (*row[:_CLOSED], written(row[_CLOSED]), *row[_CLOSED + 1 :])


def entries(session: Session, of: Iterable[int]) -> list[tuple[Any, ...]]:
    """Rows of entries of these events, in order."""
    return _ENTRIES.raw(session, numbers=numbers(session, of))[0]


def edges(session: Session, of: Iterable[int]) -> list[tuple[Any, ...]]:
    """Rows of edges of these events, in order."""
    return _EDGES.raw(session, numbers=numbers(session, of))[0]


_KINDS: dict[str, type[Base]] = {"event": EventRow, "lot": LotRow}


def ids(session: Session, table: str) -> Iterator[int]:
    """Every id of events or of lots."""
    column = table_of(_KINDS[table]).c.id
    for (number,) in session.execute(select(column), execution_options={"yield_per": AT_ONCE}):
        yield number


def orphans(session: Session, table: str) -> list[tuple[int, int]]:
    """(id, event) of entries or edges of events that are not there."""
    row = table_of({"entry": EntryRow, "edge": EdgeRow}[table])
    known = exists().where(table_of(EventRow).c.id == row.c.event_id)
    return [
        (number, event) for number, event in session.execute(select(row.c.id, row.c.event_id).where(~known))
    ]
