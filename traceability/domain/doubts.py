"""A buyer's doubt: what it is about, how it stands, and the reference it is asked after by."""

import re
from enum import StrEnum

from traceability.domain.marks.codes import ALPHABET
from traceability.domain.units import half_width


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

_LOOKALIKE = str.maketrans("OIL", "011")
_IGNORED = re.compile(r"[\s\-‐-―−_.·　]+")
_REF = re.compile(f"[{ALPHABET}]{{{REF_LENGTH}}}")


def make_ref(chance: bytes) -> str:
    """A reference out of eight random bytes, in Crockford's base 32: easy to read out, three groups of four."""
    bits = int.from_bytes(chance[:8], "big")
    letters = "".join(ALPHABET[bits >> shift & 31] for shift in range(5 * REF_LENGTH - 5, -1, -5))
    return "-".join(letters[start : start + 4] for start in range(0, REF_LENGTH, 4))


def read_ref(text: str) -> str | None:
    """The reference somebody typed, or None; forgives case, spaces, hyphens, full-width, look-alikes."""
    letters = _IGNORED.sub("", half_width(text[:80])).upper().translate(_LOOKALIKE)
    if not _REF.fullmatch(letters):
        return None
    return "-".join(letters[start : start + 4] for start in range(0, REF_LENGTH, 4))
