"""Cartons: numbers of their own, holding ranges of marks."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import (
    func,
    or_,
    select,
)
from sqlalchemy.orm import Session

from traceability.domain.chain import EventKind
from traceability.domain.marks import SerialRange
from traceability.store.chain.rows import (
    CartonRangeRow,
    CartonRow,
    EntryRow,
    EventRow,
    ShipmentCartonRow,
    ShipmentRow,
)
from traceability.store.chain.stock import sold_of


@dataclass(frozen=True, slots=True)
class Carton:
    """A carton and the serials in it."""

    id: int
    no: str
    lot: int
    ranges: tuple[SerialRange, ...]


def add_carton(session: Session, *, no: str, enterprise: int, lot: int, ranges: Sequence[SerialRange]) -> int:
    """A filled carton; its id."""
    row = CartonRow(no=no, enterprise_id=enterprise, lot_id=lot)
    session.add(row)
    session.flush()
    session.add_all(CartonRangeRow(carton_id=row.id, first=one.first, last=one.last) for one in ranges)
    return row.id


def cartons(session: Session, lot: int) -> list[Carton]:
    """The cartons of a pack lot."""
    rows = session.execute(
        select(CartonRow, CartonRangeRow)
        .join(CartonRangeRow, CartonRangeRow.carton_id == CartonRow.id)
        .where(CartonRow.lot_id == lot)
        .order_by(CartonRow.id, CartonRangeRow.first)
    )
    found: dict[int, Carton] = {}
    for carton, part in rows:
        one = found.get(carton.id, Carton(carton.id, carton.no, carton.lot_id, ()))
        found[carton.id] = replace(one, ranges=(*one.ranges, SerialRange(part.first, part.last)))
    return list(found.values())


def carton_no_taken(session: Session, enterprise: int, no: str) -> bool:
    """Whether the firm used this carton number."""
    same = (CartonRow.enterprise_id == enterprise) & (CartonRow.no == no)
    return session.scalar(select(CartonRow.id).where(same)) is not None


def name_cartons(session: Session, shipment: int, numbers: Iterable[int]) -> None:
    """Put cartons on a shipment's paper."""
    session.add_all(ShipmentCartonRow(shipment_id=shipment, carton_id=number) for number in numbers)


def cartons_on(session: Session, shipment: int) -> list[int]:
    """The cartons named on a shipment."""
    query = select(ShipmentCartonRow.carton_id).where(ShipmentCartonRow.shipment_id == shipment)
    return list(session.scalars(query.order_by(ShipmentCartonRow.carton_id)))


def cartons_away(session: Session, numbers: Iterable[int], holder: int) -> set[int]:
    """Cartons whose last shipment did not go to this holder, and cartons that were sold: they are elsewhere."""
    last = (
        select(ShipmentCartonRow.carton_id, func.max(ShipmentCartonRow.shipment_id).label("shipment"))
        .where(ShipmentCartonRow.carton_id.in_(set(numbers)))
        .group_by(ShipmentCartonRow.carton_id)
        .subquery()
    )
    query = select(last.c.carton_id).join(ShipmentRow, ShipmentRow.id == last.c.shipment)
    gone = or_(
        (ShipmentRow.to_id != holder) & (ShipmentRow.state != "refused"),
        (ShipmentRow.from_id != holder) & (ShipmentRow.state == "refused"),
    )
    return {*session.scalars(query.where(gone)), *_sold(session, numbers)}


def _sold(session: Session, numbers: Iterable[int]) -> set[int]:
    """Cartons named on a sale of which not everything came back."""
    of_lot = EntryRow.lot_id.in_(select(CartonRow.lot_id).where(CartonRow.id.in_(set(numbers))))
    kind = EventRow.kind == EventKind.SALE.value
    sales = (
        select(EventRow.id, EventRow.terms)
        .join(EntryRow, EntryRow.root_id == EventRow.id)
        .where(kind, of_lot)
    )
    names: set[str] = set()
    for sale, terms in {row.id: row.terms for row in session.execute(sales)}.items():
        sold, back = sold_of(session, sale) if terms.get("cartons") else (0, 0)
        names |= set(terms["cartons"]) if sold > back else set()
    return set(
        session.scalars(select(CartonRow.id).where(CartonRow.id.in_(set(numbers)), CartonRow.no.in_(names)))
    )
