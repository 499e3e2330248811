"""More allowance for a plot: asked from the yard, granted or refused by the office of the plot's county."""

from dataclasses import dataclass
from datetime import datetime

from traceability.domain import errors
from traceability.domain.allowance import AllowanceRequest, AskState, check_asked, raised
from traceability.domain.chain import Allowance
from traceability.domain.people import Enterprise, Identity, May, Plot, read_reason
from traceability.domain.units import local_day
from traceability.services import acting
from traceability.services.acting import once
from traceability.services.chain import slips
from traceability.services.chain.leaf import allowance_of
from traceability.services.people.plots import not_own_plot
from traceability.store import allowance as rows
from traceability.store import chain as chain_rows
from traceability.store import people as people_rows
from traceability.store.chain import RefusedSlip
from traceability.store.people import ground
from traceability.store.people.ground import AllowanceFigure
from traceability.store.work import Work

# --- asking -------------------------------------------------------------------------------------------------


@once
def ask_for_allowance(
    work: Work, *, by: Identity, now: datetime, plot: int, grams: int, reason: str, key: str | None = None
) -> int:
    """Ask for grams more on a plot in this part of the season; the request's id.

    Raise `PlotUnknown`, `PlotNotActive`, `AllowanceAsked`, or a refusal of the weight or the reason.
    """
    firm = acting.own_firm(work, by, May.RECORD_CHAIN)
    found = people_rows.plot(work.session, plot, lock=True)
    if found is None:
        raise errors.PlotUnknown(plot=plot)
    return _ask(work, firm, found, grams, reason, slip=None, by=by, at=now, now=now)


@once
def ask_for_slip(
    work: Work, *, by: Identity, now: datetime, slip: int, reason: str, key: str | None = None
) -> int:
    """Take in of a refused slip what its card has left, and ask the office for the rest; the request's id.

    Receipt and request are one change. The slip stays open for the rest. Raise `NotFound`, `AlreadyDecided`,
    `AllowanceEnough` for a slip the books would take whole, or whatever its receipt is refused for.
    """
    firm = acting.own_firm(work, by, May.RECORD_CHAIN)
    known = slips.open_slip(work, firm, slip)
    plot = slips.plot_numbered(work, known.slip.plot, lock=True)
    why = slips.why_not(work, firm, known, now=now)
    if not isinstance(why, errors.AllowanceExceeded):
        raise why or errors.AllowanceEnough(plot=plot.no)
    day = local_day(known.slip.at)
    if (free_g := allowance_of(work, plot, day).free_g) > 0:
        slips.take_part(work, firm, known, free_g, by=by, now=now)
    return _ask(work, firm, plot, known.rest_g - free_g, reason, slip=slip, by=by, at=known.slip.at, now=now)


def _ask(
    work: Work,
    firm: Enterprise,
    plot: Plot,
    grams: int,
    reason: str,
    *,
    slip: int | None,
    by: Identity,
    at: datetime,
    now: datetime,
) -> int:
    why, day = read_reason(reason), local_day(at)
    asked = {
        "enterprise": firm.id,
        "plot": plot.id,
        "season": day.year,
        "part": work.profile.season_part(day).key,
        "slip": slip,
    }
    _check_plot(work, plot)
    if rows.is_asked(work.session, **asked):  # type: ignore[arg-type]
        raise errors.AllowanceAsked(plot=plot.no)
    more_g = check_asked(grams, work.profile)
    made = rows.add_request(work.session, **asked, grams=more_g, reason=why, at=now, by=by.user)  # type: ignore[arg-type]
    told = {
        **asked,
        "request": made,
        "enterprise": firm.uscc,
        "plot": plot.no,
        "grams": more_g,
        "reason": why,
    }
    acting.state(work, "allowance.asked", by=by, now=now, private=told, shown=False)
    return made


def _check_plot(work: Work, plot: Plot) -> None:
    """Ground that may give no leaf at all needs no allowance."""
    if work.profile.county_of(plot.township) is None:
        raise errors.PlotOutsideArea(plot=plot.no, township=plot.township)
    if plot.active_from is None:
        raise errors.PlotNotActive(plot=plot.no)


@once
def withdraw_request(work: Work, *, by: Identity, now: datetime, request: int, key: str | None = None) -> int:
    """Take a request of one's own firm back before it is answered; its id. Raise `NotFound`, `AlreadyDecided`."""
    firm = acting.own_firm(work, by, May.RECORD_CHAIN)
    found = _open(work, by, request)
    rows.decide_request(work.session, request, state=AskState.WITHDRAWN, at=now, by=by.user)
    told = {"request": found.id, "enterprise": firm.uscc}
    acting.state(work, "allowance.withdrawn", by=by, now=now, private=told, shown=False)
    return request


# --- deciding -----------------------------------------------------------------------------------------------


@once
def grant_allowance(
    work: Work, *, by: Identity, now: datetime, request: int, grams: int, reason: str, key: str | None = None
) -> int:
    """The office gives a plot grams more for the part of the season that was asked about; the request's id.

    Raise `NotFound`, `AlreadyDecided`, `OwnDecision`, or a refusal of the weight or the reason.
    """
    found, plot, firm = _to_decide(work, by, request)
    why, more_g = read_reason(reason), check_asked(grams, work.profile)
    own = people_rows.allowances(work.session, plot.id, found.season)
    figures = raised(plot, found.part, more_g, own=own, profile=work.profile)
    for part, g in figures.items():
        people_rows.add_allowance(
            work.session, plot.id, season=found.season, part=part, grams=g, reason=why, at=now, by=by.user
        )
    rows.decide_request(
        work.session, request, state=AskState.GRANTED, granted_g=more_g, answer=why, at=now, by=by.user
    )
    told = {"request": request, "plot": plot.no, "season": found.season, "granted_g": more_g}
    acting.state(work, "allowance.granted", by=by, now=now, private={**told, "figures": figures}, shown=False)
    _decided(work, found, plot, firm, AskState.GRANTED, why, by, now)
    return request


@once
def refuse_allowance(
    work: Work, *, by: Identity, now: datetime, request: int, reason: str, key: str | None = None
) -> int:
    """The office gives no more; the request's id. Raise as `grant_allowance` does."""
    found, plot, firm = _to_decide(work, by, request)
    why = read_reason(reason)
    rows.decide_request(work.session, request, state=AskState.REFUSED, answer=why, at=now, by=by.user)
    _decided(work, found, plot, firm, AskState.REFUSED, why, by, now)
    return request


def _to_decide(work: Work, by: Identity, number: int) -> tuple[AllowanceRequest, Plot, Enterprise]:
    """The plot is locked before the request: as receipts do, so that nobody waits for the other in a circle."""
    by.require(May.APPROVE_PLOT)
    known = rows.request(work.session, number, within=by.within)
    plot = people_rows.plot(work.session, known.plot, lock=True) if known else None
    if known is None or plot is None:
        raise errors.NotFound()
    found = _open(work, by, number)
    acting.not_own(by, enterprise=found.enterprise, entered_by=found.asked_by)
    not_own_plot(work, by, plot.id)
    firm = people_rows.enterprise(work.session, found.enterprise, within=acting.EVERYTHING)
    assert firm is not None
    return found, plot, firm


def _open(work: Work, by: Identity, number: int) -> AllowanceRequest:
    found = rows.request(work.session, number, within=by.within, lock=True)
    if found is None:
        raise errors.NotFound()
    if found.state is not AskState.OPEN:
        raise errors.AlreadyDecided()
    return found


def _decided(
    work: Work,
    found: AllowanceRequest,
    plot: Plot,
    firm: Enterprise,
    outcome: AskState,
    why: str,
    by: Identity,
    now: datetime,
) -> None:
    acting.decide(
        work,
        about="allowance_request",
        subject=found.id,
        firm=firm,
        outcome=outcome.value,
        reason=why,
        by=by,
        now=now,
        county=plot.township[:6],
    )


# --- reading ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class RequestLine:
    """A request with its plot and the firm that asks."""

    request: AllowanceRequest
    plot: Plot
    firm: Enterprise


@dataclass(frozen=True, slots=True)
class RequestFile(RequestLine):
    """One to decide on: what the plot has left on the day it was asked for, its slip, and the office's figures."""

    left: Allowance
    own: dict[str, int]
    figures: tuple[AllowanceFigure, ...]
    slip: RefusedSlip | None
    entered_by_me: bool


def requests(work: Work, *, by: Identity, state: AskState | None = None) -> list[RequestLine]:
    """Requests within reach, latest first: a firm's own, an office's those on its plots."""
    by.require(May.READ_CHAIN)
    found = rows.requests(work.session, within=by.within, state=state)
    plots = people_rows.plots_by_id(work.session, {one.plot for one in found})
    firms = ground.firms_by_id(work.session, {one.enterprise for one in found})
    return [RequestLine(one, plots[one.plot], firms[one.enterprise]) for one in found]


def waiting(work: Work, *, by: Identity) -> int:
    """How many requests wait for an answer within an office's reach."""
    by.require(May.OVERSEE)
    return rows.count_open(work.session, within=by.within)


def request_file(work: Work, *, by: Identity, request: int) -> RequestFile:
    """A request with everything an office decides by; raise `NotFound`."""
    by.require(May.OVERSEE)
    found = rows.request(work.session, request, within=by.within)
    if found is None:
        raise errors.NotFound()
    plot = people_rows.plots_by_id(work.session, [found.plot])[found.plot]
    firm = ground.firms_by_id(work.session, [found.enterprise])[found.enterprise]
    slip = (
        chain_rows.refused_slip(work.session, found.slip, enterprise=found.enterprise) if found.slip else None
    )
    day = local_day(slip.slip.at if slip else found.asked_at)
    user, entered_for = people_rows.plot_entered_by(work.session, plot.id)
    mine = by.user in (user, found.asked_by) or by.enterprise in {found.enterprise, entered_for} - {None}
    return RequestFile(
        found,
        plot,
        firm,
        left=allowance_of(work, plot, day),
        own=people_rows.allowances(work.session, plot.id, found.season),
        figures=tuple(ground.allowance_figures(work.session, plot.id)),
        slip=slip,
        entered_by_me=mine,
    )


def request_of_slip(work: Work, *, by: Identity, slip: int) -> AllowanceRequest | None:
    """The latest request for a refused slip of the reader's own firm."""
    found = rows.of_slips(work.session, [slip]).get(slip)
    return found if found and found.enterprise == by.firm(May.READ_CHAIN) else None


def requests_of_slips(work: Work, *, by: Identity) -> dict[int, AllowanceRequest]:
    """The latest request for each refused slip of the reader's firm that waits."""
    return rows.of_slips(work.session, [one.id for one in slips.open_slips(work, by=by)])
