"""Four million marks issued in one request; baseline: 100,000 rows, one for each mark. In marks per second.

The baseline inserts a row for each mark through SQLAlchemy Core, insertmanyvalues, one transaction, without any rules.
"""

import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from time import perf_counter

import sqlalchemy as sa

from tests.bench import Case
from tests.world import World
from traceability.store import schema

MARKS, ROWS, ROUNDS = 4_000_000, 100_000, 20


def run() -> Iterator[Case]:
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'bench.db'}"
        schema.migrate(url)
        world = World(url)
        world.plot = world.new_plot(mu=1_000_000)
        batch = world.passed_batch(kg=ROUNDS * MARKS * 3 // 1000 + 1)
        took, rows, size = _issues(world, batch)
        row_by_row = _inserted(url)
        world.close()
    yield {
        "bench": "issue", "case": "four-million", "value": round(MARKS / took), "unit": "marks/s",
        "baseline": round(row_by_row), "ratio": round(MARKS / took / row_by_row, 1),
    }  # fmt: skip
    told = (("milliseconds", took * 1000, "ms", 50.0), ("rows", rows, "rows", 20.0))
    for name, value, unit, most in told:
        yield {
            "bench": "issue", "case": f"four-million: {name}", "value": round(value, 1), "unit": unit,
            "baseline": most, "ratio": round(most / value, 2),
        }  # fmt: skip
    yield {
        "bench": "issue", "case": "four-million: size", "value": round(size / MARKS, 7), "unit": "bytes/mark",
        "baseline": 16, "ratio": round(16 * MARKS / max(size, 1)),
    }  # fmt: skip


def _issues(world: World, batch: int) -> tuple[float, int, float]:
    """The median of some issues in seconds, the rows one wrote, and the bytes the file grew by."""
    product = world.product(3)
    requests = [world.request(batch, packs=MARKS, product=product) for _ in range(ROUNDS)]
    for request in requests:
        world.approve(request)
    file, times = Path(str(world.house.sessions.kw["bind"].url.database)), []
    before, size = sum(world.table_counts().values()), _size(file)
    for request in requests:
        start = perf_counter()
        world.issue(request)
        times.append(perf_counter() - start)
    grown = sum(world.table_counts().values()) - before
    return sorted(times)[ROUNDS // 2], grown // ROUNDS, (_size(file) - size) / ROUNDS


def _size(file: Path) -> int:
    """The bytes of the database once everything is in the one file."""
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    return file.stat().st_size


def _inserted(url: str) -> float:
    """Rows per second, one a mark."""
    engine, tables = sa.create_engine(url), sa.MetaData()
    mark = sa.Table(
        "mark_row", tables, sa.Column("id", sa.Integer, primary_key=True), sa.Column("serial", sa.BigInteger),
        sa.Column("issue_id", sa.Integer), sa.Column("state", sa.String(12)),
    )  # fmt: skip
    tables.create_all(engine)
    rows = [{"serial": n, "issue_id": 1, "state": "on_hand"} for n in range(ROWS)]
    start = perf_counter()
    with engine.begin() as connection:
        connection.execute(sa.insert(mark).returning(mark.c.id), rows)
    took = perf_counter() - start
    engine.dispose()
    return ROWS / took
