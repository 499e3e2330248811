"""Long lists: what is asked for is found, in its order, page by page, on both databases."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from tests.bench.bench_lists import counted
from tests.bench.harvest import grow
from tests.world import World
from traceability.domain.chain import EventKind
from traceability.domain.errors import NotAllowed
from traceability.domain.listing import Asked, Found, Word
from traceability.services import chain, lists, people
from traceability.services.lists import Register


def found(world: World, register: Register[Any], **asked: Any) -> Found[Any]:
    return world.see(lists.page, register=register, asked=Asked(**asked))


def said(text: str, **more: Any) -> dict[str, Any]:
    return {"words": (Word(text, **more),)}


def test_receipts_are_found_sorted_and_cut(world: World) -> None:
    for kg in (3, 9, 6, 6):
        world.received(kg=kg, certificate_no=f"CERT_{kg}%")
    world.received(kg=1, firm=world.other)
    every = found(world, lists.RECEIPTS, sort="at")
    assert [one.net_g for one in every.rows] == [3000, 9000, 6000, 6000]
    assert every.total == 4
    nets = found(world, lists.RECEIPTS, sort="net", down=True).rows
    assert [one.net_g for one in nets] == [9000, 6000, 6000, 3000]
    assert [one.event.id for one in nets[1:3]] == sorted((one.event.id for one in nets[1:3]), reverse=True)
    two = Asked(sort="net", down=True, first=2, size=2)
    assert world.see(lists.page, register=lists.RECEIPTS, asked=two).rows == nets[2:4]
    past = Asked(sort="net", down=True, first=5000, size=3)
    assert world.see(lists.page, register=lists.RECEIPTS, asked=past).rows == nets[3:4]
    assert [one.net_g for one in found(world, lists.RECEIPTS, **said("cert_9%")).rows] == [9000]
    assert found(world, lists.RECEIPTS, **said("certificate")).total == 0
    assert found(world, lists.RECEIPTS, **said("螺蛳")).total == 4
    assert found(world, lists.RECEIPTS, **said("2026-03-26", day=date(2026, 3, 26))).total == 4
    assert found(world, lists.RECEIPTS, since=date(2026, 3, 27)).total == 0
    assert found(world, lists.RECEIPTS, since=date(2026, 3, 26), until=date(2026, 3, 26)).total == 4
    assert found(world, lists.RECEIPTS, sort="plot").total == 4


def test_an_amendment_counts_and_is_no_row_of_its_own(world: World) -> None:
    receipt = world.received(kg=30)
    world.do(chain.amend, event=receipt.id, correction=chain.Correction(net_g=20_000), reason="看错秤")
    [one] = found(world, lists.RECEIPTS, sort="net").rows
    assert (one.net_g, one.gross_g, one.amended) == (20_000, 30_500, True)
    assert found(world, lists.EVENTS).total == 1


def test_lots_are_those_made_and_those_delivered(world: World) -> None:
    packed = world.packed(packs=10)
    assert found(world, lists.LOTS, only={"kind": "pack_lot"}).rows[0].packs == 10
    assert [one.lot.id for one in found(world, lists.LOTS, only={"stock": "1"}).rows] == [packed.lot]
    assert found(world, lists.LOTS, sort="grams", down=True).rows[0].lot.id == packed.lot
    assert found(world, lists.LOTS, **said("珍品", codes=frozenset({"ZHENPIN"}))).total == 3
    theirs = world.see(lists.page, by=world.other.manager, register=lists.LOTS, asked=Asked())
    assert theirs.total == 0
    shipment = world.sent(packed.lot, packs=4, to=world.other.party)
    world.do(chain.deliver, by=world.other.manager, shipment=shipment, received={packed.lot: 4})
    theirs = world.see(lists.page, by=world.other.manager, register=lists.LOTS, asked=Asked())
    assert [(one.lot.id, one.packs) for one in theirs.rows] == [(packed.lot, 4)]
    assert found(world, lists.LOTS, only={"stock": "1"}).rows[0].packs == 6


def test_sales_tell_what_came_back(world: World) -> None:
    packed = world.packed(packs=10)
    sale = world.sold(packed.lot, packs=4, channel="online", buyer="")
    world.sold(packed.lot, packs=1)
    world.do(chain.take_back, sale=sale, packs=1, opened=False, restock=True, reason="多买")
    rows = found(world, lists.SALES, sort="sold", down=True).rows
    assert [(one.sold, one.back, one.grams) for one in rows] == [(4, 1, 400), (1, 0, 100)]
    assert found(world, lists.SALES, only={"channel": "online"}).total == 1
    assert found(world, lists.SALES, **said(rows[0].lot.no)).total == 2
    assert found(world, lists.PACKINGS, sort="packs").rows[0].given[0].packs == 10
    world.do(chain.amend, event=sale, correction=chain.Correction(packs=1), reason="数错")
    assert [(one.sold, one.amended) for one in found(world, lists.SALES, sort="at").rows] == [
        (1, True),
        (1, False),
    ]


def test_shipments_marks_and_prints_are_listed(world: World) -> None:
    packed = world.packed(packs=10, extra=2)
    world.sent(packed.lot, packs=2)
    assert found(world, lists.DELIVERIES, only={"waits": "1"}).total == 1
    assert found(world, lists.DELIVERIES, **said("贵阳")).rows[0].lines[0].packs == 2
    assert found(world, lists.DELIVERIES, only={"state": "refused"}).total == 0
    for sort in ("sent", "no", "sender", "consignee", "carrier", "state"):
        assert found(world, lists.DELIVERIES, sort=sort).total == 1
    serial = packed.applied[0].first
    assert found(world, lists.RANGES, **said(str(serial))).rows[0].issue.range.first == serial
    assert found(world, lists.RANGES, only={"state": "printed"}).total == 1
    assert found(world, lists.PRINTS, **said(str(serial))).total == 1
    assert found(world, lists.PRINTS, sort="product").rows[0].marks == 12
    [asking] = found(world, lists.REQUESTS, sort="packs").rows
    assert asking.products[0].id == packed.product
    assert found(world, lists.REQUESTS, **said("没有")).total == 0


def test_what_the_season_stands_on_is_listed(world: World) -> None:
    world.do(
        people.register_plot, no="新-1", grower=world.grower, township="522701110", place="团山", area_mu=12
    )
    cards = found(world, lists.plots(world.today), sort="area")
    assert [one.left is None for one in cards.rows] == [True, False, False, False]
    assert cards.rows[1].left == world.see(
        lambda work: chain.allowance_of(work, cards.rows[1].plot, world.today)
    )
    assert found(world, lists.plots(world.today), only={"state": "proposed"}).total == 1
    assert found(world, lists.GROWERS, **said("甲")).total == 1
    assert found(world, lists.PRODUCTS, sort="content", down=True).rows[0].net_content_g == 500
    assert found(world, lists.SCALES).total == 1
    assert found(world, lists.CONSIGNEES).rows[0].name == "贵阳门店"
    assert found(world, lists.PLOT_WORKS).total == 0


def test_an_office_has_no_lists_of_a_firm(world: World) -> None:
    for register in (lists.RECEIPTS, lists.LOTS, lists.GROWERS, lists.plots(world.today), lists.DELIVERIES):
        with pytest.raises(NotAllowed):
            world.see(lists.page, by=world.county, register=register, asked=Asked())


def test_a_search_counts_up_to_a_thousand_and_a_file_has_them_all(
    small_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("traceability.store.listing.MOST", 3)
    monkeypatch.setattr(lists, "CHUNK", 2)
    for _ in range(5):
        small_world.received(kg=1)
    asked = Asked(**said("R"), size=2)
    page = small_world.see(lists.page, register=lists.RECEIPTS, asked=asked)
    assert (len(page.rows), page.total, page.more) == (2, 3, True)
    rows = small_world.see(
        lambda work, by: list(lists.every(work, by=by, register=lists.RECEIPTS, asked=asked))
    )
    assert len(rows) == 5
    assert small_world.see(lists.page, register=lists.RECEIPTS, asked=replace(asked, first=90)).first == 2


def fixed(register: Register[Any]) -> Callable[[World], Register[Any]]:
    return lambda _world: register


REGISTERS: dict[str, Callable[[World], Register[Any]]] = {
    name: fixed(getattr(lists, name))
    for name in ("RECEIPTS", "EVENTS", "PACKINGS", "SALES", "LOTS", "DELIVERIES", "REQUESTS", "RANGES", "PRINTS",
                 "GROWERS", "PLOT_WORKS", "SCALES", "PRODUCTS", "CONSIGNEES")
} | {"plots": lambda world: lists.plots(world.today)}  # fmt: skip


def questions(world: World) -> dict[str, int]:
    """How often the database is asked for a page of each list."""
    asked: dict[str, int] = {}
    for name, register in REGISTERS.items():
        with counted(world) as statements:
            found(world, register(world))
        asked[name] = len(statements)
    return asked


def test_a_longer_list_asks_the_database_no_more_often(small_world: World) -> None:
    grow(small_world, 300, packed=2)
    before = questions(small_world)
    for _ in range(3):
        packed = small_world.packed(packs=20)
        small_world.sent(packed.lot, packs=5)
        small_world.sold(packed.lot)
    for kind in (EventKind.LEAF_RECEIPT, EventKind.SALE):
        assert found(small_world, lists.EVENTS, only={"kind": kind.value}).total > 2
    assert questions(small_world) == before
