"""The picture of a trace: few enough streams to be read, grams kept, never a ring."""

from collections import Counter
from datetime import UTC, date, datetime

import pytest

from traceability.domain.chain import Edge, Lot, LotKind
from traceability.services.chain import Trace
from traceability.web.sankey import BY_NAME, picture

pytestmark = pytest.mark.usefixtures("chinese")
DAY = date(2026, 4, 1)


def trace(edges: list[tuple[int, int, int]], asked: int, *, forward: bool = False) -> Trace:
    numbers = {asked, *(one for source, target, _ in edges for one in (source, target))}
    lots = {
        n: Lot(n, f"L{n}", LotKind.MADE, 1, 2026, DAY, DAY, datetime(2026, 4, 1, tzinfo=UTC)) for n in numbers
    }
    return Trace(lots[asked], forward, lots, tuple(Edge(*one) for one in edges), {}, {})


def test_the_smaller_ones_of_a_step_become_one_stream_and_no_gram_is_lost() -> None:
    many = BY_NAME + 20
    found = picture(trace([(n, 1, n * 10) for n in range(2, many + 2)], 1))
    rest = next(one for one in found.nodes if one["kind"] == "rest")
    assert len(found.nodes) == BY_NAME + 2
    assert rest["label"] == "其余 20 个"
    assert sum(one.grams for one in found.streams) == sum(n * 10 for n in range(2, many + 2))
    assert max(int(str(one["beside"])) for one in found.nodes) == found.tallest == BY_NAME + 1


def test_a_step_with_one_too_many_is_drawn_whole() -> None:
    found = picture(trace([(n, 1, 5) for n in range(2, BY_NAME + 3)], 1))
    assert all(one["kind"] != "rest" for one in found.nodes)


def test_streams_never_lead_in_a_ring_though_lots_are_put_together() -> None:
    """Refined tea goes from made tea to made tea: the rest of a kind would feed itself, the rest of a step cannot."""
    first = [(n, n + 100, 7) for n in range(2, 60)]
    second = [(n + 100, 1, 7) for n in range(2, 60)]
    across = [(n, 1, 1) for n in range(2, 60, 3)]
    found = picture(trace([*first, *second, *across], 1))
    into = Counter(one.target for one in found.streams)
    open_ends = [str(one["name"]) for one in found.nodes if not into[str(one["name"])]]
    done = 0
    while open_ends:
        done, name = done + 1, open_ends.pop()
        for one in found.streams:
            if one.source == name:
                into[one.target] -= 1
                open_ends += [] if into[one.target] else [one.target]
    assert done == len(found.nodes)


def test_what_a_firm_sees_without_the_way_to_it_is_left_out_of_the_picture() -> None:
    found = picture(trace([(1, 2, 5), (8, 9, 5)], 1, forward=True))
    assert {one["name"] for one in found.nodes} == {"lot-1", "lot-2"}
