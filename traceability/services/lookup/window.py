"""The window: looks of the public from many threads at once, each kept before it is answered.

What pages tell beyond the mark's own is read once for each version of the books, and looks that arrive together are
kept in one transaction. Nothing is answered from memory that any accepted change could have altered.
"""

from collections import OrderedDict, deque
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import partial
from threading import Lock
from typing import Generic, TypeVar

from traceability.domain.units import local_day
from traceability.services.lookup.keeping import Ask, Found, count_unknown, glance, keep_looks
from traceability.services.lookup.packs import Pack, pack_of
from traceability.services.lookup.sighting import Sighting, identify
from traceability.services.lookup.telling import tell_county
from traceability.store.work import Work

Way = Callable[[], AbstractContextManager[Work]]
K = TypeVar("K")
V = TypeVar("V")


class Memory(Generic[K, V]):
    """The values last asked for, so many of them."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._kept: OrderedDict[K, V] = OrderedDict()
        self._making: dict[K, AbstractContextManager[object]] = {}
        self._lock = Lock()

    def get(self, key: K, make: Callable[[], V]) -> V:
        """The value of a key, made when it is not there; who asks meanwhile waits, and does not make it again."""
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
            making = self._making.setdefault(key, Lock())
        with making:
            return self._made(key, make)

    def kept(self, key: K) -> V | None:
        """The value of a key, if it is there."""
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
            return self._kept.get(key)

    def _made(self, key: K, make: Callable[[], V]) -> V:
        with self._lock:
            if key in self._kept:
                return self._kept[key]
        made = make()
        with self._lock:
            self._kept[key] = made
            self._making.pop(key, None)
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)
        return made


@dataclass
class _Waiting:
    look: tuple[Ask, Found]
    found: Found | None = None
    error: Exception | None = None

    @property
    def done(self) -> bool:
        """Whether it was kept, or could not be."""
        return self.found is not None or self.error is not None

    def result(self) -> Found:
        """What was found; raises what kept the look from being kept."""
        if self.found is None:
            raise self.error or LookupError(self.look)
        return self.found


#: What a page tells is told by these: issued range, lot of the pack, day, and version of the books.
PackKey = tuple[int, int | None, date, int]
PACKS = 2000
TOGETHER = 64


@dataclass
class Window:
    """The ways to the database, and what is remembered between looks."""

    look: Way
    change: Way
    ask_one: Way
    jot: Callable[[Work], AbstractContextManager[Work]]
    _packs: Memory[PackKey, Pack] = field(default_factory=lambda: Memory(PACKS))
    _queue: deque[_Waiting] = field(default_factory=deque)
    _turn: Lock = field(default_factory=Lock)

    def ask(self, ask: Ask) -> Found:
        """Find a mark and keep the look at it, committed when this returns.

        What can be read is read before: the one writer at a time is not kept waiting for it.
        """
        with self.ask_one() as work:
            sighting = identify(work, ask.text, gtin=ask.gtin)
            pack = self.pack(sighting, now=ask.at) if sighting else None
            found = self._in_turn(work, (ask, Found(sighting, pack)))
        if sighting is not None and found.sum.tell:
            with self.change() as work:
                tell_county(work, now=ask.at, sighting=sighting, news=found.sum.tell)
        return found

    def glance(self, text: str, *, gtin: str | None, now: datetime) -> Found:
        """Find a mark and what the looks at it come to, without being one of them; an unknown code is counted."""
        with self.look() as work:
            found = glance(work, text, gtin=gtin, now=now, read=partial(self.pack, now=now))
        if found.sighting is None:
            with self.ask_one() as work, self.jot(work):
                count_unknown(work, now=now)
        return found

    def pack(self, sighting: Sighting, *, now: datetime) -> Pack:
        """What a mark's page tells, as of the version of the books it was seen in, or a later one."""

        def read() -> Pack:
            with self.look() as work:
                return pack_of(work, sighting, now=now)

        return self._packs.get(pack_key(sighting, now=now), read)

    def _in_turn(self, work: Work, look: tuple[Ask, Found]) -> Found:
        """Whoever comes first keeps the looks of all who wait, in one transaction of their own."""
        mine = _Waiting(look)
        self._queue.append(mine)
        with self._turn:
            while not mine.done:
                self._keep_together(work)
        return mine.result()

    def _keep_together(self, work: Work) -> None:
        """The oldest of the queue; when that fails each alone, so that one takes no other along."""
        waiting = [self._queue.popleft() for _ in range(min(len(self._queue), TOGETHER))]
        try:
            for one, found in zip(waiting, self._kept(work, [one.look for one in waiting]), strict=True):
                one.found = found
        except Exception:
            for one in waiting:
                self._keep_alone(work, one)

    def _keep_alone(self, work: Work, one: _Waiting) -> None:
        try:
            one.found = self._kept(work, [one.look])[0]
        except Exception as error:
            one.error = error

    def _kept(self, work: Work, looks: list[tuple[Ask, Found]]) -> list[Found]:
        with self.jot(work):
            return keep_looks(work, looks)


def pack_key(sighting: Sighting, *, now: datetime) -> PackKey:
    """What pages of the same contents have in common."""
    return sighting.issue.id, sighting.pack_lot, local_day(now), sighting.version
