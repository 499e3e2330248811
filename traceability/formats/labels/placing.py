"""Where labels may go: which cell a used sheet is begun at, and how far a printer's offset moves everything."""

from traceability.formats.labels.design import SLACK, Design
from traceability.formats.labels.errors import OffsetOffSheet, StartOffSheet
from traceability.formats.labels.values import Placement

Span = tuple[float, float]


def check_placement(design: Design, placement: Placement) -> None:
    """Raise StartOffSheet or OffsetOffSheet unless every label of a full sheet stays on the page."""
    if not 0 <= placement.start < design.grid.count:
        raise StartOffSheet(start=placement.start, cells=design.grid.count)
    across, down = room(design)
    if not (_within(placement.right, across) and _within(placement.down, down)):
        asked = {"right": placement.right, "down": placement.down}
        far = {"right_from": across[0], "right_to": across[1], "down_from": down[0], "down_to": down[1]}
        raise OffsetOffSheet(**asked, **far)


def room(design: Design) -> tuple[Span, Span]:
    """How far a full sheet can be moved to the right and down, in mm, from (at most 0) and to."""
    first, last = design.cell(0), design.cell(design.grid.count - 1)
    right = design.page.width - last[0] - design.label.width
    bottom = design.page.height - last[1] - design.label.height
    return _span(first[0], right), _span(first[1], bottom)


def _span(before: float, after: float) -> Span:
    """Rounded to the hundredths in which an offset is given; a label may end at the very edge."""
    return -round(before, 2) + 0.0, max(round(after, 2), 0.0)


def _within(offset: float, span: Span) -> bool:
    return span[0] - SLACK <= offset <= span[1] + SLACK
