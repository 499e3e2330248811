"""Test reports as the firm enters them, and a failed batch declared as a lower grade."""

from collections.abc import Iterable, Mapping
from typing import Any

from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from traceability.domain.chain import Judgement, Lot, judge
from traceability.domain.people import May
from traceability.domain.profile import Limit
from traceability.domain.units import local_day
from traceability.services import chain
from traceability.services.chain import Effect
from traceability.web import words
from traceability.web.enterprise.door import (
    about,
    answer,
    ask,
    done,
    grades,
    reason_field,
    staged,
)
from traceability.web.enterprise.outlook import Line, Note
from traceability.web.enterprise.stock import StockForm
from traceability.web.guard import allow, me, moment
from traceability.web.showing import ReportForm, limit_text, limits_of, report_form, value_field


class Judged(StockForm):
    """A report that is judged while it is typed; the file travels only when it is saved."""

    rehearsed = False
    batch: Lot | None = None

    def drawn(self) -> list[tuple[int, int]]:
        """A report takes nothing from the batch."""
        return []

    def _limits(self) -> Iterable[Limit]:
        day = self["reported_on"].data or local_day(moment())
        return limits_of(words.profile(), self.batch.grade, day) if self.batch and self.batch.grade else ()

    def beside(self, effect: Effect | None) -> dict[str, Note]:
        """Whether each value keeps to its limit."""
        tested: Mapping[str, Any] = self.tested  # type: ignore[attr-defined]
        return {
            value_field(one.parameter): Note(_("符合"))
            if one.met_by(tested[one.parameter])
            else Note(_("不符合限值 %(limit)s", limit=limit_text(one)), "attention")
            for one in self._limits()
            if one.parameter in tested
        }

    def more(self, effect: Effect | None) -> Iterable[Line]:
        """The judgement, once every limited value is there."""
        tested: Mapping[str, Any] = self.tested  # type: ignore[attr-defined]
        limits = list(self._limits())
        if not limits or self.batch is None or any(one.parameter not in tested for one in limits):
            return
        if failing := [
            words.parameter(one.parameter) for one in limits if not one.met_by(tested[one.parameter])
        ]:
            told = _("%(failing)s不符合；保存以后批次冻结，县局才能解除", failing=words.listed(failing))
            yield Line(
                _("按%(grade)s判定", grade=words.word(self.batch.grade)), _("不合格"), told, "attention"
            )
        else:
            told = _("各项符合；等县局对照报告确认")
            yield Line(_("按%(grade)s判定", grade=words.word(self.batch.grade)), _("合格"), told)


@staged("/lots/<int:lot>/report")
@allow(May.RECORD_CHAIN)
def report(lot: int) -> ResponseReturnValue:
    """Enter the report of a batch, with its file; a failing value holds the batch at once."""
    form = type("JudgedReportForm", (Judged, report_form(words.profile())), {})()
    known = about(lot, form)
    form.batch = known.lot
    return answer(
        form,
        lambda work: _report(work, form, lot),
        lambda status: done(_told(status, known.lot.no), "lot", lot=lot),
        title=_("登记检验报告"),
        lot=known,
        lead=_("照报告逐项填写。县局会把数值和文件对着看，确认以后才算合格。"),
        hints=_limits(known.lot),
    )


def _report(work: Any, form: ReportForm, lot: int) -> chain.BatchStatus:
    chain.record_report(work, by=me(), now=moment(), batch=lot, **form.told)
    return chain.batch_status(work, chain.dossier(work, by=me(), lot=lot).lot)


def _told(status: chain.BatchStatus, no: str) -> str:
    if status.judgement is not None and not status.judgement.passed:
        failing = words.listed(words.parameter(one) for one in status.judgement.failing)
        return _("报告已登记。批次 %(lot)s 不合格：%(failing)s，批次已冻结。", lot=no, failing=failing)
    return _("报告已登记。批次 %(lot)s 各项符合本等级，等县局对照报告确认。", lot=no)


def _limits(batch: Lot) -> dict[str, str]:
    """What each value has to keep to for the batch's grade, as a hint beside its field."""
    if batch.grade is None:
        return {}
    limits = limits_of(words.profile(), batch.grade, local_day(moment()))
    return {f"value_{one.parameter}": _("限值 %(limit)s", limit=limit_text(one)) for one in limits}


class RedeclareForm(StockForm):
    """The lower grade a failed batch is declared as, judged as soon as it is chosen."""

    grade = grades(_l("改判为"))
    reason = reason_field()
    known: chain.Dossier | None = None

    def drawn(self) -> list[tuple[int, int]]:
        """Another grade takes nothing from the batch."""
        return []

    def result(self, work: Any, booked: int) -> chain.Dossier:
        """The batch as it would be."""
        return chain.dossier(work, by=me(), lot=booked)

    def outcome(self, effect: Any) -> Iterable[Line]:
        """How the report is judged by that grade; and of a batch re-declared, that it stays held."""
        if (judged := self._judged()) is not None:
            yield _judged_line(self.grade.data, judged)
        if effect is not None and self.known is not None:
            grades_told = [words.word(one.lot.grade) for one in (self.known, effect)]
            yield Line(_("批次等级"), grades_told[1], _("原为%(grade)s", grade=grades_told[0]))
            if any(one.lifted_at is None for one in effect.holds):
                yield Line(_("仍然冻结"), "", _("改判以后由县局解除，才能申领标志。"), "attention")

    def _judged(self) -> Judgement | None:
        report = self.known.status.report if self.known and self.known.status else None
        if report is None or self.grade.data is None:
            return None
        return judge(report.tested, self.grade.data, report.reported_on, words.profile())


def _judged_line(grade: Any, judged: Judgement) -> Line:
    label = _("按%(grade)s判定", grade=words.word(grade))
    if judged.passed:
        return Line(label, _("合格"), _("报告各项符合"))
    failing = words.listed(words.parameter(one) for one in judged.failing)
    return Line(label, _("不合格"), _("%(failing)s不符合", failing=failing), "attention")


@staged("/lots/<int:lot>/redeclare")
@allow(May.RECORD_CHAIN)
def redeclare(lot: int) -> ResponseReturnValue:
    """A failed batch to a lower grade whose limits it meets."""
    form = RedeclareForm()
    known = form.known = about(lot, form)
    return answer(
        form,
        ask(form, chain.redeclare, batch=lot, grade=form.grade.data, reason=form.reason.data or ""),
        lambda _lot: done(
            _(
                "批次 %(lot)s 已改判为%(grade)s。冻结由县局解除。",
                lot=known.lot.no,
                grade=words.word(form.grade.data),
            ),
            "lot",
            lot=lot,
        ),
        title=_("改判等级"),
        lot=known,
        lead=_("不合格的批次，报告数值符合较低等级的，可以改判。冻结仍须县局解除。"),
    )
