"""Scans: time, serial, door, place when known, a keyed hash of the client; nothing else (PIPL).

A look costs the same however many there were: scans are only ever added at the end, each pointing back to the one
before it of the same mark, and what the verdict needs is in the mark's tally.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import orjson
from sqlalchemy import BigInteger, String, Text, bindparam, case, cast, delete, func, select
from sqlalchemy.orm import Mapped, Session, aliased, mapped_column
from sqlalchemy.sql.dml import Insert

from traceability.domain.marks import MarkState, SerialRange
from traceability.domain.scans import Door, Tally
from traceability.store.base import Base, Code, Key, Moment
from traceability.store.marks.rows import SpanRow
from traceability.store.prepared import At, Prepared, is_postgresql, named, term


class ScanRow(Base):
    """One scan; `again` marks a reload, `previous` is the scan of the same mark before it."""

    __tablename__ = "scan"

    id: Mapped[Key]
    at: Mapped[Moment]
    serial: Mapped[int] = mapped_column(BigInteger)
    door: Mapped[Code]
    province: Mapped[Code | None]
    client: Mapped[str | None] = mapped_column(String(32))
    again: Mapped[bool]
    previous: Mapped[int | None]


class TallyRow(Base):
    """All looks at a mark: those of the public in `looks`, of trade and offices in `checks`; the rest in `memory`."""

    __tablename__ = "scan_tally"

    serial: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    looks: Mapped[int]
    checks: Mapped[int]
    last_scan: Mapped[int | None]
    memory: Mapped[str] = mapped_column(Text)


@dataclass(frozen=True, slots=True)
class Scan:
    """A scan as read or to be kept."""

    serial: int
    at: datetime
    door: Door
    client: str | None = None
    province: str | None = None
    again: bool = False


NO_LOOKS = Tally()


@dataclass(frozen=True, slots=True)
class Known:
    """What is kept of a mark's looks: the tally of the public's, the checks of others, its last scan, and what the
    county was told of it last.
    """

    tally: Tally = NO_LOOKS
    checks: int = 0
    last_scan: int | None = None
    told: str = ""


NOTHING = Known()

# --- the tally ----------------------------------------------------------------------------------------------


def _memory(known: Known) -> str:
    """What no query asks for, in one short text."""
    tally = known.tally
    kept = {
        "first_at": _seconds(tally.first_at),
        "last_at": _seconds(tally.last_at),
        "clients": [(client, int(at.timestamp())) for client, at in tally.clients],
        "people": tally.people,
        "places": tally.places,
        "occasions": tally.occasions,
        "new_at": _seconds(tally.new_at),
        "faded_at": _seconds(tally.faded_at),
        "peak": tally.peak,
        "early": tally.early,
        "forgiven": tally.forgiven,
        "told": known.told,
    }
    return orjson.dumps({name: value for name, value in kept.items() if value}).decode()


def _known(_serial: int, looks: int, checks: int, last_scan: int | None, memory: str) -> Known:
    kept = orjson.loads(memory)
    tally = Tally(
        looks=looks,
        first_at=_moment(kept.get("first_at")),
        last_at=_moment(kept.get("last_at")),
        clients=tuple((client, _at(at)) for client, at in kept.get("clients", ())),
        people=kept.get("people", 0),
        places=tuple(kept.get("places", ())),
        occasions=kept.get("occasions", 0),
        new_at=_moment(kept.get("new_at")),
        faded_at=_moment(kept.get("faded_at")),
        peak=kept.get("peak", 0),
        early=kept.get("early", 0),
        forgiven=kept.get("forgiven", 0),
    )
    return Known(tally, checks, last_scan, kept.get("told", ""))


def _seconds(at: datetime | None) -> int | None:
    return None if at is None else int(at.timestamp())


def _moment(seconds: int | None) -> datetime | None:
    return None if seconds is None else _at(seconds)


def _at(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


_COLUMNS = (TallyRow.serial, TallyRow.looks, TallyRow.checks, TallyRow.last_scan, TallyRow.memory)
_READ = Prepared(
    lambda _sql: select(*_COLUMNS).where(TallyRow.serial == bindparam("wanted", type_=BigInteger))
)
_READ_LOCKED = Prepared(
    lambda _sql: (
        select(*_COLUMNS).where(TallyRow.serial == bindparam("wanted", type_=BigInteger)).with_for_update()
    )
)


def known(session: At, serial: int) -> Known:
    """What is kept of one mark's looks."""
    found = _READ.rows(session, wanted=serial)
    return _known(*found[0]) if found else NOTHING


def known_of_all(session: At, serials: Iterable[int]) -> dict[int, Known]:
    """What is kept of these marks' looks, locked until the transaction ends; nothing yet for those never looked at.

    On PostgreSQL a row is made first for a mark that has none, so that two first looks wait for each other, and all
    lock in the same order; SQLite has one writer at a time anyway.
    """
    wanted = sorted(set(serials))
    if is_postgresql(session):
        _EMPTY.write(session, [_row(serial, NOTHING) for serial in wanted])
    found = {serial: _READ_LOCKED.rows(session, wanted=serial) for serial in wanted}
    return {serial: _known(*rows[0]) if rows else NOTHING for serial, rows in found.items()}


def _row(serial: int, kept: Known) -> dict[str, object]:
    tally = kept.tally
    return {
        "serial": serial,
        "looks": tally.looks,
        "checks": kept.checks,
        "last_scan": kept.last_scan,
        "memory": _memory(kept),
    }


def _empty(sql: Any) -> Insert:
    made: Insert = sql.insert(TallyRow).values(named(TallyRow)).on_conflict_do_nothing()
    return made


def _written(sql: Any) -> Insert:
    made = sql.insert(TallyRow).values(named(TallyRow))
    fresh = {column.name: made.excluded[column.name] for column in _COLUMNS[1:]}
    kept: Insert = made.on_conflict_do_update(index_elements=[TallyRow.serial], set_=fresh)
    return kept


_EMPTY, _WRITE = Prepared(_empty), Prepared(_written)


def keep_tallies(session: At, tallies: Mapping[int, Known]) -> None:
    """Write these tallies; their rows are locked by `known_of_all`."""
    if tallies:
        _WRITE.write(session, [_row(serial, kept) for serial, kept in tallies.items()])


# --- scans --------------------------------------------------------------------------------------------------

_ADD = Prepared(lambda sql: sql.insert(ScanRow).values(named(ScanRow, without="id")).returning(ScanRow.id))


def add_scan(session: At, scan: Scan, *, previous: int | None) -> int:
    """Keep a scan with the one of its mark before it; its id."""
    door = scan.door.value
    told = {
        "at": scan.at,
        "serial": scan.serial,
        "door": door,
        "province": scan.province,
        "client": scan.client,
    }
    return int(_ADD.rows(session, **told, again=scan.again, previous=previous)[0][0])


def scans_of(session: Session, serial: int, *, most: int = 200) -> list[Scan]:
    """The latest scans of a mark, latest first."""
    last = select(TallyRow.last_scan).where(TallyRow.serial == serial).scalar_subquery()
    chain = select(ScanRow.id, ScanRow.previous).where(ScanRow.id == last).cte("chain", recursive=True)
    before = aliased(ScanRow)
    chain = chain.union_all(select(before.id, before.previous).where(before.id == chain.c.previous))
    query = select(ScanRow).join(chain, ScanRow.id == chain.c.id).order_by(ScanRow.id.desc()).limit(most)
    return [_scan(row) for row in session.scalars(query)]


def _scan(row: ScanRow) -> Scan:
    return Scan(row.serial, row.at, Door(row.door), row.client, row.province, row.again)


def looked_at(session: Session, wanted: SerialRange, *, most: int = 200) -> list[tuple[int, str, int]]:
    """(serial, state, looks of the public) of marks of a range that are on no pack and were looked at."""
    query = (
        select(TallyRow.serial, SpanRow.state, TallyRow.looks)
        .join(SpanRow, SpanRow.first <= TallyRow.serial)
        .where(TallyRow.serial.between(wanted.first, wanted.last), TallyRow.looks > 0)
        .where(SpanRow.last >= TallyRow.serial, SpanRow.state != MarkState.APPLIED.value)
        .order_by(TallyRow.serial)
    )
    return [(serial, state, looks) for serial, state, looks in session.execute(query.limit(most))]


@dataclass(frozen=True, slots=True)
class Seen:
    """Of some marks: how many the public looked at, how often in all, and how many of them since a moment."""

    marks: int
    looks: int
    marks_since: int


def seen_in(session: Session, ranges: Iterable[SerialRange], *, since: datetime) -> Seen:
    """What the public looked at of these marks; read from the tallies, which outlive the scans."""
    last_at = cast(term(session, TallyRow.memory, "last_at"), BigInteger)
    lately = func.sum(case((last_at >= int(since.timestamp()), 1), else_=0))
    marks = looks = fresh = 0
    for one in ranges:
        asked = select(func.count(), func.sum(TallyRow.looks), lately).where(
            TallyRow.serial.between(one.first, one.last), TallyRow.looks > 0
        )
        n, times, new = session.execute(asked).one()
        marks, looks, fresh = marks + n, looks + int(times or 0), fresh + int(new or 0)
    return Seen(marks, looks, fresh)


def forget_scans(session: Session, before: datetime, *, most: int = 10_000) -> int:
    """Delete at most so many scans from before a moment; how many there were. Tallies name nobody and stay."""
    old = select(ScanRow.id).where(ScanRow.at < before).order_by(ScanRow.id).limit(most)
    gone = delete(ScanRow).where(ScanRow.id.in_(old.scalar_subquery())).returning(ScanRow.id)
    return len(session.scalars(gone).all())


def first_seen_in(session: Session, ranges: Iterable[SerialRange]) -> int | None:
    """A serial of these ranges that was ever looked up, by anybody; None when none was."""
    for one in ranges:
        found = session.scalar(
            select(func.min(TallyRow.serial)).where(TallyRow.serial.between(one.first, one.last))
        )
        if found is not None:
            return int(found)
    return None
