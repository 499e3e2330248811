"""QR symbols."""

import pytest
import zxingcpp
from PIL import Image

from traceability.formats import qr
from traceability.formats.labels.checks import LONGEST_URL


def picture(matrix: qr.Matrix, scale: int = 4) -> Image.Image:
    image = Image.new("L", (len(matrix), len(matrix)), 255)
    image.putdata([0 if dark else 255 for row in matrix for dark in row])
    return image.resize((image.width * scale, image.height * scale), Image.Resampling.NEAREST)


def test_the_longest_address_takes_version_4_in_alphanumeric_mode_at_level_m() -> None:
    matrix = qr.symbol(LONGEST_URL)
    assert len(matrix) == qr.width(4)
    [read] = zxingcpp.read_barcodes(picture(matrix))
    assert (read.text, read.ec_level) == (LONGEST_URL, "M")


def test_four_light_modules_surround_the_symbol() -> None:
    matrix = qr.symbol("A")
    sides = [*matrix[:4], *matrix[-4:], *(row[:4] + row[-4:] for row in matrix)]
    assert not any(any(side) for side in sides)
    assert matrix[4][4]


def test_a_short_text_fills_the_version_asked_for() -> None:
    assert len(qr.symbol("SAMPLE", version=4)) == qr.width(4) == 41


def test_a_text_too_long_for_the_version_is_refused() -> None:
    with pytest.raises(qr.SymbolTooLarge):
        qr.symbol("A" * 91, version=4)


def test_small_letters_are_refused() -> None:
    with pytest.raises(ValueError, match="mode"):
        qr.symbol("https://tea.example.cn")


def test_every_mask_can_be_asked_for() -> None:
    drawn = {qr.symbol(LONGEST_URL, version=4, mask=mask) for mask in range(8)}
    assert len(drawn) == 8
    assert qr.symbol(LONGEST_URL) in drawn
