"""The code on a label: 32 bits of serial and 48 bits of a keyed MAC, in Crockford's base 32. None is stored."""

import hashlib
import hmac
import re

from traceability.domain.units import half_width

#: Crockford's base 32: no I, L, O, U, so a code can be read aloud and typed.
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
CODE_LENGTH = 16
SERIAL_BITS = 32
MAC_BITS = 48
LAST_SERIAL = 2**SERIAL_BITS - 1
MAC_LABEL = b"duyun-maojian mark v1:"

#: Crockford's letters as Python's own base 32 has them.
_DIGITS = str.maketrans(ALPHABET, "0123456789abcdefghijklmnopqrstuv")
_LOOKALIKE = str.maketrans("OIL", "011")
_IGNORED = re.compile(r"[\s\-‐-―−_.·　]+")
#: As labels carry it in their symbols: nothing to forgive.
_PRINTED = re.compile(rf"[{ALPHABET}]{{{CODE_LENGTH}}}")


def mac(serial: int, key: bytes) -> int:
    """48 bits of HMAC-SHA256 over the serial; the label keeps other uses of the key apart."""
    message = MAC_LABEL + serial.to_bytes(SERIAL_BITS // 8, "big")
    return int.from_bytes(hmac.digest(key, message, hashlib.sha256)[: MAC_BITS // 8], "big")


def encode(serial: int, key: bytes) -> str:
    """The 16-character code of a serial: 32 bits of serial, then 48 bits of MAC, five bits a character."""
    return code_of(serial, mac(serial, key))


def code_of(serial: int, true_mac: int) -> str:
    """The code of a serial whose MAC is known."""
    return letters_of(serial << MAC_BITS | true_mac, CODE_LENGTH)


def letters_of(bits: int, length: int) -> str:
    """So many characters, five bits each, the highest first."""
    return "".join(ALPHABET[bits >> shift & 31] for shift in range(5 * length - 5, -1, -5))


def tidied(text: str) -> str:
    """What somebody typed without spaces and hyphens, half-width, in upper case, look-alikes read as digits."""
    return _IGNORED.sub("", half_width(text[:200])).upper().translate(_LOOKALIKE)


def read_code(text: str) -> tuple[int, int] | None:
    """Serial and MAC of what somebody typed, or None; forgives case, spaces, hyphens, full-width, look-alikes."""
    letters = text if _PRINTED.fullmatch(text) else tidied(text)
    if not _PRINTED.fullmatch(letters):
        return None
    bits = int(letters.translate(_DIGITS), 32)
    return bits >> MAC_BITS, bits & (1 << MAC_BITS) - 1


def is_true(serial: int, seen_mac: int, key: bytes) -> bool:
    """Whether the MAC is the serial's own, compared in constant time."""
    size = MAC_BITS // 8
    return hmac.compare_digest(mac(serial, key).to_bytes(size, "big"), seen_mac.to_bytes(size, "big"))


def grouped(code: str) -> str:
    """A code as printed: in groups of four."""
    return "-".join(code[start : start + 4] for start in range(0, len(code), 4))


def control_number(serial: int) -> str:
    """The serial as printed: ten digits."""
    return f"{serial:010d}"
