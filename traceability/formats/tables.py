"""Tables as files: one value, written as XLSX or as CSV.

No text becomes a formula: in a workbook a text is always a text, in CSV one that a spreadsheet would calculate gets an
apostrophe in front. Numbers are numbers and days are days; their unit stands in the heading. Same table, same bytes.
"""

import csv
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from io import TextIOWrapper
from typing import Any, BinaryIO, TypeAlias

from xlsxwriter import Workbook

from traceability.domain.units import local


class Kind(StrEnum):
    """What a column holds: KG are whole grams shown as kilograms, MOMENT is UTC shown as in Asia/Shanghai."""

    TEXT = "text"
    COUNT = "count"
    KG = "kg"
    DECIMAL = "decimal"
    DAY = "day"
    MOMENT = "moment"


NUMBERS = frozenset({Kind.COUNT, Kind.KG, Kind.DECIMAL})

Value: TypeAlias = str | int | Decimal | date | datetime | Sequence[str] | None
"""What a cell holds; several texts are its lines."""


@dataclass(frozen=True, slots=True)
class Field:
    """A column: its heading, unit included, and what it holds."""

    title: str
    kind: Kind = Kind.TEXT


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under headings. `rows` may be read once only, so that a long table is never whole in memory."""

    title: str
    fields: tuple[Field, ...]
    rows: Iterable[Sequence[Value]]


def lines(value: Value) -> str:
    """A text, or several as lines of one."""
    if value is None:
        return ""
    return str(value) if isinstance(value, str) or not isinstance(value, Sequence) else "\n".join(value)


# --- CSV ------------------------------------------------------------------------------------------------------

CALCULATED = tuple("=+-@\t\r＝＋－＠")
"""How a text begins that a spreadsheet would calculate; full-width signs are taken for plain ones by some."""


def write_csv(table: Table, file: BinaryIO) -> None:
    """As CSV (RFC 4180) in UTF-8, with the mark that Excel knows it by."""
    with_mark = TextIOWrapper(file, encoding="utf-8-sig", newline="", write_through=True)
    writer = csv.writer(with_mark)
    writer.writerow(_plain(field.title) for field in table.fields)
    kinds = [field.kind for field in table.fields]
    writer.writerows(
        [_written(value, kind) for value, kind in zip(row, kinds, strict=True)] for row in table.rows
    )
    with_mark.detach()


def _plain(value: Value) -> str:
    text = lines(value)
    return f"'{text}" if text.startswith(CALCULATED) else text


def _written(value: Value, kind: Kind) -> object:
    if value is None or value == "":
        return ""
    return _CSV[kind](value)


_CSV: dict[Kind, Callable[[Any], object]] = {
    Kind.TEXT: _plain,
    Kind.COUNT: int,
    Kind.KG: lambda grams: f"{Decimal(grams) / 1000:.3f}",
    Kind.DECIMAL: lambda number: f"{number:f}",
    Kind.DAY: lambda day: day.isoformat(),
    Kind.MOMENT: lambda at: f"{local(at):%Y-%m-%d %H:%M}",
}

# --- XLSX -----------------------------------------------------------------------------------------------------

SHEET = 1_000_000
"""Rows of one worksheet; Excel holds 48,576 more, and what is longer goes on in the next."""
_FORMATS: dict[Kind, str] = {
    Kind.TEXT: "@",
    Kind.COUNT: "#,##0",
    Kind.KG: "#,##0.00#",
    Kind.DECIMAL: "General",
    Kind.DAY: "yyyy-mm-dd",
    Kind.MOMENT: "yyyy-mm-dd hh:mm",
}
_WIDTHS: dict[Kind, int] = {
    Kind.TEXT: 26,
    Kind.COUNT: 12,
    Kind.KG: 14,
    Kind.DECIMAL: 12,
    Kind.DAY: 13,
    Kind.MOMENT: 18,
}


def write_xlsx(tables: Iterable[Table], file: BinaryIO, *, title: str, at: datetime) -> None:
    """A workbook with a worksheet for each table, row by row, in memory that does not grow. `at`: when it was made."""
    made = Workbook(file, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    made.set_properties({"title": title, "created": local(at).replace(tzinfo=None)})
    looks = {
        kind: made.add_format({"num_format": shown, "valign": "top", "text_wrap": kind is Kind.TEXT})
        for kind, shown in _FORMATS.items()
    }
    head = made.add_format({"bold": True, "bottom": 1, "valign": "top", "text_wrap": True})
    taken: set[str] = set()
    for table in tables:
        _sheets(made, table, looks, head, taken)
    made.close()


def _sheets(made: Workbook, table: Table, looks: dict[Kind, Any], head: Any, taken: set[str]) -> None:
    """The table, on as many worksheets as it takes; one at least."""
    sheet, at = _sheet(made, table, head, taken), 0
    for row in table.rows:
        if at == SHEET:
            sheet, at = _sheet(made, table, head, taken), 0
        at += 1
        _row(sheet, at, row, table.fields, looks)


def _sheet(made: Workbook, table: Table, head: Any, taken: set[str]) -> Any:
    sheet = made.add_worksheet(sheet_name(table.title, taken))
    sheet.freeze_panes(1, 0)
    for column, field in enumerate(table.fields):
        sheet.set_column(column, column, max(_WIDTHS[field.kind], 2 * len(field.title) + 2))
        sheet.write_string(0, column, field.title, head)
    return sheet


def sheet_name(title: str, taken: set[str]) -> str:
    """A name a worksheet may have, unlike those taken; it is taken from here on."""
    plain = re.sub(r"[\[\]:*?/\\']", " ", title).strip()[:27] or "-"
    names = (plain if n == 1 else f"{plain} {n}" for n in range(1, 10_000))
    name = next(one for one in names if one.casefold() not in taken)
    taken.add(name.casefold())
    return name


def _row(sheet: Any, at: int, row: Sequence[Value], fields: Sequence[Field], looks: dict[Kind, Any]) -> None:
    for column, (value, field) in enumerate(zip(row, fields, strict=True)):
        if value is not None and value != "":
            _CELLS[field.kind](sheet, at, column, value, looks[field.kind])


_LONGEST = 32_767
"""Characters a cell holds; what is longer would be left out without a word."""


def _text(sheet: Any, row: int, column: int, value: Any, look: Any) -> None:
    sheet.write_string(row, column, lines(value)[:_LONGEST], look)


def _number(sheet: Any, row: int, column: int, value: Any, look: Any) -> None:
    sheet.write_number(row, column, value, look)


def _kg(sheet: Any, row: int, column: int, value: Any, look: Any) -> None:
    sheet.write_number(row, column, value / 1000, look)


def _day(sheet: Any, row: int, column: int, value: Any, look: Any) -> None:
    sheet.write_datetime(row, column, value, look)


def _moment(sheet: Any, row: int, column: int, value: Any, look: Any) -> None:
    sheet.write_datetime(row, column, local(value).replace(tzinfo=None), look)


_CELLS: dict[Kind, Callable[..., None]] = {
    Kind.TEXT: _text,
    Kind.COUNT: _number,
    Kind.KG: _kg,
    Kind.DECIMAL: _number,
    Kind.DAY: _day,
    Kind.MOMENT: _moment,
}
