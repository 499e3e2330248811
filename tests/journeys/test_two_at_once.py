"""Two at the same moment, on two connections: exactly one succeeds, and the book closes."""

from collections.abc import Callable

import pytest

from tests.races import RACES, closes
from tests.world import World
from tests.worlds import KINDS, Copies

ROUNDS = 3


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("race", RACES, ids=lambda race: race.__name__)
def test_of_two_at_once_exactly_one_succeeds(
    worlds_on: Callable[[str], Copies], kind: str, race: Callable[[World], None]
) -> None:
    for _ in range(ROUNDS):
        with worlds_on(kind)() as world:
            race(world)
            closes(world)
