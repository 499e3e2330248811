"""Customers' complaints to firms as the offices see them: a queue on its clock, read only, and late ones found once.

The firm answers its customer within the days it promised; an office sees that it does, by the seven working days of its
own clock (SAMR order 20 of 2019, Art. 14), the one its doubts run by.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from traceability.domain import errors
from traceability.domain.chain import Lot, Remark
from traceability.domain.complaints import ComplaintState
from traceability.domain.doubts import Clock, clock
from traceability.domain.listing import Asked, Found
from traceability.domain.people import Identity, May
from traceability.domain.units import local_day, start_of_day
from traceability.services import acting
from traceability.store import chain as chain_rows
from traceability.store import complaint_queue as rows
from traceability.store import complaints as complaint_rows
from traceability.store import oversight as oversight_rows
from traceability.store import waiting as waiting_rows
from traceability.store.complaints import Complaint, StepTaken
from traceability.store.oversight import Finding
from traceability.store.people import ground
from traceability.store.work import Work

#: The code of the finding an unanswered complaint becomes.
OVERDUE = "complaint.overdue"


@dataclass(frozen=True, slots=True)
class ComplaintLine:
    """A complaint with the firm's name, and the office's clock while it waits for the firm's answer."""

    complaint: Complaint
    firm: str
    clock: Clock | None


@dataclass(frozen=True, slots=True)
class ComplaintFile:
    """A complaint with its lot, what the firm did about it, and the finding it became; never the telephone."""

    line: ComplaintLine
    lot: Lot | None
    steps: tuple[StepTaken, ...]
    finding: Finding | None


def find_complaints(work: Work, *, by: Identity, now: datetime, asked: Asked) -> Found[ComplaintLine]:
    """A page of the complaints to firms within an office's reach."""
    by.require(May.OVERSEE)
    found = rows.find_complaints(work.session, asked, within=by.within)
    known = rows.complaints_by_id(work.session, found.rows)
    return Found(_lines(work, known, now), found.total, found.first, found.more)


def _lines(work: Work, known: Sequence[Complaint], now: datetime) -> tuple[ComplaintLine, ...]:
    names = waiting_rows.firm_names(work.session, {one.enterprise for one in known})
    return tuple(ComplaintLine(one, names[one.enterprise], _clock(work, one, now)) for one in known)


def _clock(work: Work, one: Complaint, now: datetime) -> Clock | None:
    if one.state is not ComplaintState.RECEIVED:
        return None
    profile = work.profile
    days, calendar = profile.office_days, profile.workdays
    return clock(local_day(one.received_at), local_day(now), days=days, calendar=calendar)


@dataclass(frozen=True, slots=True)
class ComplaintNumbers:
    """How many are in each state, and how many of those that wait have waited too long."""

    states: Mapping[ComplaintState, int]
    overdue: int


def numbers(work: Work, *, by: Identity, now: datetime) -> ComplaintNumbers:
    """Of the complaints to firms within an office's reach."""
    by.require(May.OVERSEE)
    late = rows.count_unanswered(work.session, within=by.within, before=_in_time_from(work, now))
    return ComplaintNumbers(rows.count_complaints(work.session, within=by.within), late)


def _in_time_from(work: Work, now: datetime) -> datetime:
    """What was received before this moment should be answered by now."""
    profile = work.profile
    return start_of_day(profile.workdays.first_in_time(local_day(now), profile.office_days))


def oldest(work: Work, *, by: Identity, now: datetime, limit: int) -> tuple[int, tuple[ComplaintLine, ...]]:
    """How many wait for their firm's answer, and the first few of them: those that wait longest."""
    asked = Asked(only={"state": ComplaintState.RECEIVED}, sort="waiting", size=limit)
    found = find_complaints(work, by=by, now=now, asked=asked)
    return found.total, found.rows


def complaint_file(work: Work, *, by: Identity, now: datetime, number: int) -> ComplaintFile:
    """One complaint to a firm within an office's reach; raise `NotFound`."""
    by.require(May.OVERSEE)
    found = rows.complaint_within(work.session, number, within=by.within)
    if found is None:
        raise errors.NotFound()
    told = oversight_rows.findings(work.session, within=by.within, about=_about(number))
    return ComplaintFile(
        _lines(work, [found], now)[0],
        chain_rows.lot(work.session, found.lot, within=by.within) if found.lot else None,
        tuple(complaint_rows.steps(work.session, number)),
        next((one for one in told if one.code == OVERDUE), None),
    )


def _about(number: int) -> str:
    return f"complaint:{number}"


def find_overdue(work: Work, *, by: Identity, now: datetime) -> list[int]:
    """Each complaint a firm has not answered in time becomes a finding of its county once; their ids. For the run of
    every night.
    """
    late = rows.unanswered(work.session, before=_in_time_from(work, now), code=OVERDUE)
    firms = ground.firms_by_id(work.session, {firm for _, _, firm, _ in late})
    for number, no, firm, at in late:
        due = work.profile.workdays.after(local_day(at), work.profile.office_days)
        facts = {"complaint": no, "until": due.isoformat()}
        remark = Remark(OVERDUE, facts)
        acting.find(work, remark, enterprise=firms[firm], at=at, now=now, about=_about(number))
        private = {**facts, "enterprise": firms[firm].uscc}
        acting.state(work, f"finding.{OVERDUE}", by=by, now=now, private=private, shown=False)
    return [one[0] for one in late]
