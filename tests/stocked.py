"""A world with at least one row in every table the log speaks of, each told by its fact, and ways to tamper with it.

What the story of the world does not fill is filled from the schema: a table that is new tomorrow is in it by itself.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from tests.world import World
from traceability.domain.log import Difference, Fact
from traceability.services.log.replaying import differences
from traceability.store.base import Base, CanonicalJson, ExactDecimal, UtcMoment
from traceability.store.replay.tables import BOOKED, MADE, TOLD
from traceability.store.told import key_of
from traceability.store.work import Work, change, still

TABLES = Base.metadata.tables
MATTERS = sorted(TOLD | BOOKED | set(MADE))


def rows(world: World) -> dict[str, type[Base]]:
    """The class of every table."""
    return {str(one.local_table.name): one.class_ for one in Base.registry.mappers}  # type: ignore[attr-defined]


def stock(world: World) -> None:
    """Tea from leaf to shelf, and a row in every table the story does not reach."""
    packed = world.packed(packs=4, spares=1)
    world.sold(packed.lot, packs=1)
    with change(world.house) as work:
        for table in Base.metadata.sorted_tables:
            if table.name in TOLD and _is_empty(work, table):
                work.session.add(rows(world)[table.name](**_filled(work, table)))
                work.session.flush()
        work.record(Fact("test.stocked", 1, world.now, world.now))


def _is_empty(work: Work, table: sa.Table) -> bool:
    return work.session.scalar(sa.select(sa.func.count()).select_from(table)) == 0


def _filled(work: Work, table: sa.Table) -> dict[str, Any]:
    keyed = len(table.primary_key) == 1 and isinstance(next(iter(table.primary_key)).type, sa.Integer)
    own = {one.name for one in table.primary_key if keyed and not one.foreign_keys}
    return {one.name: _value(work, one) for one in table.columns if one.name not in own}


def _value(work: Work, column: sa.Column[Any]) -> Any:
    for key in column.foreign_keys:
        return work.session.scalar(sa.select(sa.func.min(key.column)))
    return _plain(column)


MOMENT = datetime(2026, 4, 1, 2, 3, 4, 567, tzinfo=UTC)


def _plain(column: sa.Column[Any]) -> Any:
    kind = column.type
    if isinstance(kind, UtcMoment):
        return MOMENT
    if isinstance(kind, CanonicalJson):
        return {"a": [1, "二", None], "big": 2**60}
    if isinstance(kind, ExactDecimal):
        return Decimal("1.50")
    simple: Mapping[type, Any] = {
        sa.Boolean: True, sa.BigInteger: 2**55, sa.Integer: 7, sa.Date: date(2026, 4, 1), sa.LargeBinary: b"file",
    }  # fmt: skip
    found = next((value for known, value in simple.items() if isinstance(kind, known)), None)
    return "都匀"[: getattr(kind, "length", None) or 2] if found is None else found


# --- tampering ------------------------------------------------------------------------------------------------------


def other(column: sa.Column[Any], value: Any) -> Any:
    """Another value than this (a driver's own), such as somebody might write there by hand."""
    kind = column.type
    if isinstance(kind, UtcMoment):
        return datetime(2031, 1, 2, 3, 4, 5, 6, tzinfo=UTC)
    if isinstance(kind, CanonicalJson):
        return {"a": 2}
    if isinstance(kind, ExactDecimal):
        return Decimal("9.75")
    if isinstance(kind, sa.Boolean):
        return not value
    if isinstance(kind, sa.Integer):
        return (value or 0) + (-1_000_003 if column.name == "first" else 1_000_003)
    if isinstance(kind, sa.Date):
        return date(2031, 1, 2)
    if isinstance(kind, sa.LargeBinary):
        return bytes(value or b"") + b"x"
    return f"{value or ''}"[: (kind.length or 9) - 1] + "x"  # type: ignore[attr-defined]


def a_row(work: Work, table: str) -> dict[str, Any]:
    """One row of a table."""
    return dict(work.session.execute(sa.select(TABLES[table]).limit(1)).mappings().one())


def is_row(table: str, row: Mapping[str, Any]) -> sa.ColumnElement[bool]:
    """The condition that names one row."""
    return sa.and_(*(TABLES[table].c[name] == row[name] for name in key_of(table)))


@dataclass(frozen=True)
class Insider:
    """Somebody with the database in their hands; what they did is undone."""

    work: Work
    found: Callable[[], list[Difference]]

    def does(self, statement: Any) -> list[Difference]:
        """What the log says after a statement by hand."""
        self.work.session.execute(statement)
        return self.found()


@contextmanager
def insider(world: World) -> Iterator[Insider]:
    """For one tampering."""
    with world.house.sessions() as session:
        if session.get_bind().dialect.name == "sqlite":
            session.execute(sa.text("PRAGMA defer_foreign_keys = ON"))
        work = Work(session, world.house)
        try:
            yield Insider(work, lambda: list(differences(work)))
        finally:
            session.rollback()


def told_right(world: World) -> list[Difference]:
    """What differs now; nothing, unless somebody tampered."""
    with still(world.house) as work:
        return list(differences(work))
