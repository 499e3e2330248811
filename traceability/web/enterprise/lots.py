"""Lots: lists, everything known about one, its trace, its files; and what the offices see of the firm."""

from collections.abc import Iterator
from dataclasses import dataclass

from flask import Response, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from traceability.domain.chain import Edge, Lot
from traceability.domain.errors import PhotoRefused
from traceability.domain.people import May, Plot
from traceability.domain.recalls import Place
from traceability.formats import photos
from traceability.services import chain, oversight
from traceability.services import recalls as calls
from traceability.services.chain import papers
from traceability.web import forms, words
from traceability.web.enterprise.door import METHODS, about, answer, ask, bp, done, listing, reason_field
from traceability.web.forms import FileField, Form
from traceability.web.guard import allow, look, me
from traceability.web.sankey import picture
from traceability.web.showing import ReportForm, report_rows, sliced


@bp.get("/lots/<int:lot>")
@allow(May.READ_CHAIN)
def lot(lot: int) -> ResponseReturnValue:
    """Everything known about a lot, and what can be done with it next."""
    with look() as work:
        known = chain.dossier(work, by=me(), lot=lot)
        held = papers.holders(work, by=me(), lot=lot)
    return forms.page(
        "enterprise/lot.html",
        form=Form(),
        lot=known,
        held=held,
        report=report_rows(known.status, known.lot, words.profile()) if known.status else [],
    )


# --- trace ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Branch:
    """A line of the trace: a lot (or a plot) so many steps away, with the grams on the edge to it."""

    depth: int
    grams: int | None
    lot: Lot | None = None
    plot: Plot | None = None
    again: bool = False


@dataclass(frozen=True)
class Flow:
    """A line of the table: grams out of a lot (or off a plot) into a lot."""

    target: Lot
    grams: int
    source: Lot | None = None
    plot: Plot | None = None


#: A trace of more lines than this is not unfolded lot by lot; its table has them all, page by page.
UNFOLDED = 400


@bp.get("/lots/<int:lot>/trace")
@allow(May.READ_CHAIN)
def trace(lot: int) -> ResponseReturnValue:
    """The whole chain on one side of a lot, as a picture, a table and a list; lots and plots, never growers."""
    forward = request.args.get("way") == "forward"
    with look() as work:
        found = chain.trace(work, by=me(), lot=lot, forward=forward)
        goods = calls.goods_of(work, by=me(), lots=found.lots.values()) if forward else None
    every = flows(found)
    return forms.page(
        "enterprise/trace.html",
        trace=found,
        forward=forward,
        listing=sliced(every, FLOWS),
        picture=picture(found).data,
        branches=list(branches(found)) if len(every) <= UNFOLDED else [],
        goods=goods,
        places=Place,
        most=UNFOLDED,
    )


#: Lines of the table on a page.
FLOWS = 100


def flows(found: chain.Trace) -> list[Flow]:
    """Every edge of a trace, and what leaf lots took off plots; in the order the tea went."""
    between = [Flow(found.lots[one.target], one.grams, source=found.lots[one.source]) for one in found.edges]
    off_plots = [
        Flow(found.lots[lot], grams, plot=found.plot_names[plot])
        for lot, plots in found.plots.items()
        for plot, grams in plots.items()
        if not found.forward
    ]
    return sorted([*off_plots, *between], key=lambda one: (one.target.born_at, one.target.id))


def branches(found: chain.Trace) -> Iterator[Branch]:
    """The trace as an indented list; a lot reached twice is unfolded once."""
    ways: dict[int, list[tuple[int, int]]] = {}
    for edge in found.edges:
        near, far = _ends(edge, forward=found.forward)
        ways.setdefault(near, []).append((far, edge.grams))
    seen: set[int] = set()

    def walk(number: int, depth: int, grams: int | None) -> Iterator[Branch]:
        again = number in seen
        seen.add(number)
        yield Branch(depth, grams, lot=found.lots[number], again=again)
        if again:
            return
        for plot, leaf in sorted(found.plots.get(number, {}).items()) if not found.forward else ():
            yield Branch(depth + 1, leaf, plot=found.plot_names[plot])
        for far, passed in sorted(ways.get(number, ())):
            yield from walk(far, depth + 1, passed)

    return walk(found.lot.id, 0, None)


def _ends(edge: Edge, *, forward: bool) -> tuple[int, int]:
    return (edge.source, edge.target) if forward else (edge.target, edge.source)


# --- files ----------------------------------------------------------------------------------------------------


class AttachForm(Form):
    """A file that belongs to a lot."""

    file = FileField(_l("文件（PDF 或照片）"))
    content = ReportForm.content

    def cleaned(self) -> tuple[str, bytes]:
        """Name and bytes of what was sent; of a photo only its pixels. Raise `PhotoRefused`."""
        name, content = self.content()
        if not photos.is_photo(content):
            return name, content
        return f"{name.rsplit('.', 1)[0]}.jpg", photos.clean(content)


@bp.route("/lots/<int:lot>/documents", methods=METHODS)
@allow(May.RECORD_CHAIN)
def attach(lot: int) -> ResponseReturnValue:
    """Attach a file to a lot. A photo is drawn anew first, before anything is locked."""
    form = AttachForm()
    known = about(lot)
    shown = {
        "title": _("附文件"),
        "lot": known,
        "lead": _(
            "合格证、送货单、照片等。PDF 不超过 10 MB；照片（JPEG、PNG、WebP）不超过 8 MB，"
            "重新存成不带拍摄地点的 JPEG。"
        ),
    }
    try:
        name, content = form.cleaned()
    except PhotoRefused as error:
        form.show(error)
        return forms.page("enterprise/form.html", form, **shown)
    return answer(
        form,
        ask(form, oversight.attach_document, lot=lot, name=name, content=content),
        lambda _document: done(_("文件已附到批次 %(lot)s。", lot=known.lot.no), "lot", lot=lot),
        **shown,
    )


class WithdrawForm(Form):
    """Why a file counts no more."""

    reason = reason_field(_l("撤下的原因"))


@bp.route("/documents/<int:number>/withdraw", methods=METHODS)
@allow(May.RECORD_CHAIN)
def withdraw_document(number: int) -> ResponseReturnValue:
    """Say that a file counts no more; it stays, with the reason beside it."""
    form = WithdrawForm()
    with look() as work:
        kept, _content = oversight.document(work, by=me(), number=number)
    known = about(kept.lot) if kept.lot else None
    lot = known.lot.id if known else 0
    return answer(
        form,
        ask(form, oversight.withdraw_document, document=number, reason=form.reason.data or ""),
        lambda _document: done(_("文件 %(name)s 已撤下。", name=kept.name), "lot", lot=lot),
        title=_("撤下文件"),
        lot=known,
        lead=_("%(name)s：文件不删除，列表里注明撤下的时间和原因。", name=kept.name),
        button=_("撤下"),
        danger=True,
    )


@bp.get("/documents/<int:number>")
@allow(May.READ_CHAIN)
def document(number: int) -> ResponseReturnValue:
    """A file, to keep; never shown inside our own pages' address (FRAUD F24)."""
    with look() as work:
        kept, content = oversight.document(work, by=me(), number=number)
    answer = Response(content, mimetype=kept.media_type)
    answer.headers.set("Content-Disposition", "attachment", filename=kept.name)
    answer.headers["Cache-Control"] = "no-store"
    return answer


# --- findings, holds -------------------------------------------------------------------------------------------


@bp.get("/findings")
@allow(May.READ_CHAIN)
def findings() -> ResponseReturnValue:
    """What the offices see of the firm: findings, holds in force, recalls."""
    with look() as work:
        found = oversight.own_findings(work, by=me())
        holds = papers.own_holds(work, by=me())
        recalls = calls.own_recalls(work, by=me())
    shown = listing(found, lambda one: (words.word(one.code, "finding"), words.finding_sentence(one)))
    return forms.page("enterprise/findings.html", listing=shown, holds=holds, recalls=recalls)
