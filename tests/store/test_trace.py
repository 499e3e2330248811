"""The graph of lots against a walk by hand: random graphs, edges amended away, answers of many lots."""

from datetime import UTC, date, datetime
from random import Random

import pytest
from sqlalchemy import insert

from tests.world import World
from traceability.domain import balance
from traceability.domain.people import Within
from traceability.services import chain
from traceability.store import chain as rows
from traceability.store.chain import EdgeRow, EventRow, LotRow
from traceability.store.prepared import MANY
from traceability.store.work import look

LOTS = MANY + 60
AT = datetime(2026, 4, 1, tzinfo=UTC)


@pytest.fixture
def edges(world: World) -> dict[tuple[int, int], int]:
    """A random graph; every seventh edge is amended to nothing, every fifth to less. Grams by pair."""
    rng = Random(7)
    with world.house.sessions.begin() as session:
        who = {"enterprise_id": world.firm.id, "actor_id": world.firm.manager.user}
        event = {**who, "no": "E", "kind": "blending", "happened_at": AT, "recorded_at": AT, "terms": {}}
        session.execute(insert(EventRow).values(id=1, **event))
        session.execute(insert(LotRow), [_lot(world, n) for n in range(1, LOTS + 1)])
        drawn = {tuple(sorted(rng.sample(range(1, LOTS + 1), 2))) for _ in range(LOTS * 2)}
        grams = {}
        for n, (source, target) in enumerate(sorted(drawn)):
            booked = [100] if n % 7 and n % 5 else [100, -100] if n % 7 == 0 else [100, -30]
            pair = {"event_id": 1, "root_id": 1, "source_id": source, "target_id": target}
            session.execute(insert(EdgeRow), [{**pair, "grams": g} for g in booked])
            grams[source, target] = sum(booked)
    return grams


def _lot(world: World, n: int) -> dict[str, object]:
    days = {"plucked_from": date(2026, 4, 1), "plucked_to": date(2026, 4, 1), "born_at": AT, "season": 2026}
    made = world.firm.id if n % 4 else world.other.id
    return {"id": n, "no": f"G{n}", "kind": "batch", "origin_id": made, **days}


def test_a_walk_is_what_is_reached_by_hand(world: World, edges: dict[tuple[int, int], int]) -> None:
    live = {ends: grams for ends, grams in edges.items() if grams > 0}
    with look(world.house) as work:
        for start in (1, 2, 40, LOTS):
            for forward in (True, False):
                ways = [ends if forward else ends[::-1] for ends in live]
                reached = balance.closure(start, ways)
                found = rows.walk(work.session, start, forward=forward)
                assert rows.reach(work.session, start, forward=forward) == reached
                assert {(one.source, one.target): one.grams for one in found} == {
                    ends: grams
                    for ends, grams in live.items()
                    if (ends[0] if forward else ends[1]) in {start, *reached}
                }


def test_as_many_lots_are_read_as_are_asked_for(world: World, edges: dict[tuple[int, int], int]) -> None:
    with look(world.house) as work:
        assert len(rows.lots_by_id(work.session, range(1, LOTS + 1))) == LOTS > MANY
        assert len(rows.touched(work.session, range(1, LOTS + 1), world.other.id)) == LOTS // 4
        assert rows.plots_of(work.session, range(1, LOTS + 1)) == {}


def test_what_a_firm_sees_downstream_is_what_it_sees_lot_by_lot(
    world: World, edges: dict[tuple[int, int], int]
) -> None:
    within = Within.firm(world.other.id)
    with look(world.house) as work:
        for start in (4, 8, 40):
            every = {start, *rows.reach(work.session, start, forward=True)}
            seen = {one for one in every if rows.sees(work.session, one, within)}
            found = chain.trace(work, by=world.other.manager, lot=start, forward=True)
            assert set(found.lots) <= seen
            assert {(one.source, one.target) for one in found.edges} == {
                ends for ends, grams in edges.items() if grams > 0 and {*ends} <= seen and {*ends} <= every
            }
