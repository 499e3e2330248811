"""Taking up an invitation: whoever holds the link sets a password of their own, once. Beside the staff doors."""

from typing import Any

from flask import Blueprint, current_app, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_security import hash_password
from werkzeug.wrappers import Response
from wtforms import PasswordField
from wtforms.validators import EqualTo, ValidationError

from traceability.services import people
from traceability.web.enterprise.staff import digest_of
from traceability.web.forms import Form, page, submit
from traceability.web.guard import PUBLIC, allow, look, moment

bp = Blueprint("joining", __name__, url_prefix="/join")

SHORTEST_PASSWORD = 10


@bp.after_request
def _keep_no_copy(response: Response) -> Response:
    """The address itself is the right to come in: no cache keeps it, and no page it leads to is told of it."""
    response.headers["Cache-Control"] = "no-store"
    return response


class JoinForm(Form):
    """A password, twice."""

    password = PasswordField(_l("密码"))
    again = PasswordField(_l("再输入一次"), validators=[EqualTo("password", _l("两次输入的密码不一样。"))])
    normal = hashed = ""

    def validate(self, extra_validators: Any = None) -> bool:
        """Hash it now, before the book is opened for writing: that takes its time."""
        fine = bool(super().validate(extra_validators))
        self.hashed = hash_password(self.normal) if fine else ""
        return fine

    def validate_password(self, field: Any) -> None:
        """Long enough, and what the sign-in library takes."""
        if len(field.data or "") < SHORTEST_PASSWORD:
            raise ValidationError(_("密码至少 %(n)s 个字符。", n=SHORTEST_PASSWORD))
        faults, self.normal = current_app.extensions["security"].password_util.validate(field.data, True)
        if faults:
            raise ValidationError(" ".join(map(str, faults)))


@bp.route("/<token>", methods=["GET", "POST"])
@allow(PUBLIC)
def join(token: str) -> ResponseReturnValue:
    """Who invites whom, and the form for a password."""
    digest = digest_of(token)
    with look() as work:
        found = people.invitation_by_link(work, token_sha256=digest, now=moment())
    form = JoinForm()
    if form.is_submitted() and submit(form, lambda work: _accept(work, form, digest)) is not None:
        flash(_("账户已建立。请用登录名 %(email)s 和刚设的密码登录。", email=found.email))
        return redirect(url_for("security.login"), 303)
    return page("join.html", form, found=found, shortest=SHORTEST_PASSWORD)


def _accept(work: Any, form: JoinForm, digest: str) -> str:
    return people.accept_invitation(work, now=moment(), token_sha256=digest, password_hash=form.hashed)
