"""A season's workbook into the books: all of it or nothing, and every cell that stands in the way."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from tests.workbooks import bring, leaf, told, workbook
from tests.world import Firm, Marked, World
from tests.worlds import Copies
from traceability.domain import errors
from traceability.domain.profile import LeafGrade
from traceability.domain.units import local, parse_moment
from traceability.formats.workbook import read
from traceability.services import chain, oversight, people
from traceability.services.chain import Correction
from traceability.services.importing import Counts, bringing
from traceability.store.base import Base
from traceability.store.work import look

DAY = "2026-03-25"
GRADE = "一芽一叶初展"


def a_plot(world: World, n: int = 0) -> str:
    return next(one.no for one in world.see(people.plots) if one.id == world.plots[n])


def a_receipt(
    world: World, no: str, time: str, *, gross: Any = 10.6, plot: int = 0, day: str = DAY
) -> list[Any]:
    scale = world.see(people.scales)[0].no
    at = datetime.fromisoformat(f"{day}T{time}")
    return [no, at, a_plot(world, plot), scale, gross, 0.6, GRADE, f"C-{no}", None, None]


def counts(world: World, content: bytes, **how: Any) -> dict[str, Counts]:
    outcome = bring(world, content, **how)
    assert told(outcome) == []
    return dict(outcome.sheets)


class TestAllOrNothing:
    def test_a_season_of_receipts_is_recorded(self, world: World) -> None:
        world.later(hours=2)
        outcome = bring(world, workbook(receipts=leaf(world, 250, kg=0.5)))
        assert outcome.kept
        assert outcome.sheets == {"receipts": Counts(new=250)}
        found = world.see(chain.events)
        assert sorted(one.no for one in found)[0] == "S-00001"
        assert len(found) == 250
        assert world.breaches() == ()

    def test_three_bad_cells_are_named_and_nothing_is_written(self, world: World) -> None:
        rows = leaf(world, 400)
        rows[15][4], rows[200][2], rows[399][1] = "很重", "没有的地块", rows[399][1].replace(year=2027)
        before = world.table_counts(notes=True)
        outcome = bring(world, workbook(receipts=rows))
        assert told(outcome) == [
            ("鲜叶收青!E17", "很重", "weight.unreadable"),
            ("鲜叶收青!C202", "没有的地块", "plot.unknown"),
            (
                "鲜叶收青!B401",
                local(parse_moment("2027-03-25T10:39:45")).strftime("%Y-%m-%d %H:%M"),
                "time.future",
            ),
        ]
        assert outcome.sheets == {"receipts": Counts(new=397, wrong=3)}
        assert not outcome.kept
        assert world.table_counts(notes=True) == before

    def test_a_trial_run_says_the_same_and_writes_nothing(self, world: World) -> None:
        content = workbook(receipts=leaf(world, 50))
        before = world.table_counts(notes=True)
        tried = bring(world, content, keep=False)
        assert (tried.kept, tried.new) == (False, 50)
        assert world.table_counts(notes=True) == before
        assert bring(world, content).sheets == tried.sheets

    def test_only_a_firms_own_people_may(self, small_world: World) -> None:
        content = workbook(receipts=leaf(small_world, 1))
        for who in (small_world.county, small_world.admin, small_world.observer):
            with small_world.refusal(errors.NotAllowed):
                bring(small_world, content, by=who)

    def test_a_fact_names_the_file(self, small_world: World) -> None:
        outcome = bring(small_world, workbook(receipts=leaf(small_world, 2)))
        with look(small_world.house) as work:
            kept = work.session.execute(
                sa.text("select private from fact where kind = 'workbook.imported'")
            ).scalar_one()
        assert outcome.sha256 in kept

    def test_what_is_told_late_is_one_finding(self, small_world: World) -> None:
        rows = leaf(small_world, 40)
        small_world.later(days=5)
        bring(small_world, workbook(receipts=rows))
        [found] = small_world.see(oversight.findings, by=small_world.county)
        assert (found.code, found.evidence) == ("import.late", {"rows": 40, "hours": 143})


class TestSameAsOneByOne:
    def test_row_for_row_the_books_are_the_same(self, worlds_on: Callable[[str], Copies]) -> None:
        """Rules, locks and facts are the use case's: in bulk only the statements are fewer."""
        kept = []
        for in_bulk in (True, False):
            with worlds_on("sqlite")() as world:
                rows = leaf(world, 30, kg=2.5, days=3)
                if in_bulk:
                    assert bring(world, workbook(receipts=rows)).kept
                else:
                    for row in sorted(rows, key=lambda one: one[1]):
                        one_receipt(world, row)
                kept.append(books(world))
        assert kept[0] == kept[1]


def one_receipt(world: World, row: list[Any]) -> None:
    now = world.now
    plots = {one.no: one.id for one in world.see(people.plots)}
    world.do(
        chain.receive_leaf, at=parse_moment(row[1].isoformat()), plot=plots[row[2]], scale=world.firm.scale,
        gross_g=round(row[4] * 1000), tare_g=600, leaf_grade=LeafGrade.ONE_BUD_ONE_LEAF_OPENING,
        certificate_no=row[7], no=row[0],
    )  # fmt: skip
    world.now = now


def books(world: World) -> dict[str, list[Any]]:
    """Every row of the tea ledger, its facts and findings, as they lie in the tables; salt is chance."""
    found = {}
    for name in ("event", "lot", "entry", "edge", "fact"):
        table = Base.metadata.tables[name]
        columns = [one for one in table.c if one.name != "salt"]
        query = sa.select(*columns).order_by(table.c.id)
        if name == "fact":
            query = query.where(table.c.kind == "chain.leaf_receipt").with_only_columns(*columns[1:])
        with look(world.house) as work:
            found[name] = [tuple(one) for one in work.session.execute(query)]
    return found


class TestAgain:
    def test_identical_rows_are_skipped_and_new_ones_recorded(self, world: World) -> None:
        rows = leaf(world, 20)
        bring(world, workbook(receipts=rows[:12]))
        assert counts(world, workbook(receipts=rows)) == {"receipts": Counts(new=8, same=12)}
        before = world.table_counts(notes=True)
        assert counts(world, workbook(receipts=rows)) == {"receipts": Counts(same=20)}
        assert world.table_counts(notes=True) == before

    def test_a_different_row_is_a_conflict_shown_with_both_values(self, small_world: World) -> None:
        rows = leaf(small_world, 3, kg=5)
        bring(small_world, workbook(receipts=rows))
        rows[1][4], rows[1][6], rows[2][7] = 7.25, "独芽", "C-另一张"
        outcome = bring(small_world, workbook(receipts=[*rows, a_receipt(small_world, "N-1", "12:00")]))
        assert told(outcome) == [
            ("鲜叶收青!E3", "7.25", "workbook.row_differs"),
            ("鲜叶收青!G3", "独芽", "workbook.row_differs"),
            ("鲜叶收青!H4", "C-另一张", "workbook.row_differs"),
        ]
        assert outcome.troubles[0].refusal.facts == {"column": "毛重", "given": "7.25", "recorded": "5.60"}
        assert outcome.sheets == {"receipts": Counts(new=1, same=1, conflict=2)}
        assert not outcome.kept

    def test_an_amended_receipt_counts_as_amended(self, small_world: World) -> None:
        rows = leaf(small_world, 1, kg=5)
        bring(small_world, workbook(receipts=rows))
        [event] = small_world.see(chain.events)
        small_world.do(chain.amend, event=event.id, correction=Correction(net_g=4000), reason="看错秤")
        assert told(bring(small_world, workbook(receipts=rows))) == [
            ("鲜叶收青!E2", "5.60", "workbook.row_differs")
        ]
        rows[0][4] = 4.6
        assert counts(small_world, workbook(receipts=rows)) == {"receipts": Counts(same=1)}

    def test_another_firms_numbers_are_its_own(self, small_world: World) -> None:
        other: Firm = small_world.other
        rows = leaf(small_world, 2)
        bring(small_world, workbook(receipts=rows))
        scale = small_world.see(people.scales, by=other.manager)[0].no
        theirs = [[*row[:3], scale, *row[4:]] for row in rows]
        assert counts(small_world, workbook(receipts=theirs), by=other.manager) == {"receipts": Counts(new=2)}

    def test_a_receipt_typed_at_the_scale_is_known_too(self, small_world: World) -> None:
        row = a_receipt(small_world, "S-7", "09:30")
        one_receipt(small_world, row)
        assert counts(small_world, workbook(receipts=[row])) == {"receipts": Counts(same=1)}


class TestRulesOfLeaf:
    def test_the_allowance_is_charged_in_the_order_of_time_not_of_rows(self, small_world: World) -> None:
        left = 13_000_000  # 200 mu in spring
        half = left / 2000 + 0.6
        rows = [
            a_receipt(small_world, "third", "12:00", gross=0.7),
            a_receipt(small_world, "first", "10:00", gross=half),
            a_receipt(small_world, "second", "11:00", gross=half),
        ]
        for row in rows:
            row[9] = "是"
        outcome = bring(small_world, workbook(receipts=rows))
        assert told(outcome) == [("鲜叶收青!E2", "0.70", "plot.allowance_exceeded")]
        assert outcome.troubles[0].refusal.facts["left_g"] == 0

    def test_a_large_weight_wants_a_second_look(self, small_world: World) -> None:
        row = a_receipt(small_world, "S-1", "10:00", gross=600)
        assert told(bring(small_world, workbook(receipts=[row]))) == [
            ("鲜叶收青!E2", "600.00", "receipt.ask_again")
        ]
        row[9] = "是"
        assert bring(small_world, workbook(receipts=[row])).kept

    def test_leaf_inside_a_safety_interval_of_the_same_workbook_is_refused(self, small_world: World) -> None:
        work = [a_plot(small_world), "2026-03-20", "苦参碱", "60 毫升/亩", 7]
        content = workbook(plot_works=[work], receipts=[a_receipt(small_world, "S-1", "10:00")])
        assert told(bring(small_world, content)) == [
            ("鲜叶收青!C2", a_plot(small_world), "plot.safety_interval")
        ]

    @pytest.mark.parametrize(
        ("column", "value", "place", "code"),
        [
            (3, "没有的秤", "D2", "scale.unknown"),
            (5, 99, "F2", "receipt.net_not_positive"),
            (8, "2026-03-26", "B2", "time.before_inputs"),
            (8, "2026-03-01", "B2", "leaf.too_old"),
        ],
    )
    def test_each_rule_is_told_at_its_cell(
        self, small_world: World, column: int, value: Any, place: str, code: str
    ) -> None:
        row = a_receipt(small_world, "S-1", "10:00")
        row[column] = value
        [(where, _value, why)] = told(bring(small_world, workbook(receipts=[row])))
        assert (where, why) == (f"鲜叶收青!{place}", code)


GROWERS = [["G-甲", "农户", "赵甲", "522701110"], ["G-乙", "合作社", "乙合作社", "522701110"]]
PLOTS = [
    ["NEW-1", "G-甲", "522701110", "螺蛳壳", 12.5, "都匀中小叶群体种", 1450],
    ["NEW-2", "G-乙", "522701110", "螺蛳壳", 5, None, None],
]
WORKS = [
    ["NEW-1", "2026-03-01", "苦参碱", "60 毫升/亩", 7],
    ["NEW-1", "2026-03-02", "有机肥", "200 千克/亩", 0],
]


class TestGardens:
    def test_growers_plots_and_work_are_registered_and_known_again(self, world: World) -> None:
        content = workbook(growers=GROWERS, plots=PLOTS, plot_works=WORKS)
        expected = {"growers": Counts(new=2), "plots": Counts(new=2), "plot_works": Counts(new=2)}
        assert counts(world, content) == expected
        assert counts(world, content) == {name: Counts(same=2) for name in expected}
        assert {"NEW-1", "NEW-2"} <= {one.no for one in world.see(people.plots)}

    def test_a_new_plot_gives_leaf_once_the_county_approved_it(self, small_world: World) -> None:
        receipt = a_receipt(small_world, "S-1", "10:00", day="2026-03-27")
        receipt[2] = "NEW-1"
        small_world.later(days=2)
        gardens: dict[str, Any] = {"growers": GROWERS, "plots": PLOTS}
        all_of_it = [receipt]
        refused = bring(small_world, workbook(**gardens, receipts=all_of_it))
        assert told(refused) == [("鲜叶收青!C2", "NEW-1", "plot.not_active")]
        bring(small_world, workbook(**gardens))
        [plot] = [one.id for one in small_world.see(people.plots) if one.no == "NEW-1"]
        small_world.do(
            people.approve_plot, by=small_world.county, plot=plot, day=small_world.today - timedelta(days=2)
        )
        assert bring(small_world, workbook(**gardens, receipts=all_of_it)).kept

    def test_conflicts_of_every_sheet_are_told(self, small_world: World) -> None:
        bring(small_world, workbook(growers=GROWERS, plots=PLOTS, plot_works=WORKS))
        changed = workbook(
            growers=[["G-甲", "企业", "赵甲", "522701110"]],
            plots=[["NEW-1", "G-乙", "522701110", "螺蛳壳", 12.6, None, 1450]],
            plot_works=[["NEW-1", "2026-03-01", "苦参碱", "60 毫升/亩", 5]],
        )
        assert told(bring(small_world, changed)) == [
            ("茶农!B2", "企业", "workbook.row_differs"),
            ("地块!B2", "G-乙", "workbook.row_differs"),
            ("地块!E2", "12.6", "workbook.row_differs"),
            ("农事!E2", "5", "workbook.row_differs"),
        ]

    def test_so_many_new_rows_that_others_would_wait_too_long_are_told_once(
        self, small_world: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(bringing, "MOST_ONE_BY_ONE", 3)
        outcome = bring(small_world, workbook(growers=GROWERS, plots=PLOTS, plot_works=WORKS))
        assert told(outcome) == [("地块", "", "workbook.too_many_new_rows")]
        assert outcome.sheets["plot_works"] == Counts(wrong=2)
        monkeypatch.undo()
        bring(small_world, workbook(growers=GROWERS, plots=PLOTS))
        monkeypatch.setattr(bringing, "MOST_ONE_BY_ONE", 3)
        assert bring(small_world, workbook(growers=GROWERS, plots=PLOTS, plot_works=WORKS)).kept

    def test_what_stands_on_a_wrong_row_is_not_told_once_more(self, small_world: World) -> None:
        plots = [[*PLOTS[0][:2], "毛尖镇", *PLOTS[0][3:]]]
        outcome = bring(small_world, workbook(growers=GROWERS, plots=plots, plot_works=WORKS))
        assert told(outcome) == [("地块!C2", "毛尖镇", "township.unreadable")]
        assert outcome.sheets["plot_works"] == Counts(wrong=2)

    def test_a_plot_of_nobody_is_told(self, small_world: World) -> None:
        assert told(bring(small_world, workbook(plots=PLOTS[:1]))) == [("地块!B2", "G-甲", "not_found")]


class TestMaking:
    RUN = ("P-1", "2026-03-25 20:00", "S-1、S-2 9", 0.5, 4, 76.5, 5.6, "珍品", None, None)
    BLEND = ("B-1", "DY26-1", "2026-03-26 07:00", "M-P-1 3.9", 0.1, None)

    def sheets(self, world: World, **more: Any) -> bytes:
        receipts = [a_receipt(world, "S-1", "10:00"), a_receipt(world, "S-2", "11:00")]
        stages: dict[str, Any] = {"receipts": receipts, "processing": [self.RUN], "blending": [self.BLEND]}
        return workbook(**(stages | more))

    def test_leaf_becomes_tea_and_a_batch_and_is_known_again(self, world: World) -> None:
        expected = {"receipts": Counts(new=2), "processing": Counts(new=1), "blending": Counts(new=1)}
        assert counts(world, self.sheets(world)) == expected
        again = {"receipts": Counts(same=2), "processing": Counts(same=1), "blending": Counts(same=1)}
        assert counts(world, self.sheets(world)) == again
        batch = next(one for one in world.see(chain.lots) if one.lot.no == "DY26-1")
        assert batch.grams == 3_800
        leaf_left = {one.lot.no: one.grams for one in world.see(chain.lots)}
        assert (leaf_left["L-S-1"], leaf_left["L-S-2"]) == (0, 1_000)
        assert world.breaches() == ()

    def test_conflicts_are_told_with_both_values(self, small_world: World) -> None:
        bring(small_world, self.sheets(small_world))
        run = list(self.RUN)
        run[2], run[4] = "S-1、S-2 8", 4.1
        outcome = bring(small_world, self.sheets(small_world, processing=[run]))
        assert told(outcome) == [
            ("加工!C2", "S-1、S-2 8.00", "workbook.row_differs"),
            ("加工!E2", "4.10", "workbook.row_differs"),
        ]
        assert outcome.troubles[0].refusal.facts["recorded"] == "S-1 10.00、S-2 9.00"

    @pytest.mark.parametrize(
        ("column", "value", "place", "code"),
        [
            (2, "S-9", "C2", "lot.unknown"),
            (2, "S-1 11", "C2", "lot.overdrawn"),
            (4, 4.65, "E2", "ratio.under_floor"),
            (5, 20, "F2", "moisture.implausible"),
            (1, "2026-03-25 09:00", "B2", "time.before_inputs"),
        ],
    )
    def test_each_rule_is_told_at_its_cell(
        self, small_world: World, column: int, value: Any, place: str, code: str
    ) -> None:
        run = list(self.RUN)
        run[column] = value
        outcome = bring(small_world, self.sheets(small_world, processing=[run], blending=[]))
        assert [(where, why) for where, _value, why in told(outcome)] == [(f"加工!{place}", code)]

    def test_a_batch_is_sampled_once(self, small_world: World) -> None:
        drawn = ("DY26-1", "2026-03-26 07:30", 0.5, 0.3)
        content = self.sheets(small_world, sampling=[drawn])
        assert counts(small_world, content)["sampling"] == Counts(new=1)
        assert counts(small_world, content)["sampling"] == Counts(same=1)
        other = self.sheets(small_world, sampling=[("DY26-1", "2026-03-26 07:30", 0.6, 0.3)])
        assert told(bring(small_world, other)) == [("抽样送检!C2", "0.60", "workbook.row_differs")]

    def test_runs_on_a_wrong_receipt_are_counted_and_not_told(self, small_world: World) -> None:
        bad = a_receipt(small_world, "S-1", "10:00", gross="许多")
        outcome = bring(
            small_world, self.sheets(small_world, receipts=[bad, a_receipt(small_world, "S-2", "11:00")])
        )
        assert told(outcome) == [("鲜叶收青!E2", "许多", "weight.unreadable")]
        assert outcome.sheets["processing"] == outcome.sheets["blending"] == Counts(wrong=1)

    def test_two_runs_share_leaf_in_the_order_of_time(self, small_world: World) -> None:
        later = ("P-2", "2026-03-25 22:00", "S-2", None, 0.2, 76.5, 5.6, None, None, None)
        run = list(self.RUN)
        content = self.sheets(small_world, processing=[later, run], blending=[])
        assert counts(small_world, content)["processing"] == Counts(new=2)
        left = {one.lot.no: one.grams for one in small_world.see(chain.lots)}
        assert left["L-S-2"] == 0


class TestGoods:
    """From a batch with printed marks to the buyer."""

    @pytest.fixture
    def marked(self, small_world: World) -> Marked:
        return small_world.marked_batch(packs=20, spares=0, kg="2.1")

    def sheets(self, world: World, marked: Marked, **more: Any) -> bytes:
        batch = next(one.lot.no for one in world.see(chain.lots) if one.lot.id == marked.batch)
        product = next(one for one in world.see(people.products) if one.id == marked.product)
        now = local(world.now).replace(second=0, tzinfo=None)
        at = [(now - timedelta(minutes=n)).isoformat(" ", "minutes") for n in (9, 7, 5, 3)]
        serials = str(marked.first(20)[0])
        pack = ("K-1", at[0], batch, product.name, 100, 20, serials, 0.02, 0.01, "PK-1")
        sent = ("C-1", "PK-1", at[1], "贵阳门店", 12, None, None, "自送", "贵J12345")
        sold = ("V-1", at[2], "PK-1", "门店", 3, None, None, None, None, None)
        stages: dict[str, Any] = {"packaging": [pack], "shipments": [sent], "sales": [sold]}
        return workbook(**(stages | more))

    def test_packs_are_packed_sent_and_sold_and_known_again(self, small_world: World, marked: Marked) -> None:
        small_world.later(minutes=10)
        content = self.sheets(small_world, marked)
        assert counts(small_world, content) == dict.fromkeys(
            ("packaging", "shipments", "sales"), Counts(new=1)
        )
        assert counts(small_world, content) == dict.fromkeys(
            ("packaging", "shipments", "sales"), Counts(same=1)
        )
        packs = next(one for one in small_world.see(chain.lots) if one.lot.no == "PK-1")
        assert small_world.on_hand(packs.lot.id) == (500, 5)
        assert small_world.breaches() == ()

    def test_packs_need_marks_that_were_issued(self, small_world: World, marked: Marked) -> None:
        small_world.later(minutes=10)
        content = self.sheets(small_world, marked)
        book = read(content)
        pack = list(book.tables[0].rows[0].values.values())
        pack[1], pack[6], pack[7], pack[8] = "2026-03-26 08:30", "9000001-9000020", 0, 0
        outcome = bring(small_world, self.sheets(small_world, marked, packaging=[pack]))
        assert [(where, why) for where, _value, why in told(outcome)] == [("包装!G2", "marks.unknown")]
        assert outcome.sheets["sales"] == Counts(wrong=1)

    def test_conflicts_are_told_with_both_values(self, small_world: World, marked: Marked) -> None:
        small_world.later(minutes=10)
        content = self.sheets(small_world, marked)
        bring(small_world, content)
        sold = list(read(content).tables[2].rows[0].values.values())
        at = local(sold[1]).replace(tzinfo=None)  # type: ignore[arg-type]
        changed = ("V-1", at, "PK-1", "网店", 4, None, None, None, None, None)
        outcome = bring(
            small_world, self.sheets(small_world, marked, packaging=[], shipments=[], sales=[changed])
        )
        assert told(outcome) == [
            ("销售!D2", "网店", "workbook.row_differs"),
            ("销售!E2", "4", "workbook.row_differs"),
        ]

    def test_rows_of_one_shipment_agree_or_are_told(self, small_world: World, marked: Marked) -> None:
        small_world.later(minutes=10)
        first = list(read(self.sheets(small_world, marked)).tables[1].rows[0].values.values())
        at = local(first[2]).replace(tzinfo=None)  # type: ignore[arg-type]
        lines = [
            ("C-1", "PK-1", at, "贵阳门店", 2, None, None, "自送", None),
            ("C-1", "PK-2", at, "贵阳门店", 2, None, None, "顺丰", None),
        ]
        outcome = bring(small_world, self.sheets(small_world, marked, shipments=lines))
        assert told(outcome) == [("运输!H3", "顺丰", "workbook.rows_disagree")]

    @pytest.mark.parametrize(
        ("column", "value", "place", "code"),
        [
            (2, "没有的批次", "C2", "lot.unknown"),
            (4, 21, "E2", "lot.overdrawn"),
            (3, "批发", "G2", "text.missing"),
            (9, "没有的门店", "J2", "not_found"),
        ],
    )
    def test_each_rule_of_a_sale_is_told_at_its_cell(
        self, small_world: World, marked: Marked, column: int, value: Any, place: str, code: str
    ) -> None:
        small_world.later(minutes=10)
        at = local(small_world.now).replace(second=0, tzinfo=None) - timedelta(minutes=3)
        sold: list[Any] = ["V-1", at, "PK-1", "门店", 3, None, None, None, None, None]
        sold[column] = value
        outcome = bring(small_world, self.sheets(small_world, marked, sales=[sold], shipments=[]))
        assert [(where, why) for where, _value, why in told(outcome)] == [(f"销售!{place}", code)]
