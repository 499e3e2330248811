"""The queue of facts that wait for their number, and facts as sealing reads them.

Rows are read as the driver has them, moments are written by the database: the columns are canonical texts already, and
nothing is parsed and written again.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
    ColumnElement,
    String,
    Text,
    bindparam,
    delete,
    func,
    select,
    type_coerce,
)
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import Session

from traceability.store.base import table_of
from traceability.store.log.facts import FactRow, UnsealedRow
from traceability.store.prepared import Prepared, among

#: A fact as the driver has it: id, kind, version, actor, happened, recorded, public, private, salt. Moments are texts
#: as leaves have them; the parts are canonical texts, the last two None when they were forgotten.
RawFact = tuple[int, str, int, int, str, str, str, str | None, str | None]


def _written(sql: Any, column: Any) -> ColumnElement[str]:
    """A moment as leaves write it (`domain.log.moment`), by the database itself."""
    if sql is postgresql:
        return func.to_char(func.timezone("UTC", column), 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"', type_=String)
    return func.replace(type_coerce(column, String), " ", "T", type_=String) + "Z"


def raw_columns(sql: Any) -> list[ColumnElement[Any]]:
    """The columns of a raw fact."""
    row = FactRow
    texts: list[ColumnElement[Any]] = [type_coerce(column, Text) for column in (row.public, row.private)]
    moments = [_written(sql, column) for column in (row.happened_at, row.recorded_at)]
    return [row.id, row.kind, row.version, row.actor_id, *moments, *texts, row.salt]  # type: ignore[list-item]


_TAKE = Prepared(
    lambda sql: (
        select(*raw_columns(sql))
        .join(UnsealedRow, UnsealedRow.fact_id == FactRow.id)
        .order_by(UnsealedRow.fact_id)
        .limit(bindparam("most"))
    )
)


def take_queue(session: Session, most: int) -> list[RawFact]:
    """The first so many facts that wait for their number."""
    return _TAKE.raw(session, most=most)[0]


def unqueue(session: Session, facts: Sequence[int]) -> None:
    """These have their number now, given in their order; mostly none is missing between them."""
    fact, (first, last) = table_of(UnsealedRow).c.fact_id, (facts[0], facts[-1])
    without_gap = last - first + 1 == len(facts)
    which = fact.between(first, last) if without_gap else among(session, fact, facts)
    session.execute(delete(table_of(UnsealedRow)).where(which))


def queued(session: Session) -> int:
    """How many facts wait."""
    return session.scalar(select(func.count()).select_from(UnsealedRow)) or 0


def is_queued(session: Session) -> bool:
    """Whether any fact waits."""
    return session.scalar(select(UnsealedRow.fact_id).limit(1)) is not None
