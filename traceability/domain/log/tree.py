"""The Merkle tree of RFC 6962 section 2.1 (RFC 9162 section 2.1), kept in tiles as C2SP tlog-tiles has it.

A tile is up to 256 hashes in a row: those of leaves at level 0; above, the roots of full tiles of the level below.
Every hash of the tree is in a tile or folded from one. What reads tiles is handed in, so the same functions work over
tables, over files and over what a website answers.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from hashlib import sha256

HASH_BYTES = 32
_BITS = 8
TILE_WIDTH = 1 << _BITS
FULL_TILE = TILE_WIDTH * HASH_BYTES

#: The root of a tree without leaves.
EMPTY_ROOT = sha256(b"").digest()

#: (level, number, width) → the hashes of a tile, at least so many, one after the other.
ReadTile = Callable[[int, int, int], bytes]


def leaf_hash(leaf: bytes) -> bytes:
    """The hash of a leaf."""
    return sha256(b"\x00" + leaf).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of two subtrees side by side."""
    return sha256(b"\x01" + left + right).digest()


def folded(hashes: bytes) -> bytes:
    """The root over a power of two of hashes."""
    while len(hashes) > HASH_BYTES:
        pairs = range(0, len(hashes), 2 * HASH_BYTES)
        hashes = b"".join([sha256(b"\x01" + hashes[i : i + 2 * HASH_BYTES]).digest() for i in pairs])
    return hashes


@dataclass(frozen=True)
class Tiled:
    """A tree of so many leaves, and what reads its tiles."""

    size: int
    read: ReadTile

    def perfect(self, height: int, number: int) -> bytes:
        """The root of the `number`-th full subtree of 2^height leaves."""
        level, within = divmod(height, _BITS)
        first = number << within
        tile, offset = divmod(first, TILE_WIDTH)
        hashes = self.read(level, tile, width_of(self.size, level, tile))
        return folded(hashes[offset * HASH_BYTES : (offset + (1 << within)) * HASH_BYTES])

    def over(self, first: int, end: int) -> bytes:
        """MTH(D[first:end]) for a stretch that is a subtree of this tree."""
        height = (end - first - 1).bit_length()
        if end - first == 1 << height:
            return self.perfect(height, first >> height)
        middle = first + (1 << (height - 1))
        return node_hash(self.over(first, middle), self.over(middle, end))


def width_of(size: int, level: int, number: int) -> int:
    """How many hashes tile `number` of a level has in a tree of that size; none or negative where there is no tile."""
    return min(TILE_WIDTH, (size >> (_BITS * level)) - number * TILE_WIDTH)


def root(tree: Tiled) -> bytes:
    """The root hash."""
    return tree.over(0, tree.size) if tree.size else EMPTY_ROOT


# --- proofs ----------------------------------------------------------------------------------------------------------


def inclusion(tree: Tiled, index: int) -> list[bytes]:
    """PATH(index, D[size]): from the leaf's neighbour up to the root's child; raise `IndexError`."""
    if not 0 <= index < tree.size:
        raise IndexError(index)
    path, first, end = [], 0, tree.size
    while end - first > 1:
        middle = first + (1 << ((end - first - 1).bit_length() - 1))
        if index < middle:
            path.append(tree.over(middle, end))
            end = middle
        else:
            path.append(tree.over(first, middle))
            first = middle
    return path[::-1]


def consistency(tree: Tiled, earlier: int) -> list[bytes]:
    """PROOF(earlier, D[size]): that the first so many leaves are still what they were; raise `IndexError`."""
    if not 0 <= earlier <= tree.size:
        raise IndexError(earlier)
    path, first, end, whole = [], 0, tree.size, True
    while earlier not in (0, end) and end - first > 1:
        middle = first + (1 << ((end - first - 1).bit_length() - 1))
        if earlier <= middle:
            path.append(tree.over(middle, end))
            end = middle
        else:
            path.append(tree.over(first, middle))
            first, whole = middle, False
    return [*([] if whole else [tree.over(first, end)]), *path[::-1]]


def is_included(leaf: bytes, index: int, size: int, path: Sequence[bytes], top: bytes) -> bool:
    """Whether a leaf's hash is number `index` of the tree with that size and root (RFC 9162 section 2.1.3.2)."""
    if not 0 <= index < size or not _hashes(leaf, *path):
        return False
    found, last = leaf, size - 1
    for other in path:
        if last == 0:
            return False
        if index & 1 or index == last:
            found = node_hash(other, found)
            while not index & 1 and index:
                index, last = index >> 1, last >> 1
        else:
            found = node_hash(found, other)
        index, last = index >> 1, last >> 1
    return last == 0 and found == top


def is_consistent(earlier: int, size: int, path: Sequence[bytes], earlier_top: bytes, top: bytes) -> bool:
    """Whether the tree of that size begins with the earlier one (RFC 9162 section 2.1.4.2)."""
    if not 0 <= earlier <= size or not _hashes(earlier_top, top, *path):
        return False
    if earlier in (0, size):
        return not path and earlier_top == (top if earlier else EMPTY_ROOT)
    # A whole subtree is its own beginning, and is not repeated in the proof.
    rest = [earlier_top, *path] if earlier & (earlier - 1) == 0 else list(path)
    return bool(rest) and _climbs(earlier - 1, size - 1, rest, earlier_top, top)


def _climbs(index: int, last: int, path: Sequence[bytes], earlier_top: bytes, top: bytes) -> bool:
    while index & 1:
        index, last = index >> 1, last >> 1
    old = new = path[0]
    for other in path[1:]:
        if last == 0:
            return False
        if index & 1 or index == last:
            old, new = node_hash(other, old), node_hash(other, new)
            while not index & 1 and index:
                index, last = index >> 1, last >> 1
        else:
            new = node_hash(new, other)
        index, last = index >> 1, last >> 1
    return last == 0 and old == earlier_top and new == top


def _hashes(*given: bytes) -> bool:
    return all(len(one) == HASH_BYTES for one in given)


# --- growing ---------------------------------------------------------------------------------------------------------


def grown(size: int, read: ReadTile, added: bytes) -> dict[tuple[int, int], bytes]:
    """The tiles that are new or longer once leaf hashes (one after the other) are put behind `size` others.

    By level and number. Whatever was in a tile stays at its beginning.
    """
    tiles: dict[tuple[int, int], bytes] = {}
    level = 0
    while added:
        number, held = divmod(size >> (_BITS * level), TILE_WIDTH)
        row = (read(level, number, held)[: held * HASH_BYTES] if held else b"") + added
        cut = [row[i : i + FULL_TILE] for i in range(0, len(row), FULL_TILE)]
        tiles |= {(level, number + n): tile for n, tile in enumerate(cut)}
        added = b"".join([folded(tile) for tile in cut if len(tile) == FULL_TILE])
        level += 1
    return tiles
