"""QR symbols in a photo, by a decoder that knows nothing of how labels are drawn."""

import zxingcpp

from traceability.formats import photos

#: A label may be a small part of the photo: enough of it is kept to read a symbol of some hundred pixels.
LONGEST_SIDE = 4_000


def codes_in(photo: bytes) -> tuple[str, ...]:
    """The texts of the QR symbols in a photo, each once; raise `PhotoRefused`."""
    seen = photos.upright(photo, LONGEST_SIDE).convert("L")
    symbols = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)
    found = zxingcpp.read_barcodes(seen, formats=symbols)
    return tuple(dict.fromkeys(one.text for one in found if one.text))
