"""Sums that must come out."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from traceability.domain import balance
from traceability.domain.balance import Breach, Outstanding, Posting

NOON = datetime(2026, 3, 26, 4, tzinfo=UTC)


def test_the_floor_is_dry_matter_or_the_profiles_least() -> None:
    assert balance.two_places(balance.floor(Decimal("76.5"), Decimal("5.6"), Decimal("3.6"))) == Decimal(
        "4.02"
    )
    assert balance.floor(Decimal(72), Decimal("5.6"), Decimal("3.6")) == Fraction(18, 5)


@given(leaf=st.integers(1, 10**9), fresh=st.integers(720, 820), made=st.integers(10, 75))
def test_the_most_that_leaf_can_give_keeps_the_floor_and_a_gram_more_does_not(
    leaf: int, fresh: int, made: int
) -> None:
    floor = balance.floor(Decimal(fresh) / 10, Decimal(made) / 10, Decimal("3.6"))
    most = balance.most_from(leaf, floor)
    assert leaf >= floor * most
    assert leaf < floor * (most + 1)


def test_the_band_includes_both_ends() -> None:
    band = (Decimal("4.2"), Decimal(6))
    assert [balance.in_band(leaf, 1000, band) for leaf in (4199, 4200, 6000, 6001)] == [
        False,
        True,
        True,
        False,
    ]


def test_void_marks_keep_holding_and_spares_never_do() -> None:
    assert Outstanding(100, issued=202, spares=2, applied=0, returned=0).reserved_g == 20_000
    assert Outstanding(100, issued=202, spares=2, applied=199, returned=0).reserved_g == 100
    assert Outstanding(100, issued=202, spares=2, applied=200, returned=2).reserved_g == 0
    assert balance.reserved_g([Outstanding(50, 3, 1, 0, 0), Outstanding(100, 3, 1, 1, 0)]) == 200


shares = st.dictionaries(st.integers(0, 50), st.integers(0, 10**6), min_size=1, max_size=12)


@given(shares=shares, whole=st.integers(1, 2000))
def test_largest_remainders_sum_to_the_whole_and_stay_within_one_of_the_share(
    shares: dict, whole: int
) -> None:
    parts = balance.largest_remainder({key: Fraction(n) for key, n in shares.items()}, whole)
    total = sum(shares.values())
    assert sum(parts.values()) == (whole if total else 0)
    if total:
        assert all(abs(parts[key] - Fraction(n * whole, total)) < 1 for key, n in shares.items())


def test_shares_go_through_every_blend_pro_rata() -> None:
    edges: list[tuple[Any, Any, int]] = [(1, 3, 60), (2, 3, 40), (3, 5, 50), (4, 5, 50)]
    sources: dict[Any, dict[Any, int]] = {1: {"a": 100}, 2: {"b": 100}, 4: {"a": 25, "b": 75}}
    assert balance.shares_upstream(5, edges, sources) == {"a": Fraction(17, 40), "b": Fraction(23, 40)}
    assert balance.shares_upstream(9, edges, sources) == {}


@st.composite
def graphs(draw: st.DrawFn) -> list[tuple[int, int]]:
    """Edges from lower to higher numbers: lots come out of lots that were there before."""
    pairs = st.tuples(st.integers(0, 14), st.integers(1, 15)).filter(lambda pair: pair[0] < pair[1])
    return draw(st.lists(pairs, max_size=40))


@given(edges=graphs(), start=st.integers(0, 15))
def test_the_closure_is_everything_a_path_leads_to(edges: list[tuple[int, int]], start: int) -> None:
    reached = {start}
    for _ in edges:  # as many rounds as edges are enough for any path
        reached |= {far for near, far in edges if near in reached}
    assert balance.closure(start, edges) == reached - {start}


def posting(
    grams: int, *, minutes: int = 0, event: int = 1, account: str = "held", packs: int = 0
) -> Posting:
    return Posting(NOON + timedelta(minutes=minutes), event, account, 7, (account, 1), grams, packs)


def test_a_lot_that_gave_more_than_it_had_at_some_moment_is_named() -> None:
    fine = [posting(100), posting(-100, minutes=1), posting(50, minutes=2)]
    assert balance.overdrawn(fine) == []
    early = [posting(100), posting(-120, minutes=1), posting(50, minutes=2)]
    assert balance.overdrawn(early) == [Breach("lot.overdrawn", 7, -20)]
    assert balance.overdrawn([posting(100, packs=1), posting(0, minutes=1, packs=-2)]) == [
        Breach("lot.overdrawn", 7, -1)
    ]


def test_postings_of_one_moment_count_together() -> None:
    assert balance.overdrawn([posting(-100), posting(100)]) == []
    assert balance.overdrawn([posting(-5, account="plot")]) == []


def test_an_event_that_does_not_balance_is_named() -> None:
    assert balance.unbalanced([posting(5), posting(-5), posting(3, event=2)]) == [
        Breach("event.unbalanced", 2, 3)
    ]


def test_the_mark_equation() -> None:
    assert balance.mark_equation(5, {"applied": 3, "void": 2}) == []
    assert balance.mark_equation(5, {"applied": 3, "void": 1}) == [Breach("marks.equation", None, 1)]


# --- random books -----------------------------------------------------------------------------------------------------

#: An event: what goes from one place to another, in grams and packs; the lot it is about, and when.
moves = st.lists(
    st.tuples(
        st.integers(1, 3), st.integers(0, 3), st.integers(0, 3), st.integers(1, 500), st.integers(0, 5),
        st.integers(0, 6),
    ),
    max_size=15,
)  # fmt: skip
Move = tuple[int, int, int, int, int, int]


def postings_of(book: list[Move]) -> list[Posting]:
    """Each event takes out of one place (0: the plot) what it brings to another (0: a sink)."""
    found = []
    for event, (lot, source, target, grams, packs, day) in enumerate(book):
        at = NOON + timedelta(days=day)
        for place, sign in ((source, -1), (target, 1)):
            account = "held" if place else ("plot" if sign < 0 else "loss")
            found.append(
                Posting(at, event, account, lot, ("held", place or None), sign * grams, sign * packs)
            )
    return found


@given(book=moves)
def test_what_is_booked_on_both_sides_balances(book: list[Move]) -> None:
    assert balance.unbalanced(postings_of(book)) == []


@given(book=moves.filter(bool), grams=st.integers(1, 100))
def test_an_event_with_a_gram_too_many_is_named_with_it(book: list[Move], grams: int) -> None:
    postings = postings_of(book)
    wrong = postings[0]
    more = Posting(wrong.at, wrong.event, "loss", wrong.lot, wrong.place, grams, 0)
    assert balance.unbalanced([*postings, more]) == [Breach("event.unbalanced", wrong.event, grams)]


@given(book=moves)
def test_a_lot_is_overdrawn_exactly_when_a_stock_of_it_was_below_nothing_on_some_day(
    book: list[Move],
) -> None:
    postings = postings_of(book)
    below = set()
    for day in range(7):
        until = [one for one in postings if one.account == "held" and one.at <= NOON + timedelta(days=day)]
        for lot, place in {(one.lot, one.place) for one in until}:
            of = [one for one in until if (one.lot, one.place) == (lot, place)]
            if sum(one.grams for one in of) < 0 or sum(one.packs for one in of) < 0:
                below.add(lot)
    assert {one.where for one in balance.overdrawn(postings)} == below
    assert {one.where for one in balance.overdrawn(postings[::-1])} == below


@given(states=st.dictionaries(st.sampled_from("abcdefg"), st.integers(0, 10**6)), more=st.integers(-5, 5))
def test_marks_issued_are_those_in_a_state(states: dict[str, int], more: int) -> None:
    issued = sum(states.values()) + more
    assert balance.mark_equation(issued, states) == ([Breach("marks.equation", None, more)] if more else [])
