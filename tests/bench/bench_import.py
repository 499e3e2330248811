"""A season's workbook of 40,000 leaf receipts, from its bytes to the commit; baseline: parse and bare inserts.

The baseline parses the same bytes with calamine alone, and inserts all the rows that ours left behind (events, lots,
entries, facts, the finding of lateness) into the same tables of another founded database: one statement a
table through SQLAlchemy Core, one commit; nothing is read, checked, numbered or salted. The rows are read back from
ours before the clock starts. Each side runs in a process of its own, so that its peak of memory is its own.

`value` and `baseline` are rows per second; `peak_mb` is the largest the importing process ever was, everything counted.
"""

import resource
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from datetime import datetime
from functools import partial
from io import BytesIO
from multiprocessing import get_context
from pathlib import Path
from time import perf_counter
from typing import Any

import sqlalchemy as sa
from python_calamine import load_workbook

from tests.workbooks import leaf, workbook
from tests.world import KEYS, World, profile
from traceability.formats.workbook import read
from traceability.services import importing, people
from traceability.store import schema
from traceability.store.base import Base
from traceability.store.work import House, change, engine, look, sessions

ROWS = 40_000
DAYS = 40
PLOTS = 200
MU = 2_000
ROUNDS = 3
#: What the import writes to, in an order that foreign keys allow.
TABLES = ("event", "lot", "entry", "fact", "finding")


def run() -> Iterator[dict[str, Any]]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        _found(folder)
        rounds = [(_apart(_import, folder, n), _apart(_insert, folder, n)) for n in range(ROUNDS)]
        ours, peak = min(one for one, _ in rounds)
        bare, _peak = min(other for _, other in rounds)
        yield {
            "bench": "import",
            "case": f"sqlite, {ROWS} leaf receipts",
            "value": round(ROWS / ours),
            "unit": "rows/s",
            "baseline": round(ROWS / bare),
            "ratio": round(bare / ours, 3),
            "peak_mb": round(peak),
        }


def _apart(act: Callable[[Path, int], float], folder: Path, n: int) -> tuple[float, float]:
    """(seconds, peak in MB) of something done in a process of its own."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(_measured, act, folder, n).result()


def _measured(act: Callable[[Path, int], float], folder: Path, n: int) -> tuple[float, float]:
    seconds = act(folder, n)
    return seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _found(folder: Path) -> None:
    """A database with plots enough, and the workbook; copied for every run."""
    url = f"sqlite:///{folder / 'founded.db'}"
    schema.migrate(url)
    world = World(url)
    world.plots = [world.new_plot(mu=MU) for _ in range(PLOTS)]
    world.later(days=DAYS + 10)
    (folder / "season.xlsx").write_bytes(
        workbook(receipts=leaf(world, ROWS, kg=4.5, days=DAYS, per_minute=2))
    )
    (folder / "now").write_text(world.now.isoformat())
    (folder / "user").write_text(str(world.firm.manager.user))
    world.close()


def _copy(folder: Path, name: str) -> str:
    (folder / name).write_bytes((folder / "founded.db").read_bytes())
    return f"sqlite:///{folder / name}"


def _import(folder: Path, n: int) -> float:
    """As the command does it: read, then everything in one change."""
    house = House(sessions(engine(_copy(folder, f"ours{n}.db"))), profile(), KEYS)
    now = datetime.fromisoformat((folder / "now").read_text())
    with look(house) as work:
        by = people.identity_of(work, int((folder / "user").read_text()))
    assert by is not None
    content = (folder / "season.xlsx").read_bytes()
    start = perf_counter()
    book = read(content)
    outcome = importing.bring_in(partial(change, house), by=by, now=now, book=book, keep=True)
    taken = perf_counter() - start
    assert outcome.kept, outcome.troubles[:3]
    assert outcome.new == ROWS
    house.sessions.kw["bind"].dispose()
    return taken


def _insert(folder: Path, n: int) -> float:
    """The same rows, bare."""
    ours, made = engine(f"sqlite:///{folder / 'ours0.db'}"), engine(_copy(folder, f"bare{n}.db"))
    tables = [Base.metadata.tables[name] for name in TABLES]
    rows = [_new_rows(ours, made, table) for table in tables]
    content = (folder / "season.xlsx").read_bytes()
    start = perf_counter()
    with load_workbook(BytesIO(content)) as book:
        parsed = book.get_sheet_by_index(0).to_python()
    assert len(parsed) == ROWS + 1
    with made.begin() as connection:
        for table, values in zip(tables, rows, strict=True):
            connection.execute(sa.insert(table), values)
    taken = perf_counter() - start
    made.dispose()
    ours.dispose()
    return taken


def _new_rows(ours: sa.Engine, founded: sa.Engine, table: sa.Table) -> list[dict[str, Any]]:
    """What the import added to a table, as values of its columns."""
    key = next(iter(table.primary_key.columns))
    with founded.connect() as connection:
        known = set(connection.scalars(sa.select(key)))
    with ours.connect() as connection:
        found = [dict(row) for row in connection.execute(sa.select(table)).mappings()]
    return [row for row in found if row[key.name] not in known]
