"""Grids of cells become rows of values; whatever is wrong is collected, cell by cell, and nothing is raised for it."""

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace

from traceability.domain.errors import Refusal
from traceability.formats.workbook.cells import Cell, as_text, is_empty, read_cell
from traceability.formats.workbook.errors import (
    CellsMerged,
    ColumnMissing,
    ColumnTwice,
    ColumnUnknown,
    RowTwice,
    TableUnknown,
    TooManyRows,
    WorkbookEmpty,
)
from traceability.formats.workbook.opening import OWN, Grid, letters, open_file
from traceability.formats.workbook.sheets import SHEETS
from traceability.formats.workbook.values import Book, Column, Row, Sheet, Table, Trouble

#: Rows of one file, over all its sheets.
MOST_ROWS = 60_000
_EVERY = 1_000

Progress = Callable[[int, int], None]


def read(content: bytes, progress: Progress = lambda done, of: None) -> Book:
    """The tables of a workbook; raise `WorkbookRefused` for a file that cannot be read at all.

    `progress` is told how many rows of how many are read.
    """
    grids, troubles = open_file(content)
    named = [one if one.sheet else replace(one, sheet=_sheet_of(one)) for one in grids]
    total = sum(len(one.lines) for one in named)
    if total > MOST_ROWS and sum(_filled(one.lines) for one in named) > MOST_ROWS:
        raise TooManyRows(most=MOST_ROWS)
    readers = [_Reader(one, troubles, progress, total) for one in named if one.sheet is not None]
    tables = [one.table() for one in readers]
    if not troubles and not any(one.rows for one in tables):
        raise WorkbookEmpty()
    order = {one.key: n for n, one in enumerate(SHEETS)}
    tables.sort(key=lambda one: order[one.sheet.key])
    return Book(hashlib.sha256(content).hexdigest(), tuple(tables), tuple(troubles))


def read_grid(grid: Grid, sheet: Sheet) -> tuple[Table, list[Trouble]]:
    """One grid as the table of a sheet, and what is wrong with its cells."""
    troubles: list[Trouble] = []
    reader = _Reader(replace(grid, sheet=sheet), troubles, lambda done, of: None, len(grid.lines))
    return reader.table(), troubles


def _filled(lines: Iterable[Sequence[Cell]]) -> int:
    return sum(1 for line in lines if any(not is_empty(cell) for cell in line))


def _plain(title: str) -> str:
    """A column's name without what people and programs add to it: unit, star, spaces."""
    bare = "".join(title.split()).replace("(", "（").replace("＊", "*").rstrip("*")
    return bare.split("（", 1)[0].lower()


def _column_of(sheet: Sheet, title: str) -> Column | None:
    asked = _plain(title)
    return next((one for one in sheet.columns if asked in {_plain(one.title), one.key}), None)


def _sheet_of(grid: Grid) -> Sheet:
    """The sheet whose columns these are; raise `TableUnknown`."""
    head = next((line for line in grid.lines if any(not is_empty(cell) for cell in line)), ())
    titles = [as_text(cell) for cell in head]

    def fits(sheet: Sheet) -> tuple[bool, int]:
        found = {column.key for title in titles if (column := _column_of(sheet, title))}
        needed = {one.key for one in sheet.columns if one.required}
        return needed <= found, len(found)

    best = max(SHEETS, key=fits)
    if not fits(best)[1]:
        raise TableUnknown()
    return best


@dataclass
class _Reader:
    """One grid on its way to a table."""

    grid: Grid
    troubles: list[Trouble]
    progress: Progress
    total: int
    places: dict[int, Column] = field(default_factory=dict)

    def table(self) -> Table:
        """The rows below the headings."""
        sheet, lines = self.sheet, self.grid.lines
        for cells in self.grid.merged:
            self._tell(cells.split(":")[0], cells, CellsMerged(cells=cells))
        first = next((n for n, line in enumerate(lines) if any(not is_empty(c) for c in line)), None)
        if first is None:
            return Table(sheet, (), {})
        if not self._read_head(lines[first], first + 1):
            return Table(sheet, (), self.letters, wrong=_filled(lines[first + 1 :]))
        return self._read_rows(lines, first + 1)

    @property
    def sheet(self) -> Sheet:
        assert self.grid.sheet is not None
        return self.grid.sheet

    @property
    def letters(self) -> dict[str, str]:
        return {column.key: letters(n) for n, column in self.places.items()}

    def _tell(self, cell: str, value: str, refusal: Refusal) -> None:
        self.troubles.append(Trouble(self.sheet.title, cell, value[:80], refusal))

    def _read_head(self, head: Sequence[Cell], line: int) -> bool:
        """Which column stands where; whether every one that is needed is there, and none is strange."""
        before = len(self.troubles)
        for n, cell in enumerate(head):
            title = as_text(cell)
            if not title or title.startswith(OWN):
                continue
            column = _column_of(self.sheet, title)
            if column is None:
                self._tell(f"{letters(n)}{line}", title, ColumnUnknown(column=title[:40]))
            elif column in self.places.values():
                self._tell(f"{letters(n)}{line}", title, ColumnTwice(column=column.title))
            else:
                self.places[n] = column
        for column in self.sheet.columns:
            if column.required and column not in self.places.values():
                self._tell(f"A{line}", "", ColumnMissing(column=column.heading))
        return len(self.troubles) == before

    def _read_rows(self, lines: Sequence[Sequence[Cell]], start: int) -> Table:
        rows: dict[tuple[object, ...], Row] = {}
        broken: list[Row] = []
        for number, line in enumerate(lines[start:], start=start + 1):
            if number % _EVERY == 0:
                self.progress(number, self.total)
            if all(is_empty(line[n]) for n in self.places if n < len(line)):
                continue
            row, fine = self._read_row(line, number)
            first = rows.setdefault(row.key(self.sheet), row) if fine else row
            if first is not row:
                self._twice(row, first.number)
            if first is not row or not fine:
                broken.append(row)
        # Of two rows with one number neither is to be trusted.
        broken += [rows.pop(key) for key in {one.key(self.sheet) for one in broken} if key in rows]
        return Table(self.sheet, tuple(rows.values()), self.letters, tuple(broken), len(broken))

    def _read_row(self, line: Sequence[Cell], number: int) -> tuple[Row, bool]:
        """The row, and whether all of it could be read; what could not is None."""
        values: dict[str, object] = dict.fromkeys((one.key for one in self.sheet.columns), None)
        fine = True
        for n, column in self.places.items():
            cell = line[n] if n < len(line) else None
            try:
                values[column.key] = read_cell(cell, column)
            except Refusal as error:
                fine = False
                self._tell(f"{letters(n)}{number}", as_text(cell), error)
        return Row(number, values), fine

    def _twice(self, row: Row, first: int) -> None:
        key = self.sheet.natural[0]
        no = str(row.values[key])
        self._tell(f"{self.letters[key]}{row.number}", no, RowTwice(no=no, row=first))
