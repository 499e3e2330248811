"""What bringing in a workbook came to."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from traceability.formats.workbook import Trouble


@dataclass(frozen=True, slots=True)
class Counts:
    """Rows of a sheet: new ones, those recorded already, those recorded with other values, and those that are wrong."""

    new: int = 0
    same: int = 0
    conflict: int = 0
    wrong: int = 0

    @property
    def rows(self) -> int:
        """All of them."""
        return self.new + self.same + self.conflict + self.wrong


@dataclass(frozen=True)
class Outcome:
    """Counts by sheet, and every cell that stands in the way. `kept`: whether it was written."""

    sha256: str
    sheets: Mapping[str, Counts] = field(default_factory=dict)
    troubles: tuple[Trouble, ...] = ()
    kept: bool = False

    @property
    def fine(self) -> bool:
        """Whether nothing stands in the way."""
        return not self.troubles

    @property
    def new(self) -> int:
        """Rows to be recorded, over all sheets."""
        return sum(one.new for one in self.sheets.values())
