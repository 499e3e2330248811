"""Long lists of a firm: the page asked for, read in the same few questions however long the list has become.

A `Register` finds the numbers of rows and reads rows by number; pages, files and papers are made of the same two.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Generic, TypeVar

from traceability.domain.chain import Account, Allowance, EventKind, Lot
from traceability.domain.listing import Asked, Found
from traceability.domain.people import Identity, May, Party, Plot, PlotState, Product, Scale
from traceability.services import acting
from traceability.services.chain import leaf, papers
from traceability.services.chain.papers import Delivery, Paper
from traceability.services.marks.reading import IssuedRange
from traceability.store import chain as chain_rows
from traceability.store import marks as mark_rows
from traceability.store import people as people_rows
from traceability.store.chain import Event, LotLine
from traceability.store.marks import PrintJob, Request
from traceability.store.people import Grower, PlotWork
from traceability.store.work import Work

__all__ = [
    "CONSIGNEES", "DELIVERIES", "EVENTS", "GROWERS", "LOTS", "PACKINGS", "PLOT_WORKS", "PRINTS", "PRODUCTS", "RANGES",
    "RECEIPTS", "REQUESTS", "SALES", "SCALES", "Asking", "Card", "Grower", "LotLine", "PlotWork", "Receipt", "Register",
    "Sale", "events_of", "every", "page", "plots",
]  # fmt: skip

Row = TypeVar("Row")
CHUNK = 500
"""Rows read at once for a file."""


@dataclass(frozen=True)
class Register(Generic[Row]):
    """A list: how the numbers of its rows are found, and how rows are read by number, in the order of the numbers."""

    find: Callable[[Work, Identity, Asked], Found[int]]
    read: Callable[[Work, Identity, Sequence[int]], list[Row]]


def page(work: Work, *, by: Identity, register: Register[Row], asked: Asked) -> Found[Row]:
    """The page asked for; raise `NotAllowed` for whoever acts for no firm."""
    found = register.find(work, by, asked)
    return Found(tuple(register.read(work, by, found.rows)), found.total, found.first, found.more)


def every(work: Work, *, by: Identity, register: Register[Row], asked: Asked) -> Iterator[Row]:
    """Every row asked for, page or not, in the same order; read a part at a time."""
    numbers = register.find(work, by, replace(asked, first=0, size=None)).rows
    for start in range(0, len(numbers), CHUNK):
        yield from register.read(work, by, numbers[start : start + CHUNK])


def _firm(by: Identity) -> int:
    return by.firm(May.READ_CHAIN)


def _party(work: Work, by: Identity) -> int:
    return acting.own_firm(work, by, May.READ_CHAIN).party


# --- the tea ledger -------------------------------------------------------------------------------------------


def _events(kind: EventKind | None = None) -> Callable[[Work, Identity, Asked], Found[int]]:
    return lambda work, by, asked: chain_rows.find_events(
        work.session, asked, enterprise=_firm(by), kind=kind
    )


def _read_papers(work: Work, by: Identity, numbers: Sequence[int]) -> list[Paper]:
    return papers.papers(work, by=by, events=chain_rows.events_by_id(work.session, numbers))


@dataclass(frozen=True, slots=True)
class Receipt:
    """A leaf receipt as it counts now. Weights in grams; `gross_g` and `tare_g` as they were read off the scale."""

    event: Event
    plot: Plot
    gross_g: int
    tare_g: int
    net_g: int
    amended: bool


def _read_receipts(work: Work, by: Identity, numbers: Sequence[int]) -> list[Receipt]:
    found = _read_papers(work, by, numbers)
    plots = people_rows.plots_by_id(work.session, {one.event.terms["plot"] for one in found})
    return [_receipt(one, plots[one.event.terms["plot"]]) for one in found]


def _receipt(one: Paper, plot: Plot) -> Receipt:
    terms = one.event.terms
    net = one.sinks.get(Account.PLOT, 0)
    return Receipt(one.event, plot, terms["gross_g"], terms["tare_g"], net, bool(one.amendments))


@dataclass(frozen=True, slots=True)
class Sale:
    """A sale: packs sold and packs that came back, grams sold, and out of whose stock."""

    event: Event
    lot: Lot
    party: str
    grams: int
    sold: int
    back: int
    amended: bool


def _read_sales(work: Work, by: Identity, numbers: Sequence[int]) -> list[Sale]:
    found = papers.sales_of(work, chain_rows.events_by_id(work.session, numbers))
    named = {one.paper.event.terms.get("party") for one in found}
    parties = people_rows.parties_by_id(work.session, [one for one in named if one])
    return [
        Sale(
            one.paper.event,
            one.lot,
            parties[party].name if (party := one.paper.event.terms.get("party")) in parties else "",
            one.paper.sinks.get(Account.SOLD, 0),
            one.sold,
            one.back,
            bool(one.paper.amendments),
        )
        for one in found
    ]


def _read_deliveries(work: Work, by: Identity, numbers: Sequence[int]) -> list[Delivery]:
    return papers.deliveries_of(work, chain_rows.shipments_by_id(work.session, numbers), firm=_firm(by))


def events_of(kind: EventKind) -> Register[Paper]:
    """Events of one kind."""
    return Register(_events(kind), _read_papers)


RECEIPTS: Register[Receipt] = Register(_events(EventKind.LEAF_RECEIPT), _read_receipts)
EVENTS: Register[Paper] = Register(_events(), _read_papers)
PACKINGS: Register[Paper] = events_of(EventKind.PACKING)
SALES: Register[Sale] = Register(_events(EventKind.SALE), _read_sales)
LOTS: Register[LotLine] = Register(
    lambda work, by, asked: chain_rows.find_lots(
        work.session, asked, enterprise=_firm(by), party=_party(work, by)
    ),
    lambda work, by, numbers: chain_rows.lot_lines(work.session, numbers, party=_party(work, by)),
)
DELIVERIES: Register[Delivery] = Register(
    lambda work, by, asked: chain_rows.find_shipments(work.session, asked, enterprise=_firm(by)),
    _read_deliveries,
)


# --- the mark ledger ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Asking:
    """A request with its batch, and its products in the order of its lines."""

    request: Request
    batch: Lot
    products: tuple[Product, ...]


def _read_requests(work: Work, by: Identity, numbers: Sequence[int]) -> list[Asking]:
    found = mark_rows.requests_by_id(work.session, numbers)
    lots = chain_rows.lots_by_id(work.session, [one.batch for one in found])
    products = _products(work, [line.product for one in found for line in one.lines])
    return [
        Asking(one, lots[one.batch], tuple(products[line.product] for line in one.lines)) for one in found
    ]


def _products(work: Work, numbers: Sequence[int]) -> dict[int, Product]:
    return {one.id: one for one in people_rows.products_listed(work.session, sorted(set(numbers)))}


def _read_ranges(work: Work, by: Identity, numbers: Sequence[int]) -> list[IssuedRange]:
    found = mark_rows.issues_by_id(work.session, numbers)
    lots = chain_rows.lots_by_id(work.session, [one.batch for one in found])
    products = _products(work, [one.product for one in found])
    spans = mark_rows.spans_by_issue(work.session, numbers)
    return [
        IssuedRange(one, lots[one.batch], products[one.product], tuple(spans.get(one.id, ())))
        for one in found
    ]


REQUESTS: Register[Asking] = Register(
    lambda work, by, asked: mark_rows.find_requests(work.session, asked, enterprise=_firm(by)), _read_requests
)
RANGES: Register[IssuedRange] = Register(
    lambda work, by, asked: mark_rows.find_issues(work.session, asked, enterprise=_firm(by)), _read_ranges
)
PRINTS: Register[PrintJob] = Register(
    lambda work, by, asked: mark_rows.find_print_jobs(work.session, asked, enterprise=_firm(by)),
    lambda work, _by, numbers: mark_rows.print_jobs_by_id(work.session, numbers),
)


# --- what a season stands on ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Card:
    """A garden card with what is left of it; a plot that is not approved has nothing to give."""

    plot: Plot
    left: Allowance | None


def plots(day: date) -> Register[Card]:
    """Garden cards with what is left of them on a day."""
    return Register(_find_plots, lambda work, _by, numbers: _read_plots(work, numbers, day))


def _find_plots(work: Work, by: Identity, asked: Asked) -> Found[int]:
    by.firm(May.READ_CHAIN)
    return people_rows.find_plots(work.session, asked)


def _read_plots(work: Work, numbers: Sequence[int], day: date) -> list[Card]:
    found = people_rows.plots_listed(work.session, numbers)
    active = [one for one in found if one.state is PlotState.ACTIVE]
    left = leaf.allowances_left(work, active, day)
    return [Card(one, left.get(one.id)) for one in found]


def _find_growers(work: Work, by: Identity, asked: Asked) -> Found[int]:
    by.firm(May.KEEP_SUPPLIERS)
    return people_rows.find_growers(work.session, asked)


GROWERS: Register[Grower] = Register(
    _find_growers, lambda work, _by, numbers: people_rows.growers_listed(work.session, numbers)
)
PLOT_WORKS: Register[PlotWork] = Register(
    lambda work, by, asked: people_rows.find_plot_works(work.session, asked, enterprise=_firm(by)),
    lambda work, _by, numbers: people_rows.plot_works_listed(work.session, numbers),
)
SCALES: Register[Scale] = Register(
    lambda work, by, asked: people_rows.find_scales(work.session, asked, enterprise=_firm(by)),
    lambda work, _by, numbers: people_rows.scales_listed(work.session, numbers),
)
PRODUCTS: Register[Product] = Register(
    lambda work, by, asked: people_rows.find_products(work.session, asked, enterprise=_firm(by)),
    lambda work, _by, numbers: people_rows.products_listed(work.session, numbers),
)


def _read_parties(work: Work, _by: Identity, numbers: Sequence[int]) -> list[Party]:
    found = people_rows.parties_by_id(work.session, numbers)
    return [found[number] for number in numbers if number in found]


CONSIGNEES: Register[Party] = Register(
    lambda work, by, asked: people_rows.find_kept_parties(work.session, asked, enterprise=_firm(by)),
    _read_parties,
)
