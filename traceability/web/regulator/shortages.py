"""Shortages of marked tea: what is missing, and how the office closes it with other tea of the firm."""

from typing import Any

from flask import url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from traceability.domain.chain import LotKind
from traceability.domain.errors import ShortageUnknown
from traceability.domain.people import May
from traceability.services import chain
from traceability.web import words
from traceability.web.forms import Choices, Form, TextAreaField, page
from traceability.web.guard import allow, look, me, moment
from traceability.web.regulator.door import bp, firms_of
from traceability.web.showing import carry_out


class WriteOffForm(Form):
    """Which tea of the firm answers for what is missing."""

    lot = Choices(_l("核销的批次"), coerce=int)
    reason = TextAreaField(_l("理由"))


@bp.get("/shortages")
@allow(May.OVERSEE)
def shortages() -> ResponseReturnValue:
    """Open shortages, and those closed."""
    with look() as work:
        found = chain.shortages(work, by=me())
        firms = firms_of(work, [one.enterprise for one in found])
        lots = {one.lot: chain.dossier(work, by=me(), lot=one.lot).lot for one in found}
    still = [one for one in found if one.settled_at is None]
    return page(
        "regulator/shortages.html",
        still=still,
        settled=[x for x in found if x.settled_at],
        firms=firms,
        lots=lots,
    )


@bp.route("/shortages/<int:number>/settle", methods=["GET", "POST"])
@allow(May.SETTLE)
def settle_shortage(number: int) -> ResponseReturnValue:
    """Write the same grams off another lot of the firm."""
    form = WriteOffForm()
    with look() as work:
        found = _shortage(work, number)
        missing = chain.dossier(work, by=me(), lot=found.lot)
        able = _able(work, found)
    form.lot.choices = [
        (line.lot.id, _("%(no)s（在库 %(kg)s 千克）", no=line.lot.no, kg=words.kg(line.grams)))
        for line in able
    ]
    done = carry_out(
        form,
        lambda work: chain.settle_shortage(
            work,
            by=me(),
            now=moment(),
            shortage=number,
            lot=form.lot.data,
            reason=form.reason.data or "",
            key=form.key.data,
        ),
        said=_("缺量已核销。"),
        to=url_for("regulator.shortages"),
    )
    return done or page("regulator/shortage.html", form, found=found, missing=missing, able=able)


def _shortage(work: Any, number: int) -> Any:
    found = next((one for one in chain.shortages(work, by=me()) if one.id == number), None)
    if found is None or found.shipment is not None:
        raise ShortageUnknown(shortage=number)
    return found


def _able(work: Any, found: Any) -> list[Any]:
    """Lots of the firm that have at least what is missing."""
    lines = chain.lots(work, by=me(), kinds=[LotKind.MADE, LotKind.BATCH])
    return [
        one
        for one in lines
        if one.lot.origin == found.enterprise and one.lot.id != found.lot and one.grams >= found.grams
    ]
