"""The keys in a GS1 Digital Link: trade item number, lot, serial (GS1 Digital Link: URI Syntax 1.6, cited as US).

biip knows the grammar of the identifiers, python-stdnum the check digit; what is here is which of them we answer for.
"""

from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import quote, unquote

from biip import ParseError
from biip.gs1_digital_link_uris import GS1DigitalLinkURI
from stdnum import ean
from stdnum.exceptions import InvalidChecksum, InvalidLength, ValidationError

GTIN, LOT, SERIAL = "01", "10", "21"


class Fault(StrEnum):
    """What is wrong with the keys of an address."""

    LETTERS = "gtin.letters"
    LENGTH = "gtin.length"
    CHECK_DIGIT = "gtin.check_digit"
    KEYS = "keys"


class Malformed(ValueError):
    """No GS1 Digital Link at all, as against one that nobody here issued; `fault` says why."""

    def __init__(self, fault: Fault, text: str) -> None:
        super().__init__(f"{fault.value}: {text[:80]!r}")
        self.fault = fault


class Foreign(LookupError):
    """A well-formed link with identifiers nobody here issues, such as a consumer product variant (AI 22)."""


@dataclass(frozen=True, slots=True)
class Link:
    """A product by its number of 14 digits, or a lot of it, or a single pack of it by the code of its mark."""

    gtin: str
    lot: str | None = None
    serial: str | None = None

    @property
    def path(self) -> str:
        """The path every way of writing it comes down to: 14 digits, numeric identifiers, the rest percent-encoded.

        US §4.12; the final slash, names such as `gtin` and the data in the query string are no part of it.
        """
        found = f"/{GTIN}/{self.gtin}"
        for key, value in ((LOT, self.lot), (SERIAL, self.serial)):
            found += f"/{key}/{quote(value, safe='')}" if value is not None else ""
        return found

    @property
    def levels(self) -> tuple["Link", ...]:
        """From this thing up to its product; a serial stands under the product at once, whatever its lot.

        GS1-Conformant Resolver Standard 1.2 §2.5.9.
        """
        product = Link(self.gtin)
        return (self, product) if self != product else (product,)


def link_of(gtin: str, *, lot: str | None = None, serial: str | None = None) -> Link:
    """The link with these keys, written as people read them (not percent-encoded); raise `Malformed`.

    A number of 8, 12 or 13 digits gets its leading zeros (US §4.1: nobody shall write fewer than 14; old labels do).
    """
    given = Link(_gtin14(gtin), lot, serial)
    if _read(given.path) != given:
        raise Malformed(Fault.KEYS, given.path)
    return given


def read_link(path: str) -> Link:
    """The link a path names; raise `Malformed`, or `Foreign` for keys that nobody here issues.

    The path as it stands in an address, percent-encoded; a final slash is forgiven (Resolver Standard §2.13).
    """
    parts = path.strip("/").split("/")
    if parts[0] != GTIN or len(parts) < 2:
        raise Malformed(Fault.KEYS, path)
    number = _gtin14(unquote(parts[1]))
    return _read("/".join(["", GTIN, number, *parts[2:]]))


def _gtin14(text: str) -> str:
    """AI 01 (GS1 General Specifications §3.3.2), with the check digit of §7.9; nothing but digits, no hyphens."""
    if not (text.isascii() and text.isdigit()):
        raise Malformed(Fault.LETTERS, text)
    try:
        return str(ean.validate(text)).zfill(14)
    except InvalidLength as error:
        raise Malformed(Fault.LENGTH, text) from error
    except InvalidChecksum as error:
        raise Malformed(Fault.CHECK_DIGIT, text) from error
    except ValidationError as error:
        raise Malformed(Fault.LETTERS, text) from error


def _read(path: str) -> Link:
    """Qualifiers each once and in their order (US §4.9), of 1 to 20 characters of GS1's set 82 (GS §7.11).

    biip ends a value at the separator of bar codes; in an address that is a foreign character like any other.
    """
    try:
        found = GS1DigitalLinkURI.parse(f"https://id.gs1.org{path}").element_strings
    except ParseError as error:
        raise Malformed(Fault.KEYS, path) from error
    if any(unquote(part) != one.value for part, one in zip(path.split("/")[2::2], found, strict=True)):
        raise Malformed(Fault.KEYS, path)
    values = {one.ai.ai: one.value for one in found}
    if not values.keys() <= {GTIN, LOT, SERIAL}:
        raise Foreign(path)
    return Link(values[GTIN], values.get(LOT), values.get(SERIAL))
