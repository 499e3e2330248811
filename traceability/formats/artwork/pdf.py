"""PDF: one page of vector drawing is taken out of the file, and everything else is refused or left behind.

The file's dictionaries are looked through as a whole, whether something refers to them or not; then the page is
copied into a new file, and what was copied is looked through once more for what a drawing may not hold.
"""

import re
from dataclasses import dataclass
from decimal import Decimal
from io import BytesIO
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Pdf

from traceability.domain import errors
from traceability.formats.artwork import limits, parts
from traceability.formats.artwork.content import Drawing

# A few hundred bytes can unpack to gigabytes while a file is opened. The bound holds for every PDF this process reads.
pikepdf.settings.set_qpdf_limits(
    flate_max_memory=limits.UNPACKED,
    run_length_max_memory=limits.UNPACKED,
    png_max_memory=limits.UNPACKED,
    tiff_max_memory=limits.UNPACKED,
    parser_max_container_size=limits.OBJECTS,
)

#: What qpdf and pikepdf raise at a file whose parts are not of the kind they should be.
MISSHAPEN = (pikepdf.PikepdfError, ArithmeticError, AttributeError, LookupError, TypeError, ValueError)


@dataclass(frozen=True, slots=True)
class Page:
    """One page in a file of its own."""

    pdf: bytes
    width_mm: Decimal
    height_mm: Decimal


def plain_page(content: bytes) -> Page:
    """The one page of a file, drawn as the file shows it and nothing else; raise what is refused."""
    _check_filters_named(content)
    try:
        with _opened(content) as source:
            return _taken(source)
    except MISSHAPEN as error:
        raise errors.ArtworkBroken() from error


def _check_filters_named(content: bytes) -> None:
    """LZW is the one packing whose result is not bounded, and packs the file's own tables, too: seen before opening."""
    plain = re.sub(rb"#([0-9A-Fa-f]{2})", lambda found: bytes.fromhex(found[1].decode()), content)
    if b"/LZW" in plain:
        raise errors.ArtworkNotAllowed(text="LZWDecode")


def _opened(content: bytes) -> Pdf:
    """A damaged file is not mended: others might mend it into something else."""
    try:
        opened = pikepdf.open(BytesIO(content), attempt_recovery=False)
    except pikepdf.PasswordError as error:
        raise errors.ArtworkLocked() from error
    if opened.is_encrypted:
        opened.close()
        raise errors.ArtworkLocked()
    return opened


def _taken(source: Pdf) -> Page:
    parts.check_parts(source)
    if len(source.pages) != 1:
        raise errors.ArtworkPages(given=len(source.pages))
    parts.check_layers(source)
    with Pdf.new() as made:
        width, height = _place(source.pages[0], made)
        parts.check_copied(made)
        _check_content(made, Drawing(width, height))
        for part in parts.dictionaries(made):
            parts.forget(part)
        return Page(_saved(made), _millimetres(width), _millimetres(height))


def _millimetres(points: float) -> Decimal:
    return Decimal(f"{points * limits.PT_MM:.3f}")


def _saved(made: Pdf) -> bytes:
    written = BytesIO()
    made.save(written, deterministic_id=True, recompress_flate=True, preserve_pdfa=False)
    return written.getvalue()


def _place(page: pikepdf.Page, made: Pdf) -> tuple[float, float]:
    """Put what is visible of a page onto a new one, upright and at true size; its width and height in points.

    Visible is the crop box: it is what every reader shows, so what the officer saw is what is printed. A trim box
    speaks of cutting paper, and a mark is not cut out.
    """
    page.trimbox = Array(_visible(page))
    form = made.copy_foreign(page.as_form_xobject())
    left, bottom, right, top = _corners(form)
    width, height = right - left, top - bottom
    limits.check_size(width * limits.PT_MM, height * limits.PT_MM)
    new = made.add_blank_page(page_size=(width, height))
    new.obj.Resources = Dictionary(XObject=Dictionary(Artwork=form))
    new.obj.Contents = made.make_stream(f"q 1 0 0 1 {-left:f} {-bottom:f} cm /Artwork Do Q".encode())
    return width, height


def _visible(page: pikepdf.Page) -> tuple[float, float, float, float]:
    media, crop = pikepdf.Rectangle(page.mediabox), pikepdf.Rectangle(page.cropbox)
    left, bottom = max(media.llx, crop.llx), max(media.lly, crop.lly)
    right, top = min(media.urx, crop.urx), min(media.ury, crop.ury)
    limits.check_size((right - left) * limits.PT_MM, (top - bottom) * limits.PT_MM)
    return left, bottom, right, top


def _corners(form: Any) -> tuple[float, float, float, float]:
    """The box of a form after its own matrix, which turns and scales the page as the file says."""
    box = pikepdf.Rectangle(form.BBox)
    matrix = pikepdf.Matrix(form.Matrix) if "/Matrix" in form else pikepdf.Matrix()
    turned = matrix.transform(box)
    return turned.llx, turned.lly, turned.urx, turned.ury


def _check_content(made: Pdf, drawing: Drawing) -> None:
    drawing.weigh(made.pages[0].obj.Resources.XObject.Artwork, Dictionary())
    if not drawing.painted:
        raise errors.ArtworkEmpty()
