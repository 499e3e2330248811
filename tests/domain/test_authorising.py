"""The steps of an application, and when a right lies idle."""

from datetime import date

import pytest

from traceability.domain import errors
from traceability.domain.authorising import (
    MOVES,
    OPEN,
    ApplicationState,
    ApplicationStep,
    Side,
    answering,
    check_two_persons,
    held_since,
    state_after,
    take_step,
    unused_since,
    years_after,
)
from traceability.domain.people import Authorisation, Rights
from traceability.domain.profile import Grade

S, T = ApplicationState, ApplicationStep

#: The whole table again, as a person would draw it: from where, by what, to where.
ALLOWED = {
    (S.FILED, T.ADD): S.FILED,
    (S.FILED, T.RETURN): S.RETURNED,
    (S.FILED, T.FORWARD): S.PASSED,
    (S.FILED, T.TAKE_BACK): S.TAKEN_BACK,
    (S.RETURNED, T.ANSWER): S.FILED,
    (S.RETURNED, T.TAKE_BACK): S.TAKEN_BACK,
    (S.PASSED, T.GRANT): S.GRANTED,
    (S.PASSED, T.REFUSE): S.REFUSED,
    (S.PASSED, T.TAKE_BACK): S.TAKEN_BACK,
}


@pytest.mark.parametrize("state", list(S))
@pytest.mark.parametrize("step", list(T))
def test_a_step_leads_on_from_where_it_begins_and_from_nowhere_else(
    state: ApplicationState, step: ApplicationStep
) -> None:
    if (state, step) in ALLOWED:
        assert take_step(state, step) is ALLOWED[state, step]
    else:
        with pytest.raises(errors.ApplicationMoved) as refused:
            take_step(state, step)
        assert refused.value.facts == {"state": state.value}


def test_what_has_ended_moves_no_more_and_every_open_state_waits_for_somebody() -> None:
    begins = {state for move in MOVES.values() for state in move.begins}
    assert begins == OPEN
    sides = {state: {m.side for m in MOVES.values() if state in m.begins} for state in OPEN}
    assert sides[S.FILED] == {Side.FIRM, Side.COUNTY}
    assert sides[S.RETURNED] == {Side.FIRM}
    assert sides[S.PASSED] == {Side.FIRM, Side.PREFECTURE}


def test_the_last_step_says_where_it_stands() -> None:
    assert state_after([T.FILE]) is S.FILED
    assert state_after([T.FILE, T.RETURN, T.ANSWER, T.FORWARD]) is S.PASSED
    assert answering(S.RETURNED) is T.ANSWER
    assert answering(S.FILED) is T.ADD


def test_county_and_prefecture_are_two_persons() -> None:
    taken = [(T.FILE, 1), (T.RETURN, 2), (T.ANSWER, 1), (T.FORWARD, 3)]
    check_two_persons(4, taken)
    for county in (2, 3):
        with pytest.raises(errors.SamePerson):
            check_two_persons(county, taken)


# --- idle rights --------------------------------------------------------------------------------------------


def granted(
    since: date, until: date, *, withdrawn: date | None = None, entered: date | None = None
) -> Authorisation:
    return Authorisation("1", "gi_product", (Grade.FIRST,), since, until, withdrawn, entered)


TODAY = date(2026, 4, 1)


def test_a_renewal_goes_on_with_the_same_right() -> None:
    years = [granted(date(y, 1, 1), date(y, 12, 31)) for y in (2026, 2024, 2025)]
    assert held_since(years, TODAY) == date(2024, 1, 1)
    assert held_since(years, date(2025, 6, 1)) == date(2024, 1, 1)
    assert held_since(years, date(2027, 1, 1)) is None
    assert held_since([], TODAY) is None


def test_a_gap_of_a_day_begins_another_right() -> None:
    apart = [granted(date(2023, 1, 1), date(2024, 12, 30)), granted(date(2025, 1, 1), date(2028, 1, 1))]
    assert held_since(apart, TODAY) == date(2025, 1, 1)


def test_a_right_given_again_after_it_was_withdrawn_is_another_one() -> None:
    gone = granted(date(2020, 1, 1), date(2028, 1, 1), withdrawn=date(2026, 2, 1))
    assert held_since([gone], TODAY) is None
    assert held_since([gone, granted(date(2026, 2, 1), date(2028, 1, 1))], TODAY) == date(2026, 2, 1)


def test_nothing_is_known_of_the_days_before_the_decision_was_entered() -> None:
    old = granted(date(2015, 1, 1), date(2030, 1, 1), entered=date(2026, 1, 8))
    assert held_since([old], TODAY) == date(2026, 1, 8)
    renewed = [
        granted(date(2024, 1, 1), date(2025, 12, 31), entered=date(2024, 1, 5)),
        granted(date(2026, 1, 1), date(2027, 12, 31), entered=date(2026, 1, 20)),
    ]
    assert held_since(renewed, TODAY) == date(2024, 1, 5)


@pytest.mark.parametrize(
    ("authorised_on", "applied_on", "today", "since"),
    [
        (date(2024, 4, 1), None, date(2026, 4, 1), None),
        (date(2024, 4, 1), None, date(2026, 4, 2), date(2024, 4, 1)),
        (date(2020, 1, 1), date(2024, 4, 1), date(2026, 4, 1), None),
        (date(2020, 1, 1), date(2024, 4, 1), date(2026, 4, 2), date(2024, 4, 1)),
        (date(2020, 1, 1), date(2026, 3, 31), date(2026, 4, 2), None),
        # marks of an earlier right do not make this one old
        (date(2025, 1, 1), date(2019, 4, 1), date(2026, 4, 2), None),
        # leap day: two years are over with the last of February
        (date(2024, 2, 29), None, date(2026, 2, 28), None),
        (date(2024, 2, 29), None, date(2026, 3, 1), date(2024, 2, 29)),
    ],
)
def test_a_right_lies_idle_after_two_years(
    authorised_on: date, applied_on: date | None, today: date, since: date | None
) -> None:
    assert unused_since(authorised_on, applied_on, today) == since


def test_the_same_day_years_later() -> None:
    assert years_after(date(2026, 7, 1), 2) == date(2028, 7, 1)
    assert years_after(date(2024, 2, 29), 4) == date(2028, 2, 29)
    assert years_after(date(2024, 2, 29), 1) == date(2025, 2, 28)


def test_of_several_rights_in_force_the_one_announced_last_counts() -> None:
    first = granted(date(2026, 1, 1), date(2026, 12, 31))
    wider = Authorisation(
        "2", "gi_product", (Grade.ZUNPIN, Grade.FIRST), date(2026, 3, 1), date(2027, 12, 31)
    )
    rights = Rights((first, wider))
    assert rights.in_force(TODAY) is wider
    assert rights.in_force(date(2026, 2, 1)) is first
