"""Print jobs: what a job pins down before its first label, and how it is cut into files."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from traceability.domain.marks.ranges import SerialRange, count
from traceability.domain.units import parse_decimal

ROLL = 5_000
"""Labels in a file at most: a roll, and what a printer takes without choking."""
DATA_ROWS = 100_000
"""Codes in a data file at most."""


HUNDREDTHS = 100
"""A printer's offset is kept in whole hundredths of a millimetre."""
FURTHEST_MM = 20
"""A printer that is off by more is fed with another paper."""


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
    files = -(-(start + count(ranges)) // per_file)
    return tuple(file_of(ranges, seq, per_file=per_file, start=start) for seq in range(1, files + 1))


def file_of(ranges: Sequence[SerialRange], seq: int, *, per_file: int, start: int = 0) -> FilePlan:
    """One file of a job by its number; it holds no marks when the job has no such file."""
    first = per_file * (seq - 1) - start
    part = tuple(_part(ranges, max(0, first), first + per_file))
    return FilePlan(seq, part, start if seq == 1 else 0)


def _part(ranges: Sequence[SerialRange], begin: int, end: int) -> Iterator[SerialRange]:
    """The marks from place `begin` to before place `end`, counted through the ranges in their order."""
    for one in ranges:
        first, last = one.first + max(0, begin), min(one.last, one.first + end - 1)
        if first <= last:
            yield SerialRange(first, last)
        begin, end = begin - len(one), end - len(one)


def read_offset(text: str) -> int:
    """A printer's offset in millimetres as hundredths; raise `NumberUnreadable` or `NumberOutOfRange`."""
    most = Decimal(FURTHEST_MM)
    return int(parse_decimal(text, -most, most, places=2, units=("毫米", "mm")) * HUNDREDTHS)
