"""What stands on a label: per mark or carton, and alike for the whole print (`Face`); and where labels go."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from traceability.formats.digital_link import CODE


@dataclass(frozen=True, slots=True)
class Label:
    """One mark: the address in its QR symbol, its 16-character code and its 10-digit control number."""

    url: str
    code: str
    control_number: str

    def check(self) -> None:
        """ValueError unless address and code belong together and the control number has ten digits."""
        if not CODE.fullmatch(self.code) or not self.url.endswith(f"/{self.code}"):
            raise ValueError("address and code of a label do not belong together")
        if not re.fullmatch(r"[0-9]{10}", self.control_number):
            raise ValueError(f"a control number has ten digits: {self.control_number!r}")


SAMPLE = Label(url="SAMPLE", code="SAMPLE", control_number="0000000000")
"""Drawn in place of every label of a sample: no address, no code, no serial."""


@dataclass(frozen=True, slots=True)
class CartonLabel:
    """One carton: its number, which its QR symbol holds, its pack lot, and the control numbers inside as ranges."""

    no: str
    lot: str
    packs: int
    ranges: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Placement:
    """Where labels go: `start` cells of the first sheet are left out, all is moved by `right` and `down` mm."""

    start: int = 0
    right: float = 0.0
    down: float = 0.0


AS_DESIGNED = Placement()


@dataclass(frozen=True, slots=True)
class Face:
    """What all labels of one print share.

    `net_content` in whole grams; `pack_date` None where the packer's own coder prints it.
    """

    gi_name: str
    standard: str
    product: str
    net_content: int
    grade: str
    pack_date: date | None
    enterprise: str
    uscc: str


def net_content_text(grams: int) -> str:
    """`250 g`, `1 kg`: below 1,000 g in grams, from there in kilograms (SAMR Order 70, docs/manual/trade.md)."""
    if grams < 1000:
        return f"{grams} g"
    return f"{(Decimal(grams) / 1000).normalize():f} kg"


def packs_text(grams: int, packs: int) -> str:
    """`250 g × 24`: what a carton holds."""
    return f"{net_content_text(grams)} × {packs}"


def ranges_text(ranges: Sequence[str]) -> str:
    """Ranges of control numbers as one text; a line is broken between two of them only."""
    return ", ".join(ranges)


def grouped(code: str) -> str:
    """The code in groups of four, as people read it out; a sample's stays as it is."""
    if not CODE.fullmatch(code):
        return code
    return " ".join(code[i : i + 4] for i in range(0, len(code), 4))


# (up to and including grams, height in mm): SAMR Order 70 of 2023, height of the digits of net content.
DIGIT_HEIGHTS = ((50, 2.0), (200, 3.0), (1000, 4.0))


def digit_height_needed(grams: int) -> float | None:
    """The least height of the net-content digits in mm; None above 1,000 g, which no label here carries."""
    return next((height for limit, height in DIGIT_HEIGHTS if grams <= limit), None)
