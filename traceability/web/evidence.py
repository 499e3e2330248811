"""Evidence packs as files: the records of a use case, with the dossier of the lot drawn for reading. Both desks use it.

Nothing in a pack tells when or for whom it was drawn: made twice from the same books it is the same file.
"""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import replace
from io import BytesIO
from typing import Any

from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from traceability.domain.log.notes import Checkpoint, Note
from traceability.domain.people import Identity
from traceability.formats import evidence
from traceability.formats.evidence import Pack
from traceability.formats.papers import MOST_ROWS, Paper, Words, draw
from traceability.formats.tables import Table
from traceability.services import chain
from traceability.web.enterprise.papers.dossier import parts_of, title_of
from traceability.web.i18n import language
from traceability.web.listing import attached

Look = Callable[[], AbstractContextManager[Any]]


def answered(
    look: Look, by: Identity, gather: Callable[[Any], Pack], *, name: str, lot: int | None = None
) -> ResponseReturnValue:
    """The pack that a use case gathers, as a file; with the dossier of a lot. Raise what the use case raises."""
    return attached(BytesIO(made(look, by, gather, lot=lot)), f"{name}.zip", "application/zip")


def made(look: Look, by: Identity, gather: Callable[[Any], Pack], *, lot: int | None = None) -> bytes:
    """The bytes of a pack."""
    with look() as work:
        pack = gather(work)
        paper = _dossier(work, by, lot, pack) if lot is not None else None
    papers: Mapping[str, bytes] = {"dossier.pdf": draw(paper)} if paper else {}
    file = BytesIO()
    evidence.write(replace(pack, papers=papers), file)
    return file.getvalue()


def _dossier(work: Any, by: Identity, lot: int, pack: Pack) -> Paper:
    """The dossier as the desk has it, without the moment and the reader; long tables are left to the records."""
    known = chain.dossier(work, by=by, lot=lot)
    ways = [chain.trace(work, by=by, lot=lot, forward=forward) for forward in (False, True)]
    facts, tables = parts_of(known, ways)
    size = Checkpoint.read(Note.read(pack.checkpoint).text).size
    told = [
        (_("企业"), f"{known.maker.name} · {known.maker.uscc}"),
        *((one, str(value)) for one, value in facts),
    ]
    return Paper(
        title_of(known),
        tuple((one, value) for one, value in told if value),
        tuple(_shortened(tables)),
        Words(language(), _("第 {page} / {pages} 页"), _("没有记录")),
        _("%(firm)s · 公开日志至第 %(n)s 条", firm=known.maker.name, n=f"{size:,}"),
        known.lot.born_at,
        _("概况"),
        (_("项目"), _("内容")),
    )


def _shortened(tables: list[Table]) -> list[Table]:
    """Without the longest tables, until what is left can be drawn."""
    kept = list(tables)
    while kept and sum(map(_rows, kept)) > MOST_ROWS:
        kept.remove(max(kept, key=_rows))
    return kept


def _rows(table: Table) -> int:
    return len(list(table.rows))
