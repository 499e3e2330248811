"""Forms about stock: they carry what was on hand when they were opened, and tell what they would come to."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, ClassVar

from flask import g, request

from traceability.domain import units
from traceability.domain.chain import Draw, LotKind, Stock, check_draw
from traceability.domain.errors import Refusal
from traceability.services import chain
from traceability.services.chain import Effect
from traceability.web import forms
from traceability.web.enterprise.outlook import Line, Note, lines_of, remainder, remainder_lines
from traceability.web.errors import refusal_text
from traceability.web.forms import Form
from traceability.web.guard import look, me, row_number

Place = tuple[int, int]


class StockForm(Form):
    """A form about lots on hand.

    `lines` are the stocks it offers; the view puts them in. `drawn` are those that were asked for.
    """

    lines: Sequence[Stock] = ()
    #: The field that says how much, when the refusal's own field is not on the form.
    amount: ClassVar[str] = ""
    #: What a table of the form is called, for who has filled in nothing of it.
    table: ClassVar[Any] = ""
    #: Whether the use case is run to tell what it comes to.
    rehearsed: ClassVar[bool] = True

    @property
    def offered(self) -> str:
        """What is on hand as the page shows it: lot, party and grams of each stock, to be sent back."""
        return " ".join(f"{one.lot.id}.{one.party}.{one.grams}" for one in self.lines)

    @property
    def seen(self) -> dict[Place, int]:
        """What the page showed of the stocks that are drawn on, in grams; unreadable parts are left out."""
        shown = dict(filter(None, map(_seen, request.form.get("seen", "").split())))
        return {place: shown[place] for place in self.drawn() if place in shown}

    def drawn(self) -> list[Place]:
        """The stocks asked for: all that the form is about."""
        return [(one.lot.id, one.party) for one in self.lines]

    def show(self, error: Refusal) -> None:
        """An amount that cannot be is shown beside the field for amounts."""
        if error.field == "grams" and self.amount and not error.facts.get("field"):
            error.facts["field"] = self.amount
        super().show(error)

    def confirm(self, work: Any, booked: Any) -> None:
        """After booking: raise `LotMoved` when the stock was not what the page had shown.

        A form that is sent again keeps nothing, and is answered as before.
        """
        if work.facts:
            chain.require_unmoved(work, by=me(), seen=self.seen, besides=getattr(booked, "id", 0))

    def tell_moved(self) -> None:
        """After a refusal: who booked on the same lots meanwhile, if anybody did."""
        if request.method != "POST":
            return
        code = self.refusal_code
        with look() as work:
            for error in chain.moved_meanwhile(work, by=me(), seen=self.seen):
                if refusal_text(error) not in self.complaints:
                    self.show(error)
        self.refusal_code = code or self.refusal_code  # what was refused counts, not what may explain it

    @property
    def complaints(self) -> list[str]:
        """Everything that was said to be wrong."""
        beside = [str(text) for field in self for text in field.errors]
        return [*map(str, self.form_errors), *beside, *g.get("row_errors", {}).values()]

    # --- what it would come to

    def unfilled(self) -> list[str]:
        """Names of what has to be filled in beside the fields."""
        return []

    def result(self, work: Any, booked: Any) -> Any:
        """What is read of a rehearsal before it is undone: the effect of the event."""
        return chain.effect(work, by=me(), event=booked.id)

    def outcome(self, effect: Effect | None) -> Iterable[Line]:
        """The lines that tell what would come of it; without an effect, what can be said already."""
        yield from self.more(effect)
        yield from lines_of(effect) if effect else ()
        yield from remainder_lines(effect) if effect else ()

    def more(self, effect: Effect | None) -> Iterable[Line]:
        """Lines of this stage alone."""
        return ()

    def beside(self, effect: Effect | None) -> Mapping[str, Note]:
        """Notes beside inputs, by their names: what would be left, where the use case cannot be run yet."""
        draw = None if effect else self.draw()
        return {self.amount: left(draw)} if draw else {}

    def draw(self) -> Draw | None:
        """What would be taken of the one lot, as far as it can be read."""
        return None


def _seen(text: str) -> tuple[Place, int] | None:
    try:
        lot, party, grams = text.split(".")
        return (row_number(lot), row_number(party)), int(grams) if grams.isdigit() else -1
    except ValueError:
        return None


class RowsForm(StockForm):
    """A form with a table of lots beside it: a refusal about one of them is shown in its row too."""

    prefixes: ClassVar[tuple[str, ...]] = ("in",)
    #: What is on hand and cannot be used.
    aside: Sequence[Stock] = ()
    #: Causes of hold that do not stop this stage.
    despite: ClassVar[frozenset[str]] = frozenset()

    def offer(
        self, work: Any, at: Any, *, kinds: Iterable[LotKind] = tuple(LotKind), party: int | None = None
    ) -> None:
        """What can be used, latest first, and whatever was typed beside, however it stands now."""
        found, aside = chain.offers(
            work, by=me(), at=at, kinds=list(kinds), party=party, despite=self.despite
        )
        gone = sorted(self.typed_lots() - {one.lot.id for one in found})
        chosen = request.args.get("lot")
        first = sorted(found, key=lambda one: str(one.lot.id) != chosen)
        self.lines = [*chain.stocks_of(work, by=me(), lots=gone, party=party), *first]
        self.aside = [one for one in aside if one.lot.id not in gone]

    def typed_lots(self) -> set[int]:
        """Lots something was typed for."""
        return {lot for name, typed in request.form.items() if typed.strip() and (lot := self._lot_of(name))}

    def _lot_of(self, name: str) -> int:
        """The lot an input is about; 0 for any other input."""
        start, _dash, number = name.rpartition("-")
        try:
            return row_number(number) if start in (*self.prefixes, "carton") else 0
        except ValueError:
            return 0

    def drawn(self) -> list[Place]:
        """The stocks something was typed for."""
        typed = self.typed_lots()
        return [(one.lot.id, one.party) for one in self.lines if one.lot.id in typed]

    def show(self, error: Refusal) -> None:
        """Beside the row of the lot it is about, and on top."""
        name = self._input_of(error.facts.get("lot"))
        if name is None:
            return super().show(error)
        text, rows = refusal_text(error), g.setdefault("row_errors", {})
        self.refusal_code = self.refusal_code or error.code
        rows[name] = f"{rows[name]} {text}" if name in rows else text
        self.form_errors.append(text)
        return None

    def _input_of(self, no: Any) -> str | None:
        """The input that was filled in for a lot, by the lot's number."""
        number = {line.lot.no: line.lot.id for line in self.lines}.get(no)
        names = (f"{prefix}-{number}" for prefix in self.prefixes)
        return next((name for name in names if request.form.get(name)), None)

    # --- what it would come to

    def draws(self) -> list[tuple[str, Draw]]:
        """What was typed into the table as far as it can be read, with the names of the inputs."""
        asked = weights()
        return [
            (f"in-{one.lot.id}", Draw(one, asked[one.lot.id])) for one in self.lines if one.lot.id in asked
        ]

    @property
    def drawn_g(self) -> int:
        """Grams typed into the table, in all."""
        return sum(draw.grams for _, draw in self.draws())

    def unfilled(self) -> list[str]:
        """Nothing of the table."""
        return [] if self.draws() else [str(self.table)]

    def outcome(self, effect: Effect | None) -> Iterable[Line]:
        """What is left of each lot stands in its row."""
        yield from self.more(effect)
        yield from lines_of(effect) if effect else ()

    def beside(self, effect: Effect | None) -> Mapping[str, Note]:
        """What would be left of each lot; of one that has not so much, why not."""
        return {name: left(draw, self.despite) for name, draw in self.draws()}


def left(draw: Draw, despite: frozenset[str] = frozenset()) -> Note:
    """What a stock would have left; when it cannot give that much, why not."""
    try:
        check_draw(draw, despite=despite)
    except Refusal as error:
        return Note(refusal_text(error), "stop")
    return Note(remainder(draw.stock, draw.grams, draw.packs))


def weights() -> dict[int, int]:
    """Grams by lot, out of inputs named `in-LOT`."""
    return forms.keyed("in", units.parse_weight)


def stock_inputs(lines: Iterable[Any]) -> list[tuple[int, int, int, tuple[str, ...]]]:
    """(lot, grams, packs, cartons) of what was filled in: `packs-LOT`, `carton-LOT` of packs, `grams-LOT` of others."""
    grams_of, packs_of = forms.keyed("grams", units.parse_weight), forms.keyed("packs", units.parse_count)
    asked = [
        (line.lot.id, grams_of.get(line.lot.id, 0), packs_of.get(line.lot.id, 0), picked_cartons(line.lot.id))
        for line in lines
    ]
    return [one for one in asked if any(one[1:])]


def picked_cartons(lot: int) -> tuple[str, ...]:
    """The cartons ticked for a lot."""
    return tuple(request.form.getlist(f"carton-{lot}"))


def read_whole(text: str) -> int:
    """A whole number, nothing included."""
    return 0 if text.strip() in {"0", "０"} else units.parse_count(text)


def quantity(kind: LotKind) -> Callable[[str], int]:
    """How an amount of a lot of this kind is read: packs, or a weight; none is nothing."""
    return read_whole if kind is LotKind.PACKS else units.parse_weight_or_zero
