"""Two at the same moment, on two connections: exactly one succeeds, and the book closes."""

from collections.abc import Callable

import pytest

from tests.races import RACES, rounds
from tests.world import World


@pytest.mark.parametrize("race", RACES, ids=lambda race: race.__name__)
def test_of_two_at_once_exactly_one_succeeds(world: World, race: Callable[[World], None]) -> None:
    rounds(world, race, 3)
