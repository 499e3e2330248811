"""Where labels go: the cell a used sheet is begun at, the offset of a printer, and the page it is measured with."""

from pathlib import Path

import pytest

from tests.formats.conftest import FACE, decoded, dots, ink, label, raster, text_of
from traceability.formats.labels import (
    Design,
    Label,
    OffsetOffSheet,
    Placement,
    StartOffSheet,
    calibration,
    check_placement,
    render,
    room,
)

LABELS = [label(number) for number in range(5)]


def drawn_at(pdf: bytes, folder: Path) -> list[tuple[int, int, int, int]]:
    return [ink(page) for page in raster(pdf, folder)]


def test_a_used_sheet_is_begun_at_the_cell_named(designs: dict[str, Design], tmp_path: Path) -> None:
    design = designs["a4-40"]
    first, second = raster(
        render(design, FACE, LABELS, sample=False, placement=Placement(start=38)), tmp_path
    )
    assert sorted(decoded(first)) == sorted(one.url for one in LABELS[:2])
    assert ink(first)[1] > dots(design.cell(38)[1])[0]
    assert sorted(decoded(second)) == sorted(one.url for one in LABELS[2:])
    assert ink(second)[1] < dots(design.grid.top + 2)[0]


def test_everything_is_moved_by_the_offset(designs: dict[str, Design], tmp_path: Path) -> None:
    design = designs["a4-40"]
    plain, moved = (
        drawn_at(render(design, FACE, LABELS[:1], sample=False, placement=placement), tmp_path)[0]
        for placement in (Placement(), Placement(right=-3.0, down=2.5))
    )
    right, down = dots(-3.0, 2.5)
    wanted = (plain[0] + right, plain[1] + down, plain[2] + right, plain[3] + down)
    assert all(abs(one - other) <= 1 for one, other in zip(moved, wanted, strict=True))


@pytest.mark.parametrize("start", [-1, 40])
def test_a_cell_that_is_not_on_the_sheet_is_refused(designs: dict[str, Design], start: int) -> None:
    with pytest.raises(StartOffSheet) as refused:
        render(designs["a4-40"], FACE, LABELS, sample=True, placement=Placement(start=start))
    assert refused.value.facts == {"start": start, "cells": 40}


@pytest.mark.parametrize(
    ("right", "down"), [(8.1, 0), (-8.1, 0), (0, 21.6), (0, -21.6), (float("nan"), 0), (0, float("inf"))]
)
def test_an_offset_that_pushes_a_label_off_the_page_is_refused_with_the_room_there_is(
    designs: dict[str, Design], right: float, down: float
) -> None:
    with pytest.raises(OffsetOffSheet) as refused:
        check_placement(designs["a4-40"], Placement(right=right, down=down))
    facts = refused.value.facts
    assert (facts["right_from"], facts["right_to"]) == (-8.0, 8.0)
    assert (facts["down_from"], facts["down_to"]) == (-21.5, 21.5)


def test_the_outermost_offset_is_allowed(designs: dict[str, Design]) -> None:
    for right, down in ((8.0, 21.5), (-8.0, -21.5)):
        check_placement(designs["a4-40"], Placement(right=right, down=down))


def test_a_label_that_fills_its_page_cannot_be_moved(designs: dict[str, Design]) -> None:
    assert room(designs["roll-40x60"]) == ((0, 0), (0, 0))
    with pytest.raises(OffsetOffSheet):
        check_placement(designs["roll-40x60"], Placement(right=0.1))


def test_gutters_count_as_room_is_measured(designs: dict[str, Design]) -> None:
    grid = designs["a4-40"].grid.model_copy(update={"column_gap": 2.0, "left": 5.0})
    design = designs["a4-40"].model_copy(update={"grid": grid})
    assert room(design)[0] == (-5.0, 5.0)


def test_a_placement_is_judged_before_the_labels_are(designs: dict[str, Design]) -> None:
    wrong = Label("x", "y", "z")
    with pytest.raises(StartOffSheet):
        render(designs["a4-40"], FACE, [wrong], sample=False, placement=Placement(start=40))


# --- calibration --------------------------------------------------------------------------------------------


def test_the_calibration_page_numbers_every_cell_and_says_the_offset(
    designs: dict[str, Design], tmp_path: Path
) -> None:
    said = text_of(calibration(designs["a4-40"], placement=Placement(right=0.5, down=-1.25)), tmp_path)
    assert {str(n) for n in range(1, 41)} <= set(said.split())
    for words in ("+0.50", "-1.25", "100 × 100 mm", "十字", "Each cross"):
        assert words in said


def test_the_square_of_the_calibration_page_measures_100_mm(
    designs: dict[str, Design], tmp_path: Path
) -> None:
    [page] = raster(calibration(designs["a4-40"]), tmp_path)
    [y] = dots(297 / 2 + 20)
    line = page.crop((0, y, page.width, y + 1)).tobytes()
    black = [x for x, value in enumerate(line) if value < 60 and x > dots(10)[0]]
    assert abs(black[-1] - black[0] - dots(100)[0]) <= 3


def test_a_calibration_page_has_its_crosses_in_the_middle_of_the_first_and_last_cell(
    designs: dict[str, Design], tmp_path: Path
) -> None:
    design = designs["a4-40"]
    [page] = raster(calibration(design), tmp_path)
    for index in (0, 39):
        left, top = design.cell(index)
        x, y = dots(left + 48.5 / 2, top + 25.4 / 2)
        around = page.crop((x - 40, y - 40, x + 40, y + 40))
        box = ink(around)
        assert abs(box[0] + box[2] - 80) <= 3
        assert abs(box[1] + box[3] - 80) <= 3


def test_every_design_has_a_calibration_page_of_its_own_size(
    designs: dict[str, Design], carton_design: Design, tmp_path: Path
) -> None:
    for design in (*designs.values(), carton_design):
        pdf = calibration(design)
        [page] = raster(pdf, tmp_path, dpi=72)
        assert abs(page.width - design.page.width / 25.4 * 72) <= 1
        assert "Offset → +0.00 ↓ +0.00 mm" in text_of(pdf, tmp_path)


def test_a_roll_is_told_to_be_shifted_at_the_printer(designs: dict[str, Design], tmp_path: Path) -> None:
    assert "shift it at the printer" in text_of(calibration(designs["roll-30x20"]), tmp_path)


def test_a_calibration_page_is_refused_an_offset_its_labels_could_not_have(
    designs: dict[str, Design],
) -> None:
    with pytest.raises(OffsetOffSheet):
        calibration(designs["a4-40"], placement=Placement(down=30))
