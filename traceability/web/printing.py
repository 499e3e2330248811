"""Printing for a door: the press, the address in the codes, whether anything live may leave, and jobs run aside.

A job is run by a thread of the server, so that no page waits for it. It may be killed with the server at any moment:
the page of the job then offers to run it on.
"""

import json
import logging
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from traceability.domain import errors
from traceability.domain.errors import Refusal
from traceability.domain.log import canonical
from traceability.domain.marks import Medium, SerialRange, Setup
from traceability.domain.people import Identity
from traceability.formats import pdfium
from traceability.formats.labels import Design
from traceability.services import marks
from traceability.services.marks import PrintJob
from traceability.services.press.press import Press

PREVIEW_PX = 900
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Printing:
    """The press, and carton designs by name, which hold no code."""

    press: Press
    cartons: Mapping[str, Design]

    @property
    def designs(self) -> Mapping[str, Design]:
        """Mark designs by name."""
        return self.press.makers.designs

    @property
    def live(self) -> bool:
        """Whether anything live may leave: a person confirmed an https address."""
        return self.press.live_url is not None

    def open(
        self,
        work: Any,
        *,
        by: Identity,
        now: datetime,
        ranges: tuple[SerialRange, ...],
        setup: Setup,
        pack_day: date | None,
        recipient: str | None,
        key: str | None,
    ) -> int:
        """A print job, once nothing speaks against drawing its labels; data for `recipient` where no design is set."""
        job = marks.open_print_job(
            work,
            by=by,
            now=now,
            ranges=ranges,
            setup=setup,
            pack_day=pack_day,
            public_url=self.press.live_url,
            medium=Medium.LABELS if setup.design else Medium.DATA,
            recipient=recipient,
            key=key,
        )
        if setup.design:
            opened = marks.print_job(work, by=by, number=job)
            self.press.makers.check(opened.face, setup, opened.public_url)
        return job

    def start(self, job: PrintJob, *, by: Identity, clock: Callable[[], datetime]) -> threading.Thread:
        """Run a job aside; why it stopped, should it stop, is kept for its page."""
        self._told(job).unlink(missing_ok=True)
        thread = threading.Thread(target=self._run, args=(job, by, clock), daemon=True, name=job.no)
        thread.start()
        return thread

    def why_stopped(self, job: PrintJob) -> Refusal | None:
        """What stopped the last run of a job; None when nothing did, or it was killed."""
        try:
            told = json.loads(self._told(job).read_text("utf-8"))
        except (FileNotFoundError, ValueError):  # never written, or killed while it was
            return None
        return errors.by_code(told["code"])(**{key: _fact(value) for key, value in told["facts"].items()})

    def _run(self, job: PrintJob, by: Identity, clock: Callable[[], datetime]) -> None:
        try:
            self.press.run(job.id, by=by, clock=clock)
        except Refusal as error:
            self._tell(job, error)
        except Exception:
            _log.exception("print job %s", job.no)
            self._tell(job, Refusal())

    def _tell(self, job: PrintJob, error: Refusal) -> None:
        if not isinstance(error, errors.PrintJobBusy):
            self._told(job).write_text(canonical({"code": error.code, "facts": error.facts}), "utf-8")

    def _told(self, job: PrintJob) -> Path:
        return self.press.folder / f"{job.no}.refused.json"


def _fact(value: object) -> object:
    """A moment as a moment again; everything else as it was kept."""
    with suppress(ValueError):
        return datetime.fromisoformat(value) if isinstance(value, str) and "T" in value else value
    return value


def picture(pdf: bytes) -> bytes:
    """The first page of a PDF as a PNG, for looking at on a screen."""
    return pdfium.png(pdf, PREVIEW_PX)
