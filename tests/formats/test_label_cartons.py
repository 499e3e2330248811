"""Carton labels: the number in large type and in the symbol, and the control numbers inside."""

from dataclasses import replace
from pathlib import Path

import pytest

from tests.formats.conftest import FACE, decoded, decoded_by_zbar, raster, text_of
from traceability.formats.labels import (
    CartonLabel,
    CartonNoUnprintable,
    CharacterMissing,
    Design,
    Label,
    OffsetOffSheet,
    PackDateMissing,
    Placement,
    TextDoesNotFit,
    capacity,
    load_designs,
    render,
    render_cartons,
)
from traceability.paths import labels

CARTON = CartonLabel("CT26-12-00001", "K26-12-00007", 24, ("0000012001-0000012012", "0000012101-0000012112"))


def numbered(no: str) -> CartonLabel:
    return replace(CARTON, no=no)


@pytest.mark.parametrize("no", ["CT26-12-00001", "12345", "tea/7 b", "箱-第一号"])
def test_both_decoders_read_the_number_whatever_it_is_written_in(
    carton_design: Design, no: str, tmp_path: Path
) -> None:
    [page] = raster(render_cartons(carton_design, FACE, [numbered(no)]), tmp_path)
    assert decoded(page) == decoded_by_zbar(page, tmp_path) == [no]


def test_a_carton_says_what_it_holds(carton_design: Design, tmp_path: Path) -> None:
    said = text_of(render_cartons(carton_design, FACE, [CARTON]), tmp_path)
    for text in ("CT26-12-00001", "K26-12-00007", "250 g × 24", *CARTON.ranges, "2026-04-18", "珍品"):
        assert text in said
    assert FACE.enterprise in said


def test_each_carton_has_a_page(carton_design: Design, tmp_path: Path) -> None:
    cartons = [numbered(f"CT26-12-0000{n}") for n in (1, 2, 3)]
    pages = raster(render_cartons(carton_design, FACE, cartons), tmp_path)
    assert [decoded(page) for page in pages] == [[carton.no] for carton in cartons]


def test_as_many_ranges_fit_as_the_design_says_and_no_more(carton_design: Design) -> None:
    most = capacity(carton_design)["ranges"]
    assert render_cartons(carton_design, FACE, [replace(CARTON, ranges=("0000000001-0000000002",) * most)])
    with pytest.raises(TextDoesNotFit) as refused:
        render_cartons(carton_design, FACE, [replace(CARTON, ranges=("0000000001-0000000002",) * (most + 1))])
    assert refused.value.facts["text"] == "ranges"


def test_a_line_of_ranges_is_broken_between_two_of_them(carton_design: Design, tmp_path: Path) -> None:
    ranges = tuple(f"{n:010d}-{n + 9:010d}" for n in range(10, 90, 20))
    said = text_of(render_cartons(carton_design, FACE, [replace(CARTON, ranges=ranges)]), tmp_path)
    assert f"{ranges[0]}, {ranges[1]},\n{ranges[2]}, {ranges[3]}\n" in said


def test_a_number_too_long_for_its_line_is_refused(carton_design: Design) -> None:
    with pytest.raises(TextDoesNotFit) as refused:
        render_cartons(carton_design, FACE, [numbered("CT" + "0" * 30)])
    assert refused.value.facts["text"] == "carton_no"


def test_a_number_too_long_for_the_symbol_is_refused(carton_design: Design) -> None:
    wide = carton_design.texts["carton_no"].model_copy(update={"size": 4.0})
    small = carton_design.qr.model_copy(update={"version": 1})
    design = carton_design.model_copy(
        update={"qr": small, "texts": {**carton_design.texts, "carton_no": wide}}
    )
    with pytest.raises(CartonNoUnprintable) as refused:
        render_cartons(design, FACE, [numbered("都匀毛尖茶第一箱")])
    assert refused.value.facts == {"carton": "都匀毛尖茶第一箱", "design": "carton-100x75"}


def test_a_number_the_font_cannot_draw_is_refused(carton_design: Design) -> None:
    with pytest.raises(CharacterMissing):
        render_cartons(carton_design, FACE, [numbered("CT齄")])


def test_packs_of_more_than_a_kilogram_have_cartons_too(carton_design: Design, tmp_path: Path) -> None:
    heavy = replace(FACE, net_content=2500)
    assert "2.5 kg × 24" in text_of(render_cartons(carton_design, heavy, [CARTON]), tmp_path)


def test_a_carton_needs_its_pack_date(carton_design: Design) -> None:
    with pytest.raises(PackDateMissing):
        render_cartons(carton_design, replace(FACE, pack_date=None), [CARTON])


def test_a_placement_is_checked_for_cartons_too(carton_design: Design) -> None:
    with pytest.raises(OffsetOffSheet):
        render_cartons(carton_design, FACE, [CARTON], placement=Placement(right=1))


def test_the_same_cartons_give_the_same_bytes(carton_design: Design) -> None:
    once, again = (render_cartons(carton_design, FACE, [CARTON]) for _ in range(2))
    assert once == again


def test_marks_and_cartons_keep_to_their_own_designs(
    designs: dict[str, Design], carton_design: Design
) -> None:
    with pytest.raises(ValueError, match="design"):
        render_cartons(designs["a4-40"], FACE, [CARTON])
    with pytest.raises(ValueError, match="design"):
        render(carton_design, FACE, [Label("A", "B", "C")], sample=True)
    with pytest.raises(ValueError, match="cartons"):
        render_cartons(carton_design, FACE, [])


def test_designs_are_listed_by_kind() -> None:
    assert set(load_designs(labels())) == {"a4-40", "roll-30x20", "roll-40x60"}
    assert set(load_designs(labels(), kind="carton")) == {"carton-100x75"}
