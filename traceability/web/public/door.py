"""The public door itself: no sign-in, no session, no script."""

from collections.abc import Mapping

from flask import Blueprint, Response

bp = Blueprint("public", __name__)

CLOSED: Mapping[str, str] = {"Cache-Control": "no-store", "Vary": "Accept, Accept-Language, Cookie"}


def closed(response: Response, status: int) -> Response:
    """Not to be stored on the way: the next look is another one."""
    response.status_code = status
    response.headers.update(CLOSED)
    return response
