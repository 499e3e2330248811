"""Somebody at a staff door, filling in real forms; and the real login page, for tests of that."""

import html
import re
import time
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from flask_security import hash_password
from passlib.totp import TOTP  # type: ignore[import-untyped]
from sqlalchemy import select, update
from werkzeug.test import TestResponse

from tests.world import World
from traceability.domain.people import Identity
from traceability.store.accounts import UserRow

PASSWORD = "a password for tests"


@lru_cache(maxsize=1)
def _hashed() -> str:
    return hash_password(PASSWORD)


def give_password(app: Flask, world: World, who: Identity) -> str:
    """Let this person sign in with PASSWORD, and set up an authenticator anew; their sign-in name."""
    with app.app_context():
        hashed = _hashed()
    with world.house.sessions.begin() as session:
        fresh = {"password": hashed, "tf_primary_method": None, "tf_totp_secret": None}
        session.execute(update(UserRow).where(UserRow.id == who.user).values(**fresh))
        return str(session.get_one(UserRow, who.user).email)


def let_in(client: FlaskClient, world: World, who: Identity) -> None:
    """As whoever has just signed in, without the pages that ask for password and code: those have their own tests."""
    with world.house.sessions.begin() as session:
        user = session.get_one(UserRow, who.user)
        user.tf_primary_method, user.tf_totp_secret = "authenticator", "of no use here"
        known = user.fs_uniquifier
    with client.session_transaction() as kept:
        kept.update({"_user_id": known, "_fresh": True, "fs_cc": "set", "fs_paa": time.time()})


def hidden(page: str, name: str) -> str:
    """The value of a hidden input, the first of that name."""
    found = re.search(rf'<input[^>]*name="{name}"[^>]*value="([^"]*)"', page)
    assert found, f"no hidden {name} in the page"
    return html.unescape(found[1])


def sign_in(client: FlaskClient, email: str, password: str = PASSWORD) -> TestResponse:
    """The login page, filled in; and the code of the authenticator, where one is asked for."""
    token = hidden(client.get("/login").text, "csrf_token")
    answer = client.post("/login", data={"email": email, "password": password, "csrf_token": token})
    return second_step(client, answer, email)


def second_step(client: FlaskClient, answer: TestResponse, email: str) -> TestResponse:
    """Whatever the sign-in wants beyond a password: an authenticator set up once, and its code."""
    led = answer.headers.get("Location", "")
    if "/tf-setup" in led:
        token = hidden(client.get("/tf-setup").text, "csrf_token")
        page = client.post("/tf-setup", data={"setup": "authenticator", "csrf_token": token}).text
        key = re.search(r'id="key">([A-Z2-7 -]+)<', page)
        assert key, page
        return _send_code(client, TOTP(key=re.sub("[ -]", "", key[1])).generate().token)
    if "/tf-validate" in led:
        return _send_code(client, code_now(client.application, email))
    return answer


def _send_code(client: FlaskClient, code: str) -> TestResponse:
    token = hidden(client.get("/tf-validate").text, "csrf_token")
    return client.post("/tf-validate", data={"code": code, "csrf_token": token})


def code_now(app: Flask, email: str) -> str:
    """What the authenticator of this person shows; it may have been used a moment ago, which is forgotten here."""
    security = app.extensions["security"]
    house = app.extensions["house"]
    with house.note() as work:
        row = work.session.scalars(select(UserRow).where(UserRow.email == email)).one()
        row.tf_last_counter = None
        secret = row.tf_totp_secret
    with app.app_context():
        return str(security.totp_factory.generate_totp_password(secret))


class Staff:
    """A person at a staff door."""

    def __init__(self, app: Flask, world: World, who: Identity) -> None:
        self.client = app.test_client()
        self.client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "zh-CN"
        let_in(self.client, world, who)

    def get(self, path: str) -> TestResponse:
        return self.client.get(path)

    def text(self, path: str) -> str:
        """The words of a page that has to be there."""
        answer = self.get(path)
        assert answer.status_code == 200, (path, answer.status_code)
        return words_of(answer)

    def post(self, path: str, *, on: str | None = None, **fields: Any) -> TestResponse:
        """Send the form of the page `on` (the same address unless said otherwise), its hidden inputs included."""
        page = self.get(on or path).text
        unseen = {"csrf_token": hidden(page, "csrf_token"), "key": hidden(page, "key")}
        return self.send(path, unseen | fields)

    def send(self, path: str, fields: Mapping[str, Any]) -> TestResponse:
        return self.client.post(path, data=dict(fields))


def words_of(answer: TestResponse) -> str:
    """What a reader reads: tags gone, white space even."""
    plain = re.sub(r"<[^>]+>", " ", answer.text)
    return " ".join(html.unescape(plain).split())
