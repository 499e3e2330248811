"""The public log: facts in one canonical form, the leaves made of them, and the tree over the leaves.

`notes` (signed checkpoints) and `proofs` (files that carry one) are imported by name: they bring a cipher along, which
nobody else needs.
"""

from traceability.domain.log.differences import Difference
from traceability.domain.log.facts import FACT_VERSION, Fact, canonical, digest_of, plain, read
from traceability.domain.log.leaves import (
    LONGEST,
    commitment_of,
    commitment_to,
    leaf_bytes,
    leaf_of,
    moment,
    opening_bytes,
    written_leaf,
    written_opening,
)
from traceability.domain.log.openness import MOST_NAMED, is_open, parted
from traceability.domain.log.tree import (
    EMPTY_ROOT,
    HASH_BYTES,
    TILE_WIDTH,
    ReadTile,
    Tiled,
    consistency,
    grown,
    inclusion,
    is_consistent,
    is_included,
    leaf_hash,
    node_hash,
    root,
)

__all__ = [
    "EMPTY_ROOT",
    "FACT_VERSION",
    "HASH_BYTES",
    "LONGEST",
    "MOST_NAMED",
    "TILE_WIDTH",
    "Difference",
    "Fact",
    "ReadTile",
    "Tiled",
    "canonical",
    "commitment_of",
    "commitment_to",
    "consistency",
    "digest_of",
    "grown",
    "inclusion",
    "is_consistent",
    "is_included",
    "is_open",
    "leaf_bytes",
    "leaf_hash",
    "leaf_of",
    "moment",
    "node_hash",
    "opening_bytes",
    "parted",
    "plain",
    "read",
    "root",
    "written_leaf",
    "written_opening",
]
