"""The books from the log: every table made again from the facts, and compared with what stands there (FRAUD F20)."""

import gc
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import orjson

from traceability.domain.log import Difference
from traceability.domain.replay import ROWS, Booked, Standing, Told, booked, written
from traceability.domain.replay.chain import EDGE, ENTRY, EVENT, LOT, Values
from traceability.services.log import remaking
from traceability.services.log.verifying import Progress, unwatched
from traceability.store.replay import facts, rows
from traceability.store.work import Work


def differences(work: Work, *, progress: Progress = unwatched) -> Iterator[Difference]:
    """Every place where a table is not what the facts make of it, nothing where all is as it was told.

    Needs one state of the books from beginning to end (`store.work.still`). Memory grows with the rows told one by
    one, not with the entries of the tea ledger.
    """
    last = facts.last_fact(work.session)
    with _without_collector():
        standing = _folded(work, last, progress)
        for table in rows.order():
            yield from _compare(work, table, standing.tables[table])
        yield from Chain(work, standing, last, progress).differences()
        yield from remaking.differences(work)
    progress(2 * last, 2 * last)


@contextmanager
def _without_collector() -> Iterator[None]:
    """Values of millions of rows come and go, none in a circle: to look for circles takes a third of the time."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


def _folded(work: Work, last: int, say: Progress) -> Standing:
    """What the facts tell row by row, all folded; the first of two ways through the facts."""
    standing = Standing(rows.keys())
    for some in facts.telling(work.session):
        for number, text in some:
            if told := _opened(text).get(ROWS):
                standing.fold(told, number)
        say(some[-1][0], 2 * last)
    return standing


def _opened(text: str | None) -> dict[str, Any]:
    """The private part of a fact; nothing where it was erased, or is none: the tree over the facts tells which."""
    try:
        found = orjson.loads(text or "{}")
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


# --- tables told row by row ---------------------------------------------------------------------------------


def _compare(work: Work, table: str, told: dict[tuple[Any, ...], Told]) -> Iterator[Difference]:
    names, missing = rows.key_of(table), set(told)
    for found in rows.standing(work.session, table):
        key = tuple(found[name] for name in names)
        missing.discard(key)
        yield from _compare_row(table, dict(zip(names, key, strict=True)), told.get(key), found)
    for key in sorted(missing, key=str):
        yield _gone(table, dict(zip(names, key, strict=True)), told[key].values, told[key].fact)


def _compare_row(
    table: str, key: Mapping[str, Any], told: Told | None, found: Mapping[str, Any]
) -> Iterator[Difference]:
    if told is None:
        yield _strange(table, key, found)
        return
    for name, form in rows.compared(table).items():
        expected = form(told.values.get(name))
        if expected != found[name] and told.speaks_of(name):
            yield Difference(table, key, name, expected, found[name], told.told_by(name))


def _strange(table: str, key: Mapping[str, Any], found: Mapping[str, Any]) -> Difference:
    return Difference(table, key, None, None, _row(found))


def _gone(table: str, key: Mapping[str, Any], told: Mapping[str, Any], fact: int) -> Difference:
    return Difference(table, key, None, _row(told), None, fact)


def _row(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: written(value) for name, value in values.items()}


# --- the tea ledger -----------------------------------------------------------------------------------------


@dataclass
class _Made:
    """The rows of some bookings as their facts make them, with the numbers of the facts."""

    events: dict[int, tuple[Booked, int]] = field(default_factory=dict)
    lots: dict[int, tuple[Values, int]] = field(default_factory=dict)


class Chain:
    """Events, lots, entries and edges, some thousand facts at a time."""

    def __init__(self, work: Work, standing: Standing, last: int = 0, say: Progress = unwatched) -> None:
        self._session, self._last, self._say = work.session, last, say
        self._changed = standing.tables["lot"]
        self._firms = {
            told.values["uscc"]: told.values["id"] for told in standing.tables["enterprise"].values()
        }
        self._seen: dict[str, set[int]] = {"event": set(), "lot": set()}

    def differences(self) -> Iterator[Difference]:
        """What differs; rows no booking tells of last."""
        for some in facts.bookings(self._session):
            yield from self._compare(self._made(some))
            self._say(self._last + some[-1][0], 2 * self._last)
        yield from self._strangers()

    def _made(self, some: Iterable[tuple[Any, ...]]) -> _Made:
        made = _Made()
        for number, kind, actor, happened, recorded, text in some:
            if one := booked(kind, actor, happened, recorded, _opened(text), self._firms):
                made.events[one.event[0]] = one, number
                for lot in one.lots:
                    made.lots[lot[0]] = self._now(lot), number
        self._seen["event"].update(made.events)
        self._seen["lot"].update(made.lots)
        return made

    def _now(self, lot: Values) -> Values:
        """A lot with what was changed of it later."""
        later = self._changed.get((lot[0],))
        return lot if later is None else tuple(later.values.get(n, v) for n, v in zip(LOT, lot, strict=True))

    def _compare(self, made: _Made) -> Iterator[Difference]:
        events = {number: (one.event, fact) for number, (one, fact) in made.events.items()}
        yield from self._single("event", EVENT, events, rows.events(self._session, events))
        yield from self._single("lot", LOT, made.lots, rows.lots(self._session, made.lots))
        entries = {number: (one.entries, fact) for number, (one, fact) in made.events.items()}
        yield from _lines("entry", ENTRY, entries, rows.entries(self._session, entries))
        edges = {number: (one.edges, fact) for number, (one, fact) in made.events.items()}
        yield from _lines("edge", EDGE, edges, rows.edges(self._session, edges))

    def _single(
        self,
        table: str,
        names: Sequence[str],
        made: Mapping[int, tuple[Values, int]],
        found: Iterable[Values],
    ) -> Iterator[Difference]:
        there = {row[0]: row for row in found}
        for number, (expected, fact) in made.items():
            row = there.get(number)
            if row is None:
                yield _gone(table, {"id": number}, dict(zip(names, expected, strict=True)), fact)
            elif row != expected:
                yield from self._columns(table, names, expected, row, fact)

    def _columns(
        self, table: str, names: Sequence[str], expected: Values, row: Values, fact: int
    ) -> Iterator[Difference]:
        later = self._changed.get((row[0],)) if table == "lot" else None
        for name, told, found in zip(names, expected, row, strict=True):
            if told != found:
                by = later.told_by(name) if later and name in later.values else fact
                yield Difference(table, {"id": row[0]}, name, written(told), written(found), by)

    def _strangers(self) -> Iterator[Difference]:
        for table, seen in self._seen.items():
            strange = [number for number in rows.ids(self._session, table) if number not in seen]
            read, names = (rows.events, EVENT) if table == "event" else (rows.lots, LOT)
            for row in read(self._session, strange):
                yield _strange(table, {"id": row[0]}, dict(zip(names, row, strict=True)))
            if table == "event":
                yield from self._lines_of(strange)
        for table in ("entry", "edge"):
            for number, event in rows.orphans(self._session, table):
                yield _strange(table, {"event_id": event}, {"id": number, "event_id": event})

    def _lines_of(self, strange: Sequence[int]) -> Iterator[Difference]:
        yield from _lines("entry", ENTRY, {}, rows.entries(self._session, strange))
        yield from _lines("edge", EDGE, {}, rows.edges(self._session, strange))


def _lines(
    table: str,
    names: Sequence[str],
    made: Mapping[int, tuple[list[Values], int]],
    found: Iterable[Values],
) -> Iterator[Difference]:
    """Entries or edges, those of one event beside those its fact tells; `line` is the place among them, from 1."""
    there: dict[int, list[Values]] = defaultdict(list)
    for row in found:
        there[row[0]].append(row)
    for event, (expected, fact) in made.items():
        if there.get(event, _NONE) != expected:
            yield from _unlike(table, names, event, expected, there.get(event, _NONE), fact)
    for event in there.keys() - made.keys():
        yield from _unlike(table, names, event, _NONE, there[event], None)


_NONE: list[Values] = []


def _unlike(
    table: str,
    names: Sequence[str],
    event: int,
    told: list[Values],
    found: list[Values],
    fact: int | None,
) -> Iterator[Difference]:
    """Alike lines are put aside first, so that one taken out does not make all that follow differ."""
    missing, strange = _without(told, found), _without(found, told)
    for n in range(max(len(missing), len(strange))):
        expected = dict(zip(names, missing[n][1], strict=True)) if n < len(missing) else None
        there = dict(zip(names, strange[n][1], strict=True)) if n < len(strange) else None
        line = (missing if expected is not None else strange)[n][0]
        yield from _line(table, {"event_id": event, "line": line}, expected, there, fact)
    if not missing and not strange:
        yield Difference(table, {"event_id": event}, "id", told, found, fact)


def _without(some: list[Values], others: list[Values]) -> list[tuple[int, Values]]:
    left, kept = list(others), []
    for n, one in enumerate(some, 1):
        if one in left:
            left.remove(one)
        else:
            kept.append((n, one))
    return kept


def _line(
    table: str,
    key: Mapping[str, Any],
    expected: dict[str, Any] | None,
    found: dict[str, Any] | None,
    fact: int | None,
) -> Iterator[Difference]:
    if expected is None or found is None:
        yield Difference(table, key, None, expected, found, fact)
        return
    for name, told in expected.items():
        if told != found[name]:
            yield Difference(table, key, name, told, found[name], fact)
