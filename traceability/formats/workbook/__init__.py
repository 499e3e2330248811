"""A season's workbook: sheets and columns as data, one definition for the template, the reader and the messages."""

from traceability.formats.workbook.errors import (
    CellMissing,
    ColumnMissing,
    RowDiffers,
    RowsDisagree,
    RowTwice,
    TooManyNewRows,
    WorkbookRefused,
)
from traceability.formats.workbook.guarding import LARGEST
from traceability.formats.workbook.reading import MOST_ROWS, read
from traceability.formats.workbook.sheets import SHEETS, sheet_named
from traceability.formats.workbook.showing import shown
from traceability.formats.workbook.template import template
from traceability.formats.workbook.values import Book, Column, Kind, Row, Sheet, Table, Trouble

__all__ = [
    "LARGEST",
    "MOST_ROWS",
    "SHEETS",
    "Book",
    "CellMissing",
    "Column",
    "ColumnMissing",
    "Kind",
    "Row",
    "RowDiffers",
    "RowTwice",
    "RowsDisagree",
    "Sheet",
    "Table",
    "TooManyNewRows",
    "Trouble",
    "WorkbookRefused",
    "read",
    "sheet_named",
    "shown",
    "template",
]
