"""Where a lot came from and where it went, in a graph of a million lots: answers of 10, 1,000 and 50,000 lots.

Baseline: the same answer in a graph that holds nothing else. `value` is milliseconds of an answer, the middle one of
several; what it may take is 2 ms and 20 µs a lot. Both graphs are asked in turn, so that both see the same machine.
"""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from statistics import median
from time import perf_counter
from typing import Any

from tests.bench.graph import Graph, Piece, back, forward, graph
from tests.world import KEYS, profile
from traceability.cli.serving import settle
from traceability.domain.people import Identity, Role
from traceability.services import chain
from traceability.store.work import House, engine, look, sessions

LOTS = 1_000_000
#: Pieces of each size in the large graph, and how often each answer is asked for.
PIECES = {
    10: (back([9]), forward(1, 1, 7)),
    1_000: (back([10] * 89 + [19], days=20), forward(1, 9, 989, days=20)),
    50_000: (back([11] * 2_001 + [12] * 1_999, days=60), forward(10, 50, 49_489, days=60)),
}
TIMES = {10: 200, 1_000: 30, 50_000: 5}
EACH = 3
#: Answers that are not counted: the first of each piece reads its pages.
WARM = EACH
OFFICER = Identity(1, "州局", Role.PREFECTURE)


def run() -> Iterator[dict[str, Any]]:
    wanted = [(size, way, piece) for size, pair in PIECES.items() for way, piece in enumerate(pair)]
    every: list[Piece] = [piece for _, _, piece in wanted for _ in range(EACH)]
    large = graph("season", every, LOTS)
    for n, (size, way, piece) in enumerate(wanted):
        alone = graph(f"{size}-{'forward' if way else 'back'}", [piece], 0)
        among = Graph(large.url, large.asked[n * EACH : (n + 1) * EACH])
        ours, theirs = _times(among, alone, forward=bool(way), size=size)
        yield {
            "bench": "trace",
            "case": f"{'forward' if way else 'back'} {size:,} lots",
            "value": round(ours * 1000, 3),
            "unit": "ms",
            "baseline": round(theirs * 1000, 3),
            "ratio": round(theirs / ours, 3),
            "allowed": round(2 + size * 0.02, 1),
        }


def _times(among: Graph, alone: Graph, *, forward: bool, size: int) -> tuple[float, float]:
    """Seconds of an answer in the large graph and in the small one, in a process that is settled as a server's is."""
    settle()
    with ExitStack() as stack:
        asks = [(stack.enter_context(_house(one)), one.asked) for one in (among, alone)]
        took: list[list[float]] = [[], []]
        for turn in range(TIMES[size] + WARM):
            for which, (house, lots) in enumerate(asks):
                took[which].append(_answer(house, lots[turn % len(lots)], forward=forward, size=size))
        return median(took[0][WARM:]), median(took[1][WARM:])


@contextmanager
def _house(one: Graph) -> Iterator[House]:
    made = engine(one.url)
    try:
        yield House(sessions(made), profile(), KEYS)
    finally:
        made.dispose()


def _answer(house: House, lot: int, *, forward: bool, size: int) -> float:
    start = perf_counter()
    with look(house) as work:
        found = chain.trace(work, by=OFFICER, lot=lot, forward=forward)
    took = perf_counter() - start
    assert len(found.lots) == size, (len(found.lots), size)
    return took
