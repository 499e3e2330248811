"""Codes people are known by, reach, rights."""

from datetime import UTC, date, datetime, timedelta

import pytest

from traceability.domain import errors, people
from traceability.domain.people import (
    Authorisation,
    Identity,
    May,
    Rights,
    Role,
    Scale,
    Standing,
    Suspension,
    Within,
)
from traceability.domain.profile import Grade

DAY = date(2026, 4, 1)
NOON = datetime(2026, 4, 1, 4, tzinfo=UTC)


def test_an_observer_bound_to_a_county_reads_no_further() -> None:
    assert Identity(1, "协会", Role.OBSERVER).within == Within.all()
    bound = Identity(1, "协会", Role.OBSERVER, county="522701")
    assert bound.within == Within.office("522701")
    assert bound.permissions == {May.READ_CHAIN, May.OVERSEE}


def test_a_uscc_is_checked_and_kept_plain() -> None:
    assert people.read_uscc(" 91522701ＭＡXTEA015p") == "91522701MAXTEA015P"
    for wrong in ("91522701MAXTEA015Q", "", "123", "91522701MAXTEA01"):
        with pytest.raises(errors.UsccInvalid):
            people.read_uscc(wrong)


def test_an_officers_reason_lets_a_failing_code_of_the_right_shape_pass() -> None:
    assert people.read_uscc("91522701MAXTEA015Q", override_reason="证照如此") == "91522701MAXTEA015Q"
    with pytest.raises(errors.UsccInvalid):
        people.read_uscc("915227", override_reason="证照如此")


def test_a_gtin_is_fourteen_digits_or_none() -> None:
    assert people.read_gtin("６901234567892 ") == "06901234567892"
    assert people.read_gtin(" ") is None
    assert people.read_gtin(None) is None
    with pytest.raises(errors.GtinInvalid):
        people.read_gtin("6901234567890")


def test_a_township_code_may_carry_its_village() -> None:
    assert people.read_township(" 522701110 ") == "522701110"
    assert people.read_township("522701110204") == "522701110"
    for wrong in ("5227011102", "52270111x", "", "²²²²²²²²²"):
        with pytest.raises(errors.TownshipUnreadable):
            people.read_township(wrong)


def test_texts_are_there_and_bearable() -> None:
    assert people.read_text("  都匀\n 毛尖 ", "name") == "都匀 毛尖"
    assert people.read_text("\x1b[2J\u202e毛\u200b尖\x00", "name") == "[2J毛尖", "nothing steers a terminal"
    with pytest.raises(errors.ReasonMissing):
        people.read_reason("\u200b\u2060")
    with pytest.raises(errors.TextMissing):
        people.read_text(None, "name")
    with pytest.raises(errors.TextTooLong):
        people.read_text("x" * 121, "name")
    with pytest.raises(errors.ReasonMissing):
        people.read_reason(" ")
    with pytest.raises(errors.TextTooLong):
        people.read_reason("x" * 501)


def granted(
    *, since: date = date(2026, 1, 1), until: date = date(2026, 12, 31), withdrawn: date | None = None
) -> Authorisation:
    return Authorisation("2026-01", "gi_product", (Grade.FIRST,), since, until, withdrawn)


def test_both_days_of_an_authorisation_count() -> None:
    rights = Rights((granted(),), ())
    assert rights.in_force(date(2026, 1, 1)) == rights.in_force(date(2026, 12, 31)) == granted()
    assert rights.in_force(date(2025, 12, 31)) is None
    assert Rights((granted(withdrawn=DAY),), ()).in_force(DAY) is None
    assert Rights((granted(withdrawn=DAY), granted()), ()).in_force(DAY)


def test_a_suspension_covers_its_first_moment_and_not_its_last() -> None:
    stop = Suspension(NOON, "不符", NOON + timedelta(hours=1))
    assert stop.covers(NOON)
    assert not stop.covers(NOON + timedelta(hours=1))
    assert not stop.covers(NOON - timedelta(seconds=1))
    assert Suspension(NOON, "不符").covers(NOON + timedelta(days=999))


def test_to_act_on_the_mark_needs_a_right_in_force_and_no_suspension() -> None:
    assert Rights((granted(),), ()).require(NOON, DAY) == granted()
    with pytest.raises(errors.NotAuthorised):
        Rights((), ()).require(NOON, DAY)
    with pytest.raises(errors.Suspended):
        Rights((granted(),), (Suspension(NOON, "不符"),)).require(NOON, DAY)


@pytest.mark.parametrize(
    ("rights", "standing"),
    [
        (Rights((), ()), Standing.NONE),
        (Rights((granted(),), ()), Standing.AUTHORISED),
        (Rights((granted(),), (Suspension(NOON, "不符"),)), Standing.SUSPENDED),
        (Rights((granted(withdrawn=DAY),), ()), Standing.WITHDRAWN),
        (Rights((granted(until=date(2026, 3, 1)),), ()), Standing.EXPIRED),
    ],
)
def test_standing_in_one_word(rights: Rights, standing: Standing) -> None:
    assert rights.standing(NOON, DAY) is standing


def test_a_scale_is_verified_on_both_ends_of_its_year() -> None:
    scale = Scale(1, "S", date(2026, 1, 1), date(2026, 12, 31))
    assert [scale.verified(day) for day in (date(2025, 12, 31), date(2026, 1, 1), date(2026, 12, 31))] == [
        False,
        True,
        True,
    ]


def test_reach_follows_the_post() -> None:
    assert Identity(1, "甲", Role.CLERK, enterprise=7).within == Within.firm(7)
    assert Identity(1, "甲", Role.COUNTY, enterprise=7, county="522701").within == Within.office("522701")
    assert Identity(1, "甲", Role.PREFECTURE, enterprise=7).within == Within.all()
    for nobody in (Identity(1, "甲", Role.CLERK), Identity(1, "甲", Role.COUNTY)):
        with pytest.raises(errors.NotAllowed):
            _ = nobody.within


def test_only_people_of_a_firm_act_for_it() -> None:
    assert Identity(1, "甲", Role.CLERK, enterprise=7).firm(May.RECORD_CHAIN) == 7
    for other in (
        Identity(1, "甲", Role.COUNTY, enterprise=7, county="522701"),
        Identity(1, "甲", Role.CLERK),
    ):
        with pytest.raises(errors.NotAllowed):
            other.firm(May.READ_CHAIN)
    assert Identity(1, "甲", Role.COUNTY, county="522701").is_office
    assert not Identity(1, "甲", Role.OBSERVER).is_office
