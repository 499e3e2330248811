"""Thirty kills under load, on both databases: nothing that was answered is ever missing."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.answered import killed_under_load
from tests.worlds import KINDS, Copies

KILLS = 30


@pytest.mark.parametrize("kind", KINDS)
def test_no_answered_look_is_ever_lost(kind: str, worlds_on: Callable[[str], Copies], tmp_path: Path) -> None:
    with worlds_on(kind)() as world:
        packed = world.packed(packs=200)
        world.house.sessions.kw["bind"].dispose()
        serials = list(range(packed.applied[0].first, packed.applied[0].last + 1))
        for turn in range(KILLS):
            looks = 200 + 137 * turn
            assert killed_under_load(world.url, tmp_path, serials, looks=looks, clients=16) >= looks
