"""Official samples: taken, sent, reported, judged."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import ColumnElement, exists, false, select, true
from sqlalchemy.orm import Session

from traceability.domain.chain import LotKind
from traceability.domain.inspections import SampleState, SampleStep, Verdict, sample_state
from traceability.domain.people import Within
from traceability.store.accounts import UserRow
from traceability.store.chain.rows import EdgeRow, LotRow
from traceability.store.inspections.rows import (
    SampleReportRow,
    SampleRow,
    SampleStepRow,
    SampleVerdictRow,
    VisitRow,
)
from traceability.store.people.rows import EnterpriseRow


@dataclass(frozen=True, slots=True)
class SampleVerdict:
    """What came of a sample."""

    verdict: Verdict
    report: int | None
    failing: tuple[str, ...]
    words: str | None
    given_at: datetime
    given_by: int


@dataclass(frozen=True, slots=True)
class Sample:
    """A sample as read, and where it stands; `lab` is where it was sent, `entered_by` who typed its last report."""

    id: int
    no: str
    visit: int
    visit_no: str
    enterprise: int
    firm: str
    county: str
    lot: int
    lot_no: str
    event: int
    grams: int
    packs: int
    taken_from: str
    seal_no: str
    taken_at: datetime
    taken_by: int
    state: SampleState
    lab: str | None
    verdict: SampleVerdict | None


@dataclass(frozen=True, slots=True)
class SampleReport:
    """A report on a sample as it was typed; values are exact decimals, or booleans for the yes-or-no items."""

    id: int
    report_no: str
    lab: str
    reported_on: date
    document: int
    tested: Mapping[str, Decimal | bool]
    entered_by: int
    entered_at: datetime


@dataclass(frozen=True, slots=True)
class SampleStepTaken:
    """A step of a sample as read."""

    step: SampleStep
    words: str | None
    happened_at: datetime
    recorded_at: datetime
    by: str


# --- writing ------------------------------------------------------------------------------------------------


def add_sample(
    session: Session,
    *,
    no: str,
    visit: int,
    enterprise: int,
    county: str,
    lot: int,
    event: int,
    grams: int,
    packs: int,
    taken_from: str,
    seal_no: str,
    at: datetime,
    now: datetime,
    by: int,
) -> int:
    """Keep a sample that was taken; its id."""
    row = SampleRow(
        no=no, visit_id=visit, enterprise_id=enterprise, county=county, lot_id=lot, event_id=event, grams=grams,
        packs=packs, taken_from=taken_from, seal_no=seal_no, taken_at=at, recorded_at=now, taken_by=by,
    )  # fmt: skip
    session.add(row)
    session.flush()
    return row.id


def add_sample_step(
    session: Session,
    sample: int,
    *,
    step: SampleStep,
    words: str | None,
    at: datetime,
    now: datetime,
    by: int,
) -> None:
    """Keep a step of a sample; the caller has locked it."""
    session.add(
        SampleStepRow(
            sample_id=sample, step=step.value, words=words, happened_at=at, recorded_at=now, entered_by=by
        )
    )
    session.flush()


def add_sample_report(
    session: Session,
    sample: int,
    *,
    report_no: str,
    lab: str,
    reported_on: date,
    document: int,
    tested: Mapping[str, Decimal | bool],
    at: datetime,
    by: int,
) -> int:
    """Keep what was typed off a report; its id."""
    row = SampleReportRow(
        sample_id=sample, report_no=report_no, lab=lab, reported_on=reported_on, document_id=document,
        tested=dict(tested), entered_by=by, entered_at=at,
    )  # fmt: skip
    session.add(row)
    session.flush()
    return row.id


def add_verdict(
    session: Session,
    sample: int,
    *,
    verdict: Verdict,
    report: int | None,
    failing: Iterable[str],
    words: str | None,
    at: datetime,
    by: int,
) -> None:
    """Keep what came of a sample; the caller has locked it."""
    session.add(
        SampleVerdictRow(
            sample_id=sample, verdict=verdict.value, report_id=report, failing={"failing": list(failing)},
            words=words, given_at=at, given_by=by,
        )
    )  # fmt: skip
    session.flush()


# --- reading ------------------------------------------------------------------------------------------------


def _mine(within: Within) -> ColumnElement[bool]:
    if within.everything:
        return true()
    if within.county is not None:
        return SampleRow.county == within.county
    return SampleRow.enterprise_id == within.enterprise if within.enterprise is not None else false()


def lock_sample(session: Session, number: int, *, within: Within) -> bool:
    """Make others who would write to a sample wait; whether there is one within reach."""
    query = select(SampleRow.id).where(SampleRow.id == number, _mine(within))
    return session.scalar(query.with_for_update(key_share=True)) is not None


def samples(
    session: Session,
    *,
    within: Within,
    number: int | None = None,
    visit: int | None = None,
    enterprise: int | None = None,
    open_only: bool = False,
) -> list[Sample]:
    """Samples within reach, latest first; one of them, those of a visit or a firm, when it is named.

    `open_only`: those without a verdict.
    """
    query = (
        select(SampleRow, EnterpriseRow.name, LotRow.no, VisitRow.no)
        .join(EnterpriseRow, EnterpriseRow.id == SampleRow.enterprise_id)
        .join(LotRow, LotRow.id == SampleRow.lot_id)
        .join(VisitRow, VisitRow.id == SampleRow.visit_id)
        .where(_mine(within))
    )
    for column, wanted in (
        (SampleRow.id, number), (SampleRow.visit_id, visit), (SampleRow.enterprise_id, enterprise),
    ):  # fmt: skip
        if wanted is not None:
            query = query.where(column == wanted)
    if open_only:
        query = query.where(~exists().where(SampleVerdictRow.sample_id == SampleRow.id))
    found = session.execute(query.order_by(SampleRow.id.desc())).all()
    ids = [row.id for row, *_ in found]
    steps, verdicts = _steps(session, ids), _verdicts(session, ids)
    return [
        _sample(row, firm, lot_no, visit_no, steps[row.id], verdicts.get(row.id))
        for row, firm, lot_no, visit_no in found
    ]


def _steps(session: Session, ids: Collection[int]) -> dict[int, list[SampleStepRow]]:
    query = select(SampleStepRow).where(SampleStepRow.sample_id.in_(ids)).order_by(SampleStepRow.id)
    found: dict[int, list[SampleStepRow]] = defaultdict(list)
    for row in session.scalars(query):
        found[row.sample_id].append(row)
    return found


def _verdicts(session: Session, ids: Collection[int]) -> dict[int, SampleVerdict]:
    query = select(SampleVerdictRow).where(SampleVerdictRow.sample_id.in_(ids))
    return {row.sample_id: _verdict(row) for row in session.scalars(query)}


def _verdict(row: SampleVerdictRow) -> SampleVerdict:
    return SampleVerdict(
        Verdict(row.verdict),
        row.report_id,
        tuple(row.failing["failing"]),
        row.words,
        row.given_at,
        row.given_by,
    )


def _sample(
    row: SampleRow,
    firm: str,
    lot_no: str,
    visit_no: str,
    steps: list[SampleStepRow],
    verdict: SampleVerdict | None,
) -> Sample:
    sent = next((one.words for one in steps if one.step == SampleStep.SEND.value), None)
    return Sample(
        row.id,
        row.no,
        row.visit_id,
        visit_no,
        row.enterprise_id,
        firm,
        row.county,
        row.lot_id,
        lot_no,
        row.event_id,
        row.grams,
        row.packs,
        row.taken_from,
        row.seal_no,
        row.taken_at,
        row.taken_by,
        sample_state([SampleStep(one.step) for one in steps], verdict.verdict if verdict else None),
        sent,
        verdict,
    )


def steps_of_sample(session: Session, sample: int) -> list[SampleStepTaken]:
    """What was done about a sample, from its beginning."""
    query = (
        select(SampleStepRow, UserRow.name)
        .join(UserRow, UserRow.id == SampleStepRow.entered_by)
        .where(SampleStepRow.sample_id == sample)
        .order_by(SampleStepRow.id)
    )
    return [
        SampleStepTaken(SampleStep(row.step), row.words, row.happened_at, row.recorded_at, name)
        for row, name in session.execute(query)
    ]


def reports_of(session: Session, sample: int) -> list[SampleReport]:
    """What was typed off the reports of a sample, the one that counts last."""
    query = select(SampleReportRow).where(SampleReportRow.sample_id == sample).order_by(SampleReportRow.id)
    return [_report(row) for row in session.scalars(query)]


def _report(row: SampleReportRow) -> SampleReport:
    tested = {key: value if isinstance(value, bool) else Decimal(value) for key, value in row.tested.items()}
    return SampleReport(
        row.id,
        row.report_no,
        row.lab,
        row.reported_on,
        row.document_id,
        tested,
        row.entered_by,
        row.entered_at,
    )


def report_no_entered(session: Session, report_no: str, *, besides: int) -> bool:
    """Whether this report number was entered for another sample (FRAUD F14)."""
    query = select(SampleReportRow.id).where(
        SampleReportRow.report_no == report_no, SampleReportRow.sample_id != besides
    )
    return session.scalar(query.limit(1)) is not None


def seal_taken(session: Session, seal_no: str) -> bool:
    """Whether another sample bears this seal."""
    return session.scalar(select(SampleRow.id).where(SampleRow.seal_no == seal_no)) is not None


def confirmed_document(session: Session, document: int) -> bool:
    """Whether the file of a sample's report was confirmed: before that it is the office's alone."""
    query = (
        select(SampleVerdictRow.sample_id)
        .join(SampleReportRow, SampleReportRow.sample_id == SampleVerdictRow.sample_id)
        .where(SampleReportRow.document_id == document)
    )
    return session.scalar(query.limit(1)) is not None


def batches_of(session: Session, lot: int) -> list[int]:
    """The batch a lot is, or the one behind the packs it is of."""
    packs = (
        select(EdgeRow.source_id)
        .join(LotRow, LotRow.id == EdgeRow.target_id)
        .where(EdgeRow.target_id == lot, LotRow.kind == LotKind.PACKS.value)
    )
    return sorted(set(session.scalars(packs))) or [lot]


@dataclass(frozen=True, slots=True)
class Told:
    """What a page of the public tells of a judged sample."""

    taken_at: datetime
    lab: str
    report_no: str
    reported_on: date
    verdict: Verdict


def verdicts_of_lot(session: Session, lots: Collection[int]) -> list[Told]:
    """Judged samples of these lots, latest first."""
    query = (
        select(SampleRow, SampleReportRow, SampleVerdictRow.verdict)
        .join(SampleVerdictRow, SampleVerdictRow.sample_id == SampleRow.id)
        .join(SampleReportRow, SampleReportRow.id == SampleVerdictRow.report_id)
        .where(SampleRow.lot_id.in_(lots))
        .order_by(SampleRow.id.desc())
    )
    return [
        Told(sample.taken_at, report.lab, report.report_no, report.reported_on, Verdict(verdict))
        for sample, report, verdict in session.execute(query)
    ]
