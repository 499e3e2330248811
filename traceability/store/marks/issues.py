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
from traceability.store.marks.requests import firm_within, issued_lines_among
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
    session: Session,
    *,
    within: Within,
    batch: int | None = None,
    request: int | None = None,
    enterprise: int | None = None,
) -> list[Issue]:
    """Issued ranges within reach, in order; of a batch, a request or a firm, when it is named."""
    query = (
        select(IssueRow)
        .join(EnterpriseRow, EnterpriseRow.id == IssueRow.enterprise_id)
        .where(firm_within(within))
    )
    if batch is not None:
        query = query.where(IssueRow.batch_id == batch)
    if enterprise is not None:
        query = query.where(IssueRow.enterprise_id == enterprise)
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


def outstanding_by_product(session: Session, batch: int, enterprise: int) -> dict[int, Outstanding]:
    """Per product of a batch: issued, spares, applied and returned, from the projection."""
    return outstanding_among(session, [batch], enterprise)[batch]


def outstanding_among(
    session: Session, batches: Iterable[int], enterprise: int
) -> dict[int, dict[int, Outstanding]]:
    """The same for several batches, in as many questions as for one."""
    wanted = set(batches)
    issued = states_among(session, wanted, enterprise)
    spares: dict[tuple[int, int], tuple[int, int]] = {}
    for batch, line in issued_lines_among(session, wanted, enterprise):
        net, before = spares.get((batch, line.product), (line.net_content_g, 0))
        spares[batch, line.product] = (net, before + line.spares)
    found: dict[int, dict[int, Outstanding]] = {batch: {} for batch in wanted}
    for (batch, product), (net, extra) in spares.items():
        states = issued.get((batch, product), {})
        found[batch][product] = Outstanding(
            net_content_g=net,
            issued=sum(states.values()),
            spares=extra,
            applied=states.get(MarkState.APPLIED, 0) + states.get(MarkState.RETIRED, 0),
            returned=states.get(MarkState.RETURNED, 0),
        )
    return found


def states_among(
    session: Session, batches: Iterable[int], enterprise: int
) -> dict[tuple[int, int], dict[MarkState, int]]:
    """A firm's marks by state, for each batch and product."""
    query = (
        select(
            IssueRow.batch_id, IssueRow.product_id, SpanRow.state, func.sum(SpanRow.last - SpanRow.first + 1)
        )
        .join(SpanRow, SpanRow.issue_id == IssueRow.id)
        .where(IssueRow.batch_id.in_(set(batches)), IssueRow.enterprise_id == enterprise)
        .group_by(IssueRow.batch_id, IssueRow.product_id, SpanRow.state)
    )
    found: dict[tuple[int, int], dict[MarkState, int]] = {}
    for batch, product, state, n in session.execute(query):
        found.setdefault((batch, product), {})[MarkState(state)] = int(n)
    return found


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
