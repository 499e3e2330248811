"""GS1 Digital Link on the public door: a product, a lot of it, the links of either and of a mark.

GS1-Conformant Resolver Standard 1.2, cited as RS. Malformed keys are answered with 400 before anything is looked up, so
that the answer tells nothing of what is true; whatever is well-formed and not known here, with 404 (RS §2.4.1).
"""

from collections.abc import Mapping
from datetime import datetime
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

from flask import Response, current_app, jsonify, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from traceability.formats.digital_link import linksets
from traceability.formats.digital_link.keys import Foreign, Link, Malformed, link_of, read_link
from traceability.services import lookup
from traceability.web.errors import wants_json
from traceability.web.guard import PUBLIC, allow, look, moment
from traceability.web.public import item_pages
from traceability.web.public.clients import client_of
from traceability.web.public.door import bp
from traceability.web.public.guessing import guessed, too_many


@bp.get("/01/<gtin>", strict_slashes=False)
@allow(PUBLIC)
def gs1_product(gtin: str) -> ResponseReturnValue:
    """The page of a product by its trade item number."""
    return other_answer(link := link_of(gtin)) or _product_page(link)


@bp.get("/01/<gtin>/10/<path:lot>")
@allow(PUBLIC)
def gs1_lot(gtin: str, lot: str) -> ResponseReturnValue:
    """The page of a lot by its number, or by that of its batch. A number may have a slash: the server decodes it."""
    return other_answer(link := link_of(gtin, lot=lot.rstrip("/"))) or _lot_page(link)


@bp.get("/01/<gtin>/10/<lot>/21/<code>", strict_slashes=False)
@allow(PUBLIC)
def gs1_mark_of_lot(gtin: str, lot: str, code: str) -> ResponseReturnValue:
    """On to the mark's own page: a serial names the pack alone (RS §2.5.9 rule 2)."""
    link = link_of(gtin, lot=lot, serial=code)
    return _moved(Link(link.gtin, serial=link.serial))


@bp.get("/01/<path:rest>")
@allow(PUBLIC)
def gs1_other(rest: str) -> ResponseReturnValue:
    """Keys in any other shape: the same with a slash too many is sent on, the rest is malformed or not ours."""
    link = read_link(f"/01/{quote(rest)}")
    return _unknown() if request.path == link.path else _moved(link)


@bp.get("/.well-known/gs1resolver")
@allow(PUBLIC)
def gs1_resolver() -> ResponseReturnValue:
    """What this resolver answers (RS §3)."""
    told = linksets.description(_public_url(), name=_("都匀毛尖 · 地理标志查验"))
    return _finished(jsonify(told))


# --- for every view of a link, the mark's too -------------------------------------------------------------------


def other_answer(link: Link) -> ResponseReturnValue | None:
    """What a request wants of a link instead of its page: all its links, or one type of them; None for the page.

    A type of link that stands above it leads there with the query as it came (RS §2.6.2, §2.12); one that nobody has is
    not found. The type decides before anything is looked up: it tells nothing of whether the thing is known.
    """
    if wants_linkset():
        return linkset_answer(link)
    if (asked := _link_type()) is None:
        return None
    place = linksets.place_of(link, linksets.relation_named(asked) or "")
    if place is None:
        return _sorry(HTTPStatus.NOT_FOUND, "link.no_such_type", item_pages.no_such_type())
    return None if place == link else _moved(place)


def wants_linkset() -> bool:
    """Whether all links are asked for, by `linkType` or by what the client prefers (RS §2.9)."""
    if _link_type() in linksets.EVERY_LINK:
        return True
    offered = ["text/html", "application/json", linksets.MEDIA_TYPE]
    return request.accept_mimetypes.best_match(offered) == linksets.MEDIA_TYPE


def linkset_answer(link: Link) -> ResponseReturnValue:
    """All links of a product, lot or true mark; 404 for any other. No scan is kept: nobody saw the mark's page."""
    if link.serial is not None and (wait := too_many(client_of(moment()))) is not None:
        return wait
    if not _known(link):
        return _unknown()
    response = jsonify(linksets.linkset(link, public_url=_public_url(), titles=item_pages.titles()))
    response.content_type = linksets.MEDIA_TYPE
    context = f'<{linksets.CONTEXT}>; rel="http://www.w3.org/ns/json-ld#context"; type="application/ld+json"'
    response.headers.add("Link", context)
    return _finished(response)


def with_links(response: Response, link: Link) -> Response:
    """Say where the link set of a page is (RFC 9264 §6; RS §2.9); of what is not known there is none."""
    if response.status_code == HTTPStatus.OK:
        address = linksets.linkset_address(link, _public_url())
        response.headers.add("Link", f'<{address}>; rel="linkset"; type="{linksets.MEDIA_TYPE}"')
    return _finished(response)


@bp.errorhandler(Malformed)
def _malformed(error: Malformed) -> Response:
    return _sorry(HTTPStatus.BAD_REQUEST, f"link.{error.fault.value}", item_pages.malformed(error))


@bp.errorhandler(Foreign)
def _foreign(_error: Foreign) -> Response:
    return _unknown()


# --- answers ----------------------------------------------------------------------------------------------------


def _product_page(link: Link) -> Response:
    with look() as work:
        found = lookup.item(work, gtin=link.gtin, now=moment())
    if found is None:
        return _unknown()
    if wants_json():
        return with_links(jsonify(item_pages.product_json(found)), link)
    return with_links(_page("product", item_pages.product_context(found)), link)


def _lot_page(link: Link) -> Response:
    with look() as work:
        found = lookup.item_lot(work, gtin=link.gtin, no=link.lot or "", now=moment())
    if found is None:
        return _unknown()
    if wants_json():
        return with_links(jsonify(item_pages.lot_json(found)), link)
    return with_links(_page("lot", item_pages.lot_context(found)), link)


def _known(link: Link) -> bool:
    now = moment()
    if link.serial is not None:
        return _is_mark(link.gtin, link.serial, now)
    with look() as work:
        if link.lot is not None:
            return lookup.item_lot(work, gtin=link.gtin, no=link.lot, now=now) is not None
        return lookup.item(work, gtin=link.gtin, now=now) is not None


def _is_mark(gtin: str, code: str, now: datetime) -> bool:
    """Whether it is a true code of this product; a guess at it costs what it costs on the mark's own page."""
    window: lookup.Window = current_app.extensions["window"]
    known = window.glance(code, gtin=gtin, now=now).sighting is not None
    if not known:
        guessed(client_of(now))
    return known


def _unknown() -> Response:
    return _sorry(HTTPStatus.NOT_FOUND, "link.unknown", item_pages.unknown())


def _sorry(status: HTTPStatus, code: str, told: tuple[str, str]) -> Response:
    title, text = told
    if wants_json() or wants_linkset():
        response = jsonify(code=code, message=text)
    else:
        response = _page("no_link", {"title": title, "text": text, "status": status.value})
    response.status_code = status
    return _finished(response)


def _moved(link: Link) -> ResponseReturnValue:
    """To the page of another link of ours; the query goes along (RS §2.12)."""
    query = f"?{request.query_string.decode('ascii', 'replace')}" if request.query_string else ""
    response = redirect(f"{request.script_root}{link.path}{query}", HTTPStatus.TEMPORARY_REDIRECT)
    return _finished(make_response(response))


def _page(name: str, context: Mapping[str, Any]) -> Response:
    return make_response(render_template(f"public/{name}.html", **context))


def _finished(response: Response) -> Response:
    """Anybody's page may read it (CORS, RS §2.2); kept nowhere, since a recall shows at once."""
    response.headers["Cache-Control"] = "no-store"
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Access-Control-Expose-Headers"] = "Link"
    response.vary.update(("Accept", "Accept-Language", "Cookie"))
    return response


def _link_type() -> str | None:
    """The type of link asked for; the name of the parameter in any case, since `linktype` is common."""
    return next((value for name, value in request.args.items() if name.lower() == "linktype"), None)


def _public_url() -> str:
    return str(current_app.config["PUBLIC_URL"])
