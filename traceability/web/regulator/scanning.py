"""A mark checked by an officer, in a shop or at the counter."""

from flask.typing import ResponseReturnValue

from traceability.domain.people import May
from traceability.web import scanning
from traceability.web.guard import allow
from traceability.web.regulator.door import bp


@bp.route("/scan", methods=["GET", "POST"])
@allow(May.OVERSEE)
def scan() -> ResponseReturnValue:
    """By its code, or by a photo of its label."""
    return scanning.scan("regulator", frame="regulator/base.html")
