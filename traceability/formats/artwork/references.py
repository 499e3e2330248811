"""What an SVG refers to within itself: in no circle, and counted as often as it is drawn."""

from collections.abc import Mapping
from xml.etree.ElementTree import Element

from traceability.domain import errors
from traceability.formats.artwork import limits, styles


def check_references(root: Element) -> None:
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
                raise errors.ArtworkTooComplex(text=element.tag.rpartition("}")[2], limit=limits.DEPTH)
            self._open.add(element)
            referred = [self._named[one] for one in _references(element) if one in self._named]
            self._known[element] = 1 + sum(self.of(one) for one in (*element, *referred))
            self._open.remove(element)
        return self._known[element]
