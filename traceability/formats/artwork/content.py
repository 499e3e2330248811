"""What a PDF page draws, instruction by instruction, counted as often as it is drawn."""

from typing import Any

import pikepdf
from pikepdf import Dictionary, Object

from traceability.domain import errors
from traceability.formats.artwork import limits

PAINTING = frozenset({"'", '"', "B", "B*", "F", "S", "TJ", "Tj", "b", "b*", "f", "f*", "s", "sh"})
OTHERS = frozenset(
    {
        "BDC", "BMC", "BT", "BX", "CS", "DP", "Do", "EMC", "ET", "EX", "G", "J", "K", "M", "MP", "Q", "RG", "SC",
        "SCN", "T*", "TD", "TL", "Tc", "Td", "Tf", "Tm", "Tr", "Ts", "Tw", "Tz", "W", "W*", "c", "cm", "cs", "d",
        "g", "gs", "h", "i", "j", "k", "l", "m", "n", "q", "re", "rg", "ri", "sc", "scn", "v", "w", "y",
    }
)  # fmt: skip

COLOURS = frozenset({"cs", "g", "k", "rg", "sc", "scn"})

TILES = 1_000_000
"""How often a pattern may be repeated over the page."""

Instruction = pikepdf.ContentStreamInstruction | pikepdf.ContentStreamInlineImage


class _Brush:
    """Whether filling and stroking draw a pattern or a gradient at this moment, whose every dot has to be reckoned."""

    def __init__(self) -> None:
        self._kept: list[set[bool]] = []
        self._shaded: set[bool] = set()

    def cost(self, instruction: Instruction, drawn: int) -> int:
        """What an instruction weighs, `drawn` being what it draws beside itself; keep the colour it sets."""
        operator = str(instruction.operator)
        self._set(operator, named=any(isinstance(one, pikepdf.Name) for one in instruction.operands))
        if operator == "sh" or (operator in PAINTING and self._shaded):
            return limits.SHADE
        if operator == "Do" and self._shaded:  # what it refers to may paint with the colour of this moment
            return limits.SHADE + drawn * (limits.SHADE // limits.PAINT)
        return drawn + (limits.PAINT if operator in PAINTING else 1)

    def _set(self, operator: str, *, named: bool) -> None:
        if operator == "q":
            self._kept.append(set(self._shaded))
        elif operator == "Q" and self._kept:
            self._shaded = self._kept.pop()
        elif operator.lower() in COLOURS:
            fills = {operator.islower()}  # the capital letters are for strokes
            patterned = named and operator.lower() == "scn"
            self._shaded = self._shaded | fills if patterned else self._shaded - fills


class Drawing:
    """A page being counted. `painted` says whether anything is drawn at all."""

    def __init__(self, width: float, height: float) -> None:
        self._page = (width, height)
        self._known: dict[tuple[int, int], int] = {}
        self._open: list[tuple[int, int]] = []
        self.painted = False

    def weigh(self, stream: Object, outer: Object) -> int:
        """Instructions of a stream with all it draws in turn; raise what is refused.

        `outer` are the resources of the stream it is drawn in, which hold where it has none of its own.
        """
        this = stream.objgen
        if this not in self._known:
            if this in self._open or len(self._open) >= limits.DEPTH:
                raise errors.ArtworkTooComplex(text="Do", limit=limits.DEPTH)
            self._open.append(this)
            self._known[this] = self._counted(stream, stream.get("/Resources", outer))
            self._open.pop()
        return self._known[this]

    def _counted(self, stream: Object, resources: Object) -> int:
        if len(stream.read_bytes()) > limits.CONTENT:
            raise errors.ArtworkTooComplex(text="stream", limit=limits.CONTENT)
        total, brush = 0, _Brush()
        for instruction in pikepdf.parse_content_stream(stream):
            drawn = self._drawn(instruction, resources)
            total += brush.cost(instruction, drawn)
            if total > limits.INSTRUCTIONS:
                raise errors.ArtworkTooComplex(text="Do", limit=limits.INSTRUCTIONS)
        return total

    def _drawn(self, instruction: Instruction, resources: Object) -> int:
        """What an instruction draws beside itself."""
        operator = str(instruction.operator)
        if operator == "INLINE IMAGE":
            raise errors.ArtworkRaster(text="BI")
        if operator not in PAINTING | OTHERS:
            raise errors.ArtworkBroken()
        self.painted |= operator in PAINTING
        named = [one for one in instruction.operands if isinstance(one, pikepdf.Name)]
        if operator in {"Do", "gs", "scn", "SCN"} and named:
            return self._named(operator, str(named[-1]), resources)
        return 0

    def _named(self, operator: str, name: str, resources: Object) -> int:
        if operator == "Do":
            form = resources.XObject[name]
            return self.weigh(form, resources) + (limits.SHADE if "/Group" in form else 0)
        if operator == "gs":
            mask = resources.ExtGState[name].get("/SMask")
            return self.weigh(mask.G, resources) + limits.SHADE if isinstance(mask, Dictionary) else 0
        return self._pattern(resources.Pattern[name], resources)

    def _pattern(self, pattern: Any, resources: Object) -> int:
        if not isinstance(pattern, pikepdf.Stream):
            return 0  # a gradient
        a, b, c, d, _, _ = (float(one) for one in pattern.get("/Matrix", [1, 0, 0, 1, 0, 0]))
        area = abs(float(pattern.XStep) * float(pattern.YStep) * (a * d - b * c))
        if area * TILES < self._page[0] * self._page[1]:
            raise errors.ArtworkTooComplex(text="Pattern", limit=TILES)
        return self.weigh(pattern, resources)
