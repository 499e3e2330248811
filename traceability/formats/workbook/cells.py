"""One cell: what a spreadsheet gives becomes a value of the domain, by the domain's own parsers.

Numbers of spreadsheets are binary fractions. They are taken with the fifteen digits a spreadsheet shows, so that
31.2 is 31.2 and the sum of 0.1 and 0.2 is 0.3.
"""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from unicodedata import category

from traceability.domain import units
from traceability.domain.errors import Refusal
from traceability.domain.marks import SerialRange, joined, read_ranges
from traceability.domain.people import UNSEEN, read_text
from traceability.formats.workbook.errors import (
    CellChoiceUnknown,
    CellFormulaFailed,
    CellMissing,
    DayWithoutTime,
    DayWithoutYear,
    ListUnreadable,
)
from traceability.formats.workbook.values import Column, Kind

#: What reading a spreadsheet gives.
Cell = str | float | int | bool | date | datetime | time | timedelta | None

_FAILED = re.compile(r"#(?:N/A|REF!|VALUE!|DIV/0!|NAME\?|NULL!|NUM!|GETTING_DATA|SPILL!|CALC!)")
_NO_YEAR = re.compile(r"\d{1,2}(?:月\d{1,2}[日号]|[-/.]\d{1,2})(?:\D.*)?")
_LISTED = re.compile(r"[、;；\n]+")


def is_empty(cell: Cell) -> bool:
    """Whether there is nothing in a cell that anybody sees."""
    return cell is None or (isinstance(cell, str) and not cell.strip())


def as_text(cell: Cell) -> str:
    """A cell as people see it."""
    if isinstance(cell, str):
        return cell.strip() if cell.isprintable() else _seen(cell)
    if isinstance(cell, bool):
        return "是" if cell else "否"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else f"{cell:.15g}"
    if isinstance(cell, datetime):
        return cell.isoformat(" ", "minutes")
    return "" if cell is None else str(cell)


def _seen(text: str) -> str:
    """Without control and format characters, which steer a terminal or make a text look like another."""
    return "".join(one for one in text if one.isspace() or category(one) not in UNSEEN).strip()


def read_cell(cell: Cell, column: Column) -> object:
    """The value of a cell; None for an empty one that may be empty. Raise a `Refusal` that says what to do."""
    if is_empty(cell):
        if column.required:
            raise CellMissing(column=column.title)
        return None
    if isinstance(cell, str) and cell.startswith("#") and _FAILED.fullmatch(cell.strip()):
        raise CellFormulaFailed(text=cell.strip())
    return _READERS[column.kind](cell, column)


def _text(cell: Cell, column: Column) -> str:
    return read_text(as_text(cell), column.key, longest=column.longest)


def _weight(cell: Cell, _column: Column) -> int:
    return _whole_grams(cell) or units.parse_weight(as_text(cell))


def _weight_or_zero(cell: Cell, _column: Column) -> int:
    return _whole_grams(cell) or units.parse_weight_or_zero(as_text(cell))


def _whole_grams(cell: Cell) -> int:
    """Kilograms of a number cell as whole grams, the common case; 0 for what the parser has to look at."""
    if type(cell) is not float or not 0 < cell < 100_000:
        return 0
    grams = round(cell * 1000)
    return grams if f"{cell:.15g}" == f"{grams / 1000:.15g}" else 0


def _area(cell: Cell, _column: Column) -> object:
    return units.parse_area(as_text(cell))


def _percent(cell: Cell, _column: Column) -> object:
    return units.parse_percent(as_text(cell))


def _whole(cell: Cell, _column: Column) -> int:
    text = units.half_width(as_text(cell))
    return 0 if text == "0" else units.parse_count(text)


def _day(cell: Cell, _column: Column) -> date:
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    text = as_text(cell)
    if isinstance(cell, str) and _NO_YEAR.fullmatch(units.half_width(text)):
        raise DayWithoutYear(text=text[:40])
    return units.parse_day(text)


def _moment(cell: Cell, _column: Column) -> datetime:
    if isinstance(cell, datetime):
        nearest = (cell + timedelta(microseconds=500_000)).replace(
            microsecond=0
        )  # 18:05 may come as 18:04:59.9999
        return nearest.replace(tzinfo=units.SHANGHAI).astimezone(UTC)
    text = as_text(cell)
    if isinstance(cell, date) or _is_day(text):
        raise DayWithoutTime(text=text[:40])
    if isinstance(cell, str) and _NO_YEAR.fullmatch(units.half_width(text)):
        raise DayWithoutYear(text=text[:40])
    return units.parse_moment(text)


def _is_day(text: str) -> bool:
    try:
        units.parse_day(text)
    except Refusal:
        return False
    return True


def _choice(cell: Cell, column: Column) -> object:
    text = "".join(as_text(cell).split())
    if text in column.choices:
        return column.choices[text]
    for value in column.choices.values():
        if str(value) == text:
            return value
    raise CellChoiceUnknown(text=text[:40], choices=list(column.choices))


def _lots(cell: Cell, _column: Column) -> tuple[tuple[str, int | None], ...]:
    """(number, grams or None for all of it) of every lot named; none twice."""
    parts = [one for one in _LISTED.split(as_text(cell)) if one.strip()]
    found = tuple(_lot(one) for one in parts)
    if not found or len({no for no, _ in found}) != len(found):
        raise ListUnreadable(text=as_text(cell)[:40])
    return found


def _lot(part: str) -> tuple[str, int | None]:
    words = part.split()
    if len(words) == 1:
        return words[0], None
    if len(words) != 2:
        raise ListUnreadable(text=part.strip()[:40])
    return words[0], units.parse_weight(words[1])


def _names(cell: Cell, column: Column) -> tuple[str, ...]:
    parts = [one.strip() for one in _LISTED.split(as_text(cell)) if one.strip()]
    if not parts or len(set(parts)) != len(parts):
        raise ListUnreadable(text=as_text(cell)[:40])
    return tuple(read_text(one, column.key, longest=40) for one in parts)


def _serials(cell: Cell, _column: Column) -> tuple[SerialRange, ...]:
    return joined(read_ranges(as_text(cell)))


_READERS: Mapping[Kind, Callable[[Any, Column], object]] = {
    Kind.TEXT: _text,
    Kind.WEIGHT: _weight,
    Kind.WEIGHT_OR_ZERO: _weight_or_zero,
    Kind.AREA: _area,
    Kind.PERCENT: _percent,
    Kind.WHOLE: _whole,
    Kind.DAY: _day,
    Kind.MOMENT: _moment,
    Kind.CHOICE: _choice,
    Kind.LOTS: _lots,
    Kind.NAMES: _names,
    Kind.SERIALS: _serials,
}
