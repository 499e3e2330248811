"""Artwork as the house keeps and prints it."""

from dataclasses import dataclass, field
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Artwork:
    """A file that passed every check. `sha256` is that of the file as handed in; `pdf` is one page, its drawing only.

    The same file gives the same `pdf`. Width and height are the page's, so they say in which proportion it is placed.
    """

    media_type: str
    sha256: str
    width_mm: Decimal
    height_mm: Decimal
    pdf: bytes = field(repr=False)

    @property
    def suffix(self) -> str:
        """How a file of this kind is called, whatever its firm called it."""
        return ".pdf" if self.media_type == "application/pdf" else ".svg"
