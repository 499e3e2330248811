"""Slips: leaf weighed where there may be no signal. The phone numbers them, out of a book it was handed beforehand.

A book belongs to one phone of one firm and is never handed out twice, so a number is unique without asking anybody, the
numbers of a phone are in order, and one that is missing shows. The reference behind a slip's QR symbol is a MAC under
the book's own key, so that the phone can make it too.
"""

import hashlib
import hmac
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from traceability.domain import errors
from traceability.domain.marks.codes import letters_of, tidied
from traceability.domain.profile import LeafGrade

#: 60 bits, as the reference of a doubt: nobody finds another grower's slip by trying.
REF_LENGTH: Final = 12
#: Slips in a book; four digits, so that all its symbols have one size.
BOOK_SLIPS: Final = 9_999

_NUMBER: Final = re.compile(r"R[0-9]{2}-(?P<firm>[0-9]{1,9})-B[0-9]{2,6}-[0-9]{4}")
_LABEL: Final = b"duyun-maojian slip v1:"


@dataclass(frozen=True, slots=True)
class Slip:
    """What was weighed: garden card and scale by their numbers, weights in grams, the moment in UTC.

    `confirmed`: the person was asked about a weight that is large, or above what the card had left, and stood by it.
    """

    no: str
    plot: str
    scale: str
    gross_g: int
    tare_g: int
    leaf_grade: LeafGrade
    certificate_no: str
    at: datetime
    confirmed: bool = False

    @property
    def net_g(self) -> int:
        """Gross less tare, as it was weighed."""
        return self.gross_g - self.tare_g


def book_name(year: int, enterprise: int, n: int) -> str:
    """The nth book of a firm in a year: `R26-1-B07`. Its slips are `R26-1-B07-0001` and on."""
    return f"R{year % 100:02d}-{enterprise}-B{n:02d}"


def check_slip_no(no: str, enterprise: int) -> str:
    """The number, if it is out of a book of this firm; raise `SlipOfAnother`."""
    found = _NUMBER.fullmatch(no)
    if found is None or int(found["firm"]) != enterprise:
        raise errors.SlipOfAnother(no=no[:40])
    return no


def book_of(no: str) -> str:
    """The book a number is out of: all before its last part. A number the books gave themselves has one as well."""
    return no.rpartition("-")[0]


def book_key(book: str, master: bytes) -> bytes:
    """The key under which a book's references are made; it says nothing of another book's."""
    return hmac.digest(master, _LABEL + book.encode(), hashlib.sha256)


def slip_ref(no: str, key: bytes) -> str:
    """The reference of a slip under its book's key: twelve letters of Crockford's base 32."""
    chance = hmac.digest(key, no.encode(), hashlib.sha256)[:8]
    return letters_of(int.from_bytes(chance, "big"), REF_LENGTH)


def is_slip_ref(no: str, ref: str, masters: Iterable[bytes]) -> bool:
    """Whether the reference is the slip's own, under any of the master keys; forgives case, spaces and look-alikes."""
    told, book = tidied(ref).encode(), book_of(no)
    true = [slip_ref(no, book_key(book, master)).encode() for master in masters]
    return sum(hmac.compare_digest(told, one) for one in true) > 0
