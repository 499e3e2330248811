"""Why a workbook, a sheet, a row or a cell is not taken. Sizes are in bytes."""

from traceability.domain.errors import Refusal


class WorkbookRefused(Refusal):
    """The file cannot be read as a season's workbook."""

    code, field = "workbook.refused", "file"


class WorkbookTooLarge(WorkbookRefused):
    """The file is larger than any season's workbook. Facts: size, largest."""

    code = "workbook.too_large"


class WorkbookEncrypted(WorkbookRefused):
    """The file has a password."""

    code = "workbook.encrypted"


class WorkbookOldFormat(WorkbookRefused):
    """The file is of the format before XLSX, or of another office program."""

    code = "workbook.old_format"


class WorkbookUnreadable(WorkbookRefused):
    """The file is damaged, or no workbook at all."""

    code = "workbook.unreadable"


class WorkbookSwollen(WorkbookRefused):
    """Unpacked, the file is far larger than any season's workbook. Facts: largest."""

    code = "workbook.swollen"


class CellFarOut(WorkbookRefused):
    """A cell lies where no table of the template reaches. Facts: cell."""

    code = "workbook.cell_far_out"


class WorkbookEmpty(WorkbookRefused):
    """There is no row of any table in the file."""

    code = "workbook.empty"


class TooManyRows(WorkbookRefused):
    """More rows than one file may bring. Facts: most."""

    code = "workbook.too_many_rows"


class TooManyNewRows(WorkbookRefused):
    """More new rows than can be recorded one by one while others wait to write. Facts: sheet, rows, most."""

    code = "workbook.too_many_new_rows"


class TextUnreadable(WorkbookRefused):
    """A text file in an encoding that is neither UTF-8 nor GB 18030, or no table."""

    code = "workbook.text_unreadable"


class TableUnknown(WorkbookRefused):
    """The columns of a text file fit no table of the template."""

    code = "workbook.table_unknown"


class SheetUnknown(WorkbookRefused):
    """A sheet is named as none of the template. Facts: sheet, sheets."""

    code = "workbook.sheet_unknown"


class ColumnMissing(WorkbookRefused):
    """A column that is needed is not there. Facts: column."""

    code = "workbook.column_missing"


class ColumnUnknown(WorkbookRefused):
    """A column is named as none of the template. Facts: column."""

    code = "workbook.column_unknown"


class ColumnTwice(WorkbookRefused):
    """Two columns of a sheet have one name. Facts: column."""

    code = "workbook.column_twice"


class CellsMerged(WorkbookRefused):
    """Cells are merged, so that it cannot be told which row a value belongs to. Facts: cells."""

    code = "workbook.cells_merged"


class CellMissing(WorkbookRefused):
    """A cell that is needed is empty, or holds a formula whose value was never saved. Facts: column."""

    code = "workbook.cell_missing"


class CellFormulaFailed(WorkbookRefused):
    """A formula gave an error instead of a value. Facts: text."""

    code = "workbook.cell_formula_failed"


class CellChoiceUnknown(WorkbookRefused):
    """The value is not one of the drop-down list. Facts: text, choices."""

    code = "workbook.cell_choice_unknown"


class DayWithoutYear(WorkbookRefused):
    """A day is written without its year. Facts: text."""

    code = "workbook.day_without_year"


class DayWithoutTime(WorkbookRefused):
    """A moment is written without its time of day. Facts: text."""

    code = "workbook.day_without_time"


class ListUnreadable(WorkbookRefused):
    """A list of lots with their weights cannot be read. Facts: text."""

    code = "workbook.list_unreadable"


class RowTwice(WorkbookRefused):
    """Two rows of a sheet have one number. Facts: no, row."""

    code = "workbook.row_twice"


class RowDiffers(WorkbookRefused):
    """The row is recorded already, with another value. Facts: column, given, recorded."""

    code = "workbook.row_differs"


class RowsDisagree(WorkbookRefused):
    """Two rows of one paper say different things where they have to say the same. Facts: no, row, column."""

    code = "workbook.rows_disagree"
