"""What the QR symbol of a slip of leaf says, its drawing, and the table from which a phone draws it without us.

A symbol of fixed version, mask and length is an affine function over GF(2) of the bits of its text (ISO/IEC 18004:2015
§7): the phone takes the plain symbol and flips what each set bit flips. The `qrcode` library stays the encoder.
"""

from dataclasses import dataclass

from traceability.formats import qr
from traceability.formats.digital_link.address import upper_base

#: ISO/IEC 18004:2015 Table 5: the characters of alphanumeric mode by their values.
ALPHANUMERIC = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
#: Two characters are written as one number of eleven bits, a last one alone as six (§7.4.4).
PAIR_BITS, LAST_BITS = 11, 6


def slip_url(public_url: str, no: str, ref: str) -> str:
    """The address behind a slip's symbol, in upper case; ValueError where it cannot be written that way."""
    return f"{slip_prefix(public_url)}{no}/{ref}"


def slip_prefix(public_url: str) -> str:
    """What the addresses of all slips begin with; ValueError for a public URL whose path has small letters."""
    return f"{upper_base(public_url)}/R/"


@dataclass(frozen=True, slots=True)
class SymbolTable:
    """Symbols of all texts that begin with `start` and go on with `length` characters, of which `lead` are given.

    `plain` is the symbol in which all these characters are 0; `bits` what each of their bits flips, in order.
    Modules row by row as hexadecimal digits, dark is 1, without the quiet zone.
    """

    side: int
    lead: str
    length: int
    plain: str
    bits: tuple[str, ...]


def symbol_table(prefix: str, length: int) -> SymbolTable:
    """The table for texts of this prefix and so many characters after it; ValueError for a small letter."""
    even = len(prefix) // 2 * 2
    start, lead = prefix[:even], prefix[even:]
    whole = len(lead) + length
    plain = _modules(start + "0" * whole)
    bits = [_modules(start + tail) ^ plain for tail in _one_bit_each(whole)]
    side = len(qr.symbol(start + "0" * whole, mask=qr.MASK)) - 2 * qr.QUIET_ZONE
    return SymbolTable(side, lead, length, _hex(plain, side), tuple(_hex(one, side) for one in bits))


def _one_bit_each(length: int) -> list[str]:
    """Texts of that length in which one bit is set, the first bit first."""
    found = []
    for at in range(0, length - 1, 2):
        for bit in reversed(range(PAIR_BITS)):
            first, second = divmod(1 << bit, len(ALPHANUMERIC))
            found.append("0" * at + ALPHANUMERIC[first] + ALPHANUMERIC[second] + "0" * (length - at - 2))
    if length % 2:
        found += ["0" * (length - 1) + ALPHANUMERIC[1 << bit] for bit in reversed(range(LAST_BITS))]
    return found


def _modules(text: str) -> int:
    """The modules of a symbol as one number, the first module highest."""
    rows = qr.symbol(text, mask=qr.MASK)[qr.QUIET_ZONE : -qr.QUIET_ZONE]
    inner = (row[qr.QUIET_ZONE : -qr.QUIET_ZONE] for row in rows)
    return int("".join("1" if dark else "0" for row in inner for dark in row), 2)


def _hex(modules: int, side: int) -> str:
    """Filled up to whole digits at the end."""
    size = side * side
    digits = -(-size // 4)
    return f"{modules << digits * 4 - size:0{digits}x}"


def drawn(text: str) -> tuple[int, str]:
    """Side and SVG path of a symbol, one unit a module, quiet zone included; ValueError for a small letter."""
    matrix = qr.symbol(text, mask=qr.MASK)
    path = "".join(f"M{x} {y}h1v1h-1z" for y, row in enumerate(matrix) for x, dark in enumerate(row) if dark)
    return len(matrix), path
