"""A season's workbook, large: exactly the bad cells are named and nothing is written; mended, all of it is recorded.

Forty thousand receipts alone, and a season on every sheet from the leaf to the sale.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from tests.workbooks import bring, leaf, told, workbook
from tests.world import Marked, World
from traceability.domain.units import local
from traceability.services import chain, people
from traceability.services.importing import Counts

ROWS = 40_000
DAYS = 40


def test_three_bad_cells_in_forty_thousand_rows(world: World) -> None:
    world.plots = [world.new_plot(mu=2_000) for _ in range(100)]
    world.later(days=50)
    rows = leaf(world, ROWS, kg=4.5, days=DAYS, per_minute=2)
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


#: Of a season on every sheet: receipts to a run, runs to a batch, packs of a batch whose marks are printed.
RECEIPTS, RUN, BATCH, PACKS = 20_000, 25, 8, 20
SOLD = 8


def test_a_season_on_every_sheet(world: World) -> None:
    world.plots = [world.new_plot(mu=2_000) for _ in range(100)]
    marked = [world.marked_batch(packs=PACKS, spares=0) for _ in range(DAYS)]
    packed_at = local(world.now).replace(second=0, tzinfo=None) + timedelta(
        minutes=1
    )  # on the date of the labels
    world.later(days=50)
    sheets = a_season(world, marked, packed_at)
    good = workbook(**sheets)
    sheets["sampling"][3][2] = "很多"
    sheets["packaging"][5][6] = "没有的号码"
    sheets["shipments"][7][3] = "没有的收货方"
    sheets["sales"][90][3] = "外太空"
    before = world.table_counts(notes=True)
    outcome = bring(world, workbook(**sheets))
    assert [place for place, _value, _code in told(outcome)] == [
        "抽样送检!C5",
        "包装!G7",
        "运输!D9",
        "销售!D92",
    ]
    assert world.table_counts(notes=True) == before
    assert bring(world, good).kept
    assert bring(world, good).sheets == {key: Counts(same=len(rows)) for key, rows in sheets.items()}
    assert world.breaches() == ()


def a_season(world: World, marked: list[Marked], packed_at: datetime) -> dict[str, list[list[Any]]]:
    """Leaf made on its day, blended and sampled on the next; earlier batches go out on the date of their labels."""
    receipts = leaf(world, RECEIPTS, kg=4.5, days=DAYS, per_minute=2)
    runs = [made(n, receipts[n * RUN : (n + 1) * RUN]) for n in range(RECEIPTS // RUN)]
    batches = [blended(n, runs[n * BATCH : (n + 1) * BATCH]) for n in range(len(runs) // BATCH)]
    return {
        "receipts": receipts,
        "processing": runs,
        "blending": batches,
        "sampling": [[one[1], one[2] + timedelta(hours=1), 0.5, 0.3] for one in batches],
        **goods(world, marked, packed_at),
    }


def made(n: int, receipts: list[list[Any]]) -> list[Any]:
    late = receipts[-1][1].replace(hour=23, minute=0, second=0)
    weighed = 4.5 * len(receipts)
    named = "、".join(one[0] for one in receipts)
    return [f"P-{n}", late, named, None, round(weighed / 4.5, 2), 76.5, 5.6, None, None, None]


def blended(n: int, runs: list[list[Any]]) -> list[Any]:
    next_day = runs[-1][1] + timedelta(hours=11)
    return [f"B-{n}", f"DY26-{n}", next_day, "、".join(f"M-{one[0]}" for one in runs), None, None]


def goods(world: World, marked: list[Marked], start: datetime) -> dict[str, list[list[Any]]]:
    """One packing and one shipment a batch, and single packs sold out of what stays."""
    numbers = {one.lot.id: one.lot.no for one in world.see(chain.lots)}
    product = next(one for one in world.see(people.products) if one.id == marked[0].product)
    lots = [(f"PK-{n}", numbers[one.batch], str(one.first(PACKS)[0])) for n, one in enumerate(marked)]
    return {
        "packaging": [
            [f"K-{no}", start, batch, product.name, 100, PACKS, serials, None, None, no]
            for no, batch, serials in lots
        ],
        "shipments": [
            [f"C-{no}", no, start + timedelta(hours=1), "贵阳门店", PACKS - SOLD, None, None, "自送", None]
            for no, _batch, _serials in lots
        ],
        "sales": list(sales([no for no, _batch, _serials in lots], start + timedelta(hours=2))),
    }


def sales(lots: list[str], at: datetime) -> Iterator[list[Any]]:
    for no in lots:
        for n in range(SOLD):
            yield [f"V-{no}-{n}", at, no, "门店", 1, None, None, None, None, None]
