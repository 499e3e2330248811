"""The public log as C2SP tlog-tiles has it: checkpoint, tiles, entries; proof files; and a page that says how to check.

What is under a full address never changes and is kept by whoever likes for ever; only the checkpoint moves on.
"""

import gzip
import re
from base64 import b64encode

from flask import Response, abort, current_app, make_response, render_template, request
from flask.typing import ResponseReturnValue

from traceability.domain.errors import LogUnsealed
from traceability.domain.log import TILE_WIDTH
from traceability.services import log
from traceability.services.log import Head
from traceability.web.guard import PUBLIC, allow, look
from traceability.web.public.door import bp, closed

FOR_EVER = "public, max-age=31536000, immutable"
#: The checkpoint is another one in a moment.
A_MOMENT = "public, max-age=5"
_TEXT, _BYTES = "text/plain; charset=utf-8", "application/octet-stream"

#: `<L>/<N>[.p/<W>]`: N in threes, all but the last with an x before it; no needless zeroes anywhere.
_TILE = re.compile(
    r"(?P<level>entries|0|[1-5]?\d|6[0-3])/(?P<number>(?:x\d{3}/)*\d{3})(?:\.p/(?P<width>[1-9]\d{0,2}))?",
    re.ASCII,
)


@bp.get("/log", strict_slashes=False)
@allow(PUBLIC)
def public_log() -> ResponseReturnValue:
    """For people: what the log says now, who cosigned it, and how to check it."""
    head = _head()
    context = {
        "head": head,
        "seen": _seen(),
        "root": b64encode(head.sealed.root).decode() if head else "",
        "address": _address(),
    }
    return closed(make_response(render_template("public/log.html", **context)), 200)


def _head() -> Head | None:
    with look() as work:
        try:
            return log.latest(work)
        except LogUnsealed:
            return None


def _seen() -> Head | None:
    """The latest checkpoint with a cosignature: the latest of all is often too young to have one."""
    with look() as work:
        return log.cosigned(work)


def _address() -> str:
    return f"{current_app.config['PUBLIC_URL']}/log"


@bp.get("/log/checkpoint")
@allow(PUBLIC)
def log_checkpoint() -> ResponseReturnValue:
    """The latest checkpoint, with every line under it."""
    head = _head()
    if head is None:
        abort(404)
    return _answer(head.note.encode(), _TEXT, A_MOMENT)


@bp.get("/log/tile/<path:place>")
@allow(PUBLIC)
def log_tile(place: str) -> ResponseReturnValue:
    """A tile of hashes or a bundle of entries, full or as wide as asked."""
    found = _TILE.fullmatch(place)
    if found is None:
        abort(404)
    number, width = _number(found["number"]), int(found["width"] or TILE_WIDTH)
    if number is None or width > TILE_WIDTH - bool(found["width"]):
        abort(404)
    with look() as work:
        if found["level"] == "entries":
            return _packed(log.entries(work, number=number, width=width))
        return _answer(
            log.tile_of(work, level=int(found["level"]), number=number, width=width), _BYTES, FOR_EVER
        )


def _number(written: str) -> int | None:
    """The number of a tile out of its threes; None for one with a group of zeroes in front, or beyond all tables."""
    groups = written.replace("x", "").split("/")
    number = int("".join(groups))
    needless = len(groups) > 1 and groups[0] == "000"
    return None if needless or number >= 2**31 // TILE_WIDTH else number


def _packed(bundle: bytes) -> Response:
    """Entries are texts much like each other: packed where the reader can unpack."""
    if not request.accept_encodings["gzip"]:
        answer = _answer(bundle, _BYTES, FOR_EVER)
    else:
        answer = _answer(gzip.compress(bundle, mtime=0), _BYTES, FOR_EVER)
        answer.headers["Content-Encoding"] = "gzip"
    answer.vary.add("Accept-Encoding")
    return answer


@bp.get("/log/proof/<int:number>")
@allow(PUBLIC)
def log_proof(number: int) -> ResponseReturnValue:
    """A file that shows, without us, that a leaf is in the log: C2SP tlog-proof, with the leaf in its extra line."""
    with look() as work:
        proof = log.proof_of(work, number=number)
    answer = _answer(str(proof).encode(), _TEXT, "no-store")
    answer.headers["Content-Disposition"] = f'attachment; filename="leaf-{number}.tlog-proof"'
    return answer


def _answer(body: bytes, media_type: str, kept: str) -> Response:
    """Anybody's page may read it (CORS)."""
    answer = make_response(body)
    answer.content_type = media_type
    answer.headers["Cache-Control"] = kept
    answer.headers["Access-Control-Allow-Origin"] = "*"
    return answer
