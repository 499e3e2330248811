"""Where the fixed wording of a design comes to lie, which only its style says: laid out once and measured."""

from collections.abc import Iterator
from itertools import combinations

from weasyprint.formatting_structure.boxes import TextBox

from traceability.formats.labels.checks import boxes
from traceability.formats.labels.design import Box, Design, Fault, Problem
from traceability.formats.labels.draw import laid_out
from traceability.formats.labels.drawing import document_html, label_html

MM_PER_PIXEL = 25.4 / 96
TOLERANCE = 0.2
"""mm; a line's box is a little higher than the ink of its letters."""


def drawn_problems(design: Design) -> list[Problem]:
    """Captions off the label, in the quiet zone, on a varying text or on each other.

    Takes as long as drawing a label, so it is asked when a design is checked, not whenever it is loaded.
    """
    captions = list(_captions(design))
    return [*_off_label(design, captions), *_over_boxes(design, captions), *_over_each_other(captions)]


Caption = tuple[str, float, float, float, float]
"""The wording; left, top, right and bottom in mm."""


def _captions(design: Design) -> Iterator[Caption]:
    """Every line of text of a label whose varying texts are left empty."""
    label = f'<div class="label" style="left:0;top:0">{label_html(design, {})}</div>'
    document = laid_out(design, document_html(design, [label], page=design.label, title=design.id))
    for page in document.pages:
        for box in page._page_box.descendants(placeholders=True):
            if isinstance(box, TextBox) and box.text.strip():
                left, top = box.position_x * MM_PER_PIXEL, box.position_y * MM_PER_PIXEL
                right, bottom = left + box.width * MM_PER_PIXEL, top + box.height * MM_PER_PIXEL
                yield box.text.strip(), left, top, right, bottom


def _off_label(design: Design, captions: list[Caption]) -> Iterator[Problem]:
    for text, left, top, right, bottom in captions:
        beyond = max(-left, -top, right - design.label.width, bottom - design.label.height)
        if beyond > TOLERANCE:
            yield _problem(Fault.CAPTION_OFF, caption=text, beyond=round(beyond, 2))


def _over_boxes(design: Design, captions: list[Caption]) -> Iterator[Problem]:
    for caption in captions:
        for key, box in boxes(design).items():
            if _overlap(caption[1:], _edges(box)):
                yield _problem(Fault.CAPTION_OVER, caption=caption[0], other=key)


def _over_each_other(captions: list[Caption]) -> Iterator[Problem]:
    for one, other in combinations(captions, 2):
        if _overlap(one[1:], other[1:]):
            yield _problem(Fault.CAPTION_OVER, caption=one[0], other=other[0])


def _problem(fault: Fault, **facts: object) -> Problem:
    return Problem("", fault, facts, "style.css")


Edges = tuple[float, float, float, float]


def _edges(box: Box) -> Edges:
    return box.x, box.y, box.right, box.bottom


def _overlap(one: Edges, other: Edges) -> bool:
    across = min(one[2], other[2]) - max(one[0], other[0])
    down = min(one[3], other[3]) - max(one[1], other[1])
    return min(across, down) > TOLERANCE
