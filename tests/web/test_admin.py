"""The administrator's pages: sign-ins, firms, offices, growers and plots, and nothing about tea or marks."""

import re
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select
from stdnum.cn import uscc

from tests.web.staff import Staff, hidden, sign_in, words_of
from tests.world import World
from traceability.domain.people import Identity, PlotState, Role, Standing
from traceability.services import people
from traceability.store.accounts import UserRow

SignIn = Callable[[Identity], Staff]
USCC = "91522701MAXTEA0991"


@pytest.fixture
def world(small_world: World) -> World:
    return small_world


@pytest.fixture
def admin(staff: SignIn, world: World) -> Staff:
    return staff(world.admin)


def user_fields(**more: str) -> dict[str, str]:
    default = {
        "email": "New@Example.cn", "name": "新来的", "role": "county", "enterprise": "", "county": "522701",
        "password": "typed by a person",
    }  # fmt: skip
    return default | more


# --- sign-ins -----------------------------------------------------------------------------------------------------


def test_everybody_is_listed_with_post_and_place(admin: Staff) -> None:
    told = admin.text("/admin/users")
    assert "县（市）局 2" in told
    assert "都匀示例茶业有限公司" in told
    assert "福泉市" in admin.text("/admin/users?role=county")


def made_up(page: str) -> str:
    """The password a form has made up."""
    found = re.search(r'name="password"[^>]*value="([^"]+)"', page)
    assert found
    return found[1]


def test_a_new_user_signs_in_with_the_password_shown_once(admin: Staff, staff_app: Flask) -> None:
    password = made_up(admin.get("/admin/users/new").text)
    page = admin.post("/admin/users/new", **user_fields(password=password))
    assert page.status_code == 200
    assert page.headers["Cache-Control"] == "no-store"
    shown = re.search(r'<code class="password">([^<]+)</code>', page.text)
    assert shown
    assert re.fullmatch(r"(?:[a-z2-9]{4}-){3}[a-z2-9]{4}", shown[1])
    assert sign_in(staff_app.test_client(), "new@example.cn", shown[1]).status_code == 302
    assert shown[1] not in admin.get("/admin/users").text


def test_a_password_is_kept_as_a_hash_only(admin: Staff, world: World) -> None:
    admin.post("/admin/users/new", **user_fields())
    with world.house.sessions() as session:
        kept = session.scalars(select(UserRow.password).where(UserRow.email == "new@example.cn")).one()
    assert kept.startswith("$argon2")
    assert "typed by a person" not in kept


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"password": "short"}, "password"),
        ({"password": ""}, "password"),
        ({"email": ""}, "email"),
        ({"name": " "}, "name"),
        ({"role": "county", "county": ""}, "role"),
        ({"role": "manager", "enterprise": ""}, "role"),
        ({"role": "emperor"}, "role"),
    ],
)
def test_what_is_wrong_stands_beside_its_field_and_nothing_is_written(
    admin: Staff, world: World, wrong: dict[str, str], field: str
) -> None:
    before = world.table_counts()
    answer = admin.post("/admin/users/new", **user_fields(**wrong))
    assert answer.status_code == 422
    assert f'href="#{field}"' in answer.text
    if "email" not in wrong:
        assert 'value="New@Example.cn"' in answer.text
    assert world.table_counts() == before


def test_a_sign_in_name_is_used_once(admin: Staff) -> None:
    assert admin.post("/admin/users/new", **user_fields()).status_code == 200
    again = admin.post("/admin/users/new", **user_fields())
    assert again.status_code == 422
    assert 'href="#email"' in again.text


def test_the_same_form_sent_twice_makes_one_user_whose_password_is_the_one_shown(
    admin: Staff, staff_app: Flask, world: World
) -> None:
    page = admin.get("/admin/users/new").text
    token, key = (re.search(rf'name="{n}"[^>]*value="([^"]+)"', page) for n in ("csrf_token", "key"))
    assert token
    assert key
    fields = user_fields(password=made_up(page)) | {"csrf_token": token[1], "key": key[1]}
    before = len(world.see(people.users, by=world.admin))
    admin.send("/admin/users/new", fields)
    again = admin.send("/admin/users/new", fields)
    assert len(world.see(people.users, by=world.admin)) == before + 1
    assert sign_in(staff_app.test_client(), "new@example.cn", fields["password"]).status_code == 302
    assert f'<code class="password">{fields["password"]}</code>' in again.text


def test_a_manager_is_made_for_a_firm(admin: Staff, world: World) -> None:
    asked = user_fields(role="manager", enterprise=str(world.firm.id), county="")
    assert admin.post("/admin/users/new", **asked).status_code == 200
    made = next(
        who for email, _active, who in world.see(people.users, by=world.admin) if email == "new@example.cn"
    )
    assert (made.role, made.enterprise) == (Role.MANAGER, world.firm.id)


def test_closing_and_opening_a_sign_in(admin: Staff, staff: SignIn, world: World) -> None:
    path = f"/admin/users/{world.firm.clerk.user}/active"
    clerk = staff(world.firm.clerk)
    assert admin.post(path, on="/admin/users", active="0").status_code == 303
    assert clerk.get("/desk/").status_code == 302
    assert admin.post(path, on="/admin/users", active="1").status_code == 303
    assert f"u{world.firm.clerk.user}@example.cn 已启用" in admin.text("/admin/users")


def test_a_forgotten_password_is_given_anew_and_every_session_ends(
    admin: Staff, staff: SignIn, staff_app: Flask, world: World
) -> None:
    clerk, path = staff(world.firm.clerk), f"/admin/users/{world.firm.clerk.user}/password"
    email = next(mail for mail, _, who in world.see(people.users, by=world.admin) if who == world.firm.clerk)
    assert path in admin.get("/admin/users").text
    password = made_up(admin.get(path).text)
    short = admin.post(path, password="short")
    assert short.status_code == 422
    assert clerk.get("/desk/").status_code == 200
    page = admin.post(path, password=password)
    assert f'<code class="password">{password}</code>' in page.text
    assert clerk.get("/desk/").status_code == 302
    door = staff_app.test_client()
    typed = {
        "email": email,
        "password": password,
        "csrf_token": hidden(door.get("/login").text, "csrf_token"),
    }
    assert door.post("/login", data=typed).status_code == 302
    assert admin.get("/admin/users/99999/password").status_code == 404


def test_nobody_closes_their_own(admin: Staff, world: World) -> None:
    answer = admin.post(f"/admin/users/{world.admin.user}/active", on="/admin/users", active="0")
    assert answer.status_code == 422
    assert admin.get("/admin/users").status_code == 200


# --- firms and offices --------------------------------------------------------------------------------------------


def test_a_firm_is_registered_without_any_right(admin: Staff, world: World) -> None:
    typed = {"name": "都匀新示例茶场", "uscc": USCC[:-1], "county": "522701", "sc_no": "SC11452270100099"}
    short = admin.post("/admin/enterprises/new", **typed)
    assert short.status_code == 422
    assert 'href="#uscc"' in short.text
    good = {**typed, "uscc": good_uscc()}
    assert admin.post("/admin/enterprises/new", **good).status_code == 303
    made = world.see(people.enterprises, by=world.admin)[-1]
    assert (made.enterprise.name, made.standing) == ("都匀新示例茶场", Standing.NONE)


def good_uscc() -> str:
    """A code whose check characters fit."""
    return next(one for c in "0123456789ABCDEFGHJKLMNPQRTUWXY" if uscc.is_valid(one := USCC[:-1] + c))


def test_an_administrator_has_no_override(admin: Staff) -> None:
    page = admin.get("/admin/enterprises/new").text
    assert "override" not in page
    typed = {"name": "x", "uscc": "91522701MAXTEA0150", "county": "522701", "override_reason": "硬要"}
    assert admin.post("/admin/enterprises/new", **typed).status_code == 422


def test_thirteen_offices_and_their_telephones(admin: Staff) -> None:
    assert admin.get("/admin/offices").text.count("修改电话") == 13
    assert admin.post("/admin/offices/522701", telephone="").status_code == 422
    assert admin.post("/admin/offices/522701", telephone="0854-8222315").status_code == 303
    assert "0854-8222315" in admin.text("/admin/offices")
    assert admin.get("/admin/offices/110000").status_code == 404


# --- growers and plots ----------------------------------------------------------------------------------------------


def test_a_grower_and_a_plot_that_waits_for_the_county(admin: Staff, world: World) -> None:
    grower = {"kind": "household", "name": "韦示例", "township": "522701110", "no": ""}
    assert admin.post("/admin/growers/new", **grower).status_code == 303
    assert "韦示例" in admin.text("/admin/growers")
    number = next(one[0] for one in world.see(people.growers, by=world.admin) if one[3] == "韦示例")
    plot = {
        "no": "新-01", "grower": str(number), "township": "522701110", "place": "螺蛳壳", "area_mu": "6.5",
        "cultivar": "", "altitude_m": "",
    }  # fmt: skip
    wrong = admin.post("/admin/plots/new", **(plot | {"area_mu": "六亩半"}))
    assert wrong.status_code == 422
    assert 'value="六亩半"' in wrong.text
    assert admin.post("/admin/plots/new", **plot).status_code == 303
    made = next(one for one in world.see(people.plots, by=world.admin) if one.no == "新-01")
    assert made.state is PlotState.PROPOSED
    assert "新-01" in admin.text("/admin/plots?q=韦示例")


def test_a_township_code_is_read_strictly(admin: Staff) -> None:
    grower = {"kind": "household", "name": "甲", "township": "5227", "no": ""}
    answer = admin.post("/admin/growers/new", **grower)
    assert answer.status_code == 422
    assert 'href="#township"' in answer.text


# --- what is none of an administrator's business ----------------------------------------------------------------------


def test_an_administrator_sees_nothing_of_tea_or_marks(admin: Staff, world: World) -> None:
    packed = world.packed()
    for path in (
        f"/office/lots/{packed.lot}",
        "/office/requests",
        "/desk/",
        f"/office/requests/{packed.request}",
    ):
        assert admin.get(path).status_code == 403, path
    told = words_of(admin.get("/admin/enterprises"))
    assert "授权" not in told
    assert "暂停用标" not in told
