"""Weights, numbers, days and moments as people write them."""

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from traceability.domain import units
from traceability.domain.errors import (
    DayUnreadable,
    MomentUnreadable,
    NumberOutOfRange,
    NumberUnreadable,
    Refusal,
    WeightNotPositive,
    WeightTooFine,
    WeightTooLarge,
    WeightUnreadable,
)

FULL_WIDTH = str.maketrans({chr(code): chr(code + 0xFEE0) for code in range(0x21, 0x7F)})


@pytest.mark.parametrize(
    ("text", "grams"),
    [
        ("31.2", 31_200),
        ("31.20 kg", 31_200),
        ("31.20KG", 31_200),
        ("31.2公斤", 31_200),
        ("31.2千克", 31_200),
        ("62.4斤", 31_200),
        ("3两", 150),
        ("500 g", 500),
        ("500克", 500),
        ("0.001", 1),
        ("0.1两", 5),
        ("００３１．２０ ｋｇ", 31_200),
        ("３１.２　公斤", 31_200),
        ("  31.2 \n", 31_200),
        ("31.2\u00a0kg", 31_200),
        ("1,234.5", 1_234_500),
        ("1，234，567 克", 1_234_567),
        ("1.000000000000000", 1_000),
        ("1000000", 1_000_000_000),
        ("1,000,000,000 g", 1_000_000_000),
    ],
)
def test_a_weight_is_read_as_people_write_it(text: str, grams: int) -> None:
    assert units.parse_weight(text) == grams


@pytest.mark.parametrize(
    "text",
    [
        *("", " ", "kg", "NaN", "nan kg", "inf", "Infinity", "-inf", "1e3", "1E3 kg", "12e", "0x10", "1_000"),
        *(
            "١٢",
            "１２٣",
            "१२",
            "²",
            "①",
            "½",
            "十二",
            "1 234",
            "31.",
            ".5",
            "+5",
            "--5",
            "- 5",
            "5-",
            "3.1.2",
        ),
        *(
            "31,20",
            "1,2345",
            "12,34,567",
            "0,500",
            "1,234,5",
            "31.2 kgs",
            "31.2 lb",
            "5 t",
            "5kg kg",
            "5 kg 3",
        ),
        "31.2 kg; drop",
        "1" * 41,
    ],
)
def test_what_is_no_weight_is_refused_as_unreadable(text: str) -> None:
    with pytest.raises(WeightUnreadable):
        units.parse_weight(text)


@pytest.mark.parametrize(
    "text", ["0", "0.0", "-0", "0 斤", "-1", "-31.2 kg", "−5", "－５", "-0.0001", "-9999999"]
)
def test_a_weight_must_be_above_zero(text: str) -> None:
    with pytest.raises(WeightNotPositive):
        units.parse_weight(text)


@pytest.mark.parametrize(
    "text", ["0.0001", "31.2005", "0.5 g", "0.01 两", "0.001斤", "1.0000000000000000000000000000000001"]
)
def test_a_part_of_a_gram_is_refused(text: str) -> None:
    with pytest.raises(WeightTooFine):
        units.parse_weight(text)


@pytest.mark.parametrize("text", ["1000000.001", "1000001", "1000000001 g", "2000001斤", "9" * 40])
def test_more_than_a_thousand_tonnes_is_refused_with_the_limit(text: str) -> None:
    with pytest.raises(WeightTooLarge) as refused:
        units.parse_weight(text)
    assert refused.value.facts == {"text": text, "limit_g": 1_000_000_000}


def test_a_caller_may_set_a_lower_limit() -> None:
    assert units.parse_weight("5", limit_g=5_000) == 5_000
    with pytest.raises(WeightTooLarge):
        units.parse_weight("5.001", limit_g=5_000)


@pytest.mark.parametrize(
    ("text", "grams"), [("", 0), ("　", 0), ("0", 0), ("-0", 0), ("0.034", 34), ("3两", 150)]
)
def test_an_optional_weight_may_be_zero_or_left_empty(text: str, grams: int) -> None:
    assert units.parse_weight_or_zero(text) == grams


@pytest.mark.parametrize(
    ("text", "refusal"),
    [
        ("-0.001", WeightNotPositive),
        ("0.0001", WeightTooFine),
        ("1000001", WeightTooLarge),
        ("NaN", WeightUnreadable),
    ],
)
def test_an_optional_weight_is_otherwise_as_strict(text: str, refusal: type[Refusal]) -> None:
    with pytest.raises(refusal):
        units.parse_weight_or_zero(text)


def test_a_refusal_never_repeats_more_than_a_line() -> None:
    with pytest.raises(WeightUnreadable) as refused:
        units.parse_weight("x" * 100_000)
    assert refused.value.facts["text"] == "x" * 40 + "…"


@pytest.mark.parametrize(
    ("grams", "text"),
    [
        (31_200, "31.20"),
        (31_880, "31.88"),
        (146, "0.146"),
        (0, "0.00"),
        (1_234_500, "1,234.50"),
        (1_000_000_000, "1,000,000.00"),
        (31_000, "31.00"),
        (10, "0.01"),
        (-34, "-0.034"),
        (-1_500, "-1.50"),
    ],
)
def test_kilograms_are_echoed_with_two_or_three_decimals(grams: int, text: str) -> None:
    assert units.kg(grams) == text


@given(st.integers(1, units.WEIGHT_LIMIT_G))
def test_an_echoed_weight_reads_back_as_itself(grams: int) -> None:
    echo = units.kg(grams)
    assert units.parse_weight(echo) == grams
    assert units.parse_weight(f"{echo} kg".translate(FULL_WIDTH)) == grams
    assert units.parse_weight(f"{grams}克") == grams


@given(st.integers(1, units.WEIGHT_LIMIT_G // 500), st.sampled_from([("斤", 500), ("两", 50)]))
def test_jin_and_liang_are_exact(count: int, unit: tuple[str, int]) -> None:
    assert units.parse_weight(f"{count}{unit[0]}") == count * unit[1]


@given(st.text(max_size=60))
def test_any_text_is_a_weight_or_one_of_four_refusals(text: str) -> None:
    try:
        grams = units.parse_weight(text)
    except (WeightUnreadable, WeightNotPositive, WeightTooFine, WeightTooLarge):
        return
    assert 0 < grams <= units.WEIGHT_LIMIT_G


# --- numbers ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "number"),
    [("5.6", "5.6"), ("５．６", "5.6"), ("-3", "-3"), ("007", "7"), ("1,000.25", "1000.25")],
)
def test_a_number_is_read_exactly(text: str, number: str) -> None:
    assert units.parse_decimal(text, Decimal(-10), Decimal(2000)) == Decimal(number)


def test_a_number_keeps_the_decimals_it_was_written_with() -> None:
    assert str(units.parse_decimal("5.60", Decimal(0), Decimal(100))) == "5.60"


def test_minus_zero_is_plain_zero() -> None:
    assert str(units.parse_decimal("-0.0", Decimal(0), Decimal(1))) == "0.0"


@pytest.mark.parametrize("text", ["", "NaN", "inf", "1e1", "٣", "5 kg", "5%", "1.2345678", "five"])
def test_what_is_no_number_is_refused(text: str) -> None:
    with pytest.raises(NumberUnreadable):
        units.parse_decimal(text, Decimal(0), Decimal(10))


def test_a_number_outside_its_range_is_refused_with_the_range() -> None:
    with pytest.raises(NumberOutOfRange) as refused:
        units.parse_decimal("10.01", Decimal(0), Decimal(10))
    assert refused.value.facts == {"text": "10.01", "low": Decimal(0), "high": Decimal(10)}


@pytest.mark.parametrize(
    ("text", "mu"), [("18.0", "18"), ("6.5亩", "6.5"), ("0.01", "0.01"), ("100,000 mu", "100000")]
)
def test_an_area_is_read_in_mu(text: str, mu: str) -> None:
    assert units.parse_area(text) == Decimal(mu)


@pytest.mark.parametrize("text", ["0", "0.00", "-1", "100000.01"])
def test_an_area_lies_above_zero_and_below_its_limit(text: str) -> None:
    with pytest.raises(NumberOutOfRange):
        units.parse_area(text)


@pytest.mark.parametrize("text", ["18.005", "1 ha", "18 m²", ""])
def test_an_area_finer_than_two_decimals_or_in_another_unit_is_refused(text: str) -> None:
    with pytest.raises(NumberUnreadable):
        units.parse_area(text)


@pytest.mark.parametrize(
    ("text", "percent"), [("76.5", "76.5"), ("5.6%", "5.6"), ("５．６ ％", "5.6"), ("0", "0"), ("100", "100")]
)
def test_percent_is_read_with_or_without_its_sign(text: str, percent: str) -> None:
    assert units.parse_percent(text) == Decimal(percent)


@pytest.mark.parametrize("text", ["-0.1", "100.0001"])
def test_percent_lies_from_0_to_100(text: str) -> None:
    with pytest.raises(NumberOutOfRange):
        units.parse_percent(text)


@given(st.decimals(0, 100, places=4))
def test_a_percentage_reads_back_as_itself(percent: Decimal) -> None:
    assert units.parse_percent(f"{percent} %") == percent


@given(st.integers(1, units.COUNT_LIMIT))
def test_a_count_reads_back_as_itself(count: int) -> None:
    assert units.parse_count(str(count)) == units.parse_count(f"{count:,}".translate(FULL_WIDTH)) == count


@pytest.mark.parametrize("text", ["0", "-1", "100000001"])
def test_a_count_is_at_least_one_and_at_most_a_hundred_million(text: str) -> None:
    with pytest.raises(NumberOutOfRange):
        units.parse_count(text)


@pytest.mark.parametrize("text", ["1.0", "1.5", "", "two", "1e3", "5个"])
def test_a_count_is_a_whole_number(text: str) -> None:
    with pytest.raises(NumberUnreadable):
        units.parse_count(text)


# --- days and moments -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "2026-03-26",
        "2026/3/26",
        "2026.3.26",
        "2026年3月26日",
        "20260326",
        "２０２６-０３-２６",
        "２０２６年３月２６日",
        " 2026-3-26 ",
    ],
)
def test_a_day_is_read_as_people_write_it(text: str) -> None:
    assert units.parse_day(text) == date(2026, 3, 26)


@pytest.mark.parametrize(
    "text",
    [
        *("", "2026-02-29", "2026-13-01", "2026-00-10", "2026-3/26", "26-03-2026", "2026-03", "2026326"),
        *("1899-12-31", "2200-01-01", "0001-01-01", "٢٠٢٦-٠٣-٢٦", "2026年3月", "2026-03-26T18:05", "today"),
    ],
)
def test_what_is_no_day_is_refused(text: str) -> None:
    with pytest.raises(DayUnreadable):
        units.parse_day(text)


@given(st.dates(date(1900, 1, 1), date(2199, 12, 31)))
def test_a_day_reads_back_as_itself(day: date) -> None:
    assert units.parse_day(day.isoformat()) == day
    assert units.parse_day(f"{day:%Y%m%d}") == day
    assert units.parse_day(f"{day.year}年{day.month}月{day.day}日".translate(FULL_WIDTH)) == day


@pytest.mark.parametrize(
    "text",
    [
        *("2026-03-26T18:05", "2026-03-26 18:05", "2026-03-26T18:05:00", "2026/3/26 18:05", "20260326T18:05"),
        *("2026年3月26日18:05", "2026年3月26日 18:05", "２０２６-０３-２６Ｔ１８：０５"),
    ],
)
def test_a_moment_is_read_in_shanghai_and_kept_in_utc(text: str) -> None:
    moment = units.parse_moment(text)
    assert moment == datetime(2026, 3, 26, 10, 5, tzinfo=UTC)
    assert moment.tzinfo is UTC


@pytest.mark.parametrize(
    "text",
    [
        *(
            "",
            "2026-03-26",
            "18:05",
            "2026-03-26T24:00",
            "2026-03-26T18:60",
            "2026-03-26T18:05:61",
            "2026-02-30T10:00",
        ),
        *("2026-03-26T18:05Z", "2026-03-26T18:05+08:00", "2026-03-26T18", "2026-03-2618:05", "x" * 1000),
    ],
)
def test_what_is_no_moment_is_refused(text: str) -> None:
    with pytest.raises(MomentUnreadable):
        units.parse_moment(text)


def test_the_day_turns_at_midnight_in_shanghai() -> None:
    assert units.local_day(datetime(2026, 3, 26, 15, 59, 59, tzinfo=UTC)) == date(2026, 3, 26)
    assert units.local_day(datetime(2026, 3, 26, 16, 0, tzinfo=UTC)) == date(2026, 3, 27)
    assert units.start_of_day(date(2026, 3, 27)) == datetime(2026, 3, 26, 16, 0, tzinfo=UTC)


def test_a_moment_of_another_zone_is_the_same_moment() -> None:
    there = datetime(2026, 3, 26, 23, 0, tzinfo=timezone(timedelta(hours=-1)))
    assert units.local(there) == there
    assert units.local_day(there) == date(2026, 3, 27)


@given(st.datetimes(datetime(1900, 1, 2), datetime(2199, 12, 31), timezones=st.just(UTC)))
def test_every_moment_lies_in_its_own_day(moment: datetime) -> None:
    begins = units.start_of_day(units.local_day(moment))
    assert begins <= moment < begins + timedelta(days=1)
    shown = units.local(moment.replace(microsecond=0))
    assert units.parse_moment(f"{shown:%Y-%m-%dT%H:%M:%S}") == shown


def test_a_moment_without_a_zone_is_a_fault() -> None:
    naive = datetime(2026, 3, 26, 18, 5)
    for uses_it in (units.local_day, units.local, units.aware):
        with pytest.raises(ValueError, match="time zone"):
            uses_it(naive)


def test_a_moment_passed_for_a_day_is_a_fault() -> None:
    with pytest.raises(ValueError, match="not a moment"):
        units.start_of_day(datetime(2026, 3, 26, tzinfo=UTC))


@pytest.mark.parametrize(
    ("day", "months", "after"),
    [
        (date(2026, 4, 6), 24, date(2028, 4, 6)),
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2028, 2, 29), 24, date(2030, 2, 28)),
        (date(2026, 12, 31), 2, date(2027, 2, 28)),
        (date(2026, 11, 30), 1, date(2026, 12, 30)),
    ],
)
def test_months_after_a_day_fall_on_the_same_day_or_the_last_of_the_month(
    day: date, months: int, after: date
) -> None:
    assert units.months_after(day, months) == after


@pytest.mark.parametrize(
    ("first", "months", "last"),
    [
        (date(2026, 4, 6), 24, date(2028, 4, 5)),
        (date(2026, 3, 1), 24, date(2028, 2, 29)),
        (date(2028, 2, 29), 24, date(2030, 2, 28)),
        (date(2026, 8, 31), 30, date(2029, 2, 28)),
        (date(2026, 1, 1), 12, date(2026, 12, 31)),
    ],
)
def test_a_period_of_months_includes_its_first_day(first: date, months: int, last: date) -> None:
    assert units.period_end(first, months) == last


@given(st.dates(date(1900, 1, 1), date(2100, 1, 1)), st.integers(1, 60))
def test_a_later_period_never_ends_sooner(first: date, months: int) -> None:
    following = first + timedelta(days=1)
    assert units.period_end(first, months) <= units.period_end(following, months)
