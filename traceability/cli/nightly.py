"""What a server does once a night by itself: the look over the books, and the check of the public log.

Of several processes, one does it.
"""

import logging
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from functools import partial
from threading import Event, Thread

from traceability.domain.log.notes import VerifierKey
from traceability.domain.units import SHANGHAI, local_day
from traceability.services import findings, log
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
    still: Way
    key: VerifierKey | None = None

    @classmethod
    def of(cls, house: work.House, key: VerifierKey | None = None) -> "Nightly":
        """With the ways of this house, and the key its log is checked with."""
        look, change, still = (partial(way, house) for way in (work.look, work.change, work.still))
        return cls(look, change, still, key)

    def do(self, now: datetime) -> Ran | None:
        """Look over the books and keep what is new; None when another process did it this night."""
        with self.look() as reading:
            noticed = findings.look_over(reading, now=now)
        with self.change() as writing:
            if claim_key(writing.session, "house", f"findings {local_day(now)}", "") is not None:
                return None
            return findings.keep_noticed(writing, now=now, noticed=noticed)

    def check_log(self, now: datetime) -> int | None:
        """Check the public log; how many entries differ. None when another process did it, or there is no key."""
        if self.key is None:
            return None
        with self.change() as claiming:
            if claim_key(claiming.session, "house", f"log {local_day(now)}", "") is not None:
                return None
        with self.still() as reading:
            found = log.check(reading, key=self.key)
            first = next(found, None)
            count = int(first is not None) + sum(1 for _one in found)
        if first is not None:
            with self.change() as writing:
                log.find_mismatch(writing, now=now, first=first, count=count)
        return count

    def start(self, stop: Event | None = None) -> Thread:
        """In a thread of its own, every night until the process ends."""
        thread = Thread(target=self._every_night, args=(stop or Event(),), name="nightly", daemon=True)
        thread.start()
        return thread

    def _every_night(self, stop: Event) -> None:
        while not stop.wait(seconds_until(datetime.now(UTC))):
            for what, work_of_night in (
                ("the look over the books", self.do),
                ("the check of the log", self.check_log),
            ):
                try:
                    work_of_night(datetime.now(UTC))
                except Exception:  # a night that fails must not be the last one
                    _LOG.exception("%s failed; it comes again tomorrow", what)


def seconds_until(now: datetime) -> int:
    """Seconds to the next beginning; a whole day when it is now."""
    here = now.astimezone(SHANGHAI)
    begins = datetime.combine(here.date(), HOUR)
    if begins <= here:
        begins += timedelta(days=1)
    return int((begins - here).total_seconds()) + 1
