"""Scans: time, serial, door, place when known, a keyed hash of the client; nothing else (PIPL)."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import BigInteger, String, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from traceability.domain.marks import SerialRange
from traceability.domain.scans import Door, Seen
from traceability.store.base import Base, Code, Key, Moment


class ScanRow(Base):
    """One look at a mark."""

    __tablename__ = "scan"

    id: Mapped[Key]
    at: Mapped[Moment]
    serial: Mapped[int] = mapped_column(BigInteger, index=True)
    door: Mapped[Code]
    province: Mapped[Code | None]
    client: Mapped[str | None] = mapped_column(String(32))


def add_scan(session: Session, *, serial: int, at: datetime, door: Door, client: str | None) -> int:
    """Keep a scan; its id."""
    row = ScanRow(serial=serial, at=at, door=door.value, client=client)
    session.add(row)
    session.flush()
    return row.id


def seen_before(session: Session, serial: int, *, scan: int | None) -> Seen:
    """Public scans of a mark before this one (all of them, when this look is no scan)."""
    query = select(func.count(), func.min(ScanRow.at)).where(
        ScanRow.serial == serial, ScanRow.door == Door.PUBLIC.value
    )
    if scan is not None:
        query = query.where(ScanRow.id < scan)
    times, first = session.execute(query).one()
    return Seen(int(times), first)


def first_seen_in(session: Session, ranges: Iterable[SerialRange]) -> int | None:
    """A serial of these ranges that was ever looked up, by anybody; None when none was."""
    for one in ranges:
        found = session.scalar(
            select(func.min(ScanRow.serial)).where(ScanRow.serial.between(one.first, one.last))
        )
        if found is not None:
            return int(found)
    return None
