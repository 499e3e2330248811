"""Growers and plots: proposed by whoever enters them, approved by the county."""

from datetime import date, datetime
from decimal import Decimal

from traceability.domain import errors
from traceability.domain.chain import Allowance, Remark
from traceability.domain.ground import ChangeKind, ChangeState, Survey
from traceability.domain.people import (
    Identity,
    May,
    Plot,
    PlotState,
    read_reason,
    read_text,
    read_township,
)
from traceability.domain.units import local_day
from traceability.services import acting
from traceability.services.acting import once
from traceability.services.chain.leaf import allowances_left
from traceability.services.people import surveys
from traceability.store import people as rows
from traceability.store.log import next_numbers
from traceability.store.people import changes
from traceability.store.work import Work

#: Metres; no tea grows higher anywhere.
HIGHEST_GARDEN = 3_000

GROWER_KINDS = ("household", "cooperative", "enterprise")


@once
def register_grower(
    work: Work,
    *,
    by: Identity,
    now: datetime,
    kind: str,
    name: str,
    township: str,
    no: str | None = None,
    telephone: str = "",
    key: str | None = None,
) -> int:
    """Register a grower; its id. The same name in the township or the same telephone makes a finding (FRAUD F29)."""
    by.require(May.KEEP_SUPPLIERS)
    if kind not in GROWER_KINDS:
        raise errors.ChoiceUnknown(choice=kind, field="kind")
    where, who = read_township(township), read_text(name, "name")
    again = rows.grower_taken(work.session, who, where)
    grower_no = (no or "").strip()[:40] or _running_grower(work, where)
    if rows.grower_no_taken(work.session, grower_no):
        raise errors.NumberTaken(no=grower_no)
    number = rows.add_grower(work.session, no=grower_no, kind=kind, name=who, township=where, by=by.user)
    acting.state(
        work,
        "grower.registered",
        by=by,
        now=now,
        private={"grower": grower_no, "name": who, "township": where},
    )
    if telephone.strip():
        surveys.keep_telephone(work, number, grower_no, where, telephone, by=by, now=now)
    if again:
        firm = acting.firm_in_reach(work, by, by.enterprise) if by.enterprise is not None else None
        acting.find(
            work,
            Remark("grower.twice", {"grower": grower_no, "township": where}),
            enterprise=firm,
            county=where[:6],
            at=now,
            now=now,
        )
    return number


def _running_grower(work: Work, township: str) -> str:
    return f"G-{township}-{next_numbers(work.session, f'grower:{township}'):04d}"


def growers(work: Work, *, by: Identity) -> list[tuple[int, str, str, str, str]]:
    """(id, no, kind, name, township) of growers, for those who keep suppliers or decide on plots."""
    if not by.may(May.APPROVE_PLOT):
        by.require(May.KEEP_SUPPLIERS)
    return rows.growers(work.session)


@once
def register_plot(
    work: Work,
    *,
    by: Identity,
    now: datetime,
    no: str,
    grower: int,
    township: str,
    place: str,
    area_mu: Decimal,
    cultivar: str | None = None,
    altitude_m: int | None = None,
    survey: Survey | None = None,
    photo: bytes = b"",
    key: str | None = None,
) -> int:
    """Propose a plot; its id. Ground outside the twelve counties can be registered, but never gives leaf.

    With a `survey`, the same ground as another plot's is found (FRAUD F29).
    """
    by.require(May.KEEP_SUPPLIERS)
    number = read_text(no, "no", longest=40)
    if rows.plot_taken(work.session, number):
        raise errors.NumberTaken(no=number)
    if not rows.grower_exists(work.session, grower):
        raise errors.NotFound()
    check_area(area_mu)
    if altitude_m is not None and not 0 <= altitude_m <= HIGHEST_GARDEN:
        raise errors.NumberOutOfRange(text=str(altitude_m), low=0, high=HIGHEST_GARDEN, field="altitude_m")
    made = rows.add_plot(
        work.session,
        no=number,
        grower=grower,
        township=read_township(township),
        place=read_text(place, "place"),
        area_mu=area_mu,
        cultivar=(cultivar or "").strip()[:120] or None,
        altitude_m=altitude_m,
        by=by.user,
    )
    told = {"plot": number, "grower": grower, "township": made.township, "area_mu": area_mu}
    acting.state(work, "plot.registered", by=by, now=now, private=told)
    if (survey and survey.said) or photo:
        surveys.propose(
            work, made, kind=ChangeKind.REGISTERED, by=by, now=now, survey=survey or Survey(), photo=photo
        )
    return made.id


def check_area(area_mu: Decimal) -> None:
    """Raise `NumberOutOfRange` for what no plot measures, mu."""
    if area_mu <= 0:
        raise errors.NumberOutOfRange(text=str(area_mu), low=0, high=100000, field="area_mu")


@once
def approve_plot(
    work: Work, *, by: Identity, now: datetime, plot: int, day: date | None = None, key: str | None = None
) -> int:
    """The county approves a plot from a day on; nobody approves a plot they entered (FRAUD F16)."""
    by.require(May.APPROVE_PLOT)
    found = plot_of_office(work, by, plot)
    not_own_plot(work, by, plot)
    if found.state is PlotState.ACTIVE:
        raise errors.AlreadyDecided()
    county = work.profile.county_of(found.township)
    if county is None:
        raise errors.PlotOutsideArea(plot=found.no, township=found.township)
    since = day or local_day(now)
    _review_survey(work, found, by, now)
    rows.activate_plot(work.session, plot, day=since)
    acting.decide(
        work,
        about="plot",
        subject=plot,
        firm=None,
        outcome="approved",
        reason="",
        by=by,
        now=now,
        county=county.code,
    )
    return plot


def _review_survey(work: Work, plot: Plot, by: Identity, now: datetime) -> None:
    """What was surveyed is checked as far as boundaries are known, and the check is kept."""
    waiting = [one for one in changes.changes_of(work.session, plot.id) if one.state is ChangeState.OPEN]
    for one in waiting:
        check, boundary = surveys.check_ground(work, plot, one.survey)
        decided = {"state": ChangeState.APPROVED, "answer": "", "at": now, "by": by.user}
        changes.decide_change(work.session, one.id, **decided, check=check, boundary=boundary)  # type: ignore[arg-type]


def plot_of_office(work: Work, by: Identity, number: int) -> Plot:
    """A plot in an office's reach, locked; raise `PlotUnknown`."""
    found = rows.plot(work.session, number, lock=True)
    if found is None or (by.county is not None and not found.township.startswith(by.county)):
        raise errors.PlotUnknown(plot=number)
    return found


def not_own_plot(work: Work, by: Identity, plot: int) -> None:
    """Nobody decides on a plot they entered, nor on one a firm entered that they have an account with."""
    user, firm = rows.plot_entered_by(work.session, plot)
    acting.not_own(by, enterprise=firm, entered_by=user)


@once
def set_allowance(
    work: Work,
    *,
    by: Identity,
    now: datetime,
    plot: int,
    season: int,
    part: str,
    grams: int,
    reason: str,
    key: str | None = None,
) -> int:
    """The office's own allowance for a plot, season and part ("" = the year), with a reason."""
    by.require(May.APPROVE_PLOT)
    found = plot_of_office(work, by, plot)
    not_own_plot(work, by, plot)
    if part and part not in {one.key for one in work.profile.season_parts}:
        raise errors.ChoiceUnknown(choice=part, field="part")
    if grams < 0:
        raise errors.WeightNotPositive(text=str(grams))
    why = read_reason(reason)
    rows.add_allowance(
        work.session, plot, season=season, part=part, grams=grams, reason=why, at=now, by=by.user
    )
    county = work.profile.county_of(found.township)
    acting.decide(
        work,
        about="allowance",
        subject=plot,
        firm=None,
        outcome="set",
        reason=why,
        by=by,
        now=now,
        county=county.code if county else "",
    )
    return plot


def plots(work: Work, *, by: Identity) -> list[Plot]:
    """Garden cards: any buyer sees township and place, never the grower's name."""
    return rows.plots(work.session, within=by.within)


def plots_with_allowance(work: Work, *, by: Identity, day: date) -> list[tuple[Plot, Allowance]]:
    """Active garden cards with what is left of them on a day."""
    active = [one for one in plots(work, by=by) if one.state is PlotState.ACTIVE]
    left = allowances_left(work, active, day)
    return [(one, left[one.id]) for one in active]
