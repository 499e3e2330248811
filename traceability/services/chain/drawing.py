"""Taking from stock, as every stage does it. Nothing here is called from a door."""

from collections.abc import Mapping
from datetime import datetime

from traceability.domain import errors
from traceability.domain.chain import Draw, LotKind, Stock
from traceability.domain.people import Party
from traceability.services import acting
from traceability.store.work import Work


def one_stock(work: Work, lot: int, *, party: Party, at: datetime) -> Stock:
    """A party's stock of one lot, locked; raise `LotUnknown`."""
    found = acting.stock_of(work, [lot], party=party, at=at).get(lot)
    if found is None:
        raise errors.LotUnknown(lot=lot)
    return found


def draws(work: Work, inputs: Mapping[int, int], *, party: Party, at: datetime) -> list[Draw]:
    """Grams of several lots, locked; raise `LotsMissing` or `LotUnknown`."""
    if not inputs:
        raise errors.LotsMissing()
    found = acting.stock_of(work, inputs, party=party, at=at)
    if missing := [lot for lot in inputs if lot not in found]:
        raise errors.LotUnknown(lot=missing[0])
    return [Draw(found[lot], grams) for lot, grams in sorted(inputs.items())]


def pack_draw(stock: Stock, packs: int) -> Draw:
    """Packs of a pack lot, with their grams; raise `LotWrongKind`."""
    if stock.lot.kind is not LotKind.PACKS or stock.lot.product is None:
        raise errors.LotWrongKind(lot=stock.lot.no, kind=stock.lot.kind.value)
    if packs <= 0:
        raise errors.NumberOutOfRange(text=str(packs), low=1, high=stock.packs, field="packs")
    return Draw(stock, packs * stock.lot.product.net_content_g, packs)


def any_draw(stock: Stock, *, grams: int, packs: int) -> Draw:
    """Packs of a pack lot, grams of anything else."""
    return pack_draw(stock, packs) if stock.lot.kind is LotKind.PACKS else Draw(stock, grams)
