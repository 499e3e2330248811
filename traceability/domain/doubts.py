"""A buyer's doubt: what it is about, how it stands, and the reference it is asked after by."""

import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from traceability.domain.marks.codes import ALPHABET, grouped, letters_of, tidied
from traceability.domain.workdays import Workdays


class DoubtKind(StrEnum):
    """What a buyer noticed."""

    PACK_DIFFERS = "pack_differs"
    MARK_MOVED = "mark_moved"
    TEA_ODD = "tea_odd"
    SEEN_TOO_OFTEN = "seen_too_often"
    OTHER = "other"


class DoubtState(StrEnum):
    """Whether an office has looked into it."""

    OPEN = "open"
    SETTLED = "settled"


class DoubtResult(StrEnum):
    """What looking into it showed."""

    CONFIRMED = "confirmed"
    UNFOUNDED = "unfounded"
    EXPLAINED = "explained"
    UNCLEAR = "unclear"


@dataclass(frozen=True, slots=True)
class Clock:
    """The last day for an answer, and how many working days are left; below nothing when it has passed."""

    due: date
    left: int

    @property
    def overdue(self) -> bool:
        """Whether the last day has passed."""
        return self.left < 0


def clock(received: date, today: date, *, days: int, calendar: Workdays) -> Clock:
    """The clock of what was received on a day and must be answered within so many working days.

    Once the last day has passed, somebody is late at the weekend too.
    """
    due = calendar.after(received, days)
    return Clock(due, min(-1, calendar.between(today, due)) if today > due else calendar.between(today, due))


#: 60 bits: nobody finds another person's reference by trying.
REF_LENGTH = 12

_REF = re.compile(f"[{ALPHABET}]{{{REF_LENGTH}}}")


def make_ref(chance: bytes) -> str:
    """A reference out of eight random bytes, in Crockford's base 32: easy to read out, three groups of four."""
    return grouped(letters_of(int.from_bytes(chance[:8], "big"), REF_LENGTH))


def read_ref(text: str) -> str | None:
    """The reference somebody typed, or None; forgives case, spaces, hyphens, full-width, look-alikes."""
    letters = tidied(text[:80])
    return grouped(letters) if _REF.fullmatch(letters) else None
