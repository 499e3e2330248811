"""Plots on pages: surveyed at the desk, reviewed by the office, changed and transferred."""

from collections.abc import Callable
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
from PIL import Image

from tests.domain.test_ground import square
from tests.services.test_ground import geojson, load
from tests.web.staff import Staff
from tests.world import World
from traceability.domain.people import Identity
from traceability.services import oversight, people
from traceability.services.people import changes

SignIn = Callable[[Identity], Staff]


@pytest.fixture
def world(small_world: World) -> World:
    return small_world


@pytest.fixture
def clerk(world: World, staff: SignIn) -> Staff:
    return staff(world.firm.clerk)


@pytest.fixture
def officer(world: World, staff: SignIn) -> Staff:
    return staff(world.county)


def photo() -> bytes:
    file = BytesIO()
    Image.new("RGB", (40, 30), "green").save(file, "JPEG")
    return file.getvalue()


def typed(world: World, **more: Any) -> dict[str, Any]:
    default = {
        "no": "DK-1", "grower": world.grower, "township": "522701110", "place": "团山", "area_mu": "10",
        "lon": "107.001", "lat": "26.001", "contract_no": "HT-7",
    }  # fmt: skip
    return default | more


def plot_of(world: World, no: str = "DK-1") -> int:
    return next(one.id for one in world.see(people.plots, by=world.county) if one.no == no)


class TestRegistering:
    def test_it_is_surveyed_with_boundary_and_photo_and_the_office_sees_all_of_it(
        self, world: World, clerk: Staff, officer: Staff
    ) -> None:
        files = {
            "boundary": (BytesIO(geojson(square(0, 0))), "b.geojson"),
            "photo": (BytesIO(photo()), "p.jpg"),
        }
        answer = clerk.post("/desk/plots/new", **typed(world, **files))
        assert answer.status_code == 303, answer.text
        page = f"/office/plots/{plot_of(world)}"
        told = officer.text(page)
        for words in ("东经 107.001000°", "北纬 26.001000°", "有边界，4 个点", "HT-7", "审核时检查"):
            assert words in told
        number = (
            world.see(changes.plot_file, by=world.county, day=world.today, plot=plot_of(world)).changes[0].id
        )
        shown = officer.get(f"/office/plots/photos/{number}")
        assert (shown.status_code, shown.mimetype) == (200, "image/jpeg")
        officer.post(f"{page}/approve", on="/office/plots?state=proposed")
        assert "只核对了保护范围的经纬度" in officer.text(page)

    def test_it_is_approved_from_the_day_it_was_inspected(
        self, world: World, clerk: Staff, officer: Staff
    ) -> None:
        clerk.post("/desk/plots/new", **typed(world))
        page = f"/office/plots/{plot_of(world)}"
        assert "核准这个地块" in officer.text(page)
        assert officer.post(f"{page}/approve", on=page, day="2026-03-01").status_code == 303
        told = officer.text(page)
        assert "2026年3月1日起有效" in told
        assert "核准这个地块" not in told

    def test_a_loaded_boundary_is_named_with_its_file(
        self, world: World, clerk: Staff, officer: Staff
    ) -> None:
        load(world, square(0, 0, 10))
        clerk.post("/desk/plots/new", **typed(world))
        page = f"/office/plots/{plot_of(world)}"
        assert "本县（市）界来自 counties.geojson" in officer.text(page)
        officer.post(f"{page}/approve", on="/office/plots?state=proposed")
        assert "已按县（市）界核对 counties.geojson" in officer.text(page)

    @pytest.mark.parametrize(
        ("wrong", "said"),
        [
            ({"lon": "东经107"}, "不是经纬度"),
            ({"lat": ""}, "经度和纬度要一起填"),
            ({"lon": "26.001", "lat": "26.001"}, "不在保护范围的经纬度之内"),
            ({"boundary": b"{}"}, "边界文件读不出多边形"),
            ({"boundary": geojson(square(50, 50))}, "要在边界以内"),
            ({"photo": b"no photo"}, "照片"),
        ],
    )
    def test_what_is_wrong_is_said_and_nothing_kept(
        self, world: World, clerk: Staff, wrong: dict[str, Any], said: str
    ) -> None:
        files = {name: (BytesIO(one), "f") for name, one in wrong.items() if isinstance(one, bytes)}
        before = world.table_counts()
        answer = clerk.post("/desk/plots/new", **typed(world, **(wrong | files)))
        assert answer.status_code == 422
        assert said in answer.text
        assert world.table_counts() == before

    def test_the_same_ground_is_a_finding_on_the_plots_page(
        self, world: World, clerk: Staff, officer: Staff
    ) -> None:
        clerk.post("/desk/plots/new", **typed(world))
        clerk.post("/desk/plots/new", **typed(world, no="DK-2"))
        told = officer.text(f"/office/plots/{plot_of(world, 'DK-2')}")
        assert "只相距 0 米" in told
        assert "用了同一个承包合同编号 HT-7" in told

    def test_a_growers_telephone_shows_a_second_registration(self, world: World, clerk: Staff) -> None:
        for name in ("乙", "丙"):
            clerk.post(
                "/desk/growers/new",
                name=name,
                kind="household",
                township="522701110",
                telephone="13800138000",
            )
        found = world.see(oversight.findings, by=world.county)
        assert [one.code for one in found] == ["grower.same_telephone"]
        answer = clerk.post(
            "/desk/growers/new", name="丁", kind="household", township="522701110", telephone="12"
        )
        assert (answer.status_code, "不是电话号码" in answer.text) == (422, True)


class TestChanging:
    def test_another_area_is_proposed_and_approved_with_before_and_after(
        self, world: World, clerk: Staff, officer: Staff
    ) -> None:
        answer = clerk.post("/desk/plots/resurvey", plot=world.plot, area_mu="220.5", reason="复测")
        assert answer.status_code == 303, answer.text
        assert "200 亩改为 220.5 亩" in clerk.text("/desk/suppliers?list=plots")
        assert "200 亩改为 220.5 亩" in officer.text("/office/plots")
        page = f"/office/plots/{world.plot}"
        told = officer.text(page)
        assert "待审核：面积与测量变更" in told
        assert "面积 200 亩 220.5 亩" in told
        [(change, _plot)] = world.see(changes.open_changes, by=world.county)
        path = f"{page}/changes/{change.id}/approve"
        assert officer.post(path, on=page, reason="").status_code == 422
        assert officer.post(path, on=page, reason="实地看过").status_code == 303
        assert world.see(people.plots, by=world.county)[0].area_mu == Decimal("220.5")
        assert "200 → 220.5" in officer.text(page)
        no = world.see(people.plots, by=world.county)[0].no
        for told in (officer.text("/office/"), officer.text(f"/office/decisions?q={no}")):
            assert f"地块变更 {no}" in told

    def test_refused_with_a_reason_it_stays(self, world: World, clerk: Staff, officer: Staff) -> None:
        clerk.post("/desk/plots/resurvey", plot=world.plot, area_mu="220", reason="复测")
        page = f"/office/plots/{world.plot}"
        [(change, _plot)] = world.see(changes.open_changes, by=world.county)
        officer.post(f"{page}/changes/{change.id}/refuse", on=page, reason="与实测不符")
        told = officer.text(page)
        assert "未核准 与实测不符" in told
        assert "200 亩" in told

    def test_a_plot_goes_to_another_grower(self, world: World, clerk: Staff, officer: Staff) -> None:
        heir = world.do(people.register_grower, kind="household", name="乙", township="522701110")
        answer = clerk.post("/desk/plots/transfer", plot=world.plot, grower=heir, reason="继承")
        assert answer.status_code == 303, answer.text
        page = f"/office/plots/{world.plot}"
        [(change, _plot)] = world.see(changes.open_changes, by=world.county)
        officer.post(f"{page}/changes/{change.id}/approve", on=page, reason="看过协议")
        assert "乙" in officer.text(page)
        assert "额度不会重新计算" in clerk.text("/desk/plots/transfer")

    def test_another_county_sees_no_plot_of_it(self, world: World, staff: SignIn) -> None:
        assert staff(world.other_county).get(f"/office/plots/{world.plot}").status_code == 404

    def test_an_observer_sees_no_names_and_no_buttons(
        self, world: World, staff: SignIn, clerk: Staff
    ) -> None:
        clerk.post("/desk/plots/resurvey", plot=world.plot, area_mu="220", reason="复测")
        page = staff(world.observer).get(f"/office/plots/{world.plot}").text
        assert "核准变更" not in page
        assert " 甲" not in page
