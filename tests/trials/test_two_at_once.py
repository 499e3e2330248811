"""The races of tests/journeys/test_two_at_once.py, fifty rounds each."""

from collections.abc import Callable

import pytest

from tests.races import RACES, rounds
from tests.world import World


@pytest.mark.parametrize("race", RACES, ids=lambda race: race.__name__)
def test_of_two_at_once_exactly_one_succeeds_fifty_times(world: World, race: Callable[[World], None]) -> None:
    rounds(world, race, 50)
