"""A buyer's doubt: what it is about, how it stands, and the reference it is asked after by."""

import re
from enum import StrEnum

from traceability.domain.marks.codes import ALPHABET, grouped, letters_of, tidied


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
