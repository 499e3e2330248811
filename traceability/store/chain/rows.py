"""The tables of the tea ledger. On hand is nowhere in them: it is always a sum."""

from datetime import date
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from traceability.store.base import (
    Base,
    Code,
    EnterpriseRef,
    EventRef,
    Grams,
    Json,
    Key,
    LotRef,
    Moment,
    Name,
    PartyRef,
    Serial,
    UserRef,
    Words,
)

_NO_AMENDMENT: Any = {"sqlite_where": text("root_id IS NULL"), "postgresql_where": text("root_id IS NULL")}


class LotRow(Base):
    """A traceable unit. What is on hand is nowhere in it."""

    __tablename__ = "lot"
    __table_args__ = (
        UniqueConstraint("origin_id", "no"),
        Index("ix_lot_made", "origin_id", "id"),  # a firm's lots, latest first
        Index("ix_lot_made_kind", "origin_id", "kind", "id"),
    )

    id: Mapped[Key]
    no: Mapped[Code] = mapped_column(index=True)
    kind: Mapped[Code]
    origin_id: Mapped[int] = mapped_column(ForeignKey("enterprise.id"))
    season: Mapped[int]
    plucked_from: Mapped[date]
    plucked_to: Mapped[date]
    born_at: Mapped[Moment]
    grade: Mapped[Code | None]
    leaf_grade: Mapped[Code | None]
    product_id: Mapped[int | None] = mapped_column(ForeignKey("product.id"))
    pack_day: Mapped[date | None]
    best_before: Mapped[date | None]
    closed_at: Mapped[Moment | None]


class EventRow(Base):
    """Something that happened to tea. `root_id` is the event an amendment re-books; `about_id` one it answers."""

    __tablename__ = "event"
    #: A firm's events in order, amendments left out: a page of a list is read off the end of an index. The root, of
    #: which there is none, stands there only so that a count need not look into the table.
    __table_args__ = (
        UniqueConstraint("enterprise_id", "kind", "no"),
        Index("ix_event_latest", "enterprise_id", "happened_at", "id", "root_id", **_NO_AMENDMENT),
        Index(
            "ix_event_latest_kind", "enterprise_id", "kind", "happened_at", "id", "root_id", **_NO_AMENDMENT
        ),
    )

    id: Mapped[Key]
    no: Mapped[Code]
    kind: Mapped[Code]
    enterprise_id: Mapped[EnterpriseRef]
    happened_at: Mapped[Moment] = mapped_column(index=True)
    recorded_at: Mapped[Moment]
    actor_id: Mapped[UserRef]
    root_id: Mapped[int | None] = mapped_column(ForeignKey("event.id"), index=True)
    about_id: Mapped[int | None] = mapped_column(ForeignKey("event.id"), index=True)
    reason: Mapped[Words | None]
    terms: Mapped[Json]


class EntryRow(Base):
    """One ledger entry; rows are added, never changed. `root_id` is the event it counts for."""

    __tablename__ = "entry"
    #: What a party has, and what a lot, an event or a plot comes to, are summed in an index alone.
    __table_args__ = (
        CheckConstraint("grams <> 0", name="moves_something"),
        Index("ix_entry_stock", "party_id", "account", "lot_id", "grams", "packs"),
        Index("ix_entry_lot", "lot_id", "account", "party_id", "grams", "packs"),
        Index("ix_entry_sums", "root_id", "account", "grams", "packs", "plot_id"),
        Index("ix_entry_plot", "plot_id", "part", "lot_id", "grams", "root_id"),
        Index(
            "ix_entry_leaf_of",
            "lot_id",
            "plot_id",
            "grams",
            sqlite_where=text("plot_id IS NOT NULL"),
            postgresql_where=text("plot_id IS NOT NULL"),
        ),
    )

    id: Mapped[Key]
    event_id: Mapped[EventRef]
    root_id: Mapped[int] = mapped_column(ForeignKey("event.id"))
    account: Mapped[Code]
    lot_id: Mapped[int | None] = mapped_column(ForeignKey("lot.id"))
    party_id: Mapped[int | None] = mapped_column(ForeignKey("party.id"))
    shipment_id: Mapped[int | None] = mapped_column(ForeignKey("shipment.id"), index=True)
    plot_id: Mapped[int | None] = mapped_column(ForeignKey("plot.id"))
    part: Mapped[Code | None]
    grams: Mapped[Grams]
    packs: Mapped[int]


class EdgeRow(Base):
    """Grams of one lot that went into another; an amendment adds a row, the sum counts."""

    __tablename__ = "edge"
    # A trace asks for the edges of a lot and their grams, and nothing else: the index alone answers, both ways.
    __table_args__ = (
        CheckConstraint("grams <> 0 AND source_id <> target_id", name="moves_on"),
        Index("ix_edge_forward", "source_id", "target_id", "grams"),
        Index("ix_edge_back", "target_id", "source_id", "grams"),
    )

    id: Mapped[Key]
    event_id: Mapped[EventRef]
    root_id: Mapped[EventRef]
    source_id: Mapped[int] = mapped_column(ForeignKey("lot.id"))
    target_id: Mapped[int] = mapped_column(ForeignKey("lot.id"))
    grams: Mapped[Grams]


class ReportRow(Base):
    """A test report on a batch. The values count once an officer has confirmed them against the file."""

    __tablename__ = "report"

    id: Mapped[Key]
    lot_id: Mapped[LotRef]
    report_no: Mapped[Code] = mapped_column(unique=True)
    lab: Mapped[Name]
    reported_on: Mapped[date]
    document_id: Mapped[int] = mapped_column(ForeignKey("document.id"), unique=True)
    tested: Mapped[Json]
    retest: Mapped[bool]
    entered_by: Mapped[UserRef]
    entered_at: Mapped[Moment]
    confirmed_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    confirmed_at: Mapped[Moment | None]


class ShipmentRow(Base):
    """Goods on their way from one party to another."""

    __tablename__ = "shipment"
    __table_args__ = (UniqueConstraint("enterprise_id", "no"),)

    id: Mapped[Key]
    no: Mapped[Code]
    enterprise_id: Mapped[EnterpriseRef]
    from_id: Mapped[PartyRef]
    to_id: Mapped[PartyRef]
    carrier: Mapped[Name]
    vehicle: Mapped[Name]
    sent_at: Mapped[Moment]
    state: Mapped[Code]
    answered_at: Mapped[Moment | None]


class CartonRow(Base):
    """A carton: its own number, and the ranges of marks inside."""

    __tablename__ = "carton"
    __table_args__ = (UniqueConstraint("enterprise_id", "no"),)

    id: Mapped[Key]
    no: Mapped[Code]
    enterprise_id: Mapped[EnterpriseRef]
    lot_id: Mapped[LotRef]


class CartonRangeRow(Base):
    """Serials in a carton."""

    __tablename__ = "carton_range"
    __table_args__ = (CheckConstraint("first <= last", name="in_order"),)

    id: Mapped[Key]
    carton_id: Mapped[int] = mapped_column(ForeignKey("carton.id"), index=True)
    first: Mapped[Serial]
    last: Mapped[Serial]


class ShipmentCartonRow(Base):
    """A carton named on a shipment."""

    __tablename__ = "shipment_carton"

    shipment_id: Mapped[int] = mapped_column(ForeignKey("shipment.id"), primary_key=True)
    carton_id: Mapped[int] = mapped_column(ForeignKey("carton.id"), primary_key=True)


class ShortageRow(Base):
    """Grams the books promise and the tea does not: short in transport, or found by an amendment of marked tea."""

    __tablename__ = "shortage"

    id: Mapped[Key]
    lot_id: Mapped[LotRef]
    enterprise_id: Mapped[EnterpriseRef]
    shipment_id: Mapped[int | None] = mapped_column(ForeignKey("shipment.id"))
    grams: Mapped[int] = mapped_column(BigInteger)
    packs: Mapped[int]
    opened_at: Mapped[Moment]
    settled_at: Mapped[Moment | None]
    outcome: Mapped[str | None] = mapped_column(String(40))
