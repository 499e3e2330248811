"""A file as grids of cells: XLSX by python-calamine, comma-separated text by the csv module."""

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO, StringIO

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, PasswordError, load_workbook

from traceability.formats.workbook.cells import Cell, is_empty
from traceability.formats.workbook.errors import (
    SheetUnknown,
    TextUnreadable,
    WorkbookEncrypted,
    WorkbookUnreadable,
)
from traceability.formats.workbook.guarding import check_archive, check_size, is_spreadsheet
from traceability.formats.workbook.sheets import SHEETS, sheet_named
from traceability.formats.workbook.values import Sheet, Trouble

#: Sheets and columns whose names begin so are people's own, and are left alone.
OWN = ("#", "＃", "备注")
GUIDE = "说明"
_LONGEST_FIELD = 40_000


@dataclass(frozen=True, slots=True)
class Grid:
    """A sheet's cells; `sheet` is None for a text file, which has no name for its table. `merged`: ranges, A1 style."""

    sheet: Sheet | None
    lines: Sequence[Sequence[Cell]]
    merged: tuple[str, ...] = ()


def open_file(content: bytes) -> tuple[list[Grid], list[Trouble]]:
    """The grids of a file, and what is wrong with its sheets; raise `WorkbookRefused` for what is no workbook."""
    check_size(content)
    if not is_spreadsheet(content):
        return [Grid(None, list(_text_lines(content)))], []
    check_archive(content)
    try:
        with load_workbook(BytesIO(content)) as book:
            return _grids(book)
    except PasswordError as error:
        raise WorkbookEncrypted() from error
    except (CalamineError, OSError, ValueError) as error:
        raise WorkbookUnreadable() from error


# --- spreadsheets ----------------------------------------------------------------------------------------------


def _grids(book: CalamineWorkbook) -> tuple[list[Grid], list[Trouble]]:
    grids: list[Grid] = []
    troubles: list[Trouble] = []
    for name in book.sheet_names:
        known = sheet_named(name)
        if known is not None:
            grids.append(grid_of(book.get_sheet_by_name(name), known))
        elif name.strip() != GUIDE and not name.strip().startswith(OWN) and _has_cells(book, name):
            titles = [one.title for one in SHEETS]
            troubles.append(Trouble(name, "", "", SheetUnknown(sheet=name[:40], sheets=titles)))
    return grids, troubles


def _has_cells(book: CalamineWorkbook, name: str) -> bool:
    sheet = book.get_sheet_by_name(name)
    return any(not is_empty(cell) for line in sheet.iter_rows() for cell in line)


def grid_of(sheet: CalamineSheet, known: Sheet) -> Grid:
    """The cells of a worksheet that is known."""
    lines = sheet.to_python(skip_empty_area=False)
    return Grid(known, lines, tuple(_range(*one) for one in sheet.merged_cell_ranges or ()))


def _range(start: tuple[int, int], end: tuple[int, int]) -> str:
    return f"{letters(start[1])}{start[0] + 1}:{letters(end[1])}{end[0] + 1}"


def letters(column: int) -> str:
    """The name of a column, counted from 0: A, B, …, Z, AA."""
    name = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(65 + rest) + name
    return name


# --- text ------------------------------------------------------------------------------------------------------


def _text_lines(content: bytes) -> Iterator[list[Cell]]:
    text = _decoded(content)
    head = text.split("\n", 1)[0]
    delimiter = max(",\t;", key=head.count)
    csv.field_size_limit(_LONGEST_FIELD)
    try:
        for line in csv.reader(StringIO(text, newline=""), delimiter=delimiter, strict=True):
            yield list(line)
    except csv.Error as error:
        raise TextUnreadable() from error


def _decoded(content: bytes) -> str:
    """UTF-8 with or without its mark, else GB 18030, as spreadsheets in China save text."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise TextUnreadable()
