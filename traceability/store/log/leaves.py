"""The number of each fact in the public log, and the bytes of leaves."""

from collections.abc import Sequence
from datetime import datetime
from itertools import chain, islice
from typing import Any

from sqlalchemy import (
    bindparam,
    func,
    insert,
    select,
)
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import Mapped, Session, mapped_column
from sqlalchemy.sql.dml import Insert

from traceability.domain.log import written_leaf
from traceability.store.base import Base, RawBytes
from traceability.store.log.facts import FactRow, UnsealedRow
from traceability.store.log.waiting import RawFact, raw_columns
from traceability.store.prepared import Prepared, is_postgresql, named


class LeafRow(Base):
    """The number of a fact in the public log, from 0, and the commitment its leaf was made with.

    No foreign key to the fact: a fact that somebody removes is found by the check, and each seal would look it up.
    """

    __tablename__ = "log_leaf"

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    fact_id: Mapped[int] = mapped_column(unique=True)
    commitment: Mapped[bytes] = mapped_column(RawBytes)


#: Leaves that SQLite takes in one statement: what it costs to run one is shared by so many.
TOGETHER = 100


def _of_many(sql: Any) -> Any:
    rows = [{name: bindparam(f"{name}_{n}", type_=one.type) for name, one in named(LeafRow).items()}
            for n in range(TOGETHER)]  # fmt: skip
    return sql.insert(LeafRow).values(rows)


_LEAF, _SOME = Prepared(lambda sql: sql.insert(LeafRow).values(named(LeafRow))), Prepared(_of_many)
_NUMBERS, _BYTES = postgresql.ARRAY(LeafRow.fact_id.type), postgresql.ARRAY(RawBytes)


def _many_leaves(_sql: Any) -> Insert:
    """All at once, as two arrays: PostgreSQL takes a statement a row a hundred times as slowly."""
    given = (
        func.unnest(
            bindparam("numbers", type_=_NUMBERS),
            bindparam("facts", type_=_NUMBERS),
            bindparam("commitments", type_=_BYTES),
        )
        .table_valued("number", "fact_id", "commitment")
        .render_derived()
    )
    return insert(LeafRow).from_select(["number", "fact_id", "commitment"], select(given))


_LEAVES = Prepared(_many_leaves)


def keep_leaves(session: Session, first: int, made: Sequence[tuple[int, bytes]]) -> None:
    """Number facts from `first` on: each with its commitment."""
    if is_postgresql(session):
        facts, commitments = map(list, zip(*made, strict=True))
        numbers = list(range(first, first + len(made)))
        _LEAVES.write(session, [{"numbers": numbers, "facts": facts, "commitments": commitments}])
        return
    whole = len(made) - len(made) % TOGETHER
    rows = ((n, fact, one) for n, (fact, one) in enumerate(made, first))
    _SOME.write_raw(session, (tuple(chain(*islice(rows, TOGETHER))) for _ in range(0, whole, TOGETHER)))
    _LEAF.write_raw(session, rows)


_STRETCH = Prepared(
    lambda sql: (
        select(LeafRow.number, LeafRow.fact_id, LeafRow.commitment, *raw_columns(sql))
        .join(FactRow, FactRow.id == LeafRow.fact_id, isouter=True)
        .where(LeafRow.number >= bindparam("first"), LeafRow.number < bindparam("end"))
        .order_by(LeafRow.number)
    )
)


def stretch(session: Session, first: int, end: int) -> list[tuple[int, int, bytes, RawFact]]:
    """Leaves from one number up to another: number, fact, commitment, and the fact as it stands (all None: gone)."""
    rows = _STRETCH.raw(session, first=first, end=end)[0]
    return [(number, fact, bytes(one), raw) for number, fact, one, *raw in rows]  # type: ignore[misc]


def leaves(session: Session, first: int, end: int) -> list[bytes]:
    """The bytes of leaves from one number up to another."""
    return [leaf_of_raw(raw, one.hex()) for _number, _fact, one, raw in stretch(session, first, end)]


def leaf_of_raw(raw: Sequence[Any], commitment: str) -> bytes:
    """The leaf of a raw fact."""
    _id, kind, version, _actor, happened, recorded, public, _private, _salt = raw
    return written_leaf(commitment, kind, happened, public, recorded, version)


def leaf_number(session: Session, fact: int) -> int | None:
    """The number of a fact in the log, if it has one."""
    return session.scalar(select(LeafRow.number).where(LeafRow.fact_id == fact))


def issue_fact(session: Session, serials: tuple[int, int], at: datetime) -> int | None:
    """The fact of an issue of marks that was recorded then."""
    query = select(FactRow.id, FactRow.public).where(FactRow.recorded_at == at, FactRow.kind == "marks.issue")
    issued = ((number, public.get("serials")) for number, public in session.execute(query))
    return next((number for number, found in issued if found == list(serials)), None)


def facts_outside(session: Session, most: int = 100) -> list[int]:
    """Facts that neither have a number nor wait for one."""
    query = (
        select(FactRow.id)
        .join(LeafRow, LeafRow.fact_id == FactRow.id, isouter=True)
        .join(UnsealedRow, UnsealedRow.fact_id == FactRow.id, isouter=True)
        .where(LeafRow.number.is_(None), UnsealedRow.fact_id.is_(None))
        .order_by(FactRow.id)
        .limit(most)
    )
    return list(session.scalars(query))


def queued_wrongly(session: Session, most: int = 100) -> list[tuple[int, bool]]:
    """Facts in the queue that are not there, or have a number already: (fact, whether it is there)."""
    query = (
        select(UnsealedRow.fact_id, FactRow.id.is_not(None))
        .join(FactRow, FactRow.id == UnsealedRow.fact_id, isouter=True)
        .join(LeafRow, LeafRow.fact_id == UnsealedRow.fact_id, isouter=True)
        .where(FactRow.id.is_(None) | LeafRow.number.is_not(None))
        .order_by(UnsealedRow.fact_id)
        .limit(most)
    )
    return [(fact, bool(there)) for fact, there in session.execute(query)]


def numbers_beyond(session: Session, size: int, most: int = 100) -> list[tuple[int, int]]:
    """Leaves with a number that no checkpoint counts: (number, fact)."""
    query = select(LeafRow.number, LeafRow.fact_id).where((LeafRow.number >= size) | (LeafRow.number < 0))
    return [(number, fact) for number, fact in session.execute(query.order_by(LeafRow.number).limit(most))]
