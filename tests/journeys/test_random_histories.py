"""Whatever two firms and their offices do in whatever order, the books close."""

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.histories import STEPS, History
from tests.worlds import KINDS, Copies, copies_of

Steps = list[tuple[str, int]]
steps = st.tuples(st.sampled_from(STEPS), st.integers(0, 2**16))


@pytest.fixture(scope="module", params=KINDS)
def seasons(request: pytest.FixtureRequest) -> Copies:
    """A season under way, as often as wanted."""
    return copies_of(request, request.param, lambda world: History(world).begin())


def live(seasons: Copies, told: Steps, *, checked: int = 0) -> None:
    """Live through a history and check the book at its end (and, if `checked`, after every so many steps)."""
    with seasons() as world:
        history = History(world)
        for n, (name, number) in enumerate(told, start=1):
            history.step(name, number)
            if checked and n % checked == 0:
                history.check(every_lot=False)
        history.check()


def few(examples: int) -> Callable[..., object]:
    return settings(max_examples=examples)


@few(8)
@given(told=st.lists(steps, min_size=20, max_size=30))
def test_the_books_close_after_any_history(seasons: Copies, told: Steps) -> None:
    live(seasons, told)
