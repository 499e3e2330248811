"""The official artwork in its mark box, and the stencil that bulk printing starts from."""

import io
from pathlib import Path

import pikepdf
import pytest
from PIL import Image, ImageChops

from tests.formats.conftest import FACE, artwork, dots, ink, label, raster, text_of
from traceability.formats.labels import Design, Placement, render, stencil_pdf
from traceability.formats.labels.design import Item

LABELS = [label(number) for number in range(3)]
SPECIMEN: dict[Item, str] = {"code": "0 123456789ABCDEFGHJKMNPQRSTVWXYZ", "control_number": "0123456789"}


def mark_box(page: Image.Image, design: Design) -> Image.Image:
    """The mark box of the first label, cut out of a page of 300 dpi."""
    box = design.mark_box
    assert box is not None
    left, top, right, bottom = dots(box.x, box.y, box.right, box.bottom)
    return page.crop((left, top, right, bottom))


@pytest.mark.parametrize(("width", "height"), [(60, 20), (10, 30), (174, 165)])
def test_artwork_fills_its_box_in_proportion_and_centred(
    designs: dict[str, Design], width: float, height: float, tmp_path: Path
) -> None:
    design = designs["roll-40x60"]
    pdf = render(design, FACE, LABELS[:1], sample=False, artwork=artwork(width, height))
    box = mark_box(raster(pdf, tmp_path)[0], design)
    left, top, right, bottom = ink(box)
    scale = min(box.width / width, box.height / height)
    assert abs(right - left - width * scale) <= 3
    assert abs(bottom - top - height * scale) <= 3
    assert abs(left - (box.width - right)) <= 3
    assert abs(top - (box.height - bottom)) <= 3


def test_every_label_has_the_artwork_and_the_file_has_it_once(
    designs: dict[str, Design], tmp_path: Path
) -> None:
    design = designs["roll-40x60"]
    pdf = render(design, FACE, LABELS, sample=False, artwork=artwork(10, 10))
    assert all(ink(mark_box(page, design)) for page in raster(pdf, tmp_path))
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        forms = [one for one in opened.objects if isinstance(one, pikepdf.Stream)]
        assert sum(one.get("/Subtype") == "/Form" for one in forms) == 1


def test_a_sample_shows_the_artwork_under_its_stamp_and_no_outline(
    designs: dict[str, Design], tmp_path: Path
) -> None:
    design = designs["roll-40x60"]
    pdf = render(design, FACE, LABELS[:1], sample=True, artwork=artwork(174, 165))
    assert "专用标志位置" not in text_of(pdf, tmp_path)
    [page] = raster(pdf, tmp_path)
    assert min(mark_box(page, design).tobytes()) < 0.45 * 255


def test_artwork_moves_with_its_label(designs: dict[str, Design], tmp_path: Path) -> None:
    page = designs["roll-40x60"].page.model_copy(update={"width": 50.0})
    design = designs["roll-40x60"].model_copy(update={"page": page})
    plain, moved = (
        raster(
            render(design, FACE, LABELS[:1], sample=False, placement=placement, artwork=artwork(9, 9)),
            tmp_path,
        )[0]
        for placement in (Placement(), Placement(right=5.0))
    )
    [shift] = dots(5.0)
    [one, other] = (
        ink(mark_box(picture, design)) for picture in (plain, ImageChops.offset(moved, -shift, 0))
    )
    assert all(abs(a - b) <= 1 for a, b in zip(one, other, strict=True))


def test_a_design_without_mark_box_takes_no_artwork(designs: dict[str, Design]) -> None:
    with_it, without = (
        render(designs["a4-40"], FACE, LABELS, sample=False, artwork=given) for given in (artwork(9, 9), None)
    )
    assert with_it == without


def test_the_same_artwork_gives_the_same_bytes(designs: dict[str, Design]) -> None:
    given = artwork(20, 10)
    once, again = (render(designs["roll-40x60"], FACE, LABELS, sample=False, artwork=given) for _ in range(2))
    assert once == again


# --- stencil ------------------------------------------------------------------------------------------------


def test_a_stencil_is_a_label_without_what_differs_and_a_page_of_specimens(
    designs: dict[str, Design], tmp_path: Path
) -> None:
    for design in designs.values():
        with pikepdf.open(io.BytesIO(stencil_pdf(design, FACE, specimen=SPECIMEN))) as pdf:
            sides = [[float(side) * 25.4 / 72 for side in page.mediabox[2:]] for page in pdf.pages]
        assert sides == [pytest.approx([design.label.width, design.label.height], abs=0.01)] * 2


def test_label_and_specimens_together_are_the_label(designs: dict[str, Design], tmp_path: Path) -> None:
    """What all share, and the texts of one label in their boxes: with its symbol, nothing of a label is missing."""
    for name in ("roll-40x60", "roll-30x20"):
        design, one, given = designs[name], LABELS[0], artwork(9, 9)
        code = " ".join(one.code[i : i + 4] for i in range(0, 16, 4))
        specimen: dict[Item, str] = {"code": code, "control_number": one.control_number}
        stencil = stencil_pdf(design, FACE, specimen=specimen, artwork=given)
        fixed, varying = raster(stencil, tmp_path)
        [whole] = raster(render(design, FACE, [one], sample=False, artwork=given), tmp_path)[:1]
        box = dots(*(side for side in (design.qr.x, design.qr.y, design.qr.box.right, design.qr.box.bottom)))
        whole.paste(255, (box[0], box[1], box[2], box[3]))
        together = ImageChops.darker(fixed, varying)
        together.paste(255, (box[0], box[1], box[2], box[3]))
        assert ImageChops.difference(whole, together).getbbox() is None


def test_specimens_keep_their_spaces_and_both_pages_share_their_fonts(designs: dict[str, Design]) -> None:
    spaced: dict[Item, str] = {"code": "0  1", "control_number": "0"}
    with pikepdf.open(io.BytesIO(stencil_pdf(designs["a4-40"], FACE, specimen=spaced))) as pdf:
        first, second = (page.Resources.Font for page in pdf.pages)
        assert {first[name].objgen for name in dict(first)} >= {second[name].objgen for name in dict(second)}
        shown = [
            one.operands[0] for one in pikepdf.parse_content_stream(pdf.pages[1]) if str(one.operator) == "TJ"
        ]
    glyphs = b"".join(bytes(part) for part in shown[0] if isinstance(part, pikepdf.String))
    assert len(glyphs) == 2 * len("0  1")
