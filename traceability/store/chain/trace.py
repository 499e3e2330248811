"""The graph of lots: recursive queries over edges with their grams."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import (
    CTE,
    ColumnElement,
    Integer,
    bindparam,
    case,
    func,
    select,
)
from sqlalchemy.orm import Session, aliased

from traceability.domain.chain import Edge, LotKind
from traceability.store.chain.rows import EdgeRow, EntryRow, LotRow
from traceability.store.prepared import Prepared, among, numbers, one_of


def reach(session: Session, number: int, *, forward: bool) -> set[int]:
    """Every lot downstream (or upstream) of one, itself left out: a recursive query over the edges."""
    session.flush()
    return {lot for (lot,) in _REACH[forward].rows(session, start=number)} - {None, number}


def walk(session: Session, number: int, *, forward: bool) -> list[Edge]:
    """Every edge on one side of a lot, each with its grams after amendments; their other ends are what is reached."""
    session.flush()
    grams: dict[tuple[int, int], int] = {}
    for source, target, moved in _WALK[forward].rows(session, start=number):
        grams[source, target] = grams.get((source, target), 0) + moved
    return [Edge(*ends, moved) for ends in sorted(grams) if (moved := grams[ends]) > 0]


def _walked(*, forward: bool) -> CTE:
    """The lots reached from a `start`, which is the first of them."""
    near, far = ("source_id", "target_id") if forward else ("target_id", "source_id")
    cte = select(bindparam("start", type_=Integer).label("lot")).cte("walk", recursive=True)
    step = aliased(EdgeRow)
    return cte.union(select(if_live(step, far)).join(cte, getattr(step, near) == cte.c.lot))


def _edges_walked(*, forward: bool) -> Any:
    reached = _walked(forward=forward)
    near = EdgeRow.source_id if forward else EdgeRow.target_id
    return select(EdgeRow.source_id, EdgeRow.target_id, EdgeRow.grams).join(reached, near == reached.c.lot)


def if_live(edge: type[EdgeRow], far: str) -> ColumnElement[int | None]:
    """The far end of an edge whose pair of lots has grams left after amendments, else nothing, which leads nowhere.

    Not a condition: for one on the step, SQLite would first read the whole graph into a filter.
    """
    same = aliased(EdgeRow)
    pair = select(func.sum(same.grams)).where(
        same.source_id == edge.source_id, same.target_id == edge.target_id
    )
    return case((pair.scalar_subquery() > 0, getattr(edge, far)))


def _reached(*, forward: bool) -> Any:
    return select(_walked(forward=forward).c.lot)


_REACH = {
    True: Prepared(lambda _: _reached(forward=True)),
    False: Prepared(lambda _: _reached(forward=False)),
}
_WALK = {
    True: Prepared(lambda _: _edges_walked(forward=True)),
    False: Prepared(lambda _: _edges_walked(forward=False)),
}


def edges_into(session: Session, lots: Iterable[int]) -> list[tuple[int, int]]:
    """(source, target) of every edge that ever led into one of these lots."""
    query = select(EdgeRow.source_id, EdgeRow.target_id).where(among(session, EdgeRow.target_id, lots))
    return [(source, target) for source, target in session.execute(query.distinct())]


def pack_lots_made(session: Session, batch: int) -> int:
    """How many pack lots a batch ever went into, those amended to nothing too."""
    into = select(func.count(EdgeRow.target_id.distinct())).join(LotRow, LotRow.id == EdgeRow.target_id)
    return session.scalar(into.where(EdgeRow.source_id == batch, LotRow.kind == LotKind.PACKS.value)) or 0


def plots_of(session: Session, lots: Iterable[int]) -> dict[int, dict[int, int]]:
    """Grams off each plot, by leaf lot."""
    session.flush()
    grams: dict[tuple[int, int], int] = {}
    for lot, plot, moved in _OFF_PLOTS.rows(session, numbers=numbers(session, lots)):
        grams[lot, plot] = grams.get((lot, plot), 0) - moved
    found: dict[int, dict[int, int]] = {}
    for (lot, plot), taken in grams.items():
        if taken > 0:
            found.setdefault(lot, {})[plot] = taken
    return found


def _off_plots(sql: Any) -> Any:
    query = select(EntryRow.lot_id, EntryRow.plot_id, EntryRow.grams)
    return query.where(one_of(sql, EntryRow.lot_id), EntryRow.plot_id.is_not(None))


_OFF_PLOTS = Prepared(_off_plots)
