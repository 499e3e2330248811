"""A firm's receipts summed up for the rules: by hand on a few, and against what they are made of."""

from datetime import UTC, datetime, timedelta

from traceability.domain.findings import (
    Weighed,
    late_entries,
    night_work,
    weights_by_plot,
    weights_of,
)

#: Ten in the morning in Shanghai.
TEN = datetime(2026, 4, 1, 2, tzinfo=UTC)
#: Eleven at night there, and half past four of the same night.
ELEVEN, HALF_PAST_FOUR = TEN + timedelta(hours=13), TEN + timedelta(hours=18, minutes=30)


def leaf(*weights: int, plot: int = 1, at: datetime = TEN, late: float = 0) -> list[Weighed]:
    return [Weighed(plot, net, at, at + timedelta(hours=late)) for net in weights]


def test_weights_are_counted_by_the_way_they_were_written() -> None:
    found = weights_of(7, 2026, leaf(2000, 2000, 2500, 2100, 2150, 2160))
    assert (found.kilos, found.halves, found.tenths, found.fifties) == (2, 1, 1, 1)
    assert (found.receipts, found.pairs, found.most_g, found.most_times) == (6, 1, 2000, 2)
    assert found.grams == 12_910
    assert found.squares == 2 * 200**2 + 250**2 + 210**2 + 215**2 + 216**2


def test_of_two_weights_as_frequent_the_greater_is_named() -> None:
    assert weights_of(7, 2026, leaf(10, 20, 10, 20)).most_g == 20


def test_only_plots_with_that_many_pairs_are_summed() -> None:
    both = leaf(10, 10, 10) + leaf(10, 20, 30, plot=2)
    assert [(one.plot, one.pairs) for one in weights_by_plot(7, 2026, both, pairs=3)] == [(1, 3)]


def test_a_night_goes_on_past_midnight_and_ends_at_five() -> None:
    late = leaf(10, at=ELEVEN) + leaf(20, at=HALF_PAST_FOUR)
    found = night_work(7, 2026, late + leaf(40, at=TEN), burst=2)
    assert found is not None
    assert (found.nights, found.receipts, found.grams, found.most) == (1, 2, 30, 2)
    assert found.last == HALF_PAST_FOUR
    five = leaf(20, at=HALF_PAST_FOUR + timedelta(minutes=30))
    assert night_work(7, 2026, leaf(10, at=ELEVEN) + five, burst=2) is None


def test_late_is_more_than_so_many_whole_hours() -> None:
    assert late_entries(7, 2026, leaf(10, late=48.9), hours=48) is None
    found = late_entries(7, 2026, leaf(10, late=49) + leaf(20, 30), hours=48)
    assert found is not None
    assert (found.receipts, found.grams, found.late, found.late_g, found.sittings) == (3, 60, 1, 10, 1)
