"""All findings of a prefecture's season; baseline: 30 s, which it must not take longer than. SQLite and PostgreSQL.

`value` is the seconds of the whole look over the books, and what is new kept, `ratio` the 30 s over it. A line for
memory says by how many MB the process grew meanwhile, against 100 MB. TRACEABILITY_BENCH_SIZE=0.01 is a hundredth.
"""

import os
import resource
from collections.abc import Iterator
from contextlib import nullcontext
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
    before, start = _mb(), perf_counter()
    with look(world.house) as work:
        noticed = findings.look_over(work, now=world.now)
    with change(world.house) as work:
        ran = findings.keep_noticed(work, now=world.now, noticed=noticed)
    took, grew = perf_counter() - start, max(1.0, _mb() - before)
    yield _case(f"{case}, {ran.total + ran.known} findings", took, "s", LIMIT_S)
    yield _case(f"{case}, memory", grew, "MB", LIMIT_MB)


def _case(case: str, value: float, unit: str, limit: int) -> Case:
    return {
        "bench": "findings", "case": case, "value": round(value, 2), "unit": unit, "baseline": limit,
        "ratio": round(limit / value, 2),
    }  # fmt: skip


def _mb() -> float:
    """The peak of this process so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _analyse(world: World) -> None:
    """As a database that is in use is, by itself."""
    with world.house.sessions.kw["bind"].connect() as connection:
        connection.connection.driver_connection.commit()
        driver: Any = connection.connection.driver_connection
        driver.autocommit = True
        driver.execute("ANALYZE")
        driver.autocommit = False
