"""The public log as it is kept: the number of each fact, tiles of hashes, signed checkpoints and who cosigned them.

Leaves are put together from columns that are canonical texts already: rows are read as the driver has them, moments are
written by the database, and nothing is parsed and written again.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    String,
    Text,
    UniqueConstraint,
    bindparam,
    delete,
    func,
    insert,
    select,
    type_coerce,
)
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import Mapped, Session, mapped_column
from sqlalchemy.sql.dml import Insert

from traceability.domain.log import HASH_BYTES, ReadTile, written_leaf
from traceability.store.base import Base, Code, Key, Moment, RawBytes, table_of
from traceability.store.log.facts import FactRow, UnsealedRow
from traceability.store.prepared import Prepared, among, is_postgresql, named


class LeafRow(Base):
    """The number of a fact in the public log, from 0, and the commitment its leaf was made with.

    No foreign key to the fact: a fact that somebody removes is found by the check, and each seal would look it up.
    """

    __tablename__ = "log_leaf"

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    fact_id: Mapped[int] = mapped_column(unique=True)
    commitment: Mapped[bytes] = mapped_column(RawBytes)


class TileRow(Base):
    """Up to 256 hashes in a row. The last tile of a level grows; a full one never changes."""

    __tablename__ = "log_tile"

    level: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    hashes: Mapped[bytes] = mapped_column(RawBytes)


class CheckpointRow(Base):
    """The log at one size: its root, and the note we signed; `key` is what the signature is checked with."""

    __tablename__ = "log_checkpoint"

    size: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    root: Mapped[bytes] = mapped_column(RawBytes)
    signed_at: Mapped[Moment]
    note: Mapped[str] = mapped_column(Text)
    key: Mapped[str] = mapped_column(String(400))


class CosignatureRow(Base):
    """The line a witness put under a checkpoint."""

    __tablename__ = "log_cosignature"
    __table_args__ = (UniqueConstraint("size", "witness", "key_hash"),)

    id: Mapped[Key]
    size: Mapped[int]
    witness: Mapped[str] = mapped_column(String(160))
    key_hash: Mapped[Code]
    line: Mapped[str] = mapped_column(Text)
    kept_at: Mapped[Moment]


#: What sealing writes, and nothing else.
LOG_TABLES = frozenset(
    {row.__tablename__ for row in (UnsealedRow, LeafRow, TileRow, CheckpointRow, CosignatureRow)}
)

# --- the queue -------------------------------------------------------------------------------------------------------

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
    """These have their number now."""
    queue = table_of(UnsealedRow)
    session.execute(delete(queue).where(among(session, queue.c.fact_id, facts)))


def queued(session: Session) -> int:
    """How many facts wait."""
    return session.scalar(select(func.count()).select_from(UnsealedRow)) or 0


def is_queued(session: Session) -> bool:
    """Whether any fact waits."""
    return session.scalar(select(UnsealedRow.fact_id).limit(1)) is not None


# --- leaves ----------------------------------------------------------------------------------------------------------

_LEAF = Prepared(lambda sql: sql.insert(LeafRow).values(named(LeafRow)))
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
    rows = ({"number": n, "fact_id": fact, "commitment": one} for n, (fact, one) in enumerate(made, first))
    _LEAF.write(session, list(rows))


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


# --- tiles -----------------------------------------------------------------------------------------------------------


def _tile_kept(sql: Any) -> Insert:
    made = sql.insert(TileRow).values(named(TileRow))
    kept: Insert = made.on_conflict_do_update(
        index_elements=[TileRow.level, TileRow.number], set_={"hashes": made.excluded.hashes}
    )
    return kept


_KEEP_TILE = Prepared(_tile_kept)
_TILE = Prepared(
    lambda _sql: select(TileRow.hashes).where(
        TileRow.level == bindparam("level"), TileRow.number == bindparam("number")
    )
)


def keep_tiles(session: Session, tiles: Mapping[tuple[int, int], bytes]) -> None:
    """Keep tiles that are new or have grown, by level and number."""
    rows = [{"level": level, "number": number, "hashes": hashes} for (level, number), hashes in tiles.items()]
    _KEEP_TILE.write(session, rows)


def tile(session: Session, level: int, number: int) -> bytes:
    """The hashes of a tile, as far as it has grown; none where there is no tile."""
    found = _TILE.rows(session, level=level, number=number)
    return bytes(found[0][0]) if found else b""


def reader(session: Session) -> ReadTile:
    """Reads tiles for the rules of the tree; each one once."""
    known: dict[tuple[int, int], bytes] = {}

    def read(level: int, number: int, _width: int) -> bytes:
        if (level, number) not in known:
            known[level, number] = tile(session, level, number)
        return known[level, number]

    return read


def tiles_between(session: Session, first: int, end: int) -> dict[int, bytes]:
    """Tiles of leaves from one number up to another, by number."""
    query = select(TileRow.number, TileRow.hashes).where(
        TileRow.level == 0, TileRow.number >= first, TileRow.number < end
    )
    return {number: bytes(hashes) for number, hashes in session.execute(query)}


def widths(session: Session) -> Iterator[tuple[int, int, int]]:
    """Every tile: level, number, and how many hashes it has."""
    query = select(TileRow.level, TileRow.number, func.length(TileRow.hashes))
    for level, number, length in session.execute(query.order_by(TileRow.level, TileRow.number)):
        yield level, number, -(-length // HASH_BYTES)


# --- checkpoints -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Sealed:
    """The log at one size; `note` is the signed checkpoint, `key` what its signature is checked with."""

    size: int
    root: bytes
    signed_at: datetime
    note: str
    key: str


@dataclass(frozen=True, slots=True)
class Cosigned:
    """A witness's line under a checkpoint."""

    witness: str
    line: str
    kept_at: datetime


def _sealed(row: CheckpointRow | None) -> Sealed | None:
    return Sealed(row.size, bytes(row.root), row.signed_at, row.note, row.key) if row else None


def head(session: Session) -> Sealed | None:
    """The latest checkpoint; None while nothing was ever sealed."""
    return _sealed(
        session.scalars(select(CheckpointRow).order_by(CheckpointRow.size.desc()).limit(1)).first()
    )


def checkpoint(session: Session, size: int) -> Sealed | None:
    """The checkpoint of a size."""
    return _sealed(session.get(CheckpointRow, size))


def checkpoints(session: Session) -> Iterator[Sealed]:
    """Every checkpoint, from the first."""
    query = select(CheckpointRow).order_by(CheckpointRow.size).execution_options(yield_per=500)
    for row in session.scalars(query):
        yield Sealed(row.size, bytes(row.root), row.signed_at, row.note, row.key)


_KEEP_CHECKPOINT = Prepared(lambda sql: sql.insert(CheckpointRow).values(named(CheckpointRow)))


def keep_checkpoint(session: Session, made: Sealed) -> None:
    """Keep a checkpoint."""
    values = {name: getattr(made, name) for name in ("size", "root", "signed_at", "note", "key")}
    _KEEP_CHECKPOINT.write(session, [values])


def cosignatures(session: Session, size: int) -> list[Cosigned]:
    """Who cosigned the checkpoint of a size."""
    query = select(CosignatureRow).where(CosignatureRow.size == size).order_by(CosignatureRow.id)
    return [Cosigned(row.witness, row.line, row.kept_at) for row in session.scalars(query)]


# --- for the check ---------------------------------------------------------------------------------------------------


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
