"""Open shortages, in transport or of marked tea."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import (
    func,
    select,
)
from sqlalchemy.orm import Session

from traceability.domain.people import Within
from traceability.store.chain.rows import ShortageRow
from traceability.store.people import EnterpriseRow


@dataclass(frozen=True, slots=True)
class Shortage:
    """A shortage as read; grams, and packs where the lot counts in packs."""

    id: int
    lot: int
    enterprise: int
    shipment: int | None
    grams: int
    packs: int
    opened_at: datetime
    settled_at: datetime | None
    outcome: str | None


def shortage_of(row: ShortageRow) -> Shortage:
    """A row as a value; for the store's own modules."""
    return Shortage(
        row.id,
        row.lot_id,
        row.enterprise_id,
        row.shipment_id,
        row.grams,
        row.packs,
        row.opened_at,
        row.settled_at,
        row.outcome,
    )


def add_shortage(
    session: Session, *, lot: int, enterprise: int, shipment: int | None, grams: int, packs: int, at: datetime
) -> int:
    """An open shortage; its id."""
    row = ShortageRow(
        lot_id=lot, enterprise_id=enterprise, shipment_id=shipment, grams=grams, packs=packs, opened_at=at
    )
    session.add(row)
    session.flush()
    return row.id


def shortage(session: Session, number: int, *, within: Within, lock: bool = False) -> Shortage | None:
    """A shortage within reach."""
    if lock:
        locked = select(ShortageRow.id).where(ShortageRow.id == number)
        session.execute(locked.with_for_update(key_share=True))
    return next((one for one in shortages(session, within=within) if one.id == number), None)


def shortages(session: Session, *, within: Within) -> list[Shortage]:
    """Shortages of firms within reach, latest first."""
    query = select(ShortageRow).join(EnterpriseRow, EnterpriseRow.id == ShortageRow.enterprise_id)
    if within.county is not None:
        query = query.where(EnterpriseRow.county == within.county)
    elif not within.everything:
        query = query.where(EnterpriseRow.id == within.enterprise)
    return [shortage_of(row) for row in session.scalars(query.order_by(ShortageRow.id.desc()))]


def open_shortage_g(session: Session, enterprise: int) -> int:
    """Grams a firm's next requests are reduced by: shortages of marked tea not settled yet."""
    query = select(func.sum(ShortageRow.grams)).where(
        ShortageRow.enterprise_id == enterprise,
        ShortageRow.settled_at.is_(None),
        ShortageRow.shipment_id.is_(None),
    )
    return int(session.scalar(query) or 0)


def settle_shortage(session: Session, number: int, *, outcome: str, at: datetime) -> None:
    """Close a shortage."""
    row = session.get_one(ShortageRow, number)
    row.settled_at, row.outcome = at, outcome
