"""A print job killed with the command that runs it; the endurance version is in tests/trials."""

from pathlib import Path

from tests import pressing

PACKS = 10_100


def test_a_killed_job_run_again_gives_the_files_of_an_undisturbed_one(tmp_path: Path) -> None:
    house = pressing.founded(tmp_path / "house", PACKS)
    calm, shaken = house.copy(tmp_path / "calm"), house.copy(tmp_path / "shaken")
    took = pressing.finished(calm, tmp_path / "calm-out")
    for share, whole in ((0.4, False), (0.6, True)):
        pressing.killed(shaken, tmp_path / "shaken-out", after=took * share, whole=whole)
    pressing.finished(shaken, tmp_path / "shaken-out")
    assert pressing.hashes(tmp_path / "shaken-out") == pressing.hashes(tmp_path / "calm-out")
    assert len(pressing.hashes(tmp_path / "calm-out")) == 4
    pressing.closes(shaken, PACKS)
