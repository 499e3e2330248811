"""What is noticed, how it goes on, and the figures the rules begin at."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class State(StrEnum):
    """Where a finding stands: nobody has it, somebody has taken it, it is settled."""

    OPEN = "open"
    LOOKING = "looking"
    SETTLED = "settled"


class Settlement(StrEnum):
    """How a finding ends; the words beside it say more."""

    FRAUD = "fraud"
    BREACH = "breach"
    CORRECTED = "corrected"
    EXPLAINED = "explained"
    NO_FAULT = "no_fault"


@dataclass(frozen=True, slots=True)
class Noticed:
    """What a look over the books noticed.

    `about` says of what, in the rule's own words, and stays the same from look to look. `extent` counts the evidence
    there is (receipts, plots, marks …) and only ever grows: it decides whether a settled finding comes back. `county`
    is that of a plot; left empty, it is the firm's.
    """

    code: str
    about: str
    extent: int
    at: datetime
    facts: Mapping[str, object] = field(default_factory=dict)
    enterprise: int | None = None
    plot: int | None = None
    lot: int | None = None
    county: str = ""


def recurs(extent: int, settled: int | None, again: int) -> bool:
    """Whether what was settled at an extent comes back: when so much new evidence (`again`) has come since.

    `settled` None: it was never found before. The same evidence never comes back.
    """
    return settled is None or extent >= settled + again


@dataclass(frozen=True, slots=True)
class Limits:
    """Where the rules over the books begin. Chosen on half of the simulated seasons (docs/manual/findings.md).

    Shares are in thousandths, weights in grams.
    """

    #: Repeating weights: a firm's or plot's receipts at least; so many pairs of the same weight, and so many times
    #: (thousandths) as many as chance makes of weights written down as coarsely.
    receipts_least: int = 20
    pairs_least: int = 25
    pairs_excess: int = 2000
    plot_times_least: int = 6
    #: At night: so many receipts within one night make a burst; so many in bursts make a finding.
    night_burst: int = 5
    night_least: int = 8
    #: Used up early: so much of the allowance before so much of the days from the first leaf to the part's last day.
    early_used: int = 900
    early_days: int = 250
    #: Used evenly: plots of one firm at least, used so far on average, and so near to each other (sd over mean).
    even_plots: int = 6
    even_used: int = 600
    even_spread: int = 130
    #: Dated back: so much of the leaf, so many receipts, so many in one sitting on average.
    late_share: int = 80
    late_receipts: int = 8
    late_a_sitting: int = 4
    #: Leaf going round: so often out and in again, or so many lots that came home.
    circle_trips: int = 4
    circle_home: int = 2
    #: Marks: days unused; so many of the issued ones unused, declared void or lost; files taken again.
    dormant_days: int = 60
    dormant_share: int = 150
    dormant_least: int = 50
    wasted_share: int = 25
    wasted_least: int = 10
    reprints_least: int = 3
    #: Reports: values alike at least (limits of yes and no not counted); typical values need so many reports of the
    #: grade, and a firm so many of its own, that lie so far (thousandths of a standard deviation) to the grade below.
    twin_values: int = 4
    grade_least: int = 20
    own_least: int = 5
    atypical: int = 1200


LIMITS = Limits()
