"""`template` and `import`: a season's workbook, to fill in and to bring in."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from flask_babel import gettext as _

from traceability.cli.desk import Desk, as_json, as_user, firm_of, say_json, whole_file
from traceability.domain import errors
from traceability.domain.people import May
from traceability.formats import workbook
from traceability.formats.workbook import Trouble
from traceability.services import importing
from traceability.services.importing import Outcome
from traceability.web.errors import refusal_text
from traceability.web.i18n import counted as _n

WRONG = 1
#: Lines of what is wrong that a person reads; `--json` tells them all.
_SHOWN = 200


@click.command()
@click.option(
    "--out", type=click.Path(dir_okay=False, path_type=Path), default=Path("season.xlsx"), show_default=True,
    help="Where to write it.",
)  # fmt: skip
def template(out: Path) -> None:
    """The workbook of a season, to fill in: a sheet for each stage, with lists, notes and examples."""
    with whole_file(out) as file:
        file.write(workbook.template())
    click.echo(_("模板已写入 %(file)s。", file=str(out)))


@click.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--enterprise", required=True, metavar="USCC", help="Whose season it is.")
@click.option("--dry-run", is_flag=True, help="Say what would be recorded and what is wrong; record nothing.")
@as_user
@as_json
@click.pass_obj
def bring(desk: Desk, file: Path, enterprise: str, dry_run: bool, user: str, as_json: bool) -> None:
    """Bring in a season's workbook (XLSX) or one of its sheets (CSV), all of it or nothing.

    Rows that are recorded already and say the same are skipped; those that say something else are shown with both
    values. Ends with status 1 when anything is wrong, and then nothing was recorded.
    """
    with desk.look() as work:
        by = desk.somebody(work, user)
        if firm_of(work, desk, by, enterprise) != by.firm(May.RECORD_CHAIN):
            raise errors.NotAllowed(permission=May.RECORD_CHAIN.value, role=by.role.value)
    with _progress(_("读取")) as tell:
        book = workbook.read(_content(file), tell)
    with _progress(_("试录") if dry_run else _("登记")) as tell:
        outcome = importing.bring_in(
            desk.change, by=by, now=desk.now(), book=book, keep=not dry_run, progress=tell
        )
    _say(outcome, dry_run=dry_run, as_json=as_json)
    sys.exit(0 if outcome.fine else WRONG)


def _content(file: Path) -> bytes:
    """The bytes of a file, and not more of them than could be taken."""
    with file.open("rb") as opened:
        return opened.read(workbook.LARGEST + 1)


@contextmanager
def _progress(label: str) -> Iterator[Callable[[int, int], None]]:
    """A bar on standard error, where that is a terminal."""
    with click.progressbar(length=1, label=label, file=sys.stderr, hidden=not sys.stderr.isatty()) as bar:

        def tell(done: int, of: int) -> None:
            bar.length = max(of, 1)
            bar.update(done - bar.pos)

        yield tell


def _say(outcome: Outcome, *, dry_run: bool, as_json: bool) -> None:
    if as_json:
        say_json(_told(outcome, dry_run=dry_run))
        return
    for key, one in outcome.sheets.items():
        if one.rows:
            click.echo(
                _(
                    "%(sheet)s：新 %(new)s 行，已登记 %(same)s 行，与已登记不同 %(conflict)s 行，有误 %(wrong)s 行",
                    sheet=_title(key),
                    new=f"{one.new:,}",
                    same=f"{one.same:,}",
                    conflict=f"{one.conflict:,}",
                    wrong=f"{one.wrong:,}",
                )
            )
    for trouble in outcome.troubles[:_SHOWN]:
        click.echo(
            f"{trouble.place}\t{trouble.value}\t{trouble.refusal.code}\t{refusal_text(trouble.refusal)}"
        )
    if (more := len(outcome.troubles) - _SHOWN) > 0:
        click.echo(_n("另有 %(n)s 处没有列出；加 --json 可看全部。", more))
    click.echo(_verdict(outcome, dry_run))


def _verdict(outcome: Outcome, dry_run: bool) -> str:
    if not outcome.fine:
        return str(_("%(n)s 处需要改正，什么也没有登记。", n=f"{len(outcome.troubles):,}"))
    if not outcome.new:
        return str(_("没有新的内容，什么也没有登记。"))
    if dry_run:
        return str(_n("试录无误：会登记 %(n)s 行。什么也没有写入。", outcome.new))
    return str(_n("已登记 %(n)s 行。", outcome.new))


def _title(key: str) -> str:
    found = workbook.sheet_named(key)
    return found.title if found else key


def _told(outcome: Outcome, *, dry_run: bool) -> dict[str, object]:
    """For programs: counts by sheet, and every cell that stands in the way."""
    return {
        "file": outcome.sha256,
        "dry_run": dry_run,
        "recorded": outcome.kept,
        "sheets": {
            key: {"new": one.new, "same": one.same, "conflict": one.conflict, "wrong": one.wrong}
            for key, one in outcome.sheets.items()
        },
        "troubles": [_trouble(one) for one in outcome.troubles],
    }


def _trouble(one: Trouble) -> dict[str, object]:
    return {
        "sheet": one.sheet,
        "cell": one.cell,
        "value": one.value,
        "rule": one.refusal.code,
        "message": refusal_text(one.refusal),
    }
