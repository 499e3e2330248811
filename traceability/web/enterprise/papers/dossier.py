"""The dossier of a lot: what it is, its report, its trace, its marks, its history, its files."""

from collections.abc import Sequence
from typing import Any

from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from traceability.domain.marks import count
from traceability.domain.people import May
from traceability.formats.papers import Paper
from traceability.formats.tables import Kind, Table
from traceability.services import chain
from traceability.web import words
from traceability.web.enterprise.door import bp
from traceability.web.enterprise.lists import tea
from traceability.web.enterprise.papers.making import KG, PACKS, PIECES, answered, field, made
from traceability.web.guard import allow, look, me
from traceability.web.i18n import counted as _n
from traceability.web.showing import TraceRow, report_rows, trace_rows


@bp.get("/lots/<int:lot>/dossier")
@allow(May.READ_CHAIN)
def lot_dossier(lot: int) -> ResponseReturnValue:
    """Everything known about a lot, with its trace and its report."""
    with look() as work:
        known = chain.dossier(work, by=me(), lot=lot)
        ways = [chain.trace(work, by=me(), lot=lot, forward=forward) for forward in (False, True)]
        paper = dossier_paper(work, known, ways)
    return answered(paper, "-".join((_("批次档案"), known.lot.no)))


def dossier_paper(work: Any, known: chain.Dossier, ways: Sequence[chain.Trace]) -> Paper:
    """The dossier as a paper of the firm."""
    return made(work, title_of(known), *parts_of(known, ways))


def title_of(known: chain.Dossier) -> str:
    """What the dossier of a lot is called."""
    return _("批次档案 %(lot)s", lot=known.lot.no)


def parts_of(
    known: chain.Dossier, ways: Sequence[chain.Trace]
) -> tuple[list[tuple[str, object]], list[Table]]:
    """A lot: what it is, its report and the limits, where it came from and went, marks, history, files."""
    lot = known.lot
    facts: list[tuple[str, object]] = [
        (_("批次"), lot.no),
        (_("种类"), words.word(lot.kind)),
        (_("等级 / 产品"), tea.called(lot)),
        (_("制造企业"), known.maker.name),
        (_("采摘"), words.days(lot.plucked_from, lot.plucked_to)),
        (_("形成"), words.moment(lot.born_at)),
        (_("包装日期"), words.day(lot.pack_day)),
        (_("保质期至"), words.day(lot.best_before)),
        (_("本企业在库"), _amount(known.grams, known.packs)),
        *_report_facts(known),
    ]
    backward, forward = (
        _trace_table(title, trace_rows(one)) for title, one in zip((_("来源"), _("去向")), ways, strict=True)
    )
    tables = [
        *_report_table(known),
        backward,
        forward,
        *_marks_table(known),
        *_cartons_table(known),
        _history_table(known),
        *_files_table(known),
    ]
    return facts, tables


def _amount(grams: int, packs: int) -> str:
    kg = _("%(kg)s 千克", kg=words.kg(grams))
    return _n("%(n)s 件（%(kg)s 千克）", packs, kg=words.kg(grams)) if packs else kg


def _report_facts(known: chain.Dossier) -> list[tuple[str, object]]:
    status = known.status
    if status is None or status.report is None or status.judgement is None:
        return []
    passed = _("合格") if status.judgement.passed else _("不合格")
    seen = _("县局已对照报告确认") if status.confirmed else _("待县局确认报告")
    report = status.report
    return [
        (_("检验报告"), f"{report.report_no} · {report.lab} · {words.day(report.reported_on)}"),
        (_("判定"), f"{passed} · {seen}"),
    ]


def _report_table(known: chain.Dossier) -> list[Table]:
    if known.status is None or known.status.report is None:
        return []
    judged = {True: _("合格"), False: _("不合格"), None: _("不作判定")}
    rows = [
        (one.name, one.typed, f"{one.limit} {one.unit}".strip(), judged[one.met])
        for one in report_rows(known.status, known.lot, words.profile())
    ]
    return [
        Table(_("检验"), (field(_("项目")), field(_("填报值")), field(_("限值")), field(_("判定"))), rows)
    ]


def _trace_table(title: str, found: Sequence[TraceRow]) -> Table:
    rows = [(one.source.no, _end(one.source), one.target.no, _end(one.target), one.grams) for one in found]
    columns = (
        field(_("来自")),
        field(_("种类")),
        field(_("进入")),
        field(_("种类")),
        field(_("重量"), Kind.KG, KG),
    )
    return Table(title, columns, rows)


def _end(one: Any) -> str:
    return f"{one.kind} · {one.note}" if one.note else one.kind


def _marks_table(known: chain.Dossier) -> list[Table]:
    if not known.spans:
        return []
    rows = [(str(one.range), len(one.range), words.word(one.state), one.printed_for) for one in known.spans]
    columns = (
        field(_("控制号")),
        field(_("枚数"), Kind.COUNT, PIECES),
        field(_("状态")),
        field(_("标签包装日期"), Kind.DAY),
    )
    return [Table(_("标志"), columns, rows)]


def _cartons_table(known: chain.Dossier) -> list[Table]:
    if not known.cartons:
        return []
    rows = [(one.no, count(one.ranges), tuple(map(str, one.ranges))) for one in known.cartons]
    return [
        Table(_("箱"), (field(_("箱号")), field(_("件数"), Kind.COUNT, PACKS), field(_("标志号码"))), rows)
    ]


def _history_table(known: chain.Dossier) -> Table:
    rows = [
        (
            event.no,
            event.happened_at,
            words.word(event.kind),
            words.word(account, "account"),
            grams,
            packs or None,
        )
        for event, account, grams, packs in known.history
    ]
    columns = (
        field(_("单号")),
        field(_("时间"), Kind.MOMENT),
        field(_("事项")),
        field(_("科目")),
        field(_("重量"), Kind.KG, KG),
        field(_("件数"), Kind.COUNT, PACKS),
    )
    return Table(_("收发记录"), columns, rows)


def _files_table(known: chain.Dossier) -> list[Table]:
    if not known.documents:
        return []
    rows = [
        (one.name, words.word(one.kind, "document"), one.added_at, (one.sha256[:32], one.sha256[32:]))
        for one in known.documents
    ]
    columns = (field(_("文件")), field(_("种类")), field(_("时间"), Kind.MOMENT), field("SHA-256"))
    return [Table(_("附件"), columns, rows)]
