"""Doubts of buyers: what was noticed about which mark, and a photo. No name, no telephone, no address (PIPL)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import BigInteger, ColumnElement, ForeignKey, Index, LargeBinary, false, func, select, true
from sqlalchemy.orm import Mapped, Session, mapped_column

from traceability.domain.doubts import DoubtKind, DoubtResult, DoubtState
from traceability.domain.listing import Asked, Found
from traceability.domain.people import Within
from traceability.store import listing
from traceability.store.base import Base, Code, County, Digest, Key, Moment, Words
from traceability.store.listing import Listable
from traceability.store.people.rows import EnterpriseRow


class DoubtRow(Base):
    """What a buyer told, and how an office settled it.

    `typed` is a code under which nothing was issued; `verdict` is what the mark's page said. Without an enterprise it
    is the prefecture's to look into.
    """

    __tablename__ = "doubt"
    __table_args__ = (Index("ix_doubt_state", "state", "county", "id"),)

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
    result: Mapped[Code | None]
    answer: Mapped[Words | None]
    finding_id: Mapped[int | None] = mapped_column(ForeignKey("finding.id"))


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
    result: DoubtResult | None
    answer: str | None
    finding: int | None


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
    session: Session, *, within: Within, number: int | None = None, limit: int | None = None
) -> list[Doubt]:
    """Doubts within reach, latest first: the one of this number when it is named, `limit` at most."""
    query = (
        select(DoubtRow, DoubtPhotoRow.sha256)
        .outerjoin(DoubtPhotoRow, DoubtPhotoRow.doubt_id == DoubtRow.id)
        .where(_mine(within))
    )
    if number is not None:
        query = query.where(DoubtRow.id == number)
    query = query.order_by(DoubtRow.id.desc()).limit(limit)
    return [_doubt(row, photo) for row, photo in session.execute(query)]


def doubts_by_id(session: Session, numbers: Sequence[int]) -> list[Doubt]:
    """Doubts by id, in the order asked for."""
    query = (
        select(DoubtRow, DoubtPhotoRow.sha256)
        .outerjoin(DoubtPhotoRow, DoubtPhotoRow.doubt_id == DoubtRow.id)
        .where(DoubtRow.id.in_(numbers))
    )
    found = {row.id: _doubt(row, photo) for row, photo in session.execute(query)}
    return [found[number] for number in numbers if number in found]


def find_doubts(session: Session, asked: Asked, *, within: Within) -> Found[int]:
    """Doubts within reach; those that wait longest first, unless asked downwards."""
    query = (
        select(DoubtRow.id)
        .outerjoin(EnterpriseRow, EnterpriseRow.id == DoubtRow.enterprise_id)
        .where(_mine(within))
    )
    return listing.numbers(
        session,
        Listable(
            query=query,
            number=DoubtRow.id,
            sorts={"waiting": DoubtRow.id},
            texts=(DoubtRow.ref, DoubtRow.words, EnterpriseRow.name, func.coalesce(DoubtRow.typed, "")),
            codes=(DoubtRow.kind,),
            also=(_without_hyphens, _of_mark),
            only={
                "state": lambda code: DoubtRow.state == code,
                "result": lambda code: DoubtRow.result == code,
            },
        ),
        asked,
    )


def _without_hyphens(text: str) -> ColumnElement[bool]:
    return listing.holds(func.replace(DoubtRow.ref, "-", ""), text)


def _of_mark(text: str) -> ColumnElement[bool]:
    """A control number, with or without its leading noughts."""
    known = text.isascii() and text.isdigit() and len(text) <= 10
    return DoubtRow.serial == (int(text) if known else -1)


def count_doubts(session: Session, *, within: Within) -> dict[tuple[str, str | None], int]:
    """Doubts within reach by state and result."""
    query = (
        select(DoubtRow.state, DoubtRow.result, func.count())
        .where(_mine(within))
        .group_by(DoubtRow.state, DoubtRow.result)
    )
    return {(state, result): n for state, result, n in session.execute(query)}


def count_open(session: Session, *, within: Within, before: datetime | None = None) -> int:
    """Doubts that wait; those told before a moment only, when it is named."""
    query = select(func.count()).select_from(DoubtRow).where(_mine(within), DoubtRow.state == DoubtState.OPEN)
    return session.scalar(query if before is None else query.where(DoubtRow.reported_at < before)) or 0


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
        DoubtResult(row.result) if row.result else None,
        row.answer,
        row.finding_id,
    )


def photo(session: Session, doubt: int, *, within: Within) -> bytes | None:
    """The photo of a doubt within reach."""
    query = (
        select(DoubtPhotoRow.content)
        .join(DoubtRow, DoubtRow.id == DoubtPhotoRow.doubt_id)
        .where(DoubtRow.id == doubt, _mine(within))
    )
    return session.scalars(query).first()


def standing(session: Session, ref: str) -> Doubt | None:
    """A doubt by its reference, whoever asks: the use case says what of it is told."""
    row = session.scalars(select(DoubtRow).where(DoubtRow.ref == ref)).first()
    return _doubt(row, None) if row else None


# --- settling -----------------------------------------------------------------------------------------------


def settle(
    session: Session,
    number: int,
    *,
    within: Within,
    result: DoubtResult,
    answer: str,
    outcome: str,
    finding: int | None,
    at: datetime,
    by: int,
) -> bool:
    """Close a doubt within reach with its outcome; whether there was one open."""
    query = select(DoubtRow).where(DoubtRow.id == number, DoubtRow.state == DoubtState.OPEN, _mine(within))
    row = session.scalars(query.with_for_update(key_share=True)).first()
    if row is not None:
        row.state, row.outcome, row.settled_at, row.settled_by = DoubtState.SETTLED, outcome, at, by
        row.result, row.answer, row.finding_id = result, answer, finding
    return row is not None
