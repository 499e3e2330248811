"""Looks at marks: what a person who scans one is told, and when the looks of many look like copies."""

from traceability.domain.scans.copies import Points, looks_copied, points
from traceability.domain.scans.tally import Look, Tally, count
from traceability.domain.scans.verdicts import NOT_SEEN, Condition, Door, Seen, Verdict, verdict

__all__ = [
    "NOT_SEEN",
    "Condition",
    "Door",
    "Look",
    "Points",
    "Seen",
    "Tally",
    "Verdict",
    "count",
    "looks_copied",
    "points",
    "verdict",
]
