"""The desk's board: in which stage a lot stands, how it stands there, what comes next, and what cannot wait.

Rules only: what is on hand and what was issued arrive as values. Wording and addresses belong to the door.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum

from traceability.domain.chain import FAILED_REPORT, Lot, LotKind
from traceability.domain.people import May, Plot, Scale
from traceability.domain.profile import Profile
from traceability.domain.units import local, local_day


class Stage(StrEnum):
    """The columns, from leaf to sale."""

    LEAF = "leaf"
    MADE = "made_tea"
    TESTING = "testing"
    MARKING = "marking"
    PACKS = "pack_lot"


class Step(StrEnum):
    """Something that can be done next with a lot."""

    PROCESS = "process"
    WRITE_OFF = "write_off"
    BLEND = "blend"
    REFINE = "refine"
    SAMPLE = "sample"
    REPORT = "report"
    REDECLARE = "redeclare"
    REQUEST = "request_marks"
    PRINT = "print_labels"
    PACK = "pack"
    CARTON = "fill_cartons"
    DISPATCH = "dispatch"
    SELL = "sell"


#: What a step asks of whoever takes it.
NEEDS: Mapping[Step, May] = {
    **dict.fromkeys(Step, May.RECORD_CHAIN),
    Step.REQUEST: May.REQUEST_MARKS,
    Step.PRINT: May.PRINT_MARKS,
}
#: Steps that stop while a firm has no right to the mark, or is suspended.
OF_MARKS = frozenset({Step.REQUEST, Step.PRINT, Step.PACK})


class Condition(StrEnum):
    """How a lot stands in its stage. Within a stage those named first come first on the board."""

    READY = "ready"
    UNPRINTED = "unprinted"
    FAILED = "failed"
    TONIGHT = "tonight"
    LATE = "late"
    OPEN = "open"
    AGEING = "ageing"
    PASSED = "passed"
    UNTESTED = "untested"
    REQUESTED = "requested"
    FRESH = "fresh"
    PLAIN = "plain"
    HELD = "held"
    STALE = "stale"
    RECALLED = "recalled"


class Band(StrEnum):
    """How the lots on hand are counted: each lot is in one band, each band in one stage."""

    TODAY = "today"
    LATE = "late"
    STALE = "stale"
    MADE = "made"
    OPEN = "open"
    UNTESTED = "untested"
    FAILED = "failed"
    MARKED = "marked"
    TESTED = "tested"
    PACKS = "packs"


STAGE_OF: Mapping[Band, Stage] = {
    Band.TODAY: Stage.LEAF,
    Band.LATE: Stage.LEAF,
    Band.STALE: Stage.LEAF,
    Band.MADE: Stage.MADE,
    Band.OPEN: Stage.TESTING,
    Band.UNTESTED: Stage.TESTING,
    Band.FAILED: Stage.TESTING,
    Band.MARKED: Stage.MARKING,
    Band.TESTED: Stage.MARKING,
    Band.PACKS: Stage.PACKS,
}

#: From this hour of the day on, leaf of the day is asked for: leaf picked in a day is made that day (domain.md §1.4).
EVENING = 16
#: Tea whose last day comes within so many days is shown as ageing.
AGEING_DAYS = 60
#: A scale is asked for this long before its verification ends, and so long after.
SCALE_DAYS, SCALE_FORGOTTEN_DAYS = 14, 30
#: A report is asked after when the sample was drawn so many days ago.
REPORT_DAYS = 1
#: An answer to a mark request is news for so many days.
ANSWER_DAYS = 14


@dataclass(frozen=True, slots=True)
class OnHand:
    """A lot the firm has: grams and packs in its own house, packs at its outside consignees; `own`: it made it."""

    lot: Lot
    band: Band
    grams: int
    packs: int = 0
    packs_away: int = 0
    holds: tuple[str, ...] = ()
    recalled: bool = False
    own: bool = True


@dataclass(frozen=True, slots=True)
class Progress:
    """What is known of a batch beside its tea: its test, its marks by what can be done with them, and its room.

    `room_g` are the grams a request may still ask for; `reserved_g` those that issued marks hold.
    """

    passed: bool | None = None
    confirmed: bool = False
    unprinted: int = 0
    printed: int = 0
    waiting: bool = False
    room_g: int = 0
    reserved_g: int = 0


@dataclass(frozen=True, slots=True)
class Card:
    """A lot on the board: how it stands, since how many whole hours, and its next steps, the first one foremost.

    `hours_left` is told where time runs out: until leaf can only be written off; `days_left` until tea is too old.
    """

    on_hand: OnHand
    condition: Condition
    hours: int
    steps: tuple[Step, ...]
    progress: Progress = field(default_factory=Progress)
    hours_left: int | None = None
    days_left: int | None = None

    @property
    def lot(self) -> Lot:
        """The lot itself."""
        return self.on_hand.lot

    @property
    def urgency(self) -> tuple[int, datetime, int]:
        """What comes first on the board: the condition, then the oldest."""
        return _RANK[self.condition], self.lot.born_at, self.lot.id


_RANK = {condition: rank for rank, condition in enumerate(Condition)}


def stale_before(now: datetime, profile: Profile) -> datetime:
    """Leaf received before this moment was made in time and that is told late, or is written off."""
    return now - timedelta(hours=profile.unprocessed_leaf_hours)


def card(
    on_hand: OnHand,
    *,
    progress: Progress | None,
    may: Collection[May],
    marking: bool,
    now: datetime,
    profile: Profile,
) -> Card:
    """A lot as the board shows it to somebody; `marking`: whether the firm may act on marks now."""
    known = progress or Progress()
    hours = _whole_hours(now - on_hand.lot.born_at)
    condition, steps = _standing(on_hand, known, now, profile)
    return Card(
        on_hand,
        condition,
        hours,
        tuple(one for one in steps if NEEDS[one] in may and (marking or one not in OF_MARKS)),
        known,
        hours_left=profile.unprocessed_leaf_hours - hours if condition is Condition.LATE else None,
        days_left=_days_left(on_hand.lot, local_day(now), profile) if condition is Condition.AGEING else None,
    )


def _whole_hours(span: timedelta) -> int:
    return int(span / timedelta(hours=1))


def _standing(
    on_hand: OnHand, known: Progress, now: datetime, profile: Profile
) -> tuple[Condition, tuple[Step, ...]]:
    if on_hand.recalled:
        return Condition.RECALLED, ()
    if any(cause != FAILED_REPORT for cause in on_hand.holds):
        return Condition.HELD, ()
    match on_hand.lot.kind:
        case LotKind.LEAF:
            return _leaf(on_hand.lot, now, profile)
        case LotKind.MADE:
            return _ageing(on_hand.lot, now, profile), (Step.BLEND, Step.REFINE)
        case LotKind.BATCH:
            return _batch(on_hand, known)
        case LotKind.PACKS:
            return _ageing(on_hand.lot, now, profile), _packs(on_hand, now, profile)


def _leaf(lot: Lot, now: datetime, profile: Profile) -> tuple[Condition, tuple[Step, ...]]:
    if lot.born_at < stale_before(now, profile):
        return Condition.STALE, (Step.PROCESS, Step.WRITE_OFF)
    if lot.plucked_from < local_day(now):
        return Condition.LATE, (Step.PROCESS,)
    evening = local(now).hour >= EVENING
    return Condition.TONIGHT if evening else Condition.FRESH, (Step.PROCESS,)


def _ageing(lot: Lot, now: datetime, profile: Profile) -> Condition:
    left = _days_left(lot, local_day(now), profile)
    return Condition.AGEING if left <= AGEING_DAYS else Condition.PLAIN


def _days_left(lot: Lot, day: date, profile: Profile) -> int:
    """Days until packs are past their best, or until made tea is too old to be packed."""
    return ((lot.best_before or profile.packable_until(lot.plucked_from)) - day).days


def _batch(on_hand: OnHand, known: Progress) -> tuple[Condition, tuple[Step, ...]]:
    if not on_hand.own:
        return Condition.PLAIN, (Step.REFINE, Step.DISPATCH)
    if not on_hand.lot.closed:
        return Condition.OPEN, (Step.SAMPLE, Step.BLEND)
    if known.passed is None:
        return Condition.UNTESTED, (Step.REPORT,)
    if not known.passed:
        return Condition.FAILED, (Step.REDECLARE, Step.REFINE)
    asking = (Step.REQUEST,) if known.room_g > 0 else ()
    if known.printed and known.confirmed:
        rest = (Step.PRINT,) if known.unprinted else ()
        return Condition.READY, (Step.PACK, *rest, *asking)
    if known.unprinted:
        return Condition.UNPRINTED, (Step.PRINT, *asking)
    return (Condition.REQUESTED if known.waiting else Condition.PASSED), asking


def _packs(on_hand: OnHand, now: datetime, profile: Profile) -> tuple[Step, ...]:
    """Packs past their best are neither sent nor sold; cartons are filled by whoever packed."""
    if _days_left(on_hand.lot, local_day(now), profile) < 0:
        return ()
    filling = (Step.CARTON,) if on_hand.own and on_hand.packs else ()
    return *filling, *((Step.DISPATCH,) if on_hand.packs else ()), Step.SELL


# --- what cannot wait ---------------------------------------------------------------------------------------------


class Alert(StrEnum):
    """What the desk is told about, in the order it matters."""

    RECALLED = "goods_recalled"
    HELD = "lot_held"
    LEAF_TONIGHT = "leaf_tonight"
    LEAF_LATE = "leaf_late"
    LEAF_STALE = "leaf_stale"
    REFUSED = "request_refused"
    ISSUED = "request_issued"
    APPROVED = "request_approved"
    ALLOWANCE_REFUSED = "allowance_refused"
    ALLOWANCE_GRANTED = "allowance_granted"
    REPORT_AWAITED = "report_awaited"
    ARRIVING = "goods_arriving"
    SHORT = "shortage_open"
    SCALE_EXPIRED = "scale_expired"
    SCALE_EXPIRING = "scale_expiring"


@dataclass(frozen=True, slots=True)
class Notice:
    """One thing that asks for attention: how many it is about, and what the sentence needs.

    `subject` is the row it is about when it is one only; `name` its number; `days` and `hours` are what is left.
    """

    alert: Alert
    count: int = 1
    grams: int = 0
    name: str = ""
    reason: str = ""
    subject: int | None = None
    days: int | None = None
    hours: int | None = None
    day: date | None = None


def notices_of_scales(scales: Iterable[Scale], day: date) -> list[Notice]:
    """Scales whose verification ends soon or has ended lately (Metrology Law 9)."""
    found = []
    for scale in scales:
        left = (scale.verified_until - day).days
        if -SCALE_FORGOTTEN_DAYS <= left <= SCALE_DAYS:
            alert = Alert.SCALE_EXPIRING if left >= 0 else Alert.SCALE_EXPIRED
            found.append(Notice(alert, name=scale.no, subject=scale.id, days=left, day=scale.verified_until))
    return found


def leaf_notice(
    band: Band, *, lots: int, grams: int, oldest: datetime, now: datetime, profile: Profile
) -> Notice | None:
    """What to say of the leaf on hand in a band; nothing of today's before the evening."""
    if band is Band.STALE:
        return Notice(Alert.LEAF_STALE, lots, grams)
    if band is Band.LATE:
        left = profile.unprocessed_leaf_hours - _whole_hours(now - oldest)
        return Notice(Alert.LEAF_LATE, lots, grams, hours=left)
    if band is Band.TODAY and local(now).hour >= EVENING:
        return Notice(Alert.LEAF_TONIGHT, lots, grams, hours=24 - local(now).hour)
    return None


@dataclass(frozen=True, slots=True)
class PlotLeft:
    """A garden card the firm buys on: grams left of it in this part of the season, and out of how many."""

    plot: Plot
    left_g: int
    allowed_g: int

    @property
    def left_percent(self) -> int:
        """What is left in whole hundredths of what was allowed, rounded down; nothing of nothing."""
        return self.left_g * 100 // self.allowed_g if self.allowed_g else 0


def scarcest(plots: Iterable[PlotLeft]) -> list[PlotLeft]:
    """Garden cards, the one with the least left of its allowance first."""
    return sorted(plots, key=lambda one: (one.left_percent, one.left_g, one.plot.no))
