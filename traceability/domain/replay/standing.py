"""What stands in the tables by all that was told: facts folded one after the other."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from traceability.domain.replay.telling import GONE, NEW, NOW

#: The values of a row's key, in the order of the table's.
Key = tuple[Any, ...]


class Told:
    """A row as the facts have it. `whole`: all of it was told, so what was not named is empty."""

    __slots__ = ("_later", "fact", "values", "whole")

    def __init__(self, values: dict[str, Any], fact: int, *, whole: bool) -> None:
        self.values, self.fact, self.whole = values, fact, whole
        self._later: dict[str, int] | None = None

    def change(self, values: Mapping[str, Any], fact: int) -> None:
        """Something of it was told anew."""
        self.values.update(values)
        self._later = (self._later or {}) | dict.fromkeys(values, fact)

    def told_by(self, column: str) -> int:
        """The fact that told this column last."""
        return (self._later or {}).get(column, self.fact)

    def speaks_of(self, column: str) -> bool:
        """Whether the facts say what stands in a column."""
        return self.whole or column in self.values


class Standing:
    """The tables as the facts make them; `keys` names the columns of each table's key."""

    def __init__(self, keys: Mapping[str, Sequence[str]]) -> None:
        self._keys = keys
        self.tables: dict[str, dict[Key, Told]] = {name: {} for name in keys}

    def fold(self, rows: Mapping[str, Mapping[str, Sequence[dict[str, Any]]]], fact: int) -> None:
        """Let one more fact count; a table nobody knows (any more) says nothing."""
        for table, done in rows.items():
            if table in self._keys:
                self._fold(table, done, fact)

    def _fold(self, table: str, done: Mapping[str, Sequence[dict[str, Any]]], fact: int) -> None:
        standing, names = self.tables[table], self._keys[table]
        for how, values in _in_order(done):
            key = tuple(values[name] for name in names)
            if how == GONE:
                standing.pop(key, None)
            elif how == NOW and key in standing:
                standing[key].change(values, fact)
            else:
                standing[key] = Told(values, fact, whole=how == NEW)


def _in_order(done: Mapping[str, Sequence[dict[str, Any]]]) -> Iterator[tuple[str, dict[str, Any]]]:
    return ((how, values) for how in (NEW, NOW, GONE) for values in done.get(how, ()))
