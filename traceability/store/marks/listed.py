"""Long lists of the mark ledger: requests, issued ranges and print jobs of one firm, found page by page."""

from collections.abc import Iterable, Sequence

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from traceability.domain.listing import Asked, Found
from traceability.domain.marks import Issue, Span
from traceability.store import listing
from traceability.store.chain.rows import LotRow
from traceability.store.listing import Listable
from traceability.store.marks.actions import span_of
from traceability.store.marks.issues import issue_of
from traceability.store.marks.printing import PrintJob, jobs_of
from traceability.store.marks.requests import Request, requests_of
from traceability.store.marks.rows import IssueRow, PrintJobRow, RequestLineRow, RequestRow, SpanRow
from traceability.store.people import ProductRow

Condition = ColumnElement[bool]


def find_requests(session: Session, asked: Asked, *, enterprise: int) -> Found[int]:
    """Requests of a firm."""
    query = (
        select(RequestRow.id)
        .join(LotRow, LotRow.id == RequestRow.batch_id)
        .where(RequestRow.enterprise_id == enterprise)
    )
    lines = select(func.coalesce(func.sum(RequestLineRow.packs), 0))
    packs = lines.where(RequestLineRow.request_id == RequestRow.id).correlate(RequestRow).scalar_subquery()
    return listing.numbers(
        session,
        Listable(
            query=query,
            number=RequestRow.id,
            sorts={
                "filed": RequestRow.filed_at,
                "no": RequestRow.no,
                "batch": LotRow.no,
                "packs": packs,
                "state": RequestRow.state,
            },
            texts=(RequestRow.no, LotRow.no),
            codes=(RequestRow.state,),
            also=(_asks_for,),
            only={"state": lambda code: RequestRow.state == code},
            day=RequestRow.filed_at,
        ),
        asked,
    )


def _asks_for(text: str) -> Condition:
    query = select(RequestLineRow.request_id).join(ProductRow, ProductRow.id == RequestLineRow.product_id)
    return RequestRow.id.in_(query.where(listing.holds(ProductRow.name, text)))


def requests_by_id(session: Session, numbers: Sequence[int]) -> list[Request]:
    """Requests by id, in the order asked for."""
    rows = {row.id: row for row in session.scalars(select(RequestRow).where(RequestRow.id.in_(numbers)))}
    return requests_of(session, [rows[number] for number in numbers if number in rows])


def find_issues(session: Session, asked: Asked, *, enterprise: int) -> Found[int]:
    """Issued ranges of a firm. A number searched for is one that lies in the range."""
    query = (
        select(IssueRow.id)
        .join(LotRow, LotRow.id == IssueRow.batch_id)
        .join(ProductRow, ProductRow.id == IssueRow.product_id)
        .where(IssueRow.enterprise_id == enterprise)
    )
    return listing.numbers(
        session,
        Listable(
            query=query,
            number=IssueRow.id,
            sorts={
                "first": IssueRow.first,
                "batch": LotRow.no,
                "product": ProductRow.name,
                "marks": IssueRow.last - IssueRow.first,
            },
            texts=(LotRow.no, ProductRow.name),
            also=(_holds_serial,),
            only={"state": _has_state},
        ),
        asked,
    )


def _serial(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 10 else None


def _holds_serial(text: str) -> Condition:
    wanted = -1 if (found := _serial(text)) is None else found
    return (IssueRow.first <= wanted) & (IssueRow.last >= wanted)


def _has_state(code: str) -> Condition:
    return IssueRow.id.in_(select(SpanRow.issue_id).where(SpanRow.state == code))


def issues_by_id(session: Session, numbers: Sequence[int]) -> list[Issue]:
    """Issued ranges by id, in the order asked for."""
    rows = {row.id: row for row in session.scalars(select(IssueRow).where(IssueRow.id.in_(numbers)))}
    return [issue_of(rows[number]) for number in numbers if number in rows]


def spans_by_issue(session: Session, issues: Iterable[int]) -> dict[int, list[Span]]:
    """The projection of issued ranges, by range, in order."""
    found: dict[int, list[Span]] = {}
    query = select(SpanRow).where(SpanRow.issue_id.in_(list(issues))).order_by(SpanRow.first)
    for row in session.scalars(query):
        found.setdefault(row.issue_id, []).append(span_of(row))
    return found


def find_print_jobs(session: Session, asked: Asked, *, enterprise: int) -> Found[int]:
    """Print jobs of a firm."""
    query = (
        select(PrintJobRow.id)
        .join(IssueRow, IssueRow.id == PrintJobRow.issue_id)
        .join(ProductRow, ProductRow.id == IssueRow.product_id)
        .where(IssueRow.enterprise_id == enterprise)
    )
    return listing.numbers(
        session,
        Listable(
            query=query,
            number=PrintJobRow.id,
            sorts={
                "opened": PrintJobRow.opened_at,
                "no": PrintJobRow.no,
                "product": ProductRow.name,
                "state": PrintJobRow.state,
            },
            texts=(PrintJobRow.no, ProductRow.name, func.coalesce(PrintJobRow.recipient, "")),
            codes=(PrintJobRow.state, PrintJobRow.medium),
            also=(_holds_serial,),
            only={"state": lambda code: PrintJobRow.state == code},
            day=PrintJobRow.opened_at,
        ),
        asked,
    )


def print_jobs_by_id(session: Session, numbers: Sequence[int]) -> list[PrintJob]:
    """Print jobs by id, in the order asked for."""
    query = select(PrintJobRow, IssueRow).join(IssueRow, IssueRow.id == PrintJobRow.issue_id)
    rows = {job.id: (job, issue) for job, issue in session.execute(query.where(PrintJobRow.id.in_(numbers)))}
    return jobs_of(session, [rows[number] for number in numbers if number in rows])
