"""The books of a prefecture's season: 1,300 enterprises, a million leaf receipts, 30,000 batches, four million marks.

Baseline: the same sums asked of entries, events, lots, mark actions, ranges and products in plain SQL, in the same run.
`value` is seconds of a book, the middle one of several; it may take 1 s on PostgreSQL and 3 s on SQLite. `mib` is how
much memory of its own the process took for a book beyond what it had, the database's file not counted.
"""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

import sqlalchemy as sa

from tests.bench.postgres import bare_postgres
from tests.bench.prefecture import prefecture
from tests.world import World
from traceability.domain.people import Identity, Role
from traceability.services import books
from traceability.store.work import look

TIMES = 5
ALLOWED = {"sqlite": 3.0, "postgresql": 1.0}
OFFICER = Identity(1, "州局", Role.PREFECTURE)

_TEA = """
    SELECT p.id, v.kind, e.account, l.kind, SUM(e.grams), SUM(e.packs)
    FROM entry e JOIN event v ON v.id = e.event_id JOIN enterprise f ON f.id = v.enterprise_id
         JOIN party p ON p.enterprise_id = f.id LEFT JOIN lot l ON l.id = e.lot_id
    WHERE v.happened_at >= :since AND v.happened_at < :before
    GROUP BY p.id, v.kind, e.account, l.kind
"""
_MARKS = """
    SELECT i.enterprise_id, a.action, SUM(a.last - a.first + 1), SUM((a.last - a.first + 1) * p.net_content_g)
    FROM mark_action a JOIN mark_issue i ON i.id = a.issue_id JOIN product p ON p.id = i.product_id
    WHERE a.happened_at >= :since AND a.happened_at < :before GROUP BY i.enterprise_id, a.action
"""
_STATES = """
    SELECT i.enterprise_id, s.state, SUM(s.last - s.first + 1) FROM mark_span s JOIN mark_issue i ON i.id = s.issue_id
    GROUP BY i.enterprise_id, s.state
"""
_SHORT = """
    SELECT s.from_id, SUM(x.grams) FROM shortage x JOIN shipment s ON s.id = x.shipment_id WHERE x.settled_at IS NULL
    GROUP BY s.from_id
"""


def run(size: float = 1.0) -> Iterator[dict[str, Any]]:
    world = prefecture(size)
    with tempfile.TemporaryDirectory() as name:
        copied = Path(name) / "season.db"
        shutil.copyfile(world.url.removeprefix("sqlite:///"), copied)
        yield _case("sqlite", world.again(f"sqlite:///{copied}"))
    with bare_postgres() as url:
        yield _case("postgresql", prefecture(size, url))


def _case(name: str, world: World) -> dict[str, Any]:
    ours, plain = [], []
    _book(world)
    before = _own_mib()
    for _ in range(TIMES):
        ours.append(_book(world))
    grown = _own_mib() - before
    for _ in range(3):
        plain.append(_plain(world))
    world.close()
    value, baseline = median(ours), median(plain)
    return {
        "bench": "audit",
        "case": f"books {name}",
        "value": round(value, 3),
        "unit": "s",
        "baseline": round(baseline, 3),
        "ratio": round(baseline / value, 3),
        "allowed": ALLOWED[name],
        "mib": round(grown, 1),
    }


def _book(world: World) -> float:
    start = perf_counter()
    with look(world.house) as work:
        found = books.book(work, by=OFFICER, season=2026)
    took = perf_counter() - start
    assert found.closes
    return took


def _plain(world: World) -> float:
    start = perf_counter()
    with look(world.house) as work:
        span = {"since": "2025-12-31 16:00:00", "before": "2026-12-31 16:00:00"}
        for sql in (_TEA, _MARKS, _STATES, _SHORT):
            asked = {name: value for name, value in span.items() if f":{name}" in sql}
            work.session.execute(sa.text(sql), asked).all()
    return perf_counter() - start


def _own_mib() -> float:
    """Memory of this process alone."""
    told = Path("/proc/self/status").read_text("ascii")
    return int(told.split("RssAnon:")[1].split()[0]) / 1024
