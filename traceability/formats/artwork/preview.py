"""Artwork as a picture, drawn on white by another program than the one that made it."""

from functools import lru_cache

from PIL import Image

from traceability.domain import errors
from traceability.formats import pdfium
from traceability.formats.artwork.values import Artwork


@lru_cache(maxsize=32)
def preview_png(artwork: Artwork, side_px: int) -> bytes:
    """The artwork on white as a PNG, its longer side so many dots."""
    return pdfium.as_png(picture(artwork.pdf, side_px))


def picture(pdf: bytes, side_px: int) -> Image.Image:
    """A one-page PDF on white; raise `ArtworkBroken`.

    The longer side is what is given: a tall drawing has no more dots than a wide one, and takes no longer.
    """
    try:
        with pdfium.opened(pdf) as document:
            width, height = document[0].get_size()
            return pdfium.at_width(document[0], round(side_px * min(1.0, width / height)))
    except pdfium.Unreadable as error:
        raise errors.ArtworkBroken() from error
