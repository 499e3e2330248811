"""Languages: Chinese is the source, English is complete. The browser's choice counts until the person chooses."""

from functools import lru_cache

from babel import Locale
from flask import Flask, g, redirect, request
from flask.typing import ResponseReturnValue
from flask_babel import Babel, get_locale, ngettext
from werkzeug.datastructures import LanguageAccept
from werkzeug.http import parse_accept_header
from werkzeug.wrappers import Response

from traceability.web.guard import PUBLIC, allow

LANGUAGES = {"zh": "zh_Hans", "en": "en"}
#: Read once: a locale named by its text is read anew for each request.
_LOCALES = {name: Locale.parse(name) for name in LANGUAGES.values()}
COOKIE = "lang"
YEAR = 365 * 24 * 3600


def register(app: Flask) -> None:
    """Set up the catalogues and the switch."""
    Babel(app, locale_selector=lambda: _LOCALES[chosen()], timezone_selector=lambda: "Asia/Shanghai")
    app.after_request(_remember)
    app.add_url_rule("/language/<lang>", "language", switch)
    app.context_processor(_names)
    app.jinja_env.globals["_n"] = counted


def chosen() -> str:
    """The language of this request."""
    asked = (request.args.get("lang") if request.query_string else None) or request.cookies.get(COOKIE)
    if asked in LANGUAGES:
        return LANGUAGES[asked]
    return LANGUAGES[preferred(request.headers.get("Accept-Language", ""))]


LONGEST_WISH = 300


def preferred(accept: str) -> str:
    """`zh` or `en`: the language whoever sends this header would rather read."""
    return _preferred(accept[:LONGEST_WISH])


@lru_cache(maxsize=1024)
def _preferred(wish: str) -> str:
    """What a browser prefers; there are few wishes, and reading one takes longer than many a page."""
    read = parse_accept_header(wish, LanguageAccept)
    return "en" if read.best_match(["zh-CN", "zh-Hans", "zh", "zh-TW", "zh-HK", "en"]) == "en" else "zh"


def counted(text: str, n: int, **values: object) -> str:
    """A text in which `%(n)s` is so many of something, in the number the language asks for: 1 pack, 2 packs.

    Chinese has one form for both, so it is written once; imported as `_n`, as the catalogue knows it.
    """
    told: str = ngettext(text, text, n, n=f"{n:,}".replace("-", "−"), **values)
    return told


def language() -> str:
    """`zh` or `en`."""
    return "en" if get_locale().language == "en" else "zh"


@allow(PUBLIC)
def switch(lang: str) -> ResponseReturnValue:
    """Choose a language, and go back to the page."""
    back = request.args.get("back", "/")
    g.language = lang if lang in LANGUAGES else None
    # a tab or a line feed would be dropped on the way, and "/<tab>/elsewhere" become another site's address
    local = back.startswith("/") and not back.startswith(("//", "/\\")) and back.isprintable()
    return redirect(back if local else "/")


def _remember(response: Response) -> Response:
    """Keep the choice in a cookie of its own, so that the public page needs no session."""
    wanted = request.args.get("lang") if request.query_string else None
    asked = g.get("language") or (wanted if wanted in LANGUAGES else None)
    if asked:
        response.set_cookie(
            COOKIE, asked, max_age=YEAR, samesite="Lax", httponly=True, secure=request.is_secure
        )
    return response


def _names() -> dict[str, object]:
    other = "zh" if language() == "en" else "en"
    return {"language": language(), "other_language": other}
