"""An evidence pack for tests, ways to spoil one, and the program that checks it, run as a stranger would."""

import hashlib
import json
import subprocess
import sys
import zipfile
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

from tests.sealing import SIGNER
from traceability.domain import log
from traceability.domain.log import Fact, Tiled
from traceability.domain.log.notes import COSIGNATURE, Checkpoint, Signer
from traceability.domain.log.witnessing import with_cosignatures
from traceability.formats.evidence import Attached, Pack, Record, write

WITNESS = Signer("association.example/w1", b"\x02" * 32, COSIGNATURE)
REPORT = Attached("检验报告 1.pdf", b"%PDF-1.4 report")
AT = datetime(2026, 4, 6, 1, 2, 3, tzinfo=UTC)
SALT = "0f" * 16
Files = dict[str, bytes]


def facts() -> list[Fact]:
    """Eleven facts: an issue, a report's file, receipts."""
    issue = Fact("marks.issue", 3, AT, AT, public={"serials": [1, 40], "batch": "B1", "note": "茶"})
    kept = Fact("document.kept", 2, AT, AT, private={"sha256": hashlib.sha256(REPORT.content).hexdigest()})
    leaf = [Fact("chain.leaf_receipt", 2, AT, AT, private={"event": n, "no": f"收{n}"}) for n in range(9)]
    return [issue, kept, *leaf]


def tree(leaves: Sequence[bytes]) -> Tiled:
    """The tree over leaves."""
    tiles = log.grown(0, lambda *_: b"", b"".join(map(log.leaf_hash, leaves)))
    return Tiled(len(leaves), lambda level, number, _width: tiles[level, number])


def pack(*, signer: Signer = SIGNER, witnesses: Sequence[Signer] = (WITNESS,), leaves: int = 11) -> Pack:
    """Four records of so many in the log, the last of which is not opened."""
    told = facts()[:leaves]
    made = tree([log.leaf_of(one, SALT) for one in told])
    records = [record(made, n, told[n], opened=n != 6) for n in (0, 1, 3, 6)]
    note = Checkpoint(signer.name, made.size, log.root(made)).signed_by([signer])
    return Pack(
        {"lot": "B1"},
        tuple(records),
        (REPORT,),
        str(with_cosignatures(note, witnesses, 1_775_000_000)),
        str(signer.key),
        tuple(str(one.key) for one in witnesses),
        {"dossier.pdf": b"%PDF-1.7 dossier"},
    )


def record(made: Tiled, number: int, fact: Fact, *, opened: bool = True) -> Record:
    """A record of a fact."""
    opening = log.opening_bytes(fact.actor, fact.happened_at, fact.private) if opened else None
    path = tuple(log.inclusion(made, number))
    return Record(number, log.leaf_of(fact, SALT), path, opening, SALT if opened else None)


def zipped(made: Pack) -> bytes:
    """Its bytes."""
    file = BytesIO()
    write(made, file)
    return file.getvalue()


def unzipped(content: bytes) -> Files:
    """The files of a pack."""
    with zipfile.ZipFile(BytesIO(content)) as opened:
        return {name: opened.read(name) for name in opened.namelist()}


def again(files: Mapping[str, bytes]) -> Files:
    """The files with a manifest that fits them, as somebody would write it who knows how."""
    manifest = json.loads(files["manifest.json"])
    rest = {name: content for name, content in files.items() if name != "manifest.json"}
    manifest["files"] = {name: {"sha256": hashlib.sha256(one).hexdigest()} for name, one in rest.items()}
    return {**rest, "manifest.json": json.dumps(manifest).encode()}


def put(folder: Path, files: Mapping[str, bytes]) -> Path:
    """A pack unpacked into a folder."""
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    return folder


def run_verifier(program: Path, *arguments: str) -> tuple[int, list[str]]:
    """The exit code and the lines of the program, started as alone as Python can be."""
    done = subprocess.run(
        [sys.executable, "-I", "-S", str(program), *arguments], capture_output=True, timeout=60, check=False
    )
    assert done.stderr == b""
    return done.returncode, done.stdout.decode("utf-8").splitlines()


def changed(files: Files, name: str, change: Any) -> Files:
    """One JSON file of a pack changed, and a manifest that fits."""
    told = json.loads(files[name])
    change(told)
    return again({**files, name: json.dumps(told, ensure_ascii=False).encode()})
