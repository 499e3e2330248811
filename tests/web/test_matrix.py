"""Every route, for everybody, about something of one's own, of the neighbour and of another county.

The answers expected are in `doors.py`, written by hand. What is out of reach answers exactly as what does not exist.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from tests.web.conftest import app_over
from tests.web.doors import EVERYBODY, PASSAGES, Passage
from tests.web.staff import let_in
from tests.web.things import Things, things_of
from tests.world import World
from tests.worlds import Copies, copies_of
from traceability.domain.people import Identity, Role
from traceability.services import people
from traceability.store import work

#: Where a thing can be: with one's own firm, with another firm of the same county, in another county.
OWN, NEIGHBOUR, FAR, NOWHERE = "own", "neighbour", "far", "nowhere"

#: What an address says beside the number of its subject.
BESIDE = {
    "seq": 1, "design": "a4-40", "gtin": "06901234567892", "code": "ABCD-EFGH-JKMN-PQRS", "lot": "1", "rest": "x",
    "no": "R26-1-B01-0001", "ref": "AAAA-BBBB-CCCC", "lang": "en", "token": "x" * 40, "filename": "staff.css",
    "number": 0, "place": "0/000",
}  # fmt: skip

#: A second thing an address names, and of what kind it is.
_BESIDE_OF = {
    "regulator.application_document": {"document": "paper"},
    "regulator.raise_line": {"line": "line"},
    "regulator.approve_change": {"change": "change"},
    "regulator.refuse_change": {"change": "change"},
}

#: Where the address says after the question mark what is meant.
_OF_A_LOT = {"regulator.recall_reach", "regulator.start_drill"}

#: What a form may want; a form is refused by its reach before anybody reads it.
TYPED = {
    "reason": "理由",
    "words": "话",
    "outcome": "结果",
    "active": "0",
    "net": "1",
    "report_confirmed": "y",
}
DONE = {200, 302, 303, 400, 409, 415, 422}


@dataclass
class Town:
    """A world with three firms, the app over it, and everybody at a browser of their own."""

    app: Flask
    people: dict[str, FlaskClient]
    things: dict[str, Things]
    rules: dict[str, list[Rule]]

    def address(self, rule: Rule, passage: Passage, where: str) -> str:
        """Of a route, about the thing of that kind there."""
        said: dict[str, Any] = {one: BESIDE[one] for one in rule.arguments if one in BESIDE}
        if rule.endpoint in _OF_A_LOT:
            said |= {"kind": "lot", "what": self._number("lot", OWN)}
        if passage.subject != "-":
            besides = _BESIDE_OF.get(rule.endpoint, {})
            (named,) = rule.arguments - {"seq", *besides}
            said |= {
                one: self._number(kind, where) for one, kind in {named: passage.subject, **besides}.items()
            }
        with self.app.test_request_context():
            built = self.app.url_map.bind("localhost").build(rule.endpoint, said)
        return built.replace("/m/", "/M/") if rule.rule.startswith("/M/") else built

    def _number(self, subject: str, where: str) -> int | str:
        known = self.things[OWN][subject]
        if where == NOWHERE:
            return 2_000_000 if isinstance(known, int) else "f" * len(known)
        return self.things[where][subject]

    def ask(self, who: str, method: str, address: str) -> TestResponse:
        sent: dict[str, Any] = {"data": TYPED} if method == "POST" else {}
        answer = self.people[who].open(address, method=method, **sent)
        answer.get_data()
        answer.close()  # a file is read, and closed
        return answer


def enter(app: Flask, world: World, who: Identity | None) -> FlaskClient:
    client = app.test_client()
    if who is not None:
        let_in(client, world, who)
    return client


@pytest.fixture(scope="module")
def town(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    copies: Copies = copies_of(request, "sqlite")
    with copies() as world, pytest.MonkeyPatch.context() as patch:
        # A form without its token is refused by a test of its own.
        patch.setattr("flask_wtf.csrf.validate_csrf", lambda *_args, **_kwargs: None)
        yield _town(world, tmp_path_factory.mktemp("matrix"))


def _town(world: World, folder: Path) -> Town:
    app = app_over(world, folder, "public", "staff")
    world.firm, first = world.new_firm("都匀邻居茶业有限公司", "91522701MAXTEA040B", "522701"), world.firm
    neighbour, world.firm = world.firm, first
    things = {
        OWN: things_of(world, app, first, world.county),
        NEIGHBOUR: things_of(world, app, neighbour, world.county),
        FAR: things_of(world, app, world.other, world.other_county),
    }
    for place, user in ((OWN, first), (NEIGHBOUR, neighbour), (FAR, world.other)):
        things[place] |= {"user": user.clerk.user, "office": user.county}
    bare = world.user(Role.CLERK, enterprise=first.id)
    world.do(people.set_clerk_grants, user=bare.user, grants=frozenset())
    posts = {
        "nobody": None, "clerk": first.clerk, "bare": bare, "manager": first.manager, "county": world.county,
        "prefecture": world.prefecture, "observer": world.observer, "administrator": world.admin,
        "bound": world.user(Role.OBSERVER, county="522701"),
    }  # fmt: skip
    # Whatever is posted is undone, so that everybody finds the same things.
    ways = app.extensions["house"]
    object.__setattr__(ways, "change", partial(work.rehearse, world.house))
    rules: dict[str, list[Rule]] = {}
    for rule in app.url_map.iter_rules():
        rules.setdefault(rule.endpoint, []).append(rule)
    return Town(app, {name: enter(app, world, who) for name, who in posts.items()}, things, rules)


def test_every_route_has_a_line_and_every_line_a_route(town: Town) -> None:
    assert set(town.rules) == set(PASSAGES)
    methods = {
        name: frozenset().union(*(rule.methods or set() for rule in rules)) - {"HEAD", "OPTIONS"}
        for name, rules in town.rules.items()
    }
    assert {name: one.methods for name, one in PASSAGES.items()} == methods
    assert set(town.people) == EVERYBODY


def reach(who: str, passage: Passage, where: str) -> bool:
    """Whether somebody who may pass sees what is there."""
    if where in (OWN, NOWHERE) or passage.subject == "-":
        return where != NOWHERE
    if who in {"clerk", "bare", "manager"}:
        return False
    return where == NEIGHBOUR or who not in {"county", "bound"}


#: What is there and has nothing to show yet: nobody drew the files of the job.
NOT_MADE = {"enterprise.print_manifest"}


def expected(who: str, passage: Passage, where: str) -> Callable[[TestResponse], bool]:
    """What an answer must be."""
    if who not in passage.who:
        return _led_to_sign_in if who == "nobody" else lambda answer: answer.status_code == 403
    if not reach(who, passage, where) or passage.route in NOT_MADE:
        return lambda answer: answer.status_code == 404
    return lambda answer: answer.status_code in DONE and not _led_to_sign_in(answer)


def _led_to_sign_in(answer: TestResponse) -> bool:
    return answer.status_code == 302 and answer.headers["Location"].startswith("/login")


STAFF = sorted(name for name, one in PASSAGES.items() if one.who != EVERYBODY)


@pytest.mark.parametrize("route", STAFF)
def test_each_route_opens_to_those_it_is_for(town: Town, route: str) -> None:
    passage, wrong = PASSAGES[route], []
    places = (OWN,) if passage.subject in {"-", "user", "office"} else (OWN, NEIGHBOUR, FAR)
    for rule in town.rules[route]:
        for method in sorted(passage.methods & set(rule.methods or ())):
            for who in sorted(EVERYBODY):
                for where in places:
                    answer = town.ask(who, method, town.address(rule, passage, where))
                    if not expected(who, passage, where)(answer):
                        wrong.append((who, method, where, answer.status_code))
    assert wrong == []


def plain(answer: TestResponse) -> str:
    """What an answer says, whichever number was asked for."""
    text = re.sub(r'name="csrf_token" value="[^"]*"', "", answer.text)
    return re.sub(r"[0-9a-f]{64}|f{64}|\d+", "N", text)


ABOUT = [name for name in STAFF if PASSAGES[name].subject not in {"-", "user", "office"}]


@pytest.mark.parametrize("route", ABOUT)
def test_what_is_out_of_reach_answers_as_what_does_not_exist(town: Town, route: str) -> None:
    passage = PASSAGES[route]
    for rule in town.rules[route]:
        for method in sorted(passage.methods & set(rule.methods or ())):
            for who in sorted(passage.who):
                said = {}
                for where in (NEIGHBOUR, FAR, NOWHERE):
                    if not reach(who, passage, where):
                        answer = town.ask(who, method, town.address(rule, passage, where))
                        said[where] = (answer.status_code, plain(answer))
                assert set(said.values()) == {said[NOWHERE]}, (
                    who,
                    method,
                    {k: v[0] for k, v in said.items()},
                )
                assert said[NOWHERE][0] == 404, (who, method)


#: Pages of the sign-in library that ask by themselves who is there.
OF_THE_LIBRARY = {
    "security.change_password", "security.verify", "security.logout", "security.two_factor_setup",
    "security.two_factor_setup_validate", "security.two_factor_token_validation",
}  # fmt: skip


@pytest.mark.parametrize("route", sorted(set(PASSAGES) - set(STAFF)))
def test_what_is_public_asks_nobody_to_sign_in(town: Town, route: str) -> None:
    passage = PASSAGES[route]
    for rule in town.rules[route]:
        for method in sorted(passage.methods & set(rule.methods or ())):
            answer = town.ask("nobody", method, town.address(rule, passage, OWN))
            if route not in OF_THE_LIBRARY:
                assert answer.status_code != 403, method
                assert not _led_to_sign_in(answer), method
