"""Where a person begins: the first page of their post."""

from flask import redirect, url_for
from flask.typing import ResponseReturnValue

from traceability.domain.people import Role
from traceability.web.guard import SIGNED_IN, allow, me

FIRST_PAGE = {
    Role.MANAGER: "enterprise.board",
    Role.CLERK: "enterprise.board",
    Role.COUNTY: "regulator.today",
    Role.PREFECTURE: "regulator.today",
    Role.OBSERVER: "regulator.today",
    Role.ADMINISTRATOR: "admin.users",
}


@allow(SIGNED_IN)
def home() -> ResponseReturnValue:
    """Lead each post to its first page."""
    return redirect(url_for(FIRST_PAGE[me().role]))
