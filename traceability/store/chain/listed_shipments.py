"""The long list of a firm's shipments, found page by page and read in a few questions."""

from collections.abc import Iterable, Sequence

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session, aliased

from traceability.domain.chain import Account
from traceability.domain.listing import Asked, Found
from traceability.store import listing
from traceability.store.chain.rows import CartonRow, EntryRow, LotRow, ShipmentCartonRow, ShipmentRow
from traceability.store.chain.shipments import Shipment, shipment_of
from traceability.store.listing import Listable
from traceability.store.people import PartyRow

Condition = ColumnElement[bool]


def find_shipments(session: Session, asked: Asked, *, enterprise: int) -> Found[int]:
    """Shipments a firm sends, is to receive, or keeps the paper of."""
    sender, consignee = aliased(PartyRow), aliased(PartyRow)
    query = (
        select(ShipmentRow.id)
        .join(sender, sender.id == ShipmentRow.from_id)
        .join(consignee, consignee.id == ShipmentRow.to_id)
        .where(
            or_(
                sender.enterprise_id == enterprise,
                consignee.enterprise_id == enterprise,
                ShipmentRow.enterprise_id == enterprise,
            )
        )
    )
    to_answer = (consignee.enterprise_id == enterprise) | (consignee.kept_by == enterprise)
    return listing.numbers(
        session,
        Listable(
            query=query,
            number=ShipmentRow.id,
            sorts={
                "sent": ShipmentRow.sent_at,
                "no": ShipmentRow.no,
                "sender": sender.name,
                "consignee": consignee.name,
                "carrier": ShipmentRow.carrier,
                "state": ShipmentRow.state,
            },
            texts=(ShipmentRow.no, sender.name, consignee.name, ShipmentRow.carrier, ShipmentRow.vehicle),
            codes=(ShipmentRow.state,),
            also=(_carried_lot,),
            only={
                "state": lambda code: ShipmentRow.state == code,
                "waits": lambda _code: (ShipmentRow.state == "on_the_way") & to_answer,
            },
            day=ShipmentRow.sent_at,
        ),
        asked,
    )


def _carried_lot(text: str) -> Condition:
    lots = select(LotRow.id).where(LotRow.no == text)
    carried = select(EntryRow.shipment_id).where(EntryRow.lot_id.in_(lots), EntryRow.shipment_id.is_not(None))
    return ShipmentRow.id.in_(carried)


def shipments_by_id(session: Session, numbers: Sequence[int]) -> list[Shipment]:
    """Shipments by id, in the order asked for."""
    rows = {row.id: row for row in session.scalars(select(ShipmentRow).where(ShipmentRow.id.in_(numbers)))}
    return [shipment_of(rows[number]) for number in numbers if number in rows]


def lines_by_shipment(session: Session, numbers: Iterable[int]) -> dict[int, list[tuple[int, int, int]]]:
    """(lot, grams, packs) as they were sent, by shipment."""
    query = (
        select(EntryRow.shipment_id, EntryRow.lot_id, func.sum(EntryRow.grams), func.sum(EntryRow.packs))
        .where(EntryRow.account == Account.TRANSIT.value, EntryRow.grams > 0)
        .where(EntryRow.shipment_id.in_(list(numbers)))
        .group_by(EntryRow.shipment_id, EntryRow.lot_id)
        .order_by(EntryRow.shipment_id, EntryRow.lot_id)
    )
    found: dict[int, list[tuple[int, int, int]]] = {}
    for shipment, lot, grams, packs in session.execute(query):
        found.setdefault(shipment or 0, []).append((lot or 0, int(grams), int(packs)))
    return found


def cartons_by_shipment(session: Session, numbers: Iterable[int]) -> dict[int, list[str]]:
    """The numbers of the cartons named on each shipment."""
    query = (
        select(ShipmentCartonRow.shipment_id, CartonRow.no)
        .join(CartonRow, CartonRow.id == ShipmentCartonRow.carton_id)
        .where(ShipmentCartonRow.shipment_id.in_(list(numbers)))
        .order_by(CartonRow.id)
    )
    found: dict[int, list[str]] = {}
    for shipment, no in session.execute(query):
        found.setdefault(shipment, []).append(no)
    return found
