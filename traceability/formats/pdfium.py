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


def png(content: bytes, width_px: int) -> bytes:
    """The first page as a PNG, so many dots wide, for looking at on a screen; raise `Unreadable`."""
    with opened(content) as document:
        return as_png(at_width(document[0], width_px))


def at_width(page: pypdfium2.PdfPage, width_px: int) -> Image.Image:
    """A page on white, so many dots wide: PDFium rounds dots up, and none is to be added."""
    return colour(page, (width_px - 0.01) / page.get_width())


def as_png(picture: Image.Image) -> bytes:
    """A picture as a PNG."""
    written = BytesIO()
    picture.save(written, "PNG")
    return written.getvalue()
