"""The enterprise's own official artwork, put into the mark boxes of a finished PDF. Nothing of it is redrawn."""

from collections.abc import Sequence
from io import BytesIO

import pikepdf

from traceability.formats.labels.design import POINTS_PER_MM, Box, Design

FORM = pikepdf.Name("/Artwork")


def place_artwork(
    pdf: bytes, artwork: bytes | None, design: Design, places: Sequence[Sequence[tuple[float, float]]]
) -> bytes:
    """`pdf` with the one page of `artwork` in the mark box of each label: as large as fits in proportion, centred.

    `places` are left and top in mm of the labels of each page. The artwork goes beneath what is drawn, so a
    SAMPLE stamp stays over it; it is stored once, however many labels show it.
    """
    if artwork is None or design.mark_box is None:
        return pdf
    made = BytesIO()
    with pikepdf.open(BytesIO(pdf)) as document, pikepdf.open(BytesIO(artwork)) as source:
        form = document.copy_foreign(source.pages[0].as_form_xobject())
        for page, labels in zip(document.pages, places, strict=True):
            _underlay(page, form, [_rectangle(page, design.mark_box, *place) for place in labels])
        document.save(made, deterministic_id=True)
    return made.getvalue()


def _underlay(page: pikepdf.Page, form: pikepdf.Object, rectangles: Sequence[pikepdf.Rectangle]) -> None:
    page.add_resource(form, pikepdf.Name.XObject, FORM)
    drawn = [page.calc_form_xobject_placement(form, FORM, rectangle) for rectangle in rectangles]
    page.contents_add(b"".join(drawn), prepend=True)


def _rectangle(page: pikepdf.Page, box: Box, left: float, top: float) -> pikepdf.Rectangle:
    """The mark box of the label at `left`, `top` mm, in points from the lower left corner of the page."""
    height = pikepdf.Rectangle(page.mediabox).ury
    x, y = (left + box.x) * POINTS_PER_MM, height - (top + box.bottom) * POINTS_PER_MM
    return pikepdf.Rectangle(x, y, x + box.width * POINTS_PER_MM, y + box.height * POINTS_PER_MM)
