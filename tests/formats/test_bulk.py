"""Marks in bulk: codes, symbols, whole files of labels, lists. Each is compared with what is the authority for one."""

import io
from dataclasses import replace
from typing import Any

import numpy as np
import pikepdf
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.formats.conftest import FACE, GTIN, PUBLIC_URL
from traceability.domain import marks
from traceability.domain.marks import ALPHABET, LAST_SERIAL, SerialRange
from traceability.formats import pdfium, qr
from traceability.formats.artwork import read_artwork
from traceability.formats.bulk import codes, proof
from traceability.formats.bulk.lists import draw_list, misnamed, untrue_rows
from traceability.formats.bulk.sheets import draw_file, symbol_of
from traceability.formats.bulk.stencil import Stencil
from traceability.formats.bulk.symbols import Symbols
from traceability.formats.digital_link import mark_url
from traceability.formats.labels import Design, Label, Placement, render
from traceability.formats.labels.compiling import compile_stencil, digest_of
from traceability.formats.labels.errors import LabelRefused, OffsetOffSheet, PackDateMissing, TextDoesNotFit

KEY = b"\x07" * 32
EVEN = "HTTPS://MAOJIAN.QIANNAN.EXAMPLE.GOV.CN/01/06901234567892/21/"
ODD = "HTTPS://TEA.EXAMPLE.CN/M/"
DESIGNS = ("a4-40", "roll-40x60", "roll-30x20")
RANGES = (SerialRange(12_001, 12_039), SerialRange(12_100, 12_104))


def code_rows(*listed: str) -> np.ndarray:
    return np.frombuffer("".join(listed).encode(), dtype=np.uint8).reshape(len(listed), 16)


def stencil_of(design: Design, *, placement: Placement | None = None) -> Stencil:
    placed = placement or Placement()
    return compile_stencil(design, FACE, public_url=PUBLIC_URL, gtin=GTIN, placement=placed)


def true_label(serial: int) -> Label:
    code = marks.encode(serial, KEY)
    return Label(mark_url(PUBLIC_URL, gtin=GTIN, code=code), code, marks.control_number(serial))


def page_of(pdf: bytes, page: int, dpi: int = 300) -> np.ndarray:
    with pdfium.opened(pdf) as document:
        return np.array(pdfium.grey(document[page], dpi)).astype(int)


@pytest.fixture(scope="module")
def stencils(designs: dict[str, Design]) -> dict[str, Stencil]:
    return {name: stencil_of(designs[name]) for name in DESIGNS}


@pytest.fixture(scope="module")
def drawn(stencils: dict[str, Stencil]) -> dict[str, bytes]:
    return {
        name: draw_file(one, RANGES, KEY, start=min(3, one.per_page - 1)) for name, one in stencils.items()
    }


# --- codes ------------------------------------------------------------------------------------------------------


@given(
    first=st.integers(1, LAST_SERIAL - 20), count=st.integers(1, 20), key=st.binary(min_size=1, max_size=64)
)
def test_codes_in_bulk_are_those_of_the_rules(first: int, count: int, key: bytes) -> None:
    found = codes.letters(codes.encoded(first, count, key))
    assert [bytes(row).decode() for row in found] == [
        marks.encode(n, key) for n in range(first, first + count)
    ]
    assert codes.decoded(found, key).tolist() == list(range(first, first + count))


def test_a_code_that_is_wrong_anywhere_is_no_serial() -> None:
    true = marks.encode(12_001, KEY)
    wrong = [true[:n] + ALPHABET[(ALPHABET.index(true[n]) + 1) % 32] + true[n + 1 :] for n in range(16)]
    found = codes.decoded(code_rows(true, *wrong, true.replace(true[0], "U", 1), true.lower()), KEY)
    assert found.tolist() == [12_001, *[-1] * 18]
    assert codes.decoded(code_rows(true), b"another key").tolist() == [-1]


def test_a_key_longer_than_a_block_is_refused() -> None:
    with pytest.raises(ValueError, match="64 bytes"):
        codes.encoded(1, 1, b"k" * 65)


# --- symbols ----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module", params=[EVEN, ODD], ids=["even", "odd"])
def symbols(request: pytest.FixtureRequest) -> Symbols:
    """Tables for an address that ends on a pair of characters, and for one that ends inside a pair."""
    return Symbols(request.param, version=4)


@given(code=st.text(ALPHABET, min_size=16, max_size=16))
def test_a_symbol_from_the_table_is_the_librarys_bit_for_bit(symbols: Symbols, code: str) -> None:
    values = np.array([[ALPHABET.index(letter) for letter in code]], dtype=np.uint8)
    [found] = symbols.draw(values)
    assert symbols.matrix(found) == qr.symbol(symbols.prefix + code, version=4, mask=qr.MASK)


def test_an_address_too_long_for_the_version_has_no_table() -> None:
    with pytest.raises(qr.SymbolTooLarge):
        Symbols(EVEN + "A" * 20, version=4)


# --- files of labels --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", DESIGNS)
def test_the_fast_path_draws_what_the_plain_rendering_draws(
    designs: dict[str, Design], drawn: dict[str, bytes], name: str
) -> None:
    """Pixel by pixel at 300 dpi; a hair of grey at the edge of a letter may differ, as coordinates are rounded."""
    start = min(3, designs[name].grid.count - 1)
    serials = list(marks.serials(RANGES))[: max(3, designs[name].grid.count - start)]
    labels = [true_label(n) for n in serials]
    plain = render(designs[name], FACE, labels, sample=False, placement=Placement(start))
    for page in range(1 if designs[name].grid.count > 1 else 3):
        apart = np.abs(page_of(plain, page) - page_of(drawn[name], page))
        assert apart.max() <= 8, (name, page, int(apart.max()), int((apart > 8).sum()))


def test_artwork_stands_in_the_mark_box_as_the_plain_rendering_has_it(designs: dict[str, Design]) -> None:
    drawing = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 30 20"><path fill="#070" d="M0 0h30v20z"/></svg>'
    design, artwork = designs["roll-40x60"], read_artwork(drawing).pdf
    asked: dict[str, Any] = {
        "public_url": PUBLIC_URL,
        "gtin": GTIN,
        "placement": Placement(),
        "artwork": artwork,
    }
    fast = draw_file(compile_stencil(design, FACE, **asked), [SerialRange(12_001, 12_002)], KEY)
    plain = render(design, FACE, [true_label(n) for n in (12_001, 12_002)], sample=False, artwork=artwork)
    bare = draw_file(stencil_of(design), [SerialRange(12_001, 12_002)], KEY)
    for page in (0, 1):
        assert np.abs(page_of(plain, page) - page_of(fast, page)).max() <= 8
    assert np.abs(page_of(bare, 0) - page_of(fast, 0)).max() > 100


@pytest.mark.parametrize("name", DESIGNS)
def test_every_label_of_a_file_is_read_by_another_decoder(
    stencils: dict[str, Stencil], drawn: dict[str, bytes], name: str
) -> None:
    found = set()
    with pdfium.opened(drawn[name]) as document:
        for page in document:
            found |= set(proof.read(pdfium.grey(page, proof.DPI)))
    assert found == {true_label(n).url for n in marks.serials(RANGES)}


@pytest.mark.parametrize("name", DESIGNS)
def test_a_file_is_sound_and_tells_what_is_on_its_labels(drawn: dict[str, bytes], name: str) -> None:
    with pikepdf.open(io.BytesIO(drawn[name])) as pdf:
        assert pdf.check_pdf_syntax() == []
        assert "/CreationDate" not in pdf.docinfo
    with pdfium.opened(drawn[name]) as document:
        text = "".join(page.get_textpage().get_text_range() for page in document)
    for serial in marks.serials(RANGES):
        assert marks.control_number(serial) in text
        assert true_label(serial).code in text.replace(" ", "").replace("\r\n", "")


def test_the_same_marks_give_the_same_bytes(designs: dict[str, Design], drawn: dict[str, bytes]) -> None:
    again = draw_file(stencil_of(designs["a4-40"]), RANGES, KEY, start=3)
    assert again == drawn["a4-40"]


def test_a_used_sheet_is_begun_at_its_first_free_cell(stencils: dict[str, Stencil]) -> None:
    pdf = draw_file(stencils["a4-40"], [SerialRange(1, 42)], KEY, start=39)
    with pdfium.opened(pdf) as document:
        read = [sorted(proof.read(pdfium.grey(page, proof.DPI))) for page in document]
    assert [len(one) for one in read] == [1, 40, 1]
    assert read[0] == [true_label(1).url]


def test_a_printers_offset_moves_everything_and_stays_on_the_sheet(designs: dict[str, Design]) -> None:
    straight = draw_file(stencil_of(designs["a4-40"]), [SerialRange(1, 1)], KEY)
    moved = draw_file(
        stencil_of(designs["a4-40"], placement=Placement(0, 2.54, -2.54)), [SerialRange(1, 1)], KEY
    )
    first, second = (np.argwhere(page_of(one, 0) < 128).min(axis=0) for one in (straight, moved))
    assert (second - first).tolist() == [-30, 30]  # 2.54 mm are 30 dots at 300 dpi
    with pytest.raises(OffsetOffSheet):
        stencil_of(designs["a4-40"], placement=Placement(0, 20, 0))


def test_what_cannot_be_drawn_is_refused_before_anything_is(designs: dict[str, Design]) -> None:
    asked = {"public_url": PUBLIC_URL, "gtin": GTIN, "placement": Placement()}
    for face, refused in (
        (replace(FACE, product="茶" * 60), TextDoesNotFit),
        (replace(FACE, pack_date=None), PackDateMissing),
        (replace(FACE, net_content=1500), LabelRefused),
    ):
        with pytest.raises(refused):
            compile_stencil(designs["a4-40"], face, **asked)  # type: ignore[arg-type]


def test_a_design_is_known_by_everything_that_decides_its_looks(designs: dict[str, Design]) -> None:
    assert len({digest_of(one) for one in designs.values()}) == len(designs)
    assert digest_of(designs["a4-40"]) == digest_of(designs["a4-40"])


def printed(stencil: Stencil, **more: Any) -> proof.Printed:
    asked: dict[str, Any] = {"prefix": EVEN, "stencil": stencil, "ranges": RANGES, "key": KEY, "start": 3}
    return proof.Printed(**(asked | more))


# --- proof ------------------------------------------------------------------------------------------------------


def test_a_single_wrong_module_is_found(stencils: dict[str, Stencil], drawn: dict[str, bytes]) -> None:
    stencil, content = stencils["a4-40"], drawn["a4-40"]
    assert proof.misdrawn(content, printed(stencil), range(44)) == []
    spoiled = bytearray(content)
    spoiled[content.index(bytes(symbol_of(content, stencil, 7)))] ^= 0x10
    assert proof.misdrawn(bytes(spoiled), printed(stencil), range(44)) == [7]
    assert proof.misdrawn(content, printed(stencil, key=b"another key"), (0, 43)) == [0, 43]


def test_a_page_with_another_marks_label_is_found(
    stencils: dict[str, Stencil], drawn: dict[str, bytes]
) -> None:
    stencil, content = stencils["a4-40"], drawn["a4-40"]
    assert proof.unread(content, printed(stencil), (0, 1)) == []
    others = (SerialRange(12_001, 12_038), SerialRange(12_099, 12_104))
    assert proof.unread(content, printed(stencil, ranges=others), (0, 1)) == [1]
    assert proof.unread(content, printed(stencil, prefix=ODD), (0, 1)) == [0, 1]


@given(sizes=st.lists(st.integers(1, 5000), min_size=1, max_size=50), per_page=st.sampled_from([1, 40]))
def test_a_sample_takes_the_ends_of_every_file_and_some_pages(sizes: list[int], per_page: int) -> None:
    files = [(labels, -(-labels // per_page)) for labels in sizes]
    taken = proof.samples(files, per_page)
    assert taken == proof.samples(files, per_page)
    for (labels, pages), one in zip(files, taken, strict=True):
        assert {0, labels - 1} <= set(one.labels) <= set(range(labels))
        assert set(one.pages) <= set(range(pages))
    assert any(one.pages for one in taken)
    looked = sum(len(one.labels) for one in taken)
    assert looked >= min(sum(sizes), proof.SYMBOLS_A_JOB) or min(sizes) < proof.SYMBOLS_A_JOB


# --- lists ------------------------------------------------------------------------------------------------------


def test_a_list_names_number_code_and_address_of_every_mark() -> None:
    header, *rows = draw_list(EVEN, RANGES, KEY).decode("ascii").splitlines()
    assert header == "control_number,code,url"
    assert rows == [
        f"{one.control_number},{one.code},{one.url}" for one in map(true_label, marks.serials(RANGES))
    ]


def test_a_list_is_proved_row_by_row() -> None:
    listed = draw_list(EVEN, RANGES, KEY)
    assert untrue_rows(listed, EVEN, RANGES, KEY) == 0
    for at in (30, 45, 60, 100, 130):
        spoiled = bytearray(listed)
        spoiled[at] ^= 1
        assert untrue_rows(bytes(spoiled), EVEN, RANGES, KEY) == 1, at
    assert misnamed(listed, EVEN, RANGES, KEY, range(44)) == 0
    assert misnamed(listed, EVEN, RANGES, b"another key", (0, 43)) == 2
    assert untrue_rows(listed[:-2], EVEN, RANGES, KEY) == 44
    assert untrue_rows(listed, ODD, RANGES, KEY) == 44
    assert untrue_rows(listed, EVEN, RANGES, b"another key") == 44
