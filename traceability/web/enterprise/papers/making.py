"""What every paper of the desk has: the firm on top, the foot, and the two shapes it comes in."""

from collections.abc import Iterable, Sequence
from io import BytesIO
from typing import Any

from flask import request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from traceability.formats.papers import Paper, Words, draw, write_workbook
from traceability.formats.tables import Field, Kind, Table
from traceability.web import words
from traceability.web.enterprise.door import firm
from traceability.web.guard import moment
from traceability.web.i18n import language
from traceability.web.listing import MEDIA, attached

KG, PACKS, PIECES = _l("千克"), _l("件"), _l("枚")


def made(
    work: Any,
    title: str,
    facts: Iterable[tuple[str, object]],
    tables: Iterable[Table],
    *,
    signs: Sequence[str] = (),
) -> Paper:
    """A paper of the firm: its name on top, and when it was made at the foot of each page."""
    owner = firm(work).enterprise
    told = [(_("企业"), f"{owner.name} · {owner.uscc}"), *((name, str(value)) for name, value in facts)]
    now = moment()
    return Paper(
        title,
        tuple((name, value) for name, value in told if value),
        tuple(tables),
        Words(language(), _("第 {page} / {pages} 页"), _("没有记录")),
        _("%(firm)s · %(at)s 制表", firm=owner.name, at=words.moment(now)),
        now,
        _("概况"),
        (_("项目"), _("内容")),
        tuple(signs),
    )


def answered(paper: Paper, name: str) -> ResponseReturnValue:
    """The paper as the address asks for it: a PDF, or `as=xlsx`; raise `PaperTooLong`."""
    file, way = BytesIO(), "xlsx" if request.args.get("as") == "xlsx" else "pdf"
    if way == "xlsx":
        write_workbook(paper, file)
    else:
        file.write(draw(paper))
    return attached(file, f"{name}.{way}", MEDIA.get(way, "application/pdf"))


def field(title: Any, kind: Kind = Kind.TEXT, unit: Any = "") -> Field:
    """A column with its unit in the heading."""
    return Field(f"{title}{_('（%(text)s）', text=unit)}" if unit else str(title), kind)
