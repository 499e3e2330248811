"""More allowance for a plot: what was asked of the office, what it answered, and asking for more."""

from flask import request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from traceability.domain.allowance import AskState
from traceability.domain.errors import NotFound
from traceability.domain.people import May
from traceability.domain.units import local_day
from traceability.services import allowance, people
from traceability.web import forms, words
from traceability.web.enterprise.door import (
    METHODS,
    answer,
    ask,
    bp,
    choices,
    done,
    listing,
    one_of,
    reason_field,
)
from traceability.web.forms import Form
from traceability.web.guard import allow, look, me, moment


class AskAllowanceForm(Form):
    """How much more, on which plot, and why."""

    plot = one_of(_l("地块"))
    grams = forms.weight(_l("再需要的鲜叶"))
    reason = reason_field(_l("理由"))


@bp.get("/allowance")
@allow(May.READ_CHAIN)
def allowance_requests() -> ResponseReturnValue:
    """What the firm asked for, latest first, with the answers."""
    with look() as work:
        found = allowance.requests(work, by=me())
    rows = listing(found, lambda one: (one.plot.no, one.plot.place, words.word(one.request.state)))
    return forms.page("enterprise/allowance.html", rows=rows, states=AskState)


@bp.route("/allowance/new", methods=METHODS)
@allow(May.RECORD_CHAIN)
def ask_for_allowance() -> ResponseReturnValue:
    """Ask the office for more on a plot in this part of the season."""
    form = AskAllowanceForm()
    day = local_day(moment())
    with look() as work:
        known = people.plots_with_allowance(work, by=me(), day=day)
    form.plot.choices = choices(
        (
            plot.id,
            _("%(no)s %(place)s，余 %(kg)s 千克", no=plot.no, place=plot.place, kg=words.kg(left.free_g)),
        )
        for plot, left in known
    )
    if request.method == "GET":
        form.plot.data = request.args.get("plot", type=int)
    return answer(
        form,
        ask(
            form,
            allowance.ask_for_allowance,
            plot=form.plot.data,
            grams=form.grams.data,
            reason=form.reason.data or "",
        ),
        lambda _made: done(_("申请已提交，县局的答复会显示在工作台上。"), "allowance_requests"),
        title=_("申请增加额度"),
        lead=_(
            "申请%(part)s的鲜叶额度，由地块所在县局答复。写明为什么不够：采得早、更新了茶园、面积有变。",
            part=words.season_part(words.profile().season_part(day).key),
        ),
        back=("allowance_requests", _("额度申请")),
    )


@bp.post("/allowance/<int:number>/withdraw")
@allow(May.RECORD_CHAIN)
def withdraw_allowance_request(number: int) -> ResponseReturnValue:
    """Take a request back before it is answered."""
    form = Form()
    act = ask(form, allowance.withdraw_request, request=number)
    if forms.submit(form, act) is None:
        with look() as work:
            found = allowance.requests(work, by=me())
        if number not in {one.request.id for one in found}:
            raise NotFound
        rows = listing(found, lambda one: (one.plot.no,))
        return forms.page("enterprise/allowance.html", form, rows=rows, states=AskState)
    return done(_("申请已撤回。"), "allowance_requests")
