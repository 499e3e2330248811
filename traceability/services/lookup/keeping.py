"""Looks at marks, kept and counted; and what of them is told to the county.

Kept of a scan is what the law's minimum leaves (PIPL): time, serial, door, province where known, a keyed hash of the
client. Looks of the public count for the verdict, checks of trade and offices do not, and a reload is no other look.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from traceability.domain import scans
from traceability.domain.marks import MarkState
from traceability.domain.profile import CopyRules
from traceability.domain.scans import Door, Look, Seen, Tally
from traceability.domain.units import local_day
from traceability.services.lookup.packs import Pack, pack_of
from traceability.services.lookup.sighting import Sighting, identify
from traceability.store import log as log_rows
from traceability.store import scans as rows
from traceability.store.scans import Known, Scan
from traceability.store.work import Work


@dataclass(frozen=True, slots=True)
class Ask:
    """Somebody asks about a code as it was read or typed: through which door, when, from where as far as known."""

    text: str
    at: datetime
    door: Door
    gtin: str | None = None
    client: str | None = None
    province: str | None = None


@dataclass(frozen=True, slots=True)
class Sum:
    """What the looks at a mark come to: those before this one, whether they look copied, what is new to the county."""

    seen: Seen = scans.NOT_SEEN
    copied: bool = False
    tell: str | None = None


NOTHING_SEEN = Sum()


@dataclass(frozen=True, slots=True)
class Found:
    """What was found for a code: the mark and what its page tells, if it was ever issued; what the looks come to."""

    sighting: Sighting | None = None
    pack: Pack | None = None
    sum: Sum = NOTHING_SEEN


def keep_looks(work: Work, looks: Sequence[tuple[Ask, Found]]) -> list[Found]:
    """Keep these looks, one after the other as they came; of codes never issued their number only."""
    if unknown := sum(1 for _ask, found in looks if found.sighting is None):
        count_unknown(work, now=looks[0][0].at, how_many=unknown)
    known = rows.known_of_all(
        work.session, [found.sighting.serial for _ask, found in looks if found.sighting]
    )
    kept = [_keep(work, ask, found, known) for ask, found in looks]
    rows.keep_tallies(work.session, known)
    return kept


def _keep(work: Work, ask: Ask, found: Found, known: dict[int, Known]) -> Found:
    """Keep a look, and its place among those of its mark in `known`."""
    sighting, pack, rules = found.sighting, found.pack, work.profile.copies
    if sighting is None or pack is None:
        return found
    kept, another = _count(ask, pack, known[sighting.serial], rules)
    again = ask.door is Door.PUBLIC and not another
    scan = Scan(sighting.serial, ask.at, ask.door, ask.client, ask.province, again)
    number = rows.add_scan(work.session, scan, previous=kept.last_scan)
    known[sighting.serial] = replace(kept, last_scan=number)
    return Found(sighting, pack, _sum(ask, sighting, kept, another=another, rules=rules))


def _count(ask: Ask, pack: Pack, known: Known, rules: CopyRules) -> tuple[Known, bool]:
    """The tally with this look, and whether it is another look of the public."""
    if ask.door is not Door.PUBLIC:
        return replace(known, checks=known.checks + 1), False
    early = pack.out_at is None or ask.at < pack.out_at
    look = Look(ask.at, (ask.client or "")[:CLIENT], ask.province, early)
    tally, another = scans.count(known.tally, look, rules)
    return replace(known, tally=tally), another


#: Letters of a client's hash that the tally remembers: enough to tell the clients of one mark apart.
CLIENT = 16


def glance(
    work: Work,
    text: str,
    *,
    gtin: str | None = None,
    now: datetime,
    read: Callable[[Sighting], Pack] | None = None,
) -> Found:
    """Find a mark and what the looks at it come to, without being one of them.

    `read` tells what the mark's page says where that is remembered; without it the books are read.
    """
    sighting = identify(work, text, gtin=gtin)
    if sighting is None:
        return Found()
    pack = read(sighting) if read else pack_of(work, sighting, now=now)
    return Found(sighting, pack, sum_of(work, sighting))


def count_unknown(work: Work, *, now: datetime, how_many: int = 1) -> None:
    """Count codes that were never issued, by day."""
    log_rows.count_up(work.session, f"unknown:{local_day(now)}", how_many)


def sum_of(work: Work, sighting: Sighting) -> Sum:
    """What the looks so far come to, when this one is not kept."""
    known = rows.known(work.session, sighting.serial)
    seen = Seen(known.tally.looks, known.tally.first_at) if known.tally.looks else scans.NOT_SEEN
    return Sum(seen, _copied(sighting, known.tally, work.profile.copies))


def _sum(ask: Ask, sighting: Sighting, known: Known, *, another: bool, rules: CopyRules) -> Sum:
    before = known.tally.looks - (ask.door is Door.PUBLIC)
    seen = Seen(before, known.tally.first_at) if before > 0 else scans.NOT_SEEN
    copied = _copied(sighting, known.tally, rules)
    return Sum(seen, copied, _news(sighting, known, copied) if another else None)


def _copied(sighting: Sighting, tally: Tally, rules: CopyRules) -> bool:
    return scans.looks_copied(tally, rules, net_content_g=sighting.net_content_g)


#: Marks that are no more (FRAUD F09), and marks that are not in use yet (F10): nobody should have one to look at.
WITHDRAWN, UNUSED, COPIED = "mark.seen_withdrawn", "mark.seen_unused", "mark.copied"


_NOT_YET = frozenset({MarkState.ON_HAND, MarkState.PRINTED})


def _news(sighting: Sighting, known: Known, copied: bool) -> str | None:
    """What the county should hear of this mark and has not."""
    if sighting.state in _NOT_YET:
        code: str | None = UNUSED
    elif sighting.state is not MarkState.APPLIED:
        code = WITHDRAWN
    else:
        code = COPIED if copied else None
    return code if code != known.told else None
