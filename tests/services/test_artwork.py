"""The official artwork: handed in by a manager, decided by the firm's county, one in force at a time."""

import hashlib
from decimal import Decimal

import pytest

from tests.world import World
from traceability.domain import errors
from traceability.domain.people import ArtworkState, Role
from traceability.formats.artwork import Artwork
from traceability.services import oversight, people
from traceability.services.people import ArtworkFile
from traceability.store import log as log_rows

WIDE = Decimal("100.000")


def drawing(n: int = 1) -> bytes:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 10 10"><path d="M0 0h{n}v9z"/></svg>'.encode()
    )


def submit(world: World, content: bytes = b"", **more: object) -> int:
    given = content or drawing()
    read = Artwork("image/svg+xml", hashlib.sha256(given).hexdigest(), WIDE, WIDE, b"%PDF-")
    asked = {"name": "专用标志.svg", "content": given, "artwork": read}
    return world.do(people.submit_artwork, **(asked | more))  # type: ignore[no-any-return]


def approve(world: World, artwork: int, **more: object) -> None:
    world.do(people.approve_artwork, **({"by": world.county, "artwork": artwork} | more))


def refuse(world: World, artwork: int, reason: str = "代码不是本企业的", **more: object) -> None:
    world.do(people.refuse_artwork, **({"by": world.county, "artwork": artwork, "reason": reason} | more))


def states(world: World) -> list[ArtworkState]:
    found = world.see(people.artwork_of, enterprise=world.firm.id)
    return [one.state for one in reversed(found)]


def in_force(world: World) -> ArtworkFile | None:
    return world.see(people.artwork_in_force, enterprise=world.firm.id)  # type: ignore[no-any-return]


class TestHandingIn:
    def test_it_waits_and_is_not_in_force(self, world: World) -> None:
        submit(world)
        assert states(world) == [ArtworkState.SUBMITTED]
        assert in_force(world) is None

    def test_the_file_is_kept_as_it_came_with_its_hash_in_a_private_fact(self, world: World) -> None:
        made = submit(world, name="C:\\下载\\专用标志.svg")
        kept = world.see(people.artwork_file, artwork=made)
        assert (kept.content, kept.document.name) == (drawing(), "专用标志.svg")
        assert kept.document.media_type == "image/svg+xml"
        digest = hashlib.sha256(drawing()).hexdigest()
        assert kept.submission.sha256 == kept.document.sha256 == digest
        fact = world.rows(log_rows.all_facts)[-1]
        assert (fact.kind, fact.public, fact.private["sha256"]) == ("artwork.submitted", {}, digest)

    def test_a_newer_file_takes_the_place_of_one_that_waits(self, world: World) -> None:
        first = submit(world)
        submit(world, drawing(2))
        assert states(world) == [ArtworkState.WITHDRAWN, ArtworkState.SUBMITTED]
        with world.refusal(errors.AlreadyDecided):
            approve(world, first)

    def test_the_same_file_again_is_refused_while_it_stands(self, world: World) -> None:
        made = submit(world)
        with world.refusal(errors.ArtworkTwice):
            submit(world)
        approve(world, made)
        with world.refusal(errors.ArtworkTwice):
            submit(world)

    def test_a_refused_file_may_be_handed_in_again(self, world: World) -> None:
        refuse(world, submit(world))
        submit(world)
        assert states(world) == [ArtworkState.REFUSED, ArtworkState.SUBMITTED]

    def test_sent_twice_it_is_handed_in_once(self, world: World) -> None:
        assert submit(world, key="k") == submit(world, key="k")
        assert len(states(world)) == 1

    def test_only_a_manager_hands_it_in(self, world: World) -> None:
        for person in (world.firm.clerk, world.county, world.prefecture, world.admin):
            with world.refusal(errors.NotAllowed):
                submit(world, by=person)

    def test_what_was_read_is_what_is_kept(self, world: World) -> None:
        with pytest.raises(ValueError, match="another file"):
            submit(world, content=drawing(3), artwork=Artwork("image/svg+xml", "0" * 64, WIDE, WIDE, b""))


class TestDeciding:
    def test_approved_it_is_in_force(self, world: World) -> None:
        made = submit(world)
        approve(world, made, reason="代码与登记一致")
        found = in_force(world)
        assert found is not None
        assert (found.submission.id, found.content) == (made, drawing())
        assert (found.submission.decided_by, found.submission.reason) == (world.county.user, "代码与登记一致")

    def test_the_decision_is_public_with_the_hash_and_its_reason_private(self, world: World) -> None:
        made = submit(world)
        refuse(world, made)
        fact = world.rows(log_rows.all_facts)[-1]
        assert fact.kind == "decision.artwork"
        assert fact.public["sha256"] == hashlib.sha256(drawing()).hexdigest()
        assert (fact.public["outcome"], fact.private["reason"]) == ("refused", "代码不是本企业的")
        decided = world.see(oversight.decisions, by=world.county)[0]
        assert (decided.about, decided.subject, decided.outcome) == ("artwork", made, "refused")

    def test_one_in_force_stays_until_another_is_approved(self, world: World) -> None:
        approve(world, submit(world))
        second = submit(world, drawing(2))
        found = in_force(world)
        assert found is not None
        assert found.content == drawing()
        approve(world, second)
        found = in_force(world)
        assert found is not None
        assert found.content == drawing(2)
        assert states(world) == [ArtworkState.WITHDRAWN, ArtworkState.APPROVED]

    def test_a_refused_newer_one_leaves_the_older_in_force(self, world: World) -> None:
        approve(world, submit(world))
        refuse(world, submit(world, drawing(2)))
        assert states(world) == [ArtworkState.APPROVED, ArtworkState.REFUSED]
        assert in_force(world) is not None

    def test_one_approved_by_mistake_is_out_of_force_at_once(self, world: World) -> None:
        made = submit(world)
        approve(world, made)
        refuse(world, made)
        assert in_force(world) is None
        with world.refusal(errors.AlreadyDecided):
            approve(world, made)

    def test_refusing_needs_a_reason(self, world: World) -> None:
        made = submit(world)
        with world.refusal(errors.ReasonMissing):
            refuse(world, made, reason=" ")

    def test_it_is_decided_once(self, world: World) -> None:
        made = submit(world)
        approve(world, made)
        with world.refusal(errors.AlreadyDecided):
            approve(world, made)

    def test_only_the_county_of_the_firm_decides(self, world: World) -> None:
        made = submit(world)
        with world.refusal(errors.ArtworkUnknown):
            approve(world, made, by=world.other_county)
        for person in (world.prefecture, world.observer, world.firm.manager, world.admin):
            with world.refusal(errors.NotAllowed):
                approve(world, made, by=person)
            with world.refusal(errors.NotAllowed):
                refuse(world, made, by=person)

    def test_nobody_decides_for_a_firm_they_have_an_account_with(self, world: World) -> None:
        tied = world.user(Role.COUNTY, county="522701", enterprise=world.firm.id)
        made = submit(world)
        with world.refusal(errors.OwnDecision):
            approve(world, made, by=tied)
        with world.refusal(errors.OwnDecision):
            refuse(world, made, by=tied)


class TestReading:
    def test_an_office_sees_what_its_firms_handed_in(self, world: World) -> None:
        made = submit(world)
        for person in (world.county, world.prefecture, world.observer):
            assert [one.id for one in world.see(people.artworks, by=person)] == [made]
            assert world.see(people.artwork_file, by=person, artwork=made).content == drawing()
        assert world.see(people.artworks, by=world.other_county) == []

    def test_nobody_sees_another_firms(self, world: World) -> None:
        made = submit(world)
        for person in (world.other.manager, world.other_county):
            with world.refusal(errors.ArtworkUnknown):
                world.see(people.artwork_file, by=person, artwork=made)
            with world.refusal(errors.NotFound):
                world.see(people.artwork_of, by=person, enterprise=world.firm.id)
        assert world.see(people.artwork_in_force, by=world.other.manager, enterprise=world.other.id) is None

    def test_the_list_of_an_office_is_not_for_firms(self, world: World) -> None:
        with world.refusal(errors.NotAllowed):
            world.see(people.artworks)
