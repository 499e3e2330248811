"""One look at a mark: identify it, keep the scan, then answer.

What counts as a look of the public: a person's browser asks for the page with GET. HEAD, robots, link previews and
pages fetched ahead are answered and not kept; a reload is kept and not counted (`domain.scans.tally`); whoever is
signed in looks as staff. Unknown codes keep nothing but a count, and cost the one who guesses.
"""

from datetime import datetime
from http import HTTPStatus

from flask import Response, current_app, g, jsonify, make_response, render_template
from flask.typing import ResponseReturnValue

from traceability.domain.scans import Door
from traceability.domain.units import local_day
from traceability.services import lookup
from traceability.services.lookup import Answer, Ask, Found, Window
from traceability.web import mark_page
from traceability.web.errors import wants_json
from traceability.web.guard import PUBLIC, allow, moment
from traceability.web.public import clients
from traceability.web.public.door import bp
from traceability.web.public.pages import page_of
from traceability.web.public.typing import problem_of


@bp.get("/M/<code>")
@bp.get("/m/<code>")
@allow(PUBLIC)
def mark(code: str) -> ResponseReturnValue:
    """The page of a mark."""
    return answered(code, None)


@bp.get("/01/<gtin>/21/<code>")
@allow(PUBLIC)
def gs1_mark(gtin: str, code: str) -> ResponseReturnValue:
    """The page of a mark by its GS1 Digital Link; another product's number before a true code is unknown."""
    return answered(code, gtin)


def window() -> Window:
    """The window of this house."""
    found: Window = current_app.extensions["window"]
    return found


def answered(code: str, gtin: str | None) -> Response:
    """What was answered is always among the scans kept."""
    now = moment()
    found = _found(code, gtin, now)
    answer = lookup.answer(found, now=now)
    status = HTTPStatus.OK if found.sighting else HTTPStatus.NOT_FOUND
    if wants_json():
        return _closed(jsonify(mark_page.as_json(answer)), status)
    page = page_of(answer, found.sighting, now=now) if found.sighting else _unknown(answer, code, now)
    return _closed(make_response(page), status)


def _found(code: str, gtin: str | None, now: datetime) -> Found:
    if not clients.is_look():
        return window().glance(code, gtin=gtin, now=now)
    door = Door.STAFF if g.get("person") else Door.PUBLIC
    return window().ask(Ask(code, now, door, gtin, clients.client_of(now), clients.province_of()))


def _unknown(answer: Answer, code: str, now: datetime) -> str:
    context = mark_page.context(answer, local_day(now))
    return render_template("public/mark.html", **context, typed=code[:80], help=problem_of(code))


def _closed(response: Response, status: int) -> Response:
    """Not to be stored on the way: the next look is another one."""
    response.status_code = status
    response.headers["Cache-Control"] = "no-store"
    response.headers["Vary"] = "Accept, Accept-Language, Cookie"
    return response
