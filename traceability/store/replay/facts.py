"""The facts as a replay reads them: in order, so many at a time, straight off the driver."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import BigInteger, Text, bindparam, func, select, type_coerce
from sqlalchemy.orm import Session

from traceability.domain.replay import ROWS
from traceability.store.log import FactRow
from traceability.store.prepared import Prepared

AT_ONCE = 5_000

#: A private part with rows in it has this text; other facts need not be read at all.
_TELLS = f'"{ROWS}":'

_PRIVATE = type_coerce(FactRow.private, Text)
_MARK = bindparam("mark", type_=Text)


def _within() -> Any:
    return FactRow.id.between(bindparam("first", type_=BigInteger), bindparam("last", type_=BigInteger))


def _telling(sql: Any) -> Any:
    place = (func.strpos if sql.__name__.endswith("postgresql") else func.instr)(_PRIVATE, _MARK)
    return select(FactRow.id, _PRIVATE).where(_within(), place > 0).order_by(FactRow.id)


def _bookings(_sql: Any) -> Any:
    # moments stay as the driver has them, and are compared with the driver's
    happened, recorded = type_coerce(FactRow.happened_at, Text), type_coerce(FactRow.recorded_at, Text)
    columns = (FactRow.id, FactRow.kind, FactRow.actor_id, happened, recorded, _PRIVATE)
    return select(*columns).where(_within(), FactRow.kind.startswith("chain.")).order_by(FactRow.id)


_TELLING, _BOOKINGS = Prepared(_telling), Prepared(_bookings)


def last_fact(session: Session) -> int:
    """The number of the last fact."""
    return session.scalar(select(func.max(FactRow.id))) or 0


def telling(session: Session, last: int) -> Iterator[tuple[int, list[tuple[Any, ...]]]]:
    """(number, private text) of every fact that tells of rows, by the number each lot of them ends with."""
    for first in range(1, last + 1, AT_ONCE):
        end = first + AT_ONCE - 1
        yield end, _TELLING.raw(session, first=first, last=end, mark=_TELLS)[0]


def bookings(session: Session, last: int) -> Iterator[tuple[int, list[tuple[Any, ...]]]]:
    """(number, kind, actor, happened, recorded, private text) of every booking, likewise."""
    for first in range(1, last + 1, AT_ONCE):
        end = first + AT_ONCE - 1
        yield end, _BOOKINGS.raw(session, first=first, last=end)[0]
