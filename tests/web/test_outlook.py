"""What a form would come to, told while it is filled in; and of two clerks at once, the second is told."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from tests.browsing import Page, Person
from tests.web.staff import PASSWORD, give_password
from tests.world import World
from traceability.domain.people import Identity
from traceability.domain.units import local
from traceability.services import oversight
from traceability.store import work as ways
from traceability.store.chain import lots_by_id
from traceability.store.work import change

MOISTURES = {"fresh_moisture": "76.5", "made_moisture": "5.6"}


@pytest.fixture
def enter(staff_app: Flask, small_world: World) -> Callable[[Identity], Person]:
    return lambda who: Person(staff_app, give_password(staff_app, small_world, who), PASSWORD)


@pytest.fixture
def desk(enter: Callable[[Identity], Person], small_world: World) -> Person:
    return enter(small_world.firm.manager)


def opened(desk: Person, url: str) -> dict[str, Any]:
    """A form as its page has it, untouched."""
    page = desk.open(url)
    assert page.status == 200, page.text[:300]
    return page.forms[0].fields


def tried(desk: Person, url: str, script: bool = True, /, **typed: Any) -> str:
    """What the page tells when this is typed; white space even."""
    path, _mark, query = url.partition("?")
    sent = {**opened(desk, url), **{name.replace("_in_", "in-"): value for name, value in typed.items()}}
    headers = {"HX-Request": "true"} if script else {}
    answer = desk.client.post(f"{path}/preview?{query}", data=sent, headers=headers)
    assert answer.status_code == 200, answer.text[:300]
    page = Page(200, answer.text, path, answer.data, answer.headers)
    return page.text


class TestProcessing:
    URL = "/desk/processings/new"

    def typed(self, leaf: int, **more: str) -> dict[str, str]:
        return {f"in-{leaf}": "72.55", "rejects": "0.85", "out": "16.40", **MOISTURES, **more}

    def test_what_follows_is_told_and_nothing_is_written(self, small_world: World, desk: Person) -> None:
        leaf = small_world.leaf(kg="73.00")
        before = small_world.table_counts(notes=True)
        told = tried(desk, self.URL, **self.typed(leaf))
        for text in (
            "鲜干比 4.37 常见 4.2–6.0",
            "最多可制干茶 17.849 千克",
            "损耗 55.30 千克",
            "干茶批 16.40 千克",
        ):
            assert text in told
        assert "余 0.45，共 73.00 千克" in told
        assert small_world.table_counts(notes=True) == before

    def test_what_is_empty_is_still_to_fill_in_and_not_wrong(self, small_world: World, desk: Person) -> None:
        told = tried(desk, f"{self.URL}?lot={small_world.leaf(kg=10)}")
        assert "还要填：干茶、鲜叶含水率、干茶含水率" in told
        assert "余 0.00，共 10.00 千克" in told
        assert "还要填：" in (nothing := tried(desk, self.URL))
        assert "投入的鲜叶" in nothing

    @pytest.mark.parametrize(
        ("typed", "code"),
        [
            ({"out": "40"}, "ratio.under_floor"),
            ({"out": "10"}, "reason.missing"),
            ({"fresh_moisture": "95"}, ""),
        ],
    )
    def test_a_refusal_is_told_in_the_words_of_the_real_one(
        self, small_world: World, desk: Person, typed: dict[str, str], code: str
    ) -> None:
        asked = self.typed(small_world.leaf(kg=73), **typed)
        told = tried(desk, self.URL, **asked)
        page = desk.send(self.URL, **asked)
        assert page.status == 422
        assert not code or page.code == code
        said = page.html.split('class="error"')[1].split(">", 1)[1].split("<")[0]
        assert said
        assert said in told

    def test_what_cannot_be_read_stands_beside_its_input(self, small_world: World, desk: Person) -> None:
        leaf = small_world.leaf(kg=73)
        told = tried(desk, self.URL, **self.typed(leaf, **{f"in-{leaf}": "三十"}, out="x"))
        assert "“三十”不是重量" in told
        assert "“x”不是重量" in told

    def test_more_than_there_is_is_told_before_the_rest_is_filled_in(
        self, small_world: World, desk: Person
    ) -> None:
        leaf = small_world.leaf(kg=10)
        assert "需要 10.50 千克，在库 10.00 千克" in tried(desk, self.URL, **{f"in-{leaf}": "10.5"})

    def test_without_script_the_page_tells_the_same_and_keeps_what_was_typed(
        self, small_world: World, desk: Person
    ) -> None:
        leaf = small_world.leaf(kg=73)
        told = tried(desk, self.URL, False, **self.typed(leaf))
        assert "鲜干比 4.37 常见 4.2–6.0" in told
        sent = {**opened(desk, self.URL), **self.typed(leaf)}
        page = desk.post(f"{self.URL}/preview", sent)
        assert page.forms[0].action == self.URL
        assert page.forms[0].fields["out"] == ["16.40"]
        saved = desk.post(self.URL, page.forms[0].fields)
        assert "制成干茶 16.40 千克" in saved.text
        assert small_world.on_hand(leaf) == (450, 0)

    def test_who_comes_back_to_the_address_of_a_trial_gets_the_form(
        self, small_world: World, desk: Person
    ) -> None:
        leaf = small_world.leaf(kg=10)
        page = desk.open(f"{self.URL}/preview?lot={leaf}")
        assert page.url == self.URL
        assert page.forms[0].fields[f"in-{leaf}"] == ["10.00"]

    def test_only_lots_that_can_be_used_are_offered_latest_first(
        self, small_world: World, desk: Person
    ) -> None:
        old = small_world.leaf()
        small_world.do(oversight.hold_lot, by=small_world.county, lot=old, reason="票据不符")
        first, second = small_world.leaf(), small_world.leaf()
        html = desk.open(self.URL).html
        assert f"in-{old}" not in html
        assert html.index(f"in-{second}") < html.index(f"in-{first}")
        assert "另有 1 批在库而不能用" in html

    @pytest.mark.parametrize("name", ["in-²", "in-", "in-99999999999", "in-x", "-"])
    def test_an_input_no_page_has_is_left_alone(self, small_world: World, desk: Person, name: str) -> None:
        small_world.leaf()
        assert "还要填：" in tried(desk, self.URL, **{name: "1"})
        assert desk.send(f"{self.URL}?lot=²", **{name: "1"}).status in (200, 422)

    def test_an_empty_yard_says_what_to_do_first(self, small_world: World, desk: Person) -> None:
        assert "先收青" in desk.open(self.URL).text
        held = small_world.leaf()
        small_world.do(oversight.hold_lot, by=small_world.county, lot=held, reason="票据不符")
        assert "在库的现在都不能用" in desk.open(self.URL).text

    def test_what_was_made_in_time_is_told_days_later(self, small_world: World, desk: Person) -> None:
        leaf, made = small_world.leaf(kg=73), small_world.now + timedelta(hours=2)
        small_world.later(days=5)
        assert "只能报损" in tried(desk, self.URL, **self.typed(leaf))
        at = local(made).strftime("%Y-%m-%dT%H:%M")
        saved = desk.send(self.URL, **self.typed(leaf, at=at))
        assert "制成干茶 16.40 千克" in saved.text


def test_a_stage_before_a_long_change_says_so(
    small_world: World, desk: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ways, "REHEARSAL_MS", 20)
    leaf = small_world.leaf(kg=73)
    sent = {**opened(desk, TestProcessing.URL), **TestProcessing().typed(leaf)}
    with change(small_world.house) as work:
        lots_by_id(work.session, [leaf], lock=True)
        told = desk.client.post(
            f"{TestProcessing.URL}/preview", data=sent, headers={"HX-Request": "true"}
        ).text
    assert "账本正在写入一批较大的登记" in told


# --- the other stages ---------------------------------------------------------------------------------------


def test_refining_and_blending_tell_the_grade_and_the_loss(small_world: World, desk: Person) -> None:
    tea = small_world.tea(kg=2)
    refined = tried(desk, "/desk/refinings/new", **{f"in-{tea}": "2", "out": "1.9", "fines": "0.05"})
    assert "损耗 0.05 千克" in refined
    assert "筛末 0.05 千克" in refined
    batch = small_world.batch()
    into = tried(desk, f"/desk/blendings/new?lot={batch}", **{f"in-{tea}": "1", "into": str(batch)})
    assert "合计在库 3.00 千克" in into


def test_a_batch_in_the_address_is_where_the_tea_goes_and_is_not_poured_into_itself(
    small_world: World, desk: Person
) -> None:
    batch = small_world.batch()
    fields = opened(desk, f"/desk/blendings/new?lot={batch}")
    assert (fields["into"], fields[f"in-{batch}"]) == ([str(batch)], [""])


def test_samples_close_the_batch(small_world: World, desk: Person) -> None:
    batch = small_world.batch()
    url = f"/desk/lots/{batch}/sample"
    told = tried(desk, url, test="0.5", retained="0.3")
    assert "样品 0.80 千克" in told
    assert "余下在库 1.20 千克" in told
    assert "需要 9.30 千克，在库 2.00 千克" in tried(desk, url, test="9", retained="0.3")


def test_a_report_is_judged_while_it_is_typed(small_world: World, desk: Person) -> None:
    url = f"/desk/lots/{small_world.sampled_batch()}/report"
    values = {
        "value_moisture": "5.6", "value_total_ash": "5.7", "value_water_extract": "43.5",
        "value_crude_fibre": "11.8", "value_lead": "0.42", "value_pesticide_residue": "yes",
        "value_sensory_grade": "yes", "reported_on": "2026-04-04",
    }  # fmt: skip
    assert "合格 各项符合" in tried(desk, url, **values)
    failing = tried(desk, url, **{**values, "value_moisture": "6.7"})
    assert "不合格 水分不符合；保存以后批次冻结" in failing
    assert "不符合限值 ≤ 6.5" in failing
    assert "判定" not in tried(desk, url, value_moisture="6.0")


def test_a_lower_grade_is_judged_as_soon_as_it_is_chosen(small_world: World, desk: Person) -> None:
    batch = small_world.failed_batch()
    url, before = f"/desk/lots/{batch}/redeclare", small_world.table_counts(notes=True)
    chosen = tried(desk, url, grade="FIRST")
    assert "按一级判定 合格 报告各项符合" in chosen
    assert "原为" not in chosen
    told = tried(desk, url, grade="FIRST", reason="水分偏高")
    assert "批次等级 一级 原为珍品" in told
    assert "仍然冻结 改判以后由县局解除" in told
    same = tried(desk, url, grade="ZHENPIN", reason="水分偏高")
    assert "按珍品判定 不合格 水分不符合" in same
    assert "照这样填还不能保存" in same
    assert "照这样填还不能保存" in tried(desk, url, grade="ZUNPIN", reason="水分偏高")
    assert small_world.table_counts(notes=True) == before


def test_a_request_tells_marks_tea_and_what_is_left(small_world: World, desk: Person) -> None:
    url, product = f"/desk/lots/{small_world.passed_batch(kg=2)}/request", small_world.firm.p100
    told = tried(desk, url, **{f"packs-{product}": "10", f"spares-{product}": "1"})
    assert "申领标志 11 枚 其中备用 1 枚" in told
    assert "所占茶叶 1.00 千克" in told
    assert "可用 " in tried(desk, url, **{f"packs-{product}": "330"})


def test_packing_tells_best_before_marks_and_what_stays(small_world: World, desk: Person) -> None:
    marked = small_world.marked_batch()
    url, product = f"/desk/lots/{marked.batch}/pack", marked.product
    packs = {f"packs-{product}": "4"}
    assert "需要标志 4 枚，现在写了 0 枚" in tried(desk, url, **packs)
    packs[f"serials-{product}"] = str(marked.first(4)[0])
    told = tried(desk, url, **packs)
    assert "保质期至 2028年" in told
    assert "留给已发放而未使用的标志" in told
    over = tried(desk, url, **packs, **{f"over-{product}": "2"})
    assert "平均每件超出 0.50 克" in over
    assert "需要 0.402 千克，可用 0.40 千克" in over


def test_cartons_are_counted(small_world: World, desk: Person) -> None:
    packed = small_world.packed(packs=10)
    told = tried(desk, f"/desk/lots/{packed.lot}/cartons", size="4")
    assert "装箱 3 箱 末箱 2 件" in told
    assert "还没有装箱 0 件" in told


def test_labels_that_cannot_be_drawn_leave_the_cartons_form_where_it_belongs(
    small_world: World, desk: Person
) -> None:
    lot = small_world.packed(packs=10).lot
    desk.send(f"/desk/lots/{lot}/cartons", size="4")
    page = desk.send(f"/desk/lots/{small_world.packed(packs=10).lot}/cartons", size="20")
    assert page.status == 200
    page = desk.send(f"/desk/lots/{lot}/cartons", to="/labels", cartons=[])
    assert page.status == 422
    assert {one.action for one in page.forms} <= {
        f"/desk/lots/{lot}/cartons",
        f"/desk/lots/{lot}/cartons/labels#cartons",
    }


def test_goods_sent_and_received(small_world: World, desk: Person) -> None:
    packed = small_world.packed(packs=10)
    sent = {f"packs-{packed.lot}": "4", "consignee": str(small_world.shop), "carrier": "自送"}
    told = tried(desk, "/desk/dispatches/new", **sent)
    assert "在途 4 件 0.40 千克" in told
    assert "余 6，共 10 件" in told
    shipment = small_world.sent(packed.lot, packs=4)
    short = tried(desk, f"/desk/deliveries/{shipment}", **{f"got-{packed.lot}": "3"})
    assert "短少 1 件" in short
    assert "会提示县局" in short
    assert "还要填：实收" in tried(desk, f"/desk/deliveries/{shipment}", **{f"got-{packed.lot}": ""})


def test_a_refused_delivery_tells_what_goes_back_and_nothing_of_the_senders_stock(
    small_world: World, enter: Callable[[Identity], Person]
) -> None:
    packed = small_world.packed(packs=10)
    shipment = small_world.sent(packed.lot, packs=4, to=small_world.other.party)
    small_world.later(hours=1)
    url, before = f"/desk/deliveries/{shipment}/refuse", small_world.table_counts(notes=True)
    other = enter(small_world.other.manager)
    assert "退回" not in tried(other, url)
    told = tried(other, url, reason="箱破")
    assert "退回都匀示例茶业有限公司 4 件" in told
    assert "被收货方拒收：箱破" in told
    assert "6 件" not in told
    assert "10 件" not in told
    assert small_world.table_counts(notes=True) == before


def test_sales_returns_and_destruction(small_world: World, desk: Person) -> None:
    packed = small_world.packed(packs=10)
    url = f"/desk/lots/{packed.lot}/sell"
    assert "已售 4 件 0.40 千克 余下在库 6 件" in tried(desk, url, packs="4")
    assert "还要填：件数" in tried(desk, url)
    wholesale = tried(desk, url, packs="4", channel="wholesale")
    assert "请填写购货方" in wholesale
    assert "余 6，共 10 件" in wholesale
    sale = small_world.sold(packed.lot, packs=2)
    small_world.later(days=11)
    back = tried(desk, f"/desk/sales/{sale}/return", packs="1", restock="restock", reason="买多了")
    assert "售出至今 11 天 未开封、10 天以内的可以重新入库" in back
    assert "超过 10 天不能重新入库" in back
    gone = tried(
        desk, f"/desk/lots/{packed.lot}/destroy", packs="1", serials=str(packed.first(1)[0]), reason="受潮"
    )
    assert "已销毁 1 件" in gone


def test_a_count_and_a_write_off(small_world: World, desk: Person) -> None:
    tea = small_world.tea(kg=2)
    assert "账面 2.00 千克 清点 1.90 千克" in tried(desk, f"/desk/lots/{tea}/count", counted="1.9")
    assert "账实相符" in tried(desk, f"/desk/lots/{tea}/count", counted="2")
    assert "还要填：清点数" in tried(desk, f"/desk/lots/{tea}/count")
    url = f"/desk/lots/{tea}/write-off"
    assert "余 1.50，共 2.00 千克" in tried(desk, url, grams="0.5")
    assert "余下在库 1.50 千克" in tried(desk, url, grams="0.5", reason="受潮")


# --- two clerks at once ---------------------------------------------------------------------------------------


class TestTwoClerks:
    @pytest.fixture
    def clerk(self, enter: Callable[[Identity], Person], small_world: World) -> Person:
        return enter(small_world.firm.clerk)

    def test_the_second_is_told_who_took_it_and_keeps_what_was_typed(
        self, small_world: World, desk: Person, clerk: Person
    ) -> None:
        tea = small_world.tea(kg=2)
        mine = {
            **opened(desk, "/desk/blendings/new"),
            f"in-{tea}": "1.8",
            "batch_no": "DY-甲",
            "fines": "0.1",
        }
        small_world.later(minutes=7)
        assert clerk.send("/desk/blendings/new", **{f"in-{tea}": "2"}).status == 200
        page = desk.post("/desk/blendings/new", mine)
        assert page.status == 422
        assert "需要 1.80 千克，在库 0.00 千克" in page.text
        assert "打开本页时在库 2.00 千克，现在 0.00 千克，clerk于" in page.text
        kept = page.forms[0].fields
        assert [kept[name] for name in (f"in-{tea}", "batch_no", "fines")] == [["1.8"], ["DY-甲"], ["0.1"]]

    def test_also_when_there_is_still_enough_and_saving_again_saves(
        self, small_world: World, desk: Person, clerk: Person
    ) -> None:
        tea = small_world.tea(kg=2)
        url = f"/desk/lots/{tea}/write-off"
        mine = {**opened(desk, url), "grams": "0.5", "reason": "受潮"}
        assert clerk.send(url, grams="0.5", reason="受潮").status == 200
        page = desk.post(url, mine)
        assert page.code == "lot.moved"
        assert small_world.on_hand(tea) == (1500, 0)
        assert "已报损 0.50 千克" in desk.post(url, page.forms[0].fields).text
        assert small_world.on_hand(tea) == (1000, 0)

    def test_it_is_told_while_typing_too(self, small_world: World, desk: Person, clerk: Person) -> None:
        tea = small_world.tea(kg=2)
        url = f"/desk/lots/{tea}/write-off"
        mine = {**opened(desk, url), "grams": "0.5", "reason": "受潮"}
        clerk.send(url, grams="0.5", reason="受潮")
        told = desk.client.post(f"{url}/preview", data=mine, headers={"HX-Request": "true"}).text
        assert "打开本页时在库 2.00 千克" in told
        assert "1.00 千克" in told

    def test_a_form_sent_twice_is_answered_twice_and_booked_once(
        self, small_world: World, desk: Person
    ) -> None:
        tea = small_world.tea(kg=2)
        url = f"/desk/lots/{tea}/write-off"
        mine = {**opened(desk, url), "grams": "0.5", "reason": "受潮"}
        for _press in range(2):
            assert "已报损 0.50 千克" in desk.post(url, mine).text
        assert small_world.on_hand(tea) == (1500, 0)

    @pytest.mark.parametrize("seen", ["", "x", "1.2", "1.2.3.4", "9999999999999.1.1", "1.1.-5 ..", "1.1.１"])
    def test_what_a_page_never_sent_is_no_reason_to_refuse(
        self, small_world: World, desk: Person, seen: str
    ) -> None:
        tea = small_world.tea(kg=2)
        page = desk.send(f"/desk/lots/{tea}/write-off", grams="0.5", reason="受潮", seen=seen)
        assert "已报损 0.50 千克" in page.text

    def test_samples_drawn_by_another_are_told(self, small_world: World, desk: Person, clerk: Person) -> None:
        batch = small_world.batch()
        url = f"/desk/lots/{batch}/sample"
        mine = {**opened(desk, url), "test": "0.2", "retained": "0.1"}
        clerk.send(url, test="0.2", retained="0.1")
        text = desk.post(url, mine).text
        assert "已经抽样" in text
        assert "登记了抽样" in text


def test_who_may_not_record_cannot_try_either(
    small_world: World, enter: Callable[[Identity], Person]
) -> None:
    county = enter(small_world.county)
    assert county.client.post("/desk/processings/new/preview").status_code in (400, 403)
    assert county.client.get("/desk/processings/new/preview").status_code == 403
