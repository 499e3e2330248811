"""A year's allowances for many plots of a county at once: the list with its counts, the decision, its undoing."""

from typing import Any

from flask import request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from traceability.domain import units
from traceability.domain.people import May
from traceability.services import allowance_year
from traceability.services.allowance_year import YearList
from traceability.web import words
from traceability.web.forms import Form, HiddenField, TextAreaField, page
from traceability.web.guard import allow, look, me, moment
from traceability.web.regulator.door import ReasonForm, bp
from traceability.web.showing import carry_out

#: Plots named on the page; the counts are of all of them.
SHOWN = 200


class ConfirmForm(Form):
    """The decision on the plots that were shown."""

    shown = HiddenField()
    reason = TextAreaField(_l("理由"))


def _asked() -> dict[str, Any]:
    """Which plots the address asks for: next year's of one's own county, unless it says otherwise."""
    typed = request.args.get("season", "")
    next_year = units.local_day(moment()).year + 1
    season = int(typed) if typed.isascii() and typed.isdigit() and int(typed) in units.YEARS else next_year
    county = me().within.county or request.args.get("county", "") or words.profile().counties[0].code
    township = "".join(one for one in request.args.get("township", "") if one.isascii() and one.isdigit())[:9]
    return {
        "season": season,
        "county": county,
        "township": township,
        "words": request.args.get("q", "").strip()[:60],
    }


@bp.get("/plots/allowances")
@allow(May.OVERSEE)
def year_allowances() -> ResponseReturnValue:
    """The plots of a county to confirm, and those that are looked at one by one."""
    return _page(ConfirmForm(formdata=None), _asked())


@bp.post("/plots/allowances/confirm")
@allow(May.APPROVE_PLOT)
def confirm_allowances() -> ResponseReturnValue:
    """Confirm them all, or none."""
    form, asked = ConfirmForm(), _asked()
    done = carry_out(
        form,
        lambda work: allowance_year.confirm_year(
            work, by=me(), now=moment(), **asked, shown=form.shown.data or "", reason=form.reason.data or "",
            key=form.key.data,
        ),
        said=_("%(year)s 年额度已核定。", year=asked["season"]),
        to=url_for("regulator.year_allowances", season=asked["season"], county=asked["county"]),
    )  # fmt: skip
    return done or _page(form, asked)


def _page(form: ConfirmForm, asked: dict[str, Any]) -> ResponseReturnValue:
    with look() as work:
        found = allowance_year.year_list(work, by=me(), **asked)
        earlier = allowance_year.confirmations(work, by=me(), season=asked["season"])
    form.shown.data = found.digest
    return page(
        "regulator/year_allowances.html", form, found=found, asked=asked, earlier=earlier, most=SHOWN,
        causes=_causes(found), counties=words.profile().counties if not me().within.county else (),
        parts=[one.key for one in words.profile().season_parts],
    )  # fmt: skip


def _causes(found: YearList) -> list[tuple[str, list[Any]]]:
    """Those left out, by why."""
    causes = dict.fromkeys(why for _plot, why in found.left_out)
    return [(why, [plot for plot, other in found.left_out if other is why]) for why in causes]


@bp.route("/plots/allowances/<int:number>/take-back", methods=["GET", "POST"])
@allow(May.APPROVE_PLOT)
def take_back_allowances(number: int) -> ResponseReturnValue:
    """The counter-decision, with its reason."""
    form = ReasonForm()
    with look() as work:
        known = allowance_year.confirmation_in(work, by=me(), number=number)
    back = url_for("regulator.year_allowances", season=known.season, county=known.county)
    done = carry_out(
        form,
        lambda work: allowance_year.take_back_year(
            work,
            by=me(),
            now=moment(),
            confirmation=number,
            reason=form.reason.data or "",
            key=form.key.data,
        ),
        said=_("核定已撤回，这些地块恢复到核定以前。"),
        to=back,
    )
    return done or page("regulator/take_back_allowances.html", form, known=known, back=back)
