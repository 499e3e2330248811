"""Pages of a PDF as pictures, by PDFium: another program than those that made them."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO

import pypdfium2
from PIL import Image

POINTS_PER_INCH = 72

#: PDFium keeps its state in one place; two threads in it at once bring the process down.
_ONE_AT_A_TIME = threading.Lock()

Unreadable = pypdfium2.PdfiumError


@contextmanager
def opened(content: bytes) -> Iterator[pypdfium2.PdfDocument]:
    """A document, for one thread at a time; raise `Unreadable`."""
    with _ONE_AT_A_TIME, pypdfium2.PdfDocument(content) as document:
        yield document


def grey(page: pypdfium2.PdfPage, dpi: int) -> Image.Image:
    """A page in grey, as a printer of that resolution would have it."""
    return page.render(scale=dpi / POINTS_PER_INCH, grayscale=True).to_pil()


def colour(page: pypdfium2.PdfPage, scale: float) -> Image.Image:
    """A page on white, so many dots a point."""
    return page.render(scale=scale, may_draw_forms=False).to_pil().convert("RGB")


def png(content: bytes, dpi: int) -> bytes:
    """The first page as a PNG, for looking at on a screen; raise `Unreadable`."""
    with opened(content) as document:
        return as_png(colour(document[0], dpi / POINTS_PER_INCH))


def as_png(picture: Image.Image) -> bytes:
    """A picture as a PNG."""
    written = BytesIO()
    picture.save(written, "PNG")
    return written.getvalue()
