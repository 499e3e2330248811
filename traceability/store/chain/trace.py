"""The graph of lots: recursive queries over edges with their grams."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import (
    ColumnElement,
    func,
    select,
)
from sqlalchemy.orm import Session, aliased

from traceability.domain.chain import (
    Account,
    Edge,
    LotKind,
)
from traceability.store.chain.rows import EdgeRow, EntryRow, LotRow


def reach(session: Session, number: int, *, forward: bool) -> set[int]:
    """Every lot downstream (or upstream) of one, itself left out: a recursive query over the edges."""
    near, far = ("source_id", "target_id") if forward else ("target_id", "source_id")
    first, step = aliased(EdgeRow), aliased(EdgeRow)
    walk = select(getattr(first, far).label("lot")).where(getattr(first, near) == number, _is_live(first))
    cte = walk.cte("walk", recursive=True)
    on = getattr(step, near) == cte.c.lot
    cte = cte.union(select(getattr(step, far)).join(cte, on).where(_is_live(step)))
    return set(session.scalars(select(cte.c.lot)))


def _is_live(edge: type[EdgeRow]) -> ColumnElement[bool]:
    """Whether an edge's pair of lots has grams left after amendments; asked of one pair, so the index answers."""
    same = aliased(EdgeRow)
    grams = select(func.sum(same.grams)).where(
        same.source_id == edge.source_id, same.target_id == edge.target_id
    )
    return grams.scalar_subquery() > 0


def live_edges() -> Any:
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
    live = live_edges()
    query = select(live).where(live.c.source_id.in_(wanted), live.c.target_id.in_(wanted))
    rows = session.execute(query.order_by(live.c.source_id, live.c.target_id))
    return [Edge(row.source_id, row.target_id, int(row.grams)) for row in rows]


def pack_lots_made(session: Session, batch: int) -> int:
    """How many pack lots a batch ever went into, those amended to nothing too."""
    into = select(func.count(EdgeRow.target_id.distinct())).join(LotRow, LotRow.id == EdgeRow.target_id)
    return session.scalar(into.where(EdgeRow.source_id == batch, LotRow.kind == LotKind.PACKS.value)) or 0


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
