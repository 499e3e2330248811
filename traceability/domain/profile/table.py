"""Reading one table of the file, exactly: every fault names its key."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import Enum
from typing import Final, Self, TypeVar

from traceability.domain.profile.values import Band, Provenance, Text


class ProfileBroken(Exception):
    """The profile file cannot be used; `key` is the dotted key at fault ("" for the file as a whole)."""

    def __init__(self, key: str, reason: str) -> None:
        super().__init__(f"{key or 'the file'}: {reason}")
        self.key = key
        self.reason = reason


_T = TypeVar("_T")

_E = TypeVar("_E", bound=Enum)

# What needs no quotes in a dotted key; points and [n] too, because a check may name a key some tables below.
_BARE: Final = re.compile(r"[A-Za-z0-9_.\[\]-]+")

_KINDS: Final[Mapping[type, str]] = {
    bool: "true or false",
    int: "a whole number",
    Decimal: "a number with decimals",
    str: "text",
    date: "a day",
    dict: "a table",
    list: "a list",
}


def _kind_of(found: object) -> str:
    return _KINDS.get(type(found), type(found).__name__)


@dataclass(slots=True)
class Notes:
    """Gathered while reading: where values come from, and every table, to find keys nobody asked for."""

    provenance: list[Provenance] = field(default_factory=list)
    tables: list["Table"] = field(default_factory=list)
    sources: set[str] = field(default_factory=set)


class Table:
    """A table of the file that knows its dotted key and gives its values by kind, or raises ProfileBroken."""

    def __init__(self, data: Mapping[str, object], path: str, notes: Notes) -> None:
        self.data, self.path, self.notes = data, path, notes
        self.used: set[str] = set()
        notes.tables.append(self)

    def key(self, name: str) -> str:
        """The dotted key of a value in this table, as TOML would write it."""
        quoted = name if _BARE.fullmatch(name) else f'"{name}"'
        return f"{self.path}.{quoted}" if self.path else quoted

    def broken(self, name: str, reason: str) -> ProfileBroken:
        return ProfileBroken(self.key(name) if name else self.path, reason)

    def require(self, fine: bool, name: str, reason: str) -> None:
        """Raise ProfileBroken for a key unless it is fine."""
        if not fine:
            raise self.broken(name, reason)

    def has(self, name: str) -> bool:
        return name in self.data

    def get(self, name: str) -> object:
        self.used.add(name)
        self.require(name in self.data, name, "is missing")
        return self.data[name]

    def a(self, kind: type[_T], name: str) -> _T:
        """The value of exactly this kind: true is no whole number, and a moment is no day."""
        found = self.get(name)
        if not isinstance(found, kind) or type(found) is not kind:
            raise self.broken(name, f"must be {_KINDS[kind]}, is {_kind_of(found)}")
        return found

    def text(self, name: str) -> str:
        found = self.a(str, name)
        self.require(bool(found.strip()), name, "is empty")
        return found

    def whole(self, name: str) -> int:
        found = self.a(int, name)
        self.require(found > 0, name, "must be above 0")
        return found

    def number(self, name: str) -> Decimal:
        """A number that is not below 0, with or without decimals."""
        found = self.get(name)
        if type(found) is not int and not isinstance(found, Decimal):
            raise self.broken(name, f"must be a number, is {_kind_of(found)}")
        number = Decimal(found)
        self.require(number.is_finite() and number >= 0, name, "must be a number not below 0")
        return number

    def choice(self, kind: type[_E], name: str) -> _E:
        found = self.text(name)
        try:
            return kind(found)
        except ValueError:
            raise self.broken(name, f"is none of {', '.join(str(one.value) for one in kind)}") from None

    def words(self) -> Text:
        return Text(self.text("zh"), self.text("en"))

    def table(self, name: str) -> "Table":
        return Table(self.a(dict, name), self.key(name), self.notes)

    def rows(self, name: str) -> list["Table"]:
        """A list of tables, with something in it; the key of a row is `name[0]` and so on."""
        found = self.a(list, name)
        self.require(bool(found), name, "is empty")
        for n, row in enumerate(found):
            self.require(isinstance(row, dict), f"{name}[{n}]", "must be a table")
        return [Table(row, f"{self.key(name)}[{n}]", self.notes) for n, row in enumerate(found)]

    def sourced(self, name: str) -> "Table":
        """A table that says where its value comes from."""
        return self.table(name).cited()

    def cited(self) -> Self:
        """Check and keep this table's `basis` and `source`; what is verified names sources of the list."""
        basis, source = self.text("basis"), self.text("source")
        self.require(basis in ("V", "D", "G"), "basis", "must be V, D or G")
        known = set(source.split(", ")) <= self.notes.sources
        self.require(basis != "V" or known, "source", "is not in the list of sources")
        self.notes.provenance.append(Provenance(self.path, basis, source))
        return self

    def in_unit(self, name: str, unit: str) -> "Table":
        """A sourced number's table, of which the unit is the one expected."""
        table = self.sourced(name)
        table.require(table.text("unit") == unit, "unit", f"must be {unit}")
        return table


def read_grams(table: Table, name: str, unit: str) -> int:
    """Whole grams of a sourced number in kilograms (per something) or tonnes."""
    one = table.in_unit(name, unit)
    grams = one.number("value") * (1_000_000 if unit == "t" else 1000)
    one.require(grams > 0 and grams == grams.to_integral_value(), "value", "must be whole grams above 0")
    return int(grams)


def read_whole(table: Table, name: str, unit: str) -> int:
    return table.in_unit(name, unit).whole("value")


def read_number(table: Table, name: str, unit: str) -> Decimal:
    one = table.in_unit(name, unit)
    value = one.number("value")
    one.require(value > 0, "value", "must be above 0")
    one.require(unit != "%" or value <= 100, "value", "must be at most 100")
    return value


def read_band(table: Table, name: str, unit: str) -> Band:
    one = table.in_unit(name, unit)
    low, high = one.number("low"), one.number("high")
    one.require(low < high, "high", "must be above low")
    one.require(unit != "%" or high <= 100, "high", "must be at most 100")
    return low, high


def read_unique(table: Table, name: str, values: Iterable[str]) -> None:
    """Raise ProfileBroken naming the row of a list that says again what one before it said."""
    seen: set[str] = set()
    for n, value in enumerate(values):
        if value in seen:
            raise ProfileBroken(f"{table.key(name)}[{n}]", f"{value} is there twice")
        seen.add(value)
