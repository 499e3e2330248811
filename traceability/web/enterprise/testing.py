"""Test reports as the firm enters them, and a failed batch declared as a lower grade."""

from decimal import Decimal
from functools import lru_cache
from typing import Any

from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from traceability.domain import units
from traceability.domain.chain import Lot
from traceability.domain.errors import Refusal, ValueMissing
from traceability.domain.people import May
from traceability.domain.profile import Limit, Parameter, Profile
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
    label = _named(parameter)
    if parameter.yes_no:
        choices = [("", _l("请选择")), ("yes", _l("是")), ("no", _l("否"))]
        return Choices(label, choices=choices, coerce=lambda v: v if isinstance(v, bool) else _yes_no(v))
    return Parsed(label, parse=_read_value, optional=True, unit=parameter.unit, mode="decimal")


def _named(parameter: Parameter) -> Any:
    """The parameter's name in the language of each request."""
    return words.Lazy(parameter) if hasattr(words, "Lazy") else parameter.zh


@lru_cache
def report_form(profile: Profile) -> type[ReportForm]:
    """The report form of a profile."""
    values = {f"value_{one.key}": _value_field(one) for one in profile.parameters}
    return type("ProfileReportForm", (ReportForm,), values)
