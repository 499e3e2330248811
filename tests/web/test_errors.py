"""Every refusal has a text in plain words and a status, whatever facts it comes with."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from flask import Flask, abort
from flask.testing import FlaskClient

from traceability.domain import errors
from traceability.domain.chain import EventKind
from traceability.domain.errors import Refusal
from traceability.domain.marks import MarkState
from traceability.domain.people import Role
from traceability.domain.profile import Grade
from traceability.formats.labels import errors as label_errors
from traceability.formats.workbook import errors as workbook_errors
from traceability.web.errors import WORDINGS, refusal_field, refusal_status, refusal_text
from traceability.web.guard import PUBLIC, allow


def family(kind: type[Refusal]) -> Iterator[type[Refusal]]:
    yield kind
    for one in kind.__subclasses__():
        yield from family(one)


ALL = sorted(
    {one for one in family(Refusal) if one.__module__.startswith("traceability.")}, key=lambda one: one.code
)
BLANK = re.compile(r"%\((\w+)\)s")

#: Facts by name, as the domain gives them; every blank of every text can be filled from here.
PLAUSIBLE: dict[str, object] = {
    "plots": 12,
    "text": "三十斤", "value": "都匀毛尖茶", "characters": "㵘", "low": Decimal(0), "high": 100,
    "limit_g": 1_000_000_000,
    "asked_g": 33_000, "free_g": 31_880, "reserved_g": 700, "on_hand_g": 31_880, "left_g": 4500, "net_g": 501_000,
    "gross_g": 10_500, "tare_g": 10_500, "leaf_g": 144_800, "out_g": 40_000, "in_g": 30_000, "sent_g": 5000,
    "got_g": 6000, "counted_g": 10, "booked_g": 9, "ratio": Decimal("3.62"), "floor": Decimal("4.02"),
    "at": datetime(2026, 4, 6, 8, tzinfo=UTC), "now": datetime(2026, 4, 5, 8, tzinfo=UTC), "born": date(2026, 4, 7),
    "day": date(2026, 4, 6), "since": datetime(2026, 4, 6, 8, tzinfo=UTC), "until": date(2026, 4, 6),
    "active_from": date(2026, 4, 1), "best_before": date(2028, 4, 5), "plucked_on": date(2026, 3, 26),
    "reported_on": date(2026, 4, 4), "printed_for": date(2026, 4, 6), "packed_on": date(2026, 4, 7),
    "lot": "DY26-LSK-ZP-003", "plot": "LSK-01", "batch": "DY26-LSK-ZP-003", "carton": "CT26-1-00001", "no": "LSK-01",
    "shipment": "C26-1-00001", "design": "a4-40", "grade": Grade.FIRST, "asked": Grade.ZUNPIN, "best": Grade.ZHENPIN,
    "scope": ["SPECIAL", "FIRST"], "failing": ["moisture"], "parameter": "moisture", "moisture": Decimal("68.0"),
    "stage": "fresh", "role": Role.COUNTY.value, "permission": "marks:decide", "kind": "leaf", "cause": "report.failed",
    "state": MarkState.VOID.value, "serials": "0000012001–0000012002", "packs": 200, "marks": 199, "given": 199,
    "asked_packs": 12, "on_hand_packs": 10, "sold": 3, "returned": 1, "allowed": 2, "before": 2, "hours": 50,
    "limit": 48, "days": 11, "months": 18, "report_no": "DY-JC-2026-0412", "uscc": "91522701MAXTEA015X",
    "gtin": "6901234567890", "township": "522601100", "email": "a@example.cn", "why": "整改", "longest": 40,
    "length": 41, "choice": "寄卖", "several": ["#3", "#9"], "most": 1_000, "size": 13_000_000, "largest": 12_000_000,
    "sheet": "收青", "sheets": ["茶农", "地块"], "column": "毛重（千克）*", "cells": "A2:A5", "cell": "ZZ1",
    "row": 17, "rows": 9_000, "choices": ["是", "否"], "recorded": "18.50", "height_mm": 2, "needed_mm": 3,
    "lon": Decimal("107.376800"), "lat": Decimal("26.262500"), "file": "counties.geojson",
    "because": "ratio.outside_band", "megapixels": 40,
    "seen_g": 35_080, "seen_packs": 12, "who": "王五", "what": EventKind.PROCESSING,
    "recorded_at": datetime(2026, 4, 6, 8, tzinfo=UTC),
    "permissions": ["marks:print", "lot:recall"], "waiting": 3,
    "known": 1, "visit_state": "done", "sample_state": "reported", "seal_no": "F-0001",
}  # fmt: skip


@pytest.mark.usefixtures("chinese")
@pytest.mark.parametrize("kind", ALL, ids=lambda one: one.code)
class TestEveryRefusal:
    def test_has_its_own_wording(self, kind: type[Refusal]) -> None:
        assert kind.code in WORDINGS

    def test_says_why_with_plausible_facts(self, kind: type[Refusal]) -> None:
        text = refusal_text(kind(**PLAUSIBLE))
        assert re.search(r"[一-鿿].*。$", text)
        assert "%(" not in text
        assert "—" not in text.replace("32100—2015", "")

    def test_says_why_without_any_fact(self, kind: type[Refusal]) -> None:
        text = refusal_text(kind())
        assert text.endswith("。")
        assert "%(" not in text

    def test_has_a_status_of_a_refusal(self, kind: type[Refusal]) -> None:
        assert refusal_status(kind()) in {403, 404, 409, 413, 422}


def test_no_wording_is_left_over() -> None:
    assert set(WORDINGS) == {one.code for one in ALL}
    assert label_errors.LabelRefused in ALL
    assert workbook_errors.WorkbookRefused in ALL


@pytest.mark.usefixtures("chinese")
class TestNumbers:
    def test_grams_are_shown_as_kilograms(self) -> None:
        text = refusal_text(errors.RequestExceedsBatch(asked_g=33_000, free_g=31_880))
        assert text.startswith("申请 33.00 千克，可用 31.88 千克。")

    def test_packs_are_shown_as_packs(self) -> None:
        text = refusal_text(
            errors.LotOverdrawn(lot="K1", asked_g=1200, on_hand_g=1000, asked_packs=12, on_hand_packs=10)
        )
        assert text == "批次 K1：需要 12 件，在库 10 件。"

    def test_tea_that_is_no_pack_is_shown_in_kilograms(self) -> None:
        text = refusal_text(
            errors.LotOverdrawn(lot="B1", asked_g=1200, on_hand_g=1000, asked_packs=0, on_hand_packs=0)
        )
        assert text == "批次 B1：需要 1.20 千克，在库 1.00 千克。"

    def test_one_mark_for_each_pack(self) -> None:
        assert (
            refusal_text(errors.MarksMiscounted(packs=200, marks=199))
            == "每件恰好一枚标志：200 件，给了 199 枚。"
        )

    def test_moments_are_those_of_duyun(self) -> None:
        at = datetime(2026, 4, 5, 20, 30, tzinfo=UTC)
        assert "2026年4月6日 04:30" in refusal_text(errors.InTheFuture(at=at, now=at))

    def test_grades_and_parameters_have_their_names(self) -> None:
        text = refusal_text(errors.GradeLimitsNotMet(grade=Grade.FIRST, failing=["moisture", "lead"]))
        assert text == "降为一级也不符合限量：水分、铅。"

    def test_numbers_of_rows_are_not_shown(self) -> None:
        assert (
            refusal_text(errors.LotHeld(lot=17, cause="office"))
            == "批次已被冻结（监管部门冻结），解除之前不能动用。"
        )

    def test_states_of_marks_and_of_requests_are_told_apart(self) -> None:
        assert "已缴回" in refusal_text(errors.MarksNotLive(serials="1", state="returned"))
        assert "“待审批”" in refusal_text(errors.RequestNotOpen(request="Q1", state="filed"))

    def test_an_unconfirmed_report_is_not_called_failed(self) -> None:
        text = refusal_text(errors.BatchNotPassed(batch="B1", failing=["report_not_confirmed"]))
        assert text == "批次 B1 的检验报告还没有经市场监管人员对照原件确认。"

    def test_the_reason_asked_for_is_explained(self) -> None:
        text = refusal_text(errors.ReasonMissing(because="ratio.outside_band", ratio=Decimal("6.40")))
        assert text.startswith("鲜干比 6.40 不在通常范围内")

    def test_a_file_too_large_names_the_limit(self) -> None:
        error = errors.FileRefused(size=13_000_000, largest=10_000_000)
        assert refusal_text(error) == "文件有 13.0 MB，超过上限 10 MB。"
        assert refusal_status(error) == 413
        assert refusal_status(errors.FileRefused(size=0, largest=10_000_000)) == 422


def test_the_field_is_the_facts_own_or_the_codes() -> None:
    assert refusal_field(errors.TextMissing(field="lab")) == "lab"
    assert refusal_field(errors.LotOverdrawn()) == "grams"
    assert refusal_field(errors.NotAllowed()) is None


@allow(PUBLIC)
def _refuse() -> str:
    raise errors.LotReserved(lot="B1", asked_g=2000, free_g=1500, reserved_g=700)


@allow(PUBLIC)
def _break() -> str:
    raise RuntimeError("a secret of the house")


@allow(PUBLIC)
def _slow_down() -> str:
    abort(429)


class TestPages:
    @pytest.fixture
    def visitor(self, public_app: Flask) -> FlaskClient:
        public_app.config.update(TESTING=False)
        for path, view in (("/refuse", _refuse), ("/break", _break), ("/slow", _slow_down)):
            public_app.add_url_rule(path, view_func=view)
        client = public_app.test_client()
        client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "zh-CN"
        return client

    def test_a_refusal_is_a_page_with_its_code(self, visitor: FlaskClient) -> None:
        answer = visitor.get("/refuse")
        assert answer.status_code == 422
        assert "1.50 千克" in answer.text
        assert "lot.reserved" in answer.text

    def test_a_refusal_is_json_for_a_program(self, visitor: FlaskClient) -> None:
        answer = visitor.get("/refuse", headers={"Accept": "application/json"})
        assert answer.status_code == 422
        assert answer.get_json()["code"] == "lot.reserved"
        assert answer.get_json()["field"] == "grams"
        assert answer.get_json()["facts"] == {"lot": "B1", "asked_g": 2000, "free_g": 1500, "reserved_g": 700}
        assert answer.get_json()["message"].startswith("批次 B1")

    def test_a_fault_of_ours_says_nothing_about_the_inside(self, visitor: FlaskClient) -> None:
        answer = visitor.get("/break")
        assert answer.status_code == 500
        assert "系统出了故障" in answer.text
        assert "secret" not in answer.text
        assert "RuntimeError" not in answer.text

    def test_pages_that_are_not_there(self, visitor: FlaskClient) -> None:
        assert visitor.get("/nowhere").status_code == 404
        answer = visitor.get("/nowhere", headers={"Accept": "application/json"})
        assert answer.json == {"code": "http.404", "message": "没有这个页面"}

    def test_methods_that_do_not_fit_name_those_that_do(self, visitor: FlaskClient) -> None:
        answer = visitor.delete("/")
        assert answer.status_code in {400, 405}

    def test_too_many_questions(self, visitor: FlaskClient) -> None:
        answer = visitor.get("/slow")
        assert answer.status_code == 429
        assert "查询太频繁" in answer.text

    def test_the_way_back_leads_only_to_pages_of_ours(self, visitor: FlaskClient) -> None:
        assert (
            'href="/there?a=1"'
            in visitor.get("/refuse", headers={"Referer": "http://localhost/there?a=1"}).text
        )
        assert "evil" not in visitor.get("/refuse", headers={"Referer": "http://localhost.evil/x"}).text
