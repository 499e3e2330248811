"""One file of a print job: drawn, written, read back and proved. What every process of the press runs."""

import hashlib
import os
import threading
from collections.abc import Generator, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import islice
from multiprocessing import get_context, parent_process
from multiprocessing.connection import wait
from pathlib import Path
from typing import Protocol

from traceability.domain import errors
from traceability.domain.marks import SerialRange
from traceability.formats.bulk.lists import draw_list, misnamed, untrue_rows
from traceability.formats.bulk.proof import Printed, Sample, misdrawn, unread
from traceability.formats.bulk.sheets import draw_file
from traceability.formats.bulk.stencil import Stencil
from traceability.services.press.locks import hold


@dataclass(frozen=True, slots=True)
class Task:
    """A file to be made: its number, its marks, the cell of its first label, where it goes, and what is looked at."""

    seq: int
    ranges: tuple[SerialRange, ...]
    start: int
    path: Path
    sample: Sample


@dataclass(frozen=True, slots=True)
class Made:
    """A file that was made and proved; `size` in bytes."""

    seq: int
    size: int
    sha256: str


class Maker(Protocol):
    """Draws the files of one job, and proves them."""

    def draw(self, task: Task) -> bytes:
        """The bytes of a file."""

    def prove(self, content: bytes, task: Task) -> None:
        """Raise `PrintProofFailed` unless the bytes read back as what was meant."""


@dataclass(frozen=True)
class LabelMaker:
    """Labels as pages; `prefix` is what every address should begin with."""

    prefix: str
    stencil: Stencil
    key: bytes = field(repr=False)

    def draw(self, task: Task) -> bytes:
        """A PDF."""
        return draw_file(self.stencil, task.ranges, self.key, start=task.start)

    def prove(self, content: bytes, task: Task) -> None:
        """Symbols as the encoder of record has them, pages as another decoder reads them."""
        about = Printed(self.prefix, self.stencil, task.ranges, self.key, task.start)
        if wrong := misdrawn(content, about, task.sample.labels):
            raise errors.PrintProofFailed(file=task.seq, labels=wrong[:10])
        if pages := unread(content, about, task.sample.pages):
            raise errors.PrintProofFailed(file=task.seq, pages=pages[:10])


@dataclass(frozen=True)
class ListMaker:
    """Codes as data; `prefix` is what every address begins with."""

    prefix: str
    key: bytes = field(repr=False)

    def draw(self, task: Task) -> bytes:
        """A CSV."""
        return draw_list(self.prefix, task.ranges, self.key)

    def prove(self, content: bytes, task: Task) -> None:
        """Every row by the bulk codes, and some by the rules themselves, which know nothing of bulk."""
        wrong = untrue_rows(content, self.prefix, task.ranges, self.key)
        wrong = wrong or misnamed(content, self.prefix, task.ranges, self.key, task.sample.labels)
        if wrong:
            raise errors.PrintProofFailed(file=task.seq, rows=wrong)


def make(maker: Maker, task: Task) -> Made:
    """Draw, write down, read back, prove; what fails leaves nothing behind. Raise OSError where the disk is full."""
    try:
        write_down(task.path, maker.draw(task))
        content = task.path.read_bytes()
        maker.prove(content, task)
    except BaseException:
        with suppress(FileNotFoundError):
            task.path.unlink()
        raise
    return Made(task.seq, len(content), hashlib.sha256(content).hexdigest())


def write_down(path: Path, content: bytes) -> None:
    """Write a file of our own making that only its owner can read, and wait until the disk has it.

    Whatever lies there is removed first: a file or link that somebody else put there would be theirs to read.
    """
    path.unlink(missing_ok=True)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


# --- many -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Crew:
    """How many processes draw (1: only the caller's), and the lock each of them holds while it lives."""

    cores: int
    lock: Path


def make_all(maker: Maker, tasks: Sequence[Task], crew: Crew) -> Generator[Made]:
    """The files in their order, made by several processes; few are begun ahead, so that a job can be stopped."""
    if crew.cores == 1 or len(tasks) == 1:
        yield from (make(maker, task) for task in tasks)
        return
    pool = ProcessPoolExecutor(
        min(crew.cores, len(tasks)),
        mp_context=get_context("spawn"),
        initializer=_begin,
        initargs=(maker, crew.lock),
    )
    try:
        yield from _in_order(pool, tasks, ahead=2 * crew.cores)
    finally:
        pool.shutdown(cancel_futures=True)


def _in_order(pool: ProcessPoolExecutor, tasks: Sequence[Task], *, ahead: int) -> Iterator[Made]:
    waiting = iter(tasks)
    begun: list[Future[Made]] = [pool.submit(_make, task) for task in islice(waiting, ahead)]
    while begun:
        made = begun.pop(0).result()
        begun += [pool.submit(_make, task) for task in islice(waiting, 1)]
        yield made


_MAKERS: list[Maker] = []


def _begin(maker: Maker, lock: Path) -> None:
    """Once in every process: what all its files are drawn with."""
    hold(lock)
    threading.Thread(target=_end_with_the_head, daemon=True).start()
    _MAKERS[:] = [maker]


def _end_with_the_head() -> None:
    """Without its head a crew would wait for ever: each of it holds both ends of the pipe its next file comes by."""
    head = parent_process()
    if head is not None:
        wait([head.sentinel])
        os._exit(1)


def _make(task: Task) -> Made:
    return make(_MAKERS[0], task)
