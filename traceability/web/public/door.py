"""The public door itself: no sign-in, no session, no script."""

from flask import Blueprint, Response

bp = Blueprint("public", __name__)


def closed(response: Response, status: int) -> Response:
    """Not to be stored on the way: the next look is another one."""
    response.status_code = status
    response.headers["Cache-Control"] = "no-store"
    response.headers["Vary"] = "Accept, Accept-Language, Cookie"
    return response
