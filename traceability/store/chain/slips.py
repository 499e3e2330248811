"""Slips that were refused when they arrived: leaf was weighed and a number given, but the books did not take it.

They are no entries of the ledger. Each stays open until the firm settles it, by a receipt or by a reason.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from traceability.domain.profile import LeafGrade
from traceability.domain.slips import Slip
from traceability.store.base import Base, Code, EnterpriseRef, Grams, Json, Key, Moment, UserRef, Words


class RefusedSlipRow(Base):
    """A slip as it was weighed, why it was refused, and how it was settled; `part`: what was taken in at once of it."""

    __tablename__ = "refused_slip"

    id: Mapped[Key]
    enterprise_id: Mapped[EnterpriseRef]
    no: Mapped[Code] = mapped_column(index=True)
    plot_no: Mapped[Code]
    scale_no: Mapped[Code]
    gross_g: Mapped[Grams]
    tare_g: Mapped[Grams]
    leaf_grade: Mapped[Code]
    certificate_no: Mapped[Words]
    weighed_at: Mapped[Moment]
    code: Mapped[Code]
    facts: Mapped[Json]
    refused_at: Mapped[Moment]
    sent_by: Mapped[UserRef]
    part_event_id: Mapped[int | None] = mapped_column(ForeignKey("event.id"))
    part_g: Mapped[Grams | None]
    event_id: Mapped[int | None] = mapped_column(ForeignKey("event.id"))
    reason: Mapped[Words | None]
    settled_at: Mapped[Moment | None]
    settled_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"))


@dataclass(frozen=True, slots=True)
class RefusedSlip:
    """A refused slip as read. Settled with an `event` it was taken in, with a `reason` it was dropped.

    `part_g` of it were taken in by `part_event` while the office was asked for the rest.
    """

    id: int
    enterprise: int
    slip: Slip
    code: str
    facts: Mapping[str, Any]
    refused_at: datetime
    event: int | None
    reason: str | None
    settled_at: datetime | None
    part_event: int | None = None
    part_g: int = 0

    @property
    def rest_g(self) -> int:
        """Grams that are still to be settled."""
        return self.slip.net_g - self.part_g


def add_refused_slip(
    session: Session,
    slip: Slip,
    *,
    enterprise: int,
    code: str,
    facts: Mapping[str, object],
    at: datetime,
    by: int,
) -> int:
    """Keep a slip that was refused; its id."""
    row = RefusedSlipRow(
        enterprise_id=enterprise,
        no=slip.no,
        plot_no=slip.plot,
        scale_no=slip.scale,
        gross_g=slip.gross_g,
        tare_g=slip.tare_g,
        leaf_grade=slip.leaf_grade.value,
        certificate_no=slip.certificate_no,
        weighed_at=slip.at,
        code=code,
        facts=dict(facts),
        refused_at=at,
        sent_by=by,
    )
    session.add(row)
    session.flush()
    return row.id


def refused_slips(
    session: Session,
    *,
    enterprise: int,
    numbers: Iterable[str] | None = None,
    unsettled: bool = False,
) -> list[RefusedSlip]:
    """Refused slips of a firm in the order they came; those with these numbers, or those still open, when asked."""
    query = select(RefusedSlipRow).where(RefusedSlipRow.enterprise_id == enterprise)
    if numbers is not None:
        query = query.where(RefusedSlipRow.no.in_(set(numbers)))
    if unsettled:
        query = query.where(RefusedSlipRow.settled_at.is_(None))
    return [_refused(row) for row in session.scalars(query.order_by(RefusedSlipRow.id))]


def refused_slip(session: Session, number: int, *, enterprise: int, lock: bool = False) -> RefusedSlip | None:
    """One refused slip of a firm; `lock` makes others who would settle it wait."""
    query = select(RefusedSlipRow).where(
        RefusedSlipRow.id == number, RefusedSlipRow.enterprise_id == enterprise
    )
    row = session.scalars(query.with_for_update(key_share=True) if lock else query).first()
    return _refused(row) if row else None


def settle_refused_slip(
    session: Session,
    number: int,
    *,
    event: int | None = None,
    reason: str | None = None,
    at: datetime,
    by: int,
) -> None:
    """Taken in by a receipt, or dropped with a reason."""
    row = session.get_one(RefusedSlipRow, number)
    row.event_id, row.reason, row.settled_at, row.settled_by = event, reason, at, by


def take_part_of_slip(session: Session, number: int, *, event: int, grams: int) -> None:
    """So many grams of it are in the books; the slip stays open for the rest."""
    row = session.get_one(RefusedSlipRow, number)
    row.part_event_id, row.part_g = event, grams


def _refused(row: RefusedSlipRow) -> RefusedSlip:
    slip = Slip(
        row.no,
        row.plot_no,
        row.scale_no,
        row.gross_g,
        row.tare_g,
        LeafGrade(row.leaf_grade),
        row.certificate_no,
        row.weighed_at,
        confirmed=True,
    )
    return RefusedSlip(
        row.id,
        row.enterprise_id,
        slip,
        row.code,
        row.facts,
        row.refused_at,
        row.event_id,
        row.reason,
        row.settled_at,
        row.part_event_id,
        row.part_g or 0,
    )
