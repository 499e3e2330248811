"""Mark requests and their lines."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import (
    ColumnElement,
    Select,
    false,
    func,
    select,
    true,
)
from sqlalchemy.orm import Session

from traceability.domain.marks import (
    RequestLine,
    RequestState,
)
from traceability.domain.people import Within
from traceability.store.marks.rows import IssueRow, RequestLineRow, RequestRow
from traceability.store.people import EnterpriseRow, ProductRow


@dataclass(frozen=True, slots=True)
class Request:
    """A request as read."""

    id: int
    no: str
    enterprise: int
    batch: int
    state: RequestState
    filed_at: datetime
    filed_by: int
    decided_at: datetime | None
    reason: str | None
    lines: tuple[RequestLine, ...]


def add_request(
    session: Session,
    *,
    no: str,
    enterprise: int,
    batch: int,
    lines: Sequence[RequestLine],
    at: datetime,
    by: int,
) -> int:
    """A filed request; its id."""
    row = RequestRow(
        no=no,
        enterprise_id=enterprise,
        batch_id=batch,
        state=RequestState.FILED.value,
        filed_at=at,
        filed_by=by,
    )
    session.add(row)
    session.flush()
    session.add_all(
        RequestLineRow(request_id=row.id, product_id=one.product, packs=one.packs, spares=one.spares)
        for one in lines
    )
    return row.id


def request(session: Session, number: int, *, within: Within, lock: bool = False) -> Request | None:
    """A request within reach."""
    query = _requests(within).where(RequestRow.id == number)
    if lock:
        query = query.with_for_update(of=RequestRow, key_share=True).execution_options(populate_existing=True)
    row = session.scalars(query).first()
    return requests_of(session, [row])[0] if row else None


def requests(session: Session, *, within: Within, batch: int | None = None) -> list[Request]:
    """Requests within reach, latest first."""
    query = _requests(within).order_by(RequestRow.id.desc())
    if batch is not None:
        query = query.where(RequestRow.batch_id == batch)
    return requests_of(session, session.scalars(query).all())


def _requests(within: Within) -> Select[RequestRow]:
    query = select(RequestRow).join(EnterpriseRow, EnterpriseRow.id == RequestRow.enterprise_id)
    return query.where(firm_within(within))


def firm_within(within: Within) -> ColumnElement[bool]:
    if within.everything:
        return true()
    if within.county is not None:
        return EnterpriseRow.county == within.county
    return EnterpriseRow.id == within.enterprise if within.enterprise is not None else false()


def requests_of(session: Session, rows: Sequence[RequestRow]) -> list[Request]:
    """Rows as values, with the lines of all of them in one question; for the store's own modules."""
    lines: dict[int, list[RequestLine]] = {row.id: [] for row in rows}
    query = (
        select(RequestLineRow, ProductRow.net_content_g)
        .join(ProductRow, ProductRow.id == RequestLineRow.product_id)
        .where(RequestLineRow.request_id.in_(lines))
        .order_by(RequestLineRow.id)
    )
    for line, net in session.execute(query):
        lines[line.request_id].append(RequestLine(line.product_id, net, line.packs, line.spares))
    return [_request(row, lines[row.id]) for row in rows]


def _request(row: RequestRow, lines: Sequence[RequestLine]) -> Request:
    return Request(
        row.id,
        row.no,
        row.enterprise_id,
        row.batch_id,
        RequestState(row.state),
        row.filed_at,
        row.filed_by,
        row.decided_at,
        row.reason,
        tuple(lines),
    )


def set_request(
    session: Session,
    number: int,
    state: RequestState,
    *,
    at: datetime | None = None,
    by: int | None = None,
    reason: str | None = None,
) -> None:
    """Move a request on."""
    row = session.get_one(RequestRow, number)
    row.state = state.value
    if by is not None:
        row.decided_at, row.decided_by, row.reason = at, by, reason


def waiting_lines(
    session: Session, batch: int, enterprise: int, *, besides: int | None = None
) -> list[RequestLine]:
    """Lines of requests filed or approved for a batch and not issued: they count against its tea too."""
    query = (
        select(RequestLineRow, ProductRow.net_content_g)
        .join(RequestRow, RequestRow.id == RequestLineRow.request_id)
        .join(ProductRow, ProductRow.id == RequestLineRow.product_id)
        .where(
            RequestRow.batch_id == batch,
            RequestRow.enterprise_id == enterprise,
            RequestRow.state.in_([RequestState.FILED.value, RequestState.APPROVED.value]),
        )
    )
    if besides is not None:
        query = query.where(RequestRow.id != besides)
    return [
        RequestLine(line.product_id, net, line.packs, line.spares) for line, net in session.execute(query)
    ]


def waiting_among(session: Session, batches: Iterable[int], enterprise: int) -> dict[int, int]:
    """Grams that requests filed or approved and not issued ask for, by batch; only batches with such a request."""
    query = (
        select(RequestRow.batch_id, func.sum(RequestLineRow.packs * ProductRow.net_content_g))
        .join(RequestLineRow, RequestLineRow.request_id == RequestRow.id)
        .join(ProductRow, ProductRow.id == RequestLineRow.product_id)
        .where(
            RequestRow.batch_id.in_(set(batches)),
            RequestRow.enterprise_id == enterprise,
            RequestRow.state.in_([RequestState.FILED.value, RequestState.APPROVED.value]),
        )
        .group_by(RequestRow.batch_id)
    )
    return {batch: int(grams) for batch, grams in session.execute(query)}


def issued_lines(session: Session, batch: int, enterprise: int) -> list[RequestLine]:
    """Lines that were issued for a batch."""
    return [line for _, line in issued_lines_among(session, [batch], enterprise)]


def issued_lines_among(
    session: Session, batches: Iterable[int], enterprise: int
) -> list[tuple[int, RequestLine]]:
    """(batch, line) of every line that was issued for one of these batches."""
    query = (
        select(IssueRow.batch_id, RequestLineRow, ProductRow.net_content_g)
        .join(IssueRow, IssueRow.line_id == RequestLineRow.id)
        .join(ProductRow, ProductRow.id == RequestLineRow.product_id)
        .where(IssueRow.batch_id.in_(set(batches)), IssueRow.enterprise_id == enterprise)
    )
    return [
        (batch, RequestLine(line.product_id, net, line.packs, line.spares))
        for batch, line, net in session.execute(query)
    ]


def line_ids(session: Session, request: int) -> list[int]:
    """The ids of a request's lines in their order."""
    query = select(RequestLineRow.id).where(RequestLineRow.request_id == request).order_by(RequestLineRow.id)
    return list(session.scalars(query))
