"""Growers and plots as an administrator registers them; the county approves."""

from typing import Any

from flask import url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from traceability.domain.people import May
from traceability.services import people
from traceability.services.people import GROWER_KINDS
from traceability.web import words
from traceability.web.admin.door import bp
from traceability.web.forms import Choices, Form, StringField, area, count, page
from traceability.web.guard import allow, look, me, moment
from traceability.web.showing import carry_out, searched, sliced


class GrowerForm(Form):
    """A new grower."""

    kind = Choices(_l("类别"))
    name = StringField(_l("姓名或名称"))
    township = StringField(_l("乡镇代码"))
    no = StringField(_l("茶农编号（留空则自动编号）"))


class PlotForm(Form):
    """A new plot."""

    no = StringField(_l("地块号"))
    grower = Choices(_l("茶农"), coerce=int)
    township = StringField(_l("乡镇代码"))
    place = StringField(_l("地名"))
    area_mu = area(_l("面积"))
    cultivar = StringField(_l("品种（可不填）"))
    altitude_m = count(_l("海拔（可不填）"), unit=_l("米"), optional=True)


@bp.get("/plots")
@allow(May.KEEP_PEOPLE)
def plots() -> ResponseReturnValue:
    """Plots with their growers."""
    with look() as work:
        found = people.plots(work, by=me())
        growers = {one[0]: one for one in people.growers(work, by=me())}
    rows = searched(
        found,
        lambda one: (
            one.no,
            one.place,
            words.county(one.township),
            growers[one.grower][3] if one.grower in growers else "",
        ),
    )
    return page("admin/plots.html", rows=sliced(rows), growers=growers)


@bp.get("/growers")
@allow(May.KEEP_PEOPLE)
def growers() -> ResponseReturnValue:
    """Growers by number."""
    with look() as work:
        found = people.growers(work, by=me())
    rows = searched(found, lambda one: (one[1], one[3], words.county(one[4]), words.word(one[2], "grower")))
    return page("admin/growers.html", rows=sliced(rows))


@bp.route("/growers/new", methods=["GET", "POST"])
@allow(May.KEEP_PEOPLE)
def register_grower() -> ResponseReturnValue:
    """Register a grower."""
    form = GrowerForm()
    form.kind.choices = [(kind, words.word(kind, "grower")) for kind in GROWER_KINDS]
    done = carry_out(
        form, lambda work: _grower(work, form), said=_("茶农已登记。"), to=url_for("admin.growers")
    )
    return done or page("admin/new_grower.html", form)


def _grower(work: Any, form: GrowerForm) -> int:
    typed = {name: form[name].data or "" for name in ("kind", "name", "township", "no")}
    return people.register_grower(work, by=me(), now=moment(), **typed, key=form.key.data)


@bp.route("/plots/new", methods=["GET", "POST"])
@allow(May.KEEP_PEOPLE)
def register_plot() -> ResponseReturnValue:
    """Propose a plot."""
    form = PlotForm()
    with look() as work:
        known = people.growers(work, by=me())
    form.grower.choices = [(number, f"{no} {name}") for number, no, _kind, name, _where in known]
    done = carry_out(
        form,
        lambda work: _plot(work, form),
        said=_("地块已登记，等待县（市）局核准。"),
        to=url_for("admin.plots"),
    )
    return done or page("admin/new_plot.html", form, growers=known)


def _plot(work: Any, form: PlotForm) -> int:
    names = ("no", "grower", "township", "place", "area_mu", "cultivar", "altitude_m")
    typed = {name: form[name].data for name in names}
    return people.register_plot(work, by=me(), now=moment(), **typed, key=form.key.data)
