"""Requests for more allowance: who takes in leaf asks, the office of the plot's county answers."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from traceability.domain import errors
from traceability.domain.people import Plot
from traceability.domain.profile import Profile


class AskState(StrEnum):
    """Where a request stands. One is withdrawn by whoever asked, or when its slip is settled otherwise."""

    OPEN = "open"
    GRANTED = "granted"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class AllowanceRequest:
    """A firm's request for `grams` more on a plot in one part of a season; `slip`: the refused slip it is for.

    `granted_g` is how much more the office gave, `answer` its words.
    """

    id: int
    enterprise: int
    plot: int
    season: int
    part: str
    grams: int
    reason: str
    slip: int | None
    state: AskState
    asked_at: datetime
    asked_by: int
    granted_g: int | None = None
    answer: str | None = None
    decided_at: datetime | None = None


def check_asked(grams: int, profile: Profile) -> int:
    """The grams, if they are something a plot could give; raise `WeightNotPositive` or `WeightTooLarge`."""
    if grams <= 0:
        raise errors.WeightNotPositive(text=str(grams))
    if grams > profile.weight_limit_g:
        raise errors.WeightTooLarge(text=str(grams), limit_g=profile.weight_limit_g)
    return grams


def raised(plot: Plot, part: str, more_g: int, *, own: Mapping[str, int], profile: Profile) -> dict[str, int]:
    """The office's new figures by part ("" = the year) when a part gets more grams.

    The year rises with its parts by itself, unless the office has set a figure of its own for it.
    """
    figures = {part: own.get(part, profile.allowance_g(part, plot.area_mu)) + more_g}
    return figures | ({"": own[""] + more_g} if "" in own else {})


# --- a year's allowances, for many plots at once ------------------------------------------------------------


class LeftOut(StrEnum):
    """Why a plot is not confirmed with the others: each is looked at by itself."""

    CHANGING = "changing"
    FOUND = "found"
    OWN = "own"
    SET = "set"


@dataclass(frozen=True, slots=True)
class Yearly:
    """A plot with its figures of a year by part ("" = the whole year), grams."""

    plot: Plot
    figures: Mapping[str, int]

    @property
    def year_g(self) -> int:
        """Grams of the whole year."""
        return self.figures[""]


def yearly(plot: Plot, profile: Profile) -> Yearly:
    """The profile's allowances of a plot, per mu (DESIGN 4)."""
    parts = {one.key: profile.allowance_g(one.key, plot.area_mu) for one in profile.season_parts}
    return Yearly(plot, {**parts, "": profile.year_allowance_g(plot.area_mu)})


def sorted_out(
    plots: Iterable[Plot], reasons: Mapping[LeftOut, frozenset[int]], profile: Profile
) -> tuple[Sequence[Yearly], Sequence[tuple[Plot, LeftOut]]]:
    """Plots to confirm, and those left out, each with the first reason that holds of it."""
    confirmed, left = [], []
    for plot in plots:
        why = next((one for one in LeftOut if plot.id in reasons.get(one, frozenset())), None)
        if why is None:
            confirmed.append(yearly(plot, profile))
        else:
            left.append((plot, why))
    return confirmed, left
