"""Findings, holds, documents and decisions."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, ForeignKey, Index, LargeBinary, String, false, select, true
from sqlalchemy.orm import Mapped, Session, mapped_column

from traceability.domain.people import Plot, Within
from traceability.store.base import (
    Base,
    Code,
    County,
    EnterpriseRef,
    Json,
    Key,
    LotRef,
    Moment,
    Name,
    UserRef,
    Words,
    table_of,
)
from traceability.store.listing import told_is
from traceability.store.prepared import Adding
from traceability.store.told import tell


class FindingRow(Base):
    """Something an officer should look at: a code, its facts, and whose it is.

    `about` says of what exactly, in the rule's own words: of one code and one `about`, one finding is open at a time.
    `extent` counts the evidence a look over the books had. `result` and `outcome` say how it ended.
    """

    __tablename__ = "finding"
    __table_args__ = (Index("ix_finding_state", "state", "county", "id"),)

    id: Mapped[Key]
    code: Mapped[Code] = mapped_column(index=True)
    enterprise_id: Mapped[int | None] = mapped_column(ForeignKey("enterprise.id"), index=True)
    county: Mapped[County]
    plot_id: Mapped[int | None] = mapped_column(ForeignKey("plot.id"), index=True)
    lot_id: Mapped[int | None] = mapped_column(ForeignKey("lot.id"), index=True)
    event_id: Mapped[int | None] = mapped_column(ForeignKey("event.id"))
    about: Mapped[Name | None] = mapped_column(index=True)
    happened_at: Mapped[Moment]
    recorded_at: Mapped[Moment]
    evidence: Mapped[Json]
    state: Mapped[Code]
    outcome: Mapped[Words | None]
    result: Mapped[Code | None]
    taken_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    extent: Mapped[int | None]


class HoldRow(Base):
    """A stop on a lot: nothing moves out of it until the county lifts it."""

    __tablename__ = "hold"

    id: Mapped[Key]
    lot_id: Mapped[LotRef]
    cause: Mapped[Code]
    reason: Mapped[Words]
    since: Mapped[Moment]
    placed_by: Mapped[UserRef]
    lifted_at: Mapped[Moment | None]
    lifted_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    lift_reason: Mapped[Words | None]


class DocumentRow(Base):
    """A file as it was handed in, and its hash; never changed, never handed in twice as a report."""

    __tablename__ = "document"

    id: Mapped[Key]
    enterprise_id: Mapped[EnterpriseRef]
    kind: Mapped[Code]
    name: Mapped[Name]
    media_type: Mapped[Code]
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    lot_id: Mapped[int | None] = mapped_column(ForeignKey("lot.id"), index=True)
    added_at: Mapped[Moment]
    added_by: Mapped[UserRef]


class DocumentWithdrawalRow(Base):
    """A file that counts no more, and why; the file itself stays."""

    __tablename__ = "document_withdrawal"

    document_id: Mapped[int] = mapped_column(ForeignKey("document.id"), primary_key=True)
    reason: Mapped[Words]
    withdrawn_at: Mapped[Moment]
    withdrawn_by: Mapped[UserRef]


class DecisionRow(Base):
    """Something an office decided, with its reason."""

    __tablename__ = "decision"

    id: Mapped[Key]
    about: Mapped[Code]
    subject_id: Mapped[int]
    enterprise_id: Mapped[int | None] = mapped_column(ForeignKey("enterprise.id"), index=True)
    county: Mapped[County]
    outcome: Mapped[Code]
    reason: Mapped[Words]
    decided_at: Mapped[Moment]
    decided_by: Mapped[UserRef]


# --- findings -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Finding:
    """A finding as read."""

    id: int
    code: str
    enterprise: int | None
    county: str
    plot: int | None
    lot: int | None
    event: int | None
    about: str | None
    happened_at: datetime
    recorded_at: datetime
    evidence: Mapping[str, Any]
    state: str
    outcome: str | None
    result: str | None = None
    taken_by: int | None = None


def add_finding(
    session: Session,
    *,
    code: str,
    enterprise: int | None,
    county: str,
    lot: int | None,
    event: int | None,
    happened_at: datetime,
    recorded_at: datetime,
    evidence: Mapping[str, object],
    plot: int | None = None,
    about: str | None = None,
    extent: int | None = None,
) -> int:
    """An open finding; its id."""
    session.flush()  # the lot or event it is about may still wait to be written
    row = {
        "code": code,
        "enterprise_id": enterprise,
        "county": county,
        "plot_id": plot,
        "lot_id": lot,
        "event_id": event,
        "about": about,
        "happened_at": happened_at,
        "recorded_at": recorded_at,
        "evidence": dict(evidence),
        "state": "open",
        "extent": extent,
    }
    number = _FINDINGS.one(session, **row)
    tell(session, table_of(FindingRow), [{"id": number, **row}])
    return number


_FINDINGS = Adding(FindingRow)


def has_open_finding(session: Session, code: str, *, lot: int | None) -> bool:
    """Whether a finding of this kind about a lot waits to be settled."""
    query = select(FindingRow.id).where(
        FindingRow.code == code, FindingRow.lot_id == lot, FindingRow.state != "settled"
    )
    return session.scalar(query.limit(1)) is not None


def is_known(session: Session, code: str, about: str, evidence: Mapping[str, object]) -> bool:
    """Whether the same was found already and waits to be settled, or was settled on the very same evidence."""
    same = (FindingRow.state != "settled") | (FindingRow.evidence == dict(evidence))
    query = select(FindingRow.id).where(FindingRow.code == code, FindingRow.about == about, same)
    return session.scalar(query.limit(1)) is not None


def within_reach(within: Within, row: type[FindingRow] | type[DecisionRow]) -> ColumnElement[bool]:
    """The condition that a finding or a decision lies within somebody's reach."""
    if within.everything:
        return true()
    if within.county is not None:
        return row.county == within.county
    return row.enterprise_id == within.enterprise if within.enterprise is not None else false()


def findings(
    session: Session,
    *,
    within: Within,
    lots: Iterable[int] | None = None,
    event: int | None = None,
    enterprise: int | None = None,
    plot: Plot | None = None,
    code: str | None = None,
    about: str | None = None,
) -> list[Finding]:
    """Findings within reach, latest first; only those of these lots, that event, firm, plot, code or subject, when they
    are named.

    Of a plot are those that name it as the other of two as well.
    """
    query = select(FindingRow).where(within_reach(within, FindingRow))
    if event is not None:
        query = query.where(FindingRow.event_id == event)
    if lots is not None:
        query = query.where(FindingRow.lot_id.in_(set(lots)))
    if code is not None:
        query = query.where(FindingRow.code == code)
    if about is not None:
        query = query.where(FindingRow.about == about)
    if enterprise is not None:
        query = query.where(FindingRow.enterprise_id == enterprise)
    if plot is not None:
        query = query.where((FindingRow.plot_id == plot.id) | told_is(FindingRow.evidence, "other", plot.no))
    return [finding_of(row) for row in session.scalars(query.order_by(FindingRow.id.desc()))]


def finding_of(row: FindingRow) -> Finding:
    """A row as it is read."""
    return Finding(
        row.id,
        row.code,
        row.enterprise_id,
        row.county,
        row.plot_id,
        row.lot_id,
        row.event_id,
        row.about,
        row.happened_at,
        row.recorded_at,
        row.evidence,
        row.state,
        row.outcome,
        row.result,
        row.taken_by,
    )


# --- holds --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Hold:
    """A hold as read."""

    id: int
    lot: int
    cause: str
    reason: str
    since: datetime
    lifted_at: datetime | None
    placed_by: int


def add_hold(session: Session, lot: int, *, cause: str, reason: str, since: datetime, by: int) -> int:
    """Stop a lot; the hold's id."""
    row = HoldRow(lot_id=lot, cause=cause, reason=reason, since=since, placed_by=by)
    session.add(row)
    session.flush()
    return row.id


def holds(session: Session, lots: Iterable[int]) -> list[Hold]:
    """Every hold on these lots, lifted ones too."""
    rows = session.scalars(select(HoldRow).where(HoldRow.lot_id.in_(set(lots))).order_by(HoldRow.id))
    return [_hold_of(row) for row in rows]


def open_holds(session: Session) -> list[Hold]:
    """Every hold in force, latest first; the use case keeps those within reach."""
    rows = session.scalars(select(HoldRow).where(HoldRow.lifted_at.is_(None)).order_by(HoldRow.id.desc()))
    return [_hold_of(row) for row in rows]


def hold(session: Session, number: int) -> Hold | None:
    """A hold by id."""
    row = session.get(HoldRow, number)
    return _hold_of(row) if row else None


def _hold_of(row: HoldRow) -> Hold:
    return Hold(row.id, row.lot_id, row.cause, row.reason, row.since, row.lifted_at, row.placed_by)


def lift_hold(session: Session, number: int, *, at: datetime, by: int, reason: str) -> None:
    """Let a lot go."""
    row = session.get_one(HoldRow, number)
    row.lifted_at, row.lifted_by, row.lift_reason = at, by, reason


# --- documents ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Document:
    """A file, its content left out."""

    id: int
    enterprise: int
    kind: str
    name: str
    media_type: str
    sha256: str
    lot: int | None
    added_at: datetime
    withdrawn_at: datetime | None = None
    withdrawn_because: str | None = None


def add_document(
    session: Session,
    *,
    enterprise: int,
    kind: str,
    name: str,
    media_type: str,
    sha256: str,
    content: bytes,
    lot: int | None,
    at: datetime,
    by: int,
) -> int:
    """Keep a file; its id."""
    row = DocumentRow(
        enterprise_id=enterprise,
        kind=kind,
        name=name,
        media_type=media_type,
        sha256=sha256,
        content=content,
        lot_id=lot,
        added_at=at,
        added_by=by,
    )
    session.add(row)
    session.flush()
    return row.id


def _document(row: DocumentRow, gone: DocumentWithdrawalRow | None) -> Document:
    return Document(
        row.id,
        row.enterprise_id,
        row.kind,
        row.name,
        row.media_type,
        row.sha256,
        row.lot_id,
        row.added_at,
        gone.withdrawn_at if gone else None,
        gone.reason if gone else None,
    )


def document_of(row: DocumentRow) -> Document:
    """A file that no lot can drop, as its value; for the store's own modules."""
    return _document(row, None)


def documents(session: Session, *, lots: Iterable[int]) -> list[Document]:
    """The files of these lots, withdrawn ones too."""
    query = (
        select(DocumentRow, DocumentWithdrawalRow)
        .join(DocumentWithdrawalRow, DocumentWithdrawalRow.document_id == DocumentRow.id, isouter=True)
        .where(DocumentRow.lot_id.in_(set(lots)))
        .order_by(DocumentRow.id)
    )
    return [_document(row, gone) for row, gone in session.execute(query)]


def document(session: Session, number: int) -> tuple[Document, bytes] | None:
    """A file with its content."""
    row = session.get(DocumentRow, number)
    return (_document(row, session.get(DocumentWithdrawalRow, number)), row.content) if row else None


def withdraw_document(session: Session, number: int, *, reason: str, at: datetime, by: int) -> bool:
    """Keep that a file counts no more; False when that was said before, at the same moment too."""
    session.execute(select(DocumentRow.id).where(DocumentRow.id == number).with_for_update(key_share=True))
    if session.get(DocumentWithdrawalRow, number, populate_existing=True) is not None:
        return False
    session.add(DocumentWithdrawalRow(document_id=number, reason=reason, withdrawn_at=at, withdrawn_by=by))
    session.flush()
    return True


def file_used_as(session: Session, kind: str, sha256: str) -> bool:
    """Whether this very file was handed in as this kind of document before (FRAUD F14)."""
    found = select(DocumentRow.id).where(DocumentRow.kind == kind, DocumentRow.sha256 == sha256)
    return session.scalar(found.limit(1)) is not None


# --- decisions ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Decision:
    """A decision as read."""

    id: int
    about: str
    subject: int
    enterprise: int | None
    county: str
    outcome: str
    reason: str
    decided_at: datetime
    decided_by: int


def add_decision(
    session: Session,
    *,
    about: str,
    subject: int,
    enterprise: int | None,
    county: str,
    outcome: str,
    reason: str,
    at: datetime,
    by: int,
) -> None:
    """Keep what was decided."""
    session.add(
        DecisionRow(
            about=about,
            subject_id=subject,
            enterprise_id=enterprise,
            county=county,
            outcome=outcome,
            reason=reason,
            decided_at=at,
            decided_by=by,
        )
    )


def decisions(session: Session, *, within: Within, enterprise: int | None = None) -> list[Decision]:
    """Decisions within reach, latest first; about one firm, when it is named."""
    query = select(DecisionRow).where(within_reach(within, DecisionRow))
    if enterprise is not None:
        query = query.where(DecisionRow.enterprise_id == enterprise)
    return [decision_of(row) for row in session.scalars(query.order_by(DecisionRow.id.desc()))]


def decisions_on(session: Session, about: str, subjects: Iterable[int]) -> list[Decision]:
    """What was decided about these things of a kind, in order; for what lies within reach already."""
    query = select(DecisionRow).where(DecisionRow.about == about, DecisionRow.subject_id.in_(set(subjects)))
    return [decision_of(row) for row in session.scalars(query.order_by(DecisionRow.id))]


def decision_of(row: DecisionRow) -> Decision:
    """A row as a value; for the store's own modules."""
    return Decision(
        row.id,
        row.about,
        row.subject_id,
        row.enterprise_id,
        row.county,
        row.outcome,
        row.reason,
        row.decided_at,
        row.decided_by,
    )
