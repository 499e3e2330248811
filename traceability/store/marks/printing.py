"""Print jobs, the marks in them, and their files."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from traceability.domain.marks import FilePlan, JobState, Medium, SerialRange, Setup, count, file_of, plan
from traceability.domain.people import Within
from traceability.store.marks.requests import firm_within
from traceability.store.marks.rows import IssueRow, PrintFileRow, PrintJobRow, PrintRangeRow
from traceability.store.people import EnterpriseRow


@dataclass(frozen=True, slots=True)
class PrintFile:
    """A file that was made. `size` in bytes; `reprints` counts how often it was declared undelivered."""

    seq: int
    marks: int
    sheets: int
    size: int
    sha256: str
    made_at: datetime
    handed_over_at: datetime | None
    handed_over_by: int | None
    reprints: int


@dataclass(frozen=True, slots=True)
class PrintJob:
    """A print job as read: its marks, everything that decides its bytes, and the files made so far."""

    id: int
    no: str
    issue: int
    enterprise: int
    batch: int
    product: int
    key: str
    medium: Medium
    setup: Setup
    per_file: int
    ranges: tuple[SerialRange, ...]
    pack_day: date | None
    public_url: str
    face: Mapping[str, Any]
    artwork: int | None
    recipient: str | None
    state: JobState
    opened_at: datetime
    opened_by: int
    closed_at: datetime | None
    reason: str | None
    proof: Mapping[str, Any] | None
    manifest_sha256: str | None
    files: tuple[PrintFile, ...]

    @property
    def marks(self) -> int:
        """How many."""
        return count(self.ranges)

    @property
    def plan(self) -> tuple[FilePlan, ...]:
        """The files there are to be."""
        return plan(self.ranges, per_file=self.per_file, start=self.setup.start)

    def planned(self, seq: int) -> FilePlan | None:
        """One of them by its number."""
        found = file_of(self.ranges, seq, per_file=self.per_file, start=self.setup.start)
        return found if found.marks else None

    def made(self, seq: int) -> PrintFile | None:
        """A file that was made, by its number."""
        return next((one for one in self.files if one.seq == seq), None)

    @property
    def reprints(self) -> int:
        """How often files of this job were declared undelivered."""
        return sum(one.reprints for one in self.files)


def add_print_job(
    session: Session,
    *,
    no: str,
    issue: int,
    ranges: Sequence[SerialRange],
    medium: Medium,
    setup: Setup,
    per_file: int,
    pack_day: date | None,
    public_url: str,
    face: Mapping[str, object],
    artwork: int | None,
    recipient: str | None,
    at: datetime,
    by: int,
) -> int:
    """An open print job; its id."""
    row = PrintJobRow(
        no=no,
        issue_id=issue,
        medium=medium.value,
        design=setup.design,
        design_sha256=setup.digest,
        per_page=setup.per_page,
        per_file=per_file,
        start_cell=setup.start,
        offset_right=setup.right,
        offset_down=setup.down,
        pack_day=pack_day,
        public_url=public_url,
        face=dict(face),
        artwork_id=artwork,
        recipient=recipient,
        state=JobState.OPEN.value,
        opened_at=at,
        opened_by=by,
    )
    session.add(row)
    session.flush()
    session.add_all(PrintRangeRow(job_id=row.id, first=one.first, last=one.last) for one in ranges)
    return row.id


def print_job(
    session: Session, number: int, *, within: Within, lock: bool = False, file: int | None = None
) -> PrintJob | None:
    """A print job within reach, with all its files or with this `file` alone; `lock` makes other changes of it wait."""
    query = _jobs(within).where(PrintJobRow.id == number)
    if lock:
        query = query.with_for_update(of=PrintJobRow, key_share=True).execution_options(
            populate_existing=True
        )
    found = session.execute(query).first()
    return jobs_of(session, [found], file=file)[0] if found else None


def print_job_named(session: Session, no: str, *, within: Within) -> PrintJob | None:
    """A print job within reach by its number."""
    found = session.execute(_jobs(within).where(PrintJobRow.no == no)).first()
    return jobs_of(session, [found])[0] if found else None


def print_jobs(session: Session, *, within: Within, enterprise: int | None = None) -> list[PrintJob]:
    """Print jobs within reach, latest first; of one firm, when it is named."""
    query = _jobs(within).order_by(PrintJobRow.id.desc())
    if enterprise is not None:
        query = query.where(IssueRow.enterprise_id == enterprise)
    return jobs_of(session, session.execute(query).all())


def _jobs(within: Within) -> Select[PrintJobRow, IssueRow]:
    return (
        select(PrintJobRow, IssueRow)
        .join(IssueRow, IssueRow.id == PrintJobRow.issue_id)
        .join(EnterpriseRow, EnterpriseRow.id == IssueRow.enterprise_id)
        .where(firm_within(within))
    )


def jobs_of(
    session: Session, rows: Sequence[tuple[PrintJobRow, IssueRow]], *, file: int | None = None
) -> list[PrintJob]:
    """Rows as values, with the ranges and files of all of them in two queries."""
    numbers = [job.id for job, _ in rows]
    ranges: dict[int, list[SerialRange]] = {number: [] for number in numbers}
    for part in session.scalars(
        select(PrintRangeRow).where(PrintRangeRow.job_id.in_(numbers)).order_by(PrintRangeRow.id)
    ):
        ranges[part.job_id].append(SerialRange(part.first, part.last))
    files: dict[int, list[PrintFile]] = {number: [] for number in numbers}
    made = select(PrintFileRow).where(PrintFileRow.job_id.in_(numbers)).order_by(PrintFileRow.seq)
    if file is not None:
        made = made.where(PrintFileRow.seq == file)
    for row in session.scalars(made):
        files[row.job_id].append(_file(row))
    return [_job(job, issue, ranges[job.id], files[job.id]) for job, issue in rows]


def _job(
    row: PrintJobRow, issue: IssueRow, ranges: Sequence[SerialRange], files: Sequence[PrintFile]
) -> PrintJob:
    return PrintJob(
        id=row.id,
        no=row.no,
        issue=issue.id,
        enterprise=issue.enterprise_id,
        batch=issue.batch_id,
        product=issue.product_id,
        key=issue.key,
        medium=Medium(row.medium),
        setup=_setup(row),
        per_file=row.per_file,
        ranges=tuple(ranges),
        pack_day=row.pack_day,
        public_url=row.public_url,
        face=row.face,
        artwork=row.artwork_id,
        recipient=row.recipient,
        state=JobState(row.state),
        opened_at=row.opened_at,
        opened_by=row.opened_by,
        closed_at=row.closed_at,
        reason=row.reason,
        proof=row.proof,
        manifest_sha256=row.manifest_sha256,
        files=tuple(files),
    )


def _setup(row: PrintJobRow) -> Setup:
    return Setup(
        design=row.design,
        digest=row.design_sha256,
        per_page=row.per_page,
        mark_box=row.artwork_id is not None,
        dated=row.pack_day is not None,
        start=row.start_cell,
        right=row.offset_right,
        down=row.offset_down,
    )


def _file(row: PrintFileRow) -> PrintFile:
    return PrintFile(
        row.seq,
        row.marks,
        row.sheets,
        row.size,
        row.sha256,
        row.made_at,
        row.handed_over_at,
        row.handed_over_by,
        row.reprints,
    )


def job_holding(session: Session, ranges: Iterable[SerialRange]) -> str | None:
    """The number of a job that was not stopped and names one of these marks; None when no job does."""
    named = (
        select(PrintJobRow.no)
        .join(PrintRangeRow, PrintRangeRow.job_id == PrintJobRow.id)
        .where(PrintJobRow.state != JobState.STOPPED.value)
    )
    for one in ranges:
        query = named.where(PrintRangeRow.first <= one.last, PrintRangeRow.last >= one.first)
        if (found := session.scalar(query.limit(1))) is not None:
            return found
    return None


def waiting_again(session: Session, issues: Collection[int]) -> list[tuple[PrintJob, FilePlan]]:
    """Files of marks of these issued ranges that were declared undelivered and not taken since, with their jobs."""
    files = (
        select(PrintFileRow.job_id, PrintFileRow.seq)
        .join(PrintJobRow, PrintJobRow.id == PrintFileRow.job_id)
        .where(PrintJobRow.issue_id.in_(issues))
        .where(PrintFileRow.reprints > 0, PrintFileRow.handed_over_at.is_(None))
    )
    waiting = session.execute(files).all()
    named = select(PrintJobRow, IssueRow).join(IssueRow, IssueRow.id == PrintJobRow.issue_id)
    found = session.execute(named.where(PrintJobRow.id.in_({job for job, _ in waiting}))).all()
    jobs = {job.id: job for job in jobs_of(session, found)}
    return [(jobs[job], part) for job, seq in waiting if (part := jobs[job].planned(seq))]


def close_print_job(
    session: Session,
    job: int,
    state: JobState,
    *,
    at: datetime,
    reason: str | None = None,
    proof: Mapping[str, object] | None = None,
    manifest_sha256: str | None = None,
) -> None:
    """Move a job on."""
    row = session.get_one(PrintJobRow, job)
    row.state, row.closed_at, row.reason = state.value, at, reason
    if proof is not None:
        row.proof, row.manifest_sha256 = dict(proof), manifest_sha256


def add_print_file(
    session: Session,
    job: int,
    seq: int,
    *,
    marks: int,
    sheets: int,
    size: int,
    sha256: str,
    at: datetime,
) -> None:
    """A file that was made."""
    session.add(
        PrintFileRow(
            job_id=job, seq=seq, marks=marks, sheets=sheets, size=size, sha256=sha256, made_at=at, reprints=0
        )
    )
    session.flush()


def set_handed_over(session: Session, job: int, seq: int, *, at: datetime, by: int) -> None:
    """A file has left the house."""
    row = _one_file(session, job, seq)
    row.handed_over_at, row.handed_over_by = at, by


def set_undelivered(session: Session, job: int, seq: int) -> None:
    """A file is to be handed over once more; counted."""
    row = _one_file(session, job, seq)
    row.handed_over_at = row.handed_over_by = None
    row.reprints += 1


def _one_file(session: Session, job: int, seq: int) -> PrintFileRow:
    query = select(PrintFileRow).where(PrintFileRow.job_id == job, PrintFileRow.seq == seq)
    return session.scalars(query.with_for_update().execution_options(populate_existing=True)).one()
