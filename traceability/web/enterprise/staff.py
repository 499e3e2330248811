"""The firm's own people: invitations, what clerks may do, switching accounts off, and who did what and when."""

import base64
import hashlib
import hmac
import secrets
from typing import Any

from flask import current_app, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms.validators import Regexp

from traceability.domain import units
from traceability.domain.errors import NotFound, Refusal
from traceability.domain.people import GRANTABLE, OF_THE_MARK, May, Role
from traceability.services import people
from traceability.web import words
from traceability.web.enterprise.door import METHODS, ask, bp, done
from traceability.web.enterprise.told import Doing, doing
from traceability.web.errors import refusal_text
from traceability.web.forms import Form, HiddenField, StringField, Ticks, page, submit
from traceability.web.guard import allow, house, look, me, moment, row_number
from traceability.web.showing import Slice, carry_out

SIZE = 50


class StateForm(Form):
    """A button: opening (1) or closing (0) a sign-in, or taking an invitation back."""

    active = HiddenField()


@bp.get("/staff")
@allow(May.KEEP_STAFF)
def staff() -> ResponseReturnValue:
    """Everybody of the firm, and the invitations that wait."""
    return _list(StateForm(formdata=None))


def _list(form: Form) -> ResponseReturnValue:
    if form.refusal_code == NotFound.code:
        raise NotFound()
    with look() as work:
        found = people.own_staff(work, by=me())
    sole = sum(one.active and one.who.role is Role.MANAGER for one in found.members) == 1
    return page("enterprise/staff.html", form, found=found, sole=sole, now=moment(), every=GRANTABLE)


# --- inviting -----------------------------------------------------------------------------------------------


class GrantsForm(Form):
    """What a clerk may do."""

    grants = Ticks(_l("可以办理"))

    def offer(self, given: frozenset[May]) -> None:
        """Only what may be given is there to be ticked."""
        order = [one for one in May if one in given]
        self.grants.choices = [(one.value, words.word(one)) for one in order]

    @property
    def chosen(self) -> frozenset[May]:
        """What was ticked."""
        return frozenset(May(one) for one in self.grants.data or ())


class InvitationForm(GrantsForm):
    """Somebody new."""

    name = StringField(_l("姓名"))
    email = StringField(
        _l("登录名（邮箱）"),
        validators=[
            Regexp(r"\s*[^@\s]+@[^@\s]+\.[^@\s]+\s*$", message=_l("请填邮箱，例如 wang@example.cn。"))
        ],
    )


def _given() -> frozenset[May]:
    with look() as work:
        return people.givable(work, by=me(), now=moment())


@bp.route("/staff/invite", methods=METHODS)
@allow(May.KEEP_STAFF)
def invite() -> ResponseReturnValue:
    """Invite a clerk; the link is shown once and kept nowhere."""
    given = _given()
    usual = [one.value for one in people.USUAL & given]
    form = InvitationForm(data={"grants": usual})
    form.offer(given)
    token = _token(form.key.data)
    asked = {"email": form.email.data or "", "name": form.name.data or "", "grants": form.chosen}
    act = ask(form, people.invite, token_sha256=digest_of(token), **asked)
    if form.is_submitted() and submit(form, act) is not None:
        return _invited(form, url_for("joining.join", token=token))
    return page("enterprise/invite.html", form, missing=OF_THE_MARK - given)


def _invited(form: InvitationForm, way: str) -> ResponseReturnValue:
    """The link, this once. Written out under the house's own address, whatever address this request came to."""
    base, until = str(current_app.config["PUBLIC_URL"]).rstrip("/"), moment() + people.INVITED_FOR
    return render_template("enterprise/invited.html", form=form, way=way, link=base + way, until=until)


def _token(key: str | None) -> str:
    """As unguessable as the house's secret, and the same when the form is sent again."""
    named = f"invitation v1:{me().user}:{key or secrets.token_urlsafe(32)}".encode()
    return base64.urlsafe_b64encode(hmac.digest(house().secret, named, hashlib.sha256)).decode().rstrip("=")


def digest_of(token: str) -> str:
    """What is kept of a link."""
    return hashlib.sha256(token.encode()).hexdigest()


@bp.post("/staff/invitations/<int:number>/withdraw")
@allow(May.KEEP_STAFF)
def withdraw_invitation(number: int) -> ResponseReturnValue:
    """Take an invitation back."""
    form = StateForm()
    return carry_out(
        form,
        ask(form, people.withdraw_invitation, invitation=number),
        said=_("邀请已撤回，链接不能再用。"),
        to=url_for("enterprise.staff"),
    ) or _list(form)


# --- those who are there ------------------------------------------------------------------------------------


@bp.route("/staff/<int:user>", methods=METHODS)
@allow(May.KEEP_STAFF)
def grant(user: int) -> ResponseReturnValue:
    """What a clerk may do."""
    given = _given()
    with look() as work:
        found = people.member(work, by=me(), user=user)
    form = GrantsForm(data={"grants": [one.value for one in found.who.permissions & given]})
    form.offer(given)
    act = ask(form, people.set_clerk_grants, user=user, grants=form.chosen)
    if form.is_submitted() and submit(form, act) is not None:
        return done(_("%(name)s的权限已更新，立即生效。", name=found.who.name), "staff")
    return page("enterprise/grant.html", form, found=found, missing=OF_THE_MARK - given)


@bp.post("/staff/<int:user>/active")
@allow(May.KEEP_STAFF)
def set_member_active(user: int) -> ResponseReturnValue:
    """Open or close a sign-in."""
    form = StateForm()
    active = form.active.data == "1"
    return carry_out(
        form,
        ask(form, people.set_member_active, user=user, active=active),
        said=_("账户已启用。") if active else _("账户已停用，正在用的页面也立即失效。"),
        to=url_for("enterprise.staff"),
    ) or _list(form)


# --- who did what, and when ---------------------------------------------------------------------------------


@bp.get("/staff/log")
@allow(May.KEEP_STAFF)
def doings() -> ResponseReturnValue:
    """What the firm's people did, by person and day."""
    user, day, fault = _wanted()
    asked = max(1, request.args.get("page", 1, type=int))
    with look() as work:
        found = people.doings(work, by=me(), user=user, day=day, page=min(asked, 1_000_000), size=SIZE)
    pages = max(1, -(-found.total // SIZE))
    if asked > pages:
        asked = pages
        with look() as work:
            found = people.doings(work, by=me(), user=user, day=day, page=asked, size=SIZE)
    rows: list[tuple[str, Doing]] = [(found.names.get(one.actor, ""), doing(one)) for one in found.facts]
    shown = Slice(rows, asked, pages, found.total)
    return page("enterprise/doings.html", listing=shown, names=found.names, user=user, fault=fault)


def _wanted() -> tuple[int | None, Any, str]:
    """Person and day as the address asks for them; what cannot be read is said and left out."""
    typed, who = request.args.get("day", ""), request.args.get("who", "")
    try:
        user = row_number(who) if who else None
    except ValueError:
        user = 0
    try:
        return user, units.parse_day(typed) if typed.strip() else None, ""
    except Refusal as error:
        return user, None, refusal_text(error)
