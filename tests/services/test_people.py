"""Offices, users, enterprises and their rights, suppliers, products."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from tests.world import World
from traceability.domain import errors
from traceability.domain.people import ALLOWED, Identity, May, PlotState, Role, Standing
from traceability.services import people

SPARE_USCC = "91522730MAXTEA030A"


def test_thirteen_offices_are_founded_once(world: World) -> None:
    world.do(people.found_offices, by=world.admin)
    offices = world.see(people.offices, by=world.admin)
    assert len(offices) == 13
    world.do(people.set_office_telephone, by=world.admin, code="522701", telephone="0854-12315")
    assert ("522701", "0854-12315") in [
        (code, tel) for code, _, tel in world.see(people.offices, by=world.admin)
    ]
    with world.refusal(errors.NotFound):
        world.do(people.set_office_telephone, by=world.admin, code="999999", telephone="1")


def test_a_sign_in_has_one_post_that_fits(world: World) -> None:
    asked = {"by": world.admin, "email": "X@example.cn ", "password_hash": "-", "name": "某人"}
    with world.refusal(errors.RoleMisplaced):
        world.do(people.create_user, role=Role.CLERK, **asked)
    with world.refusal(errors.RoleMisplaced):
        world.do(people.create_user, role=Role.COUNTY, **asked)
    with world.refusal(errors.CountyUnknown):
        world.do(people.create_user, role=Role.COUNTY, county="522601", **asked)
    with world.refusal(errors.NotFound):
        world.do(people.create_user, role=Role.CLERK, enterprise=99, **asked)
    made = world.do(people.create_user, role=Role.OBSERVER, **asked)
    with world.refusal(errors.AccountTaken):
        world.do(people.create_user, role=Role.OBSERVER, **(asked | {"email": "x@example.CN"}))
    assert world.see(people.identity_named, email=" x@Example.cn").user == made
    with world.refusal(errors.NotFound):
        world.see(people.identity_named, email="nobody@example.cn")


def test_a_closed_sign_in_is_nobody(world: World) -> None:
    user = world.firm.clerk.user
    world.do(people.set_user_active, by=world.admin, user=user, active=False)
    assert world.see(people.identity_of, user=user) is None
    assert [active for _, active, who in world.see(people.users, by=world.admin) if who.user == user] == [
        False
    ]
    world.do(people.set_user_active, by=world.admin, user=user, active=True)
    assert world.see(people.identity_of, user=user) == world.firm.clerk
    with world.refusal(errors.OwnDecision):
        world.do(people.set_user_active, by=world.admin, user=world.admin.user, active=False)
    with world.refusal(errors.NotFound):
        world.do(people.set_user_active, by=world.admin, user=999, active=False)


def test_an_enterprise_is_registered_under_a_code_that_checks(world: World) -> None:
    asked = {"name": "新", "county": "522730"}
    with world.refusal(errors.UsccInvalid):
        world.do(people.register_enterprise, by=world.admin, uscc="91522730MAXTEA030B", **asked)
    with world.refusal(errors.NotAllowed):  # an administrator overrides nothing
        world.do(
            people.register_enterprise,
            by=world.admin,
            uscc="91522730MAXTEA030B",
            override_reason="证照如此",
            **asked,
        )
    made = world.do(
        people.register_enterprise,
        by=world.county,
        uscc="91522730MAXTEA030B",
        override_reason="证照如此",
        **asked,
    )
    assert world.see(people.enterprise, by=world.prefecture, number=made).standing is Standing.NONE
    with world.refusal(errors.UsccTaken):
        world.do(people.register_enterprise, by=world.admin, uscc=" 91522701 MAXTEA015P", **asked)
    with world.refusal(errors.CountyUnknown):
        world.do(people.register_enterprise, by=world.admin, uscc=SPARE_USCC, name="新", county="522601")
    with world.refusal(errors.NotAllowed):
        world.do(people.register_enterprise, uscc=SPARE_USCC, **asked)


def test_lists_of_firms_reach_as_far_as_their_reader(world: World) -> None:
    def seen(by: Identity) -> set[int]:
        return {one.enterprise.id for one in world.see(people.enterprises, by=by)}

    assert seen(world.prefecture) == {world.firm.id, world.other.id}
    assert seen(world.county) == {world.firm.id}
    assert seen(world.other.manager) == {world.other.id}


def test_only_the_prefecture_authorises_for_a_known_right_and_some_days(world: World) -> None:
    firm = world.firm.id
    with world.refusal(errors.NotAllowed):
        world.do(
            people.authorise_enterprise, by=world.county, enterprise=firm, announcement_no="1",
            right_basis="gi_product", scope=[], valid_from=date(2026, 1, 1), valid_until=date(2026, 1, 2),
        )  # fmt: skip
    wrongs: list[dict[str, Any]] = [{"right_basis": "none"}, {"scope": []}, {"valid_until": date(2025, 1, 1)}]
    for wrong in wrongs:
        with world.refusal(errors.ChoiceUnknown):
            world.authorise(firm, **wrong)
    tied = world.user(Role.PREFECTURE, enterprise=firm)
    with world.refusal(errors.OwnDecision):
        world.authorise(firm, by=tied)


def test_standing_follows_the_days_and_decisions(world: World) -> None:
    def standing() -> Standing:
        return world.see(people.enterprise, by=world.prefecture, number=world.firm.id).standing

    assert standing() is Standing.AUTHORISED
    world.do(people.suspend_enterprise, by=world.county, enterprise=world.firm.id, reason="来源不符")
    assert standing() is Standing.SUSPENDED
    world.do(people.lift_suspension, by=world.county, enterprise=world.firm.id, reason="已整改")
    assert standing() is Standing.AUTHORISED
    world.do(people.withdraw_authorisation, by=world.prefecture, enterprise=world.firm.id, reason="停用")
    assert standing() is Standing.WITHDRAWN
    with world.refusal(errors.NotAuthorised):
        world.later(days=1)
        world.do(people.withdraw_authorisation, by=world.prefecture, enterprise=world.firm.id, reason="停用")
    world.at("2029-01-02T08:00")
    assert (
        world.see(people.enterprise, by=world.prefecture, number=world.other.id).standing is Standing.EXPIRED
    )


def test_another_county_suspends_nobody_here(world: World) -> None:
    with world.refusal(errors.NotFound):
        world.do(
            people.suspend_enterprise, by=world.other_county, enterprise=world.firm.id, reason="来源不符"
        )
    with world.refusal(errors.ReasonMissing):
        world.do(people.suspend_enterprise, by=world.county, enterprise=world.firm.id, reason="")
    with world.refusal(errors.NotAllowed):
        world.do(people.suspend_enterprise, enterprise=world.other.id, reason="来源不符")


def test_a_grower_has_a_kind_a_township_and_a_number_of_its_own(small_world: World) -> None:
    world = small_world
    asked = {"kind": "household", "name": "乙", "township": "522701110"}
    with world.refusal(errors.ChoiceUnknown):
        world.do(people.register_grower, **(asked | {"kind": "bank"}))
    with world.refusal(errors.TownshipUnreadable):
        world.do(people.register_grower, **(asked | {"township": "5227"}))
    with world.refusal(errors.TextMissing):
        world.do(people.register_grower, **(asked | {"name": ""}))
    world.do(people.register_grower, no="G-1", **asked)
    with world.refusal(errors.NumberTaken):
        world.do(people.register_grower, no="G-1", **(asked | {"name": "丙"}))


def test_a_plot_is_proposed_by_a_firm_and_approved_by_its_county(world: World) -> None:
    plot = world.new_plot(approved=False)
    with world.refusal(errors.PlotUnknown):
        world.do(people.approve_plot, by=world.other_county, plot=plot)
    with world.refusal(errors.NotAllowed):
        world.do(people.approve_plot, plot=plot)
    world.do(people.approve_plot, by=world.county, plot=plot, day=date(2026, 3, 1))
    with world.refusal(errors.AlreadyDecided):
        world.do(people.approve_plot, by=world.county, plot=plot)
    found = next(one for one in world.see(people.plots, by=world.county) if one.id == plot)
    assert (found.state, found.active_from) == (PlotState.ACTIVE, date(2026, 3, 1))
    outside = world.new_plot(township="522601100", approved=False)
    with world.refusal(errors.PlotOutsideArea):
        world.do(people.approve_plot, by=world.prefecture, plot=outside)
    assert outside not in {one.id for one in world.see(people.plots, by=world.county)}


@pytest.mark.parametrize(
    ("wrong", "expected"),
    [
        ({"no": "PLOT-TWICE"}, errors.NumberTaken),
        ({"grower": 99}, errors.NotFound),
        ({"area_mu": Decimal(0)}, errors.NumberOutOfRange),
        ({"township": "abc"}, errors.TownshipUnreadable),
        ({"place": " "}, errors.TextMissing),
        ({"place": "螺" * 121}, errors.TextTooLong),
    ],
)
def test_a_plot_has_a_number_a_grower_an_area_and_a_place(
    small_world: World, wrong: dict, expected: type
) -> None:
    asked = {
        "no": "PLOT-1", "grower": small_world.grower, "township": "522701110", "place": "螺蛳壳", "area_mu": Decimal(1)
    }  # fmt: skip
    small_world.do(people.register_plot, **(asked | {"no": "PLOT-TWICE"}))
    with small_world.refusal(expected):
        small_world.do(people.register_plot, **(asked | wrong))


def test_a_verification_of_a_scale_lasts_a_year_at_most(world: World) -> None:
    day = date(2026, 1, 1)
    for until in (day - timedelta(days=1), day + timedelta(days=367)):
        with world.refusal(errors.ChoiceUnknown):
            world.do(people.register_scale, no="S", verified_on=day, verified_until=until)
    with world.refusal(errors.InTheFuture):
        world.do(people.register_scale, no="S", verified_on=date(2027, 1, 1), verified_until=date(2027, 6, 1))
    first = world.do(people.register_scale, no="S", verified_on=day, verified_until=day)
    assert (
        world.do(people.register_scale, no="S", verified_on=day, verified_until=date(2026, 12, 31)) == first
    )
    assert len(world.see(people.scales)) == 2


def test_a_product_has_a_net_content_and_a_trade_item_number_of_its_own(world: World) -> None:
    with world.refusal(errors.NumberOutOfRange):
        world.product(0)
    with world.refusal(errors.GtinInvalid):
        world.product(125, gtin="6901234567890")
    world.product(125, gtin="6901234567892")
    with world.refusal(errors.NumberTaken):
        world.product(250, gtin="06901234567892", by=world.other.manager)
    with world.refusal(errors.NumberTaken):
        world.product(125)
    assert {one.net_content_g for one in world.see(people.products)} == {50, 100, 125, 500}


def test_ones_own_parties_and_those_one_can_send_to(world: World) -> None:
    assert {one.id for one in world.see(people.own_parties)} == {world.firm.party, world.shop}
    assert {one.id for one in world.see(people.consignees)} == {world.other.party, world.shop}
    assert {one.id for one in world.see(people.consignees, by=world.other.manager)} == {world.firm.party}


def test_every_role_may_do_what_the_table_says_and_nothing_else() -> None:
    deciders = {role for role in Role if May.DECIDE_MARKS in ALLOWED[role]}
    assert deciders == {Role.COUNTY}
    assert {role for role in Role if May.AUTHORISE in ALLOWED[role]} == {Role.PREFECTURE}
    assert {role for role in Role if May.KEEP_PEOPLE in ALLOWED[role]} == {Role.ADMINISTRATOR}
    assert not ALLOWED[Role.ADMINISTRATOR] & {May.RECORD_CHAIN, May.DECIDE_MARKS, May.PRINT_MARKS, May.HOLD}
    assert ALLOWED[Role.OBSERVER] == {May.READ_CHAIN, May.OVERSEE}


def test_a_founded_book_is_not_empty(world: World) -> None:
    assert not world.see(people.is_empty)
