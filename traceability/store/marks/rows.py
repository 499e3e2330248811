"""The tables of the mark ledger."""

from datetime import date

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from traceability.store.base import Base, Code, EnterpriseRef, Key, LotRef, Moment, Serial, UserRef, Words


class RequestRow(Base):
    """A request for marks on one passed batch."""

    __tablename__ = "mark_request"

    id: Mapped[Key]
    no: Mapped[Code] = mapped_column(unique=True)
    enterprise_id: Mapped[EnterpriseRef]
    batch_id: Mapped[LotRef]
    state: Mapped[Code]
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
    """Labels drawn for a range: design, pack date, who and when, hash of the file."""

    __tablename__ = "print_job"
    __table_args__ = (CheckConstraint("first <= last", name="in_order"),)

    id: Mapped[Key]
    issue_id: Mapped[int] = mapped_column(ForeignKey("mark_issue.id"), index=True)
    first: Mapped[Serial]
    last: Mapped[Serial]
    design: Mapped[Code]
    pack_day: Mapped[date | None]
    printed_at: Mapped[Moment]
    printed_by: Mapped[UserRef]
