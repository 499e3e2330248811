"""Slips from phones: once each, never lost; a refused one stays until it is settled."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from tests.world import World
from traceability.domain import errors
from traceability.domain.profile import LeafGrade
from traceability.domain.slips import Slip, book_key, slip_ref
from traceability.services import chain, people
from traceability.services.chain import papers
from traceability.store.chain import Booked
from traceability.store.work import note


def book(world: World, **more: Any) -> chain.Book:
    with note(world.house) as work:
        return chain.open_book(work, by=more.get("by", world.firm.manager), now=world.now)


def weighed(world: World, n: int = 1, *, kg: int = 10, **more: Any) -> Slip:
    """Slip n of the firm's first book, weighed now on the first plot."""
    plot = next(one.no for one in world.see(people.plots) if one.id == world.plot)
    slip = Slip(
        f"R26-{world.firm.id}-B01-{n:04d}", plot, f"SC-{world.firm.id}", kg * 1000 + 500, 500,
        LeafGrade.ONE_BUD_ONE_LEAF_OPENING, "C-1", world.now, confirmed=True,
    )  # fmt: skip
    return replace(slip, **more)


def small_plot(world: World) -> str:
    """A plot of one mu: 65 kg this spring."""
    number = world.new_plot(mu=1)
    return next(one.no for one in world.see(people.plots) if one.id == number)


def send(world: World, slip: Slip, **more: Any) -> int | Booked:
    return world.do(chain.take_slip, slip=slip, **more)


def taken(world: World, slip: Slip) -> Booked:
    answer = send(world, slip)
    assert isinstance(answer, Booked), answer
    return answer


def refused(world: World, slip: Slip) -> int:
    answer = send(world, slip)
    assert isinstance(answer, int), answer
    return answer


class TestBooks:
    def test_no_book_is_handed_out_twice(self, world: World) -> None:
        names = [book(world).name, book(world).name, book(world, by=world.other.manager).name]
        assert names == ["R26-1-B01", "R26-1-B02", "R26-2-B01"]

    def test_each_book_has_a_key_of_its_own(self, small_world: World) -> None:
        first, second = book(small_world), book(small_world)
        assert first.key != second.key
        assert first.key == book_key(first.name, small_world.house.keys["k1"])

    def test_only_who_takes_in_leaf_gets_one(self, small_world: World) -> None:
        with pytest.raises(errors.NotAllowed):
            book(small_world, by=small_world.county)


class TestTakingIn:
    def test_a_slip_is_a_receipt_under_its_own_number(self, world: World) -> None:
        booked = taken(world, weighed(world))
        paper = world.see(papers.paper, event=booked.id)
        assert booked.no == paper.event.no == "R26-1-B01-0001"
        assert [one.grams for one in paper.given] == [10_000]
        assert paper.given[0].lot.no == "L-R26-1-B01-0001"

    @pytest.mark.parametrize("key", [None, "k"])
    def test_sent_again_it_is_the_same_receipt(self, world: World, key: str | None) -> None:
        """By its request key, and by its natural key when request keys are forgotten."""
        slip = weighed(world)
        first = send(world, slip, key=key)
        before = world.table_counts()
        again = send(world, slip, key=key)
        assert isinstance(first, Booked)
        assert isinstance(again, Booked)
        assert (again.id, again.no) == (first.id, first.no)
        assert world.table_counts() == before

    def test_another_weighing_under_a_taken_number_is_kept_as_refused(self, world: World) -> None:
        taken(world, weighed(world))
        other = weighed(world, kg=11)
        number = refused(world, other)
        assert world.see(chain.open_slips)[0].code == "number.taken"
        assert world.see(chain.refused_slip, slip=number).now is None
        booked = world.do(chain.accept_slip, slip=number, net_g=11_000)
        assert booked.no == "R26-1-00001"

    def test_a_number_of_another_firms_book_is_refused_outright(self, world: World) -> None:
        for no in ("R26-2-B01-0001", "R26-1-00001", "一号", ""):
            with world.refusal(errors.SlipOfAnother):
                send(world, weighed(world, no=no))

    def test_it_is_told_late_but_happened_when_it_was_weighed(self, world: World) -> None:
        slip = weighed(world)
        world.later(hours=80)
        booked = taken(world, slip)
        assert world.see(papers.paper, event=booked.id).event.happened_at == slip.at
        assert world.findings() == ["entry.late"]


class TestRefused:
    def test_it_is_kept_with_its_reason_and_nothing_is_booked(self, world: World) -> None:
        plot = small_plot(world)
        taken(world, weighed(world, 1, plot=plot, kg=60))
        number = refused(world, weighed(world, 2, plot=plot, kg=10))
        found = world.see(chain.refused_slip, slip=number)
        assert found.refused.code == "plot.allowance_exceeded"
        assert found.refused.facts == {"plot": plot, "asked_g": 10_000, "left_g": 5_000}
        assert isinstance(found.now, errors.AllowanceExceeded)
        assert found.free_g == 5_000
        assert [one.id for one in world.see(chain.open_slips)] == [number]
        assert world.see(chain.open_slips, by=world.other.manager) == []

    @pytest.mark.parametrize(
        ("wrong", "code"),
        [
            ({"plot": "NOWHERE"}, "plot.unknown"),
            ({"scale": "NONE"}, "scale.unknown"),
            ({"certificate_no": " "}, "certificate.missing"),
            ({"tare_g": 20_000}, "receipt.net_not_positive"),
        ],
    )
    def test_whatever_is_wrong_it_is_kept(self, small_world: World, wrong: dict, code: str) -> None:
        refused(small_world, weighed(small_world, **wrong))
        assert small_world.see(chain.open_slips)[0].code == code

    def test_a_phone_whose_clock_is_ahead_loses_nothing(self, small_world: World) -> None:
        refused(small_world, weighed(small_world, at=small_world.now + timedelta(hours=1)))
        assert small_world.see(chain.open_slips)[0].code == "time.future"

    @pytest.mark.parametrize("key", [None, "k"])
    def test_sent_again_it_is_refused_once(self, world: World, key: str | None) -> None:
        slip = weighed(world, plot="NOWHERE")
        first = send(world, slip, key=key)
        before = world.table_counts()
        assert send(world, slip, key=key) == first
        assert world.table_counts() == before

    def test_it_is_not_taken_in_by_itself_once_the_office_gives_more(self, world: World) -> None:
        """The clerk settles it: the leaf may have gone home with the grower."""
        plot = small_plot(world)
        slip = weighed(world, plot=plot, kg=70)
        number = refused(world, slip)
        _raise_allowance(world, plot, 80_000)
        assert send(world, slip) == number
        assert world.see(chain.refused_slip, slip=number).now is None


def _raise_allowance(world: World, plot: str, g: int) -> None:
    number = next(one.id for one in world.see(people.plots) if one.no == plot)
    asked = {"plot": number, "season": 2026, "part": "spring", "grams": g, "reason": "复核"}
    world.do(people.set_allowance, by=world.county, **asked)


class TestSettling:
    def test_what_is_left_is_taken_in_under_the_slips_number(self, world: World) -> None:
        plot = small_plot(world)
        number = refused(world, weighed(world, plot=plot, kg=70))
        booked = world.do(chain.accept_slip, slip=number, net_g=65_000)
        terms = world.see(papers.paper, event=booked.id).event.terms
        assert booked.no == "R26-1-B01-0001"
        assert (terms["gross_g"] - terms["tare_g"], terms["slip_g"]) == (65_000, 70_000)
        assert world.see(chain.open_slips) == []
        answer = world.see(chain.slip_answer, taken=number)
        assert answer.receipt.id == booked.id
        assert not answer.open

    def test_no_more_than_was_weighed_or_is_left(self, world: World) -> None:
        number = refused(world, weighed(world, plot=small_plot(world), kg=70))
        for net_g in (0, -1, 70_001):
            with world.refusal(errors.SlipExceeded):
                world.do(chain.accept_slip, slip=number, net_g=net_g)
        with world.refusal(errors.AllowanceExceeded):
            world.do(chain.accept_slip, slip=number, net_g=65_001)

    def test_it_is_dropped_with_a_reason_only(self, world: World) -> None:
        number = refused(world, weighed(world, plot="NOWHERE"))
        with world.refusal(errors.ReasonMissing):
            world.do(chain.drop_slip, slip=number, reason=" ")
        world.do(chain.drop_slip, slip=number, reason="茶青已退回")
        assert world.see(chain.open_slips) == []
        assert world.see(chain.slip_answer, taken=number).refused.reason == "茶青已退回"

    def test_it_is_settled_once_and_by_its_own_firm(self, world: World) -> None:
        number = refused(world, weighed(world, plot=small_plot(world), kg=70))
        with world.refusal(errors.NotFound):
            world.do(chain.drop_slip, by=world.other.manager, slip=number, reason="误")
        world.do(chain.drop_slip, slip=number, reason="误")
        with world.refusal(errors.AlreadyDecided):
            world.do(chain.accept_slip, slip=number, net_g=1000)


class TestGrowers:
    def ref(self, world: World, no: str = "R26-1-B01-0001") -> str:
        return slip_ref(no, book_key(no.rpartition("-")[0], world.house.keys["k1"]))

    def told(self, world: World, no: str = "R26-1-B01-0001") -> chain.SlipTold:
        return world.see(chain.slip_by_ref, no=no, ref=self.ref(world, no).lower())

    def test_the_grower_is_told_what_was_booked_and_what_is_left(self, world: World) -> None:
        plot = small_plot(world)
        taken(world, weighed(world, plot=plot, kg=60))
        told = self.told(world)
        assert (told.net_g, told.weighed_g, told.code) == (60_000, 60_000, None)
        assert told.left is not None
        assert told.left.free_g == 5_000

    def test_a_slip_that_did_not_arrive_yet_says_no_more(self, small_world: World) -> None:
        assert self.told(small_world) == chain.SlipTold("R26-1-B01-0001")

    def test_a_refused_one_is_told_as_not_booked(self, world: World) -> None:
        number = refused(world, weighed(world, plot=small_plot(world), kg=70))
        assert self.told(world).code == "plot.allowance_exceeded"
        assert self.told(world).net_g == 0
        world.do(chain.accept_slip, slip=number, net_g=65_000)
        assert (self.told(world).net_g, self.told(world).weighed_g) == (65_000, 70_000)

    def test_a_receipt_of_the_books_own_number_has_a_reference_too(self, world: World) -> None:
        booked = world.received(kg=10)
        assert self.told(world, booked.no).net_g == 10_000

    @pytest.mark.parametrize("ref", ["", "0" * 12, "ABCD"])
    def test_nobody_else_is_told_anything(self, small_world: World, ref: str) -> None:
        taken(small_world, weighed(small_world))
        with small_world.refusal(errors.NotFound):
            small_world.see(chain.slip_by_ref, no="R26-1-B01-0001", ref=ref)

    @pytest.mark.parametrize("no", ["", "R26", "R26-x-1", "R26-9999999999-1"])
    def test_a_number_that_is_none_is_not_found(self, small_world: World, no: str) -> None:
        with small_world.refusal(errors.NotFound):
            small_world.see(chain.slip_by_ref, no=no, ref=self.ref(small_world, no))


class TestCards:
    def test_those_used_last_come_first_with_what_is_left(self, world: World) -> None:
        first, second, third = world.plots
        world.leaf(plot=second, kg=10, certificate_no="C-2")
        world.leaf(plot=third, kg=20)
        found = world.see(chain.cards, day=world.today)
        assert [one.plot.id for one in found] == [third, second, first]
        assert [one.recent for one in found] == [0, 1, None]
        assert (found[1].certificate_no, found[1].left_g) == ("C-2", 13_000_000 - 10_000)

    def test_cards_of_others_are_found_by_a_few_letters_and_names_are_masked(self, world: World) -> None:
        assert world.see(chain.cards, by=world.other.manager, day=world.today) == []
        found = world.see(chain.cards_like, by=world.other.manager, day=world.today, words="螺蛳")
        assert len(found) == len(world.plots)
        assert found[0].grower == "甲＊"
        for nothing in ("", "  ", "%", "_", "/"):
            assert world.see(chain.cards_like, day=world.today, words=nothing) == []

    def test_a_card_is_found_by_its_number(self, small_world: World) -> None:
        no = small_world.see(people.plots)[0].no
        found = small_world.see(chain.card, day=small_world.today, no=f" {no} ")
        assert found is not None
        assert found.plot.no == no
        assert small_world.see(chain.card, day=small_world.today, no="NOWHERE") is None
