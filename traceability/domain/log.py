"""Facts: what every accepted change leaves behind, in one canonical form (RFC 8785).

A fact's public part may be shown to anybody. Its private part (people, volumes, plots, counterparties, prices)
is kept with a salt, so that a later commitment to it can be opened by whoever holds it.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum

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


def canonical(value: object) -> str:
    """The one byte form of a value: RFC 8785 JSON. Exact decimals and moments are written as strings."""
    return rfc8785.dumps(plain(value)).decode("utf-8")  # type: ignore[arg-type]


def plain(value: object) -> object:
    """A value as JSON knows it; raise `TypeError` for a float (the books know none) or anything unknown."""
    if value is None or (isinstance(value, bool | str) and not isinstance(value, Enum)):
        return value
    if isinstance(value, Enum):
        return plain(value.value)
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
