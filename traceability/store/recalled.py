"""Which lots a recall reaches: what every movement of goods asks, and nothing more."""

from collections.abc import Iterable

from sqlalchemy import ForeignKey, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from traceability.store.base import Base
from traceability.store.prepared import among


class RecallLotRow(Base):
    """A lot a recall reaches."""

    __tablename__ = "recall_lot"

    recall_id: Mapped[int] = mapped_column(ForeignKey("recall.id"), primary_key=True)
    lot_id: Mapped[int] = mapped_column(ForeignKey("lot.id"), primary_key=True, index=True)


def recalled_among(session: Session, lots: Iterable[int]) -> set[int]:
    """Which of these lots a recall reaches."""
    return set(session.scalars(select(RecallLotRow.lot_id).where(among(session, RecallLotRow.lot_id, lots))))
