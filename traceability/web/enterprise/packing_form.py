"""The packing form, and what a packing would come to."""

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from traceability.domain.balance import two_places
from traceability.domain.marks import count
from traceability.domain.people import Product
from traceability.services.chain import Effect, PackAsk
from traceability.web import words
from traceability.web.enterprise.door import at_field, grams, own_no
from traceability.web.enterprise.outlook import Line, Note
from traceability.web.enterprise.stock import StockForm
from traceability.web.i18n import counted as _n


class PackForm(StockForm):
    """What a packing uses up beside the packs in the table."""

    amount = "spill"

    spill = grams(_l("散落"), default="0")
    at = at_field(_l("包装时间"))
    no = own_no(_l("包装单号"))
    asks: Sequence[PackAsk] = ()
    products: Mapping[int, Product] = {}

    def unfilled(self) -> list[str]:
        """Nothing of the table."""
        if not self.asks:
            return [_("件数和标志号码")]
        return [] if all(one.ranges for one in self.asks) else [_("标志号码")]

    def more(self, effect: Effect | None) -> Iterable[Line]:
        """Declared grams, product by product, and what is packed above them on the average."""
        for one in self.asks:
            product = self.products[one.product]
            net_g = one.packs * product.net_content_g
            label = _("%(name)s 净含量", name=f"{product.name} {words.content(product.net_content_g)}")
            yield Line(label, _("%(kg)s 千克", kg=words.kg(net_g)), self._mean(one))

    def _mean(self, one: PackAsk) -> str:
        if not (one.packs and one.overfill_g):
            return ""
        mean = two_places(Fraction(one.overfill_g, one.packs))
        return _("平均每件超出 %(grams)s 克", grams=mean)

    def beside(self, effect: Effect | None) -> dict[str, Note]:
        """Marks needed beside the marks named: one for each pack."""
        return {f"serials-{one.product}": _marks_note(one.packs, count(one.ranges)) for one in self.asks}


def _marks_note(packs: int, given: int) -> Note:
    if packs == given:
        return Note(_n("标志 %(n)s 枚，每件一枚", given))
    return Note(
        _("需要标志 %(packs)s 枚，现在写了 %(given)s 枚", packs=f"{packs:,}", given=f"{given:,}"), "attention"
    )
