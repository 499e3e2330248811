"""The official mark's artwork for the county: the drawing beside the firm it should name, and the decision."""

from io import BytesIO
from typing import Any

from flask import Response, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from traceability.domain.people import ArtworkState, May
from traceability.formats.artwork import preview_png, read_artwork
from traceability.services import people
from traceability.web.forms import Form, TextAreaField, page
from traceability.web.guard import allow, look, me, moment
from traceability.web.regulator.door import ReasonForm, bp, firms_of
from traceability.web.showing import carry_out, chosen, searched, sliced

STATES = (*ArtworkState, "all")
PREVIEW_PX = 1_200


class ApproveForm(Form):
    """The officer compared the drawing with the register."""

    reason = TextAreaField(_l("备注（可不填）"))


@bp.get("/artwork")
@allow(May.OVERSEE)
def artworks() -> ResponseReturnValue:
    """Files of the mark by state; those waiting first."""
    state = chosen(STATES, ArtworkState.SUBMITTED)
    with look() as work:
        found = people.artworks(work, by=me())
        firms = firms_of(work, [one.enterprise for one in found])
    rows = searched(
        [one for one in found if state in ("all", one.state)],
        lambda one: (firms[one.enterprise].name, firms[one.enterprise].uscc),
    )
    tabs = [(name, sum(1 for one in found if name in ("all", one.state))) for name in STATES]
    return page("regulator/artworks.html", rows=sliced(rows), firms=firms, state=state, tabs=tabs)


@bp.get("/artwork/<int:number>")
@allow(May.OVERSEE)
def artwork(number: int) -> ResponseReturnValue:
    """One file: how it will be printed, and whom it should name."""
    return _page(number)


@bp.route("/artwork/<int:number>/approve", methods=["GET", "POST"])
@allow(May.DECIDE_MARKS)
def approve_artwork(number: int) -> ResponseReturnValue:
    """It is the official mark with this firm's code."""
    form = ApproveForm()
    done = carry_out(
        form,
        lambda work: people.approve_artwork(work, artwork=number, **_reasoned(form)),
        said=_("图样已核准，从现在起用于打印。"),
        to=url_for("regulator.artwork", number=number),
    )
    return done or _page(number, approving=form)


@bp.route("/artwork/<int:number>/refuse", methods=["GET", "POST"])
@allow(May.DECIDE_MARKS)
def refuse_artwork(number: int) -> ResponseReturnValue:
    """It is not, with a reason the firm will read."""
    form = ReasonForm()
    done = carry_out(
        form,
        lambda work: people.refuse_artwork(work, artwork=number, **_reasoned(form)),
        said=_("已作出不予核准的决定。"),
        to=url_for("regulator.artwork", number=number),
    )
    return done or _page(number, refusing=form)


def _reasoned(form: Any) -> dict[str, Any]:
    return {"by": me(), "now": moment(), "reason": form.reason.data or "", "key": form.key.data}


def _page(number: int, *, approving: Form | None = None, refusing: Form | None = None) -> ResponseReturnValue:
    with look() as work:
        kept = people.artwork_file(work, by=me(), artwork=number)
        firm = people.enterprise(work, by=me(), number=kept.submission.enterprise, now=moment())
        others = people.artwork_of(work, by=me(), enterprise=firm.enterprise.id)
    return page(
        "regulator/artwork.html",
        approving or refusing,
        asked=kept.submission,
        document=kept.document,
        drawn=read_artwork(kept.content),
        firm=firm,
        others=[one for one in others if one.id != number],
        tied=me().enterprise == firm.enterprise.id,
        approving=approving or ApproveForm(formdata=None),
        refusing=refusing or ReasonForm(formdata=None),
    )


@bp.get("/artwork/<int:number>.png")
@allow(May.OVERSEE)
def artwork_preview(number: int) -> ResponseReturnValue:
    """The drawing on white, as it will be printed."""
    with look() as work:
        kept = people.artwork_file(work, by=me(), artwork=number)
    return Response(preview_png(read_artwork(kept.content), PREVIEW_PX), mimetype="image/png")


def _file_name(number: int, content: bytes) -> str:
    """By what the file is: the firm's own name for it may claim that it is something to open."""
    return f"artwork-{number}{read_artwork(content).suffix}"


@bp.get("/artwork/<int:number>/file")
@allow(May.OVERSEE)
def artwork_original(number: int) -> ResponseReturnValue:
    """The file as it was handed in, to keep; no browser opens it under our address (FRAUD F24)."""
    with look() as work:
        kept = people.artwork_file(work, by=me(), artwork=number)
    answer = send_file(
        BytesIO(kept.content),
        mimetype="application/octet-stream",
        as_attachment=True,
        download_name=_file_name(number, kept.content),
        max_age=0,
    )
    answer.headers["X-Content-Type-Options"] = "nosniff"
    return answer
