"""Looks at marks per second through the whole server: identified, kept, committed, the whole Chinese page answered.

Baseline: an empty Flask route on the same server in the same run, asked the same way.
"""

import tempfile
from collections.abc import Iterator
from pathlib import Path
from statistics import median

import numpy as np

from tests.bench import Case
from tests.bench.market import Market, sqlite_market
from tests.bench.serving import agents, empty_route, served, wrk

SECONDS, ROUNDS = 6, 3
MARKS, SCANS = 1_000_000, 5_000_000
LIVE, UNKNOWN, ODD = 18_000, 1_000, 1_000


def run() -> Iterator[Case]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        market = copied(sqlite_market(MARKS, SCANS), folder)
        rate, empty = _side_by_side(market, folder)
        yield _case("sqlite", rate, "looks/s", empty, rate / empty)


def _case(name: str, value: float, unit: str, baseline: float, ratio: float) -> Case:
    return {
        "bench": "lookup", "case": name, "value": round(value, 1), "unit": unit, "baseline": round(baseline, 1),
        "ratio": round(ratio, 3),
    }  # fmt: skip


def copied(market: Market, folder: Path) -> Market:
    """A data set in a folder of its own: looks are kept in it."""
    import shutil

    file = folder / "traceability.db"
    shutil.copyfile(market.url.removeprefix("sqlite:///"), file)
    return Market(f"sqlite:///{file}", market.marks, market.scans)


def asked(market: Market, folder: Path) -> tuple[Path, Path]:
    """Files of the paths looked up, and of the phones that look."""
    rng = np.random.default_rng(7)
    live, odd = market.serials(rng, LIVE), market.odd(rng, ODD)
    letters = np.array(list("0123456789ABCDEFGHJKMNPQRSTVWXYZ"))
    unknown = ["".join(letters[rng.integers(0, 32, 16)]) for _ in range(UNKNOWN)]
    codes = [market.code(serial) for serial in (*live, *odd)] + unknown
    paths, phones = folder / "paths.txt", folder / "agents.txt"
    paths.write_text("\n".join(f"/M/{code}" for code in codes))
    phones.write_text("\n".join(agents()))
    return paths, phones


def _side_by_side(market: Market, folder: Path) -> tuple[float, float]:
    """Medians of rounds by turns."""
    paths, phones = asked(market, folder)
    nothing = folder / "empty.txt"
    nothing.write_text("/")
    ours, bare = [], []
    with served(market.url, folder) as (base, _process), empty_route() as empty:
        warm(base, paths, phones)
        for seed in range(ROUNDS):
            ours.append(wrk(base, paths, phones, seconds=SECONDS, seed=seed)["rate"])
            bare.append(wrk(empty, nothing, phones, seconds=SECONDS, seed=seed)["rate"])
    return median(ours), median(bare)


def warm(base: str, paths: Path, phones: Path) -> None:
    """Until every page and every phone was seen, and it gets no faster."""
    rates = [0.0]
    while len(rates) < 12 and (len(rates) < 3 or rates[-1] > 1.1 * rates[-2]):
        rates.append(wrk(base, paths, phones, seconds=5, seed=len(rates))["rate"])
