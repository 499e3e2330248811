"""Witnesses whose cosignatures count here, and the lines they put under checkpoints."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import String, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from traceability.store.base import Base, Key, Moment, UserRef
from traceability.store.log.checkpoints import CosignatureRow


class WitnessRow(Base):
    """Somebody who keeps checkpoints of the log and cosigns them; `key` is what their signatures are checked with.

    Rows are added, never changed: who changes the key is known by a new one beside the old.
    """

    __tablename__ = "log_witness"

    id: Mapped[Key]
    name: Mapped[str] = mapped_column(String(160))
    key: Mapped[str] = mapped_column(String(400), unique=True)
    added_at: Mapped[Moment]
    added_by: Mapped[UserRef]


@dataclass(frozen=True, slots=True)
class Witness:
    """A witness; `size` and `kept_at` tell the latest checkpoint this key cosigned."""

    name: str
    key: str
    added_at: datetime
    size: int | None = None
    kept_at: datetime | None = None


def add_witness(session: Session, name: str, key: str, *, at: datetime, by: int) -> int:
    """Know a witness from now on; its id."""
    row = WitnessRow(name=name, key=key, added_at=at, added_by=by)
    session.add(row)
    session.flush()
    return row.id


def witnesses(session: Session) -> list[Witness]:
    """Every witness, in the order they became one."""
    return [
        Witness(row.name, row.key, row.added_at, *_latest(session, row))
        for row in session.scalars(select(WitnessRow).order_by(WitnessRow.id))
    ]


def _latest(session: Session, row: WitnessRow) -> tuple[int | None, datetime | None]:
    key_hash = row.key.split("+")[1]
    query = (
        select(CosignatureRow.size, CosignatureRow.kept_at)
        .where(CosignatureRow.witness == row.name, CosignatureRow.key_hash == key_hash)
        .order_by(CosignatureRow.size.desc())
        .limit(1)
    )
    found = session.execute(query).first()
    return (found[0], found[1]) if found else (None, None)


def is_cosigned(session: Session, size: int, witness: str, key_hash: str) -> bool:
    """Whether this key of a witness is under the checkpoint of a size already."""
    same = (CosignatureRow.size == size) & (CosignatureRow.witness == witness)
    query = select(CosignatureRow.id).where(same, CosignatureRow.key_hash == key_hash)
    return session.scalar(query) is not None


def keep_cosignature(
    session: Session, size: int, witness: str, key_hash: str, line: str, *, at: datetime
) -> None:
    """Keep a witness's line under the checkpoint of a size."""
    session.add(CosignatureRow(size=size, witness=witness, key_hash=key_hash, line=line, kept_at=at))
    session.flush()


def cosigned_size(session: Session, *, least: int = 0) -> int | None:
    """The size of the latest checkpoint that anybody cosigned, of those at least so large."""
    return session.scalar(select(func.max(CosignatureRow.size)).where(CosignatureRow.size >= least))
