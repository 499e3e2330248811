"""The pages of marks, made once for all marks that differ in nothing but their own number and looks.

A page is kept with holes where the mark's own texts go, by the version of the books it was made from: any accepted
change, a recall before all, makes a new one.
"""

from datetime import datetime

from flask import current_app, render_template
from markupsafe import escape

from traceability.domain.units import local_day
from traceability.services import lookup
from traceability.services.lookup import Answer, Memory, Sighting
from traceability.web import i18n, mark_page
from traceability.web.mark_page import HOLES, Own, own_of

#: Pages kept: a few for each lot in the market, in two languages; some 20 kB each.
MOST = 1500

Pages = Memory[tuple[object, ...], str]


def page_of(found: Answer, sighting: Sighting, *, now: datetime, about: str = "") -> str:
    """The page of a mark that is known."""
    pages: Pages = current_app.extensions["pages"]
    key = (
        lookup.pack_key(sighting, now=now),
        found.verdict,
        found.state,
        found.seen.times > 0,
        i18n.language(),
    )
    made = pages.get(key, lambda: _made(found, now))
    return _filled(made, own_of(found), about)


def _made(found: Answer, now: datetime) -> str:
    context = mark_page.context(found, local_day(now), own=HOLES)
    return render_template("public/mark.html", **context, typed="", help="", about=ABOUT)


#: Where the reference of this very look goes.
ABOUT = "\ue005"


def _filled(page: str, own: Own, about: str) -> str:
    for hole, text in zip(HOLES, own, strict=True):
        page = page.replace(hole, text)
    return page.replace(ABOUT, str(escape(about)))
