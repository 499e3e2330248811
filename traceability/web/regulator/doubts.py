"""Doubts of buyers for the office: a queue on its clock, each with what its page said, and answered.

Those that wait longest come first, so what is overdue stands on top.
"""

from typing import Any

from flask import Response, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms.validators import ValidationError

from traceability.domain.doubts import DoubtResult, DoubtState
from traceability.domain.listing import Asked
from traceability.domain.people import May
from traceability.services import chain, doubts
from traceability.web import words
from traceability.web.forms import Choices, Form, TextAreaField, page
from traceability.web.guard import allow, look, me, moment
from traceability.web.regulator.door import asked_words, bp, firms_of, page_of, page_start
from traceability.web.showing import carry_out, chosen

STATES = (*DoubtState, "all")
PAGE = 30

#: What becomes of a doubt beside its answer: nothing, a finding of its own, or one that is there already.
NO_FINDING, NEW_FINDING = "", "new"


class DoubtOutcomeForm(Form):
    """What came of it: the answer for whoever asks after it, and what the office keeps."""

    result = Choices(_l("核查结论"))
    answer = TextAreaField(_l("给反映人的答复"))
    reason = TextAreaField(_l("核查记录"))
    finding = Choices(_l("转为线索"))

    def validate_result(self, field: Any) -> None:
        """One of them was chosen."""
        if not field.data:
            raise ValidationError(_("请选择一个结论。"))


@bp.get("/doubts", endpoint="doubts")
@allow(May.OVERSEE)
def doubt_list() -> ResponseReturnValue:
    """Doubts by state, those that wait longest first; what came of the others, in numbers."""
    state = chosen(STATES, DoubtState.OPEN)
    result = chosen(tuple(DoubtResult), "", "result")
    with look() as work:
        numbers = doubts.doubt_numbers(work, by=me(), now=moment())
        found = doubts.find_doubts(work, by=me(), now=moment(), asked=_asked(state, result))
    tabs: list[tuple[str, int]] = [(DoubtState.OPEN, numbers.open), (DoubtState.SETTLED, numbers.settled)]
    tabs = [*tabs, ("all", numbers.open + numbers.settled)]
    return page(
        "regulator/doubts.html",
        rows=page_of(found, PAGE),
        state=state,
        tabs=tabs,
        numbers=numbers,
        result=result,
    )


def _asked(state: str, result: str) -> Asked:
    only = {name: code for name, code in (("state", state), ("result", result)) if code not in ("", "all")}
    return Asked(
        words=asked_words("doubt"),
        only=only,
        sort="waiting",
        down=state != DoubtState.OPEN,
        first=page_start(PAGE),
        size=PAGE,
    )


@bp.get("/doubts/<int:number>")
@allow(May.OVERSEE)
def doubt(number: int) -> ResponseReturnValue:
    """One doubt, and what to look at beside it."""
    return _page(number, _form(number, formdata=None))


def _form(number: int, **more: Any) -> DoubtOutcomeForm:
    form = DoubtOutcomeForm(**more)
    form.result.choices = [("", _("请选择")), *((one.value, words.word(one)) for one in DoubtResult)]
    with look() as work:
        known = [one for one in doubts.doubt(work, by=me(), number=number).findings if one.state != "settled"]
    form.finding.choices = [
        (NO_FINDING, _("不转为线索")),
        (NEW_FINDING, _("建立一条新线索")),
        *((str(one.id), _("并入：%(what)s", what=_named(one))) for one in known),
    ]
    return form


def _named(one: Any) -> str:
    return f"{words.word(one.code, 'finding')} {words.day(one.happened_at)}"


@bp.route("/doubts/<int:number>/settle", methods=["GET", "POST"])
@allow(May.SETTLE)
def settle_doubt(number: int) -> ResponseReturnValue:
    """Answer it, and close it with its outcome."""
    form = _form(number)
    done = carry_out(
        form,
        lambda work: _settle(work, number, form),
        said=_("已答复，反映人凭编号可以看到答复。"),
        to=url_for("regulator.doubts"),
    )
    return done or _page(number, form)


def _settle(work: Any, number: int, form: DoubtOutcomeForm) -> int:
    linked = form.finding.data or NO_FINDING
    return doubts.settle_doubt(
        work,
        by=me(),
        now=moment(),
        number=number,
        result=DoubtResult(form.result.data),
        answer=form.answer.data or "",
        outcome=form.reason.data or "",
        finding=int(linked) if linked not in (NO_FINDING, NEW_FINDING) else None,
        raise_finding=linked == NEW_FINDING,
        key=form.key.data,
    )


def _page(number: int, form: Form) -> ResponseReturnValue:
    with look() as work:
        file = doubts.doubt(work, by=me(), number=number)
        clock = doubts.clock_of(work, doubt=file.doubt, now=moment())
        firms = firms_of(work, [file.doubt.enterprise])
        lots = [chain.dossier(work, by=me(), lot=one).lot for one in (file.batch, file.pack_lot) if one]
    firm = firms.get(file.doubt.enterprise or 0)
    return page("regulator/doubt.html", form, found=file.doubt, file=file, firm=firm, lots=lots, clock=clock)


@bp.get("/doubts/<int:number>.jpg")
@allow(May.OVERSEE)
def doubt_photo(number: int) -> ResponseReturnValue:
    """The photo, as it was drawn anew; that it is no page and in no cache is said by the headers of every answer."""
    with look() as work:
        return Response(doubts.doubt_photo(work, by=me(), number=number), mimetype="image/jpeg")
