"""What waits for an office, kind by kind: how many, and the first few. Reads only; the pages say what it means."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from traceability.domain.listing import Asked, Found
from traceability.domain.people import Identity, May
from traceability.store import chain as chain_rows
from traceability.store import marks as mark_rows
from traceability.store import people as people_rows
from traceability.store import waiting as rows
from traceability.store.chain import Shortage
from traceability.store.marks import Request
from traceability.store.oversight import Decision, Finding
from traceability.store.work import Work


def requests(work: Work, *, by: Identity, limit: int) -> tuple[int, list[Request]]:
    """Mark requests nobody has decided, those that wait longest first."""
    by.require(May.OVERSEE)
    return rows.waiting_requests(work.session, within=by.within, limit=limit)


def next_request(work: Work, *, by: Identity, after: int) -> int | None:
    """The request this person decides next; None when none is left. Firms they have an account with are left out."""
    by.require(May.OVERSEE)
    return rows.next_request(work.session, within=by.within, after=after, firm=by.enterprise)


@dataclass(frozen=True, slots=True)
class RequestLine:
    """A request with the names of its firm and its batch."""

    request: Request
    firm: str
    batch: str


def find_requests(work: Work, *, by: Identity, asked: Asked) -> Found[RequestLine]:
    """A page of the requests within reach."""
    by.require(May.OVERSEE)
    found = rows.find_requests(work.session, asked, within=by.within)
    known = mark_rows.requests_by_id(work.session, found.rows)
    firms = rows.firm_names(work.session, {one.enterprise for one in known})
    lots = rows.lot_numbers(work.session, {one.batch for one in known})
    lines = tuple(RequestLine(one, firms[one.enterprise], lots[one.batch]) for one in known)
    return Found(lines, found.total, found.first, found.more)


def request_counts(work: Work, *, by: Identity) -> dict[str, int]:
    """Requests within reach by state."""
    by.require(May.OVERSEE)
    return rows.count_requests(work.session, within=by.within)


def requests_for_batch(work: Work, *, by: Identity, batch: int) -> list[Request]:
    """Every request for one batch, oldest first."""
    by.require(May.OVERSEE)
    return rows.requests_by_batch(work.session, batch, within=by.within)


def findings(work: Work, *, by: Identity, limit: int) -> tuple[int, list[Finding]]:
    """Findings nobody has settled, those that wait longest first."""
    by.require(May.OVERSEE)
    return rows.open_findings(work.session, within=by.within, limit=limit)


def open_findings_of(
    work: Work, *, by: Identity, enterprise: int, lots: Collection[int], limit: int = 40
) -> tuple[int, list[Finding]]:
    """How many findings of a firm wait, and those about these lots."""
    by.require(May.OVERSEE)
    return rows.open_findings_of(
        work.session, within=by.within, enterprise=enterprise, lots=lots, limit=limit
    )


def plots(work: Work, *, by: Identity, limit: int) -> tuple[int, list[str]]:
    """Plots that wait for approval, by their numbers."""
    by.require(May.OVERSEE)
    return rows.proposed_plots(work.session, within=by.within, limit=limit)


def shortages(work: Work, *, by: Identity, limit: int) -> tuple[int, list[Shortage]]:
    """Shortages of marked tea that the office has to settle."""
    by.require(May.OVERSEE)
    return rows.open_shortages(work.session, within=by.within, limit=limit)


def shortage_g(work: Work, *, by: Identity, enterprise: int) -> int:
    """Grams a firm's next requests are reduced by."""
    by.require(May.OVERSEE)
    return chain_rows.open_shortage_g(work.session, enterprise)


def requests_of_firm(work: Work, *, by: Identity, enterprise: int, besides: int) -> list[Request]:
    """Other requests of a firm that wait for a decision, oldest first."""
    by.require(May.OVERSEE)
    return rows.waiting_of_firm(work.session, enterprise, within=by.within, besides=besides)


def holds(work: Work, *, by: Identity) -> int:
    """How many lots of firms within reach are held."""
    by.require(May.OVERSEE)
    return rows.count_holds(work.session, within=by.within)


def decisions(work: Work, *, by: Identity, limit: int) -> list[Decision]:
    """What was decided within reach, latest first."""
    by.require(May.OVERSEE)
    return rows.last_decisions(work.session, within=by.within, limit=limit)


#: Decisions whose subject is a plot.
_ON_PLOTS = frozenset({"plot", "plot_change", "allowance"})


def plots_decided_on(work: Work, *, by: Identity, decided: Iterable[Decision]) -> dict[int, str]:
    """Of decisions about plots, by the decision's id, the plots' numbers."""
    by.require(May.OVERSEE)
    subjects = {one.id: one.subject for one in decided if one.about in _ON_PLOTS}
    plots = people_rows.plots_by_id(work.session, set(subjects.values()))
    return {number: plots[plot].no for number, plot in subjects.items() if plot in plots}


def event_numbers(
    work: Work, *, by: Identity, numbers: Collection[int | None]
) -> dict[int | None, tuple[str, str]]:
    """Kind and number of the events that findings within reach are about."""
    by.require(May.OVERSEE)
    return rows.event_numbers(work.session, numbers)


def firm_names(work: Work, *, by: Identity, numbers: Collection[int | None]) -> dict[int, str]:
    """The names of firms that things within reach are about."""
    by.require(May.OVERSEE)
    return rows.firm_names(work.session, numbers)
