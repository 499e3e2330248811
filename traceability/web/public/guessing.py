"""What guessing at codes costs: so many wrong ones, then nothing but to wait, for true codes and wrong ones alike.

Each code of 16 characters is wrong by chance 2^48 times for one that is right: the limit is there for the load, and to
make guessing no pastime. It is one browser's own: others behind its address are not locked out.
"""

from http import HTTPStatus

from flask import Response, jsonify, make_response, render_template
from flask_babel import gettext as _

from traceability.web.errors import wants_json
from traceability.web.public import rates
from traceability.web.public.door import bp, closed

GUESSES = "guesses"
MOST = 30

rates.offer(bp, GUESSES, f"{MOST} per 10 minutes")


def guessed(client: str) -> None:
    """A code that was never issued was asked for."""
    rates.allowance(GUESSES).spend(client)


def too_many(client: str) -> Response | None:
    """What a client that has guessed too often is told, whatever it asks for; None for any other."""
    guesses = rates.allowance(GUESSES)
    if not guesses.spent(client):
        return None
    wait = guesses.wait_s(client)
    told = _(
        "这台设备查错的次数太多，请约 %(minutes)s 分钟后再查；着急请拨打 12315。", minutes=-(-wait // 60)
    )
    page = jsonify(error="too_many_unknown") if wants_json() else make_response(_helpful(told))
    page.headers["Retry-After"] = str(wait)
    return closed(page, HTTPStatus.TOO_MANY_REQUESTS)


def _helpful(told: str) -> str:
    return render_template("public/home.html", typed="", help=told)
