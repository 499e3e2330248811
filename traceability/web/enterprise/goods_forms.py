"""Forms about goods that leave: sale, return, destruction, stock count; and what each of them would come to."""

from collections.abc import Iterable, Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from traceability.domain import marks
from traceability.domain.chain import Draw, LotKind, Stock
from traceability.domain.errors import (
    LotOverdrawn,
    LotReserved,
    NumberOutOfRange,
    NumberUnreadable,
    Refusal,
    WeightNotPositive,
)
from traceability.domain.units import local_day
from traceability.services import chain
from traceability.services.chain import Effect, papers
from traceability.web import forms, words
from traceability.web.enterprise.door import at_field, own_no, reason_field
from traceability.web.enterprise.outlook import Line, Note, amount
from traceability.web.enterprise.stock import StockForm, left, picked_cartons, quantity
from traceability.web.forms import BooleanField, Choices, StringField
from traceability.web.guard import me
from traceability.web.i18n import counted as _n


class HeldForm(StockForm):
    """A form about goods one of the firm's parties has."""

    party = Choices(_l("从谁的库存"), coerce=int)

    def offer(self, work: Any, known: chain.Dossier) -> list[papers.Holding]:
        """Whose stock it may be."""
        found = papers.holders(work, by=me(), lot=known.lot.id)
        self.party.choices = [(one.party.id, _holding(one)) for one in found]
        self.lines = [Stock(known.lot, one.party.id, one.grams, one.packs) for one in found]
        return found

    def drawn(self) -> list[tuple[int, int]]:
        """The stock that was chosen."""
        return [(one.lot.id, one.party) for one in self.lines if one.party == self.party.data]

    def draw(self) -> Draw | None:
        """What would be taken of the stock that was chosen."""
        stock = next((one for one in self.lines if one.party == self.party.data), None)
        if stock is None:
            return None
        if stock.lot.product is None:
            return Draw(stock, self["grams"].data) if "grams" in self and self["grams"].data else None
        packs = self.packs_asked()
        return Draw(stock, packs * stock.lot.product.net_content_g, packs) if packs else None

    def packs_asked(self) -> int:
        """Packs typed."""
        return (self["packs"].data or 0) if "packs" in self else 0

    def beside(self, effect: Effect | None) -> dict[str, Note]:
        """What would be left, beside the amount."""
        draw = None if effect else self.draw()
        return {"packs" if draw.packs else "grams": left(draw)} if draw else {}

    def show(self, error: Refusal) -> None:
        """Amounts are packs where there are packs."""
        if isinstance(error, LotOverdrawn | LotReserved | WeightNotPositive | NumberOutOfRange):
            error.facts.setdefault("field", next((one for one in AMOUNTS if one in self), "party"))
        super().show(error)


AMOUNTS = ("packs", "grams", "counted")


def _holding(one: papers.Holding) -> str:
    if one.packs:
        return _("%(name)s · 在库 %(packs)s 件", name=one.party.name, packs=one.packs)
    return _("%(name)s · 在库 %(kg)s 千克", name=one.party.name, kg=words.kg(one.grams))


class SaleForm(HeldForm):
    """A sale; wholesale names the buyer and cartons, retail only how many packs. Loose tea is sold by weight."""

    packs = forms.count(_l("件数"), optional=True, unit=_l("件"))
    grams = forms.weight(_l("重量"))
    channel = Choices(_l("渠道"))
    buyer = StringField(_l("购货方"))
    serials = forms.serials(_l("标志号码"), optional=True)
    at = at_field(_l("销售时间"))
    no = own_no(_l("销售单号"))
    #: Packs of the cartons that can be named, by party and carton number.
    boxes: Mapping[int, Mapping[str, int]] = {}

    def packs_asked(self) -> int:
        """Packs of the cartons named, or those typed."""
        boxed = self.boxes.get(self.party.data, {})
        named = picked_cartons(self.lines[0].lot.id) if self.lines else ()
        return sum(boxed.get(no, 0) for no in named) or self.packs.data or 0

    def unfilled(self) -> list[str]:
        """Neither packs nor cartons."""
        return [str(self.packs.label.text)] if "packs" in self and not self.packs_asked() else []

    def result(self, work: Any, booked: papers.SalePaper) -> Effect:
        """The effect of the sale."""
        return chain.effect(work, by=me(), event=booked.paper.event.id)


class ReturnForm(StockForm):
    """Sold packs that come back."""

    amount = "packs"

    packs = forms.count(_l("退回件数"), optional=True, unit=_l("件"))
    serials = forms.serials(_l("标志号码"), optional=True)
    opened = BooleanField(_l("已开封"))
    restock = Choices(_l("处理"))
    reason = reason_field(_l("退货原因"))
    at = at_field(_l("退货时间"))
    sold: papers.SalePaper | None = None

    @property
    def many(self) -> int:
        """Packs as counted, or as many as there are serials."""
        return int(self.packs.data or marks.count(self.serials.data or ()))

    def unfilled(self) -> list[str]:
        """Neither a count nor serials."""
        return [] if self.many else [str(self.packs.label.text)]

    def more(self, effect: Effect | None) -> Iterable[Line]:
        """Days since the sale, beside those within which goods may go back into stock."""
        if self.sold and self.at.data:
            days = (local_day(self.at.data) - local_day(self.sold.paper.event.happened_at)).days
            limit = words.profile().restock_days
            note = _("未开封、%(days)s 天以内的可以重新入库", days=limit)
            yield Line(_("售出至今"), _n("%(n)s 天", days), note, "attention" if days > limit else "")


class DestroyForm(HeldForm):
    """Packs that are destroyed, with their marks."""

    packs = forms.count(_l("销毁件数"), unit=_l("件"))
    serials = forms.serials(_l("标志号码"))
    reason = reason_field(_l("销毁原因"))
    at = at_field()


class CountForm(HeldForm):
    """What was counted of a lot: packs, or a weight."""

    counted = StringField(_l("清点数"))
    at = at_field(_l("盘点时间"))

    def unfilled(self) -> list[str]:
        """The number is read by the kind of lot, so an empty one is no error of its field."""
        return [] if (self.counted.data or "").strip() else [str(self.counted.label.text)]

    def more(self, effect: Effect | None) -> Iterable[Line]:
        """What the book says, and what was counted."""
        if not effect:
            return
        lot, counted, booked = self.lines[0].lot, effect.event.terms["counted"], effect.event.terms["booked"]
        yield Line(_("账面"), amount(lot, booked, booked))
        yield Line(_("清点"), amount(lot, counted, counted))
        if booked == counted:
            yield Line(_("差额"), amount(lot, 0, 0), _("账实相符"))

    def number(self, kind: LotKind) -> int:
        """Packs or grams; an unreadable amount belongs to its own field."""
        typed = self.counted.data or ""
        try:
            if not typed.strip():
                raise NumberUnreadable(text=typed)
            return quantity(kind)(typed)
        except Refusal as error:
            error.facts["field"] = "counted"
            raise
