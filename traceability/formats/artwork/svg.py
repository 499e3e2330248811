"""SVG: what a drawing needs is copied from the file, what it does not need is refused, and the copy is drawn."""

import logging
import re
import threading
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from itertools import count
from math import inf
from typing import Any
from xml.etree import ElementTree as ET
from xml.etree.ElementTree import Element

from weasyprint import HTML
from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

from traceability.domain import errors
from traceability.domain.errors import Refusal
from traceability.formats.artwork import limits, paths, styles

SVG = "http://www.w3.org/2000/svg"
HREFS = ("href", "{http://www.w3.org/1999/xlink}href")

SHAPES = frozenset({"circle", "ellipse", "line", "path", "polygon", "polyline", "rect", "use"})
ELEMENTS = SHAPES | {"clipPath", "defs", "g", "linearGradient", "radialGradient", "stop", "svg", "symbol"}
SILENT = frozenset({"desc", "metadata", "style", "title"})
"""Checked like all others, and not drawn."""

#: Why a well-known element is refused, so that the person can be told what to change.
ACTIVE = frozenset(
    {
        "a", "animate", "animateColor", "animateMotion", "animateTransform", "discard", "foreignObject", "handler",
        "iframe", "script", "set",
    }
)  # fmt: skip
RASTER = frozenset({"feImage", "image"})
TEXT = frozenset({"altGlyph", "font", "font-face", "glyph", "text", "textPath", "tref", "tspan"})

#: Where drawing programs keep what only they read. It draws nothing, and is left out.
EDITORS = re.compile(
    r"http://(www\.inkscape\.org/namespaces/inkscape|sodipodi\.sourceforge\.net/DTD/sodipodi-0\.dtd"
    r"|www\.w3\.org/1999/02/22-rdf-syntax-ns#|creativecommons\.org/ns#|web\.resource\.org/cc/"
    r"|purl\.org/dc/elements/1\.1/|www\.serif\.com/|ns\.adobe\.com/[\w./]+)"
)

_LENGTH = re.compile(r"\s*([-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d{1,2})?)\s*(px|pt|pc|mm|cm|in|em|ex|%|)\s*")
_NUMBERS = re.compile(r"[\d\s,.eE+-]*")
_WORDS = re.compile(r"[\w\s.-]*")
_LENGTHS = (
    "cx", "cy", "fr", "fx", "fy", "height", "offset", "r", "rx", "ry", "width", "x", "x1", "x2", "y", "y1", "y2",
)  # fmt: skip

#: Attributes that give a shape, and how each is written.
GEOMETRY: Mapping[str, re.Pattern[str]] = {
    **dict.fromkeys(_LENGTHS, _LENGTH),
    "clipPathUnits": _WORDS,
    "d": re.compile(r"[\d\s,.eE+MmZzLlHhVvCcSsQqTtAa-]*"),
    "gradientTransform": re.compile(r"[\w\s,.()+-]*"),
    "gradientUnits": _WORDS,
    "points": _NUMBERS,
    "preserveAspectRatio": _WORDS,
    "spreadMethod": re.compile("pad"),  # repeating ones are drawn in steps, and nobody bounds the steps
    "viewBox": _NUMBERS,
}
PLAIN: Mapping[str, Callable[[str], str]] = {"d": paths.plain_path, "points": paths.plain_points}
WRITTEN = {**GEOMETRY, "id": styles.ID, "type": re.compile("text/css")}
IDLE = frozenset({"baseProfile", "class", "contentStyleType", "style", "version"})
PX = {"": 1.0, "px": 1.0, "pt": 96 / 72, "pc": 16.0, "mm": 96 / 25.4, "cm": 96 / 2.54, "in": 96.0}


# --- reading ----------------------------------------------------------------------------------------------------


def parsed(text: str) -> Element:
    """The document, read piece by piece, so that nothing large is built before it is counted.

    A document type is refused before the parser sees it: with none, there is no entity to expand.
    """
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        raise errors.ArtworkDoctype()
    reader: Any = ET.XMLPullParser(events=("start", "end", "pi"))
    depths: list[Element] = []
    seen = count(1)
    try:
        for start in range(0, len(text), 32_768):
            reader.feed(text[start : start + 32_768])
            for event, element in reader.read_events():
                _read(event, element, depths, seen)
        reader.close()
    except ET.ParseError as error:
        raise errors.ArtworkBroken() from error
    return depths[0]


def _read(event: str, element: Element, depths: list[Element], seen: Iterator[int]) -> None:
    if event == "pi":
        raise errors.ArtworkOutside(text=f"<?{(element.text or '')[:40]}")
    if event == "start":
        depths.append(element)
        if next(seen) > limits.ELEMENTS or len(depths) > limits.DEPTH:
            raise errors.ArtworkTooComplex(text=_called(element), limit=limits.ELEMENTS)
    elif len(depths) > 1:  # the first one stays: it is the document
        depths.pop()


def _called(element: Element) -> str:
    return element.tag.rpartition("}")[2][:60]


# --- copying ----------------------------------------------------------------------------------------------------


def copied(root: Element) -> tuple[Element, float, float]:
    """The drawing alone, with its width and height in mm; raise what is refused."""
    if root.tag != f"{{{SVG}}}svg":
        raise errors.ArtworkKindUnknown()
    for element in root.iter():
        _check_element(element, root)
    sheet = styles.sheet(one.text or "" for one in root.iter(f"{{{SVG}}}style"))
    copy = _copy(root, sheet)
    _check_references(copy)
    return copy, *_sized(copy)


def _check_element(element: Element, root: Element) -> None:
    space, _, name = element.tag.rpartition("}")
    if EDITORS.fullmatch(space.removeprefix("{")):
        return
    nested = name == "svg" and element is not root
    if space.removeprefix("{") != SVG or nested or name not in ELEMENTS | SILENT:
        raise _reason(name)(text=name[:60])
    for key, value in element.attrib.items():
        _check_attribute(key, value)


def _reason(name: str) -> type[Refusal]:
    for names, refused in (
        (ACTIVE, errors.ArtworkActive),
        (RASTER, errors.ArtworkRaster),
        (TEXT, errors.ArtworkText),
    ):
        if name in names:
            return refused
    return errors.ArtworkNotAllowed


def _check_attribute(key: str, value: str) -> None:
    if len(value) > limits.VALUE:
        raise errors.ArtworkTooComplex(text=key[:60], limit=limits.VALUE)
    if key.lower().startswith("on"):
        raise errors.ArtworkActive(text=key[:60])
    if key in HREFS:
        styles.local(value)
    elif key in WRITTEN and not WRITTEN[key].fullmatch(value):
        raise errors.ArtworkNotAllowed(text=f'{key}="{value}"'[:60])
    elif not _known(key):
        raise errors.ArtworkNotAllowed(text=key.rpartition("}")[2][:60])


def _known(key: str) -> bool:
    space, _, _name = key.rpartition("}")
    if space:
        return key == "{http://www.w3.org/XML/1998/namespace}space" or bool(EDITORS.fullmatch(space[1:]))
    shown = key in styles.PAINT or styles.IDLE.fullmatch(key) is not None
    return shown or key in WRITTEN or key in IDLE or key.startswith("data-")


def _copy(element: Element, sheet: styles.Sheet) -> Element:
    """An element with its attributes in plain writing and its style resolved, and the same of what is in it."""
    copy = Element(element.tag, _attributes(element, sheet))
    for child in element:
        if child.tag.startswith(f"{{{SVG}}}") and _called(child) in ELEMENTS:
            copy.append(_copy(child, sheet))
    return copy


def _attributes(element: Element, sheet: styles.Sheet) -> dict[str, str]:
    """An attribute weighs less than a rule, a rule less than the element's own style (SVG 2, 6.6)."""
    given = element.attrib
    painted = {key: styles.value(text) for key, text in given.items() if key in styles.PAINT}
    shape = {key: PLAIN.get(key, str)(text) for key, text in given.items() if key in GEOMETRY or key == "id"}
    target = next((given[key] for key in HREFS if key in given), None)
    referred = {"href": f"#{styles.local(target)}"} if target is not None else {}
    ruled = sheet.declared(_called(element), given.get("class", "").split(), given.get("id"))
    return {**shape, **referred, **painted, **ruled, **styles.declarations(given.get("style", ""))}


# --- references ---------------------------------------------------------------------------------------------


def _check_references(root: Element) -> None:
    """Nothing refers to itself in the end, and what is drawn again and again is counted again and again."""
    named: dict[str, Element] = {}
    for element in root.iter():
        if (identity := element.get("id")) is not None and named.setdefault(identity, element) is not element:
            raise errors.ArtworkNotAllowed(text=f'id="{identity}" 2×'[:60])
    if sum(len(_references(one)) for one in root.iter()) > limits.REFERENCES:
        raise errors.ArtworkTooComplex(text="url(#…)", limit=limits.REFERENCES)
    if _Weights(named).of(root) > limits.ELEMENTS:
        raise errors.ArtworkTooComplex(text="use", limit=limits.ELEMENTS)


def _references(element: Element) -> list[str]:
    found = [one for value in element.attrib.values() if "url(" in value for one in styles.links(value)]
    return [*found, element.attrib["href"][1:]] if "href" in element.attrib else found


class _Weights:
    """How many elements are drawn for one, with everything it refers to."""

    def __init__(self, named: Mapping[str, Element]) -> None:
        self._named = named
        self._known: dict[Element, int] = {}
        self._open: set[Element] = set()

    def of(self, element: Element) -> int:
        """Its own weight; raise `ArtworkTooComplex` for a circle or too long a chain."""
        if element not in self._known:
            if element in self._open or len(self._open) > 2 * limits.DEPTH:
                raise errors.ArtworkTooComplex(text=_called(element), limit=limits.DEPTH)
            self._open.add(element)
            referred = [self._named[one] for one in _references(element) if one in self._named]
            self._known[element] = 1 + sum(self.of(one) for one in (*element, *referred))
            self._open.remove(element)
        return self._known[element]


# --- size ---------------------------------------------------------------------------------------------------


NOMINAL_MM = 100
"""The longer side of a drawing that gives only its proportion."""


def _sized(root: Element) -> tuple[float, float]:
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
    found = _LENGTH.fullmatch(written or "")
    return float(found[1]) * PX[found[2]] if found and found[2] in PX else None


# --- drawing ----------------------------------------------------------------------------------------------------

_PAGE = """<style>@page {{ size: {0}mm {1}mm; margin: 0 }} body {{ margin: 0 }}
img {{ position: fixed; top: 0; left: 0; width: {0}mm; height: {1}mm }}</style><img src="artwork:drawing">"""


def as_pdf(text: str) -> bytes:
    """The drawing as a PDF of its own size; raise what is refused."""
    root, width_mm, height_mm = copied(parsed(text))
    page = _PAGE.format(f"{width_mm:.4f}", f"{height_mm:.4f}")
    with _complaints() as complaints:
        pdf: bytes = HTML(string=page, url_fetcher=_OnlyThis(ET.tostring(root))).write_pdf()
    if complaints:
        raise errors.ArtworkBroken()
    return pdf


class _OnlyThis(URLFetcher):  # type: ignore[misc]
    """Hands over the drawing; whatever else is asked for stops the work."""

    def __init__(self, drawing: bytes) -> None:
        super().__init__(allowed_protocols=("artwork",), allow_redirects=False)
        self._drawing = drawing

    def fetch(self, url: str, headers: Mapping[str, str] | None = None) -> URLFetcherResponse:
        if url != "artwork:drawing":
            raise FatalURLFetchingError(f"artwork may not read {url}")
        return URLFetcherResponse(url, body=self._drawing, headers={"Content-Type": "image/svg+xml"})


@contextmanager
def _complaints() -> Iterator[Collection[str]]:
    """What WeasyPrint could not draw in this thread: it draws the rest and says so in its log only."""
    found: list[str] = []
    listener = _Listener(found)
    logging.getLogger("weasyprint").addHandler(listener)
    try:
        yield found
    finally:
        logging.getLogger("weasyprint").removeHandler(listener)


class _Listener(logging.Handler):
    def __init__(self, found: list[str]) -> None:
        super().__init__(logging.ERROR)
        self._found, self._thread = found, threading.get_ident()

    def emit(self, record: logging.LogRecord) -> None:
        if record.thread == self._thread:
            self._found.append(record.getMessage())
