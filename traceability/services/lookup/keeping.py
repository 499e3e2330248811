"""Looks at marks, kept and counted; and what of them is told to the county.

Kept of a scan is what the law's minimum leaves (PIPL): time, serial, door, province where known, a keyed hash of the
client. Looks of the public count for the verdict, checks of trade and offices do not, and a reload is no other look.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from traceability.domain import scans
from traceability.domain.marks import MarkState
from traceability.domain.profile import CopyRules
from traceability.domain.scans import Door, Look, Seen, Tally
from traceability.domain.units import local_day
from traceability.services.lookup.sighting import Sighting
from traceability.store import log as log_rows
from traceability.store import scans as rows
from traceability.store.scans import Known, Scan
from traceability.store.work import Work


@dataclass(frozen=True, slots=True)
class Looked:
    """Somebody looks at a mark: through which door, when, from where as far as known; `early`: not yet sent off."""

    sighting: Sighting
    at: datetime
    door: Door
    client: str | None = None
    province: str | None = None
    early: bool = False


@dataclass(frozen=True, slots=True)
class Sum:
    """What the looks at a mark come to: those before this one, whether they look copied, what is new to the county."""

    seen: Seen = scans.NOT_SEEN
    copied: bool = False
    tell: str | None = None


def keep_scans(work: Work, looks: Sequence[Looked]) -> list[Sum]:
    """Keep these looks, one after the other as they came; what each of them comes to."""
    known = rows.known_of_all(work.session, (one.sighting.serial for one in looks))
    sums = [_keep(work, one, known) for one in looks]
    rows.keep_tallies(work.session, known)
    return sums


def _keep(work: Work, one: Looked, known: dict[int, Known]) -> Sum:
    """Keep a look, and its place among those of its mark in `known`."""
    serial, rules = one.sighting.serial, work.profile.copies
    kept, another = _count(one, known[serial], rules)
    scan = rows.add_scan(work.session, _scan(one, another), previous=kept.last_scan)
    known[serial] = replace(kept, last_scan=scan)
    return _sum(one, kept, another=another, rules=rules)


def _count(one: Looked, known: Known, rules: CopyRules) -> tuple[Known, bool]:
    """The tally with this look, and whether it is another look of the public."""
    if one.door is not Door.PUBLIC:
        return replace(known, checks=known.checks + 1), False
    look = Look(one.at, (one.client or "")[:CLIENT], one.province, one.early)
    tally, another = scans.count(known.tally, look, rules)
    return replace(known, tally=tally), another


#: Letters of a client's hash that the tally remembers: enough to tell the clients of one mark apart.
CLIENT = 16


def _scan(one: Looked, another: bool) -> Scan:
    again = one.door is Door.PUBLIC and not another
    return Scan(one.sighting.serial, one.at, one.door, one.client, one.province, again)


def count_unknown(work: Work, *, now: datetime) -> int:
    """Count a code that was never issued, by day; how many there were."""
    return log_rows.next_numbers(work.session, f"unknown:{local_day(now)}")


def sum_of(work: Work, sighting: Sighting) -> Sum:
    """What the looks so far come to, when this one is not kept."""
    known = rows.known(work.session, sighting.serial)
    seen = Seen(known.tally.looks, known.tally.first_at) if known.tally.looks else scans.NOT_SEEN
    return Sum(seen, _copied(sighting, known.tally, work.profile.copies))


def _sum(one: Looked, known: Known, *, another: bool, rules: CopyRules) -> Sum:
    public = one.door is Door.PUBLIC
    before = known.tally.looks - 1 if public else known.tally.looks
    seen = Seen(before, known.tally.first_at) if before > 0 else scans.NOT_SEEN
    copied = _copied(one.sighting, known.tally, rules)
    return Sum(seen, copied, _news(one.sighting, known, copied) if another else None)


def _copied(sighting: Sighting, tally: Tally, rules: CopyRules) -> bool:
    return scans.looks_copied(tally, rules, net_content_g=sighting.net_content_g)


#: Marks that are no more (FRAUD F09), and marks that are not in use yet (F10): nobody should have one to look at.
WITHDRAWN, UNUSED, COPIED = "mark.seen_withdrawn", "mark.seen_unused", "mark.copied"


def _news(sighting: Sighting, known: Known, copied: bool) -> str | None:
    """What the county should hear of this mark and has not."""
    code = _ODD.get(sighting.state, WITHDRAWN) or (COPIED if copied else None)
    return code if code != known.told else None


#: States with what a look says in them; every other state is one of withdrawn marks.
_ODD: Mapping[MarkState, str] = {MarkState.ON_HAND: UNUSED, MarkState.PRINTED: UNUSED, MarkState.APPLIED: ""}
