"""Workbooks to bring in: rows as a clerk would fill them in, by sheet.

content = workbook(receipts=leaf(world, 300))
outcome = bring(world, content)
"""

import csv
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from functools import partial
from io import BytesIO, StringIO
from typing import Any

from xlsxwriter import Workbook

from tests.world import World
from traceability.domain.units import local
from traceability.formats.workbook import Sheet, read, sheet_named
from traceability.services import importing, people
from traceability.services.importing import Outcome
from traceability.store.work import change

Line = Sequence[Any]


def workbook(**rows: Iterable[Line]) -> bytes:
    """An XLSX with these sheets, by key; each row a list of cells in the order of the columns."""
    out = BytesIO()
    book = Workbook(out, {"in_memory": True, "default_date_format": "yyyy-mm-dd hh:mm"})
    for key, lines in rows.items():
        page = book.add_worksheet(sheet(key).title)
        for n, line in enumerate((headings(key), *lines)):
            page.write_row(n, 0, line)
    book.close()
    return out.getvalue()


def sheet(key: str) -> Sheet:
    found = sheet_named(key)
    assert found is not None
    return found


def headings(key: str) -> list[str]:
    return [one.heading for one in sheet(key).columns]


def as_csv(key: str, lines: Iterable[Line], encoding: str = "utf-8") -> bytes:
    """One sheet as comma-separated text."""
    out = StringIO(newline="")
    csv.writer(out).writerows([headings(key), *lines])
    return out.getvalue().encode(encoding)


def leaf(
    world: World, how_many: int, *, kg: float = 0.5, days: int = 1, per_minute: int = 4
) -> list[list[Any]]:
    """Receipts of the first firm, on its plots in turn, from nine in the morning on; nets of `kg`."""
    cards = {one.id: one.no for one in world.see(people.plots)}
    plots = [cards[number] for number in world.plots]
    scale = world.see(people.scales)[0].no
    start = local(world.now).replace(hour=9, minute=0, second=0, tzinfo=None) - timedelta(days=days)
    per_day = -(-how_many // days)
    return [
        [
            f"S-{n + 1:05d}",
            start + timedelta(days=n // per_day, seconds=(n % per_day) * 60 // per_minute),
            plots[n % len(plots)], scale, kg + 0.6, 0.6, "一芽一叶初展", f"C-{n + 1}", None, None,
        ]
        for n in range(how_many)
    ]  # fmt: skip


def bring(world: World, content: bytes, *, keep: bool = True, by: Any = None) -> Outcome:
    """Read a file and bring it in, now."""
    return importing.bring_in(
        partial(change, world.house),
        by=by or world.firm.manager,
        now=world.now,
        book=read(content),
        keep=keep,
    )


def told(outcome: Outcome) -> list[tuple[str, str, str]]:
    """(place, value, code) of everything that is wrong."""
    return [(one.place, one.value, one.refusal.code) for one in outcome.troubles]


def a_day(text: str) -> date:
    return date.fromisoformat(text)


def a_moment(text: str) -> datetime:
    """A cell with a date and time, as spreadsheets have it: without a zone."""
    return datetime.fromisoformat(text)
