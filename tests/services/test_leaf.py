"""Plot work, leaf receipts, write-offs."""

from datetime import date, datetime, timedelta

import pytest

from tests.world import World
from traceability.domain import errors
from traceability.domain.chain import EventKind, LotKind
from traceability.domain.listing import Asked
from traceability.domain.people import Role
from traceability.domain.profile import LeafGrade
from traceability.services import chain, lists, people
from traceability.services.chain import papers


def test_a_receipt_makes_one_leaf_lot_of_its_net_weight(world: World) -> None:
    booked = world.received(kg="31.2")
    assert world.on_hand(booked.lots[0]) == (31200, 0)
    assert world.see(papers.paper, event=booked.id).event.kind is EventKind.LEAF_RECEIPT
    assert world.findings() == []


def test_a_receipt_is_refused_in_the_future(world: World) -> None:
    with world.refusal(errors.InTheFuture):
        world.leaf(at=world.now + timedelta(minutes=1))


def test_leaf_cannot_be_received_before_it_was_plucked(world: World) -> None:
    with world.refusal(errors.BeforeItsInputs):
        world.leaf(plucked_on=world.today + timedelta(days=1))


def test_what_is_told_late_makes_a_finding(world: World) -> None:
    world.leaf(at=world.now - timedelta(hours=73))
    assert world.findings() == ["entry.late"]


def test_leaf_from_ground_outside_the_twelve_counties_is_refused(world: World) -> None:
    outside = world.new_plot(township="522601100", approved=False)
    with world.refusal(errors.PlotOutsideArea):
        world.leaf(plot=outside)


def test_leaf_is_refused_before_its_plot_was_approved(world: World) -> None:
    proposed = world.new_plot(approved=False)
    with world.refusal(errors.PlotNotActive):
        world.leaf(plot=proposed)
    world.do(people.approve_plot, by=world.county, plot=proposed)
    with world.refusal(errors.PlotNotActive):
        world.leaf(plot=proposed, plucked_on=world.today - timedelta(days=1))
    world.leaf(plot=proposed)


def test_leaf_from_no_plot_is_refused(world: World) -> None:
    with world.refusal(errors.PlotUnknown):
        world.leaf(plot=99)


def test_a_plot_gives_its_allowance_and_not_a_gram_more(world: World) -> None:
    plot = world.new_plot(mu=1)
    world.leaf(plot=plot, kg=64)
    with world.refusal(errors.AllowanceExceeded, left_g=1000):
        world.leaf(plot=plot, kg="1.001", firm=world.other)  # one account across all buyers
    world.leaf(plot=plot, kg=1, firm=world.other)


def test_each_part_of_the_season_has_an_allowance_and_the_year_one_of_its_own(world: World) -> None:
    plot = world.new_plot(mu=1)
    world.leaf(plot=plot, kg=65)
    world.at("2026-07-01T08:00")
    world.leaf(plot=plot, kg=100)
    allowance = world.see(people.plots_with_allowance, day=date(2026, 7, 1))
    left = next(found for one, found in allowance if one.id == plot)
    assert (left.part_left_g, left.year_left_g) == (0, 75_000)


def test_the_office_may_set_a_plots_allowance_with_a_reason(world: World) -> None:
    plot = world.new_plot(mu=1)
    asked = {"plot": plot, "season": 2026, "part": "spring", "grams": 70_000}
    with world.refusal(errors.ReasonMissing):
        world.do(people.set_allowance, by=world.county, reason=" ", **asked)
    world.do(people.set_allowance, by=world.county, reason="古茶园", **asked)
    world.leaf(plot=plot, kg=70)
    with world.refusal(errors.AllowanceExceeded):
        world.leaf(plot=plot, kg=1)
    world.do(people.set_allowance, by=world.county, reason="误", **(asked | {"part": "", "grams": 70_500}))
    with world.refusal(errors.AllowanceExceeded):
        world.leaf(plot=plot, kg=1)


@pytest.mark.parametrize(
    ("wrong", "expected"),
    [({"part": "winter"}, errors.ChoiceUnknown), ({"grams": -1}, errors.WeightNotPositive)],
)
def test_an_allowance_needs_a_part_and_a_weight(small_world: World, wrong: dict, expected: type) -> None:
    asked = {"plot": small_world.plot, "season": 2026, "part": "spring", "grams": 1, "reason": "复核"}
    with small_world.refusal(expected):
        small_world.do(people.set_allowance, by=small_world.county, **(asked | wrong))


def test_a_days_picking_beyond_belief_makes_a_finding(world: World) -> None:
    plot = world.new_plot(mu=2)
    world.leaf(plot=plot, kg=15)
    world.leaf(plot=plot, kg=6)
    assert world.findings() == ["picking.implausible"]


def test_leaf_inside_a_safety_interval_is_refused(world: World) -> None:
    asked = {"plot": world.plot, "product": "苦参碱", "dose": "50 ml/mu"}
    world.do(chain.record_plot_work, worked_on=world.today, interval_days=7, **asked)
    world.later(days=7)
    with world.refusal(errors.WithinSafetyInterval):
        world.leaf()
    world.later(days=1)
    world.leaf()
    [kept] = world.see(lists.page, register=lists.PLOT_WORKS, asked=Asked()).rows
    assert kept.product == "苦参碱"


def test_plot_work_lies_in_the_past_and_its_interval_within_a_year(small_world: World) -> None:
    asked = {"plot": small_world.plot, "product": "苦参碱", "dose": "1", "interval_days": 7}
    with small_world.refusal(errors.InTheFuture):
        small_world.do(chain.record_plot_work, worked_on=small_world.today + timedelta(days=1), **asked)
    with small_world.refusal(errors.NumberOutOfRange):
        small_world.do(
            chain.record_plot_work, worked_on=small_world.today, **(asked | {"interval_days": 400})
        )
    with small_world.refusal(errors.PlotUnknown):
        small_world.do(chain.record_plot_work, worked_on=small_world.today, **(asked | {"plot": 99}))


def test_a_large_receipt_is_asked_again(world: World) -> None:
    with world.refusal(errors.ReceiptLarge, net_g=501_000):
        world.leaf(kg=501, confirmed=False)
    world.leaf(kg=501, confirmed=True)


def test_tare_leaves_something(small_world: World) -> None:
    with small_world.refusal(errors.NetNotPositive):
        small_world.leaf(gross_g=500, tare_g=500)


def test_a_receipt_names_its_certificate(small_world: World) -> None:
    with small_world.refusal(errors.CertificateInvalid):
        small_world.leaf(certificate_no=" ")


def test_an_expired_scale_is_accepted_with_a_finding(world: World) -> None:
    old = world.do(
        people.register_scale, no="OLD", verified_on=date(2025, 1, 1), verified_until=date(2025, 12, 31)
    )
    world.leaf(scale=old)
    assert world.findings() == ["scale.expired"]


def test_a_scale_of_another_firm_does_not_exist(world: World) -> None:
    with world.refusal(errors.ScaleUnknown):
        world.leaf(scale=world.other.scale)


def test_a_receipt_number_is_used_once(world: World) -> None:
    world.leaf(no="R 1")
    with world.refusal(errors.NumberTaken):
        world.leaf(no=" R  1 ")
    world.leaf(no="R 1", firm=world.other)  # numbers are a firm's own


def test_a_slip_sent_twice_makes_one_lot(world: World) -> None:
    first = world.received(kg=5, key="slip")
    world.later(hours=1)
    assert world.received(kg=5, key="slip", at=first_moment(world, first.id)) == first
    with world.refusal(errors.RequestKeyReused):
        world.received(kg=6, key="slip")
    assert world.received(kg=5, key="slip", firm=world.other) != first  # keys are a firm's own


def first_moment(world: World, event: int) -> datetime:
    return world.see(papers.paper, event=event).event.happened_at


def test_a_refused_request_frees_its_key(world: World) -> None:
    with world.refusal(errors.ReceiptLarge):
        world.received(kg=501, confirmed=False, key="slip")
    world.received(kg=501, confirmed=True, key="slip")


def test_leaf_that_stood_too_long_can_only_be_written_off(world: World) -> None:
    lot = world.leaf(kg=9)
    world.later(hours=49)
    with world.refusal(errors.LeafTooOld, limit=48):
        world.run({lot: 9000}, kg=2, reason="迟")
    with world.refusal(errors.ReasonMissing):
        world.do(chain.write_off, lot=lot, grams=9000, reason="")
    world.do(chain.write_off, lot=lot, grams=9000, reason="发酵")
    assert world.on_hand(lot) == (0, 0)


def test_packs_are_destroyed_and_not_written_off(small_world: World) -> None:
    packed = small_world.packed(packs=2)
    with small_world.refusal(errors.LotWrongKind):
        small_world.do(chain.write_off, lot=packed.lot, grams=100, reason="受潮")


def test_only_the_firm_records_its_leaf(world: World) -> None:
    for by in (world.county, world.observer, world.admin):
        with world.refusal(errors.NotAllowed):
            world.leaf(by=by)


def test_the_same_grower_twice_makes_a_finding(world: World) -> None:
    world.do(people.register_grower, kind="household", name="甲", township="522701110")
    assert world.findings() == ["grower.twice"]


def test_growers_names_are_not_for_everybody(small_world: World) -> None:
    assert [name for _, _, _, name, _ in small_world.see(people.growers, by=small_world.county)] == ["甲"]
    with small_world.refusal(errors.NotAllowed):
        small_world.see(people.growers, by=small_world.observer)
    card = small_world.see(people.plots, by=small_world.other.manager)[0]
    assert not hasattr(card, "name")


def test_clerks_record_leaf_too(small_world: World) -> None:
    assert small_world.firm.clerk.role is Role.CLERK
    small_world.leaf(by=small_world.firm.clerk, leaf_grade=LeafGrade.SINGLE_BUD)
    assert small_world.see(chain.on_hand, kinds=[LotKind.LEAF])[0].grams == 10_000
