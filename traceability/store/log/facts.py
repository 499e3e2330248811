"""Fact rows, and the queue in which they wait for their number in the public log."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Index, String, and_, func, insert, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column
from sqlalchemy.sql.dml import Insert

from traceability.domain.errors import LeafTooLong
from traceability.domain.log import LONGEST, Fact, leaf_bytes
from traceability.store.base import Base, CanonicalJson, Code, Json, Key, Moment, table_of
from traceability.store.prepared import Adding, Prepared, among, is_postgresql, named


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
    private: Mapped[dict[str, Any] | None] = mapped_column(CanonicalJson)
    salt: Mapped[str | None] = mapped_column(String(32))


class UnsealedRow(Base):
    """A fact that has no number in the public log yet. It is put here with the fact, in the same transaction.

    No foreign key: every change would pay for looking it up, and `log verify` names a row whose fact is not there.
    """

    __tablename__ = "unsealed"

    fact_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)


_ADD = Adding(FactRow)
_QUEUE = Prepared(lambda sql: sql.insert(UnsealedRow).values(named(UnsealedRow)))


def _added(sql: Any) -> Insert:
    """Both rows in one statement, which SQLite cannot do: half a way to the server saved with every change."""
    fact = sql.insert(FactRow).values(named(FactRow, without="id")).returning(FactRow.id).cte("kept")
    queued: Insert = sql.insert(UnsealedRow).from_select(["fact_id"], select(fact.c.id))
    return queued.returning(UnsealedRow.fact_id)


_ADD_BOTH = Prepared(_added, beside=FactRow.__tablename__)


def add_fact(session: Session, fact: Fact, salt: str) -> int:
    """Keep a fact, to be sealed; its number."""
    values = fact_values(fact, salt)
    if is_postgresql(session):
        return int(_ADD_BOTH.rows(session, **values)[0][0])
    number = _ADD.one(session, **values)
    _QUEUE.write(session, [{"fact_id": number}])
    return number


#: A commitment as long as every other.
_COMMITTED = "0" * 64


def fact_values(fact: Fact, salt: str) -> dict[str, Any]:
    """A fact as its row has it; raise `LeafTooLong` for one that no bundle of the log could carry."""
    if fact.public and (size := len(leaf_bytes(fact, _COMMITTED))) > LONGEST:
        raise LeafTooLong(bytes=size, most=LONGEST)
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
    """Keep many facts, each with its salt, in their order, to be sealed."""
    table = table_of(FactRow)
    made = insert(table).returning(table.c.id)
    numbers = session.scalars(made, [fact_values(fact, salt) for fact, salt in facts])
    session.execute(insert(table_of(UnsealedRow)), [{"fact_id": number} for number in numbers])


def drop_openings(session: Session, facts: Iterable[int]) -> None:
    """Forget what was private in these facts: their leaves stay, and nobody can open them any more.

    Of one that waits to be sealed nothing can be forgotten yet, since there is no commitment to it.
    """
    sealed = FactRow.id.not_in(select(UnsealedRow.fact_id))
    which = among(session, FactRow.id, facts) & sealed
    session.execute(update(FactRow).where(which).values(private=None, salt=None))


def all_facts(session: Session) -> list[Fact]:
    """Every fact in the order it was kept."""
    return [_fact(row) for row in session.scalars(select(FactRow).order_by(FactRow.id))]


def _fact(row: FactRow) -> Fact:
    return Fact(
        row.kind, row.actor_id, row.happened_at, row.recorded_at, row.public, row.private or {}, row.version
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
