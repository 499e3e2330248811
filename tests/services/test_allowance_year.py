"""A year's allowances for many plots at once: who is left out, all or none, and taking it back."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from tests.services.test_ground import decide, resurvey
from tests.world import World
from traceability.domain import errors
from traceability.domain.allowance import LeftOut
from traceability.domain.units import start_of_day
from traceability.services import allowance_year, chain, people
from traceability.services.allowance_year import YearList
from traceability.services.people import changes
from traceability.store.log import FactRow
from traceability.store.oversight import add_finding
from traceability.store.work import look


def listed(world: World, **more: Any) -> YearList:
    asked = {"by": world.county, "season": 2027, "county": world.firm.county}
    return world.see(allowance_year.year_list, **(asked | more))  # type: ignore[no-any-return]


def number_of(world: World, plot: int) -> str:
    return next(one.no for one in world.see(people.plots) if one.id == plot)


def confirmed(world: World, *plots: int, **more: Any) -> int:
    """The county confirms what its list shows: of one plot, when it is named."""
    asked: dict[str, Any] = {"season": 2027, "county": world.firm.county}
    asked |= {"words": number_of(world, plots[0])} if plots else {}
    shown = listed(world, **asked).digest
    default = {"by": world.county, "shown": shown, "reason": "与去年相同"}
    return int(world.do(allowance_year.confirm_year, **(asked | default | more)))


def year_left(world: World, plot: int, year: int = 2027) -> int:
    day = date(year, 4, 1)
    return int(world.see(changes.plot_file, by=world.prefecture, day=day, plot=plot).left.year_left_g)


def test_all_plots_of_a_county_are_confirmed_with_one_fact(world: World) -> None:
    away = world.new_plot(township="522702110")
    found = listed(world)
    assert [one.plot.id for one in found.plots] == world.plots
    assert {one.figures["spring"] for one in found.plots} == {65 * 200_000}
    assert {one.year_g for one in found.plots} == {240 * 200_000}
    assert found.grams == 3 * 240 * 200_000
    before = world.table_counts()
    number = confirmed(world)
    after = world.table_counts()
    grown = {name: after[name] - before[name] for name in after if after[name] != before[name]}
    assert grown == {
        "allowance_confirmation": 1,
        "plot_allowance": 3 * 4,
        "decision": 1,
        "fact": 2,
        "unsealed": 2,
    }
    assert {why for _plot, why in listed(world).left_out} == {LeftOut.SET}
    [kept] = world.see(allowance_year.confirmations, by=world.county)
    assert (kept.id, kept.plots, kept.grams, kept.undone) == (number, 3, found.grams, None)
    assert [one.plot.id for one in listed(world, by=world.prefecture, county="522702").plots] == [away]
    with look(world.house) as work:
        fact = work.session.query(FactRow).filter_by(kind="allowance.year_confirmed").one()
        assert len((fact.private or {})["figures"]) == 3
        assert fact.public == {}


def test_what_wants_a_look_of_its_own_is_left_out_and_named(world: World) -> None:
    plain, changing, found, own, figured = (world.new_plot() for _ in range(5))
    resurvey(world, changing)
    with world.house.sessions.begin() as session:
        _finding_about(session, found)
    figure = {"season": 2027, "part": "spring", "grams": 1, "reason": "衰老"}
    world.do(people.set_allowance, by=world.county, plot=figured, **figure)
    left = {plot.id: why for plot, why in listed(world).left_out}
    assert left == {changing: LeftOut.CHANGING, found: LeftOut.FOUND, figured: LeftOut.SET}
    assert plain in {one.plot.id for one in listed(world).plots}
    assert own in {one.plot.id for one in listed(world).plots}
    tied = replace(world.county, enterprise=world.firm.id)
    promoted = replace(world.county, user=world.firm.manager.user)
    for officer in (tied, promoted):
        assert listed(world, by=officer).plots == ()
        assert {why for _plot, why in listed(world, by=officer).left_out} > {LeftOut.OWN}
    proposed = world.new_plot(approved=False)
    assert proposed not in {one.plot.id for one in listed(world).plots} | set(left)


def _finding_about(session: Any, plot: int) -> None:
    told: dict[str, Any] = {"code": "plot.same_point", "enterprise": None, "county": "522701", "lot": None}
    told |= {"event": None, "plot": plot, "evidence": {"plot": "A", "other": "B"}}
    moment = start_of_day(date(2026, 3, 1))
    add_finding(session, **told, happened_at=moment, recorded_at=moment)


def test_what_was_shown_is_confirmed_or_nothing(world: World) -> None:
    shown = listed(world).digest
    world.new_plot()
    with world.refusal(errors.AllowanceListChanged, plots=4):
        confirmed(world, shown=shown)
    with world.refusal(errors.ReasonMissing):
        confirmed(world, reason=" ")
    with world.refusal(errors.AllowanceListChanged, plots=0):
        confirmed(world, words="没有这块地")
    for by, refused in (
        (world.other_county, errors.NotFound),
        (world.observer, errors.NotAllowed),
        (world.firm.manager, errors.NotAllowed),
    ):
        with world.refusal(refused):
            confirmed(world, by=by)
    with pytest.raises(errors.ChoiceUnknown):
        listed(world, season=1)
    with pytest.raises(errors.NotFound):
        listed(world, by=world.prefecture, county="999999")


def test_a_confirmed_figure_stays_when_the_area_changes_and_a_request_adds_to_it(world: World) -> None:
    plot = world.new_plot(mu=10)
    confirmed(world, plot)
    before = year_left(world, plot)
    decide(world, resurvey(world, plot))
    assert year_left(world, plot) == before
    with world.refusal(errors.AllowanceListChanged, plots=0):
        confirmed(world, plot)


def test_taken_back_it_is_as_if_nobody_had_confirmed(world: World) -> None:
    plot = world.new_plot(mu=10)
    number = confirmed(world, plot)
    decide(world, resurvey(world, plot))
    fixed = year_left(world, plot)
    area = world.see(changes.plot_file, by=world.county, day=world.today, plot=plot).plot.area_mu
    assert area != Decimal(10)
    with world.refusal(errors.NotFound):
        world.do(allowance_year.take_back_year, by=world.other_county, confirmation=number, reason="选错")
    with world.refusal(errors.ReasonMissing):
        world.do(allowance_year.take_back_year, by=world.county, confirmation=number, reason="")
    world.do(allowance_year.take_back_year, by=world.county, confirmation=number, reason="选错乡镇")
    assert year_left(world, plot) == int(240_000 * area) != fixed
    with world.refusal(errors.AlreadyDecided):
        world.do(allowance_year.take_back_year, by=world.county, confirmation=number, reason="再撤")
    assert [one.plot.id for one in listed(world, words=number_of(world, plot)).plots] == [plot]
    assert confirmed(world, plot) > number


def test_leaf_is_taken_in_on_a_confirmed_figure(world: World) -> None:
    world.at("2027-03-20T10:00")
    plot = world.new_plot(mu=1)
    confirmed(world, plot)
    world.do(
        people.register_scale, no=f"SC-{world.firm.id}",
        verified_on=world.today.replace(month=1), verified_until=world.today.replace(month=12),
    )  # fmt: skip
    world.received(plot=plot, kg=60)
    with world.refusal(errors.AllowanceExceeded):
        world.received(plot=plot, kg=6)
    assert len(world.see(chain.events)) == 1
