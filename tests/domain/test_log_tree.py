"""The tree of the public log: the standards' vectors, another implementation, and the definition written out."""

import json
from collections.abc import Sequence
from hashlib import sha256
from itertools import pairwise
from pathlib import Path
from typing import Any

import pymerkle
import pytest
from hypothesis import given
from hypothesis import strategies as st

from traceability.domain import log
from traceability.domain.log import Tiled
from traceability.domain.log.tree import width_of

VECTORS: dict[str, Any] = json.loads(
    (Path(__file__).parent.parent / "data/log/rfc6962.json").read_text("utf-8")
)
LEAVES = [bytes.fromhex(one) for one in VECTORS["leaves"]]


class Kept:
    """A tree in tiles, as the log keeps it: grown by batches."""

    def __init__(self, *batches: Sequence[bytes]) -> None:
        self.tiles: dict[tuple[int, int], bytes] = {}
        self.size = 0
        for batch in batches:
            hashes = b"".join(log.leaf_hash(leaf) for leaf in batch)
            self.tiles |= log.grown(self.size, self.read, hashes)
            self.size += len(batch)

    def read(self, level: int, number: int, width: int) -> bytes:
        found = self.tiles[level, number]
        assert 0 < width * 32 <= len(found)
        return found

    def at(self, size: int) -> Tiled:
        return Tiled(size, self.read)


def defined(leaves: Sequence[bytes]) -> bytes:
    """MTH as RFC 6962 section 2.1 writes it."""
    if not leaves:
        return sha256(b"").digest()
    if len(leaves) == 1:
        return sha256(b"\x00" + leaves[0]).digest()
    k = 1 << ((len(leaves) - 1).bit_length() - 1)
    return sha256(b"\x01" + defined(leaves[:k]) + defined(leaves[k:])).digest()


def numbered(count: int) -> list[bytes]:
    return [b"leaf %d" % n for n in range(count)]


@pytest.mark.parametrize("size", range(9))
def test_the_roots_of_the_well_known_tree(size: int) -> None:
    assert log.root(Kept(LEAVES).at(size)).hex() == VECTORS["roots"][size]


@pytest.mark.parametrize("case", VECTORS["inclusion"], ids=lambda one: f"{one['index']} of {one['size']}")
def test_the_inclusion_proofs_of_the_well_known_tree(case: dict[str, Any]) -> None:
    tree, index = Kept(LEAVES).at(case["size"]), case["index"]
    path = [bytes.fromhex(one) for one in case["path"]]
    assert log.inclusion(tree, index) == path
    assert log.is_included(log.leaf_hash(LEAVES[index]), index, tree.size, path, log.root(tree))


@pytest.mark.parametrize("case", VECTORS["consistency"], ids=lambda one: f"{one['earlier']} to {one['size']}")
def test_the_consistency_proofs_of_the_well_known_tree(case: dict[str, Any]) -> None:
    kept, earlier, size = Kept(LEAVES), case["earlier"], case["size"]
    path = [bytes.fromhex(one) for one in case["path"]]
    assert log.consistency(kept.at(size), earlier) == path
    tops = [bytes.fromhex(VECTORS["roots"][n]) for n in (earlier, size)]
    assert log.is_consistent(earlier, size, path, *tops)


def test_the_proofs_of_the_tree_of_seven_letters() -> None:
    """RFC 6962 section 2.1.3."""
    told, leaves = VECTORS["letters"], numbered(7)
    hashes = {letter: defined(leaves[a:b]) for letter, (a, b) in told["hashes"].items()}
    tree = Kept(leaves).at(7)
    for index, letters in told["inclusion"].items():
        assert log.inclusion(tree, int(index)) == [hashes[one] for one in letters]
    for earlier, letters in told["consistency"].items():
        assert log.consistency(tree, int(earlier)) == [hashes[one] for one in letters]


@pytest.mark.parametrize("size", [1, 2, 3, 7, 64, 255, 256, 257, 300])
def test_another_implementation_comes_to_the_same(size: int) -> None:
    leaves = numbered(size)
    other = pymerkle.InmemoryTree(algorithm="sha256")
    for leaf in leaves:
        other.append_entry(leaf)
    kept = Kept(leaves)
    assert log.root(kept.at(size)) == other.get_root()
    for index in {0, size // 2, size - 1}:
        path = log.inclusion(kept.at(size), index)
        proof = other.prove_inclusion(index + 1, size)
        assert [log.leaf_hash(leaves[index]), *path] == list(proof.path)
        pymerkle.verify_inclusion(log.leaf_hash(leaves[index]), log.root(kept.at(size)), proof)
    for earlier in {1, size // 2 or 1, size}:
        theirs = other.prove_consistency(earlier, size)
        pymerkle.verify_consistency(log.root(kept.at(earlier)), log.root(kept.at(size)), theirs)


def test_tiles_are_what_the_specification_counts() -> None:
    """Its example of 70,000 entries (tlog-tiles, partial tiles)."""
    hashes = b"".join(n.to_bytes(32) for n in range(70_000))
    tiles = log.grown(0, lambda *_: b"", hashes)
    widths = {at: len(tile) // 32 for at, tile in tiles.items()}
    assert [width for (level, _), width in sorted(widths.items()) if level == 0] == [256] * 273 + [112]
    assert {at: width for at, width in widths.items() if at[0]} == {(1, 0): 256, (1, 1): 17, (2, 0): 1}
    assert all(width == width_of(70_000, *at) for at, width in widths.items())
    assert [width_of(256, *at) for at in ((0, 0), (1, 0), (0, 1))] == [256, 1, 0]


def test_a_tree_grown_by_batches_is_the_tree_grown_at_once() -> None:
    leaves = numbered(1500)
    at_once, cuts = Kept(leaves), [0, 1, 255, 256, 257, 600, 1024, 1500]
    by_batches = Kept(*(leaves[a:b] for a, b in pairwise(cuts)))
    assert by_batches.tiles == at_once.tiles
    assert log.root(at_once.at(1500)) == defined(leaves)


KEPT = Kept(numbered(700))
sizes = st.integers(1, 700)


@given(size=sizes, index=st.integers(0, 699))
def test_what_is_in_the_tree_is_shown_to_be(size: int, index: int) -> None:
    index %= size
    tree = KEPT.at(size)
    top = log.root(tree)
    assert top == defined(numbered(size))
    path = log.inclusion(tree, index)
    assert log.is_included(log.leaf_hash(b"leaf %d" % index), index, size, path, top)
    assert not log.is_included(log.leaf_hash(b"leaf %d" % (index + 1)), index, size, path, top)


@given(size=sizes, earlier=st.integers(0, 700))
def test_an_earlier_tree_is_shown_to_be_the_beginning(size: int, earlier: int) -> None:
    earlier %= size + 1
    path = log.consistency(KEPT.at(size), earlier)
    assert log.is_consistent(earlier, size, path, log.root(KEPT.at(earlier)), log.root(KEPT.at(size)))


def flipped(data: bytes, bit: int) -> bytes:
    found = bytearray(data)
    found[bit // 8 % len(found)] ^= 1 << bit % 8
    return bytes(found)


@given(size=st.integers(2, 700), index=st.integers(0, 699), bit=st.integers(0, 2**16))
def test_no_flipped_bit_is_taken_for_the_truth(size: int, index: int, bit: int) -> None:
    index %= size
    leaf, top = log.leaf_hash(b"leaf %d" % index), log.root(KEPT.at(size))
    path = log.inclusion(KEPT.at(size), index)
    whole = flipped(b"".join([leaf, top, *path]), bit)
    leaf, top, *path = (whole[i : i + 32] for i in range(0, len(whole), 32))
    assert not log.is_included(leaf, index, size, path, top)


@given(size=st.integers(2, 700), earlier=st.integers(1, 700), bit=st.integers(0, 2**16))
def test_no_flipped_bit_makes_another_beginning(size: int, earlier: int, bit: int) -> None:
    earlier = 1 + earlier % (size - 1)
    path = log.consistency(KEPT.at(size), earlier)
    whole = flipped(b"".join([log.root(KEPT.at(earlier)), log.root(KEPT.at(size)), *path]), bit)
    old, new, *path = (whole[i : i + 32] for i in range(0, len(whole), 32))
    assert not log.is_consistent(earlier, size, path, old, new)


def test_what_cannot_be_is_not_shown() -> None:
    leaf, top = log.leaf_hash(b"leaf 0"), log.root(KEPT.at(2))
    path = log.inclusion(KEPT.at(2), 0)
    assert log.is_included(leaf, 0, 2, path, top)
    assert not log.is_included(leaf, 2, 2, path, top)
    assert not log.is_included(leaf, -1, 2, path, top)
    assert not log.is_included(leaf, 0, 2, [], top)
    assert not log.is_included(leaf, 0, 2, [*path, path[0]], top)
    assert not log.is_included(leaf, 0, 2, [path[0][:31]], top)
    assert not log.is_consistent(3, 2, [], top, top)
    assert not log.is_consistent(2, 2, path, top, top)
    assert not log.is_consistent(1, 2, [], leaf, top)
    assert not log.is_consistent(3, 4, [], top, top)
    assert not log.is_consistent(0, 2, [], top, top)
    assert log.is_consistent(0, 2, [], log.EMPTY_ROOT, top)
    assert log.root(KEPT.at(0)) == log.EMPTY_ROOT


@pytest.mark.parametrize("index", [-1, 5, 6])
def test_there_is_no_proof_of_a_leaf_that_is_not_there(index: int) -> None:
    with pytest.raises(IndexError):
        log.inclusion(KEPT.at(5), index)
    with pytest.raises(IndexError):
        log.consistency(KEPT.at(4), index)
