"""Test reports as the firm enters them, and a failed batch declared as a lower grade."""

from typing import Any

from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from traceability.domain.chain import Lot
from traceability.domain.people import May
from traceability.domain.units import local_day
from traceability.services import chain
from traceability.web import words
from traceability.web.enterprise.door import METHODS, about, answer, ask, bp, done, grades, reason_field
from traceability.web.forms import Form
from traceability.web.guard import allow, me, moment
from traceability.web.showing import ReportForm, limit_text, limits_of, report_form


@bp.route("/lots/<int:lot>/report", methods=METHODS)
@allow(May.RECORD_CHAIN)
def report(lot: int) -> ResponseReturnValue:
    """Enter the report of a batch, with its file; a failing value holds the batch at once."""
    form = report_form(words.profile())()
    known = about(lot)
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


class RedeclareForm(Form):
    """The lower grade a failed batch is declared as."""

    grade = grades(_l("改判为"))
    reason = reason_field()


@bp.route("/lots/<int:lot>/redeclare", methods=METHODS)
@allow(May.RECORD_CHAIN)
def redeclare(lot: int) -> ResponseReturnValue:
    """A failed batch to a lower grade whose limits it meets."""
    form = RedeclareForm()
    known = about(lot)
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
