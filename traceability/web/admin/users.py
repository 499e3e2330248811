"""Sign-ins: who has one, new ones with a password shown once, and closing one."""

import secrets
from typing import Any

from flask import render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_security import hash_password
from wtforms.validators import ValidationError

from traceability.domain.people import FIRM_ROLES, May, Role
from traceability.services import people
from traceability.web import words
from traceability.web.admin.door import bp
from traceability.web.forms import Choices, Form, HiddenField, StringField, page, submit
from traceability.web.guard import allow, look, me, moment
from traceability.web.showing import carry_out, chosen, searched, sliced

SHORTEST_PASSWORD = 10
TABS = ("all", *Role)

#: No letters or digits that are taken for one another when a password is read from a slip of paper.
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"


def _new_password() -> str:
    """Four groups of four: 78 bits."""
    return "-".join("".join(secrets.choice(_LETTERS) for _n in range(4)) for _group in range(4))


class PasswordForm(Form):
    """A password for somebody. One is made up before the form is sent: sent twice, it is still the one shown."""

    password = StringField(_l("密码"), default=_new_password)

    def validate_password(self, field: Any) -> None:
        """It is long enough."""
        if len((field.data or "").strip()) < SHORTEST_PASSWORD:
            raise ValidationError(_("密码至少 %(n)s 个字符。", n=SHORTEST_PASSWORD))

    @property
    def typed(self) -> str:
        """The password, without blanks somebody copied along."""
        return (self.password.data or "").strip()


class UserForm(PasswordForm):
    """A new sign-in."""

    email = StringField(_l("登录名（邮箱）"))
    name = StringField(_l("姓名"))
    role = Choices(_l("岗位"))
    enterprise = Choices(_l("企业"))
    county = Choices(_l("县（市）"))


class ActiveForm(Form):
    """Opening (1) or closing (0) a sign-in."""

    active = HiddenField()


@bp.get("/users")
@allow(May.KEEP_PEOPLE)
def users() -> ResponseReturnValue:
    """Everybody who has a sign-in."""
    return _list(ActiveForm(formdata=None))


def _list(form: Form) -> ResponseReturnValue:
    role = chosen(TABS, "all", "role")
    with look() as work:
        found = people.users(work, by=me())
        firms = _firm_names(work)
    rows = searched(
        [one for one in found if role in ("all", one[2].role)],
        lambda one: (
            one[0],
            one[2].name,
            firms.get(one[2].enterprise or 0),
            words.county(one[2].county or ""),
        ),
    )
    tabs = [(name, sum(1 for one in found if name in ("all", one[2].role))) for name in TABS]
    return page("admin/users.html", form, rows=sliced(rows), firms=firms, role=role, tabs=tabs)


def _firm_names(work: Any) -> dict[int, str]:
    return {one.enterprise.id: one.enterprise.name for one in people.enterprises(work, by=me(), now=moment())}


@bp.route("/users/new", methods=["GET", "POST"])
@allow(May.KEEP_PEOPLE)
def create_user() -> ResponseReturnValue:
    """A new sign-in; its password is shown once and kept nowhere."""
    form = _user_form()
    if form.is_submitted() and submit(form, lambda work: _create(work, form)) is not None:
        who = {"email": (form.email.data or "").lower().strip(), "name": form.name.data}
        return render_template("admin/password_set.html", made=True, password=form.typed, **who)
    return page("admin/new_user.html", form)


def _user_form() -> UserForm:
    form = UserForm()
    form.role.choices = [(role.value, words.word(role)) for role in Role]
    with look() as work:
        firms = _firm_names(work)
    form.enterprise.choices = [("", _("无")), *((str(number), name) for number, name in firms.items())]
    form.county.choices = [("", _("无")), *((one.code, words.named(one)) for one in words.profile().counties)]
    return form


def _create(work: Any, form: UserForm) -> int:
    role = Role(form.role.data)
    firm = int(form.enterprise.data) if form.enterprise.data else None
    return people.create_user(
        work,
        by=me(),
        now=moment(),
        email=form.email.data or "",
        password_hash=hash_password(form.typed),
        name=form.name.data or "",
        role=role,
        enterprise=firm,
        county=None if role in FIRM_ROLES else form.county.data or None,
        key=form.key.data,
    )


def _email(number: int) -> str:
    with look() as work:
        return people.user(work, by=me(), user=number)[0]


@bp.route("/users/<int:number>/active", methods=["GET", "POST"])
@allow(May.KEEP_PEOPLE)
def set_user_active(number: int) -> ResponseReturnValue:
    """Open or close a sign-in."""
    form = ActiveForm()
    active = form.active.data == "1"
    email = _email(number)
    done = carry_out(
        form,
        lambda work: people.set_user_active(
            work, by=me(), now=moment(), user=number, active=active, key=form.key.data
        ),
        said=_("%(email)s 已启用。", email=email) if active else _("%(email)s 已停用。", email=email),
        to=url_for("admin.users"),
    )
    return done or _list(form)


@bp.route("/users/<int:number>/second-factor", methods=["GET", "POST"])
@allow(May.KEEP_PEOPLE)
def reset_second_factor(number: int) -> ResponseReturnValue:
    """Let somebody who lost their authenticator set up another at the next sign-in."""
    form = ActiveForm()
    done = carry_out(
        form,
        lambda work: people.reset_second_factor(work, by=me(), now=moment(), user=number, key=form.key.data),
        said=_("%(email)s 的二次验证已重置，下次登录时重新绑定验证器。", email=_email(number)),
        to=url_for("admin.users"),
    )
    return done or _list(form)


@bp.route("/users/<int:number>/password", methods=["GET", "POST"])
@allow(May.KEEP_PEOPLE)
def set_password(number: int) -> ResponseReturnValue:
    """Give somebody who forgot theirs another password; it is shown once and kept nowhere."""
    form = PasswordForm()
    with look() as work:
        email, who = people.user(work, by=me(), user=number)
    if form.is_submitted() and submit(form, lambda work: _set_password(work, form, number)) is not None:
        return render_template(
            "admin/password_set.html", made=False, password=form.typed, email=email, name=who.name
        )
    return page("admin/password.html", form, email=email, name=who.name)


def _set_password(work: Any, form: PasswordForm, number: int) -> int:
    hashed = hash_password(form.typed)
    return people.set_password(work, by=me(), now=moment(), user=number, password_hash=hashed)
