"""Who may enter what: closed unless opened, and each post only through its own door."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask

from tests.web.conftest import app_over
from tests.web.staff import Staff, give_password, sign_in, words_of
from tests.world import World
from traceability.domain.people import FIRM_ROLES, Identity, May, Role
from traceability.services import people
from traceability.web.guard import PUBLIC, SIGNED_IN

SignIn = Callable[[Identity], Staff]

#: The first page of each door, and the posts it is for.
DOORS = {
    "/desk/": {Role.MANAGER, Role.CLERK},
    "/office/": {Role.COUNTY, Role.PREFECTURE, Role.OBSERVER},
    "/admin/users": {Role.ADMINISTRATOR},
}


def person(world: World, role: Role) -> Identity:
    posts = {
        Role.MANAGER: world.firm.manager, Role.CLERK: world.firm.clerk, Role.COUNTY: world.county,
        Role.PREFECTURE: world.prefecture, Role.OBSERVER: world.observer, Role.ADMINISTRATOR: world.admin,
    }  # fmt: skip
    return posts[role]


def openings(app: Flask) -> dict[str, frozenset[str]]:
    return {name: getattr(view, "permission", frozenset()) for name, view in app.view_functions.items()}


def some_path(rule: str) -> str:
    """A rule's address with something in its blanks."""
    return re.sub(r"<(?:int:)?[^>]+>", "1", rule)


def test_every_view_says_who_may_enter(staff_app: Flask) -> None:
    found = openings(staff_app)
    assert {name for name, permission in found.items() if not permission} == set()
    assert {one for permission in found.values() for one in permission} <= {PUBLIC, SIGNED_IN, *May}


def test_no_view_behind_a_staff_door_is_open_to_everybody(staff_app: Flask) -> None:
    behind = {
        n: p
        for n, p in openings(staff_app).items()
        if n.split(".")[0] in {"enterprise", "regulator", "admin"}
    }
    assert behind
    assert {name for name, permission in behind.items() if permission & {PUBLIC, SIGNED_IN}} == set()


def test_a_view_that_says_nothing_stays_closed(staff_app: Flask) -> None:
    staff_app.add_url_rule("/forgotten", "forgotten", lambda: "inside")
    assert staff_app.test_client().get("/forgotten").status_code == 403


def test_whoever_has_not_signed_in_is_led_to_the_login_page(staff_app: Flask) -> None:
    client = staff_app.test_client()
    for rule in staff_app.url_map.iter_rules():
        if PUBLIC not in openings(staff_app)[rule.endpoint]:
            method = "GET" if "GET" in (rule.methods or set()) else "POST"
            answer = client.open(some_path(rule.rule), method=method)
            led = answer.status_code == 302 and "/login" in answer.headers["Location"]
            # a form sent without a token is refused before anybody asks who sent it
            assert led or (method == "POST" and answer.status_code == 400), rule.rule


@pytest.mark.parametrize("role", list(Role))
def test_each_post_enters_its_own_door_and_no_other(role: Role, staff: SignIn, small_world: World) -> None:
    somebody = staff(person(small_world, role))
    for door, roles in DOORS.items():
        assert somebody.get(door).status_code == (200 if role in roles else 403), door


@pytest.mark.parametrize("role", list(Role))
def test_home_leads_each_post_to_its_first_page(role: Role, staff: SignIn, small_world: World) -> None:
    answer = staff(person(small_world, role)).client.get("/home", follow_redirects=True)
    assert answer.status_code == 200
    assert answer.request.path == next(door for door, roles in DOORS.items() if role in roles)


@pytest.mark.parametrize("role", list(Role))
def test_no_post_opens_a_page_it_has_no_permission_for(
    role: Role, staff: SignIn, staff_app: Flask, small_world: World
) -> None:
    somebody = staff(person(small_world, role))
    who = person(small_world, role)
    for rule in staff_app.url_map.iter_rules():
        wanted = openings(staff_app)[rule.endpoint]
        if not wanted & {PUBLIC, SIGNED_IN} and not any(who.may(May(one)) for one in wanted):
            method = "GET" if "GET" in (rule.methods or set()) else "POST"
            assert somebody.client.open(some_path(rule.rule), method=method).status_code == 403, rule.rule


#: A photo of a label is sent to be read; nothing is decided by it.
ASKING = {"regulator.scan"}


def test_an_observer_is_refused_every_decision(staff: SignIn, staff_app: Flask, small_world: World) -> None:
    observer = staff(small_world.observer)
    deciding = [
        rule
        for rule in staff_app.url_map.iter_rules()
        if rule.endpoint.startswith("regulator.")
        and "POST" in (rule.methods or set())
        and rule.endpoint not in ASKING
    ]
    assert len(deciding) > 12
    for rule in deciding:
        assert observer.send(some_path(rule.rule), {"reason": "x"}).status_code == 403, rule.rule


def test_a_form_without_its_token_is_refused(staff: SignIn, small_world: World) -> None:
    before = small_world.table_counts()
    answer = staff(small_world.county).send("/office/enterprises/1/suspend", {"reason": "无令牌"})
    assert answer.status_code == 400
    assert small_world.table_counts() == before


def test_a_wrong_password_and_an_unknown_name_get_the_same_answer(
    staff_app: Flask, small_world: World
) -> None:
    email = give_password(staff_app, small_world, small_world.county)
    wrong = sign_in(staff_app.test_client(), email, "not the password")
    unknown = sign_in(staff_app.test_client(), "nobody@example.cn", "not the password")
    assert wrong.status_code == unknown.status_code == 200
    assert words_of(wrong).replace(email, "") == words_of(unknown)
    assert "登录名或密码不对" in words_of(wrong)


def test_a_closed_sign_in_is_out_at_once(staff: SignIn, small_world: World) -> None:
    clerk = staff(small_world.firm.clerk)
    small_world.do(
        people.set_user_active, by=small_world.admin, user=small_world.firm.clerk.user, active=False
    )
    answer = clerk.get("/desk/")
    assert answer.status_code == 302
    assert "/login" in answer.headers["Location"]


def test_signing_out_ends_it(staff: SignIn, small_world: World) -> None:
    officer = staff(small_world.county)
    page = officer.get("/office/").text
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert token
    officer.send("/logout", {"csrf_token": token[1]})
    assert officer.get("/office/").status_code == 302


def test_the_public_face_alone_has_no_staff_routes(small_world: World, tmp_path: Path) -> None:
    app = app_over(small_world, tmp_path, "public")
    found = {rule.endpoint for rule in app.url_map.iter_rules()}
    assert not {one for one in found if one.split(".")[0] in {"enterprise", "regulator", "admin", "security"}}
    assert "home" not in found
    for path in ("/desk/", "/office/", "/admin/users", "/login", "/home"):
        assert app.test_client().get(path).status_code == 404


def test_office_and_administrator_pages_are_kept_in_no_cache(staff: SignIn, small_world: World) -> None:
    assert staff(small_world.county).get("/office/").headers["Cache-Control"] == "no-store"
    assert staff(small_world.admin).get("/admin/users").headers["Cache-Control"] == "no-store"


def test_firm_posts_are_the_desk_s(small_world: World) -> None:
    assert DOORS["/desk/"] == FIRM_ROLES
