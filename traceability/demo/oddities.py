"""What does not go as it should, honestly entered: each twist replaces one stage of one batch, or is a small story.

The tables at the end say which stage of a batch a twist replaces.
"""

from datetime import timedelta
from decimal import Decimal

from traceability.demo.cast import record_work, register_scale
from traceability.demo.making import BASKET_G, Brew, choose, make, picking_time, pluck, receive, report
from traceability.demo.market import send
from traceability.demo.marking import Asking, Marked, ask, file_request, hand_back
from traceability.demo.papers import report_values
from traceability.demo.stage import Firm, Stage, Story
from traceability.demo.tables import OLD_SCALE, SHOP, WORKS
from traceability.domain.chain import EventKind
from traceability.domain.marks import SerialRange
from traceability.domain.profile import Grade
from traceability.domain.recalls import Scope
from traceability.services import chain, findings, marks, oversight, people, recalls

# --- on a picking day ---------------------------------------------------------------------------------------


def _slip(stage: Stage, brew: Brew, day: int) -> Story:
    """The clerk forgets a basket's tare; the manager amends the receipt before the leaf is made."""
    leaf = yield from pluck(stage, brew, day)
    yield stage.later(0, 18, 40)
    lot, typed = list(leaf.items())[-1]
    event = next(
        one
        for one in stage.see(chain.events, by=brew.firm.manager, limit=9)
        if one.kind is EventKind.LEAF_RECEIPT
    )
    leaf[lot] = typed - BASKET_G
    stage.do(
        chain.amend,
        by=brew.firm.manager,
        event=event.id,
        correction=chain.Correction(net_g=leaf[lot]),
        reason="漏扣一只茶篓皮重 0.80 kg",
    )
    yield stage.later(0, 21, 30)
    make(stage, brew, leaf)


def _old_scale(stage: Stage, brew: Brew, day: int) -> Story:
    """Two receipts on a scale whose verification has run out; it is verified again three days later."""
    yield picking_time(stage, brew, day)
    cards = choose(stage, brew.firm, brew.rng, brew.row.receipts, garden=brew.row.place)
    leaf = receive(stage, brew, cards[2:])
    yield stage.later(0, 17, 30)
    leaf |= receive(stage, brew, cards[:2], scale="old")
    yield stage.later(0, 21, 30)
    make(stage, brew, leaf)
    stage.tell(_verified_again(stage, brew.firm))


def _verified_again(stage: Stage, firm: Firm) -> Story:
    yield stage.later(3, 15)
    with stage.sitting() as desk:
        firm.scales["old"] = register_scale(desk, firm, OLD_SCALE[1], stage.today)
    yield stage.later(4, 10, office=True)
    settle(stage, firm, "scale.expired", "已补检定，复核两笔数量属实，责令按期送检")


def _rain(stage: Stage, brew: Brew, day: int) -> Story:
    """Rain-wet leaf gives less tea than usual."""
    leaf = yield from pluck(stage, brew, day)
    yield stage.later(0, 22)
    make(stage, brew, leaf, ratio=615, reason="连日阴雨，鲜叶带表面水，折算比偏高")


def _power_cut(stage: Stage, brew: Brew, day: int) -> Story:
    """No power at night; the leaf is spread and made the next morning."""
    leaf = yield from pluck(stage, brew, day)
    yield stage.later(1, 8, 20)
    make(stage, brew, leaf, reason="晚间停电，鲜叶薄摊，次日早晨加工")


# --- at the laboratory and the office -----------------------------------------------------------------------


def _too_wet(stage: Stage, brew: Brew) -> Story:
    """Moisture 6.7 % fails the grade: held at once, re-declared first grade, and the hold lifted by the county."""
    yield stage.later(6, 15, office=True)
    report(stage, brew, report_values(brew.rng, brew.grade) | {"moisture": Decimal("6.7")})
    yield stage.later(1, 9, 30, office=True)
    brew.grade = Grade.FIRST
    reason = "水分 6.7%,超过珍品限量 6.5%,符合一级限量 7.0%"
    stage.do(chain.redeclare, by=brew.firm.manager, batch=brew.lot, grade=brew.grade, reason=reason)
    yield stage.later(2, 15, 30, office=True)
    holds = stage.see(oversight.open_holds, by=brew.firm.office)
    hold = next(hold.id for hold, lot in holds if lot.id == brew.lot)
    words = "已降为一级，各项符合一级限量，解除暂停"
    stage.do(oversight.release_hold, by=brew.firm.office, hold=hold, reason=words)
    settle(stage, brew.firm, "report.failed", words)


def _refused(stage: Stage, brew: Brew) -> Asking:
    """The county sends the first request back; the second one is good."""
    yield stage.later(1, 10, 20, office=True)
    lines, request = ask(stage, brew)
    yield stage.later(0, 15, 40)
    stage.do(
        marks.refuse_request, by=brew.firm.office, request=request, reason="报告附件缺骑缝章页，补齐后再报"
    )
    yield stage.later(1, 9, 10, office=True)
    return lines, file_request(stage, brew, lines)


def settle(stage: Stage, firm: Firm, code: str, outcome: str, *, result: str = "explained") -> None:
    """The county closes a firm's open findings of one kind."""
    found = stage.see(oversight.findings, by=firm.office)
    with stage.sitting() as desk:
        for one in found:
            if one.enterprise == firm.id and one.code == code and one.outcome is None:
                asked = {"finding": one.id, "result": result, "outcome": outcome}
                desk.do(findings.settle_finding, by=firm.office, **asked)


# --- in the market ------------------------------------------------------------------------------------------


def recall(stage: Stage, marked: Marked) -> Story:
    """A small lot of poorly sealed bags is recalled by the firm, and what has not been sold is destroyed."""
    packs, firm = marked.packs[-1], marked.firm
    yield stage.at(5, 20, 14)
    packs.stopped = True
    shown = stage.see(recalls.reach_of, by=firm.manager, now=stage.now, lot=packs.lot).digest
    stage.do(
        recalls.order_recall,
        by=firm.manager,
        scope=Scope.lot(packs.lot),
        grade="III",
        reason="内袋封口不严，可能受潮",
        shown=shown,
    )
    stock = [shelf for shelf in marked.shelves if shelf.packs is packs]
    stage.keepsakes["recalled"] = stock[0].first - 1
    yield stage.at(5, 23, 10)
    with stage.sitting() as desk:
        for shelf in stock:
            left = SerialRange(shelf.first, shelf.last)
            desk.book(
                chain.destroy,
                by=firm.manager,
                lot=packs.lot,
                packs=len(left),
                ranges=(left,),
                reason="召回未售出，监督销毁",
                party=shelf.party,
            )


def suspension(stage: Stage) -> Story:
    """The county suspends a firm whose packs are in the market; they may be sold on."""
    firm = stage.firms["dsys"]
    yield stage.at(5, 19, 11)
    reason = "现场检查：标志出入库台账与库存不符，责令整改，暂停使用专用标志"
    stage.do(people.suspend_enterprise, by=firm.office, enterprise=firm.id, reason=reason)


def late_sale(stage: Stage) -> Story:
    """A sale at a fair is entered five days after it happened."""
    yield stage.at(5, 13, 9)
    found = stage.packed[f"WA{stage.year % 100:02d}-JZ-ZP-001"]
    packs = found.packs[0]
    stage.do(
        chain.sell,
        by=found.firm.manager,
        at=stage.now - timedelta(days=5),
        lot=packs.lot,
        packs=6,
        channel="fair",
        buyer="示例茶旅展位零售",
    )


def count_at_the_shop(stage: Stage) -> Story:
    """At the half-year count two packs are missing at one shop; elsewhere the books are right."""
    yield stage.at(6, 16, 20)
    for marked in stage.packed.values():
        if marked.firm.row.key not in ("gdys", "ptsl"):
            continue
        with stage.sitting() as desk:
            for shelf in (one for one in marked.shelves if one.channel == SHOP and not one.packs.stopped):
                missing = 2 if marked.brew.row.twist == "old_scale" and shelf is marked.shelves[0] else 0
                desk.book(
                    chain.count_stock,
                    by=marked.firm.hand,
                    lot=shelf.packs.lot,
                    counted=shelf.left - missing,
                    party=shelf.party,
                )


# --- growers and offices ------------------------------------------------------------------------------------


def allowance(stage: Stage) -> Story:
    """The county raises one plot's spring allowance, with a reason."""
    firm = stage.firms["dysl"]
    yield stage.at(3, 12, 10, 30)
    card = firm.cards["LSK-12"]
    stage.do(
        people.set_allowance,
        by=firm.office,
        plot=card.id,
        season=stage.year,
        part="spring",
        grams=int(card.area_mu) * 80_000,
        reason="现场核产:水肥一体化示范地，春茶核定亩产 80 kg 鲜叶",
    )


def spring_spraying(stage: Stage) -> Story:
    """Between two pickings three plots are treated and closed for the safety interval."""
    yield stage.at(4, 25, 18)
    product, dose, interval = WORKS[0]
    for key in ("dysl", "wags"):
        firm = stage.firms[key]
        with stage.sitting() as desk:
            for card in list(firm.cards.values())[-3:]:
                record_work(desk, firm, card, product, dose, stage.today, interval)


def officer_rounds(stage: Stage) -> Story:
    """The county closes what it has looked into; the rest stays open."""
    yield stage.at(4, 22, 15)
    settle(stage, stage.firms["dysl"], "transport.short", "压损 1 包已销毁，标志已作废留档，属实")
    yield stage.at(5, 6, 15)
    settle(stage, stage.firms["wags"], "processing.not_same_day", "停电记录属实，摊青条件合格")


def left_over_marks(stage: Stage) -> Story:
    """In June the spare marks go back to the offices, which count and destroy them; the suspended firm's do not."""
    yield stage.at(6, 10, 10)
    for marked in stage.packed.values():
        if marked.firm.row.key in ("dysl", "gdys", "ptsl"):
            with stage.sitting() as desk:
                for left in (packs.spares for packs in marked.packs if packs.spares):
                    hand_back(desk, marked.firm, left, "春茶结束，剩余标志缴回，清点后销毁")


def open_ends(stage: Stage) -> Story:
    """What waits on the desks when the season ends: a plot to approve, a shipment on its way."""
    firm = stage.firms["ptsl"]
    yield stage.at(6, 22, 10)
    with stage.sitting() as desk:
        grower = desk.do(
            people.register_grower, by=firm.hand, kind="household", name="示例农户丁", township="522727107"
        )
        desk.do(
            people.register_plot, by=firm.hand, no="ZM-01", grower=grower, township="522727107", place="者密坡",
            area_mu=Decimal("5.50"),
        )  # fmt: skip
    yield stage.at(6, 27, 16)
    last = stage.packed[f"WA{stage.year % 100:02d}-JZ-EJ-005"]
    send(stage, last.firm, SHOP, [(packs, packs.crates[:1]) for packs in last.packs])


#: Twists that replace the second picking day, the test, and the request of a batch.
DAYS = {"slip": _slip, "old_scale": _old_scale, "rain": _rain, "power_cut": _power_cut}
TESTS = {"too_wet": _too_wet}
REQUESTS = {"refused": _refused}

#: Stories of their own.
SMALL_STORIES = (
    allowance, suspension, late_sale, count_at_the_shop, spring_spraying, officer_rounds, left_over_marks, open_ends,
)  # fmt: skip
