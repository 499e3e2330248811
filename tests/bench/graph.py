"""Graphs of lots as seasons leave them: leaf, runs, batches and pack lots, with their events, entries and edges.

A piece is what hangs together: the leaf of some days, its runs, the batch or batches they went into, and the packs.
Pieces lie among each other in the order of time, so that the rows of one answer are scattered as they are in earnest.
Written in bulk as the house itself would have kept them, without facts; made once and kept in `var/bench`.
"""

import sqlite3
import sys
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np

from tests.world import World
from traceability.store import schema

CACHE = Path("var/bench")
SEED, SEASONS, DAYS, PLOTS = 20260326, 5, 75, 4_000
SINCE = datetime(2022, 3, 10, tzinfo=UTC)
LEAF, MADE, BATCH, PACKS = "leaf", "made_tea", "batch", "pack_lot"


@dataclass(frozen=True)
class Piece:
    """Lots by kind, edges as (source, target) within the piece, and how many days its leaf came in on."""

    kinds: tuple[str, ...]
    edges: tuple[tuple[int, int], ...]
    days: int
    asked: int


def normal(rng: np.random.Generator) -> Piece:
    """A batch as they mostly are: some runs of ten receipts each, a few pack lots."""
    runs = int(rng.integers(3, 10))
    return back([int(n) for n in rng.integers(6, 15, runs)], packs=int(rng.integers(2, 5)), days=4)


def back(leaves: Sequence[int], *, packs: int = 0, days: int = 4) -> Piece:
    """A batch of runs of so many leaf lots each; asked where it came from. No batch, when there is one run only."""
    kinds: list[str] = []
    edges: list[tuple[int, int]] = []
    runs = []
    for n in leaves:
        first = len(kinds)
        kinds += [LEAF] * n + [MADE]
        runs.append(first + n)
        edges += [(first + i, first + n) for i in range(n)]
    if len(leaves) == 1:
        return Piece(tuple(kinds), tuple(edges), days, runs[0])
    batch = len(kinds)
    kinds += [BATCH, *[PACKS] * packs]
    edges += [(run, batch) for run in runs] + [(batch, batch + 1 + i) for i in range(packs)]
    return Piece(tuple(kinds), tuple(edges), days, batch)


def forward(runs: int, batches: int, packs: int, *, days: int = 4) -> Piece:
    """One large leaf lot in some runs, each of them in some batches, so many pack lots in all; asked where it went."""
    kinds, edges = [LEAF], []
    for _ in range(runs):
        run = len(kinds)
        kinds.append(MADE)
        edges.append((0, run))
        for _ in range(batches):
            edges.append((run, len(kinds)))
            kinds.append(BATCH)
    made = [n for n, kind in enumerate(kinds) if kind == BATCH]
    for n in range(packs):
        edges.append((made[n % len(made)], len(kinds)))
        kinds.append(PACKS)
    return Piece(tuple(kinds), tuple(edges), days, 0)


@dataclass(frozen=True)
class Graph:
    """A database and the lots to ask about, in the order of the pieces that were asked for."""

    url: str
    asked: tuple[int, ...]


def graph(name: str, wanted: Sequence[Piece], lots: int) -> Graph:
    """These pieces among so many lots in all (none but these, when that is fewer), as an SQLite file."""
    file = CACHE / f"graph-{schema.head()}-{name}-{lots}.db"
    numbers = file.with_suffix(".txt")
    if not numbers.exists():
        CACHE.mkdir(parents=True, exist_ok=True)
        print(f"a graph of {lots:,} lots: {name}", file=sys.stderr, flush=True)
        numbers.write_text(" ".join(map(str, _made(file, wanted, lots))), "utf-8")
    return Graph(f"sqlite:///{file.resolve()}", tuple(map(int, numbers.read_text("utf-8").split())))


def _made(file: Path, wanted: Sequence[Piece], lots: int) -> list[int]:
    file.unlink(missing_ok=True)
    schema.migrate(f"sqlite:///{file.resolve()}")
    World(f"sqlite:///{file.resolve()}").close()
    rng = np.random.default_rng(SEED)
    pieces = list(wanted)
    left = lots - sum(len(one.kinds) for one in pieces)
    while left > 0:
        pieces.append(normal(rng))
        left -= len(pieces[-1].kinds)
    moments = [_moments(rng, one) for one in pieces]
    order = np.argsort(np.concatenate(moments), kind="stable")
    number = np.empty(len(order), dtype=np.int64)
    number[order] = np.arange(1, len(order) + 1)
    starts = np.cumsum([0, *(len(one.kinds) for one in pieces)])
    placed = [number[starts[n] : starts[n + 1]].tolist() for n in range(len(pieces))]
    with closing(sqlite3.connect(file)) as connection:
        for pragma in ("journal_mode=OFF", "synchronous=OFF", "cache_size=-2000000", "foreign_keys=OFF"):
            connection.execute(f"PRAGMA {pragma}").fetchall()
        connection.execute(_MORE_PLOTS, (PLOTS,))
        for table, columns, rows in _rows(pieces, placed, moments):
            holes = ",".join("?" * len(columns))
            connection.executemany(f"INSERT INTO {table} ({','.join(columns)}) VALUES ({holes})", rows)
        connection.commit()
        connection.execute("ANALYZE")
        connection.execute("PRAGMA journal_mode=WAL").fetchall()
    return [placed[n][one.asked] for n, one in enumerate(wanted)]


_MORE_PLOTS = """
    WITH RECURSIVE n(i) AS (SELECT 100 UNION ALL SELECT i + 1 FROM n WHERE i < 100 + ?)
    INSERT INTO plot (id, no, grower_id, township, place, area_mu, state, active_from, entered_by)
    SELECT i, 'BENCH-' || i, grower_id, township, place, area_mu, state, active_from, entered_by
    FROM n, (SELECT * FROM plot LIMIT 1)
"""

_LATER = {LEAF: 0.0, MADE: 0.4, BATCH: 3.0, PACKS: 12.0}


def _moments(rng: np.random.Generator, piece: Piece) -> np.ndarray[Any, Any]:
    """Days from `SINCE` at which each lot came into being; nothing before what it was made of."""
    first = rng.integers(0, SEASONS) * 365 + rng.uniform(0, max(0.1, DAYS - piece.days))
    moments = first + rng.uniform(0, piece.days, len(piece.kinds))
    for source, target in piece.edges:
        later = moments[source] + _LATER[piece.kinds[target]] - _LATER[piece.kinds[source]]
        moments[target] = max(moments[target], later + 0.001)
    return moments


Table = tuple[str, tuple[str, ...], Iterator[tuple[Any, ...]]]


def _rows(
    pieces: Sequence[Piece], placed: Sequence[Sequence[int]], moments: Sequence[np.ndarray[Any, Any]]
) -> list[Table]:
    lots = sorted(
        (number, kind, float(moment))
        for one, numbers, times in zip(pieces, placed, moments, strict=True)
        for number, kind, moment in zip(numbers, one.kinds, times, strict=True)
    )
    edges = [
        (numbers[source], numbers[target])
        for one, numbers in zip(pieces, placed, strict=True)
        for source, target in one.edges
    ]
    edges.sort(key=lambda edge: (edge[1], edge[0]))
    return [
        ("event", _EVENT, (_event(*one) for one in lots)),
        ("lot", _LOT, (_lot(*one) for one in lots)),
        ("entry", _ENTRY, _entries(lots, edges)),
        (
            "edge",
            ("event_id", "root_id", "source_id", "target_id", "grams"),
            ((target, target, source, target, 2_000) for source, target in edges),
        ),
    ]


_EVENT = ("id", "no", "kind", "enterprise_id", "happened_at", "recorded_at", "actor_id", "terms")
_KINDS = {LEAF: "leaf_receipt", MADE: "processing", BATCH: "blending", PACKS: "packing"}


def _event(number: int, kind: str, moment: float) -> tuple[Any, ...]:
    at = _written(moment)
    return number, f"E{number}", _KINDS[kind], 1 + number % 2, at, at, 1, "{}"


def _written(moment: float) -> str:
    return f"{SINCE + timedelta(days=moment):%Y-%m-%d %H:%M:%S.%f}"


_LOT = ("id", "no", "kind", "origin_id", "season", "plucked_from", "plucked_to", "born_at", "grade", "leaf_grade",
        "product_id", "pack_day", "best_before")  # fmt: skip


def _lot(number: int, kind: str, moment: float) -> tuple[Any, ...]:
    day = SINCE + timedelta(days=moment)
    plucked = f"{day - timedelta(days=_LATER[kind]):%Y-%m-%d}"
    grade, leaf = (None, "single_bud") if kind == LEAF else ("ZHENPIN", None)
    packed = (1, f"{day:%Y-%m-%d}", f"{day + timedelta(days=730):%Y-%m-%d}") if kind == PACKS else (None,) * 3
    return (
        number,
        f"L{number}",
        kind,
        1 + number % 2,
        day.year,
        plucked,
        plucked,
        _written(moment),
        grade,
        leaf,
        *packed,
    )


_ENTRY = ("event_id", "root_id", "account", "lot_id", "party_id", "plot_id", "part", "grams", "packs")


def _entries(
    lots: Sequence[tuple[int, str, float]], edges: Sequence[tuple[int, int]]
) -> Iterator[tuple[Any, ...]]:
    """In the order of events: what came in and what it was taken from."""
    taken = iter(edges)
    edge = next(taken, None)
    for number, kind, moment in lots:
        if kind == LEAF:
            part = f"{(SINCE + timedelta(days=moment)).year}-spring"
            yield number, number, "plot", number, None, 100 + number % PLOTS, part, -30_000, 0
        while edge is not None and edge[1] == number:
            yield number, number, "held", edge[0], 1 + number % 2, None, None, -2_000, 0
            edge = next(taken, None)
        yield number, number, "held", number, 1 + number % 2, None, None, 30_000, 20 if kind == PACKS else 0
