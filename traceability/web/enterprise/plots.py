"""Changes of a plot that its county decides on: another area, another grower."""

from typing import Any

from flask import request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from traceability.domain.people import May, PlotState, masked
from traceability.services import people
from traceability.services.people import changes
from traceability.web import forms, words
from traceability.web.enterprise.door import METHODS, answer, ask, bp, choices, done, one_of, reason_field
from traceability.web.enterprise.survey_form import SurveyForm, survey_hints
from traceability.web.forms import Form
from traceability.web.guard import allow, look, me


class ResurveyForm(SurveyForm):
    """Another area of a plot."""

    plot = one_of(_l("地块"))
    area_mu = forms.area(_l("变更后的面积"))
    reason = reason_field(_l("变更原因"))


class TransferForm(Form):
    """Another grower of a plot."""

    plot = one_of(_l("地块"))
    grower = one_of(_l("新的茶农"))
    reason = reason_field(_l("转让原因"))


def _offer(form: Any) -> None:
    """Approved plots; the one the address names is chosen."""
    with look() as work:
        known = [one for one in people.plots(work, by=me()) if one.state is PlotState.ACTIVE]
    form.plot.choices = choices(
        (one.id, _("%(no)s %(place)s，%(area)s 亩", no=one.no, place=one.place, area=one.area_mu))
        for one in known
    )
    if request.method == "GET":
        form.plot.data = request.args.get("plot", type=int)


def _back(form: Form, act: Any, title: str, lead: str, **shown: Any) -> ResponseReturnValue:
    return answer(
        form,
        act,
        lambda _made: done(_("变更已申报，县局核准以前按原来的登记。"), "suppliers", list="plots"),
        title=title,
        lead=lead,
        back=("suppliers", _("茶园与基础资料"), {"list": "plots"}),
        **shown,
    )


@bp.route("/plots/resurvey", methods=METHODS)
@allow(May.KEEP_SUPPLIERS)
def resurvey_plot() -> ResponseReturnValue:
    """Propose another area; the one that was approved holds until the county decides."""
    form = ResurveyForm()
    _offer(form)
    act = ask(
        form,
        form.surveying(changes.propose_survey),
        plot=form.plot.data,
        area_mu=form.area_mu.data,
        reason=form.reason.data or "",
    )
    lead = _("县局核准以前，额度按原来的面积计算。")
    return _back(form, act, _("申报面积变更"), lead, hints=survey_hints())


@bp.route("/plots/transfer", methods=METHODS)
@allow(May.KEEP_SUPPLIERS)
def transfer_plot() -> ResponseReturnValue:
    """Propose another grower."""
    form = TransferForm()
    _offer(form)
    with look() as work:
        known = people.growers(work, by=me())
    form.grower.choices = choices(
        (one, f"{masked(name, kind)} · {words.word(kind, 'grower')} · {no}")
        for one, no, kind, name, _where in known
    )
    act = ask(
        form,
        changes.propose_transfer,
        plot=form.plot.data,
        grower=form.grower.data,
        reason=form.reason.data or "",
    )
    return _back(form, act, _("申报地块转让"), _("已收的青照旧计入这块地，额度不会重新计算。"))
