"""The quick way answers a plain look just as the long way does, and is one look however it is answered."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.web.test_public import code_of, first, scans, unused
from tests.world import Packed, World
from traceability.services import marks, oversight
from traceability.web.public import quick

Act = Callable[[World, Packed], str]


@pytest.fixture
def packed(small_world: World) -> Packed:
    return small_world.packed(packs=10, extra=1, spares=1)


def void(world: World, packed: Packed) -> str:
    world.do(marks.void_marks, ranges=packed.nth(10), reason="污损")
    return code_of(packed.nth(10)[0].first)


def recalled(world: World, packed: Packed) -> str:
    world.recall(by=world.county, lot=packed.lot, grade="II", reason="茶叶受潮 <b>")
    return first(packed)


def held(world: World, packed: Packed) -> str:
    world.do(oversight.hold_lot, by=world.county, lot=packed.lot, reason="核查")
    return first(packed)


def expired(world: World, packed: Packed) -> str:
    world.at("2028-06-01T08:00")
    return first(packed)


STATES: dict[str, Act] = {
    "seen before": lambda _world, packed: first(packed),
    "not in use": lambda _world, packed: code_of(unused(packed)),
    "unknown": lambda _world, _packed: "0" * 16,
    "void": void,
    "recalled": recalled,
    "held": held,
    "expired": expired,
}

#: Sent by nobody we know: the quick way lets whoever sends a cookie pass by.
LONG_WAY = {"Cookie": "of=another"}


def same(answer: TestResponse) -> tuple[int, str, dict[str, str]]:
    """Everything of an answer but the reference of this very look."""
    headers = {name: value for name, value in answer.headers.items() if name != "Content-Length"}
    return answer.status_code, re.sub(r'about=[^"]+', "about=…", answer.text), headers


@pytest.mark.parametrize("language", ["zh-CN,zh;q=0.9", "en-GB,en", ""])
@pytest.mark.parametrize("act", STATES.values(), ids=STATES)
def test_it_answers_as_the_long_way_does(
    public_app: Flask, small_world: World, packed: Packed, act: Act, language: str, behind: list[str]
) -> None:
    path = f"/M/{act(small_world, packed)}"
    visitor = public_app.test_client(use_cookies=False)
    visitor.environ_base["HTTP_ACCEPT_LANGUAGE"] = language
    for _made in range(2):
        visitor.get(path)
    behind.clear()
    quickly = same(visitor.get(path))
    assert behind == []
    assert quickly == same(visitor.get(path, headers=LONG_WAY))
    assert behind == [path]


@pytest.fixture
def behind(public_app: Flask, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The paths the app behind was asked for."""
    way: Any = public_app.wsgi_app
    asked: list[str] = []
    app = way._behind

    def seen(sent: Any, start: Any) -> Any:
        asked.append(sent["PATH_INFO"])
        return app(sent, start)

    monkeypatch.setattr(way, "_behind", seen)
    return asked


@pytest.mark.parametrize(
    "more",
    [
        {"method": "HEAD"},
        {"method": "OPTIONS"},
        {"query_string": "lang=en"},
        {"headers": {"Accept": "application/json"}},
        {"headers": {"Cookie": "lang=en"}},
        {"headers": {"Sec-Purpose": "prefetch"}},
        {"headers": {"User-Agent": "curl/8.5.0"}},
    ],
    ids=str,
)
def test_what_is_not_plain_goes_the_long_way(
    public_app: Flask, packed: Packed, behind: list[str], more: dict[str, Any]
) -> None:
    visitor = public_app.test_client(use_cookies=False)
    path = f"/M/{first(packed)}"
    for _made in range(2):
        visitor.get(path)
    behind.clear()
    visitor.open(path, **more)
    assert behind == [path]


def test_a_look_whose_page_is_made_behind_is_one_look(
    visitor: FlaskClient, packed: Packed, small_world: World, behind: list[str]
) -> None:
    path = f"/M/{first(packed)}"
    assert "第一次被查验" in visitor.get(path).text
    assert (behind, len(scans(small_world))) == ([path], 1)


def test_a_recall_shows_at_once(
    visitor: FlaskClient, packed: Packed, small_world: World, behind: list[str]
) -> None:
    path = f"/M/{first(packed)}"
    for _made in range(3):
        visitor.get(path)
    recalled(small_world, packed)
    assert "这批茶正在召回" in visitor.get(path).text
    assert len(scans(small_world)) == 4


def test_a_look_that_cannot_be_kept_is_tried_once_and_fails_where_failures_are_told(
    public_app: Flask, packed: Packed, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried = []

    def fails(ask: Any) -> Any:
        tried.append(ask)
        raise OSError("no space")

    monkeypatch.setattr(public_app.extensions["window"], "ask", fails)
    public_app.config.update(TESTING=False)
    answer = public_app.test_client().get(f"/M/{first(packed)}")
    assert (answer.status_code, len(tried)) == (500, 1)
    assert "no space" not in answer.text


def test_the_quick_way_is_the_public_doors(public_app: Flask, staff_app: Flask) -> None:
    assert all(isinstance(app.wsgi_app, quick.QuickWay) for app in (public_app, staff_app))
