"""Applying for the right to use the mark: a firm files with its documents, its county reviews, the prefecture decides.

Nobody decides on what they entered or on a firm they have an account with, and county and prefecture are two persons.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from traceability.domain import authorising as rules
from traceability.domain import errors
from traceability.domain.authorising import MOVES, ApplicationState, ApplicationStep, Paper, Side
from traceability.domain.people import Enterprise, Identity, May, read_reason, read_text
from traceability.domain.profile import Grade
from traceability.services import acting, oversight
from traceability.services.acting import once
from traceability.services.people.enterprises import announce, check_right
from traceability.store import applications as rows
from traceability.store import oversight as documents
from traceability.store import people as people_rows
from traceability.store.applications import Application, ApplicationPaper
from traceability.store.oversight import Document
from traceability.store.work import Work

__all__ = [
    "Application", "ApplicationFile", "ApplicationPaper", "Document", "HandedIn", "add_to_application", "application",
    "application_document", "applications", "apply_for_right", "grant_application", "pass_on", "refuse_application",
    "send_back", "take_back", "waiting",
]  # fmt: skip

KIND = "application"
"""The kind its documents are kept under."""


@dataclass(frozen=True, slots=True)
class HandedIn:
    """A file as it is handed in: what it is, its name, and its bytes."""

    paper: Paper
    name: str
    content: bytes = field(repr=False)


# --- the firm -----------------------------------------------------------------------------------------------


@once
def apply_for_right(
    work: Work,
    *,
    by: Identity,
    now: datetime,
    right_basis: str,
    scope: Sequence[Grade],
    standard: str,
    words: str,
    files: Sequence[HandedIn],
    key: str | None = None,
) -> int:
    """Apply for the right to use the mark for these grades; the application's id.

    Raise `ApplicationOpen`, `ChoiceUnknown`, `PapersMissing`, `FileRefused`.
    """
    firm = acting.own_firm(work, by, May.APPLY)
    people_rows.lock_enterprise(work.session, firm.id)
    if waiting_one := _open_one(work, firm):
        raise errors.ApplicationOpen(application=waiting_one.no)
    check_right(work, right_basis, scope)
    if standard not in {one.code for one in work.profile.editions}:
        raise errors.ChoiceUnknown(choice=standard[:40], field="standard")
    said = _said(words)
    if not files:
        raise errors.PapersMissing()
    no = acting.running_no(work, firm, "SQ", at=now)
    asked: dict[str, object] = {"right_basis": right_basis, "scope": tuple(scope), "standard": standard}
    number = rows.add_application(work.session, no=no, enterprise=firm.id, at=now, **asked)  # type: ignore[arg-type]
    hashes = _keep_step(work, firm, number, ApplicationStep.FILE, said, files, by=by, now=now)
    told = {"application": no, "enterprise": firm.uscc, "files": hashes, **asked, "scope": list(scope)}
    acting.state(work, "application.file", by=by, now=now, private=told, shown=False)
    return number


@once
def add_to_application(
    work: Work,
    *,
    by: Identity,
    now: datetime,
    application: int,
    words: str,
    files: Sequence[HandedIn],
    key: str | None = None,
) -> int:
    """Answer what the county asked for, or add documents while it has not decided; the application's id.

    Raise `ApplicationMoved`, `ReasonMissing` for an answer without words, `PapersMissing`, `FileRefused`.
    """
    found, firm = _own(work, by, application)
    step = rules.answering(found.state)
    rules.take_step(found.state, step)
    said = read_reason(words) if step is ApplicationStep.ANSWER else _said(words)
    if step is ApplicationStep.ADD and not files:
        raise errors.PapersMissing()
    _firm_step(work, found, firm, step, said, files, by=by, now=now)
    return application


@once
def take_back(
    work: Work, *, by: Identity, now: datetime, application: int, reason: str, key: str | None = None
) -> int:
    """The firm does not want it decided any more; raise `ApplicationMoved`, `ReasonMissing`."""
    found, firm = _own(work, by, application)
    rules.take_step(found.state, ApplicationStep.TAKE_BACK)
    _firm_step(work, found, firm, ApplicationStep.TAKE_BACK, read_reason(reason), (), by=by, now=now)
    return application


def _said(words: str) -> str:
    """What the firm says beside its documents, or nothing."""
    return read_text(words, "words", longest=500) if words.strip() else ""


def _own(work: Work, by: Identity, number: int) -> tuple[Application, Enterprise]:
    firm = acting.own_firm(work, by, May.APPLY)
    people_rows.lock_enterprise(work.session, firm.id)
    return _found(work, by, number), firm


def _open_one(work: Work, firm: Enterprise) -> Application | None:
    found = rows.applications(work.session, within=acting.within_firm(firm))
    return next((one for one in found if one.is_open), None)


def _firm_step(
    work: Work,
    found: Application,
    firm: Enterprise,
    step: ApplicationStep,
    words: str,
    files: Sequence[HandedIn],
    *,
    by: Identity,
    now: datetime,
) -> None:
    hashes = _keep_step(work, firm, found.id, step, words, files, by=by, now=now)
    told = {"application": found.no, "enterprise": firm.uscc, "files": hashes, "words": words}
    acting.state(work, f"application.{step}", by=by, now=now, private=told, shown=False)


def _keep_step(
    work: Work,
    firm: Enterprise,
    number: int,
    step: ApplicationStep,
    words: str,
    files: Sequence[HandedIn],
    *,
    by: Identity,
    now: datetime,
) -> list[str]:
    """A step with its documents; their hashes. A file the application has already is not kept twice."""
    taken = rows.add_step(work.session, number, step=step, words=words, at=now, by=by.user)
    known = {one.document.sha256 for one in rows.papers(work.session, number)}
    hashes = []
    for one in files:
        digest = hashlib.sha256(one.content).hexdigest()
        if digest not in known:
            kept = oversight.keep_document(
                work, firm, by=by, now=now, kind=KIND, name=one.name, content=one.content, lot=None
            )
            rows.add_paper(work.session, number, document=kept.id, paper=one.paper, step=taken)
            known.add(digest)
            hashes.append(digest)
    return hashes


# --- the county ---------------------------------------------------------------------------------------------


@once
def pass_on(
    work: Work, *, by: Identity, now: datetime, application: int, reason: str, key: str | None = None
) -> int:
    """The county has no objection, and says why; the application goes to the prefecture."""
    return _review(work, by, application, ApplicationStep.FORWARD, reason, now=now)


@once
def send_back(
    work: Work, *, by: Identity, now: datetime, application: int, missing: str, key: str | None = None
) -> int:
    """The county says what is missing; the application waits for the firm's answer."""
    return _review(work, by, application, ApplicationStep.RETURN, missing, now=now)


def _review(
    work: Work, by: Identity, number: int, step: ApplicationStep, reason: str, *, now: datetime
) -> int:
    found, firm = _to_decide(work, by, number, May.REVIEW, step)
    _office_step(work, found, firm, step, read_reason(reason), by=by, now=now)
    return number


# --- the prefecture -----------------------------------------------------------------------------------------


@once
def grant_application(
    work: Work,
    *,
    by: Identity,
    now: datetime,
    application: int,
    announcement_no: str,
    scope: Sequence[Grade],
    valid_from: date,
    valid_until: date,
    key: str | None = None,
) -> int:
    """The prefecture announces the right, for the grades asked for or some of them.

    Raise `OwnDecision`, `SamePerson`, `ApplicationMoved`, `ChoiceUnknown`.
    """
    found, firm = _to_decide(work, by, application, May.AUTHORISE, ApplicationStep.GRANT)
    if beyond := set(scope) - set(found.scope):
        raise errors.ChoiceUnknown(choice=min(beyond).value, field="scope")
    no = announce(
        work,
        firm,
        by=by,
        now=now,
        announcement_no=announcement_no,
        right_basis=found.right_basis,
        scope=scope,
        valid_from=valid_from,
        valid_until=valid_until,
    )
    rows.add_step(work.session, found.id, step=ApplicationStep.GRANT, words=no, at=now, by=by.user)
    told = {"application": found.no, "enterprise": firm.uscc, "announcement_no": no}
    acting.state(work, "application.grant", by=by, now=now, private=told, shown=False)
    return application


@once
def refuse_application(
    work: Work, *, by: Identity, now: datetime, application: int, reason: str, key: str | None = None
) -> int:
    """The prefecture refuses, with a reason the firm reads."""
    found, firm = _to_decide(work, by, application, May.AUTHORISE, ApplicationStep.REFUSE)
    _office_step(work, found, firm, ApplicationStep.REFUSE, read_reason(reason), by=by, now=now)
    return application


def _to_decide(
    work: Work, by: Identity, number: int, permission: May, step: ApplicationStep
) -> tuple[Application, Enterprise]:
    """An application an office may take this step of.

    Raise `NotFound`, `OwnDecision`, `SamePerson`, `ApplicationMoved`.
    """
    by.require(permission)
    firm = acting.firm_in_reach(work, by, _found(work, by, number).enterprise)
    people_rows.lock_enterprise(work.session, firm.id)
    found = _found(work, by, number)
    for one in found.steps:
        if MOVES[one.step].side is Side.FIRM:
            acting.not_own(by, enterprise=firm.id, entered_by=one.by)
    if MOVES[step].side is Side.PREFECTURE:
        rules.check_two_persons(by.user, ((one.step, one.by) for one in found.steps))
    rules.take_step(found.state, step)
    return found, firm


def _office_step(
    work: Work,
    found: Application,
    firm: Enterprise,
    step: ApplicationStep,
    words: str,
    *,
    by: Identity,
    now: datetime,
) -> None:
    rows.add_step(work.session, found.id, step=step, words=words, at=now, by=by.user)
    acting.decide(
        work, about=KIND, subject=found.id, firm=firm, outcome=_OUTCOMES[step], reason=words, by=by, now=now
    )


_OUTCOMES = {
    ApplicationStep.FORWARD: "passed_on",
    ApplicationStep.RETURN: "sent_back",
    ApplicationStep.REFUSE: "refused",
}


# --- reading ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ApplicationFile:
    """An application with its firm and its documents. `barred`: why this officer may not decide on it, if so."""

    application: Application
    firm: Enterprise
    papers: tuple[ApplicationPaper, ...]
    barred: errors.Refusal | None = None


def applications(work: Work, *, by: Identity, enterprise: int | None = None) -> list[Application]:
    """Applications within reach, latest first: a firm's own, a county's, or all; of one firm, when it is named."""
    by.require(May.READ_CHAIN)
    return rows.applications(work.session, within=by.within, enterprise=enterprise)


def waiting(work: Work, *, by: Identity) -> list[Application]:
    """Applications that wait for the reader's side, the one that waits longest first."""
    turn = next((state for may, state in _TURNS if by.may(may)), None)
    found = [one for one in applications(work, by=by) if one.state is turn]
    return sorted(found, key=lambda one: one.moved_at)


_TURNS = (
    (May.REVIEW, ApplicationState.FILED),
    (May.AUTHORISE, ApplicationState.PASSED),
    (May.APPLY, ApplicationState.RETURNED),
)


def application(work: Work, *, by: Identity, number: int) -> ApplicationFile:
    """One application within reach; raise `NotFound` (FRAUD F17)."""
    by.require(May.READ_CHAIN)
    found = _found(work, by, number)
    firm = acting.firm_in_reach(work, by, found.enterprise)
    return ApplicationFile(found, firm, tuple(rows.papers(work.session, number)), _barred(by, found))


def _barred(by: Identity, found: Application) -> errors.Refusal | None:
    """What would be said to this officer who tried to decide, whoever's turn it is."""
    entered = {one.by for one in found.steps if MOVES[one.step].side is Side.FIRM}
    if by.user in entered or by.enterprise == found.enterprise:
        return errors.OwnDecision() if by.is_office else None
    try:
        if by.may(May.AUTHORISE):
            rules.check_two_persons(by.user, ((one.step, one.by) for one in found.steps))
    except errors.SamePerson as error:
        return error
    return None


def application_document(
    work: Work, *, by: Identity, application: int, document: int
) -> tuple[Document, bytes]:
    """A document of an application within reach; raise `NotFound` (FRAUD F17)."""
    by.require(May.READ_CHAIN)
    _found(work, by, application)
    if document not in {one.document.id for one in rows.papers(work.session, application)}:
        raise errors.NotFound()
    kept = documents.document(work.session, document)
    if kept is None:
        raise errors.NotFound()
    return kept


def _found(work: Work, by: Identity, number: int) -> Application:
    found = rows.applications(work.session, within=by.within, number=number)
    if not found:
        raise errors.NotFound()
    return found[0]
