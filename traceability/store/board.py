"""What the board asks of the books: a fixed number of questions, however large the season."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    case,
    distinct,
    exists,
    func,
    literal,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import Session, aliased

from traceability.domain.board import Band
from traceability.domain.chain import FAILED_REPORT, Account, Lot, LotKind
from traceability.domain.marks import MarkState, RequestState
from traceability.domain.people import Plot
from traceability.store.chain import EntryRow, LotRow, ReportRow, ShipmentRow, ShortageRow
from traceability.store.chain.lots import lot_of
from traceability.store.marks import IssueRow, RequestLineRow, RequestRow, SpanRow
from traceability.store.oversight import HoldRow
from traceability.store.people import PartyRow, ProductRow
from traceability.store.people.plots import plots_by_id
from traceability.store.recalled import RecallLotRow
from traceability.store.recalls import RecallHolderRow, RecallRow


@dataclass(frozen=True, slots=True)
class BandLine:
    """A lot on hand with its band, and what the whole band holds: lots, grams, and its oldest moment."""

    lot: Lot
    band: Band
    closed_at: datetime | None
    grams: int
    packs: int
    packs_away: int
    band_lots: int
    band_grams: int
    band_oldest: datetime


def on_hand_by_band(
    session: Session, *, party: int, enterprise: int, stale_before: datetime, today: date, most: int
) -> list[BandLine]:
    """The oldest lots of each band, so many at most, out of everything the firm has on hand.

    Packs count at the firm's outside consignees as well, everything else in its own house only.
    """
    banded = _banded(party, enterprise, stale_before, today)
    every: dict[str, Any] = {"partition_by": banded.c.band}
    # What was tested and has no marks is mostly a remainder: there the latest comes first.
    place = (case((banded.c.band == Band.TESTED.value, -banded.c.id), else_=banded.c.id),)
    ranked = select(
        banded,
        func.row_number().over(**every, order_by=place).label("place"),
        func.count().over(**every).label("band_lots"),
        func.sum(banded.c.grams).over(**every).label("band_grams"),
        func.min(banded.c.born_at).over(**every).label("band_oldest"),
    ).subquery()
    query = (
        select(LotRow, ProductRow, *(ranked.c[name] for name in SHOWN))
        .join(ranked, ranked.c.id == LotRow.id)
        .join(ProductRow, ProductRow.id == LotRow.product_id, isouter=True)
        .where(ranked.c.place <= most)
        .order_by(ranked.c.band, ranked.c.place)
    )
    return [_line(*row) for row in session.execute(query)]


SHOWN = ("band", "grams", "packs", "packs_away", "band_lots", "band_grams", "band_oldest")


def _line(
    row: LotRow, product: ProductRow | None, band: str, grams: int, packs: int, away: int, *whole: Any
) -> BandLine:
    lots, band_grams, oldest = whole
    return BandLine(
        lot_of(row, product),
        Band(band),
        row.closed_at,
        int(grams),
        int(packs),
        int(away),
        int(lots),
        int(band_grams),
        oldest,
    )


def _banded(party: int, enterprise: int, stale_before: datetime, today: date) -> Any:
    sums = _sums(party, enterprise)
    return (
        select(
            LotRow.id,
            LotRow.born_at,
            sums.c.grams,
            sums.c.packs,
            sums.c.packs_away,
            _band(stale_before, today).label("band"),
        )
        .join(sums, sums.c.lot_id == LotRow.id)
        .where((sums.c.grams > 0) | (LotRow.kind == LotKind.PACKS.value))
        .subquery()
    )


def _sums(party: int, enterprise: int) -> Any:
    """Per lot: grams and packs in the firm's own house, and packs at the consignees it keeps.

    Each half is read off the index of what is on hand, in its order; only what is left over is put together.
    """
    kept = EntryRow.party_id.in_(select(PartyRow.id).where(PartyRow.kept_by == enterprise))
    left = _held(
        EntryRow.lot_id, EntryRow.party_id == party, func.sum(EntryRow.grams).label("grams")
    ).subquery()
    own = select(left.c.lot_id, left.c.grams, _packs(left.c.lot_id, party), literal(0).label("packs_away"))
    # Plus nothing: to have the lots in order, SQLite would rather walk every entry there is.
    theirs = _held(
        (EntryRow.lot_id + 0).label("lot_id"), kept, literal(0), literal(0), func.sum(EntryRow.packs)
    )
    both = union_all(own, theirs).subquery()
    names = ("grams", "packs", "packs_away")
    return (
        select(both.c.lot_id, *(func.sum(both.c[name]).label(name) for name in names))
        .group_by(both.c.lot_id)
        .subquery()
    )


def _held(lot: Any, whose: ColumnElement[bool], *told: Any) -> Select[Any]:
    """What is told of the lots some parties have any of, each by its number."""
    held = (EntryRow.account == Account.HELD.value, whose)
    return select(lot, *told).where(*held).group_by(lot).having(func.sum(EntryRow.grams) > 0)


def _packs(lot: Any, party: int) -> Any:
    """Packs of a lot a party has: asked of what is left only, since a sum more of every lot costs a third more."""
    entry = aliased(EntryRow)
    held = (entry.lot_id == lot, entry.account == Account.HELD.value, entry.party_id == party)
    return select(func.sum(entry.packs)).where(*held).scalar_subquery().label("packs")


def _parties(enterprise: int) -> Any:
    """The firm's own house and the outside consignees it keeps."""
    return select(PartyRow.id).where(
        or_(PartyRow.enterprise_id == enterprise, PartyRow.kept_by == enterprise)
    )


def _band(stale_before: datetime, today: date) -> ColumnElement[str]:
    leaf, made, batch = (LotRow.kind == kind.value for kind in (LotKind.LEAF, LotKind.MADE, LotKind.BATCH))
    failed = exists().where(
        HoldRow.lot_id == LotRow.id, HoldRow.lifted_at.is_(None), HoldRow.cause == FAILED_REPORT
    )
    tested = exists().where(ReportRow.lot_id == LotRow.id)
    waiting = SpanRow.state.in_([MarkState.ON_HAND.value, MarkState.PRINTED.value])
    marked = exists().where(IssueRow.batch_id == LotRow.id, SpanRow.issue_id == IssueRow.id, waiting)
    return case(
        (and_(leaf, LotRow.born_at < stale_before), Band.STALE.value),
        (and_(leaf, LotRow.plucked_from < today), Band.LATE.value),
        (leaf, Band.TODAY.value),
        (made, Band.MADE.value),
        (and_(batch, LotRow.closed_at.is_(None)), Band.OPEN.value),
        (and_(batch, ~tested), Band.UNTESTED.value),
        (and_(batch, failed), Band.FAILED.value),
        (and_(batch, marked), Band.MARKED.value),
        (batch, Band.TESTED.value),
        else_=Band.PACKS.value,
    )


# --- garden cards ---------------------------------------------------------------------------------------------------


def plots_bought_on(session: Session, enterprise: int, season: int, *, receipts: int) -> list[Plot]:
    """The garden cards of a firm's latest receipts of a season: so many receipts are looked through."""
    latest = (
        select(LotRow.id)
        .where(LotRow.origin_id == enterprise, LotRow.kind == LotKind.LEAF.value, LotRow.season == season)
        .order_by(LotRow.id.desc())
        .limit(receipts)
    )
    receipts_of = EntryRow.lot_id.in_(select(latest.subquery().c.id))
    bought = select(EntryRow.plot_id).where(receipts_of, EntryRow.plot_id.is_not(None)).distinct()
    return list(plots_by_id(session, [one for one in session.scalars(bought) if one]).values())


# --- what waits -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Answer:
    """An answered mark request: its state, the office's words, its batch, and its marks nobody has printed."""

    request: int
    no: str
    state: RequestState
    reason: str | None
    batch: int
    unprinted: int


def answers(session: Session, enterprise: int, *, since: datetime, most: int) -> list[Answer]:
    """Requests decided since a moment, and those whose marks wait to be printed; latest first."""
    marks = (
        select(func.sum(SpanRow.last - SpanRow.first + 1))
        .join(IssueRow, IssueRow.id == SpanRow.issue_id)
        .join(RequestLineRow, RequestLineRow.id == IssueRow.line_id)
        .where(RequestLineRow.request_id == RequestRow.id, SpanRow.state == MarkState.ON_HAND.value)
        .scalar_subquery()
    )
    decided = RequestRow.state.in_([RequestState.APPROVED.value, RequestState.REFUSED.value])
    query = (
        select(RequestRow, marks)
        .where(
            RequestRow.enterprise_id == enterprise,
            or_(
                and_(decided, RequestRow.decided_at >= since),
                and_(RequestRow.state == RequestState.ISSUED.value, marks > 0),
            ),
        )
        .order_by(RequestRow.id.desc())
        .limit(most)
    )
    return [
        Answer(row.id, row.no, RequestState(row.state), row.reason, row.batch_id, int(n or 0))
        for row, n in session.execute(query)
    ]


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many deliveries wait to be answered, shortages to be settled, and lots are held."""

    deliveries: int
    shortages: int
    held: int
    recalled: int


def waiting(session: Session, *, enterprise: int) -> Waiting:
    """What waits for a firm, counted; lots count as held that it made or has had."""
    parties = _parties(enterprise)
    coming = select(func.count(ShipmentRow.id)).where(
        ShipmentRow.state == "on_the_way", ShipmentRow.to_id.in_(parties)
    )
    short = select(func.count(ShortageRow.id)).where(
        ShortageRow.enterprise_id == enterprise, ShortageRow.settled_at.is_(None)
    )
    had = exists().where(EntryRow.lot_id == HoldRow.lot_id, EntryRow.party_id.in_(parties))
    held = (
        select(func.count(distinct(HoldRow.lot_id)))
        .join(LotRow, LotRow.id == HoldRow.lot_id)
        .where(HoldRow.lifted_at.is_(None), or_(LotRow.origin_id == enterprise, had))
    )
    here = select(RecallHolderRow.recall_id).where(RecallHolderRow.party_id.in_(parties))
    mine = (
        select(RecallLotRow.recall_id)
        .join(LotRow, LotRow.id == RecallLotRow.lot_id)
        .where(LotRow.origin_id == enterprise)
    )
    recalled = select(func.count(RecallRow.id)).where(
        RecallRow.closed_at.is_(None), or_(RecallRow.id.in_(here), RecallRow.id.in_(mine))
    )
    counted = select(*(one.scalar_subquery() for one in (coming, short, held, recalled)))
    return Waiting(*(int(one) for one in session.execute(counted).one()))
