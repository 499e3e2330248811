"""What every sheet's importer is given, and what it answers."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from traceability.domain.errors import Refusal
from traceability.domain.people import Enterprise, Identity
from traceability.formats.workbook import Row
from traceability.store.work import Work

Key = tuple[object, ...]
#: A row's values as the books have them, by column.
Recorded = Mapping[str, object]
#: Why rows are not recorded, by line.
Refused = dict[int, Refusal]


#: Lots that rows found wrong would have made; beside the sheets in `Season.wrong`.
LOTS = "lots"


@dataclass
class Season:
    """The open change, who brings the workbook, and the keys of rows that were found wrong."""

    work: Work
    by: Identity
    now: datetime
    firm: Enterprise
    progress: Callable[[int], None]
    #: By sheet, and lots; `slow` are the rows recorded one by one so far.
    wrong: dict[str, set[Key]] = field(default_factory=dict)
    slow: int = 0


class Stage(Protocol):
    """One sheet's way into the books."""

    def __init__(self, season: Season) -> None: ...

    def known(self, rows: Sequence[Row]) -> Mapping[Key, Recorded]:
        """What the books have under the natural keys of these rows."""

    def needs(self, row: Row) -> Iterable[tuple[str, Key]]:
        """What this row stands on: rows of other sheets by sheet and natural key, lots as `(LOTS, (number,))`."""

    def makes(self, row: Row) -> str | None:
        """The number of the lot a row brings into being, where other rows name it by that."""

    def record(self, rows: Sequence[Row]) -> Refused:
        """Record rows that are new, in the order of time; why not, of those that are refused."""


def one_by_one(season: Season, rows: Iterable[Row], act: Callable[[Mapping[str, Any]], object]) -> Refused:
    """Record each row by a use case of its own."""
    refused: Refused = {}
    for done, row in enumerate(rows, start=1):
        try:
            act(row.values)
        except Refusal as error:
            refused[row.number] = error
        if done % 100 == 0:
            season.progress(done)
    return refused


def in_time(rows: Iterable[Row], column: str = "at") -> list[Row]:
    """Rows in the order things happened."""
    return sorted(rows, key=lambda one: one.values[column])  # type: ignore[arg-type, return-value]


def texts(rows: Iterable[Row], column: str) -> Iterator[str]:
    """What stands in a column of numbers and names."""
    return (str(one.values[column]) for one in rows if one.values[column] is not None)
