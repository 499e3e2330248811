"""A visit, step by step: announced or not, begun, line by line, and concluded. Nothing is taken back."""

from enum import StrEnum

from traceability.domain import errors
from traceability.domain.profile import CheckItem


class VisitState(StrEnum):
    """Where a visit stands; one whose plan was called off is called off with it."""

    DUE = "due"
    RUNNING = "running"
    DONE = "done"
    CANCELLED = "cancelled"


class VisitStep(StrEnum):
    """What is done about a visit."""

    BEGIN = "begin"
    CONCLUDE = "conclude"


class Access(StrEnum):
    """Whether the inspectors were let in: refused is a finding, nobody there is only written down."""

    GRANTED = "granted"
    REFUSED = "refused"
    NOBODY = "nobody"


class Result(StrEnum):
    """How a visit ends."""

    IN_ORDER = "in_order"
    MENDED = "mended"
    TO_MEND = "to_mend"
    HANDED_ON = "handed_on"
    NOT_MADE = "not_made"


class LineOutcome(StrEnum):
    """What was found of one thing looked at."""

    GOOD = "good"
    WRONG = "wrong"
    NOT_SEEN = "not_seen"


def visit_state(steps: list[VisitStep], *, called_off: bool) -> VisitState:
    """Where a visit stands after these steps; what was concluded stays done although its plan is called off later."""
    if VisitStep.CONCLUDE in steps:
        return VisitState.DONE
    if called_off:
        return VisitState.CANCELLED
    return VisitState.RUNNING if steps else VisitState.DUE


_FROM = {VisitStep.BEGIN: VisitState.DUE, VisitStep.CONCLUDE: VisitState.RUNNING}


def take_visit_step(state: VisitState, step: VisitStep) -> None:
    """Raise `VisitMoved` unless the visit stands where this step begins."""
    if _FROM[step] is not state:
        raise errors.VisitMoved(visit_state=state.value)


def check_line(state: VisitState, access: Access | None, item: CheckItem | None, counted: int | None) -> None:
    """Raise `VisitMoved` when nobody is there, `ChoiceUnknown` for a thing nobody looks at, and for a count below 0."""
    if state is not VisitState.RUNNING or access is not Access.GRANTED:
        raise errors.VisitMoved(visit_state=state.value)
    if item is None:
        raise errors.ChoiceUnknown(field="item")
    if counted is not None and (counted < 0 or not item.unit):
        raise errors.NumberOutOfRange(text=str(counted), low=0, high="…", field="counted")
