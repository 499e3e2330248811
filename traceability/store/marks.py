"""Mark requests, issued ranges, mark actions, their projection, and print jobs."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    Select,
    UniqueConstraint,
    delete,
    false,
    func,
    select,
    true,
)
from sqlalchemy.orm import Mapped, Session, mapped_column

from traceability.domain.balance import Outstanding
from traceability.domain.marks import (
    Act,
    Issue,
    MarkAction,
    MarkState,
    RequestLine,
    RequestState,
    SerialRange,
    Span,
)
from traceability.domain.people import Within
from traceability.store.base import Base, Code, EnterpriseRef, Key, LotRef, Moment, Serial, UserRef, Words
from traceability.store.people import EnterpriseRow, PartyRow, ProductRow


class RequestRow(Base):
    """A request for marks on one passed batch."""

    __tablename__ = "mark_request"

    id: Mapped[Key]
    no: Mapped[Code] = mapped_column(unique=True)
    enterprise_id: Mapped[EnterpriseRef]
    batch_id: Mapped[LotRef]
    state: Mapped[Code]
    filed_at: Mapped[Moment]
    filed_by: Mapped[UserRef]
    decided_at: Mapped[Moment | None]
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    reason: Mapped[Words | None]


class RequestLineRow(Base):
    """Marks asked for one product."""

    __tablename__ = "mark_request_line"
    __table_args__ = (
        UniqueConstraint("request_id", "product_id"),
        CheckConstraint("packs > 0 AND spares >= 0", name="asks_for_something"),
    )

    id: Mapped[Key]
    request_id: Mapped[int] = mapped_column(ForeignKey("mark_request.id"), index=True)
    product_id: Mapped[int] = mapped_column(ForeignKey("product.id"))
    packs: Mapped[int]
    spares: Mapped[int]


class IssueRow(Base):
    """An issued range: one enterprise, one batch, one product; `key` names the master key of its codes."""

    __tablename__ = "mark_issue"
    __table_args__ = (CheckConstraint("first <= last", name="in_order"),)

    id: Mapped[Key]
    line_id: Mapped[int] = mapped_column(ForeignKey("mark_request_line.id"), unique=True)
    enterprise_id: Mapped[EnterpriseRef]
    batch_id: Mapped[LotRef]
    product_id: Mapped[int] = mapped_column(ForeignKey("product.id"))
    first: Mapped[Serial] = mapped_column(unique=True)
    last: Mapped[Serial] = mapped_column(unique=True)
    key: Mapped[Code]


class ActionRow(Base):
    """One mark action over a range; rows are added, never changed."""

    __tablename__ = "mark_action"
    __table_args__ = (CheckConstraint("first <= last", name="in_order"),)

    id: Mapped[Key]
    issue_id: Mapped[int] = mapped_column(ForeignKey("mark_issue.id"), index=True)
    action: Mapped[Code]
    first: Mapped[Serial]
    last: Mapped[Serial]
    pack_lot_id: Mapped[int | None] = mapped_column(ForeignKey("lot.id"))
    printed_for: Mapped[date | None]
    reason: Mapped[Words | None]
    happened_at: Mapped[Moment]
    recorded_at: Mapped[Moment]
    actor_id: Mapped[UserRef]


class SpanRow(Base):
    """The projection of the actions: marks in one state. The audit rebuilds it and compares."""

    __tablename__ = "mark_span"
    __table_args__ = (CheckConstraint("first <= last", name="in_order"),)

    id: Mapped[Key]
    issue_id: Mapped[int] = mapped_column(ForeignKey("mark_issue.id"), index=True)
    first: Mapped[Serial] = mapped_column(unique=True)
    last: Mapped[Serial] = mapped_column(unique=True)
    state: Mapped[Code]
    pack_lot_id: Mapped[int | None] = mapped_column(ForeignKey("lot.id"), index=True)
    printed_for: Mapped[date | None]


class PrintJobRow(Base):
    """Labels drawn for a range: design, pack date, who and when, hash of the file."""

    __tablename__ = "print_job"
    __table_args__ = (CheckConstraint("first <= last", name="in_order"),)

    id: Mapped[Key]
    issue_id: Mapped[int] = mapped_column(ForeignKey("mark_issue.id"), index=True)
    first: Mapped[Serial]
    last: Mapped[Serial]
    design: Mapped[Code]
    pack_day: Mapped[date | None]
    printed_at: Mapped[Moment]
    printed_by: Mapped[UserRef]


# --- requests -----------------------------------------------------------------------------------------------


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
        query = query.with_for_update(of=RequestRow).execution_options(populate_existing=True)
    row = session.scalars(query).first()
    return _request(session, row) if row else None


def requests(session: Session, *, within: Within, batch: int | None = None) -> list[Request]:
    """Requests within reach, latest first."""
    query = _requests(within).order_by(RequestRow.id.desc())
    if batch is not None:
        query = query.where(RequestRow.batch_id == batch)
    return [_request(session, row) for row in session.scalars(query)]


def request_by_no(session: Session, no: str, *, within: Within) -> Request | None:
    """A request by its number."""
    row = session.scalars(_requests(within).where(RequestRow.no == no)).first()
    return _request(session, row) if row else None


def _requests(within: Within) -> Select[RequestRow]:
    query = select(RequestRow).join(EnterpriseRow, EnterpriseRow.id == RequestRow.enterprise_id)
    return query.where(_firm(within))


def _firm(within: Within) -> ColumnElement[bool]:
    if within.everything:
        return true()
    if within.county is not None:
        return EnterpriseRow.county == within.county
    return EnterpriseRow.id == within.enterprise if within.enterprise is not None else false()


def _request(session: Session, row: RequestRow) -> Request:
    lines = session.execute(
        select(RequestLineRow, ProductRow.net_content_g)
        .join(ProductRow, ProductRow.id == RequestLineRow.product_id)
        .where(RequestLineRow.request_id == row.id)
        .order_by(RequestLineRow.id)
    )
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
        tuple(RequestLine(line.product_id, net, line.packs, line.spares) for line, net in lines),
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


def issued_lines(session: Session, batch: int, enterprise: int) -> list[RequestLine]:
    """Lines that were issued for a batch."""
    query = (
        select(RequestLineRow, ProductRow.net_content_g)
        .join(IssueRow, IssueRow.line_id == RequestLineRow.id)
        .join(ProductRow, ProductRow.id == RequestLineRow.product_id)
        .where(IssueRow.batch_id == batch, IssueRow.enterprise_id == enterprise)
    )
    return [
        RequestLine(line.product_id, net, line.packs, line.spares) for line, net in session.execute(query)
    ]


# --- issues and reservation ---------------------------------------------------------------------------------


def line_ids(session: Session, request: int) -> list[int]:
    """The ids of a request's lines in their order."""
    query = select(RequestLineRow.id).where(RequestLineRow.request_id == request).order_by(RequestLineRow.id)
    return list(session.scalars(query))


def add_issue(
    session: Session, *, line: int, enterprise: int, batch: int, product: int, wanted: SerialRange, key: str
) -> int:
    """An issued range; its id."""
    row = IssueRow(
        line_id=line,
        enterprise_id=enterprise,
        batch_id=batch,
        product_id=product,
        first=wanted.first,
        last=wanted.last,
        key=key,
    )
    session.add(row)
    session.flush()
    return row.id


def _issue(row: IssueRow) -> Issue:
    return Issue(
        row.id, SerialRange(row.first, row.last), row.enterprise_id, row.batch_id, row.product_id, row.key
    )


def issue_of_serial(session: Session, serial: int) -> Issue | None:
    """The issued range a serial is part of."""
    row = session.scalars(
        select(IssueRow).where(IssueRow.first <= serial).order_by(IssueRow.first.desc()).limit(1)
    ).first()
    return _issue(row) if row and serial <= row.last else None


def issues(
    session: Session, *, within: Within, batch: int | None = None, request: int | None = None
) -> list[Issue]:
    """Issued ranges within reach, in order."""
    query = (
        select(IssueRow).join(EnterpriseRow, EnterpriseRow.id == IssueRow.enterprise_id).where(_firm(within))
    )
    if batch is not None:
        query = query.where(IssueRow.batch_id == batch)
    if request is not None:
        lines = select(RequestLineRow.id).where(RequestLineRow.request_id == request)
        query = query.where(IssueRow.line_id.in_(lines))
    return [_issue(row) for row in session.scalars(query.order_by(IssueRow.first))]


def issues_overlapping(
    session: Session, ranges: Iterable[SerialRange], *, enterprise: int, lock: bool = False
) -> list[Issue]:
    """A firm's issued ranges that share a serial with these; `lock` makes other actions on them wait (FRAUD F07)."""
    found: dict[int, Issue] = {}
    for one in sorted(ranges):
        query = select(IssueRow).where(
            IssueRow.enterprise_id == enterprise, IssueRow.first <= one.last, IssueRow.last >= one.first
        )
        query = query.order_by(IssueRow.id)
        for row in session.scalars(query.with_for_update() if lock else query):
            found[row.id] = _issue(row)
    return list(found.values())


def outstanding(session: Session, batch: int, enterprise: int) -> list[Outstanding]:
    """What a batch's issued marks hold, product by product."""
    return list(outstanding_by_product(session, batch, enterprise).values())


def outstanding_by_product(session: Session, batch: int, enterprise: int) -> dict[int, Outstanding]:
    """Per product of a batch: issued, spares, applied and returned, from the projection."""
    issued = _sums(session, batch, enterprise)
    spares: dict[int, tuple[int, int]] = {}
    for line in issued_lines(session, batch, enterprise):
        spares[line.product] = (line.net_content_g, spares.get(line.product, (0, 0))[1] + line.spares)
    used = {MarkState.APPLIED.value, MarkState.RETIRED.value}
    return {
        product: Outstanding(
            net_content_g=net,
            issued=sum(n for (p, _), n in issued.items() if p == product),
            spares=extra,
            applied=sum(n for (p, state), n in issued.items() if p == product and state in used),
            returned=issued.get((product, MarkState.RETURNED.value), 0),
        )
        for product, (net, extra) in spares.items()
    }


def _sums(session: Session, batch: int, enterprise: int) -> dict[tuple[int, str], int]:
    query = (
        select(IssueRow.product_id, SpanRow.state, func.sum(SpanRow.last - SpanRow.first + 1))
        .join(SpanRow, SpanRow.issue_id == IssueRow.id)
        .where(IssueRow.batch_id == batch, IssueRow.enterprise_id == enterprise)
        .group_by(IssueRow.product_id, SpanRow.state)
    )
    return {(product, state): int(marks) for product, state, marks in session.execute(query)}


# --- actions and their projection ---------------------------------------------------------------------------


def add_action(
    session: Session,
    act: Act,
    *,
    reason: str | None,
    happened_at: datetime,
    recorded_at: datetime,
    by: int,
) -> None:
    """One row of the mark ledger."""
    session.add(
        ActionRow(
            issue_id=act.issue,
            action=act.action.value,
            first=act.range.first,
            last=act.range.last,
            pack_lot_id=act.pack_lot,
            printed_for=act.printed_for,
            reason=reason,
            happened_at=happened_at,
            recorded_at=recorded_at,
            actor_id=by,
        )
    )


def _span(row: SpanRow) -> Span:
    return Span(
        row.issue_id, SerialRange(row.first, row.last), MarkState(row.state), row.pack_lot_id, row.printed_for
    )


def spans(session: Session, *, issue: int) -> list[Span]:
    """The projection of one issued range, in order."""
    rows = session.scalars(select(SpanRow).where(SpanRow.issue_id == issue).order_by(SpanRow.first))
    return [_span(row) for row in rows]


def spans_of_lot(session: Session, pack_lot: int) -> list[Span]:
    """The marks on the packs of a lot."""
    rows = session.scalars(select(SpanRow).where(SpanRow.pack_lot_id == pack_lot).order_by(SpanRow.first))
    return [_span(row) for row in rows]


def span_of_serial(session: Session, serial: int) -> Span | None:
    """Where a serial is now."""
    row = session.scalars(
        select(SpanRow).where(SpanRow.first <= serial).order_by(SpanRow.first.desc()).limit(1)
    ).first()
    return _span(row) if row and serial <= row.last else None


def put_spans(session: Session, issue: int, wanted: Sequence[Span]) -> None:
    """Make the projection of an issued range these spans."""
    session.execute(delete(SpanRow).where(SpanRow.issue_id == issue))
    session.add_all(
        SpanRow(
            issue_id=issue,
            first=one.range.first,
            last=one.range.last,
            state=one.state.value,
            pack_lot_id=one.pack_lot,
            printed_for=one.printed_for,
        )
        for one in wanted
    )
    session.flush()


def all_acts(session: Session) -> list[Act]:
    """Every mark action in its order, for rebuilding the projection."""
    rows = session.scalars(select(ActionRow).order_by(ActionRow.id))
    return [
        Act(r.issue_id, MarkAction(r.action), SerialRange(r.first, r.last), r.pack_lot_id, r.printed_for)
        for r in rows
    ]


def all_spans(session: Session) -> list[Span]:
    """The whole projection, in the order of issued ranges."""
    rows = session.scalars(select(SpanRow).order_by(SpanRow.issue_id, SpanRow.first))
    return [_span(row) for row in rows]


def marked_batches(session: Session) -> list[tuple[int, int, int]]:
    """(batch, enterprise, the enterprise's party) of every batch marks were issued for."""
    query = select(IssueRow.batch_id, IssueRow.enterprise_id, PartyRow.id).join(
        PartyRow, PartyRow.enterprise_id == IssueRow.enterprise_id
    )
    return [(batch, enterprise, party) for batch, enterprise, party in session.execute(query.distinct())]


def issued_total(session: Session, *, within: Within) -> int:
    """Marks issued within reach."""
    query = select(func.sum(IssueRow.last - IssueRow.first + 1)).join(
        EnterpriseRow, EnterpriseRow.id == IssueRow.enterprise_id
    )
    return int(session.scalar(query.where(_firm(within))) or 0)


def state_counts(session: Session, *, within: Within) -> dict[MarkState, int]:
    """Marks by state within reach."""
    query = (
        select(SpanRow.state, func.sum(SpanRow.last - SpanRow.first + 1))
        .join(IssueRow, IssueRow.id == SpanRow.issue_id)
        .join(EnterpriseRow, EnterpriseRow.id == IssueRow.enterprise_id)
        .where(_firm(within))
        .group_by(SpanRow.state)
    )
    return dict.fromkeys(MarkState, 0) | {MarkState(state): int(n) for state, n in session.execute(query)}


def add_print_job(
    session: Session,
    issue: int,
    wanted: SerialRange,
    *,
    design: str,
    pack_day: date | None,
    at: datetime,
    by: int,
) -> int:
    """A print job; its id."""
    row = PrintJobRow(
        issue_id=issue,
        first=wanted.first,
        last=wanted.last,
        design=design,
        pack_day=pack_day,
        printed_at=at,
        printed_by=by,
    )
    session.add(row)
    session.flush()
    return row.id
