"""What waits for an office: how many of each kind, and the first few; a fixed number of narrow questions.

Nothing here reads a whole table into memory: the first screen of an office is as quick with a million receipts.
"""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session

from traceability.domain.listing import Asked, Found
from traceability.domain.marks import RequestState
from traceability.domain.people import PlotState, Within
from traceability.store import listing
from traceability.store.chain.rows import EntryRow, EventRow, LotRow, ShortageRow
from traceability.store.chain.shortages import Shortage, shortage_of
from traceability.store.listing import Listable
from traceability.store.marks.requests import Request, firm_within, requests_of
from traceability.store.marks.rows import RequestRow
from traceability.store.oversight import (
    Decision,
    DecisionRow,
    Finding,
    FindingRow,
    HoldRow,
    decision_of,
    finding_of,
    within_reach,
)
from traceability.store.people.rows import EnterpriseRow, PlotRow


def firm_names(session: Session, numbers: Collection[int | None]) -> dict[int, str]:
    """Names of firms by id, in one question."""
    query = select(EnterpriseRow.id, EnterpriseRow.name)
    known = [one for one in numbers if one is not None]
    return {row[0]: row[1] for row in session.execute(query.where(EnterpriseRow.id.in_(known)))}


def lot_numbers(session: Session, numbers: Collection[int]) -> dict[int, str]:
    """The numbers lots bear, by id, in one question."""
    query = select(LotRow.id, LotRow.no).where(LotRow.id.in_(numbers))
    return {row[0]: row[1] for row in session.execute(query)}


def _pile(session: Session, query: Select[Any], order: Any, limit: int) -> tuple[int, Sequence[Any]]:
    """How many rows there are, and the first few."""
    counted = query.with_only_columns(func.count(), maintain_column_froms=True)
    return session.scalar(counted) or 0, session.scalars(query.order_by(order).limit(limit)).all()


# --- requests -----------------------------------------------------------------------------------------------

UNDECIDED = (RequestState.FILED, RequestState.APPROVED)


def _requests(within: Within) -> Select[Any]:
    query = select(RequestRow).join(EnterpriseRow, EnterpriseRow.id == RequestRow.enterprise_id)
    return query.where(firm_within(within))


def waiting_requests(session: Session, *, within: Within, limit: int) -> tuple[int, list[Request]]:
    """Requests nobody has decided, those that wait longest first."""
    query = _requests(within).where(RequestRow.state.in_(UNDECIDED))
    count, found = _pile(session, query, RequestRow.id, limit)
    return count, requests_of(session, found)


def next_request(session: Session, *, within: Within, after: int, firm: int | None) -> int | None:
    """The request to decide next: the one that waits longest after this, then from the front; none of `firm`'s."""
    query = _requests(within).where(RequestRow.state == RequestState.FILED, RequestRow.id != after)
    if firm is not None:
        query = query.where(RequestRow.enterprise_id != firm)
    ids = query.with_only_columns(RequestRow.id, maintain_column_froms=True)
    later = session.scalar(ids.where(RequestRow.id > after).order_by(RequestRow.id).limit(1))
    return later or session.scalar(ids.order_by(RequestRow.id).limit(1))


def find_requests(session: Session, asked: Asked, *, within: Within) -> Found[int]:
    """Requests within reach by state; searched by number, firm and batch."""
    query = (
        select(RequestRow.id)
        .join(EnterpriseRow, EnterpriseRow.id == RequestRow.enterprise_id)
        .join(LotRow, LotRow.id == RequestRow.batch_id)
        .where(firm_within(within))
    )
    listed = Listable(
        query=query,
        number=RequestRow.id,
        sorts={"filed": RequestRow.id},
        texts=(RequestRow.no, EnterpriseRow.name, LotRow.no),
        only={"state": lambda code: RequestRow.state == code},
    )
    return listing.numbers(session, listed, asked)


def count_requests(session: Session, *, within: Within) -> dict[str, int]:
    """Requests within reach by state."""
    query = _requests(within).with_only_columns(RequestRow.state, func.count(), maintain_column_froms=True)
    return {row[0]: row[1] for row in session.execute(query.group_by(RequestRow.state))}


def requests_by_batch(session: Session, batch: int, *, within: Within) -> list[Request]:
    """Every request for one batch within reach, oldest first."""
    query = _requests(within).where(RequestRow.batch_id == batch).order_by(RequestRow.id)
    return requests_of(session, session.scalars(query).all())


def waiting_of_firm(session: Session, enterprise: int, *, within: Within, besides: int) -> list[Request]:
    """Requests of a firm nobody has decided, oldest first, this one left out."""
    query = _requests(within).where(
        RequestRow.enterprise_id == enterprise, RequestRow.state.in_(UNDECIDED), RequestRow.id != besides
    )
    return requests_of(session, session.scalars(query.order_by(RequestRow.id)).all())


# --- findings -----------------------------------------------------------------------------------------------


def finding(session: Session, number: int, *, within: Within) -> Finding | None:
    """A finding within reach."""
    query = select(FindingRow).where(FindingRow.id == number, within_reach(within, FindingRow))
    row = session.scalars(query).first()
    return finding_of(row) if row else None


def event_numbers(session: Session, numbers: Collection[int | None]) -> dict[int | None, tuple[str, str]]:
    """Kind and number of events by id, in one question."""
    known = [one for one in numbers if one is not None]
    query = select(EventRow.id, EventRow.kind, EventRow.no).where(EventRow.id.in_(known))
    return {row[0]: (row[1], row[2]) for row in session.execute(query)}


def findings_of(session: Session, enterprise: int, *, limit: int) -> list[Finding]:
    """Findings of a firm, latest first."""
    query = select(FindingRow).where(FindingRow.enterprise_id == enterprise)
    return [finding_of(row) for row in session.scalars(query.order_by(FindingRow.id.desc()).limit(limit))]


def open_findings_of(
    session: Session, *, within: Within, enterprise: int, lots: Collection[int], limit: int
) -> tuple[int, list[Finding]]:
    """How many findings of a firm wait, and those within reach about these lots, of whichever firm."""
    waits = (FindingRow.state != "settled", within_reach(within, FindingRow))
    counted = (
        select(func.count()).select_from(FindingRow).where(*waits, FindingRow.enterprise_id == enterprise)
    )
    query = select(FindingRow).where(*waits, _about(lots)).order_by(FindingRow.id.desc())
    return session.scalar(counted) or 0, [finding_of(row) for row in session.scalars(query.limit(limit))]


def _about(lots: Collection[int]) -> ColumnElement[bool]:
    """About one of the lots, or about an event tea came into one of them by: most remarks name only their event."""
    events = select(EntryRow.root_id).where(EntryRow.lot_id.in_(lots), EntryRow.grams > 0)
    return FindingRow.lot_id.in_(lots) | FindingRow.event_id.in_(events)


def open_about(session: Session, code: str, about: str) -> int | None:
    """The open finding of a code about just this."""
    query = select(FindingRow.id).where(
        FindingRow.code == code, FindingRow.about == about, FindingRow.state != "settled"
    )
    return session.scalar(query.order_by(FindingRow.id.desc()).limit(1))


def known_about(session: Session, code: str, about: str) -> int | None:
    """The latest finding of a code about just this, settled or not."""
    query = select(FindingRow.id).where(FindingRow.code == code, FindingRow.about == about)
    return session.scalar(query.order_by(FindingRow.id.desc()).limit(1))


def open_findings(session: Session, *, within: Within, limit: int) -> tuple[int, list[Finding]]:
    """Findings nobody has settled, those that wait longest first."""
    query = select(FindingRow).where(FindingRow.state != "settled", within_reach(within, FindingRow))
    count, found = _pile(session, query, FindingRow.id, limit)
    return count, [finding_of(row) for row in found]


# --- plots, shortages, holds, decisions -----------------------------------------------------------------------


def proposed_plots(session: Session, *, within: Within, limit: int) -> tuple[int, list[str]]:
    """Plots the county has not approved, by their numbers."""
    query = select(PlotRow.no).where(PlotRow.state == PlotState.PROPOSED.value)
    if within.county is not None:
        query = query.where(PlotRow.township.startswith(within.county))
    count, found = _pile(session, query, PlotRow.id, limit)
    return count, list(found)


def open_shortages(session: Session, *, within: Within, limit: int) -> tuple[int, list[Shortage]]:
    """Shortages of marked tea the office has to settle, oldest first; those of transport are the firms' own."""
    query = (
        select(ShortageRow)
        .join(EnterpriseRow, EnterpriseRow.id == ShortageRow.enterprise_id)
        .where(firm_within(within), ShortageRow.settled_at.is_(None), ShortageRow.shipment_id.is_(None))
    )
    count, found = _pile(session, query, ShortageRow.id, limit)
    return count, [shortage_of(row) for row in found]


def count_holds(session: Session, *, within: Within) -> int:
    """Lots of firms within reach that a hold stops."""
    query = (
        select(func.count(HoldRow.lot_id.distinct()))
        .join(LotRow, LotRow.id == HoldRow.lot_id)
        .join(EnterpriseRow, EnterpriseRow.id == LotRow.origin_id)
        .where(HoldRow.lifted_at.is_(None), firm_within(within))
    )
    return session.scalar(query) or 0


def last_decisions(session: Session, *, within: Within, limit: int) -> list[Decision]:
    """What was decided within reach, latest first."""
    query = select(DecisionRow).where(within_reach(within, DecisionRow)).order_by(DecisionRow.id.desc())
    return [decision_of(row) for row in session.scalars(query.limit(limit))]
