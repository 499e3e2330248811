"""The check of the log against what was signed of it: every leaf, tile and checkpoint, and the fact behind each leaf.

The log is made again from the facts, in their order, and held against what is kept. Where the two part ways, the tiles
that the signed root vouches for are what the leaves were when they were sealed; then it is the fact that was changed.
Nothing is written.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from traceability.domain import log
from traceability.domain.log import HASH_BYTES, TILE_WIDTH, Difference, Tiled, leaf_hash
from traceability.domain.log.notes import BadNote, VerifierKey, open_checkpoint
from traceability.domain.log.tree import folded, width_of
from traceability.services.log.standing import Standing, standing_of
from traceability.store import log as rows
from traceability.store.log import Sealed
from traceability.store.work import Work

#: (done, whole): leaves looked at.
Progress = Callable[[int, int], None]


def unwatched(_done: int, _whole: int) -> None:
    """Progress of a check nobody watches."""


#: Tiles of leaves read at once.
_AT_ONCE = 64


@dataclass(frozen=True, slots=True)
class Since:
    """A checkpoint somebody kept, opened with the log's key."""

    size: int
    root: bytes

    @classmethod
    def read(cls, written: str, key: VerifierKey) -> "Since":
        """Of its file; raise `BadNote` for one that this log did not sign."""
        found = open_checkpoint(written, [key])
        return cls(found.size, found.root)


def structure(
    work: Work,
    *,
    key: VerifierKey,
    since: Sequence[Since] = (),
    progress: Progress = unwatched,
) -> Iterator[Difference]:
    """Every entry of the log that differs from what was signed, or from the fact it stands for."""
    head = rows.head(work.session)
    if head is not None and head.key != str(key):
        yield Difference("log_checkpoint", head.size, "key", str(key), head.key)
    size = head.size if head else 0
    for kept in since:
        if kept.size > size:
            yield Difference("log_checkpoint", kept.size, "size", kept.size, size)
    yield from _Again(work, head, since, progress).differences()
    yield from _outside(work, size)


class _Again:
    """The log, made again from the facts."""

    def __init__(self, work: Work, head: Sealed | None, since: Sequence[Since], progress: Progress) -> None:
        self._work, self._head, self._progress = work, head, progress
        self._size = head.size if head else 0
        self._signed = rows.checkpoints(work.session)
        self._next = next(self._signed, None)
        self._since = sorted((one for one in since if one.size <= self._size), key=lambda one: one.size)
        self._stored = rows.reader(work.session)
        #: By level: its hashes so far. Of level 0 only the last tile is kept.
        self._rows: list[bytearray] = [bytearray()]

    def differences(self) -> Iterator[Difference]:
        """One after the other, in the order of the log."""
        whole = -(-self._size // TILE_WIDTH)
        for first in range(0, whole, _AT_ONCE):
            yield from self._stretch(first, min(first + _AT_ONCE, whole))
            self._progress(min((first + _AT_ONCE) * TILE_WIDTH, self._size), self._size)
        yield from self._checkpoints(self._size)
        for level in range(1, len(self._rows)):
            yield from self._upper(level)
        yield from self._beyond()

    # --- leaves ------------------------------------------------------------------------------------------------------

    def _stretch(self, first: int, end: int) -> Iterator[Difference]:
        """Tiles of leaves from one number up to another."""
        leaves = {
            one.number: one
            for one in standing_of(self._work, first * TILE_WIDTH, min(end * TILE_WIDTH, self._size))
        }
        stored = rows.tiles_between(self._work.session, first, end)
        for tile in range(first, end):
            numbers = range(tile * TILE_WIDTH, min((tile + 1) * TILE_WIDTH, self._size))
            kept = stored.get(tile, b"")[: len(numbers) * HASH_BYTES]
            yield from self._tile(tile, [leaves.get(number) for number in numbers], kept)
            yield from self._checkpoints(numbers.stop)

    def _tile(self, number: int, leaves: Sequence[Standing | None], stored: bytes) -> Iterator[Difference]:
        made = b"".join([self._hash(one, stored, n) for n, one in enumerate(leaves)])
        vouched = made == stored or self._is_vouched(number, stored)
        yield from self._of_leaves(number, leaves, stored, vouched=vouched)
        if made != stored and not vouched:
            yield Difference("log_tile", f"0/{number}", "hashes", made.hex(), stored.hex())
        kept = stored if vouched else made
        self._rows[0][:] = kept
        if len(kept) == TILE_WIDTH * HASH_BYTES:
            self._push(1, folded(kept))

    def _hash(self, leaf: Standing | None, stored: bytes, n: int) -> bytes:
        """That of the leaf as it stands; of one that is gone, what is kept of it."""
        if leaf is not None and leaf.leaf is not None:
            return leaf_hash(leaf.leaf)
        return stored[n * HASH_BYTES : (n + 1) * HASH_BYTES].ljust(HASH_BYTES, b"\0")

    def _of_leaves(
        self, tile: int, leaves: Sequence[Standing | None], stored: bytes, *, vouched: bool
    ) -> Iterator[Difference]:
        for n, leaf in enumerate(leaves):
            if leaf is None:
                yield Difference("log_leaf", tile * TILE_WIDTH + n, "number", "a row", None)
            elif found := leaf.difference(stored[n * HASH_BYTES : (n + 1) * HASH_BYTES] if vouched else b""):
                yield found

    def _is_vouched(self, number: int, stored: bytes) -> bool:
        """Whether the signed root stands behind a tile of leaves as it is kept.

        The proof of its first leaf is folded from all the others.
        """
        if self._head is None or len(stored) != width_of(self._size, 0, number) * HASH_BYTES:
            return False
        try:
            path = log.inclusion(Tiled(self._size, self._stored), number * TILE_WIDTH)
            first = stored[:HASH_BYTES]
            root = open_checkpoint(self._head.note, [VerifierKey.read(self._head.key)]).root
        except (BadNote, IndexError):
            return False
        return log.is_included(first, number * TILE_WIDTH, self._size, path, root)

    # --- the tree above ----------------------------------------------------------------------------------------------

    def _push(self, level: int, made: bytes) -> None:
        if len(self._rows) == level:
            self._rows.append(bytearray())
        row = self._rows[level]
        row += made
        if len(row) % (TILE_WIDTH * HASH_BYTES) == 0:
            self._push(level + 1, folded(bytes(row[-TILE_WIDTH * HASH_BYTES :])))

    def _read(self, level: int, number: int, _width: int) -> bytes:
        row = self._rows[level]
        first = number * TILE_WIDTH * HASH_BYTES if level else 0
        return bytes(row[first : first + TILE_WIDTH * HASH_BYTES])

    def _upper(self, level: int) -> Iterator[Difference]:
        """Tiles of a level above the leaves."""
        for number in range(-(-len(self._rows[level]) // (TILE_WIDTH * HASH_BYTES))):
            made, stored = self._read(level, number, 0), self._stored(level, number, 0)
            if made != stored:
                yield Difference("log_tile", f"{level}/{number}", "hashes", made.hex(), stored.hex() or None)

    def _beyond(self) -> Iterator[Difference]:
        """Tiles that no checkpoint counts."""
        for level, number, width in rows.widths(self._work.session):
            if width > max(0, width_of(self._size, level, number)):
                yield Difference(
                    "log_tile", f"{level}/{number}", "hashes", width_of(self._size, level, number), width
                )

    # --- checkpoints -------------------------------------------------------------------------------------------------

    def _checkpoints(self, up_to: int) -> Iterator[Difference]:
        """Those of sizes up to one: what was signed, and what somebody kept."""
        while self._next is not None and self._next.size <= up_to:
            yield from _signed(self._next, self._root(self._next.size))
            self._next = next(self._signed, None)
        while self._since and self._since[0].size <= up_to:
            kept = self._since.pop(0)
            if (found := self._root(kept.size)) != kept.root:
                yield Difference("log_checkpoint", kept.size, "root", kept.root.hex(), found.hex())

    def _root(self, size: int) -> bytes:
        return log.root(Tiled(size, self._read))


def _signed(sealed: Sealed, root: bytes) -> Iterator[Difference]:
    """The note of a checkpoint is signed, and says what its row and the tree say."""
    try:
        told = open_checkpoint(sealed.note, [VerifierKey.read(sealed.key)])
    except BadNote as error:
        yield Difference("log_checkpoint", sealed.size, "note", "a signed checkpoint", str(error))
        return
    for column, expected, found in (
        ("size", told.size, sealed.size),
        ("root", told.root.hex(), sealed.root.hex()),
        ("root", told.root.hex(), root.hex()),
    ):
        if expected != found:
            yield Difference("log_checkpoint", sealed.size, column, expected, found)
            return


def _outside(work: Work, size: int) -> Iterator[Difference]:
    """Leaves no checkpoint counts; facts that are neither in the log nor wait; what waits wrongly."""
    for number, fact in rows.numbers_beyond(work.session, size):
        yield Difference("log_leaf", number, "number", f"below {size}", number, fact)
    for fact in rows.facts_outside(work.session):
        yield Difference("fact", fact, "id", None, "a row", fact)
    for fact, there in rows.queued_wrongly(work.session):
        yield Difference("unsealed", fact, "fact_id", None, "sealed already" if there else "no fact", fact)
