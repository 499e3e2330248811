"""Answers to request keys, and running numbers."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    ScalarSelect,
    String,
    Text,
    bindparam,
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, Session, mapped_column
from sqlalchemy.sql.dml import Insert

from traceability.store.base import Base
from traceability.store.prepared import At, Prepared, named


class RequestKeyRow(Base):
    """What was answered to a request that may come again: form reload, retry (FRAUD F18)."""

    __tablename__ = "request_key"

    holder: Mapped[str] = mapped_column(String(60), primary_key=True)
    key: Mapped[str] = mapped_column(String(80), primary_key=True)
    digest: Mapped[str] = mapped_column(String(64))
    answer: Mapped[str] = mapped_column(Text, default="")


class CounterRow(Base):
    """A running number."""

    __tablename__ = "counter"

    name: Mapped[str] = mapped_column(String(60), primary_key=True)
    value: Mapped[int] = mapped_column(BigInteger)


def _mine() -> ColumnElement[bool]:
    return (RequestKeyRow.holder == bindparam("of")) & (RequestKeyRow.key == bindparam("named"))


def _claimed(sql: Any) -> Insert:
    """Unless it is there, waiting for a transaction that is about to insert it."""
    made: Insert = sql.insert(RequestKeyRow).values(named(RequestKeyRow)).on_conflict_do_nothing()
    return made.returning(RequestKeyRow.holder)


_CLAIM = Prepared(_claimed)
_CLAIMED = Prepared(lambda _sql: select(RequestKeyRow.digest, RequestKeyRow.answer).where(_mine()))
_ANSWER = Prepared(lambda _sql: update(RequestKeyRow).where(_mine()).values(answer=bindparam("told")))


def claim_key(session: Session, holder: str, key: str, digest: str) -> tuple[str, str] | None:
    """Claim a request key for this transaction, waiting for another that holds it.

    None when it is ours now; else the digest and the answer of the request that came first.
    """
    if _CLAIM.rows(session, holder=holder, key=key, digest=digest, answer=""):
        return None
    [(first, answer)] = _CLAIMED.rows(session, of=holder, named=key)
    return first, answer


def answer_key(session: Session, holder: str, key: str, answer: str) -> None:
    """Keep what was answered."""
    _ANSWER.write(session, [{"of": holder, "named": key, "told": answer}])


_NEXT = Prepared(
    lambda _sql: (
        update(CounterRow)
        .where(CounterRow.name == bindparam("of"))
        .values(value=CounterRow.value + bindparam("more", type_=BigInteger))
        .returning(CounterRow.value)
    )
)


def next_numbers(session: Session, name: str, how_many: int = 1) -> int:
    """The first of so many running numbers; the row stays locked until the transaction ends, so none is skipped."""
    taken = _NEXT.rows(session, of=name, more=how_many)
    if not taken:
        insert_or_leave(session, CounterRow, {"name": name, "value": 0})
        taken = _NEXT.rows(session, of=name, more=how_many)
    return int(taken[0][0]) - how_many + 1


def _counted(sql: Any) -> Insert:
    made = sql.insert(CounterRow).values(
        name=bindparam("name", type_=CounterRow.name.type),
        value=bindparam("value", type_=CounterRow.value.type),
    )
    added = {"value": CounterRow.value + made.excluded.value}
    kept: Insert = made.on_conflict_do_update(index_elements=[CounterRow.name], set_=added)
    return kept


_COUNT = Prepared(_counted)


def count_up(session: At, name: str, how_many: int) -> None:
    """Let a number of that name grow; nobody is told which one."""
    _COUNT.write(session, [{"name": name, "value": how_many}])


#: The running number of accepted changes.
BOOKS = "books"


def count_change(session: Session) -> None:
    """One more change is about to be kept: the last thing it does, so that the row is locked for a moment only."""
    count_up(session, BOOKS, 1)


def books_version() -> ScalarSelect[int]:
    """A number that is another one as soon as any change can be seen, and the same as long as none can.

    The number of the last fact would not do: of two changes at once the one numbered first may be seen last.
    """
    return select(CounterRow.value).where(CounterRow.name == BOOKS).scalar_subquery()


def insert_or_leave(session: Session, row: type[Base], values: Mapping[str, object]) -> bool:
    """Insert unless its key is there, waiting for a transaction that is about to insert it; whether it was inserted."""
    dialect = session.get_bind().dialect.name
    insert = postgresql.insert if dialect == "postgresql" else sqlite.insert
    first = next(iter(row.__table__.primary_key))
    done = session.execute(insert(row).values(**values).on_conflict_do_nothing().returning(first))
    return done.first() is not None
