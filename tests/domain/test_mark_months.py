"""Marks by state at the end of each month, added up from what every month moved."""

from datetime import date

import pytest

from traceability.domain.marks import MarkAction, MarkState
from traceability.domain.marks.months import Moved, first_days, months_begun, standing


def test_each_month_goes_on_from_the_one_before() -> None:
    moves = [
        Moved(0, None, MarkAction.ISSUE, 10),
        Moved(2, MarkAction.ISSUE, MarkAction.PRINT, 6),
        Moved(2, MarkAction.PRINT, MarkAction.APPLY, 4),
        Moved(3, MarkAction.APPLY, MarkAction.RETIRE, 1),
        Moved(4, MarkAction.ISSUE, MarkAction.VOID, 4),
    ]
    found = [{state.value: n for state, n in at.items() if n} for at in standing(moves, 3)]
    before = {"on_hand": 10}
    march = {"on_hand": 4, "printed": 2, "applied": 4}
    assert found == [before, before, march, march | {"applied": 3, "retired": 1}]


def test_no_mark_is_in_two_states_or_in_none() -> None:
    for at in standing(
        [Moved(1, None, MarkAction.ISSUE, 7), Moved(1, MarkAction.ISSUE, MarkAction.LAPSE, 7)], 12
    )[1:]:
        assert sum(at.values()) == at[MarkState.LAPSED] == 7


@pytest.mark.parametrize(
    ("day", "begun"),
    [(date(2025, 12, 31), 0), (date(2026, 1, 1), 1), (date(2026, 12, 1), 12), (date(2027, 1, 1), 12)],
)
def test_months_of_a_season_that_have_begun(day: date, begun: int) -> None:
    assert months_begun(2026, day) == begun
    assert first_days(2026)[12] == date(2027, 1, 1)
