#!/usr/bin/env python3
"""Check an evidence pack of the tea's public log without the people who made it.

    python3 verify.py                        the pack this file lies in, unpacked
    python3 verify.py PACK                   a ZIP file, or a folder it was unpacked into
    python3 verify.py PACK --key KEY         with the log's public key from somewhere else
    python3 verify.py PACK --checkpoint FILE against a checkpoint somebody kept
    python3 verify.py PACK --witness KEY     this witness must have cosigned (may be repeated)

One file, Python 3.8 or later, nothing but its standard library, no network. Every fault is one line, and then the exit
code is 1, else 0. Format "maojian-evidence", version 1. Names in a pack:

    manifest.json    format, version, what the pack is about, size and SHA-256 of every other file
    records.json     for reading: {"records": [{"number", "kind", "recorded", "version"; "happened" and "public" of
                     what everybody may read; "actor", "happened" and "private" of what is opened}]}
    proofs.json      for checking: {"proofs": [{"number", "leaf", "path"; "opening" and "salt" of what is opened}]};
                     leaf and opening are exact bytes as text (UTF-8), path is hashes in base64, salt 32 hex digits
    checkpoint.txt   the signed state of the log: C2SP tlog-checkpoint, and tlog-cosignature of witnesses
    log-key.txt      the public key of the log (C2SP signed-note verifier key)
    witnesses.txt    public keys of witnesses, one a line
    files/           reports as they were handed in; each is named by its SHA-256 in a record
    dossier.pdf, README.txt, verify.py

What is checked, in this order:

(1) every file has the hash of the manifest;
(2) the checkpoint is signed with the log's key, and cosignatures are their witnesses';
(3) of each record the leaf is in the log: SHA-256 over 0x00 and its bytes, folded with the path (RFC 9162 section
    2.1.3.2), is the root of the checkpoint;
(4) what is opened is what the leaf's commitment commits to: SHA-256 over salt and opening;
(5) records.json says what leaves and openings say;
(6) each report is one that an opened record names.

The manifest is no proof by itself: whoever changes a file can write it anew. What (3) to (6) reach is proved;
dossier.pdf is only drawn from the same books.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import json
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

FORMAT, VERSION = "maojian-evidence", 1
LOG, WITNESS = 1, 4  # kinds of keys and signatures: C2SP signed-note, tlog-cosignature


class Fault(Exception):
    """Something is wrong: where, and what in Chinese and in English."""


# --- Ed25519: RFC 8032, sections 5.1 and 6 -------------------------------------------------------------------------

P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P
ROOT_OF_MINUS_1 = pow(2, (P - 1) // 4, P)


def x_of(y: int, odd: int) -> int | None:
    """The x of a point on the curve with this y, odd or even; None where there is none (section 5.1.3)."""
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * ROOT_OF_MINUS_1 % P
    if (x * x - square) % P or (x == 0 and odd):
        return None
    return P - x if x % 2 != odd else x


def point(data: bytes) -> Any:
    """The point of 32 bytes in extended coordinates (X, Y, Z, T), x = X/Z, y = Y/Z, xy = T/Z; None for no point."""
    y = int.from_bytes(data, "little")
    odd, y = y >> 255, y & (2**255 - 1)
    x = x_of(y, odd) if y < P else None
    return None if x is None else (x, y, 1, x * y % P)


def add(p: Any, q: Any) -> Any:
    """The sum of two points (section 5.1.4)."""
    a, b = (p[1] - p[0]) * (q[1] - q[0]) % P, (p[1] + p[0]) * (q[1] + q[0]) % P
    c, d = 2 * p[3] * q[3] * D % P, 2 * p[2] * q[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % P, g * h % P, f * g % P, e * h % P


def times(n: int, p: Any) -> Any:
    """A point added to itself n times."""
    total = (0, 1, 1, 0)
    while n:
        if n & 1:
            total = add(total, p)
        p, n = add(p, p), n >> 1
    return total


BASE = point((4 * pow(5, -1, P) % P).to_bytes(32, "little"))


def is_signed(public: bytes, message: bytes, signature: bytes) -> bool:
    """Whether 64 bytes are the signature of a message under a public key of 32 bytes (section 5.1.7)."""
    if len(public) != 32 or len(signature) != 64:
        return False
    key, r, s = point(public), point(signature[:32]), int.from_bytes(signature[32:], "little")
    if key is None or r is None or s >= ORDER:
        return False
    k = int.from_bytes(hashlib.sha512(signature[:32] + public + message).digest(), "little") % ORDER
    left, right = times(s, BASE), add(r, times(k, key))
    return all((left[i] * right[2] - right[i] * left[2]) % P == 0 for i in (0, 1))


# --- the tree: RFC 9162, section 2.1 -------------------------------------------------------------------------------


def node(left: bytes, right: bytes) -> bytes:
    """The hash of two subtrees side by side."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def root_over(leaf: bytes, number: int, size: int, path: list[bytes]) -> bytes | None:
    """The root a leaf leads to as number so and so of a tree; None for a path that fits no such tree."""
    found, last = hashlib.sha256(b"\x00" + leaf).digest(), size - 1
    for other in path:
        if last == 0 or len(other) != 32:
            return None
        if number & 1 or number == last:
            found = node(other, found)
            while number and not number & 1:
                number, last = number >> 1, last >> 1
        else:
            found = node(found, other)
        number, last = number >> 1, last >> 1
    return found if last == 0 else None


# --- keys and signed notes: C2SP signed-note, tlog-checkpoint, tlog-cosignature ------------------------------------


def read_key(text: str, where: str) -> Any:
    """(name, id, kind, 32 bytes) of a public key as it is handed on: name+id+base64."""
    try:
        name, written, encoded = text.strip().split("+", 2)
        data = base64.b64decode(encoded, validate=True)
    except ValueError:
        raise Fault(where, "不是公钥", "no public key") from None
    made = hashlib.sha256(name.encode() + b"\n" + data).digest()[:4]
    if len(data) != 33 or data[0] not in (LOG, WITNESS) or made.hex() != written:
        raise Fault(where, "公钥与其名称、编号不符", "the key does not belong to its name and id")
    return name, made, data[0], data[1:]


def read_note(text: str, where: str) -> Any:
    """The text of a note, and its signatures as (name, key id, bytes)."""
    body, gap, lines = text.rpartition("\n\n")
    signatures = []
    for line in lines.rstrip("\n").split("\n"):
        parts = line.split(" ")
        if len(parts) != 3 or parts[0] != "\u2014":
            raise Fault(where, "签名行写法不对", "a signature line is not written as it should be")
        try:
            data = base64.b64decode(parts[2], validate=True)
        except ValueError:
            raise Fault(where, "签名不是 base64", "a signature is not base64") from None
        signatures.append((parts[1], data[:4], data[4:]))
    if not gap or not signatures:
        raise Fault(where, "没有签名", "it is not signed")
    return body + "\n", signatures


def read_checkpoint(body: str, where: str) -> Any:
    """(name of the log, number of its leaves, root) of a checkpoint's text."""
    try:
        name, size, root = body.split("\n")[:3]
        found = name, int(size), base64.b64decode(root, validate=True)
    except ValueError:
        raise Fault(where, "不是检查点", "no checkpoint") from None
    if len(found[2]) != 32 or str(found[1]) != size or found[1] < 0:
        raise Fault(where, "不是检查点", "no checkpoint")
    return found


def signs(key: Any, body: str, data: bytes) -> bool:
    """Whether a key made a signature; a witness signs the second it did so as well."""
    if key[2] == LOG:
        return is_signed(key[3], body.encode(), data)
    said = f"cosignature/v1\ntime {int.from_bytes(data[:8], 'big')}\n{body}"
    return is_signed(key[3], said.encode(), data[8:])


def signers(keys: list[Any], body: str, signatures: list[Any], where: str) -> list[Any]:
    """Which of these keys signed a note; a signature that names one of them and is not its own is a fault."""
    found = []
    for name, key_id, data in signatures:
        for key in keys:
            if key[:2] == (name, key_id):
                if not signs(key, body, data):
                    raise Fault(where, f"{name} 的签名不对", f"the signature of {name} is not its own")
                found.append(key)
    return found


# --- the pack ------------------------------------------------------------------------------------------------------


def read_pack(place: Path) -> dict[str, bytes]:
    """Every file of a pack by its name, read from a ZIP file or a folder."""
    if place.is_dir():
        found = [one for one in place.rglob("*") if one.is_file()]
        return {one.relative_to(place).as_posix(): one.read_bytes() for one in found}
    with zipfile.ZipFile(place) as pack:
        names = pack.namelist()
        if len(set(names)) != len(names):
            raise Fault(place, "有两个同名文件", "two files have one name")
        return {name: pack.read(name) for name in names}


def read_text(files: dict[str, bytes], name: str) -> str:
    """The text of a file."""
    if name not in files:
        raise Fault(name, "缺少这个文件", "the file is missing")
    return files[name].decode("utf-8", "replace")


def each_once(pairs: list[Any]) -> dict[str, Any]:
    """A JSON object; one that says the same name twice would read differently to people and programs."""
    if len(dict(pairs)) != len(pairs):
        raise ValueError("a name twice")
    return dict(pairs)


def read_json(files: dict[str, bytes], name: str) -> Any:
    """The value of a JSON file."""
    try:
        return json.loads(read_text(files, name), object_pairs_hook=each_once)
    except ValueError:
        raise Fault(name, "不是 JSON", "no JSON") from None


def check_files(files: dict[str, bytes]) -> Iterator[Fault]:
    """(1) Faults of files against the manifest."""
    manifest = read_json(files, "manifest.json")
    if (manifest.get("format"), manifest.get("version")) != (FORMAT, VERSION):
        raise Fault("manifest.json", "不是本程序能核对的版本", "not a format this file can check")
    listed = manifest.get("files", {})
    for name in sorted(set(listed) - set(files)):
        yield Fault(name, "缺少这个文件", "the file is missing")
    for name in sorted(set(files) - set(listed) - {"manifest.json"}):
        yield Fault(name, "清单里没有这个文件", "the file is not in the manifest")
    for name in sorted(set(files) & set(listed)):
        if hashlib.sha256(files[name]).hexdigest() != listed[name].get("sha256"):
            yield Fault(name, "文件被改动", "the file was changed")


def open_log(files: dict[str, bytes], asked: Any) -> tuple[int, bytes, list[str]]:
    """(2) Size and root the log signed, and who cosigned; raise for what is not so."""
    key = read_key(read_text(files, "log-key.txt"), "log-key.txt")
    if asked.key and read_key(asked.key, "--key") != key:
        raise Fault("log-key.txt", "不是你给的公钥", "not the key you gave")
    body, signatures = read_note(read_text(files, "checkpoint.txt"), "checkpoint.txt")
    if not signers([key], body, signatures, "checkpoint.txt"):
        raise Fault("checkpoint.txt", "没有日志的签名", "it is not signed by the log")
    name, size, root = read_checkpoint(body, "checkpoint.txt")
    if name != key[0]:
        raise Fault("checkpoint.txt", "是另一个日志的", "it is of another log")
    if asked.checkpoint:
        check_kept(asked.checkpoint, key, size, root)
    wanted = [read_key(one, "--witness") for one in asked.witness]
    cosigned = signers([*read_witnesses(files), *wanted], body, signatures, "checkpoint.txt")
    for missing in [one[0] for one in wanted if one not in cosigned]:
        raise Fault("checkpoint.txt", f"{missing} 没有共同签名", f"{missing} did not cosign")
    return size, root, sorted({one[0] for one in cosigned})


def read_witnesses(files: dict[str, bytes]) -> list[Any]:
    """The keys of witnesses the pack names."""
    lines = read_text(files, "witnesses.txt").split("\n")
    return [read_key(one, "witnesses.txt") for one in lines if one.strip()]


def check_kept(path: str, key: Any, size: int, root: bytes) -> None:
    """Raise unless a checkpoint that was kept elsewhere is of the same log, as long, and has the same root."""
    body, signatures = read_note(Path(path).read_text(encoding="utf-8"), path)
    if not signers([key], body, signatures, path):
        raise Fault(path, "没有这个日志的签名", "it is not signed by this log")
    _name, kept, kept_root = read_checkpoint(body, path)
    if kept != size:
        told = f"it has {kept} leaves and this pack's {size}: ask for a pack made for this checkpoint"
        raise Fault(path, f"它有 {kept} 条，本包为 {size} 条：请索取按它制作的证据包", told)
    if kept_root != root:
        raise Fault(
            path, "条数相同而根不同：日志被改写过", "as many leaves, another root: the log was rewritten"
        )


def check_record(proof: Any, shown: Any, size: int, root: bytes) -> None:
    """(3) (4) (5) Raise for a record that is not in the log, or is not shown as it is there."""
    number, leaf = proof["number"], proof["leaf"]
    where, path = f"record {number}", [base64.b64decode(one, validate=True) for one in proof["path"]]
    if not 0 <= number < size or root_over(leaf.encode(), number, size, path) != root:
        raise Fault(where, "不在日志里，或被改动", "it is not in the log, or was changed")
    said = json.loads(leaf)
    said["number"], commitment = number, said.pop("commitment")
    if "opening" in proof:
        opened = hashlib.sha256(bytes.fromhex(proof["salt"]) + proof["opening"].encode())
        if opened.hexdigest() != commitment:
            raise Fault(where, "打开的内容不是当时承诺的内容", "what is opened is not what was committed to")
        said.update(json.loads(proof["opening"]))
    if shown != said:
        raise Fault(where, "records.json 与日志所载不同", "records.json says something else than the log")


def check_records(files: dict[str, bytes], size: int, root: bytes) -> Iterator[Fault]:
    """Faults of records, one for each."""
    told = read_json(files, "records.json")
    shown = {one["number"]: one for one in told["records"]}
    if set(told) != {"records"} or len(shown) != len(told["records"]):
        yield Fault("records.json", "多出内容", "there is something beside the records, or one twice")
    for proof in read_json(files, "proofs.json")["proofs"]:
        try:
            check_record(proof, shown.pop(proof["number"], None), size, root)
        except Fault as fault:
            yield fault
    for number in sorted(shown):
        yield Fault(f"record {number}", "没有证明", "there is no proof of it")


def check_reports(files: dict[str, bytes]) -> Iterator[Fault]:
    """(6) Faults of reports that no opened record names."""
    opened = [json.loads(one.get("opening", "{}")) for one in read_json(files, "proofs.json")["proofs"]]
    named = {one["private"].get("sha256") for one in opened if one}
    for name in sorted(files):
        if name.startswith("files/") and hashlib.sha256(files[name]).hexdigest() not in named:
            yield Fault(name, "没有记录提到这个文件", "no record names this file")


# --- telling -------------------------------------------------------------------------------------------------------


def check(asked: Any) -> Iterator[str]:
    """Every fault in a line; none where all is well."""
    try:
        files = read_pack(Path(asked.pack))
        for fault in check_files(files):
            yield told(fault)
        size, root, asked.cosigned = open_log(files, asked)
        for fault in (*check_records(files, size, root), *check_reports(files)):
            yield told(fault)
        asked.records, asked.size = len(read_json(files, "proofs.json")["proofs"]), size
    except Fault as fault:
        yield told(fault)
    except (OSError, zipfile.BadZipFile, AttributeError, KeyError, TypeError, ValueError) as error:
        yield told(Fault(asked.pack, "写法不对，读不出来", f"not written as it should be ({error!r})"))


def told(fault: Fault) -> str:
    """A fault in a line."""
    where, chinese, english = fault.args
    return f"有误 WRONG  {where}: {chinese} / {english}"


def good(asked: Any) -> Iterator[str]:
    """What was found to be so, and what nobody looked at."""
    records, size = asked.records, asked.size
    yield f"相符 GOOD  {records} 条记录都在 {size} 条的日志里 / {records} records, all in a log of {size}"
    yield f"共同签名 COSIGNED  {', '.join(asked.cosigned) or '没有 / by nobody'}"
    if not asked.key:
        yield "注意 NOTE  公钥取自本包；请用 --key 给出别处得到的公钥 / the key is the pack's own: give yours (--key)"
    if not asked.checkpoint:
        yield "注意 NOTE  没有与别处保存的检查点核对 / not compared with a checkpoint kept elsewhere (--checkpoint)"


def arguments(given: list[str] | None) -> Any:
    """What the command line says."""
    parser = argparse.ArgumentParser(description="Check an evidence pack. 核对证据包。")
    here = str(Path(__file__).resolve().parent)
    parser.add_argument("pack", nargs="?", default=here, help="a ZIP file or a folder (default: this one)")
    parser.add_argument("--key", help="the log's public key, from elsewhere")
    parser.add_argument("--checkpoint", metavar="FILE", help="a checkpoint that was kept elsewhere")
    parser.add_argument(
        "--witness", metavar="KEY", action="append", default=[], help="who must have cosigned"
    )
    return parser.parse_args(given)


def main(given: list[str] | None = None) -> int:
    """Check, tell, and answer with the exit code."""
    asked = arguments(given)
    found = list(check(asked))
    for line in found or good(asked):
        print(line)
    return 1 if found else 0


if __name__ == "__main__":
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(encoding="utf-8", errors="replace")
    sys.exit(main())
