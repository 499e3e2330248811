"""Use cases of findings: look over the books, take one, settle it, whom to visit."""

from traceability.services.findings.reading import (
    FINDINGS,
    Evidence,
    File,
    counts,
    file_of,
)
from traceability.services.findings.running import Ran, keep_noticed, look_over, run_rules
from traceability.services.findings.settling import put_back_finding, settle_finding, take_finding
from traceability.services.findings.visits import VISITS, VisitLine, visits
from traceability.store.findings import FindingLine

__all__ = [
    "FINDINGS",
    "VISITS",
    "Evidence",
    "File",
    "FindingLine",
    "Ran",
    "VisitLine",
    "counts",
    "file_of",
    "keep_noticed",
    "look_over",
    "put_back_finding",
    "run_rules",
    "settle_finding",
    "take_finding",
    "visits",
]
