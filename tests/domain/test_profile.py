"""The profile of Duyun Maojian, and what happens to a broken one."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from traceability.domain import profile as profiles
from traceability.domain.errors import CountyUnknown, GradeUnknown
from traceability.domain.profile import (
    CopyRules,
    Edition,
    Grade,
    LeafGrade,
    Limit,
    ProfileBroken,
    coarsest,
    load,
    lowest,
)

FILE = Path(profiles.__file__).parents[2] / "profiles" / "duyun-maojian.toml"
TEXT = FILE.read_text(encoding="utf-8")
PROFILE = load(TEXT)
PACKED = date(2026, 4, 6)

grades = st.sampled_from(list(Grade))
leaves = st.sampled_from(list(LeafGrade))


# --- grades -------------------------------------------------------------------------------------------


def test_grades_are_ordered_from_best_to_lowest() -> None:
    assert [grade.rank for grade in Grade] == [0, 1, 2, 3, 4]
    assert Grade.ZUNPIN.rank == 0


def test_a_grade_is_at_most_itself_and_every_better_one() -> None:
    assert Grade.FIRST.at_most(Grade.ZHENPIN)
    assert Grade.FIRST.at_most(Grade.FIRST)
    assert not Grade.ZUNPIN.at_most(Grade.FIRST)


@given(st.lists(grades, min_size=1))
def test_the_lowest_of_some_grades_is_at_most_each_of_them(some: list[Grade]) -> None:
    assert lowest(some) in some
    assert all(lowest(some).at_most(grade) for grade in some)


@given(st.lists(leaves, min_size=1))
def test_the_coarsest_of_some_leaves_is_at_most_each_of_them(some: list[LeafGrade]) -> None:
    assert all(coarsest(some).at_most(leaf) for leaf in some)


def test_there_is_no_lowest_of_nothing() -> None:
    with pytest.raises(ValueError, match="empty"):
        lowest([])


@pytest.mark.parametrize(
    ("leaf", "grade"),
    [
        (LeafGrade.SINGLE_BUD, Grade.ZUNPIN),
        (LeafGrade.ONE_BUD_ONE_LEAF_OPENING, Grade.ZUNPIN),
        (LeafGrade.ONE_BUD_ONE_LEAF, Grade.FIRST),
        (LeafGrade.ONE_BUD_TWO_LEAVES, Grade.SECOND),
    ],
)
def test_leaf_bounds_the_grade_tea_may_become(leaf: LeafGrade, grade: Grade) -> None:
    assert PROFILE.best_grade_for(leaf) is grade


@given(leaves, leaves)
def test_finer_leaf_never_makes_a_lower_grade(one: LeafGrade, other: LeafGrade) -> None:
    if one.at_most(other):
        assert PROFILE.best_grade_for(one).at_most(PROFILE.best_grade_for(other))


@pytest.mark.parametrize("text", ["ZHENPIN", "zhenpin", " 珍品 ", "Zhenpin"])
def test_a_grade_is_known_by_its_code_and_both_names(text: str) -> None:
    assert PROFILE.grade(text) is Grade.ZHENPIN


@pytest.mark.parametrize("text", ["single_bud", "独芽", "Single bud"])
def test_a_leaf_grade_is_known_by_its_code_and_both_names(text: str) -> None:
    assert PROFILE.leaf_grade(text) is LeafGrade.SINGLE_BUD


def test_an_unknown_grade_is_refused() -> None:
    with pytest.raises(GradeUnknown):
        PROFILE.grade("三级")
    with pytest.raises(GradeUnknown):
        PROFILE.leaf_grade("ZUNPIN")


def test_every_grade_has_its_names() -> None:
    assert [PROFILE.grade_rule(grade).zh for grade in Grade] == ["尊品", "珍品", "特级", "一级", "二级"]
    assert [PROFILE.grade_rule(grade).grade for grade in Grade] == list(Grade)
    assert [PROFILE.leaf_rule(leaf).leaf for leaf in LeafGrade] == list(LeafGrade)


# --- area ---------------------------------------------------------------------------------------------


def test_the_area_is_the_twelve_counties() -> None:
    codes = "522701 522702 522722 522723 522725 522726 522727 522728 522729 522730 522731 522732"
    assert [county.code for county in PROFILE.counties] == codes.split()
    assert PROFILE.prefecture.code == "522700"
    assert PROFILE.counties[0].bureau_zh == "都匀市市场监督管理局"


@pytest.mark.parametrize(
    ("code", "county"), [("522701110", "都匀市"), ("522723101", "贵定县"), ("522732100201", "三都水族自治县")]
)
def test_a_township_or_village_lies_in_its_county(code: str, county: str) -> None:
    found = PROFILE.county_of(code)
    assert found is not None
    assert found.zh == county


@pytest.mark.parametrize(
    "code",
    [
        *(
            "522601101",
            "522724101",
            "522703101",
            "522700101",
            "520000001",
            "",
            "522701",
            "52270111",
            "5227011100",
        ),
        *("522701000", "522701000000", "５２２７０１１１０", "52270111x", " 522701110", "522701110\n"),
    ],
)
def test_a_code_outside_the_list_or_no_code_lies_nowhere(code: str) -> None:
    assert PROFILE.county_of(code) is None


def test_a_county_is_found_by_its_code_or_refused() -> None:
    assert PROFILE.county("522727").en == "Pingtang"
    for code in ("522700", "522724", "5227", ""):
        with pytest.raises(CountyUnknown):
            PROFILE.county(code)


# --- editions and limits --------------------------------------------------------------------------------


def limits_of(grade: Grade) -> dict[str, Limit]:
    return {limit.parameter: limit for limit in PROFILE.limits(PROFILE.edition_on(PACKED), grade)}


@pytest.mark.parametrize(
    ("grade", "moisture", "ash", "extract", "fibre"),
    [
        (Grade.ZUNPIN, "6.0", "6.5", "43.2", "15.0"),
        (Grade.ZHENPIN, "6.5", "6.5", "40.0", "15.0"),
        (Grade.SPECIAL, "6.5", "6.5", "40.0", "15.0"),
        (Grade.FIRST, "7.0", "7.0", "38.0", "16.0"),
        (Grade.SECOND, "7.0", "7.0", "38.0", "16.0"),
    ],
)
def test_limits_are_those_of_the_standard(
    grade: Grade, moisture: str, ash: str, extract: str, fibre: str
) -> None:
    limits = limits_of(grade)
    assert limits["moisture"] == Limit("moisture", at_most=Decimal(moisture))
    assert limits["total_ash"].at_most == Decimal(ash)
    assert limits["water_extract"] == Limit("water_extract", at_least=Decimal(extract))
    assert limits["crude_fibre"].at_most == Decimal(fibre)
    assert limits["lead"].at_most == Decimal("5.0")
    assert limits["pesticide_residue"].yes_no
    assert limits["sensory_grade"].yes_no
    assert "powder" not in limits


def test_the_report_of_the_worked_example_meets_zhenpin() -> None:
    report: dict[str, Decimal | bool] = {
        "moisture": Decimal("5.6"),
        "total_ash": Decimal("5.7"),
        "water_extract": Decimal("43.5"),
        "crude_fibre": Decimal("11.8"),
        "lead": Decimal("0.42"),
        "pesticide_residue": True,
        "sensory_grade": True,
    }
    assert all(limit.met_by(report[name]) for name, limit in limits_of(Grade.ZHENPIN).items())


def test_moisture_of_6_7_fails_zhenpin_and_meets_first() -> None:
    assert not limits_of(Grade.ZHENPIN)["moisture"].met_by(Decimal("6.7"))
    assert limits_of(Grade.FIRST)["moisture"].met_by(Decimal("6.7"))


@pytest.mark.parametrize(
    ("limit", "value", "met"),
    [
        (Limit("a", at_most=Decimal("6.5")), Decimal("6.5"), True),
        (Limit("a", at_most=Decimal("6.5")), Decimal("6.51"), False),
        (Limit("a", at_least=Decimal(40)), Decimal(40), True),
        (Limit("a", at_least=Decimal(40)), Decimal("39.99"), False),
        (Limit("a", at_most=Decimal(9), at_least=Decimal(3)), Decimal(2), False),
        (Limit("a", at_most=Decimal(9), at_least=Decimal(3)), Decimal(9), True),
        (Limit("a", at_most=Decimal(9)), Decimal("NaN"), False),
        (Limit("a", at_least=Decimal(9)), Decimal("Infinity"), False),
        (Limit("a", at_most=Decimal(9)), True, False),
        (Limit("a"), True, True),
        (Limit("a"), False, False),
        (Limit("a"), Decimal(1), False),
    ],
)
def test_a_limit_includes_its_end_and_takes_only_its_own_kind(
    limit: Limit, value: Decimal | bool, met: bool
) -> None:
    assert limit.met_by(value) is met


def test_every_limit_has_a_parameter_with_its_unit() -> None:
    for grade in Grade:
        for limit in limits_of(grade).values():
            assert PROFILE.parameter(limit.parameter).yes_no == limit.yes_no
    assert PROFILE.parameter("lead").unit == "mg/kg"
    with pytest.raises(KeyError):
        PROFILE.parameter("powder")


def test_the_edition_of_the_pesticide_limits_changes_on_its_day() -> None:
    assert PROFILE.residue_standard_on(date(2026, 2, 28)).code == "GB 2763—2021"
    assert PROFILE.residue_standard_on(date(2026, 3, 1)).code == "GB 2763—2026"


def test_a_day_before_the_first_edition_is_judged_by_the_first() -> None:
    assert PROFILE.edition_on(date(2015, 1, 1)).code == "DB52/T 433—2018"


def test_an_edition_of_another_profile_has_no_limits_here() -> None:
    with pytest.raises(KeyError):
        PROFILE.limits(Edition("DB52/T 433", "1999", "DB52/T 433—1999", PACKED), Grade.FIRST)


# --- words --------------------------------------------------------------------------------------------


def test_the_words_beside_the_mark_depend_on_the_right() -> None:
    assert PROFILE.basis_wording("gi_product", "zh", PACKED) == "都匀毛尖茶 DB52/T 433—2018"
    assert PROFILE.basis_wording("gi_product", "en", PACKED) == "Duyun Maojian Tea DB52/T 433—2018"
    assert PROFILE.basis_wording("agi", "zh", PACKED) == "都匀毛尖茶 农产品地理标志 AGI02056"


def test_words_without_their_number_are_not_given() -> None:
    assert PROFILE.basis_wording("certification_mark", "zh", PACKED) is None


def test_an_unknown_right_has_no_words() -> None:
    with pytest.raises(KeyError):
        PROFILE.basis_wording("charm", "zh", PACKED)


def test_the_announcement_can_stand_beside_the_mark_instead() -> None:
    changed = edited('zh = "都匀毛尖茶 {standard}"', 'zh = "都匀毛尖茶 {announcement}"')
    assert (
        load(changed).basis_wording("gi_product", "zh", PACKED) == "都匀毛尖茶 国家质检总局公告2010年第133号"
    )


def test_what_is_unverified_is_known() -> None:
    assert "gi.announcement" in PROFILE.unverified
    assert "numbers.fresh_moisture" in PROFILE.unverified
    assert 'limits."DB52/T 433".2018.FIRST.lead' in PROFILE.unverified
    assert "gi.standard" not in PROFILE.unverified


def test_the_steps_know_the_hand_and_the_machine_way() -> None:
    steps = {step.key: step for step in PROFILE.steps}
    assert steps["fixation"].zh == "杀青"
    assert steps["first_drying"].machine
    assert not steps["first_drying"].hand


# --- season, allowance, clocks ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "part"),
    [
        (date(2026, 1, 1), "spring"),
        (date(2028, 2, 29), "spring"),
        (date(2026, 5, 31), "spring"),
        (date(2026, 6, 1), "summer"),
        (date(2026, 8, 31), "summer"),
        (date(2026, 9, 1), "autumn"),
        (date(2026, 12, 31), "autumn"),
    ],
)
def test_a_day_lies_in_its_part_of_the_season(day: date, part: str) -> None:
    assert PROFILE.season_part(day).key == part


@given(st.dates())
def test_every_day_lies_in_exactly_one_part(day: date) -> None:
    assert [part for part in PROFILE.season_parts if part.covers(day)] == [PROFILE.season_part(day)]
    assert PROFILE.season(day) == day.year


def test_a_season_is_not_asked_of_a_moment() -> None:
    with pytest.raises(ValueError, match="not a moment"):
        PROFILE.season(datetime(2026, 12, 31, 20, tzinfo=UTC))


def test_the_allowance_is_per_mu_and_rounded_down() -> None:
    assert PROFILE.allowance_g("spring", Decimal("18.0")) == 1_170_000
    assert PROFILE.allowance_g("summer", Decimal(1)) == 100_000
    assert PROFILE.year_allowance_g(Decimal("6.5")) == 1_560_000
    assert (
        load(edited("value = 65,", "value = 65.001,", "value = 75,", "value = 74.999,")).allowance_g(
            "spring", Decimal("0.01")
        )
        == 650
    )
    with pytest.raises(KeyError):
        PROFILE.allowance_g("winter", Decimal(1))


@given(st.decimals(Decimal("0.01"), 100_000, places=2))
def test_the_parts_of_a_season_never_allow_more_than_the_year(area: Decimal) -> None:
    assert sum(
        PROFILE.allowance_g(part.key, area) for part in PROFILE.season_parts
    ) <= PROFILE.year_allowance_g(area)


def test_best_before_and_records_of_the_worked_example() -> None:
    assert PROFILE.best_before(PACKED) == date(2028, 4, 5)
    assert PROFILE.records_until(PACKED) == date(2028, 10, 5)


@pytest.mark.parametrize(
    ("packed", "best_before"),
    [
        (date(2026, 3, 1), date(2028, 2, 29)),
        (date(2028, 2, 29), date(2030, 2, 28)),
        (date(2026, 12, 31), date(2028, 12, 30)),
        (date(2027, 1, 1), date(2028, 12, 31)),
    ],
)
def test_best_before_keeps_to_the_ends_of_months(packed: date, best_before: date) -> None:
    assert PROFILE.best_before(packed) == best_before


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)))
def test_records_outlive_the_tea(packed: date) -> None:
    assert packed < PROFILE.best_before(packed) < PROFILE.records_until(packed)
    assert PROFILE.records_until(packed) - PROFILE.best_before(packed) >= timedelta(days=180)


def test_tea_may_be_packed_up_to_eighteen_months_after_plucking() -> None:
    assert PROFILE.packable_until(date(2026, 3, 26)) == date(2027, 9, 26)
    assert PROFILE.packable_until(date(2026, 8, 31)) == date(2028, 2, 29)
    assert PROFILE.add_months(date(2026, 8, 31), 6) == date(2027, 2, 28)


@pytest.mark.parametrize(
    ("packs", "spares"), [(0, 0), (1, 1), (99, 1), (199, 1), (200, 2), (220, 2), (15_000, 150)]
)
def test_spares_are_one_percent_and_at_least_one(packs: int, spares: int) -> None:
    assert PROFILE.spares(packs) == spares


def test_the_numbers_are_those_of_the_design_and_exact() -> None:
    assert PROFILE.implausible_picking_g == 10_000
    assert PROFILE.receipt_ask_again_g == 500_000
    assert PROFILE.weight_limit_g == 1_000_000_000
    assert PROFILE.fresh_moisture == (Decimal(72), Decimal(82))
    assert PROFILE.made_moisture_limit == Decimal("7.5")
    assert PROFILE.ratio_floor == Decimal("3.6")
    assert PROFILE.ratio_band == (Decimal("4.2"), Decimal("6.0"))
    assert (PROFILE.unprocessed_leaf_hours, PROFILE.oldest_tea_months, PROFILE.restock_days) == (48, 18, 10)
    assert PROFILE.complaint_days == 7
    assert (PROFILE.shelf_life_months, PROFILE.records_extra_months) == (24, 6)
    assert (PROFILE.scans_kept_months, PROFILE.client_key_days) == (24, 90)
    assert PROFILE.copies == CopyRules(
        same_look_hours=24, new_occasion_minutes=120, people_least=12, grams_a_person=20, places_least=4,
        occasion_points=9, place_points=2, early_points=5, early_most=50, crowd_points=10, crowd_most=60, threshold=135,
    )  # fmt: skip
    assert PROFILE.hotline == "12315"
    assert PROFILE.gi.zh == "都匀毛尖茶"


def test_no_number_of_the_profile_is_a_float() -> None:
    assert "float" not in repr([type(getattr(PROFILE, name)) for name in PROFILE.__slots__])
    assert all(isinstance(one, Decimal) for one in (*PROFILE.fresh_moisture, *PROFILE.ratio_band))


def test_a_profile_cannot_be_changed() -> None:
    with pytest.raises(AttributeError):
        PROFILE.hotline = "110"  # type: ignore[misc]


# --- broken profiles --------------------------------------------------------------------------------------


def edited(*changes: str) -> str:
    """The real file with the first place of each old text replaced by the new one that follows it."""
    text = TEXT
    for old, new in zip(changes[::2], changes[1::2], strict=True):
        assert old in text, f"{old!r} is not in the file any more"
        text = text.replace(old, new, 1)
    return text


LIMITS = 'limits."DB52/T 433".2018'

BROKEN = [
    # the file
    ("", ('key = "duyun-maojian"', "key = ")),
    ("", ('key = "duyun-maojian"', f"key = {'1' * 5000}")),
    # missing, empty and unknown keys
    ("key", ('key = "duyun-maojian"', "")),
    ("key", ('key = "duyun-maojian"', 'key = " "')),
    ("gi.hotline", ('hotline = { value = "12315", basis = "V", source = "S1" }', "")),
    ("gi.name.en", ('en = "Duyun Maojian Tea", basis', "basis")),
    ("numbers.restock", ("restock = { value", "restocking = { value")),
    ("numbers.extra", ("[numbers]", "[numbers]\nextra = 1")),
    ("gi.name.fr", ("[gi]\nname = {", '[gi]\nname = { fr = "Thé",')),
    # wrong types
    ("gi", ("[gi]\n", "[[gi]]\n")),
    ("gi.hotline.value", ('value = "12315"', "value = 12315")),
    ("numbers.unprocessed_leaf.value", ("value = 48,", "value = 48.5,")),
    ("numbers.unprocessed_leaf.value", ("value = 48,", "value = 48.0,")),
    ("numbers.unprocessed_leaf.value", ("value = 48,", 'value = "48",')),
    ("numbers.unprocessed_leaf.value", ("value = 48,", "value = true,")),
    ("numbers.unprocessed_leaf.value", ("value = 48,", "value = 0,")),
    ("numbers.unprocessed_leaf.value", ("value = 48,", "value = -48,")),
    ("numbers.made_moisture_limit.value", ("value = 7.5,", "value = true,")),
    ("numbers.made_moisture_limit.value", ("value = 7.5,", "value = nan,")),
    ("numbers.made_moisture_limit.value", ("value = 7.5,", "value = inf,")),
    ("numbers.made_moisture_limit.value", ("value = 7.5,", "value = -7.5,")),
    ("numbers.made_moisture_limit.value", ("value = 7.5,", "value = 0,")),
    ("numbers.made_moisture_limit.value", ("value = 7.5,", "value = 107.5,")),
    ("numbers.made_moisture_limit.value", ("value = 7.5,", "value = 73,")),
    ("editions[0].valid_from", ("valid_from = 2019-01-01", 'valid_from = "2019-01-01"')),
    ("editions[0].valid_from", ("valid_from = 2019-01-01", "valid_from = 2019-01-01T00:00:00")),
    ("steps[0].hand", ("hand = true", "hand = 1")),
    ("season.parts", ("[season]", "[season]\nparts = []") + ("[[season.parts]]", "[[x]]") * 3),
    ("season.parts[0]", ("[season]", "[season]\nparts = [1]") + ("[[season.parts]]", "[[x]]") * 3),
    # units
    ("numbers.receipt_ask_again.unit", ('value = 500, unit = "kg"', 'value = 500, unit = "g"')),
    ("numbers.receipt_ask_again.value", ("value = 500,", "value = 500.0001,")),
    ("numbers.receipt_ask_again.value", ("value = 500,", "value = 0,")),
    (
        "numbers.restock.unit",
        ('unit = "days", basis = "G", source = "S59a', 'unit = "months", basis = "G", source = "S59a'),
    ),
    # where values come from
    ("gi.standard.basis", ('"DB52/T 433", basis = "V"', '"DB52/T 433", basis = "X"')),
    (
        "gi.standard.source",
        ('"DB52/T 433", basis = "V", source = "S2"', '"DB52/T 433", basis = "V", source = "S99"'),
    ),
    ("gi.standard.source", ('"DB52/T 433", basis = "V", source = "S2"', '"DB52/T 433", basis = "V"')),
    ("sources.S1", ('S1 = "', 'S1 = ""\nS0 = "')),
    # order and bounds
    ("numbers.fresh_moisture.high", ("low = 72, high = 82", "low = 82, high = 72")),
    ("numbers.fresh_moisture.high", ("high = 82", "high = 182")),
    ("numbers.ratio_band.high", ("low = 4.2, high = 6.0", "low = 6.0, high = 6.0")),
    ("numbers.ratio_floor.value", ("value = 3.6", "value = 4.3")),
    ("numbers.ratio_floor.value", ("value = 3.6", "value = 0.9")),
    # crowds and early looks alone are no copies
    ("copies.threshold", ("threshold = { value = 135", "threshold = { value = 110")),
    ("residue_standards[1].valid_from", ("valid_from = 2026-03-01", "valid_from = 2021-09-03")),
    ("residue_standards[1]", ('edition = "2026"', 'edition = "2021"')),
    # the area
    ("counties[1]", ('code = "522702"', 'code = "522701"')),
    ("counties[1]", ('zh = "福泉市"\n', 'zh = "都匀市"\n')),
    ("counties[0].code", ('code = "522701"', 'code = "522601"')),
    ("counties[0].code", ('code = "522701"', 'code = "522700"')),
    ("counties[0].code", ('code = "522701"', 'code = "5227010"')),
    ("counties[0].code", ('code = "522701"', "code = 522701")),
    ("counties[0].bureau", ('bureau = { zh = "都匀市', 'office = { zh = "都匀市')),
    # rights
    ("rights[0].wording.zh", ('"都匀毛尖茶 {standard}"', '"都匀毛尖茶 {licence}"')),
    ("rights[0].wording.zh", ('"都匀毛尖茶 {standard}"', '"都匀毛尖茶 {standard.code}"')),
    ("rights[0].wording.en", ('"Duyun Maojian Tea {standard}"', '"Duyun Maojian Tea {standard"')),
    ("rights[1]", ('key = "certification_mark"', 'key = "gi_product"')),
    # grades
    ("grades[0].key", ('key = "ZUNPIN"', 'key = "THIRD"')),
    ("grades", ('key = "ZUNPIN"', 'key = "ZHENPIN"')),
    ("grades[0].coarsest_leaf", ('coarsest_leaf = "one_bud_one_leaf_opening"', 'coarsest_leaf = "stalk"')),
    (
        "grades[1].coarsest_leaf",
        ('coarsest_leaf = "one_bud_one_leaf_opening"', 'coarsest_leaf = "one_bud_one_leaf"'),
    ),
    (
        "grades[4].coarsest_leaf",
        ('coarsest_leaf = "one_bud_two_leaves"', 'coarsest_leaf = "one_bud_one_leaf"'),
    ),
    ("leaf_grades", ('key = "single_bud"', 'key = "one_bud_one_leaf"')),
    # limits
    ("parameters[1]", ('key = "total_ash"', 'key = "moisture"')),
    (f"{LIMITS}.THIRD", (".2018.SECOND]", ".2018.THIRD]")),
    (f"{LIMITS}.SECOND", (f"[{LIMITS}.SECOND]", "[elsewhere]")),
    (LIMITS, (LIMITS, 'limits."DB52/T 433".2019') * 5),
    (
        'limits."DB52/T 434"',
        (f"[{LIMITS}.ZUNPIN]", '[limits."DB52/T 434"]\n[limits."DB52/T 433".2018.ZUNPIN]'),
    ),
    (f"{LIMITS}.ZUNPIN.powder", ("moisture = { at_most = 6.0", "powder = { at_most = 6.0")),
    (f"{LIMITS}.ZUNPIN.moisture", ("moisture = { at_most = 6.0, ", "moisture = { ")),
    (f"{LIMITS}.ZUNPIN.moisture.at_most", ("{ at_most = 6.0", "{ at_least = 6.0, at_most = 6.0")),
    (f"{LIMITS}.ZUNPIN.moisture.at_most", ("{ at_most = 6.0", '{ at_most = "6.0"')),
    (f"{LIMITS}.ZUNPIN.moisture.yes", ("{ at_most = 6.0", "{ yes = true, at_most = 6.0")),
    (f"{LIMITS}.ZUNPIN.pesticide_residue.yes", ("{ yes = true", "{ yes = false")),
    (f"{LIMITS}.ZUNPIN.pesticide_residue.yes", ("{ yes = true", "{ at_most = 1")),
    # steps
    ("steps[1]", ('key = "spreading"', 'key = "leaf_grading"')),
    # the season
    ("season.parts[0].last", ('first = "01-01"\nlast = "05-31"', 'first = "05-31"\nlast = "01-01"')),
    ("season.parts[0].first", ('first = "01-01"', 'first = "1-1"')),
    ("season.parts[0].first", ('first = "01-01"', 'first = "02-30"')),
    ("season.parts[0].first", ('first = "01-01"', "first = 2026-01-01")),
    ("season.parts", ('last = "05-31"', 'last = "05-30"')),
    ("season.parts", ('last = "05-31"', 'last = "06-01"')),
    ("season.parts", ('last = "05-31"', 'last = "02-28"', 'first = "06-01"', 'first = "03-01"')),
    ("season.parts[1]", ('key = "summer"', 'key = "spring"')),
    ("season.year_allowance.value", ("value = 240,", "value = 241,")),
    ("season.parts[0].allowance.unit", ('value = 65, unit = "kg/mu"', 'value = 65, unit = "kg"')),
]


@pytest.mark.parametrize(("key", "changes"), BROKEN)
def test_a_broken_profile_names_the_key(key: str, changes: tuple[str, ...]) -> None:
    with pytest.raises(ProfileBroken) as broken:
        load(edited(*changes))
    assert broken.value.key == key
    assert broken.value.reason in str(broken.value)


def test_a_grade_without_limits_is_broken() -> None:
    head, _, tail = TEXT.partition('[limits."DB52/T 433".2018.ZUNPIN]')
    _, _, rest = tail.partition("\n\n")
    with pytest.raises(ProfileBroken) as broken:
        load(f'{head}[limits."DB52/T 433".2018.ZUNPIN]\n\n{rest}')
    assert broken.value.key == 'limits."DB52/T 433".2018.ZUNPIN'


OPTIONAL = (
    *("number = ", "S48", "S59a", "lead", "pesticide_", "sensory_"),
    *("moisture = { at_most", "total_ash", "water_extract", "crude_fibre"),
)


def needed_lines() -> list[int]:
    """Lines that give a value a profile cannot do without."""
    lines = enumerate(TEXT.splitlines())
    return [n for n, line in lines if " = " in line and not line.startswith(("#", *OPTIONAL))]


@pytest.mark.parametrize("line", needed_lines())
def test_no_line_of_the_profile_can_be_left_out(line: int) -> None:
    lines = TEXT.splitlines()
    with pytest.raises(ProfileBroken):
        load("\n".join(lines[:line] + lines[line + 1 :]))
