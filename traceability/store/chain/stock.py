"""What a party has and can give; what a plot has given."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from itertools import groupby
from typing import Any

from sqlalchemy import (
    BigInteger,
    Date,
    bindparam,
    case,
    exists,
    func,
    literal_column,
    select,
    union_all,
)
from sqlalchemy.orm import Session

from traceability.domain.chain import (
    Account,
    Lot,
    LotKind,
    Stock,
)
from traceability.store.chain.rows import EdgeRow, EntryRow, EventRow, LotRow
from traceability.store.oversight import HoldRow
from traceability.store.prepared import Prepared
from traceability.store.recalled import recalled_among


def stocks(
    session: Session,
    lots: Iterable[Lot],
    *,
    party: int,
    at: datetime,
    reserved: Mapping[int, int],
) -> dict[int, Stock]:
    """What a party can give of each lot from a moment on; the caller has locked the lots.

    `reserved` are the grams of each lot that issued marks hold.
    """
    found = {one.id: one for one in lots}
    causes = holds_on(session, found)
    recalled = recalled_among(session, found)
    giving = _givable(session, found, party=party, at=at)
    return {
        number: Stock(
            one,
            party,
            *giving.get(number, (0, 0)),
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
    for lot, cause in session.execute(union_all(direct, through)):
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


def held_among(session: Session, numbers: Iterable[int], *, party: int) -> dict[int, tuple[int, int]]:
    """Grams and packs a party has now of each of these lots it ever had any of."""
    mine = (
        (EntryRow.account == Account.HELD.value)
        & EntryRow.lot_id.in_(set(numbers))
        & (EntryRow.party_id == party)
    )
    sums = select(EntryRow.lot_id, func.sum(EntryRow.grams), func.sum(EntryRow.packs)).where(mine)
    found = session.execute(sums.group_by(EntryRow.lot_id))
    return {lot: (int(grams), int(packs)) for lot, grams, packs in found if lot is not None}


def booked_at(session: Session, number: int, *, party: int, at: datetime) -> tuple[int, int]:
    """Grams and packs a party had of a lot at a moment, by the book: what a stock count is compared with."""
    mine = (
        (EntryRow.account == Account.HELD.value) & (EntryRow.lot_id == number) & (EntryRow.party_id == party)
    )
    sums = select(func.sum(EntryRow.grams), func.sum(EntryRow.packs)).join(
        EventRow, EventRow.id == EntryRow.event_id
    )
    grams, packs = session.execute(sums.where(mine, EventRow.happened_at <= at)).one()
    return int(grams or 0), int(packs or 0)


def available(session: Session, number: int, *, party: int, at: datetime) -> tuple[int, int]:
    """Grams and packs a party can give from a moment on: the least it ever has from then."""
    return _givable(session, [number], party=party, at=at).get(number, (0, 0))


def _givable(
    session: Session, numbers: Iterable[int], *, party: int, at: datetime
) -> dict[int, tuple[int, int]]:
    """Grams and packs a party can give of each lot it ever had.

    What came in later cannot be given earlier, so a lot with inflows after the moment is walked in time.
    """
    came_in = func.max(case((EntryRow.grams > 0, EventRow.happened_at)))
    query = (
        select(EntryRow.lot_id, func.sum(EntryRow.grams), func.sum(EntryRow.packs), came_in)
        .join(EventRow, EventRow.id == EntryRow.event_id)
        .where(
            EntryRow.account == Account.HELD.value,
            EntryRow.lot_id.in_(set(numbers)),
            EntryRow.party_id == party,
        )
        .group_by(EntryRow.lot_id)
    )
    found: dict[int, tuple[int, int]] = {}
    for number, grams, packs, last in session.execute(query).all():
        late = last is not None and last > at
        walked = _walked(session, number, party=party, at=at) if late else (int(grams), int(packs))
        found[number] = walked
    return found


def _walked(session: Session, number: int, *, party: int, at: datetime) -> tuple[int, int]:
    mine = (
        (EntryRow.account == Account.HELD.value) & (EntryRow.lot_id == number) & (EntryRow.party_id == party)
    )
    timed = select(EntryRow.grams, EntryRow.packs, EventRow.happened_at).join(
        EventRow, EventRow.id == EntryRow.event_id
    )
    rows = session.execute(timed.where(mine).order_by(EventRow.happened_at, EntryRow.id)).all()
    return _least_from(rows, at)


def received_after(session: Session, number: int, *, at: datetime, party: int) -> bool:
    """Whether a party took in some of a lot later than a moment."""
    into = (
        (EntryRow.account == Account.HELD.value) & (EntryRow.lot_id == number) & (EntryRow.party_id == party)
    )
    later = select(EntryRow.id).join(EventRow, EventRow.id == EntryRow.event_id)
    return bool(
        session.scalar(select(exists(later.where(into, EntryRow.grams > 0, EventRow.happened_at > at))))
    )


def _least_from(rows: Sequence[Any], at: datetime) -> tuple[int, int]:
    """The least of the running sums from a moment on; what happened at one moment counts together."""
    grams = packs = 0
    sums = [(0, 0)]
    for moment, together in groupby(rows, key=lambda row: row.happened_at):
        here = list(together)
        grams, packs = grams + sum(row.grams for row in here), packs + sum(row.packs for row in here)
        sums = [(grams, packs)] if moment <= at else [*sums, (grams, packs)]
    return max(0, min(g for g, _ in sums)), max(0, min(p for _, p in sums))


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


# The lot of each of the plot's own entries: a join would let PostgreSQL read every lot of the day instead.
_TAKEN = Prepared(
    lambda _sql: (
        select(
            EntryRow.part,
            func.sum(EntryRow.grams),
            func.sum(
                case(
                    (
                        select(LotRow.plucked_from).where(LotRow.id == EntryRow.lot_id).scalar_subquery()
                        == bindparam("on", type_=Date),
                        EntryRow.grams,
                    ),
                    else_=literal_column("0"),
                )
            ),
        )
        .where(EntryRow.plot_id == bindparam("of", type_=BigInteger), EntryRow.part.like(bindparam("season")))
        .group_by(EntryRow.part)
    )
)


def plot_taken(session: Session, plot: int, day: date) -> tuple[dict[str, int], int]:
    """Grams charged to a plot in the season of a day, by part; and those of leaf plucked on that day alone."""
    found = _TAKEN.rows(session, of=plot, on=day, season=f"{day.year}-%")
    used = {part.split("-", 1)[1]: -int(grams) for part, grams, _ in found}
    return used, -sum(int(of_day) for _, _, of_day in found)


def plots_used(session: Session, plots: Iterable[int], season: int) -> dict[int, dict[str, int]]:
    """Grams charged to each of these plots in a season, by part."""
    query = (
        select(EntryRow.plot_id, EntryRow.part, -func.sum(EntryRow.grams))
        .where(EntryRow.plot_id.in_(list(plots)), EntryRow.part.startswith(f"{season}-"))
        .group_by(EntryRow.plot_id, EntryRow.part)
    )
    found: dict[int, dict[str, int]] = {}
    for plot, part, grams in session.execute(query):
        found.setdefault(plot or 0, {})[(part or "").split("-", 1)[1]] = int(grams)
    return found


def plucked_between(session: Session, plot: int, first: date, last: date) -> int:
    """Grams taken off a plot with leaf plucked on these days, both included."""
    query = (
        select(-func.sum(EntryRow.grams))
        .join(LotRow, LotRow.id == EntryRow.lot_id)
        .where(EntryRow.plot_id == plot, LotRow.plucked_from >= first, LotRow.plucked_from <= last)
    )
    return int(session.scalar(query) or 0)
