"""Servers killed while they seal leave one history with every change in it once. Many kills are in `make trials`."""

import random
from collections.abc import Callable

import pytest

from tests.sealing import sealed_under_kills
from tests.worlds import KINDS, Copies


@pytest.mark.parametrize("kind", KINDS)
def test_a_killed_server_leaves_one_history(kind: str, worlds_on: Callable[[str], Copies]) -> None:
    with worlds_on(kind)() as world:
        assert sealed_under_kills(world, rounds=1, chance=random.Random(7)) > 60
