"""The tables of the mark ledger."""

from datetime import date

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from traceability.store.base import (
    Base,
    Code,
    Digest,
    EnterpriseRef,
    Json,
    Key,
    LotRef,
    Moment,
    Name,
    Serial,
    UserRef,
    Words,
)


class RequestRow(Base):
    """A request for marks on one passed batch."""

    __tablename__ = "mark_request"

    id: Mapped[Key]
    no: Mapped[Code] = mapped_column(unique=True)
    enterprise_id: Mapped[EnterpriseRef]
    batch_id: Mapped[LotRef]
    state: Mapped[Code] = mapped_column(index=True)
    filed_at: Mapped[Moment]
    filed_by: Mapped[UserRef]
    decided_at: Mapped[Moment | None]
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    reason: Mapped[Words | None]


class RequestLineRow(Base):
    """Marks asked for one product."""

    __tablename__ = "mark_request_line"
    __table_args__ = (
        UniqueConstraint("request_id", "product_id"),
        CheckConstraint("packs > 0 AND spares >= 0", name="asks_for_something"),
    )

    id: Mapped[Key]
    request_id: Mapped[int] = mapped_column(ForeignKey("mark_request.id"), index=True)
    product_id: Mapped[int] = mapped_column(ForeignKey("product.id"))
    packs: Mapped[int]
    spares: Mapped[int]


class IssueRow(Base):
    """An issued range: one enterprise, one batch, one product; `key` names the master key of its codes."""

    __tablename__ = "mark_issue"
    __table_args__ = (CheckConstraint("first <= last", name="in_order"),)

    id: Mapped[Key]
    line_id: Mapped[int] = mapped_column(ForeignKey("mark_request_line.id"), unique=True)
    enterprise_id: Mapped[EnterpriseRef]
    batch_id: Mapped[LotRef]
    product_id: Mapped[int] = mapped_column(ForeignKey("product.id"))
    first: Mapped[Serial] = mapped_column(unique=True)
    last: Mapped[Serial] = mapped_column(unique=True)
    key: Mapped[Code]


class ActionRow(Base):
    """One mark action over a range; rows are added, never changed."""

    __tablename__ = "mark_action"
    __table_args__ = (CheckConstraint("first <= last", name="in_order"),)

    id: Mapped[Key]
    issue_id: Mapped[int] = mapped_column(ForeignKey("mark_issue.id"), index=True)
    action: Mapped[Code]
    first: Mapped[Serial]
    last: Mapped[Serial]
    pack_lot_id: Mapped[int | None] = mapped_column(ForeignKey("lot.id"))
    printed_for: Mapped[date | None]
    reason: Mapped[Words | None]
    witness: Mapped[Name | None]
    happened_at: Mapped[Moment]
    recorded_at: Mapped[Moment]
    actor_id: Mapped[UserRef]


class SpanRow(Base):
    """The projection of the actions: marks in one state. The audit rebuilds it and compares."""

    __tablename__ = "mark_span"
    __table_args__ = (CheckConstraint("first <= last", name="in_order"),)

    id: Mapped[Key]
    issue_id: Mapped[int] = mapped_column(ForeignKey("mark_issue.id"), index=True)
    first: Mapped[Serial] = mapped_column(unique=True)
    last: Mapped[Serial] = mapped_column(unique=True)
    state: Mapped[Code]
    pack_lot_id: Mapped[int | None] = mapped_column(ForeignKey("lot.id"), index=True)
    printed_for: Mapped[date | None]


class PrintJobRow(Base):
    """A print job: marks of one issued range, and everything that decides what its files look like."""

    __tablename__ = "print_job"

    id: Mapped[Key]
    no: Mapped[Code] = mapped_column(unique=True)
    issue_id: Mapped[int] = mapped_column(ForeignKey("mark_issue.id"), index=True)
    medium: Mapped[Code]
    design: Mapped[Code]
    design_sha256: Mapped[Digest]
    per_page: Mapped[int]
    per_file: Mapped[int]
    start_cell: Mapped[int]
    offset_right: Mapped[int]
    offset_down: Mapped[int]
    pack_day: Mapped[date | None]
    public_url: Mapped[Name]
    face: Mapped[Json]
    artwork_id: Mapped[int | None] = mapped_column(ForeignKey("artwork.id"))
    recipient: Mapped[Name | None]
    state: Mapped[Code]
    opened_at: Mapped[Moment]
    opened_by: Mapped[UserRef]
    closed_at: Mapped[Moment | None]
    reason: Mapped[Words | None]
    proof: Mapped[Json | None]
    manifest_sha256: Mapped[Digest | None]


class PrintRangeRow(Base):
    """Marks of a print job."""

    __tablename__ = "print_range"
    __table_args__ = (CheckConstraint("first <= last", name="in_order"),)

    id: Mapped[Key]
    job_id: Mapped[int] = mapped_column(ForeignKey("print_job.id"), index=True)
    first: Mapped[Serial]
    last: Mapped[Serial] = mapped_column(index=True)


class PrintFileRow(Base):
    """A file of a print job: made once, handed over once, and again only when declared undelivered. `size` in bytes."""

    __tablename__ = "print_file"
    __table_args__ = (UniqueConstraint("job_id", "seq"),)

    id: Mapped[Key]
    job_id: Mapped[int] = mapped_column(ForeignKey("print_job.id"))
    seq: Mapped[int]
    marks: Mapped[int]
    sheets: Mapped[int]
    size: Mapped[Serial]
    sha256: Mapped[Digest]
    made_at: Mapped[Moment]
    handed_over_at: Mapped[Moment | None]
    handed_over_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    reprints: Mapped[int]
