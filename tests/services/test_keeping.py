"""Looks kept and counted: none lost, none counted twice, and what of them the county hears."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from time import sleep
from typing import Any

import pytest
import sqlalchemy as sa

from tests.looking import code_of, look_at, window
from tests.races import at_once
from tests.world import Packed, World
from traceability.domain import scans
from traceability.domain.errors import NotAllowed
from traceability.domain.marks import MarkState
from traceability.domain.people import Standing
from traceability.domain.scans import Door, Tally, Verdict
from traceability.services import chain, lookup, marks, oversight, people
from traceability.services.findings import settling
from traceability.services.lookup import COPIED, UNUSED, WITHDRAWN, Ask, Found, Looks, Window
from traceability.store import marks as mark_rows
from traceability.store import scans as rows
from traceability.store.log import CounterRow, next_numbers
from traceability.store.scans import Known, Scan, ScanRow
from traceability.store.work import Work, jot, look, note


@pytest.fixture
def packed(world: World) -> Packed:
    """Five packs, two labels more that were printed, one spare; the packs are on sale."""
    made = world.packed(packs=5, extra=2, spares=1)
    world.sold(made.lot)
    return made


def known(world: World, serial: int) -> Known:
    found: Known = world.rows(rows.known, serial)
    return found


def seen_by_many(world: World, serial: int, prefix: str, most: int = 60) -> int:
    """Somebody new every twelve hours; how many until the mark looks copied."""
    for n in range(1, most + 1):
        world.later(hours=12)
        if look_at(world, serial, client=f"{prefix}{n}").verdict is Verdict.ATTENTION:
            return n
    raise AssertionError("it never did")


def findings(world: World, code: str) -> list[Any]:
    """Findings of a kind, latest first, as the county has them."""
    return [one for one in world.see(oversight.findings, by=world.county) if one.code == code]


# --- what the county hears ------------------------------------------------------------------------------------


def test_copies_are_told_once_with_what_speaks_for_them(world: World, packed: Packed) -> None:
    many = seen_by_many(world, 1, "a")
    for n in range(3):
        look_at(world, 1, client=f"b{n}")
    found = findings(world, COPIED)
    assert [(one.lot, one.enterprise, one.state) for one in found] == [(packed.lot, world.firm.id, "open")]
    told = found[0].evidence
    assert (told["serial"], told["looks"], told["people"], told["occasions"]) == (1, many, many, many)
    assert told["points"] >= world.house.profile.copies.threshold
    assert world.see(oversight.findings, by=world.other_county) == []
    assert known(world, 1).told == COPIED


def test_two_looks_that_tell_the_same_at_the_same_moment_tell_it_once(world: World, packed: Packed) -> None:
    world.do(marks.void_marks, ranges=packed.nth(5, 2), reason="污损")
    tasks = [lambda w, n=n: look_at(w, 6, client=f"c{n}") for n in range(3)]
    answers = at_once(world, *tasks)
    assert {one.verdict for one in answers} == {Verdict.WITHDRAWN}
    assert len(findings(world, WITHDRAWN)) == 1
    assert known(world, 6).tally.looks == 3


def test_looks_that_find_the_copies_in_one_transaction_tell_them_once(world: World, packed: Packed) -> None:
    """Each of them is news when it is counted, and only the first is told."""
    nearly = world.house.profile.copies.threshold - world.house.profile.copies.occasion_points
    for n in range(60):
        world.later(hours=12)
        if world.see(lookup.looks_at, by=world.county, serial=1).points.total >= nearly:
            break
        look_at(world, 1, client=f"a{n}")
    found = together(window(world), *[ask(world, 1, f"b{n}") for n in range(3)])
    assert [one.sum.tell for one in found].count(COPIED) > 1
    assert len(findings(world, COPIED)) == 1


def test_what_an_office_has_explained_is_taken_off_until_as_much_comes_again(
    world: World, packed: Packed
) -> None:
    seen_by_many(world, 1, "a")
    finding = findings(world, COPIED)[0]
    world.do(lookup.settle_explained, by=world.county, finding=finding.id, outcome="展示样品")
    kept = known(world, 1)
    assert (kept.told, kept.tally.forgiven) == ("", finding.evidence["points"])
    assert findings(world, COPIED)[0].outcome == "展示样品"
    assert look_at(world, 1, client="next").verdict is Verdict.SEEN_BEFORE
    assert seen_by_many(world, 1, "b") > 10
    again, before = findings(world, COPIED)
    assert (again.state, before.state) == ("open", "settled")
    assert again.evidence["points"] >= before.evidence["points"] + world.house.profile.copies.threshold


def test_the_same_form_sent_again_explains_no_looks_that_came_since(world: World, packed: Packed) -> None:
    seen_by_many(world, 1, "a")
    sent = {"by": world.county, "finding": findings(world, COPIED)[0].id, "outcome": "展示样品", "key": "k"}
    world.do(lookup.settle_explained, **sent)
    explained = known(world, 1).tally.forgiven
    seen_by_many(world, 1, "b")
    world.do(lookup.settle_explained, **sent)
    assert known(world, 1).tally.forgiven == explained
    assert look_at(world, 1, client="next").verdict is Verdict.ATTENTION


def test_a_finding_settled_without_an_explanation_stands_on_the_page_and_is_not_told_again(
    world: World, packed: Packed
) -> None:
    seen_by_many(world, 1, "a")
    world.do(
        settling.settle_finding,
        by=world.county,
        finding=findings(world, COPIED)[0].id,
        outcome="立案",
        result="fraud",
    )
    assert look_at(world, 1, client="next").verdict is Verdict.ATTENTION
    assert len(findings(world, COPIED)) == 1


def test_another_kind_of_finding_is_settled_by_the_same_form_and_forgives_nothing(
    world: World, packed: Packed
) -> None:
    look_at(world, 6)
    unused = findings(world, UNUSED)[0]
    world.do(lookup.settle_explained, by=world.county, finding=unused.id, outcome="查清")
    assert (known(world, 6).tally.forgiven, known(world, 6).told) == (0, UNUSED)


@pytest.mark.parametrize("state", [MarkState.PRINTED, MarkState.VOID, MarkState.LOST])
def test_unfit_marks_of_a_batch_are_one_finding_while_it_is_open(
    world: World, packed: Packed, state: MarkState
) -> None:
    code = UNUSED if state is MarkState.PRINTED else WITHDRAWN
    if state is MarkState.VOID:
        world.do(marks.void_marks, ranges=packed.nth(5, 2), reason="污损")
    elif state is MarkState.LOST:
        world.do(marks.report_lost, ranges=packed.nth(5, 2), counted=2, reason="遗失")
    for serial, client in ((6, "a"), (7, "b"), (6, "c")):
        look_at(world, serial, client=client)
    found = findings(world, code)
    assert [(one.lot, one.evidence["serial"], one.evidence["state"]) for one in found] == [
        (packed.batch, 6, state.value)
    ]
    world.do(settling.settle_finding, by=world.county, finding=found[0].id, outcome="已封存", result="breach")
    look_at(world, 6, client="d")
    look_at(world, 7, client="e")
    assert len(findings(world, code)) == 1
    look_at(world, 8, client="f")
    assert len(findings(world, UNUSED)) == (2 if code == UNUSED else 1)


def test_a_mark_on_hand_that_was_told_and_is_lost_afterwards_is_told_again(
    world: World, packed: Packed
) -> None:
    look_at(world, 6)
    world.do(marks.void_marks, ranges=packed.nth(5), reason="污损")
    look_at(world, 6, client="another")
    assert (len(findings(world, UNUSED)), len(findings(world, WITHDRAWN))) == (1, 1)


@pytest.mark.parametrize("door", [Door.STAFF, Door.COMMAND])
def test_checks_by_profession_tell_nothing_and_count_apart(world: World, packed: Packed, door: Door) -> None:
    for serial in (1, 6):
        look_at(world, serial, client="x", door=door)
    assert findings(world, UNUSED) == []
    assert known(world, 1) == Known(checks=1, last_scan=known(world, 1).last_scan)


def test_a_look_before_the_tea_left_its_maker_is_early(world: World) -> None:
    made = world.packed(packs=3)
    look_at(world, 1)
    world.do(chain.sell, lot=made.lot, packs=1, channel="shop")
    look_at(world, 1, client="another")
    assert (known(world, 1).tally.looks, known(world, 1).tally.early) == (2, 1)


def test_an_office_sees_the_looks_at_marks_within_its_reach_only(world: World, packed: Packed) -> None:
    look_at(world, 1, province="GZ")
    look_at(world, 6)
    seen: Looks = world.see(lookup.looks_at, by=world.county, serial=1)
    assert [(one.door, one.province) for one in seen.scans] == [(Door.PUBLIC, "GZ")]
    assert seen.unfit == ((6, "printed", 1),)
    assert seen.points.total == 0
    assert world.see(lookup.looks_at, by=world.prefecture, serial=1) == seen
    assert world.see(lookup.looks_at, by=world.other_county, serial=1) is None
    assert world.see(lookup.looks_at, by=world.county, serial=99) is None
    with pytest.raises(NotAllowed):
        world.see(lookup.looks_at, by=world.firm.manager, serial=1)


# --- many at once ---------------------------------------------------------------------------------------------


def test_first_looks_at_the_same_moment_lose_none(world: World, packed: Packed) -> None:
    for serial in range(1, 6):
        tasks = [lambda w, n=n, serial=serial: look_at(w, serial, client=f"c{n}") for n in range(3)]
        answers = at_once(world, *tasks)
        assert sorted(one.seen.times for one in answers) == [0, 1, 2]
        assert known(world, serial).tally.looks == 3
        assert len(world.rows(rows.scans_of, serial)) == 3
    assert world.table_counts()["scan"] == 15


def test_groups_that_share_marks_in_other_orders_lose_none(world: World, packed: Packed) -> None:
    """Whoever has to give way to another transaction is kept alone afterwards."""

    def looks(w: World, order: range) -> list[Found]:
        asks = [Ask(code_of(serial), w.now, Door.PUBLIC, client=f"{order}") for serial in order]
        return together(window(w), *asks)

    for _ in range(5):
        world.later(days=2)
        at_once(world, lambda w: looks(w, range(1, 6)), lambda w: looks(w, range(5, 0, -1)))
    assert {known(world, serial).tally.looks for serial in range(1, 6)} == {10}


def test_looks_that_wait_together_are_kept_in_one_transaction_and_each_is_told_its_place(
    world: World, packed: Packed
) -> None:
    kept = Counted(world)
    found = together(kept.window, *[ask(world, 1, f"c{n}") for n in range(5)], ask(world, 2, "c0"))
    assert kept.transactions == 1
    assert sorted(one.sum.seen.times for one in found[:5]) == [0, 1, 2, 3, 4]
    assert found[5].sum.seen.times == 0
    assert [one.again for one in world.rows(rows.scans_of, 1)] == [False] * 5


def test_one_phone_that_asks_twice_within_a_group_has_looked_once(world: World, packed: Packed) -> None:
    together(window(world), ask(world, 1, "c"), ask(world, 1, "c"))
    assert known(world, 1).tally.looks == 1
    assert sorted(one.again for one in world.rows(rows.scans_of, 1)) == [False, True]


def test_a_look_that_cannot_be_kept_takes_no_other_along(world: World, packed: Packed) -> None:
    kept = Counted(world)
    bad = replace(ask(world, 1, "b"), client=object())  # type: ignore[arg-type]
    good = [ask(world, serial, "g") for serial in (1, 2, 3)]
    found = together(kept.window, *good[:2], bad, good[2])
    assert [isinstance(one, Exception) for one in found] == [False, False, True, False]
    assert kept.transactions == 1 + len(found)
    assert [known(world, serial).tally.looks for serial in (1, 2, 3)] == [1, 1, 1]
    assert world.table_counts()["scan"] == 3
    assert kept.window.ask(ask(world, 1, "after")).sum.seen.times == 1


def test_codes_of_nobody_are_counted_by_the_day_and_kept_nowhere(world: World, packed: Packed) -> None:
    before = world.table_counts()
    wrong = [Ask("0" * 16, world.now, Door.PUBLIC, client="g") for _ in range(3)]
    assert together(window(world), *wrong, ask(world, 1, "c"))[:3] == [Found()] * 3
    world.later(days=1)
    look_at(world, 99)
    after = world.table_counts()
    assert {name: after[name] - before[name] for name in after if after[name] != before[name]} == {
        "scan": 1,
        "scan_tally": 1,
    }
    assert [n for name, n in counters(world) if name.startswith("unknown:")] == [3, 1]


def counters(world: World) -> list[tuple[str, int]]:
    query = sa.select(CounterRow.name, CounterRow.value).order_by(CounterRow.name)
    return world.rows(lambda session: [tuple(one) for one in session.execute(query)])


def ask(world: World, serial: int, client: str) -> Ask:
    return Ask(code_of(serial), world.now, Door.PUBLIC, client=client)


def together(at: Window, *asks: Ask) -> list[Any]:
    """Asked while the window is busy with others; what was found, or what kept it from being kept."""
    with ThreadPoolExecutor(len(asks)) as threads:
        with at._turn:
            asked = []
            for n, one in enumerate(asks, 1):
                asked.append(threads.submit(at.ask, one))
                while len(at._queue) < n:
                    sleep(0.001)
        return [one.exception() or one.result() for one in asked]


class Counted:
    """A window, and how often it began to write."""

    def __init__(self, world: World) -> None:
        self.transactions = 0
        self._jot: Callable[[Work], AbstractContextManager[Work]] = partial(jot, world.house)
        self.window = replace(window(world), jot=self._counting)

    @contextmanager
    def _counting(self, work: Work) -> Iterator[Work]:
        self.transactions += 1
        with self._jot(work):
            yield work


# --- nothing old is shown -------------------------------------------------------------------------------------


def test_what_stops_a_pack_shows_at_once_although_pages_are_remembered(world: World, packed: Packed) -> None:
    at, told = window(world), iter(range(100))

    def verdict(serial: int = 1) -> Verdict:
        found = at.ask(ask(world, serial, f"c{next(told)}"))
        return lookup.answer(found, now=world.now).verdict

    assert [verdict(), verdict()] == [Verdict.FIRST_SCAN, Verdict.SEEN_BEFORE]
    hold = world.do(oversight.hold_lot, by=world.county, lot=packed.batch, reason="抽查")
    assert verdict() is Verdict.HELD
    world.do(oversight.release_hold, by=world.county, hold=hold, reason="查清")
    assert verdict() is Verdict.SEEN_BEFORE
    assert verdict(6) is Verdict.NOT_IN_USE
    world.do(marks.void_marks, ranges=packed.nth(5), reason="污损")
    assert verdict(6) is Verdict.WITHDRAWN
    world.do(people.suspend_enterprise, by=world.county, enterprise=world.firm.id, reason="来源不符")
    found = at.glance(code_of(1), gtin=None, now=world.now)
    assert found.pack is not None
    assert found.pack.suspended_since is not None
    world.recall(by=world.county, lot=packed.batch, grade="I", reason="农残")
    assert (verdict(), verdict(2)) == (Verdict.RECALLED, Verdict.RECALLED)


def test_what_is_remembered_is_not_what_another_window_has_written_over(world: World, packed: Packed) -> None:
    """Two servers over one database: what one is told, the other shows."""
    at, elsewhere = window(world), world.again()
    at.ask(ask(world, 1, "a"))
    elsewhere.recall(by=world.county, lot=packed.batch, grade="I", reason="农残")
    elsewhere.close()
    assert lookup.answer(at.ask(ask(world, 1, "b")), now=world.now).verdict is Verdict.RECALLED


def test_what_ends_with_a_day_ends_over_night_although_no_book_has_changed(
    world: World, packed: Packed
) -> None:
    at = window(world)

    def seen(client: str) -> tuple[Verdict, Standing]:
        found = at.ask(ask(world, 1, client))
        assert found.pack is not None
        return lookup.answer(found, now=world.now).verdict, found.pack.standing

    world.at("2028-03-25T23:59")
    assert seen("a") == (Verdict.FIRST_SCAN, Standing.AUTHORISED)
    world.later(minutes=1)
    assert seen("b") == (Verdict.EXPIRED, Standing.AUTHORISED)
    world.at("2028-12-31T23:59")
    assert seen("c") == (Verdict.EXPIRED, Standing.AUTHORISED)
    world.later(minutes=1)
    assert seen("d") == (Verdict.EXPIRED, Standing.EXPIRED)


def test_looks_and_what_they_tell_wake_no_page(world: World, packed: Packed) -> None:
    """Else the looks at one odd mark would make every page anew."""
    before = world.see(lookup.identify, text=code_of(1)).version
    for n in range(3):
        look_at(world, 6, client=f"c{n}")
    assert findings(world, UNUSED)
    assert world.see(lookup.identify, text=code_of(1)).version == before
    world.do(oversight.hold_lot, by=world.county, lot=packed.batch, reason="抽查")
    assert world.see(lookup.identify, text=code_of(1)).version > before


# --- rows -----------------------------------------------------------------------------------------------------


def test_the_scans_of_a_mark_come_latest_first_however_those_of_others_lie_between(
    world: World, packed: Packed
) -> None:
    moments = []
    for n in range(4):
        moments.append(world.now)
        look_at(world, 1, client=f"c{n}", province="GZ" if n else None)
        look_at(world, 2, client=f"c{n}", door=Door.STAFF)
    found = world.rows(rows.scans_of, 1)
    assert found == [
        Scan(1, at, Door.PUBLIC, f"c{n}", "GZ" if n else None) for n, at in reversed(list(enumerate(moments)))
    ]
    assert world.rows(rows.scans_of, 1, most=2) == found[:2]
    assert len(world.rows(rows.scans_of, 2)) == 4
    assert world.rows(rows.scans_of, 3) == []


def test_scans_are_forgotten_after_their_time_and_the_tally_goes_on(world: World, packed: Packed) -> None:
    months = world.house.profile.scans_kept_months
    assert months == 24
    world.at("2026-05-01T23:59")
    look_at(world, 1, client="a")
    look_at(world, 1, client="b")  # at midnight
    before = known(world, 1)
    world.at("2028-05-01T23:59")
    assert _forget(world) == 0
    world.at("2028-05-02T00:00")
    assert _forget(world) == 1
    assert _forget(world) == 0
    assert [one.client for one in world.rows(rows.scans_of, 1)] == ["b"]
    assert known(world, 1) == before
    assert look_at(world, 1, client="c").seen.times == 2
    world.later(days=1)
    assert _forget(world) == 1
    assert [one.client for one in world.rows(rows.scans_of, 1)] == ["c"]


def _forget(world: World) -> int:
    with note(world.house) as work:
        return lookup.forget_scans(work, now=world.now)


def test_so_many_scans_are_forgotten_at_a_time_the_oldest_first(world: World, packed: Packed) -> None:
    for n in range(5):
        look_at(world, 1, client=f"c{n}")
    gone = []
    for _ in range(3):
        with note(world.house) as work:
            gone.append(rows.forget_scans(work.session, world.now, most=2))
        left = world.rows(
            lambda session: list(session.scalars(sa.select(ScanRow.client).order_by(ScanRow.id)))
        )
        assert left == [f"c{n}" for n in range(sum(gone), 5)]
    assert gone == [2, 2, 1]


AT = datetime(2026, 4, 6, 8, 30, 15, tzinfo=UTC)
FULL = Known(
    tally=Tally(
        looks=7,
        first_at=AT,
        last_at=AT + timedelta(days=9),
        clients=(("0123456789abcdef", AT), ("", AT + timedelta(hours=1))),
        people=6,
        places=("GZ", "GD"),
        occasions=5,
        new_at=AT + timedelta(days=8),
        early=2,
        forgiven=140,
        faded_at=AT + timedelta(days=40),
        peak=37,
    ),
    checks=3,
    last_scan=12,
    told=COPIED,
)


@pytest.mark.parametrize("kept", [FULL, Known(), Known(told=UNUSED), Known(checks=2, last_scan=1)])
def test_what_is_known_of_a_mark_comes_back_as_it_was_kept(world: World, kept: Known) -> None:
    for one in (Known(last_scan=5), kept):
        with note(world.house) as work:
            rows.keep_tallies(work.session, {4_000_000_000: one, 5: FULL})
    assert known(world, 4_000_000_000) == kept
    with look(world.house) as work:
        assert rows.known_of_all(work.session, [5, 6, 4_000_000_000, 5]) == {
            5: FULL,
            6: Known(),
            4_000_000_000: kept,
        }


def test_the_full_example_leaves_no_field_out() -> None:
    """A field added to the tally and forgotten in its row would come back as nothing."""
    for whole, empty in ((FULL, Known()), (FULL.tally, Tally())):
        same = [one.name for one in fields(whole) if getattr(whole, one.name) == getattr(empty, one.name)]
        assert same == []


def test_the_tally_of_a_mark_many_thousands_look_at_stays_small(world: World, packed: Packed) -> None:
    rules, tally = world.house.profile.copies, Tally()
    for n in range(3000):
        one = scans.Look(AT + timedelta(hours=n), f"{n:016x}", ("GZ", "GD", None)[n % 3])
        tally, _another = scans.count(tally, one, rules)
    with note(world.house) as work:
        rows.keep_tallies(work.session, {1: Known(tally)})
    assert known(world, 1).tally == tally
    size = world.rows(lambda session: session.scalar(sa.select(sa.func.length(rows.TallyRow.memory))))
    assert size < 3000


# --- which mark a serial is -----------------------------------------------------------------------------------


def test_a_serial_is_placed_up_to_the_edges_of_its_range_and_not_beyond(world: World) -> None:
    skip(world, 10)
    first = world.packed(packs=2, extra=1)
    skip(world, 5)
    second = world.packed(packs=2)
    edges = {
        1: None, 10: None, 11: MarkState.APPLIED, 12: MarkState.APPLIED, 13: MarkState.PRINTED, 14: None,
        18: None, 19: MarkState.APPLIED, 20: MarkState.APPLIED, 21: None, 2**32 - 1: None, 0: None,
    }  # fmt: skip
    places = {serial: world.rows(mark_rows.place_of_serial, serial) for serial in edges}
    assert {serial: place and place.state for serial, place in places.items()} == edges
    assert [places[serial].pack_lot for serial in (11, 12, 13, 19, 20)] == [
        first.lot, first.lot, None, second.lot, second.lot,
    ]  # fmt: skip
    assert [places[serial].issue.batch for serial in (13, 19)] == [first.batch, second.batch]
    for serial, state in edges.items():
        sighting = world.see(lookup.identify, text=code_of(serial))
        assert (sighting.state if sighting else None) == state


def skip(world: World, how_many: int) -> None:
    """Serials nobody has: only the running number remembers them."""
    with note(world.house) as work:
        next_numbers(work.session, "serial", how_many)


def test_a_mark_destroyed_in_the_middle_of_its_range_leaves_its_neighbours_where_they_were(
    world: World, packed: Packed
) -> None:
    world.do(chain.destroy, lot=packed.lot, packs=1, ranges=packed.nth(2), reason="受潮")
    states = [world.rows(mark_rows.place_of_serial, serial).state for serial in range(1, 9)]
    assert states == [
        MarkState.APPLIED, MarkState.APPLIED, MarkState.RETIRED, MarkState.APPLIED, MarkState.APPLIED,
        MarkState.PRINTED, MarkState.PRINTED, MarkState.PRINTED,
    ]  # fmt: skip
