"""The graph of lots: recursive queries over edges with their grams."""

from collections.abc import Iterable

from sqlalchemy import (
    CTE,
    ColumnElement,
    func,
    select,
    union_all,
)
from sqlalchemy.orm import Session, aliased

from traceability.domain.chain import (
    Account,
    Edge,
    LotKind,
)
from traceability.store.base import among
from traceability.store.chain.rows import EdgeRow, EntryRow, LotRow


def reach(session: Session, number: int, *, forward: bool) -> set[int]:
    """Every lot downstream (or upstream) of one, itself left out: a recursive query over the edges."""
    return set(session.scalars(select(_walked(number, forward=forward).c.lot)))


def walk(session: Session, number: int, *, forward: bool) -> list[Edge]:
    """Every edge on one side of a lot, each with its grams after amendments; their other ends are what is reached."""
    reached = _walked(number, forward=forward)
    near = EdgeRow.source_id if forward else EdgeRow.target_id
    columns = (EdgeRow.source_id, EdgeRow.target_id, EdgeRow.grams)
    first = select(*columns).where(near == number)
    rest = select(*columns).join(reached, near == reached.c.lot)
    grams: dict[tuple[int, int], int] = {}
    for source, target, moved in session.execute(union_all(first, rest)):
        grams[source, target] = grams.get((source, target), 0) + moved
    return [Edge(*ends, moved) for ends, moved in sorted(grams.items()) if moved > 0]


def _walked(number: int, *, forward: bool) -> CTE:
    near, far = ("source_id", "target_id") if forward else ("target_id", "source_id")
    first, step = aliased(EdgeRow), aliased(EdgeRow)
    start = select(getattr(first, far).label("lot")).where(getattr(first, near) == number, _is_live(first))
    cte = start.cte("walk", recursive=True)
    on = getattr(step, near) == cte.c.lot
    return cte.union(select(getattr(step, far)).join(cte, on).where(_is_live(step)))


def _is_live(edge: type[EdgeRow]) -> ColumnElement[bool]:
    """Whether an edge's pair of lots has grams left after amendments; asked of one pair, so the index answers."""
    same = aliased(EdgeRow)
    grams = select(func.sum(same.grams)).where(
        same.source_id == edge.source_id, same.target_id == edge.target_id
    )
    return grams.scalar_subquery() > 0


def edges_into(session: Session, numbers: Iterable[int]) -> list[tuple[int, int]]:
    """(source, target) of every edge that ever led into one of these lots."""
    query = select(EdgeRow.source_id, EdgeRow.target_id).where(among(session, EdgeRow.target_id, numbers))
    return [(source, target) for source, target in session.execute(query.distinct())]


def pack_lots_made(session: Session, batch: int) -> int:
    """How many pack lots a batch ever went into, those amended to nothing too."""
    into = select(func.count(EdgeRow.target_id.distinct())).join(LotRow, LotRow.id == EdgeRow.target_id)
    return session.scalar(into.where(EdgeRow.source_id == batch, LotRow.kind == LotKind.PACKS.value)) or 0


def plots_of(session: Session, numbers: Iterable[int]) -> dict[int, dict[int, int]]:
    """Grams off each plot, by leaf lot."""
    grams = -func.sum(EntryRow.grams)
    query = (
        select(EntryRow.lot_id, EntryRow.plot_id, grams)
        .where(EntryRow.account == Account.PLOT.value, among(session, EntryRow.lot_id, numbers))
        .group_by(EntryRow.lot_id, EntryRow.plot_id)
        .having(grams > 0)
    )
    found: dict[int, dict[int, int]] = {}
    for lot_id, plot_id, taken in session.execute(query):
        if lot_id is not None and plot_id is not None:
            found.setdefault(lot_id, {})[plot_id] = int(taken)
    return found
