"""How far goods have spread: every lot of a scope and all that was made of them, and what there is of them, summed.

The lots are gathered once into a table of the transaction's own; each sum is one question over it, whatever their
number. No list of lots is sent to the database, and none comes back but what a page shows.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Integer,
    MetaData,
    Row,
    Select,
    Table,
    case,
    delete,
    func,
    insert,
    or_,
    select,
    text,
)
from sqlalchemy.orm import Session, aliased
from sqlalchemy.schema import CreateTable

from traceability.domain.chain import Account, EventKind, Lot, LotKind
from traceability.domain.marks import MarkState
from traceability.domain.recalls import Amount, Scope, ScopeKind
from traceability.store.chain.lots import lot_of
from traceability.store.chain.rows import EdgeRow, EntryRow, EventRow, LotRow, ShipmentRow
from traceability.store.chain.trace import if_live
from traceability.store.marks.rows import IssueRow, SpanRow
from traceability.store.people.rows import EnterpriseRow, PartyRow, PlotRow, ProductRow
from traceability.store.prepared import is_postgresql, term
from traceability.store.recalled import RecallLotRow
from traceability.store.scans import TallyRow

#: No table of the books: it lives as long as the transaction, on its own connection.
SPREAD = Table(
    "spread",
    MetaData(),
    Column("lot_id", Integer, primary_key=True, autoincrement=False),
    prefixes=["TEMPORARY"],
    postgresql_on_commit="DROP",
)


def gather(session: Session, scope: Scope) -> None:
    """Gather the lots of a scope and everything made from them."""
    _refill(session, _walked(_seeds(scope)))


def gather_recalled(session: Session, recall: int) -> None:
    """Gather the lots a recall reaches, as they were locked when it was ordered."""
    _refill(session, select(RecallLotRow.lot_id).where(RecallLotRow.recall_id == recall))


def gather_locked(session: Session, scope: Scope) -> None:
    """Gather and lock them, so that nothing is made of them unseen at this moment (FRAUD F19)."""
    gather(session, scope)
    while True:
        before = lots(session)
        lock = select(LotRow.id).where(LotRow.id.in_(select(SPREAD.c.lot_id))).order_by(LotRow.id)
        session.execute(lock.with_for_update(key_share=True)).all()
        gather(session, scope)
        if lots(session) == before:
            return


def _refill(session: Session, lots: Select[Any]) -> None:
    session.flush()
    session.execute(CreateTable(SPREAD, if_not_exists=True))
    session.execute(delete(SPREAD))
    session.execute(insert(SPREAD).from_select(["lot_id"], lots))
    # A planner that knows nothing of a table made this moment takes it for a large one, and reads all entries instead.
    session.execute(text("ANALYZE spread" if is_postgresql(session) else "ANALYZE temp.spread"))


def _walked(seeds: Select[Any]) -> Select[Any]:
    walk = seeds.cte("walk", recursive=True)
    step = aliased(EdgeRow)
    walk = walk.union(select(if_live(step, "target_id")).join(walk, step.source_id == walk.c.lot))
    return select(walk.c.lot).where(walk.c.lot.is_not(None))


def _seeds(scope: Scope) -> Select[Any]:
    """Where a scope begins, as one column `lot`."""
    if scope.kind is ScopeKind.PLOT:
        leaf = select(EntryRow.lot_id.label("lot")).where(EntryRow.plot_id == scope.what)
        if scope.since or scope.until:
            leaf = leaf.join(LotRow, LotRow.id == EntryRow.lot_id).where(*_plucked(scope))
        return leaf.group_by(EntryRow.lot_id).having(func.sum(EntryRow.grams) < 0)
    if scope.kind is ScopeKind.SERIALS:
        packed = select(SpanRow.pack_lot_id.label("lot")).where(SpanRow.pack_lot_id.is_not(None))
        return packed.where(
            SpanRow.last >= scope.what, SpanRow.first <= (scope.last or scope.what)
        ).distinct()
    found = select(LotRow.id.label("lot"))
    if scope.kind is ScopeKind.ENTERPRISE:
        return found.where(LotRow.origin_id == scope.what, *_plucked(scope))
    return found.where(LotRow.id == scope.what)


def _plucked(scope: Scope) -> list[ColumnElement[bool]]:
    since = [LotRow.plucked_to >= scope.since] if scope.since else []
    return since + ([LotRow.plucked_from <= scope.until] if scope.until else [])


# --- the lots -----------------------------------------------------------------------------------------------


def lots(session: Session) -> list[int]:
    """Their ids, in order."""
    return list(session.scalars(select(SPREAD.c.lot_id).order_by(SPREAD.c.lot_id)))


@dataclass(frozen=True, slots=True)
class Maker:
    """A firm that made some of them, and how many of each kind."""

    enterprise: int
    name: str
    county: str
    lots: Mapping[LotKind, int]


def makers(session: Session) -> list[Maker]:
    """Who made them."""
    firm = (EnterpriseRow.id, EnterpriseRow.name, EnterpriseRow.county)
    query = (
        select(*firm, LotRow.kind, func.count())
        .join(LotRow, LotRow.origin_id == EnterpriseRow.id)
        .join(SPREAD, SPREAD.c.lot_id == LotRow.id)
        .group_by(*firm, LotRow.kind)
        .order_by(EnterpriseRow.id)
    )
    found: dict[int, Maker] = {}
    for number, name, county, kind, n in session.execute(query):
        was = found.get(number)
        found[number] = Maker(number, name, county, {**(was.lots if was else {}), LotKind(kind): n})
    return list(found.values())


def first_lots(session: Session, *, most: int) -> list[tuple[Lot, str]]:
    """So many of them with their makers' names, pack lots first."""
    query = (
        select(LotRow, ProductRow, EnterpriseRow.name)
        .join(SPREAD, SPREAD.c.lot_id == LotRow.id)
        .join(EnterpriseRow, EnterpriseRow.id == LotRow.origin_id)
        .join(ProductRow, ProductRow.id == LotRow.product_id, isouter=True)
        .order_by(LotRow.kind != LotKind.PACKS.value, LotRow.id.desc())
        .limit(most)
    )
    return [(lot_of(row, product), maker) for row, product, maker in session.execute(query)]


# --- where the goods are ------------------------------------------------------------------------------------

_GRAMS, _PACKS = func.sum(EntryRow.grams), func.sum(EntryRow.packs)


@dataclass(frozen=True, slots=True)
class There:
    """Grams and packs in one account; `party` is whose stock it is, or to whom it is on the way."""

    account: Account
    party: int | None
    name: str
    place: str
    enterprise: int | None
    kept_by: int | None
    amount: Amount


def whereabouts(session: Session) -> list[There]:
    """Where everything of them is now; what became another lot is no longer of them."""
    return [*_resting(session), *_on_the_way(session)]


def _resting(session: Session) -> list[There]:
    resting = (
        select(EntryRow.account, EntryRow.party_id, _GRAMS.label("grams"), _PACKS.label("packs"))
        .join(SPREAD, SPREAD.c.lot_id == EntryRow.lot_id)
        .where(EntryRow.account.not_in([Account.PLOT.value, Account.TRANSIT.value]))
        .group_by(EntryRow.account, EntryRow.party_id)
        .having(_GRAMS > 0)
        .subquery()
    )
    query = select(resting, PartyRow).join(PartyRow, PartyRow.id == resting.c.party_id, isouter=True)
    return [_there(row) for row in session.execute(query.order_by(resting.c.grams.desc()))]


def _on_the_way(session: Session) -> list[There]:
    open_ones = (
        select(ShipmentRow.to_id.label("party_id"), _GRAMS.label("grams"), _PACKS.label("packs"))
        .join(EntryRow, EntryRow.shipment_id == ShipmentRow.id)
        .join(SPREAD, SPREAD.c.lot_id == EntryRow.lot_id)
        .where(EntryRow.account == Account.TRANSIT.value)
        .group_by(ShipmentRow.id)
        .having(_GRAMS > 0)
        .subquery()
    )
    summed = (
        select(
            open_ones.c.party_id,
            func.sum(open_ones.c.grams).label("grams"),
            func.sum(open_ones.c.packs).label("packs"),
        )
        .group_by(open_ones.c.party_id)
        .subquery()
    )
    query = select(summed, PartyRow).join(PartyRow, PartyRow.id == summed.c.party_id)
    return [_there(row, Account.TRANSIT) for row in session.execute(query.order_by(summed.c.party_id))]


def _there(row: Row[Any], account: Account | None = None) -> There:
    amount, party = Amount(int(row.grams), int(row.packs)), row.PartyRow
    where = account or Account(row.account)
    if party is None:
        return There(where, None, "", "", None, None, amount)
    return There(where, party.id, party.name, party.place, party.enterprise_id, party.kept_by, amount)


# --- what was sold ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Sales:
    """What was sold on one channel, or to one named buyer, with what came back taken off; by how many sales."""

    name: str
    amount: Amount
    sales: int
    last_at: datetime


def channels(session: Session, *, enterprise: int | None = None) -> list[Sales]:
    """What was sold by channel, most of it first; by one firm, when one is named."""
    return [one for one in _sales(session, "channel", enterprise=enterprise) if one.amount.grams > 0]


def buyers(session: Session, *, most: int) -> list[Sales]:
    """What was sold to buyers by name, most of it first."""
    return [one for one in _sales(session, "buyer", most=most) if one.name and one.amount.grams > 0]


def named_g(session: Session) -> int:
    """Grams that were sold to buyers by name."""
    return sum(one.amount.grams for one in _sales(session, "buyer") if one.name)


def _sales(
    session: Session, name: str, *, most: int | None = None, enterprise: int | None = None
) -> list[Sales]:
    """A sale's terms are read by the database: twenty thousand of them take longer to bring over than to sum."""
    about = aliased(EventRow)
    sale = case((about.kind == EventKind.RETURN.value, about.about_id), else_=about.id)
    sold = (
        select(sale.label("sale"), _GRAMS.label("grams"), _PACKS.label("packs"))
        .join(SPREAD, SPREAD.c.lot_id == EntryRow.lot_id)
        .join(about, about.id == EntryRow.root_id)
        .where(EntryRow.account == Account.SOLD.value)
        .group_by(sale)
        .subquery()
    )
    called = func.coalesce(term(session, EventRow.terms, name), "").label("name")
    grams = func.sum(sold.c.grams)
    query = (
        select(
            called, grams, func.sum(sold.c.packs), func.count(), func.max(EventRow.happened_at, type_=_MOMENT)
        )
        .join(EventRow, EventRow.id == sold.c.sale)
        .group_by(called)
        .order_by(grams.desc(), called)
        .limit(most)
    )
    if enterprise is not None:
        query = query.where(EventRow.enterprise_id == enterprise)
    return [Sales(n, Amount(int(g), int(p)), c, at) for n, g, p, c, at in session.execute(query)]


_MOMENT = EventRow.__table__.c.happened_at.type


@dataclass(frozen=True, slots=True)
class Since:
    """What came back of the goods and what was destroyed of them since a moment."""

    returned: Amount
    destroyed: Amount


def since(session: Session, moment: datetime) -> Since:
    """Returned and destroyed since; what came back and was destroyed at once counts in both."""
    query = (
        select(EntryRow.account, _GRAMS, _PACKS)
        .join(SPREAD, SPREAD.c.lot_id == EntryRow.lot_id)
        .join(EventRow, EventRow.id == EntryRow.root_id)
        .where(EventRow.happened_at >= moment)
        .where(
            or_(
                EntryRow.account == Account.DESTROYED.value,
                (EntryRow.account == Account.SOLD.value) & (EventRow.kind == EventKind.RETURN.value),
            )
        )
        .group_by(EntryRow.account)
    )
    sums = {Account(a): Amount(int(g), int(p)) for a, g, p in session.execute(query)}
    back = sums.get(Account.SOLD, Amount())
    return Since(Amount(-back.grams, -back.packs), sums.get(Account.DESTROYED, Amount()))


# --- marks, and looks at them -------------------------------------------------------------------------------


def marks(session: Session) -> dict[MarkState, int]:
    """Marks on packs of them, and those issued for batches among them, by state."""
    query = (
        select(SpanRow.state, func.sum(SpanRow.last - SpanRow.first + 1))
        .where(_marked())
        .group_by(SpanRow.state)
    )
    return {MarkState(state): int(n) for state, n in session.execute(query)}


def _marked() -> ColumnElement[bool]:
    """By two indexes, each asked for itself: with the two conditions in one join neither would serve."""
    spread = select(SPREAD.c.lot_id)
    packed = select(SpanRow.id).where(SpanRow.pack_lot_id.in_(spread))
    issued = (
        select(SpanRow.id)
        .join(IssueRow, IssueRow.id == SpanRow.issue_id)
        .where(IssueRow.batch_id.in_(spread))
    )
    return SpanRow.id.in_(packed.union(issued).scalar_subquery())


@dataclass(frozen=True, slots=True)
class Looked:
    """Of the marks on their packs: how many the public looked at, and how often in all."""

    marks: int
    looks: int


def looked(session: Session) -> Looked:
    """What the public looked at since these packs were marked, read from the tallies, which outlive the scans."""
    query = (
        select(func.count(), func.coalesce(func.sum(TallyRow.looks), 0))
        .select_from(SpanRow)
        .join(TallyRow, TallyRow.serial.between(SpanRow.first, SpanRow.last))
        .where(SpanRow.pack_lot_id.in_(select(SPREAD.c.lot_id)), TallyRow.looks > 0)
    )
    found = session.execute(query).one()
    return Looked(int(found[0]), int(found[1]))


# --- back ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Ground:
    """A plot that leaf of a lot came off, and how many grams of it."""

    plot: int
    no: str
    township: str
    place: str
    grams: int


def grounds(session: Session, lot: int) -> list[Ground]:
    """The plots a lot's tea came off, upstream of it, most leaf first: to widen a recall to its cause.

    Gathers the lots upstream instead of those gathered before.
    """
    walk = select(LotRow.id.label("lot")).where(LotRow.id == lot).cte("back", recursive=True)
    step = aliased(EdgeRow)
    walk = walk.union(select(if_live(step, "source_id")).join(walk, step.target_id == walk.c.lot))
    _refill(session, select(walk.c.lot).where(walk.c.lot.is_not(None)))
    query = (
        select(PlotRow.id, PlotRow.no, PlotRow.township, PlotRow.place, -_GRAMS)
        .join(EntryRow, EntryRow.plot_id == PlotRow.id)
        .join(SPREAD, SPREAD.c.lot_id == EntryRow.lot_id)
        .group_by(PlotRow.id)
        .having(_GRAMS < 0)
        .order_by(_GRAMS, PlotRow.id)
    )
    return [Ground(number, no, t, place, int(g)) for number, no, t, place, g in session.execute(query)]


def serial_owner(session: Session, first: int, last: int) -> set[int]:
    """The firms that marks between these serials were issued to."""
    query = select(IssueRow.enterprise_id).where(IssueRow.last >= first, IssueRow.first <= last)
    return set(session.scalars(query.distinct()))
