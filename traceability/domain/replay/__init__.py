"""The books from the log: what the facts say the tables hold, as pure functions of the facts."""

from traceability.domain.replay.chain import Booked, booked
from traceability.domain.replay.standing import Standing, Told
from traceability.domain.replay.telling import GONE, NEW, NOW, ROWS, Change, Rows, joined, rows_of, written

__all__ = [
    "GONE",
    "NEW",
    "NOW",
    "ROWS",
    "Booked",
    "Change",
    "Rows",
    "Standing",
    "Told",
    "booked",
    "joined",
    "rows_of",
    "written",
]
