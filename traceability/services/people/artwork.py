"""The official mark's artwork: a firm hands in its own file, its county looks at it, and from then on it is printed."""

import hashlib
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from traceability.domain import errors
from traceability.domain.people import ArtworkState, Enterprise, Identity, May, Within, read_reason, read_text
from traceability.services import acting, oversight
from traceability.services.acting import once
from traceability.store import oversight as documents
from traceability.store import people as rows
from traceability.store.oversight import Document
from traceability.store.people import ArtworkSubmission
from traceability.store.work import Work

if TYPE_CHECKING:  # what draws it takes a second to load, and the command line starts with these use cases
    from traceability.formats.artwork import Artwork

STANDING = (ArtworkState.SUBMITTED, ArtworkState.APPROVED)


# --- handing in -------------------------------------------------------------------------------------------------


@once
def submit_artwork(
    work: Work,
    *,
    by: Identity,
    now: datetime,
    name: str,
    content: bytes,
    artwork: "Artwork",
    key: str | None = None,
) -> int:
    """Hand in the firm's file; its id. It takes the place of one that still waits.

    `artwork` is what `read_artwork` made of `content`: reading takes its time, and the book would wait for it here.
    """
    firm = acting.own_firm(work, by, May.PRINT_MARKS)
    if hashlib.sha256(content).hexdigest() != artwork.sha256:
        raise ValueError("the artwork was read from another file")
    rows.lock_enterprise(work.session, firm.id)
    standing = rows.artworks(work.session, within=by.within, states=STANDING)
    if any(one.sha256 == artwork.sha256 for one in standing):
        raise errors.ArtworkTwice(sha256=artwork.sha256[:12])
    kept = oversight.keep_document(
        work,
        firm,
        by=by,
        now=now,
        kind="artwork",
        name=name,
        content=content,
        lot=None,
        read_as=artwork.media_type,
    )
    rows.withdraw_artwork(work.session, firm.id, ArtworkState.SUBMITTED)
    made = rows.add_artwork(
        work.session, enterprise=firm.id, document=kept.id, sha256=kept.sha256, at=now, by=by.user
    )
    told = {"artwork": made, "sha256": kept.sha256, "enterprise": firm.uscc}
    acting.state(work, "artwork.submitted", by=by, now=now, private=told)
    return made


# --- deciding ---------------------------------------------------------------------------------------------------


@once
def approve_artwork(
    work: Work, *, by: Identity, now: datetime, artwork: int, reason: str = "", key: str | None = None
) -> int:
    """It is the official mark with this firm's code. It takes the place of the one in force, if there is one."""
    found, firm = _to_decide(work, by, artwork, ArtworkState.SUBMITTED)
    words = read_text(reason, "reason", longest=500) if reason.strip() else ""
    rows.withdraw_artwork(work.session, firm.id, ArtworkState.APPROVED)
    _decided(work, found, firm, ArtworkState.APPROVED, words, by=by, now=now)
    return found.id


@once
def refuse_artwork(
    work: Work, *, by: Identity, now: datetime, artwork: int, reason: str, key: str | None = None
) -> int:
    """It is not; nor is one that was approved by mistake, which is out of force at once."""
    found, firm = _to_decide(work, by, artwork, *STANDING)
    _decided(work, found, firm, ArtworkState.REFUSED, read_reason(reason), by=by, now=now)
    return found.id


def _to_decide(
    work: Work, by: Identity, number: int, *states: ArtworkState
) -> tuple[ArtworkSubmission, Enterprise]:
    """An artwork the county of the firm may decide on; raise `ArtworkUnknown`, `OwnDecision`, `AlreadyDecided`."""
    by.require(May.DECIDE_MARKS)
    firm = acting.firm_in_reach(work, by, _found(work, by, number).enterprise)
    rows.lock_enterprise(work.session, firm.id)
    found = _found(work, by, number)
    acting.not_own(by, enterprise=firm.id, entered_by=found.submitted_by)
    if found.state not in states:
        raise errors.AlreadyDecided()
    return found, firm


def _decided(
    work: Work,
    found: ArtworkSubmission,
    firm: Enterprise,
    state: ArtworkState,
    reason: str,
    *,
    by: Identity,
    now: datetime,
) -> None:
    rows.decide_artwork(work.session, found.id, state, at=now, by=by.user, reason=reason or None)
    acting.decide(
        work,
        about="artwork",
        subject=found.id,
        firm=firm,
        outcome=state,
        reason=reason,
        by=by,
        now=now,
        public={"sha256": found.sha256},
    )


# --- reading ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ArtworkFile:
    """A file of the official mark as it was handed in, and what became of it."""

    submission: ArtworkSubmission
    document: Document
    content: bytes = field(repr=False)


def artwork_in_force(work: Work, *, by: Identity, enterprise: int) -> ArtworkFile | None:
    """The approved file of a firm within reach."""
    by.require(May.READ_CHAIN)
    acting.firm_in_reach(work, by, enterprise)
    approved = rows.artworks(work.session, within=Within.firm(enterprise), states=[ArtworkState.APPROVED])
    return _file(work, approved[0]) if approved else None


def artwork_file(work: Work, *, by: Identity, artwork: int) -> ArtworkFile:
    """A file within reach; raise `ArtworkUnknown`."""
    by.require(May.READ_CHAIN)
    return _file(work, _found(work, by, artwork))


def artwork_of(work: Work, *, by: Identity, enterprise: int) -> list[ArtworkSubmission]:
    """Everything a firm within reach ever handed in, latest first."""
    by.require(May.READ_CHAIN)
    firm = acting.firm_in_reach(work, by, enterprise)
    return rows.artworks(work.session, within=Within.firm(firm.id))


def artworks(work: Work, *, by: Identity) -> list[ArtworkSubmission]:
    """Everything handed in within an office's reach, latest first."""
    by.require(May.OVERSEE)
    return rows.artworks(work.session, within=by.within)


def _found(work: Work, by: Identity, number: int) -> ArtworkSubmission:
    found = rows.artwork_submission(work.session, number, within=by.within)
    if found is None:
        raise errors.ArtworkUnknown(artwork=number)
    return found


def _file(work: Work, found: ArtworkSubmission) -> ArtworkFile:
    kept = documents.document(work.session, found.document)
    assert kept is not None
    return ArtworkFile(found, *kept)
