"""What each event of the tea ledger books, decided on values alone."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tests.world import GOOD, profile
from traceability.domain import chain, errors
from traceability.domain.chain import Account, Booking, Draw, Entry, EventKind, Lot, LotKind, Run, Stock
from traceability.domain.people import Product
from traceability.domain.profile import Grade, LeafGrade

NOON = datetime(2026, 3, 26, 4, tzinfo=UTC)
DAY = date(2026, 3, 26)
PRODUCT = Product(1, 1, "都匀毛尖茶", Grade.ZHENPIN, 100)


def a_lot(number: int = 1, *, kind: LotKind = LotKind.MADE, **more: object) -> Lot:
    default = {
        "season": 2026,
        "plucked_from": DAY,
        "plucked_to": DAY,
        "born_at": NOON,
        "grade": Grade.ZHENPIN,
    }
    return Lot(number, f"L{number}", kind, 1, **(default | more))  # type: ignore[arg-type]


def a_stock(grams: int = 1000, *, number: int = 1, kind: LotKind = LotKind.MADE, **more: object) -> Stock:
    of_lot = {key: more.pop(key) for key in list(more) if key in Lot.__slots__}
    return Stock(a_lot(number, kind=kind, **of_lot), 1, grams, **more)  # type: ignore[arg-type]


def test_a_booking_that_does_not_balance_is_a_fault_of_ours() -> None:
    with pytest.raises(AssertionError, match="does not balance"):
        Booking(EventKind.SALE, NOON, (Entry(Account.HELD, 1),))


def balances(booking: Booking) -> bool:
    sinks = [
        one for one in booking.entries if one.account not in (Account.HELD, Account.TRANSIT, Account.PLOT)
    ]
    return sum(one.grams for one in booking.entries) == 0 and all(one.grams > 0 or one.packs for one in sinks)


@given(taken=st.integers(1, 10**9), fines=st.integers(0, 10**9), out=st.integers(1, 10**9))
def test_refining_balances_whatever_comes_out(taken: int, fines: int, out: int) -> None:
    assume(out + fines <= taken)
    booking = chain.refine(
        no="M",
        draws=[Draw(a_stock(taken), taken)],
        out_g=out,
        fines_g=fines,
        party=1,
        at=NOON,
        now=NOON,
        profile=profile(),
    )
    assert balances(booking)
    assert booking.edges[0].grams == taken


@given(leaf=st.integers(10_000, 10**8), per_cent=st.integers(0, 30), ratio=st.integers(361, 900))
def test_processing_balances_or_says_why_not(leaf: int, per_cent: int, ratio: int) -> None:
    rejects = leaf * per_cent // 100
    run = Run(rejects, (leaf - rejects) * 100 // ratio, Decimal("76.5"), Decimal("5.6"), "雨水叶")
    stock = a_stock(leaf, kind=LotKind.LEAF, leaf_grade=LeafGrade.SINGLE_BUD, grade=None)
    asked: dict[str, Any] = {
        "no": "M",
        "draws": [Draw(stock, leaf)],
        "grade": None,
        "party": 1,
        "at": NOON,
        "now": NOON,
    }
    if (leaf - rejects) * 235 < run.out_g * 944:  # (1 − made) / (1 − fresh), in exact thousandths
        with pytest.raises(errors.UnderFloor):
            chain.process(run=run, profile=profile(), **asked)
    else:
        assert balances(chain.process(run=run, profile=profile(), **asked))


@given(packs=st.integers(1, 10**5), overfill=st.integers(0, 1000), spill=st.integers(0, 1000))
def test_packing_balances_and_its_edge_is_packs_times_net_content(
    packs: int, overfill: int, spill: int
) -> None:
    stock = a_stock(packs * 100 + overfill + spill, kind=LotKind.BATCH, closed=True)
    booking = chain.pack(
        stock=stock, lines=[chain.PackLine("K", PRODUCT, packs, overfill)], spill_g=spill, scope=[Grade.ZHENPIN],
        freed_g=0, at=NOON, now=NOON, profile=profile(),
    )  # fmt: skip
    assert balances(booking)
    assert booking.edges[0].grams == packs * 100
    assert booking.lots[0].best_before == date(2028, 3, 25)


def test_what_marks_wait_for_is_not_free() -> None:
    stock = a_stock(1000, kind=LotKind.BATCH, reserved_g=400)
    assert stock.free_g == 600
    chain.check_draw(Draw(stock, 600))
    with pytest.raises(errors.LotReserved):
        chain.check_draw(Draw(stock, 601))
    with pytest.raises(errors.LotOverdrawn):
        chain.check_draw(Draw(stock, 1001))
    assert a_stock(100, reserved_g=400).free_g == 0


def test_a_hold_stops_unless_the_event_may_pass_its_cause() -> None:
    stock = a_stock(holds=(chain.FAILED_REPORT, "office"))
    with pytest.raises(errors.LotHeld):
        chain.check_usable(stock, despite=frozenset({chain.FAILED_REPORT}))
    chain.check_usable(replace(stock, holds=(chain.FAILED_REPORT,)), despite=frozenset({chain.FAILED_REPORT}))
    with pytest.raises(errors.LotRecalled):
        chain.check_usable(replace(stock, recalled=True), despite=frozenset({"office"}))


def test_time_runs_one_way() -> None:
    chain.check_time(NOON, now=NOON, born=[NOON])
    with pytest.raises(errors.InTheFuture):
        chain.check_time(NOON + timedelta(seconds=1), now=NOON)
    with pytest.raises(errors.BeforeItsInputs):
        chain.check_time(NOON, now=NOON, born=[NOON - timedelta(days=1), NOON + timedelta(seconds=1)])


def test_late_entries_are_remarked_from_the_profiles_hours_on() -> None:
    assert chain.late(NOON, NOON + timedelta(hours=72), profile()) == ()
    assert chain.late(NOON, NOON + timedelta(hours=73), profile())[0].code == "entry.late"


def test_what_is_judged_by_grade_and_edition() -> None:
    assert chain.judge(GOOD, Grade.ZHENPIN, DAY, profile()).passed
    damp = {**GOOD, "moisture": Decimal("6.51")}
    assert chain.judge(damp, Grade.ZHENPIN, DAY, profile()).failing == ("moisture",)
    assert chain.judge(damp, Grade.FIRST, DAY, profile()).passed
    with pytest.raises(errors.ValueMissing):
        chain.judge({}, Grade.FIRST, DAY, profile())


def test_nothing_is_dispatched_without_lines() -> None:
    with pytest.raises(errors.LotsMissing):
        chain.dispatch(draws=[], shipment=1, at=NOON, now=NOON, profile=profile())


def test_ungraded_tea_carries_no_product() -> None:
    with pytest.raises(errors.BatchNotPassed):
        chain.check_product(PRODUCT, a_lot(kind=LotKind.BATCH, grade=None), [Grade.ZHENPIN])


def test_a_pack_line_has_packs() -> None:
    with pytest.raises(errors.RequestNeedsClean):
        chain.check_pack_line(chain.PackLine("K", PRODUCT, 0), a_lot(kind=LotKind.BATCH), [Grade.ZHENPIN])
