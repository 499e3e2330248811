"""What a profile is made of: ordered grades, counties, limits, season parts, and the profile itself."""

import re
import string
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Final, Self, TypeVar

from traceability.domain.errors import CountyUnknown, GradeUnknown
from traceability.domain.units import months_after, period_end, plain_day
from traceability.domain.workdays import Workdays

Band = tuple[Decimal, Decimal]
"""A lowest and a highest value, both included."""


class Grade(StrEnum):
    """Product grades, best first (DB52/T 433—2018 cl. 4.1). Compare by `rank` or `at_most`, not as text."""

    ZUNPIN = "ZUNPIN"
    ZHENPIN = "ZHENPIN"
    SPECIAL = "SPECIAL"
    FIRST = "FIRST"
    SECOND = "SECOND"

    @property
    def rank(self) -> int:
        """0 for the best grade, growing downwards."""
        return list(Grade).index(self)

    def at_most(self, other: Self) -> bool:
        """Whether this grade is not better than the other."""
        return self.rank >= other.rank


class LeafGrade(StrEnum):
    """Grades of fresh leaf, finest first (docs/manual/trade.md). Compare by `rank` and `at_most`, never as text."""

    SINGLE_BUD = "single_bud"
    ONE_BUD_ONE_LEAF_OPENING = "one_bud_one_leaf_opening"
    ONE_BUD_ONE_LEAF = "one_bud_one_leaf"
    ONE_BUD_TWO_LEAVES = "one_bud_two_leaves"

    @property
    def rank(self) -> int:
        """0 for the finest leaf, growing coarser."""
        return list(LeafGrade).index(self)

    def at_most(self, other: Self) -> bool:
        """Whether this leaf is not finer than the other."""
        return self.rank >= other.rank


def lowest(grades: Iterable[Grade]) -> Grade:
    """The lowest of some grades: what their blend may be called at best. Raises ValueError for none."""
    return max(grades, key=lambda grade: grade.rank)


def coarsest(leaves: Iterable[LeafGrade]) -> LeafGrade:
    """The coarsest of some leaf grades. Raises ValueError for none."""
    return max(leaves, key=lambda leaf: leaf.rank)


@dataclass(frozen=True, slots=True)
class Text:
    """The same words in both languages."""

    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class County:
    """A county or city of the protected area, or the prefecture itself, with its market regulation bureau."""

    code: str
    zh: str
    en: str
    bureau_zh: str
    bureau_en: str


@dataclass(frozen=True, slots=True)
class GradeRule:
    """A product grade's names, and the coarsest leaf it may be made of."""

    grade: Grade
    zh: str
    en: str
    coarsest_leaf: LeafGrade


@dataclass(frozen=True, slots=True)
class LeafRule:
    """A leaf grade's names."""

    leaf: LeafGrade
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Edition:
    """An edition of a standard and the first day it applies; `code` is how it is printed."""

    standard: str
    edition: str
    code: str
    valid_from: date


@dataclass(frozen=True, slots=True)
class Parameter:
    """Something a test report says; `unit` is "" for what is answered by yes or no."""

    key: str
    zh: str
    en: str
    unit: str

    @property
    def yes_no(self) -> bool:
        """Whether the report answers yes or no instead of a number."""
        return self.unit == ""


@dataclass(frozen=True, slots=True)
class Limit:
    """What a value must keep to, in the parameter's unit: at most, at least, or (neither) the answer yes."""

    parameter: str
    at_most: Decimal | None = None
    at_least: Decimal | None = None

    @property
    def yes_no(self) -> bool:
        """Whether the limit asks for a yes."""
        return self.at_most is None and self.at_least is None

    def met_by(self, value: Decimal | bool) -> bool:
        """Whether the value keeps the limit. A number for a yes, a yes for a number or a NaN never does."""
        if self.yes_no or isinstance(value, bool):
            return self.yes_no and value is True
        if not value.is_finite():
            return False
        above = self.at_least is None or value >= self.at_least
        return above and (self.at_most is None or value <= self.at_most)


@dataclass(frozen=True, slots=True)
class LimitSet:
    """The limits of one grade in one edition of the standard."""

    standard: str
    edition: str
    grade: Grade
    limits: tuple[Limit, ...]


@dataclass(frozen=True, slots=True)
class SeasonPart:
    """A part of the season: first and last (month, day), both included, and grams of leaf allowed per mu."""

    key: str
    zh: str
    en: str
    first: tuple[int, int]
    last: tuple[int, int]
    allowance_g_per_mu: int

    def covers(self, day: date) -> bool:
        """Whether the day, of any year, lies in this part."""
        return self.first <= (day.month, day.day) <= self.last


@dataclass(frozen=True, slots=True)
class Step:
    """A step of processing, and whether the hand way and the machine way have it (docs/manual/trade.md)."""

    key: str
    zh: str
    en: str
    hand: bool
    machine: bool


@dataclass(frozen=True, slots=True)
class RightBasis:
    """A right the mark may be used under, with the words printed beside the mark (docs/manual/trade.md)."""

    key: str
    zh: str
    en: str
    wording: Text
    number: str | None


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where a value of the file comes from: V verified, D derived, G assumed and unverified."""

    key: str
    basis: str
    source: str


@dataclass(frozen=True, slots=True)
class CopyRules:
    """What makes the looks at one mark look like copies (`domain.scans.copies`): times, points and the threshold."""

    same_look_hours: int
    """The same client within this time is a reload, no other look."""
    new_occasion_minutes: int
    """An occasion is over so long after it began, and whoever is new next comes on a new one."""
    people_least: int
    grams_a_person: int
    places_least: int
    occasion_points: int
    """For each occasion; one of them fades every day."""
    place_points: int
    early_points: int
    early_most: int
    crowd_points: int
    crowd_most: int
    threshold: int


@dataclass(frozen=True, slots=True)
class Bounds:
    """A box on the map in whole minutes of arc, east and north."""

    west: int
    east: int
    south: int
    north: int

    def holds(self, lon: Decimal, lat: Decimal) -> bool:
        """Whether a place in decimal degrees lies in it, its edges included."""
        return self.west <= lon * 60 <= self.east and self.south <= lat * 60 <= self.north


@dataclass(frozen=True, slots=True)
class CheckItem:
    """A thing inspectors look at, and the unit it is counted in ("" for what is only looked at)."""

    key: str
    zh: str
    en: str
    unit: str


@dataclass(frozen=True, slots=True)
class DrawRules:
    """Chances of a firm in the draw for inspections, by the points of its findings; one without has one chance.

    `inspectors`: so many go together. `due_days`: a visit is due so long after it was drawn, unless the plan says more.
    """

    raised_from: int
    raised_chances: int
    heavy_from: int
    heavy_chances: int
    inspectors: int
    due_days: int


@dataclass(frozen=True, slots=True)
class Profile:
    """One geographical indication. Names end in their unit; bands and limits include their ends."""

    key: str
    gi: Text
    standard: str
    announcement: Text
    hotline: str
    editions: tuple[Edition, ...]
    residue_standards: tuple[Edition, ...]
    rights: tuple[RightBasis, ...]
    prefecture: County
    counties: tuple[County, ...]
    bounds: Bounds
    same_point_m: int
    """Two plots no further apart are looked at as one piece of ground."""
    grades: tuple[GradeRule, ...]
    leaves: tuple[LeafRule, ...]
    parameters: tuple[Parameter, ...]
    limit_sets: tuple[LimitSet, ...]
    steps: tuple[Step, ...]
    season_parts: tuple[SeasonPart, ...]
    year_allowance_g_per_mu: int
    implausible_picking_g: int
    """Per mu and day; above it is a finding."""
    receipt_ask_again_g: int
    weight_limit_g: int
    fresh_moisture: Band
    made_moisture_limit: Decimal
    ratio_floor: Decimal
    ratio_band: Band
    unprocessed_leaf_hours: int
    late_entry_hours: int
    oldest_tea_months: int
    restock_days: int
    complaint_days: int
    """From the day a complaint was received to the last day for its answer."""
    office_days: int
    """Working days an office has for an answer to the public."""
    workdays: Workdays
    shelf_life_months: int
    records_extra_months: int
    scans_kept_months: int
    client_key_days: int
    copies: CopyRules
    checklist: tuple[CheckItem, ...]
    drawing: DrawRules
    spares_percent: Decimal
    spares_least: int
    provenance: tuple[Provenance, ...]

    @property
    def unverified(self) -> tuple[str, ...]:
        """Dotted keys of everything assumed (G), for the page that asks the office to confirm it."""
        return tuple(one.key for one in self.provenance if one.basis == "G")

    # area

    def county_of(self, township_code: str) -> County | None:
        """The county of a 9-digit township or 12-digit village code; None outside the area or for a bad code.

        Checked against the list: the codes have gaps (docs/manual/trade.md).
        """
        if not _TOWNSHIP.fullmatch(township_code):
            return None
        return next((one for one in self.counties if township_code.startswith(one.code)), None)

    def county(self, code: str) -> County:
        """The county with this 6-digit code. Raises CountyUnknown."""
        for one in self.counties:
            if one.code == code:
                return one
        raise CountyUnknown(text=code)

    # grades and limits

    def grade(self, text: str) -> Grade:
        """A product grade by its code or either name ("ZHENPIN", "珍品"). Raises GradeUnknown."""
        for rule in self.grades:
            if _same(text, rule.grade, rule.zh, rule.en):
                return rule.grade
        raise GradeUnknown(text=text)

    def leaf_grade(self, text: str) -> LeafGrade:
        """A leaf grade by its code or either name. Raises GradeUnknown."""
        for rule in self.leaves:
            if _same(text, rule.leaf, rule.zh, rule.en):
                return rule.leaf
        raise GradeUnknown(text=text)

    def grade_rule(self, grade: Grade) -> GradeRule:
        """Names and leaf of a product grade."""
        return self.grades[grade.rank]

    def leaf_rule(self, leaf: LeafGrade) -> LeafRule:
        """Names of a leaf grade."""
        return self.leaves[leaf.rank]

    def best_grade_for(self, leaf: LeafGrade) -> Grade:
        """The best grade tea of this leaf may become (FRAUD F12)."""
        return next(rule.grade for rule in self.grades if rule.coarsest_leaf.at_most(leaf))

    def edition_on(self, day: date) -> Edition:
        """The edition of the product standard that applies on a day; before the first known one, that one."""
        return _in_force(self.editions, day)

    def residue_standard_on(self, day: date) -> Edition:
        """The edition of the pesticide limits that applies on a day; before the first known one, that one."""
        return _in_force(self.residue_standards, day)

    def limits(self, edition: Edition, grade: Grade) -> tuple[Limit, ...]:
        """The limits of a grade in an edition of this profile, in the parameters' order. Raises KeyError."""
        for one in self.limit_sets:
            if (one.standard, one.edition, one.grade) == (edition.standard, edition.edition, grade):
                return one.limits
        raise KeyError(edition.code)

    def parameter(self, key: str) -> Parameter:
        """What a report's parameter is called and measured in. Raises KeyError."""
        return _by_key(self.parameters, key)

    def check_item(self, key: str) -> CheckItem | None:
        """A thing inspectors look at."""
        return next((one for one in self.checklist if one.key == key), None)

    def basis_wording(self, key: str, lang: str, day: date) -> str | None:
        """The words printed beside the mark under this right ("zh" or "en"), on a pack of that day.

        None while the profile does not know a number the words need: then nothing can be printed.
        Raises KeyError.
        """
        right = _by_key(self.rights, key)
        words, announced = right.wording.en, self.announcement.en
        if lang == "zh":
            words, announced = right.wording.zh, self.announcement.zh
        if right.number is None and "number" in blanks_of(words):
            return None
        return words.format(standard=self.edition_on(day).code, announcement=announced, number=right.number)

    def label_words(self, key: str, day: date) -> tuple[str, str] | None:
        """The same words as a label has them, in Chinese: the protected name, and what has to stand beside it.

        None where `basis_wording` is. Raises KeyError.
        """
        name, _space, beside = (self.basis_wording(key, "zh", day) or "").partition(" ")
        return (name, beside) if beside else None

    # season and allowance

    def season(self, plucked_on: date) -> int:
        """The season: the calendar year of plucking, of a day in Asia/Shanghai."""
        return plain_day(plucked_on).year

    def season_part(self, plucked_on: date) -> SeasonPart:
        """The part of the season a day in Asia/Shanghai lies in."""
        day = plain_day(plucked_on)
        return next(part for part in self.season_parts if part.covers(day))

    def allowance_g(self, part_key: str, area_mu: Decimal) -> int:
        """Grams of fresh leaf a plot may give in one part of a season, rounded down. Raises KeyError."""
        return int(_by_key(self.season_parts, part_key).allowance_g_per_mu * area_mu)

    def year_allowance_g(self, area_mu: Decimal) -> int:
        """Grams of fresh leaf a plot may give in a whole season, rounded down."""
        return int(self.year_allowance_g_per_mu * area_mu)

    # clocks

    def best_before(self, packed_on: date) -> date:
        """The last day of shelf life; the pack day is the first: 6 Apr 2026 → 5 Apr 2028."""
        return period_end(packed_on, self.shelf_life_months)

    def records_until(self, packed_on: date) -> date:
        """The day to which records must be kept at least: 6 Apr 2026 → 5 Oct 2028 (Food Safety Law 50)."""
        return period_end(packed_on, self.shelf_life_months + self.records_extra_months)

    def packable_until(self, plucked_on: date) -> date:
        """The last day on which tea plucked on that day may be packed."""
        return months_after(plucked_on, self.oldest_tea_months)

    @staticmethod
    def add_months(day: date, months: int) -> date:
        """The corresponding day some months later, or that month's last day."""
        return months_after(day, months)

    def spares(self, packs: int) -> int:
        """Spare marks for a batch's packs of one product, over all requests together."""
        return max(self.spares_least, int(packs * self.spares_percent // 100)) if packs > 0 else 0


# …000 is the county itself, not a township.
_TOWNSHIP: Final = re.compile(r"[0-9]{6}(?!000)[0-9]{3}(?:[0-9]{3})?")

_Keyed = TypeVar("_Keyed", Parameter, RightBasis, SeasonPart)


def _by_key(things: Iterable[_Keyed], key: str) -> _Keyed:
    for thing in things:
        if thing.key == key:
            return thing
    raise KeyError(key)


def _same(text: str, *names: str) -> bool:
    return text.strip().casefold() in (name.casefold() for name in names)


def _in_force(editions: tuple[Edition, ...], day: date) -> Edition:
    begun = [one for one in editions if one.valid_from <= plain_day(day)]
    return begun[-1] if begun else editions[0]


def blanks_of(words: str) -> set[str]:
    """The names in braces that a wording leaves to be filled in. Raises ValueError for unmatched braces."""
    return {name for _, name, _, _ in string.Formatter().parse(words) if name is not None}
