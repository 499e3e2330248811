"""The enterprise desk: every stage by form, what is wrong said beside the field, and nothing typed is lost."""

import hashlib
import json
import threading
from collections.abc import Callable
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from time import sleep
from typing import Any

import pytest
from argon2 import PasswordHasher
from flask import Flask
from PIL import Image

from tests.browsing import Page, Person
from tests.decoding import read_twice
from tests.sealing import seal_all
from tests.services.test_applications import applied
from tests.services.test_inspections import begun, colleague, lined
from tests.web.conftest import app_over
from tests.world import PUBLIC_URL, Packed, World
from traceability.domain.chain import EventKind
from traceability.domain.complaints import ComplaintChannel, ComplaintKind
from traceability.domain.marks import JobState, MarkState
from traceability.domain.people import Role
from traceability.domain.units import kg
from traceability.formats.artwork import read_artwork
from traceability.services import applications, chain, complaints, lists, marks, oversight, people
from traceability.services.chain import papers
from traceability.services.marks import PrintJob
from traceability.web.enterprise import packing

PASSWORD = "words for a test"
HASH = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
VALUES: dict[str, Any] = {
    "value_moisture": "5.6", "value_total_ash": "5.7", "value_water_extract": "43.5", "value_crude_fibre": "11.8",
    "value_lead": "0.42", "value_pesticide_residue": "yes", "value_sensory_grade": "yes",
}  # fmt: skip
ARTWORK = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 10 10"><path d="M0 0h9v9z"/></svg>'


def png() -> bytes:
    """A small photo."""
    written = BytesIO()
    Image.new("RGB", (40, 30), "green").save(written, "PNG")
    return written.getvalue()


REPORT = {"file": ("report.pdf", b"%PDF-1.4 a report")}


@pytest.fixture
def staff_app(small_world: World, tmp_path: Path) -> Flask:
    return app_over(small_world, tmp_path, "public", "staff")


@pytest.fixture
def enter(small_world: World, staff_app: Flask) -> Callable[..., Person]:
    """Somebody new at the desk of a firm."""

    def entered(role: Role = Role.MANAGER, firm: int | None = None) -> Person:
        email = f"{role.value}{firm or 0}@example.cn"
        small_world.do(
            people.create_user, by=small_world.admin, email=email, password_hash=HASH, name="某人",
            role=role, enterprise=firm or small_world.firm.id,
        )  # fmt: skip
        return Person(staff_app, email, PASSWORD)

    return entered


@pytest.fixture
def manager(enter: Callable[..., Person]) -> Person:
    return enter()


def row(typed: dict[str, Any]) -> dict[str, Any]:
    """Inputs of a table, whose names no keyword could have."""
    return typed


def job_done(world: World) -> PrintJob:
    """The latest print job, once nothing is running any more."""
    for _ in range(600):
        [job, *_earlier] = world.see(marks.print_jobs)
        if job.state is not JobState.OPEN:
            return job
        sleep(0.05)
    raise AssertionError(job)


def run_on(person: Person, url: str) -> None:
    """Press the button, and wait until the job's thread is gone."""
    person.send(url, to="/run")
    for thread in threading.enumerate():
        if thread.name.startswith("L26-"):
            thread.join(60)


def told(page: Page) -> str:
    """The receipt a page begins with."""
    assert page.status == 200, (page.status, page.code, page.text[:600])
    return page.html.partition('role="status">')[2].partition("<")[0]


def latest(world: World) -> Any:
    return world.see(chain.lots)[0].lot


def receive(world: World, person: Person, gross: str, **more: Any) -> Page:
    typed = {
        "plot": world.plot,
        "scale": world.firm.scale,
        "leaf_grade": "single_bud",
        "certificate_no": "C-7",
    }
    return person.send("/desk/receipts/new", gross=gross, **row(typed | more))


def serials(ranges: Any) -> str:
    return ", ".join(str(one) for one in ranges)


class TestBoard:
    def test_an_empty_desk_says_where_the_season_begins(self, manager: Person) -> None:
        page = manager.open("/desk/")
        assert "茶季从收青开始" in page.text
        for step in ("scales", "growers", "plots", "products"):
            assert f"/desk/{step}/new" in page.html
        assert "/desk/leaf/quick" in page.html

    def test_every_stage_shows_what_is_on_hand_and_the_next_step(
        self, small_world: World, manager: Person
    ) -> None:
        packed = small_world.packed(packs=10, extra=1)
        leaf, batch = small_world.leaf(), small_world.batch()
        html = manager.open("/desk/").html
        for step in (f"processings/new?lot={leaf}", f"lots/{batch}/sample", f"lots/{packed.lot}/cartons"):
            assert f"/desk/{step}" in html

    def test_a_suspension_is_told_with_its_reason(self, small_world: World, manager: Person) -> None:
        small_world.do(
            people.suspend_enterprise,
            by=small_world.county,
            enterprise=small_world.firm.id,
            reason="票据不符",
        )
        text = manager.open("/desk/").text
        assert "用标已暂停" in text
        assert "票据不符" in text

    def test_leaf_that_stood_too_long_can_only_be_written_off(
        self, small_world: World, manager: Person
    ) -> None:
        leaf = small_world.leaf(kg=10)
        small_world.later(hours=50)
        assert "只能报损" in manager.open("/desk/").text
        page = manager.send(f"/desk/lots/{leaf}/write-off", grams="10", reason="停电")
        assert "已报损 10.00 千克" in told(page)
        assert small_world.on_hand(leaf) == (0, 0)


class TestReceipt:
    def test_jin_and_full_width_digits_are_echoed_in_kilograms(
        self, small_world: World, manager: Person
    ) -> None:
        page = receive(small_world, manager, "６２．４斤", tare="0.2")
        assert "已收 31.00 千克（毛重 31.20 − 皮重 0.20）" in told(page)
        assert small_world.on_hand(latest(small_world).id) == (31000, 0)

    def test_what_cannot_be_read_is_said_beside_the_field_and_stays_typed(
        self, small_world: World, manager: Person
    ) -> None:
        page = receive(small_world, manager, "三十斤半", tare="0.5")
        assert page.status == 422
        assert 'value="三十斤半"' in page.html
        assert 'value="C-7"' in page.html
        assert 'aria-describedby="gross-error-1"' in page.html
        assert small_world.see(chain.lots) == []

    def test_sent_twice_it_makes_one_lot(self, small_world: World, manager: Person) -> None:
        form = manager.open("/desk/receipts/new").forms[0].fields
        typed = {
            **form, "plot": small_world.plot, "scale": small_world.firm.scale, "gross": "10",
            "leaf_grade": "single_bud", "certificate_no": "C-7",
        }  # fmt: skip
        first, again = manager.post("/desk/receipts/new", typed), manager.post("/desk/receipts/new", typed)
        assert told(first) == told(again)
        assert len(small_world.see(chain.lots)) == 1

    def test_the_same_key_with_another_weight_is_refused(self, small_world: World, manager: Person) -> None:
        form = manager.open("/desk/receipts/new").forms[0].fields
        key = form["key"]
        assert receive(small_world, manager, "10", key=key).status == 200
        page = receive(small_world, manager, "11", key=key)
        assert (page.status, page.code) == (422, "request.key_reused")

    def test_a_large_weight_is_asked_again(self, small_world: World, manager: Person) -> None:
        page = receive(small_world, manager, "620")
        assert (page.status, page.code) == (422, "receipt.ask_again")
        assert 'name="confirmed"' in page.html
        assert "620.00" in told(receive(small_world, manager, "620", confirmed="y"))

    def test_a_plot_outside_the_area_is_refused_with_its_own_code(
        self, small_world: World, manager: Person
    ) -> None:
        outside = small_world.new_plot(township="522601110", approved=False)
        page = receive(small_world, manager, "10", plot=outside)
        assert (page.status, page.code) == (422, "plot.outside_area")

    def test_plot_scale_and_grade_are_remembered(self, small_world: World, manager: Person) -> None:
        receive(small_world, manager, "10", plot=small_world.plots[2])
        fields = manager.open("/desk/receipts/new").forms[0].fields
        assert fields["plot"] == [str(small_world.plots[2])]
        assert fields["leaf_grade"] == ["single_bud"]

    def test_the_list_is_searched(self, small_world: World, manager: Person) -> None:
        receive(small_world, manager, "10")
        assert "C-7" in manager.open("/desk/receipts?q=螺蛳壳").text
        assert "C-7" not in manager.open("/desk/receipts?q=没有").text


class TestMaking:
    def test_more_than_is_on_hand_is_said_in_the_row_with_both_weights(
        self, small_world: World, manager: Person
    ) -> None:
        leaf = small_world.leaf(kg="31.88")
        page = manager.send(
            "/desk/processings/new",
            **row({f"in-{leaf}": "33.00", "out": "7", "fresh_moisture": "76.5", "made_moisture": "5.6"}),
        )
        assert (page.status, page.code) == (422, "lot.overdrawn")
        assert "33.00" in page.text
        assert "31.88" in page.text
        assert f'name="in-{leaf}" value="33.00"' in page.html
        assert "row-input wrong" in page.html

    def test_unreadable_rows_and_fields_are_told_together(self, small_world: World, manager: Person) -> None:
        leaf = small_world.leaf()
        page = manager.send(
            "/desk/processings/new", **row({f"in-{leaf}": "半筐", "out": "很多", "fresh_moisture": "76"})
        )
        assert page.status == 422
        assert "“半筐”不是重量" in page.text
        assert "“很多”不是重量" in page.text

    def test_an_impossible_ratio_and_an_odd_moisture_are_refused(
        self, small_world: World, manager: Person
    ) -> None:
        leaf = small_world.leaf(kg="144.80")
        typed = {f"in-{leaf}": "144.8", "out": "40", "fresh_moisture": "76.5", "made_moisture": "5.6"}
        assert manager.send("/desk/processings/new", **row(typed)).code == "ratio.under_floor"
        page = manager.send("/desk/processings/new", **row(typed | {"fresh_moisture": "95"}))
        assert page.code == "moisture.implausible"
        assert 'aria-describedby="fresh_moisture-error-1 told-fresh_moisture"' in page.html

    def test_leaf_becomes_a_sampled_batch(self, small_world: World, manager: Person) -> None:
        leaf = small_world.leaf(kg=31)
        moistures = {"fresh_moisture": "76.5", "made_moisture": "5.6"}
        page = manager.send(
            "/desk/processings/new", **row({f"in-{leaf}": "31", "out": "7", "lot_no": "M-9", **moistures})
        )
        assert "制成干茶 7.00 千克" in told(page)
        tea = latest(small_world)
        assert tea.no == "M-9"
        small_world.later(minutes=1)
        told(manager.send("/desk/refinings/new", **row({f"in-{tea.id}": "3", "out": "2.9", "fines": "0.05"})))
        refined = latest(small_world)
        small_world.later(minutes=1)
        typed = {f"in-{tea.id}": "3", f"in-{refined.id}": "2.9", "batch_no": "DY-9", "fines": "0.1"}
        assert "批次入库 5.80 千克" in told(manager.send("/desk/blendings/new", **row(typed)))
        batch = latest(small_world)
        small_world.later(minutes=1)
        told(manager.send("/desk/blendings/new", **row({f"in-{tea.id}": "1", "into": batch.id})))
        page = manager.send(f"/desk/lots/{batch.id}/sample", test="0.5", retained="0.3")
        assert "批次已封" in told(page)
        assert small_world.on_hand(batch.id) == (6000, 0)
        assert manager.send(f"/desk/lots/{batch.id}/sample", test="0.5").code == "batch.closed"


class TestReport:
    def test_a_report_is_shown_beside_its_limits(self, small_world: World, manager: Person) -> None:
        batch = small_world.sampled_batch()
        url, head = (
            f"/desk/lots/{batch}/report",
            {"report_no": "R-1", "lab": "中心", "reported_on": "2026-03-26"},
        )
        missing = manager.send(url, files=REPORT, **row(head), **row(VALUES | {"value_lead": ""}))
        assert (missing.status, missing.code) == (422, "report.value_missing")
        assert manager.send(url, **row(head), **row(VALUES)).code == "file.refused"
        assert "等县局对照报告确认" in told(manager.send(url, files=REPORT, **row(head), **row(VALUES)))
        page = manager.open(f"/desk/lots/{batch}")
        assert "待县局对照报告确认" in page.text
        assert "43.5" in page.text

    def test_a_failing_value_holds_the_batch_which_may_be_redeclared(
        self, small_world: World, manager: Person
    ) -> None:
        batch = small_world.sampled_batch()
        typed = VALUES | {
            "value_moisture": "6.7",
            "report_no": "R-1",
            "lab": "中心",
            "reported_on": "2026-03-26",
        }
        assert "不合格：水分，批次已冻结" in told(
            manager.send(f"/desk/lots/{batch}/report", files=REPORT, **row(typed))
        )
        page = manager.send(f"/desk/lots/{batch}/redeclare", grade="FIRST", reason="水分偏高")
        assert "已改判为一级" in told(page)
        assert "检验不合格" in manager.open("/desk/findings").text


class TestMarks:
    def test_a_request_above_the_batch_is_refused_with_both_weights(
        self, small_world: World, manager: Person
    ) -> None:
        batch = small_world.passed_batch(kg="31.88")
        page = manager.send(f"/desk/lots/{batch}/request", **row({f"packs-{small_world.firm.p100}": "330"}))
        assert (page.status, page.code) == (422, "request.exceeds_batch")
        assert "33.00" in page.text
        assert "31.88" in page.text
        assert 'value="330"' in page.html

    def test_a_request_is_filed_and_withdrawn(self, small_world: World, manager: Person) -> None:
        batch, product = small_world.passed_batch(kg=2), small_world.firm.p100
        page = manager.send(
            f"/desk/lots/{batch}/request", **row({f"packs-{product}": "10", f"spares-{product}": "1"})
        )
        assert "已申领标志 10 枚，备用 1 枚" in told(page)
        number = small_world.see(marks.requests)[0].id
        assert "已撤回" in told(manager.send("/desk/requests", to=f"/requests/{number}/withdraw"))

    def test_without_a_confirmed_address_there_is_only_a_sample_and_no_print_job(
        self, small_world: World, manager: Person
    ) -> None:
        marked = small_world.issued_batch(packs=10)
        assert "样张" in manager.open("/desk/marks/print").text
        typed = {"serials": serials(marked.ranges), "design": "a4-40", "pack_day": "2026-03-26"}
        page = manager.send("/desk/marks/print", **row(typed))
        assert "10 枚，1 张，1 个文件" in page.text
        assert "data:image/png;base64," in page.html
        form = manager.open("/desk/marks/print").forms[0].fields
        sample = manager.post("/desk/marks/sample", {**form, **typed})
        assert sample.data.startswith(b"%PDF")
        assert "SAMPLE" in sample.headers["Content-Disposition"]
        assert sample.headers["Cache-Control"] == "no-store"
        assert small_world.see(marks.counts)[MarkState.ON_HAND] == 10
        assert small_world.see(marks.print_jobs) == []

    def test_of_a_batch_with_two_products_one_is_chosen_and_the_other_is_a_link(
        self, small_world: World, manager: Person
    ) -> None:
        first = small_world.issued_batch(packs=10, kg=5)
        second = small_world.issued_batch(packs=20, batch=first.batch, product=small_world.firm.p50)
        page = manager.open(f"/desk/marks/print?lot={first.batch}")
        assert page.forms[0].fields["serials"] == [", ".join(map(str, first.ranges))]
        assert "（20 枚）" in page.text
        other = manager.open(f"/desk/marks/print?lot={first.batch}&serials={serials(second.ranges)}")
        assert other.forms[0].fields["serials"] == [serials(second.ranges)]

    def test_a_job_runs_by_itself_and_its_file_is_taken_once(
        self, small_world: World, manager: Person, staff_app: Flask
    ) -> None:
        marked = small_world.issued_batch(packs=10)
        confirm(staff_app)
        typed = {"serials": serials(marked.ranges), "design": "a4-40", "pack_day": "2026-03-26"}
        form = manager.open("/desk/marks/print").forms[0].fields
        pages = [manager.post("/desk/marks/print", {**form, **typed}) for _ in range(2)]
        assert pages[0].url == pages[1].url
        job = job_done(small_world)
        page = manager.open(f"/desk/prints/{job.id}")
        assert "10 个二维码逐点比对，1 页另行扫描识读" in page.text
        assert small_world.see(marks.counts)[MarkState.ON_HAND] == 10, "made, and still in the house"
        taking = next(one for one in page.forms if "/files/" in one.action)
        file = manager.post(taking.action, taking.fields)
        assert file.data.startswith(b"%PDF")
        assert file.headers["Content-Disposition"] == f'attachment; filename="{job.no}-0001.pdf"'
        assert file.headers["Cache-Control"] == "no-store"
        assert small_world.see(marks.counts)[MarkState.PRINTED] == 10
        assert manager.post(taking.action, taking.fields).code == "print.handed_over"
        assert manager.send("/desk/marks/print", **row(typed)).code == "marks.wrong_state"
        manifest = json.loads(manager.open(f"/desk/prints/{job.id}/manifest").data)
        assert manifest["files"][0]["sha256"] == hashlib.sha256(file.data).hexdigest()
        assert job.no in manager.open("/desk/prints").text

    def test_a_label_that_cannot_be_drawn_is_no_print_job(
        self, small_world: World, manager: Person, staff_app: Flask
    ) -> None:
        marked = small_world.issued_batch(packs=10)
        confirm(staff_app)
        typed = {"serials": serials(marked.ranges), "design": "a4-40"}
        page = manager.send("/desk/marks/print", pack_day="", **row(typed))
        assert (page.status, page.code) == (422, "print.pack_day_missing")
        far = manager.send("/desk/marks/print", pack_day="2026-03-26", right="19", **row(typed))
        assert (far.status, far.code) == (422, "label.offset_off_sheet")
        off = manager.send("/desk/marks/print", pack_day="2026-03-26", start="41", **row(typed))
        assert (off.status, off.code) == (422, "label.start_off_sheet")
        assert small_world.see(marks.counts)[MarkState.ON_HAND] == 10
        assert small_world.see(marks.print_jobs) == []

    def test_a_job_that_was_refused_on_its_way_says_why_and_goes_on_later(
        self, small_world: World, manager: Person, staff_app: Flask
    ) -> None:
        marked = small_world.issued_batch(packs=10)
        confirm(staff_app)
        printing = staff_app.extensions["printing"]
        job = small_world.opened(marked.ranges, setup=printing.press.makers.setup("a4-40"))
        small_world.do(
            people.suspend_enterprise, by=small_world.county, enterprise=small_world.firm.id, reason="查"
        )
        url = f"/desk/prints/{job}"
        assert "任务中断了" in manager.open(url).text
        run_on(manager, url)
        stopped = manager.open(url)
        assert stopped.code == "enterprise.suspended"
        small_world.do(
            people.lift_suspension, by=small_world.county, enterprise=small_world.firm.id, reason="改"
        )
        run_on(manager, url)
        assert job_done(small_world).id == job

    def test_a_job_that_is_given_up_leaves_its_marks_unprinted(
        self, small_world: World, manager: Person, staff_app: Flask
    ) -> None:
        marked = small_world.issued_batch(packs=10)
        confirm(staff_app)
        printing = staff_app.extensions["printing"]
        job = small_world.opened(marked.ranges, setup=printing.press.makers.setup("a4-40"))
        run_on(manager, f"/desk/prints/{job}")
        kept = printing.press.folder / job_done(small_world).no
        assert list(kept.glob("*.pdf"))
        page = manager.send(f"/desk/prints/{job}/stop", reason="选错了式样")
        assert "已停止" in page.text
        assert "没有取走" in page.text
        assert not kept.exists()
        assert small_world.see(marks.counts)[MarkState.ON_HAND] == 10

    def test_codes_go_to_a_printing_house_as_data(
        self, small_world: World, manager: Person, staff_app: Flask
    ) -> None:
        marked = small_world.issued_batch(packs=3)
        confirm(staff_app)
        typed = {"serials": serials(marked.ranges), "design": "data", "recipient": "示例印务"}
        manager.send("/desk/marks/print", **row(typed))
        job = job_done(small_world)
        taking = next(one for one in manager.open(f"/desk/prints/{job.id}").forms if "/files/" in one.action)
        file = manager.post(taking.action, taking.fields)
        assert file.data.startswith(b"control_number,code,url\r\n0000000001,")
        assert small_world.see(marks.counts)[MarkState.PRINTED] == 3

    def test_labels_that_cannot_be_found_are_reported(self, small_world: World, manager: Person) -> None:
        marked = small_world.marked_batch(packs=10)
        lost = {"serials": serials(marked.nth(8, 2)), "reason": "搬家时遗失"}
        assert manager.send("/desk/marks/lost", counted="3", **row(lost)).code == "marks.count_differs"
        assert "已报失标志 2 枚" in told(manager.send("/desk/marks/lost", counted="2", **row(lost)))
        assert small_world.findings() == ["marks.lost"]

    def test_a_printer_is_measured_with_a_calibration_page(self, manager: Person) -> None:
        page = manager.open("/desk/labels/a4-40/calibration?right=1.25&down=-0.5")
        assert page.data.startswith(b"%PDF")
        assert manager.open("/desk/labels/none/calibration").status == 404
        for odd in ("NaN", "1e400", "x"):
            page = manager.open(f"/desk/labels/a4-40/calibration?right={odd}")
            assert not page.data.startswith(b"%PDF")
            assert page.status == 422

    def test_a_clerk_does_not_print(self, enter: Callable[..., Person]) -> None:
        assert enter(Role.CLERK).open("/desk/marks/print").status == 403

    def test_spoiled_marks_are_void(self, small_world: World, manager: Person) -> None:
        marked = small_world.marked_batch(packs=10)
        page = manager.send("/desk/marks/void", serials=serials(marked.nth(8, 2)), reason="污损")
        assert "已作废标志 2 枚" in told(page)
        assert manager.send("/desk/marks/void", serials="9999", reason="污损").code == "marks.unknown"


def confirm(app: Flask) -> None:
    """Somebody said that the public address is the real one."""
    printing = app.extensions["printing"]
    app.extensions["printing"] = replace(printing, press=replace(printing.press, live_url=PUBLIC_URL))


class TestPacks:
    def test_packs_are_marked_and_put_into_cartons(self, small_world: World, manager: Person) -> None:
        marked = small_world.marked_batch(packs=10, kg="1.2")
        p = marked.product
        url = f"/desk/lots/{marked.batch}/pack"
        typed = {f"packs-{p}": "10", f"over-{p}": "4", "spill": "16"}
        assert (
            manager.send(url, **row(typed), **row({f"serials-{p}": serials(marked.first(9))})).code
            == "marks.miscounted"
        )
        page = manager.send(url, **row(typed), **row({f"serials-{p}": serials(marked.ranges)}))
        assert "10 件，贴标 10 枚，散落 0.016 千克" in told(page)
        assert small_world.on_hand(marked.batch) == (180, 0)
        lot = latest(small_world).id
        rows = f"箱甲：{serials(marked.first(3))}\n{serials(marked.nth(3))}"
        assert "已装 2 箱" in told(manager.send(f"/desk/lots/{lot}/cartons", rows=rows))
        assert "已装 2 箱" in told(manager.send(f"/desk/lots/{lot}/cartons", size="4"))
        held = small_world.see(chain.dossier, lot=lot).cartons
        assert [sum(len(one) for one in carton.ranges) for carton in held] == [3, 1, 4, 2]
        assert "都已装箱" in manager.open(f"/desk/lots/{lot}/cartons").text

    def test_cartons_need_a_size_or_lines(self, small_world: World, manager: Person) -> None:
        url = f"/desk/lots/{small_world.packed().lot}/cartons"
        assert manager.send(url, size="").code == "serials.unreadable"
        page = manager.send(url, rows="箱甲：看不清")
        assert page.code == "serials.unreadable"
        assert 'aria-describedby="rows-hint rows-error-1 told-rows"' in page.html


class TestCartonLabels:
    def test_every_carton_gets_a_label_unless_some_are_chosen(
        self, small_world: World, enter: Callable[..., Person], tmp_path: Path
    ) -> None:
        packed, clerk = in_cartons(small_world), enter(Role.CLERK)
        before = small_world.table_counts(notes=True)
        page = clerk.send(f"/desk/lots/{packed.lot}/cartons", to="/labels")
        assert page.headers["Content-Disposition"].startswith("attachment; filename=cartons-DY26-")
        assert read_twice(page.data, tmp_path / "all") == (["BOX-1", "BOX-2"], ["BOX-1", "BOX-2"])
        second = small_world.see(chain.dossier, lot=packed.lot).cartons[1].id
        page = clerk.send(f"/desk/lots/{packed.lot}/cartons", to="/labels", cartons=[str(second)])
        assert read_twice(page.data, tmp_path / "one")[0] == ["BOX-2"]
        assert small_world.table_counts(notes=True) == before

    def test_a_label_says_what_is_still_inside(self, small_world: World, manager: Person) -> None:
        packed = in_cartons(small_world)
        small_world.do(
            chain.destroy, lot=packed.lot, packs=3, ranges=(*packed.nth(1), *packed.nth(4, 2)), reason="破损"
        )
        found = small_world.see(papers.carton_papers, lot=packed.lot)
        assert [(one.no, serials(one.ranges)) for one in found.cartons] == [
            ("BOX-1", "0000000001, 0000000003–0000000004"),
            ("BOX-2", ""),
        ]
        page = manager.open(f"/desk/lots/{packed.lot}/cartons")
        assert page.html.count('name="cartons"') == 1
        assert "BOX-2 0" in page.text

    def test_what_has_left_is_not_ticked(self, small_world: World, manager: Person) -> None:
        packed = in_cartons(small_world)
        small_world.sent(packed.lot, cartons=["BOX-1"])
        form = manager.open(f"/desk/lots/{packed.lot}/cartons").forms[-1]
        second = small_world.see(chain.dossier, lot=packed.lot).cartons[1].id
        assert form.fields["cartons"] == [str(second)]

    def test_a_choice_of_nothing_or_of_a_strange_carton_is_refused(
        self, small_world: World, manager: Person
    ) -> None:
        url = f"/desk/lots/{in_cartons(small_world).lot}/cartons"
        assert "请至少选一箱" in manager.send(url, to="/labels", cartons=[]).text
        assert manager.send(url, to="/labels", cartons=["99"]).status == 422

    def test_more_than_fit_in_one_file_are_asked_for_in_parts(
        self, small_world: World, manager: Person, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        url = f"/desk/lots/{in_cartons(small_world).lot}/cartons"
        known = [str(one) for one in manager.open(url).forms[-1].fields["cartons"]]
        monkeypatch.setattr(packing.CartonLabelForm.cartons.kwargs["validators"][1], "max", 1)
        page = manager.send(url, to="/labels", cartons=known)
        assert "一次最多 1 箱" in page.text

    def test_a_text_too_long_is_said_beside_the_design(self, small_world: World, manager: Person) -> None:
        packed = in_cartons(small_world, no="箱" * 40)
        page = manager.send(f"/desk/lots/{packed.lot}/cartons", to="/labels")
        assert (page.status, page.code) == (422, "label.text_does_not_fit")
        assert 'aria-describedby="design-error-1 told-design"' in page.html

    def test_a_sheet_is_begun_at_any_cell(
        self, small_world: World, manager: Person, staff_app: Flask, tmp_path: Path
    ) -> None:
        url = f"/desk/lots/{in_cartons(small_world).lot}/cartons"
        assert 'name="start"' not in manager.open(url).html
        two_on_a_page(staff_app)
        assert read_twice(manager.send(url, to="/labels", start="2").data, tmp_path / "start")[0] == [
            "BOX-1",
            "BOX-2",
        ]
        page = manager.send(url, to="/labels", start="3")
        assert page.code == "label.start_off_sheet"
        assert 'href="#start"' in page.html

    def test_cartons_of_another_firm_have_no_labels_here(
        self, small_world: World, enter: Callable[..., Person]
    ) -> None:
        packed = in_cartons(small_world)
        stranger = enter(firm=small_world.other.id)
        assert stranger.open(f"/desk/lots/{packed.lot}/cartons/labels").status == 404
        sent = small_world.sent(packed.lot, to=small_world.other.party, cartons=["BOX-1"])
        small_world.do(chain.deliver, by=small_world.other.manager, shipment=sent)
        page = stranger.open(f"/desk/lots/{packed.lot}/cartons")
        assert "BOX-1" in page.text
        assert "/labels" not in page.html


def in_cartons(world: World, no: str = "BOX-1") -> Packed:
    """Ten packs: four in one carton, two in another, four loose."""
    packed = world.packed(packs=10)
    asks = [chain.CartonAsk(packed.first(4), no), chain.CartonAsk(packed.nth(4, 2), "BOX-2")]
    world.do(chain.fill_cartons, lot=packed.lot, asks=asks)
    return packed


def two_on_a_page(app: Flask) -> None:
    """The carton design, two beside each other on a sheet."""
    printing = app.extensions["printing"]
    [(name, one)] = printing.cartons.items()
    wide = one.page.model_copy(update={"width": 2 * one.label.width})
    sheet = one.model_copy(update={"page": wide, "grid": one.grid.model_copy(update={"columns": 2})})
    app.extensions["printing"] = replace(printing, cartons={name: sheet})


class TestTransport:
    def test_a_short_delivery_is_answered_and_settled(self, small_world: World, manager: Person) -> None:
        packed = small_world.packed(packs=10)
        page = manager.send(
            "/desk/dispatches/new",
            consignee=small_world.shop,
            carrier="自送",
            **row({f"packs-{packed.lot}": "6"}),
        )
        assert "已发运" in told(page)
        shipment = small_world.see(chain.pending_deliveries)[0].id
        small_world.later(hours=2)
        url = f"/desk/deliveries/{shipment}"
        assert "请填实收数" in manager.send(url, **row({f"got-{packed.lot}": ""})).text
        assert manager.send(url, **row({f"got-{packed.lot}": "7"})).code == "delivery.exceeded"
        assert "有短少" in told(manager.send(url, **row({f"got-{packed.lot}": "5"})))
        (short, _lot), *_ = small_world.see(papers.shortages)
        settle = f"/desk/shortages/{short.id}/settle"
        assert manager.send(settle, reason="压坏").code == "serials.needed"
        page = manager.send(settle, reason="压坏", serials=serials(packed.first(1)))
        assert "标志 1 枚注销" in told(page)
        assert small_world.breaches() == ()

    def test_named_cartons_travel_and_a_refused_delivery_comes_back(
        self, small_world: World, manager: Person
    ) -> None:
        packed = small_world.packed(packs=10)
        manager.send(f"/desk/lots/{packed.lot}/cartons", size="4")
        first = small_world.see(chain.dossier, lot=packed.lot).cartons[0].no
        typed = {"consignee": small_world.other.party, "carrier": "物流", f"carton-{packed.lot}": [first]}
        told(manager.send("/desk/dispatches/new", **row(typed)))
        assert small_world.on_hand(packed.lot) == (600, 6)
        other = Person(manager.client.application, *other_manager(small_world))
        shipment = small_world.see(chain.pending_deliveries)[0].id
        assert "等签收" in other.open("/desk/deliveries").text
        small_world.later(hours=1)
        assert "已拒收" in told(other.send(f"/desk/deliveries/{shipment}/refuse", reason="箱破"))
        assert small_world.on_hand(packed.lot) == (1000, 10)

    def test_too_much_is_said_in_the_row(self, small_world: World, manager: Person) -> None:
        packed = small_world.packed(packs=10)
        page = manager.send(
            "/desk/dispatches/new",
            consignee=small_world.shop,
            carrier="自送",
            **row({f"packs-{packed.lot}": "11"}),
        )
        assert page.code == "lot.overdrawn"
        assert "row-input wrong" in page.html


def other_manager(world: World) -> tuple[str, str]:
    email = "other@example.cn"
    world.do(
        people.create_user, by=world.admin, email=email, password_hash=HASH, name="外人", role=Role.MANAGER,
        enterprise=world.other.id,
    )  # fmt: skip
    return email, PASSWORD


class TestSelling:
    def test_packs_are_sold_and_come_back(self, small_world: World, manager: Person) -> None:
        packed = small_world.packed(packs=10)
        page = manager.send(f"/desk/lots/{packed.lot}/sell", packs="5", channel="shop")
        assert "5 件（0.50 千克），门店" in told(page)
        sale = small_world.listed(lists.SALES)[0].event.id
        url = f"/desk/sales/{sale}/return"
        small_world.later(days=1)
        assert "重新入库" in told(manager.send(url, packs="1", restock="restock", reason="多买"))
        opened = {"packs": "1", "opened": "y", "reason": "已拆"}
        assert manager.send(url, restock="restock", **row(opened)).code == "restock.opened"
        page = manager.send(url, restock="destroy", serials=serials(packed.first(1)), **row(opened))
        assert "销毁，标志注销" in told(page)
        small_world.later(days=11)
        assert manager.send(url, packs="1", restock="restock", reason="晚了").code == "restock.late"
        assert small_world.breaches() == ()

    def test_a_consignees_stock_is_sold_by_the_firm_that_keeps_it(
        self, small_world: World, manager: Person
    ) -> None:
        packed = small_world.packed(packs=10)
        shipment = small_world.sent(packed.lot, packs=4)
        small_world.do(chain.deliver, shipment=shipment)
        page = manager.send(
            f"/desk/lots/{packed.lot}/sell", party=small_world.shop, packs="3", channel="online"
        )
        assert "3 件" in told(page)
        assert "贵阳门店" in page.text
        assert small_world.on_hand(packed.lot) == (600, 6)

    def test_wholesale_names_cartons(self, small_world: World, manager: Person) -> None:
        packed = small_world.packed(packs=10)
        url = f"/desk/lots/{packed.lot}/sell"
        typed = {"channel": "wholesale", "buyer": "某茶行"}
        assert manager.send(url, packs="5", **row(typed)).code == "carton.unknown"
        manager.send(f"/desk/lots/{packed.lot}/cartons", size="5")
        first = small_world.see(chain.dossier, lot=packed.lot).cartons[0].no
        assert "5 件" in told(manager.send(url, **row(typed), **row({f"carton-{packed.lot}": [first]})))

    def test_loose_tea_is_sold_by_weight(self, small_world: World, manager: Person) -> None:
        tea = small_world.tea(kg=2)
        assert "0.50 千克" in told(manager.send(f"/desk/lots/{tea}/sell", grams="500克", channel="other"))

    def test_destruction_and_stock_count(self, small_world: World, manager: Person) -> None:
        packed = small_world.packed(packs=10)
        page = manager.send(
            f"/desk/lots/{packed.lot}/destroy", packs="1", serials=serials(packed.first(1)), reason="受潮"
        )
        assert "已销毁 1 件" in told(page)
        page = manager.send(f"/desk/lots/{packed.lot}/count", counted="")
        assert page.code == "number.unreadable"
        assert 'aria-describedby="counted-hint counted-error-1 told-counted"' in page.html
        assert "盘点已登记" in told(manager.send(f"/desk/lots/{packed.lot}/count", counted="8"))
        assert small_world.on_hand(packed.lot) == (800, 8)


class TestLots:
    def test_another_firms_lot_is_not_there(self, small_world: World, manager: Person) -> None:
        foreign = small_world.leaf(firm=small_world.other)
        for way in ("", "/trace", "/sell", "/write-off", "/documents", "/recall"):
            page = manager.open(f"/desk/lots/{foreign}{way}")
            assert page.status == 404
            assert "没有找到这个批次" in page.text
        assert manager.open("/desk/documents/999").status == 404
        assert manager.open("/desk/events/99999").status == 404

    def test_a_lot_tells_its_story_without_growers(self, small_world: World, manager: Person) -> None:
        packed = small_world.packed(packs=10)
        page = manager.open(f"/desk/lots/{packed.lot}")
        for said in ("包装批", "保质期至", "在库", "0000000001"):
            assert said in page.text
        trace = manager.open(f"/desk/lots/{packed.lot}/trace").text
        assert "PLOT-" in trace
        assert "1.00 千克" in trace
        assert "甲" not in trace
        assert "还没有用到别的批次" in manager.open(f"/desk/lots/{packed.lot}/trace?way=forward").text

    def test_lists_are_filtered(self, small_world: World, manager: Person) -> None:
        packed = small_world.packed(packs=10)
        no = small_world.see(chain.dossier, lot=packed.lot).lot.no
        assert no in manager.open("/desk/lots?kind=pack_lot&stock=1").text
        assert no not in manager.open("/desk/lots?kind=leaf").text

    def test_a_photo_is_drawn_anew_attached_and_given_back(self, small_world: World, manager: Person) -> None:
        leaf, url = small_world.leaf(), "/desk/lots/{}/documents"
        page = manager.send(url.format(leaf), files={"file": ("合格证.png", png())})
        assert "文件已附到" in told(page)
        kept = small_world.see(oversight.documents, lot=leaf)[0]
        given = manager.open(f"/desk/documents/{kept.id}")
        assert (kept.name, kept.media_type) == ("合格证.jpg", "image/jpeg")
        assert given.data.startswith(b"\xff\xd8\xff")
        assert hashlib.sha256(given.data).hexdigest() == kept.sha256
        assert given.headers["Content-Disposition"].startswith("attachment")
        assert given.headers["X-Content-Type-Options"] == "nosniff"
        assert manager.send(url.format(leaf)).code == "file.refused"
        cut_short = {"file": ("a.jpg", b"\xff\xd8\xff\xe0 no picture")}
        assert manager.send(url.format(leaf), files=cut_short).code == "photo.refused"
        named_so = {"file": ("report.pdf", b"<html><script>")}
        assert manager.send(url.format(leaf), files=named_so).code == "file.refused"
        assert len(small_world.see(oversight.documents, lot=leaf)) == 1

    def test_a_file_is_withdrawn_with_a_reason_and_stays(self, small_world: World, manager: Person) -> None:
        leaf = small_world.leaf()
        manager.send(f"/desk/lots/{leaf}/documents", files={"file": ("a.pdf", b"%PDF-1.4 a")})
        number = small_world.see(oversight.documents, lot=leaf)[0].id
        way = f"/desk/documents/{number}/withdraw"
        assert way in manager.open(f"/desk/lots/{leaf}").html
        assert manager.send(way, reason="").status == 422
        page = manager.send(way, reason="附错了批次")
        assert "已撤下" in told(page)
        assert "附错了批次" in page.text
        assert way not in page.html
        assert manager.open(f"/desk/documents/{number}").data == b"%PDF-1.4 a"
        assert manager.send(way, reason="再撤一次").code == "decision.already"

    def test_an_amendment_is_told_with_its_reason_before_and_after(
        self, small_world: World, manager: Person
    ) -> None:
        received = small_world.received(kg=30)
        manager.send(f"/desk/events/{received.id}/amend", net="20", reason="看错秤", step="book")
        text = manager.open(f"/desk/lots/{received.lots[0]}").text
        for said in ("看错秤", "原登记", "30.00 千克", "更正后", "20.00 千克"):
            assert said in text

    def test_a_trace_is_a_picture_and_says_the_same_in_a_table(
        self, small_world: World, manager: Person
    ) -> None:
        packed = small_world.packed(packs=10)
        page = manager.open(f"/desk/lots/{packed.lot}/trace")
        data = json.loads(page.html.partition('id="sankey-data">')[2].partition("</script>")[0])
        assert [one["kind"] for one in data["nodes"]].count("plot") == 1
        assert {"pack_lot", "batch", "made_tea", "leaf"} <= {one["kind"] for one in data["nodes"]}
        for link in data["links"]:
            assert kg(link["value"]) in page.text
        assert "vendor/echarts/" in page.html
        assert "vendor/echarts/" not in manager.open(f"/desk/lots/{packed.lot}").html

    def test_the_way_forward_ends_with_packs_and_who_has_them(
        self, small_world: World, manager: Person
    ) -> None:
        packed = small_world.packed(packs=10)
        small_world.sent(packed.lot, packs=4)
        for lot in (packed.batch, packed.lot):
            page = manager.open(f"/desk/lots/{lot}/trace?way=forward")
            assert "本企业用它包装了 10 件，共 1.00 千克。" in page.text
            assert "贵阳门店" in page.text
        assert "包装了" not in manager.open(f"/desk/lots/{packed.batch}/trace").text

    def test_a_recall_shows_its_reach_first(self, small_world: World, manager: Person) -> None:
        packed = small_world.packed(packs=10)
        no = small_world.see(chain.dossier, lot=packed.lot).lot.no
        assert no in manager.open(f"/desk/lots/{packed.batch}/recall").text
        url = f"/desk/lots/{packed.batch}/recall"
        shown = manager.send(url, grade="II", reason="演练", step="check").forms[0]
        page = manager.post(url, shown.fields | {"step": "order"})
        assert "已发起召回" in told(page)
        assert "演练" in manager.open("/desk/findings").text


class TestAmending:
    def test_an_amendment_is_shown_before_it_is_booked(self, small_world: World, manager: Person) -> None:
        small_world.received(kg=30)
        event = small_world.see(papers.events_of_kind, kind=EventKind.LEAF_RECEIPT)[0].id
        lot, url = latest(small_world).id, f"/desk/events/{event}/amend"
        shown = manager.send(url, net="20", reason="看错秤", step="preview")
        assert "更正以后" in shown.text
        assert "20.00 千克" in shown.text
        assert small_world.on_hand(lot) == (30000, 0)
        booked = manager.post(url, {**shown.forms[0].fields, "step": "book"})
        assert "已更正" in told(booked)
        assert small_world.on_hand(lot) == (20000, 0)
        assert "看错秤" in booked.text

    def test_what_cannot_be_made_true_is_told_before_and_becomes_a_shortage(
        self, small_world: World, manager: Person, packed_up: Packed
    ) -> None:
        event = small_world.see(papers.events_of_kind, kind=EventKind.LEAF_RECEIPT)[-1].id
        shown = manager.send(f"/desk/events/{event}/amend", net="0.5", reason="看错秤", step="preview")
        assert "记为缺量" in shown.text
        manager.post(f"/desk/events/{event}/amend", {**shown.forms[0].fields, "step": "book"})
        assert "缺量" in manager.open("/desk/deliveries").text
        assert "账面缺量" in manager.open(f"/desk/lots/{packed_up.batch}").text

    def test_nothing_changed_is_refused_and_a_clerk_does_not_amend(
        self, small_world: World, manager: Person, enter: Callable[..., Person]
    ) -> None:
        small_world.received(kg=30)
        event = small_world.see(papers.events_of_kind, kind=EventKind.LEAF_RECEIPT)[0].id
        assert (
            manager.send(f"/desk/events/{event}/amend", net="30", reason="无", step="book").code
            == "amendment.empty"
        )
        assert enter(Role.CLERK).open(f"/desk/events/{event}/amend").status == 403
        assert "收青" in manager.open("/desk/events?kind=leaf_receipt").text


@pytest.fixture
def packed_up(small_world: World) -> Packed:
    return small_world.packed(packs=10)


class TestSuppliers:
    def test_everything_the_season_stands_on_is_registered(self, small_world: World, manager: Person) -> None:
        told(manager.send("/desk/growers/new", name="罗某某", kind="household", township="522701110"))
        told(manager.send(
            "/desk/plots/new", no="LSK-07", grower=small_world.grower, township="522701110", place="螺蛳壳",
            area_mu="12",
        ))  # fmt: skip
        told(
            manager.send("/desk/scales/new", no="SC-9", verified_on="2026-01-01", verified_until="2026-12-01")
        )
        ended = manager.send(
            "/desk/scales/new", no="SC-8", verified_on="2025-01-01", verified_until="2025-12-31"
        )
        assert "2025年12月31日 已经过期" in told(ended)
        told(manager.send("/desk/growers/new", name="示例合作社", kind="cooperative", township="522701110"))
        assert "示例合作社" in manager.open("/desk/suppliers?list=growers").text
        told(manager.send("/desk/products/new", name="礼盒", grade="ZHENPIN", net_content_g="250"))
        told(manager.send("/desk/consignees/new", name="广州店", place="广州"))
        page = manager.send(
            "/desk/plot-works/new", plot=small_world.plot, product="石硫合剂", dose="1:200",
            worked_on="2026-03-20", interval_days="14",
        )  # fmt: skip
        assert "石硫合剂" in page.text
        assert "不能采" in page.text
        for of, said in (("plots", "LSK-07"), ("plots", "待核准"), ("scales", "SC-9"), ("products", "礼盒"),
                         ("consignees", "广州店"), ("growers", "罗＊＊")):  # fmt: skip
            page = manager.open(f"/desk/suppliers?list={of}")
            assert said in page.text
            assert "罗某某" not in page.text
        assert receive(small_world, manager, "10").code == "plot.safety_interval"

    def test_a_taken_number_is_said_beside_it(self, small_world: World, manager: Person) -> None:
        page = manager.send(
            "/desk/plots/new",
            no="PLOT-1",
            grower=small_world.grower,
            township="5227",
            place="某地",
            area_mu="12",
        )
        assert page.code == "township.unreadable"
        assert 'value="某地"' in page.html


def test_every_page_of_the_desk_opens(small_world: World, manager: Person, staff_app: Flask) -> None:
    packed = small_world.packed(packs=10)
    sent, sale = small_world.sent(packed.lot, packs=2), small_world.sold(packed.lot)
    number = small_world.see(oversight.documents, lot=packed.batch)[0].id
    drawing = {"name": "mark.svg", "content": ARTWORK, "artwork": read_artwork(ARTWORK)}
    assert small_world.do(people.submit_artwork, **drawing) == number, (
        "each kind of page has a thing of this number"
    )
    told: dict[str, Any] = {"channel": ComplaintChannel.COUNTER, "kind": ComplaintKind.OTHER, "words": "其他"}
    for _ in range(number):
        small_world.do(complaints.record_complaint, photo=b"\xff\xd8\xff", **told)
        small_world.recall(lot=packed.lot, grade="III", reason="演练")
    for again in range(number):
        if again:
            small_world.do(applications.take_back, application=again)
        applied(small_world)
    second = colleague(small_world)
    for again in range(number):
        lined(small_world, begun(small_world, second), photo=b"\xff\xd8\xff %d" % again)
    seal_all(small_world)
    given = {"lot": packed.lot, "shipment": sent, "sale": sale, "event": packed.event, "number": number}
    rules = [one for one in staff_app.url_map.iter_rules() if one.endpoint.startswith("enterprise.")]
    for rule in rules:
        if "GET" in (rule.methods or ()) and rule.arguments <= set(given):
            values = {name: given[name] for name in rule.arguments}
            with staff_app.test_request_context():
                url = staff_app.url_for(rule.endpoint, **values)
            assert manager.open(url).status == 200, url


def test_offices_have_a_door_of_their_own(small_world: World, staff_app: Flask) -> None:
    small_world.do(
        people.create_user, by=small_world.admin, email="office@example.cn", password_hash=HASH, name="县局",
        role=Role.COUNTY, county="522701",
    )  # fmt: skip
    officer = Person(staff_app, "office@example.cn", PASSWORD)
    assert officer.open("/desk/").status == 403
    assert officer.open("/desk/receipts/new").status == 403
