"""GS1 Digital Link: the address in a QR symbol; the keys it is made of are in `keys`, where it leads in `linksets`.

Only the address is at hand here: the processes that draw labels need nothing else and should start fast.
"""

from traceability.formats.digital_link.address import (
    ALPHANUMERIC,
    CODE,
    gtin14,
    is_address,
    mark_url,
    read_mark,
    upper_base,
)

__all__ = ["ALPHANUMERIC", "CODE", "gtin14", "is_address", "mark_url", "read_mark", "upper_base"]
