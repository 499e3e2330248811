"""Packing, where tea and marks meet; cartons and their labels."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from flask import send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms.validators import InputRequired, Length

from traceability.domain.chain import LotKind
from traceability.domain.errors import Refusal, SerialsUnreadable
from traceability.domain.marks import (
    MarkState,
    SerialRange,
    Span,
    control_number,
    count,
    cut,
    merged,
    read_ranges,
)
from traceability.domain.people import May
from traceability.domain.units import parse_count
from traceability.formats.labels import CartonLabel, LabelRefused, Placement, StartOffSheet, render_cartons
from traceability.services import chain, marks
from traceability.services.chain import CartonAsk, Effect, PackAsk, papers
from traceability.services.chain.papers import CartonPapers
from traceability.services.press.makers import face_of
from traceability.web import forms, words
from traceability.web.enterprise.door import (
    METHODS,
    answer,
    ask,
    bp,
    cell,
    done,
    read_grams,
    staged,
)
from traceability.web.enterprise.outlook import Line, addresses, pieces
from traceability.web.enterprise.packing_form import PackForm
from traceability.web.enterprise.prints import printing
from traceability.web.enterprise.stock import StockForm
from traceability.web.forms import Choices, Form, Parsed, TextAreaField, Ticks
from traceability.web.guard import allow, look, me, moment
from traceability.web.i18n import counted as _n


@bp.get("/packings/new")
@allow(May.RECORD_CHAIN)
def packings() -> ResponseReturnValue:
    """Choose a batch to pack."""
    with look() as work:
        found = chain.on_hand(work, by=me(), kinds=[LotKind.BATCH])
        issued = marks.issued_ranges(work, by=me())
    ready = {one.batch.id: sum(printed(one.spans).values()) for one in issued}
    return forms.page("enterprise/packings.html", lines=found, ready=ready)


@staged("/lots/<int:lot>/pack")
@allow(May.RECORD_CHAIN)
def pack(lot: int) -> ResponseReturnValue:
    """A passed batch into packs, one mark on each."""
    form = PackForm()
    with look() as work:
        known = chain.dossier(work, by=me(), lot=lot)
        free = chain.free_g(work, by=me(), batch=lot, at=moment())
        issued = marks.issued_ranges(work, by=me(), batch=lot)
        form.lines = chain.stocks_of(work, by=me(), lots=[lot])
    form.products = {one.id: one for one in _products(issued)}
    asks = form.asks = _asks(form.products)
    return answer(
        form,
        ask(
            form, chain.pack, at=form.at.data, batch=lot, asks=asks, spill_g=form.spill.data, no=form.no.data
        ),
        lambda booked: done(
            _(
                "包装单 %(no)s：%(packs)s 件，贴标 %(packs)s 枚，散落 %(spill)s 千克。",
                no=booked.no,
                packs=sum(one.packs for one in asks),
                spill=words.kg(form.spill.data),
            ),
            **_packed_page(booked.lots),
        ),
        "enterprise/pack.html",
        lot=known,
        free=free,
        rows=[(product, _on_hand(issued, product.id)) for product in _products(issued)],
    )


def _packed_page(lots: Sequence[int]) -> dict[str, Any]:
    """The one pack lot with its next step; of several the list."""
    if len(lots) == 1:
        return {"endpoint": "lot", "lot": lots[0]}
    return {"endpoint": "lots", "kind": LotKind.PACKS, "stock": 1}


def _asks(products: Iterable[int]) -> list[PackAsk]:
    """What was filled in, by product: `packs-P`, `serials-P`, `over-P` in grams."""
    packs, over = forms.keyed("packs", parse_count), forms.keyed("over", read_grams)
    serials = forms.keyed("serials", read_ranges)
    named = [one for one in products if one in packs or one in serials]
    return [PackAsk(one, packs.get(one, 0), serials.get(one, ()), over.get(one, 0)) for one in named]


def _products(issued: Sequence[Any]) -> list[Any]:
    return list({one.product.id: one.product for one in issued}.values())


def _on_hand(issued: Sequence[Any], product: int) -> list[Span]:
    """Marks of a product that are not on packs yet, printed ones first."""
    spans = [span for one in issued if one.product.id == product for span in one.spans]
    waiting = [span for span in spans if span.state in (MarkState.PRINTED, MarkState.ON_HAND)]
    return sorted(waiting, key=lambda span: (span.state is not MarkState.PRINTED, span.range))


def printed(spans: Iterable[Span]) -> Mapping[int, int]:
    """Printed marks that are not on packs yet, by the first serial of their range."""
    return {one.range.first: len(one.range) for one in spans if one.state is MarkState.PRINTED}


class CartonForm(StockForm):
    """Cartons named one a line, or filled in serial order with so many packs each."""

    size = forms.count(_l("每箱件数"), optional=True, unit=_l("件"))
    rows = TextAreaField(_l("或逐箱填写"))
    loose: Sequence[SerialRange] = ()

    def unfilled(self) -> list[str]:
        """Neither a size nor a list."""
        return [] if self.size.data or (self.rows.data or "").strip() else [str(self.size.label.text)]

    def result(self, work: Any, booked: Any) -> Any:
        """Filling cartons moves no tea."""
        return None

    def more(self, effect: Effect | None) -> Iterable[Line]:
        """How many cartons, what the last one holds, and what stays loose."""
        try:
            filled = [count(one.ranges) for one in carton_asks(self, self.loose)]
        except Refusal:
            return
        last = filled[-1]
        odd = _("末箱 %(n)s", n=pieces(last)) if last != filled[0] else _("每箱 %(n)s", n=pieces(last))
        yield Line(_("装箱"), _n("%(n)s 箱", len(filled)), odd)
        yield Line(_("还没有装箱"), pieces(max(0, count(self.loose) - sum(filled))))


@dataclass(frozen=True)
class Filled:
    """A pack lot with its cartons: which are here, and what their labels say (None where they are not for us)."""

    lot: chain.Dossier
    here: frozenset[int]
    papers: CartonPapers | None


def _filled(lot: int) -> Filled:
    with look() as work:
        known = chain.dossier(work, by=me(), lot=lot)
        here = frozenset(one.id for one in papers.cartons_with(work, by=me(), lot=lot))
        own = known.own and known.lot.kind is LotKind.PACKS
        return Filled(known, here, papers.carton_papers(work, by=me(), lot=lot) if own else None)


@staged("/lots/<int:lot>/cartons")
@allow(May.RECORD_CHAIN)
def fill_cartons(lot: int) -> ResponseReturnValue:
    """Put packs of a lot into cartons."""
    form, filled = CartonForm(), _filled(lot)
    loose = form.loose = loose_marks(filled.lot)
    return answer(
        form,
        lambda work: ask(form, chain.fill_cartons, lot=lot, asks=carton_asks(form, loose))(work),
        lambda n: done(
            _("批次 %(lot)s 已装 %(n)s 箱。", lot=filled.lot.lot.no, n=n), "fill_cartons", lot=lot
        ),
        "enterprise/cartons.html",
        filling=form,
        **_shown(filled, _label_form(filled, formdata=None)),
    )


def _shown(filled: Filled, labels: "CartonLabelForm") -> dict[str, Any]:
    """Packs still loose, and the cartons, each with its tick box and what its label would say."""
    loose = loose_marks(filled.lot)
    return {
        "lot": filled.lot,
        "here": filled.here,
        "loose": loose,
        "loose_count": count(loose),
        "labels": labels,
        "boxes": {box.data: box for box in labels.cartons},
        "known": {one.id: one for one in (filled.papers.cartons if filled.papers else ())},
        "sheets": any(one.grid.count > 1 for one in printing().cartons.values()),
    }


def loose_marks(known: chain.Dossier) -> list[SerialRange]:
    """The control numbers on packs of a lot that are in no carton."""
    applied = [span for span in known.spans if span.state is MarkState.APPLIED]
    _inside, outside = cut(applied, [one for carton in known.cartons for one in carton.ranges])
    return [span.range for span in merged(outside)]


def carton_asks(form: CartonForm, loose: Sequence[SerialRange]) -> list[CartonAsk]:
    """The cartons asked for: those named line by line, or all loose packs by the carton."""
    lines = [line for line in (form.rows.data or "").splitlines() if line.strip()]
    if lines:
        return [_line(line) for line in lines]
    if not form.size.data:
        raise SerialsUnreadable(text="", field="size")
    return [CartonAsk(tuple(part)) for part in in_order(loose, form.size.data)]


def _line(line: str) -> CartonAsk:
    """`number: control numbers`, or only control numbers."""
    no, colon, serials = line.replace("：", ":").rpartition(":")
    try:
        return CartonAsk(read_ranges(serials), no.strip() if colon else None)
    except SerialsUnreadable as error:
        raise SerialsUnreadable(text=line[:80], field="rows") from error


def in_order(loose: Sequence[SerialRange], size: int) -> list[list[SerialRange]]:
    """Serials in their order, so many to a carton; the last one takes the rest."""
    cartons: list[list[SerialRange]] = []
    room = 0
    for one in sorted(loose):
        first = one.first
        while first <= one.last:
            if not room:
                cartons.append([])
                room = size
            last = min(one.last, first + room - 1)
            cartons[-1].append(SerialRange(first, last))
            room -= last - first + 1
            first = last + 1
    return cartons


# --- carton labels ------------------------------------------------------------------------------------------------

AT_ONCE = 100
"""Carton labels in one file: more keep the page waiting for longer than people do."""


class CartonLabelForm(Form):
    """Which cartons, and on which design."""

    cartons = Ticks(
        _l("箱"),
        coerce=int,
        validators=[
            InputRequired(_l("请至少选一箱。")),
            Length(max=AT_ONCE, message=_l("一次最多 %(max)d 箱，请分几次。")),
        ],
    )
    design = Choices(_l("箱标式样"))
    start = Parsed(_l("从第几格开始"), parse=cell, optional=True, mode="numeric", unit=_l("格"))

    def show(self, error: Refusal) -> None:
        """What does not fit is mended by another design, or by another cell to begin at."""
        if isinstance(error, LabelRefused):
            error.facts["field"] = "start" if isinstance(error, StartOffSheet) else "design"
        super().show(error)


def _label_form(filled: Filled, **kwargs: Any) -> CartonLabelForm:
    """The form with the cartons that are here ticked; an empty one needs no label."""
    known = [one for one in (filled.papers.cartons if filled.papers else ()) if one.ranges]
    ticked = [one.id for one in known if one.id in filled.here][:AT_ONCE]
    form = CartonLabelForm(data={"cartons": ticked}, **kwargs)
    form.cartons.choices = [(one.id, one.no) for one in known]
    form.design.choices = [(one.id, words.named(one.name)) for one in printing().cartons.values()]
    return form


@bp.route("/lots/<int:lot>/cartons/labels", methods=METHODS)
@allow(May.RECORD_CHAIN)
def carton_labels(lot: int) -> ResponseReturnValue:
    """Labels of cartons as a PDF. Nothing is booked: a torn label is simply printed again."""
    filled = _filled(lot)
    form = _label_form(filled)
    pdf = forms.preview(form, lambda _work: _drawn(form, filled.papers))
    if pdf is None:
        filling = CartonForm(formdata=None)
        staged = addresses(url_for("enterprise.fill_cartons", lot=lot))
        shown = _shown(filled, form)
        return forms.page("enterprise/cartons.html", form, filling=filling, staged=staged, **shown)
    name = f"cartons-{filled.lot.lot.no}.pdf"
    return send_file(
        BytesIO(pdf), mimetype="application/pdf", as_attachment=True, download_name=name, max_age=0
    )


def _drawn(form: CartonLabelForm, found: CartonPapers | None) -> bytes:
    if found is None:
        raise LabelRefused()
    chosen = [one for one in found.cartons if one.id in form.cartons.data]
    placed = Placement(start=form.start.data or 0)
    labels = [_label(found, one.no, one.ranges) for one in chosen]
    return render_cartons(printing().cartons[form.design.data], face_of(found.face), labels, placement=placed)


def _label(found: CartonPapers, no: str, ranges: Sequence[SerialRange]) -> CartonLabel:
    return CartonLabel(no, found.lot.no, count(ranges), tuple(map(_plain, ranges)))


def _plain(one: SerialRange) -> str:
    """A range in characters every label font has."""
    first, last = control_number(one.first), control_number(one.last)
    return first if first == last else f"{first}-{last}"
