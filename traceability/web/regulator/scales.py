"""Metrology: scales with their verifications, lists of verifications brought in, leaf weighed on an expired scale."""

from collections.abc import Iterable, Sequence
from datetime import date
from io import BytesIO
from typing import Any

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from traceability.domain.errors import DayUnreadable, Refusal
from traceability.domain.people import May
from traceability.domain.units import local_day, parse_day
from traceability.formats import workbook
from traceability.formats.tables import Field, Kind, Table, Value, write_csv, write_xlsx
from traceability.formats.workbook.verifications import VERIFICATIONS, read_verifications
from traceability.services import metrology
from traceability.web import words
from traceability.web.forms import FileField, Form, page, submit
from traceability.web.guard import allow, look, me, moment
from traceability.web.listing import MEDIA, attached
from traceability.web.regulator.door import bp
from traceability.web.showing import chosen, searched, sliced

STATES = ("all", "valid", "expiring", "expired")
#: Days before the end in which a verification is shown as expiring, as on the firm's own board.
SOON = 14


def _state(one: Any, today: date) -> str:
    left = (one.until - today).days
    return "expired" if left < 0 else "expiring" if left <= SOON else "valid"


@bp.get("/scales")
@allow(May.OVERSEE)
def scales() -> ResponseReturnValue:
    """Scales with the verification that lasts longest, those that end first in front; also as a file."""
    today, state = local_day(moment()), chosen(STATES, "all")
    with look() as work:
        every = metrology.scales(work, by=me())
    every.sort(key=lambda one: (one.until, one.id))
    states = {one.id: _state(one, today) for one in every}
    found = searched(
        [one for one in every if state in ("all", states[one.id])],
        lambda one: (one.no, one.firm, words.county(one.county)),
    )
    if (file := _as_file(_l("秤具检定"), _SCALES, (_scale_row(one) for one in found))) is not None:
        return file
    tabs = [(name, sum(1 for one in every if name in ("all", states[one.id]))) for name in STATES]
    return page("regulator/scales.html", rows=sliced(found), states=states, state=state, tabs=tabs)


_SCALES = (
    (_l("县"), Kind.TEXT),
    (_l("企业"), Kind.TEXT),
    (_l("秤号"), Kind.TEXT),
    (_l("检定日期"), Kind.DAY),
    (_l("有效期至"), Kind.DAY),
    (_l("证书编号"), Kind.TEXT),
    (_l("检定机构"), Kind.TEXT),
)


def _scale_row(one: Any) -> list[Value]:
    last = one.verifications[0]
    days = [last.verified_on, last.verified_until]
    return [words.county(one.county), one.firm, one.no, *days, last.certificate_no, last.body]


def _as_file(
    title: Any, fields: Iterable[tuple[Any, Kind]], rows: Iterable[Sequence[Value]]
) -> ResponseReturnValue | None:
    """What is shown, every page of it, when the address asks for a file."""
    way = request.args.get("as", "")
    if way not in MEDIA:
        return None
    table = Table(str(title), tuple(Field(str(name), kind) for name, kind in fields), rows)
    file = BytesIO()
    if way == "csv":
        write_csv(table, file)
    else:
        write_xlsx([table], file, title=table.title, at=moment())
    return attached(file, f"{title}-{local_day(moment()):%Y%m%d}.{way}", MEDIA[way])


# --- leaf weighed on a scale that was not verified ------------------------------------------------------------


@bp.get("/scales/receipts")
@allow(May.OVERSEE)
def unverified_receipts() -> ResponseReturnValue:
    """Leaf weighed on a day its scale was not verified, in the days asked for; this season unless said otherwise."""
    today = local_day(moment())
    since, until = _day("from", date(today.year, 1, 1)), _day("to", today)
    with look() as work:
        every = metrology.unverified_receipts(work, by=me(), since=since, until=until)
    found = searched(every, lambda one: (one.no, one.firm, one.scale))
    if (file := _as_file(_l("过检秤具收青"), _RECEIPTS, (_receipt_row(one) for one in found))) is not None:
        return file
    return page(
        "regulator/unverified_receipts.html",
        rows=sliced(found),
        since=since,
        until=until,
        grams=sum(one.net_g for one in found),
        cut=len(every) == metrology.MOST_RECEIPTS,
        most=metrology.MOST_RECEIPTS,
    )


_RECEIPTS = (
    (_l("过秤"), Kind.MOMENT),
    (_l("收青单号"), Kind.TEXT),
    (_l("企业"), Kind.TEXT),
    (_l("秤号"), Kind.TEXT),
    (_l("净重（千克）"), Kind.KG),
)


def _receipt_row(one: Any) -> list[Value]:
    return [one.at, one.no, one.firm, one.scale, one.net_g]


def _day(name: str, default: date) -> date:
    try:
        return parse_day(request.args.get(name, "")) if request.args.get(name) else default
    except DayUnreadable:
        return default


# --- lists of verifications -----------------------------------------------------------------------------------


class ListForm(Form):
    """A list as the institute gave it."""

    file = FileField(_l("检定名单"))


@bp.route("/scales/import", methods=["GET", "POST"])
@allow(May.APPROVE_PLOT)
def bring_in_verifications() -> ResponseReturnValue:
    """Try a list, or record all of it; with a row that is wrong nothing is recorded."""
    form, outcome = ListForm(), None
    if form.is_submitted() and form.validate():
        try:
            content = form.file.data.read(workbook.LARGEST + 1) if form.file.data else b""
            book = read_verifications(content)
            with look() as work:
                outcome = metrology.try_list(work, by=me(), now=moment(), book=book)
        except Refusal as error:
            form.show(error)
        else:
            if outcome.fine and "record" in request.form and (n := _record(form, book)) is not None:
                flash(_("已登记 %(n)s 次检定。", n=n))
                return redirect(url_for("regulator.scales"), 303)
    return page(
        "regulator/bring_in_verifications.html", form, outcome=outcome, sheet=VERIFICATIONS, shown=200
    )


def _record(form: Form, book: Any) -> int | None:
    return submit(
        form, lambda work: metrology.bring_in_list(work, by=me(), now=moment(), book=book, key=form.key.data)
    )
