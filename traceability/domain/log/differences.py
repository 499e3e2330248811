"""What a check of the log finds: an entry that is not what it should be."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Difference:
    """One entry that differs: where it stands, what the log says and what is there, and the fact it goes back to.

    Without a column the whole row is meant.
    """

    table: str
    key: object
    column: str | None
    expected: object
    found: object
    fact: int | None = None
