"""Holds in force, the release of a hold, and the files handed in."""

from io import BytesIO

from flask import Response, g, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from traceability.domain.errors import HoldUnknown
from traceability.domain.people import May
from traceability.services import applications, oversight
from traceability.web import words
from traceability.web.forms import page
from traceability.web.guard import allow, look, me, moment
from traceability.web.regulator.door import ReasonForm, bp
from traceability.web.showing import carry_out

#: What a browser may show by itself; anything else is only saved.
SHOWN_INLINE = frozenset({"application/pdf", "image/png", "image/jpeg"})


@bp.get("/holds")
@allow(May.OVERSEE)
def holds() -> ResponseReturnValue:
    """Holds in force."""
    with look() as work:
        held = oversight.open_holds(work, by=me())
    return page("regulator/holds.html", held=held[::-1])


@bp.route("/holds/<int:number>/release", methods=["GET", "POST"])
@allow(May.HOLD)
def release_hold(number: int) -> ResponseReturnValue:
    """Lift a hold, with a reason."""
    form = ReasonForm()
    done = carry_out(
        form,
        lambda work: oversight.release_hold(
            work, by=me(), now=moment(), hold=number, reason=form.reason.data or "", key=form.key.data
        ),
        said=_("已解除冻结。"),
        to=url_for("regulator.holds"),
    )
    if done:
        return done
    with look() as work:
        found = next(
            ((one, lot) for one, lot in oversight.open_holds(work, by=me()) if one.id == number), None
        )
    if found is None:
        raise HoldUnknown(hold=number)
    hold, lot = found
    note = _(
        "%(day)s因“%(cause)s”冻结。解除后批次可以继续流转。",
        day=words.day(hold.since), cause=words.word(hold.cause, "cause"),
    )  # fmt: skip
    return page(
        "regulator/decide.html", form, title=_("解除冻结"), about=lot.no, note=note, button=_("解除冻结"),
        back=url_for("regulator.lot", lot=lot.id),
    )  # fmt: skip


@bp.get("/documents/<int:number>")
@allow(May.OVERSEE)
def document(number: int) -> ResponseReturnValue:
    """A file of a lot within reach: shown by the browser only when it is a PDF or a picture, never kept."""
    with look() as work:
        return shown(*oversight.document(work, by=me(), number=number))


def shown(found: applications.Document, content: bytes) -> Response:
    """A file: inline when the browser may show it, else only to keep; in no cache (FRAUD F24)."""
    inline = found.media_type in SHOWN_INLINE
    kind = found.media_type if inline else "application/octet-stream"
    answer = send_file(
        BytesIO(content), mimetype=kind, as_attachment=not inline, download_name=found.name, max_age=0
    )
    g.beside = inline
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Cache-Control"] = "no-store"
    return answer
