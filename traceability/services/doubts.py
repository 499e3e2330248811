"""Use cases about doubts: a buyer tells one, whoever has its reference asks how it stands, an office settles it."""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from traceability.domain import errors
from traceability.domain.doubts import DoubtKind, DoubtState, read_ref
from traceability.domain.people import Enterprise, Identity, May, Role, Within, read_reason, read_text
from traceability.domain.scans import Verdict
from traceability.services import acting, lookup
from traceability.services.acting import EVERYTHING, once
from traceability.store import doubts as rows
from traceability.store import marks as mark_rows
from traceability.store import oversight as oversight_rows
from traceability.store import people as people_rows
from traceability.store.doubts import Doubt
from traceability.store.oversight import Finding
from traceability.store.work import Work

#: A buyer, of whom nothing is known: a clerk of no firm reaches nothing and acts for nobody.
PUBLIC = Identity(0, "public", Role.CLERK)

LONGEST_WORDS = 500
LONGEST_CODE = 40


# --- telling ------------------------------------------------------------------------------------------------


@once
def report_doubt(
    work: Work,
    *,
    by: Identity,
    now: datetime,
    ref: str,
    kind: DoubtKind,
    words: str = "",
    photo: bytes = b"",
    serial: int | None = None,
    verdict: str | None = None,
    scanned_at: datetime | None = None,
    province: str | None = None,
    typed: str = "",
    key: str | None = None,
) -> int:
    """Keep what a buyer noticed; the doubt's id. It goes to the county of the enterprise the mark was issued to.

    `serial`, `verdict`, `scanned_at` and `province` are of the page the buyer came from; a code `typed` counts where
    there was none. `photo` is a picture that `formats.photos` has cleaned. Raise `TextTooLong`.
    """
    said = _optional(words, "words", LONGEST_WORDS)
    mark = _of_serial(work, serial, verdict) if serial is not None else _typed(work, typed, verdict, now)
    number = rows.add_doubt(
        work.session,
        ref=ref,
        serial=mark.serial,
        enterprise=mark.firm.id if mark.firm else None,
        county=mark.firm.county if mark.firm else work.profile.prefecture.code,
        kind=kind,
        words=said,
        typed=mark.typed,
        verdict=mark.verdict,
        scanned_at=scanned_at,
        province=province,
        at=now,
    )
    if photo:
        rows.add_photo(work.session, number, sha256=_digest(photo), content=photo)
    _told(work, number, ref=ref, firm=mark.firm, kind=kind, words=said, photo=photo, by=by, now=now)
    return number


@dataclass(frozen=True, slots=True)
class _Mark:
    """The mark a doubt is about, as far as anything is known of it."""

    serial: int | None = None
    firm: Enterprise | None = None
    verdict: str | None = None
    typed: str | None = None


def _of_serial(work: Work, serial: int, verdict: str | None) -> _Mark:
    place = mark_rows.place_of_serial(work.session, serial)
    if place is None:
        return _Mark(verdict=verdict)
    return _Mark(
        serial, people_rows.enterprise(work.session, place.issue.enterprise, within=EVERYTHING), verdict
    )


def _typed(work: Work, typed: str, verdict: str | None, now: datetime) -> _Mark:
    """By a code that was typed: what its page would say counts, and no look is kept of it."""
    text = _optional(typed, "code", LONGEST_CODE)
    found = lookup.glance(work, text, now=now)
    if found.sighting is None:
        return _Mark(verdict=Verdict.UNKNOWN if text else verdict, typed=text or None)
    return _of_serial(work, found.sighting.serial, lookup.answer(found, now=now).verdict)


def _optional(text: str, field: str, longest: int) -> str:
    return read_text(text, field, longest=longest) if text.strip() else ""


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _told(
    work: Work,
    number: int,
    *,
    ref: str,
    firm: Enterprise | None,
    kind: DoubtKind,
    words: str,
    photo: bytes,
    by: Identity,
    now: datetime,
) -> None:
    """The fact. Words and photo by their digests only: what people told of themselves can be taken out one day."""
    private = {
        "doubt": number,
        "ref": ref,
        "enterprise": firm.uscc if firm else None,
        "kind": kind,
        "words_sha256": _digest(words.encode()) if words else None,
        "photo_sha256": _digest(photo) if photo else None,
    }
    acting.state(work, "doubt.reported", by=by, now=now, private=private, shown=False)


# --- asking how it stands -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class DoubtStanding:
    """What whoever has the reference is told: no words, no photo, no outcome, no enterprise."""

    ref: str
    state: DoubtState
    reported_at: datetime
    settled_at: datetime | None


def doubt_by_ref(work: Work, *, ref: str) -> DoubtStanding:
    """How a doubt stands; raise `NotFound`."""
    known = read_ref(ref)
    found = rows.standing(work.session, known) if known else None
    if known is None or found is None:
        raise errors.NotFound()
    return DoubtStanding(known, *found)


# --- for offices --------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class DoubtFile:
    """A doubt with what an office looks at beside it: the lots its mark was for, and what else is known of the firm."""

    doubt: Doubt
    batch: int | None
    pack_lot: int | None
    others: tuple[Doubt, ...]
    findings: tuple[Finding, ...]


def doubts(work: Work, *, by: Identity) -> list[Doubt]:
    """Doubts within an office's reach, latest first."""
    by.require(May.OVERSEE)
    return rows.doubts(work.session, within=by.within)


def open_doubts(work: Work, *, by: Identity) -> list[Doubt]:
    """Those that wait for an office, latest first."""
    by.require(May.OVERSEE)
    return rows.doubts(work.session, within=by.within, state=DoubtState.OPEN)


def doubt(work: Work, *, by: Identity, number: int) -> DoubtFile:
    """A doubt within reach; raise `NotFound`."""
    by.require(May.OVERSEE)
    found = _found(work, by, number)
    place = None if found.serial is None else mark_rows.place_of_serial(work.session, found.serial)
    return DoubtFile(
        doubt=found,
        batch=place.issue.batch if place else None,
        pack_lot=place.pack_lot if place else None,
        others=tuple(one for one in _of_firm(work, found.enterprise) if one.id != number),
        findings=_findings(work, found.enterprise),
    )


def _found(work: Work, by: Identity, number: int) -> Doubt:
    found = rows.doubts(work.session, within=by.within, number=number)
    if not found:
        raise errors.NotFound()
    return found[0]


def _of_firm(work: Work, enterprise: int | None) -> list[Doubt]:
    return [] if enterprise is None else rows.doubts(work.session, within=Within.firm(enterprise))


def _findings(work: Work, enterprise: int | None) -> tuple[Finding, ...]:
    if enterprise is None:
        return ()
    return tuple(oversight_rows.findings(work.session, within=Within.firm(enterprise)))


def doubt_photo(work: Work, *, by: Identity, number: int) -> bytes:
    """The photo of a doubt within reach, a JPEG; raise `NotFound`."""
    by.require(May.OVERSEE)
    found = rows.photo(work.session, number, within=by.within)
    if found is None:
        raise errors.NotFound()
    return found


@once
def settle_doubt(
    work: Work, *, by: Identity, now: datetime, number: int, outcome: str, key: str | None = None
) -> int:
    """Close a doubt with its outcome; raise `NotFound`, `OwnDecision`, `ReasonMissing`, `AlreadyDecided`."""
    by.require(May.SETTLE)
    known = _found(work, by, number)
    acting.not_own(by, enterprise=known.enterprise)
    words = read_reason(outcome)
    if not rows.settle(work.session, number, within=by.within, outcome=words, at=now, by=by.user):
        raise errors.AlreadyDecided()
    firm = acting.firm_in_reach(work, by, known.enterprise) if known.enterprise else None
    acting.decide(
        work,
        about="doubt",
        subject=number,
        firm=firm,
        county=known.county,
        outcome="settled",
        reason=words,
        by=by,
        now=now,
    )
    return number
