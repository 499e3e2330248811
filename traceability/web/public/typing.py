"""The first page, and codes typed by hand: help with their length and characters, and with nothing else."""

import re

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from traceability.domain import marks
from traceability.formats.digital_link import read_mark
from traceability.web.guard import PUBLIC, allow
from traceability.web.public.door import bp


@bp.get("/")
@allow(PUBLIC)
def home() -> ResponseReturnValue:
    """What this is, and where to type a code."""
    return render_template("public/home.html", typed="", help="")


@bp.get("/check")
@allow(PUBLIC)
def check() -> ResponseReturnValue:
    """A typed code: on to its page, or help with its length and its characters (never with anything else)."""
    typed = request.args.get("code", "")[:2000]
    wanted = code_in(typed)
    if problem := problem_of(wanted):
        return render_template("public/home.html", typed=typed[:80], help=problem), 400
    return redirect(url_for(".mark", code=_PUNCTUATION.sub("", wanted)), 303)


_PUNCTUATION = re.compile(r"[\s\-‐-―−_.·　]+")


def code_in(typed: str) -> str:
    """The code itself, also out of a whole address that was pasted."""
    return read_mark(typed)[0]


def problem_of(typed: str) -> str:
    """What is wrong with the length or the characters of a typed code; "" when neither is."""
    if marks.read_code(typed):
        return ""
    letters = _PUNCTUATION.sub("", typed)
    if not letters:
        return str(_("请输入标签上的 16 位标志码。"))
    if len(letters) == 10 and letters.isdigit():
        return str(_("这是 10 位的标志号码。请输入标签上另一行 16 位的标志码。"))
    if len(letters) != marks.CODE_LENGTH:
        return str(_("标志码是 16 位，您输入了 %(length)s 位。", length=len(letters)))
    strange = "".join(
        dict.fromkeys(letter for letter in letters if not marks.read_code(letter * marks.CODE_LENGTH))
    )
    return str(_("标志码里不会有这些字符：%(strange)s。", strange=strange[:20]))
