"""The firm's right to the mark: where it stands, applying for it with documents, answering the county, its history."""

from collections.abc import Callable
from typing import Any

from flask import url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from traceability.domain import units
from traceability.domain.authorising import MOVES, OPEN, ApplicationState, Paper
from traceability.domain.people import May
from traceability.domain.profile import Grade
from traceability.services import applications, authorised
from traceability.services.applications import HandedIn
from traceability.services.oversight import LARGEST_FILE
from traceability.web import words
from traceability.web.enterprise.door import METHODS, answer, ask, bp, done, firm, one_of
from traceability.web.forms import FileField, Form, TextAreaField, Ticks, page
from traceability.web.guard import allow, look, me, moment


class PapersForm(Form):
    """Documents by what they are, each in a field of its own."""

    licence = FileField()
    food_licence = FileField()
    origin = FileField()
    report = FileField()
    quality = FileField()
    other = FileField()

    @property
    def papers(self) -> list[tuple[Paper, Any]]:
        """What each field is for."""
        return [(one, self[one.value]) for one in Paper]

    @property
    def files(self) -> list[HandedIn]:
        """What was chosen."""
        chosen = [(one, field.data) for one, field in self.papers if getattr(field.data, "filename", "")]
        return [HandedIn(one, str(file.filename), _bytes(file)) for one, file in chosen]


def _bytes(file: Any) -> bytes:
    file.stream.seek(0)
    return bytes(file.read())


class ApplyForm(PapersForm):
    """What is applied for, and the documents that go with it."""

    right_basis = one_of(_l("用标依据"), coerce=str)
    scope = Ticks(_l("产品等级"), validate_choice=True)
    standard = one_of(_l("执行标准"), coerce=str)
    words = TextAreaField(_l("说明（可不填）"))


class AddForm(PapersForm):
    """What the firm adds or answers."""

    words = TextAreaField(_l("说明"))


class TakeBackForm(Form):
    """Why the application is taken back."""

    reason = TextAreaField(_l("撤回的理由"))


@bp.get("/authorisation")
@allow(May.READ_CHAIN)
def authorisation() -> ResponseReturnValue:
    """Where the firm's right stands, its applications, and everything that was ever done about it."""
    with look() as work:
        own = firm(work)
        found = applications.applications(work, by=me())
        past = authorised.history(work, by=me(), enterprise=own.enterprise.id, now=moment())
    addresses = {one.no: url_for("enterprise.right_application", number=one.id) for one in found}
    return page(
        "enterprise/authorisation.html",
        own=own,
        found=found,
        past=past,
        address=addresses.get,
        open=next((one for one in found if one.is_open), None),
        now=moment(),
        today=units.local_day(moment()),
    )


@bp.route("/authorisation/apply", methods=METHODS)
@allow(May.APPLY)
def apply() -> ResponseReturnValue:
    """Apply for the right, or for another right or more grades."""
    form, profile = ApplyForm(), words.profile()
    form.right_basis.choices = [("", _("请选择")), *((one.key, words.named(one)) for one in profile.rights)]
    form.scope.choices = [(one.grade.value, words.named(one)) for one in profile.grades]
    standard = profile.edition_on(units.local_day(moment())).code
    form.standard.choices = [(standard, standard)]
    with look() as work:
        own = firm(work)
        found = applications.applications(work, by=me())
    return answer(
        form,
        ask(
            form,
            applications.apply_for_right,
            right_basis=form.right_basis.data or "",
            scope=[Grade(one) for one in form.scope.data or [] if one in list(Grade)],
            standard=form.standard.data or "",
            words=form.words.data or "",
            files=form.files,
        ),
        lambda number: done(_("申请已提交，等县局初审。"), "right_application", number=number),
        "enterprise/apply.html",
        own=own,
        largest_mb=LARGEST_FILE // (1024 * 1024),
        open=next((one for one in found if one.is_open), None),
    )


@bp.get("/authorisation/<int:number>")
@allow(May.READ_CHAIN)
def right_application(number: int) -> ResponseReturnValue:
    """One application: what was asked, its documents, what was done about it, and what the firm can do."""
    return _page(number)


@bp.route("/authorisation/<int:number>/add", methods=METHODS)
@allow(May.APPLY)
def add_to_application(number: int) -> ResponseReturnValue:
    """Answer what the county asked for, or add documents."""
    form = AddForm()
    act = ask(
        form,
        applications.add_to_application,
        application=number,
        words=form.words.data or "",
        files=form.files,
    )
    return _done(form, act, number, _("材料已提交，等县局初审。"), adding=form)


@bp.route("/authorisation/<int:number>/take-back", methods=METHODS)
@allow(May.APPLY)
def take_back_application(number: int) -> ResponseReturnValue:
    """The firm does not want it decided any more."""
    form = TakeBackForm()
    act = ask(form, applications.take_back, application=number, reason=form.reason.data or "")
    return _done(form, act, number, _("申请已撤回。"), taking=form)


def _done(
    form: Form, act: Callable[[Any], object], number: int, said: str, **forms: Form
) -> ResponseReturnValue:
    shown = _shown(number) | forms
    return answer(
        form,
        act,
        lambda _number: done(said, "right_application", number=number),
        "enterprise/application.html",
        **shown,
    )


def _page(number: int) -> ResponseReturnValue:
    return page("enterprise/application.html", None, **_shown(number))


def _shown(number: int) -> dict[str, Any]:
    with look() as work:
        found = applications.application(work, by=me(), number=number)
    state = found.application.state
    return {
        "found": found,
        "told": found.application,
        "moves": MOVES,
        "filed_on": units.local_day(found.application.filed_at),
        "document": lambda one: url_for("enterprise.document", number=one.document.id),
        "may_add": state in (ApplicationState.FILED, ApplicationState.RETURNED),
        "may_take_back": state in OPEN,
        "adding": AddForm(formdata=None),
        "taking": TakeBackForm(formdata=None),
        "largest_mb": LARGEST_FILE // (1024 * 1024),
    }
