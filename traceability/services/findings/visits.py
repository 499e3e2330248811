"""Whom to visit: firms ranked by the weight of the findings that wait, for the office and its plan of inspections."""

from collections.abc import Sequence
from dataclasses import dataclass

from traceability.domain import findings as rules
from traceability.domain.findings import Visit
from traceability.domain.listing import Asked, Found, Word
from traceability.domain.people import Enterprise, Identity, May
from traceability.services.lists import Register
from traceability.store import findings as rows
from traceability.store import people as people_rows
from traceability.store.work import Work


@dataclass(frozen=True, slots=True)
class VisitLine:
    """A firm to visit, its place in the list (from 1), its points and why."""

    place: int
    firm: Enterprise
    visit: Visit


def visits(work: Work, *, by: Identity, county: str | None = None) -> list[Visit]:
    """Firms within reach by what waits there, the most promising first; for a plan of inspections, by enterprise id."""
    by.require(May.OVERSEE)
    return rules.ranked(rows.waiting_by_firm(work.session, within=by.within, county=county))


def _find(work: Work, by: Identity, asked: Asked) -> Found[int]:
    ranked = visits(work, by=by, county=asked.only.get("county"))
    firms = people_rows.firms_by_id(work.session, [one.enterprise for one in ranked]) if asked.words else {}
    found = [
        one.enterprise
        for one in ranked
        if all(_says(firms[one.enterprise], one, word) for word in asked.words)
    ]
    if not asked.down and asked.sort == "points":
        found.reverse()
    size = asked.size or len(found) or 1
    first = min(asked.first, max(0, len(found) - 1) // size * size)
    return Found(tuple(found[first : first + size]), len(found), first)


def _says(firm: Enterprise, visit: Visit, word: Word) -> bool:
    codes = {firm.county, *(one.code for one in visit.reasons)}
    return word.text.casefold() in f"{firm.name} {firm.uscc}".casefold() or bool(word.codes & codes)


def _read(work: Work, by: Identity, numbers: Sequence[int]) -> list[VisitLine]:
    # The place counts in the whole list, not on the page: whoever narrows it must not see another firm as the first.
    ranked = {one.enterprise: (place, one) for place, one in enumerate(visits(work, by=by), start=1)}
    firms = people_rows.firms_by_id(work.session, numbers)
    return [VisitLine(ranked[n][0], firms[n], ranked[n][1]) for n in numbers if n in firms and n in ranked]


#: Firms to visit, for a page and a file.
VISITS: Register[VisitLine] = Register(_find, _read)
