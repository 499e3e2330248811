"""The stage a season is played on: a clock, an agenda of stories, and the way every act goes through the use cases.

A story is a generator that yields the moment it wants to be woken at. The agenda wakes stories in the order of time,
so the ledger is written day by day although each story is told from its beginning to its end.
"""

from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from functools import partial
from heapq import heappop, heappush
from random import Random
from typing import TYPE_CHECKING, Any, TypeVar

from traceability.demo.tables import FirmRow
from traceability.domain.people import Identity
from traceability.domain.profile import Grade
from traceability.domain.scans import Door
from traceability.domain.units import SHANGHAI, local_day
from traceability.services.lookup import Ask, Window
from traceability.store.work import House, Work, ask, change, jot, look

if TYPE_CHECKING:
    from traceability.demo.marking import Marked

Story = Generator[datetime, None, None]
Progress = Callable[[str, int, int], None]
Answer = TypeVar("Answer")


@dataclass(frozen=True)
class DemoAccount:
    """A sign-in of the demo: its post, and the firm or office it belongs to."""

    email: str
    password: str
    name: str
    role: str
    where: str
    code_key: str = ""


@dataclass(slots=True)
class Card:
    """A plot as buyers know it; `closed_until` is the last day of a safety interval."""

    id: int
    no: str
    area_mu: Decimal
    closed_until: date | None = None

    def open_on(self, day: date) -> bool:
        """Whether leaf of that day may be taken."""
        return self.closed_until is None or self.closed_until < day


@dataclass(slots=True)
class Firm:
    """A firm in play: its people, its officer, and the numbers of what it registered."""

    row: FirmRow
    id: int
    party: int
    manager: Identity
    hand: Identity
    office: Identity
    cards: dict[str, Card] = field(default_factory=dict)
    scales: dict[str, int] = field(default_factory=dict)
    products: dict[tuple[Grade, int], int] = field(default_factory=dict)
    parties: dict[str, int] = field(default_factory=dict)
    bought: dict[int, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Sitting:
    """Somebody at a desk for a while: what is entered here is kept together, and bears the stage's time."""

    work: Work
    now: datetime

    def do(self, use_case: Callable[..., Answer], **asked: Any) -> Answer:
        """One use case, told now."""
        return use_case(self.work, now=self.now, **asked)

    def book(self, use_case: Callable[..., Answer], **asked: Any) -> Answer:
        """One event, told the moment it happens."""
        return use_case(self.work, now=self.now, at=self.now, **asked)


class Stage:
    """Where a season is played."""

    def __init__(self, house: House, *, year: int, seed: int) -> None:
        self.house = house
        self.year = year
        self.now = self.at(1, 1, 8)
        self.last = self.at(6, 28, 20)
        self.accounts: list[DemoAccount] = []
        self.firms: dict[str, Firm] = {}
        self.packed: dict[str, Marked] = {}
        self.codes: dict[int, str] = {}
        self.keepsakes: dict[str, int] = {}
        self.offices: dict[str, Identity] = {}
        self._window = Window(
            partial(look, house), partial(change, house), partial(ask, house), partial(jot, house)
        )
        self._seed = seed
        self._agenda: list[tuple[datetime, int, Story]] = []
        self._told = 0

    # time

    def at(self, month: int, day: int, hour: int, minute: int = 0) -> datetime:
        """A moment of the season's year, by the clocks of Duyun."""
        return _moment(date(self.year, month, day), hour, minute)

    def later(self, days: int, hour: int, minute: int = 0, *, office: bool = False) -> datetime:
        """A moment some days from now; with `office`, on the first working day from there."""
        day = self.today + timedelta(days=days)
        while office and day.weekday() > 4:
            day += timedelta(days=1)
        return _moment(day, hour, minute)

    @property
    def today(self) -> date:
        """The calendar day in Duyun."""
        return local_day(self.now)

    def rng(self, name: str) -> Random:
        """Chance for one story, the same for the same seed whatever the other stories do."""
        return Random(f"{self._seed}/{name}")  # noqa: S311 - a made-up season, no secret

    # acts

    @contextmanager
    def sitting(self) -> Iterator[Sitting]:
        """One transaction, as long as somebody would sit at the desk."""
        with change(self.house) as work:
            yield Sitting(work, self.now)

    def do(self, use_case: Callable[..., Answer], **asked: Any) -> Answer:
        """One use case in a sitting of its own, told now."""
        with self.sitting() as desk:
            return desk.do(use_case, **asked)

    def book(self, use_case: Callable[..., Answer], **asked: Any) -> Answer:
        """One event in a sitting of its own, told the moment it happens."""
        with self.sitting() as desk:
            return desk.book(use_case, **asked)

    def see(self, reading: Callable[..., Answer], **asked: Any) -> Answer:
        """Read, and keep nothing."""
        with look(self.house) as work:
            return reading(work, **asked)

    def look_up(self, serial: int, client: str, province: str | None) -> None:
        """Somebody of the public scans a mark now."""
        self._window.ask(Ask(self.codes[serial], self.now, Door.PUBLIC, client=client, province=province))

    # stories

    def tell(self, story: Story) -> None:
        """Put a story on the agenda; it says itself when it wants to begin."""
        if (first := next(story, None)) is not None:
            self._told += 1
            heappush(self._agenda, (first, self._told, story))

    def play(self, progress: Progress | None = None) -> None:
        """Wake every story in its time, until the agenda is empty or the season over."""
        seen, first = None, self.today
        whole = (local_day(self.last) - first).days + 1
        while self._agenda and self._agenda[0][0] <= self.last:
            self.now, turn, story = heappop(self._agenda)
            if progress and self.today != seen:
                seen = self.today
                progress(seen.isoformat(), (seen - first).days + 1, whole)
            self._wake(turn, story)
        self._agenda.clear()

    def _wake(self, turn: int, story: Story) -> None:
        if (again := next(story, None)) is not None:
            if again < self.now:
                raise AssertionError(f"a story wants to go back from {self.now} to {again}")
            heappush(self._agenda, (again, turn, story))


def _moment(day: date, hour: int, minute: int) -> datetime:
    return datetime.combine(day, time(hour, minute, tzinfo=SHANGHAI)).astimezone(UTC)
