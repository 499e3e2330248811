"""Carton labels to PDF. They carry no mark, only its control numbers, so nothing here is ever a SAMPLE."""

from collections.abc import Mapping, Sequence

import qrcode
from qrcode.constants import ERROR_CORRECT_M

from traceability.formats import qr
from traceability.formats.labels.design import Design
from traceability.formats.labels.draw import check_pack_date, fitted, shared_texts, to_pdf
from traceability.formats.labels.drawing import label_html, page_html
from traceability.formats.labels.errors import CartonNoUnprintable
from traceability.formats.labels.placing import check_placement
from traceability.formats.labels.values import (
    AS_DESIGNED,
    CartonLabel,
    Face,
    Placement,
    packs_text,
    ranges_text,
)


def render_cartons(
    design: Design, face: Face, cartons: Sequence[CartonLabel], *, placement: Placement = AS_DESIGNED
) -> bytes:
    """A PDF with one label for each of `cartons`, in their order, from the cell `placement` names.

    A LabelRefused says what does not fit: the number, or more ranges than the design has lines for.
    """
    if not cartons or design.kind != "carton":
        raise ValueError(f"cartons and a design for them are needed, not {design.id}")
    check_placement(design, placement)
    check_pack_date(design, face)
    shared = shared_texts(design, face)
    drawings = [_drawing(design, face, shared, carton) for carton in cartons]
    return to_pdf(design, page_html(design, drawings, placement=placement))


def _drawing(design: Design, face: Face, shared: Mapping[str, Sequence[str]], carton: CartonLabel) -> str:
    own = {
        "carton_no": carton.no,
        "lot": carton.lot,
        "packs": packs_text(face.net_content, carton.packs),
        "ranges": ranges_text(carton.ranges),
    }
    return label_html(design, {**shared, **fitted(design, own)}, symbol=_symbol(design, carton.no))


def _symbol(design: Design, number: str) -> qr.Matrix:
    """The number itself, in the mode that suits it: a firm's own numbers may have small letters or Chinese (UTF-8)."""
    version = design.qr.version
    code = qrcode.QRCode(
        version=version, error_correction=ERROR_CORRECT_M, border=qr.QUIET_ZONE, mask_pattern=qr.MASK
    )
    code.add_data(number, optimize=0)
    if code.best_fit() > version:
        raise CartonNoUnprintable(carton=number, design=design.id)
    code.version = version
    code.make(fit=False)
    return tuple(tuple(map(bool, row)) for row in code.get_matrix())
