"""What others have does not exist (FRAUD F17); who sees what of a chain; trace."""

from collections.abc import Callable

import pytest

from tests.world import World
from traceability.domain import errors
from traceability.domain.people import Identity, Role, Within
from traceability.services import chain, lists, marks, oversight, people
from traceability.services.chain import papers


@pytest.mark.parametrize(
    "what", ["run", "blend", "refine", "sample", "write_off", "count", "sell", "dispatch", "request"]
)
def test_another_firms_lots_do_not_exist(world: World, what: str) -> None:
    by, to = world.other.manager, world.firm.party
    leaf, tea, batch = world.leaf(kg=9), world.tea(), world.passed_batch()
    acts: dict[str, Callable[[], object]] = {
        "run": lambda: world.run({leaf: 9000}, kg=2, firm=world.other),
        "blend": lambda: world.batch({tea: 1000}, firm=world.other),
        "refine": lambda: world.do(chain.refine, by=by, inputs={tea: 1000}, out_g=900, fines_g=0),
        "sample": lambda: world.sample(batch, by=by),
        "write_off": lambda: world.do(chain.write_off, by=by, lot=tea, grams=1, reason="霉变"),
        "count": lambda: world.do(chain.count_stock, by=by, lot=tea, counted=1),
        "sell": lambda: world.sold(tea, packs=0, grams=1, by=by),
        "dispatch": lambda: world.sent(tea, g=1, by=by, to=to),
        "request": lambda: world.request(batch, by=by, product=world.other.p100),
    }
    with world.refusal(errors.LotUnknown):
        acts[what]()


def test_another_firms_papers_do_not_exist(world: World) -> None:
    packed = world.packed(packs=3)
    shipment = world.sent(packed.lot, packs=1)
    sale = world.sold(packed.lot)
    theirs = world.other.manager
    with world.refusal(errors.LotUnknown):
        world.see(chain.dossier, by=theirs, lot=packed.lot)
    with world.refusal(errors.LotUnknown):
        world.see(chain.trace, by=theirs, lot=packed.lot)
    with world.refusal(errors.NotFound):
        world.see(papers.paper, by=theirs, event=sale)
    with world.refusal(errors.NotFound):
        world.see(papers.sale, by=theirs, event=sale)
    with world.refusal(errors.DeliveryUnknown):
        world.see(papers.delivery, by=theirs, shipment=shipment)
    with world.refusal(errors.LotUnknown):
        world.do(chain.destroy, by=theirs, lot=packed.lot, packs=1, ranges=packed.nth(0), reason="受潮")
    with world.refusal(errors.LotUnknown):
        world.do(chain.fill_cartons, by=theirs, lot=packed.lot, asks=[chain.CartonAsk(packed.first(1))])
    with world.refusal(errors.NotFound):
        world.see(people.enterprise, by=theirs, number=world.firm.id)
    assert world.see(marks.issued_ranges, by=theirs) == []
    assert world.see(chain.events, by=theirs) == []
    assert world.see(chain.lots, by=theirs) == []
    assert world.listed(lists.SALES, by=theirs) == []
    assert world.listed(lists.DELIVERIES, by=theirs) == []


def test_another_firms_documents_do_not_exist(world: World) -> None:
    batch = world.passed_batch()
    number = world.see(chain.dossier, lot=batch).documents[0].id
    found, content = world.see(oversight.document, number=number)
    assert (found.media_type, content[:5]) == ("application/pdf", b"%PDF-")
    for stranger in (world.other.manager, world.other_county):
        with world.refusal(errors.NotFound):
            world.see(oversight.document, by=stranger, number=number)
        assert world.see(oversight.documents, by=stranger, lot=batch) == []
    assert world.see(oversight.document, by=world.county, number=number)
    with world.refusal(errors.NotFound):
        world.see(oversight.document, number=99)
    with world.refusal(errors.LotUnknown):
        world.do(
            oversight.attach_document,
            by=world.other.manager,
            lot=batch,
            name="a.png",
            content=b"\x89PNG\r\n\x1a\n",
        )


def test_a_holder_sees_everything_upstream_and_one_step_downstream(world: World) -> None:
    leaf = world.leaf(kg=9)
    tea = world.tea_of(leaf, g=9000, kg=2)
    world.do(chain.deliver, by=world.other.manager, shipment=world.sent(tea, g=1000, to=world.other.party))
    batch = world.batch({tea: 1000}, firm=world.other)
    further = world.batch({batch: 500}, firm=world.other)
    assert set(world.see(chain.trace, by=world.other.manager, lot=batch).lots) == {leaf, tea, batch}
    assert set(world.see(chain.trace, lot=leaf, forward=True).lots) == {
        leaf,
        tea,
        batch,
    }  # not what they made of it
    with world.refusal(errors.LotUnknown):
        world.see(chain.trace, lot=further)
    for office in (world.county, world.other_county, world.prefecture):  # both counties see the chain
        assert set(world.see(chain.trace, by=office, lot=leaf, forward=True).lots) == {
            leaf,
            tea,
            batch,
            further,
        }
    third = world.user(Role.COUNTY, county="522730")
    with world.refusal(errors.LotUnknown):
        world.see(chain.trace, by=third, lot=leaf)
    assert not world.see(chain.dossier, lot=batch).history  # what they did with it is theirs


def test_the_county_of_the_leaf_sees_what_became_of_it(world: World) -> None:
    far = world.new_plot(township="522702100")
    leaf = world.leaf(plot=far, kg=9)
    batch = world.batch({world.tea_of(leaf, g=9000, kg=2): 2000})
    assert world.see(chain.dossier, by=world.other_county, lot=batch).maker.id == world.firm.id


def test_the_shares_of_plots_are_pro_rata_and_sum_to_a_thousand(world: World) -> None:
    a, b = world.leaf(kg=6, plot=world.plots[0]), world.leaf(kg=3, plot=world.plots[1])
    mixed = world.run({a: 6000, b: 3000}, kg=2).lots[0]
    own = world.tea_of(world.leaf(kg=9, plot=world.plots[2]), g=9000, kg=2)
    batch = world.batch({mixed: 1000, own: 2000})
    lot = world.see(chain.dossier, lot=batch).lot
    shares = world.see(chain.plot_shares, lot=lot)
    assert [(plot.id, part) for plot, part in shares] == [
        (world.plots[2], 667), (world.plots[0], 222), (world.plots[1], 111)
    ]  # fmt: skip


def test_a_lot_is_found_by_its_number_or_by_its_id_when_several_share_it(world: World) -> None:
    mine = world.batch(batch_no="DY-1")
    assert world.see(chain.lot_named, no="DY-1").id == mine
    theirs = world.batch(batch_no="DY-1", firm=world.other)
    assert world.see(chain.lot_named, no="DY-1").id == mine
    with world.refusal(errors.LotUnknown, several=[f"#{mine}", f"#{theirs}"]):
        world.see(chain.lot_named, by=world.prefecture, no="DY-1")
    assert world.see(chain.lot_named, by=world.prefecture, no=f"#{theirs}").id == theirs
    with world.refusal(errors.LotUnknown):
        world.see(chain.lot_named, no="DY-2")


def test_a_dossier_tells_everything_about_a_lot(world: World) -> None:
    packed = world.packed(packs=3, extra=2)
    of_batch = world.see(chain.dossier, lot=packed.batch)
    assert (of_batch.grams, of_batch.reserved_g, of_batch.status.passed, of_batch.own) == (
        200,
        200,
        True,
        True,
    )
    of_packs = world.see(chain.dossier, by=world.county, lot=packed.lot)
    assert (of_packs.packs, sum(len(span.range) for span in of_packs.spans)) == (3, 3)
    assert {event.kind.value for event, *_ in of_packs.history} == {"packing"}


@pytest.mark.parametrize("role", list(Role))
def test_every_role_has_a_reach_or_none(role: Role) -> None:
    person = Identity(1, "某人", role, enterprise=7, county="522701")
    assert person.within != Within()


def test_nobody_without_a_post_has_a_reach() -> None:
    with pytest.raises(errors.NotAllowed):
        _ = Identity(1, "某人", Role.MANAGER).within


def test_deliveries_and_shortages_are_told_to_those_concerned(world: World) -> None:
    tea = world.tea()
    shipment = world.sent(tea, g=2000, to=world.other.party)
    assert [one.mine for one in world.listed(lists.DELIVERIES)] == [False]
    assert [one.mine for one in world.listed(lists.DELIVERIES, by=world.other.manager)] == [True]
    world.do(chain.deliver, by=world.other.manager, shipment=shipment, received={tea: 1900})
    short, lot = world.see(papers.shortages)[0]
    assert (short.grams, lot.id) == (100, tea)
    assert world.see(papers.shortage, number=short.id)[0] == short
    with world.refusal(errors.ShortageUnknown):
        world.see(papers.shortage, by=world.other.manager, number=short.id)
    assert [one.id for one in world.see(chain.shortages, by=world.county)] == [short.id]
    assert world.see(chain.shortages, by=world.other_county) == []
    assert world.see(chain.shortages, by=world.prefecture)


def test_a_maker_is_not_told_what_the_next_holder_did_with_its_lot(world: World) -> None:
    tea = world.tea(kg=2)
    world.do(chain.deliver, by=world.other.manager, shipment=world.sent(tea, g=1000, to=world.other.party))
    world.do(chain.sell, by=world.other.manager, lot=tea, grams=100, channel="shop")
    told = [event.kind.value for event, *_ in world.see(chain.dossier, lot=tea).history]
    assert set(told) == {"processing", "dispatch", "delivery"}
    full = [event.kind.value for event, *_ in world.see(chain.dossier, by=world.county, lot=tea).history]
    assert "sale" in full
