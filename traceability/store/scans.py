"""Scans: time, serial, door, place when known, a keyed hash of the client; nothing else (PIPL).

A look costs the same however many there were: scans are only ever added at the end, each pointing back to the one
before it of the same mark, and what the verdict needs is in the mark's tally.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import BigInteger, String, Text, delete, func, insert, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, Session, aliased, mapped_column

from traceability.domain.marks import SerialRange
from traceability.domain.scans import Door, Tally
from traceability.store.base import Base, Code, Key, Moment


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
    first_at: Mapped[Moment | None]
    last_at: Mapped[Moment | None]
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
        "clients": [(client, int(at.timestamp())) for client, at in tally.clients],
        "people": tally.people,
        "places": tally.places,
        "occasions": tally.occasions,
        "new_at": int(tally.new_at.timestamp()) if tally.new_at else None,
        "early": tally.early,
        "forgiven": tally.forgiven,
        "told": known.told,
    }
    return json.dumps({name: value for name, value in kept.items() if value}, separators=(",", ":"))


def _known(row: TallyRow) -> Known:
    kept = json.loads(row.memory)
    new_at = kept.get("new_at")
    tally = Tally(
        looks=row.looks,
        first_at=row.first_at,
        last_at=row.last_at,
        clients=tuple((client, _moment(at)) for client, at in kept.get("clients", ())),
        people=kept.get("people", 0),
        places=tuple(kept.get("places", ())),
        occasions=kept.get("occasions", 0),
        new_at=_moment(new_at) if new_at else None,
        early=kept.get("early", 0),
        forgiven=kept.get("forgiven", 0),
    )
    return Known(tally, row.checks, row.last_scan, kept.get("told", ""))


def _moment(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


_TALLY = select(
    TallyRow.serial,
    TallyRow.looks,
    TallyRow.checks,
    TallyRow.first_at,
    TallyRow.last_at,
    TallyRow.last_scan,
    TallyRow.memory,
)


def known(session: Session, serial: int) -> Known:
    """What is kept of one mark's looks."""
    row = session.execute(_TALLY.where(TallyRow.serial == serial)).first()
    return NOTHING if row is None else _known(row)  # type: ignore[arg-type]


def known_of_all(session: Session, serials: Iterable[int]) -> dict[int, Known]:
    """What is kept of these marks' looks, locked until the transaction ends; nothing yet for those never looked at.

    On PostgreSQL a row is made first for a mark that has none, so that two first looks wait for each other; SQLite
    has one writer at a time anyway.
    """
    wanted = sorted(set(serials))
    if session.get_bind().dialect.name == "postgresql":
        empty = [_row(serial, NOTHING) for serial in wanted]
        session.execute(postgresql.insert(TallyRow).on_conflict_do_nothing(), empty)
    query = _TALLY.where(TallyRow.serial.in_(wanted)).order_by(TallyRow.serial).with_for_update()
    found = {row.serial: _known(row) for row in session.execute(query)}  # type: ignore[arg-type]
    return {serial: found.get(serial, NOTHING) for serial in wanted}


def _row(serial: int, kept: Known) -> dict[str, object]:
    tally = kept.tally
    return {
        "serial": serial,
        "looks": tally.looks,
        "checks": kept.checks,
        "first_at": tally.first_at,
        "last_at": tally.last_at,
        "last_scan": kept.last_scan,
        "memory": _memory(kept),
    }


def keep_tallies(session: Session, tallies: Mapping[int, Known]) -> None:
    """Write these tallies; their rows are locked by `known_of_all`."""
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    made = dialect.insert(TallyRow)
    fresh = {name: made.excluded[name] for name in _row(0, NOTHING) if name != "serial"}
    written = made.on_conflict_do_update(index_elements=[TallyRow.serial], set_=fresh)
    session.execute(written, [_row(serial, kept) for serial, kept in tallies.items()])


# --- scans --------------------------------------------------------------------------------------------------


def add_scans(session: Session, scans: Sequence[tuple[Scan, int | None]]) -> list[int]:
    """Keep scans, each with the one of its mark before it; their ids in the same order."""
    rows = [
        {
            "at": scan.at,
            "serial": scan.serial,
            "door": scan.door.value,
            "province": scan.province,
            "client": scan.client,
            "again": scan.again,
            "previous": previous,
        }
        for scan, previous in scans
    ]
    added = insert(ScanRow).returning(ScanRow.id, sort_by_parameter_order=True)
    return list(session.scalars(added, rows))


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
