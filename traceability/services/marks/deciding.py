"""The county confirms, approves or refuses, and issues."""

from collections.abc import Mapping
from datetime import datetime

from traceability.domain import chain as chain_rules
from traceability.domain import errors
from traceability.domain.chain import Lot
from traceability.domain.marks import (
    LAST_SERIAL,
    Act,
    MarkAction,
    MarkState,
    RequestLine,
    RequestState,
    SerialRange,
    Span,
)
from traceability.domain.people import Enterprise, Identity, May, read_reason, read_text
from traceability.domain.units import local_day
from traceability.services import acting
from traceability.services.acting import once
from traceability.services.chain.drawing import one_stock
from traceability.services.chain.testing import batch_status, require_passed
from traceability.services.marks.requesting import check_room, request_in
from traceability.store import chain as chain_rows
from traceability.store import log as log_rows
from traceability.store import marks as rows
from traceability.store import people as people_rows
from traceability.store.marks import Request
from traceability.store.work import Work


@once
def approve_request(
    work: Work,
    *,
    by: Identity,
    now: datetime,
    request: int,
    report_confirmed: bool,
    reason: str = "",
    key: str | None = None,
) -> int:
    """Confirm the typed values against the report, and approve. The county of the enterprise decides (FRAUD F16)."""
    found, firm = _to_decide(work, by, request, RequestState.FILED)
    words = read_text(reason, "reason", longest=500) if reason.strip() else ""
    people_rows.rights(work.session, firm.id).require(now, local_day(now))
    stock = one_stock(work, found.batch, party=acting.own_party(work, firm, None), at=now)
    chain_rules.check_usable(stock)
    _confirm_report(work, stock.lot, report_confirmed, by=by, now=now)
    require_passed(work, stock.lot)
    check_room(work, stock.lot, firm, found.lines, grams=stock.free_g, besides=found.id)
    rows.set_request(work.session, found.id, RequestState.APPROVED, at=now, by=by.user, reason=words or None)
    _decided(work, found, firm, "approved", words, by=by, now=now)
    return found.id


def _to_decide(work: Work, by: Identity, number: int, *states: RequestState) -> tuple[Request, Enterprise]:
    by.require(May.DECIDE_MARKS)
    found = request_in(work, by, number, *states)
    firm = acting.firm_in_reach(work, by, found.enterprise)
    people_rows.lock_enterprise(work.session, firm.id)
    acting.not_own(by, enterprise=firm.id, entered_by=found.filed_by)
    return found, firm


def _confirm_report(work: Work, batch: Lot, confirmed: bool, *, by: Identity, now: datetime) -> None:
    """At the first approval the officer has compared the values with the file; raise `BatchNotPassed` otherwise."""
    status = batch_status(work, batch)
    if status.report is None or status.confirmed:
        return
    acting.not_own(by, enterprise=batch.origin, entered_by=status.report.entered_by)
    if not confirmed:
        raise errors.BatchNotPassed(batch=batch.no, failing=["report_not_confirmed"])
    chain_rows.confirm_report(work.session, status.report.id, by=by.user, at=now)
    told = {"batch": batch.no, "report_no": status.report.report_no, "grade": batch.grade, "verdict": "pass"}
    acting.state(work, "report.confirmed", by=by, now=now, public=told)


def _decided(
    work: Work, found: Request, firm: Enterprise, outcome: str, reason: str, *, by: Identity, now: datetime
) -> None:
    acting.decide(
        work,
        about="mark_request",
        subject=found.id,
        firm=firm,
        outcome=outcome,
        reason=reason,
        by=by,
        now=now,
    )


@once
def refuse_request(
    work: Work, *, by: Identity, now: datetime, request: int, reason: str, key: str | None = None
) -> int:
    """Refuse a request, with a reason; also one that was approved and can no longer be issued, so its tea is free."""
    found, firm = _to_decide(work, by, request, RequestState.FILED, RequestState.APPROVED)
    why = read_reason(reason)
    rows.set_request(work.session, found.id, RequestState.REFUSED, at=now, by=by.user, reason=why)
    _decided(work, found, firm, "refused", why, by=by, now=now)
    return found.id


@once
def issue_marks(work: Work, *, by: Identity, now: datetime, request: int, key: str | None = None) -> int:
    """Issue an approved request: one range of serials per line. Rows do not grow with the number of marks."""
    by.require(May.DECIDE_MARKS)
    found = request_in(work, by, request, RequestState.APPROVED)
    firm = acting.firm_in_reach(work, by, found.enterprise)
    acting.not_own(by, enterprise=firm.id, entered_by=found.filed_by)
    people_rows.rights(work.session, firm.id).require(now, local_day(now))
    stock = one_stock(work, found.batch, party=acting.own_party(work, firm, None), at=now)
    chain_rules.check_usable(stock)
    require_passed(work, stock.lot)
    check_room(work, stock.lot, firm, found.lines, grams=stock.free_g, besides=found.id)
    for line_id, line in zip(rows.line_ids(work.session, found.id), found.lines, strict=True):
        _issue_line(work, firm, stock.lot, line_id, line, by=by, now=now)
    rows.set_request(work.session, found.id, RequestState.ISSUED)
    return found.id


def _issue_line(
    work: Work, firm: Enterprise, batch: Lot, line_id: int, line: RequestLine, *, by: Identity, now: datetime
) -> None:
    first = log_rows.next_numbers(work.session, "serial", line.marks)
    wanted = SerialRange(first, first + line.marks - 1)
    if wanted.last > LAST_SERIAL:
        raise errors.SerialsExhausted(packs=line.packs)
    issue = rows.add_issue(
        work.session,
        line=line_id,
        enterprise=firm.id,
        batch=batch.id,
        product=line.product,
        wanted=wanted,
        key=current_key(work.keys),
    )
    act = Act(issue, MarkAction.ISSUE, wanted)
    rows.add_action(work.session, act, happened_at=now, recorded_at=now, by=by.user)
    rows.put_spans(work.session, [], [Span(issue, wanted, MarkState.ON_HAND)])
    told = {
        "serials": [wanted.first, wanted.last],
        "enterprise": firm.uscc,
        "batch": batch.no,
        "grade": batch.grade,
    }
    acting.state(work, "marks.issue", by=by, now=now, public={**told, "net_content_g": line.net_content_g})


def current_key(keys: Mapping[str, bytes]) -> str:
    """The id of the newest master key; ids sort by age."""
    return max(keys)
