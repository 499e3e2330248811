"""A customer's complaint: how it came, what it is about, the day an answer is due, and the steps it may take."""

from datetime import date, timedelta
from enum import StrEnum

from traceability.domain import errors


class ComplaintChannel(StrEnum):
    """How a complaint reached the firm."""

    TELEPHONE = "telephone"
    COUNTER = "counter"
    DOUBT = "doubt"
    HOTLINE = "hotline"


class ComplaintKind(StrEnum):
    """What the customer is unhappy with."""

    TASTE = "taste"
    SPOILED = "spoiled"
    SHORT = "short"
    LABEL = "label"
    PACKAGE = "package"
    OTHER = "other"


class ComplaintState(StrEnum):
    """Where a complaint stands."""

    RECEIVED = "received"
    ANSWERED = "answered"
    CLOSED = "closed"


class ComplaintStep(StrEnum):
    """What was done about a complaint; a mistake is answered by opening it again."""

    ANSWER = "answer"
    CLOSE = "close"
    REOPEN = "reopen"


class ComplaintOutcome(StrEnum):
    """How a complaint ended."""

    EXPLAINED = "explained"
    REPLACED = "replaced"
    REFUNDED = "refunded"
    REJECTED = "rejected"


#: From which state a step leads to which.
_STEPS: dict[ComplaintStep, tuple[ComplaintState, ComplaintState]] = {
    ComplaintStep.ANSWER: (ComplaintState.RECEIVED, ComplaintState.ANSWERED),
    ComplaintStep.CLOSE: (ComplaintState.ANSWERED, ComplaintState.CLOSED),
    ComplaintStep.REOPEN: (ComplaintState.CLOSED, ComplaintState.RECEIVED),
}


def take_step(state: ComplaintState, step: ComplaintStep) -> ComplaintState:
    """The state a step leads to; raise `ComplaintMoved` when the complaint does not stand where the step begins."""
    begins, ends = _STEPS[step]
    if state is not begins:
        raise errors.ComplaintMoved(state=state.value)
    return ends


def state_after(step: ComplaintStep | None) -> ComplaintState:
    """The state of a complaint whose last step this was; None for one that was only received."""
    return ComplaintState.RECEIVED if step is None else _STEPS[step][1]


def due_on(received: date, days: int) -> date:
    """The last day for an answer; the day it was received does not count."""
    return received + timedelta(days=days)


def days_left(state: ComplaintState, due: date, today: date) -> int | None:
    """Days to the last day for an answer, below nothing when it has passed; None once it was answered."""
    return (due - today).days if state is ComplaintState.RECEIVED else None
