"""Test reports as the firm enters them, and a failed batch declared as a lower grade."""

from decimal import Decimal
from typing import Any

from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from traceability.domain import units
from traceability.domain.errors import Refusal, ValueMissing
from traceability.domain.people import May
from traceability.domain.profile import Limit, Parameter, Profile
from traceability.domain.units import local_day
from traceability.services import chain
from traceability.web import forms, words
from traceability.web.enterprise.door import METHODS, answer, bp, done, grades, reason_field
from traceability.web.forms import Choices, FileField, Form, Parsed, StringField
from traceability.web.guard import allow, look, me, moment


class ReportForm(Form):
    """A test report; the values of the profile's parameters are added as `value_KEY`."""

    report_no = StringField(_l("报告编号"))
    lab = StringField(_l("检验机构"))
    reported_on = forms.day(_l("报告日期"))
    file = FileField(_l("报告文件（PDF 或照片）"))

    def show(self, error: Refusal) -> None:
        """A missing value is shown beside its own field."""
        if isinstance(error, ValueMissing):
            error.facts["field"] = f"value_{error.facts['parameter']}"
        super().show(error)

    @property
    def tested(self) -> dict[str, Decimal | bool]:
        """What was typed, by parameter; what the report does not say is left out."""
        typed = {name.removeprefix("value_"): f.data for name, f in self._fields.items() if name.startswith("value_")}
        return {key: value for key, value in typed.items() if value is not None}


def _read_value(text: str) -> Decimal:
    return units.parse_decimal(text, Decimal(0), Decimal(1_000_000), units=("%", "mg/kg"))


def _yes_no(value: str) -> bool | None:
    return {"yes": True, "no": False}.get(value)


def _value_field(parameter: Parameter) -> Any:
    label = LazyString(words.named, parameter)
    if parameter.yes_no:
        choices = [("", _l("请选择")), ("yes", _l("是")), ("no", _l("否"))]
        return Choices(label, choices=choices, coerce=lambda v: v if isinstance(v, bool) else _yes_no(v))
    return Parsed(label, parse=_read_value, optional=True, unit=parameter.unit, mode="decimal")


def report_form(profile: Profile) -> type[ReportForm]:
    """The report form of a profile."""
    values = {f"value_{one.key}": _value_field(one) for one in profile.parameters}
    return type("ProfileReportForm", (ReportForm,), values)


@bp.route("/lots/<int:lot>/report", methods=METHODS)
@allow(May.RECORD_CHAIN)
def report(lot: int) -> ResponseReturnValue:
    """Enter the report of a batch, with its file; a failing value holds the batch at once."""
    form = report_form(words.profile())()
    with look() as work:
        known = chain.dossier(work, by=me(), lot=lot)
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
    handed_in = form.file.data
    chain.record_report(
        work,
        by=me(),
        now=moment(),
        batch=lot,
        report_no=form.report_no.data or "",
        lab=form.lab.data or "",
        reported_on=form.reported_on.data,
        tested=form.tested,
        file_name=handed_in.filename if handed_in else "",
        content=handed_in.read() if handed_in else b"",
        key=form.key.data,
    )
    return chain.batch_status(work, chain.dossier(work, by=me(), lot=lot).lot)


def _told(status: chain.BatchStatus, no: str) -> str:
    if status.judgement is not None and not status.judgement.passed:
        failing = words.listed(words.parameter(one) for one in status.judgement.failing)
        return _("报告已登记。批次 %(lot)s 不合格：%(failing)s，批次已冻结。", lot=no, failing=failing)
    return _("报告已登记。批次 %(lot)s 各项符合本等级，等县局对照报告确认。", lot=no)


def _limits(batch: Any) -> dict[str, str]:
    """What each value has to keep to for the batch's grade, as a hint beside its field."""
    if batch.grade is None:
        return {}
    edition = words.profile().edition_on(local_day(moment()))
    limits = words.profile().limits(edition, batch.grade)
    return {f"value_{one.parameter}": limit_text(one) for one in limits if not one.yes_no}


def limit_text(limit: Limit) -> str:
    """A limit in words: at most, at least, or a yes."""
    if limit.yes_no:
        return _("应为“是”")
    unit = words.profile().parameter(limit.parameter).unit
    sign, value = ("≤", limit.at_most) if limit.at_most is not None else ("≥", limit.at_least)
    return f"{sign} {value} {unit}"


class RedeclareForm(Form):
    """The lower grade a failed batch is declared as."""

    grade = grades(_l("改判为"))
    reason = reason_field()


@bp.route("/lots/<int:lot>/redeclare", methods=METHODS)
@allow(May.RECORD_CHAIN)
def redeclare(lot: int) -> ResponseReturnValue:
    """A failed batch to a lower grade whose limits it meets."""
    form = RedeclareForm()
    with look() as work:
        known = chain.dossier(work, by=me(), lot=lot)
    return answer(
        form,
        lambda work: chain.redeclare(
            work,
            by=me(),
            now=moment(),
            batch=lot,
            grade=form.grade.data,
            reason=form.reason.data or "",
            key=form.key.data,
        ),
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
