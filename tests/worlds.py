"""The `world` of a test: founded once a worker and kind of database, then copied. For the conftest files."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.world import World

#: Makes a copy of a world in a database of its own, which is gone afterwards; of a file it may be told which.
Copies = Callable[..., AbstractContextManager[World]]
Prepare = Callable[[World], Any]
KINDS = ("sqlite", "postgresql")


def copies_of(request: pytest.FixtureRequest, kind: str, prepare: Prepare = lambda world: None) -> Copies:
    """A founded world, prepared further, as often as wanted; made once, for as long as the fixture that asks."""
    return (_in_files if kind == "sqlite" else _in_postgres)(request, prepare)


def _in_files(request: pytest.FixtureRequest, prepare: Prepare) -> Copies:
    folder: Path = request.getfixturevalue("tmp_path_factory").mktemp("world")
    shutil.copyfile(request.getfixturevalue("sqlite_template"), folder / "founded.db")
    founded = World(f"sqlite:///{folder / 'founded.db'}")
    prepare(founded)
    founded.close()

    @contextmanager
    def copied(file: Path = folder / "world.db") -> Iterator[World]:
        for end in ("", "-wal", "-shm"):
            file.with_name(file.name + end).unlink(missing_ok=True)
        shutil.copyfile(folder / "founded.db", file)
        world = founded.again(f"sqlite:///{file}")
        yield world
        world.close()

    return copied


def _in_postgres(request: pytest.FixtureRequest, prepare: Prepare) -> Copies:
    cluster = request.getfixturevalue("postgres")
    template = cluster.create(request.getfixturevalue("postgres_template"))
    founded = World(cluster.url(template))
    prepare(founded)
    founded.close()

    @contextmanager
    def copied() -> Iterator[World]:
        name = cluster.create(template)
        world = founded.again(cluster.url(name))
        try:
            yield world
        finally:
            world.close()
            cluster.drop(name)

    return copied


@pytest.fixture(scope="session")
def worlds_on(request: pytest.FixtureRequest) -> Callable[[str], Copies]:
    """Copies of the founded world, by kind of database."""
    made: dict[str, Copies] = {}

    def of_kind(kind: str) -> Copies:
        if kind not in made:
            made[kind] = copies_of(request, kind)
        return made[kind]

    return of_kind


@pytest.fixture(params=KINDS)
def world(request: pytest.FixtureRequest, worlds_on: Callable[[str], Copies]) -> Iterator[World]:
    """A founded world of the test's own; the test runs once on SQLite and once on PostgreSQL."""
    with worlds_on(request.param)() as made:
        yield made


@pytest.fixture
def small_world(worlds_on: Callable[[str], Copies]) -> Iterator[World]:
    """A founded world on SQLite only, for what no database can change."""
    with worlds_on("sqlite")() as made:
        yield made
