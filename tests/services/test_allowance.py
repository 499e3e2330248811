"""More allowance, asked from the yard and answered by the office of the plot's county."""

from typing import Any

import pytest

from tests.services.test_slips import refused, small_plot, weighed
from tests.world import World
from traceability.domain import errors
from traceability.domain.allowance import AskState
from traceability.domain.board import Alert
from traceability.domain.people import Role
from traceability.domain.slips import book_key, slip_ref
from traceability.services import allowance, chain, people
from traceability.services.board import board
from traceability.services.chain import papers


def number_of(world: World, plot: str) -> int:
    return next(one.id for one in world.see(people.plots) if one.no == plot)


def ask(world: World, **more: Any) -> int:
    default: dict[str, Any] = {"plot": world.plot, "grams": 20_000, "reason": "今年采得早"}
    return world.do(allowance.ask_for_allowance, **(default | more))


def grant(world: World, request: int, **more: Any) -> int:
    default: dict[str, Any] = {"by": world.county, "request": request, "grams": 5_000, "reason": "实地看过"}
    return world.do(allowance.grant_allowance, **(default | more))


def state_of(world: World, request: int) -> AskState:
    found = world.see(allowance.requests, by=world.prefecture)
    return next(one.request.state for one in found if one.request.id == request)


def alerts(world: World) -> list[tuple[Alert, int, int | None]]:
    found = world.see(board).notices
    return [(one.alert, one.grams, one.subject) for one in found if "allowance" in one.alert]


class TestAsking:
    def test_a_firm_asks_and_the_office_of_the_plots_county_sees_it(self, world: World) -> None:
        request = ask(world)
        [found] = world.see(allowance.requests, by=world.county)
        assert (found.request.id, found.request.grams, found.request.part) == (request, 20_000, "spring")
        assert found.firm.id == world.firm.id
        assert world.see(allowance.waiting, by=world.county) == 1
        assert world.see(allowance.requests, by=world.other_county) == []
        assert world.see(allowance.requests, by=world.other.manager) == []
        assert [one.request.id for one in world.see(allowance.requests)] == [request]

    def test_a_firm_of_another_county_asks_the_county_of_the_plot(self, world: World) -> None:
        ask(world, by=world.other.manager)
        assert len(world.see(allowance.requests, by=world.county)) == 1
        assert world.see(allowance.requests, by=world.other_county) == []

    def test_nobody_asks_twice_while_an_answer_is_awaited(self, world: World) -> None:
        request = ask(world, key="k")
        assert ask(world, key="k") == request
        with world.refusal(errors.AllowanceAsked):
            ask(world)
        ask(world, by=world.other.manager)
        world.do(allowance.withdraw_request, request=request)
        assert state_of(world, request) is AskState.WITHDRAWN
        ask(world)

    @pytest.mark.parametrize(
        ("wrong", "refusal"),
        [
            ({"plot": 99}, errors.PlotUnknown),
            ({"grams": 0}, errors.WeightNotPositive),
            ({"grams": 10**12}, errors.WeightTooLarge),
            ({"reason": " "}, errors.ReasonMissing),
        ],
    )
    def test_what_cannot_be_asked(self, small_world: World, wrong: Any, refusal: Any) -> None:
        with small_world.refusal(refusal):
            ask(small_world, **wrong)

    def test_ground_that_gives_no_leaf_needs_no_allowance(self, small_world: World) -> None:
        proposed = small_world.new_plot(approved=False)
        outside = small_world.new_plot(township="522601100", approved=False)
        with small_world.refusal(errors.PlotNotActive):
            ask(small_world, plot=proposed)
        with small_world.refusal(errors.PlotOutsideArea):
            ask(small_world, plot=outside)

    def test_only_a_firm_asks_and_withdraws_its_own(self, small_world: World) -> None:
        with small_world.refusal(errors.NotAllowed):
            ask(small_world, by=small_world.county)
        request = ask(small_world)
        with small_world.refusal(errors.NotFound):
            small_world.do(allowance.withdraw_request, by=small_world.other.manager, request=request)


class TestDeciding:
    def test_a_grant_raises_the_part_and_with_it_the_year(self, world: World) -> None:
        plot = number_of(world, small_plot(world))
        before = world.see(papers_left, plot=plot)
        grant(world, ask(world, plot=plot), grams=7_000)
        after = world.see(papers_left, plot=plot)
        assert after.part_left_g - before.part_left_g == 7_000
        assert after.year_left_g - before.year_left_g == 7_000

    def test_a_figure_of_the_offices_own_for_the_year_rises_too(self, world: World) -> None:
        plot = number_of(world, small_plot(world))
        figure = {"plot": plot, "season": 2026, "reason": "衰老茶园", "grams": 30_000}
        for part in ("", "spring"):
            world.do(people.set_allowance, by=world.county, part=part, **figure)
        grant(world, ask(world, plot=plot), grams=7_000)
        left = world.see(papers_left, plot=plot)
        assert (left.part_left_g, left.year_left_g) == (37_000, 37_000)

    def test_it_is_decided_once_with_a_reason_and_the_firm_is_told(self, world: World) -> None:
        request = ask(world)
        with world.refusal(errors.ReasonMissing):
            grant(world, request, reason="")
        grant(world, request)
        assert state_of(world, request) is AskState.GRANTED
        with world.refusal(errors.AlreadyDecided):
            grant(world, request)
        with world.refusal(errors.AlreadyDecided):
            world.do(allowance.withdraw_request, request=request)
        assert alerts(world) == [(Alert.ALLOWANCE_GRANTED, 5_000, None)]
        world.later(days=15)
        assert alerts(world) == []

    def test_a_refusal_gives_nothing_and_says_why(self, world: World) -> None:
        request = ask(world)
        before = world.see(papers_left, plot=world.plot)
        world.do(allowance.refuse_allowance, by=world.county, request=request, reason="面积未变")
        assert world.see(papers_left, plot=world.plot) == before
        assert alerts(world) == [(Alert.ALLOWANCE_REFUSED, 20_000, None)]
        assert world.see(allowance.requests)[0].request.answer == "面积未变"

    def test_nobody_decides_in_another_county_or_on_what_they_asked_or_entered(self, world: World) -> None:
        request = ask(world)
        with world.refusal(errors.NotFound):
            grant(world, request, by=world.other_county)
        with world.refusal(errors.NotAllowed):
            grant(world, request, by=world.firm.manager)
        with world.refusal(errors.NotAllowed):
            grant(world, request, by=world.observer)
        kin = world.user(Role.COUNTY, county="522701", enterprise=world.firm.id)
        with world.refusal(errors.OwnDecision):
            grant(world, request, by=kin)
        with world.refusal(errors.OwnDecision):
            world.do(allowance.refuse_allowance, by=kin, request=request, reason="不")

    def test_the_file_says_what_the_card_has_left_and_the_offices_figures(self, world: World) -> None:
        plot = number_of(world, small_plot(world))
        world.received(plot=plot, kg=60)
        request = ask(world, plot=plot)
        found = world.see(allowance.request_file, by=world.county, request=request)
        assert found.left.part_left_g == 5_000
        assert found.figures == ()
        assert not found.entered_by_me
        grant(world, request)
        found = world.see(allowance.request_file, by=world.county, request=request)
        assert [(one.part, one.grams) for one in found.figures] == [("spring", 70_000)]


def papers_left(work: Any, *, plot: int, now: Any) -> Any:
    [found] = [one for one in people.plots(work, by=people.FOUNDER) if one.id == plot]
    return chain.allowance_of(work, found, now.date())


class TestSlips:
    def asked(self, world: World, kg: int = 70) -> tuple[int, int]:
        """A slip of a card with 65 kg left: what was left is taken, the office asked for the rest."""
        slip = refused(world, weighed(world, plot=small_plot(world), kg=kg))
        return slip, world.do(allowance.ask_for_slip, slip=slip, reason="采得早")

    def test_what_is_left_is_taken_and_the_rest_asked_for_in_one_change(self, world: World) -> None:
        slip, request = self.asked(world)
        found = world.see(chain.refused_slip, slip=slip)
        assert (found.refused.part_g, found.refused.rest_g, found.free_g) == (65_000, 5_000, 0)
        assert found.refused.settled_at is None
        part = world.see(papers.paper, event=found.refused.part_event)
        assert part.event.no == "R26-1-B01-0001"
        assert [one.grams for one in part.given] == [65_000]
        [line] = world.see(allowance.requests, by=world.county)
        assert (line.request.id, line.request.grams, line.request.slip) == (request, 5_000, slip)
        assert world.see(chain.slip_answer, taken=slip).open

    def test_granted_the_rest_is_booked_and_the_slip_settled(self, world: World) -> None:
        slip, request = self.asked(world)
        grant(world, request)
        assert alerts(world) == [(Alert.ALLOWANCE_GRANTED, 5_000, slip)]
        assert world.see(chain.refused_slip, slip=slip).now is None
        booked = world.do(chain.accept_slip, slip=slip, net_g=5_000)
        terms = world.see(papers.paper, event=booked.id).event.terms
        assert (booked.no, terms["slip"], terms["slip_g"]) == ("R26-1-00001", "R26-1-B01-0001", 70_000)
        assert world.see(chain.open_slips) == []
        assert alerts(world) == []

    def test_the_grower_is_told_of_both_parts(self, world: World) -> None:
        slip, request = self.asked(world)
        told = {"no": "R26-1-B01-0001", "ref": ref(world)}
        assert world.see(chain.slip_by_ref, **told).net_g == 65_000
        grant(world, request)
        world.do(chain.accept_slip, slip=slip, net_g=5_000)
        found = world.see(chain.slip_by_ref, **told)
        assert (found.net_g, found.weighed_g) == (70_000, 70_000)

    def test_no_more_than_the_rest_is_taken_afterwards(self, world: World) -> None:
        slip, request = self.asked(world)
        grant(world, request, grams=50_000)
        with world.refusal(errors.SlipExceeded, weighed_g=5_000):
            world.do(chain.accept_slip, slip=slip, net_g=5_001)

    def test_given_less_the_rest_is_taken_in_as_far_as_it_goes(self, world: World) -> None:
        slip, request = self.asked(world)
        grant(world, request, grams=2_000)
        with world.refusal(errors.AllowanceExceeded):
            world.do(chain.accept_slip, slip=slip, net_g=5_000)
        world.do(chain.accept_slip, slip=slip, net_g=2_000)
        assert world.see(chain.open_slips) == []

    def test_nothing_left_nothing_is_taken_and_all_is_asked_for(self, world: World) -> None:
        plot = small_plot(world)
        world.received(plot=number_of(world, plot), kg=65)
        slip = refused(world, weighed(world, plot=plot, kg=8))
        world.do(allowance.ask_for_slip, slip=slip, reason="采得早")
        found = world.see(chain.refused_slip, slip=slip).refused
        assert (found.part_event, found.part_g) == (None, 0)
        assert world.see(allowance.requests)[0].request.grams == 8_000

    def test_it_is_asked_for_once(self, world: World) -> None:
        slip, _request = self.asked(world)
        with world.refusal(errors.AllowanceAsked):
            world.do(allowance.ask_for_slip, slip=slip, reason="再问")

    def test_what_fits_or_fails_otherwise_is_not_asked_for(self, world: World) -> None:
        plot = small_plot(world)
        slip = refused(world, weighed(world, plot=plot, kg=70))
        figure = {"plot": number_of(world, plot), "season": 2026, "part": "spring", "grams": 90_000}
        world.do(people.set_allowance, by=world.county, reason="复核", **figure)
        with world.refusal(errors.AllowanceEnough):
            world.do(allowance.ask_for_slip, slip=slip, reason="采得早")
        other = refused(world, weighed(world, 2, plot=plot, kg=1, certificate_no=" "))
        with world.refusal(errors.CertificateInvalid):
            world.do(allowance.ask_for_slip, slip=other, reason="采得早")
        with world.refusal(errors.NotFound):
            world.do(allowance.ask_for_slip, by=world.other.manager, slip=slip, reason="采得早")

    def test_a_slip_settled_otherwise_withdraws_its_request(self, world: World) -> None:
        slip, request = self.asked(world)
        world.do(chain.drop_slip, slip=slip, reason="退回其余")
        assert state_of(world, request) is AskState.WITHDRAWN
        with world.refusal(errors.AlreadyDecided):
            grant(world, request)

    def test_refused_the_firm_is_led_to_the_slip(self, world: World) -> None:
        slip, request = self.asked(world)
        world.do(allowance.refuse_allowance, by=world.county, request=request, reason="不符")
        assert alerts(world) == [(Alert.ALLOWANCE_REFUSED, 5_000, slip)]
        world.do(chain.drop_slip, slip=slip, reason="退回其余")
        assert alerts(world) == []

    def test_sent_again_by_the_phone_nothing_is_doubled(self, world: World) -> None:
        slip = weighed(world, plot=small_plot(world), kg=70)
        number = refused(world, slip)
        world.do(allowance.ask_for_slip, slip=number, reason="采得早")
        before = world.table_counts()
        assert world.do(chain.take_slip, slip=slip) == number
        assert world.table_counts() == before


def ref(world: World) -> str:
    return slip_ref("R26-1-B01-0001", book_key("R26-1-B01", world.house.keys["k1"]))
