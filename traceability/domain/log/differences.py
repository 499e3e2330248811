"""What a check of the log finds: an entry that is not what it should be."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Difference:
    """One entry that differs: where it stands, what the log says and what is there, and the fact it goes back to.

    Without a column the whole row is meant.
    """

    table: str
    key: Mapping[str, object] | str | int
    column: str | None
    expected: object
    found: object
    fact: int | None = None

    @property
    def where(self) -> str:
        """The key on one line: "id=5", or as it is where it is one word."""
        if isinstance(self.key, Mapping):
            return ", ".join(f"{name}={value}" for name, value in self.key.items())
        return str(self.key)
