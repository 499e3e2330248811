"""Five thousand mark actions at random, on each database; TRIALS_ACTIONS asks for more or fewer."""

import os

from tests.walks import walk
from tests.world import World

MANY = int(os.environ.get("TRIALS_ACTIONS", "5000"))
SEED = int(os.environ.get("TRIALS_SEED", "20261124"))


def test_every_mark_is_where_thousands_of_actions_led_it(world: World) -> None:
    print(f"seed {SEED}")
    walked = walk(world, steps=MANY, seed=SEED, every=500)
    print("taken", dict(walked.taken), "refused", dict(walked.refused))
    assert sum(walked.taken.values()) > MANY // 10
