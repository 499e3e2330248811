"""More allowance on pages: the slip that did not fit, the firm's requests, the office's answer."""

from collections.abc import Callable

import pytest

from tests.services.test_slips import refused, small_plot, weighed
from tests.web.staff import Staff, hidden
from tests.world import World
from traceability.domain.allowance import AskState
from traceability.domain.people import Identity
from traceability.services import allowance, chain, people

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


@pytest.fixture
def slip(world: World) -> int:
    """70 kg on a card with 65 kg left."""
    return refused(world, weighed(world, plot=small_plot(world), kg=70))


def asked(world: World) -> int:
    return world.do(allowance.ask_for_allowance, plot=world.plot, grams=20_000, reason="今年采得早")


class TestSlip:
    def test_it_goes_from_refused_to_booked(
        self, world: World, clerk: Staff, officer: Staff, slip: int
    ) -> None:
        page = f"/desk/leaf/refused/{slip}"
        told = clerk.text(page)
        assert "现在收下 65.00 千克并记账，另外 5.00 千克向都匀市市场监督管理局申请额度" in told
        answer = clerk.post(f"{page}/ask", on=page, reason="今年采得早")
        assert (answer.status_code, answer.location) == (303, page)
        told = clerk.text(page)
        assert "已经记账 65.00 千克 ，其余 5.00 千克待处理" in told
        assert "申请 5.00 千克 等待答复" in told
        assert "收下余额" not in told
        assert "已收 65.00 千克" in clerk.text("/desk/leaf/refused")

        [line] = world.see(allowance.requests, by=world.county)
        path = f"/office/allowance/{line.request.id}"
        assert path in officer.get("/office/allowance").text
        told = officer.text(path)
        for text in ("申请 2026 年春茶再增加 5.00 千克", "今年采得早", "R26-1-B01-0001", "已收 65.00 千克"):
            assert text in told
        assert 'value="5.00"' in officer.get(path).text
        assert officer.post(f"{path}/grant", on=path, grams="5", reason="实地看过").status_code == 303
        assert "已增加" in officer.text(path)

        assert "增加了 5.00 千克 额度" in clerk.text("/desk/")
        told = clerk.text(page)
        assert "账面可以全部收下" in told
        assert clerk.post(f"{page}/accept", on=page, net="5").status_code == 303
        assert world.see(chain.open_slips) == []
        assert "增加了" not in clerk.text("/desk/")

    def test_a_refused_request_says_why_on_board_and_slip(
        self, world: World, clerk: Staff, officer: Staff, slip: int
    ) -> None:
        page = f"/desk/leaf/refused/{slip}"
        clerk.post(f"{page}/ask", on=page, reason="今年采得早")
        path = f"/office/allowance/{world.see(allowance.requests)[0].request.id}"
        answer = officer.post(f"{path}/refuse", on=path, reason=" ")
        assert answer.status_code == 422
        officer.post(f"{path}/refuse", on=path, reason="面积未变")
        assert "没有获准：面积未变" in clerk.text("/desk/")
        told = clerk.text(page)
        assert "答复：面积未变" in told
        assert "只收下额度以内的部分" not in told
        answer = clerk.post(f"{page}/drop", on=page, reason="其余已退回")
        assert answer.status_code == 303
        assert "已按 65.00 千克记账，其余没有记账，原因：其余已退回" in clerk.text(page)

    def test_without_a_reason_nothing_is_taken(self, world: World, clerk: Staff, slip: int) -> None:
        page = f"/desk/leaf/refused/{slip}"
        before = world.table_counts()
        answer = clerk.post(f"{page}/ask", on=page, reason="")
        assert answer.status_code == 422
        assert 'id="ask-reason"' in answer.text
        assert answer.text.count("请写明原因") >= 1
        assert world.table_counts() == before

    def test_a_double_click_asks_once(self, world: World, clerk: Staff, slip: int) -> None:
        page = f"/desk/leaf/refused/{slip}"
        shown = clerk.get(page).text
        fields = {"csrf_token": hidden(shown, "csrf_token"), "key": "once", "reason": "今年采得早"}
        assert [clerk.send(f"{page}/ask", fields).status_code for _ in range(2)] == [303, 303]
        assert len(world.see(allowance.requests)) == 1


class TestDesk:
    def test_it_is_asked_for_from_the_list(self, world: World, clerk: Staff) -> None:
        assert "还没有额度申请" in clerk.text("/desk/allowance")
        answer = clerk.post("/desk/allowance/new", plot=world.plot, grams="20", reason="今年采得早")
        assert answer.status_code == 303
        told = clerk.text("/desk/allowance")
        assert "20.00" in told
        assert "等待答复" in told
        again = clerk.post("/desk/allowance/new", plot=world.plot, grams="20", reason="再问")
        assert again.status_code == 422
        assert "已有一份额度申请在等县局答复" in again.text

    def test_it_is_withdrawn_once(self, world: World, clerk: Staff) -> None:
        number = asked(world)
        page = clerk.get("/desk/allowance").text
        fields = {"csrf_token": hidden(page, "csrf_token"), "key": f"withdraw-{number}"}
        path = f"/desk/allowance/{number}/withdraw"
        assert clerk.send(path, fields).status_code == 303
        assert world.see(allowance.requests)[0].request.state is AskState.WITHDRAWN
        assert clerk.send(path, fields | {"key": "another"}).status_code == 422

    def test_another_firms_request_is_not_there(self, world: World, staff: SignIn) -> None:
        number = asked(world)
        other = staff(world.other.manager)
        assert "还没有额度申请" in other.text("/desk/allowance")
        token = hidden(other.get("/desk/allowance/new").text, "csrf_token")
        answer = other.send(f"/desk/allowance/{number}/withdraw", {"csrf_token": token, "key": "k"})
        assert answer.status_code in (404, 422)
        assert world.see(allowance.requests)[0].request.state is AskState.OPEN


class TestOffice:
    def test_another_county_does_not_see_it(self, world: World, staff: SignIn) -> None:
        number = asked(world)
        other = staff(world.other_county)
        assert "没有等待答复的额度申请" in other.text("/office/allowance")
        assert other.get(f"/office/allowance/{number}").status_code == 404

    def test_an_observer_reads_and_decides_nothing(self, world: World, staff: SignIn) -> None:
        number = asked(world)
        watcher = staff(world.observer)
        page = watcher.get(f"/office/allowance/{number}").text
        assert "今年采得早" in page
        assert "批准并增加额度" not in page

    def test_bad_weights_and_late_answers_are_told(self, world: World, officer: Staff) -> None:
        number = asked(world)
        path = f"/office/allowance/{number}"
        for grams in ("", "很多", "0", "-3", "99999999"):
            assert officer.post(f"{path}/grant", on=path, grams=grams, reason="看过").status_code == 422
        shown = officer.get(path).text
        fields = {"csrf_token": hidden(shown, "csrf_token"), "key": "late", "grams": "5", "reason": "看过"}
        world.do(allowance.withdraw_request, request=number)
        answer = officer.send(f"{path}/grant", fields)
        assert answer.status_code == 422
        assert "已经作出决定" in answer.text

    def test_the_plots_list_leads_to_what_is_left(self, world: World, officer: Staff) -> None:
        number = asked(world)
        world.do(allowance.grant_allowance, by=world.county, request=number, grams=1_000, reason="看过")
        assert "13,001.00" in officer.text("/office/plots")
        assert world.see(people.plots)[0].area_mu == 200
