"""How marks end, and how the office settles it: void, lost, returned, lapsed; and the one way back."""

from datetime import datetime

from traceability.domain import errors, marks
from traceability.domain.chain import Remark
from traceability.domain.marks import STEPS, Issue, MarkAction, Said, SerialRange, Span
from traceability.domain.people import Enterprise, Identity, May, read_reason
from traceability.domain.units import local_day
from traceability.services import acting
from traceability.services.acting import once
from traceability.services.marking import find_spans, take_action
from traceability.store import chain as chain_rows
from traceability.store import marks as rows
from traceability.store import scans as scan_rows
from traceability.store.work import Work

Ranges = tuple[SerialRange, ...]


@once
def void_marks(
    work: Work, *, by: Identity, now: datetime, ranges: Ranges, reason: str, key: str | None = None
) -> int:
    """Void marks that were spoiled; they keep holding their grams (FRAUD F25). How many."""
    firm = acting.own_firm(work, by, May.VOID_MARKS)
    _, spans = _found(work, firm, ranges)
    take_action(work, MarkAction.VOID, spans, by=by, at=now, now=now, ranges=ranges, said=Said(reason))
    return marks.count(ranges)


@once
def report_lost(
    work: Work,
    *,
    by: Identity,
    now: datetime,
    ranges: Ranges,
    counted: int,
    reason: str,
    key: str | None = None,
) -> int:
    """Printed labels that cannot be found; they keep holding their grams, and the county looks into it. How many."""
    firm = acting.own_firm(work, by, May.VOID_MARKS)
    issues, spans = _found(work, firm, ranges)
    said = Said(read_reason(reason), counted)
    take_action(work, MarkAction.LOSE, spans, by=by, at=now, now=now, ranges=ranges, said=said)
    told = {"serials": ", ".join(map(str, ranges)), "marks": counted, "why": said.reason}
    acting.find(work, Remark("marks.lost", told, issues[0].batch), enterprise=firm, at=now, now=now)
    return counted


@once
def return_marks(
    work: Work,
    *,
    by: Identity,
    now: datetime,
    enterprise: int,
    ranges: Ranges,
    counted: int,
    witness: str,
    reason: str,
    key: str | None = None,
) -> int:
    """The office counted and destroyed labels a firm handed back, void and found ones too; how many.

    Only this lets their grams go.
    """
    firm = _decided_on(work, by, enterprise)
    _, spans = _found(work, firm, ranges)
    why = read_reason(reason)
    said = Said(why, counted, witness)
    take_action(work, MarkAction.RETURN, spans, by=by, at=now, now=now, ranges=ranges, said=said)
    _decided(work, firm, "returned", why, ranges, by=by, now=now)
    return counted


@once
def restore_marks(
    work: Work,
    *,
    by: Identity,
    now: datetime,
    enterprise: int,
    ranges: Ranges,
    counted: int,
    reason: str,
    key: str | None = None,
) -> int:
    """Labels an amended packing never used, seen by the office and never looked up, may be used after all. How many."""
    firm = _decided_on(work, by, enterprise)
    issues, spans = _found(work, firm, ranges)
    for issue in issues:
        own = [span.range for span in spans if span.issue == issue.id]
        marks.check_unused(rows.acts_on(work.session, issue.id), own)
    if seen := scan_rows.first_seen_in(work.session, ranges):
        raise errors.MarksScanned(serials=marks.control_number(seen))
    why = read_reason(reason)
    said = Said(why, counted)
    take_action(work, MarkAction.RESTORE, spans, by=by, at=now, now=now, ranges=ranges, said=said)
    _decided(work, firm, "restored", why, ranges, by=by, now=now)
    return counted


@once
def lapse_marks(
    work: Work, *, by: Identity, now: datetime, enterprise: int, season: int, key: str | None = None
) -> int:
    """At the end of a season: every mark of the firm that still waits for a pack of that season's tea. How many."""
    firm = _decided_on(work, by, enterprise)
    marks.check_season_over(season, local_day(now))
    spans = _waiting(work, firm, season)
    ranges = tuple(sorted(span.range for span in spans))
    if not ranges:
        raise errors.NothingToLapse(season=season)
    said = Said(str(season))
    take_action(work, MarkAction.LAPSE, spans, by=by, at=now, now=now, ranges=ranges, said=said)
    _decided(work, firm, "lapsed", str(season), ranges, by=by, now=now)
    return marks.count(ranges)


def _waiting(work: Work, firm: Enterprise, season: int) -> list[Span]:
    issues = rows.issues(work.session, within=acting.within_firm(firm))
    batches = chain_rows.lots_by_id(work.session, [one.batch for one in issues])
    of_season = [one.id for one in issues if batches[one.batch].season == season]
    rows.lock_issues(work.session, of_season)
    spans = [span for one in of_season for span in rows.spans(work.session, issue=one)]
    return [span for span in spans if span.state in STEPS[MarkAction.LAPSE].sources]


def _decided_on(work: Work, by: Identity, enterprise: int) -> Enterprise:
    """A firm in reach that the officer has no account with (FRAUD F16)."""
    by.require(May.DECIDE_MARKS)
    firm = acting.firm_in_reach(work, by, enterprise)
    acting.not_own(by, enterprise=firm.id)
    return firm


def _decided(
    work: Work, firm: Enterprise, outcome: str, reason: str, ranges: Ranges, *, by: Identity, now: datetime
) -> None:
    """What an office did with a firm's marks stands among its decisions."""
    acting.decide(
        work,
        about="marks",
        subject=firm.id,
        firm=firm,
        outcome=outcome,
        reason=reason,
        by=by,
        now=now,
        public={"count": marks.count(ranges)},
    )


def _found(work: Work, firm: Enterprise, ranges: Ranges) -> tuple[list[Issue], list[Span]]:
    marks.check_apart(ranges)
    issues = rows.issues_overlapping(work.session, ranges, enterprise=firm.id, lock=True)
    return issues, find_spans(work, issues, ranges)
