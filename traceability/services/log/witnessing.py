"""Witnesses of the log, and what they hand in: checkpoints of ours with their signature, or proof of two histories.

A checkpoint with our signature that our log does not bear out is the finding `log.mismatch`; it is kept, not refused.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from traceability.domain import errors, log
from traceability.domain.log import Difference, Tiled
from traceability.domain.log.notes import COSIGNATURE, BadNote, Checkpoint, Note, Signature, VerifierKey
from traceability.domain.people import Identity, May
from traceability.services import acting
from traceability.services.log.alarming import find_mismatch
from traceability.services.log.proving import head_of
from traceability.store import log as rows
from traceability.store.log import Witness
from traceability.store.work import Work


def witnesses(work: Work, *, by: Identity) -> list[Witness]:
    """Every witness with the latest checkpoint it cosigned."""
    by.require(May.OVERSEE)
    return rows.witnesses(work.session)


def add_witness(work: Work, *, by: Identity, now: datetime, key: str) -> int:
    """Know a witness by its public key, name and all; its id. Raise `WitnessKeyRefused`."""
    by.require(May.KEEP_LOG)
    try:
        found = VerifierKey.read(key)
    except BadNote as error:
        raise errors.WitnessKeyRefused(key=key[:80]) from error
    if found.kind != COSIGNATURE or any(one.key == str(found) for one in rows.witnesses(work.session)):
        raise errors.WitnessKeyRefused(key=key[:80])
    number = rows.add_witness(work.session, found.name, str(found), at=now, by=by.user)
    acting.state(work, "log.witness_added", by=by, now=now, private={"key": str(found)}, shown=False)
    return number


@dataclass(frozen=True, slots=True)
class HandedIn:
    """What came of a cosigned checkpoint: who cosigned it newly, or where it contradicts our log."""

    size: int
    names: tuple[str, ...] = ()
    mismatch: Difference | None = None


def hand_in(work: Work, *, by: Identity, now: datetime, note: str) -> HandedIn:
    """Keep the lines of witnesses under a checkpoint of ours, or the finding that it contradicts our log.

    Raise `CosignatureRefused` for what no witness we know signed, or we never did; `LogUnsealed`.
    """
    by.require(May.KEEP_LOG)
    found, told, signed = _opened(work, note)
    names = tuple(dict.fromkeys(one.name for one in signed))
    if differs := _difference(work, told):
        find_mismatch(work, now=now, first=differs, count=1, seen_by=", ".join(names))
        return HandedIn(told.size, names, differs)
    if rows.checkpoint(work.session, told.size) is None:
        raise errors.CosignatureRefused(why="unknown")
    return HandedIn(told.size, _keep(work, by, now, told.size, found, signed))


def _opened(work: Work, text: str) -> tuple[Note, Checkpoint, Sequence[VerifierKey]]:
    """The note, its checkpoint, and the witnesses that signed it; raise `CosignatureRefused`."""
    ours = VerifierKey.read(head_of(work, None).sealed.key)
    known = [VerifierKey.read(one.key) for one in rows.witnesses(work.session)]
    try:
        note = Note.read(text.replace("\r\n", "\n").strip("\n") + "\n")
        signed = note.signers([ours, *known])
        told = Checkpoint.read(note.text)
    except BadNote as error:
        raise errors.CosignatureRefused(why="unreadable") from error
    if ours not in signed:
        raise errors.CosignatureRefused(why="not_ours")
    if signed == [ours]:
        raise errors.CosignatureRefused(why="no_witness")
    return note, told, [one for one in signed if one != ours]


def _difference(work: Work, told: Checkpoint) -> Difference | None:
    """Where our log is not what we signed."""
    latest = head_of(work, None).sealed
    if told.size > latest.size:
        return Difference("log_checkpoint", told.size, "size", told.size, latest.size)
    ours = log.root(Tiled(told.size, rows.reader(work.session)))
    if ours != told.root:
        return Difference("log_checkpoint", told.size, "root", told.root.hex(), ours.hex())
    return None


def _keep(
    work: Work, by: Identity, now: datetime, size: int, note: Note, signed: Sequence[VerifierKey]
) -> tuple[str, ...]:
    new = [one for one in signed if not rows.is_cosigned(work.session, size, one.name, one.id.hex())]
    for one in new:
        rows.keep_cosignature(work.session, size, one.name, one.id.hex(), str(_line(note, one)), at=now)
    if new:
        told = {"size": size, "witnesses": [one.name for one in new]}
        acting.state(work, "log.cosigned", by=by, now=now, private=told, shown=False)
    return tuple(one.name for one in new)


def _line(note: Note, key: VerifierKey) -> Signature:
    return next(one for one in note.signatures if (one.name, one.key_id) == (key.name, key.id))
