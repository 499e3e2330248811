"""Ten thousand labels of every design, all read by two decoders; TRIALS_DECODED asks for more or fewer."""

import os
import shutil
from pathlib import Path

import pytest

from tests.decoding import read_twice
from tests.formats.conftest import FACE, GTIN, LABELS, PUBLIC_URL
from traceability.domain import marks
from traceability.domain.marks import SerialRange
from traceability.formats.bulk.sheets import draw_file
from traceability.formats.digital_link import mark_url
from traceability.formats.labels import CartonLabel, Placement, load_designs, render_cartons
from traceability.formats.labels.compiling import compile_stencil

MANY = int(os.environ.get("TRIALS_DECODED", "10000"))
AT_ONCE = 1000
KEY = b"\x21" * 32
DESIGNS = load_designs(LABELS)
CARTONS = load_designs(LABELS, kind="carton")


@pytest.mark.parametrize("name", DESIGNS)
def test_every_label_is_read_by_both_decoders(name: str, tmp_path: Path) -> None:
    stencil = compile_stencil(DESIGNS[name], FACE, public_url=PUBLIC_URL, gtin=GTIN, placement=Placement())
    for first in range(1_000_001, 1_000_001 + MANY, AT_ONCE):
        drawn = SerialRange(first, first + AT_ONCE - 1)
        wanted = sorted(
            mark_url(PUBLIC_URL, gtin=GTIN, code=marks.encode(n, KEY)) for n in marks.serials([drawn])
        )
        assert read_twice(draw_file(stencil, [drawn], KEY), tmp_path / "pages") == (wanted, wanted), drawn
        shutil.rmtree(tmp_path / "pages")


@pytest.mark.parametrize("name", CARTONS)
def test_every_carton_label_is_read_by_both_decoders(name: str, tmp_path: Path) -> None:
    for first in range(1, MANY + 1, AT_ONCE):
        numbers = [f"CT26-1-{n:06d}" for n in range(first, first + AT_ONCE)]
        labels = [CartonLabel(no, "DY26-LSK-ZP-003-P01", 20, ("0000012001–0000012020",)) for no in numbers]
        pdf = render_cartons(CARTONS[name], FACE, labels)
        assert read_twice(pdf, tmp_path / "pages") == (sorted(numbers), sorted(numbers)), first
        shutil.rmtree(tmp_path / "pages")
