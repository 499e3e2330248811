"""A product by its trade item number, and a lot of it by the number on the pack: what any of its packs shows anyway."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from traceability.domain.chain import Lot
from traceability.domain.people import Authorisation, Enterprise, Product, Standing
from traceability.domain.scans import Verdict
from traceability.domain.units import local_day
from traceability.services.acting import EVERYTHING, within_firm
from traceability.store import chain as chain_rows
from traceability.store import people as people_rows
from traceability.store import recalls as recall_rows
from traceability.store.work import Work


@dataclass(frozen=True, slots=True)
class Item:
    """A product, and where its firm's right to the mark stands now."""

    product: Product
    enterprise: Enterprise
    authorisation: Authorisation | None
    standing: Standing
    suspended_since: datetime | None


@dataclass(frozen=True, slots=True)
class ItemLot:
    """Packs of a product with one number on them; first and last of each kind of day, both included.

    `verdict` is what stops all of them, or some of several lots under that number; None for nothing.
    """

    item: Item
    no: str
    plucked: tuple[date, date]
    packed: tuple[date, date]
    best_before: tuple[date, date]
    verdict: Verdict | None
    recall_reason: str | None
    recall_grade: str | None


def item(work: Work, *, gtin: str, now: datetime) -> Item | None:
    """The product with this number of 14 digits."""
    product = people_rows.product_by_gtin(work.session, gtin, within=EVERYTHING)
    if product is None:
        return None
    firm = people_rows.enterprise(work.session, product.enterprise, within=EVERYTHING)
    if firm is None:
        raise LookupError(product)
    rights, today = people_rows.rights(work.session, firm.id), local_day(now)
    stop = rights.suspended(now)
    standing = rights.standing(now, today)
    return Item(product, firm, rights.in_force(today), standing, stop.since if stop else None)


def item_lot(work: Work, *, gtin: str, no: str, now: datetime) -> ItemLot | None:
    """Packs of a product by the number on them, of their lot or of their batch; letters in any case.

    None until something was packed under that number: a mark that was not used shows no days either.
    """
    if (found := item(work, gtin=gtin, now=now)) is None:
        return None
    reach = within_firm(found.enterprise)
    lots = chain_rows.pack_lots_marked(work.session, no, product=found.product.id, within=reach)
    return _summary(work, found, no, lots, local_day(now)) if lots else None


def _summary(work: Work, found: Item, no: str, lots: list[Lot], today: date) -> ItemLot:
    numbers = [lot.id for lot in lots]
    recalls = recall_rows.recalls_of(work.session, numbers)
    held = any(chain_rows.holds_on(work.session, numbers).values())
    best = _span(lot.best_before for lot in lots)
    return ItemLot(
        item=found,
        no=_as_written(lots, no),
        plucked=(min(lot.plucked_from for lot in lots), max(lot.plucked_to for lot in lots)),
        packed=_span(lot.pack_day for lot in lots),
        best_before=best,
        verdict=_verdict(recalled=bool(recalls), held=held, expired=today > best[1]),
        recall_reason=recalls[0].reason if recalls else None,
        recall_grade=recalls[0].grade if recalls else None,
    )


def _span(days: Iterable[date | None]) -> tuple[date, date]:
    known = [day for day in days if day is not None]
    return min(known), max(known)


def _as_written(lots: list[Lot], no: str) -> str:
    """The lot's own spelling where it is the lot's number; of a batch what was asked for."""
    return next((lot.no for lot in lots if lot.no.lower() == no.lower()), no)


def _verdict(*, recalled: bool, held: bool, expired: bool) -> Verdict | None:
    """The first that fits, in the order of every lookup."""
    if recalled:
        return Verdict.RECALLED
    if held:
        return Verdict.HELD
    return Verdict.EXPIRED if expired else None
