"""What a server does once a night by itself: the look over the books. Of several processes, one does it."""

import logging
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from functools import partial
from threading import Event, Thread

from traceability.domain.units import SHANGHAI, local_day
from traceability.services import findings
from traceability.services.findings import Ran
from traceability.store import work
from traceability.store.log import claim_key
from traceability.store.work import Work

#: When the night's work begins, by the clocks of Duyun: after the last leaf is in, before anybody is up.
HOUR = time(3, 30, tzinfo=SHANGHAI)
Way = Callable[[], AbstractContextManager[Work]]
_LOG = logging.getLogger(__name__)


@dataclass(frozen=True)
class Nightly:
    """The night's work over one house."""

    look: Way
    change: Way

    @classmethod
    def of(cls, house: work.House) -> "Nightly":
        """With the ways of this house."""
        return cls(partial(work.look, house), partial(work.change, house))

    def do(self, now: datetime) -> Ran | None:
        """Look over the books and keep what is new; None when another process did it this night."""
        with self.look() as reading:
            noticed = findings.look_over(reading, now=now)
        with self.change() as writing:
            if claim_key(writing.session, "house", f"findings {local_day(now)}", "") is not None:
                return None
            return findings.keep_noticed(writing, now=now, noticed=noticed)

    def start(self, stop: Event | None = None) -> Thread:
        """In a thread of its own, every night until the process ends."""
        thread = Thread(target=self._every_night, args=(stop or Event(),), name="nightly", daemon=True)
        thread.start()
        return thread

    def _every_night(self, stop: Event) -> None:
        while not stop.wait(seconds_until(datetime.now(UTC))):
            try:
                self.do(datetime.now(UTC))
            except Exception:  # a night that fails must not be the last one
                _LOG.exception("the look over the books failed; it comes again tomorrow")


def seconds_until(now: datetime) -> int:
    """Seconds to the next beginning; a whole day when it is now."""
    here = now.astimezone(SHANGHAI)
    begins = datetime.combine(here.date(), HOUR)
    if begins <= here:
        begins += timedelta(days=1)
    return int((begins - here).total_seconds()) + 1
