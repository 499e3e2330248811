"""Returns as a person reads them: what came back, and which sale a pack in hand may have come from.

Reading only; taking back itself is in `selling`.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from traceability.domain import errors
from traceability.domain.chain import Account, EventKind, Lot, LotKind
from traceability.domain.marks import SerialRange
from traceability.domain.people import Enterprise, Identity, May
from traceability.domain.units import local_day
from traceability.services import acting, naming
from traceability.services.chain import papers
from traceability.store import chain as rows
from traceability.store.chain import Event, Sold
from traceability.store.recalled import recalled_among
from traceability.store.work import Work


@dataclass(frozen=True, slots=True)
class Returned:
    """Packs that came back: of which lot and sale, and whether they went into stock again."""

    event: Event
    sale: Event
    lot: Lot
    packs: int
    restocked: bool

    @property
    def opened(self) -> bool:
        """Whether the packs had been opened."""
        return bool(self.event.terms.get("opened"))


def returns(work: Work, *, by: Identity) -> list[Returned]:
    """Everything that came back to the reader's firm, latest first."""
    acting.own_firm(work, by, May.READ_CHAIN)
    found = papers.events_of_kind(work, by=by, kind=EventKind.RETURN)
    entries = rows.entries_of(work.session, [one.id for one in found])
    lots = rows.lots_by_id(work.session, {e.lot for held in entries.values() for e in held if e.lot})
    sales = {
        one.id: one for one in rows.events_by_id(work.session, [one.about for one in found if one.about])
    }
    listed = []
    for one in found:
        back = next((e for e in entries[one.id] if e.account is Account.SOLD and e.packs), None)
        if back is not None and one.about in sales:
            restocked = any(e.account is Account.HELD for e in entries[one.id])
            listed.append(Returned(one, sales[one.about], lots[back.lot or 0], -back.packs, restocked))
    return listed


@dataclass(frozen=True, slots=True)
class Returnable:
    """A sale of which packs may come back, and until when they may go into stock again.

    `serials` are the marks the sale named, none when it named only how many; `left` the days for restocking, below
    nothing when they have passed.
    """

    sale: papers.SalePaper
    serials: tuple[SerialRange, ...]
    restock_until: date
    left: int
    recalled: bool

    @property
    def packs(self) -> int:
        """Packs that have not come back."""
        return self.sale.sold - self.sale.back

    @property
    def restockable(self) -> bool:
        """Whether unopened packs may go into stock again today."""
        return self.left >= 0 and not self.recalled


def returnable(work: Work, *, by: Identity, now: datetime, sale: int) -> Returnable:
    """A sale of the reader's firm as a return sees it; raise `SaleUnknown`."""
    found = papers.sale(work, by=by, event=sale)
    event = found.paper.event
    until = local_day(event.happened_at) + timedelta(days=work.profile.restock_days)
    return Returnable(
        found,
        sold_serials(event),
        until,
        (until - local_day(now)).days,
        bool(recalled_among(work.session, [found.lot.id])),
    )


def sold_serials(sale: Event) -> tuple[SerialRange, ...]:
    """The marks a sale named."""
    return tuple(SerialRange(first, last) for first, last in sale.terms.get("serials", ()))


def sales_meant(work: Work, *, by: Identity, text: str) -> list[tuple[Sold, Lot]]:
    """Sales that a pack in hand may have come from: by its mark, its lot, or the number of the sale.

    A sale that named the mark is the one; else those of its lot that named none.
    """
    firm = acting.own_firm(work, by, May.READ_CHAIN)
    typed = text.strip()
    mark = naming.own_mark(work, firm, typed) if typed else None
    if mark is not None:
        return _of_mark(work, firm, mark[0], mark[1].pack_lot)
    numbers = naming.lots_meant(work, firm, typed, within=by.within)
    return _of_lots(work, firm, numbers) or _of_no(work, firm, typed)


def _of_lots(work: Work, firm: Enterprise, numbers: list[int]) -> list[tuple[Sold, Lot]]:
    """Sales of pack lots of which something has not come back, latest first."""
    lots = rows.lots_by_id(work.session, numbers)
    packed = [one.id for one in lots.values() if one.kind is LotKind.PACKS]
    sold = [one for one in rows.sold(work.session, packed, enterprise=firm.id) if one.packs > 0]
    return [(one, lots[one.lot]) for one in reversed(sold)]


def _of_mark(work: Work, firm: Enterprise, serial: int, lot: int | None) -> list[tuple[Sold, Lot]]:
    found = _of_lots(work, firm, [lot] if lot else [])
    exact = [one for one in found if any(part.first <= serial <= part.last for part in one[0].ranges)]
    return exact or [one for one in found if not one[0].ranges]


def _of_no(work: Work, firm: Enterprise, typed: str) -> list[tuple[Sold, Lot]]:
    sale = rows.event_numbered(work.session, firm.id, EventKind.SALE, typed[:40]) if typed else None
    if sale is None:
        return []
    lots = {e.lot for e in rows.entries_for(work.session, sale.id) if e.lot}
    return [one for one in _of_lots(work, firm, list(lots)) if one[0].sale == sale.id]


def check_of_sale(sale: Event, ranges: tuple[SerialRange, ...]) -> None:
    """Raise `MarksNotSold` for marks the sale did not name, when it named any."""
    named = sold_serials(sale)
    strange = [
        one for one in ranges if not any(own.first <= one.first and one.last <= own.last for own in named)
    ]
    if named and strange:
        raise errors.MarksNotSold(serials=", ".join(map(str, strange))[:80])
