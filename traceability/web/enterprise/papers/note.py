"""The delivery note that goes with the goods."""

from collections.abc import Sequence
from typing import Any

from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from traceability.domain.marks import count
from traceability.domain.people import May
from traceability.formats.papers import Paper
from traceability.formats.tables import Kind, Table
from traceability.services.chain import papers as chain_papers
from traceability.web import words
from traceability.web.enterprise.door import bp
from traceability.web.enterprise.lists import tea
from traceability.web.enterprise.papers.making import KG, PACKS, answered, field, made
from traceability.web.guard import allow, look, me


@bp.get("/deliveries/<int:shipment>/note")
@allow(May.READ_CHAIN)
def delivery_note(shipment: int) -> ResponseReturnValue:
    """The paper that goes with the goods: lots, and what is in each carton."""
    with look() as work:
        found = chain_papers.delivery(work, by=me(), shipment=shipment)
        cartons = chain_papers.cartons_named(work, by=me(), delivery=found)
        paper = note_paper(work, found, cartons)
    return answered(paper, "-".join((_("送货单"), found.shipment.no)))


def note_paper(work: Any, found: chain_papers.Delivery, cartons: Sequence[tuple[Any, Any]]) -> Paper:
    """A shipment with its lots and cartons, and lines to sign on."""
    one = found.shipment
    facts: list[tuple[str, object]] = [
        (_("运单"), one.no),
        (_("发货方"), f"{found.sender.name}{_('（%(text)s）', text=found.sender.place)}"),
        (_("收货方"), f"{found.consignee.name}{_('（%(text)s）', text=found.consignee.place)}"),
        (_("发出"), words.moment(one.sent_at)),
        (_("承运"), f"{one.carrier} {one.vehicle}".strip()),
        (_("状态"), words.word(one.state, "shipment")),
        (_("答复"), words.moment(one.answered_at)),
    ]
    goods = [
        (line.lot.no, words.word(line.lot.kind), tea.called(line.lot), line.packs or None, line.grams)
        for line in found.lines
    ]
    total = (
        _("合计"),
        None,
        None,
        sum(line.packs for line in found.lines) or None,
        sum(line.grams for line in found.lines),
    )
    columns = (
        field(_("批次")),
        field(_("种类")),
        field(_("等级 / 产品")),
        field(_("件数"), Kind.COUNT, PACKS),
        field(_("重量"), Kind.KG, KG),
    )
    tables = [Table(_("货物"), columns, [*goods, total])]
    if cartons:
        inside = [
            (box.no, lot.no, tea.called(lot), count(box.ranges), tuple(map(str, box.ranges)))
            for box, lot in cartons
        ]
        heads = (
            field(_("箱号")),
            field(_("批次")),
            field(_("产品")),
            field(_("件数"), Kind.COUNT, PACKS),
            field(_("标志号码")),
        )
        tables.append(Table(_("箱内明细"), heads, inside))
    return made(
        work,
        _("送货单 %(no)s", no=one.no),
        facts,
        tables,
        signs=(_("发货人："), _("承运人："), _("收货人："), _("日期：")),
    )
