"""The web application over a small world: real pages, the world's own clock."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.compiled import compiled
from tests.web.staff import Staff
from tests.world import World, profile
from tests.worlds import small_world, world, worlds_on
from traceability.app import create_app
from traceability.config import Settings
from traceability.domain.people import Identity
from traceability.web import i18n, words

__all__ = ["small_world", "world", "worlds_on"]

SECRET = "a secret for tests, long enough to sign with"


def app_over(world: World, folder: Path, *faces: str) -> Flask:
    """The application with these doors open on a world; pages see the time the world has."""
    settings = Settings(data=folder, database_url=world.url, secret_key=SECRET)
    app = create_app(settings, faces or ("public",), house=world.house, clock=lambda: world.now)
    app.config.update(TESTING=True)
    app.jinja_env.bytecode_cache = compiled()
    if "staff" in faces:  # signing in costs what it must in earnest, and next to nothing here
        app.extensions["security"].pwd_context.update(argon2__rounds=1, argon2__memory_cost=64)
    return app


@pytest.fixture
def public_app(small_world: World, tmp_path: Path) -> Flask:
    """The public door alone."""
    return app_over(small_world, tmp_path)


@pytest.fixture
def visitor(public_app: Flask) -> FlaskClient:
    """Somebody with a phone, reading Chinese."""
    client = public_app.test_client()
    client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "zh-CN"
    return client


@pytest.fixture(scope="session")
def wording() -> Flask:
    """Languages and words without a house: for texts alone."""
    app = Flask("traceability.app")
    app.config.update(BABEL_TRANSLATION_DIRECTORIES="translations", BABEL_DEFAULT_LOCALE="zh_Hans")
    app.extensions["profile"] = profile()
    i18n.register(app)
    words.register(app)
    return app


@pytest.fixture
def chinese(wording: Flask) -> Iterator[None]:
    """Inside a request from somebody who reads Chinese."""
    with wording.test_request_context(headers={"Accept-Language": "zh-CN"}):
        yield


@pytest.fixture
def english(wording: Flask) -> Iterator[None]:
    """Inside a request from somebody who reads English."""
    with wording.test_request_context(headers={"Accept-Language": "en"}):
        yield


@pytest.fixture
def staff_app(small_world: World, tmp_path: Path) -> Flask:
    """Both doors."""
    return app_over(small_world, tmp_path, "public", "staff")


@pytest.fixture
def staff(staff_app: Flask, small_world: World) -> Callable[[Identity], Staff]:
    """Somebody signed in: `staff(world.county)`."""
    return lambda who: Staff(staff_app, small_world, who)
