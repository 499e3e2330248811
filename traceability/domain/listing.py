"""What a person asks of a list, and the page of it that answers."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Generic, TypeVar

Row = TypeVar("Row")

PAGE = 50
"""Rows on one page of a list."""


@dataclass(frozen=True, slots=True)
class Word:
    """A word that has to occur in a row: in one of its texts, as the name of one of its codes, or as its day."""

    text: str
    codes: frozenset[str] = frozenset()
    day: date | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """Which rows of a list, in which order, from which row on.

    `only` are the choices made, by the name of the filter. `since` and `until` are days in Asia/Shanghai, both
    included. `size` None: every row there is.
    """

    words: tuple[Word, ...] = ()
    only: Mapping[str, str] = field(default_factory=dict)
    since: date | None = None
    until: date | None = None
    sort: str = ""
    down: bool = False
    first: int = 0
    size: int | None = PAGE

    @property
    def narrows(self) -> bool:
        """Whether rows are left out."""
        return bool(self.words or self.only or self.since or self.until)


@dataclass(frozen=True, slots=True)
class Found(Generic[Row]):
    """Rows from the `first` (from 0) on, of so many in all. What begins past the end is moved to the last page.

    `more`: there are more than `total`, which nobody counted.
    """

    rows: tuple[Row, ...]
    total: int
    first: int = 0
    more: bool = False
