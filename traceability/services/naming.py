"""What somebody means who types a number off a pack: a firm's own mark, or a lot. No use case of its own."""

from traceability.domain.people import Enterprise, Within
from traceability.domain.units import half_width
from traceability.services.lookup.sighting import identify
from traceability.store import chain as chain_rows
from traceability.store import marks as mark_rows
from traceability.store.marks import Place
from traceability.store.work import Work

LONGEST = 300


def own_mark(work: Work, firm: Enterprise, typed: str) -> tuple[int, Place] | None:
    """(serial, where it stands) of a mark issued to the firm, by control number or code; another's is as unknown."""
    serial = _serial(work, typed)
    place = mark_rows.place_of_serial(work.session, serial) if serial else None
    return (serial, place) if serial and place and place.issue.enterprise == firm.id else None


def _serial(work: Work, typed: str) -> int | None:
    plain = half_width(typed[:LONGEST]).strip().upper().removeprefix("NO.").strip()
    if plain.isascii() and plain.isdigit() and len(plain) <= 10:
        return int(plain)
    found = identify(work, plain)
    return found.serial if found else None


def lots_meant(work: Work, firm: Enterprise, typed: str, *, within: Within) -> list[int]:
    """Lots a number leads to, nearest first: of a mark its packs, then its batch; else the lots of that number."""
    if not typed.strip():
        return []
    mark = own_mark(work, firm, typed)
    on = [mark[1].pack_lot, mark[1].issue.batch] if mark else []
    named = chain_rows.lots_named(work.session, typed.strip()[:40], within=within)
    return list(dict.fromkeys([*(one for one in on if one), *(one.id for one in named)]))
