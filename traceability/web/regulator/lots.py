"""Lots: the list, and everything known about one; hold and retest begin here."""

from typing import Any

from flask import url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from traceability.domain.chain import Lot, LotKind
from traceability.domain.people import May
from traceability.domain.units import local_day
from traceability.services import chain, marks, oversight
from traceability.services.chain import Dossier
from traceability.web import words
from traceability.web.forms import page
from traceability.web.guard import allow, look, me, moment
from traceability.web.regulator.door import ReasonForm, bp
from traceability.web.showing import (
    ReportForm,
    carry_out,
    chosen,
    limit_text,
    limits_of,
    report_form,
    report_rows,
    searched,
    sliced,
    trace_rows,
    value_field,
)

KINDS = (LotKind.BATCH, LotKind.PACKS, LotKind.MADE, LotKind.LEAF)


@bp.get("/lots")
@allow(May.OVERSEE)
def lots() -> ResponseReturnValue:
    """Lots by kind, latest first."""
    kind = LotKind(chosen(KINDS, LotKind.BATCH, "kind"))
    with look() as work:
        found = chain.lots(work, by=me(), kinds=[kind])
    rows = searched(found, lambda line: (line.lot.no, line.maker, str(line.lot.season)))
    return page("regulator/lots.html", rows=sliced(rows), kind=kind, kinds=KINDS)


@bp.get("/lots/<int:lot>")
@allow(May.OVERSEE)
def lot(lot: int) -> ResponseReturnValue:
    """Everything known about a lot."""
    with look() as work:
        found = chain.dossier(work, by=me(), lot=lot)
        back = chain.trace(work, by=me(), lot=lot)
        ahead = chain.trace(work, by=me(), lot=lot, forward=True)
        issued = marks.issued_ranges(work, by=me(), batch=lot) if found.lot.kind is LotKind.BATCH else []
    return page(
        "regulator/lot.html",
        found=found,
        report=report_rows(found.status, found.lot, words.profile()) if found.status else [],
        backward=trace_rows(back),
        forward=trace_rows(ahead),
        issued=issued,
    )


def _about(lot: int) -> Dossier:
    with look() as work:
        return chain.dossier(work, by=me(), lot=lot)


@bp.route("/lots/<int:lot>/hold", methods=["GET", "POST"])
@allow(May.HOLD)
def hold_lot(lot: int) -> ResponseReturnValue:
    """Stop a lot."""
    form, to = ReasonForm(), url_for("regulator.lot", lot=lot)
    done = carry_out(
        form,
        lambda work: oversight.hold_lot(
            work, by=me(), now=moment(), lot=lot, reason=form.reason.data or "", key=form.key.data
        ),
        said=_("批次已冻结。"),
        to=to,
    )
    return done or page(
        "regulator/decide.html", form, title=_("冻结批次"), about=_about(lot).lot.no, back=to, danger=True,
        button=_("冻结"), note=_("冻结后不能再申领标志、包装、发运或销售；已在市场上的，公众查验页显示“暂停销售”。"),
    )  # fmt: skip


@bp.route("/lots/<int:lot>/retest", methods=["GET", "POST"])
@allow(May.RETEST)
def record_retest(lot: int) -> ResponseReturnValue:
    """The office's own report on the retained sample; it counts from now on."""
    form, to = report_form(words.profile())(), url_for("regulator.lot", lot=lot)
    done = carry_out(form, lambda work: _retest(work, lot, form), said=_("复检报告已登记。"), to=to)
    if done:
        return done
    known = _about(lot)
    return page("regulator/retest.html", form, found=known, limits=_limits(known.lot), back=to)


def _limits(batch: Lot) -> dict[str, str]:
    """What the batch's grade asks, by the name of the field."""
    if batch.grade is None:
        return {}
    found = limits_of(words.profile(), batch.grade, local_day(moment()))
    return {value_field(one.parameter): limit_text(one) for one in found}


def _retest(work: Any, lot: int, form: ReportForm) -> int:
    return chain.record_retest(work, by=me(), now=moment(), batch=lot, **form.told)
