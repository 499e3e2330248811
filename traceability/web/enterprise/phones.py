"""What a phone at the scale exchanges with the house, as JSON: cards to carry, a book of slips, slips taken in.

Slips are sent again and again until they are answered; the use case takes each in once. A phone that is not signed in
is led to the sign-in page, which it takes as an answer; its slips stay where they are.
"""

from dataclasses import asdict
from datetime import UTC, datetime
from typing import Annotated, Any

from flask import abort, current_app, jsonify, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf.csrf import generate_csrf
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from traceability.domain import errors, units
from traceability.domain.errors import Refusal
from traceability.domain.log import digest_of
from traceability.domain.people import May
from traceability.domain.profile import LeafGrade
from traceability.domain.slips import REF_LENGTH, Slip
from traceability.domain.units import local_day
from traceability.formats.slips import SymbolTable, slip_prefix, symbol_table
from traceability.services import chain, people
from traceability.services.chain import Card, SlipAnswer
from traceability.web import words
from traceability.web.enterprise.door import bp
from traceability.web.errors import refusal_text
from traceability.web.guard import allow, change, look, me, moment, note

#: Slips in one sending: so few that an answer comes back over a weak signal.
MOST = 20

# --- what a phone carries -----------------------------------------------------------------------------------


@bp.get("/leaf/quick/cards")
@allow(May.RECORD_CHAIN)
def carried() -> ResponseReturnValue:
    """Who is signed in, the clock, the token for sending, and the garden cards and scales to choose from."""
    now = moment()
    with look() as work:
        found = chain.cards(work, by=me(), day=local_day(now))
        scales = people.scales(work, by=me())
    answer = jsonify(
        firm=me().enterprise,
        now=now.isoformat(),
        token=generate_csrf(),
        cards=[_card(one) for one in found],
        scales=[{"no": one.no, "until": one.verified_until.isoformat()} for one in scales],
    )
    answer.headers["Cache-Control"] = "no-store"
    return answer


@bp.get("/leaf/quick/find")
@allow(May.RECORD_CHAIN)
def find_cards() -> ResponseReturnValue:
    """Cards of any grower by a few letters, for those a phone does not carry."""
    with look() as work:
        day = local_day(moment())
        found = chain.cards_like(work, by=me(), day=day, words=request.args.get("q", ""))
    return jsonify(cards=[_card(one) for one in found])


def _card(one: Card) -> dict[str, Any]:
    return {
        "no": one.plot.no,
        "place": f"{words.county(one.plot.township)} {one.plot.place}",
        "grower": one.grower,
        "left_g": one.left_g,
        "recent": one.recent,
        "certificate": one.certificate_no,
    }


@bp.post("/leaf/quick/book")
@allow(May.RECORD_CHAIN)
def hand_out_book() -> ResponseReturnValue:
    """A book of slips for one phone: its name, the key of its references, and the table its symbols are drawn from."""
    with note() as work:
        book = chain.open_book(work, by=me(), now=moment())
    return jsonify(firm=me().enterprise, name=book.name, key=book.key.hex(), symbols=_symbols(book.name))


def _symbols(book: str) -> dict[str, Any] | None:
    """None where the public address cannot stand in a symbol; slips then go without."""
    try:
        table: SymbolTable = symbol_table(
            f"{slip_prefix(current_app.config['PUBLIC_URL'])}{book}-", 4 + 1 + REF_LENGTH
        )
    except ValueError:
        return None
    return asdict(table)


# --- slips taken in -----------------------------------------------------------------------------------------


class SlipBody(BaseModel):
    """A slip as a phone sends it; weights as they were typed."""

    model_config = ConfigDict(extra="forbid")

    no: Annotated[str, Field(max_length=40)]
    plot: Annotated[str, Field(max_length=40)]
    scale: Annotated[str, Field(max_length=40)]
    gross: Annotated[str, Field(max_length=40)]
    tare: Annotated[str, Field(max_length=40)]
    leaf_grade: LeafGrade
    certificate_no: Annotated[str, Field(max_length=120)]
    at: AwareDatetime
    confirmed: bool = False

    def slip(self) -> Slip:
        """As the books know it; raise a refusal for a weight that cannot be read."""
        return Slip(
            self.no,
            " ".join(self.plot.split()),
            self.scale,
            units.parse_weight(self.gross),
            units.parse_weight_or_zero(self.tare),
            self.leaf_grade,
            " ".join(self.certificate_no.split()),
            _whole_second(self.at),
            self.confirmed,
        )


def _whole_second(at: datetime) -> datetime:
    return at.astimezone(UTC).replace(microsecond=0)


class Sending(BaseModel):
    """Slips in the order they were weighed."""

    firm: int
    slips: Annotated[list[Any], Field(max_length=MOST)]


_SENDING = TypeAdapter(Sending)
_SLIP = TypeAdapter(SlipBody)


@bp.post("/leaf/quick/slips")
@allow(May.RECORD_CHAIN)
def take_slips() -> ResponseReturnValue:
    """Take in slips one by one, each kept before the next; an answer for each, in the same order.

    `accepted` or `same` with what was booked, `refused` with the reason and where it is settled, `settled` once it is,
    `unreadable` for what is no slip. Nothing is taken for another firm than the one the phone means.
    """
    try:
        sent = _SENDING.validate_python(request.get_json(silent=True))
    except ValidationError:
        abort(422)
    if sent.firm != me().enterprise:
        return jsonify(code="firm", message=_("这部手机上的票属于另一家企业，请用原来的账号登录。")), 409
    return jsonify(answers=[_take(one) for one in sent.slips])


def _take(given: Any) -> dict[str, Any]:
    try:
        slip = _SLIP.validate_python(given).slip()
    except ValidationError:
        return {"answer": "unreadable", "message": _("这张单的内容不完整，没有记下。")}
    except Refusal as error:
        return {"answer": "unreadable", "code": error.code, "message": refusal_text(error)}
    return {"no": slip.no, **_taken(slip)}


def _taken(slip: Slip) -> dict[str, Any]:
    now = moment()
    key = f"{slip.no}:{digest_of(asdict(slip))[:24]}"
    try:
        with change() as work:
            taken = chain.take_slip(work, by=me(), now=now, slip=slip, key=key)
    except errors.SlipOfAnother as error:
        return {"answer": "unreadable", "code": error.code, "message": refusal_text(error)}
    with look() as work:
        return _told(chain.slip_answer(work, by=me(), taken=taken), slip, now)


def _told(found: SlipAnswer, slip: Slip, now: datetime) -> dict[str, Any]:
    if found.refused is not None:
        return _told_refused(found)
    booked = found.receipt
    assert booked is not None
    same = booked.recorded_at < now
    return {"answer": "same" if same else "accepted", "net_g": slip.net_g}


def _told_refused(found: SlipAnswer) -> dict[str, Any]:
    kept = found.refused
    assert kept is not None
    where = {"code": kept.code, "url": url_for("enterprise.settle_slip", slip=kept.id)}
    if found.open:
        return {"answer": "refused", "message": refusal_text(refusal_of(kept)), **where}
    booked = found.receipt
    net_g = kept.part_g + (booked.terms["gross_g"] - booked.terms["tare_g"] if booked else 0)
    return {"answer": "settled", "net_g": net_g, "message": settled_text(kept, net_g), **where}


def refusal_of(kept: Any) -> Refusal:
    """Why a slip was refused, with the facts of that moment that are numbers or texts."""
    return errors.by_code(kept.code)(**{name: one for name, one in kept.facts.items() if name != "field"})


def settled_text(kept: Any, net_g: int) -> str:
    """How a refused slip was settled."""
    if kept.event is None and kept.part_g:
        told = _("已按 %(net)s 千克记账，其余没有记账，原因：%(why)s", net=words.kg(net_g), why=kept.reason)
        return str(told)
    if kept.event is None:
        return _("没有记账，原因：%(why)s", why=kept.reason)
    return _("已按 %(net)s 千克记账。", net=words.kg(net_g))
