"""The annual report of mark use, of one year and one office's reach."""

from dataclasses import dataclass
from datetime import date, datetime

from traceability.domain.people import Identity, May
from traceability.services.books import Book, season_book
from traceability.store import annual as rows
from traceability.store.annual import Use
from traceability.store.books import Asked
from traceability.store.work import Work

__all__ = ["Annual", "Use", "annual"]


@dataclass(frozen=True, slots=True)
class Annual:
    """A year: its book, rights in force, marks by firm and product, findings, recalls and complaints."""

    book: Book
    rights: tuple[tuple[str, str, str, date, date, date | None], ...]
    uses: tuple[Use, ...]
    findings: tuple[tuple[str, str, int], ...]
    recalls: tuple[tuple[datetime, str, str, str, str, int], ...]
    complaints: tuple[tuple[str, str, int], ...]


def annual(work: Work, *, by: Identity, season: int) -> Annual:
    """What an office reports of a year."""
    by.require(May.OVERSEE)
    asked = Asked(season, by.within)
    return Annual(
        season_book(work, within=by.within, season=season),
        tuple(rows.rights(work.session, asked)),
        tuple(rows.uses(work.session, asked)),
        tuple(rows.findings(work.session, asked)),
        tuple(rows.recalls(work.session, asked)),
        tuple(rows.complaints(work.session, asked)),
    )
