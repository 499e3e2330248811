"""How far a recall has got, for offices: where the goods were and are, who stopped theirs, what came back."""

from dataclasses import dataclass
from datetime import date, datetime

from traceability.domain import errors
from traceability.domain.people import Identity, May
from traceability.domain.recalls import Amount, Place, clock_of, share, total
from traceability.domain.units import local_day
from traceability.services.recalls.reach import Spread, gathered
from traceability.store import recalls as rows
from traceability.store import spread
from traceability.store.recalls import Recall, RecallHolder, RecallNotice
from traceability.store.work import Work

#: Out of the hands of those who must stop it.
OUTSIDE = (Place.KEPT, Place.ON_THE_WAY, Place.OUT)


@dataclass(frozen=True, slots=True)
class Times:
    """The clock of a recall: by when it was to start and when it did, by when it is to be finished."""

    start_by: datetime
    started: datetime
    finish_by: date
    days_left: int | None

    @property
    def late(self) -> bool:
        """Whether it started too late."""
        return self.started > self.start_by

    @property
    def overdue(self) -> bool:
        """Whether it runs on past its last day."""
        return self.days_left is not None and self.days_left < 0


def times_of(work: Work, *, recall: Recall, now: datetime) -> Times:
    """The clock of a recall as it stands; no days are left of one that is closed."""
    clock = clock_of(recall.grade)
    last = clock.finish_by(local_day(recall.ordered_at), work.profile.workdays)
    left = (last - local_day(now)).days if recall.open else None
    return Times(clock.start_by(recall.known_at), recall.ordered_at, last, left)


@dataclass(frozen=True, slots=True)
class Progress:
    """A recall as an office follows it."""

    recall: Recall
    times: Times
    spread: Spread
    holders: tuple[RecallHolder, ...]
    notices: tuple[RecallNotice, ...]
    returned: Amount
    destroyed: Amount

    @property
    def out_then(self) -> Amount:
        """What was outside when it was ordered."""
        return total(self.recall.figures.get(place, Amount()) for place in OUTSIDE)

    @property
    def out_now(self) -> Amount:
        """What is still outside."""
        return total(self.spread.at(place) for place in OUTSIDE)

    @property
    def back_share(self) -> int:
        """Tenths of a percent of the weight outside that came back or was destroyed."""
        return share(self.out_then.grams - self.out_now.grams, self.out_then.grams)

    @property
    def stopped(self) -> int:
        """How many of those who had the goods said that they stopped them."""
        return sum(one.stopped_at is not None for one in self.holders)


def progress(work: Work, *, by: Identity, now: datetime, number: int) -> Progress:
    """A recall within an office's reach; raise `NotFound`."""
    by.require(May.OVERSEE)
    found = rows.recall(work.session, number, within=by.within)
    if found is None:
        raise errors.NotFound()
    spread.gather_recalled(work.session, number)
    since = spread.since(work.session, found.ordered_at)
    return Progress(
        found,
        times_of(work, recall=found, now=now),
        gathered(work),
        tuple(rows.recall_holders(work.session, number)),
        tuple(rows.recall_notices(work.session, number)),
        since.returned,
        since.destroyed,
    )


def recalls(work: Work, *, by: Identity) -> list[Recall]:
    """Recalls that reach goods within the reader's reach, latest first."""
    by.require(May.READ_CHAIN)
    return rows.recalls(work.session, within=by.within)
