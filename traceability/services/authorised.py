"""Use cases about rights in force: the public list, the history of a firm's rights, and rights that lie idle."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from traceability.domain import authorising as rules
from traceability.domain import errors
from traceability.domain.authorising import MOVES, UNUSED, ApplicationStep, Side
from traceability.domain.chain import Remark
from traceability.domain.people import FIRM_ROLES, Authorisation, Enterprise, Identity, May, Rights, Within
from traceability.domain.units import local_day
from traceability.services import acting
from traceability.services.acting import EVERYTHING
from traceability.store import applications as application_rows
from traceability.store import authorised as rows
from traceability.store import oversight as oversight_rows
from traceability.store import people as people_rows
from traceability.store.authorised import InForce
from traceability.store.oversight import Finding
from traceability.store.people import ground
from traceability.store.work import Work

__all__ = ["Happening", "InForce", "check_disuse", "find_unused", "history", "idle_since", "in_force"]


def in_force(work: Work, *, now: datetime) -> list[InForce]:
    """Every right in force today, by county and firm: announced to everybody, so anybody may ask."""
    return rows.in_force(work.session, within=EVERYTHING, day=local_day(now), at=now)


# --- idle rights --------------------------------------------------------------------------------------------


def idle_since(work: Work, *, enterprises: Iterable[int], now: datetime) -> dict[int, date]:
    """Of these firms, those with a right in force that has lain idle for two years, and since which day."""
    wanted, today = set(enterprises), local_day(now)
    granted = rows.granted_to(work.session, wanted)
    applied = rows.last_applied(work.session, wanted)
    return {
        firm: since
        for firm in sorted(wanted)
        if (since := _idle(granted.get(firm, []), applied.get(firm), today)) is not None
    }


def _idle(granted: Sequence[Authorisation], applied: datetime | None, today: date) -> date | None:
    held = rules.held_since(granted, today)
    if held is None:
        return None
    return rules.unused_since(held, local_day(applied) if applied else None, today)


def find_unused(work: Work, *, by: Identity, now: datetime) -> list[int]:
    """Find the firms that have not used their right for two years; their ids. For the run of every night.

    A finding that waits is not made again, nor one an office has settled, as long as the same disuse goes on.
    """
    holders = {one.enterprise for one in in_force(work, now=now)}
    idle = idle_since(work, enterprises=holders, now=now)
    told = _findings(work, EVERYTHING) if idle else []
    known = {(one.enterprise, one.evidence.get("since")) for one in told}
    fresh = {firm: since for firm, since in idle.items() if (firm, since.isoformat()) not in known}
    firms = ground.firms_by_id(work.session, fresh) if fresh else {}
    for number, since in fresh.items():
        _tell(work, firms[number], since, by=by, now=now)
    return list(fresh)


def _findings(work: Work, within: Within) -> list[Finding]:
    """Of disuse, settled or not, latest first."""
    return oversight_rows.findings(work.session, within=within, code=UNUSED)


def _is_about(finding: Finding, since: date) -> bool:
    return finding.evidence.get("since") == since.isoformat()


def _tell(work: Work, firm: Enterprise, since: date, *, by: Identity, now: datetime) -> None:
    facts = {"since": since.isoformat(), "years": rules.UNUSED_YEARS, "name": firm.name}
    about = f"enterprise:{firm.id}"
    acting.find(work, Remark(UNUSED, facts), enterprise=firm, at=now, now=now, about=about)
    private = {"enterprise": firm.uscc, "since": since}
    acting.state(work, f"finding.{UNUSED}", by=by, now=now, private=private, shown=False)


def check_disuse(work: Work, *, enterprise: Enterprise, now: datetime) -> None:
    """Raise `DisuseUnproven` unless the firm's disuse lasts, was found, and somebody has looked at the finding."""
    since = idle_since(work, enterprises=[enterprise.id], now=now).get(enterprise.id)
    looked_at = [one for one in _findings(work, acting.within_firm(enterprise)) if one.state != "open"]
    if since is None or not any(_is_about(one, since) for one in looked_at):
        raise errors.DisuseUnproven()


# --- history ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Happening:
    """Something in the history of a firm's rights: when, what (its code and family), in whose words, and by whom.

    `who` is empty where nobody did anything (a right that expired), and for a firm that reads of an officer.
    `application` is the number of the application a step belongs to.
    """

    at: datetime | date
    what: str
    family: str
    words: str
    side: Side | None
    who: str
    application: str = ""


def history(work: Work, *, by: Identity, enterprise: int, now: datetime) -> list[Happening]:
    """Everything that was ever done about a firm's right to the mark, latest first; raise `NotFound`."""
    by.require(May.READ_CHAIN)
    firm = acting.firm_in_reach(work, by, enterprise)
    found = [*_steps(work, firm), *_decided(work, firm), *_expired(work, firm, local_day(now))]
    told = [_for_the_firm(one) for one in found] if by.role in FIRM_ROLES else found
    return sorted(told, key=_when, reverse=True)


def _when(one: Happening) -> tuple[date, datetime | None]:
    return (local_day(one.at), one.at) if isinstance(one.at, datetime) else (one.at, None)


def _steps(work: Work, firm: Enterprise) -> list[Happening]:
    """Steps of applications; that one was granted is told by the announcement."""
    return [
        Happening(
            step.at, step.step, "application_step", step.words, MOVES[step.step].side, step.name, one.no
        )
        for one in application_rows.applications(work.session, within=acting.within_firm(firm))
        for step in one.steps
        if step.step is not ApplicationStep.GRANT
    ]


def _decided(work: Work, firm: Enterprise) -> list[Happening]:
    within = acting.within_firm(firm)
    found = [
        one for one in oversight_rows.decisions(work.session, within=within) if one.about == "authorisation"
    ]
    named = application_rows.posts(work.session, [one.decided_by for one in found])
    return [
        Happening(one.decided_at, one.outcome, "outcome", one.reason, *named.get(one.decided_by, (None, "")))
        for one in found
    ]


def _expired(work: Work, firm: Enterprise, today: date) -> list[Happening]:
    rights: Rights = people_rows.rights(work.session, firm.id)
    return [
        Happening(one.valid_until, "expired", "standing", one.announcement_no, None, "")
        for one in rights.authorisations
        if one.withdrawn_on is None and one.valid_until < today
    ]


def _for_the_firm(one: Happening) -> Happening:
    """A firm reads which office decided, not who there."""
    if one.side in (None, Side.FIRM):
        return one
    return Happening(one.at, one.what, one.family, one.words, one.side, "", one.application)
