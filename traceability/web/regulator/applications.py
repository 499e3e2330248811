"""Applications for the right to the mark: queue, page of each, the county's review, the prefecture's decision."""

from collections.abc import Callable
from typing import Any

from flask import url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from traceability.domain import units
from traceability.domain.authorising import MOVES, ApplicationState
from traceability.domain.people import May
from traceability.domain.profile import Grade
from traceability.services import applications as cases
from traceability.services import authorised, people
from traceability.web import words
from traceability.web.forms import Form, StringField, TextAreaField, Ticks, day, page
from traceability.web.guard import allow, look, me, moment
from traceability.web.regulator.door import ReasonForm, bp, firms_of
from traceability.web.regulator.holds import shown
from traceability.web.showing import carry_out, chosen, searched, sliced

TABS = (*ApplicationState, "all")


class ForwardForm(Form):
    """Why the county has no objection."""

    reason = TextAreaField(_l("初审意见"))


class ReturnForm(Form):
    """What is missing."""

    missing = TextAreaField(_l("缺什么、要补什么"))


class GrantForm(Form):
    """What the announcement says; the right is the one applied for."""

    announcement_no = StringField(_l("公告号"))
    scope = Ticks(_l("核准等级"), validate_choice=True)
    valid_from = day(_l("有效期自"))
    valid_until = day(_l("有效期至"))


@bp.get("/applications")
@allow(May.OVERSEE)
def applications() -> ResponseReturnValue:
    """Applications by state, those first that wait for the reader's office."""
    state = chosen(TABS, _turn())
    with look() as work:
        found = cases.applications(work, by=me())
        firms = firms_of(work, [one.enterprise for one in found])
    rows = searched(
        [one for one in found if state in ("all", one.state)],
        lambda one: (one.no, firms[one.enterprise].name, firms[one.enterprise].uscc),
    )
    tabs = [(name, sum(1 for one in found if name in ("all", one.state))) for name in TABS]
    return page("regulator/applications.html", rows=sliced(rows), firms=firms, state=state, tabs=tabs)


def _turn() -> str:
    """The state that waits for the reader's office."""
    if me().may(May.REVIEW):
        return ApplicationState.FILED
    return ApplicationState.PASSED if me().may(May.AUTHORISE) else "all"


@bp.get("/applications/<int:number>")
@allow(May.OVERSEE)
def application(number: int) -> ResponseReturnValue:
    """One application with its documents, what was done about it, and the decision."""
    return _page(number)


@bp.get("/applications/<int:number>/documents/<int:document>")
@allow(May.OVERSEE)
def application_document(number: int, document: int) -> ResponseReturnValue:
    """A document of an application within reach."""
    with look() as work:
        return shown(*cases.application_document(work, by=me(), application=number, document=document))


@bp.route("/applications/<int:number>/forward", methods=["GET", "POST"])
@allow(May.REVIEW)
def forward_application(number: int) -> ResponseReturnValue:
    """The county passes it on."""
    form = ForwardForm()
    return _decide(
        number,
        form,
        lambda work: cases.pass_on(work, application=number, reason=form.reason.data or "", **_by(form)),
        _("已初审通过，报州局决定。"),
        forwarding=form,
    )


@bp.route("/applications/<int:number>/return", methods=["GET", "POST"])
@allow(May.REVIEW)
def return_application(number: int) -> ResponseReturnValue:
    """The county says what is missing."""
    form = ReturnForm()
    return _decide(
        number,
        form,
        lambda work: cases.send_back(work, application=number, missing=form.missing.data or "", **_by(form)),
        _("已退回企业补正。"),
        returning=form,
    )


@bp.route("/applications/<int:number>/grant", methods=["GET", "POST"])
@allow(May.AUTHORISE)
def grant_application(number: int) -> ResponseReturnValue:
    """The prefecture announces the right."""
    form = GrantForm()
    _offer(form, number)
    return _decide(
        number, form, lambda work: _grant(work, number, form), _("已核准，公众名单已更新。"), granting=form
    )


def _offer(form: GrantForm, number: int) -> None:
    """The grades that were asked for, all of them until somebody takes one out."""
    with look() as work:
        asked = cases.application(work, by=me(), number=number).application
    form.scope.choices = [(one.value, words.word(one)) for one in asked.scope]
    if not form.is_submitted():
        form.scope.data = [one.value for one in asked.scope]


def _grant(work: Any, number: int, form: GrantForm) -> int:
    return cases.grant_application(
        work,
        application=number,
        announcement_no=form.announcement_no.data or "",
        scope=[Grade(one) for one in form.scope.data or []],
        valid_from=form.valid_from.data,
        valid_until=form.valid_until.data,
        **_by(form),
    )


@bp.route("/applications/<int:number>/refuse", methods=["GET", "POST"])
@allow(May.AUTHORISE)
def refuse_application(number: int) -> ResponseReturnValue:
    """The prefecture refuses."""
    form = ReasonForm()
    return _decide(
        number,
        form,
        lambda work: cases.refuse_application(
            work, application=number, reason=form.reason.data or "", **_by(form)
        ),
        _("已作出不予核准的决定。"),
        refusing=form,
    )


def _by(form: Form) -> dict[str, Any]:
    return {"by": me(), "now": moment(), "key": form.key.data}


def _decide(
    number: int, form: Form, act: Callable[[Any], object], said: object, **forms: Form
) -> ResponseReturnValue:
    to = url_for("regulator.application", number=number)
    return carry_out(form, act, said=said, to=to) or _page(number, form, **forms)


def _page(number: int, form: Form | None = None, **forms: Form) -> ResponseReturnValue:
    with look() as work:
        found = cases.application(work, by=me(), number=number)
        firm = people.enterprise(work, by=me(), number=found.firm.id, now=moment())
    if "granting" not in forms and me().may(May.AUTHORISE):
        forms["granting"] = GrantForm(formdata=None)
        forms["granting"].scope.choices = [(one.value, words.word(one)) for one in found.application.scope]
        forms["granting"].scope.data = [one.value for one in found.application.scope]
    empty: dict[str, Form] = {
        "forwarding": ForwardForm(formdata=None),
        "returning": ReturnForm(formdata=None),
        "refusing": ReasonForm(formdata=None),
    }
    return page(
        "regulator/application.html",
        form,
        found=found,
        told=found.application,
        firm=firm,
        document=lambda one: url_for(
            "regulator.application_document", number=number, document=one.document.id
        ),
        moves=MOVES,
        today=units.local_day(moment()),
        **(empty | forms),
    )


@bp.get("/enterprises/<int:number>/rights")
@allow(May.OVERSEE)
def rights(number: int) -> ResponseReturnValue:
    """The history of a firm's rights: who did what, and when."""
    with look() as work:
        firm = people.enterprise(work, by=me(), number=number, now=moment())
        past = authorised.history(work, by=me(), enterprise=number, now=moment())
        found = [one for one in cases.applications(work, by=me()) if one.enterprise == number]
    addresses = {one.no: url_for("regulator.application", number=one.id) for one in found}
    return page("regulator/rights.html", firm=firm, past=past, address=addresses.get)
