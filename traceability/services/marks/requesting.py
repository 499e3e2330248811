"""A firm asks for marks."""

from collections.abc import Sequence
from datetime import datetime

from traceability.domain import chain as chain_rules
from traceability.domain import errors, marks
from traceability.domain.chain import Lot
from traceability.domain.marks import (
    RequestLine,
    RequestState,
)
from traceability.domain.people import Enterprise, Identity, May
from traceability.domain.profile import Grade
from traceability.domain.units import local_day
from traceability.services import acting
from traceability.services.acting import once
from traceability.services.chain.drawing import one_stock
from traceability.services.chain.packing import own_product
from traceability.services.chain.testing import require_passed
from traceability.store import chain as chain_rows
from traceability.store import log as log_rows
from traceability.store import marks as rows
from traceability.store import people as people_rows
from traceability.store.marks import Request
from traceability.store.work import Work


@once
def request_marks(
    work: Work,
    *,
    by: Identity,
    now: datetime,
    batch: int,
    lines: Sequence[tuple[int, int, int]],
    key: str | None = None,
) -> int:
    """Ask for marks for a tested batch; `lines` are (product, packs, spares). The request's id."""
    firm = acting.own_firm(work, by, May.REQUEST_MARKS)
    scope = people_rows.rights(work.session, firm.id).require(now, local_day(now)).scope
    stock = one_stock(work, batch, party=acting.own_party(work, firm, None), at=now)
    chain_rules.check_usable(stock)
    require_passed(work, stock.lot, confirmed=False)
    asked = [_line(work, firm, stock.lot, scope, *line) for line in lines]
    marks.check_lines(asked)
    check_room(work, stock.lot, firm, asked, grams=stock.free_g)
    no = f"Q{local_day(now).year % 100}-{log_rows.next_numbers(work.session, 'mark_request'):06d}"
    number = rows.add_request(
        work.session, no=no, enterprise=firm.id, batch=batch, lines=asked, at=now, by=by.user
    )
    told = {
        "request": no,
        "enterprise": firm.uscc,
        "batch": stock.lot.no,
        "lines": [list(line) for line in lines],
    }
    acting.state(work, "marks.requested", by=by, now=now, private=told)
    return number


def _line(
    work: Work,
    firm: Enterprise,
    batch: Lot,
    scope: Sequence[Grade],
    product: int,
    packs: int,
    spares: int,
) -> RequestLine:
    found = own_product(work, firm.id, product)
    chain_rules.check_product(found, batch, scope)
    return RequestLine(found.id, found.net_content_g, packs, spares)


def room(work: Work, batch: int, firm: Enterprise, *, grams: int, besides: int | None = None) -> int:
    """Grams a request may still ask for: free of marks, of other requests waiting, and of the firm's open shortages."""
    waiting = sum(line.grams for line in rows.waiting_lines(work.session, batch, firm.id, besides=besides))
    return max(0, grams - waiting - chain_rows.open_shortage_g(work.session, firm.id))


def check_room(
    work: Work,
    batch: Lot,
    firm: Enterprise,
    asked: Sequence[RequestLine],
    *,
    grams: int,
    besides: int | None = None,
) -> None:
    marks.check_room(asked, room(work, batch.id, firm, grams=grams, besides=besides))
    earlier = [
        *rows.issued_lines(work.session, batch.id, firm.id),
        *rows.waiting_lines(work.session, batch.id, firm.id, besides=besides),
    ]
    for line in asked:
        same = [one for one in earlier if one.product == line.product]
        packs = line.packs + sum(one.packs for one in same)
        allowed = work.profile.spares(packs)
        marks.check_spares(line.spares, sum(one.spares for one in same), allowed)


@once
def withdraw_request(work: Work, *, by: Identity, now: datetime, request: int, key: str | None = None) -> int:
    """Take back a request nobody has decided."""
    acting.own_firm(work, by, May.REQUEST_MARKS)
    found = request_in(work, by, request, RequestState.FILED)
    rows.set_request(work.session, found.id, RequestState.WITHDRAWN)
    acting.state(work, "marks.request_withdrawn", by=by, now=now, private={"request": found.no})
    return found.id


def request_in(work: Work, by: Identity, number: int, *states: RequestState) -> Request:
    """A request within reach in one of these states, locked; raise `RequestUnknown` or `RequestNotOpen`."""
    found = rows.request(work.session, number, within=by.within, lock=True)
    if found is None:
        raise errors.RequestUnknown(request=number)
    if found.state not in states:
        raise errors.RequestNotOpen(request=found.no, state=found.state.value)
    return found
