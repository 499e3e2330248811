"""Runs print jobs: file by file, each proved before the ledger hears of it, and no half file is ever called done.

Everything is drawn in the press's own folder; a file goes elsewhere only once it is booked as handed over. A job may
be killed at any moment and run again: what the ledger has is left alone, what it has not is made anew and comes out
byte for byte the same. At every file the ledger is asked whether the firm may print.
"""

import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from traceability.domain import errors
from traceability.domain.marks import FilePlan, JobState
from traceability.domain.people import Identity
from traceability.services import marks
from traceability.services.marks import Material, PrintFile, PrintJob
from traceability.services.press import folders, locks
from traceability.services.press.folders import digest, file_path, undone_path
from traceability.services.press.makers import Makers
from traceability.services.press.manifest import manifest, proof, tasks_for
from traceability.services.press.worker import Crew, make, make_all, write_down
from traceability.store.work import Work

Way = Callable[[], AbstractContextManager[Work]]
Clock = Callable[[], datetime]
#: Told after every file: how many are there, of how many.
Tell = Callable[[int, int], None]


def _say_nothing(_done: int, _of: int) -> None:
    pass


@dataclass(frozen=True)
class _Run:
    """One run of a job: who runs it, and where its files go, if they are handed over at once."""

    by: Identity
    clock: Clock
    out: Path | None = None
    tell: Tell = _say_nothing


@dataclass(frozen=True)
class Press:
    """`folder` keeps files until they are taken; so many `cores` draw (1: only the caller's).

    `live_url` is the confirmed https address live codes lead to; None while nothing live may leave.
    """

    change: Way = field(repr=False)
    look: Way = field(repr=False)
    makers: Makers
    folder: Path
    live_url: str | None
    cores: int = 1

    def run(
        self, number: int, *, by: Identity, clock: Clock, out: Path | None = None, tell: Tell = _say_nothing
    ) -> PrintJob:
        """Make what a job lacks, and finish it; with `out` its files go there and are handed over one by one.

        Raise what the ledger refuses, `SampleOnly`, `PrintJobBusy`, `DesignChanged`, `PrintNotWritten`,
        `PrintProofFailed`.
        """
        run = _Run(by, clock, out, tell)
        with self._alone(number, by) as material:
            self._check_live(material.job)
            job = material.job
            for made in job.files:
                self._settle(job, made, run)
            todo = [one for one in job.plan if job.made(one.seq) is None]
            folders.check_room(out or self._own(job), job, sum(one.marks for one in todo))
            self._make(material, todo, run)
            return self._finish(number, run)

    def running(self, job: PrintJob) -> bool:
        """Whether somebody runs the job at this moment."""
        return locks.is_held(self.folder, job.no)

    def take(
        self, number: int, seq: int, *, by: Identity, now: datetime, out: Path | None = None
    ) -> tuple[str, bytes]:
        """Hand a file over: its name and bytes; with `out` it lies there. It is not kept here any longer.

        A file that is to be handed over once more is made anew, and has to be the same: `PrintFileDiffers`.
        """
        with self._alone(number, by) as material:
            self._check_live(material.job)
            job, asked = material.job, {"job": number, "seq": seq}
            with self.look() as work:
                marks.check_hand_over(work, by=by, now=now, **asked)
            path = file_path(job, self._own(job), seq)
            with _gone_unless_kept(path):
                content = self._content(material, seq, path)
                with self.change() as work:
                    marks.hand_over_file(work, by=by, now=now, **asked)
            _leave(path, out)
        return path.name, content

    def stop(self, number: int, *, by: Identity, now: datetime, reason: str, key: str | None = None) -> None:
        """Give a job up: nothing more is handed over, and what was made of it is thrown away."""
        with self._alone(number, by) as material:
            with self.change() as work:
                marks.stop_print_job(work, by=by, now=now, job=number, reason=reason, key=key)
            shutil.rmtree(self._own(material.job))

    # --- the job, alone ---------------------------------------------------------------------------------------

    @contextmanager
    def _alone(self, number: int, by: Identity) -> Iterator[Material]:
        """A job that nobody else runs, as the ledger has it now; a full disk is a refusal with its reason."""
        no = self._material(number, by).job.no
        with locks.alone(self.folder, no):
            locks.await_crew(locks.crew_lock(self.folder, no), no)
            material = self._material(number, by)
            self._check_open(material.job)
            with _disk(material.job):
                yield material

    def _check_open(self, job: PrintJob) -> None:
        if job.state is JobState.STOPPED:
            shutil.rmtree(self._own(job))  # left by whoever stopped it and was killed before this
            raise errors.PrintJobClosed(job=job.no, state=job.state.value)

    def _check_live(self, job: PrintJob) -> None:
        """Codes lead to the address a job was opened with: where that is another now, or not confirmed, none leaves."""
        if job.public_url != self.live_url:
            raise errors.SampleOnly(job=job.no)

    def _material(self, number: int, by: Identity) -> Material:
        with self.look() as work:
            return marks.print_material(work, by=by, job=number)

    def _own(self, job: PrintJob) -> Path:
        return folders.own(self.folder, job.no)

    # --- one file after another -------------------------------------------------------------------------------

    def _make(self, material: Material, todo: list[FilePlan], run: _Run) -> None:
        """The files one after another; whatever ends this, those begun and not booked are thrown away."""
        job, of = material.job, len(material.job.plan)
        run.tell(of - len(todo), of)
        if not todo:
            return
        own, crew = self._own(job), Crew(self.cores, locks.crew_lock(self.folder, job.no))
        with (
            _swept(job, todo, own),
            closing(make_all(self.makers.maker(material), tasks_for(job, todo, own), crew)) as making,
        ):
            for made in making:
                self._keep(job, made.seq, run, size=made.size, sha256=made.sha256)
                del todo[0]
                path = file_path(job, own, made.seq)
                undone_path(job, own, made.seq).replace(path)
                if run.out:
                    _leave(path, run.out)
                run.tell(of - len(todo), of)

    def _keep(self, job: PrintJob, seq: int, run: _Run, **made: object) -> None:
        """The ledger hears of a file before it has its name, and before it leaves the folder."""
        told = {"by": run.by, "now": run.clock(), "job": job.id, "seq": seq}
        with self.change() as work:
            marks.keep_print_file(work, **told, **made)  # type: ignore[arg-type]
            if run.out:
                marks.hand_over_file(work, **told)  # type: ignore[arg-type]

    def _settle(self, job: PrintJob, made: PrintFile, run: _Run) -> None:
        """Bring a booked file to where it belongs. It is never drawn here: only taking it may do that again.

        One that was booked just before the process was killed may still lack its name, or lie here although it was
        handed over: it gets the one and leaves.
        """
        path, undone = file_path(job, self._own(job), made.seq), undone_path(job, self._own(job), made.seq)
        if undone.exists() and not path.exists() and digest(undone.read_bytes()) == made.sha256:
            undone.replace(path)
        if run.out is None or not path.exists() or digest(path.read_bytes()) != made.sha256:
            return
        if made.handed_over_at is None:
            with self.change() as work:
                marks.hand_over_file(work, by=run.by, now=run.clock(), job=job.id, seq=made.seq)
        _leave(path, run.out)

    def _finish(self, number: int, run: _Run) -> PrintJob:
        job = self._material(number, run.by).job
        content = manifest(job)
        write_down((run.out or self._own(job)) / f"{job.no}-manifest.json", content)
        if job.state is JobState.OPEN:
            told = {"proof": proof(job), "manifest_sha256": digest(content)}
            with self.change() as work:
                marks.finish_print_job(work, by=run.by, now=run.clock(), job=number, **told)  # type: ignore[arg-type]
        return self._material(number, run.by).job

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


def _leave(path: Path, out: Path | None) -> None:
    """A file that is booked as handed over goes where it was asked for, or nowhere."""
    if out is not None:
        beside = out / f"{path.name}.part"
        try:
            write_down(beside, path.read_bytes())
            beside.replace(out / path.name)
        except OSError:
            beside.unlink(missing_ok=True)
            raise
    path.unlink()


@contextmanager
def _gone_unless_kept(path: Path) -> Iterator[None]:
    """A file that was drawn for a hand-over which was then refused does not stay."""
    was_there = path.exists()
    try:
        yield
    except BaseException:
        if not was_there:
            path.unlink(missing_ok=True)
        raise


@contextmanager
def _swept(job: PrintJob, todo: list[FilePlan], own: Path) -> Iterator[None]:
    """Throw away what was begun and not booked, once nobody draws any more."""
    try:
        yield
    finally:
        for one in todo:
            undone_path(job, own, one.seq).unlink(missing_ok=True)


@contextmanager
def _disk(job: PrintJob) -> Iterator[None]:
    """A full or broken disk is a refusal with its reason; what was made before stays."""
    try:
        yield
    except OSError as error:
        raise errors.PrintNotWritten(job=job.no, why=error.strerror or str(error)) from error
