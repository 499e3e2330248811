"""The tables of inspections. Rows are added and never changed; a plan alone can be called off, once."""

from datetime import date
from typing import Any

from sqlalchemy import BigInteger, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from traceability.store.base import (
    Base,
    CanonicalJson,
    Code,
    County,
    Digest,
    EnterpriseRef,
    EventRef,
    Grams,
    Json,
    Key,
    LotRef,
    Moment,
    Name,
    UserRef,
    Words,
)


class PlanRow(Base):
    """A plan as it was drawn: the seed and the lists drawn from, so that anybody can draw again."""

    __tablename__ = "inspection_plan"

    id: Mapped[Key]
    no: Mapped[Code] = mapped_column(unique=True)
    county: Mapped[County]
    reason: Mapped[Words]
    seed: Mapped[Digest]
    drawn_from: Mapped[dict[str, Any]] = mapped_column(CanonicalJson, deferred=True)
    announced: Mapped[bool]
    due_on: Mapped[date]
    drawn_at: Mapped[Moment]
    drawn_by: Mapped[UserRef]
    called_off_at: Mapped[Moment | None]
    called_off_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    call_off_reason: Mapped[Words | None]


class VisitRow(Base):
    """A visit to a firm: drawn in a plan (`place` in the draw, from 1), or ordered beside one with a reason."""

    __tablename__ = "inspection_visit"

    id: Mapped[Key]
    no: Mapped[Code] = mapped_column(unique=True)
    plan_id: Mapped[int | None] = mapped_column(ForeignKey("inspection_plan.id"), index=True)
    place: Mapped[int | None]
    enterprise_id: Mapped[EnterpriseRef]
    county: Mapped[County]
    why: Mapped[Code]
    reason: Mapped[Words | None]
    chances: Mapped[int]
    points: Mapped[int]
    complaints: Mapped[int]
    finding_id: Mapped[int | None] = mapped_column(ForeignKey("finding.id"))
    doubt_id: Mapped[int | None] = mapped_column(ForeignKey("doubt.id"))
    announced: Mapped[bool]
    due_on: Mapped[date]
    planned_at: Mapped[Moment]
    planned_by: Mapped[UserRef]


class VisitInspectorRow(Base):
    """Who goes, in the order drawn."""

    __tablename__ = "inspection_inspector"

    visit_id: Mapped[int] = mapped_column(ForeignKey("inspection_visit.id"), primary_key=True)
    place: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)


class VisitStepRow(Base):
    """A visit was begun (with whom, let in or not), or concluded."""

    __tablename__ = "inspection_step"

    id: Mapped[Key]
    visit_id: Mapped[int] = mapped_column(ForeignKey("inspection_visit.id"), index=True)
    step: Mapped[Code]
    access: Mapped[Code | None]
    result: Mapped[Code | None]
    second_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    words: Mapped[Words | None]
    happened_at: Mapped[Moment]
    recorded_at: Mapped[Moment]
    entered_by: Mapped[UserRef]


class VisitLineRow(Base):
    """One thing looked at: what was found, what was counted and what the books said at that moment."""

    __tablename__ = "inspection_line"

    id: Mapped[Key]
    visit_id: Mapped[int] = mapped_column(ForeignKey("inspection_visit.id"), index=True)
    item: Mapped[Code]
    outcome: Mapped[Code]
    counted: Mapped[int | None] = mapped_column(BigInteger)
    booked: Mapped[int | None] = mapped_column(BigInteger)
    words: Mapped[Words | None]
    document_id: Mapped[int | None] = mapped_column(ForeignKey("document.id"))
    seen_at: Mapped[Moment]
    recorded_at: Mapped[Moment]
    entered_by: Mapped[UserRef]


class SampleRow(Base):
    """A sample taken at a visit; `event_id` is what it took out of the firm's books."""

    __tablename__ = "sample"

    id: Mapped[Key]
    no: Mapped[Code] = mapped_column(unique=True)
    visit_id: Mapped[int] = mapped_column(ForeignKey("inspection_visit.id"), index=True)
    enterprise_id: Mapped[EnterpriseRef]
    county: Mapped[County]
    lot_id: Mapped[LotRef]
    event_id: Mapped[EventRef]
    grams: Mapped[Grams]
    packs: Mapped[int]
    taken_from: Mapped[Name]
    seal_no: Mapped[Code] = mapped_column(unique=True)
    taken_at: Mapped[Moment]
    recorded_at: Mapped[Moment]
    taken_by: Mapped[UserRef]


class SampleStepRow(Base):
    """A sample was sent (`words`: the laboratory), reported, its report returned, or it was discarded (the reason)."""

    __tablename__ = "sample_step"

    id: Mapped[Key]
    sample_id: Mapped[int] = mapped_column(ForeignKey("sample.id"), index=True)
    step: Mapped[Code]
    words: Mapped[Words | None]
    happened_at: Mapped[Moment]
    recorded_at: Mapped[Moment]
    entered_by: Mapped[UserRef]


class SampleReportRow(Base):
    """What somebody typed off the laboratory's report; the last one counts, once somebody else has confirmed it."""

    __tablename__ = "sample_report"

    id: Mapped[Key]
    sample_id: Mapped[int] = mapped_column(ForeignKey("sample.id"), index=True)
    report_no: Mapped[Code] = mapped_column(index=True)
    lab: Mapped[Name]
    reported_on: Mapped[date]
    document_id: Mapped[int] = mapped_column(ForeignKey("document.id"), index=True)
    tested: Mapped[Json]
    entered_by: Mapped[UserRef]
    entered_at: Mapped[Moment]


class SampleVerdictRow(Base):
    """What came of a sample: one a sample, never changed. `failing` are the parameters that were not met."""

    __tablename__ = "sample_verdict"

    sample_id: Mapped[int] = mapped_column(ForeignKey("sample.id"), primary_key=True)
    verdict: Mapped[Code]
    report_id: Mapped[int | None] = mapped_column(ForeignKey("sample_report.id"), unique=True)
    failing: Mapped[Json]
    words: Mapped[Words | None]
    given_at: Mapped[Moment]
    given_by: Mapped[UserRef]
