"""From leaf to a tested batch: receipts at the scale, the evening's run, the blend, the sample and the report."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from random import Random

from traceability.demo.papers import report_pdf, report_values, tenths
from traceability.demo.stage import Card, Firm, Stage, Story
from traceability.demo.tables import GRADE_LETTERS, LEAF_OF, BatchRow
from traceability.domain.chain import Run
from traceability.domain.profile import Grade, LeafGrade
from traceability.services import chain

LAB = "黔南示例茶叶检验中心"


@dataclass
class Brew:
    """A batch on its way: what is picked for it, what was made, and its lot once it is blended."""

    firm: Firm
    row: BatchRow
    rng: Random
    grade: Grade
    made: dict[int, int] = field(default_factory=dict)
    no: str = ""
    lot: int = 0

    @classmethod
    def of(cls, stage: Stage, row: BatchRow) -> "Brew":
        """A batch of the table, not begun."""
        firm = stage.firms[row.firm]
        no = f"{firm.row.prefix}{stage.year % 100:02d}-{row.place}-{GRADE_LETTERS[row.grade]}-{row.number:03d}"
        return cls(firm, row, stage.rng(no), row.grade, no=no)


# --- leaf ----------------------------------------------------------------------------------------------------------


def harvest(stage: Stage, brew: Brew, day: int) -> Story:
    """A usual day: leaf comes in before noon and towards evening, and is made the same night."""
    cards = choose(stage, brew, day)
    yield picking(stage, brew, day, 11, 50)
    leaf = receive(stage, brew, cards[::2])
    yield stage.later(0, 17, 30)
    leaf |= receive(stage, brew, cards[1::2])
    yield stage.later(0, 21, 30)
    make(stage, brew, leaf)


def picking(stage: Stage, brew: Brew, day: int, hour: int, minute: int = 0):  # type: ignore[no-untyped-def]
    raise NotImplementedError
