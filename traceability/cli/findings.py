"""`findings …`: the look over the books, meant to be run every night."""

import click
from flask_babel import gettext as _

from traceability.cli.desk import Desk, as_json, say_json
from traceability.services import findings
from traceability.web import words


@click.group("findings")
def group() -> None:
    """What the offices should look at."""


@group.command()
@as_json
@click.pass_obj
def run(desk: Desk, as_json: bool) -> None:
    """Look over the books of this season, and keep what is new; run again, it finds nothing new.

    It reads for as long as it takes and writes for a moment, so nobody has to wait. The server does the same every
    night by itself.
    """
    now = desk.now()
    with desk.look() as work:
        noticed = findings.look_over(work, now=now)
    with desk.change() as work:
        ran = findings.keep_noticed(work, now=now, noticed=noticed)
    if as_json:
        say_json({"new": dict(ran.new), "known": ran.known})
        return
    click.echo(_("新线索 %(n)s 条；以前已记下的 %(known)s 条。", n=ran.total, known=ran.known))
    for code, n in sorted(ran.new.items()):
        click.echo(f"  {words.word(code, 'finding')}\t{n}")
