"""What a witness does: it signs a checkpoint only when the log still begins with the one it saw before.

The form is that of C2SP tlog-cosignature.
"""

from collections.abc import Iterable

from traceability.domain.log.notes import BadNote, Checkpoint, Note, Signer, VerifierKey, open_checkpoint
from traceability.domain.log.tree import ReadTile, Tiled, consistency, is_consistent, root


class LogForked(Exception):
    """The log is shorter than it was, or has another history: the checkpoint kept, and the one offered."""

    def __init__(self, why: str, kept: Checkpoint, offered: Checkpoint) -> None:
        super().__init__(why)
        self.why, self.kept, self.offered = why, kept, offered


def cosigned(
    offered: str, *, kept: str | None, key: VerifierKey, signer: Signer, read: ReadTile, at: int
) -> Note:
    """The offered checkpoint with the witness's line; raise `BadNote` or `LogForked`.

    `kept` is the checkpoint it signed last, `key` the log's, `read` gives tiles of the offered tree, `at` is in s.
    """
    note = Note.read(offered)
    found = open_checkpoint(offered, [key])
    if found.origin != key.name:
        raise BadNote("the checkpoint is of another log")
    if kept is not None:
        _check_grown(open_checkpoint(kept, [key]), found, read)
    elif found.size and root(Tiled(found.size, read)) != found.root:
        raise BadNote("the tiles do not make the root that was signed")
    return with_cosignatures(note, [signer], at)


def with_cosignatures(note: Note, signers: Iterable[Signer], at: int) -> Note:
    """A note with the line of each witness at its end."""
    for signer in signers:
        note = note.with_signature(signer.sign(note.text, at=at))
    return note


def _check_grown(kept: Checkpoint, offered: Checkpoint, read: ReadTile) -> None:
    if offered.size < kept.size:
        raise LogForked("shrunk", kept, offered)
    if offered.size == kept.size and offered.root != kept.root:
        raise LogForked("forked", kept, offered)
    path = consistency(Tiled(offered.size, read), kept.size)
    if not is_consistent(kept.size, offered.size, path, kept.root, offered.root):
        raise LogForked("forked", kept, offered)
