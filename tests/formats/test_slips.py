"""Symbols of slips: the table a phone draws from gives what the encoder of record gives."""

import pytest

from traceability.formats import qr
from traceability.formats.slips import ALPHANUMERIC, SymbolTable, drawn, slip_prefix, slip_url, symbol_table

BASE = "https://maojian.qiannan.example.gov.cn"
NO, REF = "R26-1-B07-0012", "7KQ2M0XD8T4V"


def drawn_by_table(table: SymbolTable, tail: str) -> list[str]:
    """As `static/leaf/slip.js` does it: flip what each set bit flips."""
    text = table.lead + tail
    values = [ALPHANUMERIC.index(one) for one in text]
    bits = ""
    for at in range(0, len(text) - 1, 2):
        bits += f"{45 * values[at] + values[at + 1]:011b}"
    if len(text) % 2:
        bits += f"{values[-1]:06b}"
    modules = int(table.plain, 16)
    for bit, flips in zip(bits, table.bits, strict=True):
        modules ^= int(flips, 16) if bit == "1" else 0
    written = f"{modules:0{len(table.plain) * 4}b}"
    return [written[row * table.side : (row + 1) * table.side] for row in range(table.side)]


@pytest.mark.parametrize("book", ["R26-1-B07-", "R26-12-B07-"])
@pytest.mark.parametrize("tail", ["0012/7KQ2M0XD8T4V", "0000/000000000000", "9999/ZZZZZZZZZZZZ"])
def test_the_table_gives_what_the_library_gives(book: str, tail: str) -> None:
    prefix = slip_prefix(BASE) + book
    rows = qr.symbol(prefix + tail, mask=qr.MASK)[qr.QUIET_ZONE : -qr.QUIET_ZONE]
    expected = ["".join("01"[dark] for dark in row[qr.QUIET_ZONE : -qr.QUIET_ZONE]) for row in rows]
    assert drawn_by_table(symbol_table(prefix, len(tail)), tail) == expected


def test_the_address_is_in_upper_case() -> None:
    assert slip_url(BASE, NO, REF) == f"HTTPS://MAOJIAN.QIANNAN.EXAMPLE.GOV.CN/R/{NO}/{REF}"
    with pytest.raises(ValueError, match="small letters"):
        slip_prefix("https://example.cn/path")


def test_a_drawing_has_every_dark_module() -> None:
    side, path = drawn(slip_url(BASE, NO, REF))
    dark = sum(sum(row) for row in qr.symbol(slip_url(BASE, NO, REF), mask=qr.MASK))
    assert path.count("M") == dark
    assert side == 33 + 2 * qr.QUIET_ZONE
