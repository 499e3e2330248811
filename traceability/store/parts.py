"""Questions that name many values are asked in parts: each database takes only so many at once."""

from collections.abc import Iterable, Iterator
from typing import TypeVar

One = TypeVar("One")

#: Values of one question: well below what either database takes.
AT_ONCE = 5_000


def parts(found: Iterable[One]) -> Iterator[list[One]]:
    """So many at a time as one question may name."""
    listed = list(found)
    return (listed[start : start + AT_ONCE] for start in range(0, len(listed), AT_ONCE))
