"""A short random walk over mark actions; the long one is in tests/trials."""

import pytest

from tests.walks import walk
from tests.world import World


@pytest.mark.parametrize("seed", [1, 2])
def test_every_mark_is_where_its_actions_led_it(world: World, seed: int) -> None:
    print(f"seed {seed}")
    walked = walk(world, steps=60, seed=seed, every=20)
    assert sum(walked.taken.values()) >= 20
    assert sum(walked.refused.values()) >= 5
