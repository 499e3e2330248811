"""Who may use the mark: the list of every right in force, on a page and as a file. No sign-in, no script."""

from collections.abc import Sequence
from datetime import date
from io import BytesIO
from typing import Any

from flask import Response, jsonify, make_response, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from traceability.domain.units import local_day
from traceability.formats.tables import Field, Kind, Table, Value, write_csv
from traceability.services import authorised as rights
from traceability.services.authorised import InForce
from traceability.web import words
from traceability.web.guard import PUBLIC, allow, look, moment
from traceability.web.listing import attached
from traceability.web.public.door import bp, closed
from traceability.web.showing import chosen, searched, sliced

PAGE = 20
ANY = "all"


@bp.get("/authorised")
@allow(PUBLIC)
def authorised() -> ResponseReturnValue:
    """Rights in force today, by county: searched, a county or a right at a time, a page at a time or as a file."""
    today = local_day(moment())
    with look() as work:
        found = rights.in_force(work, now=moment())
    rows = _asked(found)
    if request.args.get("as") == "csv":
        return _csv(rows, today)
    if request.args.get("as") == "json":
        return _json(rows, today)
    page = render_template(
        "public/authorised.html",
        rows=sliced(rows, PAGE),
        everything=len(found),
        counties=sorted({one.county for one in found}),
        bases=_bases(found),
        asked=_kept(),
        today=today,
    )
    return closed(make_response(page), 200)


def _bases(found: Sequence[InForce]) -> list[str]:
    """The rights that occur, in the profile's order."""
    used = {one.right.right_basis for one in found}
    return [one.key for one in words.profile().rights if one.key in used]


def _asked(found: Sequence[InForce]) -> list[InForce]:
    county = chosen({one.county for one in found}, ANY, "county")
    basis = chosen({one.right.right_basis for one in found}, ANY, "right")
    kept = [one for one in found if county in (ANY, one.county) and basis in (ANY, one.right.right_basis)]
    return searched(kept, _text)


def _text(one: InForce) -> tuple[str, ...]:
    """What a search looks at."""
    return (
        one.name,
        one.uscc,
        words.county(one.county),
        one.right.announcement_no,
        words.right(one.right.right_basis),
    )


def _kept() -> dict[str, str]:
    """What the address asks, to be kept by links and by the form."""
    return {name: text[:60] for name in ("q", "county", "right") if (text := request.args.get(name, ""))}


# --- as a file ----------------------------------------------------------------------------------------------

_FIELDS = (
    (_l("企业"), Kind.TEXT),
    (_l("统一社会信用代码"), Kind.TEXT),
    (_l("县（市）"), Kind.TEXT),
    (_l("用标依据"), Kind.TEXT),
    (_l("标志旁的文字"), Kind.TEXT),
    (_l("核准等级"), Kind.TEXT),
    (_l("公告号"), Kind.TEXT),
    (_l("有效期自"), Kind.DAY),
    (_l("有效期至"), Kind.DAY),
    (_l("暂停用标自"), Kind.DAY),
)


def _csv(rows: Sequence[InForce], today: date) -> ResponseReturnValue:
    """The rows of the page, every page of them; no text is ever a formula (FRAUD F24)."""
    file = BytesIO()
    title = str(_("专用标志使用企业名单"))
    fields = tuple(Field(str(name), kind) for name, kind in _FIELDS)
    write_csv(Table(title, fields, (_values(one, today) for one in rows)), file)
    return attached(file, f"{title}-{today:%Y%m%d}.csv", "text/csv")


def _values(one: InForce, today: date) -> list[Value]:
    right, stop = one.right, one.suspended_since
    return [
        one.name, one.uscc, words.county(one.county), words.right(right.right_basis),
        words.wording(right.right_basis, today), words.listed(words.word(grade) for grade in right.scope),
        right.announcement_no, right.valid_from, right.valid_until, local_day(stop) if stop else None,
    ]  # fmt: skip


def _json(rows: Sequence[InForce], today: date) -> Response:
    """The same for programs: codes, ISO days, moments in UTC."""
    told = {
        "gi": words.profile().gi.zh,
        "on": today.isoformat(),
        "authorised": [_told(one, today) for one in rows],
    }
    return closed(make_response(jsonify(told)), 200)


def _told(one: InForce, today: date) -> dict[str, Any]:
    right, stop = one.right, one.suspended_since
    return {
        "enterprise": one.name,
        "uscc": one.uscc,
        "county": one.county,
        "right": right.right_basis,
        "wording": words.profile().basis_wording(right.right_basis, "zh", today),
        "scope": [grade.value for grade in right.scope],
        "announcement_no": right.announcement_no,
        "valid_from": right.valid_from.isoformat(),
        "valid_until": right.valid_until.isoformat(),
        "suspended_since": stop.isoformat() if stop else None,
    }
