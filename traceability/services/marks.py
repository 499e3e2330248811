"""Use cases of the mark ledger: request, confirm and approve, issue, print, void, return."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from traceability.domain import chain as chain_rules
from traceability.domain import errors, marks
from traceability.domain.chain import Lot
from traceability.domain.marks import (
    LAST_SERIAL,
    Act,
    Issue,
    MarkAction,
    MarkState,
    RequestLine,
    RequestState,
    SerialRange,
    Span,
    encode,
)
from traceability.domain.people import Enterprise, Identity, May, Product, read_reason
from traceability.domain.profile import Grade
from traceability.domain.units import local_day
from traceability.services import acting
from traceability.services.acting import once
from traceability.services.chain.drawing import one_stock
from traceability.services.chain.packing import own_product
from traceability.services.chain.testing import batch_status, require_passed
from traceability.services.marking import find_spans, take_action
from traceability.store import chain as chain_rows
from traceability.store import log as log_rows
from traceability.store import marks as rows
from traceability.store import people as people_rows
from traceability.store.marks import Request
from traceability.store.work import Work

# --- request ------------------------------------------------------------------------------------------------


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
    _check_room(work, stock.lot, firm, asked, grams=stock.free_g)
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


def _check_room(
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
    found = _request(work, by, request, RequestState.FILED)
    rows.set_request(work.session, found.id, RequestState.WITHDRAWN)
    acting.state(work, "marks.request_withdrawn", by=by, now=now, private={"request": found.no})
    return found.id


def _request(work: Work, by: Identity, number: int, *states: RequestState) -> Request:
    """A request within reach in one of these states, locked; raise `RequestUnknown` or `RequestNotOpen`."""
    found = rows.request(work.session, number, within=by.within, lock=True)
    if found is None:
        raise errors.RequestUnknown(request=number)
    if found.state not in states:
        raise errors.RequestNotOpen(request=found.no, state=found.state.value)
    return found


# --- decide -------------------------------------------------------------------------------------------------


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
    found, firm = _to_decide(work, by, request)
    people_rows.rights(work.session, firm.id).require(now, local_day(now))
    stock = one_stock(work, found.batch, party=acting.own_party(work, firm, None), at=now)
    chain_rules.check_usable(stock)
    _confirm_report(work, stock.lot, report_confirmed, by=by, now=now)
    require_passed(work, stock.lot)
    _check_room(work, stock.lot, firm, found.lines, grams=stock.free_g, besides=found.id)
    rows.set_request(work.session, found.id, RequestState.APPROVED, at=now, by=by.user, reason=reason or None)
    _decided(work, found, firm, "approved", reason, by=by, now=now)
    return found.id


def _to_decide(work: Work, by: Identity, number: int) -> tuple[Request, Enterprise]:
    by.require(May.DECIDE_MARKS)
    found = _request(work, by, number, RequestState.FILED)
    firm = acting.firm_in_reach(work, by, found.enterprise)
    people_rows.lock_enterprise(work.session, firm.id)
    acting.not_own(by, enterprise=firm.id, entered_by=found.filed_by)
    return found, firm


def _confirm_report(work: Work, batch: Lot, confirmed: bool, *, by: Identity, now: datetime) -> None:
    """At the first approval the officer has compared the values with the file; raise `BatchNotPassed` otherwise."""
    status = batch_status(work, batch)
    if status.report is None or status.confirmed:
        return
    acting.not_own(by, enterprise=None, entered_by=status.report.entered_by)
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
    """Refuse a request, with a reason."""
    found, firm = _to_decide(work, by, request)
    why = read_reason(reason)
    rows.set_request(work.session, found.id, RequestState.REFUSED, at=now, by=by.user, reason=why)
    _decided(work, found, firm, "refused", why, by=by, now=now)
    return found.id


@once
def issue_marks(work: Work, *, by: Identity, now: datetime, request: int, key: str | None = None) -> int:
    """Issue an approved request: one range of serials per line. Rows do not grow with the number of marks."""
    by.require(May.DECIDE_MARKS)
    found = _request(work, by, request, RequestState.APPROVED)
    firm = acting.firm_in_reach(work, by, found.enterprise)
    acting.not_own(by, enterprise=firm.id)
    people_rows.rights(work.session, firm.id).require(now, local_day(now))
    stock = one_stock(work, found.batch, party=acting.own_party(work, firm, None), at=now)
    chain_rules.check_usable(stock)
    require_passed(work, stock.lot)
    marks.check_room(found.lines, room(work, found.batch, firm, grams=stock.free_g, besides=found.id))
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
    rows.add_action(work.session, act, reason=None, happened_at=now, recorded_at=now, by=by.user)
    rows.put_spans(work.session, issue, [Span(issue, wanted, MarkState.ON_HAND)])
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


# --- print, void, return ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class PrintJob:
    """What a label needs: the issued range's codes in order, and the fixed face of the label."""

    issue: Issue
    ranges: tuple[SerialRange, ...]
    codes: tuple[tuple[str, str], ...]
    product: Product
    enterprise: Enterprise
    batch: Lot
    pack_day: date | None


@once
def _print_once(
    work: Work,
    *,
    by: Identity,
    now: datetime,
    ranges: tuple[SerialRange, ...],
    design: str,
    pack_day: date | None,
    key: str | None = None,
) -> int:
    _, issue, spans = _to_print(work, by, ranges, now)
    take_action(work, MarkAction.PRINT, spans, by=by, at=now, now=now, ranges=ranges, printed_for=pack_day)
    for one in ranges:
        rows.add_print_job(work.session, issue.id, one, design=design, pack_day=pack_day, at=now, by=by.user)
    return issue.id


def print_marks(
    work: Work,
    *,
    by: Identity,
    now: datetime,
    ranges: tuple[SerialRange, ...],
    design: str,
    pack_day: date | None,
    key: str | None = None,
) -> PrintJob:
    """A live print job: the marks are printed for that pack date from here on, and their codes leave the house."""
    issue_id = _print_once(work, by=by, now=now, ranges=ranges, design=design, pack_day=pack_day, key=key)
    return _job(work, by, issue_id, ranges, pack_day)


def preview_marks(
    work: Work, *, by: Identity, now: datetime, ranges: tuple[SerialRange, ...], pack_day: date | None
) -> PrintJob:
    """The same face for a SAMPLE: no job, and the codes are left out."""
    _, issue, _ = _to_print(work, by, ranges, now, preview=True)
    job = _job(work, by, issue.id, ranges, pack_day)
    blank = tuple(("", number) for _, number in job.codes)
    return PrintJob(job.issue, job.ranges, blank, job.product, job.enterprise, job.batch, job.pack_day)


def _to_print(
    work: Work, by: Identity, ranges: Sequence[SerialRange], now: datetime, *, preview: bool = False
) -> tuple[Enterprise, Issue, list[Span]]:
    """The firm, the one issued range these serials are of, and their spans; a suspension stops it (FRAUD F15)."""
    firm = acting.own_firm(work, by, May.PRINT_MARKS)
    people_rows.rights(work.session, firm.id).require(now, local_day(now))
    issues = rows.issues_overlapping(work.session, ranges, enterprise=firm.id, lock=not preview)
    spans = find_spans(work, issues, ranges)
    if len(issues) != 1:
        raise errors.MarksNotOfProduct(serials=", ".join(str(one.range) for one in issues))
    holds = chain_rows.holds_on(work.session, [issues[0].batch])
    if causes := holds.get(issues[0].batch):
        raise errors.LotHeld(lot=issues[0].batch, cause=causes[0])
    return firm, issues[0], spans


def _job(
    work: Work, by: Identity, issue_id: int, ranges: tuple[SerialRange, ...], pack_day: date | None
) -> PrintJob:
    issue = next(one for one in rows.issues(work.session, within=by.within) if one.id == issue_id)
    product = people_rows.product(work.session, issue.product)
    batch = chain_rows.lots_by_id(work.session, [issue.batch])[issue.batch]
    if product is None:
        raise errors.ProductUnknown(product=issue.product)
    key = work.keys[issue.key]
    codes = tuple((encode(serial, key), marks.control_number(serial)) for serial in marks.serials(ranges))
    return PrintJob(
        issue, ranges, codes, product, acting.firm_in_reach(work, by, issue.enterprise), batch, pack_day
    )


@once
def void_marks(
    work: Work,
    *,
    by: Identity,
    now: datetime,
    ranges: tuple[SerialRange, ...],
    reason: str,
    key: str | None = None,
) -> int:
    """Void marks that were spoiled; they keep holding their grams (FRAUD F25). How many."""
    firm = acting.own_firm(work, by, May.VOID_MARKS)
    issues = rows.issues_overlapping(work.session, ranges, enterprise=firm.id, lock=True)
    spans = find_spans(work, issues, ranges)
    take_action(
        work, MarkAction.VOID, spans, by=by, at=now, now=now, ranges=ranges, reason=read_reason(reason)
    )
    return marks.count(ranges)


@once
def return_marks(
    work: Work,
    *,
    by: Identity,
    now: datetime,
    enterprise: int,
    ranges: tuple[SerialRange, ...],
    counted: int,
    reason: str,
    key: str | None = None,
) -> int:
    """The office counted and destroyed marks a firm handed back; only this lets their grams go. How many."""
    by.require(May.DECIDE_MARKS)
    firm = acting.firm_in_reach(work, by, enterprise)
    acting.not_own(by, enterprise=firm.id)
    if counted != marks.count(ranges):
        raise errors.MarksMiscounted(packs=counted, marks=marks.count(ranges))
    issues = rows.issues_overlapping(work.session, ranges, enterprise=firm.id, lock=True)
    spans = find_spans(work, issues, ranges)
    take_action(
        work, MarkAction.RETURN, spans, by=by, at=now, now=now, ranges=ranges, reason=read_reason(reason)
    )
    return counted


# --- read ---------------------------------------------------------------------------------------------------


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


def issued_ranges(work: Work, *, by: Identity, batch: int | None = None) -> list[IssuedRange]:
    """Issued ranges within reach, in order."""
    by.require(May.READ_CHAIN)
    found = rows.issues(work.session, within=by.within, batch=batch)
    lots = chain_rows.lots_by_id(work.session, [one.batch for one in found])
    listed = []
    for one in found:
        if product := people_rows.product(work.session, one.product):
            spans = tuple(rows.spans(work.session, issue=one.id))
            listed.append(IssuedRange(one, lots[one.batch], product, spans))
    return listed


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
