"""Requests and issued ranges, as a person may see them."""

from dataclasses import dataclass

from traceability.domain import errors, marks
from traceability.domain.chain import Lot
from traceability.domain.marks import (
    Issue,
    MarkState,
    Span,
)
from traceability.domain.people import Identity, May, Product
from traceability.services import acting
from traceability.services.marks.requesting import room
from traceability.store import chain as chain_rows
from traceability.store import marks as rows
from traceability.store import people as people_rows
from traceability.store.marks import Request
from traceability.store.work import Work


@dataclass(frozen=True, slots=True)
class IssuedRange:
    """An issued range with its spans, for lists."""

    issue: Issue
    batch: Lot
    product: Product
    spans: tuple[Span, ...]

    @property
    def counts(self) -> dict[MarkState, int]:
        """Marks by state."""
        return marks.counts(self.spans)


def issued_ranges(
    work: Work, *, by: Identity, batch: int | None = None, enterprise: int | None = None
) -> list[IssuedRange]:
    """Issued ranges within reach, in order; of one batch or one firm, when it is named. As many questions for a
    thousand as for one.
    """
    by.require(May.READ_CHAIN)
    found = rows.issues(work.session, within=by.within, batch=batch, enterprise=enterprise)
    lots = chain_rows.lots_by_id(work.session, {one.batch for one in found})
    products = people_rows.products_by_id(work.session, {one.product for one in found})
    spans = rows.spans_by_issue(work.session, [one.id for one in found])
    return [
        IssuedRange(one, lots[one.batch], products[one.product], tuple(spans.get(one.id, ())))
        for one in found
    ]


def requests(work: Work, *, by: Identity) -> list[Request]:
    """Requests within reach, latest first."""
    by.require(May.READ_CHAIN)
    return rows.requests(work.session, within=by.within)


def request(work: Work, *, by: Identity, number: int) -> Request:
    """A request within reach; raise `RequestUnknown`."""
    by.require(May.READ_CHAIN)
    found = rows.request(work.session, number, within=by.within)
    if found is None:
        raise errors.RequestUnknown(request=number)
    return found


def free_for_request(work: Work, *, by: Identity, request: Request) -> int:
    """Grams of the batch this request may use, itself left out: what the officer sees beside it."""
    firm = acting.firm_in_reach(work, by, request.enterprise)
    grams, _ = chain_rows.available(work.session, request.batch, party=firm.party, at=request.filed_at)
    reserved = acting.reserved_g(work, request.batch, firm.id)
    return room(work, request.batch, firm, grams=max(0, grams - reserved), besides=request.id)


def counts(work: Work, *, by: Identity) -> dict[MarkState, int]:
    """Marks by state within reach."""
    by.require(May.READ_CHAIN)
    return rows.state_counts(work.session, within=by.within)
