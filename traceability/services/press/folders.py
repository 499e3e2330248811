"""Where the files of print jobs lie until they are taken: live codes, which only the process's own user may read."""

import hashlib
import shutil
from pathlib import Path

from traceability.domain import errors
from traceability.domain.marks import Medium
from traceability.services.marks import PrintJob

_SUFFIX = {Medium.LABELS: "pdf", Medium.DATA: "csv"}
BYTES_A_MARK = {Medium.LABELS: 2_000, Medium.DATA: 160}
"""Twice what any design of ours takes with large artwork, so that a job that begins has the room to end."""


def own(folder: Path, job: str) -> Path:
    """The folder of one job, made when it is not there."""
    found = folder / job
    found.mkdir(mode=0o700, parents=True, exist_ok=True)
    return found


def file_path(job: PrintJob, place: Path, seq: int) -> Path:
    """Where a finished file lies."""
    return place / f"{job.no}-{seq:04d}.{_SUFFIX[job.medium]}"


def undone_path(job: PrintJob, place: Path, seq: int) -> Path:
    """Where it lies before it is proved and booked."""
    path = file_path(job, place, seq)
    return path.with_name(f"{path.name}.part")


def digest(content: bytes) -> str:
    """The name of some bytes."""
    return hashlib.sha256(content).hexdigest()


def check_room(place: Path, job: PrintJob, marks: int) -> None:
    """Raise `PrintNotWritten` when the disk has no room for so many marks: better before than in the middle."""
    needed, free = marks * BYTES_A_MARK[job.medium], shutil.disk_usage(place).free
    if needed > free:
        raise errors.PrintNotWritten(job=job.no, needed_mb=needed // 10**6 + 1, free_mb=free // 10**6)
