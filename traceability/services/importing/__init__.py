"""A season's workbook into the books: the same use cases as the forms, row by row, all of it or nothing."""

from traceability.services.importing.bringing import bring_in
from traceability.services.importing.outcome import Counts, Outcome

__all__ = ["Counts", "Outcome", "bring_in"]
