"""Test reports: entered by the firm, confirmed by an officer, judged by grade and edition."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from traceability.domain import chain as rules
from traceability.domain import errors
from traceability.domain.chain import FAILED_REPORT, EventKind, Judgement, Lot, LotKind
from traceability.domain.people import Enterprise, Identity, May, read_reason, read_text
from traceability.domain.profile import Grade
from traceability.domain.units import local_day
from traceability.services import acting
from traceability.services.acting import once
from traceability.services.oversight import TEST_REPORT, keep_document
from traceability.store import chain as rows
from traceability.store import log as log_rows
from traceability.store import oversight as oversight_rows
from traceability.store.chain import Report
from traceability.store.work import Work


@dataclass(frozen=True, slots=True)
class BatchStatus:
    """Where a batch stands with its test: the report that counts, its judgement, and whether an officer saw it."""

    closed: bool
    report: Report | None = None
    judgement: Judgement | None = None

    @property
    def confirmed(self) -> bool:
        """An officer compared the values with the file."""
        return self.report is not None and self.report.confirmed_at is not None

    @property
    def passed(self) -> bool:
        """Confirmed, and every limit of the batch's grade met."""
        return self.confirmed and self.judgement is not None and self.judgement.passed


def batch_status(work: Work, batch: Lot) -> BatchStatus:
    """Judge the report that counts (the last) by the grade the batch has now."""
    found = rows.reports(work.session, batch.id)
    if not found or batch.grade is None:
        return BatchStatus(batch.closed)
    last = found[-1]
    return BatchStatus(
        batch.closed, last, rules.judge(last.tested, batch.grade, last.reported_on, work.profile)
    )


def require_passed(work: Work, batch: Lot, *, confirmed: bool = True) -> BatchStatus:
    """Raise unless the batch is closed, tested and passed; `confirmed=False` takes typed values at their word."""
    if batch.kind is not LotKind.BATCH:
        raise errors.LotWrongKind(lot=batch.no, kind=batch.kind.value)
    status = batch_status(work, batch)
    if not batch.closed:
        raise errors.BatchNotClosed(batch=batch.no)
    if status.report is None or status.judgement is None:
        raise errors.BatchNotTested(batch=batch.no)
    if not status.judgement.passed or (confirmed and not status.confirmed):
        raise errors.BatchNotPassed(batch=batch.no, failing=list(status.judgement.failing))
    return status


@once
def record_report(
    work: Work,
    *,
    by: Identity,
    now: datetime,
    batch: int,
    report_no: str,
    lab: str,
    reported_on: date,
    tested: Mapping[str, Decimal | bool],
    file_name: str,
    content: bytes,
    key: str | None = None,
) -> int:
    """A firm's report on its batch, with the file. A failing value holds the batch at once; the report's id."""
    firm = acting.own_firm(work, by, May.RECORD_CHAIN)
    found = _own_batch(work, firm, batch)
    if rows.reports(work.session, batch):
        raise errors.ReportExists(batch=found.no)
    number = _keep_report(
        work, firm, found, by, now, report_no=report_no, lab=lab, reported_on=reported_on, tested=tested,
        file_name=file_name, content=content, retest=False,
    )  # fmt: skip
    status = batch_status(work, found)
    if status.judgement and not status.judgement.passed:
        hold_failed(work, found, firm, status.judgement, by=by, now=now)
    return number


def _own_batch(work: Work, firm: Enterprise, number: int) -> Lot:
    found = rows.lots_by_id(work.session, [number], lock=True).get(number)
    if found is None or found.origin != firm.id:
        raise errors.LotUnknown(lot=number)
    if found.kind is not LotKind.BATCH:
        raise errors.LotWrongKind(lot=found.no, kind=found.kind.value)
    if not found.closed:
        raise errors.BatchNotClosed(batch=found.no)
    return found


def _keep_report(
    work: Work,
    firm: Enterprise,
    batch: Lot,
    by: Identity,
    now: datetime,
    *,
    report_no: str,
    lab: str,
    reported_on: date,
    tested: Mapping[str, Decimal | bool],
    file_name: str,
    content: bytes,
    retest: bool,
) -> int:
    no = read_text(report_no, "report_no", longest=40)
    _check_report(work, batch, no, reported_on, now, tested)
    document = keep_document(
        work,
        firm,
        by=by,
        now=now,
        kind=TEST_REPORT,
        name=file_name,
        content=content,
        lot=batch.id,
        unique=True,
    )
    number = rows.add_report(
        work.session,
        batch.id,
        report_no=no,
        lab=read_text(lab, "lab"),
        reported_on=reported_on,
        document=document.id,
        tested=tested,
        retest=retest,
        by=by.user,
        at=now,
        confirmed=retest,
    )
    told = {
        "report_no": no,
        "batch": batch.no,
        "file": document.sha256,
        "tested": dict(tested),
        "retest": retest,
    }
    acting.state(work, "report.entered", by=by, now=now, private={**told, "enterprise": firm.uscc})
    return number


def _check_report(
    work: Work, batch: Lot, no: str, reported_on: date, now: datetime, tested: Mapping[str, Decimal | bool]
) -> None:
    log_rows.next_numbers(work.session, "report")  # one at a time: number and file may serve once (FRAUD F14)
    if rows.report_no_taken(work.session, no):
        raise errors.ReportTaken(report_no=no)
    if reported_on > local_day(now):
        raise errors.InTheFuture(at=reported_on, now=now)
    sampled = next((e for e in rows.takers(work.session, batch.id) if e.kind is EventKind.SAMPLING), None)
    if sampled is None or reported_on < local_day(sampled.happened_at):
        raise errors.ReportBeforeSample(reported_on=reported_on)
    if batch.grade is not None:
        rules.judge(tested, batch.grade, reported_on, work.profile)


def hold_failed(
    work: Work, batch: Lot, firm: Enterprise, judgement: Judgement, *, by: Identity, now: datetime
) -> None:
    """A failed batch is held, and the county told."""
    failing = ", ".join(judgement.failing)
    oversight_rows.add_hold(
        work.session, batch.id, cause=FAILED_REPORT, reason=failing, since=now, by=by.user
    )
    remark = rules.Remark("report.failed", {"batch": batch.no, "failing": list(judgement.failing)}, batch.id)
    acting.find(work, remark, enterprise=firm, at=now, now=now)
    acting.state(
        work, "report.failed", by=by, now=now, public={"batch": batch.no, "failing": list(judgement.failing)}
    )


@once
def redeclare(
    work: Work, *, by: Identity, now: datetime, batch: int, grade: Grade, reason: str, key: str | None = None
) -> int:
    """A failed batch to a lower grade whose limits it meets; the hold stays until the county lifts it."""
    firm = acting.own_firm(work, by, May.RECORD_CHAIN)
    found = _own_batch(work, firm, batch)
    status = batch_status(work, found)
    if status.report is None or status.judgement is None or status.judgement.passed or found.grade is None:
        raise errors.BatchNotFailed(batch=found.no)
    rules.at_most(grade, found.grade)
    judged = rules.judge(status.report.tested, grade, status.report.reported_on, work.profile)
    if not judged.passed:
        raise errors.GradeLimitsNotMet(grade=grade, failing=list(judged.failing))
    rows.set_grade(work.session, batch, grade)
    acting.state(
        work,
        "batch.redeclared",
        by=by,
        now=now,
        public={"batch": found.no, "from": found.grade, "to": grade},
        private={"reason": read_reason(reason), "enterprise": firm.uscc},
    )
    return batch


@once
def record_retest(
    work: Work,
    *,
    by: Identity,
    now: datetime,
    batch: int,
    report_no: str,
    lab: str,
    reported_on: date,
    tested: Mapping[str, Decimal | bool],
    file_name: str,
    content: bytes,
    key: str | None = None,
) -> int:
    """The office's own report on the retained sample; it counts from now on (FRAUD F28). The report's id."""
    by.require(May.RETEST)
    found = rows.lot(work.session, batch, within=by.within)
    if found is None:
        raise errors.LotUnknown(lot=batch)
    firm = acting.firm_in_reach(work, by, found.origin)
    for one in rows.reports(work.session, batch):
        acting.not_own(by, enterprise=firm.id, entered_by=None if one.retest else one.entered_by)
    _check_retained(work, found)
    number = _keep_report(
        work, firm, found, by, now, report_no=report_no, lab=lab, reported_on=reported_on, tested=tested,
        file_name=file_name, content=content, retest=True,
    )  # fmt: skip
    judged = batch_status(work, found).judgement
    if judged and not judged.passed:
        hold_failed(work, found, firm, judged, by=by, now=now)
    return number


def _check_retained(work: Work, batch: Lot) -> None:
    """Raise `BatchNotTested` or `RetainedSampleMissing`."""
    if not rows.reports(work.session, batch.id):
        raise errors.BatchNotTested(batch=batch.no)
    drawn = [e for e in rows.takers(work.session, batch.id) if e.kind is EventKind.SAMPLING]
    if not any(int(e.terms.get("retained_g", 0)) > 0 for e in drawn):
        raise errors.RetainedSampleMissing(batch=batch.no)
