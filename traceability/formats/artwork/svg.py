"""SVG: what a drawing needs is copied from the file, what it does not need is refused."""

import re
from collections.abc import Callable, Iterator, Mapping
from itertools import count
from typing import Any
from xml.etree import ElementTree as ET
from xml.etree.ElementTree import Element

from traceability.domain import errors
from traceability.domain.errors import Refusal
from traceability.formats.artwork import limits, paths, styles
from traceability.formats.artwork.references import check_references
from traceability.formats.artwork.sizes import LENGTH, sized

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

_NUMBERS = re.compile(r"[\d\s,.eE+-]*")
_WORDS = re.compile(r"[\w\s.-]*")
_LENGTHS = (
    "cx", "cy", "fr", "fx", "fy", "height", "offset", "r", "rx", "ry", "width", "x", "x1", "x2", "y", "y1", "y2",
)  # fmt: skip

#: Attributes that give a shape, and how each is written.
GEOMETRY: Mapping[str, re.Pattern[str]] = {
    **dict.fromkeys(_LENGTHS, LENGTH),
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
        if next(seen) > limits.ELEMENTS:
            raise errors.ArtworkTooComplex(text=_called(element), limit=limits.ELEMENTS)
        if len(depths) > limits.DEPTH:
            raise errors.ArtworkTooComplex(text=f"{_called(element)} …", limit=limits.DEPTH)
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
    if sum(len(one) for element in root.iter() for one in element.attrib.values()) > limits.VALUES:
        raise errors.ArtworkTooComplex(text="d", limit=limits.VALUES)
    sheet = styles.sheet(one.text or "" for one in root.iter(f"{{{SVG}}}style"))
    copy = _copy(root, sheet)
    check_references(copy)
    return copy, *sized(copy)


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
