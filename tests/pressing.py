"""Print jobs run by the command line in a process of its own, which may be killed at any moment."""

import hashlib
import os
import re
import shutil
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter, sleep

import sqlalchemy as sa

from tests.world import KEYS, PUBLIC_URL, World
from traceability.cli.desk import whole_file
from traceability.domain.marks import MarkState
from traceability.services import marks
from traceability.store import schema
from traceability.store.accounts import UserRow
from traceability.store.work import look


@dataclass(frozen=True)
class House:
    """A data folder with one printable range, as it was before anything was printed."""

    folder: Path
    world: World
    serials: str
    manager: str

    def copy(self, to: Path) -> "House":
        shutil.copytree(self.folder, to)
        return House(to, self.world.again(database_in(to)), self.serials, self.manager)


def database_in(folder: Path) -> str:
    return f"sqlite:///{folder / 'traceability.db'}"


#: The command line with the clock of the world instead of the machine's.
AT_THE_WORLDS_TIME = """
from datetime import datetime
from traceability.cli import main
from traceability.cli.desk import Desk, read_settings
if __name__ == "__main__":
    main(obj=Desk(read_settings(), lambda: datetime.fromisoformat("{}")))
"""


def founded(folder: Path, packs: int) -> House:
    """A world on SQLite with so many marks of one product issued."""
    folder.mkdir()
    (folder / "keys").mkdir(mode=0o700)
    for name, key in KEYS.items():
        with whole_file(folder / "keys" / f"mark-{name}.key") as opened:
            opened.write(key.hex().encode())
    schema.migrate(database_in(folder))
    world = World(database_in(folder))
    world.plot = world.new_plot(mu=100_000)
    issued = world.issued_batch(packs=packs, product=world.product(3), kg=packs * 3 // 1000 + 1).ranges[0]
    with look(world.house) as work:
        email = work.session.scalar(sa.select(UserRow.email).where(UserRow.id == world.firm.manager.user))
    world.close()
    return House(folder, world, f"{issued.first}-{issued.last}", str(email))


def printing(house: House, out: Path) -> subprocess.Popen[str]:
    """The job, opened or gone on with, on all cores; killed together with what it started, or alone."""
    asked = ["marks", "print", house.serials, "--design", "a4-40", "--pack-day", "2026-03-26", "--key", "one"]
    env = {
        **os.environ, "TRACEABILITY_DATA": str(house.folder), "TRACEABILITY_PUBLIC_URL": PUBLIC_URL,
        "TRACEABILITY_PUBLIC_URL_CONFIRMED": "true", "TRACEABILITY_SECRET_KEY": "s" * 40, "LC_ALL": "C.UTF-8",
    }  # fmt: skip
    command = [sys.executable, "-c", AT_THE_WORLDS_TIME.format(house.world.now.isoformat()), *asked]
    return subprocess.Popen(
        [*command, "--as", house.manager, "--out", str(out)],
        env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, bufsize=1, start_new_session=True,
    )  # fmt: skip


def finished(house: House, out: Path) -> float:
    """Run the job to its end; seconds from its opening on."""
    process = printing(house, out)
    began = _opened(process)
    said, _ = process.communicate(timeout=600)
    assert process.returncode == 0, said
    return perf_counter() - began


def killed(house: House, out: Path, *, after: float, whole: bool) -> None:
    """Begin the job and kill it so many seconds after it was opened: the head alone, or the `whole` crew."""
    process = printing(house, out)
    _opened(process)
    sleep(after)
    (os.killpg if whole else os.kill)(process.pid, signal.SIGKILL)
    process.communicate(timeout=60)


def _opened(process: subprocess.Popen[str]) -> float:
    """When the job was said to be open."""
    assert process.stdout is not None
    line = process.stdout.readline()
    assert re.search(r"L\d\d-\d{6}", line), line + process.stdout.read()
    return perf_counter()


def hashes(out: Path) -> dict[str, str]:
    """What lies in a folder, by name."""
    return {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in sorted(out.iterdir())}


def closes(house: House, packs: int) -> None:
    """The ledger of a finished job: every mark printed, every sum right."""
    world = house.world
    states = world.see(marks.counts)
    assert {state: n for state, n in states.items() if n} == {MarkState.PRINTED: packs}
    [job] = world.see(marks.print_jobs)
    assert sum(one.marks for one in job.files) == packs
    assert world.breaches() == ()
    world.close()
