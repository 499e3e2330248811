"""The firm's ledger of events, and amendments: shown first, then booked."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from traceability.domain.chain import EventKind, Lot
from traceability.domain.people import May
from traceability.services import chain
from traceability.services.chain import Correction, papers
from traceability.web import forms
from traceability.web.enterprise.door import METHODS, answer, bp, done, reason_field
from traceability.web.forms import Form
from traceability.web.guard import allow, look, me, moment

#: What can be amended of an event, by its kind; the names are those of the form's fields.
AMENDABLE: Mapping[EventKind, tuple[str, ...]] = {
    EventKind.LEAF_RECEIPT: ("net",),
    EventKind.PROCESSING: ("out", "rejects"),
    EventKind.REFINING: ("out", "fines"),
    EventKind.BLENDING: ("fines",),
    EventKind.WRITE_OFF: ("lost",),
    EventKind.SALE: ("packs",),
    EventKind.PACKING: ("serials",),
}


EVERY = 100_000


@bp.get("/events/<int:event>")
@allow(May.READ_CHAIN)
def event(event: int) -> ResponseReturnValue:
    """An event with what it moved and how it was amended."""
    with look() as work:
        found = papers.paper(work, by=me(), event=event)
    return forms.page("enterprise/event.html", paper=found, amendable=AMENDABLE)


class AmendForm(Form):
    """What the event should have said; what is left empty stays as it is."""

    net = forms.weight(_l("更正后净重"), zero=True, optional=True)
    out = forms.weight(_l("更正后产出"), zero=True, optional=True)
    rejects = forms.weight(_l("更正后拣剔物"), zero=True, optional=True)
    fines = forms.weight(_l("更正后筛末"), zero=True, optional=True)
    lost = forms.weight(_l("更正后报损"), zero=True, optional=True)
    packs = forms.whole(_l("更正后售出件数"), optional=True, unit=_l("件"))
    serials = forms.serials(_l("其实没有用的标志号码"), optional=True)
    reason = reason_field(_l("更正原因"))

    def keep(self, kind: EventKind) -> None:
        """Only the fields that fit this kind of event."""
        apt = AMENDABLE.get(kind, ())
        for name in {name for names in AMENDABLE.values() for name in names} - set(apt):
            del self[name]

    @property
    def correction(self) -> Correction:
        """What was typed."""
        typed = {name: self[name].data for name in self._fields}
        return Correction(
            net_g=typed.get("net"),
            out_g=typed.get("out"),
            rejects_g=typed.get("rejects"),
            fines_g=typed.get("fines"),
            lost_g=typed.get("lost"),
            packs=typed.get("packs"),
            unused=typed.get("serials") or (),
        )


@dataclass(frozen=True)
class Plan:
    """What an amendment would do: the event afterwards, other events re-booked, and shortages opened."""

    after: papers.Paper
    others: tuple[Any, ...]
    short: tuple[tuple[int, Lot], ...]


@bp.route("/events/<int:event>/amend", methods=METHODS)
@allow(May.AMEND_CHAIN)
def amend(event: int) -> ResponseReturnValue:
    """Amend an event: `step=preview` shows what would change, `step=book` books it."""
    form = AmendForm()
    with look() as work:
        before = papers.paper(work, by=me(), event=event)
    form.keep(before.event.kind)
    shown = {"before": before, "back": ("events", _("台账"))}
    if request.method == "POST" and request.form.get("step") != "book":
        plan = forms.preview(form, lambda work: _plan(work, form, event))
        return forms.page("enterprise/amend.html", form, plan=plan, **shown)
    return answer(
        form,
        lambda work: _amend(work, form, event, key=form.key.data),
        lambda booked: done(_("已更正，更正单号 %(no)s。", no=booked.no), "event", event=event),
        "enterprise/amend.html",
        plan=None,
        **shown,
    )


def _amend(work: Any, form: AmendForm, event: int, *, key: str | None) -> Any:
    return chain.amend(
        work,
        by=me(),
        now=moment(),
        event=event,
        correction=form.correction,
        reason=form.reason.data or "",
        key=key,
    )


def _plan(work: Any, form: AmendForm, event: int) -> Plan:
    """Do it, look at it, and let it be undone."""
    known = {one.id for one in chain.events(work, by=me(), limit=EVERY)}
    open_before = {one.id for one, _lot in papers.shortages(work, by=me())}
    _amend(work, form, event, key=None)
    new = [one for one in chain.events(work, by=me(), limit=EVERY) if one.id not in known]
    short = [(one.grams, lot) for one, lot in papers.shortages(work, by=me()) if one.id not in open_before]
    others = sorted({one.root for one in new if one.root and one.root != event})
    return Plan(
        papers.paper(work, by=me(), event=event),
        tuple(papers.paper(work, by=me(), event=one) for one in others),
        tuple(short),
    )
