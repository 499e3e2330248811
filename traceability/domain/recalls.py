"""A recall: of what it is ordered, its clock, where the goods are, counted, and ways of telling those who have them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from traceability.domain import errors
from traceability.domain.chain.values import Account
from traceability.domain.workdays import Workdays


class ScopeKind(StrEnum):
    """By what a recall is ordered."""

    LOT = "lot"
    PLOT = "plot"
    ENTERPRISE = "enterprise"
    SERIALS = "serials"


@dataclass(frozen=True, slots=True)
class Scope:
    """Of what a recall is: `what` is the id of a lot, a plot or an enterprise, or the first of some serials.

    `last` is the last serial. Of a plot or an enterprise only the tea plucked from `since` to `until` counts, both
    days included; without them all of it.
    """

    kind: ScopeKind
    what: int
    last: int | None = None
    since: date | None = None
    until: date | None = None

    @classmethod
    def lot(cls, number: int) -> "Scope":
        """One lot and everything made from it."""
        return cls(ScopeKind.LOT, number)

    def __post_init__(self) -> None:
        """Raise `ChoiceUnknown` for days or serials that run backwards."""
        if self.since and self.until and self.until < self.since:
            raise errors.ChoiceUnknown(choice=self.until.isoformat(), field="until")
        if self.last is not None and self.last < self.what:
            raise errors.ChoiceUnknown(choice=str(self.last), field="what")


# --- the clock ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Clock:
    """How soon a recall starts once its reason is known, and in how many working days from its start it is finished."""

    start_hours: int
    finish_days: int

    def start_by(self, known_at: datetime) -> datetime:
        """The last moment to order it."""
        return known_at + timedelta(hours=self.start_hours)

    def finish_by(self, started: date, calendar: Workdays) -> date:
        """The last day to finish it, by the calendar of offices."""
        return calendar.after(started, self.finish_days)


#: By class: how grave it is, and how soon (measures for the recall of food).
CLOCKS = {"I": Clock(24, 10), "II": Clock(48, 20), "III": Clock(72, 30)}
GRADES = tuple(CLOCKS)


def clock_of(grade: str) -> Clock:
    """The clock of a class; raise `ChoiceUnknown`."""
    if grade not in CLOCKS:
        raise errors.ChoiceUnknown(choice=grade, field="grade")
    return CLOCKS[grade]


class Place(StrEnum):
    """Where recalled goods are, as their maker sees it."""

    OWN = "own"
    KEPT = "kept"
    ON_THE_WAY = "on_the_way"
    OUT = "out"
    GONE = "gone"


class NoticeWay(StrEnum):
    """How somebody who has recalled goods was told."""

    TELEPHONE = "telephone"
    MESSAGE = "message"
    PAPER = "paper"
    VISIT = "visit"


@dataclass(frozen=True, slots=True)
class Amount:
    """Grams, and packs where they are packed."""

    grams: int = 0
    packs: int = 0

    def __add__(self, other: "Amount") -> "Amount":
        """Both together."""
        return Amount(self.grams + other.grams, self.packs + other.packs)

    def __bool__(self) -> bool:
        """Whether there is anything."""
        return self.grams != 0


def total(amounts: Iterable[Amount]) -> Amount:
    """All of them together."""
    return sum(amounts, Amount())


#: Where what left stock ends, as far as a recall has to go after it.
_ENDED = {Account.TRANSIT: Place.ON_THE_WAY, Account.SOLD: Place.OUT}


def place_of(account: Account, party: int | None, *, own: int, kept: Iterable[int]) -> Place:
    """Where goods in an account are to the firm whose stock is `own` and which records that of `kept`.

    Stock of another firm is out, like what was sold; samples, losses and what was destroyed are gone.
    """
    if account is not Account.HELD:
        return _ENDED.get(account, Place.GONE)
    if party == own:
        return Place.OWN
    return Place.KEPT if party in set(kept) else Place.OUT


# --- how much is found --------------------------------------------------------------------------------------


def share(part: int, whole: int) -> int:
    """Tenths of a percent, rounded down: nothing is called whole that is not; of nothing, all is found."""
    return 1000 if whole <= 0 else max(0, min(1000, part * 1000 // whole))
