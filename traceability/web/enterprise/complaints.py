"""Customers' complaints: the list with its clock, a new one, and what is done about it."""

from typing import Any

from flask import Response
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from traceability.domain.complaints import (
    ComplaintChannel,
    ComplaintKind,
    ComplaintOutcome,
    ComplaintState,
)
from traceability.domain.errors import Refusal
from traceability.domain.people import May
from traceability.formats import photos
from traceability.services import complaints as cases
from traceability.web import words
from traceability.web.enterprise.door import METHODS, answer, ask, at_field, bp, done, one_of
from traceability.web.forms import FileField, Form, StringField, TextAreaField, page, submit
from traceability.web.guard import allow, look, me, moment
from traceability.web.showing import chosen, searched, sliced

TABS = ("open", "overdue", *ComplaintState, "all")


# --- the list -----------------------------------------------------------------------------------------------


@bp.get("/complaints", endpoint="complaints")
@allow(May.READ_CHAIN)
def complaint_list() -> ResponseReturnValue:
    """Complaints by state, those whose last day is nearest first while an answer is owed."""
    tab = chosen(TABS, "open")
    with look() as work:
        found = cases.complaints(work, by=me(), now=moment())
    rows = searched([one for one in _pressing(found) if _in(one, tab)], _text)
    tabs = [(name, sum(_in(one, name) for one in found)) for name in TABS]
    return page("enterprise/complaints.html", rows=sliced(rows, 30), tab=tab, tabs=tabs)


def _pressing(found: list[cases.ComplaintLine]) -> list[cases.ComplaintLine]:
    """Those that wait for an answer by their last day, then the others, latest first."""
    waiting = [one for one in found if one.left is not None]
    rest = [one for one in found if one.left is None]
    return [*sorted(waiting, key=lambda one: one.complaint.due_on), *rest]


def _in(one: cases.ComplaintLine, tab: str) -> bool:
    if tab == "open":
        return one.complaint.state is not ComplaintState.CLOSED
    return tab == "all" or (one.overdue if tab == "overdue" else one.complaint.state == tab)


def _text(one: cases.ComplaintLine) -> tuple[str | None, ...]:
    told = one.complaint
    serial = None if told.serial is None else words.control(told.serial)
    return told.no, told.source_no, told.words, serial, one.lot.no if one.lot else None, words.word(told.kind)


# --- a new one ----------------------------------------------------------------------------------------------


class ComplaintForm(Form):
    """What a customer told. No name: what is not kept cannot be lost."""

    channel = one_of(_l("怎么来的"), str)
    about = StringField(_l("标志号码或批号"))
    kind = one_of(_l("关于什么"), str)
    words = TextAreaField(_l("情况说明"))
    at = at_field(_l("收到时间"))
    source_no = StringField(_l("12315 单号或反映编号"))
    telephone = StringField(_l("回电号码"))
    photo = FileField(_l("照片"))
    picture = b""

    def validate(self, extra_validators: Any = None) -> bool:
        """Read the photo now, before the book is opened for writing: redrawing it takes its time."""
        if not super().validate(extra_validators):
            return False
        try:
            self.picture = photos.clean(self.photo.data.read()) if self.photo.data else b""
        except Refusal as error:
            error.facts["field"] = "photo"
            self.show(error)
            return False
        return True


@bp.route("/complaints/new", methods=METHODS)
@allow(May.RECORD_CHAIN)
def record_complaint() -> ResponseReturnValue:
    """Register a complaint."""
    form = ComplaintForm()
    form.channel.choices = [("", _("请选择")), *((one.value, words.word(one)) for one in ComplaintChannel)]
    form.kind.choices = [("", _("请选择")), *((one.value, words.word(one)) for one in ComplaintKind)]
    return answer(
        form,
        lambda work: cases.record_complaint(
            work,
            by=me(),
            now=moment(),
            at=form.at.data,
            channel=ComplaintChannel(form.channel.data),
            kind=ComplaintKind(form.kind.data),
            words=form.words.data or "",
            about=form.about.data or "",
            source_no=form.source_no.data or "",
            telephone=form.telephone.data or "",
            photo=form.picture,
            key=form.key.data,
        ),
        lambda number: done(_registered(number), "complaint", number=number),
        title=_("登记投诉"),
        lead=_("不记客户姓名。只有客户要回电时才留号码，办结后自动删除。"),
        hints={
            "about": _("包装上的 10 位控制号、标志码，或者批号；不清楚就留空。"),
            "words": _("客户说了什么，一两句即可，不写姓名住址。"),
            "source_no": _("从 12315 或查验页转来的，写上编号，便于对上。"),
            "telephone": _("客户要答复才填。列表里不显示，办结即删。"),
            "photo": _("可不传；保存前重新绘制，不含拍摄地点。"),
        },
        back=("complaints", _("客户投诉")),
        button=_("登记"),
    )


def _registered(number: int) -> str:
    with look() as work:
        found = cases.complaint(work, by=me(), now=moment(), number=number).line.complaint
    return _("投诉 %(no)s 已登记，%(day)s前答复。", no=found.no, day=words.day(found.due_on))


# --- what is done about it ----------------------------------------------------------------------------------


class AnswerForm(Form):
    """What the customer was told."""

    words = TextAreaField(_l("怎样答复的"))
    at = at_field(_l("答复时间"))


class CloseForm(Form):
    """How it ended."""

    outcome = one_of(_l("结果"), str)
    words = TextAreaField(_l("处理说明"))
    at = at_field(_l("办结时间"))


class ReopenForm(Form):
    """Why it is open again."""

    words = TextAreaField(_l("为什么重新打开"))
    at = at_field()


def _form(state: ComplaintState) -> Form:
    """The form for what comes next."""
    if state is ComplaintState.RECEIVED:
        return AnswerForm()
    if state is ComplaintState.CLOSED:
        return ReopenForm()
    form = CloseForm()
    form.outcome.choices = [("", _("请选择")), *((one.value, words.word(one)) for one in ComplaintOutcome)]
    return form


@bp.get("/complaints/<int:number>")
@allow(May.READ_CHAIN)
def complaint(number: int) -> ResponseReturnValue:
    """A complaint, what was done about it, and the form for what comes next."""
    return _shown(number)


def _shown(number: int, form: Form | None = None) -> ResponseReturnValue:
    with look() as work:
        found = cases.complaint(work, by=me(), now=moment(), number=number)
    form = form or _form(found.line.complaint.state)
    return page("enterprise/complaint.html", form, found=found, line=found.line, told=found.line.complaint)


def _take(number: int, form: Form, use_case: Any, said: str, **asked: Any) -> ResponseReturnValue:
    """Take the step a form asks for; the page again, with what was typed, when it was refused."""
    typed: Any = form
    asked = {"complaint": number, "at": typed.at.data, "words": typed.words.data or "", **asked}
    if submit(form, ask(form, use_case, **asked)) is None:
        return _shown(number, form)
    return done(said, "complaint", number=number)


@bp.post("/complaints/<int:number>/answer")
@allow(May.RECORD_CHAIN)
def answer_complaint(number: int) -> ResponseReturnValue:
    """Say what the customer was told."""
    return _take(number, _form(ComplaintState.RECEIVED), cases.answer_complaint, _("答复已登记。"))


@bp.post("/complaints/<int:number>/close")
@allow(May.RECORD_CHAIN)
def close_complaint(number: int) -> ResponseReturnValue:
    """Close it with how it ended."""
    form: Any = _form(ComplaintState.ANSWERED)
    chosen_outcome = form.outcome.data
    outcome = ComplaintOutcome(chosen_outcome) if chosen_outcome in list(ComplaintOutcome) else None
    return _take(
        number, form, cases.close_complaint, _("投诉已办结；留过的回电号码已删除。"), outcome=outcome
    )


@bp.post("/complaints/<int:number>/reopen")
@allow(May.RECORD_CHAIN)
def reopen_complaint(number: int) -> ResponseReturnValue:
    """Open it again."""
    return _take(number, _form(ComplaintState.CLOSED), cases.reopen_complaint, _("投诉已重新打开。"))


@bp.get("/complaints/<int:number>.jpg")
@allow(May.READ_CHAIN)
def complaint_photo(number: int) -> ResponseReturnValue:
    """The photo of a complaint, as it was drawn anew."""
    with look() as work:
        return Response(cases.complaint_photo(work, by=me(), number=number), mimetype="image/jpeg")
