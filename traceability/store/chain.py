"""Lots, events, entries and edges; reports, shipments, cartons and shortages. On hand is always a sum."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    String,
    UniqueConstraint,
    exists,
    false,
    func,
    or_,
    select,
    true,
)
from sqlalchemy.orm import Mapped, Session, aliased, mapped_column

from traceability.domain.balance import Posting
from traceability.domain.chain import (
    Account,
    Booking,
    Edge,
    Entry,
    EventKind,
    Lot,
    LotKind,
    NewLot,
    Stock,
)
from traceability.domain.marks import SerialRange
from traceability.domain.people import Within
from traceability.domain.profile import Grade, LeafGrade
from traceability.store import oversight
from traceability.store.base import (
    Base,
    Code,
    EnterpriseRef,
    EventRef,
    Grams,
    Json,
    Key,
    LotRef,
    Moment,
    Name,
    PartyRef,
    Serial,
    UserRef,
    Words,
)
from traceability.store.oversight import HoldRow
from traceability.store.people import EnterpriseRow, PartyRow, PlotRow, ProductRow, product_of


class LotRow(Base):
    """A traceable unit. What is on hand is nowhere in it."""

    __tablename__ = "lot"
    __table_args__ = (UniqueConstraint("origin_id", "no"),)

    id: Mapped[Key]
    no: Mapped[Code] = mapped_column(index=True)
    kind: Mapped[Code]
    origin_id: Mapped[EnterpriseRef]
    season: Mapped[int]
    plucked_from: Mapped[date]
    plucked_to: Mapped[date]
    born_at: Mapped[Moment]
    grade: Mapped[Code | None]
    leaf_grade: Mapped[Code | None]
    product_id: Mapped[int | None] = mapped_column(ForeignKey("product.id"))
    pack_day: Mapped[date | None]
    best_before: Mapped[date | None]
    closed_at: Mapped[Moment | None]


class EventRow(Base):
    """Something that happened to tea. `root_id` is the event an amendment re-books; `about_id` one it answers."""

    __tablename__ = "event"
    __table_args__ = (UniqueConstraint("enterprise_id", "kind", "no"),)

    id: Mapped[Key]
    no: Mapped[Code]
    kind: Mapped[Code]
    enterprise_id: Mapped[EnterpriseRef]
    happened_at: Mapped[Moment] = mapped_column(index=True)
    recorded_at: Mapped[Moment]
    actor_id: Mapped[UserRef]
    root_id: Mapped[int | None] = mapped_column(ForeignKey("event.id"), index=True)
    about_id: Mapped[int | None] = mapped_column(ForeignKey("event.id"), index=True)
    reason: Mapped[Words | None]
    terms: Mapped[Json]


class EntryRow(Base):
    """One ledger entry; rows are added, never changed. `root_id` is the event it counts for."""

    __tablename__ = "entry"
    __table_args__ = (CheckConstraint("grams <> 0", name="moves_something"),)

    id: Mapped[Key]
    event_id: Mapped[EventRef]
    root_id: Mapped[EventRef]
    account: Mapped[Code]
    lot_id: Mapped[int | None] = mapped_column(ForeignKey("lot.id"), index=True)
    party_id: Mapped[int | None] = mapped_column(ForeignKey("party.id"), index=True)
    shipment_id: Mapped[int | None] = mapped_column(ForeignKey("shipment.id"), index=True)
    plot_id: Mapped[int | None] = mapped_column(ForeignKey("plot.id"), index=True)
    part: Mapped[Code | None]
    grams: Mapped[Grams]
    packs: Mapped[int]


class EdgeRow(Base):
    """Grams of one lot that went into another; an amendment adds a row, the sum counts."""

    __tablename__ = "edge"
    __table_args__ = (CheckConstraint("grams <> 0 AND source_id <> target_id", name="moves_on"),)

    id: Mapped[Key]
    event_id: Mapped[EventRef]
    root_id: Mapped[EventRef]
    source_id: Mapped[LotRef]
    target_id: Mapped[LotRef]
    grams: Mapped[Grams]


class ReportRow(Base):
    """A test report on a batch. The values count once an officer has confirmed them against the file."""

    __tablename__ = "report"

    id: Mapped[Key]
    lot_id: Mapped[LotRef]
    report_no: Mapped[Code] = mapped_column(unique=True)
    lab: Mapped[Name]
    reported_on: Mapped[date]
    document_id: Mapped[int] = mapped_column(ForeignKey("document.id"), unique=True)
    tested: Mapped[Json]
    retest: Mapped[bool]
    entered_by: Mapped[UserRef]
    entered_at: Mapped[Moment]
    confirmed_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    confirmed_at: Mapped[Moment | None]


class ShipmentRow(Base):
    """Goods on their way from one party to another."""

    __tablename__ = "shipment"
    __table_args__ = (UniqueConstraint("enterprise_id", "no"),)

    id: Mapped[Key]
    no: Mapped[Code]
    enterprise_id: Mapped[EnterpriseRef]
    from_id: Mapped[PartyRef]
    to_id: Mapped[PartyRef]
    carrier: Mapped[Name]
    vehicle: Mapped[Name]
    sent_at: Mapped[Moment]
    state: Mapped[Code]
    answered_at: Mapped[Moment | None]


class CartonRow(Base):
    """A carton: its own number, and the ranges of marks inside."""

    __tablename__ = "carton"
    __table_args__ = (UniqueConstraint("enterprise_id", "no"),)

    id: Mapped[Key]
    no: Mapped[Code]
    enterprise_id: Mapped[EnterpriseRef]
    lot_id: Mapped[LotRef]


class CartonRangeRow(Base):
    """Serials in a carton."""

    __tablename__ = "carton_range"
    __table_args__ = (CheckConstraint("first <= last", name="in_order"),)

    id: Mapped[Key]
    carton_id: Mapped[int] = mapped_column(ForeignKey("carton.id"), index=True)
    first: Mapped[Serial]
    last: Mapped[Serial]


class ShipmentCartonRow(Base):
    """A carton named on a shipment."""

    __tablename__ = "shipment_carton"

    shipment_id: Mapped[int] = mapped_column(ForeignKey("shipment.id"), primary_key=True)
    carton_id: Mapped[int] = mapped_column(ForeignKey("carton.id"), primary_key=True)


class ShortageRow(Base):
    """Grams the books promise and the tea does not: short in transport, or found by an amendment of marked tea."""

    __tablename__ = "shortage"

    id: Mapped[Key]
    lot_id: Mapped[LotRef]
    enterprise_id: Mapped[EnterpriseRef]
    shipment_id: Mapped[int | None] = mapped_column(ForeignKey("shipment.id"))
    grams: Mapped[int] = mapped_column(BigInteger)
    packs: Mapped[int]
    opened_at: Mapped[Moment]
    settled_at: Mapped[Moment | None]
    outcome: Mapped[str | None] = mapped_column(String(40))


# --- lots ---------------------------------------------------------------------------------------------------


def lot_of(row: LotRow, product: ProductRow | None) -> Lot:
    """A lot's row as its value; for the store's own modules."""
    return Lot(
        id=row.id,
        no=row.no,
        kind=LotKind(row.kind),
        origin=row.origin_id,
        season=row.season,
        plucked_from=row.plucked_from,
        plucked_to=row.plucked_to,
        born_at=row.born_at,
        grade=Grade(row.grade) if row.grade else None,
        leaf_grade=LeafGrade(row.leaf_grade) if row.leaf_grade else None,
        product=product_of(product) if product else None,
        pack_day=row.pack_day,
        best_before=row.best_before,
        closed=row.closed_at is not None,
    )


def lots_by_id(session: Session, numbers: Iterable[int], *, lock: bool = False) -> dict[int, Lot]:
    """Lots by id; `lock` makes other changes to them wait, always in the same order so that none waits in a ring."""
    query = (
        select(LotRow, ProductRow)
        .join(ProductRow, ProductRow.id == LotRow.product_id, isouter=True)
        .where(LotRow.id.in_(sorted(set(numbers))))
        .order_by(LotRow.id)
    )
    if lock:
        query = query.with_for_update(of=LotRow).execution_options(populate_existing=True)
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


def lot_no_taken(session: Session, enterprise: int, no: str) -> bool:
    """Whether the firm gave this number to a lot."""
    return (
        session.scalar(select(LotRow.id).where(LotRow.origin_id == enterprise, LotRow.no == no)) is not None
    )


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


# --- reach --------------------------------------------------------------------------------------------------


def sees(session: Session, number: int, within: Within) -> bool:
    """Whether a lot lies within somebody's reach (DESIGN: transfers)."""
    if within.everything:
        return True
    if within.county is not None:
        return _county_sees(session, number, within.county)
    return within.enterprise is not None and _firm_sees(session, number, within.enterprise)


def _county_sees(session: Session, number: int, county: str) -> bool:
    """The county of the leaf and the county of the batch both see the chain, up and down."""
    chain = {number, *reach(session, number, forward=False), *reach(session, number, forward=True)}
    made = select(LotRow.id).join(EnterpriseRow, EnterpriseRow.id == LotRow.origin_id)
    grown = select(EntryRow.id).join(PlotRow, PlotRow.id == EntryRow.plot_id)
    return bool(
        session.scalar(select(exists(made.where(LotRow.id.in_(chain), EnterpriseRow.county == county))))
        or session.scalar(
            select(exists(grown.where(EntryRow.lot_id.in_(chain), PlotRow.township.startswith(county))))
        )
    )


def _firm_sees(session: Session, number: int, enterprise: int) -> bool:
    """What a firm made or held, everything upstream of that, and one step downstream."""
    parents = session.scalars(select(EdgeRow.source_id).where(EdgeRow.target_id == number).distinct())
    downstream = reach(session, number, forward=True)
    return _touched(session, {number, *parents, *downstream}, enterprise)


def _touched(session: Session, numbers: set[int], enterprise: int) -> bool:
    own = select(LotRow.id).where(LotRow.id.in_(numbers), LotRow.origin_id == enterprise)
    party = select(PartyRow.id).where(
        or_(PartyRow.enterprise_id == enterprise, PartyRow.kept_by == enterprise)
    )
    had = select(EntryRow.id).where(EntryRow.lot_id.in_(numbers), EntryRow.party_id.in_(party))
    return bool(session.scalar(select(exists(own))) or session.scalar(select(exists(had))))


# --- trace --------------------------------------------------------------------------------------------------


def reach(session: Session, number: int, *, forward: bool) -> set[int]:
    """Every lot downstream (or upstream) of one, itself left out: a recursive query over the edges."""
    near, far = (EdgeRow.source_id, EdgeRow.target_id) if forward else (EdgeRow.target_id, EdgeRow.source_id)
    live = _live_edges()
    column_near, column_far = live.c[near.key], live.c[far.key]
    walk = select(column_far.label("lot")).where(column_near == number).cte("walk", recursive=True)
    step = aliased(live)
    walk = walk.union(select(step.c[far.key]).join(walk, step.c[near.key] == walk.c.lot))
    return set(session.scalars(select(walk.c.lot)))


def _live_edges() -> Any:
    """Edges with their grams after amendments; those amended to nothing are gone."""
    grams = func.sum(EdgeRow.grams)
    return (
        select(EdgeRow.source_id, EdgeRow.target_id, grams.label("grams"))
        .group_by(EdgeRow.source_id, EdgeRow.target_id)
        .having(grams > 0)
        .subquery()
    )


def edges_among(session: Session, numbers: Iterable[int]) -> list[Edge]:
    """The edges between these lots, each with its grams."""
    wanted = set(numbers)
    live = _live_edges()
    query = select(live).where(live.c.source_id.in_(wanted), live.c.target_id.in_(wanted))
    rows = session.execute(query.order_by(live.c.source_id, live.c.target_id))
    return [Edge(row.source_id, row.target_id, int(row.grams)) for row in rows]


def edges_from(session: Session, number: int) -> list[Edge]:
    """The edges out of a lot."""
    live = _live_edges()
    rows = session.execute(select(live).where(live.c.source_id == number).order_by(live.c.target_id))
    return [Edge(row.source_id, row.target_id, int(row.grams)) for row in rows]


def all_edges(session: Session) -> list[Edge]:
    """Every edge of the book, for checks."""
    live = _live_edges()
    return [Edge(row.source_id, row.target_id, int(row.grams)) for row in session.execute(select(live))]


def plots_of(session: Session, numbers: Iterable[int]) -> dict[int, dict[int, int]]:
    """Grams off each plot, by leaf lot."""
    grams = -func.sum(EntryRow.grams)
    query = (
        select(EntryRow.lot_id, EntryRow.plot_id, grams)
        .where(EntryRow.account == Account.PLOT.value, EntryRow.lot_id.in_(set(numbers)))
        .group_by(EntryRow.lot_id, EntryRow.plot_id)
        .having(grams > 0)
    )
    found: dict[int, dict[int, int]] = {}
    for lot_id, plot_id, taken in session.execute(query):
        if lot_id is not None and plot_id is not None:
            found.setdefault(lot_id, {})[plot_id] = int(taken)
    return found


# --- stock --------------------------------------------------------------------------------------------------


def stocks(
    session: Session,
    numbers: Iterable[int],
    *,
    party: int,
    at: datetime,
    reserved: Mapping[int, int],
    lock: bool = True,
) -> dict[int, Stock]:
    """What a party can give of each lot from a moment on; the lots are locked.

    `reserved` are the grams of each lot that issued marks hold.
    """
    found = lots_by_id(session, numbers, lock=lock)
    causes = holds_on(session, found)
    recalled = oversight.recalled_among(session, found)
    return {
        number: Stock(
            one,
            party,
            *available(session, number, party=party, at=at),
            reserved_g=reserved.get(number, 0),
            holds=causes.get(number, ()),
            recalled=number in recalled,
        )
        for number, one in found.items()
    }


def holds_on(session: Session, lots: Iterable[int]) -> dict[int, tuple[str, ...]]:
    """Causes of the holds in force, by lot; a hold on a batch is one on its pack lots."""
    wanted = set(lots)
    direct = select(HoldRow.lot_id, HoldRow.cause).where(
        HoldRow.lifted_at.is_(None), HoldRow.lot_id.in_(wanted)
    )
    through = (
        select(EdgeRow.target_id, HoldRow.cause)
        .join(LotRow, LotRow.id == EdgeRow.target_id)
        .join(HoldRow, HoldRow.lot_id == EdgeRow.source_id)
        .where(HoldRow.lifted_at.is_(None), LotRow.kind == LotKind.PACKS.value, EdgeRow.target_id.in_(wanted))
    )
    found: dict[int, tuple[str, ...]] = {}
    for lot, cause in [*session.execute(direct), *session.execute(through)]:
        found[lot] = (*found.get(lot, ()), cause)
    return found


def on_hand(session: Session, number: int, *, party: int) -> tuple[int, int]:
    """Grams and packs a party has of a lot now: the sum of its entries."""
    mine = (
        (EntryRow.account == Account.HELD.value) & (EntryRow.lot_id == number) & (EntryRow.party_id == party)
    )
    grams, packs = session.execute(
        select(func.sum(EntryRow.grams), func.sum(EntryRow.packs)).where(mine)
    ).one()
    return int(grams or 0), int(packs or 0)


def available(session: Session, number: int, *, party: int, at: datetime) -> tuple[int, int]:
    """Grams and packs a party can give from a moment on: the least it ever has from then.

    What came in later cannot be given earlier, so a lot with inflows after the moment is walked in time.
    """
    mine = (
        (EntryRow.account == Account.HELD.value) & (EntryRow.lot_id == number) & (EntryRow.party_id == party)
    )
    timed = select(EntryRow.grams, EntryRow.packs, EventRow.happened_at).join(
        EventRow, EventRow.id == EntryRow.event_id
    )
    later = select(exists(timed.where(mine, EventRow.happened_at > at, EntryRow.grams > 0)))
    if not session.scalar(later):
        return on_hand(session, number, party=party)
    rows = session.execute(timed.where(mine).order_by(EventRow.happened_at, EntryRow.id)).all()
    return _least_from(rows, at)


def _least_from(rows: Sequence[Any], at: datetime) -> tuple[int, int]:
    grams = packs = 0
    least: tuple[int, int] | None = None
    for n, row in enumerate(rows):
        grams, packs = grams + row.grams, packs + row.packs
        if n + 1 == len(rows) or rows[n + 1].happened_at > at:
            here = (max(grams, 0), max(packs, 0))
            least = here if least is None else (min(least[0], here[0]), min(least[1], here[1]))
        if row.happened_at > at and rows[0].happened_at > at and n == 0:
            least = (0, 0)
    return least or (0, 0)


def had(session: Session, number: int, *, party: int) -> bool:
    """Whether a party ever had some of a lot."""
    mine = (
        (EntryRow.account == Account.HELD.value) & (EntryRow.lot_id == number) & (EntryRow.party_id == party)
    )
    return bool(session.scalar(select(exists(select(EntryRow.id).where(mine)))))


def sold_of(session: Session, sale: int) -> tuple[int, int]:
    """Packs sold by a sale and packs that came back since."""
    sold = select(func.sum(EntryRow.packs)).where(
        EntryRow.account == Account.SOLD.value, EntryRow.root_id == sale
    )
    back = (
        select(func.sum(EntryRow.packs))
        .join(EventRow, EventRow.id == EntryRow.root_id)
        .where(EntryRow.account == Account.SOLD.value, EventRow.about_id == sale)
    )
    return int(session.scalar(sold) or 0), -int(session.scalar(back) or 0)


# --- events -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Booked:
    """An event as written: its id and number, and the ids of the lots it opened."""

    id: int
    no: str
    lots: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Event:
    """An event as read."""

    id: int
    no: str
    kind: EventKind
    enterprise: int
    happened_at: datetime
    recorded_at: datetime
    actor: int
    root: int | None
    about: int | None
    reason: str | None
    terms: Mapping[str, Any]


def book(
    session: Session,
    booking: Booking,
    *,
    no: str,
    enterprise: int,
    by: int,
    now: datetime,
    about: int | None = None,
    amends: int | None = None,
    reason: str | None = None,
) -> Booked:
    """Write a booking: event, lots, entries and edges."""
    event = EventRow(
        no=no,
        kind=booking.kind.value,
        enterprise_id=enterprise,
        happened_at=booking.at,
        recorded_at=now,
        actor_id=by,
        root_id=amends,
        about_id=about,
        reason=reason,
        terms=dict(booking.terms),
    )
    opened = [_lot_row(new, enterprise, booking.at) for new in booking.lots]
    session.add_all([event, *opened])
    session.flush()
    ids = tuple(row.id for row in opened)
    root = amends or event.id
    session.add_all(_entry_row(entry, event.id, root, ids) for entry in booking.entries)
    session.add_all(_edge_row(edge, event.id, root, ids) for edge in booking.edges)
    session.flush()
    return Booked(event.id, no, ids)


def _lot_row(new: NewLot, enterprise: int, at: datetime) -> LotRow:
    return LotRow(
        no=new.no,
        kind=new.kind.value,
        origin_id=enterprise,
        season=new.plucked_from.year,
        plucked_from=new.plucked_from,
        plucked_to=new.plucked_to,
        born_at=at,
        grade=new.grade.value if new.grade else None,
        leaf_grade=new.leaf_grade.value if new.leaf_grade else None,
        product_id=new.product.id if new.product else None,
        pack_day=new.pack_day,
        best_before=new.best_before,
    )


def real_id(number: int | None, opened: Sequence[int]) -> int | None:
    """The id of a lot that a booking named -1, -2, …"""
    return opened[-number - 1] if number is not None and number < 0 else number


def _entry_row(entry: Entry, event: int, root: int, opened: Sequence[int]) -> EntryRow:
    return EntryRow(
        event_id=event,
        root_id=root,
        account=entry.account.value,
        lot_id=real_id(entry.lot, opened),
        party_id=entry.party,
        shipment_id=entry.shipment,
        plot_id=entry.plot,
        part=entry.part,
        grams=entry.grams,
        packs=entry.packs,
    )


def _edge_row(edge: Edge, event: int, root: int, opened: Sequence[int]) -> EdgeRow:
    source, target = real_id(edge.source, opened), real_id(edge.target, opened)
    return EdgeRow(event_id=event, root_id=root, source_id=source, target_id=target, grams=edge.grams)


def widen_batch(session: Session, number: int, *, plucked_from: date, plucked_to: date) -> None:
    """An open batch took in more tea: its plucking days reach over that too; its season is that of the oldest leaf."""
    row = session.get_one(LotRow, number)
    row.plucked_from, row.plucked_to = min(row.plucked_from, plucked_from), max(row.plucked_to, plucked_to)
    row.season = row.plucked_from.year


def _event(row: EventRow) -> Event:
    return Event(
        row.id,
        row.no,
        EventKind(row.kind),
        row.enterprise_id,
        row.happened_at,
        row.recorded_at,
        row.actor_id,
        row.root_id,
        row.about_id,
        row.reason,
        row.terms,
    )


def event_no_taken(session: Session, enterprise: int, kind: EventKind, no: str) -> bool:
    """Whether the firm used this number for an event of this kind."""
    same = (EventRow.enterprise_id == enterprise) & (EventRow.kind == kind.value) & (EventRow.no == no)
    return session.scalar(select(EventRow.id).where(same)) is not None


def event(session: Session, number: int, *, within: Within) -> Event | None:
    """An event of a firm within reach."""
    query = select(EventRow).join(EnterpriseRow, EnterpriseRow.id == EventRow.enterprise_id)
    row = session.scalars(query.where(EventRow.id == number, _event_within(within))).first()
    return _event(row) if row else None


def _event_within(within: Within) -> ColumnElement[bool]:
    if within.everything:
        return true()
    if within.county is not None:
        return EnterpriseRow.county == within.county
    return EventRow.enterprise_id == within.enterprise if within.enterprise is not None else false()


def events(
    session: Session, *, within: Within, kind: EventKind | None = None, limit: int = 500
) -> list[Event]:
    """Events of firms within reach, latest first."""
    query = (
        select(EventRow)
        .join(EnterpriseRow, EnterpriseRow.id == EventRow.enterprise_id)
        .where(_event_within(within))
    )
    if kind is not None:
        query = query.where(EventRow.kind == kind.value)
    rows = session.scalars(query.order_by(EventRow.happened_at.desc(), EventRow.id.desc()).limit(limit))
    return [_event(row) for row in rows]


def events_of_lots(session: Session, numbers: Iterable[int]) -> list[tuple[Event, int | None, str, int, int]]:
    """(event, lot, account, grams, packs) of every entry on these lots, in the order things happened."""
    query = (
        select(EventRow, EntryRow.lot_id, EntryRow.account, EntryRow.grams, EntryRow.packs)
        .join(EntryRow, EntryRow.event_id == EventRow.id)
        .where(EntryRow.lot_id.in_(set(numbers)))
        .order_by(EventRow.happened_at, EntryRow.id)
    )
    return [(_event(r), lot_id, account, int(g), p) for r, lot_id, account, g, p in session.execute(query)]


def entries_for(session: Session, root: int) -> list[Entry]:
    """What an event counts for now, amendments included: entries summed by where they are."""
    where = (
        EntryRow.account,
        EntryRow.lot_id,
        EntryRow.party_id,
        EntryRow.shipment_id,
        EntryRow.plot_id,
        EntryRow.part,
    )
    query = (
        select(*where, func.sum(EntryRow.grams), func.sum(EntryRow.packs))
        .where(EntryRow.root_id == root)
        .group_by(*where)
    )
    return [
        Entry(Account(account), int(grams), lot_id, int(packs), party, shipment, plot, part)
        for account, lot_id, party, shipment, plot, part, grams, packs in session.execute(query)
    ]


def edges_for(session: Session, root: int) -> list[Edge]:
    """The edges an event counts for now."""
    where = (EdgeRow.source_id, EdgeRow.target_id)
    query = select(*where, func.sum(EdgeRow.grams)).where(EdgeRow.root_id == root).group_by(*where)
    return [Edge(source, target, int(grams)) for source, target, grams in session.execute(query)]


def takers(session: Session, number: int) -> list[Event]:
    """The events that took from a lot's stock, latest first."""
    roots = (
        select(EntryRow.root_id)
        .where(EntryRow.lot_id == number, EntryRow.account == Account.HELD.value)
        .group_by(EntryRow.root_id)
        .having(func.sum(EntryRow.grams) < 0)
    )
    rows = session.scalars(
        select(EventRow)
        .where(EventRow.id.in_(roots))
        .order_by(EventRow.happened_at.desc(), EventRow.id.desc())
    )
    return [_event(row) for row in rows]


def maker(session: Session, number: int) -> Event | None:
    """The event that brought a lot into being."""
    query = (
        select(EventRow)
        .join(EntryRow, EntryRow.event_id == EventRow.id)
        .where(EntryRow.lot_id == number, EntryRow.account == Account.HELD.value, EntryRow.grams > 0)
        .order_by(EntryRow.id)
        .limit(1)
    )
    row = session.scalars(query).first()
    return _event(row) if row else None


def postings(session: Session, *, lots: Iterable[int] | None = None) -> list[Posting]:
    """The book in the order things happened, for checks; of these lots only, when lots are named."""
    query = (
        select(EntryRow, EventRow.happened_at)
        .join(EventRow, EventRow.id == EntryRow.event_id)
        .order_by(EventRow.happened_at, EntryRow.id)
    )
    if lots is not None:
        query = query.where(EntryRow.lot_id.in_(set(lots)))
    return [
        Posting(
            at,
            r.event_id,
            r.account,
            r.lot_id,
            (r.account, r.party_id if r.account == Account.HELD.value else r.shipment_id),
            r.grams,
            r.packs,
        )
        for r, at in session.execute(query)
    ]


# --- allowance ----------------------------------------------------------------------------------------------


def plot_used(session: Session, plot: int, season: int) -> dict[str, int]:
    """Grams charged to a plot in a season, by part."""
    query = (
        select(EntryRow.part, -func.sum(EntryRow.grams))
        .where(EntryRow.plot_id == plot, EntryRow.part.startswith(f"{season}-"))
        .group_by(EntryRow.part)
    )
    return {part.split("-", 1)[1]: int(grams) for part, grams in session.execute(query) if part}


def plot_day(session: Session, plot: int, day: date) -> int:
    """Grams taken off a plot with leaf plucked on one day."""
    query = (
        select(-func.sum(EntryRow.grams))
        .join(LotRow, LotRow.id == EntryRow.lot_id)
        .where(EntryRow.plot_id == plot, LotRow.plucked_from == day)
    )
    return int(session.scalar(query) or 0)


# --- reports ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Report:
    """A test report as read; values are exact decimals, or booleans for the yes-or-no items."""

    id: int
    lot: int
    report_no: str
    lab: str
    reported_on: date
    document: int
    tested: Mapping[str, Decimal | bool]
    retest: bool
    entered_by: int
    entered_at: datetime
    confirmed_by: int | None
    confirmed_at: datetime | None


def _report(row: ReportRow) -> Report:
    tested = {key: value if isinstance(value, bool) else Decimal(value) for key, value in row.tested.items()}
    return Report(
        row.id,
        row.lot_id,
        row.report_no,
        row.lab,
        row.reported_on,
        row.document_id,
        tested,
        row.retest,
        row.entered_by,
        row.entered_at,
        row.confirmed_by,
        row.confirmed_at,
    )


def add_report(
    session: Session,
    lot: int,
    *,
    report_no: str,
    lab: str,
    reported_on: date,
    document: int,
    tested: Mapping[str, Decimal | bool],
    retest: bool,
    by: int,
    at: datetime,
    confirmed: bool,
) -> int:
    """Keep a report; an office's own retest is confirmed by being entered."""
    row = ReportRow(
        lot_id=lot,
        report_no=report_no,
        lab=lab,
        reported_on=reported_on,
        document_id=document,
        tested=dict(tested),
        retest=retest,
        entered_by=by,
        entered_at=at,
        confirmed_by=by if confirmed else None,
        confirmed_at=at if confirmed else None,
    )
    session.add(row)
    session.flush()
    return row.id


def report_no_taken(session: Session, report_no: str) -> bool:
    """Whether this report number judges a batch already (FRAUD F14)."""
    return session.scalar(select(ReportRow.id).where(ReportRow.report_no == report_no)) is not None


def reports(session: Session, lot: int) -> list[Report]:
    """The reports of a batch, the one that counts last."""
    return [
        _report(row)
        for row in session.scalars(select(ReportRow).where(ReportRow.lot_id == lot).order_by(ReportRow.id))
    ]


def confirm_report(session: Session, number: int, *, by: int, at: datetime) -> None:
    """An officer compared the typed values with the file."""
    row = session.get_one(ReportRow, number)
    row.confirmed_by, row.confirmed_at = by, at


# --- shipments, cartons, shortages --------------------------------------------------------------------------


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


def _shipment(row: ShipmentRow) -> Shipment:
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
        query = query.with_for_update().execution_options(populate_existing=True)
    row = session.scalars(query).first()
    return _shipment(row) if row else None


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
    return [_shipment(row) for row in rows]


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
    return [_shipment(row) for row in rows]


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


def cartons_overlapping(session: Session, wanted: SerialRange) -> bool:
    """Whether a serial of the range is in a carton already."""
    touching = (CartonRangeRow.first <= wanted.last) & (CartonRangeRow.last >= wanted.first)
    return session.scalar(select(CartonRangeRow.id).where(touching).limit(1)) is not None


def name_cartons(session: Session, shipment: int, numbers: Iterable[int]) -> None:
    """Put cartons on a shipment's paper."""
    session.add_all(ShipmentCartonRow(shipment_id=shipment, carton_id=number) for number in numbers)


def cartons_on(session: Session, shipment: int) -> list[int]:
    """The cartons named on a shipment."""
    query = select(ShipmentCartonRow.carton_id).where(ShipmentCartonRow.shipment_id == shipment)
    return list(session.scalars(query.order_by(ShipmentCartonRow.carton_id)))


def cartons_away(session: Session, numbers: Iterable[int], holder: int) -> set[int]:
    """Cartons whose last shipment did not go to this holder: they are elsewhere."""
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
    return set(session.scalars(query.where(gone)))


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


def _shortage(row: ShortageRow) -> Shortage:
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
        session.execute(select(ShortageRow.id).where(ShortageRow.id == number).with_for_update())
    return next((one for one in shortages(session, within=within) if one.id == number), None)


def shortages(session: Session, *, within: Within) -> list[Shortage]:
    """Shortages of firms within reach, latest first."""
    query = select(ShortageRow).join(EnterpriseRow, EnterpriseRow.id == ShortageRow.enterprise_id)
    if within.county is not None:
        query = query.where(EnterpriseRow.county == within.county)
    elif not within.everything:
        query = query.where(EnterpriseRow.id == within.enterprise)
    return [_shortage(row) for row in session.scalars(query.order_by(ShortageRow.id.desc()))]


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
