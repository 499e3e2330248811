"""Receipts and deliveries behind a finding, for the table of its page."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from traceability.domain.chain import Account, EventKind, LotKind
from traceability.store.chain.rows import EntryRow, EventRow, LotRow, ShipmentRow
from traceability.store.findings.clocks import at_night, hours_between
from traceability.store.findings.sums import in_season
from traceability.store.people.rows import EnterpriseRow, PartyRow, PlotRow

MOST = 60
"""Rows a page shows; whoever needs all of them opens the firm's ledger."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """A leaf receipt as evidence; `lot` is the leaf it brought."""

    no: str
    lot: int | None
    lot_no: str
    plot_no: str
    net_g: int
    at: datetime
    told: datetime


def _receipts(season: int, *more: Any) -> Any:
    net = -func.sum(EntryRow.grams)
    return (
        select(
            EventRow.no, func.max(LotRow.id), func.max(LotRow.no), func.max(PlotRow.no), net,
            EventRow.happened_at, EventRow.recorded_at,
        )
        .join(EntryRow, (EntryRow.root_id == EventRow.id) & (EntryRow.account == Account.PLOT.value))
        .join(PlotRow, PlotRow.id == EntryRow.plot_id)
        .join(LotRow, LotRow.id == EntryRow.lot_id, isouter=True)
        .where(EventRow.kind == EventKind.LEAF_RECEIPT.value, EventRow.root_id.is_(None))
        .where(in_season(EventRow.happened_at, season), *more)
        .group_by(EventRow.id, EventRow.no, EventRow.happened_at, EventRow.recorded_at)
        .order_by(EventRow.happened_at.desc(), EventRow.no)
        .limit(MOST)
    )  # fmt: skip


def _read(session: Session, query: Any) -> list[Receipt]:
    found = session.execute(query)
    return [
        Receipt(no, lot, lot_no or "", plot, int(net), at, told)
        for no, lot, lot_no, plot, net, at, told in found
    ]


def receipts_of_weight(
    session: Session, enterprise: int, season: int, *, grams: int, plot: int | None
) -> list[Receipt]:
    """A firm's receipts of one weight; on one plot only, when it is named."""
    only = [EntryRow.plot_id == plot] if plot is not None else []
    query = _receipts(season, EventRow.enterprise_id == enterprise, *only)
    return _read(session, query.having(-func.sum(EntryRow.grams) == grams))


def receipts_at_night(session: Session, enterprise: int, season: int) -> list[Receipt]:
    """A firm's receipts said to be weighed at night."""
    return _read(
        session, _receipts(season, EventRow.enterprise_id == enterprise, at_night(EventRow.happened_at))
    )


def receipts_told_late(session: Session, enterprise: int, season: int, *, hours: int) -> list[Receipt]:
    """A firm's receipts told later than so many hours."""
    late = hours_between(EventRow.happened_at, EventRow.recorded_at) > hours
    return _read(session, _receipts(season, EventRow.enterprise_id == enterprise, late))


def receipts_of_plot(session: Session, plot: int, season: int) -> list[Receipt]:
    """Everything received off a plot, whoever bought it."""
    of_plot = EventRow.id.in_(select(EntryRow.root_id).where(EntryRow.plot_id == plot))
    return _read(session, _receipts(season, of_plot))


@dataclass(frozen=True, slots=True)
class Delivered:
    """Leaf delivered from one firm to another."""

    no: str
    source: str
    target: str
    lot: int
    lot_no: str
    grams: int
    at: datetime


def leaf_between(session: Session, firms: Iterable[int], season: int) -> list[Delivered]:
    """Fresh leaf that these firms delivered to each other, latest first."""
    sender, taker = aliased(PartyRow), aliased(PartyRow)
    source, target = aliased(EnterpriseRow), aliased(EnterpriseRow)
    wanted = set(firms)
    query = (
        select(
            ShipmentRow.no, source.name, target.name, LotRow.id, LotRow.no, -func.sum(EntryRow.grams),
            ShipmentRow.sent_at,
        )
        .select_from(ShipmentRow)
        .join(sender, sender.id == ShipmentRow.from_id)
        .join(source, source.id == sender.enterprise_id)
        .join(taker, taker.id == ShipmentRow.to_id)
        .join(target, target.id == taker.enterprise_id)
        .join(EntryRow, EntryRow.shipment_id == ShipmentRow.id)
        .join(LotRow, LotRow.id == EntryRow.lot_id)
        .where(source.id.in_(wanted), target.id.in_(wanted), LotRow.kind == LotKind.LEAF.value)
        .where(EntryRow.account == Account.TRANSIT.value, EntryRow.grams < 0, ShipmentRow.state == "accepted")
        .where(in_season(ShipmentRow.sent_at, season))
        .group_by(ShipmentRow.id, ShipmentRow.no, source.name, target.name, LotRow.id, LotRow.no, ShipmentRow.sent_at)
        .order_by(ShipmentRow.sent_at.desc(), ShipmentRow.id.desc(), LotRow.id)
        .limit(MOST)
    )  # fmt: skip
    return [
        Delivered(no, a, b, lot, lot_no, int(g), at)
        for no, a, b, lot, lot_no, g, at in session.execute(query)
    ]
