"""What the stages of the desk share: the blueprint, fields every form has, tables of lots, lists, and the answer."""

import re
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any, TypeVar

from flask import Blueprint, abort, flash, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response
from wtforms.validators import InputRequired

from traceability.domain import units
from traceability.domain.people import FIRM_ROLES, May
from traceability.domain.profile import Grade
from traceability.services import chain, people
from traceability.web import forms, words
from traceability.web.enterprise import outlook
from traceability.web.enterprise.stock import (
    StockForm,
)
from traceability.web.forms import Choices, Form, Parsed, StringField, TextAreaField
from traceability.web.guard import look, me, moment
from traceability.web.showing import Slice, searched, sliced

bp = Blueprint("enterprise", __name__, url_prefix="/desk")

Row = TypeVar("Row")
Result = TypeVar("Result")
View = TypeVar("View", bound=Callable[..., Any])
METHODS = ["GET", "POST"]


@bp.after_request
def _keep_no_copy(response: Response) -> Response:
    """Pages of the desk stay in no cache: the machine may be shared."""
    response.headers.setdefault("Cache-Control", "no-store")
    return response


@bp.before_request
def _firms_only() -> None:
    """Some permissions are of firms and offices alike, to amend for one: each has a door of its own for them."""
    if me().role not in FIRM_ROLES:
        abort(403)


def staged(rule: str) -> Callable[[View], View]:
    """A page whose form is done by posting it, and only tried by posting it to the same address and `/preview`."""

    def opened(view: View) -> View:
        name = f"{view.__name__}_preview"
        outlook.PREVIEWS.add(f"{bp.name}.{name}")
        bp.add_url_rule(rule, view_func=view, methods=METHODS)
        bp.add_url_rule(rule + outlook.SUFFIX, name, view, methods=METHODS)
        return view

    return opened


# --- answering ------------------------------------------------------------------------------------------------


def done(text: str, endpoint: str, **values: Any) -> ResponseReturnValue:
    """A receipt in words, then the page it belongs to."""
    flash(text, "done")
    return redirect(url_for(f"enterprise.{endpoint}", **values), 303)


def answer(
    form: Form,
    act: Callable[[Any], Result],
    then: Callable[[Result], ResponseReturnValue],
    template: str = "enterprise/form.html",
    **shown: Any,
) -> ResponseReturnValue:
    """Do what a form asks, once; the form again when it was refused, with all that was typed."""
    if outlook.asked():
        return outlook.tried(form, act, template, **shown)
    result = forms.submit(form, act) if _rows_fine(form) else None
    if result is not None:
        return then(result)
    if isinstance(form, StockForm):
        shown["staged"] = outlook.addresses()
        form.tell_moved()
    return forms.page(template, form, **shown)


def ask(form: Form, use_case: Callable[..., Result], **asked: Any) -> Callable[[Any], Result]:
    """The use case a form asks for: by whoever is signed in, now, and once however often it is sent.

    When it is only tried, the request key is left for the real one.
    """

    def act(work: Any) -> Result:
        if outlook.asked():
            return use_case(work, by=me(), now=moment(), **asked)
        done = use_case(work, by=me(), now=moment(), key=form.key.data, **asked)
        if isinstance(form, StockForm):
            form.confirm(work, done)
        return done

    return act


def _rows_fine(form: Form) -> bool:
    """Unreadable rows are told together with unreadable fields."""
    if request.method == "POST" and g.get("row_errors"):
        form.validate()
        return forms.rows_ok(form)
    return True


def firm(work: Any) -> people.FirmLine:
    """The firm of whoever is signed in, and where its authorisation stands."""
    return people.enterprise(work, by=me(), number=me().firm(May.READ_CHAIN), now=moment())


def about(lot: int, form: Form | None = None) -> chain.Dossier:
    """The lot a form is about; raise `LotUnknown`. A form about stock remembers how much of it is there."""
    with look() as work:
        if isinstance(form, StockForm):
            form.lines = chain.stocks_of(work, by=me(), lots=[lot])
        return chain.dossier(work, by=me(), lot=lot)


# --- fields -----------------------------------------------------------------------------------------------------


def now_local() -> str:
    """This minute, as a field for a date and a time has it."""
    return forms.local_moment(moment())


def at_field(label: Any = None) -> Parsed:
    """When it happened; now unless said otherwise."""
    return forms.moment(label or _l("时间"), default=now_local)


def reason_field(label: Any = None) -> TextAreaField:
    """A reason in words."""
    return TextAreaField(label or _l("原因"))


def own_no(label: Any) -> StringField:
    """A number the firm gives itself; the next running one when left empty."""
    return StringField(label)


def cell(text: str) -> int:
    """A cell of a used sheet, as people count them: from 1."""
    return units.parse_count(text) - 1


def optional(coerce: Callable[[str], Any]) -> Callable[[Any], Any]:
    """A choice that may be left open: an empty one is None."""
    return lambda value: coerce(value) if value else None


def one_of(label: Any, coerce: Callable[[str], Any] = int) -> Choices:
    """Something that has to be chosen: nothing is chosen by mere leaving it."""
    return Choices(label, coerce=optional(coerce), validators=[InputRequired(_l("请选择。"))])


def choices(found: Iterable[tuple[Any, str]]) -> list[tuple[Any, Any]]:
    """What there is to choose from; where there is only one, it is chosen."""
    listed = list(found)
    return listed if len(listed) == 1 else [("", _l("请选择")), *listed]


def grades(label: Any, *, empty: Any = None) -> "GradeChoices":
    """A product grade; with `empty` it may be left open, and that is what the open choice says."""
    needed = [] if empty else [InputRequired(_l("请选择。"))]
    return GradeChoices(label, coerce=optional(Grade), empty=empty or _l("请选择"), validators=needed)


class GradeChoices(Choices):
    """Product grades in the profile's order and the reader's language."""

    def __init__(self, label: Any = None, *, empty: Any, **kwargs: Any) -> None:
        super().__init__(label, **kwargs)
        self.choices = [("", empty), *((one.value, words.word(one)) for one in Grade)]


def read_grams(text: str) -> int:
    """Grams where grams are what people write; another unit may be named."""
    named = re.search(r"[^\d\s.,．，]\s*$", text.strip())
    return units.parse_weight_or_zero(text if named or not text.strip() else f"{text}g")


def grams(label: Any, **kwargs: Any) -> Parsed:
    """A small weight written in grams, such as spill; none is nothing."""
    return Parsed(label, parse=read_grams, unit=_l("克"), mode="decimal", **kwargs)


# --- lists ------------------------------------------------------------------------------------------------------------


def listing(found: Iterable[Row], text: Callable[[Row], Iterable[str | None]]) -> Slice[Row]:
    """The page asked for of the rows that hold every word of the search."""
    return sliced(searched(found, text))


def hours_since(at: datetime) -> int:
    """Whole hours from a moment to now."""
    return int((moment() - at).total_seconds() // 3600)
