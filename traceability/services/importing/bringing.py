"""Sheet by sheet: what is recorded already is skipped or contradicted, what is new goes through its use case."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import datetime
from typing import Any

from traceability.domain.errors import Refusal
from traceability.domain.people import Identity, May
from traceability.formats.workbook import (
    Book,
    Kind,
    Row,
    RowDiffers,
    Sheet,
    Table,
    TooManyNewRows,
    Trouble,
    shown,
)
from traceability.services import acting
from traceability.services.importing.gardens import Growers, Plots, PlotWorks
from traceability.services.importing.goods import Sales, Shipments
from traceability.services.importing.leaf import Receipts
from traceability.services.importing.making import Blending, Processing
from traceability.services.importing.outcome import Counts, Outcome
from traceability.services.importing.packing import Packaging, Sampling
from traceability.services.importing.stage import LOTS, Recorded, Season, Stage
from traceability.store.work import Work

STAGES: Mapping[str, type[Stage]] = {
    "growers": Growers,
    "plots": Plots,
    "plot_works": PlotWorks,
    "receipts": Receipts,
    "processing": Processing,
    "blending": Blending,
    "sampling": Sampling,
    "packaging": Packaging,
    "shipments": Shipments,
    "sales": Sales,
}

Progress = Callable[[int, int], None]

#: Sheets asked and written in bulk. A row of any other takes some 5 ms, and on SQLite everybody else waits as long.
IN_BULK = frozenset({"receipts"})
MOST_ONE_BY_ONE = 4_000


class _NotKept(Exception):
    """Leaves a change that is not to be kept."""


def bring_in(
    change: Callable[[], AbstractContextManager[Work]],
    *,
    by: Identity,
    now: datetime,
    book: Book,
    keep: bool,
    progress: Progress = lambda done, of: None,
) -> Outcome:
    """Record everything new in a workbook, in one change. Undone when anything is wrong, and when it is not to be kept.

    A trial run does exactly what the real one does, locks included, so that what it promises holds. `progress` is told
    how many rows of how many are done. Raise `NotAllowed`.
    """
    kept = False
    try:
        with change() as work:
            outcome = _record(work, by, now, book, progress)
            if not (keep and outcome.fine):
                raise _NotKept
        kept = True
    except _NotKept:
        pass
    return Outcome(outcome.sha256, outcome.sheets, outcome.troubles, kept)


def _record(work: Work, by: Identity, now: datetime, book: Book, progress: Progress) -> Outcome:
    firm = acting.own_firm(work, by, May.RECORD_CHAIN)
    troubles = list(book.troubles)
    sheets: dict[str, Counts] = {}
    done = 0
    season = Season(work, by, now, firm, lambda n: progress(done + n, book.rows))
    with acting.late_together(work, enterprise=firm, now=now):
        for table in book.tables:
            sheets[table.sheet.key] = _sheet(season, table, troubles)
            done += len(table.rows)
            progress(done, book.rows)
    outcome = Outcome(book.sha256, sheets, _in_order(book, troubles))
    if outcome.fine and outcome.new:
        counts = {name: one.new for name, one in sheets.items() if one.new}
        told = {"file": book.sha256, "rows": counts, "enterprise": firm.uscc}
        acting.state(work, "workbook.imported", by=by, now=now, private=told)
    return outcome


def _in_order(book: Book, troubles: Sequence[Trouble]) -> tuple[Trouble, ...]:
    """Sheet by sheet, row by row; strange sheets, which have no place among the others, first."""
    titles = [one.sheet.title for one in book.tables]
    known = {title: n for n, title in enumerate(titles, start=1)}
    return tuple(sorted(troubles, key=lambda one: (known.get(one.sheet, 0), one.order)))


def _sheet(season: Season, table: Table, troubles: list[Trouble]) -> Counts:
    """One sheet: its counts; what is wrong is added to the troubles."""
    stage = STAGES[table.sheet.key](season)
    for row in table.broken:
        _set_aside(season, stage, table.sheet, row)
    recorded = stage.known(table.rows)
    new, same, conflicts, waiting = [], 0, 0, 0
    for row in table.rows:
        if (there := recorded.get(row.key(table.sheet))) is not None:
            differing = _differing(table, row, there)
            troubles += differing
            conflicts += bool(differing)
            same += not differing
        elif any(other in season.wrong.get(sheet, ()) for sheet, other in stage.needs(row)):
            waiting += 1  # what it stands on is wrong: told there, not once more here
            _set_aside(season, stage, table.sheet, row)
        else:
            new.append(row)
    if table.sheet.key not in IN_BULK:
        season.slow += len(new)
        if new and season.slow > MOST_ONE_BY_ONE:
            return _too_many(
                season, stage, table, troubles, new, Counts(0, same, conflicts, table.wrong + waiting)
            )
    refused = stage.record(new)
    for row in new:
        if (error := refused.get(row.number)) is not None:
            troubles.append(_refused(table, row, error))
            _set_aside(season, stage, table.sheet, row)
    return Counts(len(new) - len(refused), same, conflicts, table.wrong + waiting + len(refused))


def _too_many(
    season: Season, stage: Stage, table: Table, troubles: list[Trouble], new: Sequence[Row], counts: Counts
) -> Counts:
    """So many at once would keep everybody else from writing: said once for the sheet."""
    told = {"sheet": table.sheet.title, "rows": len(new), "most": MOST_ONE_BY_ONE}
    troubles.append(Trouble(table.sheet.title, "", "", TooManyNewRows(**told)))
    for row in new:
        _set_aside(season, stage, table.sheet, row)
    return replace(counts, wrong=counts.wrong + len(new))


def _set_aside(season: Season, stage: Stage, sheet: Sheet, row: Row) -> None:
    """Remember that a row is wrong, and the lot it would have made."""
    season.wrong.setdefault(sheet.key, set()).add(row.key(sheet))
    season.wrong.setdefault(LOTS, set()).add((stage.makes(row),))


def _refused(table: Table, row: Row, error: Refusal) -> Trouble:
    named = error.facts.get("field") or error.field
    column = table.sheet.column_of(str(named) if named else None)
    if column == "grams" and row.values[column] is None and row.values.get("packs"):
        column = "packs"  # an amount is refused where it was written
    return _trouble(table, row, column, error)


def _trouble(table: Table, row: Row, column: str, error: Refusal) -> Trouble:
    value = shown(row.values[column], table.sheet.column(column))
    return Trouble(table.sheet.title, table.cell(row.number, column), value[:80], error)


def _differing(table: Table, row: Row, recorded: Recorded) -> Sequence[Trouble]:
    """A trouble for each cell that says something else than the books; empty cells that may be empty say nothing."""
    found = []
    for name, there in recorded.items():
        column, given = table.sheet.column(name), row.values[name]
        if given is None and column.kind is Kind.WEIGHT_OR_ZERO:
            given = 0
        if given is not None and not _agree(column.kind, given, there):
            told = {"given": shown(given, column), "recorded": shown(there, column), "column": column.title}
            found.append(_trouble(table, row, name, RowDiffers(**told)))
    return found


def _agree(kind: Kind, given: Any, recorded: Any) -> bool:
    """Whether two values say the same; of lots named without a weight, any weight agrees."""
    if kind is Kind.LOTS:
        weights = dict(recorded)
        named = {no for no, _grams in given}
        return named == weights.keys() and all(grams in (None, weights[no]) for no, grams in given)
    if kind is Kind.NAMES:
        return set(given) == set(recorded)
    return bool(given == recorded)
