"""The lines of the books: entries summed by season, holder, what happened, account, kind of lot and day of recording.

A projection: the audit makes it again from the entries and compares. It is written as the last thing a change does, so
that its rows are locked for a moment only and always in the same order.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, String, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from traceability.domain.units import local_day
from traceability.store.base import Base, Grams
from traceability.store.chain.rows import LotRow
from traceability.store.people.rows import PartyRow
from traceability.store.prepared import Prepared, among, is_postgresql, named


class BookLineRow(Base):
    """What one kind of event brought a holder into an account (+) or took out of it (-).

    `season` is the calendar year in Shanghai in which it happened, `recorded_on` the day there on which it was told;
    `lot_kind` is empty where an entry names no lot.
    """

    __tablename__ = "book_line"

    season: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    holder_id: Mapped[int] = mapped_column(ForeignKey("party.id"), primary_key=True, autoincrement=False)
    kind: Mapped[str] = mapped_column(String(40), primary_key=True)
    account: Mapped[str] = mapped_column(String(40), primary_key=True)
    lot_kind: Mapped[str] = mapped_column(String(40), primary_key=True)
    recorded_on: Mapped[date] = mapped_column(primary_key=True)
    grams: Mapped[Grams]
    packs: Mapped[int] = mapped_column(BigInteger)


Key = tuple[int, int, str, str, str, date]
NAMES = ("season", "holder_id", "kind", "account", "lot_kind", "recorded_on")


@dataclass(frozen=True, slots=True)
class _Told:
    """The entries of one event, as they wait for the end of the change."""

    kind: str
    enterprise: int
    happened_at: datetime
    recorded_at: datetime
    entries: Sequence[Mapping[str, Any]]
    lots: Mapping[int, str]


_WAITING = "book_lines"


def tell(
    session: Session,
    event: Mapping[str, Any],
    entries: Sequence[Mapping[str, Any]],
    lots: Mapping[int, str],
) -> None:
    """These entries of an event (as its row has it) belong in the books; `lots` are the kinds of lots it opened."""
    told = _Told(
        event["kind"], event["enterprise_id"], event["happened_at"], event["recorded_at"], entries, lots
    )
    session.info.setdefault(_WAITING, []).append(told)


def keep(session: Session) -> None:
    """Write what was told, the last thing before a change ends."""
    if told := session.info.pop(_WAITING, None):
        sums = _sums(session, told)
        rows = [
            dict(zip(NAMES, key, strict=True)) | {"grams": grams, "packs": packs}
            for key, (grams, packs) in sorted(sums.items())
            if grams or packs
        ]
        if rows:
            _ADD.write(session, rows)


def _sums(session: Session, told: Iterable[_Told]) -> dict[Key, list[int]]:
    listed = list(told)
    kinds = {lot: kind for one in listed for lot, kind in one.lots.items()}
    kinds |= _kinds(session, {e["lot_id"] for one in listed for e in one.entries if e["lot_id"]} - set(kinds))
    own = _own(session, {one.enterprise for one in listed if not _held_by(one)})
    sums: dict[Key, list[int]] = defaultdict(lambda: [0, 0])
    for one in listed:
        holder = _held_by(one) or own[one.enterprise]
        season, day = local_day(one.happened_at).year, local_day(one.recorded_at)
        for entry in one.entries:
            lot = kinds.get(entry["lot_id"] or 0, "")
            at = sums[season, entry["party_id"] or holder, one.kind, entry["account"], lot, day]
            at[0] += entry["grams"]
            at[1] += entry["packs"]
    return sums


def _held_by(one: _Told) -> int:
    """In whose books an event stands: the party whose stock it moved; 0 where it moved none."""
    return min((entry["party_id"] for entry in one.entries if entry["party_id"]), default=0)


def _kinds(session: Session, lots: set[int]) -> dict[int, str]:
    if not lots:
        return {}
    query = select(LotRow.id, LotRow.kind).where(among(session, LotRow.id, lots))
    return {int(number): str(kind) for number, kind in session.execute(query)}


def _own(session: Session, firms: set[int]) -> dict[int, int]:
    """The party each firm is itself."""
    if not firms:
        return {}
    query = select(PartyRow.enterprise_id, PartyRow.id).where(PartyRow.enterprise_id.in_(firms))
    return {firm: party for firm, party in session.execute(query) if firm is not None}


def _added(sql: Any) -> Any:
    made = sql.insert(BookLineRow).values(named(BookLineRow))
    more = {
        "grams": BookLineRow.grams + made.excluded.grams,
        "packs": BookLineRow.packs + made.excluded.packs,
    }
    return made.on_conflict_do_update(index_elements=list(NAMES), set_=more)


_ADD = Prepared(_added)


# --- made again from the entries ----------------------------------------------------------------------------

_SHANGHAI = {
    "sqlite": (
        "CAST(strftime('%Y', v.happened_at, '+8 hours') AS INTEGER)",
        "date(v.recorded_at, '+8 hours')",
    ),
    "postgresql": (
        "CAST(EXTRACT(YEAR FROM v.happened_at AT TIME ZONE 'Asia/Shanghai') AS INTEGER)",
        "CAST(v.recorded_at AT TIME ZONE 'Asia/Shanghai' AS DATE)",
    ),
}

# The holder of an event is joined, not asked for by each entry: without statistics (books just restored) PostgreSQL
# would walk through all entries each time.
_AGAIN = """
    SELECT {year} AS season, COALESCE(e.party_id, h.party_id, p.id) AS holder_id, v.kind AS kind, e.account AS account,
           COALESCE(l.kind, '') AS lot_kind, {day} AS recorded_on, e.grams AS grams, e.packs AS packs
    FROM entry e JOIN event v ON v.id = e.event_id JOIN party p ON p.enterprise_id = v.enterprise_id
         LEFT JOIN (SELECT event_id, MIN(party_id) AS party_id FROM entry GROUP BY event_id) h
                ON h.event_id = e.event_id
         LEFT JOIN lot l ON l.id = e.lot_id
"""

_UNLIKE = """
    SELECT season, holder_id, kind, account, lot_kind, recorded_on, SUM(grams), SUM(packs) FROM (
        SELECT season, holder_id, kind, account, lot_kind, recorded_on, grams, packs FROM book_line
        UNION ALL
        SELECT season, holder_id, kind, account, lot_kind, recorded_on, -grams, -packs FROM ({again}) made
    ) both_ways GROUP BY season, holder_id, kind, account, lot_kind, recorded_on
    HAVING SUM(grams) <> 0 OR SUM(packs) <> 0
"""


def again(postgresql: bool) -> str:
    """The question that makes the lines again, one row for each entry."""
    year, day = _SHANGHAI["postgresql" if postgresql else "sqlite"]
    return _AGAIN.format(year=year, day=day)


def unlike(session: Session) -> list[tuple[int, str, str, int]]:
    """(holder, kind, account, grams too many) of every line that is not what the entries come to."""
    return [(int(row[1]), row[2], row[3], row[6]) for row in apart(session)]


def apart(session: Session) -> list[tuple[Any, ...]]:
    """(key of the line, grams too many, packs too many) of every line that is not what the entries come to.

    The key is as the driver has it: it may be no day and no number, when somebody wrote it there.
    """
    found = session.execute(text(_UNLIKE.format(again=again(is_postgresql(session)))))
    return [(*row[:6], int(row[6]), int(row[7])) for row in found]
