"""Firms and their right to the mark: standing, history, announcements, suspensions; what they hold and printed."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import current_app, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from traceability.domain import units
from traceability.domain.authorising import Ground
from traceability.domain.errors import ChoiceUnknown
from traceability.domain.marks import MarkState, SerialRange, count
from traceability.domain.people import May, Role, Standing
from traceability.domain.profile import Grade
from traceability.formats.labels import Design
from traceability.services import applications, marks, oversight, people
from traceability.services.marks import IssuedRange
from traceability.services.people import FirmLine
from traceability.web import words
from traceability.web.forms import Choices, Form, StringField, TextAreaField, Ticks, day, page
from traceability.web.guard import allow, look, me, moment
from traceability.web.regulator.door import ReasonForm, bp
from traceability.web.showing import carry_out, chosen, searched, sliced

TABS = ("all", *Standing)


class AuthoriseForm(Form):
    """What an announcement says about a firm."""

    announcement_no = StringField(_l("公告号"))
    right_basis = Choices(_l("权利依据"))
    scope = Ticks(_l("核准等级"), validate_choice=True)
    valid_from = day(_l("有效期自"))
    valid_until = day(_l("有效期至"))


class WithdrawForm(Form):
    """On which ground a right ends, and why."""

    ground = Choices(_l("依据"))
    reason = TextAreaField(_l("理由"))


class RegisterForm(Form):
    """A firm to be registered by an office."""

    name = StringField(_l("企业名称"))
    uscc = StringField(_l("统一社会信用代码"))
    county = Choices(_l("所在县（市）"))
    sc_no = StringField(_l("食品生产许可证编号（SC，可不填）"))
    override_reason = TextAreaField(_l("信用代码校验不通过时的人工确认理由（平时留空）"))


@bp.get("/enterprises")
@allow(May.OVERSEE)
def enterprises() -> ResponseReturnValue:
    """Firms within reach, by standing."""
    standing = chosen(TABS, "all", "standing")
    with look() as work:
        found = people.enterprises(work, by=me(), now=moment())
    rows = searched(
        [line for line in found if standing in ("all", line.standing)],
        lambda line: (line.enterprise.name, line.enterprise.uscc, words.county(line.enterprise.county)),
    )
    tabs = [(name, sum(1 for line in found if name in ("all", line.standing))) for name in TABS]
    return page(
        "regulator/enterprises.html",
        rows=sliced(rows),
        standing=standing,
        tabs=[tab for tab in tabs if tab[1] or tab[0] in ("all", standing)],
        today=units.local_day(moment()),
    )


@bp.get("/enterprises/<int:number>")
@allow(May.OVERSEE)
def enterprise(number: int) -> ResponseReturnValue:
    """A firm: where it stands, its history, its marks and what was found there."""
    with look() as work:
        firm = people.enterprise(work, by=me(), number=number, now=moment())
        issued = marks.issued_ranges(work, by=me(), enterprise=number)
        jobs = marks.print_jobs(work, by=me(), enterprise=number)
        found = oversight.findings(work, by=me(), enterprise=number)
        decided = oversight.decisions(work, by=me(), enterprise=number)
        products = people.products_of(work, by=me(), enterprise=number)
        asked = applications.applications(work, by=me(), enterprise=number)
    return page(
        "regulator/enterprise.html",
        firm=firm,
        issued=issued[::-1],
        held=by_state(issued),
        jobs=jobs,
        designs=designs(),
        found=found,
        decided=decided,
        products=products,
        asked=next((one for one in asked if one.is_open), None),
        tied=me().enterprise == number,
        now=moment(),
        today=units.local_day(moment()),
    )


@dataclass(frozen=True)
class Held:
    """The marks of a firm that are in one state."""

    state: MarkState
    ranges: tuple[SerialRange, ...]

    @property
    def marks(self) -> int:
        """How many."""
        return count(self.ranges)


def by_state(issued: Iterable[IssuedRange]) -> list[Held]:
    """Every mark of these ranges, in the order of a mark's life; states with none are left out."""
    spans = sorted((span for one in issued for span in one.spans), key=lambda span: span.range)
    held = [Held(state, tuple(one.range for one in spans if one.state is state)) for state in MarkState]
    return [one for one in held if one.ranges]


def designs() -> Mapping[str, Design]:
    """Mark designs by name, for what a print job calls its own."""
    found: Mapping[str, Design] = current_app.extensions["printing"].designs
    return found


@bp.route("/enterprises/new", methods=["GET", "POST"])
@allow(May.OVERRIDE_USCC)
def register_enterprise() -> ResponseReturnValue:
    """Register a firm; only an officer may take a code whose check fails, with a reason."""
    form = RegisterForm()
    form.county.choices = _counties()
    done = carry_out(
        form, lambda work: _register(work, form), said=_("企业已登记。"), to=url_for("regulator.enterprises")
    )
    return done or page("regulator/register.html", form)


def _counties() -> list[tuple[str, str]]:
    own = me().county
    found = [one for one in words.profile().counties if me().role is not Role.COUNTY or one.code == own]
    return [(one.code, words.named(one)) for one in found]


def _register(work: Any, form: RegisterForm) -> int:
    typed = {name: form[name].data for name in ("name", "uscc", "county", "sc_no")}
    override = (form.override_reason.data or "").strip() or None
    return people.register_enterprise(
        work, by=me(), now=moment(), **typed, override_reason=override, key=form.key.data
    )


# --- decisions about a firm ----------------------------------------------------------------------------------------


def decide(
    number: int,
    form: Form,
    act: Callable[[Any], object],
    *,
    said: object,
    template: str = "regulator/decide.html",
    **context: Any,
) -> ResponseReturnValue:
    """A page with one decision about one firm."""
    to = url_for("regulator.enterprise", number=number)
    done = carry_out(form, act, said=said, to=to)
    if done:
        return done
    with look() as work:
        firm: FirmLine = people.enterprise(work, by=me(), number=number, now=moment())
    return page(template, form, about=firm.enterprise.name, back=to, **context)


@bp.route("/enterprises/<int:number>/authorise", methods=["GET", "POST"])
@allow(May.AUTHORISE)
def authorise(number: int) -> ResponseReturnValue:
    """Enter the prefecture's announcement."""
    form = AuthoriseForm()
    profile = words.profile()
    form.right_basis.choices = [(one.key, words.named(one)) for one in profile.rights]
    form.scope.choices = [(one.grade.value, words.named(one)) for one in profile.grades]
    return decide(
        number, form, lambda work: _authorise(work, number, form),
        said=_("核准已登记。"), title=_("登记核准公告"), button=_("登记核准"),
        hints={
            "announcement_no": _("州局公告的编号，例如 2026-01。"),
            "scope": _("企业只能为这些等级的产品申领标志。"),
        },
    )  # fmt: skip


def _authorise(work: Any, number: int, form: AuthoriseForm) -> int:
    return people.authorise_enterprise(
        work,
        by=me(),
        now=moment(),
        enterprise=number,
        announcement_no=form.announcement_no.data or "",
        right_basis=form.right_basis.data,
        scope=[Grade(one) for one in form.scope.data or []],
        valid_from=form.valid_from.data,
        valid_until=form.valid_until.data,
        key=form.key.data,
    )


@bp.route("/enterprises/<int:number>/suspend", methods=["GET", "POST"])
@allow(May.SUSPEND)
def suspend(number: int) -> ResponseReturnValue:
    """Stop every mark action of the firm at once."""
    form = ReasonForm()
    return decide(
        number, form, lambda work: people.suspend_enterprise(work, enterprise=number, **reasoned(form)),
        said=_("已暂停该企业使用标志。"), title=_("暂停用标"), button=_("暂停用标"), danger=True,
        note=_("立即生效：申领、审批、发放、打印和贴标全部停止。已贴标的产品可以继续销售，除非被冻结；公众查验页会说明暂停。"),
    )  # fmt: skip


@bp.route("/enterprises/<int:number>/lift", methods=["GET", "POST"])
@allow(May.SUSPEND)
def lift(number: int) -> ResponseReturnValue:
    """Let the firm act on its marks again."""
    form = ReasonForm()
    return decide(
        number, form, lambda work: people.lift_suspension(work, enterprise=number, **reasoned(form)),
        said=_("已恢复该企业使用标志。"), title=_("恢复用标"), button=_("恢复用标"),
        note=_("恢复后企业可以重新申领、打印和贴标。暂停期间的日期不能再补登包装。"),
    )  # fmt: skip


@bp.route("/enterprises/<int:number>/withdraw", methods=["GET", "POST"])
@allow(May.AUTHORISE)
def withdraw(number: int) -> ResponseReturnValue:
    """End the firm's authorisation."""
    form = WithdrawForm()
    form.ground.choices = [("", _("请选择")), *((one.value, words.word(one)) for one in Ground)]
    return decide(
        number, form, lambda work: _withdraw(work, number, form),
        said=_("已注销该企业的用标资格。"), title=_("注销用标资格"), button=_("注销用标资格"), danger=True,
        note=_("自今日起不再有效。以后恢复需要重新公告核准。"),
        hints={"ground": _("以“连续两年未使用”注销，先要有“两年未用标”的线索，并且已经有人看过。")},
    )  # fmt: skip


def _withdraw(work: Any, number: int, form: WithdrawForm) -> int:
    if form.ground.data not in list(Ground):
        raise ChoiceUnknown(choice="", field="ground")
    return people.withdraw_authorisation(
        work, enterprise=number, ground=Ground(form.ground.data), **reasoned(form)
    )


def reasoned(form: Any) -> dict[str, Any]:
    """Who decides, when and why, of a form with a reason."""
    return {"by": me(), "now": moment(), "reason": form.reason.data or "", "key": form.key.data}
