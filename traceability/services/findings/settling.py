"""Taking a finding, putting it back, settling it: each is kept with who did it and when."""

from datetime import datetime

from traceability.domain import errors
from traceability.domain.findings import Settlement, State
from traceability.domain.people import Identity, May, read_reason
from traceability.services import acting
from traceability.services.acting import EVERYTHING, once
from traceability.store import chain as chain_rows
from traceability.store import findings as rows
from traceability.store import people as people_rows
from traceability.store.oversight import Finding
from traceability.store.work import Work


def _to_settle(work: Work, by: Identity, number: int) -> Finding:
    """A finding this officer may decide on, locked; raise `NotFound`, `OwnDecision` or `AlreadyDecided`."""
    by.require(May.SETTLE)
    found = rows.finding(work.session, number, within=by.within, lock=True)
    if found is None:
        raise errors.NotFound()
    acting.not_own(by, enterprise=found.enterprise, entered_by=_actor(work, found))
    if found.state == State.SETTLED:
        raise errors.AlreadyDecided()
    return found


def _actor(work: Work, found: Finding) -> int | None:
    """Who entered the event a finding is about; its county may be another than the finding's."""
    event = chain_rows.event(work.session, found.event, within=EVERYTHING) if found.event else None
    return event.actor if event else None


@once
def take_finding(work: Work, *, by: Identity, now: datetime, finding: int, key: str | None = None) -> int:
    """Look into a finding from now on; raise `FindingTaken` when a colleague does."""
    found = _to_settle(work, by, finding)
    if found.taken_by not in (None, by.user):
        raise errors.FindingTaken(who=_name(work, found.taken_by))
    if found.taken_by is None:
        rows.take(work.session, finding, by=by.user, at=now, done_by=by.user)
        acting.state(work, "finding.taken", by=by, now=now, private={"finding": finding}, shown=False)
    return finding


@once
def put_back_finding(work: Work, *, by: Identity, now: datetime, finding: int, key: str | None = None) -> int:
    """Nobody looks into it any more; a colleague may put back what was left lying, which is kept too."""
    found = _to_settle(work, by, finding)
    if found.taken_by is not None:
        rows.take(work.session, finding, by=None, at=now, done_by=by.user)
        acting.state(work, "finding.put_back", by=by, now=now, private={"finding": finding}, shown=False)
    return finding


@once
def settle_finding(
    work: Work,
    *,
    by: Identity,
    now: datetime,
    finding: int,
    result: str,
    outcome: str,
    key: str | None = None,
) -> int:
    """Close a finding: with what it was (`Settlement`), and the outcome in words.

    Raise `NotFound`, `OwnDecision`, `AlreadyDecided`, `ChoiceUnknown` or `ReasonMissing`.
    """
    found = _to_settle(work, by, finding)
    if result not in set(Settlement):
        raise errors.ChoiceUnknown(choice=result, field="result")
    words = read_reason(outcome)
    rows.settle(work.session, finding, result=str(result), words=words, at=now, by=by.user)
    firm = people_rows.enterprise(work.session, found.enterprise or 0, within=by.within)
    acting.decide(
        work,
        about="finding",
        subject=finding,
        firm=firm,
        county=found.county,
        outcome="settled",
        reason=words,
        by=by,
        now=now,
        public={"result": str(result)},
    )
    return finding


def _name(work: Work, user: int | None) -> str:
    return people_rows.user_name(work.session, user) if user else ""
