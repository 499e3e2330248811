"""Signed notes and checkpoints: C2SP signed-note, tlog-checkpoint and the Ed25519 form of tlog-cosignature.

A note is text, an empty line, and signature lines. A checkpoint is a note whose text is the log's name, its size and
its root hash. Ed25519 signatures (RFC 8032) are the same for the same key and text, so nothing here needs chance.
"""

import binascii
import re
from base64 import b64decode, b64encode
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from traceability.domain.log.tree import HASH_BYTES

#: Signature types of the standard: a log's own, and a witness's with its time.
ED25519, COSIGNATURE = 1, 4
_DASH = "\u2014"
#: More lines than the sixteen every reader must accept; less than would keep one busy.
MOST_SIGNATURES = 64
_SEED_BYTES = _KEY_BYTES = 32
_PRIVATE = "PRIVATE+KEY+"


class BadNote(ValueError):
    """A note, key or checkpoint that is not written as the standards say, or not signed by whom it should be."""


def decoded(text: str, what: str) -> bytes:
    """The bytes of standard base64; raise `BadNote`."""
    try:
        return b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise BadNote(f"{what} is not base64") from error


def is_key_name(name: str) -> bool:
    """Whether a name can stand in a signature line: something, without spaces, plus signs or control characters."""
    return bool(name) and not re.search(r"[\s+\x00-\x1f]", name)


# --- keys ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class VerifierKey:
    """A public key with the name it signs under; `public` are the 32 bytes of RFC 8032."""

    name: str
    public: bytes
    kind: int = ED25519

    @cached_property
    def id(self) -> bytes:
        """The four bytes signature lines name it by."""
        return sha256(self.name.encode() + b"\n" + self._encoded).digest()[:4]

    @property
    def _encoded(self) -> bytes:
        return bytes([self.kind]) + self.public

    def __str__(self) -> str:
        """As people hand it on: name, id and key with plus signs between."""
        return f"{self.name}+{self.id.hex()}+{b64encode(self._encoded).decode()}"

    @classmethod
    def read(cls, text: str) -> "VerifierKey":
        """The key of such a text; raise `BadNote`."""
        name, _, rest = text.strip().partition("+")
        key_id, _, encoded = rest.partition("+")
        whole = decoded(encoded, "the key")
        if len(whole) != 1 + _KEY_BYTES or whole[0] not in (ED25519, COSIGNATURE) or not is_key_name(name):
            raise BadNote("no Ed25519 key")
        found = cls(name, whole[1:], whole[0])
        if found.id.hex() != key_id:
            raise BadNote("the key does not belong to its name")
        return found

    def signed(self, text: str, signature: bytes) -> bool:
        """Whether the bytes of a signature line, its key id left off, are this key's over a text."""
        message = text.encode()
        if self.kind == COSIGNATURE:
            message = cosigned_message(int.from_bytes(signature[:8]), text)
            signature = signature[8:]
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(signature, message)
        except InvalidSignature:
            return False
        return True


def cosigned_message(at: int, text: str) -> bytes:
    """What a witness signs: the time in seconds since 1970, and the text of the checkpoint."""
    return f"cosignature/v1\ntime {at}\n{text}".encode()


@dataclass(frozen=True)
class Signer:
    """A private key with the name it signs under; `seed` are its 32 secret bytes."""

    name: str
    seed: bytes = field(repr=False)
    kind: int = ED25519

    @classmethod
    def read(cls, text: str) -> "Signer":
        """The key of a file as `secret` writes it; raise `BadNote`."""
        name, _, rest = text.strip().removeprefix(_PRIVATE).partition("+")
        key_id, _, encoded = rest.partition("+")
        whole = decoded(encoded, "the key")
        if not text.startswith(_PRIVATE) or not whole or whole[0] not in (ED25519, COSIGNATURE):
            raise BadNote("no private key")
        found = cls(name, whole[1:], whole[0])
        if found.key.id.hex() != key_id:
            raise BadNote("the key does not belong to its name")
        return found

    def secret(self) -> str:
        """As it is kept in a file: the form Go's tools for signed notes read too."""
        encoded = b64encode(bytes([self.kind]) + self.seed).decode()
        return f"{_PRIVATE}{self.name}+{self.key.id.hex()}+{encoded}"

    def __post_init__(self) -> None:
        """Raise `BadNote` for a name no line can carry."""
        if not is_key_name(self.name) or len(self.seed) != _SEED_BYTES:
            raise BadNote("a key has a name without spaces or plus signs, and 32 bytes")

    @cached_property
    def _private(self) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(self.seed)

    @cached_property
    def key(self) -> VerifierKey:
        """What others check with."""
        return VerifierKey(self.name, self._private.public_key().public_bytes_raw(), self.kind)

    def sign(self, text: str, *, at: int = 0) -> "Signature":
        """Sign a note's text; a witness says `at` which second."""
        if self.kind == COSIGNATURE:
            said = at.to_bytes(8) + self._private.sign(cosigned_message(at, text))
        else:
            said = self._private.sign(text.encode())
        return Signature(self.name, self.key.id, said)


# --- notes -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Signature:
    """A line under a note."""

    name: str
    key_id: bytes
    data: bytes

    def __str__(self) -> str:
        """The line, without its end."""
        return f"{_DASH} {self.name} {b64encode(self.key_id + self.data).decode()}"

    @classmethod
    def read(cls, line: str) -> "Signature":
        """The signature of a line; raise `BadNote`."""
        dash, _, rest = line.partition(" ")
        name, _, encoded = rest.partition(" ")
        whole = decoded(encoded, "a signature")
        if dash != _DASH or not is_key_name(name) or len(whole) <= 4:
            raise BadNote("no signature line")
        return cls(name, whole[:4], whole[4:])


@dataclass(frozen=True)
class Note:
    """Text, ending with a newline, and who signed it."""

    text: str
    signatures: tuple[Signature, ...] = ()

    def __str__(self) -> str:
        """The whole note."""
        return self.text + "\n" + "".join(f"{one}\n" for one in self.signatures)

    @classmethod
    def read(cls, written: str) -> "Note":
        """Part a note; raise `BadNote`."""
        text, gap, lines = written.rpartition("\n\n")
        if not gap or not lines.endswith("\n") or re.search(r"[\x00-\x09\x0b-\x1f]", written):
            raise BadNote("no signed note")
        signed = lines[:-1].split("\n")
        if len(signed) > MOST_SIGNATURES:
            raise BadNote("too many signatures")
        return cls(text + "\n", tuple(Signature.read(line) for line in signed))

    def with_signature(self, added: Signature) -> "Note":
        """With one more line at the end."""
        return replace(self, signatures=(*self.signatures, added))

    def signers(self, keys: Iterable[VerifierKey]) -> list[VerifierKey]:
        """Which of these keys signed it; raise `BadNote` where one of them is named and did not, or none did."""
        known = {(key.name, key.id): key for key in keys}
        named = [(known.get((one.name, one.key_id)), one.data) for one in self.signatures]
        if any(key and not key.signed(self.text, data) for key, data in named):
            raise BadNote("a signature is not its key's")
        if not (found := [key for key, _data in named if key]):
            raise BadNote("not signed by a key that is known")
        return found


# --- checkpoints -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Checkpoint:
    """A log's name (`origin`), how many leaves it has and the root over them."""

    origin: str
    size: int
    root: bytes
    more: tuple[str, ...] = ()

    def __str__(self) -> str:
        """The text that is signed."""
        return "".join(
            f"{line}\n" for line in (self.origin, self.size, b64encode(self.root).decode(), *self.more)
        )

    @classmethod
    def read(cls, text: str) -> "Checkpoint":
        """The checkpoint of a note's text; raise `BadNote`."""
        *lines, end = text.split("\n")
        if end or len(lines) < 3 or not all(lines):
            raise BadNote("no checkpoint")
        origin, size, top, *more = lines
        found = decoded(top, "the root")
        if len(found) != HASH_BYTES or not re.fullmatch(r"0|[1-9]\d{0,18}", size, re.ASCII):
            raise BadNote("no checkpoint")
        return cls(origin, int(size), found, tuple(more))

    def signed_by(self, signers: Sequence[Signer]) -> Note:
        """The note of this checkpoint."""
        return Note(str(self), tuple(one.sign(str(self)) for one in signers))


def open_checkpoint(written: str, keys: Iterable[VerifierKey]) -> Checkpoint:
    """The checkpoint of a note that one of these keys signed; raise `BadNote`."""
    note = Note.read(written)
    note.signers(keys)
    return Checkpoint.read(note.text)
