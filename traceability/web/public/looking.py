"""One look at a mark: identify it, keep the scan, then answer."""

import hashlib
import hmac
from datetime import datetime
from ipaddress import ip_address, ip_network

from flask import Response, jsonify, make_response, render_template, request
from flask.typing import ResponseReturnValue

from traceability.domain.scans import Door
from traceability.domain.units import local_day
from traceability.services import lookup
from traceability.services.lookup import Answer, Sighting
from traceability.web import mark_page, words
from traceability.web.errors import wants_json
from traceability.web.guard import PUBLIC, allow, house, look, moment, note
from traceability.web.public.door import bp
from traceability.web.public.typing import problem_of


@bp.get("/M/<code>")
@bp.get("/m/<code>")
@allow(PUBLIC)
def mark(code: str) -> ResponseReturnValue:
    """The page of a mark."""
    return _answered(code, None)


@bp.get("/01/<gtin>/21/<code>")
@allow(PUBLIC)
def gs1_mark(gtin: str, code: str) -> ResponseReturnValue:
    """The page of a mark by its GS1 Digital Link; another product's number before a true code is unknown."""
    return _answered(code, gtin)


# --- one look -------------------------------------------------------------------------------------------------------


def _answered(code: str, gtin: str | None) -> ResponseReturnValue:
    """Identify, keep the scan, then answer: what was answered is always among the scans kept."""
    now = moment()
    with look() as work:
        sighting = lookup.identify(work, code, gtin=gtin)
    if sighting is not None and request.method == "GET":
        sighting = _kept(sighting, now)
    with look() as work:
        found = lookup.answer(work, sighting, now=now)
    return _shown(found, code)


def _kept(sighting: Sighting, now: datetime) -> Sighting:
    with note() as work:
        return lookup.keep_scan(work, sighting, now=now, door=Door.PUBLIC, client=_client(now))


def _shown(found: Answer, typed: str) -> Response:
    if wants_json():
        response = make_response(jsonify(mark_page.as_json(found)))
    else:
        context = mark_page.context(found, local_day(moment()))
        context |= {"typed": typed[:80], "help": problem_of(typed) if found.pack is None else ""}
        response = make_response(render_template("public/mark.html", **context))
    response.status_code = 404 if found.pack is None else 200
    response.headers["Cache-Control"] = "no-store"
    response.vary.update(("Accept", "Accept-Language", "Cookie"))
    return response


def _client(now: datetime) -> str:
    """A keyed hash of address prefix and user agent: tells clients apart for a while and names nobody (PIPL).

    The key changes with the profile's period, so that no hash can be followed over longer.
    """
    period = local_day(now).toordinal() // words.profile().client_key_days
    key = hmac.digest(house().secret, f"scan client v1:{period}".encode(), hashlib.sha256)
    seen = f"{_prefix(request.remote_addr)}\n{request.user_agent.string}"
    return hmac.new(key, seen.encode(), hashlib.sha256).hexdigest()[:32]


def _prefix(address: str | None) -> str:
    """The network an address is in: /24 of IPv4, /48 of IPv6."""
    try:
        found = ip_address(address or "")
    except ValueError:
        return ""
    mapped = getattr(found, "ipv4_mapped", None) or found
    return str(ip_network(f"{mapped}/{24 if mapped.version == 4 else 48}", strict=False))
