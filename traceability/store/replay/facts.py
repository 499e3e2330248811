"""The facts as a replay reads them: in order, so many at a time, straight off the driver."""

from collections.abc import Callable, Iterator
from typing import Any

from sqlalchemy import BigInteger, Text, bindparam, case, func, select, type_coerce
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import Session

from traceability.domain.replay import ROWS
from traceability.domain.replay.chain import PREFIX
from traceability.store.log import FactRow
from traceability.store.prepared import Prepared

AT_ONCE = 1_000

#: A private part with rows in it has this text; other facts need not be read at all.
_TELLS = f'"{ROWS}":'

_PRIVATE = type_coerce(FactRow.private, Text)
_MARK = bindparam("mark", type_=Text)


def _next(*columns: Any) -> Any:
    """The next facts whatever they tell: a filter here would let the database choose another way than by their ids."""
    after = FactRow.id > bindparam("after", type_=BigInteger)
    return select(FactRow.id, *columns).where(after).order_by(FactRow.id).limit(AT_ONCE)


def _telling(sql: Any) -> Any:
    place = (func.strpos if sql is postgresql else func.instr)(_PRIVATE, _MARK)
    return _next(case((place > 0, _PRIVATE)))


def _bookings(_sql: Any) -> Any:
    # moments stay as the driver has them, and are compared with the driver's
    happened, recorded = type_coerce(FactRow.happened_at, Text), type_coerce(FactRow.recorded_at, Text)
    booking = FactRow.kind.startswith(PREFIX, autoescape=True)
    return _next(FactRow.kind, FactRow.actor_id, happened, recorded, case((booking, _PRIVATE)))


_TELLING, _BOOKINGS = Prepared(_telling), Prepared(_bookings)


def last_fact(session: Session) -> int:
    """The number of the last fact."""
    return session.scalar(select(func.max(FactRow.id))) or 0


def telling(session: Session) -> Iterator[list[tuple[Any, ...]]]:
    """(number, private text) of every fact that tells of rows, so many at a time."""
    return _in_parts(lambda after: _TELLING.raw(session, after=after, mark=_TELLS)[0])


def bookings(session: Session) -> Iterator[list[tuple[Any, ...]]]:
    """(number, kind, actor, happened, recorded, private text) of every booking, likewise."""
    return _in_parts(lambda after: _BOOKINGS.raw(session, after=after)[0])


def _in_parts(asked: Callable[[int], list[tuple[Any, ...]]]) -> Iterator[list[tuple[Any, ...]]]:
    """Of the facts asked for, those that have a text."""
    some = asked(-(2**63))
    while some:
        if found := [one for one in some if one[-1] is not None]:
            yield found
        some = asked(some[-1][0])
