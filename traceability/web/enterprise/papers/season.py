"""The summary of a season: opening stock, what moved, where it ended, closing stock."""

from typing import Any

from flask import request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from traceability.domain import units
from traceability.domain.marks import MarkState
from traceability.domain.people import May
from traceability.formats.papers import Paper
from traceability.formats.tables import Kind, Table
from traceability.services import marks
from traceability.services.chain.season import season
from traceability.web import words
from traceability.web.enterprise.door import bp
from traceability.web.enterprise.papers.making import KG, PACKS, PIECES, answered, field, made
from traceability.web.guard import allow, look, me, moment


@bp.get("/papers/season")
@allow(May.READ_CHAIN)
def season_summary() -> ResponseReturnValue:
    """The season in sums; this year's unless the address names another."""
    this = units.local_day(moment()).year
    asked = request.args.get("year", "")
    year = int(asked) if asked.isascii() and asked.isdigit() and int(asked) in units.YEARS else this
    with look() as work:
        paper = season_paper(work, year)
    return answered(paper, "-".join((_("茶季汇总"), str(year))))


def season_paper(work: Any, year: int) -> Paper:
    """Opening, stages, where tea ended, closing; packs by product; marks by state."""
    found = season(work, by=me(), year=year)
    counts = marks.counts(work, by=me())
    kg, packs = field(_("重量"), Kind.KG, KG), field(_("件数"), Kind.COUNT, PACKS)
    stages = [
        (
            words.word(one.kind),
            one.events,
            one.out_g or None,
            one.in_g or None,
            one.out_packs or None,
            one.in_packs or None,
        )
        for one in found.stages
    ]
    heads = (
        field(_("事项")),
        field(_("笔数"), Kind.COUNT),
        field(_("出库"), Kind.KG, KG),
        field(_("入库"), Kind.KG, KG),
        field(_("出库"), Kind.COUNT, PACKS),
        field(_("入库"), Kind.COUNT, PACKS),
    )
    ended = [
        (words.word(account), grams, n or None)
        for account, (grams, n) in sorted(found.ended.items())
        if grams
    ]
    products = [
        (f"{one.name} {words.content(one.net_content_g)}", words.word(one.grade), packed, sold)
        for one, packed, sold in found.packs
    ]
    states = [(words.word(state), counts[state]) for state in MarkState if counts.get(state)]
    tables = [
        _stock_table(found),
        Table(_("各环节收发"), heads, stages),
        Table(_("茶的去处"), (field(_("科目")), kg, packs), ended),
        Table(
            _("包装与销售"),
            (
                field(_("产品")),
                field(_("等级")),
                field(_("包装"), Kind.COUNT, PACKS),
                field(_("售出"), Kind.COUNT, PACKS),
            ),
            products,
        ),
        Table(_("标志现状"), (field(_("状态")), field(_("枚数"), Kind.COUNT, PIECES)), states),
    ]
    facts = [
        (_("茶季"), _("%(year)s 年", year=year)),
        (_("口径"), _("含代管的收货方库存；期初 + 入库 − 出库 = 期末")),
    ]
    return made(work, _("%(year)s 年茶季汇总", year=year), facts, tables)


def _stock_table(found: Any) -> Table:
    """What was there at the beginning and at the end, by kind of lot."""
    kinds = [
        kind for kind in found.closing if any(found.closing[kind]) or any(found.opening.get(kind, (0, 0)))
    ]
    rows = [
        (words.word(kind), *found.opening.get(kind, (0, 0)), *found.closing[kind]) for kind in sorted(kinds)
    ]
    heads = (
        field(_("种类")),
        field(_("期初"), Kind.KG, KG),
        field(_("期初"), Kind.COUNT, PACKS),
        field(_("期末"), Kind.KG, KG),
        field(_("期末"), Kind.COUNT, PACKS),
    )
    return Table(_("库存"), heads, rows)
