"""The first page: what needs a decision today, and how the marks stand. Also the list of what was decided."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import url_for
from flask.typing import ResponseReturnValue
from flask_babel import format_date
from flask_babel import gettext as _

from traceability.domain.marks import MarkState, RequestState
from traceability.domain.people import Enterprise, May, PlotState
from traceability.domain.units import local_day
from traceability.services import chain, doubts, marks, oversight, people
from traceability.web import words
from traceability.web.forms import page
from traceability.web.guard import allow, look, me, moment
from traceability.web.regulator.door import bp, firms_of
from traceability.web.showing import searched, sliced

SHOWN_FINDINGS = 8
SHOWN_DOUBTS = 8


@dataclass(frozen=True)
class Waiting:
    """Something that waits for somebody: what kind, whose, why, where it is dealt with, and since when."""

    kind: str
    title: str
    detail: str
    href: str
    action: str
    since: datetime | None = None
    notes: tuple[str, ...] = ()
    tone: str = "attention"


@bp.get("/")
@allow(May.OVERSEE)
def today() -> ResponseReturnValue:
    """What needs a decision, oldest requests first; how many of each; marks by state; what was decided lately."""
    with look() as work:
        gathered = _gather(work)
    weekday = format_date(local_day(moment()), "EEEE")
    return page("regulator/today.html", now=moment(), weekday=weekday, **gathered)


def _gather(work: Any) -> dict[str, Any]:
    filed = [one for one in marks.requests(work, by=me()) if one.state in _UNDECIDED][::-1]
    found = [one for one in oversight.findings(work, by=me()) if one.state == "open"][::-1]
    proposed = [one for one in people.plots(work, by=me()) if one.state is PlotState.PROPOSED]
    asked = doubts.open_doubts(work, by=me())[::-1]
    missing = [s for s in chain.shortages(work, by=me()) if s.shipment is None and s.settled_at is None]
    decided = oversight.decisions(work, by=me())[:8]
    named = (filed, found[:SHOWN_FINDINGS], asked[:SHOWN_DOUBTS], missing, decided)
    firms = firms_of(work, [number for things in named for number in _of(things)])
    waiting = [
        *(_request(one, firms) for one in filed),
        *_plots(proposed),
        *(_shortage(one, firms) for one in missing),
        *(_doubt(one, firms) for one in asked[:SHOWN_DOUBTS]),
        *(_finding(one, firms) for one in found[:SHOWN_FINDINGS]),
    ]
    counts = {
        "requests": len(filed),
        "findings": len(found),
        "holds": len(oversight.open_holds(work, by=me())),
        "plots": len(proposed),
    }
    total = len(filed) + len(found) + len(missing) + len(proposed) + len(asked)
    return {
        "waiting": waiting,
        "total": total,
        "counts": counts,
        "oldest": min((one.since for one in waiting if one.since), default=None),
        "more_findings": len(found) - SHOWN_FINDINGS,
        "more_doubts": len(asked) - SHOWN_DOUBTS,
        "mark_counts": _ordered(marks.counts(work, by=me())),
        "decided": decided,
        "firms": firms,
    }


def _of(things: Sequence[Any]) -> list[int | None]:
    """The firms of these."""
    return [one.enterprise for one in things]


_UNDECIDED = (RequestState.FILED, RequestState.APPROVED)


def _ordered(counts: dict[MarkState, int]) -> list[tuple[MarkState, int]]:
    """States in the order of a mark's life; those no mark is in are left out."""
    return [(state, counts[state]) for state in MarkState if counts.get(state)]


def _name(firms: dict[int, Enterprise], number: int | None) -> str:
    found = firms.get(number or 0)
    return found.name if found else ""


def _action(permission: May, verb: str) -> str:
    return verb if me().may(permission) else _("查看")


def _request(one: Any, firms: dict[int, Enterprise]) -> Waiting:
    packs, grams = sum(line.packs for line in one.lines), sum(line.grams for line in one.lines)
    return Waiting(
        words.word("mark_request", "about"),
        _name(firms, one.enterprise),
        _("申领 %(packs)s 枚，用茶 %(kg)s 千克", packs=f"{packs:,}", kg=words.kg(grams)),
        url_for("regulator.request_page", number=one.id),
        _action(May.DECIDE_MARKS, _("审核")),
        one.filed_at,
        (one.no, _("%(at)s 提交", at=words.moment(one.filed_at))),
    )


def _plots(proposed: Sequence[Any]) -> list[Waiting]:
    """One line for all of them."""
    if not proposed:
        return []
    title = _("%(n)s 块茶园待核准", n=len(proposed))
    detail = words.listed([one.no for one in proposed[:4]]) + ("…" if len(proposed) > 4 else "")
    action = _action(May.APPROVE_PLOT, _("核准"))
    return [Waiting(_("茶园"), title, detail, url_for("regulator.plots", state="proposed"), action, tone="")]


def _shortage(one: Any, firms: dict[int, Enterprise]) -> Waiting:
    return Waiting(
        words.word("shortage", "about"),
        _name(firms, one.enterprise),
        _("更正后有 %(kg)s 千克已贴标、无法冲回；核销前从新申请中扣减", kg=words.kg(one.grams)),
        url_for("regulator.shortages"),
        _action(May.SETTLE, _("处置")),
        one.opened_at,
        (_("%(day)s起", day=words.day(one.opened_at)),),
        "stop",
    )


def _finding(one: Any, firms: dict[int, Enterprise]) -> Waiting:
    return Waiting(
        words.word(one.code, "finding"),
        _name(firms, one.enterprise),
        words.finding_sentence(one),
        url_for("regulator.finding", number=one.id),
        _action(May.SETTLE, _("处置")),
        one.recorded_at,
        (words.moment(one.happened_at),),
    )


def _doubt(one: Any, firms: dict[int, Enterprise]) -> Waiting:
    return Waiting(
        words.word("doubt", "about"),
        words.word(one.kind),
        one.words[:120] or ("" if one.serial is None else f"No. {words.control(one.serial)}"),
        url_for("regulator.doubt", number=one.id),
        _action(May.SETTLE, _("核查")),
        one.reported_at,
        tuple(note for note in (_name(firms, one.enterprise), words.moment(one.reported_at)) if note),
    )


@bp.get("/decisions")
@allow(May.OVERSEE)
def decisions() -> ResponseReturnValue:
    """Everything decided within reach, latest first."""
    with look() as work:
        found = oversight.decisions(work, by=me())
        firms = firms_of(work, [one.enterprise for one in found])
    rows = searched(
        found, lambda one: (_name(firms, one.enterprise), one.reason, words.word(one.outcome, "outcome"))
    )
    return page("regulator/decisions.html", rows=sliced(rows), firms=firms)
