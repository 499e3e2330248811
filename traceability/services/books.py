"""The books of a season, by county, firm, holder and batch, down to the entries; as known on any past day."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from traceability.domain import errors
from traceability.domain.books import Marks, Tea, tea_of
from traceability.domain.chain import Lot
from traceability.domain.marks import MarkState
from traceability.domain.marks.months import months_begun, standing
from traceability.domain.people import Enterprise, Identity, May, Within
from traceability.domain.units import local_day
from traceability.services import acting
from traceability.store import books as rows
from traceability.store import chain as chain_rows
from traceability.store import mark_months
from traceability.store import people as people_rows
from traceability.store.books import Asked, BatchSums, Posted
from traceability.store.work import Work

__all__ = [
    "BatchSums",
    "Book",
    "FirmBook",
    "LotBook",
    "MarkMonths",
    "Posted",
    "Row",
    "book",
    "firm_book",
    "lot_book",
    "marks_by_month",
    "season_book",
]


@dataclass(frozen=True, slots=True)
class Row:
    """One row: a county, a firm or a holder. `key` is its code or id; `county` the code it belongs to."""

    key: str
    name: str
    county: str
    tea: Tea
    marks: Marks

    @property
    def closes(self) -> bool:
        """Whether both sides of the tea and of the marks are the same."""
        return not self.tea.gap_g and not self.marks.gap


@dataclass(frozen=True, slots=True)
class Book:
    """A season's book: counties and firms within reach, and all of them together."""

    season: int
    known_on: date | None
    counties: tuple[Row, ...]
    firms: tuple[Row, ...]
    total: Row

    @property
    def closes(self) -> bool:
        """Whether every row closes."""
        return all(one.closes for one in self.firms)


@dataclass(frozen=True, slots=True)
class FirmBook:
    """A firm's book: its holders and its batches."""

    firm: Enterprise
    season: int
    known_on: date | None
    row: Row
    holders: tuple[Row, ...]
    batches: tuple[BatchSums, ...]


@dataclass(frozen=True, slots=True)
class LotBook:
    """Every entry on a lot."""

    lot: Lot
    firm: Enterprise
    entries: tuple[Posted, ...]


def book(
    work: Work, *, by: Identity, season: int, known_on: date | None = None, county: str | None = None
) -> Book:
    """The book of a season within an office's reach, or of one county in it; raise `NotFound`."""
    by.require(May.OVERSEE)
    if county and by.within.county not in (None, county):
        raise errors.NotFound
    within = Within.office(county) if county else by.within
    return season_book(work, within=within, season=season, known_on=known_on)


def season_book(work: Work, *, within: Within, season: int, known_on: date | None = None) -> Book:
    """The book of a season within some reach; firms without anything in it are left out of the list of firms."""
    asked = Asked(season, within, known_on)
    by_firm = _tea_by_firm(work, asked)
    marked = rows.marks(work.session, asked)
    firms = tuple(
        Row(str(number), name, county, by_firm.get(number, Tea()), marked.get(number, Marks()))
        for number, name, county in rows.firms(work.session, within)
        if number in by_firm or number in marked
    )
    counties = tuple(
        _together(one.code, "", one.code, [row for row in firms if row.county == one.code])
        for one in work.profile.counties
        if within.everything or within.county == one.code
    )
    return Book(season, known_on, counties, firms, _together("", "", "", firms))


def _together(key: str, name: str, county: str, parts: Iterable[Row]) -> Row:
    tea, marks = Tea(), Marks()
    for one in parts:
        tea, marks = tea + one.tea, marks + one.marks
    return Row(key, name, county, tea, marks)


def _tea(work: Work, asked: Asked) -> dict[int, Tea]:
    """By holder."""
    return tea_of(
        rows.lines(work.session, asked, opening=True),
        rows.lines(work.session, asked, opening=False),
        rows.counted(work.session, asked),
        rows.short(work.session, asked),
    )


def _tea_by_firm(work: Work, asked: Asked) -> Mapping[int, Tea]:
    holders = rows.holders(work.session, asked.within)
    found: dict[int, Tea] = {}
    for holder, tea in _tea(work, asked).items():
        if (of := holders.get(holder)) is not None:
            found[of.enterprise] = found[of.enterprise] + tea if of.enterprise in found else tea
    return found


def firm_book(
    work: Work, *, by: Identity, enterprise: int, season: int, known_on: date | None = None
) -> FirmBook:
    """A firm's book, by holder and by batch; raise `NotFound` for one out of reach."""
    by.require(May.OVERSEE)
    firm = acting.firm_in_reach(work, by, enterprise)
    asked = Asked(season, acting.within_firm(firm), known_on)
    known, tea = rows.holders(work.session, asked.within), _tea(work, asked)
    marks = rows.marks(work.session, asked).get(firm.id, Marks())
    holders = tuple(
        Row(str(number), known[number].name, firm.county, found, marks if known[number].own else Marks())
        for number, found in sorted(tea.items(), key=lambda one: (not known[one[0]].own, one[0]))
    )
    whole = _together(str(firm.id), firm.name, firm.county, holders)
    if not any(known[int(one.key)].own for one in holders):
        whole = Row(whole.key, whole.name, whole.county, whole.tea, marks)
    batches = tuple(rows.batches(work.session, firm.id, asked))
    return FirmBook(firm, season, known_on, whole, holders, batches)


def lot_book(work: Work, *, by: Identity, lot: int, known_on: date | None = None) -> LotBook:
    """Every entry on a lot; raise `LotUnknown` for one out of reach."""
    by.require(May.OVERSEE)
    found = chain_rows.lot(work.session, lot, within=by.within)
    if found is None:
        raise errors.LotUnknown(lot=lot)
    firm = people_rows.enterprise(work.session, found.origin, within=acting.EVERYTHING)
    if firm is None:
        raise errors.NotFound
    asked = Asked(found.season, by.within, known_on)
    return LotBook(found, firm, tuple(rows.entries(work.session, lot, asked)))


@dataclass(frozen=True, slots=True)
class MarkMonths:
    """Marks by state at the beginning of a season, and at the end of each month of it that has begun."""

    season: int
    known_on: date | None
    firm: Enterprise | None
    opening: Mapping[MarkState, int]
    months: tuple[Mapping[MarkState, int], ...]


def marks_by_month(
    work: Work,
    *,
    by: Identity,
    now: datetime,
    season: int,
    known_on: date | None = None,
    county: str | None = None,
    enterprise: int | None = None,
) -> MarkMonths:
    """Of an office's reach, of one county in it or of one firm; raise `NotFound` for what lies out of it."""
    by.require(May.OVERSEE)
    if county and by.within.county not in (None, county):
        raise errors.NotFound
    firm = acting.firm_in_reach(work, by, enterprise) if enterprise is not None else None
    within = acting.within_firm(firm) if firm else Within.office(county) if county else by.within
    moves = mark_months.moved_by_month(work.session, rows.Asked(season, within, known_on))
    begun = months_begun(season, min(known_on or local_day(now), local_day(now)))
    opening, *months = standing(moves, begun)
    return MarkMonths(season, known_on, firm, opening, tuple(months))
