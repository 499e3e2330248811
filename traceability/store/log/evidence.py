"""Facts about something, found by when its other rows were written: facts have no index of their own."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from traceability.domain.log import read, written_opening
from traceability.store.log.facts import FactRow
from traceability.store.log.leaves import LeafRow, leaf_of_raw
from traceability.store.log.waiting import RawFact, raw_columns
from traceability.store.prepared import is_postgresql

#: Moments asked about at once: a database takes only so many parameters.
_AT_ONCE = 400


@dataclass(frozen=True, slots=True)
class Kept:
    """A fact as it is kept, with its number in the log and its commitment (both None while it waits)."""

    raw: RawFact
    number: int | None
    commitment: bytes | None

    @property
    def kind(self) -> str:
        """Its kind."""
        return self.raw[1]

    @property
    def told(self) -> dict[str, Any]:
        """All it says, both parts together; of one that was forgotten only what is public."""
        public, private = self.raw[6], self.raw[7]
        return {**_value(public), **_value(private or "{}")}

    @property
    def leaf(self) -> bytes:
        """Its leaf, of one that is sealed."""
        return leaf_of_raw(self.raw, (self.commitment or b"").hex())

    @property
    def opening(self) -> tuple[bytes, str] | None:
        """What its commitment commits to, and the salt; None when that was forgotten."""
        _id, _kind, _version, actor, happened, _recorded, _public, private, salt = self.raw
        return (written_opening(actor, happened, private), salt) if private and salt else None


def _value(text: str) -> dict[str, Any]:
    found = read(text)
    return found if isinstance(found, dict) else {}


def facts_at(session: Session, moments: Iterable[datetime]) -> Iterator[Kept]:
    """Every fact that was recorded at one of these moments, in the order of facts."""
    wanted = sorted(set(moments))
    for n in range(0, len(wanted), _AT_ONCE):
        yield from _asked(session, FactRow.recorded_at.in_(wanted[n : n + _AT_ONCE]))


def facts_of_kind(session: Session, kind: str, *, since: datetime) -> Iterator[Kept]:
    """Every fact of a kind recorded since a moment; it reads all that was recorded since."""
    yield from _asked(session, FactRow.recorded_at >= since, FactRow.kind == kind)


def _asked(session: Session, *conditions: Any) -> Iterator[Kept]:
    columns = raw_columns(postgresql if is_postgresql(session) else sqlite)
    query = (
        select(LeafRow.number, LeafRow.commitment, *columns)
        .select_from(FactRow)
        .join(LeafRow, LeafRow.fact_id == FactRow.id, isouter=True)
        .where(*conditions)
        .order_by(FactRow.id)
    )
    for number, commitment, *raw in session.execute(query):
        yield Kept(tuple(raw), number, commitment and bytes(commitment))
