"""Pages of long lists: filtered, sorted and cut in SQL, whatever the list is about.

A list finds the numbers of its rows here, in two statements; their values are read for one page only.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, String, Text, and_, func, literal, or_, type_coerce
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
    asked for; none of them may be null. `texts` are searched, `codes` hold what people search by its name, `also` are
    searches in other tables. `only` are the filters by name. `day` is the moment or day the rows are of.
    """

    query: Select[int]
    number: Any
    sorts: Mapping[str, Any]
    texts: Sequence[Any] = ()
    codes: Sequence[Any] = ()
    also: Sequence[Callable[[str], Condition]] = ()
    only: Mapping[str, Callable[[str], Condition]] = field(default_factory=dict)
    day: Any = None


PROBED = 1_000
"""Hits of a search that are fetched at once: with fewer, one walk through the rows finds the page and counts it."""


def numbers(session: Session, listed: Listable, asked: Asked) -> Found[int]:
    """The numbers of the rows asked for, in order, and how many there are in all."""
    narrowed = listed.query.where(*_conditions(listed, asked))
    ordered = narrowed.order_by(*_order(listed, asked))
    if asked.size is None:
        found = tuple(session.scalars(ordered))
        return Found(found, len(found))
    if asked.words and (probed := _probed(session, ordered, asked.first, asked.size)):
        return probed
    total = session.scalar(narrowed.with_only_columns(func.count(), maintain_column_froms=True)) or 0
    first = _first(asked.first, asked.size, total)
    return Found(tuple(session.scalars(ordered.offset(first).limit(asked.size))), total, first)


def _probed(session: Session, ordered: Select[int], first: int, size: int) -> Found[int] | None:
    """The page out of all there is, when that is not much."""
    found = tuple(session.scalars(ordered.limit(PROBED + 1)))
    if len(found) > PROBED:
        return None
    start = _first(first, size, len(found))
    return Found(found[start : start + size], len(found), start)


def _first(asked: int, size: int, total: int) -> int:
    """Where the page begins: that of the last row at most."""
    return min(asked, max(0, total - 1) // size * size)


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
    ways: list[Condition] = [text.icontains(word.text, autoescape=True) for text in listed.texts]
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


def told_like(column: Any, key: str, text: str) -> Condition:
    """Whether the text under a key holds another; looked for in the whole first, which costs less than reading it."""
    found = told(column, literal(key, String()))
    whole = type_coerce(column, Text())
    return and_(whole.icontains(text, autoescape=True), found.icontains(text, autoescape=True))


def told_is(column: Any, key: str, code: str) -> Condition:
    """Whether the text under a key is just this."""
    return told(column, literal(key, String())) == code
