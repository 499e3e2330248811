"""Slips the books refused when they arrived: each waits here until it is taken in or dropped with a reason."""

from typing import Any

from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from traceability.domain.people import May
from traceability.services import chain
from traceability.web import forms, words
from traceability.web.enterprise.door import ask, bp, done, reason_field
from traceability.web.enterprise.phones import refusal_of
from traceability.web.errors import refusal_text
from traceability.web.forms import Form
from traceability.web.guard import allow, look, me, moment


class AcceptForm(Form):
    """What of a slip is taken in."""

    net = forms.weight(_l("收下"))


class DropForm(Form):
    """Why a slip is not booked."""

    reason = reason_field(_l("不记账的原因"))


@bp.get("/leaf/refused")
@allow(May.READ_CHAIN)
def refused_slips() -> ResponseReturnValue:
    """Those that wait, in the order they came."""
    with look() as work:
        found = chain.open_slips(work, by=me())
    shown = [(one, refusal_text(refusal_of(one))) for one in found]
    return forms.page("enterprise/refused_slips.html", slips=shown)


@bp.get("/leaf/refused/<int:slip>")
@allow(May.RECORD_CHAIN)
def settle_slip(slip: int) -> ResponseReturnValue:
    """A refused slip, and the two ways to settle it."""
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


@bp.post("/leaf/refused/<int:slip>/drop")
@allow(May.RECORD_CHAIN)
def drop_slip(slip: int) -> ResponseReturnValue:
    """Settle it without a receipt."""
    form = DropForm()
    if forms.submit(form, ask(form, chain.drop_slip, slip=slip, reason=form.reason.data or "")) is None:
        return _page(slip, drop=form)
    return done(_("这张单不记账，原因已留存。"), "refused_slips")


def _page(slip: int, accept: Form | None = None, drop: Form | None = None) -> ResponseReturnValue:
    with look() as work:
        found = chain.refused_slip(work, by=me(), now=moment(), slip=slip)
    wrong = next((one for one in (accept, drop) if one is not None), None)
    shown: dict[str, Any] = {
        "found": found,
        "why": refusal_text(refusal_of(found.refused)),
        "now": refusal_text(found.now) if found.now else "",
        "takes_g": found.refused.slip.net_g if found.now is None else found.free_g,
        "accept": accept or AcceptForm(formdata=None),
        "drop": drop or DropForm(formdata=None),
    }
    return forms.page("enterprise/settle_slip.html", wrong, **shown)
