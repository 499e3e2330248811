"""Sales, returns, destruction and the stock count."""

from collections.abc import Callable, Iterable
from typing import Any

from flask import request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from traceability.domain.chain import LotKind, Stock
from traceability.domain.errors import (
    LotOverdrawn,
    LotReserved,
    NumberOutOfRange,
    NumberUnreadable,
    Refusal,
    WeightNotPositive,
)
from traceability.domain.people import May
from traceability.domain.units import local_day
from traceability.services import chain, people
from traceability.services.chain import Effect, papers
from traceability.web import forms, words
from traceability.web.enterprise.door import (
    answer,
    ask,
    at_field,
    bp,
    done,
    listing,
    own_no,
    reason_field,
    staged,
)
from traceability.web.enterprise.outlook import Line
from traceability.web.enterprise.outlook import amount as amount_of
from traceability.web.enterprise.stock import StockForm, picked_cartons, quantity
from traceability.web.forms import BooleanField, Choices, StringField
from traceability.web.guard import allow, look, me

CHANNELS = ("shop", "online", "wholesale", "fair", "other")


class HeldForm(StockForm):
    """A form about goods one of the firm's parties has."""

    party = Choices(_l("从谁的库存"), coerce=int)

    def offer(self, work: Any, known: chain.Dossier) -> list[papers.Holding]:
        """Whose stock it may be."""
        found = papers.holders(work, by=me(), lot=known.lot.id)
        self.party.choices = [(one.party.id, _holding(one)) for one in found]
        self.lines = [Stock(known.lot, one.party.id, one.grams, one.packs) for one in found]
        return found

    def drawn(self) -> list[tuple[int, int]]:
        """The stock that was chosen."""
        return [(one.lot.id, one.party) for one in self.lines if one.party == self.party.data]

    def show(self, error: Refusal) -> None:
        """Amounts are packs where there are packs."""
        if isinstance(error, LotOverdrawn | LotReserved | WeightNotPositive | NumberOutOfRange):
            error.facts.setdefault("field", next((one for one in AMOUNTS if one in self), "party"))
        super().show(error)


AMOUNTS = ("packs", "grams", "counted")


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
        return _("%(n)s 件（%(kg)s 千克）", n=abs(packs), kg=words.kg(abs(grams)))
    return _("%(kg)s 千克", kg=words.kg(abs(grams)))


class ReturnForm(StockForm):
    """Sold packs that come back."""

    amount = "packs"

    packs = forms.count(_l("退回件数"), unit=_l("件"))
    opened = BooleanField(_l("已开封"))
    restock = Choices(_l("处理"))
    serials = forms.serials(_l("标志号码"), optional=True)
    reason = reason_field(_l("退货原因"))
    at = at_field(_l("退货时间"))
    sold: papers.SalePaper | None = None

    def more(self, effect: Effect | None) -> Iterable[Line]:
        """Days since the sale, beside those within which goods may go back into stock."""
        if self.sold and self.at.data:
            days = (local_day(self.at.data) - local_day(self.sold.paper.event.happened_at)).days
            limit = words.profile().restock_days
            note = _("未开封、%(days)s 天以内的可以重新入库", days=limit)
            yield Line(_("售出"), _("%(n)s 天", n=days), note, "attention" if days > limit else "")


@staged("/sales/<int:sale>/return")
@allow(May.RECORD_CHAIN)
def take_back(sale: int) -> ResponseReturnValue:
    """Sold packs come back: into stock again, or destroyed."""
    form = ReturnForm()
    form.restock.choices = [("restock", _("重新入库")), ("destroy", _("销毁，标志注销"))]
    with look() as work:
        sold = form.sold = papers.sale(work, by=me(), event=sale)
    return answer(
        form,
        ask(
            form,
            chain.take_back,
            at=form.at.data,
            sale=sale,
            packs=form.packs.data,
            opened=bool(form.opened.data),
            restock=form.restock.data == "restock",
            reason=form.reason.data or "",
            ranges=form.serials.data or (),
        ),
        lambda booked: done(
            _(
                "退货单 %(no)s：批次 %(lot)s 退回 %(n)s 件，%(what)s。",
                no=booked.no,
                lot=sold.lot.no,
                n=form.packs.data,
                what=dict(form.restock.choices)[form.restock.data],
            ),
            "sales",
        ),
        title=_("退货"),
        lead=_(
            "销售单 %(no)s：批次 %(lot)s 售出 %(sold)s 件，已退 %(back)s 件。",
            no=sold.paper.event.no,
            lot=sold.lot.no,
            sold=sold.sold,
            back=sold.back,
        ),
        hints={
            "restock": _(
                "未开封、售出不超过 %(days)s 天的可以重新入库；其余销毁。", days=words.profile().restock_days
            ),
            "serials": _("销毁的须逐件写明；重新入库的知道就写。"),
        },
        back=("sales", _("销售")),
    )


class DestroyForm(HeldForm):
    """Packs that are destroyed, with their marks."""

    packs = forms.count(_l("销毁件数"), unit=_l("件"))
    serials = forms.serials(_l("标志号码"))
    reason = reason_field(_l("销毁原因"))
    at = at_field()


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


class CountForm(HeldForm):
    """What was counted of a lot: packs, or a weight."""

    counted = StringField(_l("清点数"))
    at = at_field(_l("盘点时间"))

    def unfilled(self) -> list[str]:
        """The number is read by the kind of lot, so an empty one is no error of its field."""
        return [] if (self.counted.data or "").strip() else [str(self.counted.label.text)]

    def more(self, effect: Effect | None) -> Iterable[Line]:
        """What the book says, and what was counted."""
        if not effect:
            return
        lot, counted, booked = self.lines[0].lot, effect.event.terms["counted"], effect.event.terms["booked"]
        yield Line(_("账面"), amount_of(lot, booked, booked))
        yield Line(_("清点"), amount_of(lot, counted, counted))
        if booked == counted:
            yield Line(_("差额"), amount_of(lot, 0, 0), _("账实相符"))


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
            counted=_counted(form, known.lot.kind),
            party=form.party.data,
        )(work),
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
