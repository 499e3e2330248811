"""A mark checked by people of the trade and the offices: by its code, or by a photo of its label.

The look is kept as one of the staff, so it does not count as the public's; what is told is what the public page tells.
"""

from datetime import datetime
from typing import Any

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l

from traceability.domain.errors import Refusal
from traceability.domain.scans import Door
from traceability.domain.units import local_day
from traceability.formats import photos
from traceability.formats.digital_link import is_address, read_mark
from traceability.formats.reading_codes import codes_in
from traceability.services import lookup
from traceability.services.lookup import Answer, Ask, Pack
from traceability.web import mark_page
from traceability.web.forms import FileField, Form
from traceability.web.guard import me, moment
from traceability.web.public.looking import window
from traceability.web.public.typing import problem_of

LONGEST = 300


_NOTHING_READ = _l("照片里没有读到二维码。请靠近、对准焦点、避开反光再拍一张，或输入标志码。")


class PhotoForm(Form):
    """A photo of a label."""

    nothing_read = _NOTHING_READ

    photo = FileField(_l("标签照片"))

    def code(self) -> str | None:
        """What the symbol in the photo says; None when there is none to read, with the reason in the form."""
        if not self.validate_on_submit():
            return None
        try:
            found = codes_in(self.photo.data.read() if self.photo.data else b"")
        except Refusal as error:
            self.show(error)
            return None
        if not found:
            self.photo.errors = [*self.photo.errors, str(self.nothing_read)]
        return next(iter(sorted(found, key=lambda text: not is_address(text))), None)


def scan(door: str, **shown: Any) -> ResponseReturnValue:
    """The page of a door: asks for a code or a photo, and tells what is known of the mark."""
    form = PhotoForm()
    if request.method == "POST":
        if code := form.code():
            return redirect(url_for(f"{door}.scan", code=code[:LONGEST]), 303)
        return _page(door, form, "", 422, **shown)
    typed = request.args.get("code", "")[:LONGEST]
    return _page(door, form, typed, 200, **(_told(typed) if typed.strip() else {}), **shown)


def _page(door: str, form: PhotoForm, typed: str, status: int, **shown: Any) -> ResponseReturnValue:
    context = {"door": door, "typed": typed, "largest_mb": photos.LARGEST // 1_000_000, **shown}
    return render_template("scan.html", form=form, **context), status


def _told(typed: str) -> dict[str, Any]:
    """What the public page tells; where nothing was found, what is wrong with the length or the characters."""
    now = moment()
    found = _looked_up(*read_mark(typed), now)
    told = mark_page.context(found, local_day(now))
    if found.pack is None:
        return {**told, "help": problem_of(read_mark(typed)[0])}
    return {**told, "lots": _lots_in_reach(found.pack)}


def _looked_up(code: str, gtin: str | None, now: datetime) -> Answer:
    """As the public page answers; the look is one of the staff, of whom is not kept."""
    return lookup.answer(window().ask(Ask(code, now, Door.STAFF, gtin)), now=now)


def _lots_in_reach(pack: Pack) -> tuple[Any, ...]:
    """The lots behind the mark that this person may open: of their own firm, of their county, or all."""
    reach = me().within
    mine = (
        reach.everything or pack.enterprise.county == reach.county or pack.enterprise.id == reach.enterprise
    )
    return tuple(lot for lot in (pack.batch, pack.pack_lot) if lot) if mine else ()
