"""Hours, days and spans of moments inside SQL, which each database says in its own way."""

from typing import Any

from sqlalchemy import Integer, String, literal
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

from traceability.domain.findings.receipts import NIGHT_FROM, NIGHT_TO


class clock(FunctionElement[str]):  # noqa: N801 (a function of SQL)
    """The time of day of a moment in UTC, "14:30"."""

    type = String()
    inherit_cache = True
    name = "clock"


@compiles(clock, "sqlite")
def _sqlite_clock(element: Any, compiler: Any, **kw: Any) -> str:
    [moment] = element.clauses
    return f"substr({compiler.process(moment, **kw)}, 12, 5)"


@compiles(clock, "postgresql")
def _postgresql_clock(element: Any, compiler: Any, **kw: Any) -> str:
    [moment] = element.clauses
    return f"to_char({compiler.process(moment, **kw)} AT TIME ZONE 'UTC', 'HH24:MI')"


class day_after(FunctionElement[str]):  # noqa: N801 (a function of SQL)
    """The day of a moment in UTC some hours later, "2026-04-05"."""

    type = String()
    inherit_cache = True
    name = "day_after"


@compiles(day_after, "sqlite")
def _sqlite_day(element: Any, compiler: Any, **kw: Any) -> str:
    moment, hours = element.clauses
    return f"date({compiler.process(moment, **kw)}, {compiler.process(hours, **kw)} || ' hours')"


@compiles(day_after, "postgresql")
def _postgresql_day(element: Any, compiler: Any, **kw: Any) -> str:
    moment, hours = element.clauses
    shift = f"({compiler.process(hours, **kw)} || ' hours')::interval"
    return f"to_char(({compiler.process(moment, **kw)} AT TIME ZONE 'UTC') + {shift}, 'YYYY-MM-DD')"


class hours_between(FunctionElement[int]):  # noqa: N801 (a function of SQL)
    """Whole hours from one moment to another."""

    type = Integer()
    inherit_cache = True
    name = "hours_between"


@compiles(hours_between, "sqlite")
def _sqlite_hours(element: Any, compiler: Any, **kw: Any) -> str:
    first, last = (compiler.process(one, **kw) for one in element.clauses)
    return f"((unixepoch({last}) - unixepoch({first})) / 3600)"


@compiles(hours_between, "postgresql")
def _postgresql_hours(element: Any, compiler: Any, **kw: Any) -> str:
    first, last = (compiler.process(one, **kw) for one in element.clauses)
    return f"floor(extract(epoch FROM {last} - {first}) / 3600)"


def local_day(moment: Any) -> Any:
    """The day of a moment in Shanghai, as text; there is no summer time there."""
    return day_after(moment, literal("8", String()))


def at_night(moment: Any) -> Any:
    """Whether a moment lies in the night, in Shanghai."""
    return (clock(moment) >= f"{NIGHT_FROM:%H:%M}") & (clock(moment) < f"{NIGHT_TO:%H:%M}")
