"""A leaf as it stands: its row, the fact behind it, and what of it is not as it was sealed."""

from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256

from traceability.domain.log import Difference, leaf_hash, written_opening
from traceability.store import log as rows
from traceability.store.log import RawFact
from traceability.store.work import Work


@dataclass(frozen=True, slots=True)
class Standing:
    """Leaf `number`; `leaf` are its bytes made again, None where the fact is gone."""

    number: int
    fact: int
    commitment: bytes
    raw: RawFact | None
    leaf: bytes | None

    def difference(self, sealed: bytes) -> Difference | None:
        """What differs from the hash that was `sealed`; without one, only whether the commitment opens."""
        if self.raw is None or self.leaf is None:
            return Difference("fact", self.fact, "id", "a row", None, self.fact)
        opened = self._opened(self.raw)
        fits = not sealed or leaf_hash(self.leaf) == sealed
        if opened is None:
            return Difference("fact", self.fact, "salt", "a salt", None, self.fact)
        if opened == self.commitment:
            return None if fits else self._told("leaf", sealed.hex(), leaf_hash(self.leaf).hex())
        if fits:
            return self._told("opening", self.commitment.hex(), opened.hex())
        return self._by_commitment(self.raw, opened, sealed)

    def _by_commitment(self, raw: RawFact, opened: bytes, sealed: bytes) -> Difference:
        """The commitment was changed if the fact's own makes the leaf that was sealed; else the fact was."""
        if leaf_hash(rows.leaf_of_raw(raw, opened.hex())) == sealed:
            return Difference(
                "log_leaf", self.number, "commitment", opened.hex(), self.commitment.hex(), self.fact
            )
        return self._told("row", sealed.hex(), leaf_hash(self.leaf or b"").hex())

    def _opened(self, raw: RawFact) -> bytes | None:
        """The commitment to what is there; that of the row where it was forgotten, None where only the salt was."""
        _id, _kind, _version, actor, happened, _recorded, _public, private, salt = raw
        if private is None:
            return self.commitment
        if salt is None:
            return None
        try:
            return sha256(bytes.fromhex(salt) + written_opening(actor, happened, private)).digest()
        except ValueError:
            return b""

    def _told(self, column: str, expected: str, found: str) -> Difference:
        return Difference("fact", self.fact, column, expected, found, self.fact)


def standing_of(work: Work, first: int, end: int) -> Iterator[Standing]:
    """Leaves from one number up to another, those that are there."""
    for number, fact, commitment, raw in rows.stretch(work.session, first, end):
        there = raw[0] is not None
        leaf = rows.leaf_of_raw(raw, commitment.hex()) if there else None
        yield Standing(number, fact, commitment, raw if there else None, leaf)
