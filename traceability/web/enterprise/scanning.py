"""A mark checked at the desk: goods that come in, labels before they go on."""

from flask.typing import ResponseReturnValue

from traceability.domain.people import May
from traceability.web import scanning
from traceability.web.enterprise.door import METHODS, bp
from traceability.web.guard import allow


@bp.route("/scan", methods=METHODS)
@allow(May.READ_CHAIN)
def scan() -> ResponseReturnValue:
    """By its code, or by a photo of its label."""
    return scanning.scan("enterprise", frame="enterprise/base.html")
