"""The address a mark's QR symbol carries (GS1 Digital Link: URI syntax, AIs 01 and 21)."""

import re
from urllib.parse import SplitResult, unquote, urlsplit

from stdnum import ean
from stdnum.exceptions import ValidationError

# ISO/IEC 18004:2015 §7.3.4: what alphanumeric mode holds, without the space, which no address has.
ALPHANUMERIC = re.compile(r"[0-9A-Z$%*+\-./:]+")
# Crockford base32 leaves out I, L, O and U; 16 characters.
CODE = re.compile(r"[0-9A-HJKMNP-TV-Z]{16}")

# Both addresses a label can carry, whatever stands before and behind; a lot may stand between product and mark.
_ON_LABEL = re.compile(
    r"/(?:01/(?P<gtin>[^/?#\s]+)/(?:10/[^/?#\s]+/)?21|m)/(?P<code>[^/?#\s]+)", re.IGNORECASE
)


def read_mark(text: str) -> tuple[str, str | None]:
    """(code, trade item number or None) of what was typed, pasted or scanned: a code, or a label's whole address."""
    found = _ON_LABEL.search(text)
    if found is None:
        return text.strip(), None
    gtin = found["gtin"]
    return unquote(found["code"]), unquote(gtin) if gtin else None


def is_address(text: str) -> bool:
    """Whether it is a label's address, and no bare code."""
    return bool(_ON_LABEL.search(text))


def mark_url(public_url: str, *, gtin: str | None, code: str) -> str:
    """The address on one label: `{public_url}/01/{GTIN}/21/{CODE}`, without a GTIN `{public_url}/M/{CODE}`.

    All upper case, so that the symbol can use alphanumeric mode and stay small. ValueError for what does not
    survive that, for a code that is none, and for a trade item number that fails its check digit.
    """
    if not CODE.fullmatch(code):
        raise ValueError(f"not a mark code of 16 Crockford characters: {code!r}")
    base = upper_base(public_url)
    return f"{base}/01/{gtin14(gtin)}/21/{code}" if gtin else f"{base}/M/{code}"


def upper_base(public_url: str) -> str:
    """Scheme, host and path in upper case and without a final slash.

    Scheme and host ignore case (RFC 3986 §6.2.2.1); a path does not, so one with small letters is refused:
    the printed address would name another page.
    """
    parts = urlsplit(public_url)
    if reason := _why_not(parts):
        raise ValueError(f"public URL {public_url!r} cannot be printed in a QR symbol: {reason}")
    return f"{parts.scheme}://{parts.netloc}{parts.path}".upper().rstrip("/")


def _why_not(parts: SplitResult) -> str | None:
    if parts.scheme not in ("http", "https") or not parts.hostname:
        return "it needs http or https and a host"
    if parts.query or parts.fragment or "@" in parts.netloc:
        return "it must have no user, query or fragment"
    if parts.path != parts.path.upper():
        return "its path has small letters, and a path changes its meaning in upper case"
    if not ALPHANUMERIC.fullmatch(f"{parts.netloc}{parts.path}".upper()):
        return "it has characters outside QR alphanumeric mode (write an international name as xn--…)"
    return None


def gtin14(number: str) -> str:
    """The trade item number with 14 digits, as AI 01 has it (GS1 General Specifications §3.3.2)."""
    try:
        return ean.validate(number).zfill(14)
    except ValidationError as error:
        raise ValueError(f"not a trade item number: {number!r} ({error})") from error
