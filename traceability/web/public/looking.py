"""One look at a mark: identify it, keep the scan, then answer.

What counts as a look of the public: a person's browser asks for the page with GET. HEAD, robots, link previews and
pages fetched ahead are answered and not kept; a reload is kept and not counted (`domain.scans.tally`); whoever is
signed in looks as staff. Unknown codes keep nothing but a count, and cost the one who guesses.
"""

from datetime import datetime

from flask import Response, current_app, g, jsonify, make_response, render_template
from flask.typing import ResponseReturnValue

from traceability.domain.scans import Door
from traceability.domain.units import local_day
from traceability.services import lookup
from traceability.services.lookup import Answer, Looked, Pack, Sighting, Sum, Window
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
    sighting = window().identify(code, gtin=gtin)
    if sighting is None:
        return _unknown(code, now)
    pack = window().pack(sighting, now=now)
    found = lookup.answer(sighting, pack, _looked(sighting, pack, now), now=now)
    return _known(found, sighting, now)


def _looked(sighting: Sighting, pack: Pack, now: datetime) -> Sum:
    if not clients.is_look():
        return window().sum_of(sighting)
    door = Door.STAFF if g.get("person") else Door.PUBLIC
    early = pack.out_at is None or now < pack.out_at
    return window().keep(
        Looked(sighting, now, door, clients.client_of(now), clients.province_of(), early=early)
    )


def _known(found: Answer, sighting: Sighting, now: datetime) -> Response:
    if wants_json():
        return _closed(jsonify(mark_page.as_json(found)), 200)
    return _closed(make_response(page_of(found, sighting, now=now, about="")), 200)


def _unknown(code: str, now: datetime) -> Response:
    window().count_unknown(now=now)
    found = lookup.UNKNOWN
    if wants_json():
        return _closed(jsonify(mark_page.as_json(found)), 404)
    context = mark_page.context(found, local_day(now))
    page = render_template("public/mark.html", **context, typed=code[:80], help=problem_of(code))
    return _closed(make_response(page), 404)


def _closed(response: Response, status: int) -> Response:
    """Not to be stored on the way: the next look is another one."""
    response.status_code = status
    response.headers["Cache-Control"] = "no-store"
    response.vary.update(("Accept", "Accept-Language", "Cookie"))
    return response
