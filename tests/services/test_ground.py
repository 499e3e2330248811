"""Plots surveyed, changed, transferred; the same ground and the same grower twice; boundaries of counties."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import text

from tests.domain.test_ground import at, square
from tests.world import World
from traceability.domain import errors
from traceability.domain.ground import Area, ChangeKind, ChangeState, GroundCheck, Survey
from traceability.domain.people import Role
from traceability.services import chain, oversight, people
from traceability.services.people import changes, counties
from traceability.store.work import look

HERE = Survey(at("107.001000", "26.001000"))
JPEG = b"\xff\xd8\xff\xe0 a photo"


def register(world: World, no: str = "DK-1", *, survey: Survey | None = HERE, **more: Any) -> int:
    default: dict[str, Any] = {
        "no": no, "grower": world.grower, "township": "522701110", "place": "团山", "area_mu": Decimal(10),
        "survey": survey,
    }  # fmt: skip
    return world.do(people.register_plot, **(default | more))


def approved(world: World, no: str = "DK-1", **more: Any) -> int:
    return world.do(people.approve_plot, by=world.county, plot=register(world, no, **more))


def file_of(world: World, plot: int, **more: Any) -> changes.PlotFile:
    return world.see(changes.plot_file, **({"by": world.county, "day": world.today, "plot": plot} | more))


def codes(world: World) -> list[tuple[str, int | None, str | None]]:
    found = world.see(oversight.findings, by=world.county)
    return [(one.code, one.plot, one.about) for one in found][::-1]


def resurvey(world: World, plot: int, **more: Any) -> int:
    default: dict[str, Any] = {"plot": plot, "area_mu": Decimal(12), "reason": "复测"}
    return world.do(changes.propose_survey, **(default | more))


def decide(world: World, change: int, use_case: Any = changes.approve_change, **more: Any) -> int:
    return world.do(use_case, **({"by": world.county, "change": change, "reason": "实地看过"} | more))


def geojson(area: Area, code: str = "522701") -> bytes:
    ring = [[str(one.lon), str(one.lat)] for one in area[0]]
    points = ",".join(f"[{lon},{lat}]" for lon, lat in [*ring, ring[0]])
    shape = f'{{"type":"Polygon","coordinates":[[{points}]]}}'
    feature = f'{{"type":"Feature","properties":{{"adcode":"{code}"}},"geometry":{shape}}}'
    return f'{{"type":"FeatureCollection","features":[{feature}]}}'.encode()


def load(world: World, area: Area, **more: Any) -> int:
    default: dict[str, Any] = {"by": world.admin, "name": "counties.geojson", "content": geojson(area)}
    return world.do(counties.load_boundaries, **(default | more))


class TestSurvey:
    def test_it_is_kept_with_its_photo_and_reviewed_with_the_plot(self, world: World) -> None:
        survey = Survey(HERE.point, square(0, 0), "HT-2026-7")
        plot = register(world, survey=survey, photo=JPEG)
        [one] = file_of(world, plot).changes
        assert (one.kind, one.state, one.survey) == (ChangeKind.REGISTERED, ChangeState.OPEN, survey)
        assert world.see(changes.survey_photo, by=world.county, change=one.id) == JPEG
        with world.refusal(errors.NotFound):
            world.see(changes.survey_photo, by=world.other_county, change=one.id)
        world.do(people.approve_plot, by=world.county, plot=plot)
        [one] = file_of(world, plot).changes
        assert (one.state, one.check, one.check_file) == (ChangeState.APPROVED, GroundCheck.BOX, None)

    def test_ground_outside_the_box_is_refused(self, small_world: World) -> None:
        with small_world.refusal(errors.PointOutsideArea):
            register(small_world, survey=Survey(at("113.26", "23.13")))

    def test_a_plot_without_a_survey_is_registered_as_before(self, small_world: World) -> None:
        plot = approved(small_world, survey=None)
        assert file_of(small_world, plot).changes == ()
        assert file_of(small_world, plot).surveyed is None

    def test_another_county_and_a_firm_do_not_see_the_file(self, small_world: World) -> None:
        plot = register(small_world)
        with small_world.refusal(errors.PlotUnknown):
            file_of(small_world, plot, by=small_world.other_county)
        with small_world.refusal(errors.NotAllowed):
            file_of(small_world, plot, by=small_world.firm.manager)


class TestCounties:
    def test_a_loaded_boundary_is_checked_on_review_and_the_file_says_so(self, world: World) -> None:
        assert load(world, square(0, 0, 10)) == 1
        plot = approved(world, survey=Survey(at("107.005", "26.005"), square(4, 4)))
        [one] = file_of(world, plot).changes
        assert (one.check, one.check_file) == (GroundCheck.COUNTY, "counties.geojson")
        assert one.file_loaded_at is not None
        outside = register(world, "DK-2", survey=Survey(at("107.05", "26.05")))
        with world.refusal(errors.PlotOutsideCounty, plot="DK-2"):
            world.do(people.approve_plot, by=world.county, plot=outside)
        load(world, square(0, 0, 100), name="better.geojson")
        world.do(people.approve_plot, by=world.county, plot=outside)
        assert file_of(world, outside).changes[0].check_file == "better.geojson"

    def test_a_file_that_names_no_county_is_refused(self, small_world: World) -> None:
        for content in (geojson(square(0, 0), "520100"), b"{}", b""):
            with small_world.refusal(errors.BoundaryUnreadable):
                load(small_world, square(0, 0), content=content)
        with small_world.refusal(errors.NotAllowed):
            load(small_world, square(0, 0), by=small_world.county)


class TestSameGround:
    def test_the_same_point_is_found_once(self, world: World) -> None:
        first = register(world)
        near = Survey(at("107.001100", "26.001000"))
        second = register(world, "DK-2", survey=near)
        assert codes(world) == [("plot.same_point", second, f"{first}-{second}")]
        change = resurvey(world, world.do(people.approve_plot, by=world.county, plot=second), survey=near)
        assert len(codes(world)) == 1
        decide(world, change, changes.refuse_change)

    def test_it_stands_with_both_plots_and_with_no_third(self, world: World) -> None:
        plots = [register(world), register(world, "DK-2"), register(world, "DK-3", survey=None)]

        def told(plot: int) -> list[str]:
            asked = file_of(world, plot).plot
            return [one.code for one in world.see(oversight.findings, by=world.county, plot=asked)]

        assert [told(plot) for plot in plots] == [["plot.same_point"], ["plot.same_point"], []]

    def test_a_point_farther_away_is_another_ground(self, world: World) -> None:
        register(world)
        register(world, "DK-2", survey=Survey(at("107.001300", "26.001000")))
        assert codes(world) == []

    def test_boundaries_that_overlap_are_found_and_neighbours_are_not(self, world: World) -> None:
        first = register(world, survey=Survey(at("107.001", "26.001"), square(0, 0)))
        register(world, "DK-2", survey=Survey(at("107.003", "26.001"), square(2, 0)))
        assert codes(world) == []
        third = register(world, "DK-3", survey=Survey(at("107.0015", "26.003"), square(0, 1, 3)))
        found = codes(world)
        assert ("plot.overlaps", third, f"{first}-{third}") in found
        assert {code for code, _plot, _about in found} == {"plot.overlaps"}

    def test_one_land_contract_for_two_plots_is_found(self, world: World) -> None:
        first = register(world, survey=Survey(contract_no="HT-7"))
        second = register(world, "DK-2", survey=Survey(contract_no="HT-7"), township="522702100")
        found = world.see(oversight.findings, by=world.other_county)
        assert [(one.code, one.plot, one.about) for one in found] == [
            ("plot.same_contract", second, f"{first}-{second}")
        ]

    def test_a_refused_proposal_does_not_count(self, world: World) -> None:
        plot = approved(world, survey=None)
        decide(world, resurvey(world, plot, survey=HERE), changes.refuse_change)
        register(world, "DK-2")
        assert codes(world) == []


class TestSameGrower:
    def grower(self, world: World, name: str, telephone: str, **more: Any) -> int:
        asked = {"kind": "household", "name": name, "township": "522701110", "telephone": telephone}
        return world.do(people.register_grower, **(asked | more))

    def test_one_telephone_for_two_growers_is_found_and_never_kept(self, world: World) -> None:
        first = self.grower(world, "乙", "138 0013 8000", key="k")
        second = self.grower(world, "丙", "+86 13800138000")
        self.grower(world, "丁", "13800138001")
        assert codes(world) == [("grower.same_telephone", None, f"{first}-{second}")]
        with look(world.house) as work:
            for table in ("grower", "fact", "finding", "request_key"):
                rows = work.session.execute(text(f"SELECT * FROM {table}")).all()
                assert "13800138000" not in str(rows)
                assert "8000" not in str(rows)

    def test_no_telephone_is_no_telephone(self, world: World) -> None:
        self.grower(world, "乙", "")
        self.grower(world, "丙", " ")
        assert codes(world) == []

    def test_a_telephone_that_is_none_is_refused(self, small_world: World) -> None:
        with small_world.refusal(errors.TelephoneUnreadable):
            self.grower(small_world, "乙", "12")


class TestArea:
    def test_another_area_holds_when_the_county_approved_it(self, world: World) -> None:
        plot = approved(world)
        before = file_of(world, plot).left
        change = resurvey(world, plot)
        found = file_of(world, plot)
        assert (found.plot.area_mu, found.left) == (Decimal(10), before)
        assert found.waiting is not None
        assert (found.waiting.area_before, found.waiting.area_mu) == (Decimal(10), Decimal(12))
        assert [one.id for one, _plot in world.see(changes.open_changes, by=world.county)] == [change]
        assert [one.id for one, _plot in world.see(changes.open_changes)] == [change]
        assert world.see(changes.open_changes, by=world.other_county) == []
        decide(world, change)
        after = file_of(world, plot)
        assert after.plot.area_mu == Decimal(12)
        assert after.left.part_left_g - before.part_left_g == 2 * 65_000
        assert after.waiting is None

    def test_refused_it_stays_as_it_was(self, world: World) -> None:
        plot = approved(world)
        change = resurvey(world, plot)
        decide(world, change, changes.refuse_change, reason="与实测不符")
        found = file_of(world, plot)
        assert found.plot.area_mu == Decimal(10)
        assert (found.changes[0].state, found.changes[0].answer) == (ChangeState.REFUSED, "与实测不符")
        with world.refusal(errors.AlreadyDecided):
            decide(world, change)

    def test_one_change_at_a_time(self, world: World) -> None:
        plot = approved(world)
        resurvey(world, plot)
        with world.refusal(errors.ChangeOpen):
            resurvey(world, plot)

    @pytest.mark.parametrize(
        ("wrong", "refusal"),
        [
            ({"area_mu": Decimal(0)}, errors.NumberOutOfRange),
            ({"reason": " "}, errors.ReasonMissing),
            ({"plot": 99}, errors.PlotUnknown),
        ],
    )
    def test_what_cannot_be_proposed(self, small_world: World, wrong: Any, refusal: Any) -> None:
        plot = approved(small_world)
        with small_world.refusal(refusal):
            resurvey(small_world, wrong.pop("plot", plot), **wrong)

    def test_a_plot_that_waits_itself_is_not_changed(self, small_world: World) -> None:
        plot = register(small_world)
        with small_world.refusal(errors.PlotNotActive):
            resurvey(small_world, plot)

    def test_nobody_decides_elsewhere_or_on_their_own(self, world: World) -> None:
        plot = approved(world, by=world.admin, photo=b"")
        change = resurvey(world, plot)
        with world.refusal(errors.NotFound):
            decide(world, change, by=world.other_county)
        with world.refusal(errors.NotAllowed):
            decide(world, change, by=world.firm.manager)
        kin = world.user(Role.COUNTY, county="522701", enterprise=world.firm.id)
        with world.refusal(errors.OwnDecision):
            decide(world, change, by=kin)


class TestTransfer:
    def test_history_stays_and_the_allowance_is_not_renewed(self, world: World) -> None:
        plot = approved(world)
        world.received(plot=plot, kg=300)
        heir = world.do(people.register_grower, kind="household", name="乙", township="522701110")
        before = file_of(world, plot)
        change = world.do(changes.propose_transfer, plot=plot, grower=heir, reason="继承")
        assert file_of(world, plot).plot.grower == world.grower
        decide(world, change)
        after = file_of(world, plot)
        assert after.plot.grower == heir
        assert after.left.part_left_g == before.left.part_left_g == 650_000 - 300_000
        assert after.left.year_left_g == before.left.year_left_g
        with world.refusal(errors.AllowanceExceeded):
            world.received(plot=plot, kg=351)
        assert [one.kind for one in after.changes] == [ChangeKind.TRANSFERRED, ChangeKind.REGISTERED]
        assert after.changes[0].grower_before == world.grower
        assert {name for _no, name in after.growers.values()} == {"甲", "乙"}
        shares = world.see(chain.lots)
        assert [one.lot.plucked_from for one in shares] == [date(2026, 3, 26)]

    def test_a_figure_the_office_set_goes_with_the_plot(self, world: World) -> None:
        plot = approved(world)
        figure = {"plot": plot, "season": 2026, "part": "spring", "grams": 100_000, "reason": "衰老"}
        world.do(people.set_allowance, by=world.county, **figure)
        heir = world.do(people.register_grower, kind="household", name="乙", township="522701110")
        decide(world, world.do(changes.propose_transfer, plot=plot, grower=heir, reason="转包"))
        assert file_of(world, plot).left.part_left_g == 100_000

    def test_to_somebody_it_is_not_already(self, small_world: World) -> None:
        plot = approved(small_world)
        with small_world.refusal(errors.SameGrower):
            small_world.do(changes.propose_transfer, plot=plot, grower=small_world.grower, reason="转")
        with small_world.refusal(errors.NotFound):
            small_world.do(changes.propose_transfer, plot=plot, grower=99, reason="转")
