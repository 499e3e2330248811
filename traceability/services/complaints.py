"""Use cases about customers' complaints: received, answered, closed, and opened again when that was a mistake.

Least of people's own data: no name is asked, a telephone only of who wants an answer, and it is erased on closing.
"""

import hashlib
import re
from dataclasses import dataclass
from datetime import date, datetime

from traceability.domain import chain as rules
from traceability.domain import complaints as steps
from traceability.domain import errors
from traceability.domain.chain import Lot
from traceability.domain.complaints import (
    ComplaintChannel,
    ComplaintKind,
    ComplaintOutcome,
    ComplaintState,
    ComplaintStep,
)
from traceability.domain.people import Enterprise, Identity, May, read_reason, read_text
from traceability.domain.units import half_width, local_day
from traceability.services import acting, naming
from traceability.services.acting import once
from traceability.store import chain as chain_rows
from traceability.store import complaints as rows
from traceability.store.complaints import Complaint, StepTaken
from traceability.store.work import Work

LONGEST_WORDS = 500


# --- receiving ----------------------------------------------------------------------------------------------


@once
def record_complaint(
    work: Work,
    *,
    by: Identity,
    now: datetime,
    at: datetime,
    channel: ComplaintChannel,
    kind: ComplaintKind,
    words: str,
    about: str = "",
    source_no: str = "",
    telephone: str = "",
    photo: bytes = b"",
    key: str | None = None,
) -> int:
    """Keep a complaint a customer made; its id. It is to be answered within the profile's days.

    `about` is a control number, a code or a lot number, or nothing; `photo` a picture that `formats.photos` has
    cleaned. Raise `ComplaintAboutUnknown`, `TextMissing`, `TextTooLong`, `NumberUnreadable`, `InTheFuture`.
    """
    firm = acting.own_firm(work, by, May.RECORD_CHAIN)
    rules.check_time(at, now=now)
    said, reached_at = read_text(words, "words", longest=LONGEST_WORDS), read_telephone(telephone)
    serial, lot = _about(work, by, firm, about)
    no = acting.running_no(work, firm, "TS", at=at)
    due = steps.due_on(local_day(at), work.profile.complaint_days)
    number = rows.add_complaint(
        work.session,
        no=no,
        enterprise=firm.id,
        channel=channel,
        source_no=_optional(source_no, "no", 40),
        kind=kind,
        words=said,
        serial=serial,
        lot=lot,
        at=at,
        due_on=due,
        now=now,
        by=by.user,
    )
    if reached_at:
        rows.add_contact(work.session, number, reached_at)
    if photo:
        rows.add_photo(work.session, number, sha256=_digest(photo), content=photo)
    told = {
        "complaint": number, "no": no, "enterprise": firm.uscc, "channel": channel, "kind": kind, "due_on": due,
        "serial": serial, "lot": lot, "words_sha256": _digest(said.encode()), "contact": bool(reached_at),
        "photo_sha256": _digest(photo) if photo else None,
    }  # fmt: skip
    acting.state(work, "complaint.received", by=by, now=now, at=at, private=told, shown=False)
    return number


_TELEPHONE = re.compile(r"\+?[0-9][0-9 -]{4,18}[0-9]")


def read_telephone(text: str) -> str | None:
    """A telephone number, or None for nothing; raise `NumberUnreadable`: nothing else is kept of a customer."""
    typed = half_width(text).strip()
    if typed and not _TELEPHONE.fullmatch(typed):
        raise errors.NumberUnreadable(text=typed[:40], field="telephone")
    return typed or None


def _optional(text: str, field: str, longest: int) -> str | None:
    return read_text(text, field, longest=longest) if text.strip() else None


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _about(work: Work, by: Identity, firm: Enterprise, text: str) -> tuple[int | None, int | None]:
    """(serial, lot) of the firm's own mark or of a lot it made or had; another firm's is as unknown as none."""
    typed = text.strip()
    if not typed:
        return None, None
    if (mark := naming.own_mark(work, firm, typed)) is not None:
        serial, place = mark
        return serial, place.pack_lot or place.issue.batch
    found = chain_rows.lots_named(work.session, typed[:40], within=by.within)
    if len(found) != 1:
        raise errors.ComplaintAboutUnknown(text=typed[:40])
    return None, found[0].id


# --- answering and closing ----------------------------------------------------------------------------------


@once
def answer_complaint(
    work: Work,
    *,
    by: Identity,
    now: datetime,
    at: datetime,
    complaint: int,
    words: str,
    key: str | None = None,
) -> int:
    """Say what the customer was told; raise `NotFound`, `ComplaintMoved`, `ReasonMissing`."""
    return _step(work, by, complaint, ComplaintStep.ANSWER, words, None, at=at, now=now)


@once
def close_complaint(
    work: Work,
    *,
    by: Identity,
    now: datetime,
    at: datetime,
    complaint: int,
    outcome: ComplaintOutcome,
    words: str,
    key: str | None = None,
) -> int:
    """Close an answered complaint with how it ended; the telephone is erased with it."""
    return _step(work, by, complaint, ComplaintStep.CLOSE, words, outcome, at=at, now=now)


@once
def reopen_complaint(
    work: Work,
    *,
    by: Identity,
    now: datetime,
    at: datetime,
    complaint: int,
    words: str,
    key: str | None = None,
) -> int:
    """Open a closed complaint again, with the reason: the closing was a mistake, or the customer came back."""
    return _step(work, by, complaint, ComplaintStep.REOPEN, words, None, at=at, now=now)


def _step(
    work: Work,
    by: Identity,
    number: int,
    step: ComplaintStep,
    words: str,
    outcome: ComplaintOutcome | None,
    *,
    at: datetime,
    now: datetime,
) -> int:
    firm = acting.own_firm(work, by, May.RECORD_CHAIN)
    found = _locked(work, by, number)
    rules.check_time(
        at, now=now, born=[found.received_at, *(one.happened_at for one in _steps(work, number))]
    )
    state = steps.take_step(found.state, step)
    said = read_reason(words)
    rows.add_step(work.session, number, step=step, outcome=outcome, words=said, at=at, now=now, by=by.user)
    erased = state is ComplaintState.CLOSED and rows.erase_contact(work.session, number)
    told = {
        "complaint": number, "no": found.no, "enterprise": firm.uscc, "outcome": outcome,
        "words_sha256": _digest(said.encode()), "contact_erased": erased,
    }  # fmt: skip
    acting.state(work, f"complaint.{_TOLD[step]}", by=by, now=now, at=at, private=told, shown=False)
    return number


_TOLD = {ComplaintStep.ANSWER: "answered", ComplaintStep.CLOSE: "closed", ComplaintStep.REOPEN: "reopened"}


def _locked(work: Work, by: Identity, number: int) -> Complaint:
    if not rows.lock_complaint(work.session, number, within=by.within):
        raise errors.NotFound()
    return rows.complaints(work.session, within=by.within, number=number)[0]


def _steps(work: Work, number: int) -> list[StepTaken]:
    return rows.steps(work.session, number)


# --- reading ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ComplaintLine:
    """A complaint in a list; `left` are the days to the last day for an answer, below nothing when it has passed."""

    complaint: Complaint
    lot: Lot | None
    left: int | None

    @property
    def overdue(self) -> bool:
        """Whether the last day for an answer has passed without one."""
        return self.left is not None and self.left < 0


@dataclass(frozen=True, slots=True)
class ComplaintFile:
    """A complaint with what was done about it, and the telephone while an answer is owed."""

    line: ComplaintLine
    steps: tuple[StepTaken, ...]
    telephone: str | None


def complaints(work: Work, *, by: Identity, now: datetime) -> list[ComplaintLine]:
    """Complaints to the reader's firm, latest first."""
    acting.own_firm(work, by, May.READ_CHAIN)
    found = rows.complaints(work.session, within=by.within)
    lots = chain_rows.lots_by_id(work.session, {one.lot for one in found if one.lot})
    return [_line(one, lots.get(one.lot or 0), local_day(now)) for one in found]


def waiting(work: Work, *, by: Identity, now: datetime) -> list[ComplaintLine]:
    """Complaints to the reader's firm that wait for an answer."""
    return [one for one in complaints(work, by=by, now=now) if one.left is not None]


def _line(one: Complaint, lot: Lot | None, today: date) -> ComplaintLine:
    return ComplaintLine(one, lot, steps.days_left(one.state, one.due_on, today))


def complaint(work: Work, *, by: Identity, now: datetime, number: int) -> ComplaintFile:
    """One complaint to the reader's firm; raise `NotFound`."""
    acting.own_firm(work, by, May.READ_CHAIN)
    found = rows.complaints(work.session, within=by.within, number=number)
    if not found:
        raise errors.NotFound()
    lots = chain_rows.lots_by_id(work.session, [found[0].lot] if found[0].lot else [])
    line = _line(found[0], lots.get(found[0].lot or 0), local_day(now))
    shown = by.may(May.RECORD_CHAIN)
    return ComplaintFile(
        line, tuple(_steps(work, number)), rows.telephone(work.session, number) if shown else None
    )


def complaint_photo(work: Work, *, by: Identity, number: int) -> bytes:
    """The photo of a complaint to the reader's firm, a JPEG; raise `NotFound`."""
    acting.own_firm(work, by, May.READ_CHAIN)
    found = rows.photo(work.session, number, within=by.within)
    if found is None:
        raise errors.NotFound()
    return found
