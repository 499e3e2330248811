"""QR symbols in bulk, from a table. The `qrcode` library stays the encoder of record; a test compares bit for bit.

A symbol of fixed version, level, mask and length is an affine function over GF(2) of the bits of its text: placement,
Reed–Solomon and mask are linear or constant (ISO/IEC 18004:2015 §7). Alphanumeric mode writes two characters as one
number of 11 bits, so for each pair the library is asked for one symbol per bit; all others are the XOR of a few.
"""

from collections.abc import Sequence
from functools import reduce
from operator import xor

import numpy as np
from numpy.typing import NDArray

from traceability.domain.marks import ALPHABET, CODE_LENGTH
from traceability.formats import qr

Bytes = NDArray[np.uint8]

# ISO/IEC 18004:2015 Table 5: the characters of alphanumeric mode by their values.
ALPHANUMERIC = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
PAIR_BITS = 11
_CODE_VALUES = [ALPHANUMERIC.index(letter) for letter in ALPHABET]
_WORD = 8


class Symbols:
    """Symbols of all addresses that begin alike and end in a code. Modules of the quiet zone are left out."""

    def __init__(self, prefix: str, *, version: int) -> None:
        """Ask the library for some hundred symbols; raise `qr.SymbolTooLarge`, or ValueError for a small letter."""
        self.prefix, self.version = prefix, version
        self.side = 17 + 4 * version
        self.row_bytes = -(-self.side // 8)
        self._size = self.side * self.row_bytes
        plain = self._packed(ALPHABET[0] * CODE_LENGTH)
        odd = len(prefix) % 2
        pairs = range(odd, CODE_LENGTH - 1, 2)
        tables = [self._pair(plain, at) for at in pairs]
        tables += [self._single(plain, at) for at in ((0, CODE_LENGTH - 1) if odd else ())]
        self._tables, self._plain = tables, plain
        self._at = [*((at, at + 1) for at in pairs), *(((0,), (CODE_LENGTH - 1,)) if odd else ())]

    def draw(self, values: Bytes) -> Bytes:
        """The symbols of codes given as values 0–31 (n × 16): n × bytes, a row of modules after the other.

        Each row begins a byte; a dark module is 0, as a PDF image mask paints it.
        """
        drawn = np.tile(self._plain ^ np.uint64(2**64 - 1), (len(values), 1))
        for table, at in zip(self._tables, self._at, strict=True):
            drawn ^= table[_index(values, at)]
        return drawn.view(np.uint8)[:, : self._size]

    def matrix(self, drawn: Bytes) -> qr.Matrix:
        """One drawn symbol as modules, quiet zone included: for comparing with the library's."""
        rows = np.unpackbits(drawn.reshape(self.side, self.row_bytes), axis=1)[:, : self.side] == 0
        framed = np.pad(rows, qr.QUIET_ZONE)
        return tuple(tuple(map(bool, row)) for row in framed)

    def _pair(self, plain: NDArray[np.uint64], at: int) -> NDArray[np.uint64]:
        """What each pair of characters at a place changes; `plain` has two zeros there, which is the number 0."""
        bits = [self._with(at, *divmod(1 << bit, 45)) ^ plain for bit in range(PAIR_BITS)]
        nothing = np.zeros_like(plain)
        return np.array([
            reduce(xor, (one for bit, one in enumerate(bits) if 45 * a + b >> bit & 1), nothing)
            for a in _CODE_VALUES
            for b in _CODE_VALUES
        ])  # fmt: skip

    def _single(self, plain: NDArray[np.uint64], at: int) -> NDArray[np.uint64]:
        """What each character at a place changes, where its neighbour is fixed or missing."""
        return np.array([self._with(at, value) ^ plain for value in _CODE_VALUES])

    def _with(self, at: int, *values: int) -> NDArray[np.uint64]:
        """The symbol of a code of zeros but for these characters."""
        code = ALPHABET[0] * at + "".join(ALPHANUMERIC[value] for value in values)
        return self._packed(code.ljust(CODE_LENGTH, ALPHABET[0]))

    def _packed(self, code: str) -> NDArray[np.uint64]:
        """A symbol of the library as machine words, dark is 1."""
        modules = np.array(qr.symbol(self.prefix + code, version=self.version, mask=qr.MASK), dtype=np.uint8)
        inner = modules[qr.QUIET_ZONE : -qr.QUIET_ZONE, qr.QUIET_ZONE : -qr.QUIET_ZONE]
        packed = np.packbits(inner, axis=1).ravel()
        return np.pad(packed, (0, -len(packed) % _WORD)).view(np.uint64)


def _index(values: Bytes, at: Sequence[int]) -> NDArray[np.intp]:
    """Rows of a table for the characters at these places."""
    columns = (values[:, place].astype(np.intp) for place in at)
    return reduce(lambda high, low: high * len(ALPHABET) + low, columns)
