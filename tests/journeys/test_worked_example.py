"""A batch of Duyun Maojian from four plots to 347 buyers, played through the pages; every kilogram, count and range.

The numbers are those of one fictional enterprise in spring 2026: 146.40 kg of leaf, 33.10 kg of made tea, 31.88 kg to
pack, 424 marks, 420 packs, two consignments. The cases after it are refused, flagged, or taken only with a reason.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.browsing import Person
from tests.journeys.staged import GOOD, PUBLIC_URL, Firm, Stage, code_of, codes_in
from traceability.domain.marks import MarkState
from traceability.domain.recalls import Scope
from traceability.services import chain, marks, oversight, people, recalls

BATCH = "DY26-LSK-ZP-003"
RECEIPTS = (
    ("R1", "2026-03-26T15:00", "LSK-01", "31.20"),
    ("R2", "2026-03-26T15:20", "LSK-07", "22.45"),
    ("R3", "2026-03-26T15:40", "LSK-09", "18.90"),
    ("R4", "2026-03-27T15:00", "LSK-01", "34.60"),
    ("R5", "2026-03-27T15:20", "LSK-07", "24.15"),
    ("R6", "2026-03-27T15:40", "LSK-12", "15.10"),
)


class Play:
    """The cast, and the stages of the story up to wherever a test wants them."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.prefecture = stage.hire("prefecture@example.cn", "prefecture")
        self.county = stage.hire("county@example.cn", "county", county="522701")
        self.officer = stage.who("county@example.cn")
        self.firm = Firm(
            stage, name="都匀示例茶业有限公司", uscc="91522701MAXTEA015P", sc_no="SC11452270100012"
        )
        self.firm.authorise(self.prefecture)
        self._garden()
        stage.earlier_marks(12_000)

    def _garden(self) -> None:
        for name, kind in (("都匀示例茶业自有茶园", "enterprise"), ("示例农户甲", "household")):
            self.firm.ask("growers/new", name=name, kind=kind, township="522701110")
        own, household = (one[0] for one in self.stage.see(people.growers, by=self.firm.me))
        for no, grower, mu in (
            ("LSK-01", own, "18.0"),
            ("LSK-07", household, "12.0"),
            ("LSK-09", household, "6.5"),
            ("LSK-12", household, "5.0"),
        ):
            plot = {"no": no, "grower": grower, "area_mu": mu, "township": "522701110", "place": "螺蛳壳"}
            self.firm.ask("plots/new", **plot)
            self._approve(self.firm.plot(no))
        self.firm.ask("scales/new", no="SC-DY-017", verified_on="2025-12-01", verified_until="2026-11-30")
        for net in (100, 50):
            self.firm.ask("products/new", name="都匀毛尖茶", grade="ZHENPIN", net_content_g=net)
        for name, place in (("贵阳门店", "贵阳"), ("广州网店", "广州")):
            self.firm.ask("consignees/new", name=name, place=place)

    def _approve(self, plot: int) -> None:
        done = self.county.send("/office/plots?state=proposed", to=f"/plots/{plot}/approve")
        assert done.status == 200, done.text

    def leaf(self) -> None:
        for receipt in RECEIPTS:
            self.firm.ask("receipts/new", **self.firm.receive(*receipt))

    def runs(self) -> None:
        """8.2: two runs, each on the day of picking, both 4.42 leaf to one of tea."""
        for no, day, receipts, rejects, out in (
            ("P1", "26", RECEIPTS[:3], "0.85", "16.40"),
            ("P2", "27", RECEIPTS[3:], "0.75", "16.70"),
        ):
            leaf = self.firm.rows("in", **{f"L-{one[0]}": one[3] for one in receipts})
            self.stage.at(f"2026-03-{day}T21:00")
            self.firm.ask(
                "processings/new", no=no, at=f"2026-03-{day}T21:00", rejects=rejects, out=out, fresh_moisture="76.5",
                made_moisture="5.6", grade="ZHENPIN", **leaf,
            )  # fmt: skip

    def made(self) -> None:
        """8.1 and 8.2 day by day: receipts of a day, then its run."""
        for day in ("26", "27"):
            todays = [one for one in RECEIPTS if f"-{day}T" in one[1]]
            for receipt in todays:
                self.firm.ask("receipts/new", **self.firm.receive(*receipt))
            leaf = self.firm.rows("in", **{f"L-{one[0]}": one[3] for one in todays})
            rejects, out = ("0.85", "16.40") if day == "26" else ("0.75", "16.70")
            self.stage.at(f"2026-03-{day}T21:00")
            self.firm.ask(
                "processings/new", no=f"P{int(day) - 25}", at=f"2026-03-{day}T21:00", rejects=rejects, out=out,
                fresh_moisture="76.5", made_moisture="5.6", grade="ZHENPIN", **leaf,
            )  # fmt: skip

    def batch(self) -> None:
        """8.3: blended, fines sieved off, test and retained samples drawn."""
        self.stage.at("2026-03-28T10:00")
        made = self.firm.rows("in", **{"M-P1": "16.40", "M-P2": "16.70"})
        self.firm.ask("blendings/new", batch_no=BATCH, fines="0.42", at="2026-03-28T10:00", **made)
        self.stage.at("2026-03-29T09:00")
        self.firm.ask(
            f"lots/{self.firm.lot(BATCH)}/sample", test="0.50", retained="0.30", at="2026-03-29T09:00"
        )

    def tested(self, values: dict[str, str] | None = None) -> None:
        self.stage.at("2026-04-04T17:00")
        page = self.firm.report(BATCH, "DY-JC-2026-0412", "2026-04-04", values)
        assert page.status == 200, page.text

    def request(self, **rows: str) -> None:
        self.stage.at("2026-04-05T10:05")
        self.firm.ask(f"lots/{self.firm.lot(BATCH)}/request", **rows)

    def order(self) -> dict[str, str]:
        p100, p50 = self.firm.product(100), self.firm.product(50)
        return {f"packs-{p100}": "200", f"spares-{p100}": "2", f"packs-{p50}": "220", f"spares-{p50}": "2"}

    def issued(self) -> None:
        """8.4: requested at 10:05, confirmed, approved and issued at 16:10."""
        self.request(**self.order())
        self.stage.at("2026-04-05T16:10")
        self.decide()

    def printed(self) -> bytes:
        """Every mark printed for 6 April; the first sheet of labels."""
        self.stage.at("2026-04-06T08:00")
        sheets = [
            self.firm.prints(serials, "2026-04-06")
            for serials in ("12001-12040", "12041-12202", "12203-12424")
        ]
        return sheets[0]

    def packing(self, **more: str) -> dict[str, str]:
        p100, p50 = self.firm.product(100), self.firm.product(50)
        self.stage.at("2026-04-06T14:00")
        return {
            "at": "2026-04-06T14:00", "spill": "34", f"packs-{p100}": "200", f"serials-{p100}": "12001-12200",
            f"over-{p100}": "80", f"packs-{p50}": "220", f"serials-{p50}": "12203-12422", f"over-{p50}": "66", **more,
        }  # fmt: skip

    def packed(self) -> None:
        """8.5: 200 × 100 g and 220 × 50 g, 0.146 kg over, 0.034 kg spilt; cartons of twenty."""
        self.firm.ask(f"lots/{self.firm.lot(BATCH)}/pack", **self.packing())
        for lot in ("P01", "P02"):
            self.firm.ask(f"lots/{self.firm.lot(f'{BATCH}-{lot}')}/cartons", size="20")

    def cartons(self, lot: str) -> list[str]:
        found = self.stage.see(chain.dossier, by=self.firm.me, lot=self.firm.lot(f"{BATCH}-{lot}"))
        return [one.no for one in found.cartons]

    def few_packs(self, packs: int = 10, day: str = "2026-04-06") -> None:
        """A short story for cases that need packs in stock: so many of 100 g, marks from 12001 on."""
        self.made()
        self.batch()
        self.tested()
        p100 = self.firm.product(100)
        self.request(**{f"packs-{p100}": f"{packs + 10}", f"spares-{p100}": "1"})
        self.decide()
        self.stage.at(f"{day}T08:00")
        self.labels = self.firm.prints(f"12001-{12000 + packs}", day)
        self.stage.at(f"{day}T14:00")
        rows = {f"packs-{p100}": f"{packs}", f"serials-{p100}": f"12001-{12000 + packs}"}
        self.firm.ask(f"lots/{self.firm.lot(BATCH)}/pack", at=f"{day}T14:00", **rows)

    def decide(self) -> None:
        """The county confirms the report, approves the latest request, and issues."""
        number = self.stage.see(marks.requests, by=self.officer)[0].id
        done = self.county.send(f"/office/requests/{number}", to="approve", report_confirmed="y")
        assert done.status == 200, done.text

    def sent(self) -> None:
        """8.6: both consignments by the carton; one pack of the second is crushed on the way."""
        p01, p02 = self.firm.lot(f"{BATCH}-P01"), self.firm.lot(f"{BATCH}-P02")
        c01, c02 = self.cartons("P01"), self.cartons("P02")
        for no, to, at, first, second in (
            ("C1", "贵阳门店", "2026-04-08T08:30", c01[:6], c02[:5]),
            ("C2", "广州网店", "2026-04-08T16:00", c01[6:], c02[5:]),
        ):
            self.stage.at(at)
            self.firm.ask(
                "dispatches/new", no=no, consignee=self.firm.party(to), carrier="示例冷链", at=at,
                **{f"carton-{p01}": first, f"carton-{p02}": second},
            )  # fmt: skip
        self.stage.at("2026-04-08T10:46")
        got = {f"got-{p01}": "120", f"got-{p02}": "100", "at": "2026-04-08T10:45"}
        self.stage.at("2026-04-08T17:00")
        self.firm.ask(f"deliveries/{self.firm.shipment('C1')}", **got)
        self.stage.at("2026-04-09T09:00")
        got = {f"got-{p01}": "80", f"got-{p02}": "119", "at": "2026-04-09T08:30"}
        self.firm.ask(f"deliveries/{self.firm.shipment('C2')}", **got)
        short = next(
            one for one in self.stage.see(chain.shortages, by=self.firm.me) if one.settled_at is None
        )
        self.firm.ask(
            f"shortages/{short.id}/settle", serials="12422", reason="一件压坏", at="2026-04-09T09:00"
        )

    def sell(self, lot: str, packs: int, shop: str, at: str) -> int:
        self.stage.at(at)
        number, party = self.firm.lot(f"{BATCH}-{lot}"), self.firm.party(shop)
        channel = "shop" if shop == "贵阳门店" else "online"
        self.firm.ask(f"lots/{number}/sell", packs=packs, channel=channel, party=party, at=at)
        return self.firm.event("sale")


@pytest.fixture
def play(database_url: str, tmp_path: Path) -> Iterator[Play]:
    stage = Stage(database_url, tmp_path)
    yield Play(stage)
    stage.close()


def scan(play: Play, code: str, phone: str = "a phone") -> str:
    """What a passer-by reads."""
    return play.stage.visitor().open(f"/m/{code}", **{"User-Agent": phone}).text


def test_the_whole_way_once_from_the_plots_to_the_scanned_mark(play: Play) -> None:
    firm, stage = play.firm, play.stage

    play.made()
    assert stage.lots_on_hand(firm.me) == {"M-P1": (16_400, 0), "M-P2": (16_700, 0)}

    play.batch()
    assert stage.lots_on_hand(firm.me) == {BATCH: (31_880, 0)}

    play.tested()
    play.issued()
    ranges = [str(one.issue.range) for one in stage.see(marks.issued_ranges, by=firm.me)]
    assert ranges == ["0000012001–0000012202", "0000012203–0000012424"]
    dossier = stage.see(chain.dossier, by=firm.me, lot=firm.lot(BATCH))
    assert (dossier.grams, dossier.reserved_g) == (31_880, 31_000)

    sheet = play.printed()
    play.packed()
    assert stage.lots_on_hand(firm.me) == {
        BATCH: (700, 0), f"{BATCH}-P01": (20_000, 200), f"{BATCH}-P02": (11_000, 220),
    }  # fmt: skip
    assert (len(play.cartons("P01")), len(play.cartons("P02"))) == (10, 11)
    assert (
        stage.see(chain.dossier, by=firm.me, lot=firm.lot(f"{BATCH}-P01")).lot.best_before.isoformat()
        == "2028-04-05"
    )

    firm.ask("marks/void", serials="12201-12202, 12423", reason="两枚污损、一枚折皱")
    done = play.county.send(
        f"/office/enterprises/{firm.id}/returned",
        serials="12424",
        counted="1",
        witness="李四",
        reason="缴回销毁",
    )
    assert done.status == 200, done.text
    assert _reconciled(play) == {"applied": 420, "void": 3, "returned": 1, "issued": 424}

    play.sent()
    shop, online = firm.party("贵阳门店"), firm.party("广州网店")
    assert stage.lots_on_hand(firm.me, shop) == {f"{BATCH}-P01": (12_000, 120), f"{BATCH}-P02": (5_000, 100)}
    assert stage.lots_on_hand(firm.me, online) == {f"{BATCH}-P01": (8_000, 80), f"{BATCH}-P02": (5_950, 119)}
    assert stage.findings(play.officer) == ["transport.short"]

    _sold(play)
    left = {
        **_packs(stage.lots_on_hand(firm.me, shop)),
        "online": sum(_packs(stage.lots_on_hand(firm.me, online)).values()),
    }
    assert (left[f"{BATCH}-P01"] + left[f"{BATCH}-P02"], left["online"]) == (53, 18)
    assert _reconciled(play) == {"applied": 418, "retired": 2, "void": 3, "returned": 1, "issued": 424}
    assert not stage.check().breaches

    _traced(play)
    _scanned(play, code_of(codes_in(sheet)[0]))


def _reconciled(play: Play) -> dict[str, int]:
    states = play.stage.see(marks.counts, by=play.firm.me)
    kept = {state.value: n for state, n in states.items() if n}
    return {**kept, "issued": sum(states[state] for state in MarkState)}


def _packs(stock: dict[str, tuple[int, int]]) -> dict[str, int]:
    return {no: packs for no, (_, packs) in stock.items()}


def _sold(play: Play) -> None:
    """8.7: 168 and 181 sold; one comes back unopened and is restocked, one opened and is destroyed."""
    play.sell("P02", 76, "贵阳门店", "2026-05-20T10:00")
    first = play.sell("P01", 92, "贵阳门店", "2026-05-21T10:00")
    play.sell("P01", 80, "广州网店", "2026-05-22T10:00")
    second = play.sell("P02", 101, "广州网店", "2026-05-23T10:00")
    play.stage.at("2026-05-28T10:00")
    back = {"at": "2026-05-28T10:00", "packs": "1"}
    play.firm.ask(f"sales/{first}/return", restock="restock", reason="买多了", **back)
    play.firm.ask(
        f"sales/{second}/return", restock="destroy", opened="y", serials="12400", reason="已开封", **back
    )


def _traced(play: Play) -> None:
    """The recall drill: back to six receipts and four plots; forward from R2 to all 420 packs."""
    back = play.stage.see(chain.trace, by=play.officer, lot=play.firm.lot(f"{BATCH}-P01"))
    leaf = sorted(one.no for one in back.lots.values() if one.kind == "leaf")
    assert leaf == [f"L-R{n}" for n in range(1, 7)]
    assert {one.no for one in back.plot_names.values()} == {"LSK-01", "LSK-07", "LSK-09", "LSK-12"}
    grams = {back.lots[edge.source].no: edge.grams for edge in back.edges}
    assert grams == {
        "L-R1": 31_200, "L-R2": 22_450, "L-R3": 18_900, "L-R4": 34_600, "L-R5": 24_150, "L-R6": 15_100,
        "M-P1": 16_400, "M-P2": 16_700, BATCH: 20_000,
    }  # fmt: skip
    ahead = play.stage.see(recalls.reach, by=play.officer, scope=Scope.lot(play.firm.lot("L-R2")))
    packs = [lot.no for lot, _ in ahead.spread.shown if lot.kind == "pack_lot"]
    assert packs[::-1] == [f"{BATCH}-P01", f"{BATCH}-P02"]
    shown = play.firm.desk.open(f"/desk/lots/{play.firm.lot(f'{BATCH}-P01')}/trace").text
    assert all(no in shown for no in ("L-R1", "M-P2", "LSK-12", "31.20"))


def _scanned(play: Play, code: str) -> None:
    first, second = scan(play, code), scan(play, code, "another phone")
    for told in (
        "都匀示例茶业有限公司",
        "91522701MAXTEA015P",
        "100 克",
        "2026年4月6日",
        "2028年4月5日",
        "0000012001",
    ):
        assert told in first, told
    assert "螺蛳壳" in first
    assert "贵阳" in first
    assert "第一次" in first
    assert "第一次被查验" not in second


def test_forty_printed_labels_are_read_by_another_decoder_and_verify_as_their_batch_and_product(
    play: Play,
) -> None:
    play.few_packs(40)
    addresses = codes_in(play.labels)
    assert len(set(addresses)) == 40
    for address in addresses:
        assert address.startswith(f"{PUBLIC_URL.upper()}/M/")
        told = play.stage.visitor().open(f"/m/{code_of(address)}")
        assert told.status == 200
        assert BATCH in told.text
        assert "100 克" in told.text


# --- what is refused, flagged, or taken only with a reason -----------------------------------------------------------


def test_more_made_tea_than_the_leaf_can_give_is_refused(play: Play) -> None:
    for no, _, plot, kg in RECEIPTS:
        play.firm.ask("receipts/new", **play.firm.receive(no, "2026-03-26T15:00", plot, kg))
    leaf = play.firm.rows("in", **{f"L-{one[0]}": one[3] for one in RECEIPTS})
    play.stage.at("2026-03-26T21:00")
    run = {"rejects": "1.60", "out": "40.00", "fresh_moisture": "76.5", "made_moisture": "5.6", **leaf}
    assert play.firm.refused("processings/new", at="2026-03-26T21:00", **run) == "ratio.under_floor"
    page = play.firm.desk.send("/desk/processings/new", at="2026-03-26T21:00", **run)
    assert "3.62" in page.text
    assert "4.02" in page.text


def test_leaf_from_a_plot_outside_the_twelve_counties_is_refused(play: Play) -> None:
    grower = play.stage.see(people.growers, by=play.firm.me)[0][0]
    play.firm.ask("plots/new", no="OUT-01", grower=grower, township="522601001", place="州外", area_mu="10")
    receipt = play.firm.receive("R1", "2026-03-26T15:00", "OUT-01", "12.00")
    assert play.firm.refused("receipts/new", **receipt) == "plot.outside_area"


def test_marks_for_more_tea_than_the_batch_has_are_refused(play: Play) -> None:
    play.made()
    play.batch()
    play.tested()
    play.stage.at("2026-04-05T10:05")
    url = f"lots/{play.firm.lot(BATCH)}/request"
    rows = {f"packs-{play.firm.product(100)}": "330"}
    assert play.firm.refused(url, **rows) == "request.exceeds_batch"
    page = play.firm.desk.send(f"/desk/{url}", **rows)
    assert "33.00" in page.text
    assert "31.88" in page.text


def test_marks_asked_for_before_the_report_are_refused(play: Play) -> None:
    play.made()
    play.batch()
    play.stage.at("2026-04-01T10:00")
    assert play.firm.refused(f"lots/{play.firm.lot(BATCH)}/request", **play.order()) == "batch.not_tested"


def test_a_damp_batch_fails_is_held_and_may_be_declared_one_grade_whose_limits_it_meets(play: Play) -> None:
    play.made()
    play.batch()
    play.tested({**GOOD, "moisture": "6.7"})
    batch = play.firm.lot(BATCH)
    assert "report.failed" in play.stage.findings(play.officer)
    assert play.firm.refused(f"lots/{batch}/request", **play.order()) == "lot.held"

    assert (
        play.firm.refused(f"lots/{batch}/redeclare", grade="SPECIAL", reason="水分偏高")
        == "grade.limits_not_met"
    )
    play.firm.ask(f"lots/{batch}/redeclare", grade="FIRST", reason="水分偏高，改判一级")
    play.firm.ask("products/new", name="都匀毛尖茶", grade="FIRST", net_content_g=100)
    first = play.firm.product(100, "FIRST")
    order = {f"packs-{first}": "200", f"spares-{first}": "2"}
    assert play.firm.refused(f"lots/{batch}/request", **order) == "lot.held"
    hold = play.stage.see(oversight.open_holds, by=play.officer)[0][0].id
    assert play.county.send(f"/office/holds/{hold}/release", reason="改判后符合").status == 200

    play.firm.ask(f"lots/{batch}/request", **order)


def test_leaf_over_an_expired_scale_is_taken_and_flagged(play: Play) -> None:
    play.firm.ask("scales/new", no="SC-OLD", verified_on="2025-02-01", verified_until="2026-01-31")
    play.firm.ask(
        "receipts/new", **play.firm.receive("R1", "2026-03-26T15:00", "LSK-01", "31.20", scale="SC-OLD")
    )
    assert play.stage.findings(play.officer) == ["scale.expired"]


def test_a_serial_is_applied_once_and_only_a_live_one_of_this_firm_batch_and_product(play: Play) -> None:
    play.made()
    play.batch()
    play.tested()
    play.issued()
    play.stage.at("2026-04-06T08:00")
    for serials in ("12001-12003, 12201", "12203"):
        play.firm.prints(serials, "2026-04-06")
    play.firm.ask("marks/void", serials="12201", reason="污损")
    p100, p50 = play.firm.product(100), play.firm.product(50)
    url = f"lots/{play.firm.lot(BATCH)}/pack"

    def packing(serials: str, product: int = p100, packs: str = "1") -> dict[str, str]:
        return {"at": "2026-04-06T14:00", f"packs-{product}": packs, f"serials-{product}": serials}

    play.stage.at("2026-04-06T14:00")
    assert play.firm.refused(url, **packing("12201")) == "marks.not_live"
    assert play.firm.refused(url, **packing("12203")) == "marks.other_product"
    assert play.firm.refused(url, **packing("11999")) == "marks.unknown"
    assert play.firm.refused(url, **packing("12001-12003", packs="2")) == "marks.miscounted"
    play.firm.ask(url, **packing("12001"))
    assert play.firm.refused(url, **packing("12001")) == "marks.already_applied"
    play.stage.at("2026-04-07T09:00")
    assert (
        play.firm.refused(url, **{**packing("12203", p50), "at": "2026-04-07T09:00"})
        == "marks.pack_day_differs"
    )


def test_marks_of_another_enterprise_or_another_batch_are_refused(play: Play) -> None:
    play.made()
    play.batch()
    play.tested()
    play.issued()
    play.stage.at("2026-04-06T08:00")
    play.firm.prints("12001", "2026-04-06")
    other = Firm(play.stage, name="都匀剑江示例茶业有限公司", uscc="91522701MAXTEA0585", tag="b")
    other.authorise(play.prefecture)
    other.ask("products/new", name="都匀毛尖茶", grade="ZHENPIN", net_content_g=100)
    other.ask("scales/new", no="SC-B", verified_on="2025-12-01", verified_until="2026-11-30")
    batch = _small_batch(play, other, "B-1", "SC-B")
    _issue(play, other, batch, other.product(100))
    rows = {f"packs-{other.product(100)}": "1", f"serials-{other.product(100)}": "12001"}
    assert other.refused(f"lots/{batch}/pack", at="2026-04-16T10:00", **rows) == "marks.unknown"

    second = _small_batch(play, play.firm, "B-2", "SC-DY-017", day="2026-04-17")
    _issue(play, play.firm, second, play.firm.product(100))
    rows = {f"packs-{play.firm.product(100)}": "1", f"serials-{play.firm.product(100)}": "12001"}
    assert play.firm.refused(f"lots/{second}/pack", at="2026-04-24T10:00", **rows) == "marks.other_batch"


def _small_batch(play: Play, firm: Firm, no: str, scale: str, day: str = "2026-04-10") -> int:
    """Nine kilograms of leaf into two of tea, tested and passed a few days later."""
    firm.ask("receipts/new", **firm.receive(f"R-{no}", f"{day}T15:00", "LSK-01", "9.00", scale))
    play.stage.at(f"{day}T21:00")
    leaf = firm.rows("in", **{f"L-R-{no}": "9.00"})
    firm.ask(
        "processings/new", no=f"P-{no}", at=f"{day}T21:00", rejects="0", out="2.00", fresh_moisture="76.5",
        made_moisture="5.6", grade="ZHENPIN", **leaf,
    )  # fmt: skip
    play.stage.at(f"{day}T22:00")
    firm.ask("blendings/new", batch_no=no, at=f"{day}T22:00", **firm.rows("in", **{f"M-P-{no}": "2.00"}))
    firm.ask(f"lots/{firm.lot(no)}/sample", test="0.20", retained="0.10", at=f"{day}T22:00")
    play.stage.now = play.stage.now.replace(day=play.stage.now.day + 5)
    assert firm.report(no, f"JC-{no}", play.stage.now.date().isoformat()).status == 200
    return firm.lot(no)


def _issue(play: Play, firm: Firm, batch: int, product: int) -> None:
    firm.ask(f"lots/{batch}/request", **{f"packs-{product}": "10", f"spares-{product}": "1"})
    play.decide()
    play.stage.now = play.stage.now.replace(day=play.stage.now.day + 1)


def test_opened_goods_and_late_ones_are_not_restocked(play: Play) -> None:
    play.few_packs()
    play.stage.at("2026-04-12T10:00")
    lot = play.firm.lot(f"{BATCH}-P01")
    play.firm.ask(f"lots/{lot}/sell", packs="3", channel="shop", at="2026-04-12T10:00")
    sale = play.firm.event("sale")
    play.stage.at("2026-04-15T10:00")
    back = {"packs": "1", "restock": "restock", "reason": "退货"}
    opened = play.firm.refused(f"sales/{sale}/return", at="2026-04-15T10:00", opened="y", **back)
    assert opened == "restock.opened"
    play.stage.at("2026-04-23T10:00")
    assert play.firm.refused(f"sales/{sale}/return", at="2026-04-23T10:00", **back) == "restock.late"


def test_processing_the_day_after_picking_is_taken_only_with_a_reason(play: Play) -> None:
    play.firm.ask("receipts/new", **play.firm.receive("R1", "2026-03-26T18:00", "LSK-01", "31.20"))
    play.stage.at("2026-03-27T08:00")
    run = {
        "at": "2026-03-27T08:00", "rejects": "0", "out": "7.00", "fresh_moisture": "76.5", "made_moisture": "5.6",
        **play.firm.rows("in", **{"L-R1": "31.20"}),
    }  # fmt: skip
    assert play.firm.refused("processings/new", **run) == "reason.missing"
    play.firm.ask("processings/new", reason="停电，次日清晨加工", **run)
    assert play.stage.findings(play.officer) == ["processing.not_same_day"]


def test_a_suspension_stops_the_printer_and_is_told_on_the_pages_of_sold_packs(play: Play) -> None:
    play.few_packs()
    play.stage.at("2026-04-12T10:00")
    lot = play.firm.lot(f"{BATCH}-P01")
    play.firm.ask(f"lots/{lot}/sell", packs="3", channel="shop", at="2026-04-12T10:00")
    done = play.county.send(f"/office/enterprises/{play.firm.id}/suspend", reason="原料台账不清")
    assert done.status == 200, done.text

    asked = {"serials": "12011", "design": "a4-40", "pack_day": "2026-04-20"}
    assert play.firm.refused("marks/print", **asked) == "enterprise.suspended"
    told = scan(play, code_of(codes_in(play.labels)[0]))
    assert "都匀示例茶业有限公司" in told
    assert "暂停" in told


def test_a_stranger_learns_nothing_from_a_wrong_code(play: Play) -> None:
    visitor: Person = play.stage.visitor()
    page = visitor.open("/m/0000-0000-0000-0000")
    assert page.status == 404
    assert "都匀示例茶业" not in page.text
