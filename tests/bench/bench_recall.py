"""The reach of one plot in a prefecture's season, from click to list: forward to packs, holders, sales, marks, looks.

Baseline: the lots of the same reach, walked one step after the other by the plainest SQL, and the sums an officer asks
for, over the list of their ids. Both are asked in turn, of several plots; `value` is milliseconds, the middle one. The
answers are compared: the same lots, the same grams still to be found.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from statistics import median
from time import perf_counter
from typing import Any

import sqlalchemy as sa

from tests.bench.postgres import bare_postgres
from tests.bench.prefecture import prefecture
from tests.world import World
from traceability.domain.people import Identity, Role
from traceability.domain.recalls import Scope, ScopeKind
from traceability.services import recalls
from traceability.store.work import Work, look

SIZE = 1.0
PLOTS, MUST_MS = 15, 1000
OFFICER = Identity(1, "州局", Role.PREFECTURE)


def run(size: float = SIZE) -> Iterator[dict[str, Any]]:
    world = prefecture(size)
    yield from _cases(world, "sqlite")
    world.close()
    with bare_postgres() as url:
        world = prefecture(size, url)
        yield from _cases(world, "postgresql")
        world.close()


def _cases(world: World, kind: str) -> Iterator[dict[str, Any]]:
    with look(world.house) as work:
        plots = _sample(work, "SELECT DISTINCT plot_id FROM entry WHERE plot_id IS NOT NULL ORDER BY plot_id")
        packed = _sample(work, "SELECT id FROM lot WHERE kind = 'pack_lot' ORDER BY id")
    for case, scopes in (
        ("one plot", [Scope(ScopeKind.PLOT, one) for one in plots]),
        ("one pack lot, and back to its plots", [Scope.lot(one) for one in packed]),
    ):
        ours, theirs, lots = _times(world, scopes)
        yield {
            "bench": "recall",
            "case": f"{case}, {kind}",
            "value": round(ours * 1000, 1),
            "unit": "ms",
            "baseline": round(theirs * 1000, 1),
            "ratio": round(theirs / ours, 3),
            "lots": lots,
            "allowed": MUST_MS,
        }


def _sample(work: Work, query: str) -> list[int]:
    found = list(work.session.scalars(sa.text(query)))
    return found[:: max(1, len(found) // PLOTS)][:PLOTS]


def _times(world: World, scopes: list[Scope]) -> tuple[float, float, int]:
    """Seconds of ours and of the plain way, and how many lots an answer has in the middle."""
    ours: list[float] = []
    theirs: list[float] = []
    lots: list[int] = []
    for scope in scopes:
        with _timed(ours), look(world.house) as work:
            found = recalls.reach(work, by=OFFICER, scope=scope)
        with _timed(theirs), look(world.house) as work:
            plain = _plain(work, scope)
        assert (set(found.spread.lots), found.spread.left.grams) == plain, scope
        lots.append(len(found.spread.lots))
    return median(ours), median(theirs), int(median(lots))


@contextmanager
def _timed(kept: list[float]) -> Iterator[None]:
    start = perf_counter()
    yield
    kept.append(perf_counter() - start)


def _plain(work: Work, scope: Scope) -> tuple[set[int], int]:
    """The lots a step at a time, and what an officer asks of them, list by list."""
    if scope.kind is ScopeKind.PLOT:
        ring = _ids(work, "SELECT DISTINCT lot_id FROM entry WHERE plot_id = :n", n=scope.what)
    else:
        ring = {scope.what}
        back = set(ring)
        while back:
            back = _ids(work, f"SELECT DISTINCT source_id FROM edge WHERE target_id IN {_list(back)}")
    found = set(ring)
    while ring:
        ring = _ids(work, f"SELECT DISTINCT target_id FROM edge WHERE source_id IN {_list(ring)}") - found
        found |= ring
    return found, _asked(work, _list(found))


def _asked(work: Work, lots: str) -> int:
    """Grams still to be found; on the way holders, sales, marks and looks are read as well."""
    session = work.session
    held = session.execute(
        sa.text(
            "SELECT account, party_id, SUM(grams) FROM entry WHERE account NOT IN ('plot') "
            f"AND lot_id IN {lots} GROUP BY account, party_id"
        )
    ).all()
    sales = session.execute(
        sa.text(
            "SELECT v.id, v.terms, e.grams FROM entry e JOIN event v ON v.id = e.root_id "
            f"WHERE e.account = 'sold' AND e.lot_id IN {lots}"
        )
    ).all()
    channels = {json.loads(terms).get("channel") for _, terms, _ in sales}
    spans = session.execute(
        sa.text(f"SELECT first, last, state FROM mark_span WHERE pack_lot_id IN {lots}")
    ).all()
    for first, last, _state in spans:
        session.execute(
            sa.text("SELECT SUM(looks) FROM scan_tally WHERE serial BETWEEN :first AND :last"),
            {"first": first, "last": last},
        ).all()
    assert channels is not None
    return sum(int(g) for account, _, g in held if account in ("held", "transit", "sold") and g > 0)


def _ids(work: Work, query: str, **given: int) -> set[int]:
    return set(work.session.scalars(sa.text(query), given))


def _list(numbers: set[int]) -> str:
    return f"({','.join(map(str, sorted(numbers)))})"
