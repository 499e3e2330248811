"""The public log: facts get their numbers, checkpoints are signed, proofs are given, and all of it is checked."""

from traceability.services.log.alarming import MISMATCH, find_mismatch
from traceability.services.log.checking import check
from traceability.services.log.proving import (
    Bundle,
    Head,
    cosigned,
    entries,
    head_of,
    latest,
    proof_of,
    size_of,
    tile_of,
)
from traceability.services.log.sealing import BATCH, seal_batch, waits
from traceability.services.log.verifying import Progress, Since, structure
from traceability.services.log.witnessing import HandedIn, add_witness, hand_in, witnesses

__all__ = [
    "BATCH",
    "MISMATCH",
    "Bundle",
    "HandedIn",
    "Head",
    "Progress",
    "Since",
    "add_witness",
    "check",
    "cosigned",
    "entries",
    "find_mismatch",
    "hand_in",
    "head_of",
    "latest",
    "proof_of",
    "seal_batch",
    "size_of",
    "structure",
    "tile_of",
    "waits",
    "witnesses",
]
