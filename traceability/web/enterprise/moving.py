"""Dispatch, deliveries to answer, and what went missing on the way."""

from collections.abc import Iterable, Mapping
from typing import Any

from flask import g, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from traceability.domain.chain import Draw, LotKind, Stock
from traceability.domain.errors import Refusal
from traceability.domain.marks import count
from traceability.domain.people import May
from traceability.services import chain, people
from traceability.services.chain import DispatchLine, Effect, papers
from traceability.web import forms, words
from traceability.web.enterprise.door import (
    answer,
    ask,
    at_field,
    choices,
    done,
    one_of,
    own_no,
    reason_field,
    staged,
)
from traceability.web.enterprise.outlook import Line, Note, amount, finding_lines
from traceability.web.enterprise.stock import RowsForm, StockForm, picked_cartons, quantity, stock_inputs
from traceability.web.errors import refusal_text
from traceability.web.forms import StringField
from traceability.web.guard import allow, look, me, moment, row_number
from traceability.web.i18n import counted as _n


class DispatchForm(RowsForm):
    """Where goods go and who carries them; the goods are in the table."""

    prefixes = ("packs", "grams")
    table = _l("发出的货物")

    consignee = one_of(_l("收货方"))
    carrier = StringField(_l("承运人"))
    vehicle = StringField(_l("车牌或运单号"))
    at = at_field(_l("发出时间"))
    no = own_no(_l("发运单号"))
    #: Packs of the cartons that can be named, by lot and carton number.
    boxes: Mapping[int, Mapping[str, int]] = {}

    def draws(self) -> list[tuple[str, Draw]]:
        """What was typed or ticked, as far as it can be read; named cartons count before packs."""
        return [_drawn(self, one) for one in stock_inputs(self.lines)]

    def more(self, effect: Effect | None) -> Iterable[Line]:
        """How many cartons go."""
        if ticked := sum(len(picked_cartons(one.lot.id)) for one in self.lines):
            yield Line(_("点名的箱"), _n("%(n)s 箱", ticked))


def _drawn(form: "DispatchForm", asked: tuple[int, int, int, tuple[str, ...]]) -> tuple[str, Draw]:
    lot, grams, packs, cartons = asked
    stock = next(one for one in form.lines if one.lot.id == lot)
    if stock.lot.product is None:
        return f"grams-{lot}", Draw(stock, grams)
    boxed = sum(form.boxes.get(lot, {}).get(name, 0) for name in cartons)
    count = boxed or packs
    return f"packs-{lot}", Draw(stock, count * stock.lot.product.net_content_g, count)


@staged("/dispatches/new")
@allow(May.RECORD_CHAIN)
def dispatch() -> ResponseReturnValue:
    """Send goods of one's own, or of an outside consignee (`party`), to somebody."""
    form = DispatchForm()
    sender = request.args.get("party", type=row_number)
    with look() as work:
        form.offer(work, moment(), party=sender)
        parties = people.own_parties(work, by=me())
        cartons = _cartons(work, form.lines, sender)
        form.boxes = {lot: {one.no: count(one.ranges) for one in found} for lot, found in cartons.items()}
        form.consignee.choices = choices(_consignees(work, parties, sender))
    lines = [DispatchLine(*one) for one in stock_inputs(form.lines)]
    return answer(
        form,
        ask(
            form,
            chain.dispatch,
            at=form.at.data,
            consignee=form.consignee.data,
            lines=lines,
            carrier=form.carrier.data or "",
            vehicle=form.vehicle.data or "",
            sender=sender,
            no=form.no.data,
        ),
        lambda booked: done(_("已发运，单号 %(no)s。等收货方签收。", no=booked.no), "deliveries"),
        "enterprise/dispatch.html",
        parties=parties,
        sender=sender,
        cartons=cartons,
    )


def _cartons(work: Any, lines: Iterable[Stock], party: int | None) -> dict[int, list[Any]]:
    """The cartons that can be named, by pack lot."""
    packed = [line.lot.id for line in lines if line.lot.kind is LotKind.PACKS]
    return {lot: papers.cartons_with(work, by=me(), lot=lot, party=party) for lot in packed}


def _consignees(work: Any, parties: list[Any], sender: int | None) -> list[tuple[int, str]]:
    """Everybody goods can go to; from an outside consignee also back to the firm."""
    own = [parties[0]] if sender and parties and sender != parties[0].id else []
    found = [*own, *(one for one in people.consignees(work, by=me()) if one.id != sender)]
    return [(one.id, one.name + str(_("（%(text)s）", text=one.place))) for one in found]


class AcceptForm(StockForm):
    """When a delivery arrived; what came is in the table."""

    table = _l("实收")

    at = at_field(_l("到达时间"))

    def beside(self, effect: Effect | None) -> dict[str, Note]:
        """What would be short of each line."""
        return {f"got-{lot}": Note(short, "attention") for lot, short in self.short.items()}

    short: Mapping[int, str] = {}


class RefuseForm(StockForm):
    """Why a delivery is refused."""

    reason = reason_field(_l("拒收原因"))
    at = at_field()
    sender = ""

    def outcome(self, effect: Effect | None) -> Iterable[Line]:
        """What goes back, lot by lot, and what the office hears; never what the sender has beside."""
        for one in effect.given if effect else ():
            label, lot = _("退回%(sender)s", sender=self.sender), one.stock.lot
            yield Line(label, amount(lot, one.grams, one.packs), lot.no)
        yield from finding_lines(effect) if effect else ()


@staged("/deliveries/<int:shipment>")
@allow(May.READ_CHAIN)
def delivery(shipment: int) -> ResponseReturnValue:
    """A delivery; who is to answer it accepts what came here. What did not stays open as a shortage."""
    form = AcceptForm()
    with look() as work:
        found = papers.delivery(work, by=me(), shipment=shipment)
    received = _received(found)
    form.short = _short(found, received)
    return answer(
        form,
        ask(form, chain.deliver, at=form.at.data, shipment=shipment, received=received),
        lambda _booked: done(_accepted(found, received), "deliveries"),
        "enterprise/delivery.html",
        found=found,
    )


def _received(found: papers.Delivery) -> dict[int, int]:
    """Packs or grams that came, by lot: `got-LOT`; every line has to be answered."""
    received: dict[int, int] = {}
    for line in found.lines if request.method == "POST" else ():
        name = f"got-{line.lot.id}"
        typed = request.form.get(name, "")
        try:
            received[line.lot.id] = quantity(line.lot.kind)(typed.strip() or "?")
        except Refusal as error:
            told = refusal_text(error) if typed.strip() else _("请填实收数；一件也没有到，填 0。")
            g.setdefault("row_errors", {})[name] = told
    return received


def _short(found: papers.Delivery, received: dict[int, int]) -> dict[int, str]:
    """What did not come, by lot, in words."""
    missing = {
        line.lot.id: _sent(line) - received[line.lot.id] for line in found.lines if line.lot.id in received
    }
    lots = {line.lot.id: line.lot for line in found.lines}
    return {lot: _("短少 %(amount)s", amount=amount(lots[lot], n, n)) for lot, n in missing.items() if n > 0}


def _accepted(found: papers.Delivery, received: dict[int, int]) -> str:
    short = [line.lot.no for line in found.lines if received[line.lot.id] < _sent(line)]
    if short:
        return _(
            "运单 %(no)s 已签收；批次 %(lots)s 有短少，请在下面了结。",
            no=found.shipment.no,
            lots=words.listed(short),
        )
    return _("运单 %(no)s 已全数签收。", no=found.shipment.no)


def _sent(line: papers.Moved) -> int:
    return line.packs if line.lot.kind is LotKind.PACKS else line.grams


@staged("/deliveries/<int:shipment>/refuse")
@allow(May.RECORD_CHAIN)
def refuse(shipment: int) -> ResponseReturnValue:
    """Refuse a delivery: the goods go back into the sender's stock."""
    form = RefuseForm()
    with look() as work:
        found = papers.delivery(work, by=me(), shipment=shipment)
    form.sender = found.sender.name
    return answer(
        form,
        ask(form, chain.refuse_delivery, at=form.at.data, shipment=shipment, reason=form.reason.data or ""),
        lambda booked: done(
            _("运单 %(no)s 已拒收（%(event)s），货物退回发货方库存。", no=found.shipment.no, event=booked.no),
            "deliveries",
        ),
        title=_("拒收"),
        lead=_("运单 %(no)s 整单拒收，货物退回%(sender)s。", no=found.shipment.no, sender=found.sender.name),
        back=("deliveries", _("运输")),
        button=_("拒收"),
        danger=True,
    )


class SettleForm(StockForm):
    """How a shortage in transport is closed."""

    serials = forms.serials(_l("缺少或损坏的标志号码"), optional=True)
    reason = reason_field(_l("情况说明"))
    at = at_field()


@staged("/shortages/<int:shortage>/settle")
@allow(May.RECORD_CHAIN)
def settle(shortage: int) -> ResponseReturnValue:
    """Close a shortage: what was damaged or lost leaves the books, and its marks are retired."""
    form = SettleForm()
    with look() as work:
        short, lot = papers.shortage(work, by=me(), number=shortage)
    return answer(
        form,
        ask(
            form,
            chain.settle_transit,
            at=form.at.data,
            shortage=shortage,
            ranges=form.serials.data or (),
            reason=form.reason.data or "",
        ),
        lambda booked: done(
            _(
                "短少已了结（%(no)s）：批次 %(lot)s %(kg)s 千克作销毁，标志 %(packs)s 枚注销。",
                no=booked.no,
                lot=lot.no,
                kg=words.kg(short.grams),
                packs=short.packs,
            ),
            "deliveries",
        ),
        title=_("了结运输短少"),
        lead=_(
            "批次 %(lot)s 短少 %(kg)s 千克、%(packs)s 件。填明这些件上的标志号码，标志随之注销。",
            lot=lot.no,
            kg=words.kg(short.grams),
            packs=short.packs,
        )
        if short.packs
        else _("批次 %(lot)s 短少 %(kg)s 千克。", lot=lot.no, kg=words.kg(short.grams)),
        back=("deliveries", _("运输")),
        button=_("了结"),
    )
