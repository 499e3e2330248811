"""Facts: what every accepted change leaves behind, in one canonical form (RFC 8785).

A fact's public part may be shown to anybody. Its private part (people, volumes, plots, counterparties, prices)
is kept with a salt, so that a later commitment to it can be opened by whoever holds it.
"""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum

import orjson
import rfc8785

FACT_VERSION = 1


@dataclass(frozen=True, slots=True)
class Fact:
    """One accepted fact. `happened_at` is when it was so, `recorded_at` when it was told."""

    kind: str
    actor: int
    happened_at: datetime
    recorded_at: datetime
    public: Mapping[str, object] = field(default_factory=dict)
    private: Mapping[str, object] = field(default_factory=dict)
    version: int = FACT_VERSION


#: Beyond U+FFFF, where the order of RFC 8785 (UTF-16) and that of characters part ways.
_FAR = re.compile(rb"[\xf0-\xf4]")


def canonical(value: object) -> str:
    """The one byte form of a value: RFC 8785 JSON. Exact decimals and moments are written as strings.

    orjson writes the same bytes twenty times as fast, as long as no character lies so far out that keys could sort
    differently; a test holds the two against each other.
    """
    known = plain(value)
    written = orjson.dumps(known, option=orjson.OPT_SORT_KEYS)
    if _FAR.search(written):
        written = rfc8785.dumps(known)  # type: ignore[arg-type]
    return written.decode("utf-8")


def plain(value: object) -> object:
    """A value as JSON knows it; raise `TypeError` for a float (the books know none) or anything unknown."""
    kind = type(value)
    if kind is str or kind is bool or value is None:
        return value
    if kind is dict:
        return {str(key): plain(one) for key, one in value.items()}  # type: ignore[attr-defined]
    return _rarer(value)


def _rarer(value: object) -> object:
    if isinstance(value, Enum):
        return plain(value.value)
    if isinstance(value, str):
        return str(value)
    if isinstance(value, int):
        return value if abs(value) < 2**53 else str(value)
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(key): plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(one) for one in value]
    raise TypeError(f"no canonical form for {type(value).__name__}")


def digest_of(value: object) -> str:
    """A short stable name of a value's contents, for telling a retry from another request."""
    return hashlib.sha256(canonical(value).encode()).hexdigest()


def read(text: str) -> object:
    """The value of a canonical text."""
    return json.loads(text)
