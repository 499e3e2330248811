"""A hundred kills while two processes keep facts and seal them, on both databases."""

import random
from collections.abc import Callable

import pytest

from tests.sealing import sealed_under_kills
from tests.worlds import KINDS, Copies

KILLS = 100


@pytest.mark.parametrize("kind", KINDS)
def test_no_kill_makes_a_second_history(kind: str, worlds_on: Callable[[str], Copies]) -> None:
    with worlds_on(kind)() as world:
        leaves = sealed_under_kills(world, rounds=KILLS, chance=random.Random())
        assert leaves > 40 * KILLS
