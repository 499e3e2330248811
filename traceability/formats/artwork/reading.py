"""A file handed in as artwork, read by what it contains: its name and claimed type are not asked."""

import hashlib
import re
from functools import lru_cache

from traceability.domain import errors
from traceability.formats.artwork import pdf
from traceability.formats.artwork.drawing import as_pdf
from traceability.formats.artwork.preview import picture
from traceability.formats.artwork.values import Artwork

LARGEST = 2 * 1024 * 1024

PDF, SVG = "application/pdf", "image/svg+xml"

GLANCE_PX = 200
"""Wide enough for the thinnest line of a mark to leave a trace."""


#: What is looked at is looked at again soon, and drawing takes its time.
KEPT = 8


@lru_cache(maxsize=KEPT)
def read_artwork(content: bytes) -> Artwork:
    """The checked artwork; a Refusal of `artwork.*` says what is wrong with the file."""
    if len(content) > LARGEST:
        raise errors.ArtworkTooLarge(size=len(content), largest=LARGEST)
    kind = _kind(content)
    page = pdf.plain_page(content if kind == PDF else as_pdf(_text(content)))
    if picture(page.pdf, GLANCE_PX).convert("L").getextrema() == (255, 255):
        raise errors.ArtworkEmpty()
    return Artwork(kind, hashlib.sha256(content).hexdigest(), page.width_mm, page.height_mm, page.pdf)


def _kind(content: bytes) -> str:
    if content.startswith(b"\x1f\x8b"):
        raise errors.ArtworkPacked()
    if content.startswith(b"%PDF-"):
        return PDF
    if re.search(r"<(\w+:)?svg\b", _text(content)):
        return SVG
    raise errors.ArtworkKindUnknown()


def _text(content: bytes) -> str:
    """The text of an SVG. Other encodings than UTF-8 would be read one way by us and another way elsewhere."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise errors.ArtworkKindUnknown() from error
