"""Use cases about doubts: a buyer tells one, whoever has its reference asks how it stands, an office settles it."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from traceability.domain import errors
from traceability.domain.chain import Remark
from traceability.domain.doubts import Clock, DoubtKind, DoubtResult, DoubtState, clock, read_ref
from traceability.domain.listing import Asked, Found
from traceability.domain.people import Enterprise, Identity, May, Role, Within, read_reason, read_text
from traceability.domain.scans import Verdict
from traceability.domain.units import local_day, start_of_day
from traceability.services import acting, lookup
from traceability.services.acting import EVERYTHING, once
from traceability.store import doubts as rows
from traceability.store import marks as mark_rows
from traceability.store import people as people_rows
from traceability.store import waiting as waiting_rows
from traceability.store.doubts import Doubt
from traceability.store.oversight import Finding
from traceability.store.work import Work

#: A buyer, of whom nothing is known: a clerk of no firm reaches nothing and acts for nobody.
PUBLIC = Identity(0, "public", Role.CLERK)

LONGEST_WORDS = 500
LONGEST_CODE = 40

#: So many doubts and findings of a firm are shown beside one of its doubts.
MOST_BESIDE = 60


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
    """What whoever has the reference is told: the answer, and no words, no photo, no reason, no enterprise."""

    ref: str
    state: DoubtState
    reported_at: datetime
    due: date
    settled_at: datetime | None
    result: DoubtResult | None
    answer: str | None


def doubt_by_ref(work: Work, *, ref: str) -> DoubtStanding:
    """How a doubt stands; raise `NotFound`."""
    known = read_ref(ref)
    found = rows.standing(work.session, known) if known else None
    if known is None or found is None:
        raise errors.NotFound()
    due = _clock(work, found.reported_at, found.reported_at).due
    return DoubtStanding(
        known, found.state, found.reported_at, due, found.settled_at, found.result, found.answer
    )


def _clock(work: Work, reported_at: datetime, now: datetime) -> Clock:
    profile = work.profile
    return clock(local_day(reported_at), local_day(now), days=profile.office_days, calendar=profile.workdays)


# --- for offices --------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class DoubtFile:
    """A doubt with what an office looks at beside it: the lots its mark was for, and what else is known of the firm."""

    doubt: Doubt
    batch: int | None
    pack_lot: int | None
    others: tuple[Doubt, ...]
    findings: tuple[Finding, ...]
    finding: Finding | None


@dataclass(frozen=True, slots=True)
class DoubtLine:
    """A doubt with the firm's name, and its clock while it waits for an answer."""

    doubt: Doubt
    firm: str
    clock: Clock | None


@dataclass(frozen=True, slots=True)
class DoubtNumbers:
    """How many doubts wait, how many of them too long, and what came of the others, by result."""

    open: int
    overdue: int
    results: Mapping[DoubtResult, int]

    @property
    def settled(self) -> int:
        """Those that were answered."""
        return sum(self.results.values())


def doubts(work: Work, *, by: Identity) -> list[Doubt]:
    """Every doubt within an office's reach, latest first; for lists there is `find_doubts`."""
    by.require(May.OVERSEE)
    return rows.doubts(work.session, within=by.within)


def find_doubts(work: Work, *, by: Identity, now: datetime, asked: Asked) -> Found[DoubtLine]:
    """A page of the doubts within an office's reach."""
    by.require(May.OVERSEE)
    found = rows.find_doubts(work.session, asked, within=by.within)
    return Found(_lines(work, found.rows, now), found.total, found.first, found.more)


def _lines(work: Work, numbers: Sequence[int], now: datetime) -> tuple[DoubtLine, ...]:
    known = rows.doubts_by_id(work.session, numbers)
    names = waiting_rows.firm_names(work.session, {one.enterprise for one in known if one.enterprise})
    return tuple(
        DoubtLine(one, names.get(one.enterprise or 0, ""), clock_of(work, doubt=one, now=now))
        for one in known
    )


def clock_of(work: Work, *, doubt: Doubt, now: datetime) -> Clock | None:
    """The clock of a doubt that waits for its answer."""
    return _clock(work, doubt.reported_at, now) if doubt.state is DoubtState.OPEN else None


def doubt_numbers(work: Work, *, by: Identity, now: datetime) -> DoubtNumbers:
    """How many doubts within reach wait, and what came of the others."""
    by.require(May.OVERSEE)
    counted = rows.count_doubts(work.session, within=by.within)
    results = {one: n for one in DoubtResult if (n := counted.get((DoubtState.SETTLED, one), 0))}
    old = counted.get((DoubtState.SETTLED, None), 0)  # from before there were results
    if old:
        results[DoubtResult.UNCLEAR] = results.get(DoubtResult.UNCLEAR, 0) + old
    waiting = sum(n for (state, _result), n in counted.items() if state == DoubtState.OPEN)
    return DoubtNumbers(waiting, overdue_doubts(work, by=by, now=now), results)


def overdue_doubts(work: Work, *, by: Identity, now: datetime) -> int:
    """How many wait beyond their last day."""
    profile = work.profile
    first = profile.workdays.first_in_time(local_day(now), profile.office_days)
    return rows.count_open(work.session, within=by.within, before=start_of_day(first))


def oldest_doubts(
    work: Work, *, by: Identity, now: datetime, limit: int
) -> tuple[int, tuple[DoubtLine, ...]]:
    """How many wait, and the first few of them: those that wait longest."""
    asked = Asked(only={"state": DoubtState.OPEN}, size=limit)
    found = find_doubts(work, by=by, now=now, asked=asked)
    return found.total, found.rows


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
        finding=waiting_rows.finding(work.session, found.finding, within=by.within)
        if found.finding
        else None,
    )


def _found(work: Work, by: Identity, number: int) -> Doubt:
    found = rows.doubts(work.session, within=by.within, number=number)
    if not found:
        raise errors.NotFound()
    return found[0]


def _of_firm(work: Work, enterprise: int | None) -> list[Doubt]:
    if enterprise is None:
        return []
    return rows.doubts(work.session, within=Within.firm(enterprise), limit=MOST_BESIDE)


def _findings(work: Work, enterprise: int | None) -> tuple[Finding, ...]:
    if enterprise is None:
        return ()
    return tuple(waiting_rows.findings_of(work.session, enterprise, limit=MOST_BESIDE))


def doubt_photo(work: Work, *, by: Identity, number: int) -> bytes:
    """The photo of a doubt within reach, a JPEG; raise `NotFound`."""
    by.require(May.OVERSEE)
    found = rows.photo(work.session, number, within=by.within)
    if found is None:
        raise errors.NotFound()
    return found


#: The code of a finding an officer makes of a doubt.
RAISED = "doubt.raised"


@once
def settle_doubt(
    work: Work,
    *,
    by: Identity,
    now: datetime,
    number: int,
    result: DoubtResult,
    answer: str,
    outcome: str,
    finding: int | None = None,
    raise_finding: bool = False,
    key: str | None = None,
) -> int:
    """Answer a doubt and close it: `answer` is for whoever asks after it, `outcome` is what the office keeps.

    `finding` is one of the firm's that it belongs to; with `raise_finding` it becomes one. Raise `NotFound`,
    `OwnDecision`, `TextMissing`, `TextTooLong`, `ReasonMissing`, `AlreadyDecided`.
    """
    by.require(May.SETTLE)
    known = _found(work, by, number)
    acting.not_own(by, enterprise=known.enterprise)
    told, words = read_text(answer, "answer", longest=LONGEST_WORDS), read_reason(outcome)
    firm = acting.firm_in_reach(work, by, known.enterprise) if known.enterprise else None
    linked = _raised(work, known, firm, now) if raise_finding else _linked(work, by, known, finding)
    if not rows.settle(
        work.session, number, within=by.within, result=result, answer=told, outcome=words, finding=linked,
        at=now, by=by.user,
    ):  # fmt: skip
        raise errors.AlreadyDecided()
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
        public={"result": result, "answer_sha256": _digest(told.encode())},
    )
    return number


def _linked(work: Work, by: Identity, known: Doubt, finding: int | None) -> int | None:
    """A finding of the same firm within reach; raise `NotFound`."""
    if finding is None:
        return None
    found = waiting_rows.finding(work.session, finding, within=by.within)
    if found is None or found.enterprise != known.enterprise:
        raise errors.NotFound()
    return found.id


def _raised(work: Work, known: Doubt, firm: Enterprise | None, now: datetime) -> int | None:
    """The finding a doubt becomes: with the lot its mark is on, for whose county it is."""
    place = None if known.serial is None else mark_rows.place_of_serial(work.session, known.serial)
    lot = (place.pack_lot or place.issue.batch) if place else None
    told: dict[str, object] = {"ref": known.ref, "kind": known.kind}
    if known.serial is not None:
        told["serial"] = known.serial
    remark = Remark(RAISED, told, lot)
    acting.find(
        work, remark, enterprise=firm, county=known.county, at=known.reported_at, now=now, about=known.ref
    )
    return waiting_rows.open_about(work.session, RAISED, known.ref)
