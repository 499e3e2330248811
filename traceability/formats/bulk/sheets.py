"""Files of labels in bulk: per label only the symbol and two texts are written, on top of a stencil.

A file is the stencil's PDF with objects appended to it, as an incremental update (ISO 32000-1 §7.5.6): an image mask
for every symbol, a content stream and a page object for every page, a new list of pages. Same input, same bytes; memory
is that of one file. Symbols are random bits, which no deflate makes smaller, so only the text of sheets is deflated.
"""

import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from traceability.domain.marks import CODE_LENGTH, SerialRange
from traceability.formats.bulk import codes
from traceability.formats.bulk.stencil import Stencil, TextPlace

Bytes = NDArray[np.uint8]

DIGITS = "0123456789"
GROUP = 4
"""Characters of a code in a printed group."""
CONTROL_DIGITS = len("0000000000")
_WORTH_DEFLATING = 2_000
_LEVEL = 1  # twice the size in pages of text is saved by level 1 already; more costs time and saves little


@dataclass
class _Writer:
    """A PDF that grows; remembers where each object begins."""

    parts: list[bytes]
    at: int
    offsets: dict[int, int] = field(default_factory=dict)

    def add(self, number: int, body: bytes) -> None:
        content = b"%d 0 obj\n%s\nendobj\n" % (number, body)
        self.offsets[number] = self.at
        self.append(content)

    def append(self, content: bytes) -> None:
        self.parts.append(content)
        self.at += len(content)


def draw_file(stencil: Stencil, ranges: Sequence[SerialRange], key: bytes, *, start: int = 0) -> bytes:
    """A PDF with a label for every mark of the ranges in order, the first one in cell `start` of its page."""
    values = np.vstack([codes.encoded(one.first, len(one), key) for one in ranges])
    serials = np.concatenate([np.arange(one.first, one.last + 1) for one in ranges])
    skeleton = stencil.skeleton
    writer = _Writer([skeleton.content], len(skeleton.content))
    first = _first_number(skeleton.size, len(values))
    _add_symbols(writer, stencil, values, first)
    pages = _add_pages(writer, stencil, values, serials, start, first)
    kids = b" ".join(b"%d 0 R" % number for number in pages)
    writer.add(skeleton.pages, b"<</Type/Pages/Count %d/Kids[%s]>>" % (len(pages), kids))
    _close(writer, stencil)
    return b"".join(writer.parts)


# --- symbols ------------------------------------------------------------------------------------------------


def _first_number(free: int, symbols: int) -> int:
    """The object number of the first symbol: with it all symbols' numbers have equally many digits."""
    first = 10
    while first < free or 9 * first < symbols:
        first *= 10
    return first


def _add_symbols(writer: _Writer, stencil: Stencil, values: Bytes, first: int) -> None:
    """Every symbol as an image mask of one bit a module, which is crisp at any size. All are written as one array."""
    drawn = stencil.symbols.draw(values)
    side = stencil.symbols.side
    digits = len(str(first))
    head = b"0" * digits + b" 0 obj\n<</Subtype/Image/Width %d/Height %d/ImageMask true/Length %d>>stream\n" % (
        side, side, drawn.shape[1],
    )  # fmt: skip
    numbers = np.arange(first, first + len(drawn))
    block = np.hstack([_repeated(head, len(drawn)), drawn, _repeated(b"\nendstream\nendobj\n", len(drawn))])
    block[:, :digits] = _decimal(numbers, digits)
    begins = range(writer.at, writer.at + block.size, block.shape[1])
    writer.offsets |= dict(zip(numbers.tolist(), begins, strict=True))
    writer.append(block.tobytes())


def _repeated(text: bytes, times: int) -> Bytes:
    return np.tile(np.frombuffer(text, dtype=np.uint8), (times, 1))


def _decimal(numbers: NDArray[np.int64], digits: int) -> Bytes:
    """Numbers in decimal with leading zeros, one a row."""
    powers = 10 ** np.arange(digits - 1, -1, -1, dtype=np.int64)
    return (numbers[:, None] // powers % 10 + ord("0")).astype(np.uint8)


def symbol_of(content: bytes, stencil: Stencil, label: int) -> Bytes:
    """The bytes of one symbol in a finished file, by its place there."""
    size = stencil.symbols.side * stencil.symbols.row_bytes
    images = content.index(b"<</Subtype/Image/Width", len(stencil.skeleton.content))
    begin = content.index(b"stream\n", images) + len(b"stream\n")
    length = content.index(b"stream\n", begin + size + len(b"\nendstream\n")) + len(b"stream\n") - begin
    at = begin + label * length
    return np.frombuffer(content[at : at + size], dtype=np.uint8)


# --- pages --------------------------------------------------------------------------------------------------


def _add_pages(
    writer: _Writer,
    stencil: Stencil,
    values: Bytes,
    serials: NDArray[np.int64],
    start: int,
    image: int,
) -> list[int]:
    """The pages' object numbers, which follow those of the symbols; `image` is the first symbol's."""
    slots = np.arange(start, start + len(values)) % stencil.per_page
    labels = _labels(stencil, values, serials, slots)
    pages = []
    for n, (first, last) in enumerate(_page_parts(len(values), stencil.per_page, start)):
        content = image + len(values) + 2 * n
        page = content + 1
        writer.add(content, _stream(labels[first:last].tobytes()))
        writer.add(page, _page(stencil, content, slots[first:last].tolist(), image + first))
        pages.append(page)
    return pages


def _page_parts(marks: int, per_page: int, start: int) -> Iterator[tuple[int, int]]:
    """From which to which label each page goes."""
    first, room = 0, per_page - start
    while first < marks:
        yield first, min(marks, first + room)
        first, room = first + room, per_page


def _page(stencil: Stencil, content: int, slots: Sequence[int], image: int) -> bytes:
    images = b"".join(b"/Q%d %d 0 R" % (slot, image + n) for n, slot in enumerate(slots))
    return (
        b"<</Type/Page/Parent %d 0 R/MediaBox[0 0 %.6f %.6f]/Contents %d 0 R"
        b"/Resources<</Font %d 0 R/XObject<</L %d 0 R%s>>>>>>"
    ) % (
        stencil.skeleton.pages, *stencil.page, content,
        stencil.skeleton.fonts, stencil.skeleton.form, images,
    )  # fmt: skip


def _stream(content: bytes) -> bytes:
    if len(content) < _WORTH_DEFLATING:
        return b"<</Length %d>>stream\n%s\nendstream" % (len(content), content)
    small = zlib.compress(content, _LEVEL)
    return b"<</Filter/FlateDecode/Length %d>>stream\n%s\nendstream" % (len(small), small)


def _labels(stencil: Stencil, values: Bytes, serials: NDArray[np.int64], slots: NDArray[np.int64]) -> Bytes:
    """The operators of every label, alike in length: those of its cell, with code and control number filled in."""
    cells, places = _templates(stencil)
    labels = cells[slots]
    shown = {"code": _grouped(values), "control_number": control_digits(serials)}
    for item, text in stencil.texts.items():
        filled = _glyphs(text, item)[shown[item]].reshape(len(labels), -1)
        labels[:, places[item] : places[item] + filled.shape[1]] = filled
    return labels


def control_digits(serials: NDArray[np.int64]) -> Bytes:
    """The digits of control numbers as values 0–9, one number a row."""
    return _decimal(serials, CONTROL_DIGITS) - ord("0")


def _grouped(values: Bytes) -> Bytes:
    """Values of a code with the value 32, a space, between groups."""
    spaced = np.insert(values, range(GROUP, CODE_LENGTH, GROUP), 32, axis=1)
    return spaced.astype(np.uint8)


def _glyphs(text: TextPlace, item: str) -> Bytes:
    """Glyph numbers in hexadecimal by value: of a code's characters and the space, or of the digits."""
    characters = DIGITS if item == "control_number" else codes.ALPHABET_AND_SPACE
    return np.array([np.frombuffer(text.glyphs[one], dtype=np.uint8) for one in characters])


def _templates(stencil: Stencil) -> tuple[Bytes, dict[str, int]]:
    """The operators of a label in each cell, with blanks for the texts, and where the blanks begin."""
    lines = [_template(stencil, slot, *cell) for slot, cell in enumerate(stencil.cells)]
    places = {item: lines[0][1][item] for item in stencil.texts}
    return np.array([np.frombuffer(line, dtype=np.uint8) for line, _ in lines]), places


def _template(stencil: Stencil, slot: int, left: float, bottom: float) -> tuple[bytes, dict[str, int]]:
    x, y, side = stencil.symbol
    name = b"/Q%d" % slot
    line = b"q 1 0 0 1 %s %s cm /L Do q %.6f 0 0 %.6f %.6f %.6f cm %-5s Do Q" % (
        _fixed(left), _fixed(bottom), side, side, x, y, name,
    )  # fmt: skip
    blanks = {}
    for item, text in stencil.texts.items():
        line += b" BT %s <" % text.opening
        blanks[item] = len(line)
        line += b"0" * _hex_digits(item) + b"> Tj ET"
    return line + b" Q\n", blanks


def _hex_digits(item: str) -> int:
    characters = CONTROL_DIGITS if item == "control_number" else CODE_LENGTH + CODE_LENGTH // GROUP - 1
    return 4 * characters


def _fixed(length: float) -> bytes:
    """A length of always the same number of characters, a minus sign included."""
    return b"%+011.4f" % length


# --- the end ------------------------------------------------------------------------------------------------


def _close(writer: _Writer, stencil: Stencil) -> None:
    """Cross-reference table of what was appended, and the trailer (ISO 32000-1 §7.5.4–7.5.6)."""
    skeleton, at = stencil.skeleton, writer.at
    writer.append(b"xref\n")
    for first, offsets in _sections(writer.offsets):
        entries = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
        writer.append(b"%d %d\n%s" % (first, len(offsets), entries))
    writer.append(
        b"trailer\n<</Size %d/Root %d 0 R/Prev %d/ID[%s]>>\nstartxref\n%d\n%%%%EOF\n"
        % (max(writer.offsets) + 1, skeleton.root, skeleton.xref, skeleton.ids, at)
    )


def _sections(offsets: dict[int, int]) -> Iterator[tuple[int, list[int]]]:
    """Runs of consecutive object numbers with their offsets."""
    run: list[int] = []
    first = 0
    for number in sorted(offsets):
        if run and number != first + len(run):
            yield first, run
            run = []
        first = first if run else number
        run.append(offsets[number])
    yield first, run
