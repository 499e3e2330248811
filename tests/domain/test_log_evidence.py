"""Which facts belong to an evidence pack, and which a firm may see whole."""

from typing import Any

import pytest

from traceability.domain.log.evidence import Subject, opens_to_firm, ranges_of

SUBJECT = Subject(
    events=frozenset({5}),
    lots=frozenset({1, 2}),
    lot_nos=frozenset({"B1"}),
    serials=((10, 20),),
    files=frozenset({"aa"}),
    holds=frozenset({7}),
    requests=frozenset({8}),
    recalls=frozenset({9}),
    findings=frozenset({4}),
    found=frozenset({("weights.repeating", "plot:1")}),
)


@pytest.mark.parametrize(
    ("kind", "told"),
    [
        ("chain.sale", {"event": 5}),
        ("marks.issue", {"serials": [20, 40]}),
        ("marks.apply", {"serials": [[1, 2], [11, 12]]}),
        ("report.failed", {"batch": "B1"}),
        ("batch.redeclared", {"batch": "B1"}),
        ("carton.filled", {"lot": "B1"}),
        ("document.kept", {"sha256": "aa"}),
        ("decision.hold", {"subject": 7}),
        ("decision.mark_request", {"subject": 8}),
        ("decision.recall", {"subject": 9}),
        ("lot.recalled", {"recall": 9}),
        ("finding.taken", {"finding": 4}),
        ("finding.weights.repeating", {"about": "plot:1"}),
    ],
)
def test_what_names_it_belongs(kind: str, told: dict[str, Any]) -> None:
    assert SUBJECT.concerns(kind, told)


@pytest.mark.parametrize(
    ("kind", "told"),
    [
        ("chain.sale", {"event": 6}),
        ("chain.sale", {}),
        ("marks.issue", {"serials": [21, 40]}),
        ("marks.requested", {"request": "R1"}),
        ("report.failed", {"batch": "B2"}),
        ("decision.hold", {"subject": 8}),
        ("decision.authorisation", {"subject": 7}),
        ("finding.weights.repeating", {"about": "plot:2"}),
        ("application.file", {"batch": "B1"}),
    ],
)
def test_what_names_something_else_does_not(kind: str, told: dict[str, Any]) -> None:
    assert not SUBJECT.concerns(kind, told)


def test_ranges_are_one_or_many_or_none() -> None:
    assert ranges_of([1, 2]) == [(1, 2)]
    assert ranges_of([[1, 2], [4, 5]]) == [(1, 2), (4, 5)]
    assert ranges_of(None) == ranges_of([]) == ranges_of("1-2") == []


MADE: dict[str, Any] = {
    "enterprise": "THEIRS",
    "lots": [{"id": 2}],
    "entries": [{"lot": 1, "grams": -5}, {"account": "loss", "grams": 1}],
    "edges": [[1, 2, 4]],
    "terms": {"fresh_moisture": "76.5", "reason": ""},
    "reason": None,
}


@pytest.mark.parametrize(
    ("kind", "more", "shown"),
    [
        ("chain.processing", {}, True),
        ("chain.sale", {}, False),
        ("chain.sale", {"enterprise": "OURS"}, True),
        ("chain.processing", {"terms": {"reason": "客户要求"}}, False),
        ("chain.processing", {"terms": {"price": 1}}, False),
        ("chain.processing", {"reason": "更正"}, False),
        ("chain.processing", {"lots": [{"id": 3}]}, False),
        ("chain.processing", {"entries": [{"lot": 3}]}, False),
        ("chain.processing", {"edges": [[3, 2, 4]]}, False),
        ("report.entered", {}, False),
    ],
)
def test_of_others_a_firm_sees_the_making_and_nothing_beside(
    kind: str, more: dict[str, Any], shown: bool
) -> None:
    assert opens_to_firm(kind, MADE | more, uscc="OURS", subject=SUBJECT) is shown
