"""Doubts of buyers for the office: each with what its page said, the lots behind the mark, the photo; and settled."""

from collections.abc import Mapping
from typing import Any

from flask import Response, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from traceability.domain.doubts import DoubtState
from traceability.domain.marks import control_number
from traceability.domain.people import Enterprise, May
from traceability.services import chain, doubts
from traceability.web import words
from traceability.web.forms import Form, TextAreaField, page
from traceability.web.guard import allow, look, me, moment
from traceability.web.regulator.door import bp, firms_of
from traceability.web.showing import carry_out, chosen, searched, sliced

STATES = (*DoubtState, "all")


class DoubtOutcomeForm(Form):
    """What came of it; the outcome is the reason of the decision, and the buyer is not told it."""

    reason = TextAreaField(_l("核查结果"))


@bp.get("/doubts", endpoint="doubts")
@allow(May.OVERSEE)
def doubt_list() -> ResponseReturnValue:
    """Doubts by state, latest first."""
    state = chosen(STATES, DoubtState.OPEN)
    with look() as work:
        found = doubts.doubts(work, by=me())
        firms = firms_of(work, [one.enterprise for one in found])
    rows = searched([one for one in found if state in ("all", one.state)], lambda one: _text(one, firms))
    tabs = [(name, sum(1 for one in found if name in ("all", one.state))) for name in STATES]
    return page("regulator/doubts.html", rows=sliced(rows, 30), firms=firms, state=state, tabs=tabs)


def _text(one: Any, firms: Mapping[int, Enterprise]) -> tuple[str | None, ...]:
    """What a doubt is found by."""
    firm = firms[one.enterprise].name if one.enterprise in firms else ""
    serial = "" if one.serial is None else control_number(one.serial)
    return one.ref, one.ref.replace("-", ""), firm, words.word(one.kind), one.words, serial, one.typed


@bp.get("/doubts/<int:number>")
@allow(May.OVERSEE)
def doubt(number: int) -> ResponseReturnValue:
    """One doubt, and what to look at beside it."""
    return _page(number, DoubtOutcomeForm(formdata=None))


@bp.route("/doubts/<int:number>/settle", methods=["GET", "POST"])
@allow(May.SETTLE)
def settle_doubt(number: int) -> ResponseReturnValue:
    """Close it with its outcome."""
    form = DoubtOutcomeForm()
    done = carry_out(
        form,
        lambda work: doubts.settle_doubt(
            work, by=me(), now=moment(), number=number, outcome=form.reason.data or "", key=form.key.data
        ),
        said=_("公众反映已核查完毕。"),
        to=url_for("regulator.doubts"),
    )
    return done or _page(number, form)


def _page(number: int, form: Form) -> ResponseReturnValue:
    with look() as work:
        file = doubts.doubt(work, by=me(), number=number)
        firms = firms_of(work, [file.doubt.enterprise])
        lots = [chain.dossier(work, by=me(), lot=one).lot for one in (file.batch, file.pack_lot) if one]
    firm = firms.get(file.doubt.enterprise or 0)
    return page("regulator/doubt.html", form, found=file.doubt, file=file, firm=firm, lots=lots)


@bp.get("/doubts/<int:number>.jpg")
@allow(May.OVERSEE)
def doubt_photo(number: int) -> ResponseReturnValue:
    """The photo, as it was drawn anew; that it is no page and in no cache is said by the headers of every answer."""
    with look() as work:
        return Response(doubts.doubt_photo(work, by=me(), number=number), mimetype="image/jpeg")
