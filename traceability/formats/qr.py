"""QR symbols (ISO/IEC 18004) as matrices; `qrcode` is the encoder of record."""

import qrcode
from qrcode.constants import ERROR_CORRECT_M
from qrcode.util import MODE_ALPHA_NUM, QRData

Row = tuple[bool, ...]
Matrix = tuple[Row, ...]

QUIET_ZONE = 4
"""Light modules on each side (ISO/IEC 18004:2015 §6.3.8)."""


MASK = 2
"""The mask every label uses (ISO/IEC 18004:2015 §7.8): with one mask a symbol is an affine function of its text, so
symbols can be had from a table. Over our addresses it has the lowest penalty of the eight, on average and at worst."""


class SymbolTooLarge(ValueError):
    """The text needs a larger symbol than there is room for."""


def symbol(text: str, *, version: int | None = None, mask: int | None = None) -> Matrix:
    """The modules of `text`, dark is True, quiet zone included; alphanumeric mode, error correction M.

    With `version`, exactly that size, so that all labels of a design are alike; SymbolTooLarge when it cannot
    hold the text. With `mask`, that mask instead of the best. ValueError for a character outside alphanumeric mode.
    """
    code = qrcode.QRCode(
        version=version, error_correction=ERROR_CORRECT_M, border=QUIET_ZONE, mask_pattern=mask
    )
    code.add_data(QRData(text, mode=MODE_ALPHA_NUM), optimize=0)
    if version is not None and code.best_fit() > version:
        raise SymbolTooLarge(f"{len(text)} characters do not fit into version {version}-M: {text!r}")
    code.version = version
    code.make()
    return tuple(tuple(map(bool, row)) for row in code.get_matrix())


def width(version: int) -> int:
    """Modules across a symbol of `version`, quiet zone included (ISO/IEC 18004:2015 §6.3.1)."""
    return 17 + 4 * version + 2 * QUIET_ZONE
