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


_RANGE = re.compile(r"([0-9]{1,10})(?:-([0-9]{1,10}))?")
_DASH = re.compile(r" ?(?:[-‐-―~～〜至]|\.\.) ?")

MOST_RANGES = 1_000
"""In one request: each is looked up while others wait to write."""

LONGEST = MOST_RANGES * 30
"""Characters of a list of ranges, with room for blanks."""


def read_ranges(text: str) -> tuple[SerialRange, ...]:
    """Ranges of control numbers, sorted, such as `0000012001-0000012200, 12203`.

    Raise `SerialsUnreadable`, and `SerialsTooMany` past `MOST_RANGES` ranges or `LONGEST` characters.

    Serials named twice are refused: a clerk who does so has miscounted.
    """
    if len(text) > LONGEST:
        raise errors.SerialsTooMany(most=MOST_RANGES)
    spaced = " ".join(half_width(text).split())
    parts = [one for one in re.split(r"[ ,;、，；]+", _DASH.sub("-", spaced).replace("No.", "")) if one]
    if len(parts) > MOST_RANGES:
        raise errors.SerialsTooMany(most=MOST_RANGES)
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


def check_apart(ranges: Sequence[SerialRange]) -> None:
    """Raise `SerialsUnreadable` when a serial is named twice."""
    if overlap(ranges):
        raise errors.SerialsUnreadable(text=", ".join(map(str, ranges))[:80])


def serials(ranges: Iterable[SerialRange]) -> Iterator[int]:
    """Every serial of the ranges, in order."""
    for one in ranges:
        yield from range(one.first, one.last + 1)


def joined(ranges: Iterable[SerialRange]) -> tuple[SerialRange, ...]:
    """The same serials in as few ranges as there can be, in order; none of them may be named twice."""
    found: list[SerialRange] = []
    for one in sorted(ranges):
        if found and found[-1].last + 1 == one.first:
            found[-1] = SerialRange(found[-1].first, one.last)
        else:
            found.append(one)
    return tuple(found)
