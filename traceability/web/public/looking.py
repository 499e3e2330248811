"""One look at a mark: identify it, keep the scan, then answer.

What counts as a look of the public: a person's browser asks for the page with GET. HEAD, robots, link previews and
pages fetched ahead are answered and not kept; a reload is kept and not counted (`domain.scans.tally`); whoever is
signed in looks as staff. Unknown codes keep nothing but a count, and cost the one who guesses.
"""

from http import HTTPStatus

from flask import Response, current_app, g, jsonify, make_response, request
from flask.typing import ResponseReturnValue

from traceability.domain.scans import Door
from traceability.formats.digital_link.keys import link_of
from traceability.services import lookup
from traceability.services.lookup import Ask, Found, Window
from traceability.web import mark_page
from traceability.web.errors import wants_json
from traceability.web.guard import PUBLIC, allow, house, moment
from traceability.web.public import clients
from traceability.web.public.door import bp, closed
from traceability.web.public.doubts import token_of
from traceability.web.public.guessing import guessed, too_many
from traceability.web.public.pages import page_of, unknown_page
from traceability.web.public.quick import taken_by_quick_way
from traceability.web.public.resolving import other_answer, with_links
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
    link = link_of(gtin, serial=code)
    return other_answer(link) or with_links(answered(code, gtin), link)


def window() -> Window:
    """The window of this house."""
    found: Window = current_app.extensions["window"]
    return found


def answered(code: str, gtin: str | None) -> Response:
    """What was answered is always among the scans kept."""
    if (taken := taken_by_quick_way(request.environ)) is not None:
        return _told(*taken)
    now, sent = moment(), request.environ
    client = clients.client_of(now)
    if (wait := too_many(client)) is not None:
        return wait
    asked = Ask(code, now, _door(), gtin, client, clients.clients_of(current_app).province_of(sent))
    found = window().ask(asked) if clients.is_look(sent) else window().glance(code, gtin=gtin, now=now)
    if found.sighting is None:
        guessed(client)
    return _told(asked, found)


def _door() -> Door:
    return Door.STAFF if g.get("person") else Door.PUBLIC


def _told(asked: Ask, found: Found) -> Response:
    answer = lookup.answer(found, now=asked.at)
    status = HTTPStatus.NOT_FOUND if found.sighting is None else HTTPStatus.OK
    if wants_json():
        return closed(jsonify(mark_page.as_json(answer)), status)
    about = token_of(asked, answer, house().secret)
    if found.sighting is None:
        typed, told = asked.text[:80], problem_of(asked.text)
        page = unknown_page(answer, typed=typed, told=told, now=asked.at, about=about)
        return closed(make_response(page), status)
    return closed(make_response(page_of(answer, found.sighting, now=asked.at, about=about)), status)
