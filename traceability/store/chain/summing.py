"""Sums of a firm's book over a span of time: what came in, what went out, where tea ended, what was left."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, case, func, select
from sqlalchemy.orm import Session

from traceability.domain.chain import Account, EventKind, LotKind
from traceability.store.chain.rows import EntryRow, EventRow, LotRow

Amount = tuple[int, int]
"""Grams and packs."""


@dataclass(frozen=True, slots=True)
class StageSum:
    """Events of one kind and what they moved in a firm's stock: grams out and in, packs out and in."""

    kind: EventKind
    events: int
    out_g: int
    in_g: int
    out_packs: int
    in_packs: int


def stock_before(session: Session, parties: Sequence[int], at: datetime) -> dict[LotKind, Amount]:
    """What these parties had before a moment, by kind of lot."""
    query = (
        select(LotRow.kind, func.sum(EntryRow.grams), func.sum(EntryRow.packs))
        .join(EntryRow, EntryRow.lot_id == LotRow.id)
        .join(EventRow, EventRow.id == EntryRow.event_id)
        .where(EntryRow.account == Account.HELD.value, EntryRow.party_id.in_(parties))
        .where(EventRow.happened_at < at)
        .group_by(LotRow.kind)
    )
    return {LotKind(kind): (int(grams), int(packs)) for kind, grams, packs in session.execute(query)}


def moved(
    session: Session, enterprise: int, parties: Sequence[int], since: datetime, before: datetime
) -> list[StageSum]:
    """What moved in the stock of these parties, by kind of event; amendments counted where they belong.

    What the firm told counts though it moved no stock: goods that a buyer brought back and that were destroyed.
    """
    others = case((EventRow.enterprise_id != enterprise, EntryRow.root_id))
    query = (
        select(
            EventRow.kind,
            func.count(others.distinct()),
            -_sum(EntryRow.grams < 0, EntryRow.grams),
            _sum(EntryRow.grams > 0, EntryRow.grams),
            -_sum(EntryRow.grams < 0, EntryRow.packs),
            _sum(EntryRow.grams > 0, EntryRow.packs),
        )
        .join(EventRow, EventRow.id == EntryRow.event_id)
        .where(EntryRow.account == Account.HELD.value, EntryRow.party_id.in_(parties))
        .where(EventRow.happened_at >= since, EventRow.happened_at < before)
        .group_by(EventRow.kind)
    )
    found = {EventKind(kind): tuple(map(int, rest)) for kind, *rest in session.execute(query)}
    told = _told(session, enterprise, since, before)
    return [
        StageSum(kind, told.get(kind, 0) + others, *sums)
        for kind in EventKind
        if kind in found or kind in told
        for others, *sums in [found.get(kind, (0,) * 5)]
    ]


def _told(session: Session, enterprise: int, since: datetime, before: datetime) -> dict[EventKind, int]:
    """Events of a firm that booked anything."""
    query = (
        select(EventRow.kind, func.count(EntryRow.root_id.distinct()))
        .join(EntryRow, EntryRow.event_id == EventRow.id)
        .where(EventRow.enterprise_id == enterprise)
        .where(EventRow.happened_at >= since, EventRow.happened_at < before)
        .group_by(EventRow.kind)
    )
    return {EventKind(kind): int(many) for kind, many in session.execute(query)}


def _sum(of: ColumnElement[bool], column: Any) -> ColumnElement[int]:
    return func.coalesce(func.sum(case((of, column), else_=0)), 0)


def ended(session: Session, enterprise: int, since: datetime, before: datetime) -> dict[Account, Amount]:
    """Where tea of a firm's events ended, by account; what was taken back is taken off."""
    query = (
        select(EntryRow.account, func.sum(EntryRow.grams), func.sum(EntryRow.packs))
        .join(EventRow, EventRow.id == EntryRow.event_id)
        .where(EventRow.enterprise_id == enterprise)
        .where(EntryRow.account.not_in([Account.PLOT.value, Account.HELD.value, Account.TRANSIT.value]))
        .where(EventRow.happened_at >= since, EventRow.happened_at < before)
        .group_by(EntryRow.account)
    )
    return {Account(account): (int(grams), int(packs)) for account, grams, packs in session.execute(query)}


def packs_by_product(
    session: Session, enterprise: int, since: datetime, before: datetime
) -> dict[tuple[int, str], int]:
    """Packs packed and sold by a firm's events, by product and account (held: packed)."""
    packed = (EntryRow.account == Account.HELD.value) & (EventRow.kind == EventKind.PACKING.value)
    query = (
        select(LotRow.product_id, EntryRow.account, func.sum(EntryRow.packs))
        .join(EventRow, EventRow.id == EntryRow.event_id)
        .join(LotRow, LotRow.id == EntryRow.lot_id)
        .where(EventRow.enterprise_id == enterprise, LotRow.product_id.is_not(None))
        .where(EventRow.happened_at >= since, EventRow.happened_at < before)
        .where(packed | (EntryRow.account == Account.SOLD.value))
        .group_by(LotRow.product_id, EntryRow.account)
    )
    return {(product or 0, account): int(packs) for product, account, packs in session.execute(query)}
