"""Designs are checked when they are loaded; a bad one names its file and key."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.formats.conftest import LABELS
from traceability.formats.labels import BadDesign, Design
from traceability.formats.labels.load import load_design
from traceability.formats.labels.type import FILES, typeface

EVERYTHING = {
    "qr", "code", "control_number", "artwork", "gi_name", "standard", "product", "net_content", "grade",
    "pack_date", "hotline",
}  # fmt: skip


def test_the_sheet_has_forty_labels_and_no_mark_box(designs: dict[str, Design]) -> None:
    design = designs["a4-40"]
    assert (design.grid.count, design.label.width, design.label.height) == (40, 48.5, 25.4)
    assert design.carries == EVERYTHING - {"artwork"}
    assert not design.has_mark_box


def test_the_roll_carries_everything_with_a_mark_box(designs: dict[str, Design]) -> None:
    design = designs["roll-40x60"]
    assert (design.grid.count, design.page.width, design.page.height) == (1, 40, 60)
    assert design.carries == EVERYTHING | {"enterprise", "uscc"}
    assert design.has_mark_box


def test_modules_and_net_content_digits_are_large_enough(designs: dict[str, Design]) -> None:
    for design in designs.values():
        box = design.texts["net_content"]
        assert design.qr.module >= 0.33
        assert typeface(design.fonts, box.weight).digit_height(box.size) >= 4


def test_a_design_does_not_change_once_loaded(designs: dict[str, Design]) -> None:
    with pytest.raises(ValueError, match="frozen"):
        designs["a4-40"].leaves_pack_date_to_coder = True  # type: ignore[misc]


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        ("module = 0.4233", "module = 0.32", "qr.module"),
        ("version = 4", "version = 3", "qr.version"),
        ("columns = 4", "columns = 5", "grid.columns"),
        ("top = 21.5", "top = 45", "grid.rows"),
        ("columns = 4", "colums = 4", "grid.colums"),
        ("columns = 4", "columns = 0", "grid.columns"),
        ('"hotline",', '"telephone",', "carries"),
        ('"qr", ', "", "carries"),
        ('"qr", ', '"qr", "artwork", ', "mark_box"),
        ('"hotline",', "", "texts"),
        (
            "leaves_pack_date_to_coder = false",
            "leaves_pack_date_to_coder = true",
            "leaves_pack_date_to_coder",
        ),
        ("leaves_pack_date_to_coder = false\n", "", "leaves_pack_date_to_coder"),
        ("width = 45.1", "width = 30", "texts.code.width"),
        ("width = 45.1", "width = 47", "texts.code"),
        ("width = 12\n", "width = 10\n", "texts.control_number.width"),
        ("size = 15.55", "size = 7", "texts.net_content.size"),
        ("size = 15.55", "size = 17", "texts.net_content.height"),
        ("x = 5.6\ny = 18.1", "x = 5.6\ny = 17", "qr"),
        ("x = 0.4", "x = -1", "qr.x"),
        ("[name]", "[name", "(file)"),
    ],
)
def test_a_bad_design_is_refused_by_file_and_key(
    changed: Callable[..., Path], old: str, new: str, key: str
) -> None:
    folder = changed(old, new)
    with pytest.raises(BadDesign, match=r"a4-40/design\.toml: ") as refused:
        load_design(folder)
    assert any(found == key or found.startswith(f"{key}.") for found in refused.value.problems)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("{{ code }}", ""),
        ("{{ code }}", "{{ codes }}"),
        ("{{ code }}", "{{ code }"),
        ("净含量", "净含量齄"),
    ],
)
def test_a_drawing_that_does_not_fit_its_design_is_refused(
    changed: Callable[..., Path], old: str, new: str
) -> None:
    folder = changed(old, new, "label.html")
    with pytest.raises(BadDesign) as refused:
        load_design(folder)
    assert "label.html" in refused.value.problems


def test_the_fonts_hold_what_labels_say(designs: dict[str, Design]) -> None:
    said = "都匀毛尖茶珍尊瓮品特一二级样张专用标志位置净含量 No.gk12315—/（）"
    said += "黔南州都匀福泉荔波贵定瓮安独山平塘罗甸长顺龙里惠水三都硐箐塝坉"
    said += "".join(design.template for design in designs.values()).replace("\n", "")
    for weight in FILES:
        assert typeface(LABELS / "fonts", weight).missing(said) == ""


def test_lines_break_between_chinese_characters_but_not_in_latin_words_or_before_punctuation() -> None:
    face = typeface(LABELS / "fonts", 400)
    em = 10 * 25.4 / 72
    assert face.lines("都匀毛尖茶", 10, 3 * em) == ["都匀毛", "尖茶"]
    assert face.lines("都匀MaoJian茶", 10, 4.5 * em) == ["都匀", "MaoJian", "茶"]
    assert face.lines("都匀（毛尖）茶", 10, 3 * em) == ["都匀", "（毛", "尖）茶"]
