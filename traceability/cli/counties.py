"""`counties load`: the boundaries plots are checked by on review."""

from pathlib import Path

import click
from flask_babel import gettext as _

from traceability.cli.desk import Desk, as_user
from traceability.formats.geojson import LARGEST
from traceability.services.people import counties


@click.group("counties")
def group() -> None:
    """Boundaries of the counties."""


@group.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@as_user
@click.pass_obj
def load(desk: Desk, file: Path, user: str) -> None:
    """Load the boundaries of counties from a reviewed GeoJSON FILE; the latest of each county counts."""
    with file.open("rb") as opened:
        content = opened.read(LARGEST + 1)
    with desk.change() as work:
        by = desk.somebody(work, user)
        n = counties.load_boundaries(work, by=by, now=desk.now(), name=file.name, content=content)
    click.echo(_("已载入 %(n)s 个县（市）的边界。", n=n))
