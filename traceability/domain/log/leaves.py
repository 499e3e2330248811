"""Leaves: the bytes of a fact that the tree is made of, and the commitment in them to what nobody else may read.

A leaf is the canonical JSON (RFC 8785) of one object: kind, version, when it was recorded, the public part and when it
happened (both only where there is a public part), and a commitment to the rest: who, when, the private part. The
commitment is SHA-256 over the fact's 16 bytes of salt and the canonical JSON of the opening. Whoever holds salt and
opening can show what was said; without them nobody can find it by trying.
"""

import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime

from traceability.domain.log.facts import Fact, canonical

#: The longest leaf an entry bundle can carry (C2SP tlog-tiles: a length is a uint16).
LONGEST = 0xFFFF


def moment(at: datetime) -> str:
    """A moment as leaves have it: UTC, to the microsecond, always as long."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def leaf_bytes(fact: Fact, commitment: str) -> bytes:
    """The leaf of a fact, for a commitment (64 hex digits) to its private part."""
    told: dict[str, object] = {
        "commitment": commitment,
        "kind": fact.kind,
        "recorded": moment(fact.recorded_at),
        "version": fact.version,
    }
    if fact.public:
        told |= {"happened": moment(fact.happened_at), "public": fact.public}
    return canonical(told).encode()


def opening_bytes(actor: int, happened_at: datetime, private: Mapping[str, object]) -> bytes:
    """What a commitment commits to, before the salt is put in front."""
    return canonical({"actor": actor, "happened": moment(happened_at), "private": private}).encode()


def commitment_to(opening: bytes, salt: str) -> str:
    """The commitment to an opening under a salt of 32 hex digits."""
    return hashlib.sha256(bytes.fromhex(salt) + opening).hexdigest()


def commitment_of(fact: Fact, salt: str) -> str:
    """The commitment to the private part of a fact."""
    return commitment_to(opening_bytes(fact.actor, fact.happened_at, fact.private), salt)


def leaf_of(fact: Fact, salt: str) -> bytes:
    """The leaf of a fact that is whole."""
    return leaf_bytes(fact, commitment_of(fact, salt))


# --- the same bytes from columns that are canonical already ----------------------------------------------------------


def written_opening(actor: int, happened: str, private: str) -> bytes:
    """An opening from its canonical parts, without reading and writing them again."""
    return f'{{"actor":{actor},"happened":"{happened}","private":{private}}}'.encode()


def written_leaf(
    commitment: str, kind: str, happened: str, public: str, recorded: str, version: int
) -> bytes:
    """A leaf from its canonical parts; a kind has nothing that JSON would escape."""
    shown = "" if public == "{}" else f'"public":{public},'
    when = f'"happened":"{happened}",' if shown else ""
    return (
        f'{{"commitment":"{commitment}",{when}"kind":"{kind}",{shown}"recorded":"{recorded}","version":{version}}}'
    ).encode()
