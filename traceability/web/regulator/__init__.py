"""The office's door: what needs a decision, and the books behind it. A county sees its county, the prefecture all."""

from traceability.web.regulator import (
    allowance,
    applications,
    artwork,
    doubts,
    findings,
    firms,
    holds,
    lots,
    marks,
    plot_files,
    plots,
    recalls,
    requests,
    scales,
    scanning,
    shortages,
    today,
)
from traceability.web.regulator.door import bp

__all__ = [
    "allowance",
    "applications",
    "artwork",
    "bp",
    "doubts",
    "findings",
    "firms",
    "holds",
    "lots",
    "marks",
    "plot_files",
    "plots",
    "recalls",
    "requests",
    "scales",
    "scanning",
    "shortages",
    "today",
]
