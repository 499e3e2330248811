"""What a person who scans a mark is told. Degrees, never "genuine": a QR code can be copied."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from traceability.domain.marks import MarkState


class Verdict(StrEnum):
    """The answer in one word, first that fits."""

    UNKNOWN = "unknown"
    RECALLED = "recalled"
    WITHDRAWN = "withdrawn"
    HELD = "held"
    NOT_IN_USE = "not_in_use"
    ATTENTION = "attention"
    EXPIRED = "expired"
    SEEN_BEFORE = "seen_before"
    FIRST_SCAN = "first_scan"


class Door(StrEnum):
    """Where a scan came in; trade and office checks do not count as the public."""

    PUBLIC = "public"
    STAFF = "staff"
    COMMAND = "command"


@dataclass(frozen=True, slots=True)
class Seen:
    """Earlier public scans of a mark: how many, and when the first was (UTC)."""

    times: int = 0
    first_at: datetime | None = None


NOT_SEEN = Seen()


@dataclass(frozen=True, slots=True)
class Condition:
    """Everything the verdict depends on. `attention` is a pattern that looks like copies."""

    state: MarkState
    recalled: bool = False
    held: bool = False
    attention: bool = False
    best_before: date | None = None
    seen: Seen = NOT_SEEN


_WITHDRAWN = frozenset(
    {MarkState.VOID, MarkState.RETURNED, MarkState.LOST, MarkState.LAPSED, MarkState.RETIRED}
)


def verdict(condition: Condition | None, today: date) -> Verdict:
    """First that fits, in the order of `Verdict`; None is a code nobody issued."""
    if condition is None:
        return Verdict.UNKNOWN
    expired = condition.best_before is not None and today > condition.best_before
    ordered = (
        (condition.recalled, Verdict.RECALLED),
        (condition.state in _WITHDRAWN, Verdict.WITHDRAWN),
        (condition.held, Verdict.HELD),
        (condition.state is not MarkState.APPLIED, Verdict.NOT_IN_USE),
        (condition.attention, Verdict.ATTENTION),
        (expired, Verdict.EXPIRED),
        (condition.seen.times > 0, Verdict.SEEN_BEFORE),
    )
    return next((answer for fits, answer in ordered if fits), Verdict.FIRST_SCAN)
