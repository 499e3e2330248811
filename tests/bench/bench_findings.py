"""All findings of a prefecture's season; baseline: 30 s, which it must not take longer than. SQLite and PostgreSQL.

`value` is the seconds of the whole look over the books, and what is new kept, `ratio` the 30 s over it. A line for
memory says by how many MB the process grew meanwhile, against 100 MB. TRACEABILITY_BENCH_SIZE=0.01 is a hundredth.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from threading import Event, Thread
from time import perf_counter
from typing import Any

from tests.bench import Case
from tests.bench.postgres import bare_postgres
from tests.bench.prefecture import prefecture
from tests.world import World
from traceability.services import findings
from traceability.store.work import change, look

LIMIT_S, LIMIT_MB = 30, 100


def run() -> Iterator[Case]:
    size = float(os.environ.get("TRACEABILITY_BENCH_SIZE", "1"))
    for name in ("SQLite", "PostgreSQL"):
        with bare_postgres() if name == "PostgreSQL" else nullcontext("") as url:
            world = prefecture(size, url)
            if url:
                _analyse(world)
            yield from measured(world, f"{name}, {round(1_000_000 * size):,} receipts")
            world.close()


def measured(world: World, case: str) -> Iterator[Case]:
    """The look over the books once, cold."""
    start = perf_counter()
    with _growing() as grown:
        with look(world.house) as work:
            noticed = findings.look_over(work, now=world.now)
        with change(world.house) as work:
            ran = findings.keep_noticed(work, now=world.now, noticed=noticed)
    took, grew = perf_counter() - start, max(1.0, max(grown))
    yield _case(f"{case}, {ran.total + ran.known} findings", took, "s", LIMIT_S)
    yield _case(f"{case}, memory", grew, "MB", LIMIT_MB)


def _case(case: str, value: float, unit: str, limit: int) -> Case:
    return {
        "bench": "findings", "case": case, "value": round(value, 2), "unit": unit, "baseline": limit,
        "ratio": round(limit / value, 2),
    }  # fmt: skip


@contextmanager
def _growing() -> Iterator[list[float]]:
    """By how many MB the process grew meanwhile, looked at every tenth of a second."""
    before, over, grown = _mb(), Event(), [0.0]

    def watch() -> None:
        while not over.wait(0.1):
            grown.append(_mb() - before)

    watcher = Thread(target=watch)
    watcher.start()
    yield grown
    over.set()
    watcher.join()


def _mb() -> float:
    """What this process holds of its own: pages of the database's file, read as memory, belong to the machine."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(one.split()[1]) for one in lines if one.startswith("RssAnon")) / 1024


def _analyse(world: World) -> None:
    """As a database that is in use is, by itself."""
    with world.house.sessions.kw["bind"].connect() as connection:
        connection.connection.driver_connection.commit()
        driver: Any = connection.connection.driver_connection
        driver.autocommit = True
        driver.execute("ANALYZE")
        driver.autocommit = False
