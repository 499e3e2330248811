"""The books of a season over random histories: they close, whatever happened, and as known on any day."""

from collections import Counter
from collections.abc import Iterable, Mapping
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from traceability.domain.books import LOSSES, Line, Tea, tea_of
from traceability.domain.chain import Account, EventKind, LotKind

#: What is booked of an event beside the stock it came out of or went into: account and the sign it has there.
HAPPENINGS: Mapping[EventKind, tuple[Account, int, LotKind]] = {
    EventKind.LEAF_RECEIPT: (Account.PLOT, -1, LotKind.LEAF),
    EventKind.SALE: (Account.SOLD, 1, LotKind.PACKS),
    EventKind.RETURN: (Account.SOLD, -1, LotKind.PACKS),
    EventKind.DESTRUCTION: (Account.DESTROYED, 1, LotKind.PACKS),
    EventKind.DISPATCH: (Account.TRANSIT, 1, LotKind.MADE),
    EventKind.DELIVERY: (Account.TRANSIT, -1, LotKind.MADE),
    EventKind.WRITE_OFF: (Account.LOSS, 1, LotKind.LEAF),
    EventKind.SAMPLING: (Account.SAMPLES, 1, LotKind.BATCH),
}
#: What becomes another lot of the same holder: from which kind of lot to which.
MAKINGS = {
    EventKind.PROCESSING: (LotKind.LEAF, LotKind.MADE),
    EventKind.REFINING: (LotKind.MADE, LotKind.MADE),
    EventKind.BLENDING: (LotKind.MADE, LotKind.BATCH),
    EventKind.PACKING: (LotKind.BATCH, LotKind.PACKS),
}

Event = list[Line]
holders = st.integers(1, 3)
weights = st.integers(1, 10**7)


@st.composite
def moved(draw: st.DrawFn) -> Event:
    """Something that came in or went out."""
    kind = draw(st.sampled_from(list(HAPPENINGS)))
    account, sign, lot = HAPPENINGS[kind]
    holder, grams = draw(holders), draw(weights)
    held = Line(holder, kind, Account.HELD, lot, -sign * grams, draw(st.integers(0, 9)))
    return [held, Line(holder, kind, account, None, sign * grams)]


@st.composite
def made(draw: st.DrawFn) -> Event:
    """Something made of something else, with what is lost on the way."""
    kind = draw(st.sampled_from(list(MAKINGS)))
    source, target = MAKINGS[kind]
    holder, out = draw(holders), draw(weights)
    lost = draw(st.dictionaries(st.sampled_from(LOSSES), weights))
    taken = out + sum(lost.values())
    event = [
        Line(holder, kind, Account.HELD, source, -taken),
        Line(holder, kind, Account.HELD, target, out, draw(st.integers(0, 9))),
    ]
    return event + [Line(holder, kind, account, None, grams) for account, grams in lost.items()]


def undone(event: Event) -> Event:
    """The counter-entries of an event, as an amendment books them."""
    return [Line(one.holder, one.kind, one.account, one.lot_kind, -one.grams, -one.packs) for one in event]


events = st.one_of(moved(), made(), st.one_of(moved(), made()).map(undone))
histories = st.lists(events, max_size=12)
stocks = st.dictionaries(holders, weights)
told = st.dictionaries(holders, st.integers(-(10**6), 10**6))


def opening(stock: Mapping[int, int]) -> list[Line]:
    return [
        Line(holder, EventKind.PROCESSING, Account.HELD, LotKind.MADE, grams)
        for holder, grams in stock.items()
    ]


def lines(history: Iterable[Event]) -> list[Line]:
    return [line for event in history for line in event]


def book(stock: Mapping[int, int], history: Iterable[Event]) -> dict[int, Tea]:
    return tea_of(opening(stock), lines(history), {}, {})


@given(stock=stocks, history=histories)
def test_every_book_closes(stock: dict[int, int], history: list[Event]) -> None:
    """opening + leaf + returned + in = sold + destroyed + out + lost + closing, for each holder and all together."""
    found = book(stock, history)
    assert {tea.gap_g for tea in found.values()} <= {0}
    whole = sum(found.values(), Tea())
    assert whole.gap_g == 0
    assert whole.opening_g == sum(stock.values())
    held = sum(line.grams for line in lines(history) if line.account is Account.HELD)
    assert whole.closing_g == whole.opening_g + held


@given(stock=stocks, history=histories, at=st.integers(0, 40), grams=st.integers(1, 1000))
def test_a_line_that_is_not_booked_on_both_sides_is_a_gap_of_exactly_its_weight(
    stock: dict[int, int], history: list[Event], at: int, grams: int
) -> None:
    wrong = Line(at % 3 + 1, EventKind.LEAF_RECEIPT, Account.HELD, LotKind.LEAF, grams)
    found = book(stock, [*history, [wrong]])
    assert {holder: tea.gap_g for holder, tea in found.items() if tea.gap_g} == {wrong.holder: -grams}


@given(stock=stocks, history=histories)
def test_the_order_in_which_lines_come_changes_nothing(stock: dict[int, int], history: list[Event]) -> None:
    """Nor whether the database has summed them before."""
    sums: Counter[tuple[int, EventKind, Account, LotKind | None]] = Counter()
    packs: Counter[tuple[int, EventKind, Account, LotKind | None]] = Counter()
    for one in reversed(lines(history)):
        key = (one.holder, one.kind, one.account, one.lot_kind)
        sums[key] += one.grams
        packs[key] += one.packs
    summed = [Line(*key, grams, packs[key]) for key, grams in sums.items()]
    again = tea_of(opening(stock), summed, {}, {})
    for holder, tea in book(stock, history).items():
        assert _plain(again[holder]) == _plain(tea)


def _plain(tea: Tea) -> dict[str, object]:
    """Every figure of a book; a loss of nothing is none."""
    figures = {name: getattr(tea, name) for name in Tea.__dataclass_fields__}
    return {**figures, "lost_g": {account: grams for account, grams in tea.lost_g.items() if grams}}


@given(stock=stocks, history=st.lists(st.one_of(moved(), made()), max_size=12))
def test_as_known_on_a_later_day_no_side_has_shrunk(stock: dict[int, int], history: list[Event]) -> None:
    """Facts are only added: without counter-entries every side grows, and what came in between is the difference."""
    known = [sum(book(stock, history[:n]).values(), Tea()) for n in range(len(history) + 1)]
    for event, (before, after) in zip(history, pairwise(known), strict=True):
        for side in ("leaf_g", "returned_g", "in_g", "sold_g", "destroyed_g", "out_g", "loss_g"):
            assert getattr(before, side) <= getattr(after, side)
        more = sum(book({}, [event]).values(), Tea())
        assert _plain(before + more) == _plain(after)


@given(stock=stocks, history=histories, at=st.integers(0, 11))
def test_an_event_amended_away_leaves_the_book_as_it_was(
    stock: dict[int, int], history: list[Event], at: int
) -> None:
    if not history:
        return
    event = history[at % len(history)]
    before, after = book(stock, history), book(stock, [*history, event, undone(event)])
    assert {holder: _plain(tea) for holder, tea in before.items()} == {
        holder: _plain(tea) for holder, tea in after.items()
    }


@given(stock=stocks, history=histories, counted=told, short=st.dictionaries(holders, weights))
def test_the_difference_is_the_last_count_less_the_book_and_what_is_missing_on_the_way(
    stock: dict[int, int], history: list[Event], counted: dict[int, int], short: dict[int, int]
) -> None:
    """`counted` is what the last counts found more or less than the book: it moves no side of the equation."""
    plain = book(stock, history)
    found = tea_of(opening(stock), lines(history), counted, short)
    for holder, tea in found.items():
        assert tea.difference_g == counted.get(holder, 0) - short.get(holder, 0)
        assert tea.gap_g == 0
        assert tea.closing_g == plain.get(holder, Tea()).closing_g
