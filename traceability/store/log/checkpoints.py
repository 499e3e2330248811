"""Signed checkpoints of the public log, and who cosigned them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import (
    String,
    Text,
    UniqueConstraint,
    select,
)
from sqlalchemy.orm import Mapped, Session, mapped_column

from traceability.store.base import Base, Code, Key, Moment, RawBytes
from traceability.store.log.facts import UnsealedRow
from traceability.store.log.leaves import LeafRow
from traceability.store.log.tiles import TileRow
from traceability.store.prepared import Prepared, named


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
