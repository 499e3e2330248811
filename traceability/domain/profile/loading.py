"""Reading the file's sections into a profile, and checking that they fit together."""

import re
import tomllib
from datetime import date, timedelta
from decimal import Decimal

from traceability.domain.profile.table import (
    Notes,
    ProfileBroken,
    Table,
    read_band,
    read_grams,
    read_number,
    read_unique,
    read_whole,
)
from traceability.domain.profile.values import (
    Bounds,
    CheckItem,
    CopyRules,
    County,
    DrawRules,
    Edition,
    Grade,
    GradeRule,
    LeafGrade,
    LeafRule,
    Limit,
    LimitSet,
    Parameter,
    Profile,
    RightBasis,
    SeasonPart,
    Step,
    blanks_of,
)
from traceability.domain.workdays import Workdays


def load(text: str) -> Profile:
    """The profile in a TOML text, checked throughout. Raises ProfileBroken with the dotted key at fault."""
    notes = Notes()
    root = Table(_toml(text), "", notes)
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


def _sources(table: Table) -> list[str]:
    for name in table.data:
        table.text(name)
    return list(table.data)


def _profile(root: Table, notes: Notes) -> Profile:
    gi, numbers, season = root.table("gi"), root.table("numbers"), root.table("season")
    standard = gi.sourced("standard").text("value")
    prefecture = _county(root.table("prefecture").cited())
    parameters = _parameters(root)
    editions = _editions(root, "editions", standard)
    parts = _season_parts(season)
    fresh, made = read_band(numbers, "fresh_moisture", "%"), read_number(numbers, "made_moisture_limit", "%")
    numbers.require(made < fresh[0], "made_moisture_limit.value", "must be below fresh_moisture.low")
    floor, band = read_number(numbers, "ratio_floor", "kg/kg"), read_band(numbers, "ratio_band", "kg/kg")
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
        bounds=_bounds(root.sourced("bounds")),
        same_point_m=read_whole(numbers, "same_point", "m"),
        grades=_grades(root),
        leaves=_leaves(root),
        parameters=parameters,
        limit_sets=_limit_sets(root.table("limits"), editions, parameters),
        steps=_steps(root),
        season_parts=parts,
        year_allowance_g_per_mu=_year_allowance(season, parts),
        implausible_picking_g=read_grams(numbers, "implausible_picking", "kg/mu/day"),
        receipt_ask_again_g=read_grams(numbers, "receipt_ask_again", "kg"),
        weight_limit_g=read_grams(numbers, "weight_limit", "t"),
        fresh_moisture=fresh,
        made_moisture_limit=made,
        ratio_floor=floor,
        ratio_band=band,
        unprocessed_leaf_hours=read_whole(numbers, "unprocessed_leaf", "h"),
        late_entry_hours=read_whole(numbers, "late_entry", "h"),
        oldest_tea_months=read_whole(numbers, "oldest_tea", "months"),
        restock_days=read_whole(numbers, "restock", "days"),
        complaint_days=read_whole(numbers, "complaint_answer", "days"),
        office_days=read_whole(numbers, "office_answer", "workdays"),
        workdays=_workdays(root),
        shelf_life_months=read_whole(numbers, "shelf_life", "months"),
        records_extra_months=read_whole(numbers, "records_extra", "months"),
        scans_kept_months=read_whole(numbers, "scans_kept", "months"),
        client_key_days=read_whole(numbers, "client_key", "days"),
        copies=_copies(root.table("copies")),
        checklist=_checklist(root),
        drawing=_drawing(root.table("inspections")),
        spares_percent=read_number(numbers, "spares_share", "%"),
        spares_least=read_whole(numbers, "spares_least", "marks"),
        provenance=tuple(notes.provenance),
    )


def _copies(table: Table) -> CopyRules:
    rules = CopyRules(
        same_look_hours=read_whole(table, "same_look", "h"),
        new_occasion_minutes=read_whole(table, "new_occasion", "min"),
        people_least=read_whole(table, "people_least", "people"),
        grams_a_person=read_whole(table, "grams_a_person", "g"),
        places_least=read_whole(table, "places_least", "provinces"),
        occasion_points=read_whole(table, "occasion", "points"),
        place_points=read_whole(table, "place", "points"),
        early_points=read_whole(table, "early", "points"),
        early_most=read_whole(table, "early_most", "points"),
        crowd_points=read_whole(table, "crowd", "points"),
        crowd_most=read_whole(table, "crowd_most", "points"),
        threshold=read_whole(table, "threshold", "points"),
    )
    enough = rules.threshold > rules.crowd_most + rules.early_most
    table.require(enough, "threshold", "must be above crowd_most and early_most together")
    return rules


def _checklist(root: Table) -> tuple[CheckItem, ...]:
    rows = [row.cited() for row in root.rows("checklist")]
    found = [CheckItem(row.text("key"), row.text("zh"), row.text("en"), row.a(str, "unit")) for row in rows]
    read_unique(root, "checklist", (one.key for one in found))
    return tuple(found)


def _drawing(table: Table) -> DrawRules:
    rules = DrawRules(
        raised_from=read_whole(table, "raised_from", "points"),
        raised_chances=read_whole(table, "raised_chances", "chances"),
        heavy_from=read_whole(table, "heavy_from", "points"),
        heavy_chances=read_whole(table, "heavy_chances", "chances"),
        inspectors=read_whole(table, "inspectors", "people"),
        due_days=read_whole(table, "due", "days"),
    )
    table.require(rules.heavy_from > rules.raised_from, "heavy_from", "must be above raised_from")
    return rules


def _editions(root: Table, name: str, standard: str) -> tuple[Edition, ...]:
    editions: list[Edition] = []
    for row in root.rows(name):
        row.cited()
        one = Edition(standard, row.text("edition"), row.text("code"), row.a(date, "valid_from"))
        later = not editions or one.valid_from > editions[-1].valid_from
        row.require(later, "valid_from", "must be after the edition before it")
        editions.append(one)
    read_unique(root, name, (one.edition for one in editions))
    return tuple(editions)


def _rights(root: Table) -> tuple[RightBasis, ...]:
    rights = [_right(row.cited()) for row in root.rows("rights")]
    read_unique(root, "rights", (right.key for right in rights))
    return tuple(rights)


def _right(row: Table) -> RightBasis:
    wording = row.table("wording")
    for lang in ("zh", "en"):
        _check_blanks(wording, lang)
    number = row.text("number") if row.has("number") else None
    return RightBasis(row.text("key"), row.text("zh"), row.text("en"), wording.words(), number)


def _check_blanks(wording: Table, lang: str) -> None:
    try:
        blanks = blanks_of(wording.text(lang))
    except ValueError as fault:
        raise wording.broken(lang, str(fault)) from None
    fine = blanks <= {"standard", "announcement", "number"}
    wording.require(fine, lang, "may leave only {standard}, {announcement} and {number} to be filled in")


def _workdays(root: Table) -> Workdays:
    """The years' holidays: single days or spans "first..last", as MM-DD."""
    years, off, on = set(), set(), set()
    for row in root.rows("workdays"):
        year = row.cited().whole("year")
        row.require(year not in years, "year", "is told twice")
        years.add(year)
        off |= {day for span in row.a(list, "off") for day in _days(row, "off", year, span)}
        on |= {day for span in row.a(list, "on") for day in _days(row, "on", year, span)}
        row.require(not off & on, "on", "names a day that is off")
    return Workdays(frozenset(years), frozenset(off), frozenset(on))


def _days(row: Table, name: str, year: int, span: object) -> list[date]:
    try:
        first, _dots, last = str(span).partition("..")
        begin, end = (date.fromisoformat(f"{year}-{day}") for day in (first, last or first))
    except ValueError:
        raise row.broken(name, f"{span!r} is no day or span of days") from None
    row.require(begin <= end, name, f"{span!r} ends before it begins")
    return [begin + timedelta(days=n) for n in range((end - begin).days + 1)]


def _county(table: Table) -> County:
    code = table.text("code")
    table.require(re.fullmatch(r"[0-9]{6}", code) is not None, "code", "must be six digits")
    bureau = table.sourced("bureau").words()
    return County(code, table.text("zh"), table.text("en"), bureau.zh, bureau.en)


def _counties(root: Table, prefecture: County) -> tuple[County, ...]:
    counties = []
    for row in root.rows("counties"):
        one = _county(row.cited())
        inside = one.code.startswith(prefecture.code[:4]) and one.code != prefecture.code
        row.require(inside, "code", f"is not a county of {prefecture.code}")
        counties.append(one)
    for names in ([one.code for one in counties], [one.zh for one in counties], [one.en for one in counties]):
        read_unique(root, "counties", names)
    return tuple(counties)


def _bounds(table: Table) -> Bounds:
    table.require(table.text("unit") == "arcmin", "unit", "must be arcmin")
    found = Bounds(*(table.whole(name) for name in ("west", "east", "south", "north")))
    table.require(found.west < found.east <= 180 * 60, "east", "must be above west and at most 180°")
    table.require(found.south < found.north <= 90 * 60, "north", "must be above south and at most 90°")
    return found


def _grades(root: Table) -> tuple[GradeRule, ...]:
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


def _leaves(root: Table) -> tuple[LeafRule, ...]:
    rows = [row.cited() for row in root.rows("leaf_grades")]
    rules = [LeafRule(row.choice(LeafGrade, "key"), row.text("zh"), row.text("en")) for row in rows]
    in_order = [rule.leaf for rule in rules] == list(LeafGrade)
    root.require(in_order, "leaf_grades", f"must be {', '.join(LeafGrade)}, in this order")
    return tuple(rules)


def _parameters(root: Table) -> tuple[Parameter, ...]:
    rows = root.rows("parameters")
    found = [Parameter(row.text("key"), row.text("zh"), row.text("en"), row.a(str, "unit")) for row in rows]
    read_unique(root, "parameters", (one.key for one in found))
    return tuple(found)


def _limit_sets(
    table: Table, editions: tuple[Edition, ...], parameters: tuple[Parameter, ...]
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


def _limits(table: Table, parameters: tuple[Parameter, ...]) -> tuple[Limit, ...]:
    known = {one.key for one in parameters}
    for name in table.data:
        table.require(name in known, name, "is not one of the parameters")
    found = [_limit(table.sourced(one.key), one) for one in parameters if table.has(one.key)]
    table.require(bool(found), "", "has no limits")
    return tuple(found)


def _limit(table: Table, parameter: Parameter) -> Limit:
    if parameter.yes_no:
        table.require(table.a(bool, "yes"), "yes", "must be true")
        return Limit(parameter.key)
    at_most = table.number("at_most") if table.has("at_most") else None
    at_least = table.number("at_least") if table.has("at_least") else None
    table.require(at_most is not None or at_least is not None, "", "needs at_most or at_least")
    apart = at_most is None or at_least is None or at_least < at_most
    table.require(apart, "at_most", "must be above at_least")
    return Limit(parameter.key, at_most, at_least)


def _steps(root: Table) -> tuple[Step, ...]:
    rows = [row.cited() for row in root.rows("steps")]
    steps = [
        Step(row.text("key"), row.text("zh"), row.text("en"), row.a(bool, "hand"), row.a(bool, "machine"))
        for row in rows
    ]
    read_unique(root, "steps", (step.key for step in steps))
    return tuple(steps)


def _season_parts(season: Table) -> tuple[SeasonPart, ...]:
    parts = tuple(_season_part(row.cited()) for row in season.rows("parts"))
    read_unique(season, "parts", (part.key for part in parts))
    _check_whole_year(season, parts)
    return parts


def _season_part(row: Table) -> SeasonPart:
    first, last = _month_day(row, "first"), _month_day(row, "last")
    row.require(first <= last, "last", "must not be before first")
    allowance = read_grams(row, "allowance", "kg/mu")
    return SeasonPart(row.text("key"), row.text("zh"), row.text("en"), first, last, allowance)


def _month_day(row: Table, name: str) -> tuple[int, int]:
    """A month and day written "03-26", in any year (29 February included)."""
    text = row.text(name)
    try:
        row.require(re.fullmatch(r"[0-9]{2}-[0-9]{2}", text) is not None, name, "must be written MM-DD")
        day = date.fromisoformat(f"2024-{text}")
    except ValueError:
        raise row.broken(name, "is no day of the year") from None
    return day.month, day.day


def _check_whole_year(season: Table, parts: tuple[SeasonPart, ...]) -> None:
    """Raise ProfileBroken unless every day of a leap year lies in exactly one part."""
    days = (date(2024, 1, 1) + timedelta(days=n) for n in range(366))
    for day in days:
        times = sum(part.covers(day) for part in parts)
        season.require(times == 1, "parts", f"{day:%m-%d} lies in {times} parts instead of one")


def _year_allowance(season: Table, parts: tuple[SeasonPart, ...]) -> int:
    grams = read_grams(season, "year_allowance", "kg/mu")
    total = sum(part.allowance_g_per_mu for part in parts)
    season.require(total == grams, "year_allowance.value", f"is not the sum of the parts, {total} g")
    return grams
