"""Gardens: what each may still give, plots waiting for approval, and the office's own allowance."""

from typing import Any

from flask import url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from traceability.domain import units
from traceability.domain.errors import PlotUnknown
from traceability.domain.people import May, Plot, PlotState
from traceability.services import chain, oversight, people
from traceability.services.people import changes
from traceability.web import words
from traceability.web.forms import Choices, Form, TextAreaField, count, day, page, weight
from traceability.web.guard import allow, look, me, moment
from traceability.web.regulator.door import bp
from traceability.web.showing import carry_out, chosen, searched, sliced

STATES = ("active", "proposed")


class ApprovePlotForm(Form):
    """From which day leaf may be taken; today when left empty."""

    day = day(_l("生效日期（留空为今天）"), optional=True)


class AllowanceForm(Form):
    """The office's own allowance for a plot."""

    season = count(_l("年度"))
    part = Choices(_l("季段"))
    grams = weight(_l("鲜叶额度"), zero=True)
    reason = TextAreaField(_l("理由"))


@bp.get("/plots")
@allow(May.OVERSEE)
def plots() -> ResponseReturnValue:
    """Plots with what they may still give today, or those waiting for approval."""
    return _list(ApprovePlotForm(formdata=None))


def _list(form: Form, state: str | None = None) -> ResponseReturnValue:
    today = units.local_day(moment())
    with look() as work:
        found = people.plots(work, by=me())
        state = state or chosen(STATES, "active")
        growers = _growers(work)
        rows = sliced(_searched([one for one in found if one.state == state], growers))
        shown = rows.rows if state == PlotState.ACTIVE else []
        waiting = changes.open_changes(work, by=me())
        left = {one.id: chain.allowance_of(work, one, today) for one in shown}
    tabs = [(name, sum(1 for one in found if one.state == name)) for name in STATES]
    return page(
        "regulator/plots.html", form,
        rows=rows, left=left, growers=growers, waiting=waiting, state=state, tabs=tabs, today=today,
        part=words.profile().season_part(today),
    )  # fmt: skip


def _growers(work: Any) -> dict[int, str]:
    """Names of growers, for those who decide on plots."""
    if not me().may(May.APPROVE_PLOT):
        return {}
    return {number: name for number, _no, _kind, name, _where in people.growers(work, by=me())}


def _searched(found: list[Plot], growers: dict[int, str]) -> list[Plot]:
    return searched(
        found, lambda one: (one.no, one.place, words.county(one.township), growers.get(one.grower))
    )


@bp.route("/plots/<int:number>/approve", methods=["GET", "POST"])
@allow(May.APPROVE_PLOT)
def approve_plot(number: int) -> ResponseReturnValue:
    """Approve a proposed plot."""
    form = ApprovePlotForm()
    with look() as work:
        plot = _plot(work, number)
    done = carry_out(
        form,
        lambda work: people.approve_plot(
            work, by=me(), now=moment(), plot=number, day=form.day.data, key=form.key.data
        ),
        said=_("地块 %(no)s 已核准。", no=plot.no),
        to=url_for("regulator.plots", state="proposed"),
    )
    return done or _list(form, "proposed")


def _plot(work: Any, number: int) -> Plot:
    found = next((one for one in people.plots(work, by=me()) if one.id == number), None)
    if found is None:
        raise PlotUnknown(plot=number)
    return found


@bp.route("/plots/<int:number>/allowance", methods=["GET", "POST"])
@allow(May.APPROVE_PLOT)
def set_allowance(number: int) -> ResponseReturnValue:
    """Set the allowance of a plot for a season part, with a reason."""
    form = AllowanceForm()
    parts = [(one.key, words.named(one)) for one in words.profile().season_parts]
    form.part.choices = [*parts, ("", _("全年"))]
    done = carry_out(
        form,
        lambda work: _set(work, number, form),
        said=_("额度已核定。"),
        to=url_for("regulator.plots"),
    )
    return done or _allowance_page(number, form)


def _set(work: Any, number: int, form: AllowanceForm) -> int:
    asked = {name: form[name].data for name in ("season", "part", "grams", "reason")}
    return people.set_allowance(work, by=me(), now=moment(), plot=number, **asked, key=form.key.data)


def _allowance_page(number: int, form: AllowanceForm) -> ResponseReturnValue:
    today = units.local_day(moment())
    with look() as work:
        plot = _plot(work, number)
        left = chain.allowance_of(work, plot, today)
        earlier = [
            one
            for one in oversight.decisions(work, by=me())
            if one.about == "allowance" and one.subject == number
        ]
    if not form.is_submitted():
        form.season.data = today.year
        form.part.data = words.profile().season_part(today).key
    return page(
        "regulator/allowance.html", form, plot=plot, left=left, earlier=earlier, today=today,
        part=words.profile().season_part(today), profile=words.profile(),
    )  # fmt: skip
