"""The office's door: what needs a decision, and the books behind it. A county sees its county, the prefecture all."""

from traceability.web.regulator import (
    artwork,
    doubts,
    findings,
    firms,
    holds,
    lots,
    marks,
    plots,
    requests,
    scanning,
    shortages,
    today,
    visits,
)
from traceability.web.regulator.door import bp

__all__ = [
    "artwork",
    "bp",
    "doubts",
    "findings",
    "firms",
    "holds",
    "lots",
    "marks",
    "plots",
    "requests",
    "scanning",
    "shortages",
    "today",
    "visits",
]
