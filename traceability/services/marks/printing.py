"""Print jobs and samples, void and returned marks."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from traceability.domain import errors, marks
from traceability.domain.chain import Lot
from traceability.domain.marks import (
    Issue,
    MarkAction,
    SerialRange,
    Span,
    encode,
)
from traceability.domain.people import Enterprise, Identity, May, Product, read_reason
from traceability.domain.units import local_day
from traceability.services import acting
from traceability.services.acting import once
from traceability.services.marking import find_spans, take_action
from traceability.store import chain as chain_rows
from traceability.store import marks as rows
from traceability.store import people as people_rows
from traceability.store.work import Work


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
    """A live print job: the marks are printed for that pack date from here on, and their codes leave the house.

    Sent again with the same key, it gives the codes only while the marks are on no pack and live (FRAUD F22).
    """
    _print_once(work, by=by, now=now, ranges=ranges, design=design, pack_day=pack_day, key=key)
    _, issue, spans = _to_print(work, by, ranges, now)
    marks.check_step(MarkAction.APPLY, spans)
    return _job(work, by, issue, ranges, pack_day)


def preview_marks(
    work: Work, *, by: Identity, now: datetime, ranges: tuple[SerialRange, ...], pack_day: date | None
) -> PrintJob:
    """The same face for a SAMPLE: no job, and the codes are left out."""
    _, issue, _ = _to_print(work, by, ranges, now, preview=True)
    job = _job(work, by, issue, ranges, pack_day)
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
    work: Work, by: Identity, issue: Issue, ranges: tuple[SerialRange, ...], pack_day: date | None
) -> PrintJob:
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
