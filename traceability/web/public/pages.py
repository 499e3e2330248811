"""The pages of marks, made once for all marks that differ in nothing but their own number and looks.

A page is kept with holes where the mark's own texts go, by the version of the books it was made from: any accepted
change, a recall before all, makes a new one.
"""

import re
from collections.abc import Sequence
from datetime import datetime

from flask import Flask, current_app, render_template
from markupsafe import escape

from traceability.domain.units import local_day
from traceability.services import lookup
from traceability.services.lookup import Answer, Memory, Sighting
from traceability.web import i18n, mark_page
from traceability.web.mark_page import HOLES, own_of

#: Pages kept: a few for each lot in the market, in two languages; some 20 kB each.
MOST = 1500

#: Pieces of a page by turns with the number of the hole between them.
Pieces = tuple[tuple[bytes, ...], tuple[int, ...]]
Pages = Memory[tuple[object, ...], Pieces]


def pages_of(app: Flask) -> Pages:
    """The pages this app keeps."""
    kept: Pages = app.extensions["pages"]
    return kept


def page_of(found: Answer, sighting: Sighting, *, now: datetime, about: str = "") -> bytes:
    """The page of a mark that is known."""
    language = i18n.language()
    made = pages_of(current_app).get(_key(found, sighting, now, language), lambda: _made(found, now))
    return _filled(made, (*own_of(found, english=language == "en"), about, ""))


def kept_page(
    pages: Pages, found: Answer, sighting: Sighting, *, now: datetime, language: str, about: str
) -> bytes | None:
    """The same page, if it was made before; it needs no request."""
    made = pages.kept(_key(found, sighting, now, language))
    return _filled(made, (*own_of(found, english=language == "en"), about, "")) if made else None


def _key(found: Answer, sighting: Sighting, now: datetime, language: str) -> tuple[object, ...]:
    pack = lookup.pack_key(sighting, now=now)
    return pack, found.verdict, found.state, found.seen.times > 0, language


def _made(found: Answer, now: datetime) -> Pieces:
    context = mark_page.context(found, local_day(now), own=HOLES)
    return _pieces(render_template("public/mark.html", **context, typed="", help="", about=ABOUT))


def _pieces(page: str) -> Pieces:
    parts = _HOLES.split(page)
    return tuple(part.encode() for part in parts[::2]), tuple(_EVERY.index(hole) for hole in parts[1::2])


def unknown_page(answer: Answer, *, typed: str, told: str, now: datetime, about: str) -> bytes:
    """The page of a code that was never issued, `told` what is wrong with it as far as its letters go."""

    def make() -> Pieces:
        context = mark_page.context(answer, local_day(now))
        return _pieces(render_template("public/mark.html", **context, typed=TYPED, help=told, about=ABOUT))

    # What is told names letters that were typed: there is no end of such pages, and they would drive out the others.
    made = make() if told else pages_of(current_app).get((answer.verdict, i18n.language()), make)
    return _filled(made, ("", "", "", "", about, typed))


def kept_unknown_page(pages: Pages, answer: Answer, *, typed: str, language: str, about: str) -> bytes | None:
    """The same page for a code whose letters are in order, if it was made before."""
    made = pages.kept((answer.verdict, language))
    return _filled(made, ("", "", "", "", about, typed)) if made else None


#: Where the reference of this very look goes, and the code that was typed.
ABOUT, TYPED = "\ue005", "\ue006"
_EVERY = (*HOLES, ABOUT, TYPED)
_HOLES = re.compile(f"([{''.join(_EVERY)}])")


def _filled(page: Pieces, own: Sequence[str]) -> bytes:
    pieces, holes = page
    texts = [escape(text).encode() for text in own]
    between = (texts[hole] for hole in holes)
    return b"".join(part for pair in zip(pieces, (*between, b""), strict=True) for part in pair)
