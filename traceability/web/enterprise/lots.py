"""Lots: lists, everything known about one, its trace, its files; and what the offices see of the firm."""

from collections.abc import Iterator
from dataclasses import dataclass

from flask import Response, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from traceability.domain.chain import Edge, Lot, LotKind
from traceability.domain.people import May, Plot
from traceability.services import chain, oversight
from traceability.services.chain import papers
from traceability.web import forms, words
from traceability.web.enterprise.door import METHODS, about, answer, ask, bp, done, listing
from traceability.web.forms import FileField, Form
from traceability.web.guard import allow, look, me
from traceability.web.showing import ReportForm, report_rows


@bp.get("/lots")
@allow(May.READ_CHAIN)
def lots() -> ResponseReturnValue:
    """Lots the firm made or holds: of one kind, in stock only, or all."""
    kind = request.args.get("kind", "")
    kinds = [LotKind(kind)] if kind in list(LotKind) else list(LotKind)
    with look() as work:
        here = {line.lot.id: line for line in chain.on_hand(work, by=me(), kinds=kinds)}
        made = [] if request.args.get("stock") else chain.lots(work, by=me(), kinds=kinds)
    every = {line.lot.id: line for line in [*made, *here.values()]}
    found = sorted(every.values(), key=lambda line: line.lot.id, reverse=True)
    shown = listing(found, lambda line: (line.lot.no, line.maker, *_called(line.lot)))
    return forms.page("enterprise/lots.html", listing=shown, here=here, kind=kind, kinds=list(LotKind))


def _called(lot: Lot) -> tuple[str, ...]:
    return (
        words.word(lot.kind),
        lot.product.name if lot.product else "",
        words.word(lot.grade or lot.leaf_grade or ""),
    )


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


@bp.get("/lots/<int:lot>/trace")
@allow(May.READ_CHAIN)
def trace(lot: int) -> ResponseReturnValue:
    """The whole chain on one side of a lot; lots and plots, never growers."""
    forward = request.args.get("way") == "forward"
    with look() as work:
        found = chain.trace(work, by=me(), lot=lot, forward=forward)
    return forms.page("enterprise/trace.html", trace=found, forward=forward, branches=list(branches(found)))


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


@bp.route("/lots/<int:lot>/documents", methods=METHODS)
@allow(May.RECORD_CHAIN)
def attach(lot: int) -> ResponseReturnValue:
    """Attach a file to a lot."""
    form = AttachForm()
    name, content = form.content()
    known = about(lot)
    return answer(
        form,
        ask(form, oversight.attach_document, lot=lot, name=name, content=content),
        lambda _document: done(_("文件已附到批次 %(lot)s。", lot=known.lot.no), "lot", lot=lot),
        title=_("附文件"),
        lot=known,
        lead=_("合格证、送货单、照片等；PDF、PNG 或 JPEG，不超过 10 MB。"),
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
        recalls = oversight.recalls(work, by=me())
    shown = listing(found, lambda one: (words.word(one.code, "finding"), words.finding_sentence(one)))
    return forms.page("enterprise/findings.html", listing=shown, holds=holds, recalls=recalls)
