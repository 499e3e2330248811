"""How far goods spread, against brute force in random graphs, and in as many questions however large they are."""

import random
from collections import defaultdict

import pytest
import sqlalchemy as sa

from tests.world import World
from traceability.domain.recalls import Scope, ScopeKind
from traceability.services import recalls
from traceability.store import spread
from traceability.store.work import look

LOTS, PLOTS = 60, 5


def graph(world: World, seed: int) -> tuple[dict[int, set[int]], dict[int, set[int]]]:
    """Random lots, some off plots, some edges of them amended to nothing; the edges that live, and leaf by plot."""
    draw = random.Random(seed)
    event = world.received(kg=1).id
    with world.house.sessions.begin() as session:
        row = dict(session.execute(sa.text("SELECT * FROM lot ORDER BY id DESC LIMIT 1")).mappings().one())
        entry = dict(
            session.execute(sa.text("SELECT * FROM entry WHERE plot_id IS NOT NULL ORDER BY id DESC LIMIT 1"))
            .mappings()
            .one()
        )
        first = 10_000
        for number in range(first, first + LOTS):
            session.execute(_insert("lot", row), row | {"id": number, "no": f"G{number}"})
        edges: dict[int, set[int]] = defaultdict(set)
        for number in range(first + 1, first + LOTS):
            for source in draw.sample(range(first, number), k=min(number - first, draw.randint(0, 2))):
                session.execute(_EDGE, {"event": event, "source": source, "target": number, "grams": 100})
                if draw.random() < 0.25:
                    session.execute(
                        _EDGE, {"event": event, "source": source, "target": number, "grams": -100}
                    )
                else:
                    edges[source].add(number)
        off: dict[int, set[int]] = defaultdict(set)
        for n, plot in enumerate(world.plots):
            for number in draw.sample(range(first, first + LOTS), k=4):
                told = {"lot_id": number, "plot_id": plot, "grams": -500}
                fresh = {name: value for name, value in entry.items() if name != "id"} | told
                session.execute(_insert("entry", fresh), fresh)
                if draw.random() < 0.2:
                    session.execute(_insert("entry", fresh), fresh | {"grams": 500})
                else:
                    off[world.plots[n]].add(number)
    return edges, off


def _insert(table: str, row: dict[str, object]) -> sa.TextClause:
    return sa.text(f"INSERT INTO {table} ({','.join(row)}) VALUES ({','.join(f':{name}' for name in row)})")


_EDGE = sa.text(
    "INSERT INTO edge (event_id, root_id, source_id, target_id, grams) "
    "VALUES (:event, :event, :source, :target, :grams)"
)


def ahead(edges: dict[int, set[int]], start: set[int]) -> set[int]:
    """By hand."""
    found, waiting = set(start), list(start)
    while waiting:
        new = edges.get(waiting.pop(), set()) - found
        found |= new
        waiting += new
    return found


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_reach_of_lots_and_plots_is_that_of_brute_force(world: World, seed: int) -> None:
    edges, off = graph(world, seed)
    with look(world.house) as work:
        for number in range(10_000, 10_000 + LOTS, 7):
            spread.gather(work.session, Scope.lot(number))
            assert set(spread.lots(work.session)) == ahead(edges, {number})
            backwards: dict[int, set[int]] = defaultdict(set)
            for source, targets in edges.items():
                for target in targets:
                    backwards[target].add(source)
            up = ahead(backwards, {number})
            plots = {plot for plot, leaves in off.items() if leaves & up}
            assert {one.plot for one in spread.grounds(work.session, number)} == plots
        for plot, leaves in off.items():
            spread.gather(work.session, Scope(ScopeKind.PLOT, plot))
            here = {one for one in spread.lots(work.session) if one >= 10_000}
            assert here == ahead(edges, leaves)


def test_however_many_sales_the_same_number_of_questions(small_world: World) -> None:
    world = small_world
    packed = world.packed(packs=40)
    counts = []
    for sales in (1, 12):
        for n in range(sales):
            world.sold(packed.lot, channel="online", buyer=f"客户{n}")
        counts.append(questions(world, packed.batch))
    assert counts[0] == counts[1]
    assert counts[0] <= 25


def questions(world: World, lot: int) -> int:
    asked: list[str] = []
    bind = world.house.sessions.kw["bind"]

    def hear(_c: object, _cursor: object, statement: str, *_rest: object) -> None:
        asked.append(statement)

    sa.event.listen(bind, "before_cursor_execute", hear)
    try:
        world.see(recalls.reach, by=world.county, scope=Scope.lot(lot))
    finally:
        sa.event.remove(bind, "before_cursor_execute", hear)
    return len(asked)
