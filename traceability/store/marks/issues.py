"""Issued ranges, and what they hold of a batch."""

from collections.abc import Iterable

from sqlalchemy import (
    func,
    select,
)
from sqlalchemy.orm import Session

from traceability.domain.balance import Outstanding
from traceability.domain.marks import (
    Issue,
    MarkState,
    SerialRange,
)
from traceability.domain.people import Within
from traceability.store.marks.requests import firm_within, issued_lines
from traceability.store.marks.rows import IssueRow, RequestLineRow, SpanRow
from traceability.store.people import EnterpriseRow, PartyRow


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


def issue_of(row: IssueRow) -> Issue:
    """An issued range's row as its value; for the store's own modules."""
    return Issue(
        row.id, SerialRange(row.first, row.last), row.enterprise_id, row.batch_id, row.product_id, row.key
    )


def issues(
    session: Session, *, within: Within, batch: int | None = None, request: int | None = None
) -> list[Issue]:
    """Issued ranges within reach, in order."""
    query = (
        select(IssueRow)
        .join(EnterpriseRow, EnterpriseRow.id == IssueRow.enterprise_id)
        .where(firm_within(within))
    )
    if batch is not None:
        query = query.where(IssueRow.batch_id == batch)
    if request is not None:
        lines = select(RequestLineRow.id).where(RequestLineRow.request_id == request)
        query = query.where(IssueRow.line_id.in_(lines))
    return [issue_of(row) for row in session.scalars(query.order_by(IssueRow.first))]


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
        for row in session.scalars(query.with_for_update(key_share=True) if lock else query):
            found[row.id] = issue_of(row)
    return list(found.values())


def lock_issues(session: Session, numbers: Iterable[int]) -> None:
    """Let no other action on these issued ranges run beside this one: their projection is rewritten as a whole."""
    wanted = select(IssueRow.id).where(IssueRow.id.in_(set(numbers))).order_by(IssueRow.id)
    session.execute(wanted.with_for_update(key_share=True))


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
    return int(session.scalar(query.where(firm_within(within))) or 0)


def state_counts(session: Session, *, within: Within) -> dict[MarkState, int]:
    """Marks by state within reach."""
    query = (
        select(SpanRow.state, func.sum(SpanRow.last - SpanRow.first + 1))
        .join(IssueRow, IssueRow.id == SpanRow.issue_id)
        .join(EnterpriseRow, EnterpriseRow.id == IssueRow.enterprise_id)
        .where(firm_within(within))
        .group_by(SpanRow.state)
    )
    return dict.fromkeys(MarkState, 0) | {MarkState(state): int(n) for state, n in session.execute(query)}
