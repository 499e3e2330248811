"""Metrology on pages and on the command line."""

from collections.abc import Callable
from io import BytesIO

import pytest
from werkzeug.test import TestResponse

from tests.services.test_metrology import HEAD, OTHERS, OURS
from tests.web.staff import Staff
from tests.world import World
from traceability.domain.people import Identity
from traceability.services import metrology

SignIn = Callable[[Identity], Staff]
PAGE = "/office/scales/import"


@pytest.fixture
def world(small_world: World) -> World:
    return small_world


@pytest.fixture
def officer(world: World, staff: SignIn) -> Staff:
    return staff(world.county)


def upload(officer: Staff, *lines: str, record: bool = False, content: bytes | None = None) -> TestResponse:
    given = "\n".join([HEAD, *lines]).encode() if content is None else content
    return officer.post(PAGE, file=(BytesIO(given), "list.csv"), **{"record" if record else "try": "1"})


def test_scales_are_listed_by_state_searched_and_exported(officer: Staff, world: World) -> None:
    told = officer.text("/office/scales")
    assert f"SC-{world.firm.id}" in told
    assert f"SC-{world.other.id}" not in told
    assert "有效" in told
    assert "这里没有秤" in officer.text("/office/scales?state=expired")
    world.at("2026-11-20T10:00")
    assert f"SC-{world.firm.id}" in officer.text("/office/scales?state=expiring")
    world.at("2026-12-02T10:00")
    assert f"SC-{world.firm.id}" in officer.text("/office/scales?state=expired")
    assert "没有符合条件的秤" in officer.text("/office/scales?q=没有")
    file = officer.get("/office/scales?as=csv")
    assert file.mimetype == "text/csv"
    assert f"SC-{world.firm.id},2025-12-01,2026-11-30" in file.text
    assert officer.get("/office/scales?as=xlsx").data.startswith(b"PK")


def test_leaf_weighed_on_an_expired_scale_is_listed_and_exported(officer: Staff, world: World) -> None:
    page = "/office/scales/receipts"
    assert "没有过检的秤收青" in officer.text(page)
    world.at("2026-12-02T10:00")
    no = world.received(kg=12).no
    told = officer.text(page)
    assert no in told
    assert "净重 12.00 千克" in told
    assert no not in officer.text(f"{page}?to=2026-11-30")
    assert no in officer.text(f"{page}?from=nonsense")
    assert f"{no},都匀示例茶业有限公司,SC-{world.firm.id},12.000" in officer.get(f"{page}?as=csv").text


def test_a_list_is_tried_then_recorded(officer: Staff, world: World) -> None:
    line = f"{OURS},新-1,2026-03-01,2027-02-28,QN-1,计量中心"
    answer = upload(officer, line)
    assert answer.status_code == 200
    assert "新的检定 1 次，已登记 0 次，其中 1 台秤是第一次登记" in answer.text
    assert len(world.see(metrology.scales, by=world.county)) == 1
    assert upload(officer, line, record=True).status_code == 303
    assert "QN-1" in officer.text("/office/scales")


def test_a_bad_row_is_named_and_nothing_is_recorded(officer: Staff, world: World) -> None:
    good = f"{OURS},新-1,2026-03-01,2027-02-28,,"
    before = world.table_counts()
    answer = upload(officer, good, f"{OTHERS},SC-2,2026-03-01,2027-02-28,,", record=True)
    assert "1 处需要改正，什么也没有登记" in answer.text
    assert ">A3</td>" in answer.text
    assert world.table_counts() == before


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"\x00\x01"])
def test_what_is_no_list_is_said(officer: Staff, content: bytes) -> None:
    assert upload(officer, content=content).status_code == 422


def test_no_file_is_said_too(officer: Staff) -> None:
    assert officer.post(PAGE, **{"try": "1"}).status_code == 422


def test_an_observer_reads_and_brings_in_nothing(world: World, staff: SignIn) -> None:
    watcher = staff(world.observer)
    assert "导入检定名单" not in watcher.text("/office/scales")
    assert watcher.get(PAGE).status_code == 403
