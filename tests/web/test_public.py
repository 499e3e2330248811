"""The buyer's page: what a mark was issued for, told by degrees, with the scan kept before the answer."""

import re

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from tests.world import KEYS, Packed, World, profile
from traceability.domain.marks import encode, grouped
from traceability.domain.scans import Verdict
from traceability.services import lookup, marks, oversight, people
from traceability.store.scans import ScanRow
from traceability.store.work import look
from traceability.web import mark_page

GTIN = "6923450657713"


@pytest.fixture
def packed(small_world: World) -> Packed:
    """Ten packs with marks, one mark printed and not used, one spare."""
    return small_world.packed(packs=10, extra=1, spares=1)


def code_of(serial: int) -> str:
    return encode(serial, KEYS["k1"])


def first(packed: Packed) -> str:
    return code_of(packed.applied[0].first)


def unused(packed: Packed) -> int:
    return packed.applied[-1].last + 1


def scans(world: World) -> list[str | None]:
    """The client of every scan that was kept."""
    with look(world.house) as work:
        return list(work.session.scalars(sa.select(ScanRow.client).order_by(ScanRow.id)))


def told(visitor: FlaskClient, path: str) -> dict[str, object]:
    answer = visitor.get(path, headers={"Accept": "application/json"})
    assert answer.is_json
    return dict(answer.get_json())


def size(visitor: FlaskClient, path: str) -> int:
    with visitor.get(path) as answer:
        return len(answer.data)


class TestVerdicts:
    def test_the_first_look_says_so_and_the_second_says_how_often(
        self, visitor: FlaskClient, packed: Packed
    ) -> None:
        assert "本标志第一次被查验" in visitor.get(f"/m/{first(packed)}").text
        again = visitor.get(f"/m/{first(packed)}", headers={"User-Agent": "another phone"}).text
        assert "此前被查验过 1 次" in again
        assert "第一次是" in again

    def test_a_mark_that_was_not_used_shows_only_what_it_was_issued_for(
        self, visitor: FlaskClient, packed: Packed
    ) -> None:
        page = visitor.get(f"/m/{code_of(unused(packed))}").text
        assert "本标志尚未启用" in page
        assert "都匀示例茶业有限公司" in page
        assert "走过的路" not in page
        assert "包装日期" not in page

    def test_a_void_mark_warns(self, visitor: FlaskClient, packed: Packed, small_world: World) -> None:
        ranges = packed.nth(10)
        small_world.do(marks.void_marks, ranges=ranges, reason="污损")
        page = visitor.get(f"/m/{code_of(ranges[0].first)}").text
        assert "本标志已作废" in page
        assert "不应再出现在出售的茶叶上" in page

    def test_a_recall_stands_on_top_with_its_reason_and_what_to_do(
        self, visitor: FlaskClient, packed: Packed, small_world: World
    ) -> None:
        small_world.recall(by=small_world.county, lot=packed.lot, grade="II", reason="茶叶受潮")
        page = visitor.get(f"/m/{first(packed)}").text
        assert page.index("这批茶正在召回") < page.index("茶叶受潮") < page.index("与手中包装核对")
        assert "请不要饮用" in page
        assert "二级召回" in page

    def test_a_hold(self, visitor: FlaskClient, packed: Packed, small_world: World) -> None:
        small_world.do(oversight.hold_lot, by=small_world.county, lot=packed.lot, reason="核查")
        page = visitor.get(f"/m/{first(packed)}").text
        assert "这批茶已暂停销售" in page
        assert "核查期间" in page

    def test_past_its_best(self, visitor: FlaskClient, packed: Packed, small_world: World) -> None:
        small_world.at("2028-06-01T08:00")
        assert "这件茶已过保质期" in visitor.get(f"/m/{first(packed)}").text

    def test_a_suspension_is_told_beside_the_verdict(
        self, visitor: FlaskClient, packed: Packed, small_world: World
    ) -> None:
        small_world.do(
            people.suspend_enterprise, by=small_world.county, enterprise=small_world.firm.id, reason="核查"
        )
        page = visitor.get(f"/m/{first(packed)}").text
        assert "本标志第一次被查验" in page
        assert "起暂停" in page

    def test_every_verdict_has_colour_and_icon(self) -> None:
        assert set(mark_page.TONES) == set(Verdict)

    def test_nothing_is_ever_called_genuine(self, visitor: FlaskClient, packed: Packed) -> None:
        pages = [
            visitor.get(path).text for path in (f"/m/{first(packed)}", "/", f"/m/{code_of(unused(packed))}")
        ]
        assert not re.search("正品|真品|保真|genuine|authentic", "".join(pages), re.IGNORECASE)


class TestWhatIsShown:
    def test_everything_to_compare_with_the_pack(self, visitor: FlaskClient, packed: Packed) -> None:
        page = visitor.get(f"/m/{first(packed)}").text
        for text in (
            "都匀毛尖茶100", "珍品", "100 克", "都匀示例茶业有限公司", "91522701MAXTEA015P", "2026年3月26日",
            "2028年3月25日", f"No. {packed.applied[0].first:010d}", grouped(first(packed)),
        ):  # fmt: skip
            assert text in page, text

    def test_the_way_of_the_tea_in_its_order(self, visitor: FlaskClient, packed: Packed) -> None:
        page = visitor.get(f"/m/{first(packed)}").text
        way = page[page.index('class="way"') :]
        stages = ["采摘", "加工", "拼配成批", "抽样送检", "检验合格", "包装并加贴专用标志"]
        places = [way.index(stage) for stage in stages]
        assert places == sorted(places)
        assert "都匀市 螺蛳壳" in way

    def test_where_the_lot_was_sent_is_not_claimed_of_this_pack(
        self, visitor: FlaskClient, packed: Packed, small_world: World
    ) -> None:
        small_world.sent(packed.lot, packs=4)
        page = visitor.get(f"/m/{first(packed)}").text
        assert "贵阳" in page
        assert "不一定是手中这件" in page
        assert "贵阳门店" not in page

    def test_the_report_beside_its_limits_and_who_saw_it(self, visitor: FlaskClient, packed: Packed) -> None:
        page = re.sub("<[^>]+>", "", visitor.get(f"/m/{first(packed)}").text)
        for text in (
            "5.6 %",
            "≤ 6.5",
            "≥ 40.0",
            "农药残留符合",
            "示例检验中心",
            "数值由企业录入",
            "对照报告原件确认",
        ):
            assert text in page, text

    def test_growers_are_not_named(self, visitor: FlaskClient, packed: Packed) -> None:
        assert ">甲<" not in visitor.get(f"/m/{first(packed)}").text

    def test_the_telephone_for_doubts_is_a_link(self, visitor: FlaskClient, packed: Packed) -> None:
        assert 'href="tel:12315"' in visitor.get(f"/m/{first(packed)}").text

    def test_json_says_the_same(self, visitor: FlaskClient, packed: Packed) -> None:
        found = told(visitor, f"/m/{first(packed)}")
        assert found["verdict"] == "first_scan"
        assert found["pack"] == {
            "gi": "都匀毛尖茶", "product": "都匀毛尖茶100", "grade": "ZHENPIN", "net_content_g": 100, "gtin": None,
            "plucked_from": "2026-03-26", "plucked_to": "2026-03-26", "pack_day": "2026-03-26",
            "best_before": "2028-03-25", "control_number": f"{packed.applied[0].first:010d}",
            "code": grouped(first(packed)),
        }  # fmt: skip


class TestScans:
    def test_a_look_is_kept_before_it_is_answered(
        self, visitor: FlaskClient, packed: Packed, small_world: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        kept: list[int] = []
        answer = lookup.answer

        def watched(*args: object, **kwargs: object) -> object:
            kept.append(len(scans(small_world)))
            return answer(*args, **kwargs)  # type: ignore[arg-type]

        monkeypatch.setattr(lookup, "answer", watched)
        visitor.get(f"/m/{first(packed)}")
        assert set(kept) == {1}

    def test_what_is_kept_names_nobody(
        self, visitor: FlaskClient, packed: Packed, small_world: World
    ) -> None:
        headers = {"User-Agent": "a phone"}
        for address in (
            "203.0.113.7",
            "203.0.113.200",
            "198.51.100.7",
            "2001:db8:1:2::1",
            "2001:db8:1:ffff::9",
        ):
            visitor.get(f"/m/{first(packed)}", headers=headers, environ_base={"REMOTE_ADDR": address})
        one, same, other, six, same_six = scans(small_world)
        assert one == same != other
        assert six == same_six
        assert re.fullmatch(r"[0-9a-f]{32}", one or "")

    def test_a_client_cannot_be_followed_beyond_the_period(
        self, visitor: FlaskClient, packed: Packed, small_world: World
    ) -> None:
        visitor.get(f"/m/{first(packed)}")
        small_world.later(days=profile().client_key_days)
        visitor.get(f"/m/{first(packed)}")
        before, after = scans(small_world)
        assert before != after

    def test_head_keeps_no_scan(self, visitor: FlaskClient, packed: Packed, small_world: World) -> None:
        assert visitor.head(f"/m/{first(packed)}").status_code == 200
        assert scans(small_world) == []

    def test_an_unknown_code_keeps_nothing(
        self, visitor: FlaskClient, packed: Packed, small_world: World
    ) -> None:
        visitor.get("/m/0000000000000000")
        assert scans(small_world) == []

    def test_answers_are_not_stored_on_the_way(self, visitor: FlaskClient, packed: Packed) -> None:
        assert visitor.get(f"/m/{first(packed)}").headers["Cache-Control"] == "no-store"


class TestAddresses:
    @pytest.mark.parametrize("shape", ["/m/{}", "/M/{}"])
    def test_any_case_and_grouping_will_do(self, visitor: FlaskClient, packed: Packed, shape: str) -> None:
        code = first(packed)
        for written in (code, code.lower(), grouped(code)):
            assert visitor.get(shape.format(written)).status_code == 200

    def test_a_product_with_a_number_is_found_by_it_and_by_no_other(
        self, visitor: FlaskClient, small_world: World
    ) -> None:
        product = small_world.product(100, name="都匀毛尖茶礼盒", gtin=GTIN)
        code = first(small_world.packed(packs=2, product=product))
        assert visitor.get(f"/01/0{GTIN}/21/{code}").status_code == 200
        assert visitor.get(f"/01/{GTIN}/21/{code}").status_code == 200
        for wrong in ("04006381333931",):
            assert told(visitor, f"/01/{wrong}/21/{code}") == {"verdict": "unknown"}

    def test_a_product_without_a_number_is_not_found_by_one(
        self, visitor: FlaskClient, packed: Packed
    ) -> None:
        assert visitor.get(f"/01/{GTIN}/21/{first(packed)}").status_code == 404

    def test_all_unknown_codes_get_the_same_page(self, visitor: FlaskClient, packed: Packed) -> None:
        true = first(packed)
        wrong_mac = true[:-1] + ("0" if true[-1] != "0" else "1")
        wrong_serial = "Z" + true[1:]
        found = {visitor.get(f"/m/{code}").text.replace(code, "") for code in (wrong_mac, wrong_serial)}
        pages = {re.sub(r"about=[\w.-]+", "", page) for page in found}  # each look has a token of its own
        assert len(pages) == 1
        assert "没有查到这枚标志" in pages.pop()

    @pytest.mark.parametrize("typed", ["x" * 5000, "😀" * 16, "%00", "..%2f..", "<script>alert(1)</script>"])
    def test_nonsense_gets_a_helpful_page(self, visitor: FlaskClient, typed: str) -> None:
        answer = visitor.get(f"/m/{typed}")
        assert answer.status_code == 404
        assert "<script" not in answer.text
        assert len(answer.data) < 60_000


class TestTypedCodes:
    def test_it_leads_to_the_page(self, visitor: FlaskClient, packed: Packed) -> None:
        answer = visitor.get("/check", query_string={"code": f" {grouped(first(packed)).lower()} "})
        assert answer.status_code == 303
        assert answer.headers["Location"].lower() == f"/m/{first(packed)}".lower()

    def test_a_whole_address_may_be_pasted(self, visitor: FlaskClient, packed: Packed) -> None:
        answer = visitor.get(
            "/check", query_string={"code": f"HTTPS://TEA.EXAMPLE/01/0{GTIN}/21/{first(packed)}"}
        )
        assert answer.headers["Location"] == f"/m/{first(packed)}"

    @pytest.mark.parametrize(
        ("typed", "helped"),
        [
            ("", "请输入标签上的 16 位标志码。"),
            ("00RZ-5K7Q-M2XD-8T4", "标志码是 16 位，您输入了 15 位。"),
            ("0000012037", "这是 10 位的标志号码。"),
            ("00RZ-5K7Q-M2XD-8T4茶", "标志码里不会有这些字符：茶。"),
        ],
    )
    def test_help_is_about_length_and_characters_only(
        self, visitor: FlaskClient, typed: str, helped: str
    ) -> None:
        answer = visitor.get("/check", query_string={"code": typed})
        assert answer.status_code == 400
        assert helped in re.sub("<[^>]+>", "", answer.text)
        assert typed in answer.text


class TestPage:
    def test_it_is_light_and_needs_no_script(self, visitor: FlaskClient, packed: Packed) -> None:
        page = visitor.get(f"/m/{first(packed)}")
        assert "<script" not in page.text
        assert "style=" not in page.text
        parts = set(re.findall(r'(?:src|href)="(/static/[^"]+)"', page.text))
        assert len(parts) <= 2
        assert len(page.data) + sum(size(visitor, part) for part in parts) < 60_000

    def test_it_sets_no_session(self, visitor: FlaskClient, packed: Packed) -> None:
        assert "session" not in visitor.get(f"/m/{first(packed)}").headers.get("Set-Cookie", "")

    def test_the_start_page_has_a_form_for_the_code(self, visitor: FlaskClient) -> None:
        page = visitor.get("/")
        assert page.status_code == 200
        assert 'action="/check"' in page.text

    def test_a_large_blend_shows_its_largest_plots_and_one_rest(
        self, visitor: FlaskClient, small_world: World
    ) -> None:
        plots = [small_world.new_plot() for _ in range(9)]
        lots = {small_world.leaf(kg=5, plot=plot): 5000 for plot in plots}
        tea = small_world.run(lots, kg=10).lots[0]
        batch = small_world.batch({tea: 10_000})
        small_world.sample(batch)
        small_world.report(batch)
        issued = small_world.issued_batch(packs=5, batch=batch)
        small_world.print(issued.ranges)
        small_world.pack(batch, issued.ranges)
        page = visitor.get(f"/m/{code_of(issued.ranges[0].first)}").text
        assert "其余" in page
        assert sum(int(width) for width in re.findall(r'width="(\d+)" height="10"', page)) == 1000


def test_the_public_door_alone_has_no_staff_page(public_app: Flask) -> None:
    rules = {rule.rule for rule in public_app.url_map.iter_rules()}
    assert not {rule for rule in rules if rule.startswith(("/login", "/home"))}
