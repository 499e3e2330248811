"""Pages of long lists: filtered, sorted and cut in SQL, whatever the list is about.

A list finds the numbers of its rows here, in two statements; their values are read for one page only.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Boolean, ColumnElement, Select, String, Text, and_, func, literal, or_, type_coerce
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import Session
from sqlalchemy.sql.functions import FunctionElement

from traceability.domain.listing import Asked, Found, Word
from traceability.domain.units import start_of_day
from traceability.store.base import UtcMoment

Condition = ColumnElement[bool]


@dataclass(frozen=True)
class Listable:
    """A list as SQL knows it.

    `query` selects the rows' own numbers, and `number` is that column: the last key of every order, so that no row is
    shown twice or left out between two pages. `sorts` are the orders by name, the first of them unless another is
    asked for; none of them may be null; `joined` is what some of them need beside the rows, where there is any.
    `texts` are searched, `codes` hold what people search by its name, `also` are searches elsewhere. `only` are the
    filters by name; those named in `dear`, and the orders named in `slow`, are as dear as a search. `day` is the moment
    or day the rows are of.
    """

    query: Select[int]
    number: Any
    sorts: Mapping[str, Any]
    joined: Mapping[str, tuple[Any, Condition]] = field(default_factory=dict)
    texts: Sequence[Any] = ()
    codes: Sequence[Any] = ()
    also: Sequence[Callable[[str], Condition]] = ()
    only: Mapping[str, Callable[[str], Condition]] = field(default_factory=dict)
    dear: frozenset[str] = frozenset()
    slow: frozenset[str] = frozenset()
    day: Any = None


MOST = 1_000
"""Rows a search finds, or an order by sums: whoever needs more looks from the other end, or searches with another word;
no page should have to count them, or to go through them all to reach the last."""


def numbers(session: Session, listed: Listable, asked: Asked) -> Found[int]:
    """The numbers of the rows asked for, in order, and how many there are in all: of a search `MOST` at most."""
    narrowed = listed.query.where(*_conditions(listed, asked))
    ordered = _beside(narrowed, listed, asked).order_by(*_order(listed, asked))
    if asked.size is None:
        found = tuple(session.scalars(ordered))
        return Found(found, len(found))
    if asked.words or listed.dear & set(asked.only) or asked.sort in listed.slow:
        return _searched(session, ordered, asked.first, asked.size)
    total = session.scalar(narrowed.with_only_columns(func.count(), maintain_column_froms=True)) or 0
    first = _first(asked.first, asked.size, total)
    return Found(tuple(session.scalars(ordered.offset(first).limit(asked.size))), total, first)


def _searched(session: Session, ordered: Select[int], first: int, size: int) -> Found[int]:
    """Every row has to be looked at, so it is done once: for the page and for the count."""
    found = tuple(session.scalars(ordered.limit(MOST + 1)))
    known = found[:MOST]
    start = _first(first, size, len(known))
    return Found(known[start : start + size], len(known), start, more=len(found) > MOST)


def _first(asked: int, size: int, total: int) -> int:
    """Where the page begins: that of the last row at most."""
    return min(asked, max(0, total - 1) // size * size)


def _beside(rows: Select[int], listed: Listable, asked: Asked) -> Select[int]:
    """The rows with what their order needs; only where it is asked for, since it is dear."""
    return rows.outerjoin(*listed.joined[asked.sort]) if asked.sort in listed.joined else rows


def _order(listed: Listable, asked: Asked) -> tuple[Any, ...]:
    """The key asked for, then the row's number, both the same way round: one index can give both."""
    key = listed.sorts.get(asked.sort, next(iter(listed.sorts.values())))
    keys = (key,) if key is listed.number else (key, listed.number)
    return tuple(one.desc() if asked.down else one.asc() for one in keys)


def _conditions(listed: Listable, asked: Asked) -> list[Condition]:
    chosen = [listed.only[name](code) for name, code in asked.only.items() if name in listed.only]
    said = [_says(listed, word) for word in asked.words]
    return [*chosen, *said, *_span(listed.day, asked.since, asked.until)]


def _says(listed: Listable, word: Word) -> Condition:
    ways: list[Condition] = [holds(text, word.text) for text in listed.texts]
    ways += [code.in_(sorted(word.codes)) for code in listed.codes if word.codes]
    ways += [search(word.text) for search in listed.also]
    if word.day is not None and listed.day is not None:
        ways.append(_span(listed.day, word.day, None)[0] & _span(listed.day, None, word.day)[0])
    return or_(*ways)


def _span(column: Any, since: date | None, until: date | None) -> list[Condition]:
    """On these days in Asia/Shanghai, both included."""
    if column is None:
        return []
    at = start_of_day if isinstance(column.type, UtcMoment) else lambda day: day
    found: list[Condition] = [column >= at(since)] if since else []
    return [*found, column < at(until + timedelta(days=1))] if until else found


# --- texts inside JSON ------------------------------------------------------------------------------------------


class told(FunctionElement[str]):  # noqa: N801 (a function of SQL)
    """The text under a key of a JSON column; null where there is none."""

    type = String()
    inherit_cache = True
    name = "told"


@compiles(told, "sqlite")
def _sqlite_told(element: Any, compiler: Any, **kw: Any) -> str:
    column, key = element.clauses
    return f"json_extract({compiler.process(column, **kw)}, '$.' || {compiler.process(key, **kw)})"


@compiles(told, "postgresql")
def _postgresql_told(element: Any, compiler: Any, **kw: Any) -> str:
    column, key = element.clauses
    return f"(({compiler.process(column, **kw)})::json ->> {compiler.process(key, **kw)})"


class like(FunctionElement[bool]):  # noqa: N801 (a function of SQL)
    """Whether a text is like a pattern, whatever the case. SQLite's LIKE never minds it; `lower` would cost as much."""

    type = Boolean()
    inherit_cache = True
    name = "like"


@compiles(like, "sqlite")
def _sqlite_like(element: Any, compiler: Any, **kw: Any) -> str:
    column, pattern = element.clauses
    return f"({compiler.process(column, **kw)} LIKE {compiler.process(pattern, **kw)} ESCAPE '/')"


@compiles(like, "postgresql")
def _postgresql_like(element: Any, compiler: Any, **kw: Any) -> str:
    column, pattern = element.clauses
    return f"({compiler.process(column, **kw)} ILIKE {compiler.process(pattern, **kw)} ESCAPE '/')"


def holds(column: Any, text: str) -> Condition:
    """Whether a text of a column holds another."""
    plain = text.replace("/", "//").replace("%", "/%").replace("_", "/_")
    return like(column, literal(f"%{plain}%", String()))


def told_like(column: Any, key: str, text: str) -> Condition:
    """Whether the text under a key holds another; looked for in the whole first, which costs less than reading it."""
    found = told(column, literal(key, String()))
    whole = type_coerce(column, Text())
    return and_(holds(whole, text), holds(found, text))


def told_is(column: Any, key: str, code: str) -> Condition:
    """Whether the text under a key is just this."""
    return told(column, literal(key, String())) == code
