"""Inspections by the offices: the double draw, the visit, the sample and its verdict."""

from traceability.domain.inspections.drawing import (
    Candidate,
    Drawn,
    DrawTerms,
    Inspector,
    Why,
    draw,
    next_inspectors,
    stratum_of,
)
from traceability.domain.inspections.rates import MonthRate, rates_by_month
from traceability.domain.inspections.samples import (
    FAILED_SAMPLE,
    SampleState,
    SampleStep,
    Verdict,
    draw_official,
    sample_state,
    take_sample_step,
)
from traceability.domain.inspections.visits import (
    Access,
    LineOutcome,
    Result,
    VisitState,
    VisitStep,
    check_line,
    take_visit_step,
    visit_state,
)

__all__ = [
    "FAILED_SAMPLE",
    "Access",
    "Candidate",
    "DrawTerms",
    "Drawn",
    "Inspector",
    "LineOutcome",
    "MonthRate",
    "Result",
    "SampleState",
    "SampleStep",
    "Verdict",
    "VisitState",
    "VisitStep",
    "Why",
    "check_line",
    "draw",
    "draw_official",
    "next_inspectors",
    "rates_by_month",
    "sample_state",
    "stratum_of",
    "take_sample_step",
    "take_visit_step",
    "visit_state",
]
