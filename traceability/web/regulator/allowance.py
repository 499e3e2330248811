"""Requests for more allowance: the queue of an office, and the decision on one beside what it is decided by."""

from flask import url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from traceability.domain.allowance import AskState
from traceability.domain.findings import State
from traceability.domain.people import May
from traceability.services import allowance, oversight
from traceability.web import words
from traceability.web.forms import Form, TextAreaField, page, weight
from traceability.web.guard import allow, look, me, moment
from traceability.web.regulator.door import ReasonForm, bp
from traceability.web.showing import carry_out, chosen, searched, sliced

STATES = ("open", "granted", "refused", "withdrawn", "all")


class GrantForm(Form):
    """How much more the plot may give, and why."""

    grams = weight(_l("增加的额度"))
    reason = TextAreaField(_l("理由"), id="grant-reason")


@bp.get("/allowance")
@allow(May.OVERSEE)
def allowance_requests() -> ResponseReturnValue:
    """Requests by state, latest first."""
    state = chosen(STATES, "open")
    with look() as work:
        found = allowance.requests(work, by=me())
    rows = searched(
        [one for one in found if state in ("all", one.request.state)],
        lambda one: (one.plot.no, one.plot.place, one.firm.name, one.request.reason),
    )
    tabs = [(name, sum(1 for one in found if name in ("all", one.request.state))) for name in STATES]
    return page("regulator/allowance_requests.html", rows=sliced(rows), state=state, tabs=tabs)


@bp.get("/allowance/<int:number>")
@allow(May.OVERSEE)
def allowance_request(number: int) -> ResponseReturnValue:
    """A request with what the plot has left, its slip and the figures so far."""
    return _page(number)


@bp.post("/allowance/<int:number>/grant")
@allow(May.APPROVE_PLOT)
def grant_allowance(number: int) -> ResponseReturnValue:
    """Give the plot more."""
    form = GrantForm()
    done = carry_out(
        form,
        lambda work: allowance.grant_allowance(
            work, by=me(), now=moment(), request=number, grams=form.grams.data, reason=form.reason.data or "",
            key=form.key.data,
        ),
        said=_("额度已增加，企业会在工作台上看到。"),
        to=url_for("regulator.allowance_requests"),
    )  # fmt: skip
    return done or _page(number, grant=form)


@bp.post("/allowance/<int:number>/refuse")
@allow(May.APPROVE_PLOT)
def refuse_allowance(number: int) -> ResponseReturnValue:
    """Give no more, with a reason."""
    form = ReasonForm()
    done = carry_out(
        form,
        lambda work: allowance.refuse_allowance(
            work, by=me(), now=moment(), request=number, reason=form.reason.data or "", key=form.key.data
        ),
        said=_("申请未予批准，企业会在工作台上看到理由。"),
        to=url_for("regulator.allowance_requests"),
    )
    return done or _page(number, refuse=form)


def _page(number: int, grant: Form | None = None, refuse: Form | None = None) -> ResponseReturnValue:
    with look() as work:
        found = allowance.request_file(work, by=me(), request=number)
        known = oversight.findings(work, by=me(), plot=found.plot)
    findings = [one for one in known if one.state != State.SETTLED]
    return page(
        "regulator/allowance_request.html",
        grant or refuse,
        found=found,
        findings=findings,
        grant=grant
        or GrantForm(formdata=None, data={"grams": words.kg(found.request.grams).replace(",", "")}),
        refuse=refuse or ReasonForm(formdata=None),
        profile=words.profile(),
        states=AskState,
    )
