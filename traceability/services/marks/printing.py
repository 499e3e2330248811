"""Print jobs as a ledger: opened with everything that decides their bytes, made file by file, handed over once.

A mark is printed when the file with its label leaves the house, not before: so what a job that was killed or stopped
never handed over is still on hand. `services/press` makes the files; nothing here draws.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta

from traceability.domain import errors, marks
from traceability.domain.chain import Remark
from traceability.domain.marks import (
    DATA_ROWS,
    FilePlan,
    Issue,
    JobState,
    MarkAction,
    Medium,
    Said,
    SerialRange,
    Setup,
    Span,
)
from traceability.domain.people import ArtworkState, Enterprise, Identity, May, read_reason, read_text
from traceability.domain.units import local_day
from traceability.services import acting
from traceability.services.acting import once
from traceability.services.marking import find_spans, take_action
from traceability.store import chain as chain_rows
from traceability.store import log as log_rows
from traceability.store import marks as rows
from traceability.store import people as people_rows
from traceability.store.marks import PrintFile, PrintJob
from traceability.store.work import Work

PLANNED_AHEAD = timedelta(days=366)
"""How far ahead a pack date may lie: the last leaf of a season is packed before that of the next."""

# --- opening ------------------------------------------------------------------------------------------------


@once
def open_print_job(
    work: Work,
    *,
    by: Identity,
    now: datetime,
    ranges: tuple[SerialRange, ...],
    setup: Setup,
    pack_day: date | None,
    public_url: str | None,
    medium: Medium = Medium.LABELS,
    recipient: str | None = None,
    key: str | None = None,
) -> int:
    """A print job for marks of one issued range; its id. `public_url` is None while nothing live may leave.

    Raise `SampleOnly`, `ArtworkMissing`, `PackDayMissing`, `PackDayImpossible`, `SerialsInJob`,
    and what stops any mark action.
    """
    firm, issue, spans = printable(work, by=by, ranges=ranges, now=now)
    marks.check_step(MarkAction.PRINT, spans)
    if public_url is None:
        raise errors.SampleOnly()
    if setup.dated and pack_day is None:
        raise errors.PackDayMissing(design=setup.design)
    check_pack_day(work, issue=issue, day=pack_day, now=now)
    if holding := rows.job_holding(work.session, ranges):
        raise errors.SerialsInJob(job=holding)
    no = f"L{local_day(now).year % 100}-{log_rows.next_numbers(work.session, 'print_job'):06d}"
    told = read_text(recipient, "recipient") if medium is Medium.DATA else None
    dated = pack_day if setup.dated or medium is Medium.DATA else None
    job = rows.add_print_job(
        work.session,
        no=no,
        issue=issue.id,
        ranges=ranges,
        medium=medium,
        setup=setup,
        per_file=DATA_ROWS if medium is Medium.DATA else setup.per_file,
        pack_day=dated,
        public_url=public_url,
        face=face_of(work, issue, firm, dated, now=now),
        artwork=_artwork_in_force(work, firm, setup),
        recipient=told,
        at=now,
        by=by.user,
    )
    opened = {"job": no, "medium": medium, "count": marks.count(ranges), "design": setup.design}
    acting.state(work, "print.opened", by=by, now=now, public=opened, private={"recipient": told})
    return job


def check_pack_day(work: Work, *, issue: Issue, day: date | None, now: datetime) -> None:
    """Raise `PackDayImpossible` for a day that is over, or further ahead than packs are planned.

    A mark goes on a pack after it was printed: labels for a day before today could never be used.
    """
    first, last = local_day(now), local_day(now) + PLANNED_AHEAD
    if day is not None and not first <= day <= last:
        raise errors.PackDayImpossible(day=day, first=first, last=last)


def printable(
    work: Work, *, by: Identity, ranges: Sequence[SerialRange], now: datetime, lock: bool = True
) -> tuple[Enterprise, Issue, list[Span]]:
    """The firm, the one issued range of these serials, and their spans; a suspension or a hold stops it (FRAUD F15)."""
    firm = acting.own_firm(work, by, May.PRINT_MARKS)
    if lock:  # first, so that no suspension is decided while the marks are waited for
        people_rows.lock_enterprise(work.session, firm.id)
    people_rows.rights(work.session, firm.id).require(now, local_day(now))
    marks.check_apart(ranges)
    issues = rows.issues_overlapping(work.session, ranges, enterprise=firm.id, lock=lock)
    spans = find_spans(work, issues, ranges)
    if len(issues) != 1:
        raise errors.MarksNotOfProduct(serials=", ".join(str(one.range) for one in issues))
    if causes := chain_rows.holds_on(work.session, [issues[0].batch]).get(issues[0].batch):
        raise errors.LotHeld(lot=issues[0].batch, cause=causes[0])
    return firm, issues[0], spans


def face_of(
    work: Work, issue: Issue, firm: Enterprise, pack_day: date | None, *, now: datetime
) -> Mapping[str, object]:
    """What every label of the marks has in common, as it is on this day. `net_content` in grams.

    The right the firm has decides the name and what stands beside it; raise `WordingIncomplete`.
    """
    product = people_rows.product(work.session, issue.product)
    batch = chain_rows.lots_by_id(work.session, [issue.batch])[issue.batch]
    if product is None:
        raise errors.ProductUnknown(product=issue.product)
    right = people_rows.rights(work.session, firm.id).require(now, local_day(now)).right_basis
    worded = work.profile.label_words(right, pack_day or local_day(batch.born_at))
    if worded is None:
        raise errors.WordingIncomplete(right=right)
    return {
        "gi_name": worded[0],
        "standard": worded[1],
        "product": product.name,
        "net_content": product.net_content_g,
        "grade": work.profile.grade_rule(product.grade).zh,
        "pack_date": pack_day.isoformat() if pack_day else None,
        "enterprise": firm.name,
        "uscc": firm.uscc,
        "gtin": product.gtin,
    }


def _artwork_in_force(work: Work, firm: Enterprise, setup: Setup) -> int | None:
    """The approved artwork, for a design with a mark box; raise `ArtworkMissing`."""
    return _approved(work, firm, setup.design) if setup.mark_box else None


def _check_artwork(work: Work, firm: Enterprise, job: PrintJob) -> None:
    """Raise `ArtworkMissing` unless the artwork a job was opened with is still the one the office approved."""
    if job.artwork is not None and _approved(work, firm, job.setup.design) != job.artwork:
        raise errors.ArtworkMissing(design=job.setup.design)


def _approved(work: Work, firm: Enterprise, design: str) -> int:
    approved = people_rows.artworks(
        work.session, within=acting.within_firm(firm), states=[ArtworkState.APPROVED]
    )
    if not approved:
        raise errors.ArtworkMissing(design=design)
    return approved[0].id


# --- files --------------------------------------------------------------------------------------------------


def keep_print_file(
    work: Work, *, by: Identity, now: datetime, job: int, seq: int, size: int, sha256: str
) -> int:
    """Keep that a file was made and proved; its number. Told twice it is kept once; raise `PrintFileDiffers`.

    Rights and holds are asked again at every file, so a suspension stops the job before the next one (FRAUD F15).
    """
    found = job_in(work, by, job, JobState.OPEN, JobState.DONE, file=seq)
    planned = _planned(found, seq)
    if (before := found.made(seq)) is not None:
        return _same(found, before, sha256)
    firm, _, spans = printable(work, by=by, ranges=planned.ranges, now=now)
    _check_artwork(work, firm, found)
    marks.check_step(MarkAction.PRINT, spans)
    rows.add_print_file(
        work.session,
        found.id,
        seq,
        marks=planned.marks,
        sheets=planned.sheets(found.setup.per_page),
        size=size,
        sha256=sha256,
        at=now,
    )
    told = {"job": found.no, "file": seq, "count": planned.marks, "sha256": sha256}
    acting.state(work, "print.file", by=by, now=now, public=told)
    return seq


def _same(job: PrintJob, before: PrintFile, sha256: str) -> int:
    if before.sha256 != sha256:
        raise errors.PrintFileDiffers(job=job.no, file=before.seq, was=before.sha256[:12], now=sha256[:12])
    return before.seq


def _planned(job: PrintJob, seq: int) -> FilePlan:
    found = job.planned(seq)
    if found is None:
        raise errors.PrintFileUnknown(job=job.no, file=seq)
    return found


def hand_over_file(work: Work, *, by: Identity, now: datetime, job: int, seq: int) -> int:
    """The file leaves the house: its marks are printed for their pack date from here on. Once (FRAUD F22)."""
    found = job_in(work, by, job, JobState.OPEN, JobState.DONE, file=seq)
    spans = _may_leave(work, by, found, seq, now)
    file, planned = _made(found, seq), _planned(found, seq)
    if not file.reprints:
        take_action(
            work,
            MarkAction.PRINT,
            spans,
            by=by,
            at=now,
            now=now,
            ranges=planned.ranges,
            printed_for=found.pack_day,
        )
    rows.set_handed_over(work.session, found.id, seq, at=now, by=by.user)
    told = {"job": found.no, "file": seq, "sha256": file.sha256, "reprints": file.reprints}
    acting.state(work, "print.handed_over", by=by, now=now, public=told)
    return seq


def check_hand_over(work: Work, *, by: Identity, now: datetime, job: int, seq: int) -> None:
    """Raise what would keep a file from being handed over: nothing live is drawn for a hand-over that is refused."""
    acting.own_firm(work, by, May.PRINT_MARKS)
    found = rows.print_job(work.session, job, within=by.within, file=seq)
    if found is None:
        raise errors.PrintJobUnknown(job=job)
    _may_leave(work, by, found, seq, now, lock=False)


def _may_leave(
    work: Work, by: Identity, job: PrintJob, seq: int, now: datetime, *, lock: bool = True
) -> list[Span]:
    """The marks of a file that may leave: made, not gone already, marks as they should be, the firm in its rights."""
    file, planned = _made(job, seq), _planned(job, seq)
    if file.handed_over_at is not None:
        raise errors.PrintFileHandedOver(job=job.no, file=seq, at=file.handed_over_at)
    firm, issue, spans = printable(work, by=by, ranges=planned.ranges, now=now, lock=lock)
    _check_artwork(work, firm, job)
    if file.reprints:
        _check_reprint(work, issue, spans, planned)
    else:
        marks.check_step(MarkAction.PRINT, spans)
    return spans


def _check_reprint(work: Work, issue: Issue, spans: Sequence[Span], planned: FilePlan) -> None:
    """Printed, and never on a pack: not even on one an amendment took back, whose label exists (FRAUD F22)."""
    marks.check_step(MarkAction.REPRINT, spans)
    if rows.ever(work.session, issue.id, MarkAction.APPLY, planned.ranges):
        raise errors.MarksAlreadyApplied(serials=str(planned.ranges[0]))


def _made(job: PrintJob, seq: int) -> PrintFile:
    found = job.made(seq)
    if found is None:
        raise errors.PrintFileUnknown(job=job.no, file=seq)
    return found


@once
def declare_undelivered(
    work: Work, *, by: Identity, now: datetime, job: int, seq: int, reason: str, key: str | None = None
) -> int:
    """A file that was handed over never came out of the printer; it may be handed over once more, and that is counted.

    Raise `MarksAlreadyApplied` or `MarksNotLive` once something was done to any of its marks (FRAUD F22).
    """
    found = job_in(work, by, job, JobState.OPEN, JobState.DONE, file=seq)
    file, planned = _made(found, seq), _planned(found, seq)
    if file.handed_over_at is None:
        raise errors.PrintFileNotHandedOver(job=found.no, file=seq)
    firm, issue, spans = printable(work, by=by, ranges=planned.ranges, now=now)
    _check_reprint(work, issue, spans, planned)
    said = Said(read_reason(reason))
    take_action(work, MarkAction.REPRINT, spans, by=by, at=now, now=now, ranges=planned.ranges, said=said)
    rows.set_undelivered(work.session, found.id, seq)
    told = {
        "job": found.no,
        "file": seq,
        "marks": planned.marks,
        "times": file.reprints + 1,
        "why": said.reason,
    }
    public = {"job": found.no, "file": seq, "times": file.reprints + 1}
    acting.state(work, "print.undelivered", by=by, now=now, public=public, private={"reason": said.reason})
    acting.find(work, Remark("marks.reprinted", told, issue.batch), enterprise=firm, at=now, now=now)
    return seq


# --- ends ---------------------------------------------------------------------------------------------------


def finish_print_job(
    work: Work, *, by: Identity, now: datetime, job: int, proof: Mapping[str, int], manifest_sha256: str
) -> int:
    """Every file is made and proved; raise `PrintFileUnknown` for the first that is not."""
    found = job_in(work, by, job, JobState.OPEN)
    for planned in found.plan:
        _made(found, planned.seq)
    rows.close_print_job(
        work.session, found.id, JobState.DONE, at=now, proof=proof, manifest_sha256=manifest_sha256
    )
    told = {"job": found.no, "count": found.marks, "files": len(found.files), "manifest": manifest_sha256}
    acting.state(work, "print.done", by=by, now=now, public={**told, "proof": dict(proof)})
    return found.id


@once
def stop_print_job(
    work: Work, *, by: Identity, now: datetime, job: int, reason: str, key: str | None = None
) -> int:
    """Nothing more of this job is made or handed over; marks whose files are still here stay on hand."""
    found = job_in(work, by, job, JobState.OPEN, JobState.DONE)
    if found.state is JobState.DONE and all(one.handed_over_at for one in found.files):
        raise errors.PrintJobClosed(job=found.no, state=found.state.value)
    if waiting := [one.seq for one in found.files if one.reprints and one.handed_over_at is None]:
        raise errors.PrintFileNotHandedOver(job=found.no, file=waiting[0])  # its marks are printed already
    why = read_reason(reason)
    rows.close_print_job(work.session, found.id, JobState.STOPPED, at=now, reason=why)
    acting.state(work, "print.stopped", by=by, now=now, public={"job": found.no}, private={"reason": why})
    return found.id


def job_in(work: Work, by: Identity, number: int, *states: JobState, file: int | None = None) -> PrintJob:
    """A print job of one's own firm in one of these states, locked; raise `PrintJobUnknown` or `PrintJobClosed`.

    With `file`, only that one of its files is read: a job may have hundreds, and each is told of by itself.
    """
    acting.own_firm(work, by, May.PRINT_MARKS)
    found = rows.print_job(work.session, number, within=by.within, lock=True, file=file)
    if found is None:
        raise errors.PrintJobUnknown(job=number)
    if found.state not in states:
        raise errors.PrintJobClosed(job=found.no, state=found.state.value)
    return found
