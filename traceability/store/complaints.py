"""Customers' complaints: received once, and steps added since. A telephone only while an answer is owed (PIPL)."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    ForeignKey,
    LargeBinary,
    UniqueConstraint,
    and_,
    select,
    true,
)
from sqlalchemy.orm import Mapped, Session, mapped_column

from traceability.domain.complaints import (
    ComplaintChannel,
    ComplaintKind,
    ComplaintOutcome,
    ComplaintState,
    ComplaintStep,
    state_after,
)
from traceability.domain.people import Within
from traceability.store.base import Base, Code, Digest, EnterpriseRef, Key, Moment, UserRef, Words


class ComplaintRow(Base):
    """What a customer told; never changed. `source_no` is the number another office gave it; `due_on` the last day."""

    __tablename__ = "complaint"
    __table_args__ = (UniqueConstraint("enterprise_id", "no"),)

    id: Mapped[Key]
    no: Mapped[Code]
    enterprise_id: Mapped[EnterpriseRef]
    channel: Mapped[Code]
    source_no: Mapped[Code | None]
    kind: Mapped[Code]
    words: Mapped[Words]
    serial: Mapped[int | None] = mapped_column(BigInteger)
    lot_id: Mapped[int | None] = mapped_column(ForeignKey("lot.id"), index=True)
    received_at: Mapped[Moment]
    due_on: Mapped[date]
    recorded_at: Mapped[Moment]
    entered_by: Mapped[UserRef]


class ComplaintStepRow(Base):
    """Something done about a complaint; rows are added, the last one counts."""

    __tablename__ = "complaint_step"

    id: Mapped[Key]
    complaint_id: Mapped[int] = mapped_column(ForeignKey("complaint.id"), index=True)
    step: Mapped[Code]
    outcome: Mapped[Code | None]
    words: Mapped[Words]
    happened_at: Mapped[Moment]
    recorded_at: Mapped[Moment]
    entered_by: Mapped[UserRef]


class ComplaintContactRow(Base):
    """The telephone of a customer who wants an answer; gone as soon as the complaint is closed."""

    __tablename__ = "complaint_contact"

    complaint_id: Mapped[int] = mapped_column(ForeignKey("complaint.id"), primary_key=True)
    telephone: Mapped[Code]


class ComplaintPhotoRow(Base):
    """The photo of a complaint: redrawn, without anything the camera wrote into it."""

    __tablename__ = "complaint_photo"

    complaint_id: Mapped[int] = mapped_column(ForeignKey("complaint.id"), primary_key=True)
    sha256: Mapped[Digest]
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)


@dataclass(frozen=True, slots=True)
class Complaint:
    """A complaint as read; `photo` is the photo's digest, `telephone` is never part of it."""

    id: int
    no: str
    enterprise: int
    channel: ComplaintChannel
    source_no: str | None
    kind: ComplaintKind
    words: str
    serial: int | None
    lot: int | None
    received_at: datetime
    due_on: date
    state: ComplaintState
    outcome: ComplaintOutcome | None
    photo: str | None


@dataclass(frozen=True, slots=True)
class StepTaken:
    """A step as read."""

    step: ComplaintStep
    outcome: ComplaintOutcome | None
    words: str
    happened_at: datetime
    by: int


# --- writing ------------------------------------------------------------------------------------------------


def add_complaint(
    session: Session,
    *,
    no: str,
    enterprise: int,
    channel: ComplaintChannel,
    source_no: str | None,
    kind: ComplaintKind,
    words: str,
    serial: int | None,
    lot: int | None,
    at: datetime,
    due_on: date,
    now: datetime,
    by: int,
) -> int:
    """Keep a complaint that waits for its answer; its id."""
    row = ComplaintRow(
        no=no,
        enterprise_id=enterprise,
        channel=channel.value,
        source_no=source_no,
        kind=kind.value,
        words=words,
        serial=serial,
        lot_id=lot,
        received_at=at,
        due_on=due_on,
        recorded_at=now,
        entered_by=by,
    )
    session.add(row)
    session.flush()
    return row.id


def add_contact(session: Session, complaint: int, telephone: str) -> None:
    """Keep the telephone of a customer who wants an answer."""
    session.add(ComplaintContactRow(complaint_id=complaint, telephone=telephone))
    session.flush()


def erase_contact(session: Session, complaint: int) -> bool:
    """Forget the telephone; whether there was one."""
    row = session.get(ComplaintContactRow, complaint)
    if row is not None:
        session.delete(row)
        session.flush()
    return row is not None


def add_photo(session: Session, complaint: int, *, sha256: str, content: bytes) -> None:
    """Keep the photo of a complaint."""
    session.add(ComplaintPhotoRow(complaint_id=complaint, sha256=sha256, content=content))
    session.flush()


def add_step(
    session: Session,
    complaint: int,
    *,
    step: ComplaintStep,
    outcome: ComplaintOutcome | None,
    words: str,
    at: datetime,
    now: datetime,
    by: int,
) -> None:
    """Keep something done about a complaint; the caller has locked it."""
    session.add(
        ComplaintStepRow(
            complaint_id=complaint,
            step=step.value,
            outcome=outcome.value if outcome else None,
            words=words,
            happened_at=at,
            recorded_at=now,
            entered_by=by,
        )
    )
    session.flush()


# --- reading ------------------------------------------------------------------------------------------------


def _mine(within: Within) -> ColumnElement[bool]:
    return ComplaintRow.enterprise_id == within.enterprise


def complaints(session: Session, *, within: Within, number: int | None = None) -> list[Complaint]:
    """Complaints to a firm, latest first, each with its last step; the one of this number, when named."""
    named = true() if number is None else ComplaintRow.id == number
    return complaints_where(session, and_(_mine(within), named))


def complaints_where(session: Session, reached: ColumnElement[bool]) -> list[Complaint]:
    """Complaints that a condition reaches, latest first; for the store's own modules."""
    later = ComplaintStepRow.__table__.alias("later")
    last = (
        select(later.c.id)
        .where(later.c.complaint_id == ComplaintRow.id)
        .order_by(later.c.id.desc())
        .limit(1)
        .correlate(ComplaintRow)
        .scalar_subquery()
    )
    query = (
        select(ComplaintRow, ComplaintStepRow, ComplaintPhotoRow.sha256)
        .select_from(ComplaintRow)
        .outerjoin(ComplaintStepRow, ComplaintStepRow.id == last)
        .outerjoin(ComplaintPhotoRow, ComplaintPhotoRow.complaint_id == ComplaintRow.id)
        .where(reached)
        .order_by(ComplaintRow.id.desc())
    )
    return [_complaint(*row) for row in session.execute(query)]


def _complaint(row: ComplaintRow, last: ComplaintStepRow | None, photo: str | None) -> Complaint:
    return Complaint(
        row.id,
        row.no,
        row.enterprise_id,
        ComplaintChannel(row.channel),
        row.source_no,
        ComplaintKind(row.kind),
        row.words,
        row.serial,
        row.lot_id,
        row.received_at,
        row.due_on,
        state_after(ComplaintStep(last.step) if last else None),
        ComplaintOutcome(last.outcome) if last and last.outcome else None,
        photo,
    )


def lock_complaint(session: Session, number: int, *, within: Within) -> bool:
    """Let no other step of a complaint run beside this one; whether there is such a complaint."""
    query = select(ComplaintRow.id).where(ComplaintRow.id == number, _mine(within))
    return session.scalar(query.with_for_update(key_share=True)) is not None


def steps(session: Session, complaint: int) -> list[StepTaken]:
    """What was done about a complaint, in order."""
    rows = session.scalars(
        select(ComplaintStepRow)
        .where(ComplaintStepRow.complaint_id == complaint)
        .order_by(ComplaintStepRow.id)
    )
    return [
        StepTaken(
            ComplaintStep(row.step),
            ComplaintOutcome(row.outcome) if row.outcome else None,
            row.words,
            row.happened_at,
            row.entered_by,
        )
        for row in rows
    ]


def telephone(session: Session, complaint: int) -> str | None:
    """Where the customer of an open complaint is reached, if an answer is wanted."""
    return session.scalar(
        select(ComplaintContactRow.telephone).where(ComplaintContactRow.complaint_id == complaint)
    )


def photo(session: Session, complaint: int, *, within: Within) -> bytes | None:
    """The photo of a complaint within reach."""
    query = (
        select(ComplaintPhotoRow.content)
        .join(ComplaintRow, ComplaintRow.id == ComplaintPhotoRow.complaint_id)
        .where(ComplaintRow.id == complaint, _mine(within))
    )
    return session.scalars(query).first()
