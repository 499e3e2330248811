"""Labels: frozen values to a PDF, drawn after a design, which is a folder of data under `labels/`.

`load` reads designs and `checks` judges them, `type` measures text in the vendored font, `draw` makes the
pages. What does not fit is refused, never clipped; a sample carries nothing live, whatever it is given.
"""

from traceability.formats.labels.design import BadDesign, Design
from traceability.formats.labels.draw import render
from traceability.formats.labels.errors import (
    AddressTooLong,
    CharacterMissing,
    DigitsTooLow,
    LabelRefused,
    PackDateMissing,
    TextDoesNotFit,
)
from traceability.formats.labels.load import load_design, load_designs
from traceability.formats.labels.values import SAMPLE, Face, Label

__all__ = [
    "SAMPLE",
    "AddressTooLong",
    "BadDesign",
    "CharacterMissing",
    "Design",
    "DigitsTooLow",
    "Face",
    "Label",
    "LabelRefused",
    "PackDateMissing",
    "TextDoesNotFit",
    "load_design",
    "load_designs",
    "render",
]
