"""The base of all rows: names for constraints, and the kinds of column that recur."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Annotated, Any

from sqlalchemy import BigInteger, DateTime, Dialect, ForeignKey, LargeBinary, MetaData, String, Table, Text
from sqlalchemy.orm import DeclarativeBase, mapped_column
from sqlalchemy.types import TypeDecorator

from traceability.domain.log import canonical

#: Every constraint can be altered by name, on both databases.
NAMING = {
    "ix": "ix_%(column_0_N_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """All tables."""

    metadata = MetaData(naming_convention=NAMING)


def table_of(row: type[Base]) -> Table:
    """The bare table of a kind of row, for statements that write many."""
    found = row.__table__
    assert isinstance(found, Table)
    return found


class UtcMoment(TypeDecorator[datetime]):
    """An aware moment, kept in UTC; SQLite forgets the zone, so it is put back on the way out."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """To UTC; a moment without a zone is a fault."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs its zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Aware, in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)

    def result_processor(self, dialect: Dialect, coltype: Any) -> Callable[[Any], Any] | None:
        """SQLite's text is read in one go, zone and all: a long answer has a moment in every row."""
        return _in_utc if dialect.name == "sqlite" else super().result_processor(dialect, coltype)


def _in_utc(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text + "+00:00")


class ExactDecimal(TypeDecorator[Decimal]):
    """A decimal kept as its digits: SQLite would make a float of it."""

    impl = String(24)
    cache_ok = True

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> str | None:
        """As digits."""
        return None if value is None else format(value, "f")

    def process_result_value(self, value: str | None, dialect: Dialect) -> Decimal | None:
        """As a decimal."""
        return None if value is None else Decimal(value)


class CanonicalJson(TypeDecorator[Any]):
    """JSON in its canonical text (RFC 8785), the same bytes on both databases."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        """As canonical text."""
        return None if value is None else canonical(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:
        """As a plain value."""
        return None if value is None else json.loads(value)


class RawBytes(TypeDecorator[bytes]):
    """Bytes as both drivers take and give them: a wrapping of each would cost more than the row it goes into."""

    impl = LargeBinary
    cache_ok = True

    def bind_processor(self, dialect: Dialect) -> None:
        """As they are."""

    def result_processor(self, dialect: Dialect, coltype: Any) -> None:
        """As they are."""


Key = Annotated[int, mapped_column(primary_key=True)]
Grams = Annotated[int, mapped_column(BigInteger)]
Serial = Annotated[int, mapped_column(BigInteger)]
Moment = Annotated[datetime, mapped_column(UtcMoment)]
Exact = Annotated[Decimal, mapped_column(ExactDecimal)]
Json = Annotated[dict[str, Any], mapped_column(CanonicalJson)]
Name = Annotated[str, mapped_column(String(160))]
Code = Annotated[str, mapped_column(String(40))]
Digest = Annotated[str, mapped_column(String(64))]
Words = Annotated[str, mapped_column(String(600))]
County = Annotated[str, mapped_column(String(6), index=True)]

LotRef = Annotated[int, mapped_column(ForeignKey("lot.id"), index=True)]
EventRef = Annotated[int, mapped_column(ForeignKey("event.id"), index=True)]
EnterpriseRef = Annotated[int, mapped_column(ForeignKey("enterprise.id"), index=True)]
PartyRef = Annotated[int, mapped_column(ForeignKey("party.id"), index=True)]
UserRef = Annotated[int, mapped_column(ForeignKey("user.id"))]
