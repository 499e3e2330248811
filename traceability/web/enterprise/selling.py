"""Sales, destruction and the stock count."""

from typing import Any

from flask import request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from traceability.domain.chain import LotKind
from traceability.domain.errors import NumberUnreadable, Refusal
from traceability.domain.people import May
from traceability.services import chain, people
from traceability.services.chain import papers
from traceability.web import forms, words
from traceability.web.enterprise.door import (
    METHODS,
    answer,
    ask,
    at_field,
    bp,
    done,
    listing,
    own_no,
    picked_cartons,
    quantity,
    reason_field,
)
from traceability.web.forms import Choices, Form, StringField
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
    shown = listing(found, lambda one: (one.paper.event.no, one.lot.no, one.paper.event.terms.get("buyer")))
    return forms.page("enterprise/sales.html", listing=shown, parties=parties)


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


class SaleForm(HeldForm):
    """A sale; wholesale names the buyer and cartons, retail only how many packs. Loose tea is sold by weight."""

    packs = forms.count(_l("件数"), optional=True, unit=_l("件"))
    grams = forms.weight(_l("重量"))
    channel = Choices(_l("渠道"))
    buyer = StringField(_l("购货方"))
    serials = forms.serials(_l("标志号码"), optional=True)
    at = at_field(_l("销售时间"))
    no = own_no(_l("销售单号"))


@bp.route("/lots/<int:lot>/sell", methods=METHODS)
@allow(May.RECORD_CHAIN)
def sell(lot: int) -> ResponseReturnValue:
    """Sell out of one's own stock, or an outside consignee's."""
    form = SaleForm(data={"party": request.args.get("party")})
    form.channel.choices = [(one, words.word(one, "channel")) for one in CHANNELS]
    with look() as work:
        known = chain.dossier(work, by=me(), lot=lot)
        held = form.offer(work, lot)
        cartons = {one.party: papers.cartons_with(work, by=me(), lot=lot, party=one.party.id) for one in held}
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
    packed = "packs" in form
    booked = chain.sell(
        work,
        by=me(),
        now=moment(),
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
        key=form.key.data,
    )
    return papers.sale(work, by=me(), event=booked.id)


def amount(packs: int, grams: int) -> str:
    """Packs where there are packs, else kilograms; the sign left off."""
    if packs:
        return _("%(n)s 件（%(kg)s 千克）", n=abs(packs), kg=words.kg(abs(grams)))
    return _("%(kg)s 千克", kg=words.kg(abs(grams)))


class DestroyForm(HeldForm):
    """Packs that are destroyed, with their marks."""

    packs = forms.count(_l("销毁件数"), unit=_l("件"))
    serials = forms.serials(_l("标志号码"))
    reason = reason_field(_l("销毁原因"))
    at = at_field()


@bp.route("/lots/<int:lot>/destroy", methods=METHODS)
@allow(May.RECORD_CHAIN)
def destroy(lot: int) -> ResponseReturnValue:
    """Destroy packs and retire their marks."""
    form = DestroyForm(data={"party": request.args.get("party")})
    with look() as work:
        known = chain.dossier(work, by=me(), lot=lot)
        form.offer(work, lot)
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


class CountForm(HeldForm):
    """What was counted of a lot: packs, or a weight."""

    counted = StringField(_l("清点数"))
    at = at_field(_l("盘点时间"))


@bp.route("/lots/<int:lot>/count", methods=METHODS)
@allow(May.RECORD_CHAIN)
def count_stock(lot: int) -> ResponseReturnValue:
    """Say what was counted; what is missing is a declared loss, a surplus is never booked in."""
    form = CountForm(data={"party": request.args.get("party")})
    with look() as work:
        known = chain.dossier(work, by=me(), lot=lot)
        form.offer(work, lot)
    return answer(
        form,
        lambda work: chain.count_stock(
            work,
            by=me(),
            now=moment(),
            at=form.at.data,
            lot=lot,
            counted=_counted(form, known.lot.kind),
            party=form.party.data,
            key=form.key.data,
        ),
        lambda booked: done(
            _(
                "批次 %(lot)s 盘点已登记：清点 %(counted)s，单号 %(no)s。",
                lot=known.lot.no,
                counted=form.counted.data,
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


def _counted(form: CountForm, kind: LotKind) -> int:
    """Packs or grams; an unreadable amount belongs to its own field."""
    typed = form.counted.data or ""
    try:
        if not typed.strip():
            raise NumberUnreadable(text=typed)
        return quantity(kind)(typed)
    except Refusal as error:
        error.facts["field"] = "counted"
        raise
