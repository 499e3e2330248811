"""The public log: facts get their numbers, checkpoints are signed, proofs are given, and all of it is checked."""

from traceability.services.log.alarming import MISMATCH, find_mismatch
from traceability.services.log.checking import check
from traceability.services.log.proving import Bundle, Head, entries, latest, proof_of, size_of, tile_of
from traceability.services.log.sealing import BATCH, seal_batch, waits
from traceability.services.log.verifying import Progress, Since, structure

__all__ = [
    "BATCH",
    "MISMATCH",
    "Bundle",
    "Head",
    "Progress",
    "Since",
    "check",
    "entries",
    "find_mismatch",
    "latest",
    "proof_of",
    "seal_batch",
    "size_of",
    "structure",
    "tile_of",
    "waits",
]
