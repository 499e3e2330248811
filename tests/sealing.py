"""A log key for tests, and short ways to seal and check a world's log; servers that seal until they are killed."""

import random
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, cast

import sqlalchemy as sa

from traceability.domain.log import Difference, Fact
from traceability.domain.log.notes import Signer
from traceability.domain.profile import Profile
from traceability.services import log
from traceability.services.log import Since
from traceability.store.log import FactRow, LeafRow, UnsealedRow
from traceability.store.work import House, change, engine, look, seal, sessions, still

if TYPE_CHECKING:
    from tests.world import (
        World,  # a server that is killed does without: it would take longer to start than it lives
    )

SIGNER = Signer("maojian.example/log", b"\x05" * 32)


def seal_all(world: "World", *, most: int = log.BATCH) -> int:
    """Seal what waits, in batches of at most so many; how many facts."""
    sealed = 0
    while True:
        with seal(world.house) as work:
            done = log.seal_batch(work, signer=SIGNER, now=world.now, most=most)
        sealed += done
        if done < most:
            return sealed


def checked(world: "World", *since: Since) -> list[Difference]:
    """What the check finds."""
    with still(world.house) as work:
        return list(log.check(work, key=SIGNER.key, since=since))


def structure_of(world: "World") -> list[Difference]:
    """What the check of the log itself finds, without the tables made from its facts."""
    with still(world.house) as work:
        return list(log.structure(work, key=SIGNER.key))


def keep_facts(world: "World", how_many: int, *, kind: str = "test.kept") -> None:
    """So many facts of a kind that shows nothing, in one change."""
    facts = [Fact(kind, 1, world.now, world.now, private={"n": n, "茶": "毛尖"}) for n in range(how_many)]
    with change(world.house) as work:
        work.record_all(facts)


def one_history(world: "World") -> int:
    """Every fact is in the log exactly once, in one row of numbers without a gap; how many leaves. Nothing waits."""
    seal_all(world)
    with look(world.house) as work:
        facts = list(work.session.scalars(sa.select(FactRow.id)))
        leaves = list(work.session.execute(sa.select(LeafRow.number, LeafRow.fact_id)))
        waiting = list(work.session.scalars(sa.select(UnsealedRow.fact_id)))
    assert waiting == []
    assert sorted(number for number, _ in leaves) == list(range(len(leaves)))
    assert Counter(fact for _, fact in leaves) == Counter(facts)
    assert checked(world) == []
    return len(leaves)


# --- servers that are killed -----------------------------------------------------------------------------------------


def sealed_under_kills(world: "World", *, rounds: int, chance: random.Random) -> int:
    """Two processes keep facts and seal them; each round one of them is killed in the midst; how many leaves."""
    world.house.sessions.kw["bind"].dispose()
    for _round in range(rounds):
        with ExitStack() as stack:
            first, second = (stack.enter_context(_server(world.url)) for _ in range(2))
            for one in (first, second):
                assert one.stdout is not None
                assert one.stdout.readline() == b"sealing\n"
            time.sleep(chance.uniform(0.01, 0.25))
            chance.choice([first, second]).kill()
            time.sleep(0.05)
    return one_history(world)


@contextmanager
def _server(url: str) -> Iterator[subprocess.Popen[bytes]]:
    started = subprocess.Popen(
        [sys.executable, "-m", "tests.sealing", url],
        stdout=subprocess.PIPE,
        cwd=Path(__file__).parent.parent,
    )
    try:
        yield started
    finally:
        started.kill()
        started.wait()
        if started.stdout is not None:
            started.stdout.close()


def serve(url: str) -> None:
    """Keep facts and seal them, for ever, a few at a time: always in the midst of something."""
    house = House(sessions(engine(url)), cast(Profile, None), {})  # neither is needed to keep a bare fact
    said = False
    while True:
        now = datetime.now(UTC)
        with change(house) as work:
            work.record_all([Fact("test.kept", 1, now, now, private={"n": n}) for n in range(40)])
        with seal(house) as work:
            log.seal_batch(work, signer=SIGNER, now=now, most=37)
        if not said:
            sys.stdout.write("sealing\n")
            sys.stdout.flush()
            said = True


if __name__ == "__main__":
    serve(sys.argv[1])
