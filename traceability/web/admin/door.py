"""The blueprint of the administrator's pages."""

from flask import Blueprint
from werkzeug.wrappers import Response

bp = Blueprint("admin", __name__, url_prefix="/admin")


@bp.after_request
def _keep_no_copy(response: Response) -> Response:
    """A page may show a password once; no cache keeps it."""
    response.headers["Cache-Control"] = "no-store"
    return response
