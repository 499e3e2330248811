"""Findings: each in a sentence with its evidence, and closed with its outcome."""

from flask import url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from traceability.domain.listing import Asked
from traceability.domain.people import May
from traceability.services import chain, lookup, oversight, people, waiting
from traceability.web import words
from traceability.web.forms import BooleanField, Form, TextAreaField, page
from traceability.web.guard import allow, look, me, moment
from traceability.web.regulator.door import asked_words, bp, firms_of, page_of, page_start
from traceability.web.showing import carry_out, chosen

STATES = ("open", "settled", "all")
PAGE = 30


class SettleForm(Form):
    """How a finding ends; the outcome is the reason of the decision."""

    reason = TextAreaField(_l("处置结果"))
    explained = BooleanField(_l("已查明不是复制，公众页面恢复正常"))


@bp.get("/findings")
@allow(May.OVERSEE)
def findings() -> ResponseReturnValue:
    """Findings by state, latest first."""
    state = chosen(STATES, "open")
    asked = Asked(
        words=asked_words("finding"),
        only={} if state == "all" else {"state": state},
        sort="found",
        down=True,
        first=page_start(PAGE),
        size=PAGE,
    )
    with look() as work:
        found = waiting.find_findings(work, by=me(), asked=asked)
        counts = waiting.finding_counts(work, by=me())
        firms = firms_of(work, [one.enterprise for one in found.rows])
    tabs = [(name, sum(counts.values()) if name == "all" else counts.get(name, 0)) for name in STATES]
    return page("regulator/findings.html", rows=page_of(found, PAGE), firms=firms, state=state, tabs=tabs)


@bp.get("/findings/<int:number>")
@allow(May.OVERSEE)
def finding(number: int) -> ResponseReturnValue:
    """One finding: its evidence, the lot, the firm and what else was found there."""
    return _page(number, SettleForm(formdata=None))


@bp.route("/findings/<int:number>/settle", methods=["GET", "POST"])
@allow(May.SETTLE)
def settle_finding(number: int) -> ResponseReturnValue:
    """Close it with its outcome."""
    form = SettleForm()
    settle = lookup.settle_explained if form.explained.data else oversight.settle_finding
    done = carry_out(
        form,
        lambda work: settle(
            work, by=me(), now=moment(), finding=number, outcome=form.reason.data or "", key=form.key.data
        ),
        said=_("线索已处置。"),
        to=url_for("regulator.findings"),
    )
    return done or _page(number, form)


def _page(number: int, form: Form) -> ResponseReturnValue:
    with look() as work:
        found = waiting.finding(work, by=me(), number=number)
        firm = (
            people.enterprise(work, by=me(), number=found.enterprise, now=moment())
            if found.enterprise is not None
            else None
        )
        about = chain.dossier(work, by=me(), lot=found.lot) if found.lot else None
        serial = found.evidence.get("serial")
        looks = lookup.looks_at(work, by=me(), serial=serial) if isinstance(serial, int) else None
        beside = waiting.findings_of(work, by=me(), enterprise=found.enterprise) if found.enterprise else []
    others = [one for one in beside if one.id != found.id]
    evidence = words.shown(found.evidence)
    return page(
        "regulator/finding.html",
        form,
        found=found,
        firm=firm,
        about=about,
        others=others,
        evidence=evidence,
        looks=looks,
        profile=words.profile(),
    )
