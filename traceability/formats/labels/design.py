"""A label design: a folder with `design.toml` (sizes, boxes), `label.html` (drawing), `style.css`; no code.

All lengths are in mm, type sizes in points, places measured from the upper left corner of the label (the
grid's from that of the page). Every varying text has its own box; `checks` says what else must hold.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from traceability.formats import qr
from traceability.formats.labels.type import MM_PER_POINT

Kind = Literal["mark", "carton"]
Item = Literal[
    "qr", "code", "control_number", "artwork", "gi_name", "standard", "product", "net_content", "grade",
    "pack_date", "hotline", "enterprise", "uscc", "carton_no", "lot", "packs", "ranges",
]  # fmt: skip
Length = Annotated[float, Field(gt=0)]
POINTS_PER_MM = 72 / 25.4
SLACK = 0.01
"""mm; sums of decimal fractions are not exact."""
Offset = Annotated[float, Field(ge=0)]


class Fault(StrEnum):
    """The kinds of things that can be wrong with a design; the doors have the words."""

    UNREADABLE = "unreadable"
    MISSING = "missing"
    UNKNOWN = "unknown"
    VALUE = "value"
    NOT_OF_KIND = "not_of_kind"
    ITEM_NEEDED = "item_needed"
    MARK_BOX = "mark_box"
    BOXES = "boxes"
    DATE_TWICE = "date_twice"
    DRAWING = "drawing"
    DRAWN = "drawn"
    READS = "reads"
    FONT_LACKS = "font_lacks"
    COLUMNS = "columns"
    ROWS = "rows"
    OFF_LABEL = "off_label"
    OVERLAPS = "overlaps"
    SYMBOL_SMALL = "symbol_small"
    LINES_HIGH = "lines_high"
    NUMBER_WIDE = "number_wide"
    NOT_LEFT = "not_left"
    DIGITS_LOW = "digits_low"
    NOT_HELD = "not_held"
    CAPTION_OFF = "caption_off"
    CAPTION_OVER = "caption_over"
    DIFFERS = "differs"
    NOT_PLAIN = "not_plain"


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong at `key` of one `file` of a design; `facts` has the texts and numbers, lengths in mm."""

    key: str
    fault: Fault
    facts: Mapping[str, object] = field(default_factory=dict)
    file: str = "design.toml"

    def __str__(self) -> str:
        return f"{self.file}: {self.key}: {self.fault} {dict(self.facts) or ''}".rstrip()


class BadDesign(Exception):
    """A design that must not be used: its folder, and every problem found."""

    def __init__(self, folder: Path, problems: Sequence[Problem]) -> None:
        super().__init__("; ".join(f"{folder.name}/{problem}" for problem in problems))
        self.folder = folder
        self.problems = tuple(problems)


class Part(BaseModel):
    """A table of `design.toml`: fixed once read, unknown keys refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Size(Part):
    """Width and height in mm."""

    width: Length
    height: Length


class Box(Size):
    """A place on the label, in mm."""

    x: Offset
    y: Offset

    @property
    def right(self) -> float:
        return self.x + self.width

    @property
    def bottom(self) -> float:
        return self.y + self.height

    def overlaps(self, other: "Box") -> bool:
        across = min(self.right, other.right) - max(self.x, other.x)
        down = min(self.bottom, other.bottom) - max(self.y, other.y)
        return min(across, down) > SLACK


class TextBox(Box):
    """Where a varying text stands: `size` in points, at most `lines` lines, centred in the height."""

    size: Length
    weight: Literal[400, 700] = 400
    align: Literal["left", "center", "right"] = "left"
    lines: Annotated[int, Field(ge=1)] = 1

    @property
    def leading(self) -> float:
        """Distance of lines in mm."""
        return self.height / self.lines

    @property
    def capacity(self) -> int:
        """Full-width (Chinese) characters it holds at least; of digits and Latin letters there go more."""
        return self.lines * int((self.width + SLACK) / (self.size * MM_PER_POINT))


class Grid(Part):
    """The labels on a page: first one at `left`, `top` mm, gaps between them in mm."""

    columns: Annotated[int, Field(ge=1)] = 1
    rows: Annotated[int, Field(ge=1)] = 1
    left: Offset = 0
    top: Offset = 0
    column_gap: Offset = 0
    row_gap: Offset = 0

    @property
    def count(self) -> int:
        return self.columns * self.rows


class QrPlace(Part):
    """The symbol's upper left corner (quiet zone included), a module's size in mm, the one version used."""

    x: Offset
    y: Offset
    module: Annotated[float, Field(ge=0.33)]  # below, many phones no longer read a printed symbol (issue 3)
    version: Annotated[int, Field(ge=1, le=40)]

    @property
    def box(self) -> Box:
        side = qr.width(self.version) * self.module
        return Box(x=self.x, y=self.y, width=side, height=side)


class Name(Part):
    """What the design is called."""

    zh: str
    en: str


class Design(Part):
    """A design that passed every check. `id` is the name of its folder."""

    id: str
    folder: Path
    fonts: Path
    template: str
    style: str
    kind: Kind = "mark"
    name: Name
    carries: frozenset[Item]
    leaves_pack_date_to_coder: bool
    page: Size
    label: Size
    grid: Grid
    qr: QrPlace
    mark_box: Box | None = None
    texts: dict[str, TextBox]

    @property
    def has_mark_box(self) -> bool:
        """Whether live output needs the enterprise's own approved CNIPA artwork."""
        return self.mark_box is not None

    def cell(self, index: int) -> tuple[float, float]:
        """Left and top in mm of the label `index` of a page, counted row by row."""
        row, column = divmod(index, self.grid.columns)
        left = self.grid.left + column * (self.label.width + self.grid.column_gap)
        return left, self.grid.top + row * (self.label.height + self.grid.row_gap)
