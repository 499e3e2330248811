"""The quick way: the plain look at a mark, answered before the machinery for everything else is woken.

A buyer's browser asks for the page of a mark and sends nothing else the answer could differ by. Such a look is kept as
any other, and answered at once when a page of its lot was made before. Whatever is not plain, and a page that is not
there yet, goes to the app behind, which finds here what was found, so that a look is one look.
"""

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from flask import Flask

from traceability.domain.scans import Door
from traceability.services import lookup
from traceability.services.lookup import Ask, Found
from traceability.web import i18n
from traceability.web.errors import prefers_json
from traceability.web.public.clients import Environ, clients_of, is_look
from traceability.web.public.door import CLOSED
from traceability.web.public.doubts import token_of
from traceability.web.public.guessing import GUESSES
from traceability.web.public.pages import kept_page, kept_unknown_page, pages_of
from traceability.web.public.rates import allowance_of

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse

#: Where the look is left for the app behind, or what kept it from being kept.
TAKEN = "traceability.look"
_MARK = re.compile(r"/[Mm]/([0-9A-HJKMNP-TV-Z]{16})")


def taken_by_quick_way(sent: Environ) -> tuple[Ask, Found] | None:
    """The look a request has been, when the quick way kept it and could not answer; raises what went wrong there."""
    taken: tuple[Ask, Found] | Exception | None = sent.get(TAKEN)
    if isinstance(taken, Exception):
        raise taken
    return taken


class QuickWay:
    """A WSGI application before an app's own; it closes nothing the app has open, and opens nothing it has closed."""

    def __init__(self, app: Flask) -> None:
        self._app, self._behind = app, app.wsgi_app
        self._house, self._clients = app.extensions["house"], clients_of(app)
        told = {"Content-Type": "text/html; charset=utf-8", **CLOSED, **app.extensions["headers"]}
        self._headers = list(told.items())

    def __call__(self, sent: Environ, start: "StartResponse") -> Iterable[bytes]:
        """Answer a plain look, or let the app answer."""
        code = _code_of(sent)
        answered = self._answered(code, sent) if code else None
        if answered is None:
            return self._behind(sent, start)
        status, page = answered
        start(status, [*self._headers, ("Content-Length", str(len(page)))])
        return [page]

    def _answered(self, code: str, sent: Environ) -> tuple[str, bytes] | None:
        """Status and page; None where there is no page yet, or the client has guessed too often."""
        now = self._house.clock()
        client = self._clients.hash_of(sent, now)
        guesses = allowance_of(self._app, GUESSES)
        if guesses.spent(client):
            return None
        asked = Ask(code, now, Door.PUBLIC, None, client, self._clients.province_of(sent))
        try:
            found = self._app.extensions["window"].ask(asked)
        except Exception as error:
            sent[TAKEN] = error
            return None
        sent[TAKEN] = asked, found
        if found.sighting is None:
            guesses.spend(client)
        return self._told(asked, found, i18n.preferred(sent.get("HTTP_ACCEPT_LANGUAGE", "")))

    def _told(self, asked: Ask, found: Found, language: str) -> tuple[str, bytes] | None:
        pages, answer = pages_of(self._app), lookup.answer(found, now=asked.at)
        about = token_of(asked, answer, self._house.secret)
        if found.sighting is None:
            page = kept_unknown_page(pages, answer, typed=asked.text, language=language, about=about)
            return ("404 NOT FOUND", page) if page else None
        page = kept_page(pages, answer, found.sighting, now=asked.at, language=language, about=about)
        return ("200 OK", page) if page else None


def _code_of(sent: Environ) -> str | None:
    """The code of a plain look: a person's browser, a page wanted, no cookie, no question behind the address."""
    if sent.get("HTTP_COOKIE") or sent.get("QUERY_STRING"):
        return None
    mark = _MARK.fullmatch(sent["PATH_INFO"])
    if mark is None or prefers_json(sent.get("HTTP_ACCEPT", "")) or not is_look(sent):
        return None
    return mark[1]
