"""How a fact tells of rows: its private part has them under `books`, by table.

    {"books": {"plot": {"new": [{"id": 5, "no": "P-1", …}], "now": [{"id": 4, "state": "active"}]}}}

`new` are rows that were added, without what is empty in them; `now` the key of a row and what of it was changed;
`gone` the keys of rows that were taken out. A moment is written in UTC to the microsecond, a decimal as its digits,
a number of 2**53 or more as text, and bytes (a report, a photo) as their SHA-256.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any

from traceability.domain.log import plain

#: Where the rows are in the private part of a fact.
ROWS = "books"

NEW, NOW, GONE = "new", "now", "gone"

_MOMENT = "%Y-%m-%d %H:%M:%S.%f"
_LARGE = 2**53


@dataclass(frozen=True, slots=True)
class Change:
    """One row that was added, changed or taken out; `values` are written (see `written`), its key among them."""

    table: str
    how: str
    values: dict[str, Any]


#: What a fact tells of rows: by table and by what was done.
Rows = dict[str, dict[str, list[dict[str, Any]]]]


def rows_of(changes: Iterable[Change]) -> Rows:
    """Changes as a fact has them."""
    found: Rows = {}
    for one in changes:
        found.setdefault(one.table, {}).setdefault(one.how, []).append(one.values)
    return found


def joined(earlier: Rows, later: Rows) -> Rows:
    """Rows told before and after as one, in their order."""
    both = {table: dict(done) for table, done in earlier.items()}
    for table, done in later.items():
        for how, rows in done.items():
            at = both.setdefault(table, {})
            at[how] = [*at.get(how, ()), *rows]
    return both


def written(value: object) -> object:
    """A value of a row as facts have it; what a driver gives comes out the same on every database."""
    kind = type(value)
    if kind is str or kind is bool or value is None:
        return value
    if kind is int:
        return value if -_LARGE < value < _LARGE else str(value)  # type: ignore[operator]
    return _rarer(value)


def _rarer(value: object) -> object:
    if isinstance(value, Enum):
        return written(value.value)
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime(_MOMENT)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, bytes | memoryview):
        return hashlib.sha256(value).hexdigest()
    return plain(value)
