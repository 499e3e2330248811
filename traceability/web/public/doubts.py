"""A buyer's doubt: a form that knows which page it was opened from, and how a doubt stands, by its reference.

Nobody is asked for a name or a telephone: whoever wants an answer calls 12315.
"""

import hashlib
import hmac
import secrets
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any

from flask import make_response, redirect, render_template, request, url_for
from flask.blueprints import BlueprintSetupState
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from itsdangerous import BadSignature, Signer
from wtforms import RadioField
from wtforms.validators import InputRequired

from traceability.domain.doubts import DoubtKind, make_ref
from traceability.domain.errors import Refusal, RequestKeyReused
from traceability.formats import photos
from traceability.services import doubts
from traceability.services.lookup import Answer, Ask
from traceability.web import words
from traceability.web.forms import FileField, Form, StringField, TextAreaField
from traceability.web.guard import PUBLIC, allow, change, house, look, moment
from traceability.web.public import rates
from traceability.web.public.door import bp
from traceability.web.public.typing import code_in, problem_of

#: How long after a page was shown it still counts as what the buyer saw.
KEPT = timedelta(days=3)
REPORTS = "doubts"
MOST = 10

rates.offer(bp, REPORTS, f"{MOST}/hour")


@bp.record
def _exempt(state: BlueprintSetupState) -> None:
    """Nobody is signed in at this form, so a stranger's page that sends it has nothing of the visitor's to borrow.

    The token that guards the other forms needs a session, and the public door sets none.
    """
    state.app.extensions["csrf"].exempt(doubt)


# --- which page it is about -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class About:
    """The page a doubt is about: what it said of which mark, when, to somebody in which province; or no page at all.

    `nonce` makes it one doubt, however often it is sent.
    """

    at: datetime
    serial: int | None = None
    verdict: str | None = None
    province: str | None = None
    nonce: str = field(default_factory=lambda: secrets.token_urlsafe(12))

    @property
    def token(self) -> str:
        """For an address or a form of this request's own."""
        return self.signed(house().secret)

    def signed(self, secret: bytes) -> str:
        """Signed, so that nobody tells of a page they were not shown."""
        told = (
            int(self.at.timestamp()),
            self.serial or "",
            self.verdict or "",
            self.province or "",
            self.nonce,
        )
        return _signer_of(secret).sign(".".join(map(str, told))).decode()

    @staticmethod
    def read(token: str, secret: bytes) -> "About":
        """What a token tells; raise `BadSignature` for one that is not ours."""
        at, serial, verdict, province, nonce = _signer_of(secret).unsign(token).decode().split(".")
        seen = datetime.fromtimestamp(int(at), UTC)
        return About(seen, int(serial) if serial else None, verdict or None, province or None, nonce)

    @property
    def ref(self) -> str:
        """The reference: as unguessable as the secret, and the same when the form is sent again."""
        return make_ref(hmac.digest(house().secret, f"doubt ref v1:{self.nonce}".encode(), hashlib.sha256))


def token_of(asked: Ask, answer: Answer, secret: bytes) -> str:
    """What the link on the page of a look carries."""
    return doubt_token(
        secret,
        serial=answer.serial or None,
        verdict=answer.verdict,
        scanned_at=asked.at,
        province=asked.province,
    )


def doubt_token(
    secret: bytes, *, serial: int | None, verdict: str, scanned_at: datetime, province: str | None
) -> str:
    """What the link on a mark's page carries: `url_for("public.doubt", about=token)`."""
    return About(scanned_at, serial, str(verdict), province).signed(secret)


@lru_cache(maxsize=2)
def _signer_of(secret: bytes) -> Signer:
    """With the key of doubts, worked out once."""
    key = hmac.digest(secret, b"doubt v1", hashlib.sha256)
    return Signer(key, key_derivation="none", digest_method=hashlib.sha256)


def _read(token: str) -> About | None:
    """The page a token is about; None for one that is not ours or too old."""
    try:
        about = About.read(token, house().secret)
    except BadSignature:
        return None
    return about if moment() - about.at < KEPT else None


# --- the form -------------------------------------------------------------------------------------------------------


class Kinds(RadioField):
    """What there is to notice."""

    def __init__(self, label: Any, **kwargs: Any) -> None:
        super().__init__(label, **kwargs)
        self.choices = [(kind.value, words.NAMES["doubt"][kind]) for kind in DoubtKind]


class DoubtForm(Form):
    """What the buyer noticed."""

    class Meta(FlaskForm.Meta):
        """No session to keep a token in: see `_exempt`."""

        csrf = False

    kind = Kinds(_l("您发现了什么？"), validators=[InputRequired(_l("请选择一项。"))])
    code = StringField(_l("标志码"))
    words = TextAreaField(_l("情况说明"))
    photo = FileField(_l("照片"))

    def ready(self, about: About) -> bool:
        """Whether everything but the photo can be read: that is read last, and costs the client one report."""
        fine = self.validate()
        if about.serial is None and (typed := self.typed) and (problem := problem_of(typed)):
            self.code.errors = [*self.code.errors, problem]
            return False
        return bool(fine)

    @property
    def typed(self) -> str:
        """The code that was typed or pasted."""
        return code_in((self.code.data or "")[:2000])

    @property
    def with_photo(self) -> bool:
        """Whether a photo was sent; a browser does not keep it when the page is shown again."""
        return bool(self.photo.data)

    def picture(self) -> bytes:
        """The photo as it is kept; nothing when none was chosen; raise `PhotoRefused`."""
        return photos.clean(self.photo.data.read()) if self.with_photo else b""


@bp.route("/doubt", methods=["GET", "POST"])
@allow(PUBLIC)
def doubt() -> ResponseReturnValue:
    """The form, and what was sent with it."""
    form, token = DoubtForm(), request.values.get("about", "")
    about = _read(token)
    if request.method == "GET":
        return _page(form, about or About(moment()), late=bool(token) and about is None)
    if about is None:
        form.form_errors.append(
            _("这一页打开得太久，已不知道您查验的是哪一枚标志。请填写标志码，再发送一次。")
        )
        return _page(form, About(moment()), 422)
    return _sent(form, about)


def _sent(form: DoubtForm, about: About) -> ResponseReturnValue:
    """Keep it, once; the form again when it was refused."""
    if not form.ready(about):
        return _page(form, about, 422)
    if not rates.allowance(REPORTS).spend(rates.client()):
        return _too_many(form, about)
    try:
        _keep(form, about, form.picture())
    except RequestKeyReused:
        return _page(form, about, 409, sent=about.ref)
    except Refusal as error:
        form.show(error)
        return _page(form, about, 422)
    return redirect(url_for(".doubt_status", ref=about.ref), 303)


def _keep(form: DoubtForm, about: About, photo: bytes) -> None:
    with change() as work:
        doubts.report_doubt(
            work,
            by=doubts.PUBLIC,
            now=moment(),
            ref=about.ref,
            kind=DoubtKind(form.kind.data),
            words=form.words.data or "",
            photo=photo,
            serial=about.serial,
            verdict=about.verdict,
            scanned_at=about.at if about.verdict else None,
            province=about.province,
            typed=form.typed if about.serial is None else "",
            key=about.nonce,
        )


def _too_many(form: DoubtForm, about: About) -> ResponseReturnValue:
    wait = rates.allowance(REPORTS).wait_s(rates.client())
    form.form_errors.append(
        _(
            "同一网络一小时最多反映 %(most)s 次，请约 %(minutes)s 分钟后再发送；着急请拨打 12315。",
            most=MOST,
            minutes=-(-wait // 60),
        )
    )
    answer = make_response(_page(form, about, 429))
    answer.headers["Retry-After"] = str(wait)
    return answer


def _page(form: DoubtForm, about: About, status: int = 200, **more: Any) -> ResponseReturnValue:
    context = {"largest_mb": photos.LARGEST // 1_000_000, "longest": doubts.LONGEST_WORDS, **more}
    return _uncached(render_template("public/doubt.html", form=form, about=about, **context), status)


def _uncached(page: str, status: int = 200) -> ResponseReturnValue:
    """It is one visitor's own: no cache keeps it."""
    answer = make_response(page, status)
    answer.headers["Cache-Control"] = "no-store"
    answer.vary.update(("Accept-Language", "Cookie"))
    return answer


# --- how it stands --------------------------------------------------------------------------------------------------


@bp.get("/doubt/<ref>")
@allow(PUBLIC)
def doubt_status(ref: str) -> ResponseReturnValue:
    """State and dates, for whoever has the reference."""
    with look() as work:
        found = doubts.doubt_by_ref(work, ref=ref)
    return _uncached(render_template("public/doubt_status.html", found=found))
