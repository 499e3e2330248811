"""Where one serial stands: the question every look at a mark asks."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import BigInteger, Select, bindparam, select

from traceability.domain.marks import Issue, MarkState, SerialRange
from traceability.store.log import books_version
from traceability.store.marks.rows import IssueRow, SpanRow
from traceability.store.people import ProductRow
from traceability.store.prepared import At, Prepared


@dataclass(frozen=True, slots=True)
class Place:
    """Where a serial stands: its issued range and product, its state, and the version of the books this was read in."""

    issue: Issue
    gtin: str | None
    net_content_g: int
    state: MarkState
    pack_lot: int | None
    version: int


def _place_query() -> Select[Any]:
    """Two steps in an index, however many ranges there are: what begins last before a serial is what can hold it."""
    serial = bindparam("serial", type_=BigInteger)
    issue = (
        select(IssueRow).where(IssueRow.first <= serial).order_by(IssueRow.first.desc()).limit(1).subquery()
    )
    span = select(SpanRow).where(SpanRow.first <= serial).order_by(SpanRow.first.desc()).limit(1).subquery()
    return (
        select(
            issue.c.id, issue.c.first, issue.c.last, issue.c.enterprise_id, issue.c.batch_id, issue.c.product_id,
            issue.c.key, span.c.last.label("span_last"), span.c.state, span.c.pack_lot_id,
            ProductRow.gtin, ProductRow.net_content_g, books_version().label("version"),
        )
        .join(span, span.c.issue_id == issue.c.id)
        .join(ProductRow, ProductRow.id == issue.c.product_id)
    )  # fmt: skip


_PLACE = Prepared(lambda _sql: _place_query())


def place_of_serial(session: At, serial: int) -> Place | None:
    """Where a serial stands now; None for one that was never issued."""
    found = _PLACE.rows(session, serial=serial)
    if not found:
        return None
    number, first, last, enterprise, batch, product, key, span_last, state, pack_lot, gtin, net, version = (
        found[0]
    )
    if serial > min(last, span_last):
        return None
    issue = Issue(number, SerialRange(first, last), enterprise, batch, product, key)
    return Place(issue, gtin, net, MarkState(state), pack_lot, version or 0)
