"""Runs print jobs: file by file, each proved before the ledger hears of it, and no half file is ever called done.

A job may be killed at any moment and run again: what the ledger has is left alone, what it has not is made anew, and
comes out byte for byte the same. Between two files the ledger is asked whether the firm still may print.
"""

import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from traceability.domain import errors
from traceability.domain.marks import FilePlan, JobState
from traceability.domain.people import Identity
from traceability.services import marks
from traceability.services.marks import Material, PrintJob
from traceability.services.press import folders, locks
from traceability.services.press.folders import digest, file_path, undone_path
from traceability.services.press.makers import Makers
from traceability.services.press.manifest import manifest, proof, tasks_for
from traceability.services.press.worker import Crew, Made, make, make_all, write_down
from traceability.store.work import Work

Way = Callable[[], AbstractContextManager[Work]]
Clock = Callable[[], datetime]
#: Told after every file: how many are there, of how many.
Tell = Callable[[int, int], None]


def _say_nothing(_done: int, _of: int) -> None:
    pass


@dataclass(frozen=True)
class Press:
    """`folder` keeps files until they are taken; so many `cores` draw (1: only the caller's)."""

    change: Way = field(repr=False)
    look: Way = field(repr=False)
    makers: Makers
    folder: Path
    cores: int = 1

    def run(
        self, number: int, *, by: Identity, clock: Clock, out: Path | None = None, tell: Tell = _say_nothing
    ) -> PrintJob:
        """Make what a job lacks, and finish it; with `out` its files go there and are handed over one by one.

        Raise what the ledger refuses, `PrintJobBusy`, `DesignChanged`, `PrintNotWritten`, `PrintProofFailed`.
        """
        material = self._material(number, by)
        with locks.alone(self.folder, material.job.no), _disk(material.job):
            _check_open(material.job)
            locks.await_crew(self._crew(material.job), material.job.no)
            place = out or folders.own(self.folder, material.job.no)
            todo = [one for one in material.job.plan if not _is_there(material.job, one.seq, place)]
            folders.check_room(place, material.job, sum(one.marks for one in todo))
            self._make(material, todo, place, by=by, clock=clock, hand_over=out is not None, tell=tell)
            return self._finish(number, place, by=by, clock=clock)

    def running(self, job: PrintJob) -> bool:
        """Whether somebody runs the job at this moment."""
        try:
            with locks.alone(self.folder, job.no):
                return False
        except errors.PrintJobBusy:
            return True

    def take(self, number: int, seq: int, *, by: Identity, now: datetime) -> tuple[str, bytes]:
        """Hand a file over: its name and bytes. It is not kept here any longer; a reprint is made anew, the same."""
        material = self._material(number, by)
        job = material.job
        with locks.alone(self.folder, job.no), _disk(job):
            path = file_path(job, folders.own(self.folder, job.no), seq)
            content = self._content(material, seq, path)
            with self.change() as work:
                marks.hand_over_file(work, by=by, now=now, job=number, seq=seq)
            path.unlink(missing_ok=True)
        return path.name, content

    def discard(self, job: PrintJob) -> None:
        """Throw away what was made of a job that was stopped."""
        with locks.alone(self.folder, job.no):
            shutil.rmtree(folders.own(self.folder, job.no))

    # --- one file after another -------------------------------------------------------------------------------

    def _material(self, number: int, by: Identity) -> Material:
        with self.look() as work:
            return marks.print_material(work, by=by, job=number)

    def _make(
        self,
        material: Material,
        todo: list[FilePlan],
        place: Path,
        *,
        by: Identity,
        clock: Clock,
        hand_over: bool,
        tell: Tell,
    ) -> None:
        """The files one after another; when one is refused, those begun after it are thrown away."""
        job, of = material.job, len(material.job.plan)
        tell(of - len(todo), of)
        if not todo:
            return
        crew = Crew(self.cores, self._crew(job))
        with closing(make_all(self.makers.maker(material), tasks_for(job, todo, place), crew)) as made:
            try:
                for one in made:
                    self._keep(job, one, by=by, now=clock(), hand_over=hand_over)
                    undone_path(job, place, one.seq).replace(file_path(job, place, one.seq))
                    del todo[0]
                    tell(of - len(todo), of)
            except (errors.Refusal, OSError):
                made.close()
                _sweep(job, todo, place)
                raise

    def _crew(self, job: PrintJob) -> Path:
        return locks.crew_lock(self.folder, job.no)

    def _keep(self, job: PrintJob, made: Made, *, by: Identity, now: datetime, hand_over: bool) -> None:
        """The ledger hears of a file before it has its name: nothing live lies about that is not booked."""
        told = {"job": job.id, "seq": made.seq}
        with self.change() as work:
            marks.keep_print_file(work, by=by, now=now, size=made.size, sha256=made.sha256, **told)
            if hand_over:
                marks.hand_over_file(work, by=by, now=now, **told)

    def _finish(self, number: int, place: Path, *, by: Identity, clock: Clock) -> PrintJob:
        job = self._material(number, by).job
        content = manifest(job)
        write_down(place / f"{job.no}-manifest.json", content)
        if job.state is JobState.OPEN:
            with self.change() as work:
                marks.finish_print_job(
                    work,
                    by=by,
                    now=clock(),
                    job=number,
                    proof=proof(job),
                    manifest_sha256=digest(content),
                )
        return self._material(number, by).job

    def _content(self, material: Material, seq: int, path: Path) -> bytes:
        """A file as the ledger knows it, from the folder or made again; raise `PrintFileDiffers`."""
        job = material.job
        known, planned = job.made(seq), job.planned(seq)
        if known is None or planned is None:
            raise errors.PrintFileUnknown(job=job.no, file=seq)
        if not path.exists():
            [task] = tasks_for(job, [planned], path.parent)
            make(self.makers.maker(material), task)
            task.path.replace(path)
        content = path.read_bytes()
        if (found := digest(content)) != known.sha256:
            raise errors.PrintFileDiffers(job=job.no, file=seq, was=known.sha256[:12], now=found[:12])
        return content


def _check_open(job: PrintJob) -> None:
    if job.state is JobState.STOPPED:
        raise errors.PrintJobClosed(job=job.no, state=job.state.value)


def _is_there(job: PrintJob, seq: int, place: Path) -> bool:
    """Whether nothing is left to do for a file: it lies here as the ledger knows it, or has left the house.

    One that was booked just before the process was killed still lacks its name, and gets it now.
    """
    known = job.made(seq)
    if known is None:
        return False
    path, undone = file_path(job, place, seq), undone_path(job, place, seq)
    if undone.exists() and not path.exists() and digest(undone.read_bytes()) == known.sha256:
        undone.replace(path)
    if path.exists() and digest(path.read_bytes()) == known.sha256:
        return True
    return known.handed_over_at is not None


def _sweep(job: PrintJob, todo: Sequence[FilePlan], place: Path) -> None:
    for one in todo:
        undone_path(job, place, one.seq).unlink(missing_ok=True)


@contextmanager
def _disk(job: PrintJob) -> Iterator[None]:
    """A full or broken disk is a refusal with its reason; what was made before stays."""
    try:
        yield
    except OSError as error:
        raise errors.PrintNotWritten(job=job.no, why=error.strerror or str(error)) from error
