"""The label font: how wide a text is, what characters it lacks, how high digits are, where a line breaks.

Widths are sums of advances. The pages are drawn with kerning and ligatures off, so that these sums are exact,
and with the line breaks found here, so that what was measured is what is printed.
"""

import re
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

from fontTools.ttLib import TTFont

MM_PER_POINT = 25.4 / 72
FILES = {400: "NotoSansSC-400.ttf", 700: "NotoSansSC-700.ttf"}
# A run of Latin letters and digits stays whole; closing punctuation does not begin a line, opening
# punctuation does not end one (GB/T 15834—2011 §5.1).
UNBREAKABLE = re.compile(r"[(（《“\[【]*(?:[!-'*-~]+|.)[)）》”\]】,，.。、;；:：·]*")


class Typeface:
    """One weight of the label font, read once."""

    def __init__(self, path: Path) -> None:
        with TTFont(path, lazy=True) as font:
            self._names: dict[int, str] = font.getBestCmap()
            self._advances: dict[str, tuple[int, int]] = font["hmtx"].metrics
            self._em: int = font["head"].unitsPerEm
            self._line: int = font["hhea"].ascent - font["hhea"].descent
            outlines = [font["glyf"][self._names[ord(digit)]] for digit in "0123456789"]
            self._digit: int = min(glyph.yMax - max(glyph.yMin, 0) for glyph in outlines)

    def missing(self, text: str) -> str:
        """The characters of `text` this font cannot draw."""
        return "".join(dict.fromkeys(char for char in text if ord(char) not in self._names))

    def width(self, text: str, size: float) -> float:
        """Width in mm of `text` set in `size` points."""
        units = sum(self._advances[self._names[ord(char)]][0] for char in text)
        return units / self._em * size * MM_PER_POINT

    def line(self, size: float) -> float:
        """Height in mm that holds the ink of a line in `size` points, highest stroke to lowest."""
        return self._line / self._em * size * MM_PER_POINT

    def widest(self, alphabet: str) -> str:
        """The widest character of `alphabet`."""
        return max(alphabet, key=lambda char: self.width(char, 1))

    def digit_height(self, size: float) -> float:
        """Height in mm of the lowest digit above the baseline, in `size` points."""
        return self._digit / self._em * size * MM_PER_POINT

    def lines(self, text: str, size: float, width: float) -> list[str]:
        """`text` in lines of at most `width` mm; a piece that cannot be broken may still be wider."""
        lines = [""]
        for piece in UNBREAKABLE.findall(text):
            if lines[-1] and self.width(f"{lines[-1]}{piece}".rstrip(), size) > width:
                lines.append("")
            lines[-1] += piece
        return [line.strip() for line in lines]

    def fits(self, text: str, size: float, *, width: float, lines: int) -> bool:
        """Whether `text` stays within `lines` lines of `width` mm, broken as it is printed."""
        broken = self.lines(text, size, width)
        return len(broken) <= lines and all(self.width(line, size) <= width for line in broken)


@lru_cache
def typeface(fonts: Path, weight: int) -> Typeface:
    """The label font of one weight from the folder `fonts`."""
    return Typeface(fonts / FILES[weight])


def missing_everywhere(fonts: Path, texts: Iterable[str]) -> str:
    """The characters of `texts` the label font cannot draw in one of its weights."""
    joined = "".join(texts)
    return "".join(dict.fromkeys("".join(typeface(fonts, weight).missing(joined) for weight in FILES)))
