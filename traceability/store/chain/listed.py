"""Long lists of the tea ledger: events and lots of one firm, found page by page and read in a few questions."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, case, func, literal, or_, select, union_all
from sqlalchemy.orm import Session

from traceability.domain.chain import Account, EventKind, Lot, LotKind
from traceability.domain.listing import Asked, Found
from traceability.domain.profile import Grade
from traceability.store import listing
from traceability.store.chain.events import Event, event_of
from traceability.store.chain.lots import LotLine, lot_of
from traceability.store.chain.rows import (
    EntryRow,
    EventRow,
    LotRow,
    ShipmentRow,
)
from traceability.store.listing import Listable
from traceability.store.people import EnterpriseRow, PlotRow, ProductRow

Condition = ColumnElement[bool]

# --- events ---------------------------------------------------------------------------------------------------


def find_events(
    session: Session, asked: Asked, *, enterprise: int, kind: EventKind | None = None
) -> Found[int]:
    """Events of a firm, of one kind or all; amendments are told with what they amend."""
    sorts = _SORTS.get(kind, {}) if kind else {"kind": EventRow.kind}
    return listing.numbers(
        session,
        Listable(
            query=_own_events(enterprise, kind),
            number=EventRow.id,
            sorts={"at": EventRow.happened_at, "no": EventRow.no, **sorts},
            texts=(EventRow.no,),
            codes=() if kind else (EventRow.kind,),
            also=_ALSO.get(kind, ()) if kind else (_on_lot,),
            only={"kind": lambda code: EventRow.kind == code, "channel": _channel},
            slow=frozenset(sorts),
            day=EventRow.happened_at,
        ),
        asked,
    )


def _own_events(enterprise: int, kind: EventKind | None) -> Select[int]:
    query = select(EventRow.id).where(EventRow.enterprise_id == enterprise, EventRow.root_id.is_(None))
    return query if kind is None else query.where(EventRow.kind == kind.value)


def _plot_named(text: str) -> Condition:
    """Receipts off plots of that number or place."""
    named = or_(listing.holds(PlotRow.no, text), listing.holds(PlotRow.place, text))
    plots = select(PlotRow.id).where(named)
    return EventRow.id.in_(select(EntryRow.root_id).where(EntryRow.plot_id.in_(plots)))


def _on_lot(text: str) -> Condition:
    """Events that moved something of a lot of just that number; part of one would be a search through every entry."""
    lots = select(LotRow.id).where(LotRow.no == text)
    return EventRow.id.in_(select(EntryRow.root_id).where(EntryRow.lot_id.in_(lots)))


def _on_lots_like(text: str) -> Condition:
    lots = select(LotRow.id).where(LotRow.kind != LotKind.LEAF.value, listing.holds(LotRow.no, text))
    return EventRow.id.in_(select(EntryRow.root_id).where(EntryRow.lot_id.in_(lots)))


def _certificate(text: str) -> Condition:
    return listing.told_like(EventRow.terms, "certificate_no", text)


def _buyer(text: str) -> Condition:
    return listing.told_like(EventRow.terms, "buyer", text)


def _channel(code: str) -> Condition:
    return listing.told_is(EventRow.terms, "channel", code)


def _put_into(account: Account) -> ColumnElement[int]:
    """Grams an event that always books there put into an account, its amendments counted in."""
    return _of_account(select(func.sum(EntryRow.grams)), account)


def _net() -> ColumnElement[int]:
    """Grams of leaf a receipt took off its plot."""
    return _of_account(select(-func.sum(EntryRow.grams)), Account.PLOT)


def _plot_no() -> ColumnElement[str]:
    plot = select(PlotRow.no).join(EntryRow, EntryRow.plot_id == PlotRow.id)
    return _of_account(plot.limit(1), Account.PLOT)


def _of_account(query: Select[Any], account: Account) -> ColumnElement[Any]:
    booked = (EntryRow.root_id == EventRow.id) & (EntryRow.account == account.value)
    return query.where(booked).correlate(EventRow).scalar_subquery()


def _packed() -> ColumnElement[int]:
    """Packs a packing made."""
    total = select(func.coalesce(func.sum(EntryRow.packs), 0)).where(EntryRow.root_id == EventRow.id)
    return total.where(EntryRow.account == Account.HELD.value).correlate(EventRow).scalar_subquery()


_SORTS: Mapping[EventKind, Mapping[str, ColumnElement[int] | ColumnElement[str]]] = {
    EventKind.LEAF_RECEIPT: {"net": _net(), "plot": _plot_no()},
    EventKind.PACKING: {"packs": _packed()},
    EventKind.SALE: {"sold": _put_into(Account.SOLD)},
}
_ALSO: Mapping[EventKind, Sequence[Callable[[str], Condition]]] = {
    EventKind.LEAF_RECEIPT: (_plot_named, _certificate),
    EventKind.PACKING: (_on_lots_like,),
    EventKind.SALE: (_on_lots_like, _buyer),
}


def events_by_id(session: Session, numbers: Sequence[int]) -> list[Event]:
    """Events by id, in the order asked for."""
    rows = {row.id: row for row in session.scalars(select(EventRow).where(EventRow.id.in_(numbers)))}
    return [event_of(rows[number]) for number in numbers if number in rows]


def lots_of_events(session: Session, numbers: Sequence[int]) -> dict[int, Lot]:
    """The lot each of these events took from a stock: one each, as sales and write-offs have."""
    query = (
        select(EntryRow.event_id, LotRow, ProductRow)
        .join(LotRow, LotRow.id == EntryRow.lot_id)
        .join(ProductRow, ProductRow.id == LotRow.product_id, isouter=True)
        .where(EntryRow.event_id.in_(numbers), EntryRow.account == Account.HELD.value)
    )
    return {event: lot_of(row, product) for event, row, product in session.execute(query)}


def sold_by_sale(session: Session, sales: Iterable[int]) -> dict[int, tuple[int, int]]:
    """Packs sold by each of these sales, and packs that came back since."""
    wanted = list(sales)
    sold = select(EntryRow.root_id, EntryRow.packs, literal(0)).where(EntryRow.root_id.in_(wanted))
    back = (
        select(EventRow.about_id, literal(0), -EntryRow.packs)
        .join(EventRow, EventRow.id == EntryRow.root_id)
        .where(EventRow.about_id.in_(wanted))
    )
    of_sales = EntryRow.account == Account.SOLD.value
    found: dict[int, tuple[int, int]] = {}
    rows: Any = session.execute(union_all(sold.where(of_sales), back.where(of_sales)))
    for sale, gone, returned in rows:
        before = found.get(sale, (0, 0))
        found[sale] = (before[0] + gone, before[1] + returned)
    return found


# --- lots -----------------------------------------------------------------------------------------------------


def find_lots(session: Session, asked: Asked, *, enterprise: int, party: int) -> Found[int]:
    """Lots a firm made, or took delivery of."""
    stock = _stock(party)
    return listing.numbers(
        session,
        Listable(
            query=select(LotRow.id).where(_made_or_had(session, enterprise, party)),
            number=LotRow.id,
            sorts={
                "born": LotRow.id,
                "no": LotRow.no,
                "kind": _rank(LotRow.kind, LotKind),
                "grade": _rank(func.coalesce(LotRow.grade, ""), Grade),
                "plucked": LotRow.plucked_from,
                "grams": func.coalesce(stock.c.grams, 0),
            },
            joined={"grams": (stock, stock.c.lot_id == LotRow.id)},
            texts=(LotRow.no,),
            codes=(LotRow.kind, LotRow.grade, LotRow.leaf_grade),
            also=(_product_named, _maker_named),
            only={"kind": lambda code: LotRow.kind == code, "stock": lambda _code: _in_stock(party)},
            dear=frozenset({"stock"}),
            slow=frozenset({"kind", "grade", "plucked", "grams"}),
            day=LotRow.born_at,
        ),
        asked,
    )


def _rank(column: Any, codes: type[LotKind] | type[Grade]) -> ColumnElement[int]:
    """A code by its place in the order people know."""
    return case({one.value: n for n, one in enumerate(codes)}, value=column, else_=len(codes))


def _made_or_had(session: Session, enterprise: int, party: int) -> Condition:
    """What others made came by a shipment; where nothing did, an index has the lots in order."""
    here = select(ShipmentRow.id).where(ShipmentRow.to_id == party, ShipmentRow.state == "accepted")
    query = select(EntryRow.lot_id).where(EntryRow.shipment_id.in_(here)).distinct()
    own = LotRow.origin_id == enterprise
    had = session.scalars(query).all()
    return or_(own, LotRow.id.in_(had)) if had else own


def _stock(party: int) -> Any:
    """Grams a party has, of the lots it has any of."""
    held = (EntryRow.account == Account.HELD.value, EntryRow.party_id == party)
    grams = func.sum(EntryRow.grams)
    lots = select(EntryRow.lot_id, grams.label("grams")).where(*held).group_by(EntryRow.lot_id)
    return lots.having(grams > 0).subquery()


def _in_stock(party: int) -> Condition:
    return LotRow.id.in_(select(_stock(party).c.lot_id))


def _product_named(text: str) -> Condition:
    return LotRow.product_id.in_(select(ProductRow.id).where(listing.holds(ProductRow.name, text)))


def _maker_named(text: str) -> Condition:
    named = select(EnterpriseRow.id).where(listing.holds(EnterpriseRow.name, text))
    return LotRow.origin_id.in_(named)


def lot_lines(session: Session, numbers: Sequence[int], *, party: int) -> list[LotLine]:
    """Lots with what a party has of them, in the order asked for."""
    mine = (EntryRow.account == Account.HELD.value) & (EntryRow.party_id == party)
    sums = (
        select(
            EntryRow.lot_id, func.sum(EntryRow.grams).label("grams"), func.sum(EntryRow.packs).label("packs")
        )
        .where(mine, EntryRow.lot_id.in_(numbers))
        .group_by(EntryRow.lot_id)
        .subquery()
    )
    query = (
        select(LotRow, ProductRow, EnterpriseRow.name, sums.c.grams, sums.c.packs)
        .join(sums, sums.c.lot_id == LotRow.id, isouter=True)
        .join(EnterpriseRow, EnterpriseRow.id == LotRow.origin_id)
        .join(ProductRow, ProductRow.id == LotRow.product_id, isouter=True)
        .where(LotRow.id.in_(numbers))
    )
    found = {
        row.id: LotLine(lot_of(row, product), maker, int(grams or 0), int(packs or 0))
        for row, product, maker, grams, packs in session.execute(query)
    }
    return [found[number] for number in numbers if number in found]
