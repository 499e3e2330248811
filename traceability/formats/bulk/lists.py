"""Codes as data for a printing house: a CSV with control number, code and address of every mark."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from traceability.domain.marks import CODE_LENGTH, SerialRange, control_number, encode, serials
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
    return _lines(np.arange(marks.first, marks.last + 1), letters, prefix).tobytes()


def _lines(serials: NDArray[np.int64], letters: Bytes, prefix: bytes) -> Bytes:
    """Rows of these serials and codes, all of one length."""
    digits = control_digits(serials) + np.uint8(ord("0"))
    comma, address, end = (_column(text, len(serials)) for text in (b",", b"," + prefix, b"\r\n"))
    return np.hstack([digits, comma, letters, address, letters, end])


def _column(text: bytes, rows: int) -> Bytes:
    return np.tile(np.frombuffer(text, dtype=np.uint8), (rows, 1))


def untrue_rows(content: bytes, prefix: str, ranges: Sequence[SerialRange], key: bytes) -> int:
    """How many rows of a list do not name the next of these marks with its true code and address, read back."""
    serials = np.concatenate([np.arange(one.first, one.last + 1) for one in ranges])
    length, over = divmod(len(content) - len(HEADER), len(serials))
    if not content.startswith(HEADER) or over or length < CONTROL_DIGITS + CODE_LENGTH + 1:
        return len(serials)
    rows = np.frombuffer(content, dtype=np.uint8, offset=len(HEADER)).reshape(len(serials), length)
    letters = rows[:, CONTROL_DIGITS + 1 : CONTROL_DIGITS + 1 + CODE_LENGTH]
    wanted = _lines(serials, letters, prefix.encode("ascii"))
    if wanted.shape != rows.shape:
        return len(serials)
    true = (codes.decoded(letters, key) == serials) & (rows == wanted).all(axis=1)
    return int((~true).sum())


def misnamed(
    content: bytes, prefix: str, ranges: Sequence[SerialRange], key: bytes, rows: Sequence[int]
) -> int:
    """How many of these rows do not say, letter by letter, what the rules say of their mark."""
    marks, lines = list(serials(ranges)), content.splitlines()[1:]
    return sum(lines[n] != _row(prefix, marks[n], encode(marks[n], key)) for n in rows)


def _row(prefix: str, serial: int, code: str) -> bytes:
    return f"{control_number(serial)},{code},{prefix}{code}".encode("ascii")
