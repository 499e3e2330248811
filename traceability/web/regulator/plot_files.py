"""One plot: its survey and which check of it was made, its allowance, its history, and what waits to be decided."""

from io import BytesIO

from flask import send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from traceability.domain.people import May
from traceability.domain.units import local_day
from traceability.services import oversight
from traceability.services.people import changes
from traceability.web import words
from traceability.web.forms import Form, TextAreaField, page
from traceability.web.guard import allow, look, me, moment
from traceability.web.regulator.door import ReasonForm, bp
from traceability.web.regulator.plots import ApprovePlotForm
from traceability.web.showing import carry_out


class ApproveForm(Form):
    """Letting a change hold."""

    reason = TextAreaField(_l("理由"), id="approve-reason")


@bp.get("/plots/<int:number>")
@allow(May.OVERSEE)
def plot(number: int) -> ResponseReturnValue:
    """A plot with everything that is known of it."""
    return _page(number)


@bp.get("/plots/photos/<int:number>")
@allow(May.OVERSEE)
def plot_photo(number: int) -> ResponseReturnValue:
    """The photo of a survey."""
    with look() as work:
        content = changes.survey_photo(work, by=me(), change=number)
    return send_file(BytesIO(content), mimetype="image/jpeg", download_name=f"{number}.jpg")


@bp.post("/plots/<int:number>/changes/<int:change>/approve")
@allow(May.APPROVE_PLOT)
def approve_change(number: int, change: int) -> ResponseReturnValue:
    """Let a change hold from now on."""
    form = ApproveForm()
    done = carry_out(
        form,
        lambda work: changes.approve_change(
            work, by=me(), now=moment(), change=change, reason=form.reason.data or "", key=form.key.data
        ),
        said=_("变更已核准，从现在起有效。"),
        to=url_for("regulator.plot", number=number),
    )
    return done or _page(number, approve=form)


@bp.post("/plots/<int:number>/changes/<int:change>/refuse")
@allow(May.APPROVE_PLOT)
def refuse_change(number: int, change: int) -> ResponseReturnValue:
    """Leave the plot as it is."""
    form = ReasonForm()
    done = carry_out(
        form,
        lambda work: changes.refuse_change(
            work, by=me(), now=moment(), change=change, reason=form.reason.data or "", key=form.key.data
        ),
        said=_("变更未予核准，地块保持原来的登记。"),
        to=url_for("regulator.plot", number=number),
    )
    return done or _page(number, refuse=form)


def _page(number: int, approve: Form | None = None, refuse: Form | None = None) -> ResponseReturnValue:
    today = local_day(moment())
    with look() as work:
        found = changes.plot_file(work, by=me(), day=today, plot=number)
        known = oversight.findings(work, by=me(), plot=found.plot)
    return page(
        "regulator/plot.html",
        approve or refuse,
        found=found,
        findings=known,
        named=me().may(May.APPROVE_PLOT),
        register=ApprovePlotForm(formdata=None),
        approve=approve or ApproveForm(formdata=None),
        refuse=refuse or ReasonForm(formdata=None),
        today=today,
        part=words.profile().season_part(today),
    )
