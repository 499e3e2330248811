"""The blueprint, the form most decisions need, and the firms a page names."""

from collections.abc import Iterable
from typing import Any, TypeVar

from flask import Blueprint, abort, request
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from traceability.domain.errors import NotFound
from traceability.domain.listing import Found, Word
from traceability.domain.people import FIRM_ROLES, Enterprise
from traceability.services import people
from traceability.web import words
from traceability.web.forms import Form, TextAreaField
from traceability.web.guard import me, moment
from traceability.web.showing import Slice

Row = TypeVar("Row")

bp = Blueprint("regulator", __name__, url_prefix="/office")


@bp.after_request
def _keep_no_copy(response: Response) -> Response:
    """Pages of an office stay in no cache: the machine may be shared."""
    response.headers["Cache-Control"] = "no-store"
    return response


@bp.before_request
def _offices_only() -> None:
    """Some permissions are of firms and offices alike, to recall for one: each has a door of its own for them."""
    if me().role in FIRM_ROLES:
        abort(403)


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


# --- pages of long lists --------------------------------------------------------------------------------------

MOST_WORDS, LONGEST_WORD = 6, 60


def asked_words(*families: str) -> tuple[Word, ...]:
    """The words of `?q=`, each with the codes of these families whose names hold it."""
    plain = "".join(char if char.isprintable() else " " for char in request.args.get("q", ""))
    named = [one for family in families for one in words.names_of(family)]
    return tuple(
        Word(text, frozenset(code for code, name in named if text.casefold() in name.casefold()))
        for text in (one[:LONGEST_WORD] for one in plain.split()[:MOST_WORDS])
    )


def page_start(size: int) -> int:
    """The first row (from 0) of the page that `?page=` asks for."""
    return (min(max(1, request.args.get("page", 1, type=int)), 10**6) - 1) * size


def page_of(found: Found[Row], size: int) -> Slice[Row]:
    """A page the database cut, as the templates show it."""
    return Slice(found.rows, found.first // size + 1, max(1, -(-found.total // size)), found.total)
