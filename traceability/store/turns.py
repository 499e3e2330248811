"""Writers of one SQLite file, one after the other.

SQLite lets one write at a time, and makes the others sleep and ask again: a millisecond, two, five, while the file lies
idle. Here they wait where the system wakes them: the threads of a process at a lock, its processes at a locked file
beside the database. Whoever dies gives way at once. SQLite's own lock still decides; this only orders the queue.
"""

import fcntl
import os
from collections.abc import MutableMapping
from threading import Lock
from typing import Any

from sqlalchemy import Engine, event

#: Seconds a writer waits behind other threads of its process, as long as SQLite's own patience.
PATIENCE_S = 30
QUEUE, TAKEN = "queue", "turn"


class Turns:
    """The queue of one file."""

    def __init__(self, database: str) -> None:
        self._beside = f"{database}-turn"
        self._thread = Lock()
        self._file: int | None = None

    def take(self) -> bool:
        """Wait for a turn; False when it takes too long, and SQLite's own patience has to do."""
        if not self._thread.acquire(timeout=PATIENCE_S):
            return False
        try:
            self._lock_file()
        except OSError:
            self._thread.release()
            raise
        return True

    def _lock_file(self) -> None:
        if self._file is None:
            self._file = os.open(self._beside, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        fcntl.flock(self._file, fcntl.LOCK_EX)

    def leave(self) -> None:
        """Let the next one in."""
        if self._file is not None:
            fcntl.flock(self._file, fcntl.LOCK_UN)
        self._thread.release()


def keep_in_turn(made: Engine) -> None:
    """Let the connections of an engine know their queue; a turn ends when the connection goes back to the pool."""
    turns = Turns(str(made.url.database))

    @event.listens_for(made, "connect")
    def _connect(_connection: object, record: Any) -> None:
        record.info[QUEUE] = turns

    @event.listens_for(made, "checkin")
    def _checkin(_connection: object, record: Any) -> None:
        _leave(record.info)


def _leave(info: MutableMapping[Any, Any]) -> None:
    if info.pop(TAKEN, False):
        info[QUEUE].leave()


def leave_turn(driver: Any) -> None:
    """Let the next one in; a connection that goes back to the pool does so by itself."""
    _leave(driver.info)


def take_turn(driver: Any) -> None:
    """Wait until this connection may begin to write."""
    if (turns := driver.info.get(QUEUE)) is not None:
        driver.info[TAKEN] = turns.take()
