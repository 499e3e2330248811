"""Leaf receipts in bulk: the same rule as a single one (`rules.receive_leaf`), asked leaf by leaf in time.

What a single receipt asks the database for is asked once for all of them, under the same locks; what each takes off its
plot counts for the next. The result is row for row what recording them one by one would have left behind.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from traceability.domain import chain as rules
from traceability.domain import errors
from traceability.domain.chain import Allowance, Booking, EventKind, Weighing
from traceability.domain.errors import Refusal
from traceability.domain.people import Enterprise, Identity, May, Plot, Scale
from traceability.domain.profile import LeafGrade
from traceability.domain.units import local_day
from traceability.services import acting
from traceability.services.chain.leaf import granted
from traceability.store import chain as rows
from traceability.store import people as people_rows
from traceability.store.work import Work

#: Written at once; so many facts are kept in memory.
_AT_ONCE = 1_000


@dataclass(frozen=True, slots=True)
class Leaf:
    """One weighing to be received, under the firm's own number; plot and scale by the numbers on them. Grams, UTC."""

    no: str
    at: datetime
    plot: str
    scale: str
    gross_g: int
    tare_g: int
    leaf_grade: LeafGrade
    certificate_no: str
    plucked_on: date | None = None
    confirmed: bool = False

    @property
    def day(self) -> date:
        """The day it was plucked: that of the weighing unless said."""
        return self.plucked_on or local_day(self.at)


def receive_leaves(
    work: Work,
    *,
    by: Identity,
    now: datetime,
    leaves: Sequence[Leaf],
    progress: Callable[[int], None] = lambda done: None,
) -> dict[str, Refusal]:
    """Take in leaves, in the order of time; why not, by number, of those that are refused.

    A refused one is not written and charges nothing. All or nothing is the caller's to say. `progress` is told how many
    are done.
    """
    firm = acting.own_firm(work, by, May.RECORD_CHAIN)
    books = _Books(work, firm, leaves)
    refused: dict[str, Refusal] = {}
    waiting: list[tuple[str, Booking]] = []
    for done, leaf in enumerate(sorted(leaves, key=lambda one: one.at), start=1):
        try:
            waiting.append((leaf.no, books.decide(leaf, now=now)))
        except Refusal as error:
            refused[leaf.no] = error
        if len(waiting) == _AT_ONCE:
            acting.keep_many(work, waiting, enterprise=firm, by=by, now=now)
            waiting.clear()
            progress(done)
    acting.keep_many(work, waiting, enterprise=firm, by=by, now=now)
    return refused


class _Books:
    """What the rules ask about plots, scales and numbers, read once; grams taken are added as leaves are decided."""

    def __init__(self, work: Work, firm: Enterprise, leaves: Sequence[Leaf]) -> None:
        session, self.work, self.firm = work.session, work, firm
        self.plots = people_rows.plots_numbered(session, (one.plot for one in leaves), lock=True)
        self.scales = {one.no: one for one in people_rows.scales(session, firm.id)}
        numbers = [one.id for one in self.plots.values()]
        self.own = people_rows.allowances_of(session, numbers)
        self.intervals = people_rows.intervals_of(session, numbers)
        self.used = rows.plots_charged(session, numbers)
        self.days = rows.plots_days(session, numbers, *_span(leaves))
        self.taken = set(
            rows.events_numbered(session, firm.id, EventKind.LEAF_RECEIPT, (one.no for one in leaves))
        )
        self.lots = set(rows.lots_numbered(session, firm.id, (_lot_no(one) for one in leaves)))

    def decide(self, leaf: Leaf, *, now: datetime) -> Booking:
        """The booking of a leaf, charged here; raise the refusal of the rule it breaks."""
        plot, scale, profile = self._plot(leaf), self._scale(leaf), self.work.profile
        self._check_numbers(leaf)
        booking = rules.receive_leaf(
            no=_lot_no(leaf),
            plot=plot,
            weighing=Weighing(leaf.gross_g, leaf.tare_g, scale),
            leaf_grade=leaf.leaf_grade,
            certificate_no=leaf.certificate_no,
            plucked_on=leaf.day,
            left=self._left(plot, leaf.day),
            interval_until=self._interval_until(plot, leaf.day),
            party=self.firm.party,
            at=leaf.at,
            now=now,
            profile=profile,
            confirmed=leaf.confirmed,
        )
        self._charge(plot, leaf)
        return booking

    def _plot(self, leaf: Leaf) -> Plot:
        if (found := self.plots.get(leaf.plot)) is None:
            raise errors.PlotUnknown(plot=leaf.plot)
        return found

    def _scale(self, leaf: Leaf) -> Scale:
        if (found := self.scales.get(leaf.scale)) is None:
            raise errors.ScaleUnknown(scale=leaf.scale)
        return found

    def _check_numbers(self, leaf: Leaf) -> None:
        if leaf.no in self.taken:
            raise errors.NumberTaken(no=leaf.no)
        if _lot_no(leaf) in self.lots:
            raise errors.LotNumberTaken(no=_lot_no(leaf))

    def _left(self, plot: Plot, day: date) -> Allowance:
        part_g, year_g = granted(self.work.profile, plot, day, own=self.own.get((plot.id, day.year), {}))
        year = [
            self.used.get((plot.id, f"{day.year}-{one.key}"), 0) for one in self.work.profile.season_parts
        ]
        return Allowance(
            part_left_g=part_g - self.used.get(self._part(plot, day), 0),
            year_left_g=year_g - sum(year),
            day_g=self.days.get((plot.id, day), 0),
        )

    def _part(self, plot: Plot, day: date) -> tuple[int, str]:
        return plot.id, f"{day.year}-{self.work.profile.season_part(day).key}"

    def _interval_until(self, plot: Plot, day: date) -> date | None:
        begun = (until for worked, until in self.intervals.get(plot.id, ()) if worked <= day)
        return max(begun, default=None)

    def _charge(self, plot: Plot, leaf: Leaf) -> None:
        net, part, day = leaf.gross_g - leaf.tare_g, self._part(plot, leaf.day), (plot.id, leaf.day)
        self.used[part] = self.used.get(part, 0) + net
        self.days[day] = self.days.get(day, 0) + net
        self.taken.add(leaf.no)
        self.lots.add(_lot_no(leaf))


def _lot_no(leaf: Leaf) -> str:
    return f"L-{leaf.no}"[:40]


def _span(leaves: Iterable[Leaf]) -> tuple[date, date]:
    """First and last day of plucking."""
    days = {one.day for one in leaves} or {date.min}
    return min(days), max(days)
