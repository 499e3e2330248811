"""A firm's way to the right to use the mark: the steps an application may take, and when a right lies idle.

An application is filed by the firm, looked at by its county and decided by the prefecture; a right is withdrawn on one
of a few grounds, of which disuse needs that the disuse was found and looked at before.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from traceability.domain import errors
from traceability.domain.people import Authorisation


class ApplicationState(StrEnum):
    """Where an application for the right to use the mark stands: whose turn it is, or how it ended."""

    FILED = "filed"
    RETURNED = "returned"
    PASSED = "passed"
    GRANTED = "granted"
    REFUSED = "refused"
    TAKEN_BACK = "taken_back"


class ApplicationStep(StrEnum):
    """What was done about an application; steps are added, the last one says where it stands."""

    FILE = "file"
    ADD = "add"
    RETURN = "return"
    ANSWER = "answer"
    FORWARD = "forward"
    GRANT = "grant"
    REFUSE = "refuse"
    TAKE_BACK = "take_back"


class Side(StrEnum):
    """Who takes a step."""

    FIRM = "firm"
    COUNTY = "county"
    PREFECTURE = "prefecture"


class Paper(StrEnum):
    """What a document handed in with an application is."""

    LICENCE = "licence"
    FOOD_LICENCE = "food_licence"
    ORIGIN = "origin"
    REPORT = "report"
    QUALITY = "quality"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Move:
    """A step: whose it is, the states it begins in, and the one it leads to."""

    side: Side
    begins: frozenset[ApplicationState]
    ends: ApplicationState


_S, _T = ApplicationState, ApplicationStep

#: Every move there is. The county does not refuse: it passes on or asks for what is missing; the prefecture decides.
MOVES: Mapping[ApplicationStep, Move] = {
    _T.FILE: Move(Side.FIRM, frozenset(), _S.FILED),
    _T.ADD: Move(Side.FIRM, frozenset({_S.FILED}), _S.FILED),
    _T.ANSWER: Move(Side.FIRM, frozenset({_S.RETURNED}), _S.FILED),
    _T.TAKE_BACK: Move(Side.FIRM, frozenset({_S.FILED, _S.RETURNED, _S.PASSED}), _S.TAKEN_BACK),
    _T.RETURN: Move(Side.COUNTY, frozenset({_S.FILED}), _S.RETURNED),
    _T.FORWARD: Move(Side.COUNTY, frozenset({_S.FILED}), _S.PASSED),
    _T.GRANT: Move(Side.PREFECTURE, frozenset({_S.PASSED}), _S.GRANTED),
    _T.REFUSE: Move(Side.PREFECTURE, frozenset({_S.PASSED}), _S.REFUSED),
}

#: Somebody still has to do something; of these a firm has one at a time.
OPEN = frozenset({_S.FILED, _S.RETURNED, _S.PASSED})


def take_step(state: ApplicationState, step: ApplicationStep) -> ApplicationState:
    """The state a step leads to; raise `ApplicationMoved` when the application does not stand where it begins."""
    move = MOVES[step]
    if state not in move.begins:
        raise errors.ApplicationMoved(state=state.value)
    return move.ends


def state_after(steps: Iterable[ApplicationStep]) -> ApplicationState:
    """The state of an application whose steps these were, in order; the first is its filing."""
    return MOVES[[ApplicationStep.FILE, *steps][-1]].ends


def answering(state: ApplicationState) -> ApplicationStep:
    """The step by which a firm hands in more: an answer to what the county asked, or something it adds by itself."""
    return ApplicationStep.ANSWER if state is ApplicationState.RETURNED else ApplicationStep.ADD


def check_two_persons(by: int, taken: Iterable[tuple[ApplicationStep, int]]) -> None:
    """Raise `SamePerson` when the prefecture's decision would be taken by whoever passed it on at the county."""
    if any(MOVES[step].side is Side.COUNTY and user == by for step, user in taken):
        raise errors.SamePerson()


# --- the end of a right -------------------------------------------------------------------------------------


class Ground(StrEnum):
    """Why a right is withdrawn."""

    BREACH = "breach"
    OWN_WISH = "own_wish"
    DISUSE = "disuse"


#: The outcome a decision is kept under, by its ground.
OUTCOMES: Mapping[Ground, str] = {
    Ground.BREACH: "withdrawn",
    Ground.OWN_WISH: "withdrawn_own_wish",
    Ground.DISUSE: "withdrawn_disuse",
}

UNUSED = "authorisation.unused"
"""The code of the finding that a firm with a right has not used it."""

UNUSED_YEARS = 2
"""Years without a mark applied after which a right may be withdrawn (docs/manual/trade.md)."""


def held_since(granted: Iterable[Authorisation], day: date) -> date | None:
    """Since when a firm has had a right without a gap, up to a day; None when it has none on that day.

    A renewal goes on with the same right, a right given again after it was withdrawn is another one. Days before the
    first decision was entered do not count: nothing is known of them.
    """
    left, chain = [one for one in granted if one.withdrawn_on is None], list[Authorisation]()
    since = day + timedelta(days=1)
    while linked := [one for one in left if one.valid_from < since <= one.valid_until + timedelta(days=1)]:
        chain += linked
        left = [one for one in left if one not in linked]
        since = min(one.valid_from for one in chain)
    known = [one.decided_on for one in chain if one.decided_on]
    return max([since, *([min(known)] if known else [])]) if chain else None


def unused_since(authorised_on: date, last_applied_on: date | None, today: date) -> date | None:
    """The day since which a right lies idle, when that is more than two years ago; None while it does not.

    It is the day of the last mark applied under the right, or the day of the right where there is none since.
    """
    since = max(authorised_on, last_applied_on) if last_applied_on else authorised_on
    return since if today > years_after(since, UNUSED_YEARS) else None


def years_after(day: date, years: int) -> date:
    """The same day of a later year; of 29 February the last of the month."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)
