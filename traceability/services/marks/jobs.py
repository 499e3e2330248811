"""Print jobs as a person may see them, what the press makes them of, and previews."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from traceability.domain import errors, marks
from traceability.domain.marks import SerialRange
from traceability.domain.people import ArtworkState, Identity, May
from traceability.services import acting
from traceability.services.marks.printing import check_pack_day, face_of, printable
from traceability.store import marks as rows
from traceability.store import oversight as oversight_rows
from traceability.store import people as people_rows
from traceability.store.marks import PrintJob
from traceability.store.work import Work


@dataclass(frozen=True, slots=True)
class Material:
    """What the press needs: the job, the master key of its codes, and the official artwork as it was handed in."""

    job: PrintJob
    key: bytes = field(repr=False)
    artwork: bytes | None = field(default=None, repr=False)


def print_material(work: Work, *, by: Identity, job: int) -> Material:
    """What a job is made of; managers of the firm only."""
    acting.own_firm(work, by, May.PRINT_MARKS)
    found = print_job(work, by=by, number=job)
    return Material(found, work.keys[found.key], artwork_file(work, by, found.artwork))


def artwork_file(work: Work, by: Identity, artwork: int | None) -> bytes | None:
    """The file of an artwork of one's own firm, as it was handed in."""
    if artwork is None:
        return None
    found = people_rows.artwork_submission(work.session, artwork, within=by.within)
    kept = oversight_rows.document(work.session, found.document) if found else None
    if kept is None:
        raise errors.NotFound()
    return kept[1]


def print_job(work: Work, *, by: Identity, number: int) -> PrintJob:
    """A print job within reach; raise `PrintJobUnknown`."""
    by.require(May.READ_CHAIN)
    found = rows.print_job(work.session, number, within=by.within)
    if found is None:
        raise errors.PrintJobUnknown(job=number)
    return found


def print_job_named(work: Work, *, by: Identity, no: str) -> PrintJob:
    """A print job within reach by its number; raise `PrintJobUnknown`."""
    by.require(May.READ_CHAIN)
    found = rows.print_job_named(work.session, no.strip().upper(), within=by.within)
    if found is None:
        raise errors.PrintJobUnknown(job=no[:40])
    return found


def print_jobs(work: Work, *, by: Identity, enterprise: int | None = None) -> list[PrintJob]:
    """Print jobs within reach, latest first; of one firm, when it is named."""
    by.require(May.READ_CHAIN)
    return rows.print_jobs(work.session, within=by.within, enterprise=enterprise)


@dataclass(frozen=True, slots=True)
class Preview:
    """The face of labels that are not printed: for a SAMPLE. The artwork may still be waiting for its officer."""

    face: Mapping[str, object]
    marks: int
    artwork: bytes | None = field(default=None, repr=False)


def preview_marks(
    work: Work, *, by: Identity, now: datetime, ranges: tuple[SerialRange, ...], pack_day: date | None
) -> Preview:
    """The real face for a SAMPLE: nothing is booked, and no code is in it."""
    firm, issue, _ = printable(work, by=by, ranges=ranges, now=now, lock=False)
    check_pack_day(work, issue=issue, day=pack_day, now=now)
    standing = [ArtworkState.SUBMITTED, ArtworkState.APPROVED]
    known = people_rows.artworks(work.session, within=acting.within_firm(firm), states=standing)
    known.sort(
        key=lambda one: one.state is not ArtworkState.APPROVED
    )  # what would be printed, before what may be
    shown = artwork_file(work, by, known[0].id) if known else None
    return Preview(face_of(work, issue, firm, pack_day, now=now), marks.count(ranges), shown)
