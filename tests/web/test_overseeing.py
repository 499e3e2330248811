"""Pages of an office beside its decisions: complaints to firms on their clock, a year's allowances for many plots."""

from collections.abc import Callable

import pytest
import sqlalchemy as sa

from tests.services.test_allowance_year import number_of
from tests.services.test_complaints import recorded
from tests.web.staff import Staff, hidden
from tests.world import World
from traceability.domain.people import Identity, Role
from traceability.services import complaints, findings

SignIn = Callable[[Identity], Staff]


@pytest.fixture
def world(small_world: World) -> World:
    return small_world


# --- complaints -------------------------------------------------------------------------------------------------------


def test_a_complaint_waits_on_the_first_screen_and_in_the_queue(staff: SignIn, world: World) -> None:
    number = recorded(world, words="汤色发暗", telephone="13800000000")
    officer = staff(world.county)
    for page in (officer.get("/office/").text, officer.get("/office/complaints").text):
        assert f'href="/office/complaints/{number}"' in page
        assert "还剩 7 个工作日" in page
    assert "13800000000" not in officer.get(f"/office/complaints/{number}").text
    assert "这一栏里没有投诉" in officer.text("/office/complaints?state=closed")
    assert "都匀示例茶业有限公司" in officer.text("/office/complaints?state=all&q=TS26")
    assert "没有符合条件的投诉" in officer.text("/office/complaints?q=nothing")
    assert staff(world.other_county).get(f"/office/complaints/{number}").status_code == 404


def test_one_that_is_late_leads_to_its_finding_and_back(staff: SignIn, world: World) -> None:
    number = recorded(world)
    world.later(days=20)
    world.do(findings.run_rules)
    officer = staff(world.county)
    assert "有 1 件逾期没有答复" in officer.text("/office/complaints")
    file = officer.get(f"/office/complaints/{number}").text
    assert "最迟应于 2026年4月7日答复" in file
    found = file.split('href="/office/findings/')[1].split('"')[0]
    page = officer.get(f"/office/findings/{found}").text
    assert "/office/complaints?state=all&amp;q=TS26-1-00001" in page
    world.do(complaints.answer_complaint, complaint=number, words="已回电")
    assert "已回电" in officer.text(f"/office/complaints/{number}")


# --- allowances of a year ---------------------------------------------------------------------------------------------

PAGE = "/office/plots/allowances"


def confirm(officer: Staff, address: str, **typed: str) -> tuple[int, str]:
    page = officer.get(f"{PAGE}{address}").text
    kept = {name: hidden(page, name) for name in ("csrf_token", "key", "shown")}
    answer = officer.client.post(f"{PAGE}/confirm{address}", data={**kept, **typed}, follow_redirects=True)
    return answer.status_code, answer.text


def test_plots_are_counted_confirmed_and_the_confirmation_taken_back(staff: SignIn, world: World) -> None:
    officer = staff(world.county)
    first = number_of(world, world.plots[0])
    address = f"?season=2027&q={first}"
    assert "核定 1 块" in officer.text(f"{PAGE}{address}")
    status, page = confirm(officer, address, reason=" ")
    assert (status, "请填写理由" in page or "reason.missing" in page) == (422, True)
    status, page = confirm(officer, address, reason="与去年相同")
    assert status == 200
    assert "2027 年额度已核定" in page
    assert "该年度已有额度" in page
    back = page.split(f'href="{PAGE}/')[1].split('"')[0]
    form = officer.get(f"{PAGE}/{back}").text
    typed = {name: hidden(form, name) for name in ("csrf_token", "key")} | {"reason": "选错地块"}
    page = officer.client.post(f"{PAGE}/{back}", data=typed, follow_redirects=True).text
    assert "核定已撤回" in page
    assert "已撤回" in page


def test_a_list_that_changed_is_shown_again_and_nothing_is_confirmed(staff: SignIn, world: World) -> None:
    officer = staff(world.county)
    page = officer.get(PAGE).text
    kept = {name: hidden(page, name) for name in ("csrf_token", "key", "shown")}
    world.new_plot()
    before = world.table_counts()
    answer = officer.client.post(f"{PAGE}/confirm", data={**kept, "reason": "与去年相同"})
    assert (answer.status_code, "allowance.list_changed" in answer.text) == (422, True)
    assert world.table_counts() == before


def test_an_observer_of_one_county_reads_its_pages_and_no_others(staff: SignIn, world: World) -> None:
    world.leaf(kg=5)
    recorded(world)
    observer = staff(world.user(Role.OBSERVER, county="522702"))
    assert "观察员（福泉市）：只读" in observer.text("/office/")
    assert "都匀示例茶业有限公司" not in observer.text("/office/complaints?state=all")
    assert observer.get(f"/office/enterprises/{world.firm.id}").status_code == 404
    assert observer.get("/office/books/county/522701").status_code == 404
    page = observer.get(f"{PAGE}?county=522701").text
    assert f'/office/plots/{world.plots[0]}"' not in page
    assert "confirm" not in page


# --- a firm's page ----------------------------------------------------------------------------------------------------


def test_a_firms_page_asks_as_much_however_many_marks_and_firms_there_are(
    staff: SignIn, world: World
) -> None:
    world.packed(packs=2)
    officer = staff(world.prefecture)
    address = f"/office/enterprises/{world.firm.id}"
    officer.get(address)
    few = asked(world, officer, address)
    for _ in range(3):
        world.packed(packs=2)
    assert asked(world, officer, address) == few


def asked(world: World, officer: Staff, address: str) -> int:
    """How many questions a page puts to the database."""
    said: list[str] = []
    engine = world.house.sessions.kw["bind"]

    def hear(*told: object) -> None:
        said.append(str(told[2]))

    sa.event.listen(engine, "before_cursor_execute", hear)
    assert officer.get(address).status_code == 200
    sa.event.remove(engine, "before_cursor_execute", hear)
    return len([one for one in said if one.lstrip().upper().startswith(("SELECT", "WITH"))])
