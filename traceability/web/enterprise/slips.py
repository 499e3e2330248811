"""Slips the books refused when they arrived: each waits here until it is taken in or dropped with a reason."""

from typing import Any

from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from traceability.domain.allowance import AskState
from traceability.domain.errors import AllowanceExceeded
from traceability.domain.people import May
from traceability.services import allowance, chain
from traceability.web import forms, words
from traceability.web.enterprise.door import ask, bp, done, reason_field
from traceability.web.enterprise.phones import refusal_of
from traceability.web.errors import refusal_text
from traceability.web.forms import Form, TextAreaField
from traceability.web.guard import allow, look, me, moment


class AcceptForm(Form):
    """What of a slip is taken in."""

    net = forms.weight(_l("收下"))


class DropForm(Form):
    """Why a slip is not booked."""

    reason = reason_field(_l("不记账的原因"))


class AskForm(Form):
    """Why the office should give more."""

    reason = TextAreaField(_l("申请理由"), id="ask-reason")  # the page has another reason


@bp.get("/leaf/refused")
@allow(May.READ_CHAIN)
def refused_slips() -> ResponseReturnValue:
    """Those that wait, in the order they came, with what the office was asked for."""
    with look() as work:
        found = chain.open_slips(work, by=me())
        asked = allowance.requests_of_slips(work, by=me())
    shown = [(one, refusal_text(refusal_of(one))) for one in found]
    return forms.page("enterprise/refused_slips.html", slips=shown, asked=asked)


@bp.get("/leaf/refused/<int:slip>")
@allow(May.RECORD_CHAIN)
def settle_slip(slip: int) -> ResponseReturnValue:
    """A refused slip, and the ways to settle it."""
    return _page(slip)


@bp.post("/leaf/refused/<int:slip>/accept")
@allow(May.RECORD_CHAIN)
def accept_slip(slip: int) -> ResponseReturnValue:
    """Take in what the books take."""
    form = AcceptForm()
    booked = forms.submit(form, ask(form, chain.accept_slip, slip=slip, net_g=form.net.data))
    if booked is None:
        return _page(slip, accept=form)
    told = _("单 %(no)s 已按 %(net)s 千克记账。", no=booked.no, net=words.kg(form.net.data))
    return done(told, "refused_slips")


@bp.post("/leaf/refused/<int:slip>/ask")
@allow(May.RECORD_CHAIN)
def ask_for_slip(slip: int) -> ResponseReturnValue:
    """Take in what the card has left, and ask the office for the rest."""
    form = AskForm()
    act = ask(form, allowance.ask_for_slip, slip=slip, reason=form.reason.data or "")
    if forms.submit(form, act) is None:
        return _page(slip, asking=form)
    return done(_("已向县局申请其余的额度，答复会显示在工作台上。"), "settle_slip", slip=slip)


@bp.post("/leaf/refused/<int:slip>/drop")
@allow(May.RECORD_CHAIN)
def drop_slip(slip: int) -> ResponseReturnValue:
    """Settle it without a receipt."""
    form = DropForm()
    if forms.submit(form, ask(form, chain.drop_slip, slip=slip, reason=form.reason.data or "")) is None:
        return _page(slip, drop=form)
    return done(_("这张单不记账，原因已留存。"), "refused_slips")


def _page(
    slip: int, accept: Form | None = None, drop: Form | None = None, asking: Form | None = None
) -> ResponseReturnValue:
    with look() as work:
        found = chain.refused_slip(work, by=me(), now=moment(), slip=slip)
        asked = allowance.request_of_slip(work, by=me(), slip=slip)
    wrong = next((one for one in (accept, drop, asking) if one is not None), None)
    shown: dict[str, Any] = {
        "found": found,
        "why": refusal_text(refusal_of(found.refused)),
        "now": refusal_text(found.now) if found.now else "",
        "takes_g": found.refused.rest_g if found.now is None else found.free_g,
        "short": isinstance(found.now, AllowanceExceeded),
        "asked": asked,
        "waits": asked is not None and asked.state is AskState.OPEN,
        "accept": accept or AcceptForm(formdata=None),
        "drop": drop or DropForm(formdata=None),
        "asking": asking or AskForm(formdata=None),
    }
    return forms.page("enterprise/settle_slip.html", wrong, **shown)
