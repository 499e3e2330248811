"""A season's workbook into the books: the same use cases as the forms, row by row, all of it or nothing."""

from traceability.services.importing.bringing import bring_in
from traceability.services.importing.outcome import Counts, Outcome
from traceability.services.importing.tries import Phase, Tries, Try

__all__ = ["Counts", "Outcome", "Phase", "Tries", "Try", "bring_in"]
