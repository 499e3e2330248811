"""Firms as an administrator registers them; a failing credit code is an officer's matter."""

from typing import Any

from flask import url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from traceability.domain.people import May
from traceability.services import people
from traceability.web import words
from traceability.web.admin.door import bp
from traceability.web.forms import Choices, Form, StringField, page
from traceability.web.guard import allow, look, me, moment
from traceability.web.showing import carry_out, searched, sliced


class EnterpriseForm(Form):
    """A new firm."""

    name = StringField(_l("企业名称"))
    uscc = StringField(_l("统一社会信用代码"))
    county = Choices(_l("所在县（市）"))
    sc_no = StringField(_l("食品生产许可证编号（SC，可不填）"))


@bp.get("/enterprises")
@allow(May.KEEP_PEOPLE)
def enterprises() -> ResponseReturnValue:
    """Firms by name."""
    with look() as work:
        found = people.enterprises(work, by=me(), now=moment())
    rows = searched(
        found, lambda line: (line.enterprise.name, line.enterprise.uscc, words.county(line.enterprise.county))
    )
    return page("admin/enterprises.html", rows=sliced(rows))


@bp.route("/enterprises/new", methods=["GET", "POST"])
@allow(May.KEEP_PEOPLE)
def register_enterprise() -> ResponseReturnValue:
    """Register a firm."""
    form = EnterpriseForm()
    form.county.choices = [(one.code, words.named(one)) for one in words.profile().counties]
    done = carry_out(
        form, lambda work: _register(work, form), said=_("企业已登记。"), to=url_for("admin.enterprises")
    )
    return done or page("admin/new_enterprise.html", form)


def _register(work: Any, form: EnterpriseForm) -> int:
    typed = {name: form[name].data or "" for name in ("name", "uscc", "county", "sc_no")}
    return people.register_enterprise(work, by=me(), now=moment(), **typed, key=form.key.data)
