"""Forty thousand rows with three bad cells: exactly those three are named, and nothing is written."""

from tests.workbooks import bring, leaf, told, workbook
from tests.world import World
from traceability.services.importing import Counts

ROWS = 40_000


def test_three_bad_cells_in_forty_thousand_rows(world: World) -> None:
    world.plots = [world.new_plot(mu=2_000) for _ in range(100)]
    world.later(days=50)
    rows = leaf(world, ROWS, kg=4.5, days=40, per_minute=2)
    good = workbook(receipts=rows)
    rows[17][4], rows[20_000][2], rows[39_999][6] = "很重", "没有的地块", "老叶"
    before = world.table_counts(notes=True)
    outcome = bring(world, workbook(receipts=rows))
    assert told(outcome) == [
        ("鲜叶收青!E19", "很重", "weight.unreadable"),
        ("鲜叶收青!C20002", "没有的地块", "plot.unknown"),
        ("鲜叶收青!G40001", "老叶", "workbook.cell_choice_unknown"),
    ]
    assert outcome.sheets == {"receipts": Counts(new=ROWS - 3, wrong=3)}
    assert world.table_counts(notes=True) == before
    assert bring(world, good).kept
    assert bring(world, good).sheets == {"receipts": Counts(same=ROWS)}
    assert world.breaches() == ()
