"""Long random histories, many of them; see tests/journeys/test_random_histories.py."""

import os

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.histories import Steps, live, step, under_way
from tests.worlds import Copies

__all__ = ["under_way"]

#: On each database; about a second and a half apiece. TRIALS_HISTORIES asks for more or fewer.
MANY = int(os.environ.get("TRIALS_HISTORIES", "500"))


@settings(max_examples=MANY, deadline=None)
@given(told=st.lists(step, min_size=20, max_size=60))
def test_the_books_close_after_any_long_history(under_way: Copies, told: Steps) -> None:
    live(under_way, told, checked=20)
