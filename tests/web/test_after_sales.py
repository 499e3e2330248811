"""The desk after the sale: complaints on their clock, recalls shown before they are ordered, returns, and staff."""

import re
from collections.abc import Callable
from io import BytesIO

import pytest
from flask import Flask
from PIL import Image

from tests.browsing import Page, Person
from tests.web.staff import Staff
from tests.world import World
from traceability.domain.people import Identity, May, Role
from traceability.domain.recalls import Scope
from traceability.services import chain, complaints, lists, people, recalls

SignIn = Callable[[Identity], Staff]
NEW = "/desk/complaints/new"


@pytest.fixture
def enter(staff_app: Flask, small_world: World, staff: SignIn) -> Callable[[Identity], Person]:
    """Somebody signed in, at a browser that reads forms out of the pages."""

    def entered(who: Identity) -> Person:
        person = Person(staff_app)
        person.client = staff(who).client
        return person

    return entered


@pytest.fixture
def manager(enter: Callable[[Identity], Person], small_world: World) -> Person:
    return enter(small_world.firm.manager)


def told(page: Page) -> str:
    assert page.status == 200, (page.status, page.code, page.text[:500])
    return page.html.partition('role="status">')[2].partition("<")[0]


def complain(person: Person, **more: str) -> Page:
    typed = {"channel": "telephone", "kind": "taste", "words": "汤色发暗"}
    return person.send(NEW, **(typed | more))


def picture() -> bytes:
    kept = BytesIO()
    Image.new("RGB", (20, 20), "green").save(kept, "JPEG")
    return kept.getvalue()


class TestComplaints:
    def test_from_the_telephone_to_its_end(self, small_world: World, manager: Person) -> None:
        packed = small_world.packed(packs=2)
        page = complain(manager, about=f"{packed.applied[0].first:010d}", telephone="0854-8221234")
        assert "投诉 TS26-1-00001 已登记" in told(page)
        assert "0854-8221234" in page.text
        assert "0854-8221234" not in manager.open("/desk/complaints?state=all").text
        page = manager.send(page.url, words="留样复检合格")
        assert "答复已登记" in told(page)
        page = manager.send(page.url, outcome="replaced", words="换了一盒")
        assert "已办结" in told(page)
        assert "0854" not in page.text
        assert "这一栏里没有投诉" in manager.open("/desk/complaints").text
        assert "换货" in page.text
        assert "待答复" in manager.send(page.url, words="点错了").text

    def test_the_board_and_the_list_tell_what_is_late(self, small_world: World, manager: Person) -> None:
        complain(manager)
        assert "有 1 件投诉等答复，最近的一件还有 7 天" in manager.open("/desk/").text
        small_world.later(days=8)
        assert "有 1 件投诉逾期没有答复" in manager.open("/desk/").text
        page = manager.open("/desk/complaints?state=overdue")
        assert "逾期 1 天" in page.text

    def test_a_photo_is_drawn_anew(self, small_world: World, manager: Person) -> None:
        page = manager.send(
            NEW, channel="counter", kind="package", words="盒子瘪了", files={"photo": ("a.jpg", picture())}
        )
        number = small_world.see(complaints.complaints)[0].complaint.id
        assert f"/desk/complaints/{number}.jpg" in page.html
        shown = manager.open(f"/desk/complaints/{number}.jpg")
        assert (shown.status, shown.headers["Content-Type"]) == (200, "image/jpeg")
        refused = manager.send(
            NEW, channel="counter", kind="package", words="盒子瘪了", files={"photo": ("a.jpg", b"<svg>")}
        )
        assert refused.code == "photo.refused"
        assert "盒子瘪了" in refused.text

    def test_what_is_wrong_is_said_and_what_was_typed_is_kept(self, manager: Person) -> None:
        assert "请选择" in manager.send(NEW, words="x").text
        assert complain(manager, about="没有这个").code == "complaint.about_unknown"
        page = complain(manager, telephone="张三", words="有异味")
        assert page.code == "number.unreadable"
        assert "有异味" in page.text
        assert complain(manager, words="").code == "text.missing"

    def test_the_second_of_two_clerks_is_told(self, small_world: World, manager: Person) -> None:
        complain(manager)
        number = small_world.see(complaints.complaints)[0].complaint.id
        url = f"/desk/complaints/{number}"
        form = manager.open(url).forms[0]
        small_world.do(complaints.answer_complaint, complaint=number, words="同事先答复了")
        page = manager.post(form.action, form.fields | {"words": ["我也答复"]})
        assert page.code == "complaint.moved"
        assert "已答复" in page.text
        assert "同事先答复了" in page.text

    def test_nobody_sees_anothers(
        self, small_world: World, manager: Person, enter: Callable[[Identity], Person]
    ) -> None:
        complain(manager)
        number = small_world.see(complaints.complaints)[0].complaint.id
        stranger = enter(small_world.other.manager)
        for way in ("", ".jpg"):
            assert stranger.open(f"/desk/complaints/{number}{way}").status == 404
        assert manager.open(f"/desk/complaints/{number}").headers["Cache-Control"] == "no-store"


class TestRecalls:
    def test_the_reach_is_shown_then_confirmed_then_followed(
        self, small_world: World, manager: Person
    ) -> None:
        packed = small_world.packed(packs=10, extra=1)
        small_world.do(chain.deliver, shipment=small_world.sent(packed.lot, packs=4))
        small_world.sold(packed.lot, channel="online", buyer="某茶行")
        serial = f"{packed.applied[0].first:010d}"
        page = manager.open(f"/desk/recalls/new?q={serial}")
        assert "看波及范围" in page.text
        url = f"/desk/lots/{packed.batch}/recall"
        page = manager.open(url)
        for figure in ("贵阳门店", "某茶行", "网店", "11 枚标志", "10 件（已销毁的不计）"):
            assert figure in page.text
        page = manager.send(url, grade="II", reason="受潮", step="check")
        assert "还没有召回" in page.text
        assert small_world.see(recalls.recalls) == []
        form = page.forms[0]
        page = manager.post(url, form.fields | {"step": "order"})
        assert "已发起召回" in told(page)
        assert "0 / 2 家已通知" in page.text
        again = manager.post(url, form.fields | {"step": "order"})
        assert again.url == page.url
        assert len(small_world.see(recalls.recalls)) == 1
        page = manager.send(page.url, to="notices", way="telephone")
        assert "已登记：通知了贵阳门店" in told(page)
        assert "1 / 2 家已通知" in page.text
        notice = manager.open(f"{page.url}/notice").text
        for said in ("召回通知书", "二级召回", "受潮", "某茶行：", "贵方共收到 4 件", serial):
            assert said in notice

    def test_goods_that_moved_meanwhile_are_shown_again(self, small_world: World, manager: Person) -> None:
        packed = small_world.packed(packs=10)
        url = f"/desk/lots/{packed.lot}/recall"
        form = manager.send(url, grade="I", reason="农残", step="check").forms[0]
        small_world.sold(packed.lot, buyer="刚来的客户")
        page = manager.post(url, form.fields | {"step": "order"})
        assert page.code == "recall.changed"
        assert "刚来的客户" in page.text
        page = manager.post(url, page.forms[0].fields | {"step": "order"})
        assert "已发起召回" in told(page)

    def test_what_is_missing_is_said_before_it_is_confirmed(
        self, small_world: World, manager: Person
    ) -> None:
        packed = small_world.packed(packs=2)
        url = f"/desk/lots/{packed.lot}/recall"
        page = manager.send(url, grade="I", reason=" ", step="check")
        assert "请写明原因" in page.text
        assert "确认召回" not in page.text
        assert manager.send(url, grade="", reason="x", step="order").status == 422
        assert small_world.see(recalls.recalls) == []

    def test_only_a_manager_recalls_and_only_the_own(
        self, small_world: World, manager: Person, enter: Callable[[Identity], Person]
    ) -> None:
        packed = small_world.packed(packs=2)
        shown = small_world.see(recalls.reach_of, lot=packed.lot).digest
        number = small_world.do(
            recalls.order_recall, scope=Scope.lot(packed.lot), grade="I", reason="x", shown=shown
        )
        clerk, stranger = enter(small_world.firm.clerk), enter(small_world.other.manager)
        assert clerk.open(f"/desk/lots/{packed.lot}/recall").status == 403
        assert clerk.open("/desk/recalls/new").status == 403
        assert clerk.open(f"/desk/recalls/{number}").status == 200
        for way in ("", "/notice"):
            assert stranger.open(f"/desk/recalls/{number}{way}").status == 404
        assert "没有找到" in manager.open("/desk/recalls/new?q=99").text
        assert "没有召回" in stranger.open("/desk/recalls").text


class TestReturns:
    def test_a_pack_in_hand_finds_its_sale(self, small_world: World, manager: Person) -> None:
        packed = small_world.packed(packs=10)
        small_world.sold(packed.lot, packs=2)
        small_world.sold(packed.lot, packs=1, ranges=packed.nth(4))
        named = small_world.listed(lists.SALES)[0].event
        page = manager.open(f"/desk/returns/new?q={packed.nth(4)[0].first:010d}")
        assert page.url == f"/desk/sales/{named.id}/return"
        assert "还有 10 天" in page.text
        assert f'value="{packed.nth(4)[0].first:010d}"' in page.html
        assert manager.open(f"/desk/returns/new?q={named.no}").url == page.url
        page = manager.open(f"/desk/returns/new?q={packed.first(1)[0].first:010d}")
        assert page.url != f"/desk/sales/{named.id}/return"
        assert "没有对得上的销售单" in manager.open("/desk/returns/new?q=不存在").text

    def test_serials_count_themselves_and_belong_to_the_sale(
        self, small_world: World, manager: Person
    ) -> None:
        packed = small_world.packed(packs=10)
        small_world.sold(packed.lot, packs=2, ranges=packed.first(2))
        sale = small_world.listed(lists.SALES)[0].event.id
        url = f"/desk/sales/{sale}/return"
        typed = {"restock": "destroy", "reason": "漏气"}
        page = manager.send(url, serials=str(packed.nth(5)[0].first), **typed)
        assert page.code == "marks.not_sold"
        page = manager.send(url, serials=str(packed.nth(1)[0].first), opened="y", **typed)
        assert "退回 1 件，销毁" in told(page)
        assert "漏气" in page.text
        assert "已开封" in page.text
        listed = manager.open("/desk/events?kind=return").text
        assert "1 件（0.10 千克） · 已销毁" in listed
        assert manager.send(url, **typed).status == 422
        assert small_world.breaches() == ()

    def test_the_days_are_counted_down(self, small_world: World, manager: Person) -> None:
        packed = small_world.packed(packs=3)
        sale = small_world.sold(packed.lot)
        small_world.later(days=10)
        assert "今天是最后一天" in manager.open(f"/desk/sales/{sale}/return").text
        small_world.later(days=1)
        assert "已过期 1 天，只能销毁" in manager.open(f"/desk/sales/{sale}/return").text
        small_world.recall(by=small_world.county, lot=packed.lot, grade="I", reason="x")
        assert "正在召回，只能销毁" in manager.open(f"/desk/sales/{sale}/return").text


def invited(person: Person, **more: str) -> str:
    """The way into the house that an invitation shows."""
    page = person.send("/desk/staff/invite", **({"name": "小王", "email": "wang@example.cn"} | more))
    assert page.status == 200, page.text[:400]
    found = re.search(r'id="link">[^<]*(/join/[^<]+)<', page.html)
    assert found, page.text
    return found[1]


class TestStaff:
    def test_a_clerk_joins_by_a_link_and_signs_in(
        self, small_world: World, manager: Person, staff_app: Flask
    ) -> None:
        link = invited(manager)
        guest = Person(staff_app)
        page = guest.open(link)
        assert "加入都匀示例茶业有限公司" in page.text
        assert page.headers["Cache-Control"] == "no-store"
        short = guest.send(link, password="short", again="short")
        assert "密码至少 10 个字符" in short.text
        assert "不一样" in guest.send(link, password="long enough it is", again="another one it is").text
        page = guest.send(link, password="long enough it is", again="long enough it is")
        assert "账户已建立" in page.text
        spent = guest.open(link)
        assert (spent.status, spent.code) == (404, "invitation.spent")
        assert "请直接登录" in spent.text
        clerk = Person(staff_app, "wang@example.cn", "long enough it is")
        assert clerk.open("/desk/").status == 200
        assert clerk.open("/desk/staff").status == 403

    def test_a_link_is_shown_once_and_kept_nowhere(self, small_world: World, manager: Person) -> None:
        link = invited(manager)
        assert link.rpartition("/")[2] not in manager.open("/desk/staff").html
        assert "wang@example.cn" in manager.open("/desk/staff").text
        assert manager.open("/join/" + "x" * 43).status == 404

    def test_sent_twice_it_is_one_invitation_with_one_link(self, small_world: World, manager: Person) -> None:
        form = manager.open("/desk/staff/invite").forms[0]
        typed = form.fields | {"name": ["小王"], "email": ["wang@example.cn"]}
        first, second = (manager.post("/desk/staff/invite", typed).html for _ in range(2))
        assert re.findall("/join/[^<]+", first) == re.findall("/join/[^<]+", second) != []
        assert len(small_world.see(people.own_staff).invitations) == 1

    def test_an_invitation_is_taken_back(self, manager: Person, staff_app: Flask) -> None:
        link = invited(manager)
        page = manager.send("/desk/staff", to="withdraw")
        assert "邀请已撤回" in page.text
        assert Person(staff_app).open(link).status == 404

    def test_what_a_clerk_may_do_counts_at_once(
        self, small_world: World, manager: Person, enter: Callable[[Identity], Person]
    ) -> None:
        clerk = enter(small_world.firm.clerk)
        assert clerk.open("/desk/receipts/new").status == 200
        url = f"/desk/staff/{small_world.firm.clerk.user}"
        page = manager.send(url, grants=[May.RECALL.value])
        assert "权限已更新" in page.text
        assert clerk.open("/desk/receipts/new").status == 403
        assert clerk.open("/desk/recalls/new").status == 200
        form = manager.open(url).forms[0]
        page = manager.post(url, form.fields | {"grants": [May.HOLD.value]})
        assert page.status == 422
        for stranger in (small_world.other.clerk, small_world.county):
            assert manager.open(f"/desk/staff/{stranger.user}").status == 404

    def test_no_menu_leads_a_clerk_to_a_closed_door(
        self, small_world: World, manager: Person, enter: Callable[[Identity], Person]
    ) -> None:
        manager.send(f"/desk/staff/{small_world.firm.clerk.user}", grants=[])
        clerk = enter(small_world.firm.clerk)
        menu = clerk.open("/desk/").html.partition('class="menu"')[2].partition("</nav>")[0]
        ways = re.findall(r'href="([^"]+)"', menu)
        assert len(ways) > 8
        assert {way: clerk.open(way).status for way in ways} == dict.fromkeys(ways, 200)

    def test_an_account_is_switched_off_while_it_is_in_use(
        self, small_world: World, manager: Person, enter: Callable[[Identity], Person]
    ) -> None:
        clerk = enter(small_world.firm.clerk)
        page = manager.send("/desk/staff", to=f"/desk/staff/{small_world.firm.clerk.user}/active")
        assert "账户已停用" in page.text
        assert "/login" in clerk.open("/desk/").url
        page = manager.send("/desk/staff", to=f"/desk/staff/{small_world.firm.clerk.user}/active")
        assert "账户已启用" in page.text

    def test_outside_the_firm_nothing_is_there(
        self, small_world: World, manager: Person, enter: Callable[[Identity], Person]
    ) -> None:
        invited(enter(small_world.other.manager), email="other@example.cn")
        number = small_world.see(people.own_staff, by=small_world.other.manager).invitations[0].id
        fields = manager.open("/desk/staff").forms[0].fields | {"active": "0"}
        for way in (
            f"invitations/{number}/withdraw",
            f"{small_world.other.clerk.user}/active",
            "999999/active",
        ):
            page = manager.post(f"/desk/staff/{way}", fields | {"key": way})
            assert page.status == 404, way
        assert small_world.see(people.own_staff, by=small_world.other.manager).invitations[0].ended_at is None

    def test_a_sign_in_name_looks_like_one(self, manager: Person) -> None:
        page = manager.send("/desk/staff/invite", name="小王", email="wang")
        assert "请填邮箱" in page.text
        assert 'value="小王"' in page.html
        assert manager.send("/desk/staff/invite", name=" ", email="w@example.cn").code == "text.missing"

    def test_the_last_manager_has_no_button_and_is_refused(self, small_world: World, manager: Person) -> None:
        page = manager.open("/desk/staff")
        own = f"/desk/staff/{small_world.firm.manager.user}/active"
        assert own not in page.html
        form = page.forms[0]
        page = manager.post(own, form.fields | {"active": "0", "key": "other"})
        assert page.code == "manager.last"

    def test_who_did_what_is_found_by_person_and_day(
        self, small_world: World, manager: Person, enter: Callable[[Identity], Person]
    ) -> None:
        small_world.received(by=small_world.firm.clerk)
        complain(manager)
        page = manager.open("/desk/staff/log")
        assert "收青" in page.text
        assert "登记投诉 TS26-1-00001" in page.text
        who = small_world.firm.clerk.user
        page = manager.open(f"/desk/staff/log?who={who}&day={small_world.today}")
        assert "收青" in page.text
        assert "登记投诉" not in page.text
        assert "没有记录" in manager.open("/desk/staff/log?day=2026-01-01").text
        assert "不是日期" in manager.open("/desk/staff/log?day=昨天").text
        assert manager.open(f"/desk/staff/log?who={small_world.other.manager.user}").status == 404
        assert manager.open("/desk/staff/log?who=x").status == 404
        assert manager.open("/desk/staff/log?page=99999999999").status == 200
        assert enter(small_world.firm.clerk).open("/desk/staff/log").status == 403

    def test_every_fact_a_firm_makes_has_a_name(self, small_world: World, manager: Person) -> None:
        packed = small_world.packed(packs=10, extra=2)
        small_world.sold(packed.lot)
        small_world.user(Role.CLERK, enterprise=small_world.firm.id)
        text = manager.open("/desk/staff/log").text
        assert not re.search(r"\b(chain|marks|print|staff|complaint|carton|report)\.[a-z_]+", text)
