"""An official sample: taken, sent, reported, judged; and what it takes out of the books of the firm."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from enum import StrEnum

from traceability.domain import errors
from traceability.domain.chain import Account, Booking, Draw, EventKind, LotKind
from traceability.domain.chain.checks import check_draw, check_kind, check_time, late, outgoing, sunk
from traceability.domain.profile import Profile

#: The cause of the hold on a batch whose official sample failed. Not that of a firm's own failed report: what an
#: office found unfit is not refined into a new lot before the county has lifted the hold (FRAUD F28).
FAILED_SAMPLE = "sample.failed"


class SampleStep(StrEnum):
    """What is done about a sample once it is taken."""

    SEND = "send"
    REPORT = "report"
    RETURN = "return"
    CONFIRM = "confirm"
    DISCARD = "discard"


class SampleState(StrEnum):
    """Where a sample stands."""

    TAKEN = "taken"
    SENT = "sent"
    REPORTED = "reported"
    PASSED = "passed"
    FAILED = "failed"
    DISCARDED = "discarded"


class Verdict(StrEnum):
    """What a sample says of its batch; a discarded one says nothing."""

    PASSED = "passed"
    FAILED = "failed"
    DISCARDED = "discarded"


_AFTER = {
    SampleStep.SEND: SampleState.SENT,
    SampleStep.REPORT: SampleState.REPORTED,
    SampleStep.RETURN: SampleState.SENT,
}

#: A sample with a report is never discarded: a result nobody likes would be.
_FROM = {
    SampleStep.SEND: {SampleState.TAKEN},
    SampleStep.REPORT: {SampleState.SENT},
    SampleStep.RETURN: {SampleState.REPORTED},
    SampleStep.CONFIRM: {SampleState.REPORTED},
    SampleStep.DISCARD: {SampleState.TAKEN, SampleState.SENT},
}


def sample_state(steps: Iterable[SampleStep], verdict: Verdict | None) -> SampleState:
    """Where a sample stands after these steps."""
    if verdict is not None:
        return SampleState(verdict.value)
    taken = list(steps)
    return _AFTER[taken[-1]] if taken else SampleState.TAKEN


def take_sample_step(state: SampleState, step: SampleStep) -> None:
    """Raise `SampleMoved` unless the sample stands where this step begins."""
    if state not in _FROM[step]:
        raise errors.SampleMoved(sample_state=state.value)


def draw_official(draw: Draw, *, no: str, at: datetime, now: datetime, profile: Profile) -> Booking:
    """A sample out of a batch or a pack lot. Held and recalled tea may be sampled; marks keep what is theirs.

    Raise `LotWrongKind`, `InTheFuture`, `BeforeItsInputs`, `LotOverdrawn` or `LotReserved`.
    """
    stock = draw.stock
    check_kind([draw], LotKind.BATCH, LotKind.PACKS)
    check_time(at, now=now, born=[stock.lot.born_at])
    free = replace(draw, stock=replace(stock, holds=(), recalled=False))
    check_draw(free)
    return Booking(
        EventKind.SAMPLING,
        at,
        entries=(*outgoing([draw]), *sunk(Account.SAMPLES, draw.grams, stock.lot.id, draw.packs)),
        remarks=late(at, now, profile),
        terms={"official": no, "test_g": draw.grams, "retained_g": 0},
    )
