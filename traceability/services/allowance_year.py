"""A year's allowances confirmed for many plots of a county at once, all or none; and taken back as a whole.

Whatever wants a look of its own is left out and named: a plot of which a change or a finding waits, one the officer
or their firm entered, one that has a figure for the year already.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from traceability.domain import errors
from traceability.domain.allowance import LeftOut, Yearly, sorted_out, yearly
from traceability.domain.log import digest_of
from traceability.domain.people import Identity, May, Plot, read_reason
from traceability.domain.units import YEARS
from traceability.services import acting
from traceability.services.acting import once
from traceability.store.people import confirmations as rows
from traceability.store.people.confirmations import Confirmation
from traceability.store.work import Work


@dataclass(frozen=True, slots=True)
class YearList:
    """A county's plots for a year: those to confirm with their figures, those left out with why."""

    season: int
    county: str
    plots: tuple[Yearly, ...]
    left_out: tuple[tuple[Plot, LeftOut], ...]

    @property
    def grams(self) -> int:
        """What all of them may give in the year."""
        return sum(one.year_g for one in self.plots)

    @property
    def digest(self) -> str:
        """Stands for exactly these plots with these figures: what was seen is what is confirmed."""
        figures = [[one.plot.id, dict(one.figures)] for one in self.plots]
        return digest_of({"season": self.season, "figures": figures})


def year_list(
    work: Work, *, by: Identity, season: int, county: str, township: str = "", words: str = ""
) -> YearList:
    """What confirming a county's plots would come to; of one township, or whose number or place holds the words.

    Raise `NotFound` for a county out of reach, `ChoiceUnknown` for no year.
    """
    by.require(May.OVERSEE)
    _check(work, by, season, county)
    return _listed(work, by, season, county, township, words, lock=False)


def _check(work: Work, by: Identity, season: int, county: str) -> None:
    known = {one.code for one in work.profile.counties}
    if county not in known or by.within.county not in (None, county):
        raise errors.NotFound()
    if season not in YEARS:
        raise errors.ChoiceUnknown(choice=str(season), field="season")


def _listed(
    work: Work, by: Identity, season: int, county: str, township: str, words: str, *, lock: bool
) -> YearList:
    session = work.session
    plots = [one for one in rows.active_plots(session, county, lock=lock) if _matches(one, township, words)]
    reasons = {
        LeftOut.CHANGING: rows.changing(session, county),
        LeftOut.FOUND: rows.found(session, county),
        LeftOut.OWN: rows.entered_by(session, county, by.user, by.enterprise),
        LeftOut.SET: rows.figured(session, county, season),
    }
    confirmed, left = sorted_out(plots, reasons, work.profile)
    return YearList(season, county, tuple(confirmed), tuple(left))


def _matches(plot: Plot, township: str, words: str) -> bool:
    text = f"{plot.no} {plot.place}".casefold()
    return plot.township.startswith(township) and all(one in text for one in words.casefold().split())


@once
def confirm_year(
    work: Work,
    *,
    by: Identity,
    now: datetime,
    season: int,
    county: str,
    shown: str,
    reason: str,
    township: str = "",
    words: str = "",
    key: str | None = None,
) -> int:
    """Confirm the profile's allowances for the plots that were shown (`shown`: the list's digest); the id.

    Raise `AllowanceListChanged` when they are others by now or none, `NotFound`, `ChoiceUnknown`, `ReasonMissing`.
    """
    by.require(May.APPROVE_PLOT)
    _check(work, by, season, county)
    why = read_reason(reason)
    found = _listed(work, by, season, county, township, words, lock=True)
    if not found.plots or found.digest != shown:
        raise errors.AllowanceListChanged(plots=len(found.plots))
    figures = {one.plot.id: one.figures for one in found.plots}
    number = rows.add_confirmation(
        work.session, figures, season=season, county=county, reason=why, at=now, by=by.user
    )
    _decided(work, number, season, county, "confirmed", why, found.plots, by=by, now=now)
    return number


def _decided(
    work: Work,
    number: int,
    season: int,
    county: str,
    outcome: str,
    why: str,
    plots: Sequence[Yearly],
    *,
    by: Identity,
    now: datetime,
) -> None:
    """One fact with the whole list, and the decision."""
    figures = [[one.plot.no, dict(one.figures)] for one in plots]
    private = {"confirmation": number, "season": season, "county": county, "figures": figures, "reason": why}
    acting.state(work, f"allowance.year_{outcome}", by=by, now=now, private=private, shown=False)
    acting.decide(
        work, about="allowance_year", subject=number, firm=None, outcome=outcome, reason=why, by=by, now=now,
        county=county,
    )  # fmt: skip


@once
def take_back_year(
    work: Work, *, by: Identity, now: datetime, confirmation: int, reason: str, key: str | None = None
) -> int:
    """The counter-decision: the plots are as if nobody had confirmed them; its id. What an office set since stays.

    Raise `NotFound`, `AlreadyDecided`, `OwnDecision` when one of the plots is one's own, `ReasonMissing`.
    """
    by.require(May.APPROVE_PLOT)
    known = confirmation_in(work, by=by, number=confirmation)
    why = read_reason(reason)
    rows.active_plots(work.session, known.county, lock=True)
    if confirmation_in(work, by=by, number=confirmation).undone is not None:
        raise errors.AlreadyDecided()
    plots = [yearly(one, work.profile) for one in rows.plots_confirmed(work.session, confirmation)]
    if {one.plot.id for one in plots} & rows.entered_by(work.session, known.county, by.user, by.enterprise):
        raise errors.OwnDecision()
    number = rows.take_back(work.session, known, reason=why, at=now, by=by.user)
    _decided(work, number, known.season, known.county, "taken_back", why, plots, by=by, now=now)
    return number


# --- reading ------------------------------------------------------------------------------------------------


def confirmations(work: Work, *, by: Identity, season: int | None = None) -> list[Confirmation]:
    """Confirmations of counties within an office's reach, latest first."""
    by.require(May.OVERSEE)
    return rows.confirmations(work.session, within=by.within, season=season)


def confirmation_in(work: Work, *, by: Identity, number: int) -> Confirmation:
    """A confirmation of a county within an office's reach; raise `NotFound`."""
    by.require(May.OVERSEE)
    found = rows.confirmations(work.session, within=by.within, number=number)
    if not found:
        raise errors.NotFound()
    return found[0]
