"""The page a printer is measured with: where every cell should lie, and how far the paper's own edges are.

Its words stand in both languages, because the sheet goes to whoever stands at the printer.
"""

from collections.abc import Iterator
from itertools import chain

from traceability.formats.labels.design import Design, Size
from traceability.formats.labels.draw import to_pdf
from traceability.formats.labels.drawing import base_style, html_of, mm, page_size
from traceability.formats.labels.placing import check_placement, room
from traceability.formats.labels.values import AS_DESIGNED, Placement

SQUARE = 100
"""mm; the side of the square that shows whether the printer scales."""
ARM = 2
"""mm; from the middle of a cross to its ends."""
EDGE = 3.4
"""mm that the ruler takes along the upper edge."""
NOTE = 16.5
"""mm; the height of the words on a large page."""
LARGEST_TYPE = 9
"""Points; a small label gets smaller words."""
APPLIED = "已计入偏移 Offset → {:+.2f} ↓ {:+.2f} mm"
HOW = (
    "按 100% 打印。十字应在首末两枚标签的正中：偏左、偏上几毫米，偏移就加几；偏右、偏下几毫米，就减几。",
    "Print at 100 %. Each cross belongs in the middle of the first and last label: for every mm it is too far left or "
    "up, add 1 mm to the offset; too far right or down, take 1 mm off.",
)
FILLS_PAGE = ("标签占满整页：位置在打印机上调。", "The label fills its page: shift it at the printer.")

STYLE = """
.page div, .page svg { position: absolute; }
.page svg { left: 0; top: 0; }
.ruler { font-size: 4.5pt; line-height: 1.6mm; }
.number { font-size: 7pt; line-height: 3mm; width: 10mm; text-align: right; color: #777; }
.note { left: 5%; width: 90%; text-align: center; line-height: 1.25; }
"""


def calibration(design: Design, *, placement: Placement = AS_DESIGNED) -> bytes:
    """One page of the design's size as a PDF, moved by the offset of `placement` as its labels would be."""
    check_placement(design, placement)
    drawn = "".join(
        chain([_lines(design)], _rulers(design.page), _numbers(design), [_note(design, placement)])
    )
    size = f"width:{mm(design.page.width)};height:{mm(design.page.height)}"
    moved = f'<div style="left:{mm(placement.right)};top:{mm(placement.down)};{size}">{drawn}</div>'
    style = base_style(design) + page_size(design.page) + STYLE
    return to_pdf(design, html_of([moved], style=style, title=f"{design.name.zh} · Calibration"))


def _lines(design: Design) -> str:
    """Every line of the page, in mm."""
    page = design.page
    size = f'width="{mm(page.width)}" height="{mm(page.height)}" viewBox="0 0 {page.width} {page.height}"'
    solid = "".join(chain(_crosses(design), _ticks(page), _square(page)))
    cells = f'<path d="{"".join(_outlines(design))}" stroke="#999"/>'
    lines = f'<path d="{solid}" stroke="#000"/>'
    return f'<svg {size}><g fill="none" stroke-width="0.15">{cells}{lines}</g></svg>'


def _outlines(design: Design) -> Iterator[str]:
    width, height = design.label.width, design.label.height
    for x, y in map(design.cell, range(design.grid.count)):
        yield f"M{x:g} {y:g}h{width}v{height}h-{width}z"


def _crosses(design: Design) -> Iterator[str]:
    for index in sorted({0, design.grid.count - 1}):
        x, y = _middle(design, index)
        yield f"M{x - ARM:g} {y:g}h{2 * ARM}M{x:g} {y - ARM:g}v{2 * ARM}"


def _middle(design: Design, index: int) -> tuple[float, float]:
    left, top = design.cell(index)
    return left + design.label.width / 2, top + design.label.height / 2


def _ticks(page: Size) -> Iterator[str]:
    """A line at every mm from the upper left corner on, longer at five and ten."""
    for n in range(1, int(max(page.width, page.height)) + 1):
        length = 3 if n % 10 == 0 else 2.2 if n % 5 == 0 else 1.4
        if n <= page.width:
            yield f"M{n} 0v{length}"
        if n <= page.height:
            yield f"M0 {n}h{length}"


def _square(page: Size) -> Iterator[str]:
    if _has_square(page):
        yield f"M{(page.width - SQUARE) / 2:g} {(page.height - SQUARE) / 2:g}h{SQUARE}v{SQUARE}h-{SQUARE}z"


def _has_square(page: Size) -> bool:
    return min(page.width, page.height) >= SQUARE + 2 * EDGE


def _rulers(page: Size) -> Iterator[str]:
    for n in range(10, int(page.width), 10):
        yield f'<div class="ruler" style="left:{n + 0.4}mm;top:1.7mm">{n}</div>'
    for n in range(10, int(page.height), 10):
        yield f'<div class="ruler" style="left:3.2mm;top:{n - 0.8:g}mm">{n}</div>'


def _numbers(design: Design) -> Iterator[str]:
    """The cells counted from 1, at their upper right corners but clear of the ruler."""
    for index in range(design.grid.count):
        left, top = design.cell(index)
        place = f"left:{mm(left + design.label.width - 13)};top:{mm(max(top, EDGE) + 1.8)}"
        yield f'<div class="number" style="{place}">{index + 1}</div>'


def _note(design: Design, placement: Placement) -> str:
    """What a person at the printer has to know: above the labels where there is room, else under the middle."""
    still = room(design) == ((0, 0), (0, 0))
    offset = APPLIED.format(placement.right, placement.down)
    square = f" · □ {SQUARE} × {SQUARE} mm" if _has_square(design.page) else ""
    said = "".join(f"<p>{line}</p>" for line in (offset + square, *(FILLS_PAGE if still else HOW)))
    size = min(LARGEST_TYPE, design.page.width / 8)
    above = design.grid.top >= EDGE + NOTE
    top = EDGE + 0.6 if above else design.page.height / 2 + ARM + 0.3
    return f'<div class="note" style="top:{mm(top)};font-size:{size:g}pt">{said}</div>'
