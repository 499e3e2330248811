"""The public lookup: what a mark was issued for, and whether something is odd. Never "genuine"."""

from traceability.services.lookup.answering import (
    UNKNOWN,
    Answer,
    Pack,
    Sighting,
    answer,
    identify,
    keep_scan,
)
from traceability.services.lookup.way import Step

__all__ = ["UNKNOWN", "Answer", "Pack", "Sighting", "Step", "answer", "identify", "keep_scan"]
