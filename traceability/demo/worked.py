"""The worked example (domain.md §8), number by number: batch 003 of LSK, from six receipts to the last pack on the shelf."""

from datetime import timedelta
from decimal import Decimal

from traceability.demo.making import BASKET_G, LAB, certificate
from traceability.demo.marking import Crate, Marked, Packs, Shelf, fill, print_all
from traceability.demo.market import retail, send
from traceability.demo.making import Brew
from traceability.demo.papers import report_pdf
from traceability.demo.stage import Firm, Stage, Story
from traceability.demo.tables import ONLINE, SHOP, BatchRow
from traceability.domain.chain import Run
from traceability.domain.marks import SerialRange
from traceability.domain.profile import Grade, LeafGrade
from traceability.services import chain, marks, oversight

#: Receipt, day of March, plot, net grams (§8.1).
RECEIPTS = (
    ("R1", 26, "LSK-01", 31_200),
    ("R2", 26, "LSK-07", 22_450),
    ("R3", 26, "LSK-09", 18_900),
    ("R4", 27, "LSK-01", 34_600),
    ("R5", 27, "LSK-07", 24_150),
    ("R6", 27, "LSK-12", 15_100),
)

#: Run, day of March, rejects and made tea in grams (§8.2).
RUNS = (("P1", 26, 850, 16_400), ("P2", 27, 750, 16_700))

#: What the report says (§8.3).
TESTED = {
    "moisture": Decimal("5.6"),
    "total_ash": Decimal("5.7"),
    "water_extract": Decimal("43.5"),
    "crude_fibre": Decimal("11.8"),
    "lead": Decimal("0.42"),
    "pesticide_residue": True,
    "sensory_grade": True,
}

#: Net content, packs, spares, overfill in grams (§8.4, §8.5); cartons of twenty.
PACKED = ((100, 200, 2, 80), (50, 220, 2, 66))
CARTON = 20

#: Consignment, channel, hour sent, hours under way, cartons of each product (§8.6).
CONSIGNMENTS = (("C1", SHOP, (8, 30), (0, 10, 45), (6, 5)), ("C2", ONLINE, (16, 0), (1, 8, 30), (4, 6)))

#: Packs sold by channel and product until 31 May (§8.7), in rounds.
SOLD = {SHOP: (95, 73), ONLINE: (70, 111)}
ROUNDS = 6

ROW = BatchRow("dysl", "LSK", 3, Grade.ZHENPIN, (3, 26), 2, 3, (15, 35))


def worked_example(stage: Stage) -> Story:
    """From leaf to shelf."""
    brew = Brew.of(stage, ROW)
    for run in RUNS:
        yield from _leaf_and_run(stage, brew, *run)
    yield from _blend_and_test(stage, brew)
    yield from _ask(stage, brew)
    marked = yield from _pack(stage, brew)
    for consignment in CONSIGNMENTS:
        stage.tell(_consign(stage, marked, *consignment))
