"""The life of a mark: its states, and one table of what may be done to it.

Marks move as ranges. Mark actions are rows that are only ever added; `replay` makes the current spans of them again at
any time, which is how the audit knows that nobody changed the projection by hand.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from traceability.domain import errors
from traceability.domain.marks.ranges import SerialRange, count
from traceability.domain.people import May, read_reason, read_text


class MarkState(StrEnum):
    """Where a mark is in its life. ON_HAND and PRINTED are with the firm and inert."""

    ON_HAND = "on_hand"
    PRINTED = "printed"
    APPLIED = "applied"
    RETIRED = "retired"
    VOID = "void"
    RETURNED = "returned"
    LOST = "lost"
    LAPSED = "lapsed"


class MarkAction(StrEnum):
    """What is done to marks; rows of the ledger."""

    ISSUE = "issue"
    PRINT = "print"
    REPRINT = "reprint"
    APPLY = "apply"
    VOID = "void"
    LOSE = "lose"
    RETURN = "return"
    LAPSE = "lapse"
    RETIRE = "retire"
    UNUSE = "unuse"
    RESTORE = "restore"


class Need(StrEnum):
    """What has to be said for an action to count."""

    REASON = "reason"
    COUNT = "count"  # as counted by hand, beside the control numbers
    WITNESS = "witness"  # who else was there


@dataclass(frozen=True, slots=True)
class Step:
    """Who may take an action, from which states, where it leads, and what has to be said."""

    who: May
    sources: frozenset[MarkState]
    target: MarkState
    needs: frozenset[Need] = frozenset()


def _step(who: May, sources: Iterable[MarkState], target: MarkState, *needs: Need) -> Step:
    return Step(who, frozenset(sources), target, frozenset(needs))


_INERT = (MarkState.ON_HAND, MarkState.PRINTED)

#: The whole life of a mark (`docs/manual/the-two-ledgers.md`). What is void, lost or lapsed
#: keeps holding its tea until an office has counted and destroyed the labels: RETURN is the one way to let it go.
STEPS: Mapping[MarkAction, Step] = {
    MarkAction.ISSUE: _step(May.DECIDE_MARKS, (), MarkState.ON_HAND),
    MarkAction.PRINT: _step(May.PRINT_MARKS, (MarkState.ON_HAND,), MarkState.PRINTED),
    MarkAction.REPRINT: _step(May.PRINT_MARKS, (MarkState.PRINTED,), MarkState.PRINTED, Need.REASON),
    MarkAction.APPLY: _step(May.RECORD_CHAIN, (MarkState.PRINTED,), MarkState.APPLIED),
    MarkAction.VOID: _step(May.VOID_MARKS, _INERT, MarkState.VOID, Need.REASON),
    MarkAction.LOSE: _step(May.VOID_MARKS, (MarkState.PRINTED,), MarkState.LOST, Need.REASON, Need.COUNT),
    MarkAction.RETURN: _step(
        May.DECIDE_MARKS,
        (*_INERT, MarkState.VOID, MarkState.LOST, MarkState.LAPSED),
        MarkState.RETURNED,
        *Need,
    ),
    MarkAction.LAPSE: _step(May.DECIDE_MARKS, _INERT, MarkState.LAPSED),
    MarkAction.RETIRE: _step(May.RECORD_CHAIN, (MarkState.APPLIED,), MarkState.RETIRED, Need.REASON),
    MarkAction.UNUSE: _step(May.AMEND_CHAIN, (MarkState.APPLIED,), MarkState.VOID, Need.REASON),
    MarkAction.RESTORE: _step(
        May.DECIDE_MARKS, (MarkState.VOID,), MarkState.PRINTED, Need.REASON, Need.COUNT
    ),
}

ENDED = frozenset({MarkState.VOID, MarkState.RETURNED, MarkState.LOST, MarkState.LAPSED, MarkState.RETIRED})


@dataclass(frozen=True, slots=True)
class Said:
    """What was said with an action: why, how many were counted by hand, who witnessed."""

    reason: str | None = None
    counted: int | None = None
    witness: str | None = None


NOTHING_SAID = Said()


def check_said(action: MarkAction, said: Said, ranges: Iterable[SerialRange]) -> Said:
    """What was said, tidied; raise `ReasonMissing`, `MarksCountDiffers` or `TextMissing` for what the action needs."""
    needs, number = STEPS[action].needs, count(ranges)
    if Need.COUNT in needs and said.counted != number:
        raise errors.MarksCountDiffers(counted=said.counted or 0, marks=number)
    reason = read_reason(said.reason) if Need.REASON in needs else said.reason
    witness = read_text(said.witness, "witness") if Need.WITNESS in needs else said.witness
    return Said(reason, said.counted, witness)


@dataclass(frozen=True, slots=True)
class Span:
    """Consecutive marks in one state: a row of the projection. `issue` names the issued range it is part of."""

    issue: int
    range: SerialRange
    state: MarkState
    pack_lot: int | None = None
    printed_for: date | None = None


@dataclass(frozen=True, slots=True)
class Issue:
    """One issued range: one enterprise, one batch, one product. `key` names the master key of its codes."""

    id: int
    range: SerialRange
    enterprise: int
    batch: int
    product: int
    key: str


def check_step(action: MarkAction, spans: Iterable[Span]) -> None:
    """Raise unless every span is in a state the action starts from."""
    for span in spans:
        if span.state not in STEPS[action].sources:
            raise _wrong_state(action, span)


def _wrong_state(action: MarkAction, span: Span) -> errors.Refusal:
    facts: dict[str, object] = {"serials": str(span.range), "state": span.state.value}
    if span.state in ENDED:
        return errors.MarksNotLive(**facts)
    if action in {MarkAction.APPLY, MarkAction.REPRINT} and span.state is MarkState.APPLIED:
        return errors.MarksAlreadyApplied(**facts)
    if action in {MarkAction.APPLY, MarkAction.LOSE} and span.state is MarkState.ON_HAND:
        return errors.MarksNotPrinted(**facts)
    return errors.MarksInWrongState(**facts)


def check_pack_day(spans: Iterable[Span], day: date) -> None:
    """Raise `PackDayDiffers` when a label was printed for another pack date."""
    for span in spans:
        if span.printed_for is not None and span.printed_for != day:
            raise errors.PackDayDiffers(printed_for=span.printed_for, packed_on=day)


def check_season_over(season: int, day: date) -> None:
    """Raise `SeasonNotOver`: marks lapse when the calendar year their leaf was plucked in has ended."""
    if day.year <= season:
        raise errors.SeasonNotOver(season=season, day=day)


def check_unused(acts: Sequence["Act"], ranges: Iterable[SerialRange]) -> None:
    """Raise `MarksNotRestorable` unless an amendment that found them unused is the last that was done to these marks.

    `acts` are those of the issued range, oldest first. A label that was voided as spoiled is never restored.
    """
    left = [Span(0, one, MarkState.VOID) for one in ranges]
    for act in reversed(acts):
        inside, left = cut(left, [act.range])
        if inside and act.action is not MarkAction.UNUSE:
            raise errors.MarksNotRestorable(serials=str(inside[0].range))


def cut(spans: Iterable[Span], ranges: Iterable[SerialRange]) -> tuple[list[Span], list[Span]]:
    """Split spans at the edges of the ranges: what lies inside them, and what remains outside."""
    inside: list[Span] = []
    outside = list(spans)
    for wanted in ranges:
        rest: list[Span] = []
        for span in outside:
            within, without = _split(span, wanted)
            inside += within
            rest += without
        outside = rest
    return inside, outside


def _split(span: Span, wanted: SerialRange) -> tuple[list[Span], list[Span]]:
    if not span.range.overlaps(wanted):
        return [], [span]
    first, last = max(span.range.first, wanted.first), min(span.range.last, wanted.last)
    left = (
        [] if first == span.range.first else [replace(span, range=SerialRange(span.range.first, first - 1))]
    )
    right = [] if last == span.range.last else [replace(span, range=SerialRange(last + 1, span.range.last))]
    return [replace(span, range=SerialRange(first, last))], left + right


def merged(spans: Iterable[Span]) -> list[Span]:
    """Neighbours alike in everything but their serials, joined: rows grow with actions, not with marks."""
    joined: list[Span] = []
    for span in sorted(spans, key=lambda one: one.range):
        if joined and _continues(joined[-1], span):
            joined[-1] = replace(span, range=SerialRange(joined[-1].range.first, span.range.last))
        else:
            joined.append(span)
    return joined


def _continues(left: Span, right: Span) -> bool:
    return left.range.last + 1 == right.range.first and replace(left, range=right.range) == right


@dataclass(frozen=True, slots=True)
class Act:
    """One row of the mark ledger, as the projection needs it."""

    issue: int
    action: MarkAction
    range: SerialRange
    pack_lot: int | None = None
    printed_for: date | None = None


def after(span: Span, act: Act) -> Span:
    """A span once the action has been taken on all of it. A restored label is on no pack any more."""
    lot = act.pack_lot if act.action is MarkAction.APPLY else span.pack_lot
    return replace(
        span,
        state=STEPS[act.action].target,
        pack_lot=None if act.action is MarkAction.RESTORE else lot,
        printed_for=act.printed_for if act.action is MarkAction.PRINT else span.printed_for,
    )


def replay(acts: Iterable[Act]) -> list[Span]:
    """The projection, rebuilt from nothing but the actions in their order."""
    by_issue: dict[int, list[Span]] = {}
    for act in acts:
        spans = by_issue.setdefault(act.issue, [])
        if act.action is MarkAction.ISSUE:
            spans.append(Span(act.issue, act.range, MarkState.ON_HAND))
            continue
        inside, outside = cut(spans, [act.range])
        by_issue[act.issue] = merged([*outside, *(after(span, act) for span in inside)])
    return [span for issue in sorted(by_issue) for span in by_issue[issue]]


def counts(spans: Iterable[Span]) -> dict[MarkState, int]:
    """Marks by state."""
    sums = dict.fromkeys(MarkState, 0)
    for span in spans:
        sums[span.state] += len(span.range)
    return sums
