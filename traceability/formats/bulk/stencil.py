"""What all labels of a print job share, as plain values: the fixed layer as a PDF, and where the rest goes.

`labels.compiling` makes it with WeasyPrint, once; every process that draws with it needs no more than this.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from traceability.formats.bulk.symbols import Symbols


@dataclass(frozen=True, slots=True)
class TextPlace:
    """How a varying text is set, as operators, and the glyph numbers of its characters in hexadecimal."""

    opening: bytes
    glyphs: Mapping[str, bytes]


@dataclass(frozen=True, slots=True)
class Skeleton:
    """A complete PDF with the fonts and the fixed layer; files are made by appending to it.

    `form`, `fonts`, `pages` and `root` are object numbers, `size` is the first free one, `xref` an offset in bytes.
    """

    content: bytes
    form: int
    fonts: int
    pages: int
    root: int
    size: int
    xref: int
    ids: bytes


@dataclass(frozen=True, slots=True)
class Stencil:
    """A design with a face, an address and a place on the paper. Lengths in points; `cells` are lower left corners."""

    skeleton: Skeleton
    symbols: Symbols
    page: tuple[float, float]
    cells: tuple[tuple[float, float], ...]
    symbol: tuple[float, float, float]
    texts: Mapping[str, TextPlace]

    @property
    def per_page(self) -> int:
        """Labels on a full page."""
        return len(self.cells)
