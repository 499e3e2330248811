"""Fact rows, answers to request keys, and running numbers."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Index,
    ScalarSelect,
    String,
    Text,
    and_,
    bindparam,
    func,
    insert,
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, Session, mapped_column
from sqlalchemy.sql.dml import Insert

from traceability.domain.log import Fact
from traceability.store.base import Base, Code, Json, Key, Moment, table_of
from traceability.store.prepared import Adding, At, Prepared, named


class FactRow(Base):
    """One accepted fact; rows are added, never changed."""

    __tablename__ = "fact"
    __table_args__ = (Index("ix_fact_actor_id_recorded_at", "actor_id", "recorded_at"),)

    id: Mapped[Key]
    kind: Mapped[Code]
    version: Mapped[int]
    actor_id: Mapped[int]
    happened_at: Mapped[Moment]
    recorded_at: Mapped[Moment] = mapped_column(index=True)
    public: Mapped[Json]
    private: Mapped[Json]
    salt: Mapped[str] = mapped_column(String(32))


_ADD = Adding(FactRow)


def add_fact(session: Session, fact: Fact, salt: str) -> int:
    """Keep a fact; its number."""
    return _ADD.one(session, **fact_values(fact, salt))


def fact_values(fact: Fact, salt: str) -> dict[str, Any]:
    """A fact as its row has it."""
    return {
        "kind": fact.kind,
        "version": fact.version,
        "actor_id": fact.actor,
        "happened_at": fact.happened_at,
        "recorded_at": fact.recorded_at,
        "public": dict(fact.public),
        "private": dict(fact.private),
        "salt": salt,
    }


def add_facts(session: Session, facts: Sequence[tuple[Fact, str]]) -> None:
    """Keep many facts, each with its salt, in their order."""
    session.execute(insert(table_of(FactRow)), [fact_values(fact, salt) for fact, salt in facts])


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


def all_facts(session: Session) -> list[Fact]:
    """Every fact in the order it was kept."""
    return [_fact(row) for row in session.scalars(select(FactRow).order_by(FactRow.id))]


def _fact(row: FactRow) -> Fact:
    return Fact(
        row.kind, row.actor_id, row.happened_at, row.recorded_at, row.public, row.private, row.version
    )


#: From a moment on, and before another.
Span = tuple[datetime, datetime]


def _by(actors: Iterable[int], span: Span | None) -> ColumnElement[bool]:
    found = FactRow.actor_id.in_(set(actors))
    return and_(found, FactRow.recorded_at >= span[0], FactRow.recorded_at < span[1]) if span else found


def facts_by(
    session: Session, *, actors: Iterable[int], span: Span | None, skip: int, most: int
) -> list[Fact]:
    """What these people told, latest first: so many after so many; within a stretch of time, when named."""
    # Only the ids are walked through; a page far back would else read every fact before it.
    ids = select(FactRow.id).where(_by(actors, span)).order_by(FactRow.id.desc()).offset(skip).limit(most)
    wanted = session.scalars(ids).all()
    rows = session.scalars(select(FactRow).where(FactRow.id.in_(wanted)).order_by(FactRow.id.desc()))
    return [_fact(row) for row in rows]


def count_facts(session: Session, *, actors: Iterable[int], span: Span | None) -> int:
    """How much these people told."""
    return session.scalar(select(func.count()).select_from(FactRow).where(_by(actors, span))) or 0
