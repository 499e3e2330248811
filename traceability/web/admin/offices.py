"""The thirteen offices and their telephones."""

from flask import url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from traceability.domain.errors import NotFound
from traceability.domain.people import May
from traceability.services import people
from traceability.web.admin.door import bp
from traceability.web.forms import Form, StringField, page
from traceability.web.guard import allow, look, me, moment
from traceability.web.showing import carry_out


class TelephoneForm(Form):
    """The number the public may call."""

    telephone = StringField(_l("电话"))


@bp.get("/offices")
@allow(May.KEEP_PEOPLE)
def offices() -> ResponseReturnValue:
    """Every office."""
    with look() as work:
        found = people.offices(work, by=me())
    return page("admin/offices.html", rows=found)


@bp.route("/offices/<code>", methods=["GET", "POST"])
@allow(May.KEEP_PEOPLE)
def set_office_telephone(code: str) -> ResponseReturnValue:
    """Change an office's telephone."""
    form = TelephoneForm()
    done = carry_out(
        form,
        lambda work: people.set_office_telephone(
            work, by=me(), now=moment(), code=code, telephone=form.telephone.data or "", key=form.key.data
        ),
        said=_("电话已更新。"),
        to=url_for("admin.offices"),
    )
    if done:
        return done
    with look() as work:
        found = next((one for one in people.offices(work, by=me()) if one[0] == code), None)
    if found is None:
        raise NotFound
    if not form.is_submitted():
        form.telephone.data = found[2] or ""
    return page("admin/office.html", form, name=found[1])
