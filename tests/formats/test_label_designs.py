"""Designs are checked when they are loaded; a bad one names its file and key."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.formats.conftest import LABELS
from traceability.domain.profile import load
from traceability.formats.labels import (
    BadDesign,
    Design,
    Fault,
    capacity,
    design_folders,
    drawn_problems,
    load_design,
)
from traceability.formats.labels.checks import HELD
from traceability.formats.labels.type import FILES, typeface

PROFILES = LABELS.parent / "traceability/profiles"
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
    assert all(design.qr.module >= 0.33 for design in designs.values())
    for box in (design.texts["net_content"] for design in designs.values() if "net_content" in design.texts):
        assert typeface(LABELS / "fonts", box.weight).digit_height(box.size) >= 4


def test_a_design_does_not_change_once_loaded(designs: dict[str, Design]) -> None:
    with pytest.raises(ValueError, match="frozen"):
        designs["a4-40"].leaves_pack_date_to_coder = True  # type: ignore[misc]


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        ("module = 0.4233", "module = 0.32", "qr.module"),
        ("version = 4", "version = 3", "qr.version"),
        ("columns = 4", "columns = 5", "grid.columns"),
        ("carries", 'kind = "carton"\ncarries', "carries"),
        ("carries", 'kind = "box"\ncarries', "kind"),
        ('"code", ', '"code", "lot", ', "carries"),
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
        ("width = 14\n", "width = 13\n", "texts.net_content"),
        ("size = 5.6\n", "size = 5.8\n", "texts.standard"),
        ("lines = 2", "lines = 1", "texts.product"),
        ("width = 45.1", 'width = 45.1\nalign = "right"', "texts.code"),
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
    assert any(f"{found.key}.".startswith(f"{key}.") or not found.key for found in refused.value.problems)


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
    assert {problem.file for problem in refused.value.problems} == {"label.html"}


def test_the_small_roll_carries_what_the_office_asks_and_leaves_the_date_to_the_packer(
    designs: dict[str, Design],
) -> None:
    design = designs["roll-30x20"]
    assert design.carries == {"qr", "code", "control_number", "gi_name", "hotline"}
    assert (design.label.width, design.label.height, design.qr.version) == (30, 20, 4)
    assert design.leaves_pack_date_to_coder


def test_the_quiet_zone_of_every_symbol_lies_on_its_label(
    designs: dict[str, Design], carton_design: Design
) -> None:
    for design in (*designs.values(), carton_design):
        assert 0 <= design.qr.x <= design.qr.box.right <= design.label.width
        assert 0 <= design.qr.y <= design.qr.box.bottom <= design.label.height


def test_designs_hold_every_text_of_the_profile() -> None:
    """The checks may read no profile, so they have its texts of their own; this is what keeps them equal."""
    profile = load((PROFILES / "duyun-maojian.toml").read_text(encoding="utf-8"))
    assert HELD["gi_name"] == (profile.gi.zh,)
    assert HELD["hotline"] == (profile.hotline,)
    assert set(HELD["grade"]) == {grade.zh for grade in profile.grades}
    assert set(HELD["standard"]) == {*(one.code for one in profile.editions), profile.announcement.zh}


def test_names_of_a_common_length_fit_wherever_they_are_carried(designs: dict[str, Design]) -> None:
    for design in designs.values():
        held = capacity(design)
        assert held.get("product", 16) >= 16
        assert held.get("enterprise", 20) >= 20


def test_a_capacity_counts_lines_and_full_width_characters(carton_design: Design) -> None:
    held = capacity(carton_design)
    assert (held["product"], held["grade"], held["ranges"]) == (28, 4, 6)


def test_no_caption_of_a_design_is_in_the_way(designs: dict[str, Design], carton_design: Design) -> None:
    for design in (*designs.values(), carton_design):
        assert drawn_problems(design) == []


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        (".on-net-content { top: 17.9mm; }", ".on-net-content { top: 24mm; }", Fault.CAPTION_OFF),
        (".on-pack-date { top: 12.95mm; }", ".on-pack-date { top: 6mm; }", Fault.CAPTION_OVER),
        (".caption { left: 17.9mm;", ".caption { left: 16mm;", Fault.CAPTION_OVER),
        (".on-pack-date { top: 12.95mm; }", ".on-pack-date { top: 17.9mm; }", Fault.CAPTION_OVER),
    ],
)
def test_a_caption_off_the_label_or_over_something_is_found(
    changed: Callable[..., Path], old: str, new: str, fault: Fault
) -> None:
    found = drawn_problems(load_design(changed(old, new, "style.css")))
    assert fault in {problem.fault for problem in found}
    assert {problem.file for problem in found} == {"style.css"}


def test_every_problem_of_a_design_is_told_at_once(changed: Callable[..., Path]) -> None:
    folder = changed("version = 4", "version = 3")
    (folder / "design.toml").write_text(
        (folder / "design.toml").read_text("utf-8").replace("width = 45.1", "width = 47"), "utf-8"
    )
    with pytest.raises(BadDesign) as refused:
        load_design(folder)
    assert {problem.fault for problem in refused.value.problems} >= {Fault.SYMBOL_SMALL, Fault.OFF_LABEL}


def test_a_design_elsewhere_uses_the_fonts_of_this_one(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(LABELS / "roll-30x20", tmp_path / "mine"))
    assert load_design(folder).fonts == LABELS / "fonts"


def test_a_folder_without_its_files_is_refused(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(BadDesign) as refused:
        load_design(tmp_path / "empty")
    assert refused.value.problems[0].fault is Fault.UNREADABLE


def test_the_folders_of_designs_are_those_with_a_design() -> None:
    assert [folder.name for folder in design_folders(LABELS)] == [
        "a4-40", "carton-100x75", "roll-30x20", "roll-40x60",
    ]  # fmt: skip


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
