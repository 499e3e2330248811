"""`marks print …`: print jobs from the command line, as the person named by `--as`; every core of the machine draws."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from flask_babel import gettext as _

from traceability.cli.desk import Desk, as_json, as_key, as_user, say_json, serials_argument, whole_file
from traceability.domain.marks import NO_DESIGN, SerialRange, Setup, control_number, read_offset
from traceability.domain.units import parse_day
from traceability.services import marks, people
from traceability.services.marks import PrintJob
from traceability.web import words

if TYPE_CHECKING:
    from traceability.services.press.press import Tell
    from traceability.web.printing import Printing

SAMPLE_LABELS = 40

Serials = tuple[SerialRange, ...]

out_folder = click.option(
    "--out", required=True, type=click.Path(file_okay=False, path_type=Path), help="The folder to write to."
)
as_cores = click.option(
    "--cores", type=click.IntRange(1), default=os.cpu_count() or 1, show_default="all",
    help="How many processes draw.",
)  # fmt: skip
job_argument = click.argument("job", metavar="JOB")
file_argument = click.argument("file", metavar="FILE", type=click.IntRange(1))


@click.command("print")
@serials_argument
@as_user
@click.option("--design", default="a4-40", show_default=True)
@click.option("--pack-day", metavar="DAY", type=parse_day, help="The pack date on the labels.")
@click.option(
    "--start-cell", type=click.IntRange(1, 10_000), default=1, show_default=True,
    help="The first free label of a used sheet, counted from 1.",
)  # fmt: skip
@click.option(
    "--offset",
    type=(read_offset, read_offset),
    default=("0", "0"),
    metavar="RIGHT DOWN",
    help="How far the printer is off, in mm.",
)
@click.option(
    "--data",
    "recipient",
    metavar="PRINTING-HOUSE",
    help="Not labels: the codes as CSV, for a printing house.",
)
@out_folder
@as_cores
@as_key
@click.pass_obj
def print_(
    desk: Desk,
    serials: Serials,
    user: str,
    design: str,
    pack_day: date | None,
    start_cell: int,
    offset: tuple[int, int],
    recipient: str | None,
    out: Path,
    cores: int,
    key: str | None,
) -> None:
    """Print labels in files of at most 5,000 with a manifest; a SAMPLE without codes where nothing live may leave.

    A job that was interrupted is gone on with by `marks resume`, and comes out the same.
    """
    printing = _printing(desk, cores)
    right, down = offset
    setup = (
        NO_DESIGN
        if recipient
        else printing.press.makers.setup(design, start=start_cell - 1, right=right, down=down)
    )
    if why := _why_sample(desk, printing, setup, user):
        _sample(desk, printing, setup, serials, user, pack_day, out, why)
        return
    _check_writable(out)
    with desk.change() as work:
        by = desk.somebody(work, user)
        asked: dict[str, Any] = {
            "ranges": serials,
            "setup": setup,
            "pack_day": pack_day,
            "recipient": recipient,
        }
        number = printing.open(work, by=by, now=desk.now(), key=key, **asked)
    _run(desk, printing, number, user, out)


@click.command()
@job_argument
@as_user
@out_folder
@as_cores
@click.pass_obj
def resume(desk: Desk, job: str, user: str, out: Path, cores: int) -> None:
    """Go on with a print job that was interrupted or stopped by a refusal; what is there stays."""
    _run(desk, _printing(desk, cores), _job(desk, user, job).id, user, out)


@click.command()
@job_argument
@file_argument
@as_user
@click.option("--reason", required=True, help="Why the file never came out.")
@as_key
@click.pass_obj
def undelivered(desk: Desk, job: str, file: int, user: str, reason: str, key: str | None) -> None:
    """Declare a file undelivered, so that it can be taken once more; counted, and the county is told."""
    number = _job(desk, user, job).id
    with desk.change() as work:
        by = desk.somebody(work, user)
        marks.declare_undelivered(work, by=by, now=desk.now(), job=number, seq=file, reason=reason, key=key)
    click.echo(_("已登记：任务 %(job)s 的文件 %(file)s 可以再取一次。", job=job, file=file))


@click.command()
@job_argument
@file_argument
@as_user
@out_folder
@click.pass_obj
def take(desk: Desk, job: str, file: int, user: str, out: Path) -> None:
    """Take a file of a print job: its marks are printed from then on."""
    printing, number = _printing(desk, 1), _job(desk, user, job).id
    _made(out)
    with desk.look() as work:
        by = desk.somebody(work, user)
    name, _content = printing.press.take(number, file, by=by, now=desk.now(), out=out)
    click.echo(str(out / name))


@click.command()
@job_argument
@as_user
@click.option("--reason", required=True)
@as_key
@click.pass_obj
def stop(desk: Desk, job: str, user: str, reason: str, key: str | None) -> None:
    """Give a print job up: files nobody took are thrown away, their marks stay unprinted."""
    found = _job(desk, user, job)
    with desk.look() as work:
        by = desk.somebody(work, user)
    _printing(desk, 1).press.stop(found.id, by=by, now=desk.now(), reason=reason, key=key)
    click.echo(_("打印任务 %(job)s 已停止。", job=found.no))


@click.command()
@as_user
@as_json
@click.pass_obj
def jobs(desk: Desk, user: str, as_json: bool) -> None:
    """Print jobs within reach, latest first."""
    with desk.look() as work:
        found = marks.print_jobs(work, by=desk.somebody(work, user))
    if as_json:
        say_json([_told(one) for one in found])
        return
    for one in found:
        serials = ", ".join(map(str, one.ranges))
        what = one.setup.design or f"CSV → {one.recipient}"
        click.echo(f"{one.no}  {words.word(one.state)}  {serials}  {what}  {len(one.files)}/{len(one.plan)}")


COMMANDS = (print_, resume, undelivered, take, stop, jobs)


def _told(job: PrintJob) -> dict[str, object]:
    return {
        "no": job.no,
        "state": job.state,
        "medium": job.medium,
        "design": job.setup.design or None,
        "recipient": job.recipient,
        "marks": job.marks,
        "serials": [[one.first, one.last] for one in job.ranges],
        "opened_at": job.opened_at,
        "reprints": job.reprints,
        "files": [
            {"file": one.seq, "marks": one.marks, "sha256": one.sha256, "handed_over_at": one.handed_over_at}
            for one in job.files
        ],
    }


def _printing(desk: Desk, cores: int) -> "Printing":
    """The press, as the pages have it."""
    # Late: the label maker takes a second to load, and no other command draws.
    from traceability.app import open_press

    return open_press(desk.settings, desk.house, cores=cores)


def _job(desk: Desk, user: str, no: str) -> PrintJob:
    with desk.look() as work:
        return marks.print_job_named(work, by=desk.somebody(work, user), no=no)


def _run(desk: Desk, printing: "Printing", number: int, user: str, out: Path) -> None:
    """Run a job to its end, with the files in a folder, and say what came of it."""
    _made(out)
    with desk.look() as work:
        by = desk.somebody(work, user)
        no = marks.print_job(work, by=by, number=number).no
    click.echo(_("打印任务 %(no)s", no=no))
    with _progress() as tell:
        job = printing.press.run(number, by=by, clock=desk.now, out=out, tell=tell)
    told = {"no": job.no, "n": job.marks, "files": len(job.files), "folder": out}
    click.echo(_("任务 %(no)s：%(n)s 枚标志，%(files)s 个文件，清单在 %(folder)s", **told))


@contextmanager
def _progress() -> Iterator["Tell"]:
    """A bar on the terminal's error output; nothing where that is no terminal."""
    terminal = sys.stderr.isatty()
    with click.progressbar(length=1, label=_("生成文件"), file=sys.stderr, hidden=not terminal) as bar:

        def tell(done: int, of: int) -> None:
            bar.length = of
            bar.update(done - bar.pos)

        yield tell


def _check_writable(out: Path) -> None:
    """Refuse a folder nothing can be written to before a job is opened for it; nothing is made yet."""
    there = next(one for one in (out, *out.absolute().parents) if one.exists())
    if not (there.is_dir() and os.access(there, os.W_OK)):
        raise _unwritable(out)


def _unwritable(out: Path) -> click.UsageError:
    return click.UsageError(_("不能写入文件夹 %(folder)s。", folder=out))


def _made(out: Path) -> None:
    """The folder, made when it is not there; the files in it can be read by their owner only."""
    try:
        out.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise _unwritable(out) from error
    if not os.access(out, os.W_OK):
        raise _unwritable(out)


# --- samples --------------------------------------------------------------------------------------------------


def _why_sample(desk: Desk, printing: "Printing", setup: Setup, user: str) -> str:
    """Why nothing live may leave; empty when it may."""
    settings = desk.settings
    if not settings.public_url.startswith("https://"):
        return str(_("原因：公众查验网址 %(url)s 不是 https。", url=settings.public_url))
    if not settings.public_url_confirmed:
        told = {"url": settings.public_url}
        return str(_("原因：公众查验网址 %(url)s 尚未确认（TRACEABILITY_PUBLIC_URL_CONFIRMED）。", **told))
    if setup.mark_box and not _has_artwork(desk, user):
        named = words.named(printing.designs[setup.design].name)
        return str(_("原因：版式 %(design)s 有标志图样框，企业还没有核准的图样。", design=named))
    return ""


def _has_artwork(desk: Desk, user: str) -> bool:
    with desk.look() as work:
        by = desk.somebody(work, user)
        known = by.enterprise and people.artwork_in_force(work, by=by, enterprise=by.enterprise)
        return bool(known)


def _sample(
    desk: Desk,
    printing: "Printing",
    setup: Setup,
    serials: Serials,
    user: str,
    pack_day: date | None,
    out: Path,
    why: str,
) -> None:
    """The first sheet as a SAMPLE: the real face, no code; nothing is booked."""
    with desk.look() as work:
        by = desk.somebody(work, user)
        seen = marks.preview_marks(work, by=by, now=desk.now(), ranges=serials, pack_day=pack_day)
    if not setup.design:
        raise click.UsageError(why)
    _made(out)
    file = out / f"SAMPLE-{setup.design}-{control_number(serials[0].first)}.pdf"
    with whole_file(file) as opened:
        opened.write(printing.press.makers.sample(seen, setup, labels=min(seen.marks, SAMPLE_LABELS)))
    click.echo(_("样张 SAMPLE：%(file)s，不含有效编码，未登记打印。", file=file))
    click.echo(why)
