"""Print jobs: what a job pins down before its first label, and how it is cut into files."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from traceability.domain.marks.ranges import SerialRange, count

ROLL = 5_000
"""Labels in a file at most: a roll, and what a printer takes without choking."""
DATA_ROWS = 100_000
"""Codes in a data file at most."""


class Medium(StrEnum):
    """What leaves the house: labels as pages, or the codes as data for a printing house."""

    LABELS = "labels"
    DATA = "data"


class JobState(StrEnum):
    """OPEN: files are still to be made. DONE: all are made and proved. STOPPED: nothing more is handed over."""

    OPEN = "open"
    DONE = "done"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class Setup:
    """What decides the bytes of a job beside the marks: design and its digest, and how it lies on the paper.

    `start` is the first free cell of a used sheet, counted from 0; `right` and `down` are the printer's offset in
    hundredths of a millimetre; `mark_box` says that the enterprise's official artwork is part of the design.
    """

    design: str
    digest: str
    per_page: int = 1
    mark_box: bool = False
    dated: bool = True
    start: int = 0
    right: int = 0
    down: int = 0

    @property
    def per_file(self) -> int:
        """Labels in a full file: as many whole pages as a roll holds."""
        return max(1, ROLL // self.per_page) * self.per_page


#: A data file has no design; one page of it is a row.
NO_DESIGN = Setup("", "", dated=False)


@dataclass(frozen=True, slots=True)
class FilePlan:
    """One file of a job: its number from 1, its marks in order, and the cell of its first label."""

    seq: int
    ranges: tuple[SerialRange, ...]
    start: int = 0

    @property
    def marks(self) -> int:
        """How many."""
        return count(self.ranges)

    def sheets(self, per_page: int) -> int:
        """Pages it fills."""
        return -(-(self.start + self.marks) // per_page)


def plan(ranges: Sequence[SerialRange], *, per_file: int, start: int = 0) -> tuple[FilePlan, ...]:
    """The files of a job. The first one is shorter by the cells of its sheet that are used up already."""
    sizes = _sizes(count(ranges), per_file, start)
    return tuple(
        FilePlan(seq, part, start if seq == 1 else 0) for seq, part in enumerate(_parts(ranges, sizes), 1)
    )


def _sizes(marks: int, per_file: int, start: int) -> Iterator[int]:
    room = per_file - start
    while marks > 0:
        yield min(marks, room)
        marks, room = marks - room, per_file


def _parts(ranges: Sequence[SerialRange], sizes: Iterator[int]) -> Iterator[tuple[SerialRange, ...]]:
    """The ranges in their order, cut into parts of these sizes."""
    left = list(ranges)
    for size in sizes:
        part: list[SerialRange] = []
        while size:
            one = left.pop(0)
            taken = SerialRange(one.first, min(one.last, one.first + size - 1))
            if taken.last < one.last:
                left.insert(0, SerialRange(taken.last + 1, one.last))
            part.append(taken)
            size -= len(taken)
        yield tuple(part)
