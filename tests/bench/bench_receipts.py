"""Leaf receipts per second, through the use case one change each; baseline: the same kinds of rows, bare.

The baseline inserts one event, one lot, two entries and one fact per transaction through SQLAlchemy Core, with none of
the rules, locks, numbers or findings: the price of the books is the distance to it. Ours runs prepared statements, the
baseline goes through SQLAlchemy. `floor` is what the disk allows: one row a transaction, on the driver's own cursor.
What limits ours: Python on SQLite; on PostgreSQL the commit that waits for the disk, and sixteen round trips before it.
"""

import tempfile
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter
from typing import Any

import sqlalchemy as sa

from tests.bench.postgres import bare_postgres
from tests.world import World
from traceability.domain.profile import LeafGrade
from traceability.services import chain
from traceability.store import schema
from traceability.store.chain.rows import EntryRow, EventRow, LotRow
from traceability.store.log import FactRow

HOW_MANY = 600
#: Growers who bring leaf in a day: a plot whose every receipt of 600 lay on one day would be summed again and again.
PLOTS = 40
#: Before the clock starts: statements are compiled, pages of the database are warm.
WARM = 50
AT = datetime(2026, 4, 1, tzinfo=UTC)


def run() -> Iterator[dict[str, Any]]:
    with tempfile.TemporaryDirectory() as folder:
        yield _case("sqlite", f"sqlite:///{Path(folder) / 'bench.db'}")
    with bare_postgres() as url:
        yield _case("postgresql", url)


def _case(kind: str, url: str) -> dict[str, Any]:
    schema.migrate(url)
    world = World(url)
    try:
        plots = [world.plot, *(world.new_plot() for _ in range(PLOTS - 1))]
        for n in range(WARM):
            _receive(world, plots, -n - 1)
            _insert(world, -n - 1)
        ours = _rate(lambda n: _receive(world, plots, n))
        bare = _rate(lambda n: _insert(world, n))
        floor = _rate(_committed(world))
    finally:
        world.close()
    return {
        "bench": "receipts",
        "case": f"record, {kind}",
        "value": round(ours),
        "unit": "receipts/s",
        "baseline": round(bare),
        "ratio": round(ours / bare, 3),
        "floor": round(floor),
    }


def _rate(act: Callable[[int], None]) -> float:
    start = perf_counter()
    for n in range(HOW_MANY):
        act(n)
    return HOW_MANY / (perf_counter() - start)


def _committed(world: World) -> Callable[[int], None]:
    """One row in a table of its own, and a commit."""
    driver = world.house.sessions.kw["bind"].raw_connection()
    cursor = driver.cursor()
    cursor.execute("CREATE TABLE floor (n INTEGER)")
    driver.commit()

    def commit(n: int) -> None:
        cursor.execute(f"INSERT INTO floor VALUES ({n})")
        driver.commit()

    return commit


def _receive(world: World, plots: Sequence[int], n: int) -> None:
    world.do(
        chain.receive_leaf, plot=plots[n % len(plots)], scale=world.firm.scale, gross_g=10_500, tare_g=500,
        leaf_grade=LeafGrade.ONE_BUD_ONE_LEAF_OPENING, certificate_no=f"C{n}", key=f"bench-{n}",
    )  # fmt: skip


def _insert(world: World, n: int) -> None:
    with world.house.sessions.begin() as session:
        event = session.execute(
            sa.insert(EventRow).values(_event(world, n)).returning(EventRow.id)
        ).scalar_one()
        lot = session.execute(sa.insert(LotRow).values(_lot(world, n)).returning(LotRow.id)).scalar_one()
        common = {"event_id": event, "root_id": event, "lot_id": lot, "packs": 0}
        session.execute(sa.insert(EntryRow).values([{**common, "account": "plot", "grams": -1}]))
        session.execute(sa.insert(EntryRow).values([{**common, "account": "held", "grams": 1}]))
        session.execute(sa.insert(FactRow).values(_fact()))


def _event(world: World, n: int) -> dict[str, Any]:
    who = {"enterprise_id": world.firm.id, "actor_id": world.firm.manager.user}
    return {
        **who,
        "no": f"bare-{n}",
        "kind": "leaf_receipt",
        "happened_at": AT,
        "recorded_at": AT,
        "terms": {},
    }


def _lot(world: World, n: int) -> dict[str, Any]:
    days = {"plucked_from": AT.date(), "plucked_to": AT.date(), "born_at": AT, "season": 2026}
    return {**days, "no": f"bare-{n}", "kind": "leaf", "origin_id": world.firm.id}


def _fact() -> dict[str, Any]:
    times = {"happened_at": AT, "recorded_at": AT}
    return {
        **times,
        "kind": "bare",
        "version": 1,
        "actor_id": 1,
        "public": {},
        "private": {},
        "salt": "0" * 32,
    }
