"""`scales import`: a list of verifications, all of it or nothing."""

import sys
from pathlib import Path

import click
from flask_babel import gettext as _

from traceability.cli.desk import Desk, as_user
from traceability.formats import workbook
from traceability.formats.workbook.verifications import read_verifications
from traceability.services import metrology
from traceability.web.errors import refusal_text

WRONG = 1


@click.group("scales")
def group() -> None:
    """Scales and their verifications."""


@group.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Say what would be recorded and what is wrong; record nothing.")
@as_user
@click.pass_obj
def bring(desk: Desk, file: Path, dry_run: bool, user: str) -> None:
    """Bring in a list of verified scales (XLSX or CSV); ends with status 1 when a row is wrong."""
    with file.open("rb") as opened:
        book = read_verifications(opened.read(workbook.LARGEST + 1))
    with desk.look() as work:
        by = desk.somebody(work, user)
        outcome = metrology.try_list(work, by=by, now=desk.now(), book=book)
    for one in outcome.troubles:
        click.echo(f"{one.cell}\t{one.value}\t{one.refusal.code}\t{refusal_text(one.refusal)}")
    if not outcome.fine:
        click.echo(_("%(n)s 处需要改正，什么也没有登记。", n=f"{len(outcome.troubles):,}"))
        sys.exit(WRONG)
    if not dry_run:
        with desk.change() as work:
            metrology.bring_in_list(work, by=by, now=desk.now(), book=book)
    told = {"new": outcome.new, "same": outcome.same, "scales": outcome.scales}
    click.echo(_("新的检定 %(new)s 次，已登记 %(same)s 次，其中 %(scales)s 台秤是第一次登记。", **told))
