"""Weights, numbers, days and moments: how people write them and what the books keep.

The books keep whole grams (int), exact decimals (Decimal) and moments in UTC; no float is ever made. People
write kilograms, jin and liang, full-width digits, and days and times of Asia/Shanghai. Reading is forgiving
about the width of characters and about spaces, and strict about everything else. Nothing here reads a clock.
"""

import calendar
import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from fractions import Fraction
from typing import Final

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

WEIGHT_LIMIT_G: Final = 1_000_000_000
"""No single weight is above 1,000 t (issue 2, "Bad input"); grams."""

COUNT_LIMIT: Final = 100_000_000
"""No single count of packs, marks or people is above this."""

AREA_LIMIT_MU: Final = Decimal(100_000)
"""No single plot is above this; mu (the whole prefecture has 1.2 million, docs/manual/trade.md)."""

SHANGHAI: Final = timezone(timedelta(hours=8), "Asia/Shanghai")
"""A fixed offset: China has kept no summer time since 1991, and this way no time zone files are needed."""

YEARS: Final = range(1900, 2200)
"""Years a day may lie in; others are slips of the finger."""

# 1 jin = 500 g, 1 liang = 50 g (docs/manual/trade.md). A number without a unit is kilograms.
GRAMS_IN: Final[Mapping[str, int]] = {
    "": 1000,
    "kg": 1000,
    "公斤": 1000,
    "千克": 1000,
    "斤": 500,
    "两": 50,
    "g": 1,
    "克": 1,
}

# --- what was typed -----------------------------------------------------------------------------------------

# Not NFKC: that would also read superscripts, circled digits and fractions as plain digits.
_WIDTHS: Final = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_SPACES: Final = dict.fromkeys((0x3000, 0x00A0, 0x2007, 0x2009, 0x202F), " ")
_PLAIN: Final[dict[int, int | str]] = {**_WIDTHS, **_SPACES, 0x2212: "-"}

_LONGEST: Final = 40
_NUMBER: Final = r"(?P<number>-?(?:[0-9]+|[1-9][0-9]{0,2}(?:,[0-9]{3})+)(?:\.[0-9]+)?)"
_QUANTITY: Final = re.compile(_NUMBER + r" *(?P<unit>[^0-9., -]*)")
_DAY: Final = re.compile(
    r"(?P<y>[0-9]{4})(?:(?P<sep>[-/.])(?P<m>[0-9]{1,2})(?P=sep)(?P<d>[0-9]{1,2})"
    r"|年(?P<cm>[0-9]{1,2})月(?P<cd>[0-9]{1,2})日"
    r"|(?P<pm>[0-9]{2})(?P<pd>[0-9]{2}))"
)
_MOMENT: Final = re.compile(
    r"(?P<day>[^ T]+?)(?:T| +|(?<=日))(?P<h>[0-9]{1,2}):(?P<m>[0-9]{2})(?::(?P<s>[0-9]{2}))?"
)


def half_width(text: str) -> str:
    """Full-width letters, digits and signs as the plain ones."""
    return text.translate(_WIDTHS)


def _plain(text: str) -> str:
    """The text with half-width characters and plain spaces, trimmed."""
    return text.translate(_PLAIN).strip()


def _quoted(text: str) -> str:
    """The text as a refusal repeats it: never longer than a line."""
    return text if len(text) <= _LONGEST else text[:_LONGEST] + "…"


def _quantity(text: str, unreadable: type[Refusal]) -> tuple[str, str]:
    """The digits (without thousands commas) and the unit in lower case of one written quantity."""
    plain = _plain(text)
    found = _QUANTITY.fullmatch(plain) if len(plain) <= _LONGEST else None
    if found is None:
        raise unreadable(text=_quoted(text))
    return found["number"].replace(",", ""), found["unit"].lower()


# --- weights ------------------------------------------------------------------------------------------------


def parse_weight(text: str, *, limit_g: int = WEIGHT_LIMIT_G) -> int:
    """Whole grams of a weight above zero, written in kilograms unless it names its unit.

    Raises WeightUnreadable, WeightNotPositive, WeightTooFine or WeightTooLarge (issue 2, "Bad input").
    """
    if not _plain(text):
        raise WeightUnreadable(text=_quoted(text))
    grams = parse_weight_or_zero(text, limit_g=limit_g)
    if grams == 0:
        raise WeightNotPositive(text=_quoted(text))
    return grams


def parse_weight_or_zero(text: str, *, limit_g: int = WEIGHT_LIMIT_G) -> int:
    """Whole grams of an optional weight such as tare or spill: 0 is accepted, and left empty means 0.

    Raises as `parse_weight`; below zero is WeightNotPositive.
    """
    if not _plain(text):
        return 0
    digits, unit = _quantity(text, WeightUnreadable)
    if unit not in GRAMS_IN:
        raise WeightUnreadable(text=_quoted(text))
    # A Fraction, because a Decimal product is rounded to 28 digits and could hide a part of a gram.
    return _whole_grams(Fraction(digits) * GRAMS_IN[unit], text, limit_g)


def _whole_grams(grams: Fraction, text: str, limit_g: int) -> int:
    """The grams as a whole number from 0 up to the limit, or the refusal that says why not."""
    if grams < 0:
        raise WeightNotPositive(text=_quoted(text))
    if grams.denominator != 1:
        raise WeightTooFine(text=_quoted(text))
    if grams > limit_g:
        raise WeightTooLarge(text=_quoted(text), limit_g=limit_g)
    return int(grams)


def kg(grams: int) -> str:
    """Kilograms as echoed, without the unit: at least two decimals, three when needed ("1,234.50")."""
    whole, rest = divmod(abs(grams), 1000)
    decimals = f"{rest:03d}".removesuffix("0")
    return f"{'-' if grams < 0 else ''}{whole:,}.{decimals}"


# --- numbers ------------------------------------------------------------------------------------------------


def parse_decimal(
    text: str, low: Decimal, high: Decimal, *, places: int = 6, units: tuple[str, ...] = ()
) -> Decimal:
    """An exact number from `low` to `high`, both included, with at most `places` decimals as typed.

    `units` (lower case) may follow the number and are dropped.
    Raises NumberUnreadable (more decimals are unreadable too) or NumberOutOfRange.
    """
    digits, unit = _quantity(text, NumberUnreadable)
    if unit not in ("", *units) or len(digits.partition(".")[2]) > places:
        raise NumberUnreadable(text=_quoted(text))
    number = Decimal(digits)
    if not low <= number <= high:
        raise NumberOutOfRange(text=_quoted(text), low=low, high=high)
    return number if number else number.copy_abs()  # "-0" is plain 0


def parse_area(text: str) -> Decimal:
    """Mu of a plot: above 0, at most AREA_LIMIT_MU, two decimals (one mu is 666.7 m²).

    Raises NumberUnreadable or NumberOutOfRange.
    """
    return parse_decimal(text, Decimal("0.01"), AREA_LIMIT_MU, places=2, units=("亩", "mu"))


def parse_percent(text: str) -> Decimal:
    """Percent from 0 to 100, with or without the sign: 5.6 % is Decimal("5.6").

    Raises NumberUnreadable or NumberOutOfRange.
    """
    return parse_decimal(text, Decimal(0), Decimal(100), places=4, units=("%",))


def parse_count(text: str) -> int:
    """A whole number from 1 to COUNT_LIMIT. Raises NumberUnreadable or NumberOutOfRange."""
    return int(parse_decimal(text, Decimal(1), Decimal(COUNT_LIMIT), places=0))


# --- days and moments ---------------------------------------------------------------------------------------


def parse_day(text: str) -> date:
    """A calendar day: 2026-03-26, 2026/3/26, 2026.3.26, 2026年3月26日 or 20260326. Raises DayUnreadable."""
    found = _DAY.fullmatch(_plain(text))
    if found is None or int(found["y"]) not in YEARS:
        raise DayUnreadable(text=_quoted(text))
    month, day = (found[a] or found["c" + a] or found["p" + a] for a in "md")
    try:
        return date(int(found["y"]), int(month), int(day))
    except ValueError:
        raise DayUnreadable(text=_quoted(text)) from None


def parse_moment(text: str) -> datetime:
    """A moment in UTC from a day and a time of Asia/Shanghai, seconds optional: 2026-03-26T18:05.

    Any day `parse_day` reads will do, and a space for the T. Raises MomentUnreadable.
    """
    found = _MOMENT.fullmatch(_plain(text))
    if found is None:
        raise MomentUnreadable(text=_quoted(text))
    try:
        clock = time(int(found["h"]), int(found["m"]), int(found["s"] or 0), tzinfo=SHANGHAI)
        return datetime.combine(parse_day(found["day"]), clock).astimezone(UTC)
    except (ValueError, DayUnreadable):
        raise MomentUnreadable(text=_quoted(text)) from None


def aware(moment: datetime) -> datetime:
    """The moment itself; a moment without a time zone is a fault of ours (ValueError)."""
    if moment.utcoffset() is None:
        raise ValueError(f"a moment needs a time zone: {moment!r}")
    return moment


def plain_day(day: date) -> date:
    """The day itself; a moment passed for a day is a fault of ours (ValueError): use `local_day` first."""
    if isinstance(day, datetime):
        raise ValueError(f"a day, not a moment: {day!r}")
    return day


def local(moment: datetime) -> datetime:
    """The same moment as the clocks in Duyun show it."""
    return aware(moment).astimezone(SHANGHAI)


def local_day(moment: datetime) -> date:
    """The calendar day in Asia/Shanghai on which the moment lies."""
    return local(moment).date()


def start_of_day(day: date) -> datetime:
    """The first moment of a day in Asia/Shanghai, in UTC."""
    return datetime.combine(plain_day(day), time(tzinfo=SHANGHAI)).astimezone(UTC)


def months_after(day: date, months: int) -> date:
    """The corresponding day some months later, or that month's last day (Civil Code Art. 202)."""
    years, month0 = divmod(plain_day(day).year * 12 + day.month - 1 + months, 12)
    last = calendar.monthrange(years, month0 + 1)[1]
    return date(years, month0 + 1, min(day.day, last))


def period_end(first: date, months: int) -> date:
    """The last day of a period of whole months whose first day is `first`: 6 Apr 2026 + 24 → 5 Apr 2028."""
    after = months_after(first, months)
    return after - timedelta(days=1) if after.day == first.day else after
