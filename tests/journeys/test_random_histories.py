"""Whatever two firms and their offices do in whatever order, the books close."""

from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from tests.histories import Steps, live, step, under_way
from tests.worlds import Copies

__all__ = ["under_way"]


@settings(max_examples=8, phases=[Phase.explicit, Phase.generate])  # shrinking takes minutes: see the trials
@given(told=st.lists(step, min_size=20, max_size=30))
def test_the_books_close_after_any_history(under_way: Copies, told: Steps) -> None:
    live(under_way, told)
