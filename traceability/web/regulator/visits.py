"""Whom to visit: firms by the weight of what waits there, and why."""

from dataclasses import replace

from flask import url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l

from traceability.domain.people import May
from traceability.formats.tables import Kind
from traceability.services import findings
from traceability.services.findings import VisitLine
from traceability.web import words
from traceability.web.guard import allow, me
from traceability.web.listing import Choice, Column, Listing, listed
from traceability.web.regulator.door import bp

#: Reasons a line shows; all of them are on the firm's page.
SHOWN = 4


def _why(line: VisitLine) -> list[str]:
    """The heaviest reasons, with their points."""
    return [reason_text(one.code, one.times, one.points) for one in line.visit.reasons[:SHOWN]]


def reason_text(code: str, times: int, points: int) -> str:
    """A reason in words."""
    name = words.word(code, "finding")
    many = f" × {times}" if times > 1 else ""
    return f"{name}{many}（{points}）" if not words.english() else f"{name}{many} ({points})"


LIST: Listing[VisitLine] = Listing(
    "visits",
    _l("走访名单"),
    findings.VISITS,
    columns=(
        Column("place", _l("次序"), lambda one: one.place, Kind.COUNT),
        Column(
            "firm",
            _l("企业"),
            lambda one: one.firm.name,
            link=lambda one: url_for("regulator.enterprise", number=one.firm.id),
            note=lambda one: one.firm.uscc,
            note_title=_l("统一社会信用代码"),
        ),
        Column("county", _l("县（市）"), lambda one: words.county(one.firm.county)),
        Column("points", _l("分值"), lambda one: one.visit.points, Kind.COUNT, sorts=True),
        Column("why", _l("主要理由"), _why),
    ),
    order="points",
    search=_l("查找"),
    hint=_l("企业、县或线索种类"),
    families=("finding", "county"),
)


@bp.get("/visits")
@allow(May.OVERSEE)
def visits() -> ResponseReturnValue:
    """Firms to visit, the most promising first."""
    which = LIST
    if me().within.county is None:
        which = replace(LIST, choices=(Choice("county", _l("县（市）"), names=words.names_of("county")),))
    return listed(which, "regulator/visits.html")
