"""The worked example (docs/manual/worked-example.md): batch 003 of LSK, from six receipts to the shelf."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from decimal import Decimal

from traceability.demo.buyers import look_up_some
from traceability.demo.complaining import complain
from traceability.demo.making import BASKET_G, Brew, certificate, report
from traceability.demo.market import retail, send, settle_short, shelves
from traceability.demo.marking import (
    Line,
    Marked,
    Marking,
    Packs,
    Shelf,
    approve_and_issue,
    file_request,
    fill,
    first,
    hand_back,
    print_all,
    take_crates,
)
from traceability.demo.stage import Firm, Stage, Story
from traceability.demo.tables import ONLINE, SHOP, BatchRow
from traceability.domain.chain import Run
from traceability.domain.marks import SerialRange
from traceability.domain.profile import Grade, LeafGrade
from traceability.services import chain, marks

#: Receipt, day of March, plot, net grams.
RECEIPTS = (
    ("R1", 26, "LSK-01", 31_200),
    ("R2", 26, "LSK-07", 22_450),
    ("R3", 26, "LSK-09", 18_900),
    ("R4", 27, "LSK-01", 34_600),
    ("R5", 27, "LSK-07", 24_150),
    ("R6", 27, "LSK-12", 15_100),
)

#: Run, day of March, rejects and made tea in grams.
RUNS = (("P1", 26, 850, 16_400), ("P2", 27, 750, 16_700))

#: What the report says.
TESTED: Mapping[str, Decimal | bool] = {
    "moisture": Decimal("5.6"),
    "total_ash": Decimal("5.7"),
    "water_extract": Decimal("43.5"),
    "crude_fibre": Decimal("11.8"),
    "lead": Decimal("0.42"),
    "pesticide_residue": True,
    "sensory_grade": True,
}

#: Net content, packs, spares, overfill in grams; cartons of twenty.
PACKED = ((100, 200, 2, 80), (50, 220, 2, 66))
CARTON = 20

#: Consignment, channel, hour sent, hours under way, cartons of each product.
CONSIGNMENTS = (("C1", SHOP, (8, 30), (0, 10, 45), (6, 5)), ("C2", ONLINE, (16, 0), (1, 8, 30), (4, 6)))

#: Packs sold by channel and product until 31 May, in rounds.
SOLD = {SHOP: (95, 73), ONLINE: (70, 111)}
ROUNDS = 6
#: Of them so many are looked up by whoever bought them; with the one that is copied, 122.
LOOKED_UP = {SHOP: 59, ONLINE: 62}
#: What the last pack of 100 g of the first sale is kept for: nobody looks it up, and everybody does.
KEPT = {SHOP: "sold", ONLINE: "copied"}

ROW = BatchRow("dysl", "LSK", 3, Grade.ZHENPIN, (3, 26), 2, 3, (15, 35))


def worked_example(stage: Stage) -> Story:
    """From leaf to shelf."""
    brew = Brew.of(stage, ROW)
    for run in RUNS:
        yield from _leaf_and_run(stage, brew, *run)
    yield from _blend_and_test(stage, brew)
    marked = yield from _pack(stage, brew)
    for consignment in CONSIGNMENTS:
        stage.tell(_consign(stage, marked, *consignment))


# --- leaf, tea, batch ---------------------------------------------------------------------------------------


def _leaf_and_run(stage: Stage, brew: Brew, no: str, day: int, rejects: int, out: int) -> Story:
    """A day's receipts at noon and its run in the evening."""
    yield stage.at(3, day, 12)
    inputs = _receive(stage, brew.firm, day)
    yield stage.at(3, day, 20)
    run = Run(rejects, out, Decimal("76.5"), Decimal("5.6"))
    booked = stage.book(
        chain.process_leaf,
        by=brew.firm.hand,
        inputs=inputs,
        run=run,
        grade=Grade.ZHENPIN,
        no=no,
        lot_no=f"M-{no}",
    )
    brew.made[booked.lots[0]] = out


def _receive(stage: Stage, firm: Firm, day: int) -> dict[int, int]:
    taken: dict[int, int] = {}
    with stage.sitting() as desk:
        for no, _, plot, net in (one for one in RECEIPTS if one[1] == day):
            card = firm.cards[plot]
            booked = desk.do(
                chain.receive_leaf,
                by=firm.hand,
                at=stage.now - timedelta(minutes=30 - len(taken) * 10),
                plot=card.id,
                scale=firm.scales["main"],
                gross_g=net + BASKET_G,
                tare_g=BASKET_G,
                leaf_grade=LeafGrade.ONE_BUD_ONE_LEAF_OPENING,
                certificate_no=certificate(card, stage.today),
                no=no,
            )
            taken[booked.lots[0]] = net
    return taken


def _blend_and_test(stage: Stage, brew: Brew) -> Story:
    """420 g of fines, 500 g to the laboratory, 300 g retained; 31.88 kg stay."""
    hand = brew.firm.hand
    yield stage.at(3, 28, 10)
    brew.lot = stage.book(chain.blend, by=hand, inputs=brew.made, fines_g=420, batch_no=brew.no).lots[0]
    yield stage.at(3, 29, 9, 30)
    stage.book(chain.draw_samples, by=hand, batch=brew.lot, test_g=500, retained_g=300)
    yield stage.at(4, 4, 10)
    report(stage, brew, TESTED, no=f"DY-JC-{stage.year}-0412")


# --- marks and packs ----------------------------------------------------------------------------------------


def _pack(stage: Stage, brew: Brew) -> Marking:
    """Request, approval and issue on 5 April; labels, packs and cartons on the 6th."""
    lines = [
        Line(brew.firm.products[brew.grade, net], net, packs, spares) for net, packs, spares, _ in PACKED
    ]
    yield stage.at(4, 5, 10, 5)
    request = file_request(stage, brew, lines)
    yield stage.at(4, 5, 16, 10)
    issued = approve_and_issue(stage, brew, request)
    yield stage.at(4, 6, 8)
    print_all(stage, brew.firm, issued)
    yield stage.at(4, 6, 13, 30)
    marked = _packed(stage, brew, issued)
    yield stage.at(4, 6, 17)
    _spoiled(stage, brew, issued)
    stage.packed[brew.no] = marked
    return marked


def _packed(stage: Stage, brew: Brew, issued: Sequence[SerialRange]) -> Marked:
    """31.00 kg in 420 packs, 146 g above the declared net content, 34 g spilt; 700 g stay loose."""
    used = [first(one, packs) for one, (_, packs, _, _) in zip(issued, PACKED, strict=True)]
    asks = [
        chain.PackAsk(brew.firm.products[brew.grade, net], packs, (one,), overfill)
        for (net, packs, _, overfill), one in zip(PACKED, used, strict=True)
    ]
    lots = stage.book(chain.pack, by=brew.firm.hand, batch=brew.lot, asks=asks, spill_g=34).lots
    with stage.sitting() as desk:
        crates = [fill(desk, brew, lot, one, CARTON) for lot, one in zip(lots, used, strict=True)]
    return Marked(
        brew, [Packs(lot, ask.product, filled) for lot, ask, filled in zip(lots, asks, crates, strict=True)]
    )


def _spoiled(stage: Stage, brew: Brew, issued: Sequence[SerialRange]) -> None:
    """Two marks smeared, one creased: void. The last spare goes back to the office, which counts and destroys it."""
    smeared = SerialRange(issued[0].last - 1, issued[0].last)
    creased, left = (SerialRange(one, one) for one in (issued[1].last - 1, issued[1].last))
    with stage.sitting() as desk:
        desk.do(marks.void_marks, by=brew.firm.hand, ranges=(smeared,), reason="打印污损 2 枚，剪角作废")
        desk.do(marks.void_marks, by=brew.firm.hand, ranges=(creased,), reason="贴标起皱 1 枚，剪角作废")
        hand_back(desk, brew.firm, left, "剩余标志 1 枚缴回，清点后销毁")
    stage.keepsakes["void"] = smeared.first


# --- transport and sale -------------------------------------------------------------------------------------


def _consign(
    stage: Stage,
    marked: Marked,
    no: str,
    channel: str,
    sent: tuple[int, int],
    arrived: tuple[int, int, int],
    cartons: tuple[int, int],
) -> Story:
    """One consignment of 8 April, its arrival, and what was sold of it."""
    load = [(packs, take_crates(packs, number)) for packs, number in zip(marked.packs, cartons, strict=True)]
    stock = shelves(marked.firm, channel, load)
    yield stage.at(4, 8, *sent)
    shipment = send(stage, marked.firm, channel, load, no=no, carrier="示例冷链物流")
    yield stage.later(*arrived)
    if channel == SHOP:
        stage.book(chain.deliver, by=marked.firm.hand, shipment=shipment)
    else:
        yield from _one_pack_crushed(stage, marked.firm, shipment, stock)
    yield from _sold(stage, marked.firm, channel, stock)


def _one_pack_crushed(stage: Stage, firm: Firm, shipment: int, stock: Sequence[Shelf]) -> Story:
    """The last pack of 50 g arrives crushed: a short delivery, settled the next day with its mark retired."""
    stock[-1].last -= 1
    got = {shelf.packs.lot: shelf.left for shelf in stock}
    stage.book(chain.deliver, by=firm.hand, shipment=shipment, received=got)
    yield stage.later(1, 9)
    crushed = SerialRange(stock[-1].last + 1, stock[-1].last + 1)
    settle_short(stage, firm, shipment, crushed, "运输途中压损 1 包，就地销毁，标志剪角")


def _sold(stage: Stage, firm: Firm, channel: str, stock: Sequence[Shelf]) -> Story:
    """Retail in six rounds until the end of May; the first pack of the second sale comes back."""
    for turn in range(ROUNDS):
        yield stage.at(4, 12, 18) + timedelta(days=8 * turn)
        starts = [shelf.first for shelf in stock]
        with stage.sitting() as desk:
            sold = [
                retail(desk, firm, shelf, _share(whole, turn))
                for shelf, whole in zip(stock, SOLD[channel], strict=True)
            ]
        if turn == 0:
            stage.keepsakes[KEPT[channel]] = stock[0].first - 1
        bought = [
            one for start, shelf in zip(starts, stock, strict=True) for one in range(start, shelf.first)
        ]
        ordinary = [one for one in bought if one not in stage.keepsakes.values()]
        look_up_some(stage, channel, ordinary, _share(LOOKED_UP[channel], turn))
        if turn == 1:
            yield stage.later(3, 11)
            _comes_back(stage, firm, channel, sold[-1] or 0, stock[-1].first - 1)
            if channel == ONLINE:
                stage.tell(complain(stage, firm, stock[-1].first - 2))


def _share(whole: int, turn: int) -> int:
    return whole * (turn + 1) // ROUNDS - whole * turn // ROUNDS


def _comes_back(stage: Stage, firm: Firm, channel: str, sale: int, serial: int) -> None:
    """At the shop unopened, and back on the shelf; at the online store opened, and destroyed."""
    opened = channel == ONLINE
    stage.book(
        chain.take_back,
        by=firm.hand,
        sale=sale,
        packs=1,
        opened=opened,
        restock=not opened,
        ranges=(SerialRange(serial, serial),),
        reason="顾客拆封后退货，销毁" if opened else "顾客未拆封退货，重新上架",
    )
