"""Leaf in seconds: one page for receipt after receipt, on a phone or by keyboard, with signal or without.

Without script it is a plain form that books at once. With script (`static/leaf/`) the phone numbers its slips itself,
keeps them, and sends them through `phones.py`.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from flask import Response, current_app, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l
from wtforms.validators import InputRequired

from traceability.domain import units
from traceability.domain.chain import EventKind
from traceability.domain.errors import AllowanceExceeded, ReceiptLarge, Refusal
from traceability.domain.people import May
from traceability.domain.profile import LeafGrade
from traceability.domain.slips import book_of, slip_ref
from traceability.domain.units import local_day
from traceability.formats import photos
from traceability.formats.slips import drawn, slip_url
from traceability.services import chain, people
from traceability.services.chain import Card, papers
from traceability.web import words
from traceability.web.enterprise.door import METHODS, answer, ask, bp, choices, one_of
from traceability.web.forms import BooleanField, Choices, FileField, Form, Parsed, StringField
from traceability.web.guard import allow, look, me, moment
from traceability.web.scanning import PhotoForm

REMEMBERED = ("scale", "leaf_grade", "unit")
#: Cards offered as buttons.
OFFERED = 8
UNITS = (("千克", _l("千克")), ("斤", _l("斤")))


def in_unit(parse: Callable[[str], int]) -> Callable[[str], int]:
    """A weight in the unit chosen beside it, unless it names its own."""

    def read(text: str) -> int:
        bare = text.strip()[-1:].isdigit()
        return parse(text + request.form.get("unit", "")) if bare else parse(text)

    return read


class QuickForm(Form):
    """Leaf at the scale. `card` is typed or read from a photo, `plot` picked; both are the number of a garden card."""

    plot = StringField(_l("茶园卡"))
    card = StringField(_l("卡号"))
    gross = Parsed(_l("毛重"), parse=in_unit(units.parse_weight), mode="decimal")
    tare = Parsed(_l("皮重"), parse=in_unit(units.parse_weight_or_zero), mode="decimal", default="0")
    unit = Choices(_l("单位"), choices=UNITS, validators=[InputRequired(_l("请选择。"))], default="千克")
    certificate_no = StringField(_l("承诺达标合格证编号"))
    leaf_grade = one_of(_l("鲜叶等级"), LeafGrade)
    scale = one_of(_l("秤"))
    confirmed = BooleanField(_l("我再看过一次，重量和卡号无误"))

    asks_again = False

    @property
    def card_no(self) -> str:
        """The garden card that counts: a typed one before a picked one."""
        return str(self.card.data or self.plot.data or "").strip()

    def show(self, error: Refusal) -> None:
        """A large weight brings up the tick."""
        self.asks_again = isinstance(error, ReceiptLarge | AllowanceExceeded)
        super().show(error)


@bp.route("/leaf/quick", methods=METHODS)
@allow(May.RECORD_CHAIN)
def quick() -> ResponseReturnValue:
    """Take in leaf, one receipt after the other, without leaving the page."""
    form = QuickForm(data=session.get("quick", {}))
    with look() as work:
        offered = _offer(work, form)
        slip = _slip_shown(work)
        refused = chain.open_slips(work, by=me())
    form.asks_again = bool(form.confirmed.data)
    return answer(
        form,
        ask(
            form,
            _receive,
            at=moment(),
            card=form.card_no,
            scale=form.scale.data,
            gross_g=form.gross.data,
            tare_g=form.tare.data,
            leaf_grade=form.leaf_grade.data,
            certificate_no=form.certificate_no.data or "",
            confirmed=bool(form.confirmed.data),
        ),
        lambda booked: _received(form, booked),
        "enterprise/quick.html",
        offered=offered,
        slip=slip,
        **_around(refused),
    )


def _around(refused: Sequence[Any] = (), photo: Form | None = None) -> dict[str, Any]:
    """What the page has around its form."""
    return {
        "photo": photo or CardPhotoForm(),
        "refused": refused,
        "version": version(),
        "largest_mb": photos.LARGEST // 1_000_000,
        "large_g": words.profile().receipt_ask_again_g,
    }


def _receive(work: Any, *, card: str, **asked: Any) -> Any:
    return chain.receive_leaf(work, plot=chain.plot_numbered(work, no=card).id, **asked)


def _received(form: QuickForm, booked: Any) -> ResponseReturnValue:
    session["quick"] = {name: str(form[name].data) for name in REMEMBERED}
    return redirect(url_for("enterprise.quick", slip=booked.id), 303)


# --- what there is to choose from ---------------------------------------------------------------------------


def _offer(work: Any, form: QuickForm) -> Sequence[Card]:
    """Fill in the choices; the cards offered as buttons."""
    scales = people.scales(work, by=me())
    form.scale.choices = choices((one.id, one.no) for one in scales)
    form.leaf_grade.choices = choices((one.value, words.word(one)) for one in LeafGrade)
    offered = _cards(work)
    if request.method == "GET":
        _choose(form, offered)
    return offered


def _choose(form: QuickForm, offered: Sequence[Card]) -> None:
    """Who was found by its number, or alone, is chosen; the certificate of the last time is proposed."""
    asked = request.args.get("card", "").strip()
    alone = offered[0].plot.no if len(offered) == 1 else ""
    form.plot.data = asked or alone
    chosen = next((one for one in offered if one.plot.no == form.plot.data), None)
    if chosen is not None:
        form.certificate_no.data = chosen.certificate_no


def _cards(work: Any) -> Sequence[Card]:
    """The card asked for, those found by a few letters, or those used last."""
    day = local_day(moment())
    no = request.args.get("card", "") or request.form.get("plot", "")
    named = chain.card(work, by=me(), day=day, no=no) if no.strip() else None
    if said := request.args.get("find", "").strip():
        return chain.cards_like(work, by=me(), day=day, words=said)
    found = chain.cards(work, by=me(), day=day)[:OFFERED]
    return [named, *(one for one in found if one.plot.no != named.plot.no)] if named else found


class CardPhotoForm(PhotoForm):
    """A photo of a garden card."""

    nothing_read = _l("照片里没有读到二维码。请靠近、对准焦点、避开反光再拍一张，或输入卡号。")

    photo = FileField(_l("茶园卡照片"))


@bp.post("/leaf/quick/photo")
@allow(May.RECORD_CHAIN)
def read_card() -> ResponseReturnValue:
    """The number in a photo of a garden card's symbol."""
    photo = CardPhotoForm()
    text = photo.code()
    if text is not None:
        return redirect(url_for("enterprise.quick", card=card_in(text)), 303)
    form = QuickForm(formdata=None)
    with look() as work:
        offered = _offer(work, form)
    page = render_template(
        "enterprise/quick.html", form=form, offered=offered, slip=None, **_around(photo=photo)
    )
    return page, 422


def card_in(text: str) -> str:
    """The number of a garden card in what its symbol says: the number itself, or the end of an address."""
    return text.strip().rstrip("/").rpartition("/")[2][:40]


# --- the slip -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ShownSlip:
    """A slip as it is handed over: the receipt, its card, and its symbol as (side, SVG path) where it can have one."""

    receipt: Any
    card: Card | None
    symbol: tuple[int, str] | None


def _slip_shown(work: Any) -> ShownSlip | None:
    """The slip of the receipt just booked."""
    number = request.args.get("slip", 0, type=int)
    if not number or request.method != "GET":
        return None
    found = papers.paper(work, by=me(), event=number).event
    if found.kind is not EventKind.LEAF_RECEIPT:
        return None
    card = chain.card_of(work, by=me(), day=local_day(moment()), plot=found.terms["plot"])
    return ShownSlip(found, card, _symbol(found.no, chain.key_of(work, book_of(found.no))))


def _symbol(no: str, key: bytes) -> tuple[int, str] | None:
    """None for a number or an address of small letters, which the symbol cannot hold."""
    try:
        return drawn(slip_url(current_app.config["PUBLIC_URL"], no, slip_ref(no, key)))
    except ValueError:
        return None


# --- opened without signal ----------------------------------------------------------------------------------

ASSETS = (
    "leaf/page.js",
    "leaf/queue.js",
    "leaf/sending.js",
    "leaf/slip.js",
    "leaf/weights.js",
    "leaf/leaf.css",
)
STYLES = ("staff.css", "desk.css", "desk.js")


@lru_cache(maxsize=1)
def version() -> str:
    """Another one as soon as anything the phone keeps of the page is another."""
    folder = Path(__file__).parents[2] / "static"
    kept = b"".join((folder / name).read_bytes() for name in (*ASSETS, *STYLES, "leaf/worker.js"))
    return sha256(kept).hexdigest()[:12]


@bp.get("/leaf/worker.js")
@allow(May.RECORD_CHAIN)
def worker() -> ResponseReturnValue:
    """The service worker, under the only path it may answer for."""
    script = (Path(current_app.static_folder or "") / "leaf" / "worker.js").read_bytes()
    return Response(script, mimetype="text/javascript", headers={"Cache-Control": "no-cache"})
