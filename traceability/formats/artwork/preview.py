"""Artwork as a picture, drawn on white by another program than the one that made it."""

import threading
from io import BytesIO

import pypdfium2
from PIL import Image

from traceability.domain import errors
from traceability.formats.artwork.values import Artwork

#: PDFium keeps its state in one place; two threads in it at once bring the process down.
_ONE_AT_A_TIME = threading.Lock()


def preview_png(artwork: Artwork, width_px: int) -> bytes:
    """The artwork on white as a PNG, so many dots wide."""
    written = BytesIO()
    picture(artwork.pdf, width_px).save(written, "PNG")
    return written.getvalue()


def picture(pdf: bytes, width_px: int) -> Image.Image:
    """A one-page PDF on white; raise `ArtworkBroken`."""
    try:
        with _ONE_AT_A_TIME, pypdfium2.PdfDocument(pdf) as document:
            page = document[0]
            scale = (width_px - 0.01) / page.get_width()  # dots are rounded up, and none is to be added
            bitmap = page.render(scale=scale, may_draw_forms=False)
            return bitmap.to_pil().convert("RGB")
    except pypdfium2.PdfiumError as error:
        raise errors.ArtworkBroken() from error
