"""Tiles of hashes, as they are kept."""

from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import (
    bindparam,
    func,
    select,
)
from sqlalchemy.orm import Mapped, Session, mapped_column
from sqlalchemy.sql.dml import Insert

from traceability.domain.log import HASH_BYTES, ReadTile
from traceability.store.base import Base, RawBytes
from traceability.store.prepared import Prepared, named


class TileRow(Base):
    """Up to 256 hashes in a row. The last tile of a level grows; a full one never changes."""

    __tablename__ = "log_tile"

    level: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    hashes: Mapped[bytes] = mapped_column(RawBytes)


def _tile_kept(sql: Any) -> Insert:
    made = sql.insert(TileRow).values(named(TileRow))
    kept: Insert = made.on_conflict_do_update(
        index_elements=[TileRow.level, TileRow.number], set_={"hashes": made.excluded.hashes}
    )
    return kept


_KEEP_TILE = Prepared(_tile_kept)
_TILE = Prepared(
    lambda _sql: select(TileRow.hashes).where(
        TileRow.level == bindparam("level"), TileRow.number == bindparam("number")
    )
)


def keep_tiles(session: Session, tiles: Mapping[tuple[int, int], bytes]) -> None:
    """Keep tiles that are new or have grown, by level and number."""
    rows = [{"level": level, "number": number, "hashes": hashes} for (level, number), hashes in tiles.items()]
    _KEEP_TILE.write(session, rows)


def tile(session: Session, level: int, number: int) -> bytes:
    """The hashes of a tile, as far as it has grown; none where there is no tile."""
    found = _TILE.rows(session, level=level, number=number)
    return bytes(found[0][0]) if found else b""


def reader(session: Session) -> ReadTile:
    """Reads tiles for the rules of the tree; each one once."""
    known: dict[tuple[int, int], bytes] = {}

    def read(level: int, number: int, _width: int) -> bytes:
        if (level, number) not in known:
            known[level, number] = tile(session, level, number)
        return known[level, number]

    return read


def tiles_between(session: Session, first: int, end: int) -> dict[int, bytes]:
    """Tiles of leaves from one number up to another, by number."""
    query = select(TileRow.number, TileRow.hashes).where(
        TileRow.level == 0, TileRow.number >= first, TileRow.number < end
    )
    return {number: bytes(hashes) for number, hashes in session.execute(query)}


def widths(session: Session) -> Iterator[tuple[int, int, int]]:
    """Every tile: level, number, and how many hashes it has."""
    query = select(TileRow.level, TileRow.number, func.length(TileRow.hashes))
    for level, number, length in session.execute(query.order_by(TileRow.level, TileRow.number)):
        yield level, number, -(-length // HASH_BYTES)
