"""Codes as data for a printing house: a CSV with control number, code and address of every mark."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from traceability.domain.marks import CODE_LENGTH, SerialRange
from traceability.formats.bulk import codes
from traceability.formats.bulk.sheets import CONTROL_DIGITS, control_digits

HEADER = b"control_number,code,url\r\n"
"""RFC 4180; every field is plain ASCII without a comma, so none needs quoting."""

Bytes = NDArray[np.uint8]


def draw_list(prefix: str, ranges: Sequence[SerialRange], key: bytes) -> bytes:
    """The rows of these marks in order; `prefix` is what every address begins with, the code ends it."""
    return HEADER + b"".join(_rows(prefix.encode("ascii"), one, key) for one in ranges)


def _rows(prefix: bytes, marks: SerialRange, key: bytes) -> bytes:
    letters = codes.letters(codes.encoded(marks.first, len(marks), key))
    serials = np.arange(marks.first, marks.last + 1)
    parts = (
        control_digits(serials) + ord("0"),
        _column(b",", len(marks)),
        letters,
        _column(b"," + prefix, len(marks)),
        letters,
        _column(b"\r\n", len(marks)),
    )
    return np.hstack(parts).astype(np.uint8).tobytes()


def _column(text: bytes, rows: int) -> Bytes:
    return np.tile(np.frombuffer(text, dtype=np.uint8), (rows, 1))


def untrue_rows(content: bytes, prefix: str, ranges: Sequence[SerialRange], key: bytes) -> int:
    """How many rows of a list do not name the next of these marks with its true code and address, read back."""
    serials = np.concatenate([np.arange(one.first, one.last + 1) for one in ranges])
    length = len(draw_list(prefix, [SerialRange(1, 1)], key)) - len(HEADER)
    if not content.startswith(HEADER) or len(content) != len(HEADER) + length * len(serials):
        return len(serials)
    rows = np.frombuffer(content, dtype=np.uint8, offset=len(HEADER)).reshape(len(serials), length)
    code = rows[:, CONTROL_DIGITS + 1 : CONTROL_DIGITS + 1 + CODE_LENGTH]
    address = rows[:, CONTROL_DIGITS + CODE_LENGTH + 2 : -2]
    whole = np.hstack([_column(prefix.encode("ascii"), len(serials)), code])
    true = codes.decoded(code, key) == serials
    same = (rows[:, :CONTROL_DIGITS] == control_digits(serials) + ord("0")).all(axis=1)
    return int((~(true & same & (address == whole).all(axis=1))).sum())
