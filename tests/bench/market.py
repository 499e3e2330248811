"""A market to look marks up in: batches with packs through the use cases, and scans kept for years before.

Data sets live in `var/bench`, by schema revision and size, and are made once. Batches differ: one in sixty is recalled,
one in sixty held; of each, two marks are void and three are not in use. Scans are written in bulk as the house itself
would have kept them, in the order of time, with their tallies.
"""

import json
import shutil
import sqlite3
import sys
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import psycopg
import sqlalchemy as sa

from tests.world import KEYS, World
from traceability.domain import marks as mark_rules
from traceability.services import marks, oversight
from traceability.store import schema

CACHE = Path("var/bench")
BATCHES, VOID, SPARE = 300, 2, 3
EVERY = 60
#: Batches of a day, each made, marked and sent off in a quarter of an hour.
A_DAY, START = 20, date(2026, 3, 26)
SEED = 20260405
#: The first scan kept; the rest follow evenly over two years.
SINCE = datetime(2024, 6, 1, tzinfo=UTC)
PERIOD = timedelta(days=730)


@dataclass(frozen=True)
class Market:
    """A data set: its database, how many marks are on packs and how many scans are kept of them."""

    url: str
    marks: int
    scans: int

    @property
    def a_batch(self) -> int:
        """Marks of a batch, those on no pack included."""
        return self.marks // BATCHES + VOID + SPARE

    def serials(self, rng: np.random.Generator, how_many: int) -> np.ndarray[Any, Any]:
        """Marks on packs, drawn at random; of batches that are neither recalled nor held."""
        fine = np.array([n for n in range(BATCHES) if n % EVERY > 1])
        batch, pack = rng.choice(fine, how_many), rng.integers(0, self.marks // BATCHES, how_many)
        return batch * self.a_batch + pack + 1

    def odd(self, rng: np.random.Generator, how_many: int) -> np.ndarray[Any, Any]:
        """Marks recalled, held, void and not in use, as many of each."""
        batch = rng.integers(0, BATCHES // EVERY, how_many) * EVERY
        pack = rng.integers(0, self.marks // BATCHES, how_many)
        kinds = np.array([pack, pack + self.a_batch, pack * 0 + self.marks // BATCHES,
                          pack * 0 + self.marks // BATCHES + VOID])  # fmt: skip
        return batch * self.a_batch + kinds[rng.integers(0, 4, how_many), np.arange(how_many)] + 1

    def code(self, serial: int) -> str:
        """The code of a mark."""
        return mark_rules.encode(int(serial), KEYS["k1"])


def sqlite_market(marks: int, scans: int) -> Market:
    """The data set of that size as an SQLite file, made when it is not there."""
    grown = _grown(marks)
    file = grown.with_name(f"{grown.stem}-{scans}.db")
    if not file.exists():
        made = file.with_suffix(".part")
        shutil.copyfile(grown, made)
        _tell(f"{scans:,} scans of {marks:,} marks")
        with closing(sqlite3.connect(made)) as connection:
            for pragma in ("journal_mode=OFF", "synchronous=OFF", "cache_size=-2000000"):
                connection.execute(f"PRAGMA {pragma}").fetchall()
            for table, columns, rows in _scan_rows(Market("", marks, scans)):
                holes = ",".join("?" * len(columns))
                connection.executemany(f"INSERT INTO {table} ({','.join(columns)}) VALUES ({holes})", rows)
            connection.commit()
            connection.execute("PRAGMA journal_mode=WAL").fetchall()
        made.rename(file)
    return Market(f"sqlite:///{file.resolve()}", marks, scans)


def postgres_market(url: str, marks: int, scans: int) -> Market:
    """The data set of that size in an empty PostgreSQL database: the rows of the SQLite file, table by table."""
    schema.migrate(url)
    origin, target = sa.create_engine(f"sqlite:///{_grown(marks)}"), sa.create_engine(url)
    tables = sa.MetaData()
    tables.reflect(origin)
    with origin.connect() as read, target.begin() as write:
        for table in (one for one in tables.sorted_tables if one.name != "alembic_version"):
            if rows := [dict(row) for row in read.execute(sa.select(table)).mappings()]:
                write.execute(sa.delete(table))
                write.execute(sa.insert(table), rows)
    with psycopg.connect(url, autocommit=True) as connection:
        for name, columns, found in _scan_rows(Market(url, marks, scans)):
            with connection.cursor().copy(f"COPY {name} ({','.join(columns)}) FROM STDIN") as copy:
                for row in found:
                    copy.write_row(row)
        for table in tables.sorted_tables:
            if "id" in table.c:
                connection.execute(
                    f"SELECT setval(pg_get_serial_sequence('\"{table.name}\"', 'id'), "
                    f'(SELECT COALESCE(MAX(id), 1) FROM "{table.name}"))'
                )
        connection.execute("ANALYZE")
    for engine in (origin, target):
        engine.dispose()
    return Market(url, marks, scans)


def _tell(text: str) -> None:
    print(f"making {text} …", file=sys.stderr, flush=True)


# --- batches --------------------------------------------------------------------------------------------------------


def _grown(marks: int) -> Path:
    """Batches and packs of that many marks, not one of which was looked at."""
    CACHE.mkdir(parents=True, exist_ok=True)
    file = CACHE / f"{schema.head()}-{marks}.db"
    if not file.exists():
        _tell(f"{BATCHES} batches with {marks:,} marks")
        made = file.with_suffix(".part")
        made.unlink(missing_ok=True)
        schema.migrate(f"sqlite:///{made}")
        world = World(f"sqlite:///{made}")
        world.plot = world.new_plot(mu=100_000_000)
        product = world.product(3)
        for n in range(BATCHES):
            if n % A_DAY == 0:
                world.at(f"{START + timedelta(days=n // A_DAY)}T08:00")
            _batch(world, n, packs=marks // BATCHES, product=product)
        world.close()
        with closing(sqlite3.connect(made)) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        made.rename(file)
    return file


def _batch(world: World, n: int, *, packs: int, product: int) -> None:
    packed = world.packed(
        packs=packs, extra=VOID + SPARE, product=product, kg=(packs + VOID + SPARE) * 3 // 1000 + 1
    )
    world.do(marks.void_marks, ranges=packed.nth(packs, VOID), reason="污损")
    world.sent(packed.lot, packs=packs)
    if n % EVERY == 0:
        world.recall(by=world.county, lot=packed.batch, grade="III", reason="封口不严")
    if n % EVERY == 1:
        world.do(oversight.hold_lot, by=world.county, lot=packed.batch, reason="抽查")


# --- scans ----------------------------------------------------------------------------------------------------------

Rows = tuple[str, Sequence[str], Iterator[tuple[Any, ...]]]


def _scan_rows(market: Market) -> Iterator[Rows]:
    """Rows of both tables: scans of marks drawn at random, in the order of time; what each mark's come to."""
    if not market.scans:
        return
    rng = np.random.default_rng(SEED)
    serials = market.serials(rng, market.scans)
    order = np.argsort(serials, kind="stable")
    sorted_serials = serials[order]
    starts = np.flatnonzero(np.r_[True, sorted_serials[1:] != sorted_serials[:-1]])
    previous = np.zeros(market.scans, dtype=np.int64)
    previous[order[1:]] = np.where(sorted_serials[1:] == sorted_serials[:-1], order[:-1] + 1, 0)
    step = PERIOD / market.scans
    yield (
        "scan",
        ("id", "at", "serial", "door", "client", "again", "previous"),
        (
            (n + 1, _stamp(SINCE + step * n), int(serial), "public", _client(n), False, int(before) or None)
            for n, (serial, before) in enumerate(zip(serials, previous, strict=True))
        ),
    )
    ends = np.r_[starts[1:], market.scans]
    yield (
        "scan_tally",
        ("serial", "looks", "checks", "last_scan", "memory"),
        (
            _tally(int(sorted_serials[start]), order[start:end], step)
            for start, end in zip(starts, ends, strict=True)
        ),
    )


def _stamp(at: datetime) -> str:
    """As both databases read it; SQLite keeps moments of UTC without a zone."""
    return f"{at:%Y-%m-%d %H:%M:%S.%f}"


def _client(n: int) -> str:
    """A client of the thousands; every one of a mark's is another."""
    return f"{n * 2654435761 % 2**64:016x}" * 2


def _tally(serial: int, scans: np.ndarray[Any, Any], step: timedelta) -> tuple[Any, ...]:
    at = [SINCE + step * int(n) for n in scans]
    clients = [(_client(int(n))[:16], int(when.timestamp())) for n, when in zip(scans, at, strict=True)]
    first, last = int(at[0].timestamp()), int(at[-1].timestamp())
    memory = {
        "first_at": first, "last_at": last, "clients": clients[-64:], "people": len(at), "occasions": 1, "new_at": last,
    }  # fmt: skip
    told = json.dumps(memory, separators=(",", ":"))
    return serial, len(at), 0, int(scans[-1]) + 1, told
