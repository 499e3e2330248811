"""`scans …`: the looks at marks that are kept. Nothing of a person is kept longer than the profile says (PIPL)."""

import click

from traceability.cli.desk import Desk
from traceability.services import lookup
from traceability.web.i18n import counted as _n


@click.group("scans")
def group() -> None:
    """The scans of marks that are kept."""


@group.command()
@click.pass_obj
def forget(desk: Desk) -> None:
    """Delete scans older than the profile keeps them; how often a mark was looked at stays known.

    Meant to be run every night. It goes in rounds, so that nobody who looks at a mark meanwhile has to wait.
    """
    gone = 0
    while found := _round(desk):
        gone += found
    click.echo(_n("已删除 %(n)s 条超过保存期限的查验记录。", gone))


def _round(desk: Desk) -> int:
    """Some thousands, in a transaction of their own."""
    with desk.note() as work:
        return lookup.forget_scans(work, now=desk.now())
