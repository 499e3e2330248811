"""The press: whole files, proved before they are booked; killed, stopped, refused and run again."""

import errno
import hashlib
import itertools
import json
import os
import shutil
import stat
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from tests.formats.conftest import LABELS
from tests.world import PUBLIC_URL, World
from traceability.domain import errors
from traceability.domain.marks import NO_DESIGN, JobState, MarkState, Medium
from traceability.formats.bulk import sheets
from traceability.formats.labels import load_designs
from traceability.services import marks, people
from traceability.services.marks import PrintJob
from traceability.services.press import worker
from traceability.services.press.makers import Makers
from traceability.services.press.press import Press
from traceability.store.marks.rows import ActionRow, IssueRow, PrintFileRow, PrintJobRow, SpanRow
from traceability.store.work import change, look

MAKERS = Makers(load_designs(LABELS))


@pytest.fixture
def press_of(tmp_path: Path) -> Callable[..., Press]:
    """The press of a world; files lie in the test's own folder."""

    def made(world: World, **more: Any) -> Press:
        ways = partial(change, world.house), partial(look, world.house)
        return Press(*ways, MAKERS, tmp_path / "prints", **{"live_url": PUBLIC_URL, **more})

    return made


@pytest.fixture
def out(tmp_path: Path) -> Path:
    folder = tmp_path / "out"
    folder.mkdir()
    return folder


def small_files(world: World, packs: int = 10, *, per_file: int = 4) -> int:
    """An open job whose files hold a few labels only, as its sheets were very large."""
    marked = world.issued_batch(packs=packs)
    setup = replace(MAKERS.setup("roll-30x20"), per_page=per_file)
    job = world.opened(marked.ranges, setup=setup, pack_day=None)
    with world.house.sessions.begin() as session:
        session.execute(sa.update(PrintJobRow).values(per_page=1, per_file=per_file))
    return job


def run(press: Press, world: World, job: int, **more: Any) -> PrintJob:
    return press.run(job, by=world.firm.manager, clock=lambda: world.now, **more)


def states(world: World) -> dict[MarkState, int]:
    return {state: n for state, n in world.see(marks.counts).items() if n}


def contents(folder: Path) -> dict[str, str]:
    return {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in sorted(folder.iterdir())}


def left_in(press: Press) -> list[str]:
    """Files with codes that lie in the press's own folder."""
    return sorted(file.name for file in press.folder.glob("*/*") if "manifest" not in file.name)


class Killed(BaseException):
    """The process is gone: nothing is tidied up."""


def dies_after(files: int) -> Callable[[int, int], None]:
    def tell(done: int, _of: int) -> None:
        if done == files:
            raise Killed

    return tell


# --- a job ------------------------------------------------------------------------------------------------------


def test_a_job_makes_its_files_and_a_manifest_and_its_marks_are_printed(
    world: World, press_of: Callable[..., Press], out: Path
) -> None:
    job = small_files(world)
    seen: list[tuple[int, int]] = []
    done = run(press_of(world), world, job, out=out, tell=lambda *told: seen.append(told))
    assert (done.state, states(world), seen) == (
        JobState.DONE,
        {MarkState.PRINTED: 10},
        [(0, 3), (1, 3), (2, 3), (3, 3)],
    )
    found = contents(out)
    manifest = json.loads((out / f"{done.no}-manifest.json").read_text("utf-8"))
    assert manifest["files"] == [
        {
            "name": f"{done.no}-{file.seq:04d}.pdf", "serials": [[4 * file.seq - 3, min(10, 4 * file.seq)]],
            "marks": file.marks, "sheets": file.marks, "size": file.size, "sha256": file.sha256,
        }
        for file in done.files
    ]  # fmt: skip
    assert found == {one["name"]: one["sha256"] for one in manifest["files"]} | {
        f"{done.no}-manifest.json": done.manifest_sha256
    }
    assert (manifest["marks"], manifest["serials"], manifest["proof"]) == (
        10,
        [[1, 10]],
        {"pages": 10, "symbols": 10},
    )
    assert {stat.S_IMODE(file.stat().st_mode) for file in out.iterdir()} == {0o600}
    assert world.breaches() == ()


def test_many_processes_make_what_one_makes(
    small_world: World, press_of: Callable[..., Press], out: Path
) -> None:
    one = small_files(small_world)
    run(press_of(small_world), small_world, one, out=out)
    other = out.parent / "other"
    other.mkdir()
    with small_world.house.sessions.begin() as session:  # the same job, as it was when it was opened
        _reopen(session)
    run(press_of(small_world, cores=2), small_world, one, out=other)
    assert contents(other) == contents(out)


def _reopen(session: Session) -> None:
    for table in (PrintFileRow, ActionRow, SpanRow):
        kept = table.action == "issue" if table is ActionRow else sa.false()
        session.execute(sa.delete(table).where(~kept))
    session.execute(sa.update(PrintJobRow).values(state="open"))
    issue = session.scalars(sa.select(IssueRow)).one()
    row = SpanRow(issue_id=issue.id, first=issue.first, last=issue.last, state="on_hand")
    session.add(row)


@pytest.mark.parametrize("files", [0, 1, 2, 3])
def test_a_job_that_was_killed_is_run_on_and_comes_out_the_same(
    small_world: World, press_of: Callable[..., Press], out: Path, files: int
) -> None:
    job = small_files(small_world)
    press = press_of(small_world)
    with pytest.raises(Killed):
        run(press, small_world, job, out=out, tell=dies_after(files))
    assert states(small_world).get(MarkState.PRINTED, 0) == min(10, 4 * files)
    before = contents(out)
    run(press, small_world, job, out=out)
    after = contents(out)
    assert before.items() <= after.items(), "what was made stays as it was"
    with small_world.house.sessions.begin() as session:
        _reopen(session)
    shutil.rmtree(out)
    out.mkdir()
    run(press, small_world, job, out=out)
    assert contents(out) == after
    assert small_world.breaches() == ()


def test_a_file_booked_just_before_the_kill_gets_its_name_and_leaves_afterwards(
    small_world: World, press_of: Callable[..., Press], out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = small_files(small_world, 3)
    press = press_of(small_world)
    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", _die)
        with pytest.raises(Killed):
            run(press, small_world, job, out=out)
    assert states(small_world) == {MarkState.PRINTED: 3}
    assert list(out.iterdir()) == [], "nothing lies outside that was not finished"
    [undone] = press.folder.glob("*/*.part")
    done = run(press, small_world, job, out=out)
    assert contents(out)[f"{done.no}-0001.pdf"] == done.files[0].sha256
    assert not undone.exists()
    assert left_in(press) == []


def _die(*_asked: Any) -> None:
    raise Killed


def test_what_was_handed_over_is_not_written_a_second_time(
    small_world: World, press_of: Callable[..., Press], out: Path
) -> None:
    job = small_files(small_world)
    press = press_of(small_world)
    with pytest.raises(Killed):
        run(press, small_world, job, out=out, tell=dies_after(2))
    elsewhere = out.parent / "elsewhere"
    elsewhere.mkdir()
    done = run(press, small_world, job, out=elsewhere)
    assert {name.rsplit("-", 1)[1] for name in contents(elsewhere)} == {"0003.pdf", "manifest.json"}
    assert done.reprints == 0


# --- stopped on the way -----------------------------------------------------------------------------------------


def test_a_suspension_stops_a_job_before_its_next_file(
    world: World, press_of: Callable[..., Press], out: Path
) -> None:
    job, press = small_files(world), press_of(world)

    def suspend(done: int, _of: int) -> None:
        if done == 1:
            world.do(people.suspend_enterprise, by=world.county, enterprise=world.firm.id, reason="来源不符")

    with pytest.raises(errors.Suspended):
        run(press, world, job, out=out, tell=suspend)
    assert [name[-8:] for name in contents(out)] == ["0001.pdf"]
    assert states(world) == {MarkState.PRINTED: 4, MarkState.ON_HAND: 6}
    with pytest.raises(errors.Suspended):
        run(press, world, job, out=out)
    world.do(people.lift_suspension, by=world.county, enterprise=world.firm.id, reason="已整改")
    assert run(press, world, job, out=out).state is JobState.DONE
    assert states(world) == {MarkState.PRINTED: 10}


def test_a_full_disk_leaves_no_half_file_and_the_job_goes_on_later(
    small_world: World, press_of: Callable[..., Press], out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    job, press = small_files(small_world), press_of(small_world)
    synced, sync = itertools.count(1), os.fsync

    def full(handle: int) -> None:
        if next(synced) == 3:  # the second file: the first was synced here, and where it went
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        sync(handle)

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        with pytest.raises(errors.PrintNotWritten) as refused:
            run(press, small_world, job, out=out)
    assert "No space left" in str(refused.value.facts["why"])
    assert [file.name[-8:] for file in out.iterdir()] == ["0001.pdf"]
    assert left_in(press) == []
    assert states(small_world) == {MarkState.PRINTED: 4, MarkState.ON_HAND: 6}
    assert run(press, small_world, job, out=out).state is JobState.DONE


def test_a_disk_without_room_is_refused_before_the_first_file(
    small_world: World, press_of: Callable[..., Press], out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = small_files(small_world)
    monkeypatch.setattr(shutil, "disk_usage", lambda _folder: shutil._ntuple_diskusage(10**9, 10**9, 5_000))
    with pytest.raises(errors.PrintNotWritten) as refused:
        run(press_of(small_world), small_world, job, out=out)
    assert refused.value.facts["free_mb"] == 0
    assert list(out.iterdir()) == []


def test_a_file_that_does_not_read_back_is_thrown_away(
    small_world: World, press_of: Callable[..., Press], out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    job, drawn = small_files(small_world), sheets.draw_file

    def misprint(stencil: Any, ranges: Any, key: bytes, *, start: int) -> bytes:
        return drawn(stencil, ranges, b"another key" if ranges[0].first == 5 else key, start=start)

    monkeypatch.setattr(worker, "draw_file", misprint)
    with pytest.raises(errors.PrintProofFailed) as refused:
        run(press_of(small_world), small_world, job, out=out)
    assert refused.value.facts["file"] == 2
    assert [name[-8:] for name in contents(out)] == ["0001.pdf"]
    assert states(small_world) == {MarkState.PRINTED: 4, MarkState.ON_HAND: 6}


def test_a_mark_voided_on_the_way_stops_the_job_at_its_file(
    small_world: World, press_of: Callable[..., Press], out: Path
) -> None:
    job = small_files(small_world)
    spoiled = small_world.see(marks.print_job, number=job).plan[1].ranges
    small_world.do(marks.void_marks, ranges=spoiled, reason="不要了")
    with pytest.raises(errors.MarksNotLive):
        run(press_of(small_world), small_world, job, out=out)
    small_world.do(marks.stop_print_job, job=job, reason="重开")
    assert states(small_world) == {MarkState.PRINTED: 4, MarkState.VOID: 4, MarkState.ON_HAND: 2}


def test_two_do_not_run_one_job(small_world: World, press_of: Callable[..., Press], out: Path) -> None:
    job, press = small_files(small_world), press_of(small_world)
    found = small_world.see(marks.print_job, number=job)

    def meddle(done: int, _of: int) -> None:
        if done == 1:
            assert press.running(found)
            with pytest.raises(errors.PrintJobBusy):
                run(press_of(small_world), small_world, job, out=out)

    run(press, small_world, job, out=out, tell=meddle)
    assert not press.running(found)


def test_a_design_that_was_changed_since_stops_the_job(
    small_world: World, press_of: Callable[..., Press], out: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "labels"
    shutil.copytree(LABELS, folder)
    marked = small_world.issued_batch(packs=3)
    makers = Makers(load_designs(folder))
    job = small_world.opened(marked.ranges, setup=makers.setup("a4-40"))
    press = replace(press_of(small_world), makers=makers)
    style = folder / "a4-40" / "style.css"
    style.write_text(style.read_text("utf-8") + "/* changed */", "utf-8")
    press = replace(press, makers=Makers(load_designs(folder)))  # as after the next start of the server
    with pytest.raises(errors.DesignChanged):
        run(press, small_world, job, out=out)
    gone = replace(press, makers=Makers({}))
    with pytest.raises(errors.DesignUnknown):
        run(gone, small_world, job, out=out)


def test_a_design_that_bulk_printing_cannot_follow_is_refused_before_the_first_file(
    small_world: World, press_of: Callable[..., Press], out: Path, tmp_path: Path
) -> None:
    folder = Path(shutil.copytree(LABELS, tmp_path / "labels"))
    style = folder / "a4-40" / "style.css"
    style.write_text(style.read_text("utf-8") + ".code { visibility: hidden; }", "utf-8")
    makers = Makers(load_designs(folder))
    job = small_world.opened(small_world.issued_batch(packs=3).ranges, setup=makers.setup("a4-40"))
    press = replace(press_of(small_world), makers=makers)
    with pytest.raises(errors.DesignUnusable):
        run(press, small_world, job, out=out)
    assert list(out.iterdir()) == []
    assert small_world.see(marks.print_job, number=job).files == ()


# --- taking files -----------------------------------------------------------------------------------------------


def test_a_file_is_taken_once_and_a_reprint_is_the_same_byte_for_byte(
    world: World, press_of: Callable[..., Press]
) -> None:
    job, press = small_files(world), press_of(world)
    asked: dict[str, Any] = {"by": world.firm.manager, "now": world.now}
    with pytest.raises(errors.PrintFileUnknown):
        press.take(job, 1, **asked)
    done = run(press, world, job)
    assert states(world) == {MarkState.ON_HAND: 10}
    kept = press.folder / done.no
    assert stat.S_IMODE(press.folder.stat().st_mode) == 0o700
    name, content = press.take(job, 2, **asked)
    assert (name, hashlib.sha256(content).hexdigest()) == (f"{done.no}-0002.pdf", done.files[1].sha256)
    assert states(world) == {MarkState.ON_HAND: 6, MarkState.PRINTED: 4}
    assert sorted(file.name[-8:] for file in kept.glob("*.pdf")) == ["0001.pdf", "0003.pdf"]
    with pytest.raises(errors.PrintFileHandedOver):
        press.take(job, 2, **asked)
    assert sorted(file.name[-8:] for file in kept.glob("*.pdf")) == ["0001.pdf", "0003.pdf"], (
        "not drawn in vain"
    )
    world.do(marks.declare_undelivered, job=job, seq=2, reason="卡纸")
    assert press.take(job, 2, **asked) == (name, content)


def test_a_file_to_be_taken_once_more_is_not_drawn_before_it_is_taken(
    world: World, press_of: Callable[..., Press]
) -> None:
    job, press = small_files(world), press_of(world)
    asked: dict[str, Any] = {"by": world.firm.manager, "now": world.now}
    done = run(press, world, job)
    press.take(job, 1, **asked)
    world.do(marks.declare_undelivered, job=job, seq=1, reason="卡纸")
    run(press, world, job)
    assert not (press.folder / done.no / f"{done.no}-0001.pdf").exists()
    press.take(job, 1, **asked)


def test_a_file_that_cannot_be_put_where_it_was_asked_for_waits_here(
    world: World, press_of: Callable[..., Press], out: Path
) -> None:
    job, press = small_files(world), press_of(world)
    done = run(press, world, job)
    in_the_way = out / f"{done.no}-0001.pdf"
    in_the_way.mkdir()
    with pytest.raises(errors.PrintNotWritten):
        run(press, world, job, out=out)
    assert list(out.iterdir()) == [in_the_way]
    in_the_way.rmdir()
    run(press, world, job, out=out)
    assert {name[-8:] for name in contents(out)} == {"0001.pdf", "0002.pdf", "0003.pdf", "est.json"}


def test_a_file_somebody_changed_is_not_handed_over(
    small_world: World, press_of: Callable[..., Press]
) -> None:
    job, press = small_files(small_world), press_of(small_world)
    done = run(press, small_world, job)
    file = press.folder / done.no / f"{done.no}-0001.pdf"
    file.write_bytes(file.read_bytes() + b"\n")
    with pytest.raises(errors.PrintFileDiffers):
        press.take(job, 1, by=small_world.firm.manager, now=small_world.now)
    assert states(small_world) == {MarkState.ON_HAND: 10}


def test_what_was_stopped_is_thrown_away_and_stays_so(
    small_world: World, press_of: Callable[..., Press], out: Path
) -> None:
    job, press = small_files(small_world), press_of(small_world)
    asked: dict[str, Any] = {"by": small_world.firm.manager, "now": small_world.now}
    run(press, small_world, job)
    press.stop(job, reason="选错了式样", **asked)
    for again in (
        lambda: press.take(job, 1, **asked),
        lambda: run(press, small_world, job),
        lambda: run(press, small_world, job, out=out),
        lambda: press.stop(job, reason="再停", **asked),
    ):
        with pytest.raises(errors.PrintJobClosed):
            again()
        assert left_in(press) == []
    assert states(small_world) == {MarkState.ON_HAND: 10}


def test_what_a_killed_stop_left_is_thrown_away_by_whoever_comes_next(
    small_world: World, press_of: Callable[..., Press]
) -> None:
    job, press = small_files(small_world), press_of(small_world)
    run(press, small_world, job)
    small_world.do(marks.stop_print_job, job=job, reason="选错了式样")  # and nothing was tidied up
    with pytest.raises(errors.PrintJobClosed):
        run(press, small_world, job)
    assert left_in(press) == []


def test_a_job_is_not_stopped_while_it_runs_or_while_a_printed_file_waits_to_leave_again(
    small_world: World, press_of: Callable[..., Press]
) -> None:
    job, press = small_files(small_world), press_of(small_world)
    asked: dict[str, Any] = {"by": small_world.firm.manager, "now": small_world.now}

    def meddle(done: int, _of: int) -> None:
        if done == 1:
            with pytest.raises(errors.PrintJobBusy):
                press.stop(job, reason="停", **asked)

    run(press, small_world, job, tell=meddle)
    press.take(job, 1, **asked)
    small_world.do(marks.declare_undelivered, job=job, seq=1, reason="卡纸")
    with pytest.raises(errors.PrintFileNotHandedOver):
        press.stop(job, reason="停", **asked)


def test_a_job_begun_at_the_desk_and_gone_on_with_elsewhere_leaves_nothing_behind(
    world: World, press_of: Callable[..., Press], out: Path
) -> None:
    job, press = small_files(world), press_of(world)
    run(press, world, job)
    press.take(job, 1, by=world.firm.manager, now=world.now)
    done = run(press, world, job, out=out)
    assert {name[-8:] for name in contents(out)} == {"0002.pdf", "0003.pdf", "est.json"}
    assert left_in(press) == []
    assert states(world) == {MarkState.PRINTED: 10}
    assert done.reprints == 0


def test_nothing_live_leaves_where_the_address_is_another_or_not_confirmed(
    small_world: World, press_of: Callable[..., Press], out: Path
) -> None:
    job = small_files(small_world)
    run(press_of(small_world), small_world, job)
    for elsewhere in (None, "https://elsewhere.example"):
        press = press_of(small_world, live_url=elsewhere)
        with pytest.raises(errors.SampleOnly):
            press.take(job, 1, by=small_world.firm.manager, now=small_world.now)
        with pytest.raises(errors.SampleOnly):
            run(press, small_world, job, out=out)
    assert states(small_world) == {MarkState.ON_HAND: 10}


def test_a_refusal_stops_a_whole_crew_and_leaves_nothing(
    small_world: World, press_of: Callable[..., Press], out: Path
) -> None:
    job, press = small_files(small_world), press_of(small_world, cores=2)

    def suspend(done: int, _of: int) -> None:
        if done == 1:
            asked = {"by": small_world.county, "enterprise": small_world.firm.id}
            small_world.do(people.suspend_enterprise, reason="来源不符", **asked)

    with pytest.raises(errors.Suspended):
        run(press, small_world, job, out=out, tell=suspend)
    assert [name[-8:] for name in contents(out)] == ["0001.pdf"]
    assert left_in(press) == []


def test_codes_as_data_are_proved_row_by_row(world: World, press_of: Callable[..., Press], out: Path) -> None:
    marked = world.issued_batch(packs=10)
    data = {"setup": NO_DESIGN, "medium": Medium.DATA, "recipient": "示例印务", "pack_day": None}
    done = run(press_of(world), world, world.opened(marked.ranges, **data), out=out)
    assert done.proof == {"rows": 10}
    lines = (out / f"{done.no}-0001.csv").read_bytes().splitlines()
    assert lines[1].startswith(b"0000000001,")
    assert lines[1].split(b",")[2].startswith(b"HTTPS://MAOJIAN.QIANNAN.EXAMPLE.GOV.CN/M/")
    assert json.loads((out / f"{done.no}-manifest.json").read_text("utf-8"))["recipient"] == "示例印务"
