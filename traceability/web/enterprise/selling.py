"""Sales, destruction and the stock count."""

from collections.abc import Callable
from typing import Any

from flask import request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from traceability.domain.chain import LotKind
from traceability.domain.marks import count
from traceability.domain.people import May
from traceability.services import chain, people
from traceability.services.chain import papers
from traceability.web import forms, words
from traceability.web.enterprise.door import (
    answer,
    ask,
    bp,
    done,
    staged,
)
from traceability.web.enterprise.goods_forms import CountForm, DestroyForm, SaleForm
from traceability.web.enterprise.outlook import amount as amount_of
from traceability.web.enterprise.stock import picked_cartons
from traceability.web.guard import allow, look, me
from traceability.web.i18n import counted as _n

CHANNELS = ("shop", "online", "wholesale", "fair", "other")


@bp.get("/sales/new")
@allow(May.RECORD_CHAIN)
def sellable() -> ResponseReturnValue:
    """What can be sold, by whose stock it is."""
    with look() as work:
        stocks = [
            (
                one,
                chain.on_hand(
                    work, by=me(), kinds=[LotKind.PACKS, LotKind.BATCH, LotKind.MADE], party=one.id
                ),
            )
            for one in people.own_parties(work, by=me())
        ]
    return forms.page("enterprise/sellable.html", stocks=[(one, lines) for one, lines in stocks if lines])


@staged("/lots/<int:lot>/sell")
@allow(May.RECORD_CHAIN)
def sell(lot: int) -> ResponseReturnValue:
    """Sell out of one's own stock, or an outside consignee's."""
    form = SaleForm(data={"party": request.args.get("party")})
    form.channel.choices = [(one, words.word(one, "channel")) for one in CHANNELS]
    with look() as work:
        known = chain.dossier(work, by=me(), lot=lot)
        held = form.offer(work, known)
        cartons = {one.party: papers.cartons_with(work, by=me(), lot=lot, party=one.party.id) for one in held}
    form.boxes = {party.id: {one.no: count(one.ranges) for one in found} for party, found in cartons.items()}
    _only_apt(form, packed=known.lot.kind is LotKind.PACKS)
    return answer(
        form,
        lambda work: _sell(work, form, lot),
        lambda sale: done(
            _(
                "销售单 %(no)s：批次 %(lot)s，%(amount)s，%(channel)s。",
                no=sale.paper.event.no,
                lot=sale.lot.no,
                amount=amount(sale.sold, sale.paper.lots[0].grams),
                channel=words.word(form.channel.data, "channel"),
            ),
            "sales",
        ),
        "enterprise/sale.html",
        lot=known,
        held=held,
        cartons=cartons,
    )


def _only_apt(form: SaleForm, *, packed: bool) -> None:
    """Packs are counted and have serials; loose tea is weighed."""
    for name in ("grams",) if packed else ("packs", "serials"):
        del form[name]


def _sell(work: Any, form: SaleForm, lot: int) -> papers.SalePaper:
    return papers.sale(work, by=me(), event=_sale(form, lot)(work).id)


def _sale(form: SaleForm, lot: int) -> Callable[[Any], Any]:
    packed = "packs" in form
    return ask(
        form,
        chain.sell,
        at=form.at.data,
        lot=lot,
        packs=(form.packs.data or 0) if packed else 0,
        grams=0 if packed else form.grams.data,
        channel=form.channel.data,
        buyer=form.buyer.data or "",
        cartons=picked_cartons(lot),
        ranges=(form.serials.data or ()) if packed else (),
        party=form.party.data,
        no=form.no.data,
    )


def amount(packs: int, grams: int) -> str:
    """Packs where there are packs, else kilograms; the sign left off."""
    if packs:
        return _n("%(n)s 件（%(kg)s 千克）", abs(packs), kg=words.kg(abs(grams)))
    return _("%(kg)s 千克", kg=words.kg(abs(grams)))


@staged("/lots/<int:lot>/destroy")
@allow(May.RECORD_CHAIN)
def destroy(lot: int) -> ResponseReturnValue:
    """Destroy packs and retire their marks."""
    form = DestroyForm(data={"party": request.args.get("party")})
    with look() as work:
        known = chain.dossier(work, by=me(), lot=lot)
        form.offer(work, known)
    return answer(
        form,
        ask(
            form,
            chain.destroy,
            at=form.at.data,
            lot=lot,
            packs=form.packs.data,
            ranges=form.serials.data,
            reason=form.reason.data or "",
            party=form.party.data,
        ),
        lambda booked: done(
            _(
                "批次 %(lot)s 已销毁 %(n)s 件（%(no)s），标志同数注销。",
                lot=known.lot.no,
                n=form.packs.data,
                no=booked.no,
            ),
            "lot",
            lot=lot,
        ),
        title=_("销毁"),
        lot=known,
        lead=_("销毁的件数退出账面，标志注销，不能恢复。"),
        hints={"serials": _("每件一个号码，例如 0000012001-0000012003, 0000012010。")},
        button=_("确认销毁"),
        danger=True,
    )


@staged("/lots/<int:lot>/count")
@allow(May.RECORD_CHAIN)
def count_stock(lot: int) -> ResponseReturnValue:
    """Say what was counted; what is missing is a declared loss, a surplus is never booked in."""
    form = CountForm(data={"party": request.args.get("party")})
    with look() as work:
        known = chain.dossier(work, by=me(), lot=lot)
        form.offer(work, known)
    return answer(
        form,
        lambda work: ask(
            form,
            chain.count_stock,
            at=form.at.data,
            lot=lot,
            counted=form.number(known.lot.kind),
            party=form.party.data,
        )(work),
        lambda booked: done(
            _(
                "批次 %(lot)s 盘点已登记：清点 %(counted)s，单号 %(no)s。",
                lot=known.lot.no,
                counted=amount_of(known.lot, *[form.number(known.lot.kind)] * 2),
                no=booked.no,
            ),
            "lot",
            lot=lot,
        ),
        title=_("盘点"),
        lot=known,
        lead=_("少了的记作损耗并提示县局；多出的不入账，只提示县局。"),
        hints={"counted": _("件数") if known.lot.kind is LotKind.PACKS else _("重量，单位千克")},
    )
