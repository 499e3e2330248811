"""Looks at marks per second through the whole server: identified, kept, committed, the whole Chinese page answered.

Baseline: an empty Flask route on the same server in the same run, asked the same way. Of a hundred looks ninety are at
marks in the market, five at codes nobody issued, five at marks recalled, held, void or not in use. Each look is a scan
kept and committed before it is answered.
"""

import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from statistics import median
from typing import Any
from urllib.request import Request, urlopen

import numpy as np

from tests.bench import Case
from tests.bench.market import Market, postgres_market, sqlite_market
from tests.bench.postgres import bare_postgres
from tests.bench.serving import agents, empty_route, served, wrk

SECONDS, ROUNDS = 6, 5
MARKS, SCANS = 1_000_000, 5_000_000
LIVE, UNKNOWN, ODD = 18_000, 1_000, 1_000
#: Issued marks and scans kept, from an empty book to twenty times a prefecture's.
SIZES = ((10_200, 0), (MARKS, SCANS), (100_000_200, 20_000_000))
HOT = 100_000
MOST_MS, MOST_BYTES = 50.0, 60_000


def run() -> Iterator[Case]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        yield from _measured("sqlite", _copied(sqlite_market(MARKS, SCANS), folder), folder)
        yield from _first_load(folder)
    with bare_postgres() as url, tempfile.TemporaryDirectory() as name:
        yield from _measured("postgresql", postgres_market(url, MARKS, SCANS), Path(name))
    yield from _growth()


def _case(name: str, value: float, unit: str, baseline: float, ratio: float) -> Case:
    return {
        "bench": "lookup", "case": name, "value": round(value, 1), "unit": unit, "baseline": round(baseline, 1),
        "ratio": round(ratio, 3),
    }  # fmt: skip


# --- side by side with an empty route -------------------------------------------------------------------------------


def _measured(name: str, market: Market, folder: Path) -> Iterator[Case]:
    """Saturation by turns with the empty route, then the slowest of a hundred at three fifths of it."""
    paths, phones = _asked(market, folder)
    nothing = folder / "empty.txt"
    nothing.write_text("/")
    ours, bare = [], []
    with served(market.url, folder) as (base, _process), empty_route() as empty:
        _warm(base, paths, phones)
        for seed in range(ROUNDS):
            ours.append(wrk(base, paths, phones, seconds=SECONDS, seed=seed)["rate"])
            bare.append(wrk(empty, nothing, phones, seconds=SECONDS, seed=seed)["rate"])
        rate = median(ours)
        yield _case(name, rate, "looks/s", median(bare), rate / median(bare))
        calm = _calm(base, paths, phones, rate)
        yield _case(f"{name}: p99 at 60 %", calm, "ms", MOST_MS, MOST_MS / calm)


def _calm(base: str, paths: Path, phones: Path, rate: float) -> float:
    """Milliseconds at the 99th of a hundred, with every connection pausing so that three fifths of the rate come."""
    connections = 16
    pause = connections / (0.6 * rate) * 1000
    found = wrk(base, paths, phones, seconds=15, connections=connections, pause_ms=max(1, pause - 3))
    return float(found["p99"])


def _warm(base: str, paths: Path, phones: Path) -> None:
    """Until every page and every phone was seen, and it gets no faster."""
    rates = [0.0]
    while len(rates) < 14 and (len(rates) < 4 or rates[-1] > 1.05 * rates[-2]):
        rates.append(wrk(base, paths, phones, seconds=5, seed=len(rates))["rate"])


def _copied(market: Market, folder: Path, name: str = "market") -> Market:
    """A data set in a folder of its own: looks are kept in it."""
    file = folder / f"{name}-{market.marks}.db"
    shutil.copyfile(market.url.removeprefix("sqlite:///"), file)
    return Market(f"sqlite:///{file}", market.marks, market.scans)


def _asked(market: Market, folder: Path, *, only: int = 0) -> tuple[Path, Path]:
    """Files of the paths looked up (of one mark only, if named), and of the phones that look."""
    rng = np.random.default_rng(7)
    live, odd = market.serials(rng, LIVE), market.odd(rng, ODD)
    letters = np.array(list("0123456789ABCDEFGHJKMNPQRSTVWXYZ"))
    unknown = ["".join(letters[rng.integers(0, 32, 16)]) for _ in range(UNKNOWN)]
    codes = [market.code(only)] if only else [market.code(one) for one in (*live, *odd)] + unknown
    paths, phones = folder / f"paths-{market.marks}-{only}.txt", folder / "agents.txt"
    paths.write_text("\n".join(f"/M/{code}" for code in codes))
    phones.write_text("\n".join(agents()))
    return paths, phones


# --- as the books grow ----------------------------------------------------------------------------------------------


def _growth() -> Iterator[Case]:
    """The same on books of every size, and at one mark looked at a hundred thousand times, round by round by turns."""
    rates: dict[str, list[float]] = {}
    with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
        ready = {}
        for told, (market, paths, phones) in _markets(Path(name)).items():
            base, _process = stack.enter_context(served(market.url, Path(name)))
            _warm(base, paths, phones)
            ready[told] = base, paths, phones
        for turn in range(ROUNDS):
            for told, (base, paths, phones) in ready.items():
                rates.setdefault(told, []).append(wrk(base, paths, phones, seconds=4, seed=turn)["rate"])
    first = median(rates[next(iter(rates))])
    for told, found in rates.items():
        yield _case(f"growth: {told}", median(found), "looks/s", first, median(found) / first)


def _markets(folder: Path) -> dict[str, tuple[Market, Path, Path]]:
    """Data sets with what is asked of them, by name."""
    sizes = {f"{marks:,} marks, {scans:,} scans": (marks, scans) for marks, scans in SIZES}
    markets = {told: _copied(sqlite_market(*size), folder) for told, size in sizes.items()}
    asked = {told: (market, *_asked(market, folder)) for told, market in markets.items()}
    hot = _copied(sqlite_market(MARKS, SCANS), folder, name="hot")
    return {**asked, f"one mark with {HOT:,} scans": _hot(hot, folder)}


def _hot(market: Market, folder: Path) -> tuple[Market, Path, Path]:
    """One mark with very many scans: those at the end of the book are made its own."""
    serial = 1 + 2 * market.a_batch
    with closing(sqlite3.connect(market.url.removeprefix("sqlite:///"))) as connection:
        last = connection.execute("SELECT MAX(id) FROM scan").fetchone()[0]
        own = "UPDATE scan SET serial = ?, previous = id - 1 WHERE id > ?"
        connection.execute(own, (serial, last - HOT))
        connection.execute(
            "UPDATE scan_tally SET looks = ?, last_scan = ? WHERE serial = ?", (HOT, last, serial)
        )
        connection.commit()
    return market, *_asked(market, folder, only=serial)


# --- the first load of the page -------------------------------------------------------------------------------------


def _first_load(folder: Path) -> Iterator[Case]:
    """Bytes of the page, its style and its icon, headers left out."""
    market = Market(f"sqlite:///{folder}/market-{MARKS}.db", MARKS, SCANS)
    code = market.code(int(market.serials(np.random.default_rng(1), 1)[0]))
    with served(market.url, folder, workers=1) as (base, _process):
        parts = [f"/M/{code}", "/static/public.css", "/static/icon.svg"]
        size = sum(len(_got(f"{base}{part}")) for part in parts)
    yield _case("first load", size, "bytes", MOST_BYTES, MOST_BYTES / size)


def _got(url: str) -> Any:
    with urlopen(Request(url, headers={"Accept-Language": "zh-CN"})) as answer:
        return answer.read()
