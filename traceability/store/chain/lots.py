"""Lots as values, in lists, and within somebody's reach."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Select,
    bindparam,
    exists,
    false,
    func,
    or_,
    select,
    true,
)
from sqlalchemy.orm import Session, aliased

from traceability.domain.chain import (
    Account,
    Lot,
    LotKind,
)
from traceability.domain.people import Product, Within
from traceability.domain.profile import Grade, LeafGrade
from traceability.store.chain.rows import EdgeRow, EntryRow, LotRow
from traceability.store.chain.trace import reach
from traceability.store.people import EnterpriseRow, PartyRow, PlotRow, ProductRow, product_of
from traceability.store.prepared import Prepared, among, numbers, one_of


def lot_of(row: LotRow, product: ProductRow | None) -> Lot:
    """A lot's row as its value; for the store's own modules."""
    known = {product.id: product_of(product)} if product else {}
    return _lot((getattr(row, name) for name in _NAMES), known)


#: The columns of a lot's row in the order in which its value takes them.
_NAMES = (
    "id", "no", "kind", "origin_id", "season", "plucked_from", "plucked_to", "born_at", "grade", "leaf_grade",
    "product_id", "pack_day", "best_before", "closed_at",
)  # fmt: skip


#: Looked up, which is quicker than asking the enum.
_KINDS = {one.value: one for one in LotKind}
_GRADES = {one.value: one for one in Grade}
_LEAVES = {one.value: one for one in LeafGrade}
_PRODUCT = _NAMES.index("product_id")


def _lot(row: Iterable[Any], products: Mapping[int, Product]) -> Lot:
    """A lot of its columns (`_NAMES`), and products by id."""
    number, no, kind, origin, season, first, last, born_at, grade, leaf, product, packed, best, closed = row
    return Lot(
        number,
        no,
        _KINDS[kind],
        origin,
        season,
        first,
        last,
        born_at,
        _GRADES.get(grade),
        _LEAVES.get(leaf),
        products.get(product),
        packed,
        best,
        closed is not None,
    )


def lots_by_id(session: Session, lots: Iterable[int], *, lock: bool = False) -> dict[int, Lot]:
    """Lots by id; `lock` makes other changes to them wait, always in the same order so that none waits in a ring."""
    if lock:
        return _locked(session, lots)
    session.flush()
    found, told = _BY_ID.raw(session, numbers=numbers(session, lots))
    products = _products(session, {row[_PRODUCT] for row in found if row[_PRODUCT] is not None})
    return {row[0]: _lot(told(row), products) for row in found}


#: Read as plain values: an answer of many thousand lots would take three times as long through the session.
_BY_ID = Prepared(
    lambda sql: (
        select(*(getattr(LotRow, name) for name in _NAMES)).where(one_of(sql, LotRow.id)).order_by(LotRow.id)
    )
)


def _products(session: Session, wanted: set[int]) -> dict[int, Product]:
    if not wanted:
        return {}
    rows = session.scalars(select(ProductRow).where(ProductRow.id.in_(wanted)))
    return {row.id: product_of(row) for row in rows}


def _locked(session: Session, lots: Iterable[int]) -> dict[int, Lot]:
    """As rows of the session, and read again: what it knew of them from before the lock is old."""
    query = (
        select(LotRow, ProductRow)
        .join(ProductRow, ProductRow.id == LotRow.product_id, isouter=True)
        .where(among(session, LotRow.id, lots))
        .order_by(LotRow.id)
        .with_for_update(of=LotRow, key_share=True)
        .execution_options(populate_existing=True)
    )
    return {row.id: lot_of(row, product) for row, product in session.execute(query)}


def lot(session: Session, number: int, *, within: Within) -> Lot | None:
    """A lot, if it lies within somebody's reach: made or held there, upstream of that, or one step downstream."""
    found = lots_by_id(session, [number]).get(number)
    return found if found and sees(session, number, within) else None


def lots_named(session: Session, no: str, *, within: Within) -> list[Lot]:
    """Lots of that number within reach; numbers are a firm's own, so there may be several."""
    numbers = session.scalars(select(LotRow.id).where(LotRow.no == no)).all()
    found = lots_by_id(session, numbers)
    return [one for number, one in found.items() if sees(session, number, within)]


def pack_lots_marked(session: Session, no: str, *, product: int, within: Within) -> list[Lot]:
    """Pack lots of a product with that number on them, whatever its case: their own, or that of their batch.

    Those amended to nothing are left out. Only lots made within reach.
    """
    batch = aliased(LotRow)
    numbered = or_(*(func.lower(row.no) == func.lower(no) for row in (LotRow, batch)))
    query = (
        select(LotRow, ProductRow)
        .join(ProductRow, ProductRow.id == LotRow.product_id)
        .join(EnterpriseRow, EnterpriseRow.id == LotRow.origin_id)
        .join(EdgeRow, EdgeRow.target_id == LotRow.id)
        .join(batch, batch.id == EdgeRow.source_id)
        .where(LotRow.kind == LotKind.PACKS.value, LotRow.product_id == product, numbered)
        .where(_made_within(within))
        .group_by(LotRow.id, ProductRow.id)
        .having(func.sum(EdgeRow.grams) > 0)
        .order_by(LotRow.id)
    )
    return [lot_of(row, found) for row, found in session.execute(query)]


_NUMBERED = Prepared(
    lambda _sql: select(LotRow.id).where(
        LotRow.origin_id == bindparam("of", type_=BigInteger), LotRow.no == bindparam("named")
    )
)


def lot_no_taken(session: Session, enterprise: int, no: str) -> bool:
    """Whether the firm gave this number to a lot."""
    return bool(_NUMBERED.rows(session, of=enterprise, named=no))


@dataclass(frozen=True, slots=True)
class LotLine:
    """A lot in a list, with what the asked party has of it."""

    lot: Lot
    maker: str
    grams: int
    packs: int


def lots_on_hand(session: Session, *, party: int, kinds: Sequence[LotKind] = tuple(LotKind)) -> list[LotLine]:
    """What a party has, lot by lot, oldest first."""
    grams, packs = func.sum(EntryRow.grams), func.sum(EntryRow.packs)
    sums = (
        select(EntryRow.lot_id, grams.label("grams"), packs.label("packs"))
        .where(EntryRow.account == Account.HELD.value, EntryRow.party_id == party)
        .group_by(EntryRow.lot_id)
        .having(grams > 0)
        .subquery()
    )
    return _lot_lines(session, sums, LotRow.kind.in_([kind.value for kind in kinds]))


def lots(session: Session, *, within: Within, kinds: Sequence[LotKind] = tuple(LotKind)) -> list[LotLine]:
    """Lots made within reach, with what anybody has of them, latest first."""
    sums = (
        select(
            EntryRow.lot_id, func.sum(EntryRow.grams).label("grams"), func.sum(EntryRow.packs).label("packs")
        )
        .where(EntryRow.account == Account.HELD.value)
        .group_by(EntryRow.lot_id)
        .subquery()
    )
    return _lot_lines(session, sums, LotRow.kind.in_([kind.value for kind in kinds]) & _made_within(within))[
        ::-1
    ]


def _made_within(within: Within) -> ColumnElement[bool]:
    if within.everything:
        return true()
    if within.county is not None:
        return EnterpriseRow.county == within.county
    return LotRow.origin_id == within.enterprise if within.enterprise is not None else false()


def _lot_lines(session: Session, sums: Any, condition: ColumnElement[bool]) -> list[LotLine]:
    query = (
        select(LotRow, ProductRow, EnterpriseRow.name, sums.c.grams, sums.c.packs)
        .join(sums, sums.c.lot_id == LotRow.id)
        .join(EnterpriseRow, EnterpriseRow.id == LotRow.origin_id)
        .join(ProductRow, ProductRow.id == LotRow.product_id, isouter=True)
        .where(condition)
        .order_by(LotRow.id)
    )
    return [LotLine(lot_of(r, p), name, int(g), int(k)) for r, p, name, g, k in session.execute(query)]


def close_batch(session: Session, number: int, *, at: datetime) -> None:
    """The test sample was drawn: nothing more goes in."""
    session.get_one(LotRow, number).closed_at = at


def set_grade(session: Session, number: int, grade: Grade) -> None:
    """The batch was re-declared to a lower grade."""
    session.get_one(LotRow, number).grade = grade.value


def sees(session: Session, number: int, within: Within) -> bool:
    """Whether a lot lies within somebody's reach."""
    if within.everything:
        return True
    if within.county is not None:
        return _county_sees(session, number, within.county)
    return within.enterprise is not None and _firm_sees(session, number, within.enterprise)


def _county_sees(session: Session, number: int, county: str) -> bool:
    """The county of the leaf, that of the batch, and that of whoever holds it see the chain, up and down."""
    chain = {number, *reach(session, number, forward=False), *reach(session, number, forward=True)}
    made = select(LotRow.id).join(EnterpriseRow, EnterpriseRow.id == LotRow.origin_id)
    had = (
        select(EntryRow.id)
        .join(PartyRow, PartyRow.id == EntryRow.party_id)
        .join(EnterpriseRow, EnterpriseRow.id == PartyRow.enterprise_id)
    )
    grown = select(EntryRow.id).join(PlotRow, PlotRow.id == EntryRow.plot_id)
    return bool(
        session.scalar(
            select(exists(made.where(among(session, LotRow.id, chain), EnterpriseRow.county == county)))
        )
        or session.scalar(
            select(exists(had.where(among(session, EntryRow.lot_id, chain), EnterpriseRow.county == county)))
        )
        or session.scalar(
            select(
                exists(
                    grown.where(among(session, EntryRow.lot_id, chain), PlotRow.township.startswith(county))
                )
            )
        )
    )


def _firm_sees(session: Session, number: int, enterprise: int) -> bool:
    """What a firm made or held, everything upstream of that, and one step downstream."""
    parents = session.scalars(select(EdgeRow.source_id).where(EdgeRow.target_id == number).distinct())
    downstream = reach(session, number, forward=True)
    return _touched(session, {number, *parents, *downstream}, enterprise)


def touched(session: Session, lots: Iterable[int], enterprise: int) -> set[int]:
    """Which of these lots a firm made or ever had, in its own house or at a consignee it keeps."""
    wanted = set(lots)
    made = select(LotRow.id).where(among(session, LotRow.id, wanted), LotRow.origin_id == enterprise)
    return {*session.scalars(made), *session.scalars(_had(session, wanted, enterprise).distinct())}


def _had(session: Session, lots: set[int], enterprise: int) -> Select[int | None]:
    party = select(PartyRow.id).where(
        or_(PartyRow.enterprise_id == enterprise, PartyRow.kept_by == enterprise)
    )
    return select(EntryRow.lot_id).where(among(session, EntryRow.lot_id, lots), EntryRow.party_id.in_(party))


def _touched(session: Session, lots: set[int], enterprise: int) -> bool:
    own = select(LotRow.id).where(among(session, LotRow.id, lots), LotRow.origin_id == enterprise)
    had = _had(session, lots, enterprise)
    return bool(session.scalar(select(exists(own))) or session.scalar(select(exists(had))))


def widen_batch(session: Session, number: int, *, plucked_from: date, plucked_to: date) -> None:
    """An open batch took in more tea: its plucking days reach over that too; its season is that of the oldest leaf."""
    row = session.get_one(LotRow, number)
    row.plucked_from, row.plucked_to = min(row.plucked_from, plucked_from), max(row.plucked_to, plucked_to)
    row.season = row.plucked_from.year
