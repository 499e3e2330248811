"""The geographical indication as data: names, area, grades, limits, season and the numbers (DESIGN §4).

`load` turns the text of a profile file into one frozen `Profile` and refuses a broken one by naming the key.
Every value in the file says where it comes from: V verified in a source, D derived from such, G assumed.
Reading the file is the caller's; nothing here touches a disk or a clock. Grams are int, other numbers
Decimal.
"""

import re
import string
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from enum import Enum, StrEnum
from typing import Final, Self, TypeVar

from traceability.domain.errors import CountyUnknown, GradeUnknown
from traceability.domain.units import months_after, period_end, plain_day

Band = tuple[Decimal, Decimal]
"""A lowest and a highest value, both included."""


class ProfileBroken(Exception):
    """The profile file cannot be used; `key` is the dotted key at fault ("" for the file as a whole)."""

    def __init__(self, key: str, reason: str) -> None:
        super().__init__(f"{key or 'the file'}: {reason}")
        self.key = key
        self.reason = reason


# --- grades -------------------------------------------------------------------------------------------------


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
    """Grades of fresh leaf, finest first (domain.md §1.3). Compare by `rank` and `at_most`, never as text."""

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


# --- what a profile is made of ------------------------------------------------------------------------------


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
    """A step of processing, and whether the hand way and the machine way have it (domain.md §1.4)."""

    key: str
    zh: str
    en: str
    hand: bool
    machine: bool


@dataclass(frozen=True, slots=True)
class RightBasis:
    """A right the mark may be used under, with the words printed beside the mark (domain.md §1.1, §2.2)."""

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


# --- the profile --------------------------------------------------------------------------------------------


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
    shelf_life_months: int
    records_extra_months: int
    scans_kept_months: int
    client_key_days: int
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

        Checked against the list: the codes have gaps (domain.md §1.6).
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

    def basis_wording(self, key: str, lang: str, day: date) -> str | None:
        """The words printed beside the mark under this right ("zh" or "en"), on a pack of that day.

        None while the profile does not know a number the words need: then nothing can be printed.
        Raises KeyError.
        """
        right = _by_key(self.rights, key)
        words, announced = right.wording.en, self.announcement.en
        if lang == "zh":
            words, announced = right.wording.zh, self.announcement.zh
        if right.number is None and "number" in _blanks(words):
            return None
        return words.format(standard=self.edition_on(day).code, announcement=announced, number=right.number)

    # season and allowance

    def season(self, plucked_on: date) -> int:
        """The season: the calendar year of plucking, of a day in Asia/Shanghai (DESIGN §4)."""
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
        """The last day of shelf life; the pack day is the first: 6 Apr 2026 → 5 Apr 2028 (domain.md §8.5)."""
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
        """Spare marks for a batch's packs of one product, over all requests together (DESIGN §5)."""
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


def _blanks(words: str) -> set[str]:
    """The names in braces that a wording leaves to be filled in. Raises ValueError for unmatched braces."""
    return {name for _, name, _, _ in string.Formatter().parse(words) if name is not None}


# --- reading the file: one table at a time ------------------------------------------------------------------

_T = TypeVar("_T")
_E = TypeVar("_E", bound=Enum)
# What needs no quotes in a dotted key; points and [n] too, because a check may name a key some tables below.
_BARE: Final = re.compile(r"[A-Za-z0-9_.\[\]-]+")
_KINDS: Final[Mapping[type, str]] = {
    bool: "true or false",
    int: "a whole number",
    Decimal: "a number with decimals",
    str: "text",
    date: "a day",
    dict: "a table",
    list: "a list",
}


def _kind_of(found: object) -> str:
    return _KINDS.get(type(found), type(found).__name__)


@dataclass(slots=True)
class _Notes:
    """Gathered while reading: where values come from, and every table, to find keys nobody asked for."""

    provenance: list[Provenance] = field(default_factory=list)
    tables: list["_Table"] = field(default_factory=list)
    sources: set[str] = field(default_factory=set)


class _Table:
    """A table of the file that knows its dotted key and gives its values by kind, or raises ProfileBroken."""

    def __init__(self, data: Mapping[str, object], path: str, notes: _Notes) -> None:
        self.data, self.path, self.notes = data, path, notes
        self.used: set[str] = set()
        notes.tables.append(self)

    def key(self, name: str) -> str:
        """The dotted key of a value in this table, as TOML would write it."""
        quoted = name if _BARE.fullmatch(name) else f'"{name}"'
        return f"{self.path}.{quoted}" if self.path else quoted

    def broken(self, name: str, reason: str) -> ProfileBroken:
        return ProfileBroken(self.key(name) if name else self.path, reason)

    def require(self, fine: bool, name: str, reason: str) -> None:
        """Raise ProfileBroken for a key unless it is fine."""
        if not fine:
            raise self.broken(name, reason)

    def has(self, name: str) -> bool:
        return name in self.data

    def get(self, name: str) -> object:
        self.used.add(name)
        self.require(name in self.data, name, "is missing")
        return self.data[name]

    def a(self, kind: type[_T], name: str) -> _T:
        """The value of exactly this kind: true is no whole number, and a moment is no day."""
        found = self.get(name)
        if not isinstance(found, kind) or type(found) is not kind:
            raise self.broken(name, f"must be {_KINDS[kind]}, is {_kind_of(found)}")
        return found

    def text(self, name: str) -> str:
        found = self.a(str, name)
        self.require(bool(found.strip()), name, "is empty")
        return found

    def whole(self, name: str) -> int:
        found = self.a(int, name)
        self.require(found > 0, name, "must be above 0")
        return found

    def number(self, name: str) -> Decimal:
        """A number that is not below 0, with or without decimals."""
        found = self.get(name)
        if type(found) is not int and not isinstance(found, Decimal):
            raise self.broken(name, f"must be a number, is {_kind_of(found)}")
        number = Decimal(found)
        self.require(number.is_finite() and number >= 0, name, "must be a number not below 0")
        return number

    def choice(self, kind: type[_E], name: str) -> _E:
        found = self.text(name)
        try:
            return kind(found)
        except ValueError:
            raise self.broken(name, f"is none of {', '.join(str(one.value) for one in kind)}") from None

    def words(self) -> Text:
        return Text(self.text("zh"), self.text("en"))

    def table(self, name: str) -> "_Table":
        return _Table(self.a(dict, name), self.key(name), self.notes)

    def rows(self, name: str) -> list["_Table"]:
        """A list of tables, with something in it; the key of a row is `name[0]` and so on."""
        found = self.a(list, name)
        self.require(bool(found), name, "is empty")
        for n, row in enumerate(found):
            self.require(isinstance(row, dict), f"{name}[{n}]", "must be a table")
        return [_Table(row, f"{self.key(name)}[{n}]", self.notes) for n, row in enumerate(found)]

    def sourced(self, name: str) -> "_Table":
        """A table that says where its value comes from."""
        return self.table(name).cited()

    def cited(self) -> Self:
        """Check and keep this table's `basis` and `source`; what is verified names sources of the list."""
        basis, source = self.text("basis"), self.text("source")
        self.require(basis in ("V", "D", "G"), "basis", "must be V, D or G")
        known = set(source.split(", ")) <= self.notes.sources
        self.require(basis != "V" or known, "source", "is not in the list of sources")
        self.notes.provenance.append(Provenance(self.path, basis, source))
        return self

    def in_unit(self, name: str, unit: str) -> "_Table":
        """A sourced number's table, of which the unit is the one expected."""
        table = self.sourced(name)
        table.require(table.text("unit") == unit, "unit", f"must be {unit}")
        return table


def _grams(table: _Table, name: str, unit: str) -> int:
    """Whole grams of a sourced number in kilograms (per something) or tonnes."""
    one = table.in_unit(name, unit)
    grams = one.number("value") * (1_000_000 if unit == "t" else 1000)
    one.require(grams > 0 and grams == grams.to_integral_value(), "value", "must be whole grams above 0")
    return int(grams)


def _count(table: _Table, name: str, unit: str) -> int:
    return table.in_unit(name, unit).whole("value")


def _number(table: _Table, name: str, unit: str) -> Decimal:
    one = table.in_unit(name, unit)
    value = one.number("value")
    one.require(value > 0, "value", "must be above 0")
    one.require(unit != "%" or value <= 100, "value", "must be at most 100")
    return value


def _band(table: _Table, name: str, unit: str) -> Band:
    one = table.in_unit(name, unit)
    low, high = one.number("low"), one.number("high")
    one.require(low < high, "high", "must be above low")
    one.require(unit != "%" or high <= 100, "high", "must be at most 100")
    return low, high


def _unique(table: _Table, name: str, values: Iterable[str]) -> None:
    """Raise ProfileBroken naming the row of a list that says again what one before it said."""
    seen: set[str] = set()
    for n, value in enumerate(values):
        if value in seen:
            raise ProfileBroken(f"{table.key(name)}[{n}]", f"{value} is there twice")
        seen.add(value)


# --- reading the file: its sections -------------------------------------------------------------------------


def load(text: str) -> Profile:
    """The profile in a TOML text, checked throughout. Raises ProfileBroken with the dotted key at fault."""
    notes = _Notes()
    root = _Table(_toml(text), "", notes)
    notes.sources.update(_sources(root.table("sources")))
    profile = _profile(root, notes)
    for table in notes.tables:
        for name in table.data:
            table.require(name in table.used, name, "is not a key of a profile")
    return profile


def _toml(text: str) -> dict[str, object]:
    try:
        return tomllib.loads(text, parse_float=Decimal)
    except ValueError as fault:  # TOMLDecodeError, and numbers too long to read
        raise ProfileBroken("", f"is not TOML: {fault}") from None


def _sources(table: _Table) -> list[str]:
    for name in table.data:
        table.text(name)
    return list(table.data)


def _profile(root: _Table, notes: _Notes) -> Profile:
    gi, numbers, season = root.table("gi"), root.table("numbers"), root.table("season")
    standard = gi.sourced("standard").text("value")
    prefecture = _county(root.table("prefecture").cited())
    parameters = _parameters(root)
    editions = _editions(root, "editions", standard)
    parts = _season_parts(season)
    fresh, made = _band(numbers, "fresh_moisture", "%"), _number(numbers, "made_moisture_limit", "%")
    numbers.require(made < fresh[0], "made_moisture_limit.value", "must be below fresh_moisture.low")
    floor, band = _number(numbers, "ratio_floor", "kg/kg"), _band(numbers, "ratio_band", "kg/kg")
    numbers.require(1 <= floor <= band[0], "ratio_floor.value", "must lie from 1 to ratio_band.low")
    return Profile(
        key=root.text("key"),
        gi=gi.sourced("name").words(),
        standard=standard,
        announcement=gi.sourced("announcement").words(),
        hotline=gi.sourced("hotline").text("value"),
        editions=editions,
        residue_standards=_editions(root, "residue_standards", root.text("residue_standard")),
        rights=_rights(root),
        prefecture=prefecture,
        counties=_counties(root, prefecture),
        grades=_grades(root),
        leaves=_leaves(root),
        parameters=parameters,
        limit_sets=_limit_sets(root.table("limits"), editions, parameters),
        steps=_steps(root),
        season_parts=parts,
        year_allowance_g_per_mu=_year_allowance(season, parts),
        implausible_picking_g=_grams(numbers, "implausible_picking", "kg/mu/day"),
        receipt_ask_again_g=_grams(numbers, "receipt_ask_again", "kg"),
        weight_limit_g=_grams(numbers, "weight_limit", "t"),
        fresh_moisture=fresh,
        made_moisture_limit=made,
        ratio_floor=floor,
        ratio_band=band,
        unprocessed_leaf_hours=_count(numbers, "unprocessed_leaf", "h"),
        late_entry_hours=_count(numbers, "late_entry", "h"),
        oldest_tea_months=_count(numbers, "oldest_tea", "months"),
        restock_days=_count(numbers, "restock", "days"),
        shelf_life_months=_count(numbers, "shelf_life", "months"),
        records_extra_months=_count(numbers, "records_extra", "months"),
        scans_kept_months=_count(numbers, "scans_kept", "months"),
        client_key_days=_count(numbers, "client_key", "days"),
        spares_percent=_number(numbers, "spares_share", "%"),
        spares_least=_count(numbers, "spares_least", "marks"),
        provenance=tuple(notes.provenance),
    )


def _editions(root: _Table, name: str, standard: str) -> tuple[Edition, ...]:
    editions: list[Edition] = []
    for row in root.rows(name):
        row.cited()
        one = Edition(standard, row.text("edition"), row.text("code"), row.a(date, "valid_from"))
        later = not editions or one.valid_from > editions[-1].valid_from
        row.require(later, "valid_from", "must be after the edition before it")
        editions.append(one)
    _unique(root, name, (one.edition for one in editions))
    return tuple(editions)


def _rights(root: _Table) -> tuple[RightBasis, ...]:
    rights = [_right(row.cited()) for row in root.rows("rights")]
    _unique(root, "rights", (right.key for right in rights))
    return tuple(rights)


def _right(row: _Table) -> RightBasis:
    wording = row.table("wording")
    for lang in ("zh", "en"):
        _check_blanks(wording, lang)
    number = row.text("number") if row.has("number") else None
    return RightBasis(row.text("key"), row.text("zh"), row.text("en"), wording.words(), number)


def _check_blanks(wording: _Table, lang: str) -> None:
    try:
        blanks = _blanks(wording.text(lang))
    except ValueError as fault:
        raise wording.broken(lang, str(fault)) from None
    fine = blanks <= {"standard", "announcement", "number"}
    wording.require(fine, lang, "may leave only {standard}, {announcement} and {number} to be filled in")


def _county(table: _Table) -> County:
    code = table.text("code")
    table.require(re.fullmatch(r"[0-9]{6}", code) is not None, "code", "must be six digits")
    bureau = table.sourced("bureau").words()
    return County(code, table.text("zh"), table.text("en"), bureau.zh, bureau.en)


def _counties(root: _Table, prefecture: County) -> tuple[County, ...]:
    counties = []
    for row in root.rows("counties"):
        one = _county(row.cited())
        inside = one.code.startswith(prefecture.code[:4]) and one.code != prefecture.code
        row.require(inside, "code", f"is not a county of {prefecture.code}")
        counties.append(one)
    for names in ([one.code for one in counties], [one.zh for one in counties], [one.en for one in counties]):
        _unique(root, "counties", names)
    return tuple(counties)


def _grades(root: _Table) -> tuple[GradeRule, ...]:
    rules = []
    for row in root.rows("grades"):
        leaf = row.cited().choice(LeafGrade, "coarsest_leaf")
        rules.append(GradeRule(row.choice(Grade, "key"), row.text("zh"), row.text("en"), leaf))
        finer = len(rules) > 1 and not leaf.at_most(rules[-2].coarsest_leaf)
        row.require(not finer, "coarsest_leaf", "must not be finer than that of a better grade")
    root.require(
        [rule.grade for rule in rules] == list(Grade), "grades", f"must be {', '.join(Grade)}, in this order"
    )
    every = rules[-1].coarsest_leaf is list(LeafGrade)[-1]
    root.require(every, f"grades[{len(rules) - 1}].coarsest_leaf", "must take the coarsest leaf there is")
    return tuple(rules)


def _leaves(root: _Table) -> tuple[LeafRule, ...]:
    rows = [row.cited() for row in root.rows("leaf_grades")]
    rules = [LeafRule(row.choice(LeafGrade, "key"), row.text("zh"), row.text("en")) for row in rows]
    in_order = [rule.leaf for rule in rules] == list(LeafGrade)
    root.require(in_order, "leaf_grades", f"must be {', '.join(LeafGrade)}, in this order")
    return tuple(rules)


def _parameters(root: _Table) -> tuple[Parameter, ...]:
    rows = root.rows("parameters")
    found = [Parameter(row.text("key"), row.text("zh"), row.text("en"), row.a(str, "unit")) for row in rows]
    _unique(root, "parameters", (one.key for one in found))
    return tuple(found)


def _limit_sets(
    table: _Table, editions: tuple[Edition, ...], parameters: tuple[Parameter, ...]
) -> tuple[LimitSet, ...]:
    """Limits keyed by standard, edition, grade and parameter: every grade of every edition, and no other."""
    sets = []
    for edition in editions:
        by_grade = table.table(edition.standard).table(edition.edition)
        for name in by_grade.data:
            by_grade.require(name in list(Grade), name, "is not a grade")
        for grade in Grade:
            limits = _limits(by_grade.table(grade), parameters)
            sets.append(LimitSet(edition.standard, edition.edition, grade, limits))
    return tuple(sets)


def _limits(table: _Table, parameters: tuple[Parameter, ...]) -> tuple[Limit, ...]:
    known = {one.key for one in parameters}
    for name in table.data:
        table.require(name in known, name, "is not one of the parameters")
    found = [_limit(table.sourced(one.key), one) for one in parameters if table.has(one.key)]
    table.require(bool(found), "", "has no limits")
    return tuple(found)


def _limit(table: _Table, parameter: Parameter) -> Limit:
    if parameter.yes_no:
        table.require(table.a(bool, "yes"), "yes", "must be true")
        return Limit(parameter.key)
    at_most = table.number("at_most") if table.has("at_most") else None
    at_least = table.number("at_least") if table.has("at_least") else None
    table.require(at_most is not None or at_least is not None, "", "needs at_most or at_least")
    apart = at_most is None or at_least is None or at_least < at_most
    table.require(apart, "at_most", "must be above at_least")
    return Limit(parameter.key, at_most, at_least)


def _steps(root: _Table) -> tuple[Step, ...]:
    rows = [row.cited() for row in root.rows("steps")]
    steps = [
        Step(row.text("key"), row.text("zh"), row.text("en"), row.a(bool, "hand"), row.a(bool, "machine"))
        for row in rows
    ]
    _unique(root, "steps", (step.key for step in steps))
    return tuple(steps)


def _season_parts(season: _Table) -> tuple[SeasonPart, ...]:
    parts = tuple(_season_part(row.cited()) for row in season.rows("parts"))
    _unique(season, "parts", (part.key for part in parts))
    _check_whole_year(season, parts)
    return parts


def _season_part(row: _Table) -> SeasonPart:
    first, last = _month_day(row, "first"), _month_day(row, "last")
    row.require(first <= last, "last", "must not be before first")
    allowance = _grams(row, "allowance", "kg/mu")
    return SeasonPart(row.text("key"), row.text("zh"), row.text("en"), first, last, allowance)


def _month_day(row: _Table, name: str) -> tuple[int, int]:
    """A month and day written "03-26", in any year (29 February included)."""
    text = row.text(name)
    try:
        row.require(re.fullmatch(r"[0-9]{2}-[0-9]{2}", text) is not None, name, "must be written MM-DD")
        day = date.fromisoformat(f"2024-{text}")
    except ValueError:
        raise row.broken(name, "is no day of the year") from None
    return day.month, day.day


def _check_whole_year(season: _Table, parts: tuple[SeasonPart, ...]) -> None:
    """Raise ProfileBroken unless every day of a leap year lies in exactly one part."""
    days = (date(2024, 1, 1) + timedelta(days=n) for n in range(366))
    for day in days:
        times = sum(part.covers(day) for part in parts)
        season.require(times == 1, "parts", f"{day:%m-%d} lies in {times} parts instead of one")


def _year_allowance(season: _Table, parts: tuple[SeasonPart, ...]) -> int:
    grams = _grams(season, "year_allowance", "kg/mu")
    total = sum(part.allowance_g_per_mu for part in parts)
    season.require(total == grams, "year_allowance.value", f"is not the sum of the parts, {total} g")
    return grams
