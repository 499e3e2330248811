"""What the log shows to everybody: its latest checkpoint, tiles, entries, and the proof that a leaf is in it."""

from dataclasses import dataclass

from traceability.domain import log
from traceability.domain.errors import LogUnsealed, NotFound
from traceability.domain.log import HASH_BYTES, TILE_WIDTH, Tiled
from traceability.domain.log.notes import Note
from traceability.domain.log.proofs import Proof
from traceability.store import log as rows
from traceability.store.log import Cosigned, Sealed
from traceability.store.work import Work

#: Entries one after the other, each behind its length in two bytes (C2SP tlog-tiles).
Bundle = bytes


@dataclass(frozen=True, slots=True)
class Head:
    """The log as it is: its latest checkpoint, and who cosigned that."""

    sealed: Sealed
    cosigned: tuple[Cosigned, ...]

    @property
    def note(self) -> str:
        """The checkpoint with every line under it."""
        return self.sealed.note + "".join(f"{one.line}\n" for one in self.cosigned)

    @property
    def origin(self) -> str:
        """The log's name."""
        return Note.read(self.sealed.note).text.split("\n", 1)[0]


def size_of(work: Work) -> int:
    """How many leaves are sealed."""
    found = rows.head(work.session)
    return found.size if found else 0


def latest(work: Work) -> Head:
    """The latest checkpoint; raise `LogUnsealed`."""
    return head_of(work, None)


def head_of(work: Work, size: int | None) -> Head:
    """The checkpoint of a size, the latest of all without one; raise `LogUnsealed`."""
    found = rows.head(work.session) if size is None else rows.checkpoint(work.session, size)
    if found is None:
        raise LogUnsealed()
    return Head(found, tuple(rows.cosignatures(work.session, found.size)))


def cosigned(work: Work) -> Head | None:
    """The latest checkpoint that any witness cosigned."""
    size = rows.cosigned_size(work.session)
    return head_of(work, size) if size is not None else None


def tile_of(work: Work, *, level: int, number: int, width: int) -> bytes:
    """So many hashes of a tile; raise `NotFound` where the log has not grown so far."""
    found = rows.tile(work.session, level, number)[: width * HASH_BYTES]
    if len(found) < width * HASH_BYTES:
        raise NotFound()
    return found


def entries(work: Work, *, number: int, width: int) -> Bundle:
    """The first so many entries of a bundle of 256; raise `NotFound` where the log has not grown so far."""
    first = number * TILE_WIDTH
    head = rows.head(work.session)
    if head is None or head.size < first + width:
        raise NotFound()
    found = rows.leaves(work.session, first, first + width)
    return b"".join(len(leaf).to_bytes(2) + leaf for leaf in found)


def proof_of(work: Work, *, number: int) -> Proof:
    """That a leaf is in the log, with the leaf itself beside it; raise `NotFound`."""
    found = rows.head(work.session)
    if found is None or not 0 <= number < found.size:
        raise NotFound()
    [leaf] = rows.leaves(work.session, number, number + 1)
    tree = Tiled(found.size, rows.reader(work.session))
    return Proof(number, tuple(log.inclusion(tree, number)), latest(work).note, leaf)
