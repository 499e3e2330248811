"""Plans of inspections: the list, the draw, a plan that can be drawn again, and visits ordered beside it."""

import hmac
import secrets
from typing import Any

from flask import Response, flash, jsonify, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from traceability.domain.errors import NotFound
from traceability.domain.inspections import VisitState
from traceability.domain.people import May
from traceability.domain.units import local_day
from traceability.services import inspections, people
from traceability.web import words
from traceability.web.forms import BooleanField, Form, TextAreaField, day, page, submit, whole
from traceability.web.guard import allow, house, look, me, moment, row_number
from traceability.web.regulator.door import ReasonForm, bp
from traceability.web.showing import carry_out, chosen, searched, sliced

#: Tabs of the list of visits.
STATES = ("open", VisitState.DONE, VisitState.CANCELLED, "all")


@bp.get("/inspections", endpoint="inspections")
@allow(May.OVERSEE)
def inspection_list() -> ResponseReturnValue:
    """Visits by state, those due first on top; the plans they were drawn in."""
    state = chosen(STATES, "open")
    with look() as work:
        due = inspections.visits_due(work, by=me())
        every = inspections.visits(work, by=me())
        plans = inspections.plans(work, by=me())
    kept = {
        "open": due,
        VisitState.DONE: [one for one in every if one.state is VisitState.DONE],
        VisitState.CANCELLED: [one for one in every if one.state is VisitState.CANCELLED],
        "all": every,
    }
    rows = searched(kept[state], lambda one: (one.no, one.firm, words.county(one.county), one.plan_no))
    return page(
        "regulator/inspections.html",
        rows=sliced(rows, 30),
        state=state,
        tabs=[(one, len(kept[one])) for one in STATES],
        plans=plans[:12],
        today=local_day(moment()),
    )


# --- drawing ----------------------------------------------------------------------------------------------------------


class PlanForm(Form):
    """How many firms, and why; nothing about whom: that is drawn."""

    by_chance = whole(_l("随机抽取"), unit=_l("家"))
    by_finding = whole(_l("按线索分值"), unit=_l("家"))
    by_complaint = whole(_l("按公众反映"), unit=_l("家"))
    reason = TextAreaField(_l("检查依据和事项"))
    due_on = day(_l("完成期限"), optional=True)
    announced = BooleanField(_l("提前告知企业"))


@bp.route("/inspections/plans/new", methods=["GET", "POST"])
@allow(May.INSPECT)
def draw_plan() -> ResponseReturnValue:
    """Draw firms and inspectors, once."""
    form = PlanForm()
    if request.method == "GET":
        form.by_finding.data = form.by_complaint.data = 0
    to = url_for("regulator.inspections")
    done = carry_out(form, lambda work: _draw(work, form), said=_("已抽取，计划和检查人员见下。"), to=to)
    return done or page("regulator/draw_plan.html", form, back=to, rules=words.profile().drawing)


def _draw(work: Any, form: Any) -> int:
    return inspections.draw_plan(
        work,
        by=me(),
        now=moment(),
        seed=_seed(form.key.data or ""),
        by_chance=form.by_chance.data,
        by_finding=form.by_finding.data,
        by_complaint=form.by_complaint.data,
        reason=form.reason.data or "",
        due_on=form.due_on.data,
        announced=form.announced.data,
        key=form.key.data,
    )


def _seed(key: str) -> str:
    """Chance nobody can choose or foresee; the same for one form sent twice, so that it is one plan (FRAUD F18)."""
    text = key or secrets.token_hex(16)
    return hmac.digest(house().secret, f"inspection plan/{text}".encode(), "sha256").hex()


# --- one of them ------------------------------------------------------------------------------------------------------


@bp.get("/inspections/plans/<int:number>")
@allow(May.OVERSEE)
def plan(number: int) -> ResponseReturnValue:
    """A plan as it was drawn, drawn again to compare."""
    with look() as work:
        found = inspections.plan_file(work, by=me(), number=number)
    return page("regulator/plan.html", found=found, plan=found.plan)


@bp.get("/inspections/plans/<int:number>.json")
@allow(May.OVERSEE)
def plan_lists(number: int) -> ResponseReturnValue:
    """Seed and lists, for whoever wants to draw again without this system."""
    with look() as work:
        found = inspections.plan_file(work, by=me(), number=number)
    answer: Response = jsonify(
        plan=found.plan.no,
        seed=found.plan.seed,
        **found.lists,
        drawn=[
            {"firm": one.enterprise, "why": one.why, "inspectors": [user for user, _name in one.inspectors]}
            for one in found.visits
        ],
    )
    answer.headers["Content-Disposition"] = f'attachment; filename="{found.plan.no}.json"'
    return answer


@bp.route("/inspections/plans/<int:number>/call-off", methods=["GET", "POST"])
@allow(May.INSPECT)
def call_off_plan(number: int) -> ResponseReturnValue:
    """Call a plan off, with a reason; it is not drawn again."""
    form, to = ReasonForm(), url_for("regulator.plan", number=number)
    done = carry_out(
        form,
        lambda work: inspections.call_off_plan(
            work, by=me(), now=moment(), plan=number, reason=form.reason.data or "", key=form.key.data
        ),
        said=_("计划已撤销。"),
        to=to,
    )
    if done:
        return done
    with look() as work:
        found = inspections.plan_file(work, by=me(), number=number).plan
    return page(
        "regulator/decide.html", form, title=_("撤销检查计划"), about=found.no, back=to, danger=True,
        button=_("撤销计划"),
        note=_("还没有进行的检查随计划撤销，已经完成的保留。计划不会重抽；撤销和理由一直可查。"),
    )  # fmt: skip


# --- beside the draw --------------------------------------------------------------------------------------------------


class OrderForm(Form):
    """Why a firm is visited beside the draw, and until when."""

    reason = TextAreaField(_l("检查原因"))
    due_on = day(_l("完成期限"), optional=True)
    announced = BooleanField(_l("提前告知企业"))


@bp.route("/enterprises/<int:number>/inspect", methods=["GET", "POST"])
@allow(May.INSPECT)
def order_visit(number: int) -> ResponseReturnValue:
    """Order a visit to one firm; `finding` or `doubt` of the address is what led here."""
    form = OrderForm()
    with look() as work:
        firm = people.enterprise(work, by=me(), number=number, now=moment()).enterprise
    made = submit(form, lambda work: _order(work, number, form)) if form.is_submitted() else None
    if made is not None:
        return _to_visit(made)
    return page(
        "regulator/decide.html", form, title=_("安排检查"), about=firm.name,
        back=url_for("regulator.enterprise", number=number),
        hints={"reason": _("写明由什么引起、查什么。检查人员仍由系统随机抽取。"), "due_on": _due_hint()},
    )  # fmt: skip


def _due_hint() -> str:
    return _("不填为 %(n)s 天。", n=words.profile().drawing.due_days)


def _order(work: Any, number: int, form: Any) -> int:
    return inspections.order_visit(
        work,
        by=me(),
        now=moment(),
        enterprise=number,
        reason=form.reason.data or "",
        finding=_named("finding"),
        doubt=_named("doubt"),
        due_on=form.due_on.data,
        announced=form.announced.data,
        key=form.key.data,
    )


def _named(what: str) -> int | None:
    text = request.args.get(what, "")
    try:
        return row_number(text) if text else None
    except ValueError:
        raise NotFound from None


def _to_visit(number: int) -> ResponseReturnValue:
    flash(_("已安排检查，检查人员见下。"))
    return redirect(url_for("regulator.visit", number=number), 303)
