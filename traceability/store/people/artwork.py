"""The official mark's artwork: which file a firm handed in, and what its county decided about it."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ForeignKey, Index, Select, String, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from traceability.domain.people import ArtworkState, Within
from traceability.store.base import Base, Code, EnterpriseRef, Key, Moment, UserRef, Words
from traceability.store.people.enterprises import enterprise_within
from traceability.store.people.rows import EnterpriseRow

_STANDING = text("state IN ('submitted', 'approved')")


class ArtworkRow(Base):
    """A file of the official mark as a firm handed it in; the file itself is a document."""

    __tablename__ = "artwork"
    __table_args__ = (
        # A firm has one file that waits and one that is in force; the rest is history.
        Index(
            "uq_artwork_standing",
            "enterprise_id",
            "state",
            unique=True,
            sqlite_where=_STANDING,
            postgresql_where=_STANDING,
        ),
    )

    id: Mapped[Key]
    enterprise_id: Mapped[EnterpriseRef]
    document_id: Mapped[int] = mapped_column(ForeignKey("document.id"))
    sha256: Mapped[str] = mapped_column(String(64))
    state: Mapped[Code]
    submitted_at: Mapped[Moment]
    submitted_by: Mapped[UserRef]
    decided_at: Mapped[Moment | None]
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    reason: Mapped[Words | None]


@dataclass(frozen=True, slots=True)
class ArtworkSubmission:
    """A file handed in, as read."""

    id: int
    enterprise: int
    document: int
    sha256: str
    state: ArtworkState
    submitted_at: datetime
    submitted_by: int
    decided_at: datetime | None
    decided_by: int | None
    reason: str | None


def add_artwork(
    session: Session, *, enterprise: int, document: int, sha256: str, at: datetime, by: int
) -> int:
    """Keep that a file waits for its county; its id."""
    row = ArtworkRow(
        enterprise_id=enterprise,
        document_id=document,
        sha256=sha256,
        state=ArtworkState.SUBMITTED,
        submitted_at=at,
        submitted_by=by,
    )
    session.add(row)
    session.flush()
    return row.id


def _within(within: Within) -> Select[ArtworkRow]:
    return (
        select(ArtworkRow)
        .join(EnterpriseRow, EnterpriseRow.id == ArtworkRow.enterprise_id)
        .where(enterprise_within(within))
    )


def artwork_submission(session: Session, number: int, *, within: Within) -> ArtworkSubmission | None:
    """One by its id, as it is now: asked again after a lock, it may have been decided meanwhile."""
    query = _within(within).where(ArtworkRow.id == number).execution_options(populate_existing=True)
    row = session.scalars(query).first()
    return _artwork(row) if row else None


def artworks(
    session: Session, *, within: Within, states: Collection[ArtworkState] = tuple(ArtworkState)
) -> list[ArtworkSubmission]:
    """What was handed in within reach, latest first."""
    rows = session.scalars(_within(within).where(ArtworkRow.state.in_(states)).order_by(ArtworkRow.id.desc()))
    return [_artwork(row) for row in rows]


def decide_artwork(
    session: Session, number: int, state: ArtworkState, *, at: datetime, by: int, reason: str | None
) -> None:
    """Keep what was decided about it."""
    row = session.get_one(ArtworkRow, number)
    row.state, row.decided_at, row.decided_by, row.reason = state, at, by, reason


def withdraw_artwork(session: Session, enterprise: int, state: ArtworkState) -> None:
    """Let the firm's file in this state give way to a newer one; what was decided about it is kept."""
    same = (ArtworkRow.enterprise_id == enterprise) & (ArtworkRow.state == state)
    for row in session.scalars(select(ArtworkRow).where(same).with_for_update()):
        row.state = ArtworkState.WITHDRAWN
    session.flush()  # at most one of a state: it makes room before another comes


def _artwork(row: ArtworkRow) -> ArtworkSubmission:
    return ArtworkSubmission(
        row.id,
        row.enterprise_id,
        row.document_id,
        row.sha256,
        ArtworkState(row.state),
        row.submitted_at,
        row.submitted_by,
        row.decided_at,
        row.decided_by,
        row.reason,
    )
