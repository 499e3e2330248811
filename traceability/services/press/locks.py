"""Who runs a print job: one head, and the crew that draws for it. However a holder ends, the system frees its lock."""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from traceability.domain import errors

PATIENCE_S = 10
"""A drawing process that lost its head ends with the file it is at, in less than a second."""
_PAUSE_MS = 50
_MOMENTS = 10


def crew_lock(folder: Path, job: str) -> Path:
    """What every drawing process of a job holds on to while it lives."""
    return folder / f"{job}.crew.lock"


def hold(lock: Path) -> None:
    """Hold a lock, beside others who do, until this process ends."""
    fcntl.flock(os.open(lock, os.O_RDWR | os.O_CREAT, 0o600), fcntl.LOCK_SH)


def await_crew(lock: Path, job: str) -> None:
    """Wait until drawing processes whose head was killed are gone; raise `PrintJobBusy` when they do not go."""
    handle = os.open(lock, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        if not _locked(handle, fcntl.LOCK_EX, PATIENCE_S * 1000 // _PAUSE_MS):
            raise errors.PrintJobBusy(job=job)
    finally:
        os.close(handle)


@contextmanager
def alone(folder: Path, job: str) -> Iterator[None]:
    """Run a job alone; raise `PrintJobBusy`. A moment's patience, since whoever only asks holds the lock too."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.chmod(0o700)
    handle = _opened(folder, job)
    try:
        if not _locked(handle, fcntl.LOCK_EX, _MOMENTS):
            raise errors.PrintJobBusy(job=job)
        yield
    finally:
        os.close(handle)


def is_held(folder: Path, job: str) -> bool:
    """Whether somebody runs the job."""
    if not folder.exists():
        return False
    handle = _opened(folder, job)
    try:
        return not _locked(handle, fcntl.LOCK_SH, 1)
    finally:
        os.close(handle)


def _opened(folder: Path, job: str) -> int:
    return os.open(folder / f"{job}.lock", os.O_RDWR | os.O_CREAT, 0o600)


def _locked(handle: int, kind: int, tries: int) -> bool:
    for _ in range(tries):
        with suppress(BlockingIOError):
            fcntl.flock(handle, kind | fcntl.LOCK_NB)
            return True
        time.sleep(_PAUSE_MS / 1000)
    return False
