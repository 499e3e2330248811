"""What a server does every few seconds by itself: facts that came in get their numbers in the public log."""

import logging
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from threading import Event, Thread

from traceability.domain.log.notes import Signer
from traceability.services import log
from traceability.store import work
from traceability.store.work import Work

Way = Callable[[], AbstractContextManager[Work]]
_LOG = logging.getLogger(__name__)


@dataclass(frozen=True)
class Sealing:
    """Seals one house's log; of several processes each may, one after the other."""

    look: Way
    seal: Way
    signer: Signer
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    most: int = log.BATCH

    @classmethod
    def of(cls, house: work.House, signer: Signer) -> "Sealing":
        """With the ways of this house."""
        return cls(partial(work.look, house), partial(work.seal, house), signer)

    def do(self, told: Callable[[int], None] = lambda _sealed: None) -> int:
        """Seal what waits, a batch at a time (`told` how many by now); how many facts."""
        sealed = 0
        with self.look() as reading:
            left = log.waits(reading)
        while left:
            with self.seal() as writing:
                done = log.seal_batch(writing, signer=self.signer, now=self.clock(), most=self.most)
            sealed += done
            told(sealed)
            left = done == self.most
        return sealed

    def start(self, seconds: int, stop: Event | None = None) -> Thread:
        """In a thread of its own, until the process ends."""
        args = (seconds, stop or Event())
        thread = Thread(target=self._ever, args=args, name="sealing", daemon=True)
        thread.start()
        return thread

    def _ever(self, seconds: int, stop: Event) -> None:
        while not stop.wait(seconds):
            try:
                self.do()
            except Exception:  # one time that fails must not be the last one
                _LOG.exception("the public log was not sealed; it is tried again in %s s", seconds)
