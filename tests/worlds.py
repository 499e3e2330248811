"""The `world` of a test: founded once a worker and kind of database, then copied. For the conftest files."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.world import World


@pytest.fixture(scope="session")
def founded_sqlite(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[World, Path]:
    """A founded world and its file, to copy."""
    file = tmp_path_factory.mktemp("founded") / "founded.db"
    shutil.copyfile(sqlite_template, file)
    world = World(f"sqlite:///{file}")
    world.close()
    return world, file


@pytest.fixture(scope="session")
def founded_postgres(postgres: Any, postgres_template: str) -> tuple[World, str]:
    """A founded world and the name of its database, to copy."""
    name = postgres.create(postgres_template)
    world = World(postgres.url(name))
    world.close()
    return world, name


def _sqlite(request: pytest.FixtureRequest) -> Iterator[World]:
    founded, file = request.getfixturevalue("founded_sqlite")
    copied = request.getfixturevalue("tmp_path") / "world.db"
    shutil.copyfile(file, copied)
    world = founded.again(f"sqlite:///{copied}")
    yield world
    world.close()


def _postgresql(request: pytest.FixtureRequest) -> Iterator[World]:
    founded, template = request.getfixturevalue("founded_postgres")
    cluster = request.getfixturevalue("postgres")
    name = cluster.create(template)
    world = founded.again(cluster.url(name))
    yield world
    world.close()
    cluster.drop(name)


KINDS = {"sqlite": _sqlite, "postgresql": _postgresql}


@pytest.fixture(params=KINDS)
def world(request: pytest.FixtureRequest) -> Iterator[World]:
    """A founded world of the test's own; the test runs once on SQLite and once on PostgreSQL."""
    yield from KINDS[request.param](request)


@pytest.fixture
def small_world(request: pytest.FixtureRequest) -> Iterator[World]:
    """A founded world on SQLite only, for what no database can change."""
    yield from _sqlite(request)
