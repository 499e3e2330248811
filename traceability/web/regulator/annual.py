"""The annual report of mark use, as a PDF to sign or a workbook."""

from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from traceability.domain.people import May
from traceability.formats.papers import Paper, Words
from traceability.formats.tables import Kind, Table, Value
from traceability.services.annual import Annual, annual
from traceability.web import words
from traceability.web.enterprise.papers.making import KG, PIECES, answered, field
from traceability.web.guard import allow, look, me, moment
from traceability.web.i18n import language
from traceability.web.regulator.books import asked
from traceability.web.regulator.door import bp


@bp.get("/books/annual")
@allow(May.OVERSEE)
def annual_report() -> ResponseReturnValue:
    """The report of the year asked for."""
    year = asked().season
    with look() as work:
        found = annual(work, by=me(), season=year)
    title = _("%(year)s 年地理标志专用标志使用年度报告", year=year)
    return answered(_paper(title, found), title)


def _paper(title: str, found: Annual) -> Paper:
    now, office = moment(), words.bureau(me().county or "522700")
    tea, marks = found.book.total.tea, found.book.total.marks
    facts = (
        (_("编制机构"), office),
        (_("有权用标企业"), _("%(n)s 家", n=len({one[0] for one in found.rights}))),
        (_("发放标志"), _("%(n)s 枚", n=f"{marks.done.get('issue', 0):,}")),
        (_("贴标"), _("%(n)s 枚", n=f"{marks.done.get('apply', 0):,}")),
        (_("收青"), _("%(kg)s 千克", kg=words.kg(tea.leaf_g))),
        (_("制成毛茶"), _("%(kg)s 千克", kg=words.kg(tea.made_g))),
        (_("用标重量"), _("%(kg)s 千克", kg=words.kg(marks.marked_g))),
        (_("账目"), _("账目平衡。") if found.book.closes else _("账目不平，见“不平”一栏。")),
    )
    tables = (
        _uses(found),
        _weights(found),
        _rights(found),
        _findings(found),
        _recalls(found),
        _complaints(found),
    )
    return Paper(
        title,
        facts,
        tables,
        Words(language(), _("第 {page} / {pages} 页"), _("没有记录")),
        _("%(firm)s · %(at)s 制表", firm=office, at=words.moment(now)),
        now,
        _("概况"),
        (_("项目"), _("内容")),
        (_("编制人"), _("审核人"), _("负责人（盖章）")),
    )


def _uses(found: Annual) -> Table:
    fields = (
        field(_("企业")), field(_("县市")), field(_("产品")), field(_("净含量")),
        *(field(one, Kind.COUNT, PIECES) for one in (_("申领"), _("发放"), _("贴标"), _("作废"), _("报失"))),
        field(_("用标重量"), Kind.KG, KG),
    )  # fmt: skip
    done = ("issue", "apply", "void", "lose")
    rows: list[tuple[Value, ...]] = [
        (one.firm, words.county(one.county), one.product, words.content(one.net_content_g), one.asked,
         *(one.done.get(action, 0) for action in done), one.marked_g)
        for one in found.uses
    ]  # fmt: skip
    return Table(_("各企业、各产品用标"), fields, rows)


def _weights(found: Annual) -> Table:
    """Marked weight beside the leaf and the tea it must have come from."""
    fields = (
        field(_("县市")), *(field(one, Kind.KG, KG) for one in (_("收青"), _("制成毛茶"), _("包装"), _("用标重量"))),
        field(_("不平"), Kind.KG, KG), field(_("账实差异"), Kind.KG, KG),
    )  # fmt: skip
    rows = [
        (words.county(row.key) if row.key else _("合计"), row.tea.leaf_g, row.tea.made_g, row.tea.packed_g,
         row.marks.marked_g, row.tea.gap_g, row.tea.difference_g)
        for row in (*found.book.counties, found.book.total)
    ]  # fmt: skip
    return Table(_("用标重量与鲜叶、毛茶"), fields, rows)


def _rights(found: Annual) -> Table:
    fields = (
        field(_("企业")), field(_("县市")), field(_("公告号")), field(_("有效期起"), Kind.DAY),
        field(_("有效期止"), Kind.DAY), field(_("撤销日期"), Kind.DAY),
    )  # fmt: skip
    rows: list[tuple[Value, ...]] = [
        (firm, words.county(county), no, since, until, withdrawn)
        for firm, county, no, since, until, withdrawn in found.rights
    ]
    return Table(_("有权用标企业"), fields, rows)


def _findings(found: Annual) -> Table:
    rows = [
        (words.word(code, "finding"), words.word(state, "finding_state"), n)
        for code, state, n in found.findings
    ]
    return Table(_("线索"), (field(_("种类")), field(_("状态")), field(_("条数"), Kind.COUNT)), rows)


def _recalls(found: Annual) -> Table:
    fields = (
        field(_("日期"), Kind.MOMENT), field(_("企业")), field(_("县市")), field(_("级别")), field(_("原因")),
        field(_("涉及批次"), Kind.COUNT),
    )  # fmt: skip
    rows: list[tuple[Value, ...]] = [
        (at, firm, words.county(county), grade, why, lots)
        for at, firm, county, grade, why, lots in found.recalls
    ]
    return Table(_("召回"), fields, rows)


def _complaints(found: Annual) -> Table:
    rows = [
        (words.word(kind), words.word(told) if told else _("办理中"), n) for kind, told, n in found.complaints
    ]
    return Table(_("投诉"), (field(_("种类")), field(_("结果")), field(_("条数"), Kind.COUNT)), rows)
