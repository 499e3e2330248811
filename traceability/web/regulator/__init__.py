"""The office's door: what needs a decision, and the books behind it. A county sees its county, the prefecture all."""

from traceability.web.regulator import (
    annual,
    artwork,
    books,
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
)
from traceability.web.regulator.door import bp

__all__ = [
    "annual",
    "artwork",
    "books",
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
]
