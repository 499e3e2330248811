"""Artwork as a picture, drawn on white by another program than the one that made it."""

from PIL import Image

from traceability.domain import errors
from traceability.formats import pdfium
from traceability.formats.artwork.values import Artwork


def preview_png(artwork: Artwork, width_px: int) -> bytes:
    """The artwork on white as a PNG, so many dots wide."""
    return pdfium.as_png(picture(artwork.pdf, width_px))


def picture(pdf: bytes, width_px: int) -> Image.Image:
    """A one-page PDF on white; raise `ArtworkBroken`."""
    try:
        with pdfium.opened(pdf) as document:
            return pdfium.at_width(document[0], width_px)
    except pdfium.Unreadable as error:
        raise errors.ArtworkBroken() from error
