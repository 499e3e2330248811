"""A copied SVG as a PDF, by WeasyPrint, which is given the copy and nothing else."""

import logging
import threading
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from xml.etree import ElementTree as ET

from weasyprint import HTML
from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

from traceability.domain import errors
from traceability.formats.artwork.svg import copied, parsed

_PAGE = """<style>@page {{ size: {0}mm {1}mm; margin: 0 }} body {{ margin: 0 }}
img {{ position: fixed; top: 0; left: 0; width: {0}mm; height: {1}mm }}</style><img src="artwork:drawing">"""


def as_pdf(text: str) -> bytes:
    """The drawing as a PDF of its own size; raise what is refused."""
    root, width_mm, height_mm = copied(parsed(text))
    page = _PAGE.format(f"{width_mm:.4f}", f"{height_mm:.4f}")
    with _complaints() as complaints:
        pdf: bytes = HTML(string=page, url_fetcher=_OnlyThis(ET.tostring(root))).write_pdf()
    if complaints:
        raise errors.ArtworkBroken()
    return pdf


class _OnlyThis(URLFetcher):  # type: ignore[misc]
    """Hands over the drawing; whatever else is asked for stops the work."""

    def __init__(self, drawing: bytes) -> None:
        super().__init__(allowed_protocols=("artwork",), allow_redirects=False)
        self._drawing = drawing

    def fetch(self, url: str, headers: Mapping[str, str] | None = None) -> URLFetcherResponse:
        if url != "artwork:drawing":
            raise FatalURLFetchingError(f"artwork may not read {url}")
        return URLFetcherResponse(url, body=self._drawing, headers={"Content-Type": "image/svg+xml"})


@contextmanager
def _complaints() -> Iterator[Collection[str]]:
    """What WeasyPrint could not draw in this thread: it draws the rest and says so in its log only."""
    found: list[str] = []
    listener = _Listener(found)
    logging.getLogger("weasyprint").addHandler(listener)
    try:
        yield found
    finally:
        logging.getLogger("weasyprint").removeHandler(listener)


class _Listener(logging.Handler):
    def __init__(self, found: list[str]) -> None:
        super().__init__(logging.ERROR)
        self._found, self._thread = found, threading.get_ident()

    def emit(self, record: logging.LogRecord) -> None:
        if record.thread == self._thread:
            self._found.append(record.getMessage())
