"""Use cases of oversight: documents, findings, holds, decisions, and the check of the whole book."""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from traceability.domain import balance, errors
from traceability.domain.balance import Breach
from traceability.domain.chain import Lot
from traceability.domain.people import FIRM_ROLES, Enterprise, Identity, May, Plot, read_reason, read_text
from traceability.services import acting
from traceability.services.acting import EVERYTHING, once
from traceability.store import chain as chain_rows
from traceability.store import checks
from traceability.store import inspections as inspection_rows
from traceability.store import marks as mark_rows
from traceability.store import oversight as rows
from traceability.store.oversight import Decision, Document, Finding, Hold
from traceability.store.work import Work

# --- documents ----------------------------------------------------------------------------------------------

#: The kind of a file that nothing but its lot depends on.
ATTACHMENT = "attachment"
LARGEST_FILE = 10 * 1024 * 1024

#: Kinds of files that are a laboratory's reports: the firms', and those on official samples.
TEST_REPORT, SAMPLE_REPORT = "test_report", "sample_report"
REPORTS = (TEST_REPORT, SAMPLE_REPORT)

#: What a file begins with, and what it is then called; names and claimed types are not believed (FRAUD F24).
MAGIC = {b"%PDF-": "application/pdf", b"\x89PNG\r\n\x1a\n": "image/png", b"\xff\xd8\xff": "image/jpeg"}


def media_type(content: bytes) -> str:
    """PDF, PNG or JPEG by its first bytes; raise `FileRefused`."""
    if not 0 < len(content) <= LARGEST_FILE:
        raise errors.FileRefused(size=len(content), largest=LARGEST_FILE)
    for start, name in MAGIC.items():
        if content.startswith(start):
            return name
    raise errors.FileRefused(size=len(content), largest=LARGEST_FILE)


def keep_document(
    work: Work,
    firm: Enterprise,
    *,
    by: Identity,
    now: datetime,
    kind: str,
    name: str,
    content: bytes,
    lot: int | None,
    unique: bool = False,
    read_as: str | None = None,
) -> Document:
    """Keep a file and its hash; `unique` refuses a file that was handed in before (FRAUD F14).

    `read_as` is the type of a file that was read to its end before, so that its first bytes need not speak for it.
    """
    found = read_as or media_type(content)
    digest = hashlib.sha256(content).hexdigest()
    alike = REPORTS if kind in REPORTS else (kind,)
    if unique and any(rows.file_used_as(work.session, one, digest) for one in alike):
        raise errors.ReportTaken(sha256=digest[:12])
    kept = read_text(name.replace("\\", "/").rsplit("/", 1)[-1] or "file", "file", longest=160)
    number = rows.add_document(
        work.session,
        enterprise=firm.id,
        kind=kind,
        name=kept,
        media_type=found,
        sha256=digest,
        content=content,
        lot=lot,
        at=now,
        by=by.user,
    )
    acting.state(
        work,
        "document.kept",
        by=by,
        now=now,
        private={"sha256": digest, "kind": kind, "enterprise": firm.uscc},
    )
    return Document(number, firm.id, kind, kept, found, digest, lot, now)


@once
def attach_document(
    work: Work,
    *,
    by: Identity,
    now: datetime,
    lot: int,
    name: str,
    content: bytes,
    kind: str = ATTACHMENT,
    key: str | None = None,
) -> int:
    """Attach a file to one of the firm's lots; its id."""
    firm = acting.own_firm(work, by, May.RECORD_CHAIN)
    found = chain_rows.lot(work.session, lot, within=by.within)
    if found is None or found.origin != firm.id:
        raise errors.LotUnknown(lot=lot)
    return keep_document(work, firm, by=by, now=now, kind=kind, name=name, content=content, lot=lot).id


@once
def withdraw_document(
    work: Work, *, by: Identity, now: datetime, document: int, reason: str, key: str | None = None
) -> int:
    """Say of a file attached to a lot of one's own that it counts no more, and why; the file itself stays.

    Raise `NotFound`, `DocumentBound` (a report's or artwork's own file) or `AlreadyDecided`.
    """
    firm = acting.own_firm(work, by, May.RECORD_CHAIN)
    found = rows.document(work.session, document)
    if found is None or found[0].enterprise != firm.id:
        raise errors.NotFound()
    kept = found[0]
    if kept.kind != ATTACHMENT:
        raise errors.DocumentBound(file=kept.name)
    why = read_reason(reason)
    if not rows.withdraw_document(work.session, document, reason=why, at=now, by=by.user):
        raise errors.AlreadyDecided()
    told = {"sha256": kept.sha256, "reason": why, "enterprise": firm.uscc}
    acting.state(work, "document.withdrawn", by=by, now=now, private=told)
    return document


def document(work: Work, *, by: Identity, number: int) -> tuple[Document, bytes]:
    """A file of a lot within reach; raise `NotFound` (FRAUD F17)."""
    by.require(May.READ_CHAIN)
    found = rows.document(work.session, number)
    if found is None or not _may_read(work, by, found[0]):
        raise errors.NotFound()
    return found


def _may_read(work: Work, by: Identity, found: Document) -> bool:
    """One's own files; for offices, those of the lots they see.

    The report on an official sample is the office's alone until its verdict stands: a firm that read it before would
    know of a hold before the hold.
    """
    if by.role in FIRM_ROLES:
        sealed = found.kind == SAMPLE_REPORT and not inspection_rows.confirmed_document(
            work.session, found.id
        )
        return found.enterprise == by.enterprise and not sealed
    return found.lot is not None and chain_rows.sees(work.session, found.lot, by.within)


def documents(work: Work, *, by: Identity, lot: int) -> list[Document]:
    """The files of a lot that this person may read."""
    return [one for one in rows.documents(work.session, lots=[lot]) if _may_read(work, by, one)]


# --- findings and decisions ---------------------------------------------------------------------------------


def findings(
    work: Work, *, by: Identity, enterprise: int | None = None, plot: Plot | None = None
) -> list[Finding]:
    """Findings within an office's reach, latest first; of one firm, or about one plot, when it is named."""
    by.require(May.OVERSEE)
    return rows.findings(work.session, within=by.within, enterprise=enterprise, plot=plot)


def own_findings(work: Work, *, by: Identity) -> list[Finding]:
    """What the offices see of one's own firm."""
    acting.own_firm(work, by, May.READ_CHAIN)
    return rows.findings(work.session, within=by.within)


def decisions(work: Work, *, by: Identity, enterprise: int | None = None) -> list[Decision]:
    """Decisions within an office's reach, latest first; about one firm, when it is named."""
    by.require(May.OVERSEE)
    return rows.decisions(work.session, within=by.within, enterprise=enterprise)


# --- holds --------------------------------------------------------------------------------------------------


#: The cause of a hold an officer decided on; any other came with what somebody entered: a report, an amendment.
BY_OFFICE = "office"


def _lot_to_decide(work: Work, by: Identity, number: int) -> tuple[Lot, Enterprise]:
    """A lot an office may decide on: made by a firm of its own county."""
    found = chain_rows.lot(work.session, number, within=by.within)
    if found is None:
        raise errors.LotUnknown(lot=number)
    firm = acting.firm_in_reach(work, by, found.origin)
    acting.not_own(by, enterprise=firm.id)
    return found, firm


@once
def hold_lot(
    work: Work, *, by: Identity, now: datetime, lot: int, reason: str, key: str | None = None
) -> int:
    """Stop a lot; the hold's id."""
    by.require(May.HOLD)
    found, firm = _lot_to_decide(work, by, lot)
    words = read_reason(reason)
    number = rows.add_hold(work.session, lot, cause=BY_OFFICE, reason=words, since=now, by=by.user)
    acting.decide(
        work,
        about="hold",
        subject=number,
        firm=firm,
        outcome="held",
        reason=words,
        by=by,
        now=now,
        public={"lot": found.no},
    )
    return number


@once
def release_hold(
    work: Work, *, by: Identity, now: datetime, hold: int, reason: str, key: str | None = None
) -> int:
    """Lift a hold, with a reason; only the office does."""
    by.require(May.HOLD)
    found = rows.hold(work.session, hold)
    if found is None or found.lifted_at is not None:
        raise errors.HoldUnknown(hold=hold)
    lot, firm = _lot_to_decide(work, by, found.lot)
    if found.cause != BY_OFFICE:
        acting.not_own(by, enterprise=firm.id, entered_by=found.placed_by)
    words = read_reason(reason)
    rows.lift_hold(work.session, hold, at=now, by=by.user, reason=words)
    acting.decide(
        work,
        about="hold",
        subject=hold,
        firm=firm,
        outcome="released",
        reason=words,
        by=by,
        now=now,
        public={"lot": lot.no},
    )
    return hold


def open_holds(work: Work, *, by: Identity) -> list[tuple[Hold, Lot]]:
    """Holds in force on lots within reach."""
    by.require(May.OVERSEE)
    found = rows.open_holds(work.session)
    lots = chain_rows.lots_by_id(work.session, [one.lot for one in found])
    return [(one, lots[one.lot]) for one in found if chain_rows.sees(work.session, one.lot, by.within)]


# --- the whole book -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class BookCheck:
    """Every sum that does not come out; an empty one closes."""

    breaches: tuple[Breach, ...]
    entries: int
    marks_issued: int


def check_book(work: Work) -> BookCheck:
    """Check the whole book: events balance, nothing overdrawn, marks add up, nothing marked exceeds its tea, and the
    lines of the books and the spans of marks are what entries and actions make of them. Memory does not grow with it.
    """
    issued = mark_rows.issued_total(work.session, within=EVERYTHING)
    states = mark_rows.state_counts(work.session, within=EVERYTHING)
    breaches = [
        *checks.unbalanced(work.session),
        *checks.overdrawn(work.session),
        *balance.mark_equation(issued, {state.value: n for state, n in states.items()}),
        *checks.projection(work.session),
        *checks.book_lines(work.session),
        *_reservations(work),
    ]
    return BookCheck(tuple(breaches), checks.entry_count(work.session), issued)


def _reservations(work: Work) -> list[Breach]:
    """Batches that have less tea than their issued marks hold."""
    found = []
    for batch, enterprise, party in mark_rows.marked_batches(work.session):
        grams, _ = chain_rows.on_hand(work.session, batch, party=party)
        if (missing := acting.reserved_g(work, batch, enterprise) - grams) > 0:
            found.append(Breach("batch.over_marked", batch, missing))
    return found
