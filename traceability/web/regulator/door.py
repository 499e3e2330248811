"""The blueprint, the form most decisions need, and the firms a page names."""

from collections.abc import Iterable
from typing import Any

from flask import Blueprint
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from traceability.domain.errors import NotFound
from traceability.domain.people import Enterprise
from traceability.services import people
from traceability.web.forms import Form, TextAreaField
from traceability.web.guard import me, moment

bp = Blueprint("regulator", __name__, url_prefix="/office")


@bp.after_request
def _keep_no_copy(response: Response) -> Response:
    """Pages of an office stay in no cache: the machine may be shared."""
    response.headers["Cache-Control"] = "no-store"
    return response


class ReasonForm(Form):
    """A decision that needs only its reason."""

    reason = TextAreaField(_l("理由"))


def firms_of(work: Any, numbers: Iterable[int | None]) -> dict[int, Enterprise]:
    """The firms a page names, by id; those out of reach are left out."""
    found = {}
    for number in {one for one in numbers if one is not None}:
        try:
            found[number] = people.enterprise(work, by=me(), number=number, now=moment()).enterprise
        except NotFound:
            continue
    return found
