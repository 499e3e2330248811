"""Findings: the list an office works through, and each with its evidence, taken, and closed with its outcome."""

from contextlib import suppress
from dataclasses import replace
from typing import Any

from flask import request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from traceability.domain.errors import NotFound
from traceability.domain.findings import Burden, Settlement, State
from traceability.domain.listing import Asked
from traceability.domain.people import May
from traceability.formats.tables import Kind
from traceability.services import chain, findings, lookup, people
from traceability.services.findings import FindingLine
from traceability.web import words
from traceability.web.forms import BooleanField, Choices, Form, TextAreaField, page
from traceability.web.guard import allow, look, me, moment, row_number
from traceability.web.listing import Choice, Column, Listing, asked_of, exported, view
from traceability.web.regulator.door import bp
from traceability.web.regulator.finding_words import facts_of, history_line, next_steps
from traceability.web.showing import carry_out, chosen

#: Tabs; the first is what the address asks for when it says nothing.
STATES = ("waiting", "open", "looking", "settled", "all")

LIST: Listing[FindingLine] = Listing(
    "findings",
    _l("线索"),
    findings.FINDINGS,
    columns=(
        Column("kind", _l("种类"), lambda one: words.word(one.finding.code, "finding"), sorts=True),
        Column("weight", _l("轻重"), lambda one: words.word(one.burden), sorts=True),
        Column("says", _l("内容"), lambda one: words.finding_sentence(one.finding)),
        Column("firm", _l("企业"), lambda one: one.firm, sorts=True),
        Column("plot", _l("地块"), lambda one: one.plot),
        Column("county", _l("县（市）"), lambda one: words.county(one.finding.county), sorts=True),
        Column("happened", _l("发生"), lambda one: one.finding.happened_at, Kind.MOMENT, sorts=True),
        Column("found", _l("记入"), lambda one: one.finding.recorded_at, Kind.MOMENT, sorts=True),
        Column("state", _l("状态"), lambda one: words.word(one.finding.state, "finding_state"), sorts=True),
        Column("taken", _l("核查人"), lambda one: one.taken_by),
        Column("result", _l("结论"), lambda one: words.word(one.finding.result or "", "settlement")),
        Column("outcome", _l("处置"), lambda one: one.finding.outcome),
    ),
    order="weight",
    search=_l("查找"),
    hint=_l("企业、批次或内容"),
    families=("finding", "county"),
    choices=(
        Choice("code", _l("种类"), tuple(words.NAMES["finding"]), "finding"),
        Choice("burden", _l("轻重"), tuple(Burden), "burden"),
    ),
    dated=_l("记入"),
)

#: Headings of the page's own table; the file has every column.
HEADINGS = ("weight", "kind", "firm", "happened", "state")


def _list() -> Listing[FindingLine]:
    """A county has no use for choosing a county."""
    if me().within.county is not None:
        return LIST
    counties = Choice("county", _l("县（市）"), names=words.names_of("county"))
    return replace(LIST, choices=(*LIST.choices, counties))


def _asked(which: Listing[FindingLine]) -> Asked:
    """With the tab, and the firm when a page leads here from it."""
    asked = asked_of(which)
    more = {"state": chosen(STATES, STATES[0])}
    with suppress(ValueError):
        more["firm"] = str(row_number(request.args.get("firm", "")))
    return replace(asked, only={**asked.only, **more})


@bp.get("/findings", endpoint="findings")
@allow(May.OVERSEE)
def findings_page() -> ResponseReturnValue:
    """Findings that wait, the heaviest first; or any others, by what is asked."""
    which = _list()
    asked = _asked(which)
    if (file := exported(which, asked)) is not None:
        return file
    with look() as work:
        shown = view(work, which, asked)
        counts = findings.counts(work, by=me())
    columns = {one.key: one for one in which.columns}
    return page(
        "regulator/findings.html",
        listing=shown,
        headings=[columns[key] for key in HEADINGS],
        state=asked.only["state"],
        tabs=[(name, counts[name]) for name in STATES],
    )


# --- one of them ------------------------------------------------------------------------------------------------------


class SettleForm(Form):
    """How a finding ends: what it was, and in words what was found and done."""

    result = Choices(_l("结论"))
    reason = TextAreaField(_l("核实情况和处理"))
    explained = BooleanField(_l("已查明不是复制，公众页面恢复正常"))


def _form(**more: Any) -> SettleForm:
    form = SettleForm(**more)
    named = [(one.value, words.word(one)) for one in Settlement]
    form.result.choices = [("", _("请选择")), *named]
    return form


@bp.get("/findings/<int:number>")
@allow(May.OVERSEE)
def finding(number: int) -> ResponseReturnValue:
    """One finding: its evidence, what to do, what became of it and what else was found at the firm."""
    return _page(number, _form(formdata=None))


@bp.post("/findings/<int:number>/take")
@allow(May.SETTLE)
def take_finding(number: int) -> ResponseReturnValue:
    """Look into it from now on."""
    return _step(number, findings.take_finding, _("已由您核查。"))


@bp.post("/findings/<int:number>/put-back")
@allow(May.SETTLE)
def put_back_finding(number: int) -> ResponseReturnValue:
    """Nobody looks into it any more."""
    return _step(number, findings.put_back_finding, _("已退回待处置。"))


def _step(number: int, step: Any, said: str) -> ResponseReturnValue:
    form = Form()
    done = carry_out(
        form,
        lambda work: step(work, by=me(), now=moment(), finding=number, key=form.key.data),
        said=said,
        to=url_for("regulator.finding", number=number),
    )
    return done or _page(number, _form(formdata=None), refused=form)


@bp.route("/findings/<int:number>/settle", methods=["GET", "POST"])
@allow(May.SETTLE)
def settle_finding(number: int) -> ResponseReturnValue:
    """Close it with its outcome."""
    form = _form()
    done = carry_out(
        form,
        lambda work: _settle(work, number, form),
        said=_("线索已处置。"),
        to=url_for("regulator.findings"),
    )
    return done or _page(number, form)


def _settle(work: Any, number: int, form: SettleForm) -> int:
    told: dict[str, Any] = {
        "by": me(), "now": moment(), "finding": number, "outcome": form.reason.data or "", "key": form.key.data,
    }  # fmt: skip
    if form.explained.data:
        return lookup.settle_explained(work, **told)
    return findings.settle_finding(work, **told, result=form.result.data or "")


def _page(number: int, form: Form, *, refused: Form | None = None) -> ResponseReturnValue:
    with look() as work:
        file = findings.file_of(work, by=me(), number=number)
        found = file.finding
        about = chain.dossier(work, by=me(), lot=found.lot) if found.lot and file.lot_in_reach else None
        serial = found.evidence.get("serial")
        looks = lookup.looks_at(work, by=me(), serial=serial) if isinstance(serial, int) else None
        standing = _standing(work, found.enterprise)
    return page(
        "regulator/finding.html",
        refused or form,
        settling=form,
        file=file,
        found=found,
        about=about,
        standing=standing,
        facts=facts_of(found),
        steps=[(one, history_line(one.step, one.result)) for one in file.steps],
        next_steps=next_steps(found.code),
        waiting=found.state != State.SETTLED,
        tied=me().enterprise is not None and me().enterprise == found.enterprise,
        looks=looks,
        profile=words.profile(),
    )


def _standing(work: Any, enterprise: int | None) -> object:
    if enterprise is None:
        return None
    try:
        return people.enterprise(work, by=me(), number=enterprise, now=moment()).standing
    except NotFound:
        return None
