"""Lists of goods on their way and sold."""

from flask import url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from traceability.domain.listing import Asked
from traceability.domain.people import May
from traceability.formats.tables import Kind
from traceability.services import lists
from traceability.services.chain import papers
from traceability.services.chain.papers import Delivery, Moved
from traceability.services.lists import Sale
from traceability.web import forms, words
from traceability.web.enterprise.door import bp
from traceability.web.enterprise.lists.tea import KG, PACKS, amended, called, event_page
from traceability.web.enterprise.selling import CHANNELS
from traceability.web.guard import allow, look, me
from traceability.web.i18n import counted as _n
from traceability.web.listing import Choice, Column, Listing, exported, listed, view

STATES = ("on_the_way", "accepted", "refused")


def carried(one: Moved) -> str:
    """A lot and how much of it is carried."""
    kg = _("%(kg)s 千克", kg=words.kg(one.grams))
    if one.packs:
        return _("%(lot)s %(packs)s 件（%(kg)s）", lot=one.lot.no, packs=f"{one.packs:,}", kg=kg)
    return f"{one.lot.no} {kg}"


def _boxes(one: Delivery) -> str:
    return _n("%(n)s 箱", len(one.cartons)) if one.cartons else ""


DELIVERIES: Listing[Delivery] = Listing(
    "deliveries",
    _l("运输记录"),
    lists.DELIVERIES,
    columns=(
        Column(
            "no",
            _l("运单"),
            lambda one: one.shipment.no,
            sorts=True,
            whole=True,
            link=lambda one: url_for("enterprise.delivery", shipment=one.shipment.id),
        ),
        Column("sent", _l("发出"), lambda one: one.shipment.sent_at, Kind.MOMENT, sorts=True),
        Column(
            "consignee",
            _l("收货方"),
            lambda one: one.consignee.name,
            sorts=True,
            note=lambda one: _("自 %(sender)s", sender=one.sender.name),
            note_title=_l("发货方"),
        ),
        Column(
            "goods",
            _l("货物"),
            lambda one: tuple(carried(line) for line in one.lines),
            whole=True,
            note=_boxes,
            note_title=_l("箱数"),
        ),
        Column(
            "carrier",
            _l("承运"),
            lambda one: one.shipment.carrier,
            sorts=True,
            note=lambda one: one.shipment.vehicle,
            note_title=_l("车牌或运单号"),
        ),
        Column(
            "state",
            _l("状态"),
            lambda one: words.word(one.shipment.state, "shipment"),
            sorts=True,
            tag=lambda one: {"refused": "stop", "on_the_way": "attention"}.get(one.shipment.state, ""),
            note=lambda one: words.moment(one.shipment.answered_at),
            note_title=_l("答复时间"),
        ),
    ),
    order="sent",
    search=_l("查找运单"),
    hint=_l("单号、收发货方、承运或批号"),
    families=("shipment",),
    choices=(Choice("state", _l("状态"), STATES, "shipment"),),
    dated=_l("发出日期"),
)


@bp.get("/deliveries")
@allow(May.READ_CHAIN)
def deliveries() -> ResponseReturnValue:
    """What waits for an answer, what is short, and every shipment."""
    if (file := exported(DELIVERIES)) is not None:
        return file
    with look() as work:
        waits = lists.page(
            work, by=me(), register=lists.DELIVERIES, asked=Asked(only={"waits": "1"}, sort="sent")
        )
        short = papers.shortages(work, by=me())
        shown = view(work, DELIVERIES)
    return forms.page(
        "enterprise/deliveries.html", waiting=waits.rows, waits=waits.total, listing=shown, short=short
    )


def _left(one: Sale) -> int | None:
    """Packs that came back; loose tea does not."""
    return one.back if one.sold else None


SALES: Listing[Sale] = Listing(
    "sales",
    _l("销售记录"),
    lists.SALES,
    columns=(
        Column(
            "no",
            _l("销售单"),
            lambda one: one.event.no,
            sorts=True,
            whole=True,
            link=lambda one: event_page(one.event),
            note=lambda one: amended(one.amended),
            note_title=_l("更正"),
        ),
        Column("at", _l("时间"), lambda one: one.event.happened_at, Kind.MOMENT, sorts=True),
        Column(
            "lot",
            _l("批次"),
            lambda one: one.lot.no,
            whole=True,
            link=lambda one: url_for("enterprise.lot", lot=one.lot.id),
            note=lambda one: called(one.lot),
            note_title=_l("产品"),
        ),
        Column(
            "channel",
            _l("渠道"),
            lambda one: words.word(one.event.terms["channel"], "channel"),
            whole=True,
            note=lambda one: one.event.terms.get("buyer") or "",
            note_title=_l("购货方"),
        ),
        Column("party", _l("从谁的库存"), lambda one: one.party),
        Column("packs", _l("售出"), lambda one: one.sold or None, Kind.COUNT, unit=PACKS, sums=True),
        Column("sold", _l("售出"), lambda one: one.grams, Kind.KG, unit=KG, sorts=True, sums=True),
        Column("back", _l("已退"), _left, Kind.COUNT, unit=PACKS, sums=True),
    ),
    order="at",
    search=_l("查找销售单"),
    hint=_l("单号、批次、购货方或日期"),
    choices=(Choice("channel", _l("渠道"), CHANNELS, "channel"),),
    dated=_l("销售日期"),
)


@bp.get("/sales")
@allow(May.READ_CHAIN)
def sales() -> ResponseReturnValue:
    """Every sale, and what came back of it."""
    return listed(SALES, "enterprise/sales.html")
