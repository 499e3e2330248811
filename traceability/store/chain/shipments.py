"""Shipments, and what is still on the way."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import (
    ColumnElement,
    func,
    or_,
    select,
    true,
)
from sqlalchemy.orm import Session

from traceability.domain.chain import (
    Account,
)
from traceability.domain.people import Within
from traceability.store.chain.rows import EntryRow, ShipmentRow
from traceability.store.people import EnterpriseRow, PartyRow


@dataclass(frozen=True, slots=True)
class Shipment:
    """Goods on their way, as read."""

    id: int
    no: str
    enterprise: int
    sender: int
    consignee: int
    carrier: str
    vehicle: str
    sent_at: datetime
    state: str
    answered_at: datetime | None


def shipment_of(row: ShipmentRow) -> Shipment:
    """A shipment's row as its value; for the store's own modules."""
    return Shipment(
        row.id,
        row.no,
        row.enterprise_id,
        row.from_id,
        row.to_id,
        row.carrier,
        row.vehicle,
        row.sent_at,
        row.state,
        row.answered_at,
    )


def add_shipment(
    session: Session,
    *,
    no: str,
    enterprise: int,
    sender: int,
    consignee: int,
    carrier: str,
    vehicle: str,
    at: datetime,
) -> int:
    """A shipment on its way; its id."""
    row = ShipmentRow(
        no=no,
        enterprise_id=enterprise,
        from_id=sender,
        to_id=consignee,
        carrier=carrier,
        vehicle=vehicle,
        sent_at=at,
        state="on_the_way",
    )
    session.add(row)
    session.flush()
    return row.id


def shipment(session: Session, number: int, *, within: Within, lock: bool = False) -> Shipment | None:
    """A shipment sent or to be received within reach."""
    query = select(ShipmentRow).where(ShipmentRow.id == number, _shipment_within(within))
    if lock:
        query = query.with_for_update(key_share=True).execution_options(populate_existing=True)
    row = session.scalars(query).first()
    return shipment_of(row) if row else None


def _shipment_within(within: Within) -> ColumnElement[bool]:
    if within.everything:
        return true()
    firm = PartyRow.enterprise_id == within.enterprise
    if within.county is not None:
        firm = PartyRow.enterprise_id.in_(
            select(EnterpriseRow.id).where(EnterpriseRow.county == within.county)
        )
    parties = select(PartyRow.id).where(firm)
    return or_(
        ShipmentRow.from_id.in_(parties),
        ShipmentRow.to_id.in_(parties),
        ShipmentRow.enterprise_id == within.enterprise,
    )


def shipments(session: Session, *, within: Within) -> list[Shipment]:
    """Shipments within reach, latest first."""
    rows = session.scalars(
        select(ShipmentRow).where(_shipment_within(within)).order_by(ShipmentRow.id.desc())
    )
    return [shipment_of(row) for row in rows]


def answer_shipment(session: Session, number: int, *, state: str, at: datetime) -> None:
    """The other side accepted or refused."""
    row = session.get_one(ShipmentRow, number)
    row.state, row.answered_at = state, at


def shipments_of_lot(session: Session, lot: int) -> list[Shipment]:
    """Shipments that carried some of a lot, in order."""
    carried = select(EntryRow.shipment_id).where(EntryRow.lot_id == lot, EntryRow.shipment_id.is_not(None))
    rows = session.scalars(
        select(ShipmentRow).where(ShipmentRow.id.in_(carried)).order_by(ShipmentRow.sent_at)
    )
    return [shipment_of(row) for row in rows]


def dispatch_event(session: Session, shipment: int) -> int | None:
    """The event that sent a shipment off."""
    sent = (EntryRow.shipment_id == shipment) & (EntryRow.grams > 0)
    return session.scalar(select(func.min(EntryRow.root_id)).where(sent))


def in_transit(session: Session, shipment: int) -> list[tuple[int, int, int]]:
    """(lot, grams, packs) still on the way."""
    grams, packs = func.sum(EntryRow.grams), func.sum(EntryRow.packs)
    query = (
        select(EntryRow.lot_id, grams, packs)
        .where(EntryRow.account == Account.TRANSIT.value, EntryRow.shipment_id == shipment)
        .group_by(EntryRow.lot_id)
        .having(grams > 0)
        .order_by(EntryRow.lot_id)
    )
    return [(lot_id, int(g), int(p)) for lot_id, g, p in session.execute(query) if lot_id]


def shipment_lines(session: Session, shipment: int) -> list[tuple[int, int, int]]:
    """(lot, grams, packs) as they were sent."""
    query = (
        select(EntryRow.lot_id, func.sum(EntryRow.grams), func.sum(EntryRow.packs))
        .where(
            EntryRow.account == Account.TRANSIT.value, EntryRow.shipment_id == shipment, EntryRow.grams > 0
        )
        .group_by(EntryRow.lot_id)
        .order_by(EntryRow.lot_id)
    )
    return [(lot_id, int(g), int(p)) for lot_id, g, p in session.execute(query) if lot_id]
