"""Printed labels, judged by what comes out of a rasteriser and an independent decoder."""

import math
import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pikepdf
import pytest
from PIL import Image, ImageChops

from tests.formats.conftest import FACE, decoded, decoded_by_zbar, dots, ink, label, raster, text_of
from traceability.formats.labels import (
    SAMPLE,
    AddressTooLong,
    BadDesign,
    CharacterMissing,
    Design,
    DigitsTooLow,
    Label,
    PackDateMissing,
    TextDoesNotFit,
    load_design,
    render,
)
from traceability.formats.labels.checks import HELD
from traceability.formats.labels.values import digit_height_needed, net_content_text

FORTY = [label(number) for number in range(12001, 12041)]


@pytest.fixture(scope="module")
def sheet(designs: dict[str, Design]) -> bytes:
    return render(designs["a4-40"], FACE, FORTY, sample=False)


@pytest.fixture(scope="module")
def sample_sheet(designs: dict[str, Design]) -> bytes:
    return render(designs["a4-40"], FACE, FORTY, sample=True)


def test_forty_of_forty_labels_of_a_sheet_decode_to_their_addresses(sheet: bytes, tmp_path: Path) -> None:
    [page] = raster(sheet, tmp_path)
    assert page.size == (2481, 3508)
    assert sorted(decoded(page)) == sorted(label.url for label in FORTY)
    assert sorted(decoded_by_zbar(page, tmp_path)) == sorted(label.url for label in FORTY)


@pytest.mark.parametrize("name", ["roll-40x60", "roll-30x20"])
def test_a_roll_has_one_label_a_page_that_both_decoders_read(
    designs: dict[str, Design], name: str, tmp_path: Path
) -> None:
    pages = raster(render(designs[name], FACE, FORTY[:3], sample=False), tmp_path)
    assert [decoded(page) for page in pages] == [[label.url] for label in FORTY[:3]]
    assert [decoded_by_zbar(page, tmp_path) for page in pages] == [[label.url] for label in FORTY[:3]]
    width, height = designs[name].page.width, designs[name].page.height
    assert pages[0].size == (math.ceil(width * 300 / 25.4), math.ceil(height * 300 / 25.4))


def test_a_module_is_as_many_dots_as_its_design_says(designs: dict[str, Design], tmp_path: Path) -> None:
    """Each module of the small label is four dots of a 300 dpi printer, with sharp edges and a white quiet zone."""
    design = designs["roll-30x20"]
    [page] = raster(render(design, FACE, FORTY[:1], sample=False), tmp_path)
    box = design.qr.box
    width, height = dots(box.right, box.bottom)
    symbol = page.crop((0, 0, width, height))
    assert set(symbol.tobytes()) == {0, 255}
    left, top, right, bottom = ink(symbol)
    assert min(left, top, symbol.width - right, symbol.height - bottom) >= 15
    assert {right - left, bottom - top} <= {33 * 4, 33 * 4 + 1}


def test_labels_lie_in_their_cells_in_the_order_given(sheet: bytes, tmp_path: Path) -> None:
    [page] = raster(sheet, tmp_path)
    for index in (0, 3, 4, 39):
        left, top = 8 + 48.5 * (index % 4), 21.5 + 25.4 * (index // 4)
        cell = [round(mm / 25.4 * 300) for mm in (left, top, left + 48.5, top + 25.4)]
        assert decoded(page.crop((cell[0], cell[1], cell[2], cell[3]))) == [FORTY[index].url]


def test_the_sheet_says_what_to_compare(sheet: bytes, tmp_path: Path) -> None:
    said = text_of(sheet, tmp_path)
    for text in ("都匀毛尖茶", "DB52/T 433—2018", "珍品", "250 g", "2026-04-18", "12315", "0000012001"):
        assert said.count(text) >= 1 if text == "0000012001" else said.count(text) >= 40
    code = FORTY[0].code
    assert f"{code[:4]} {code[4:8]} {code[8:12]} {code[12:]}" in said


def test_the_mark_box_stays_empty_on_live_labels(designs: dict[str, Design], tmp_path: Path) -> None:
    box = designs["roll-40x60"].mark_box
    assert box is not None
    [page] = raster(render(designs["roll-40x60"], FACE, FORTY[:1], sample=False), tmp_path)
    corners = [mm / 25.4 * 300 for mm in (box.x, box.y, box.right, box.bottom)]
    inside = page.crop((int(corners[0]), int(corners[1]), int(corners[2]), int(corners[3])))
    assert inside.getextrema() == (255, 255)


def test_more_labels_than_cells_go_on_to_the_next_page(designs: dict[str, Design], tmp_path: Path) -> None:
    grid = designs["a4-40"].grid.model_copy(update={"rows": 1})
    design = designs["a4-40"].model_copy(update={"grid": grid})
    pages = raster(render(design, FACE, FORTY[:9], sample=False), tmp_path)
    assert [len(decoded(page)) for page in pages] == [4, 4, 1]
    assert decoded(pages[2]) == [FORTY[8].url]


@pytest.mark.parametrize("name", ["a4-40", "roll-40x60", "roll-30x20"])
def test_a_sample_holds_nothing_live(designs: dict[str, Design], name: str, tmp_path: Path) -> None:
    pdf = render(designs[name], FACE, FORTY[:5], sample=True)
    assert {text for page in raster(pdf, tmp_path) for text in decoded(page)} <= {"SAMPLE"}
    said = text_of(pdf, tmp_path)
    assert "0000000000" in said
    assert "0000012001" not in said
    assert FORTY[0].code[:4] not in said


def test_a_sample_is_the_same_whatever_labels_were_passed(designs: dict[str, Design]) -> None:
    for design in designs.values():
        live, dummy = (render(design, FACE, labels, sample=True) for labels in (FORTY[:3], [SAMPLE] * 3))
        assert live == dummy


def test_every_label_of_a_sample_is_stamped_across(sample_sheet: bytes, tmp_path: Path) -> None:
    source = tmp_path / "sample.pdf"
    source.write_bytes(sample_sheet)
    subprocess.run(["pdftoppm", "-r", "75", "-singlefile", str(source), str(tmp_path / "sample")], check=True)
    red, _, blue = Image.open(tmp_path / "sample.ppm").split()
    stamped = ImageChops.subtract(red, blue).point([0] * 40 + [255] * 216)
    for index in range(40):
        left, top = (8 + 48.5 * (index % 4)) / 25.4 * 75, (21.5 + 25.4 * (index // 4)) / 25.4 * 75
        drawn = stamped.crop((int(left), int(top), int(left + 143), int(top + 75))).getbbox()
        assert drawn is not None
        assert drawn[2] - drawn[0] > 0.6 * 143
        assert drawn[3] - drawn[1] > 0.6 * 75


def test_the_label_font_is_embedded_and_no_other(sheet: bytes, tmp_path: Path) -> None:
    source = tmp_path / "sheet.pdf"
    source.write_bytes(sheet)
    listed = subprocess.run(["pdffonts", str(source)], check=True, capture_output=True, text=True).stdout
    fonts = [line.split() for line in listed.splitlines()[2:]]
    assert {font[0].split("+")[1] for font in fonts} == {"Noto-Sans-SC", "Noto-Sans-SC-Bold"}
    assert all(font[4] == "yes" for font in fonts)


def test_chinese_characters_are_drawn_and_not_boxes(designs: dict[str, Design], tmp_path: Path) -> None:
    """A missing glyph is the same box for every character: drawn characters differ from one another."""
    face = replace(FACE, gi_name="都匀毛尖茶")
    [page] = raster(render(designs["roll-40x60"], face, FORTY[:1], sample=False), tmp_path, dpi=600)
    box = designs["roll-40x60"].texts["gi_name"]
    em = box.size / 72 * 600
    left, top, bottom = box.x / 25.4 * 600, box.y / 25.4 * 600, box.bottom / 25.4 * 600
    drawn = [
        page.crop((int(left + i * em), int(top), int(left + (i + 1) * em), int(bottom))) for i in range(5)
    ]
    assert len({character.tobytes() for character in drawn}) == 5
    assert all(0.05 < 1 - sum(c.tobytes()) / 255 / (c.width * c.height) < 0.5 for c in drawn)


@pytest.mark.parametrize("name", ["a4-40", "roll-40x60", "roll-30x20"])
def test_ink_stays_inside_the_boxes_of_the_longest_texts(
    designs: dict[str, Design], name: str, tmp_path: Path
) -> None:
    design = designs[name]
    face = replace(FACE, product="（都匀）毛尖gjy" * 2, standard=HELD["standard"][-1], net_content=888)
    wide = Label("HTTP://H/M/" + "W" * 16, "W" * 16, "8888888888")
    [page] = raster(render(design, face, [wide], sample=False), tmp_path)
    left, top = design.cell(0)
    edges = dots(left, top, left + design.label.width, top + design.label.height)
    drawn = ink(page)
    [margin] = dots(0.8)
    assert min(drawn[0] - edges[0], drawn[1] - edges[1], edges[2] - drawn[2], edges[3] - drawn[3]) > margin


def test_the_same_labels_give_the_same_bytes(designs: dict[str, Design]) -> None:
    for design in designs.values():
        once, again = (render(design, FACE, FORTY[:3], sample=False) for _ in range(2))
        assert once == again


def test_the_pdf_tells_nothing_about_the_machine(
    sheet: bytes, tmp_path: Path, designs: dict[str, Design]
) -> None:
    (tmp_path / "sheet.pdf").write_bytes(sheet)
    with pikepdf.open(tmp_path / "sheet.pdf") as pdf:
        assert str(designs["a4-40"].folder) not in str(dict(pdf.docinfo))
        assert "/CreationDate" not in pdf.docinfo


@pytest.mark.parametrize(
    ("item", "text"),
    [
        ("product", "都匀毛尖茶明前珍品手工礼盒高山云雾螺丝壳山头春独芽限量珍藏版"),
        ("product", "DUYUN-MAOJIAN-HIGH-MOUNTAIN-TEA"),
        ("standard", "中华人民共和国原国家质量监督检验检疫总局公告2010年第133号"),
        ("grade", "特别珍稀级"),
    ],
)
def test_a_text_that_does_not_fit_is_refused_with_its_field(
    designs: dict[str, Design], item: str, text: str
) -> None:
    with pytest.raises(TextDoesNotFit) as refused:
        render(designs["a4-40"], replace(FACE, **{item: text}), FORTY[:1], sample=True)  # type: ignore[arg-type]
    assert refused.value.facts == {"text": item, "value": text, "design": "a4-40"}


def test_a_text_the_design_does_not_carry_need_not_fit(designs: dict[str, Design]) -> None:
    face = replace(FACE, enterprise="都匀" * 40)
    assert render(designs["a4-40"], face, FORTY[:1], sample=True)
    with pytest.raises(TextDoesNotFit):
        render(designs["roll-40x60"], face, FORTY[:1], sample=True)


@pytest.mark.parametrize("text", ["都匀毛尖齄", "都匀\n毛尖", "🍵"])
def test_a_character_the_font_lacks_is_refused(designs: dict[str, Design], text: str) -> None:
    with pytest.raises(CharacterMissing) as refused:
        render(designs["a4-40"], replace(FACE, product=text), FORTY[:1], sample=True)
    assert refused.value.facts["text"] == "product"


def test_markup_in_a_name_is_printed_as_it_stands(designs: dict[str, Design], tmp_path: Path) -> None:
    pdf = render(designs["a4-40"], replace(FACE, product="<b>&茶{{ 1 }}"), FORTY[:1], sample=False)
    assert "<b>&茶{{ 1 }}" in text_of(pdf, tmp_path)


def test_live_labels_need_the_pack_date_the_design_prints(designs: dict[str, Design]) -> None:
    face = replace(FACE, pack_date=None)
    assert render(designs["a4-40"], face, FORTY[:1], sample=True)
    with pytest.raises(PackDateMissing):
        render(designs["a4-40"], face, FORTY[:1], sample=False)


def test_an_address_too_long_for_the_symbol_is_refused(designs: dict[str, Design]) -> None:
    code = FORTY[0].code
    long = Label(f"HTTPS://{'A' * 80}.CN/M/{code}", code, "0000000001")
    with pytest.raises(AddressTooLong):
        render(designs["a4-40"], FACE, [long], sample=False)


@pytest.mark.parametrize(
    "wrong",
    [
        replace(FORTY[0], code=FORTY[1].code),
        replace(FORTY[0], control_number="12001"),
        SAMPLE,
    ],
)
def test_a_label_that_contradicts_itself_is_never_printed_live(
    designs: dict[str, Design], wrong: Label
) -> None:
    with pytest.raises(ValueError, match=r"belong together|ten digits"):
        render(designs["a4-40"], FACE, [wrong], sample=False)


def test_no_labels_make_no_pdf(designs: dict[str, Design]) -> None:
    with pytest.raises(ValueError, match="no label"):
        render(designs["a4-40"], FACE, [], sample=True)


def test_net_content_needs_digits_as_high_as_its_weight_asks(
    designs: dict[str, Design], changed: Callable[..., Path]
) -> None:
    low = load_design(changed("size = 15.55", "size = 12"))
    assert render(low, replace(FACE, net_content=200), FORTY[:1], sample=True)
    with pytest.raises(DigitsTooLow) as refused:
        render(low, replace(FACE, net_content=201), FORTY[:1], sample=True)
    assert refused.value.facts == {"net_content_g": 201, "height_mm": 3.1, "needed_mm": 4.0}
    with pytest.raises(DigitsTooLow):
        render(designs["a4-40"], replace(FACE, net_content=1001), FORTY[:1], sample=True)


@pytest.mark.parametrize(
    ("grams", "height"), [(3, 2), (50, 2), (51, 3), (200, 3), (201, 4), (1000, 4), (1001, None)]
)
def test_digit_heights_follow_the_table(grams: int, height: float | None) -> None:
    assert digit_height_needed(grams) == height


@pytest.mark.parametrize(("grams", "text"), [(50, "50 g"), (999, "999 g"), (1000, "1 kg"), (2500, "2.5 kg")])
def test_net_content_is_in_grams_below_a_kilogram(grams: int, text: str) -> None:
    assert net_content_text(grams) == text


@pytest.mark.parametrize(
    "address", ["file:///etc/hostname", "http://127.0.0.1:9/x.png", "../../pyproject.toml"]
)
def test_a_drawing_reads_only_its_own_files(
    designs: dict[str, Design], changed: Callable[..., Path], address: str
) -> None:
    spy = load_design(changed("净含量", f'净含量<img src="{address}">', "label.html"))
    with pytest.raises(BadDesign, match="may not read"):
        render(spy, FACE, FORTY[:1], sample=True)
