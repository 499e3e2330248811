"""How much of everything a drawing of one mark may have.

A mark has some hundred shapes. Several times that is allowed, and the worst file within these bounds is drawn
or refused in seconds: WeasyPrint's time grows with the square of a path's length, of references and of depth.
"""

from traceability.domain.errors import ArtworkSize

#: Elements of an SVG, instructions of a PDF's page, each counted as often as it is drawn.
ELEMENTS = 5_000
INSTRUCTIONS = 200_000
PAINT = 60
"""Instructions that one painted shape counts for: it may cover the page."""

SHADE = 5_000
"""Instructions that a gradient or a group of its own transparency counts for: each dot of the page is reckoned anew."""

CONTENT = 1024 * 1024
"""Bytes of instructions in one piece, read at once."""

DEPTH = 30
"""Groups in groups, and references from what is referred to."""

REFERENCES = 300
RULES = 200
VALUE, VALUES = 100_000, 600_000
"""Characters of one attribute, and of all of them: mostly paths."""

UNPACKED = 16 * 1024 * 1024
"""Bytes of all streams of a PDF, unpacked."""

OBJECTS = 50_000
"""Parts of a PDF: dictionaries, lists, names and streams."""

LEAST_MM, MOST_MM = 2, 2_000
LONGEST = 5
"""How many times longer than wide; the official mark is about as wide as high."""

ROUNDING_MM = 0.01

PX_MM = 25.4 / 96
PT_MM = 25.4 / 72


def check_size(width_mm: float, height_mm: float) -> None:
    """Raise `ArtworkSize` for what no mark is."""
    short, long = sorted((width_mm, height_mm))
    if not (short >= LEAST_MM and long <= MOST_MM and long <= LONGEST * short + ROUNDING_MM):
        raise ArtworkSize(
            width_mm=f"{width_mm:.4g}", height_mm=f"{height_mm:.4g}", low=LEAST_MM, high=MOST_MM
        )
