"""A visit as the inspectors write it down on their phone: begun, line by line, concluded."""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from traceability.domain import chain as chain_rules
from traceability.domain import errors
from traceability.domain.chain import Remark
from traceability.domain.inspections import (
    Access,
    LineOutcome,
    Result,
    VisitState,
    VisitStep,
    check_line,
    take_visit_step,
)
from traceability.domain.marks import MarkState
from traceability.domain.people import Enterprise, Identity, May, read_reason, read_text
from traceability.domain.profile import CheckItem
from traceability.services import acting
from traceability.services.acting import once
from traceability.services.oversight import keep_document
from traceability.store import inspections as rows
from traceability.store import marks as mark_rows
from traceability.store import waiting as waiting_rows
from traceability.store.inspections import Line, Sample, Visit, VisitStepTaken
from traceability.store.work import Work

REFUSED, NOTED = "inspection.refused", "inspection.noted"
PHOTO = "inspection_photo"


# --- doing --------------------------------------------------------------------------------------------------


@once
def begin_visit(
    work: Work,
    *,
    by: Identity,
    now: datetime,
    at: datetime,
    visit: int,
    access: Access,
    second: int,
    words: str = "",
    key: str | None = None,
) -> int:
    """The inspectors are there. Whoever is not let in concludes the visit with it; being refused is a finding.

    `second` goes along: the other one drawn, or with a reason (`words`) somebody else of the office.
    Raise `NotFound`, `OwnDecision`, `VisitNotYours`, `VisitMoved`, `NotAllowed`, `ReasonMissing`.
    """
    found, firm = _to_write(work, by, visit)
    chain_rules.check_time(at, now=now, born=[found.planned_at])
    take_visit_step(found.state, VisitStep.BEGIN)
    drawn = [user for user, _name in found.inspectors]
    if by.user not in drawn:
        raise errors.VisitNotYours()
    said = _optional(words)
    _check_second(work, by, firm, second, drawn, said)
    _step(work, found, firm, VisitStep.BEGIN, by=by, at=at, now=now, access=access, second=second, words=said)
    if access is not Access.GRANTED:
        _not_let_in(work, found, firm, access, by=by, at=at, now=now, words=said)
    return visit


def _to_write(work: Work, by: Identity, number: int) -> tuple[Visit, Enterprise]:
    """A visit within reach, locked, of a firm this officer has no account with; raise `NotFound`, `OwnDecision`."""
    by.require(May.INSPECT)
    if not rows.lock_visit(work.session, number, within=by.within):
        raise errors.NotFound()
    found = rows.visits(work.session, within=by.within, number=number)[0]
    acting.not_own(by, enterprise=found.enterprise)
    return found, acting.firm_in_reach(work, by, found.enterprise)


def _check_second(
    work: Work, by: Identity, firm: Enterprise, second: int, drawn: list[int], words: str | None
) -> None:
    """Two go together, neither has an account there, and whoever was not drawn goes for a reason that is kept."""
    people = {one.user: one for one, _name in rows.inspectors_of(work.session, by.county)}
    if second == by.user or second not in people:
        raise errors.ChoiceUnknown(field="second")
    if people[second].tied == firm.id:
        raise errors.OwnDecision(field="second")
    if second not in drawn and words is None:
        raise errors.ReasonMissing(field="words")


def _not_let_in(
    work: Work,
    visit: Visit,
    firm: Enterprise,
    access: Access,
    *,
    by: Identity,
    at: datetime,
    now: datetime,
    words: str | None,
) -> None:
    if words is None:
        raise errors.ReasonMissing(field="words")
    _step(work, visit, firm, VisitStep.CONCLUDE, by=by, at=at, now=now, result=Result.NOT_MADE, words=words)
    if access is Access.REFUSED:
        remark = Remark(REFUSED, {"visit": visit.no, "words": words})
        acting.find(work, remark, enterprise=firm, at=at, now=now, about=visit.no)


def _step(
    work: Work,
    visit: Visit,
    firm: Enterprise,
    step: VisitStep,
    *,
    by: Identity,
    at: datetime,
    now: datetime,
    access: Access | None = None,
    result: Result | None = None,
    second: int | None = None,
    words: str | None = None,
) -> None:
    rows.add_visit_step(
        work.session, visit.id, step=step, access=access, result=result, second=second, words=words, at=at, now=now,
        by=by.user,
    )  # fmt: skip
    told = {
        "visit": visit.no, "enterprise": firm.uscc, "access": access, "result": result, "second": second,
        "words": words,
    }  # fmt: skip
    acting.state(work, f"inspection.{_TOLD[step]}", by=by, now=now, at=at, private=told, shown=False)


_TOLD = {VisitStep.BEGIN: "begun", VisitStep.CONCLUDE: "concluded"}


def _optional(text: str) -> str | None:
    return read_text(text, "words", longest=500) if text.strip() else None


def at_work(
    work: Work, by: Identity, number: int, *, at: datetime, now: datetime
) -> tuple[Visit, Enterprise, Access | None]:
    """A visit that runs, for one of the two who are there; raise what `begin_visit` raises."""
    found, firm = _to_write(work, by, number)
    begun = next((one for one in rows.visit_steps(work.session, number) if one.access), None)
    chain_rules.check_time(at, now=now, born=[begun.happened_at if begun else found.planned_at])
    if begun is not None and by.user not in begun.team:
        raise errors.VisitNotYours()
    return found, firm, begun.access if begun else None


@once
def write_line(
    work: Work,
    *,
    by: Identity,
    now: datetime,
    at: datetime,
    visit: int,
    item: str,
    outcome: LineOutcome,
    counted: int | None = None,
    words: str = "",
    photo: bytes = b"",
    key: str | None = None,
) -> int:
    """One thing looked at; the line's id. What the books say at this moment is kept beside what was counted.

    `photo` is a picture that `formats.photos` has cleaned. What is wrong is said in words.
    """
    found, firm, access = at_work(work, by, visit, at=at, now=now)
    known = work.profile.check_item(item)
    check_line(found.state, access, known, counted)
    said = _optional(words)
    if outcome is LineOutcome.WRONG and said is None:
        raise errors.ReasonMissing(field="words")
    booked = None if counted is None or known is None else _booked(work, firm, known)
    file = _keep_photo(work, firm, found, photo, by, now) if photo else None
    line = rows.add_line(
        work.session, visit, item=item, outcome=outcome, counted=counted, booked=booked, words=said, photo=file,
        at=at, now=now, by=by.user,
    )  # fmt: skip
    told = {
        "visit": found.no, "line": line, "enterprise": firm.uscc, "item": item, "outcome": outcome,
        "counted": counted, "booked": booked, "words": said,
        "photo_sha256": hashlib.sha256(photo).hexdigest() if photo else None,
    }  # fmt: skip
    acting.state(work, "inspection.noted", by=by, now=now, at=at, private=told, shown=False)
    return line


def _keep_photo(
    work: Work, firm: Enterprise, visit: Visit, content: bytes, by: Identity, now: datetime
) -> int:
    name = f"{visit.no}.jpg"
    return keep_document(work, firm, by=by, now=now, kind=PHOTO, name=name, content=content, lot=None).id


def _booked(work: Work, firm: Enterprise, item: CheckItem) -> int | None:
    """What the books say the firm has: marks not on packs yet, grams of loose tea, packs."""
    if item.unit == "marks":
        states = mark_rows.state_counts(work.session, within=acting.within_firm(firm))
        return sum(states.get(one, 0) for one in (MarkState.ON_HAND, MarkState.PRINTED))
    loose, packs = rows.books_of(work.session, firm.party)
    return {"g": loose, "packs": packs}.get(item.unit)


@once
def raise_finding(
    work: Work, *, by: Identity, now: datetime, visit: int, line: int, key: str | None = None
) -> int:
    """A line becomes a finding for the county, once; the line's id. Raise `NotFound`, `AlreadyDecided`."""
    found, firm = _to_write(work, by, visit)
    told = next((one for one in rows.lines(work.session, visit) if one.id == line), None)
    if told is None or told.outcome is not LineOutcome.WRONG:
        raise errors.NotFound()
    about = _about(found, told)
    if waiting_rows.known_about(work.session, NOTED, about) is not None:
        raise errors.AlreadyDecided()
    remark = Remark(NOTED, {"visit": found.no, "item": told.item, "words": told.words})
    acting.find(work, remark, enterprise=firm, at=told.seen_at, now=now, about=about)
    private = {"visit": found.no, "line": line, "enterprise": firm.uscc}
    acting.state(work, "inspection.raised", by=by, now=now, private=private, shown=False)
    return line


def _about(visit: Visit, line: Line) -> str:
    return f"{visit.no}/{line.id}"


@once
def conclude_visit(
    work: Work,
    *,
    by: Identity,
    now: datetime,
    at: datetime,
    visit: int,
    result: Result,
    words: str,
    key: str | None = None,
) -> int:
    """End a visit with what came of it, in words; raise `VisitEmpty` when nothing was looked at."""
    found, firm, _access = at_work(work, by, visit, at=at, now=now)
    take_visit_step(found.state, VisitStep.CONCLUDE)
    if result is Result.NOT_MADE:
        raise errors.ChoiceUnknown(field="result")
    if not rows.lines(work.session, visit):
        raise errors.VisitEmpty()
    _step(
        work, found, firm, VisitStep.CONCLUDE, by=by, at=at, now=now, result=result, words=read_reason(words)
    )
    return visit


# --- reading ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class VisitFile:
    """A visit with its steps, its lines (each with the finding it became), and its samples."""

    visit: Visit
    steps: tuple[VisitStepTaken, ...]
    lines: tuple[tuple[Line, int | None], ...]
    samples: tuple[Sample, ...]
    plan_in_reach: bool

    @property
    def access(self) -> Access | None:
        """Whether the inspectors were let in; None before they came."""
        return self.steps[0].access if self.steps else None

    @property
    def team(self) -> frozenset[int]:
        """Who is there; before that, who was drawn."""
        return self.steps[0].team if self.steps else frozenset(user for user, _name in self.visit.inspectors)


def visits(work: Work, *, by: Identity, enterprise: int | None = None) -> list[Visit]:
    """Visits within an office's reach, latest first; of one firm, when it is named."""
    by.require(May.OVERSEE)
    return rows.visits(work.session, within=by.within, enterprise=enterprise)


def visits_due(work: Work, *, by: Identity) -> list[Visit]:
    """Visits still to be made or to be concluded, the one due first on top."""
    by.require(May.OVERSEE)
    found = rows.visits(work.session, within=by.within, open_only=True)
    return sorted(found, key=lambda one: (one.due_on, one.id))


def visit_file(work: Work, *, by: Identity, number: int) -> VisitFile:
    """One visit; raise `NotFound`."""
    by.require(May.OVERSEE)
    return _file(work, by, number)


def _file(work: Work, by: Identity, number: int) -> VisitFile:
    found = rows.visits(work.session, within=by.within, number=number)
    if not found:
        raise errors.NotFound()
    visit = found[0]
    lines = tuple(
        (one, waiting_rows.known_about(work.session, NOTED, _about(visit, one)))
        for one in rows.lines(work.session, number)
    )
    samples = rows.samples(work.session, within=by.within, visit=number)
    plan = by.is_office and visit.plan and rows.plan(work.session, visit.plan, within=by.within)
    steps = tuple(rows.visit_steps(work.session, number))
    return VisitFile(visit, steps, lines, tuple(samples[::-1]), bool(plan))


def seconds(work: Work, *, by: Identity, visit: Visit) -> list[tuple[int, str]]:
    """Who may go along, by id and name: those drawn first; nobody with an account at the firm."""
    by.require(May.INSPECT)
    drawn = [user for user, _name in visit.inspectors]
    people = [
        (one.user, name)
        for one, name in rows.inspectors_of(work.session, by.county)
        if one.tied != visit.enterprise and one.user != by.user
    ]
    return sorted(people, key=lambda one: (one[0] not in drawn, one[0]))


def line_photo(work: Work, *, by: Identity, line: int) -> bytes:
    """The photo of a line of a visit within an office's reach, a JPEG; raise `NotFound`."""
    by.require(May.OVERSEE)
    return _photo(work, by, line)


def _photo(work: Work, by: Identity, line: int) -> bytes:
    found = rows.line_photo(work.session, line, within=by.within)
    if found is None:
        raise errors.NotFound()
    return found


# --- the firm's own -----------------------------------------------------------------------------------------


def own_visits(work: Work, *, by: Identity) -> list[Visit]:
    """Visits to one's own firm that it knows of: begun or made, and to be made where they were announced."""
    acting.own_firm(work, by, May.READ_CHAIN)
    found = rows.visits(work.session, within=by.within)
    return [one for one in found if _told_to_firm(one)]


def _told_to_firm(visit: Visit) -> bool:
    return visit.began_at is not None or (visit.announced and visit.state is VisitState.DUE)


#: Days a firm's board tells of a visit after it was made.
TOLD_DAYS = 14


def news(work: Work, *, by: Identity, now: datetime) -> list[Visit]:
    """Visits a firm's board tells of: announced, going on, or made in the last two weeks."""
    since = now - timedelta(days=TOLD_DAYS)
    found = own_visits(work, by=by)
    return [
        one
        for one in found
        if one.state in (VisitState.DUE, VisitState.RUNNING)
        or (one.began_at is not None and one.began_at >= since)
    ]


def own_visit(work: Work, *, by: Identity, number: int) -> VisitFile:
    """One visit to one's own firm; raise `NotFound`, for one nobody announced too."""
    acting.own_firm(work, by, May.READ_CHAIN)
    found = _file(work, by, number)
    if not _told_to_firm(found.visit):
        raise errors.NotFound()
    return found


def own_line_photo(work: Work, *, by: Identity, line: int) -> bytes:
    """The photo of a line of a visit to one's own firm; raise `NotFound`."""
    acting.own_firm(work, by, May.READ_CHAIN)
    return _photo(work, by, line)
