"""Ranges of consecutive serials, as rolls are consecutive."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from traceability.domain import errors
from traceability.domain.marks.codes import LAST_SERIAL, control_number
from traceability.domain.units import half_width


@dataclass(frozen=True, slots=True, order=True)
class SerialRange:
    """Consecutive serials, both ends included."""

    first: int
    last: int

    def __len__(self) -> int:
        """How many marks."""
        return self.last - self.first + 1

    def __str__(self) -> str:
        """As people write it."""
        if self.first == self.last:
            return control_number(self.first)
        return f"{control_number(self.first)}–{control_number(self.last)}"

    def overlaps(self, other: "SerialRange") -> bool:
        """Whether the two share a serial."""
        return self.first <= other.last and other.first <= self.last


_RANGE = re.compile(r"(\d{1,10})(?:-(\d{1,10}))?")


def read_ranges(text: str) -> tuple[SerialRange, ...]:
    """Ranges of control numbers, sorted, such as `0000012001-0000012200, 12203`; raise `SerialsUnreadable`.

    Serials named twice are refused: a clerk who does so has miscounted.
    """
    plain = re.sub(r"\s*(?:[-‐-―~～〜至]|\.\.)\s*", "-", half_width(text)).replace("No.", "")
    parts = [part for part in re.split(r"[\s,;、，；]+", plain) if part]
    found = sorted(_read_range(part) for part in parts)
    if not found or any(a.overlaps(b) for a, b in pairwise(found)):
        raise errors.SerialsUnreadable(text=text[:80])
    return tuple(found)


def _read_range(part: str) -> SerialRange:
    if not (match := _RANGE.fullmatch(part)):
        raise errors.SerialsUnreadable(text=part[:80])
    first = int(match[1])
    last = int(match[2] or match[1])
    if not 0 < first <= last <= LAST_SERIAL:
        raise errors.SerialsUnreadable(text=part[:80])
    return SerialRange(first, last)


def count(ranges: Iterable[SerialRange]) -> int:
    """How many marks in all."""
    return sum(len(one) for one in ranges)


def overlap(ranges: Sequence[SerialRange]) -> bool:
    """Whether any two of the ranges share a serial."""
    ordered = sorted(ranges)
    return any(a.overlaps(b) for a, b in pairwise(ordered))


def serials(ranges: Iterable[SerialRange]) -> Iterator[int]:
    """Every serial of the ranges, in order."""
    for one in ranges:
        yield from range(one.first, one.last + 1)
