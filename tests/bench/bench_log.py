"""The public log: what it costs a change, how fast it is sealed, proved and checked.

`changes`: leaf receipts one change each, with the sealing of all of them in the same time; baseline: the same receipts
with fact rows and sealing left out. `sealing`: baseline is hashlib alone over the same bytes: openings with their
salts, leaves, and the nodes above them. `proof`: at ten million leaves, tiles of made-up hashes in a table, none
remembered. `verify`: all of it made again from the facts. TRACEABILITY_BENCH_SIZE=0.01 is a hundredth.
"""

import os
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from random import Random
from statistics import median
from time import perf_counter
from typing import Any
from unittest.mock import patch

import sqlalchemy as sa

from tests.bench.postgres import bare_postgres
from tests.sealing import SIGNER, checked, seal_all
from tests.world import World
from traceability.domain import log
from traceability.domain.log import Fact, written_leaf, written_opening
from traceability.domain.profile import LeafGrade
from traceability.services import chain
from traceability.services import log as service
from traceability.store import log as rows
from traceability.store import schema
from traceability.store.base import Base, table_of
from traceability.store.chain.lines import BookLineRow
from traceability.store.chain.rows import EntryRow, EventRow, LotRow
from traceability.store.log import FactRow, RawFact, UnsealedRow
from traceability.store.work import Work, look, seal

CHANGES, TURNS, WARM = 200, 8, 60
LEAVES, TREE = 1_000_000, 10_000_000
PROOFS, MOST_MS, MOST_S = 200, 5.0, 60.0

Row = dict[str, Any]
Rows = list[Row]


def run() -> Iterator[dict[str, Any]]:
    size = float(os.environ.get("TRACEABILITY_BENCH_SIZE", "1"))
    for kind, url in _databases():
        yield _changes(kind, url, max(10, round(CHANGES * min(size * 10, 1))))
    for kind, url in _databases():
        yield from _sealing(kind, url, max(1000, round(LEAVES * size)))
    with tempfile.TemporaryDirectory() as folder:
        yield _proofs(f"sqlite:///{Path(folder) / 'tree.db'}", max(70_000, round(TREE * size)))


def _databases() -> Iterator[tuple[str, str]]:
    with tempfile.TemporaryDirectory() as folder:
        yield "sqlite", f"sqlite:///{Path(folder) / 'bench.db'}"
    with bare_postgres() as url:
        yield "postgresql", url


@contextmanager
def _world(url: str) -> Iterator[World]:
    schema.migrate(url)
    world = World(url)
    try:
        yield world
    finally:
        world.close()


def _case(name: str, value: float, unit: str, **more: object) -> dict[str, Any]:
    return {"bench": "log", "case": name, "value": value, "unit": unit, **more}


# --- what it costs a change -------------------------------------------------------------------------------------------


def _changes(kind: str, url: str, count: int) -> dict[str, Any]:
    """By turns, so that the table is as long for both."""
    numbers = iter(range(10**9))
    with _world(url) as world:
        _receive(world, numbers, WARM)
        seal_all(world)
        ours, bare = [], []
        for _turn in range(TURNS):
            ours.append(count / _seconds(lambda: _sealed_too(world, numbers, count)))
            with patch.object(Work, "record", _unrecorded):
                bare.append(count / _seconds(lambda: _receive(world, numbers, count)))
    ratios = [mine / theirs for mine, theirs in zip(ours, bare, strict=True)]
    ratio = round(median(ratios), 3)
    return _case(
        f"changes with facts and sealing, {kind}",
        round(median(ours)),
        "changes/s",
        baseline=round(median(bare)),
        ratio=ratio,
    )


def _sealed_too(world: World, numbers: Iterator[int], count: int) -> None:
    _receive(world, numbers, count)
    seal_all(world)


def _unrecorded(work: Work, _fact: Fact, *, shown: bool = True) -> int:
    work.facts += 1
    work.shown |= shown
    return 0


def _receive(world: World, numbers: Iterator[int], count: int) -> None:
    for _ in range(count):
        world.do(
            chain.receive_leaf, plot=world.plot, scale=world.firm.scale, gross_g=10_050, tare_g=10_000,
            leaf_grade=LeafGrade.ONE_BUD_ONE_LEAF_OPENING, certificate_no="C", key=f"bench-{next(numbers)}",
        )  # fmt: skip


def _seconds(act: Callable[[], object]) -> float:
    start = perf_counter()
    act()
    return perf_counter() - start


# --- sealing and checking ---------------------------------------------------------------------------------------------


def _sealing(kind: str, url: str, count: int) -> Iterator[dict[str, Any]]:
    with _world(url) as world:
        seal_all(world)
        _fill(world, count)
        ours, bare = 0.0, 0.0
        while True:
            with look(world.house) as work:
                facts = rows.take_queue(work.session, 10_000)
            if not facts:
                break
            bare += _hashed(facts)
            start = perf_counter()
            _seal_one(world)
            ours += perf_counter() - start
        yield _case(
            f"sealing {count:,} leaves, {kind}",
            round(count / ours),
            "leaves/s",
            baseline=round(count / bare),
            ratio=round(bare / ours, 3),
            seconds=round(ours, 1),
        )
        start = perf_counter()
        found = checked(world)
        seconds = perf_counter() - start
        if found:
            raise AssertionError(found[:3])
        yield _case(
            f"verify {count:,} leaves, {kind}",
            round(seconds, 2),
            "s",
            baseline=MOST_S,
            ratio=round(MOST_S / seconds, 2),
        )


def _seal_one(world: World) -> None:
    with seal(world.house) as work:
        service.seal_batch(work, signer=SIGNER, now=world.now)


def _fill(world: World, count: int) -> None:
    """A season of leaf receipts, their facts and rows, written past the use cases: all like one that was real."""
    _receive(world, iter(range(10**9)), 1)
    seal_all(world)
    with look(world.house) as work:
        first = {table: _last(work, table) for table in (EventRow, LotRow, FactRow)}
        entries = _plain(work, sa.select(table_of(EntryRow)).order_by(EntryRow.id))
    for start in range(1, count + 1, 20_000):
        numbers = range(start, min(start + 20_000, count + 1))
        with world.house.sessions.kw["bind"].begin() as connection:
            for table, made in (
                (EventRow, [_event(first[EventRow], n) for n in numbers]),
                (LotRow, [_lot(first[LotRow], n) for n in numbers]),
                (EntryRow, [_entry(one, n) for n in numbers for one in entries]),
                (FactRow, [_fact(first[FactRow], n) for n in numbers]),
                (UnsealedRow, [{"fact_id": first[FactRow]["id"] + n} for n in numbers]),
            ):
                connection.execute(sa.insert(table_of(table)), made)
    with world.house.sessions.begin() as session:
        whole = {"grams": BookLineRow.grams * (count + 1)}
        session.execute(sa.update(BookLineRow).values(whole))


def _plain(work: Work, query: sa.Select[Any]) -> Rows:
    return [dict(one) for one in work.session.execute(query).mappings()]


def _last(work: Work, row: type[Base]) -> Row:
    key = table_of(row).c.id
    return _plain(work, sa.select(table_of(row)).order_by(key.desc()).limit(1))[0]


def _event(first: Row, n: int) -> Row:
    return {**first, "id": first["id"] + n, "no": f"R26-9-{n:07d}"}


def _lot(first: Row, n: int) -> Row:
    return {**first, "id": first["id"] + n, "no": f"L26-9-{n:07d}"}


def _entry(first: Row, n: int) -> Row:
    kept = {name: value for name, value in first.items() if name != "id"}
    return kept | {name: first[name] + n for name in ("event_id", "root_id", "lot_id")}


def _fact(first: Row, n: int) -> Row:
    told = first["private"]
    lot, event = _lot(told["lots"][0], n), _event({"id": told["event"]}, n)
    entries = [one | {"lot": one["lot"] + n} for one in told["entries"]]
    private = {**told, "event": event["id"], "no": event["no"], "lots": [lot], "entries": entries}
    return {**first, "id": first["id"] + n, "private": private, "salt": f"{n:032x}"}


def _hashed(facts: Sequence[RawFact]) -> float:
    """Seconds hashlib alone takes over the bytes that sealing these facts has to hash."""
    openings = [bytes.fromhex(one[8] or "") + written_opening(one[3], one[4], one[7] or "") for one in facts]
    start = perf_counter()
    made = [sha256(one).hexdigest() for one in openings]
    seconds = perf_counter() - start
    leaves = [
        b"\x00" + written_leaf(commitment, one[1], one[4], one[6], one[5], one[2])
        for commitment, one in zip(made, facts, strict=True)
    ]
    start = perf_counter()
    hashes = [sha256(one).digest() for one in leaves]
    seconds += perf_counter() - start
    nodes = [b"\x01" + one + one for one in hashes]
    start = perf_counter()
    for one in nodes:
        sha256(one).digest()
    return seconds + perf_counter() - start


# --- proofs -----------------------------------------------------------------------------------------------------------


def _proofs(url: str, size: int) -> dict[str, Any]:
    with _world(url) as world:
        seal_all(world)
        _grow(world, size)
        chance, times = Random(1), []
        with look(world.house) as work:
            top = log.root(log.Tiled(size, rows.reader(work.session)))
            for _ in range(PROOFS):
                index = chance.randrange(size)
                start = perf_counter()
                tree = log.Tiled(size, rows.reader(work.session))
                path = log.inclusion(tree, index)
                times.append(perf_counter() - start)
                leaf = tree.read(0, index >> 8, 0)[(index & 255) * 32 :][:32]
                if not log.is_included(leaf, index, size, path, top):
                    raise AssertionError(index)
    slowest = sorted(times)[int(PROOFS * 0.99)] * 1000
    found = median(times) * 1000
    return _case(
        f"inclusion proof at {size:,} leaves",
        round(found, 2),
        "ms",
        baseline=MOST_MS,
        ratio=round(MOST_MS / found, 2),
        slowest=round(slowest, 2),
    )


def _grow(world: World, size: int) -> None:
    """Tiles of made-up hashes, in place of those that are there."""
    tiles: dict[tuple[int, int], bytes] = {}
    chance = Random(2)
    with seal(world.house) as work:
        work.session.execute(sa.text("DELETE FROM log_tile"))
        for first in range(0, size, 1 << 18):
            many = min(1 << 18, size - first)
            grown = log.grown(first, lambda *at: tiles[at[:2]], chance.randbytes(32 * many))
            rows.keep_tiles(work.session, grown)
            tiles.update((at, tile) for at, tile in grown.items() if at[0] or len(tile) < log.tree.FULL_TILE)
