"""`evidence LOT`: the evidence pack of a lot, as a file; the same bytes the page gives."""

from functools import partial
from pathlib import Path

import click
from flask_babel import gettext as _

from traceability.cli.desk import Desk, as_user, whole_file
from traceability.services import chain
from traceability.services.log import evidence as use


@click.command("evidence")
@click.argument("lot")
@as_user
@click.option(
    "--out", required=True, type=click.Path(dir_okay=False, path_type=Path), help="The ZIP file to write."
)
@click.option(
    "--checkpoint", type=click.Path(exists=True, dir_okay=False, path_type=Path), metavar="FILE",
    help="A checkpoint somebody kept, which the proofs are to lead to.",
)  # fmt: skip
@click.pass_obj
def evidence(desk: Desk, lot: str, user: str, out: Path, checkpoint: Path | None) -> None:
    """Records of a lot and of all upstream of it, with proofs and a program that checks them without us.

    LOT is its number, or #id where firms share a number. In the pack: python3 verify.py PACK.
    """
    from traceability.web.evidence import made  # late: it loads every page

    with desk.look() as work:
        by = desk.somebody(work, user)
        found = chain.lot_named(work, by=by, no=lot)
    kept = checkpoint.read_text("utf-8", "replace") if checkpoint else ""
    content = made(desk.look, by, partial(use.of_lot, by=by, lot=found.id, checkpoint=kept), lot=found.id)
    with whole_file(out) as opened:
        opened.write(content)
    click.echo(_("证据包已写入 %(file)s（%(n)s 字节）。", file=out.name, n=f"{len(content):,}"))
