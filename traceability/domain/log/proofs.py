"""Proof files: C2SP tlog-proof, all that is needed to show without us that a leaf is in the log."""

import re
from base64 import b64encode
from collections.abc import Iterable
from dataclasses import dataclass

from traceability.domain.log.notes import BadNote, Checkpoint, VerifierKey, decoded, open_checkpoint
from traceability.domain.log.tree import HASH_BYTES, is_included, leaf_hash

HEADER = "c2sp.org/tlog-proof@v1"
#: A path has at most one hash for each bit of a leaf's number.
MOST_HASHES = 64


@dataclass(frozen=True)
class Proof:
    """That leaf `index` is in the tree of a checkpoint (a whole signed note). `extra` is what its maker put beside it.

    Ours put the leaf itself there: its hash is what the proof is about, so nobody needs to trust it.
    """

    index: int
    path: tuple[bytes, ...]
    checkpoint: str
    extra: bytes | None = None

    def __str__(self) -> str:
        """The file's text."""
        extra = [f"extra {b64encode(self.extra).decode()}"] if self.extra is not None else []
        hashes = [b64encode(one).decode() for one in self.path]
        return "\n".join([HEADER, *extra, f"index {self.index}", *hashes, "", self.checkpoint])

    @classmethod
    def read(cls, text: str) -> "Proof":
        """The proof of a file; raise `BadNote`."""
        head, gap, checkpoint = text.partition("\n\n")
        lines = head.split("\n")
        extra = decoded(lines.pop(1)[6:], "extra") if lines[1:] and lines[1].startswith("extra ") else None
        index = re.fullmatch(r"index (0|[1-9]\d{0,18})", "".join(lines[1:2]), re.ASCII)
        path = tuple(decoded(line, "a hash") for line in lines[2:])
        if not gap or lines[0] != HEADER or index is None or len(path) > MOST_HASHES:
            raise BadNote("no proof")
        if any(len(one) != HASH_BYTES for one in path):
            raise BadNote("a hash is too short or too long")
        return cls(int(index[1]), path, checkpoint, extra)


def proven(proof: Proof, leaf: bytes, keys: Iterable[VerifierKey]) -> Checkpoint | None:
    """The checkpoint that shows this leaf is in the log of one of these keys; None where it is not shown.

    Raise `BadNote` for a checkpoint that is not signed by one of them.
    """
    found = open_checkpoint(proof.checkpoint, keys)
    shown = is_included(leaf_hash(leaf), proof.index, found.size, proof.path, found.root)
    return found if shown else None
