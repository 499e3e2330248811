"""Proof of a print: finished files read back with other means than they were made with.

Symbols are compared module by module with the encoder of record; pages are rasterised and read by a decoder that knows
nothing of how they came about. What is looked at depends on the job alone, so a job that is run again proves the same.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import pypdfium2
import zxingcpp
from PIL import Image

from traceability.domain.marks import SerialRange, encode, serials
from traceability.formats import pdfium, qr
from traceability.formats.bulk.sheets import symbol_of
from traceability.formats.bulk.stencil import Stencil

SYMBOLS_A_JOB = 64
PAGES_A_JOB = 4
LABELS_A_JOB = 40
"""Where a page holds one label, so many pages are looked at."""
DPI = 300
_TRIES = (1, 2)  # a page that does not read is looked at once more in twice the resolution, as a person would


@dataclass(frozen=True, slots=True)
class Sample:
    """What of one file is looked at: labels by their place in the file, and pages."""

    labels: tuple[int, ...] = ()
    pages: tuple[int, ...] = ()


def samples(sizes: Sequence[tuple[int, int]], per_page: int) -> list[Sample]:
    """For each file of a job, given as (labels, pages): its first and last label at least, its share of the pages."""
    symbols = max(2, -(-SYMBOLS_A_JOB // len(sizes)))
    chosen = _spread(len(sizes), PAGES_A_JOB)
    pages = max(PAGES_A_JOB, LABELS_A_JOB // per_page) // len(chosen)
    return [
        Sample(_spread(labels, symbols), _spread(sheets, pages) if n in chosen else ())
        for n, (labels, sheets) in enumerate(sizes)
    ]


def _spread(total: int, wanted: int) -> tuple[int, ...]:
    """So many of 0 … total − 1 (or all), evenly, first and last included."""
    if wanted >= total:
        return tuple(range(total))
    if wanted == 1:
        return (total // 2,)
    return tuple(sorted({n * (total - 1) // (wanted - 1) for n in range(wanted)}))


@dataclass(frozen=True, slots=True)
class Printed:
    """What a file should hold: marks of these ranges from cell `start` on, their addresses beginning with `prefix`."""

    prefix: str
    stencil: Stencil
    ranges: Sequence[SerialRange]
    key: bytes = field(repr=False)
    start: int = 0

    def addresses(self) -> list[str]:
        """The address of every mark in order, by the rules."""
        return [self.prefix + encode(serial, self.key) for serial in serials(self.ranges)]

    def page(self, page: int) -> slice:
        """Which marks stand on a page."""
        per_page = self.stencil.per_page
        return slice(max(0, page * per_page - self.start), (page + 1) * per_page - self.start)


def misdrawn(content: bytes, printed: Printed, labels: Sequence[int]) -> list[int]:
    """The labels among these whose symbol is not, module by module, what the encoder of record draws."""
    marks = list(serials(printed.ranges)) if labels else []
    return [n for n in labels if not _is_drawn(content, printed, n, encode(marks[n], printed.key))]


def _is_drawn(content: bytes, printed: Printed, label: int, code: str) -> bool:
    symbols = printed.stencil.symbols
    drawn = symbols.matrix(symbol_of(content, printed.stencil, label))
    return drawn == qr.symbol(printed.prefix + code, version=symbols.version, mask=qr.MASK)


def unread(content: bytes, printed: Printed, pages: Sequence[int]) -> list[int]:
    """The pages among these on which the decoder does not read exactly the addresses of their marks."""
    if not pages:
        return []
    wanted = printed.addresses()
    with pdfium.opened(content) as document:
        return [n for n in pages if not _reads(document[n], sorted(wanted[printed.page(n)]))]


def _reads(page: pypdfium2.PdfPage, expected: Sequence[str]) -> bool:
    return any(sorted(read(pdfium.grey(page, DPI * times))) == expected for times in _TRIES)


def read(picture: Image.Image) -> list[str]:
    """What a decoder reads of the symbols in a picture."""
    symbols = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)
    return [found.text for found in zxingcpp.read_barcodes(picture, formats=symbols)]
