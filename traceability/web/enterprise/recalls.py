"""The firm's recalls: which lot, what it reaches, ordering it, whom to tell, and how far it has got."""

from typing import Any

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from traceability.domain.errors import RecallChanged
from traceability.domain.people import May
from traceability.domain.recalls import GRADES, NoticeWay, Place, Scope
from traceability.services import recalls as calls
from traceability.web import words
from traceability.web.enterprise.door import METHODS, about, ask, at_field, bp, done, one_of, reason_field
from traceability.web.forms import Form, HiddenField, page, submit
from traceability.web.guard import allow, look, me, moment
from traceability.web.showing import carry_out, searched, sliced


@bp.get("/recalls", endpoint="recalls")
@allow(May.READ_CHAIN)
def recall_list() -> ResponseReturnValue:
    """Recalls that reach the firm's goods, and the way to a new one."""
    with look() as work:
        found = calls.own_recalls(work, by=me())
    rows = searched(found, lambda one: (one[0].subject, one[0].reason))
    return page("enterprise/recalls.html", rows=sliced(rows))


@bp.get("/recalls/new")
@allow(May.RECALL)
def find_recall() -> ResponseReturnValue:
    """Which lot: by what stands on a pack, or by its number. Where only one is meant, straight to it."""
    typed = request.args.get("q", "").strip()
    with look() as work:
        found = calls.lots_to_recall(work, by=me(), text=typed) if typed else []
    if len(found) == 1:
        return redirect(url_for("enterprise.recall", lot=found[0].id))
    return page("enterprise/find_recall.html", found=found, typed=typed)


class RecallForm(Form):
    """Why a lot is recalled, and how urgent it is; `shown` is the reach the person has looked at."""

    grade = one_of(_l("召回级别"), str)
    reason = reason_field(_l("召回原因"))
    shown = HiddenField()


@bp.route("/lots/<int:lot>/recall", methods=METHODS)
@allow(May.RECALL)
def recall(lot: int) -> ResponseReturnValue:
    """Recall a lot of one's own and all that was made from it; what it reaches is shown first, then confirmed."""
    form = RecallForm()
    form.grade.choices = [("", _("请选择")), *((one, words.word(one, "recall")) for one in GRADES)]
    number = _order(form, lot) if request.form.get("step") == "order" else None
    if number is not None:
        return done(_("已发起召回。请逐一通知下列各方，并跟进退回和销毁。"), "recall_file", number=number)
    asked = request.method == "POST" and not form.refused and form.validate() and _reasoned(form)
    with look() as work:
        reach = calls.reach_of(work, by=me(), now=moment(), lot=lot)
    return page(
        "enterprise/recall.html",
        form,
        lot=about(lot),
        reach=reach,
        places=Place,
        confirm=bool(asked) or (form.refusal_code == RecallChanged.code),
    )


def _reasoned(form: Any) -> bool:
    if (form.reason.data or "").strip():
        return True
    form.reason.errors = [*form.reason.errors, str(_("请写明原因。"))]
    return False


def _order(form: Any, lot: int) -> int | None:
    asked = {"grade": form.grade.data, "reason": form.reason.data or "", "shown": form.shown.data or ""}
    return submit(form, ask(form, calls.order_recall, scope=Scope.lot(lot), **asked))


# --- how far it has got -------------------------------------------------------------------------------------


class NoticeForm(Form):
    """Who was told, how and when."""

    recipient = HiddenField()
    way = one_of(_l("通知方式"), str)
    at = at_field(_l("通知时间"))


def _notice_form() -> Any:
    form = NoticeForm()
    form.way.choices = [(one.value, words.word(one)) for one in NoticeWay]
    return form


@bp.get("/recalls/<int:number>")
@allow(May.READ_CHAIN)
def recall_file(number: int) -> ResponseReturnValue:
    """A recall of a lot of one's own: where the goods are, what came back, whom to tell."""
    return _file(number, _notice_form())


def _file(number: int, form: Any) -> ResponseReturnValue:
    with look() as work:
        found = calls.recall_file(work, by=me(), now=moment(), number=number)
    return page("enterprise/recall_file.html", form, found=found, reach=found.reach, places=Place)


@bp.post("/recalls/<int:number>/notices")
@allow(May.RECORD_CHAIN)
def record_notice(number: int) -> ResponseReturnValue:
    """Keep that one of those the goods went to was told."""
    form = _notice_form()
    way = NoticeWay(form.way.data) if form.way.data in list(NoticeWay) else NoticeWay.TELEPHONE
    told = {"recall": number, "recipient": form.recipient.data or "", "way": way, "at": form.at.data}
    sent = carry_out(
        form,
        ask(form, calls.record_notice, **told),
        said=_("已登记：通知了%(name)s。", name=form.recipient.data),
        to=url_for("enterprise.recall_file", number=number),
    )
    return sent or _file(number, form)


@bp.post("/recalls/<int:number>/stopped")
@allow(May.RECORD_CHAIN)
def confirm_stopped(number: int) -> ResponseReturnValue:
    """Say that what the firm has of recalled goods is stopped and put apart."""
    form = _notice_form()
    sent = carry_out(
        form,
        lambda work: calls.confirm_stopped(work, by=me(), now=moment(), recall=number, key=form.key.data),
        said=_("已登记：停售并封存。"),
        to=url_for("enterprise.recall_file", number=number),
    )
    return sent or _file(number, form)


@bp.get("/recalls/<int:number>/notice")
@allow(May.READ_CHAIN)
def recall_notice(number: int) -> ResponseReturnValue:
    """The notice to copy or print: one to everybody, and one to each of those the goods went to."""
    with look() as work:
        found = calls.recall_file(work, by=me(), now=moment(), number=number)
    return page("enterprise/recall_notice.html", found=found, reach=found.reach, places=Place)
