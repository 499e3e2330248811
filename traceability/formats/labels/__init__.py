"""Labels: frozen values to a PDF, drawn after a design, which is a folder of data under `labels/`.

`load` reads designs and `checks` judges them, `type` measures text in the vendored font, `placing` says where
labels may go, `draw` and `cartons` make the pages, `overlay` puts the official artwork on them, `calibration` draws
the page a printer is measured with. What does not fit is refused, never clipped; a sample carries nothing live,
whatever it is given.
"""

from traceability.formats.labels.calibration import calibration
from traceability.formats.labels.cartons import render_cartons
from traceability.formats.labels.checks import capacity
from traceability.formats.labels.design import BadDesign, Design, Fault, Kind, Problem
from traceability.formats.labels.draw import render, stencil_pdf
from traceability.formats.labels.drawn import drawn_problems
from traceability.formats.labels.errors import (
    AddressTooLong,
    CartonNoUnprintable,
    CharacterMissing,
    DigitsTooLow,
    LabelRefused,
    OffsetOffSheet,
    PackDateMissing,
    StartOffSheet,
    TextDoesNotFit,
)
from traceability.formats.labels.load import design_folders, load_design, load_designs
from traceability.formats.labels.placing import check_placement, room
from traceability.formats.labels.values import SAMPLE, CartonLabel, Face, Label, Placement

__all__ = [
    "SAMPLE",
    "AddressTooLong",
    "BadDesign",
    "CartonLabel",
    "CartonNoUnprintable",
    "CharacterMissing",
    "Design",
    "DigitsTooLow",
    "Face",
    "Fault",
    "Kind",
    "Label",
    "LabelRefused",
    "OffsetOffSheet",
    "PackDateMissing",
    "Placement",
    "Problem",
    "StartOffSheet",
    "TextDoesNotFit",
    "calibration",
    "capacity",
    "check_placement",
    "design_folders",
    "drawn_problems",
    "load_design",
    "load_designs",
    "render",
    "render_cartons",
    "room",
    "stencil_pdf",
]
