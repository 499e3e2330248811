"""Recalls of an office: of what, what it reaches, ordering it in two steps, how far it has got; and drills."""

from datetime import date
from typing import Any

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from traceability.domain.errors import NotFound, RecallChanged, Refusal
from traceability.domain.people import May
from traceability.domain.recalls import CLOCKS, GRADES, Place, Scope, ScopeKind
from traceability.domain.units import parse_day
from traceability.services import recalls as calls
from traceability.web import words
from traceability.web.forms import (
    Choices,
    Form,
    HiddenField,
    TextAreaField,
    local_moment,
    page,
    submit,
)
from traceability.web.forms import moment as moment_field
from traceability.web.guard import allow, look, me, moment, row_number
from traceability.web.regulator.door import ReasonForm, bp
from traceability.web.showing import carry_out, searched, sliced


@bp.get("/recalls")
@allow(May.OVERSEE)
def recalls() -> ResponseReturnValue:
    """Recalls within reach, the running ones with their clock; and the way to a new one."""
    with look() as work:
        rows = searched(calls.recalls(work, by=me()), lambda one: (one.subject, one.reason))
        lines = [(one, calls.times_of(work, recall=one, now=moment())) for one in rows]
    return page("regulator/recalls.html", rows=sliced(lines))


# --- of what ------------------------------------------------------------------------------------------------


@bp.get("/recalls/new")
@allow(May.RECALL)
def find_recall() -> ResponseReturnValue:
    """Of what: one box for lots, plots, enterprises and marks."""
    typed = request.args.get("q", "").strip()
    since, until = _day("since"), _day("until")
    with look() as work:
        found = calls.scopes_meant(work, by=me(), text=typed, since=since, until=until) if typed else []
    lines = [(one, url_for("regulator.recall_reach", **_address(one.scope))) for one in found]
    return page("regulator/find_recall.html", found=lines, typed=typed)


def _day(name: str) -> date | None:
    """A day of the address; what is none is left out."""
    try:
        return parse_day(request.args.get(name, ""))
    except Refusal:
        return None


def _address(scope: Scope) -> dict[str, Any]:
    told = {"kind": scope.kind.value, "what": scope.what, "last": scope.last}
    days = {"since": scope.since, "until": scope.until}
    return told | {name: day.isoformat() for name, day in days.items() if day}


def _scope() -> Scope:
    """The scope the address names; raise `NotFound` for one that names none."""
    asked = request.args
    try:
        last = row_number(asked["last"]) if asked.get("last") else None
        return Scope(
            ScopeKind(asked.get("kind", "")),
            row_number(asked.get("what", "")),
            last,
            _day("since"),
            _day("until"),
        )
    except (ValueError, Refusal):
        raise NotFound() from None


# --- what it reaches, and ordering it -----------------------------------------------------------------------


class RecallForm(Form):
    """How grave, why, and since when that is known; `shown` is the reach the officer has looked at."""

    grade = Choices(_l("召回等级"))
    reason = TextAreaField(_l("召回原因"))
    known_at = moment_field(_l("得知时间"), optional=True)
    shown = HiddenField()


@bp.route("/recalls/reach", methods=["GET", "POST"])
@allow(May.RECALL)
def recall_reach() -> ResponseReturnValue:
    """What a recall would reach; then check, then order. Nothing is recalled before the second step."""
    scope, form = _scope(), RecallForm()
    form.grade.choices = [("", _("请选择")), *((one, words.word(one, "recall")) for one in GRADES)]
    if request.method == "GET":
        form.known_at.data = local_moment(moment())
    number = _order(form, scope) if request.form.get("step") == "order" else None
    if number is not None:
        return redirect(url_for("regulator.recall_file", number=number), 303)
    checked = request.method == "POST" and not form.refused and form.validate() and _reasoned(form)
    with look() as work:
        found = calls.reach(work, by=me(), scope=scope)
    return page(
        "regulator/recall.html",
        form,
        found=found,
        spread=found.spread,
        places=Place,
        clocks=CLOCKS,
        address=_address(scope),
        confirm=bool(checked) or form.refusal_code == RecallChanged.code,
    )


def _reasoned(form: Any) -> bool:
    """Whether both were filled in; else it is said beside the field."""
    if not form.grade.data:
        form.grade.errors = [*form.grade.errors, str(_("请从所列选项中选择。"))]
    if not (form.reason.data or "").strip():
        form.reason.errors = [*form.reason.errors, str(_("请写明原因。"))]
    return not form.errors


def _order(form: Any, scope: Scope) -> int | None:
    asked = {"grade": form.grade.data, "reason": form.reason.data or "", "shown": form.shown.data or ""}
    return submit(
        form,
        lambda work: calls.order_recall(
            work, by=me(), now=moment(), scope=scope, known_at=form.known_at.data, key=form.key.data, **asked
        ),
    )


# --- how far it has got -------------------------------------------------------------------------------------


@bp.get("/recalls/<int:number>")
@allow(May.OVERSEE)
def recall_file(number: int) -> ResponseReturnValue:
    """A recall: where the goods were and are, who stopped theirs, what came back; closing it."""
    return _file(number, ReasonForm())


def _file(number: int, form: Any) -> ResponseReturnValue:
    with look() as work:
        found = calls.progress(work, by=me(), now=moment(), number=number)
    return page("regulator/recall_file.html", form, found=found, spread=found.spread, places=Place)


@bp.post("/recalls/<int:number>/close")
@allow(May.RECALL)
def close_recall(number: int) -> ResponseReturnValue:
    """End a recall, with how it ended."""
    form = ReasonForm()
    done = carry_out(
        form,
        lambda work: calls.close_recall(
            work, by=me(), now=moment(), recall=number, reason=form.reason.data or "", key=form.key.data
        ),
        said=_("召回已结案。"),
        to=url_for("regulator.recall_file", number=number),
    )
    return done or _file(number, form)


# --- drills -------------------------------------------------------------------------------------------------


@bp.get("/recalls/drills")
@allow(May.RECALL)
def drills() -> ResponseReturnValue:
    """Drills and their scores."""
    with look() as work:
        found = calls.drills(work, by=me())
    return page("regulator/drills.html", rows=sliced(found))


@bp.post("/recalls/drills")
@allow(May.RECALL)
def start_drill() -> ResponseReturnValue:
    """Begin a drill of what the address names: the minutes count from here."""
    scope, form = _scope(), Form()
    number = submit(
        form,
        lambda work: calls.start_drill(work, by=me(), now=moment(), scope=scope, key=form.key.data),
    )
    if number is None:
        return redirect(url_for("regulator.recall_reach", **_address(scope)), 303)
    return redirect(url_for("regulator.drill", number=number), 303)


@bp.route("/recalls/drills/<int:number>", methods=["GET", "POST"])
@allow(May.RECALL)
def drill(number: int) -> ResponseReturnValue:
    """A drill: the list, and the button that says it is drawn up and checked."""
    form = Form()
    done = carry_out(
        form,
        lambda work: calls.finish_list(work, by=me(), now=moment(), drill=number, key=form.key.data),
        said=_("演练已评分。"),
        to=url_for("regulator.drill", number=number),
    )
    if done:
        return done
    with look() as work:
        found = calls.drill_file(work, by=me(), number=number)
    return page("regulator/drill.html", form, found=found, spread=found.spread, places=Place)
