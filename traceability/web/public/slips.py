"""What a grower is shown who scans the symbol of a slip: what was booked on the garden card. No names."""

from flask import make_response, render_template
from flask.typing import ResponseReturnValue

from traceability.domain.errors import by_code
from traceability.services import chain
from traceability.web.errors import refusal_text
from traceability.web.guard import PUBLIC, allow, look
from traceability.web.public.door import bp


@bp.get("/R/<no>/<ref>")
@bp.get("/r/<no>/<ref>")
@allow(PUBLIC)
def slip(no: str, ref: str) -> ResponseReturnValue:
    """For whoever has the slip; the reference cannot be guessed."""
    with look() as work:
        told = chain.slip_by_ref(work, no=no.upper(), ref=ref)
    why = refusal_text(by_code(told.code)()) if told.code else ""
    answer = make_response(render_template("public/slip.html", told=told, why=why))
    answer.headers["Cache-Control"] = "no-store"
    answer.vary.update(("Accept-Language", "Cookie"))
    return answer
