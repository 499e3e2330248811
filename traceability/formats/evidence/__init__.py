"""Evidence packs: records of the public log with their proofs, reports and papers, and a program that checks them."""

from traceability.formats.evidence.pack import Attached, Pack, Record, write

__all__ = ["Attached", "Pack", "Record", "write"]
