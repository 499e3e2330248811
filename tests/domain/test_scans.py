"""The verdict on a mark: the first that fits."""

from datetime import UTC, date, datetime

import pytest

from traceability.domain.marks import MarkState
from traceability.domain.scans import Condition, Seen, Verdict, verdict

TODAY = date(2026, 5, 1)
APPLIED = MarkState.APPLIED
SEEN = Seen(2, datetime(2026, 4, 30, tzinfo=UTC))
OLD = date(2026, 4, 30)


def test_a_code_nobody_issued_is_unknown() -> None:
    assert verdict(None, TODAY) is Verdict.UNKNOWN


@pytest.mark.parametrize(
    ("condition", "answer"),
    [
        (
            Condition(MarkState.VOID, recalled=True, held=True, attention=True, best_before=OLD, seen=SEEN),
            Verdict.RECALLED,
        ),
        (Condition(MarkState.VOID, held=True, attention=True, best_before=OLD, seen=SEEN), Verdict.WITHDRAWN),
        (Condition(MarkState.PRINTED, held=True, attention=True, best_before=OLD, seen=SEEN), Verdict.HELD),
        (Condition(MarkState.PRINTED, attention=True, best_before=OLD, seen=SEEN), Verdict.NOT_IN_USE),
        (Condition(MarkState.ON_HAND), Verdict.NOT_IN_USE),
        (Condition(APPLIED, attention=True, best_before=OLD, seen=SEEN), Verdict.ATTENTION),
        (Condition(APPLIED, best_before=OLD, seen=SEEN), Verdict.EXPIRED),
        (Condition(APPLIED, best_before=TODAY, seen=SEEN), Verdict.SEEN_BEFORE),
        (Condition(APPLIED), Verdict.FIRST_SCAN),
    ],
)
def test_the_first_verdict_that_fits(condition: Condition, answer: Verdict) -> None:
    assert verdict(condition, TODAY) is answer


@pytest.mark.parametrize(
    "state", [MarkState.RETIRED, MarkState.RETURNED, MarkState.LOST, MarkState.LAPSED, MarkState.VOID]
)
def test_every_ended_mark_is_withdrawn(state: MarkState) -> None:
    assert verdict(Condition(state), TODAY) is Verdict.WITHDRAWN


def test_verdicts_are_in_the_order_of_the_design_and_none_says_genuine() -> None:
    assert [one.value for one in Verdict] == [
        "unknown", "recalled", "withdrawn", "held", "not_in_use", "attention", "expired", "seen_before", "first_scan"
    ]  # fmt: skip
