"""Returns: what came back, from which sale, and taking packs back: into stock by the rule, or destroyed."""

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from traceability.domain.people import May
from traceability.services import chain
from traceability.services.chain import returns as found_returns
from traceability.web import forms, words
from traceability.web.enterprise.door import answer, ask, bp, done, listing, staged
from traceability.web.enterprise.goods_forms import ReturnForm
from traceability.web.guard import allow, look, me, moment


@bp.get("/returns", endpoint="returns")
@allow(May.READ_CHAIN)
def return_list() -> ResponseReturnValue:
    """Everything that came back."""
    with look() as work:
        found = found_returns.returns(work, by=me())
    shown = listing(found, lambda one: (one.event.no, one.sale.no, one.lot.no, one.event.reason))
    return forms.page("enterprise/returns.html", listing=shown)


@bp.get("/returns/new")
@allow(May.RECORD_CHAIN)
def find_return() -> ResponseReturnValue:
    """Which sale a pack in hand came from; where only one can be meant, straight to it."""
    typed = request.args.get("q", "").strip()
    with look() as work:
        found = found_returns.sales_meant(work, by=me(), text=typed) if typed else []
    serial = typed if typed.isascii() and typed.isdigit() and len(typed) == 10 else None
    if len(found) == 1:
        return redirect(url_for("enterprise.take_back", sale=found[0][0].sale, serial=serial))
    return forms.page("enterprise/find_return.html", found=found[:50], typed=typed, serial=serial)


@staged("/sales/<int:sale>/return")
@allow(May.RECORD_CHAIN)
def take_back(sale: int) -> ResponseReturnValue:
    """Sold packs come back: into stock again, or destroyed."""
    with look() as work:
        found = found_returns.returnable(work, by=me(), now=moment(), sale=sale)
    form = ReturnForm()
    form.sold = found.sale
    if not form.is_submitted() and request.args.get("serial"):
        form.serials.raw_data = [request.args["serial"][:30]]
    if not form.is_submitted() and not found.restockable:
        form.restock.data = "destroy"
    form.restock.choices = [("restock", _("重新入库")), ("destroy", _("销毁，标志注销"))]
    return answer(
        form,
        ask(
            form,
            chain.take_back,
            at=form.at.data,
            sale=sale,
            packs=form.many,
            opened=bool(form.opened.data),
            restock=form.restock.data == "restock",
            reason=form.reason.data or "",
            ranges=form.serials.data or (),
        ),
        lambda booked: done(
            _(
                "退货单 %(no)s：批次 %(lot)s 退回 %(n)s 件，%(what)s。",
                no=booked.no,
                lot=found.sale.lot.no,
                n=form.many,
                what=dict(form.restock.choices)[form.restock.data],
            ),
            "returns",
        ),
        "enterprise/return.html",
        found=found,
        rule_days=words.profile().restock_days,
    )
