"""An evidence pack as a ZIP file. Same pack, same bytes: fixed times, names in order.

The names and shapes in it are documented where they are checked, in `verify.py`; this file writes what that one reads.
"""

import hashlib
import json
import zipfile
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

FORMAT, VERSION = "maojian-evidence", 1
#: The earliest moment a ZIP file can tell; when a pack was made is nobody's evidence.
_EPOCH = (1980, 1, 1, 0, 0, 0)
_HERE = Path(__file__).parent
#: Letters of a report's name that are kept.
_LONGEST = 60


@dataclass(frozen=True, slots=True)
class Record:
    """Leaf `number` of the log with its way to the root; opened where `opening` and `salt` (hex) are there."""

    number: int
    leaf: bytes
    path: tuple[bytes, ...]
    opening: bytes | None = None
    salt: str | None = None

    @property
    def shown(self) -> dict[str, Any]:
        """What it says, for reading: the leaf without its commitment, and what is opened."""
        told: dict[str, Any] = {"number": self.number, **json.loads(self.leaf)}
        del told["commitment"]
        return told | (json.loads(self.opening) if self.opening is not None else {})

    @property
    def proof(self) -> dict[str, Any]:
        """What it is checked with."""
        path = [b64encode(one).decode() for one in self.path]
        told: dict[str, Any] = {"number": self.number, "leaf": self.leaf.decode(), "path": path}
        if self.opening is not None:
            told |= {"opening": self.opening.decode(), "salt": self.salt}
        return told


@dataclass(frozen=True, slots=True)
class Attached:
    """A report as it was handed in."""

    name: str
    content: bytes

    @property
    def place(self) -> str:
        """Its name in the pack: two files of one name stay two, and no name leads out of the folder."""
        kept = "".join(char if char.isalnum() or char in "-_." else "_" for char in self.name)
        return f"files/{hashlib.sha256(self.content).hexdigest()[:12]}-{kept[-_LONGEST:].lstrip('.')}"


@dataclass(frozen=True, slots=True)
class Pack:
    """Everything in a pack. `about` says in plain values what it is of; `papers` are drawn files by name."""

    about: Mapping[str, Any]
    records: tuple[Record, ...]
    attached: tuple[Attached, ...]
    checkpoint: str
    key: str
    witnesses: tuple[str, ...] = ()
    papers: Mapping[str, bytes] = field(default_factory=dict)

    @property
    def files(self) -> dict[str, bytes]:
        """Every file by name, the manifest left out."""
        return {
            "README.txt": (_HERE / "README.txt").read_bytes(),
            "verify.py": (_HERE / "verify.py").read_bytes(),
            "checkpoint.txt": self.checkpoint.encode(),
            "log-key.txt": f"{self.key}\n".encode(),
            "witnesses.txt": "".join(f"{one}\n" for one in self.witnesses).encode(),
            "records.json": _written({"records": [one.shown for one in self.records]}),
            "proofs.json": _written({"proofs": [one.proof for one in self.records]}),
            **{one.place: one.content for one in self.attached},
            **self.papers,
        }


def write(pack: Pack, file: BinaryIO) -> None:
    """Write a pack."""
    files = pack.files
    files["manifest.json"] = _manifest(pack, files)
    with zipfile.ZipFile(file, "w") as made:
        for name in sorted(files):
            made.writestr(_entry(name), files[name], zipfile.ZIP_DEFLATED, 9)


def _manifest(pack: Pack, files: Mapping[str, bytes]) -> bytes:
    listed = {
        name: {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
        for name, content in files.items()
    }
    return _written({"format": FORMAT, "version": VERSION, "about": pack.about, "files": listed})


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, _EPOCH)
    entry.create_system, entry.external_attr = 3, 0o644 << 16
    return entry


def _written(value: object) -> bytes:
    return (json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()
