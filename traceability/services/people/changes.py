"""Changes of approved plots: another area, another grower. Proposed by who keeps suppliers, decided by the county."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from traceability.domain import errors
from traceability.domain.chain import Allowance
from traceability.domain.ground import ChangeKind, ChangeState, CountyBoundary, GroundCheck, Survey
from traceability.domain.people import Identity, May, Plot, PlotState, read_reason
from traceability.services import acting
from traceability.services.acting import once
from traceability.services.chain.leaf import allowance_of
from traceability.services.people import surveys
from traceability.services.people.plots import check_area, not_own_plot, plot_of_office
from traceability.store import oversight as documents
from traceability.store import people as people_rows
from traceability.store.people import changes as rows
from traceability.store.people import ground
from traceability.store.people.changes import PlotChange
from traceability.store.people.ground import AllowanceFigure
from traceability.store.work import Work

# --- proposing ----------------------------------------------------------------------------------------------


@once
def propose_survey(
    work: Work,
    *,
    by: Identity,
    now: datetime,
    plot: int,
    area_mu: Decimal,
    reason: str,
    survey: Survey = Survey(),  # noqa: B008 (frozen)
    photo: bytes = b"",
    key: str | None = None,
) -> int:
    """Propose another area or survey of a plot; its id. The area that was approved holds until the county decides.

    Raise `PlotUnknown`, `PlotNotActive`, `ChangeOpen`, or a refusal of what was typed.
    """
    found, why = _to_change(work, by, plot), read_reason(reason)
    check_area(area_mu)
    return surveys.propose(
        work, found, kind=ChangeKind.SURVEYED, by=by, now=now, survey=survey, photo=photo,
        area_mu=area_mu, reason=why,
    )  # fmt: skip


@once
def propose_transfer(
    work: Work, *, by: Identity, now: datetime, plot: int, grower: int, reason: str, key: str | None = None
) -> int:
    """Propose that a plot is another grower's; its id. Its history and what is used of its allowance stay.

    Raise `PlotUnknown`, `PlotNotActive`, `ChangeOpen`, `SameGrower`, `NotFound`, `ReasonMissing`.
    """
    found, why = _to_change(work, by, plot), read_reason(reason)
    if found.grower == grower:
        raise errors.SameGrower(plot=found.no)
    return surveys.propose(
        work, found, kind=ChangeKind.TRANSFERRED, by=by, now=now, survey=Survey(), grower=grower, reason=why
    )


def _to_change(work: Work, by: Identity, number: int) -> Plot:
    """An approved plot of which nothing else waits; locked, so that of two proposals the second is told."""
    by.require(May.KEEP_SUPPLIERS)
    found = people_rows.plot(work.session, number, lock=True)
    if found is None:
        raise errors.PlotUnknown(plot=number)
    if found.state is not PlotState.ACTIVE:
        raise errors.PlotNotActive(plot=found.no)
    if any(one.state is ChangeState.OPEN for one in rows.changes_of(work.session, number)):
        raise errors.ChangeOpen(plot=found.no)
    return found


# --- deciding -----------------------------------------------------------------------------------------------


@once
def approve_change(
    work: Work, *, by: Identity, now: datetime, change: int, reason: str, key: str | None = None
) -> int:
    """The county lets a change hold from now on; its id. Raise as `refuse_change`, or `PlotOutsideCounty`."""
    found, plot, why = _to_decide(work, by, change, reason)
    check, boundary = surveys.check_ground(work, plot, found.survey)
    rows.put_in_force(work.session, plot.id, area_mu=found.area_mu, grower=found.grower)
    _decide(work, found, plot, ChangeState.APPROVED, why, by, now, check, boundary)
    return change


@once
def refuse_change(
    work: Work, *, by: Identity, now: datetime, change: int, reason: str, key: str | None = None
) -> int:
    """The county leaves the plot as it is; the change's id.

    Raise `NotFound`, `AlreadyDecided`, `OwnDecision`, `ReasonMissing`.
    """
    found, plot, why = _to_decide(work, by, change, reason)
    _decide(work, found, plot, ChangeState.REFUSED, why, by, now)
    return change


def _to_decide(work: Work, by: Identity, number: int, reason: str) -> tuple[PlotChange, Plot, str]:
    by.require(May.APPROVE_PLOT)
    known = rows.change(work.session, number, within=by.within)
    if known is None or known.kind is ChangeKind.REGISTERED:
        raise errors.NotFound()
    plot = plot_of_office(work, by, known.plot)
    found = rows.change(work.session, number, within=by.within, lock=True)
    if found is None or found.state is not ChangeState.OPEN:
        raise errors.AlreadyDecided()
    not_own_plot(work, by, plot.id)
    entered_for = rows.firm_of_user(work.session, found.entered_by)
    acting.not_own(by, enterprise=entered_for, entered_by=found.entered_by)
    return found, plot, read_reason(reason)


def _decide(
    work: Work,
    found: PlotChange,
    plot: Plot,
    state: ChangeState,
    why: str,
    by: Identity,
    now: datetime,
    check: GroundCheck | None = None,
    boundary: CountyBoundary | None = None,
) -> None:
    rows.decide_change(
        work.session, found.id, state=state, answer=why, at=now, by=by.user, check=check, boundary=boundary
    )
    after = {"area_mu": found.area_mu, "grower": found.grower}
    before = {"area_mu": plot.area_mu, "grower": plot.grower}
    told = {"change": found.id, "plot": plot.no, "state": state, "before": before, "after": after}
    acting.state(work, f"plot.{found.kind}", by=by, now=now, private={**told, "checked": check})
    acting.decide(
        work, about="plot_change", subject=plot.id, firm=None, outcome=state.value, reason=why, by=by, now=now,
        county=plot.township[:6],
    )  # fmt: skip


# --- reading ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class PlotFile:
    """A plot with all that is known of it. `growers`: (number, name) by id, of all it ever had."""

    plot: Plot
    left: Allowance
    figures: tuple[AllowanceFigure, ...]
    changes: tuple[PlotChange, ...]
    growers: Mapping[int, tuple[str, str]]
    boundary: CountyBoundary | None

    @property
    def waiting(self) -> PlotChange | None:
        """What waits for a decision."""
        return next((one for one in self.changes if one.state is ChangeState.OPEN), None)

    @property
    def surveyed(self) -> PlotChange | None:
        """The latest survey that was not refused and has a place."""
        kept = (one for one in self.changes if one.state is not ChangeState.REFUSED)
        return next((one for one in kept if one.survey.point is not None), None)


def plot_file(work: Work, *, by: Identity, day: date, plot: int) -> PlotFile:
    """A plot within an office's reach; raise `PlotUnknown`."""
    by.require(May.OVERSEE)
    found = people_rows.plots_by_id(work.session, [plot]).get(plot)
    if found is None or (by.county is not None and not found.township.startswith(by.county)):
        raise errors.PlotUnknown(plot=plot)
    changes = rows.changes_of(work.session, plot)
    growers = {found.grower, *(n for one in changes for n in (one.grower, one.grower_before) if n)}
    return PlotFile(
        found,
        allowance_of(work, found, day),
        tuple(ground.allowance_figures(work.session, plot)),
        tuple(changes),
        rows.growers_by_id(work.session, growers),
        rows.boundary_of(work.session, found.township[:6]),
    )


def open_changes(work: Work, *, by: Identity) -> list[tuple[PlotChange, Plot]]:
    """Changes of approved plots that wait, within reach: an office's plots, or what one's own firm proposed."""
    if not by.may(May.OVERSEE):
        by.firm(May.READ_CHAIN)
    found = rows.open_changes(work.session, within=by.within)
    plots = people_rows.plots_by_id(work.session, {one.plot for one in found})
    return [(one, plots[one.plot]) for one in found]


def survey_photo(work: Work, *, by: Identity, change: int) -> bytes:
    """The photo of a survey, a JPEG; raise `NotFound`."""
    by.require(May.READ_CHAIN)
    found = rows.change(work.session, change, within=by.within)
    kept = documents.document(work.session, found.photo) if found and found.photo else None
    if kept is None:
        raise errors.NotFound()
    return kept[1]
