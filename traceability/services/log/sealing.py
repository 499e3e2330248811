"""Sealing: facts that wait get the next numbers of the log, its tiles grow, and a checkpoint over all of it is signed.

A batch is one transaction under one lock (`store.work.seal`): leaves, tiles and checkpoint together, or none of them.
"""

from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256

from traceability.domain import log
from traceability.domain.errors import LeafTooLong, LogMismatch
from traceability.domain.log import LONGEST, Tiled, written_leaf, written_opening
from traceability.domain.log.notes import BadNote, Checkpoint, Signer, VerifierKey, open_checkpoint
from traceability.store import log as rows
from traceability.store.log import RawFact, Sealed
from traceability.store.work import Work

#: Facts of one transaction: changes wait behind it on SQLite, for a tenth of a second.
BATCH = 10_000


def waits(work: Work) -> bool:
    """Whether anything waits to be sealed."""
    return rows.is_queued(work.session)


def seal_batch(work: Work, *, signer: Signer, now: datetime, most: int = BATCH) -> int:
    """Number the first facts that wait, and sign; how many they were. Raise `LogMismatch`.

    Nothing is put on top of a log that is not what was signed last.
    """
    facts = rows.take_queue(work.session, most)
    if not facts:
        return 0
    first = _checked_size(work)
    made, hashes = leaves_of(facts)
    read = rows.reader(work.session)
    grown = log.grown(first, read, hashes)
    rows.keep_leaves(work.session, first, made)
    rows.keep_tiles(work.session, grown)
    rows.unqueue(work.session, [number for number, _commitment in made])
    tree = Tiled(first + len(made), lambda *at: grown.get(at[:2]) or read(*at))
    _sign(work, signer, tree.size, log.root(tree), now)
    return len(made)


def leaves_of(facts: Sequence[RawFact]) -> tuple[list[tuple[int, bytes]], bytes]:
    """Each fact's number and commitment, and the hashes of their leaves one after the other; raise `LeafTooLong`."""
    made: list[tuple[int, bytes]] = []
    hashes: list[bytes] = []
    salted = bytes.fromhex
    for number, kind, version, actor, happened, recorded, public, private, salt in facts:
        opening = written_opening(actor, happened, private or "{}")
        commitment = sha256(salted(salt or "") + opening).digest()
        leaf = written_leaf(commitment.hex(), kind, happened, public, recorded, version)
        if len(leaf) > LONGEST:
            raise LeafTooLong(bytes=len(leaf), most=LONGEST)
        made.append((number, commitment))
        hashes.append(sha256(b"\x00" + leaf).digest())
    return made, b"".join(hashes)


def _checked_size(work: Work) -> int:
    """How many leaves there are, after a look at what was signed of them last."""
    last = rows.head(work.session)
    if last is None:
        return 0
    try:
        told = open_checkpoint(last.note, [VerifierKey.read(last.key)])
        kept = log.root(Tiled(last.size, rows.reader(work.session)))
    except (BadNote, ValueError) as error:
        raise LogMismatch(size=last.size) from error
    if (told.size, told.root) != (last.size, kept):
        raise LogMismatch(size=last.size)
    return last.size


def _sign(work: Work, signer: Signer, size: int, root: bytes, now: datetime) -> None:
    note = Checkpoint(signer.name, size, root).signed_by([signer])
    rows.keep_checkpoint(work.session, Sealed(size, root, now, str(note), str(signer.key)))
