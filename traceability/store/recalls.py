"""Recalls: of what, which lots they reach, who had the goods, who was told, and how they ended; drills beside them.

A drill has a table of its own: nothing that asks whether a lot is recalled can ever meet one.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Select, exists, insert, literal, or_, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from traceability.domain.people import Within
from traceability.domain.recalls import Amount, NoticeWay, Place, Scope, ScopeKind
from traceability.store.base import Base, Code, County, Json, Key, Moment, Name, UserRef, Words, table_of
from traceability.store.chain.rows import EntryRow, LotRow
from traceability.store.people.rows import EnterpriseRow, PartyRow
from traceability.store.recalled import RecallLotRow
from traceability.store.recalled import recalled_among as recalled_among  # for those who ask here
from traceability.store.spread import SPREAD
from traceability.store.told import tell


class Scoped:
    """The columns that say of what a recall or a drill is; `subject` as people call it."""

    scope: Mapped[Code]
    subject: Mapped[Name]
    lot_id: Mapped[int | None] = mapped_column(ForeignKey("lot.id"), index=True)
    plot_id: Mapped[int | None] = mapped_column(ForeignKey("plot.id"), index=True)
    enterprise_id: Mapped[int | None] = mapped_column(ForeignKey("enterprise.id"), index=True)
    first: Mapped[int | None] = mapped_column(BigInteger)
    last: Mapped[int | None] = mapped_column(BigInteger)
    since: Mapped[date | None]
    until: Mapped[date | None]


class RecallRow(Scoped, Base):
    """A recall; `figures` is where the goods were when it was ordered: place → grams and packs.

    `enterprise_id` is the firm whose recall it is: of a lot its maker; nobody's for a plot.
    """

    __tablename__ = "recall"

    id: Mapped[Key]
    grade: Mapped[Code]
    reason: Mapped[Words]
    known_at: Mapped[Moment]
    ordered_at: Mapped[Moment]
    ordered_by: Mapped[UserRef]
    figures: Mapped[Json]
    closed_at: Mapped[Moment | None]
    closed_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    close_reason: Mapped[Words | None]


class RecallHolderRow(Base):
    """Who had recalled goods when the recall was ordered, or was to get them; a firm says here that it stopped them."""

    __tablename__ = "recall_holder"

    recall_id: Mapped[int] = mapped_column(ForeignKey("recall.id"), primary_key=True)
    party_id: Mapped[int] = mapped_column(ForeignKey("party.id"), primary_key=True, index=True)
    grams: Mapped[int] = mapped_column(BigInteger)
    packs: Mapped[int]
    stopped_at: Mapped[Moment | None]
    stopped_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"))


class RecallNoticeRow(Base):
    """Somebody who has recalled goods was told of it."""

    __tablename__ = "recall_notice"

    id: Mapped[Key]
    recall_id: Mapped[int] = mapped_column(ForeignKey("recall.id"), index=True)
    recipient: Mapped[Name]
    way: Mapped[Code]
    happened_at: Mapped[Moment]
    recorded_at: Mapped[Moment]
    entered_by: Mapped[UserRef]


class RecallDrillRow(Scoped, Base):
    """A drill: how long the list took, and how much of the weight it found; `figures` is the list as it was scored."""

    __tablename__ = "recall_drill"

    id: Mapped[Key]
    county: Mapped[County]
    started_at: Mapped[Moment]
    started_by: Mapped[UserRef]
    listed_at: Mapped[Moment | None]
    listed_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    figures: Mapped[Json]


# --- recalls ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Recall:
    """A recall as read; `lot` and `enterprise` where it is about one."""

    id: int
    scope: Scope
    subject: str
    lot: int | None
    enterprise: int | None
    grade: str
    reason: str
    known_at: datetime
    ordered_at: datetime
    figures: Mapping[Place, Amount]
    closed_at: datetime | None
    close_reason: str | None

    @property
    def open(self) -> bool:
        """Whether it still runs."""
        return self.closed_at is None


def add_recall(
    session: Session,
    scope: Scope,
    *,
    subject: str,
    enterprise: int | None,
    grade: str,
    reason: str,
    known_at: datetime,
    figures: Mapping[Place, Amount],
    at: datetime,
    by: int,
) -> int:
    """A recall of the lots gathered last (`spread.gather`); its id."""
    row = RecallRow(
        **_columns(scope, subject, enterprise),
        grade=grade,
        reason=reason,
        known_at=known_at,
        ordered_at=at,
        ordered_by=by,
        figures=_written(figures),
    )
    session.add(row)
    session.flush()
    reached = select(literal(row.id), SPREAD.c.lot_id)
    added = insert(RecallLotRow).from_select(["recall_id", "lot_id"], reached)
    lots = session.scalars(added.returning(RecallLotRow.lot_id)).all()
    tell(session, table_of(RecallLotRow), [{"recall_id": row.id, "lot_id": lot} for lot in lots])
    return row.id


def _columns(scope: Scope, subject: str, enterprise: int | None) -> dict[str, Any]:
    kind = scope.kind
    return {
        "scope": kind.value,
        "subject": subject,
        "lot_id": scope.what if kind is ScopeKind.LOT else None,
        "plot_id": scope.what if kind is ScopeKind.PLOT else None,
        "enterprise_id": enterprise,
        "first": scope.what if kind is ScopeKind.SERIALS else None,
        "last": scope.last,
        "since": scope.since,
        "until": scope.until,
    }


def _scope(row: Scoped) -> Scope:
    kind = ScopeKind(row.scope)
    by_kind = {ScopeKind.LOT: row.lot_id, ScopeKind.PLOT: row.plot_id, ScopeKind.SERIALS: row.first}
    return Scope(kind, by_kind.get(kind, row.enterprise_id) or 0, row.last, row.since, row.until)


def _written(figures: Mapping[Place, Amount]) -> dict[str, list[int]]:
    return {place.value: [one.grams, one.packs] for place, one in figures.items()}


def _recall(row: RecallRow) -> Recall:
    return Recall(
        row.id,
        _scope(row),
        row.subject,
        row.lot_id,
        row.enterprise_id,
        row.grade,
        row.reason,
        row.known_at,
        row.ordered_at,
        {Place(place): Amount(*one) for place, one in row.figures.items()},
        row.closed_at,
        row.close_reason,
    )


def recall(session: Session, number: int, *, within: Within) -> Recall | None:
    """A recall by id, if it reaches goods within somebody's reach."""
    row = session.scalars(_within(within).where(RecallRow.id == number)).first()
    return _recall(row) if row else None


def recalls(session: Session, *, within: Within) -> list[Recall]:
    """Recalls that reach goods made or held within reach, latest first."""
    return [_recall(row) for row in session.scalars(_within(within).order_by(RecallRow.id.desc()))]


def recalls_of(session: Session, lots: Iterable[int]) -> list[Recall]:
    """Recalls that reach one of these lots, latest first."""
    reaching = select(RecallLotRow.recall_id).where(RecallLotRow.lot_id.in_(set(lots)))
    query = select(RecallRow).where(RecallRow.id.in_(reaching)).order_by(RecallRow.id.desc())
    return [_recall(row) for row in session.scalars(query)]


def _within(within: Within) -> Select[RecallRow]:
    query = select(RecallRow)
    if within.everything:
        return query
    reached = select(RecallLotRow.lot_id).where(RecallLotRow.recall_id == RecallRow.id)
    parties = select(PartyRow.id).join(
        EnterpriseRow, EnterpriseRow.id.in_([PartyRow.enterprise_id, PartyRow.kept_by])
    )
    if within.county is not None:
        firms = select(EnterpriseRow.id).where(EnterpriseRow.county == within.county)
        parties = parties.where(EnterpriseRow.county == within.county)
    else:
        firms = select(EnterpriseRow.id).where(EnterpriseRow.id == (within.enterprise or 0))
        parties = parties.where(EnterpriseRow.id == (within.enterprise or 0))
    made = reached.join(LotRow, LotRow.id == RecallLotRow.lot_id).where(LotRow.origin_id.in_(firms))
    had = reached.join(EntryRow, EntryRow.lot_id == RecallLotRow.lot_id).where(EntryRow.party_id.in_(parties))
    sent = select(RecallHolderRow.party_id).where(
        RecallHolderRow.recall_id == RecallRow.id, RecallHolderRow.party_id.in_(parties)
    )
    return query.where(or_(exists(made), exists(had), exists(sent)))


def reached(session: Session, number: int) -> set[int]:
    """The lots a recall reaches."""
    return set(session.scalars(select(RecallLotRow.lot_id).where(RecallLotRow.recall_id == number)))


def close_recall(session: Session, number: int, *, at: datetime, by: int, reason: str) -> bool:
    """Keep that a recall is carried out, and how it ended; whether it still ran."""
    query = select(RecallRow).where(RecallRow.id == number, RecallRow.closed_at.is_(None))
    row = session.scalars(query.with_for_update(key_share=True)).first()
    if row is not None:
        row.closed_at, row.closed_by, row.close_reason = at, by, reason
        session.flush()
    return row is not None


# --- who had the goods, and who was told --------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class RecallHolder:
    """Who had recalled goods when the recall was ordered; `stopped_at` when a firm said that it stopped them."""

    party: int
    name: str
    place: str
    enterprise: int | None
    kept_by: int | None
    amount: Amount
    stopped_at: datetime | None


def add_holders(session: Session, recall: int, holders: Mapping[int, Amount]) -> None:
    """Keep who had the goods, by party."""
    session.add_all(
        RecallHolderRow(recall_id=recall, party_id=party, grams=one.grams, packs=one.packs)
        for party, one in sorted(holders.items())
    )
    session.flush()


def recall_holders(session: Session, recall: int) -> list[RecallHolder]:
    """Who had the goods of a recall, most of it first."""
    query = (
        select(RecallHolderRow, PartyRow)
        .join(PartyRow, PartyRow.id == RecallHolderRow.party_id)
        .where(RecallHolderRow.recall_id == recall)
        .order_by(RecallHolderRow.grams.desc(), PartyRow.id)
    )
    return [
        RecallHolder(
            party.id,
            party.name,
            party.place,
            party.enterprise_id,
            party.kept_by,
            Amount(row.grams, row.packs),
            row.stopped_at,
        )
        for row, party in session.execute(query)
    ]


def stop_goods(session: Session, recall: int, enterprise: int, *, at: datetime, by: int) -> int:
    """A firm says of what it and its outside consignees have that it is stopped; of how many parties it was news."""
    parties = select(PartyRow.id).where(
        or_(PartyRow.enterprise_id == enterprise, PartyRow.kept_by == enterprise)
    )
    rows = session.scalars(
        select(RecallHolderRow)
        .where(RecallHolderRow.recall_id == recall, RecallHolderRow.stopped_at.is_(None))
        .where(RecallHolderRow.party_id.in_(parties))
        .with_for_update(key_share=True)
    ).all()
    for row in rows:
        row.stopped_at, row.stopped_by = at, by
    session.flush()
    return len(rows)


@dataclass(frozen=True, slots=True)
class RecallNotice:
    """Who was told of a recall, how and when."""

    recipient: str
    way: NoticeWay
    at: datetime


def add_recall_notice(
    session: Session, recall: int, *, recipient: str, way: NoticeWay, at: datetime, now: datetime, by: int
) -> int:
    """Keep that somebody was told of a recall; the notice's id."""
    row = RecallNoticeRow(
        recall_id=recall,
        recipient=recipient,
        way=way.value,
        happened_at=at,
        recorded_at=now,
        entered_by=by,
    )
    session.add(row)
    session.flush()
    return row.id


def recall_notices(session: Session, recall: int) -> list[RecallNotice]:
    """Who was told of a recall, in order."""
    rows = session.scalars(
        select(RecallNoticeRow).where(RecallNoticeRow.recall_id == recall).order_by(RecallNoticeRow.id)
    )
    return [RecallNotice(row.recipient, NoticeWay(row.way), row.happened_at) for row in rows]


def told_at(session: Session, recall: int) -> set[datetime]:
    """When it was recorded that somebody was told of a recall."""
    return set(
        session.scalars(select(RecallNoticeRow.recorded_at).where(RecallNoticeRow.recall_id == recall))
    )


# --- drills -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Drill:
    """A drill as read; `figures` is empty until the list was drawn up."""

    id: int
    scope: Scope
    subject: str
    county: str
    started_at: datetime
    started_by: int
    listed_at: datetime | None
    figures: Mapping[str, int]


def add_drill(
    session: Session,
    scope: Scope,
    *,
    subject: str,
    enterprise: int | None,
    county: str,
    at: datetime,
    by: int,
) -> int:
    """A drill begins; its id."""
    row = RecallDrillRow(
        **_columns(scope, subject, enterprise), county=county, started_at=at, started_by=by, figures={}
    )
    session.add(row)
    session.flush()
    return row.id


def score_drill(session: Session, number: int, *, figures: Mapping[str, int], at: datetime, by: int) -> bool:
    """The list of a drill is drawn up; whether that is news."""
    query = select(RecallDrillRow).where(RecallDrillRow.id == number, RecallDrillRow.listed_at.is_(None))
    row = session.scalars(query.with_for_update(key_share=True)).first()
    if row is not None:
        row.listed_at, row.listed_by, row.figures = at, by, dict(figures)
        session.flush()
    return row is not None


def drills(session: Session, *, within: Within) -> list[Drill]:
    """Drills of an office, latest first; the prefecture sees all, a county its own, a firm none."""
    query = select(RecallDrillRow).order_by(RecallDrillRow.id.desc())
    if not within.everything:
        query = query.where(RecallDrillRow.county == (within.county or "-"))
    return [
        Drill(
            row.id,
            _scope(row),
            row.subject,
            row.county,
            row.started_at,
            row.started_by,
            row.listed_at,
            row.figures,
        )
        for row in session.scalars(query)
    ]
