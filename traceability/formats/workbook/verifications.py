"""The list of verified scales as a metrology institute gives it: one sheet, the first of a workbook, or text."""

from io import BytesIO

from python_calamine import CalamineError, PasswordError, load_workbook

from traceability.formats.workbook.errors import (
    TooManyRows,
    WorkbookEmpty,
    WorkbookEncrypted,
    WorkbookUnreadable,
)
from traceability.formats.workbook.guarding import check_archive, check_size, is_spreadsheet
from traceability.formats.workbook.opening import Grid, grid_of, open_file
from traceability.formats.workbook.reading import read_grid
from traceability.formats.workbook.sheets import NUMBER
from traceability.formats.workbook.values import Book, Column, Kind, Sheet

MOST = 20_000

VERIFICATIONS = Sheet(
    "verifications",
    "秤具检定",
    (
        Column("uscc", "统一社会信用代码", note="秤的使用企业", example="91522701MAXTEA015P"),
        Column("no", "秤号", note="企业登记的秤号", example="SC-1", longest=NUMBER),
        Column("verified_on", "检定日期", Kind.DAY, example="2026-03-01"),
        Column("verified_until", "有效期至", Kind.DAY, note="最长一年", example="2027-02-28"),
        Column("certificate_no", "证书编号", required=False, example="QN-2026-0001", longest=NUMBER),
        Column("body", "检定机构", required=False, example="黔南州计量检测中心"),
    ),
    ("uscc", "no", "verified_on"),
    "一行一次检定。",
)


def read_verifications(content: bytes) -> Book:
    """The rows of a list with what is wrong with its cells; raise `WorkbookRefused` for what is no list at all."""
    table, troubles = read_grid(_grid(content), VERIFICATIONS)
    if len(table.rows) > MOST:
        raise TooManyRows(most=MOST)
    if not troubles and not table.rows:
        raise WorkbookEmpty()
    return Book("", (table,), tuple(troubles))


def _grid(content: bytes) -> Grid:
    check_size(content)
    if not is_spreadsheet(content):
        [grid] = open_file(content)[0]
        return grid
    check_archive(content)
    try:
        with load_workbook(BytesIO(content)) as book:
            return grid_of(book.get_sheet_by_index(0), VERIFICATIONS)
    except PasswordError as error:
        raise WorkbookEncrypted() from error
    except (CalamineError, OSError, ValueError, IndexError) as error:
        raise WorkbookUnreadable() from error
