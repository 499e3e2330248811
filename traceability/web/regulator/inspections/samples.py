"""Official samples: the list, and each from its seal to its verdict. Two people: one types, another confirms."""

from typing import Any

from flask import url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from traceability.domain.inspections import SampleState
from traceability.domain.people import May
from traceability.domain.units import local_day
from traceability.services import inspections
from traceability.services.chain import BatchStatus
from traceability.web import words
from traceability.web.forms import Form, StringField, TextAreaField, page
from traceability.web.guard import allow, look, me, moment
from traceability.web.regulator.door import bp
from traceability.web.regulator.holds import shown
from traceability.web.showing import (
    carry_out,
    chosen,
    limit_text,
    limits_of,
    report_form,
    report_rows,
    searched,
    sliced,
    value_field,
)

#: Tabs of the list.
STATES = ("waiting", SampleState.PASSED, SampleState.FAILED, SampleState.DISCARDED, "all")
_DONE = (SampleState.PASSED, SampleState.FAILED, SampleState.DISCARDED)


@bp.get("/samples", endpoint="samples")
@allow(May.OVERSEE)
def sample_list() -> ResponseReturnValue:
    """Samples by what came of them; those to be confirmed first."""
    state = chosen(STATES, "waiting")
    with look() as work:
        every = inspections.samples(work, by=me())
        waiting = inspections.samples_waiting(work, by=me())
    kept: dict[str, list[Any]] = {one: [row for row in every if row.state is one] for one in _DONE}
    kept |= {"waiting": waiting, "all": every}
    rows = searched(kept[state], lambda one: (one.no, one.firm, one.lot_no, one.seal_no, one.lab))
    return page(
        "regulator/samples.html",
        rows=sliced(rows, 30),
        state=state,
        tabs=[(one, len(kept[one])) for one in STATES],
    )


class SendForm(Form):
    """Where it goes."""

    lab = StringField(_l("检验机构"), id="send-lab")


class DiscardForm(Form):
    """Why it says nothing any more."""

    reason = TextAreaField(_l("作废理由"), id="discard-reason")


class ReturnForm(Form):
    """What was typed wrongly."""

    reason = TextAreaField(_l("退回理由"), id="return-reason")


@bp.get("/samples/<int:number>")
@allow(May.OVERSEE)
def sample(number: int) -> ResponseReturnValue:
    """A sample, its report beside the limits, and what comes next."""
    return _page(number)


def _page(number: int, refused: Any = None) -> ResponseReturnValue:
    with look() as work:
        file = inspections.sample_file(work, by=me(), number=number)
    forms: dict[Any, Any] = {kind: kind(formdata=None) for kind in (SendForm, DiscardForm, ReturnForm)}
    forms |= {type(refused): refused} if refused else {}
    tied = me().enterprise is not None and me().enterprise == file.sample.enterprise
    return page(
        "regulator/sample.html",
        refused,
        file=file,
        sample=file.sample,
        values=_rows(file),
        send=forms[SendForm],
        discard=forms[DiscardForm],
        give_back=forms[ReturnForm],
        confirm=Form(formdata=None),
        may=me().may(May.INSPECT) and not tied,
        tied=tied,
        states=SampleState,
    )


def _rows(file: Any) -> Any:
    """The report that counts beside the limits of the lot's grade."""
    if file.report is None:
        return []
    return report_rows(BatchStatus(True, file.report, file.judgement), file.lot, words.profile())


def _take(number: int, form: Any, act: Any, said: str) -> ResponseReturnValue:
    done = carry_out(form, act, said=said, to=url_for("regulator.sample", number=number))
    return done or _page(number, form)


@bp.post("/samples/<int:number>/send")
@allow(May.INSPECT)
def send_sample(number: int) -> ResponseReturnValue:
    """It went to a laboratory."""
    form = SendForm()
    return _take(
        number,
        form,
        lambda work: inspections.send_sample(
            work,
            by=me(),
            now=moment(),
            at=moment(),
            sample=number,
            lab=form.lab.data or "",
            key=form.key.data,
        ),
        _("已登记送检。"),
    )


@bp.post("/samples/<int:number>/discard")
@allow(May.INSPECT)
def discard_sample(number: int) -> ResponseReturnValue:
    """It says nothing any more."""
    form = DiscardForm()
    return _take(
        number,
        form,
        lambda work: inspections.discard_sample(
            work, by=me(), now=moment(), sample=number, reason=form.reason.data or "", key=form.key.data
        ),
        _("样品已作废。"),
    )


@bp.post("/samples/<int:number>/return")
@allow(May.INSPECT)
def return_sample_report(number: int) -> ResponseReturnValue:
    """What was typed is not what the file says."""
    form = ReturnForm()
    return _take(
        number,
        form,
        lambda work: inspections.return_sample_report(
            work, by=me(), now=moment(), sample=number, reason=form.reason.data or "", key=form.key.data
        ),
        _("已退回重新录入。"),
    )


@bp.post("/samples/<int:number>/confirm")
@allow(May.INSPECT)
def confirm_sample_report(number: int) -> ResponseReturnValue:
    """The values are those of the file: the verdict stands."""
    form = Form()
    return _take(
        number,
        form,
        lambda work: inspections.confirm_sample_report(
            work, by=me(), now=moment(), sample=number, key=form.key.data
        ),
        _("结论已生效。"),
    )


@bp.route("/samples/<int:number>/report", methods=["GET", "POST"])
@allow(May.INSPECT)
def enter_sample_report(number: int) -> ResponseReturnValue:
    """Type the laboratory's report, with its file."""
    form, to = report_form(words.profile())(), url_for("regulator.sample", number=number)
    done = carry_out(
        form,
        lambda work: inspections.enter_sample_report(work, by=me(), now=moment(), sample=number, **form.told),
        said=_("报告已录入，等另一人对照原件确认。"),
        to=to,
    )
    if done:
        return done
    with look() as work:
        file = inspections.sample_file(work, by=me(), number=number)
    if not form.is_submitted():
        form.lab.data = file.sample.lab
    return page("regulator/sample_report.html", form, file=file, limits=_limits(file.lot), back=to)


def _limits(lot: Any) -> dict[str, str]:
    """What the grade asks, by the name of the field."""
    if lot.grade is None:
        return {}
    found = limits_of(words.profile(), lot.grade, local_day(moment()))
    return {value_field(one.parameter): limit_text(one) for one in found}


@bp.get("/samples/<int:number>/file")
@allow(May.OVERSEE)
def sample_document(number: int) -> ResponseReturnValue:
    """The file of the report."""
    with look() as work:
        return shown(*inspections.report_document(work, by=me(), number=number))
