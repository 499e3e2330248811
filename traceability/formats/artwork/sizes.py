"""How large an SVG is, in mm, by its width and height or by its view box."""

import re
from math import inf
from xml.etree.ElementTree import Element

from traceability.domain import errors
from traceability.formats.artwork import limits

NUMBER = r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d{1,2})?"
LENGTH = re.compile(rf"\s*({NUMBER})\s*(px|pt|pc|mm|cm|in|em|ex|%|)\s*")
PX = {"": 1.0, "px": 1.0, "pt": 96 / 72, "pc": 16.0, "mm": 96 / 25.4, "cm": 96 / 2.54, "in": 96.0}

NOMINAL_MM = 100
"""The longer side of a drawing that gives only its proportion."""


def sized(root: Element) -> tuple[float, float]:
    """Width and height in mm; raise `ArtworkSize`. A view box has no unit: alone it only says the proportion."""
    box = _box(root)
    width, height = _pixels(root.get("width")), _pixels(root.get("height"))
    if box is None and not (width and height):
        raise errors.ArtworkSize(low=limits.LEAST_MM, high=limits.MOST_MM)
    if box is None:
        root.set("viewBox", f"0 0 {width} {height}")
    ratio = box[0] / box[1] if box else 1
    nominal = NOMINAL_MM / limits.PX_MM * min(1, ratio)
    wide = width or (height * ratio if height else nominal)
    high = height or wide / ratio
    limits.check_size(wide * limits.PX_MM, high * limits.PX_MM)
    return wide * limits.PX_MM, high * limits.PX_MM


def _box(root: Element) -> tuple[float, float] | None:
    """Width and height of the view box."""
    written = root.get("viewBox")
    if written is None:
        return None
    try:
        _x, _y, width, height = (float(one) for one in written.replace(",", " ").split())
    except ValueError as error:
        raise errors.ArtworkSize(low=limits.LEAST_MM, high=limits.MOST_MM) from error
    if not (0 < width < inf and 0 < height < inf):
        raise errors.ArtworkSize(low=limits.LEAST_MM, high=limits.MOST_MM)
    return width, height


def _pixels(written: str | None) -> float | None:
    """A length in CSS pixels; None when none is given, or one that depends on the page around it."""
    found = LENGTH.fullmatch(written or "")
    return float(found[1]) * PX[found[2]] if found and found[2] in PX else None
