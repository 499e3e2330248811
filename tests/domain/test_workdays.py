"""Working days of offices, and the clock of an answer to the public."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.world import profile
from traceability.domain.doubts import clock

CALENDAR = profile().workdays
DAYS = st.dates(date(2025, 1, 1), date(2027, 12, 1))


@pytest.mark.parametrize(
    ("day", "works"),
    [
        (date(2026, 2, 13), True),
        (date(2026, 2, 14), True),  # a Saturday worked for the Spring Festival
        (date(2026, 2, 16), False),
        (date(2026, 2, 24), True),
        (date(2026, 4, 6), False),
        (date(2026, 4, 11), False),
        (date(2025, 10, 8), False),
        (date(2025, 10, 11), True),
        (date(2027, 2, 8), False),
        (date(2031, 10, 1), True),  # a year nobody told of: weekends alone are free
    ],
)
def test_holidays_are_free_and_the_weekend_days_worked_for_them_are_not(day: date, works: bool) -> None:
    assert CALENDAR.works(day) is works


def test_the_day_it_came_does_not_count() -> None:
    assert CALENDAR.after(date(2026, 3, 26), 7) == date(2026, 4, 7)
    assert CALENDAR.after(date(2026, 2, 13), 1) == date(2026, 2, 14)
    assert CALENDAR.after(date(2026, 2, 14), 1) == date(2026, 2, 24)


@given(DAYS, st.integers(0, 30))
def test_what_is_left_and_the_last_day_agree(day: date, n: int) -> None:
    last = CALENDAR.after(day, n)
    assert CALENDAR.between(day, last) == n
    assert CALENDAR.between(last, day) == -n
    assert n == 0 or CALENDAR.works(last)


@given(DAYS, st.integers(1, 10))
def test_what_came_before_the_first_day_in_time_is_overdue_and_nothing_else(today: date, n: int) -> None:
    first = CALENDAR.first_in_time(today, n)
    assert CALENDAR.after(first, n) >= today
    assert CALENDAR.after(first - timedelta(days=1), n) < today


@pytest.mark.parametrize(
    ("today", "left", "overdue"),
    [
        (date(2026, 3, 26), 7, False),
        (date(2026, 4, 7), 0, False),
        (date(2026, 4, 8), -1, True),
        (date(2026, 4, 11), -3, True),
        (date(2026, 4, 12), -3, True),
    ],
)
def test_a_clock_tells_the_last_day_and_what_is_left(today: date, left: int, overdue: bool) -> None:
    found = clock(date(2026, 3, 26), today, days=7, calendar=CALENDAR)
    assert (found.due, found.left, found.overdue) == (date(2026, 4, 7), left, overdue)


def test_a_last_day_before_a_weekend_is_overdue_at_the_weekend_too() -> None:
    friday = clock(date(2026, 4, 7), date(2026, 4, 18), days=8, calendar=CALENDAR)
    assert (friday.due, friday.overdue) == (date(2026, 4, 17), True)
