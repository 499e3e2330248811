"""Findings: what an office should look at, by kind, with its weight; rules that look over the books; whom to visit.

A finding never stops anything: what must not be is refused where it is entered. Most kinds are noticed the moment
something is written down; those in `over_the_books` need a look at many entries at once, and are pure functions from
small rows of sums to what was noticed.
"""

from traceability.domain.findings.circles import Passed, circling
from traceability.domain.findings.kinds import (
    KINDS,
    OVER_THE_BOOKS,
    UNKNOWN_KIND,
    Burden,
    Kind,
    Owner,
    kind_of,
)
from traceability.domain.findings.leaf import (
    LateEntries,
    NightWork,
    PlotUse,
    Weights,
    back_dated,
    entered_at_night,
    used_evenly,
    used_up_early,
    weights_repeating,
)
from traceability.domain.findings.marks import (
    FirmMarks,
    SuspendedActs,
    acts_dated_back,
    left_unused,
    reprinted_often,
    wasted,
)
from traceability.domain.findings.receipts import (
    Weighed,
    late_entries,
    night_work,
    weights_by_plot,
    weights_of,
)
from traceability.domain.findings.reports import Report, atypical, twins
from traceability.domain.findings.values import LIMITS, Limits, Noticed, Settlement, State, recurs
from traceability.domain.findings.visits import Reason, Visit, ranked, score

__all__ = [
    "KINDS",
    "LIMITS",
    "OVER_THE_BOOKS",
    "UNKNOWN_KIND",
    "Burden",
    "FirmMarks",
    "Kind",
    "LateEntries",
    "Limits",
    "NightWork",
    "Noticed",
    "Owner",
    "Passed",
    "PlotUse",
    "Reason",
    "Report",
    "Settlement",
    "State",
    "SuspendedActs",
    "Visit",
    "Weighed",
    "Weights",
    "acts_dated_back",
    "atypical",
    "back_dated",
    "circling",
    "entered_at_night",
    "kind_of",
    "late_entries",
    "left_unused",
    "night_work",
    "ranked",
    "recurs",
    "reprinted_often",
    "score",
    "twins",
    "used_evenly",
    "used_up_early",
    "wasted",
    "weights_by_plot",
    "weights_of",
    "weights_repeating",
]
