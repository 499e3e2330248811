"""Forms: what was typed, read by the domain's own parsers, with every message beside its field.

A form keeps what was typed; a refusal of the use case is shown beside the field it belongs to.
"""

import secrets
from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar

from flask import g, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from markupsafe import Markup
from wtforms import (
    BooleanField,
    Field,
    HiddenField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.widgets import CheckboxInput, ListWidget

from traceability.domain import units
from traceability.domain.errors import Refusal
from traceability.domain.marks import SerialRange, read_ranges
from traceability.web.errors import refusal_text
from traceability.web.guard import change, look, row_number

Result = TypeVar("Result")


class Parsed(StringField):
    """A text read by one of the domain's parsers. `optional` gives None for an empty text."""

    data: Any

    def __init__(
        self,
        label: Any = None,
        *,
        parse: Callable[[str], Any],
        optional: bool = False,
        unit: Any = "",
        kind: str = "text",
        mode: str = "text",
        **kwargs: Any,
    ) -> None:
        super().__init__(label, **kwargs)
        self.parse, self.optional, self.unit, self.kind, self.mode = parse, optional, unit, kind, mode
        self.typed = ""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read what was typed; a refusal becomes the field's error."""
        self.typed = valuelist[0] if valuelist else ""
        self.data = None
        if not self.typed.strip() and self.optional:
            return
        try:
            self.data = self.parse(self.typed)
        except Refusal as error:
            raise ValueError(refusal_text(error)) from error

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return "" if self.data is None else str(self.data)


def weight(label: Any, *, zero: bool = False, **kwargs: Any) -> Parsed:
    """A weight in kilograms, or with a unit of its own; whole grams."""
    parse = units.parse_weight_or_zero if zero else units.parse_weight
    return Parsed(label, parse=parse, unit=_("千克"), mode="decimal", **kwargs)


def count(label: Any, *, unit: Any = "", **kwargs: Any) -> Parsed:
    """A whole number above nothing."""
    return Parsed(label, parse=units.parse_count, unit=unit, mode="numeric", **kwargs)


def whole(label: Any, *, unit: Any = "", **kwargs: Any) -> Parsed:
    """A whole number, nothing included."""
    return Parsed(label, parse=_whole, unit=unit, mode="numeric", **kwargs)


def _whole(text: str) -> int:
    return 0 if text.strip() in {"0", "０"} else units.parse_count(text)


def percent(label: Any, **kwargs: Any) -> Parsed:
    """A percentage as an exact decimal."""
    return Parsed(label, parse=units.parse_percent, unit="%", mode="decimal", **kwargs)


def area(label: Any, **kwargs: Any) -> Parsed:
    """An area in mu."""
    return Parsed(label, parse=units.parse_area, unit=_("亩"), mode="decimal", **kwargs)


def day(label: Any, **kwargs: Any) -> Parsed:
    """A day in Asia/Shanghai."""
    return Parsed(label, parse=units.parse_day, kind="date", **kwargs)


def moment(label: Any, **kwargs: Any) -> Parsed:
    """A date and time in Asia/Shanghai, as a UTC moment."""
    return Parsed(label, parse=units.parse_moment, kind="datetime-local", **kwargs)


def serials(label: Any, **kwargs: Any) -> Parsed:
    """Ranges of control numbers."""
    return Parsed(label, parse=read_ranges, **kwargs)


def local_moment(at: Any) -> str:
    """A moment as a `datetime-local` input has it."""
    return units.local(at).strftime("%Y-%m-%dT%H:%M")


class Choices(SelectField):
    """One of a list; `coerce` makes the value, an empty choice is None."""

    def __init__(self, label: Any = None, *, choices: Iterable[tuple[Any, Any]] = (), **kwargs: Any) -> None:
        super().__init__(label, validate_choice=True, **kwargs)
        self.choices = list(choices)  # pairs are still read here, only the constructor warns of them


class Ticks(SelectMultipleField):
    """Several of a list, as check boxes."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class Form(FlaskForm):
    """A form with a request key: sent twice, it is done once (FRAUD F18)."""

    key = HiddenField(default=lambda: secrets.token_urlsafe(12))
    #: The code of the refusal shown, for whoever is asked for help on the telephone.
    refusal_code = ""

    def show(self, error: Refusal) -> None:
        """Put a refusal beside the field it belongs to, or on top."""
        name = str(error.facts.get("field") or error.field or "")
        text, self.refusal_code = refusal_text(error), error.code
        target = self._fields.get(name)
        if target is None or target.type in {"CSRFTokenField", "HiddenField"}:
            self.form_errors.append(text)
        else:
            target.errors = [*target.errors, text]

    @property
    def refused(self) -> bool:
        """Whether there is anything to mend."""
        return bool(self.errors) or bool(self.form_errors)


def submit(form: Form, act: Callable[[Any], Result]) -> Result | None:
    """Run a use case in one change; None when it was refused, with the reason in the form."""
    if not form.validate_on_submit():
        return None
    try:
        with change() as work:
            return act(work)
    except Refusal as error:
        form.show(error)
        return None


def preview(form: Form, act: Callable[[Any], Result]) -> Result | None:
    """Run a use case and undo it: what it would do."""
    if not form.validate_on_submit():
        return None
    try:
        with look() as work:
            return act(work)
    except Refusal as error:
        form.show(error)
        return None


def page(template: str, form: Form | None = None, **context: Any) -> ResponseReturnValue:
    """A page; 422 when its form was refused."""
    status = 422 if form is not None and request.method == "POST" and form.refused else 200
    return render_template(template, form=form, **context), status


def keyed(prefix: str, parse: Callable[[str], Any]) -> dict[int, Any]:
    """What was typed into a table of rows, by row id: inputs named `prefix-ID`, empty ones left out.

    Errors are kept in `g.row_errors`, by input name, for the template to show beside the row.
    """
    found: dict[int, Any] = {}
    errors: dict[str, str] = g.setdefault("row_errors", {})
    for name, typed in request.form.items():
        start, _dash, number = name.rpartition("-")
        row = _row(number) if start == prefix and typed.strip() else None
        if row is not None:
            try:
                found[row] = parse(typed)
            except Refusal as error:
                errors[name] = refusal_text(error)
    return found


def _row(text: str) -> int | None:
    try:
        return row_number(text)
    except ValueError:
        return None


def rows_ok(form: Form) -> bool:
    """Whether no row of a table was unreadable; else the form says so."""
    if g.get("row_errors"):
        form.form_errors.append(str(_("请改正表中标出的内容。")))
        return False
    return True


def typed_rows() -> Mapping[str, str]:
    """What was typed, for refilling a table."""
    return request.form


__all__ = [
    "BooleanField",
    "Choices",
    "Field",
    "FileField",
    "Form",
    "HiddenField",
    "Markup",
    "Parsed",
    "SerialRange",
    "StringField",
    "TextAreaField",
    "Ticks",
    "area",
    "count",
    "day",
    "keyed",
    "local_moment",
    "moment",
    "page",
    "percent",
    "preview",
    "rows_ok",
    "serials",
    "submit",
    "typed_rows",
    "weight",
    "whole",
]
