"""What a workbook is made of: kinds of columns, sheets, and rows as they were read."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from traceability.domain.errors import Refusal


class Kind(StrEnum):
    """How a cell is read. Weights are whole grams, moments UTC, percentages and areas exact decimals."""

    TEXT = "text"
    WEIGHT = "weight"
    WEIGHT_OR_ZERO = "weight_or_zero"
    AREA = "area"
    PERCENT = "percent"
    WHOLE = "whole"
    DAY = "day"
    MOMENT = "moment"
    CHOICE = "choice"
    LOTS = "lots"
    NAMES = "names"
    SERIALS = "serials"


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its name on the sheet and in programs, how it is read, and what the template says of it.

    `choices` are the values of the drop-down list with what they mean; a text has `longest` characters at most.
    """

    key: str
    title: str
    kind: Kind = Kind.TEXT
    required: bool = True
    unit: str = ""
    choices: Mapping[str, object] = field(default_factory=dict)
    note: str = ""
    example: str = ""
    longest: int = 120

    @property
    def heading(self) -> str:
        """As it stands on the sheet: name, unit, and a star where it must be filled in."""
        unit = f"（{self.unit}）" if self.unit else ""
        return f"{self.title}{unit}{'*' if self.required else ''}"


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet. `natural` are the columns that tell one row from another, `fields` says which column a refusal is about.

    A field that is the key of a column need not be named in `fields`.
    """

    key: str
    title: str
    columns: tuple[Column, ...]
    natural: tuple[str, ...]
    note: str
    fields: Mapping[str, str] = field(default_factory=dict)

    def column(self, key: str) -> Column:
        """A column by its key."""
        return next(one for one in self.columns if one.key == key)

    def column_of(self, field_name: str | None) -> str:
        """The column a refusal about a field belongs to; the number of the row where it fits none."""
        name = self.fields.get(field_name or "", field_name or "")
        return name if any(one.key == name for one in self.columns) else self.natural[0]


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a sheet; `number` is the line people see, `values` are by column, None for an empty cell."""

    number: int
    values: Mapping[str, object]

    def key(self, sheet: Sheet) -> tuple[object, ...]:
        """What tells it from other rows."""
        return tuple(self.values[one] for one in sheet.natural)


@dataclass(frozen=True, slots=True)
class Trouble:
    """One thing that is wrong, and where: sheet and cell as people name them, what stands there, and why not."""

    sheet: str
    cell: str
    value: str
    refusal: Refusal

    @property
    def place(self) -> str:
        """As a formula would name the cell: 鲜叶收青!D17."""
        return f"{self.sheet}!{self.cell}" if self.cell else self.sheet

    @property
    def order(self) -> tuple[int, int, str]:
        """Row by row, and in a row from left to right: as somebody goes through a sheet who mends it."""
        letters = self.cell.rstrip("0123456789")
        return int(self.cell[len(letters) :] or 0), len(letters), letters


@dataclass(frozen=True, slots=True)
class Table:
    """A sheet as read, and the letters its columns have in the file.

    `rows` are those without fault, `broken` the others: what could not be read of them is None. `wrong` is the number
    of those, and of all rows where the headings are at fault.
    """

    sheet: Sheet
    rows: tuple[Row, ...]
    letters: Mapping[str, str]
    broken: tuple[Row, ...] = ()
    wrong: int = 0

    def cell(self, row: int, column: str) -> str:
        """A cell's name; of a column that is not in the file, its row."""
        return f"{self.letters.get(column, '')}{row}"


@dataclass(frozen=True, slots=True)
class Book:
    """A file as read: its tables in the order they are recorded, and everything wrong with it so far."""

    sha256: str
    tables: tuple[Table, ...]
    troubles: tuple[Trouble, ...] = ()

    @property
    def rows(self) -> int:
        """Rows without fault."""
        return sum(len(one.rows) for one in self.tables)
