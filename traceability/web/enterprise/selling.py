"""Sales, returns, destruction and the stock count."""

from typing import Any

from flask import request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from traceability.domain.chain import LotKind
from traceability.domain.people import May
from traceability.services import chain, people
from traceability.services.chain import papers
from traceability.web import forms, words
from traceability.web.enterprise.door import (
    METHODS,
    answer,
    at_field,
    bp,
    done,
    listing,
    own_no,
    picked_cartons,
    quantity,
    reason_field,
)
from traceability.web.forms import BooleanField, Choices, Form, Parsed, StringField
from traceability.web.guard import allow, look, me, moment

CHANNELS = ("shop", "online", "wholesale", "fair", "other")


class HeldForm(Form):
    """A form about goods one of the firm's parties has."""

    party = Choices(_l("从谁的库存"), coerce=int)

    def offer(self, work: Any, lot: int) -> list[papers.Holding]:
        """Whose stock it may be."""
        found = papers.holders(work, by=me(), lot=lot)
        self.party.choices = [(one.party.id, _holding(one)) for one in found]
        return found


def _holding(one: papers.Holding) -> str:
    if one.packs:
        return _("%(name)s · 在库 %(packs)s 件", name=one.party.name, packs=one.packs)
    return _("%(name)s · 在库 %(kg)s 千克", name=one.party.name, kg=words.kg(one.grams))


@bp.get("/sales")
@allow(May.READ_CHAIN)
def sales() -> ResponseReturnValue:
    """Every sale, and what came back of it."""
    with look() as work:
        parties = {one.id: one.name for one in people.own_parties(work, by=me())}
        found = papers.sales(work, by=me())
    shown = listing(found, lambda one: f"{one.paper.event.no} {one.lot.no} {one.paper.event.terms.get('buyer', '')}")
    return forms.page("enterprise/sales.html", listing=shown, parties=parties)


@bp.get("/sales/new")
@allow(May.RECORD_CHAIN)
def sellable() -> ResponseReturnValue:
    """What can be sold, by whose stock it is."""
    with look() as work:
        stocks = [
            (one, chain.on_hand(work, by=me(), kinds=[LotKind.PACKS, LotKind.BATCH, LotKind.MADE], party=one.id))
            for one in people.own_parties(work, by=me())
        ]
    return forms.page("enterprise/sellable.html", stocks=[(one, lines) for one, lines in stocks if lines])


class SaleForm(HeldForm):
    """A sale; wholesale names the buyer and cartons, retail only how many packs."""

    amount = Parsed(_l("数量"), parse=str, optional=True)
    channel = Choices(_l("渠道"))
    buyer = StringField(_l("购货方"))
    serials = forms.serials(_l("标志号码"), optional=True)
    at = at_field(_l("销售时间"))
    no = own_no(_l("销售单号"))


class PackSaleForm(SaleForm):
    """A sale of packs."""

    amount = None
    packs = forms.count(_l("件数"), optional=True, unit=_l("件"))


class LooseSaleForm(SaleForm):
    """A sale of loose, unmarked tea."""

    amount = None
    serials = None
    grams = forms.weight(_l("重量"))


@bp.route("/lots/<int:lot>/sell", methods=METHODS)
@allow(May.RECORD_CHAIN)
def sell(lot: int) -> ResponseReturnValue:
    """Sell out of one's own stock, or an outside consignee's."""
    with look() as work:
        known = chain.dossier(work, by=me(), lot=lot)
        packed = known.lot.kind is LotKind.PACKS
        form = (PackSaleForm if packed else LooseSaleForm)(data={"party": request.args.get("party")})
        held = form.offer(work, lot)
        cartons = {one.party.id: papers.cartons_with(work, by=me(), lot=lot, party=one.party.id) for one in held}
    form.channel.choices = [(one, words.word(one, "channel")) for one in CHANNELS]
    return answer(
        form,
        lambda work: _sell(work, form, lot, packed=packed),
        lambda booked: done(_("销售单 %(no)s：批次 %(lot)s。", no=booked.no, lot=known.lot.no), "sales"),
        "enterprise/sale.html",
        lot=known,
        held=held,
        cartons=cartons,
    )
