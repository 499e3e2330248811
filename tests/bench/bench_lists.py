"""The board and every list of the desk through the app, in a season of 100,000 receipts; baseline: 100 ms a page.

`value` and `baseline` are milliseconds, the median of several looks at a page by somebody signed in; `ratio` is how
often the page fits into 100 ms. A page that asks the database more often than in a season of 1,000 receipts stops the
run.
"""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import event

from tests.bench import Case
from tests.bench.harvest import season
from tests.web.conftest import app_over
from tests.web.staff import Staff
from tests.world import World

FEW, MANY = 1_000, 100_000
LIMIT_MS = 100
LOOKS = 9
PAGES = (
    "/desk/",
    "/desk/receipts",
    "/desk/receipts?page=2000",
    "/desk/receipts?sort=no",
    "/desk/receipts?sort=-net",
    "/desk/receipts?sort=plot",
    "/desk/receipts?sort=plot&page=20",
    "/desk/receipts?q=R-04242",
    "/desk/receipts?q=PLOT-11",
    "/desk/receipts?q=螺蛳壳",
    "/desk/receipts?q=CN0042424",
    "/desk/receipts?from=2026-04-10&to=2026-04-20",
    "/desk/events",
    "/desk/events?kind=processing",
    "/desk/events?sort=kind",
    "/desk/events?q=DY-000999",
    "/desk/packings",
    "/desk/packings?sort=-packs",
    "/desk/lots",
    "/desk/lots?page=2000",
    "/desk/lots?stock=1",
    "/desk/lots?kind=batch",
    "/desk/lots?sort=-grams",
    "/desk/lots?sort=kind",
    "/desk/lots?sort=grade",
    "/desk/lots?sort=plucked",
    "/desk/lots?q=M-0",
    "/desk/deliveries",
    "/desk/sales",
    "/desk/sales?sort=-sold",
    "/desk/requests",
    "/desk/marks",
    "/desk/prints",
    "/desk/suppliers?list=plots",
    "/desk/suppliers?list=growers",
    "/desk/suppliers?list=works",
    "/desk/suppliers?list=scales",
    "/desk/suppliers?list=products",
    "/desk/suppliers?list=consignees",
)


def run() -> Iterator[Case]:
    with tempfile.TemporaryDirectory() as folder:
        few = measured(season(FEW), Path(folder) / "few")
        for page, took, asked in measured(season(MANY), Path(folder) / "many"):
            _, _, before = next(few)
            if asked > before:
                raise AssertionError(f"{page}: {asked} questions to the database, {before} in a small season")
            yield {
                "bench": "lists", "case": page, "value": round(took, 1), "unit": "ms",
                "baseline": LIMIT_MS, "ratio": round(LIMIT_MS / took, 2),
            }  # fmt: skip


def measured(world: World, folder: Path) -> Iterator[tuple[str, float, int]]:
    """Each page with its milliseconds and how often the database was asked."""
    folder.mkdir()
    app = app_over(world, folder, "public", "staff")
    client = Staff(app, world, world.firm.manager).client
    for page in PAGES:
        yield page, *look_at(client, world, page)
    world.close()


def look_at(client: FlaskClient, world: World, page: str) -> tuple[float, int]:
    """Milliseconds of a page, the median of some looks, and its statements."""
    with counted(world) as statements:
        opened(client, page)
    return median(opened(client, page) for _ in range(LOOKS)), len(statements)


def opened(client: FlaskClient, page: str) -> float:
    start = perf_counter()
    answer = client.get(page)
    took = (perf_counter() - start) * 1000
    assert answer.status_code == 200, (page, answer.status_code)
    return took


@contextmanager
def counted(world: World) -> Iterator[list[str]]:
    """The statements a world's database is asked meanwhile."""
    found: list[str] = []

    def note(_c: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        found.append(statement)

    engine = world.house.sessions.kw["bind"]
    event.listen(engine, "before_cursor_execute", note)
    yield found
    event.remove(engine, "before_cursor_execute", note)
