"""Official samples: taken at a visit, sent off, reported, and judged by two people; a failed one holds its batch."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal

from traceability.domain import chain as chain_rules
from traceability.domain import errors
from traceability.domain.chain import EventKind, Judgement, Lot, LotKind, Remark
from traceability.domain.inspections import (
    FAILED_SAMPLE,
    Access,
    MonthRate,
    SampleState,
    SampleStep,
    Verdict,
    VisitState,
    draw_official,
    rates_by_month,
    take_sample_step,
)
from traceability.domain.people import Enterprise, Identity, May, read_reason, read_text
from traceability.domain.profile import Edition
from traceability.domain.units import local_day
from traceability.services import acting
from traceability.services.acting import once
from traceability.services.chain.drawing import any_draw, one_stock
from traceability.services.inspections.plans import number as numbered
from traceability.services.inspections.visits import at_work
from traceability.services.oversight import SAMPLE_REPORT, keep_document
from traceability.store import chain as chain_rows
from traceability.store import inspections as rows
from traceability.store import log as log_rows
from traceability.store import oversight as oversight_rows
from traceability.store.chain import LotLine
from traceability.store.inspections import Sample, SampleReport, SampleStepTaken
from traceability.store.oversight import Document
from traceability.store.work import Work

# --- taking -------------------------------------------------------------------------------------------------


@once
def take_sample(
    work: Work,
    *,
    by: Identity,
    now: datetime,
    at: datetime,
    visit: int,
    lot: int,
    grams: int = 0,
    packs: int = 0,
    taken_from: str,
    seal_no: str,
    key: str | None = None,
) -> int:
    """A sample out of the firm's stock of a batch or a pack lot; its id. A batch is closed to inputs from here on.

    Held tea may be sampled, what marks are waiting for may not. Raise what `at_work` raises, `VisitMoved`,
    `LotUnknown`, `LotWrongKind`, `LotOverdrawn`, `LotReserved`, `BeforeItsInputs`, `SealTaken`.
    """
    found, firm, access = at_work(work, by, visit, at=at, now=now)
    if found.state is not VisitState.RUNNING or access is not Access.GRANTED:
        raise errors.VisitMoved(visit_state=found.state.value)
    seal, who = read_text(seal_no, "seal_no", longest=40), read_text(taken_from, "taken_from")
    if rows.seal_taken(work.session, seal):
        raise errors.SealTaken(seal_no=seal)
    stock = one_stock(work, lot, party=acting.own_party(work, firm, None), at=at)
    if stock.lot.origin != firm.id:
        raise errors.LotUnknown(lot=lot)  # what another firm made is sampled there
    if chain_rows.received_after(work.session, lot, at=at, party=firm.party):
        raise errors.BeforeItsInputs(at=at)
    no = numbered(work, "CY", firm.county, now=now)
    booking = draw_official(
        any_draw(stock, grams=grams, packs=packs), no=no, at=at, now=now, profile=work.profile
    )
    event = acting.number(work, firm, EventKind.SAMPLING, None, at=at)
    booked = acting.keep(work, booking, no=event, enterprise=firm, by=by, now=now)
    if stock.lot.kind is LotKind.BATCH and not stock.lot.closed:
        chain_rows.close_batch(work.session, lot, at=at)
    taken = -booking.entries[0].grams
    made = rows.add_sample(
        work.session, no=no, visit=visit, enterprise=firm.id, county=firm.county, lot=lot, event=booked.id,
        grams=taken, packs=packs, taken_from=who, seal_no=seal, at=at, now=now, by=by.user,
    )  # fmt: skip
    told = {
        "sample": no, "visit": found.no, "enterprise": firm.uscc, "lot": stock.lot.no, "grams": taken,
        "packs": packs, "seal_no": seal, "taken_from": who,
    }  # fmt: skip
    acting.state(work, "sample.taken", by=by, now=now, at=at, private=told, shown=False)
    return made


def _to_write(work: Work, by: Identity, number: int, step: SampleStep) -> tuple[Sample, Enterprise]:
    """A sample within reach, locked, where this step begins; raise `NotFound`, `OwnDecision`, `SampleMoved`."""
    by.require(May.INSPECT)
    if not rows.lock_sample(work.session, number, within=by.within):
        raise errors.NotFound()
    found = rows.samples(work.session, within=by.within, number=number)[0]
    acting.not_own(by, enterprise=found.enterprise)
    take_sample_step(found.state, step)
    return found, acting.firm_in_reach(work, by, found.enterprise)


def _step(
    work: Work,
    sample: Sample,
    firm: Enterprise,
    step: SampleStep,
    *,
    by: Identity,
    at: datetime,
    now: datetime,
    words: str | None,
    **told: object,
) -> None:
    rows.add_sample_step(work.session, sample.id, step=step, words=words, at=at, now=now, by=by.user)
    private = {"sample": sample.no, "enterprise": firm.uscc, "words": words, **told}
    acting.state(work, f"sample.{_TOLD[step]}", by=by, now=now, at=at, private=private, shown=False)


_TOLD = {SampleStep.SEND: "sent", SampleStep.REPORT: "reported", SampleStep.RETURN: "report_returned"}


@once
def send_sample(
    work: Work,
    *,
    by: Identity,
    now: datetime,
    at: datetime,
    sample: int,
    lab: str,
    key: str | None = None,
) -> int:
    """The sealed sample goes to a laboratory; raise `NotFound`, `OwnDecision`, `SampleMoved`."""
    found, firm = _to_write(work, by, sample, SampleStep.SEND)
    chain_rules.check_time(at, now=now, born=[found.taken_at])
    _step(work, found, firm, SampleStep.SEND, by=by, at=at, now=now, words=read_text(lab, "lab"))
    return sample


@once
def discard_sample(
    work: Work, *, by: Identity, now: datetime, sample: int, reason: str, key: str | None = None
) -> int:
    """A sample that says nothing any more (seal broken, lost, spoiled), by another person than who took it.

    One that was reported is never discarded. Raise `NotFound`, `OwnDecision`, `SampleMoved`, `ReasonMissing`.
    """
    found, firm = _to_write(work, by, sample, SampleStep.DISCARD)
    acting.not_own(by, enterprise=firm.id, entered_by=found.taken_by)
    why = read_reason(reason)
    rows.add_verdict(
        work.session,
        sample,
        verdict=Verdict.DISCARDED,
        report=None,
        failing=(),
        words=why,
        at=now,
        by=by.user,
    )
    acting.decide(
        work, about="sample", subject=sample, firm=firm, outcome=Verdict.DISCARDED.value, reason=why, by=by, now=now,
        public={"sample": found.no},
    )  # fmt: skip
    return sample


# --- the report ---------------------------------------------------------------------------------------------


@once
def enter_sample_report(
    work: Work,
    *,
    by: Identity,
    now: datetime,
    sample: int,
    report_no: str,
    lab: str,
    reported_on: date,
    tested: Mapping[str, Decimal | bool],
    file_name: str,
    content: bytes,
    key: str | None = None,
) -> int:
    """The laboratory's report with its file, typed; the report's id. It says nothing before another person confirms it.

    Number and file serve once, whoever handed them in (FRAUD F14); after a return the same report is typed anew.
    """
    found, firm = _to_write(work, by, sample, SampleStep.REPORT)
    no, where = read_text(report_no, "report_no", longest=40), read_text(lab, "lab")
    lot = chain_rows.lots_by_id(work.session, [found.lot])[found.lot]
    _check_report(work, found, lot, no, reported_on, now, tested)
    document = _file(work, firm, found, by, now, name=file_name, content=content)
    made = rows.add_sample_report(
        work.session, sample, report_no=no, lab=where, reported_on=reported_on, document=document[0], tested=tested,
        at=now, by=by.user,
    )  # fmt: skip
    _step(
        work, found, firm, SampleStep.REPORT, by=by, at=now, now=now, words=None, report_no=no, lab=where,
        reported_on=reported_on, file=document[1], tested=dict(tested),
    )  # fmt: skip
    return made


def _check_report(
    work: Work,
    sample: Sample,
    lot: Lot,
    no: str,
    reported_on: date,
    now: datetime,
    tested: Mapping[str, Decimal | bool],
) -> None:
    log_rows.next_numbers(
        work.session, "report"
    )  # one at a time, with the firms' own: number and file serve once
    if chain_rows.report_no_taken(work.session, no) or rows.report_no_entered(
        work.session, no, besides=sample.id
    ):
        raise errors.ReportTaken(report_no=no)
    if reported_on > local_day(now):
        raise errors.InTheFuture(at=reported_on, now=now)
    if reported_on < local_day(sample.taken_at):
        raise errors.ReportBeforeSample(reported_on=reported_on)
    if lot.grade is not None:
        chain_rules.judge(tested, lot.grade, reported_on, work.profile)


def _file(
    work: Work, firm: Enterprise, sample: Sample, by: Identity, now: datetime, *, name: str, content: bytes
) -> tuple[int, str]:
    """The file's id and digest; the very file of a report of this sample that was returned is kept already."""
    digest = hashlib.sha256(content).hexdigest()
    for one in rows.reports_of(work.session, sample.id):
        kept = oversight_rows.document(work.session, one.document)
        if kept is not None and kept[0].sha256 == digest:
            return one.document, digest
    made = keep_document(
        work,
        firm,
        by=by,
        now=now,
        kind=SAMPLE_REPORT,
        name=name,
        content=content,
        lot=sample.lot,
        unique=True,
    )
    return made.id, made.sha256


@once
def return_sample_report(
    work: Work, *, by: Identity, now: datetime, sample: int, reason: str, key: str | None = None
) -> int:
    """What was typed is not what the file says: to be typed anew. Raise `NotFound`, `SampleMoved`, `ReasonMissing`."""
    found, firm = _to_write(work, by, sample, SampleStep.RETURN)
    _step(work, found, firm, SampleStep.RETURN, by=by, at=now, now=now, words=read_reason(reason))
    return sample


@once
def confirm_sample_report(
    work: Work, *, by: Identity, now: datetime, sample: int, key: str | None = None
) -> int:
    """Another person than who typed it compared it with the file: the verdict stands, and a failed one holds the batch.

    The report on a batch is from now on the one that counts: a firm's own changes nothing (FRAUD F28).
    Raise `NotFound`, `OwnDecision`, `SampleMoved`.
    """
    found, firm = _to_write(work, by, sample, SampleStep.CONFIRM)
    report = rows.reports_of(work.session, sample)[-1]
    acting.not_own(by, enterprise=firm.id, entered_by=report.entered_by)
    wanted = {found.lot, *rows.batches_of(work.session, found.lot)}
    lots = chain_rows.lots_by_id(work.session, wanted, lock=True)
    judged = judge(work, lots[found.lot], report)
    verdict = Verdict.PASSED if judged.passed else Verdict.FAILED
    rows.add_verdict(
        work.session, sample, verdict=verdict, report=report.id, failing=judged.failing, words=None, at=now,
        by=by.user,
    )  # fmt: skip
    if lots[found.lot].kind is LotKind.BATCH:
        _let_it_count(work, found, report, by=by, now=now)
    if not judged.passed:
        _hold(work, found, firm, judged, by=by, now=now)
    told = {
        "sample": found.no,
        "lot": found.lot_no,
        "report_no": report.report_no,
        "failing": list(judged.failing),
    }
    acting.decide(
        work, about="sample", subject=sample, firm=firm, outcome=verdict.value, reason=report.report_no, by=by,
        now=now, public=told,
    )  # fmt: skip
    return sample


def judge(work: Work, lot: Lot, report: SampleReport) -> Judgement:
    """By the grade the lot has now and the edition of the report's day, as a firm's own report is judged."""
    if lot.grade is None:
        raise errors.LotWrongKind(lot=lot.no, kind=lot.kind.value)
    return chain_rules.judge(report.tested, lot.grade, report.reported_on, work.profile)


def _let_it_count(work: Work, sample: Sample, report: SampleReport, *, by: Identity, now: datetime) -> None:
    made = chain_rows.add_report(
        work.session, sample.lot, report_no=report.report_no, lab=report.lab, reported_on=report.reported_on,
        document=report.document, tested=report.tested, retest=True, by=report.entered_by, at=report.entered_at,
        confirmed=False,
    )  # fmt: skip
    chain_rows.confirm_report(work.session, made, by=by.user, at=now)


def _hold(
    work: Work, sample: Sample, firm: Enterprise, judged: Judgement, *, by: Identity, now: datetime
) -> None:
    """The batch, and with it every pack of it, wherever it is."""
    why = f"{sample.no}: {', '.join(judged.failing)}"
    for batch in rows.batches_of(work.session, sample.lot):
        oversight_rows.add_hold(work.session, batch, cause=FAILED_SAMPLE, reason=why, since=now, by=by.user)
        remark = Remark(
            FAILED_SAMPLE,
            {"sample": sample.no, "batch": sample.lot_no, "failing": list(judged.failing)},
            batch,
        )
        acting.find(work, remark, enterprise=firm, at=sample.taken_at, now=now, about=sample.no)


# --- reading ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class SampleFile:
    """A sample with its steps and reports (the last counts), how that one is judged, and the residue limits for it."""

    sample: Sample
    lot: Lot
    steps: tuple[SampleStepTaken, ...]
    reports: tuple[SampleReport, ...]
    judgement: Judgement | None
    residues: Edition | None

    @property
    def report(self) -> SampleReport | None:
        """The report that counts, confirmed or not."""
        waits = self.sample.state in (SampleState.REPORTED, SampleState.PASSED, SampleState.FAILED)
        return self.reports[-1] if waits and self.reports else None


def samples(work: Work, *, by: Identity) -> list[Sample]:
    """Samples within an office's reach, latest first."""
    by.require(May.OVERSEE)
    return rows.samples(work.session, within=by.within)


def samples_waiting(work: Work, *, by: Identity) -> list[Sample]:
    """Samples without a verdict, those to be confirmed first, then by the day they were taken."""
    by.require(May.OVERSEE)
    found = rows.samples(work.session, within=by.within, open_only=True)
    return sorted(found, key=lambda one: (one.state is not SampleState.REPORTED, one.taken_at, one.id))


def sample_file(work: Work, *, by: Identity, number: int) -> SampleFile:
    """One sample; raise `NotFound`."""
    by.require(May.OVERSEE)
    found = rows.samples(work.session, within=by.within, number=number)
    if not found:
        raise errors.NotFound()
    reports = rows.reports_of(work.session, number)
    lot = chain_rows.lots_by_id(work.session, [found[0].lot])[found[0].lot]
    steps = tuple(rows.steps_of_sample(work.session, number))
    last = reports[-1] if reports else None
    return SampleFile(
        found[0],
        lot,
        steps,
        tuple(reports),
        judge(work, lot, last) if last else None,
        work.profile.residue_standard_on(last.reported_on) if last else None,
    )


def report_document(work: Work, *, by: Identity, number: int) -> tuple[Document, bytes]:
    """The file of a sample's last report; raise `NotFound`."""
    by.require(May.OVERSEE)
    found = rows.samples(work.session, within=by.within, number=number)
    reports = rows.reports_of(work.session, number) if found else []
    kept = oversight_rows.document(work.session, reports[-1].document) if reports else None
    if kept is None:
        raise errors.NotFound()
    return kept


def to_sample(work: Work, *, by: Identity, enterprise: int) -> list[LotLine]:
    """What a sample can be taken of: batches and packs the firm made and has, latest first."""
    firm = acting.firm_in_reach(work, by, enterprise)
    found = chain_rows.lots_on_hand(work.session, party=firm.party, kinds=(LotKind.BATCH, LotKind.PACKS))
    return [one for one in found if one.lot.origin == firm.id]


def rates(work: Work, *, by: Identity) -> list[MonthRate]:
    """How many samples passed, by the month they were taken in, in Asia/Shanghai."""
    by.require(May.OVERSEE)
    found = rows.samples(work.session, within=by.within)
    days = ((local_day(one.taken_at), one.state) for one in found)
    return rates_by_month(((day.year, day.month), state) for day, state in days)


def own_samples(work: Work, *, by: Identity) -> list[Sample]:
    """Samples taken at one's own firm, latest first: a result is known to it once its verdict stands."""
    acting.own_firm(work, by, May.READ_CHAIN)
    return [told_to_firm(one) for one in rows.samples(work.session, within=by.within)]


def told_to_firm(sample: Sample) -> Sample:
    """A sample as its firm sees it: a report nobody confirmed is not there."""
    return replace(sample, state=SampleState.SENT) if sample.state is SampleState.REPORTED else sample
