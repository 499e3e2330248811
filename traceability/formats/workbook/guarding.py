"""What a file is asked before anything reads it: what it is, how large it is unpacked, and how far its cells reach.

A spreadsheet is a packed archive that says of itself how large it is. Neither that nor the extent a sheet claims is
believed: everything is unpacked once and counted, and a cell far out is refused, because a reader makes room for all
the cells between it and the first.
"""

import re
import zlib
from io import BytesIO
from zipfile import BadZipFile, ZipFile, ZipInfo

from traceability.formats.workbook.errors import (
    CellFarOut,
    WorkbookEncrypted,
    WorkbookOldFormat,
    WorkbookSwollen,
    WorkbookTooLarge,
    WorkbookUnreadable,
)

#: Bytes. A workbook of 40,000 rows of every kind has about 6 MB; the server takes no larger request than this anyway.
LARGEST = 12_000_000
#: Bytes, unpacked; those 6 MB are about 60 MB.
LARGEST_UNPACKED = 160_000_000
_CHUNK = 1 << 20
_PIECE = 1 << 16
_MOST_PARTS = 1_000

_OLE = bytes.fromhex("d0cf11e0a1b11ae1")
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
#: A cell in a column from BA on, or in a row from 100,000 on.
_FAR_OUT = re.compile(rb"""\br\s*=\s*["']((?:[A-Z]{3}|[B-Z][A-Z])[0-9]+|[A-Z]{1,2}[0-9]{6,})["']""")
_OVERLAP = 64


def check_size(content: bytes) -> None:
    """Raise `WorkbookTooLarge`."""
    if len(content) > LARGEST:
        raise WorkbookTooLarge(size=len(content), largest=LARGEST)


def is_spreadsheet(content: bytes) -> bool:
    """Whether this is meant to be a spreadsheet rather than text; raise what it says of an encrypted or old one."""
    if content.startswith(_OLE):
        raise WorkbookEncrypted() if _ENCRYPTED in content else WorkbookOldFormat()
    return content.startswith(b"PK")


def check_archive(content: bytes) -> None:
    """Raise unless the archive can be unpacked in the room a season's workbook takes."""
    try:
        with ZipFile(BytesIO(content)) as archive:
            parts = archive.infolist()
    except (BadZipFile, ValueError, OSError, NotImplementedError) as error:
        raise WorkbookUnreadable() from error
    names = {one.filename for one in parts}
    if "xl/workbook.xml" not in names:
        raise WorkbookOldFormat() if {"content.xml", "xl/workbook.bin"} & names else WorkbookUnreadable()
    if any(one.flag_bits & 1 for one in parts):
        raise WorkbookEncrypted()
    if len(parts) > _MOST_PARTS or sum(one.file_size for one in parts) > LARGEST_UNPACKED:
        raise WorkbookSwollen(largest=LARGEST_UNPACKED)
    room = LARGEST_UNPACKED
    for one in parts:
        room -= _unpacked(content, one, room)


def _unpacked(content: bytes, part: ZipInfo, room: int) -> int:
    """Bytes a part really has; raise `WorkbookSwollen` as soon as there is no room left, and look at its cells."""
    packed = _packed(content, part)
    if part.compress_type == 0:
        _check_reach(packed, part.filename)
        return len(packed)
    if part.compress_type != 8:
        raise WorkbookUnreadable()
    machine, size, tail = zlib.decompressobj(-15), 0, b""
    try:
        for start in range(0, len(packed), _PIECE):
            waiting = packed[start : start + _PIECE]
            while waiting:
                piece = machine.decompress(waiting, _CHUNK)
                waiting, size = machine.unconsumed_tail, size + len(piece)
                if size > room:
                    raise WorkbookSwollen(largest=LARGEST_UNPACKED)
                _check_reach(tail + piece, part.filename)
                tail = piece[-_OVERLAP:]
    except zlib.error as error:
        raise WorkbookUnreadable() from error
    return size


def _packed(content: bytes, part: ZipInfo) -> bytes:
    """The packed bytes of a part, behind its own header of 30 bytes, name and extra field (APPNOTE 4.3.7)."""
    begin = part.header_offset
    if content[begin : begin + 4] != b"PK\x03\x04":
        raise WorkbookUnreadable()
    name, extra = (int.from_bytes(content[begin + at : begin + at + 2], "little") for at in (26, 28))
    data = begin + 30 + name + extra
    return content[data : data + part.compress_size]


def _check_reach(text: bytes, name: str) -> None:
    if name.startswith("xl/worksheets/") and (found := _FAR_OUT.search(text)):
        raise CellFarOut(cell=found[1].decode("ascii"))
