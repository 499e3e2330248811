"""A firm's people: invited by a link that is good once, given no more than there is, and one manager always left."""

from datetime import timedelta
from typing import Any

import pytest

from tests.world import World
from traceability.domain import errors
from traceability.domain.people import ALLOWED, GRANTABLE, Identity, May, Role
from traceability.domain.units import local_day
from traceability.services import chain, people

TOKEN = "a" * 64
SOME = frozenset({May.RECORD_CHAIN, May.KEEP_SUPPLIERS})


def invited(world: World, **more: Any) -> int:
    asked = {"token_sha256": TOKEN, "email": " New@Example.cn ", "name": "小王", "grants": SOME}
    return int(world.do(people.invite, **(asked | more)))


def joined(world: World, token: str = TOKEN) -> Identity:
    email = world.do(people.accept_invitation, token_sha256=token, password_hash="x")
    return world.see(people.identity_named, email=email)


def test_a_clerk_is_invited_joins_and_may_do_what_was_given(world: World) -> None:
    number = invited(world)
    assert world.see(people.invitation_by_link, token_sha256=TOKEN).firm == "都匀示例茶业有限公司"
    clerk = joined(world)
    assert (clerk.role, clerk.enterprise, clerk.name) == (Role.CLERK, world.firm.id, "小王")
    assert clerk.permissions == SOME | {May.READ_CHAIN}
    world.do(chain.count_stock, by=clerk, lot=world.tea(), counted=2000)
    batch = world.passed_batch()
    with world.refusal(errors.NotAllowed, permission="marks:request"):
        world.request(batch, by=clerk)
    staff = world.see(people.own_staff)
    assert [one.email for one in staff.members][-1] == "new@example.cn"
    assert staff.invitations == ()
    assert number


def test_a_link_is_good_once_for_seven_days_and_until_it_is_withdrawn(world: World) -> None:
    with world.refusal(errors.InvitationSpent, used=False):
        joined(world)
    invited(world)
    joined(world)
    with world.refusal(errors.InvitationSpent, used=True):
        joined(world)
    invited(world, token_sha256="b" * 64, email="b@example.cn")
    world.later(days=7)
    with world.refusal(errors.InvitationSpent, used=False):
        joined(world, "b" * 64)
    number = invited(world, token_sha256="c" * 64, email="c@example.cn")
    world.do(people.withdraw_invitation, invitation=number)
    with world.refusal(errors.InvitationSpent):
        joined(world, "c" * 64)
    with world.refusal(errors.InvitationSpent):
        world.do(people.withdraw_invitation, invitation=number)


def test_a_name_that_is_taken_is_refused_when_inviting_and_when_joining(world: World) -> None:
    invited(world)
    invited(world, token_sha256="b" * 64)
    joined(world)
    with world.refusal(errors.AccountTaken):
        joined(world, "b" * 64)
    with world.refusal(errors.AccountTaken):
        invited(world, token_sha256="c" * 64)


def test_nobody_gives_what_they_or_the_firm_do_not_have(world: World) -> None:
    for asked in ({May.KEEP_STAFF}, {May.DECIDE_MARKS}, {May.KEEP_PEOPLE}, {May.RECORD_CHAIN, May.HOLD}):
        with world.refusal(errors.GrantExceeded):
            invited(world, grants=frozenset(asked))
    assert world.see(people.givable) == GRANTABLE
    world.do(people.withdraw_authorisation, by=world.prefecture, enterprise=world.firm.id, reason="注销")
    world.later(days=1)
    with world.refusal(errors.GrantExceeded, permissions=["marks:print"]):
        invited(world, grants=frozenset({May.PRINT_MARKS, May.RECORD_CHAIN}))
    assert May.REQUEST_MARKS not in world.see(people.givable)


def test_what_a_clerk_may_do_is_changed_at_once_and_only_by_the_own_manager(world: World) -> None:
    clerk = world.firm.clerk
    world.do(people.set_clerk_grants, user=clerk.user, grants=frozenset({May.RECALL}))
    now = world.see(people.identity_of, user=clerk.user)
    assert now.permissions == {May.RECALL, May.READ_CHAIN}
    for stranger in (world.other.clerk.user, world.other.manager.user, world.county.user, 999_999):
        with world.refusal(errors.NotFound):
            world.do(people.set_clerk_grants, user=stranger, grants=SOME)
        with world.refusal(errors.NotFound):
            world.do(people.set_member_active, user=stranger, active=False)
        with pytest.raises(errors.NotFound):
            world.see(people.member, user=stranger)
    with world.refusal(errors.NotFound):
        world.do(people.set_clerk_grants, user=world.firm.manager.user, grants=SOME)
    for by in (clerk, now):
        with world.refusal(errors.NotAllowed):
            world.do(people.set_clerk_grants, by=by, user=clerk.user, grants=SOME)


def test_grants_on_a_row_never_reach_beyond_a_managers_post() -> None:
    every = Identity(1, "x", Role.CLERK, enterprise=1, grants=frozenset(May))
    assert every.permissions == ALLOWED[Role.MANAGER] - {May.KEEP_STAFF}
    assert (
        Identity(1, "x", Role.COUNTY, county="522701", grants=frozenset()).permissions == ALLOWED[Role.COUNTY]
    )


def test_the_last_manager_stays_and_nobody_closes_themselves(world: World) -> None:
    me = world.firm.manager
    with world.refusal(errors.LastManager):
        world.do(people.set_member_active, user=me.user, active=False)
    second = world.user(Role.MANAGER, enterprise=world.firm.id)
    with world.refusal(errors.OwnDecision):
        world.do(people.set_member_active, user=me.user, active=False)
    world.do(people.set_member_active, user=second.user, active=False)
    with world.refusal(errors.NotAllowed):
        world.do(people.set_member_active, by=second, user=me.user, active=False)
    world.do(people.set_member_active, user=second.user, active=True)
    world.do(people.set_member_active, by=second, user=me.user, active=False)
    assert world.see(people.identity_of, user=me.user) is None


def test_an_invitation_of_somebody_closed_since_gives_nothing(world: World) -> None:
    second = world.user(Role.MANAGER, enterprise=world.firm.id)
    invited(world, by=second)
    world.do(people.set_member_active, user=second.user, active=False)
    with world.refusal(errors.InvitationSpent):
        joined(world)


def test_another_firms_invitation_is_not_there(world: World) -> None:
    number = invited(world)
    with world.refusal(errors.NotFound):
        world.do(people.withdraw_invitation, by=world.other.manager, invitation=number)
    assert world.see(people.own_staff, by=world.other.manager).invitations == ()


def test_who_did_what_and_when_by_person_and_day(world: World) -> None:
    clerk = world.firm.clerk
    world.received(by=clerk)
    world.later(days=2)
    world.received()
    everything = world.see(people.doings)
    assert everything.total == len(everything.facts)
    assert {one.actor for one in everything.facts} <= {world.firm.manager.user, clerk.user}
    assert everything.facts[0].recorded_at >= everything.facts[-1].recorded_at
    of_clerk = world.see(people.doings, user=clerk.user)
    assert {one.actor for one in of_clerk.facts} == {clerk.user}
    today = world.see(people.doings, day=local_day(world.now))
    assert today.total == 1
    assert world.see(people.doings, day=local_day(world.now) + timedelta(days=1)).total == 0
    assert len(world.see(people.doings, page=1, size=2).facts) == 2
    assert world.see(people.doings, page=99, size=2).facts == ()
    for stranger in (world.other.manager.user, world.county.user):
        with pytest.raises(errors.NotFound):
            world.see(people.doings, user=stranger)
    with pytest.raises(errors.NotAllowed):
        world.see(people.doings, by=clerk)
