"""Fifty jobs of 200,000 labels, each killed at a random moment and run on; TRIALS_KILLS asks for more or fewer."""

import os
import shutil
from pathlib import Path
from random import Random

from tests import pressing

KILLS = int(os.environ.get("TRIALS_KILLS", "50"))
PACKS = int(os.environ.get("TRIALS_LABELS", "200000"))
SEED = int(os.environ.get("TRIALS_SEED", "20261124"))


def test_a_job_killed_at_any_moment_comes_out_as_if_nothing_had_happened(tmp_path: Path) -> None:
    print(f"seed {SEED}")
    rng = Random(SEED)
    house = pressing.founded(tmp_path / "house", PACKS)
    calm, out = house.copy(tmp_path / "calm"), tmp_path / "out"
    took = pressing.finished(calm, out)
    expected = pressing.hashes(out)
    for n in range(KILLS):
        shaken, out = house.copy(tmp_path / "shaken"), tmp_path / f"out-{n}"
        pressing.killed(shaken, out, after=rng.uniform(0, took), whole=rng.random() < 0.5)
        made = len(list(out.glob("*.pdf")))
        pressing.finished(shaken, out)
        assert pressing.hashes(out) == expected, f"kill {n} with {made} files made"
        pressing.closes(shaken, PACKS)
        print(f"kill {n}: {made} of {len(expected) - 1} files had been made", flush=True)
        for folder in (out, shaken.folder):
            shutil.rmtree(folder)
