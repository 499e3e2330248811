"""A firm's season in sums: opening stock, what moved stage by stage, where tea ended, closing stock."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from traceability.domain.chain import Account, LotKind
from traceability.domain.people import Identity, May, Product
from traceability.domain.units import start_of_day
from traceability.services import acting
from traceability.store import people as people_rows
from traceability.store.chain import summing
from traceability.store.chain.summing import Amount, StageSum
from traceability.store.work import Work

__all__ = ["Season", "season"]


@dataclass(frozen=True, slots=True)
class Season:
    """Sums of one calendar year, outside consignees' stock included. `packs` by product: packed and sold."""

    year: int
    opening: Mapping[LotKind, Amount]
    closing: Mapping[LotKind, Amount]
    stages: tuple[StageSum, ...]
    ended: Mapping[Account, Amount]
    packs: tuple[tuple[Product, int, int], ...]


def season(work: Work, *, by: Identity, year: int) -> Season:
    """The season of a year; opening + in − out = closing, in grams and in packs."""
    firm = acting.own_firm(work, by, May.READ_CHAIN)
    kept = [one.id for one in people_rows.parties_kept_by(work.session, firm.id)]
    parties = [firm.party, *kept]
    since, before = start_of_day(date(year, 1, 1)), start_of_day(date(year + 1, 1, 1))
    counted = summing.packs_by_product(work.session, firm.id, since, before)
    products = people_rows.products(work.session, firm.id)
    packs = [(one, counted.get((one.id, "held"), 0), counted.get((one.id, "sold"), 0)) for one in products]
    return Season(
        year,
        summing.stock_before(work.session, parties, since),
        summing.stock_before(work.session, parties, before),
        tuple(summing.moved(work.session, firm.id, parties, since, before)),
        summing.ended(work.session, firm.id, since, before),
        tuple(one for one in packs if one[1] or one[2]),
    )
