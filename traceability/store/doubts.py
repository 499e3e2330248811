"""Doubts of buyers: what was noticed about which mark, and a photo. No name, no telephone, no address (PIPL)."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import BigInteger, ColumnElement, ForeignKey, LargeBinary, false, select, true
from sqlalchemy.orm import Mapped, Session, mapped_column

from traceability.domain.doubts import DoubtKind, DoubtState
from traceability.domain.people import Within
from traceability.store.base import Base, Code, County, Digest, Key, Moment, Words


class DoubtRow(Base):
    """What a buyer told, and how an office settled it.

    `typed` is a code under which nothing was issued; `verdict` is what the mark's page said. Without an enterprise it
    is the prefecture's to look into.
    """

    __tablename__ = "doubt"

    id: Mapped[Key]
    ref: Mapped[Code] = mapped_column(unique=True)
    serial: Mapped[int | None] = mapped_column(BigInteger, index=True)
    enterprise_id: Mapped[int | None] = mapped_column(ForeignKey("enterprise.id"), index=True)
    county: Mapped[County]
    kind: Mapped[Code]
    words: Mapped[Words]
    typed: Mapped[Code | None]
    verdict: Mapped[Code | None]
    scanned_at: Mapped[Moment | None]
    province: Mapped[Code | None]
    reported_at: Mapped[Moment]
    state: Mapped[Code]
    outcome: Mapped[Words | None]
    settled_at: Mapped[Moment | None]
    settled_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"))


class DoubtPhotoRow(Base):
    """The photo sent with a doubt: redrawn, without anything the camera wrote into it."""

    __tablename__ = "doubt_photo"

    doubt_id: Mapped[int] = mapped_column(ForeignKey("doubt.id"), primary_key=True)
    sha256: Mapped[Digest]
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)


@dataclass(frozen=True, slots=True)
class Doubt:
    """A doubt as read, its photo left out; `photo` is the photo's digest."""

    id: int
    ref: str
    serial: int | None
    enterprise: int | None
    county: str
    kind: DoubtKind
    words: str
    typed: str | None
    verdict: str | None
    scanned_at: datetime | None
    province: str | None
    reported_at: datetime
    state: DoubtState
    outcome: str | None
    settled_at: datetime | None
    photo: str | None


# --- telling ------------------------------------------------------------------------------------------------


def add_doubt(
    session: Session,
    *,
    ref: str,
    serial: int | None,
    enterprise: int | None,
    county: str,
    kind: DoubtKind,
    words: str,
    typed: str | None,
    verdict: str | None,
    scanned_at: datetime | None,
    province: str | None,
    at: datetime,
) -> int:
    """Keep a doubt that waits for its office; its id."""
    row = DoubtRow(
        ref=ref,
        serial=serial,
        enterprise_id=enterprise,
        county=county,
        kind=kind,
        words=words,
        typed=typed,
        verdict=verdict,
        scanned_at=scanned_at,
        province=province,
        reported_at=at,
        state=DoubtState.OPEN,
    )
    session.add(row)
    session.flush()
    return row.id


def add_photo(session: Session, doubt: int, *, sha256: str, content: bytes) -> None:
    """Keep the photo of a doubt."""
    session.add(DoubtPhotoRow(doubt_id=doubt, sha256=sha256, content=content))
    session.flush()


# --- reading ------------------------------------------------------------------------------------------------


def _mine(within: Within) -> ColumnElement[bool]:
    if within.everything:
        return true()
    if within.county is not None:
        return DoubtRow.county == within.county
    return DoubtRow.enterprise_id == within.enterprise if within.enterprise is not None else false()


def doubts(
    session: Session, *, within: Within, number: int | None = None, state: DoubtState | None = None
) -> list[Doubt]:
    """Doubts within reach, latest first; the one of this number, or those of this state, when named."""
    query = (
        select(DoubtRow, DoubtPhotoRow.sha256)
        .outerjoin(DoubtPhotoRow, DoubtPhotoRow.doubt_id == DoubtRow.id)
        .where(_mine(within))
    )
    if number is not None:
        query = query.where(DoubtRow.id == number)
    if state is not None:
        query = query.where(DoubtRow.state == state)
    return [_doubt(row, photo) for row, photo in session.execute(query.order_by(DoubtRow.id.desc()))]


def _doubt(row: DoubtRow, photo: str | None) -> Doubt:
    return Doubt(
        row.id,
        row.ref,
        row.serial,
        row.enterprise_id,
        row.county,
        DoubtKind(row.kind),
        row.words,
        row.typed,
        row.verdict,
        row.scanned_at,
        row.province,
        row.reported_at,
        DoubtState(row.state),
        row.outcome,
        row.settled_at,
        photo,
    )


def photo(session: Session, doubt: int, *, within: Within) -> bytes | None:
    """The photo of a doubt within reach."""
    query = (
        select(DoubtPhotoRow.content)
        .join(DoubtRow, DoubtRow.id == DoubtPhotoRow.doubt_id)
        .where(DoubtRow.id == doubt, _mine(within))
    )
    return session.scalars(query).first()


def standing(session: Session, ref: str) -> tuple[DoubtState, datetime, datetime | None] | None:
    """State, and when it was reported and settled, for whoever has the reference; nothing else."""
    query = select(DoubtRow.state, DoubtRow.reported_at, DoubtRow.settled_at).where(DoubtRow.ref == ref)
    found = session.execute(query).first()
    return (DoubtState(found[0]), found[1], found[2]) if found else None


# --- settling -----------------------------------------------------------------------------------------------


def settle(session: Session, number: int, *, within: Within, outcome: str, at: datetime, by: int) -> bool:
    """Close a doubt within reach with its outcome; whether there was one open."""
    query = select(DoubtRow).where(DoubtRow.id == number, DoubtRow.state == DoubtState.OPEN, _mine(within))
    row = session.scalars(query.with_for_update(key_share=True)).first()
    if row is not None:
        row.state, row.outcome, row.settled_at, row.settled_by = DoubtState.SETTLED, outcome, at, by
    return row is not None
