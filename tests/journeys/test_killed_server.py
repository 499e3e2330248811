"""A server killed under load has kept every look it answered. Many kills are in `make trials`."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.answered import killed_under_load
from tests.worlds import KINDS, Copies


@pytest.mark.parametrize("kind", KINDS)
def test_what_was_answered_is_kept(kind: str, worlds_on: Callable[[str], Copies], tmp_path: Path) -> None:
    with worlds_on(kind)() as world:
        packed = world.packed(packs=20)
        world.house.sessions.kw["bind"].dispose()
        serials = list(range(packed.applied[0].first, packed.applied[0].last + 1))
        assert killed_under_load(world.url, tmp_path, serials, looks=100) >= 100
