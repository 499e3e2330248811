"""Writers of one file, one after the other: threads, processes, and one that dies in the middle."""

import fcntl
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, suppress
from pathlib import Path
from threading import Barrier
from time import sleep

import pytest
import sqlalchemy as sa

from tests.world import World
from traceability.store.log import CounterRow, count_up, next_numbers
from traceability.store.turns import Turns
from traceability.store.work import House, Work, change, jot, look, note

Way = Callable[[House], AbstractContextManager[Work]]


@pytest.fixture
def beside(tmp_path: Path) -> str:
    return str(tmp_path / "books.db")


def holder(database: str, then: str) -> subprocess.Popen[str]:
    """Another process that has the turn, and what it does then; it has said so when this returns."""
    told = (
        f"from traceability.store.turns import Turns; turns = Turns({database!r}); turns.take()\n"
        f"print('mine', flush=True)\nimport os, sys\n{then}"
    )
    made = subprocess.Popen(
        [sys.executable, "-c", told], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert made.stdout is not None
    assert made.stdout.readline() == "mine\n"
    return made


def is_taken(database: str) -> bool:
    """Whether somebody has the turn now."""
    with Path(f"{database}-turn").open("ab") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        return False


def test_threads_of_a_process_take_turns(beside: str) -> None:
    turns, inside, most = Turns(beside), [], []

    def write(_n: int) -> None:
        assert turns.take()
        inside.append(1)
        most.append(len(inside))
        sleep(0)  # lets the others in, if they can come
        inside.pop()
        turns.leave()

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(write, range(200)))
    assert most == [1] * 200


@pytest.mark.parametrize(
    "then", ["sys.stdin.readline(); turns.leave(); sys.stdin.read()", "sys.stdin.readline()"]
)
def test_a_process_waits_until_the_one_that_has_the_turn_leaves_or_ends(beside: str, then: str) -> None:
    with holder(beside, then) as other, ThreadPoolExecutor(1) as threads:
        assert is_taken(beside)
        mine = threads.submit(Turns(beside).take)
        assert other.stdin is not None
        other.stdin.write("go\n")
        other.stdin.flush()
        assert mine.result() is True
        assert is_taken(beside)
        other.stdin.close()


def test_one_that_is_killed_gives_way(beside: str) -> None:
    with holder(beside, "sys.stdin.readline()") as other, ThreadPoolExecutor(1) as threads:
        mine = threads.submit(Turns(beside).take)
        assert is_taken(beside)
        other.kill()
        assert mine.result() is True


def test_two_engines_over_one_file_lose_no_number(small_world: World) -> None:
    """As two processes have them: each engine has a queue of its own, and they share the locked file."""
    worlds = [small_world.again() for _ in range(4)]
    barrier = Barrier(len(worlds))

    def write(world: World) -> list[int]:
        barrier.wait()
        taken = []
        for n in range(25):
            with (note if n % 2 else jot)(world.house) as work:
                count_up(work.session, "together", 1)
                if n % 2:
                    taken.append(next_numbers(work.session, "turn"))
        world.close()
        return taken

    with ThreadPoolExecutor(len(worlds)) as threads:
        taken = [one for many in threads.map(write, worlds) for one in many]
    assert sorted(taken) == list(range(1, 49))
    with look(small_world.house) as work:
        assert work.session.scalar(sa.select(CounterRow.value).filter_by(name="together")) == 100


def test_a_reader_waits_for_no_writer(small_world: World) -> None:
    with note(small_world.house) as work:
        next_numbers(work.session, "turn")
        with look(small_world.house) as beside:
            assert beside.session.scalar(sa.select(CounterRow.value).filter_by(name="turn")) is None


@pytest.mark.parametrize("way", [note, jot, change])
def test_a_writer_has_its_turn_until_it_ends_well_or_badly(small_world: World, way: Way) -> None:
    database = small_world.url.removeprefix("sqlite:///")
    for error in (InterruptedError, None):
        with suppress(InterruptedError):
            _written(small_world, way, database, error)
        assert not is_taken(database)


def _written(world: World, way: Way, database: str, error: type[Exception] | None) -> None:
    with way(world.house) as work:
        count_up(work.session, "turn", 1)
        assert is_taken(database)
        if error:
            raise error
