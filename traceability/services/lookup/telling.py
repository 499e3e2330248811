"""What looks at marks tell the county: copies, marks nobody should have, and what an office has explained."""

from dataclasses import dataclass, replace
from datetime import datetime, time

from traceability.domain import scans
from traceability.domain.chain import Remark
from traceability.domain.findings import Settlement
from traceability.domain.marks import control_number
from traceability.domain.people import Identity, May
from traceability.domain.scans import Points
from traceability.domain.units import SHANGHAI, local_day, months_after
from traceability.services import acting, findings
from traceability.services.acting import EVERYTHING, once
from traceability.services.lookup.keeping import COPIED
from traceability.services.lookup.sighting import Sighting
from traceability.store import findings as finding_rows
from traceability.store import marks as mark_rows
from traceability.store import oversight as oversight_rows
from traceability.store import people as people_rows
from traceability.store import scans as rows
from traceability.store.scans import Known, Scan
from traceability.store.work import Work


def tell_county(work: Work, *, now: datetime, sighting: Sighting, news: str) -> None:
    """A finding for the county, once for each mark copied, and once for each batch whose unfit marks are about.

    Twice at once is told once: the tally is locked, and remembers.
    """
    known = rows.known_of_all(work.session, [sighting.serial])[sighting.serial]
    if known.told == news:
        return
    rows.keep_tallies(work.session, {sighting.serial: replace(known, told=news)})
    lot = sighting.pack_lot if news == COPIED else sighting.issue.batch
    if news != COPIED and oversight_rows.has_open_finding(work.session, news, lot=lot):
        return
    firm = people_rows.enterprise(work.session, sighting.issue.enterprise, within=EVERYTHING)
    if firm is None:
        raise LookupError(sighting.issue)
    remark = Remark(news, _evidence(work, sighting, known), lot)
    acting.find(work, remark, enterprise=firm, at=now, now=now)
    private = {**remark.facts, "enterprise": firm.uscc}
    acting.state(work, f"finding.{news}", by=acting.WATCH, now=now, private=private, shown=False)


def _evidence(work: Work, sighting: Sighting, known: Known) -> dict[str, object]:
    tally = known.tally
    found = scans.points(tally, work.profile.copies, net_content_g=sighting.net_content_g)
    return {
        "mark": control_number(sighting.serial),
        "serial": sighting.serial,
        "state": sighting.state.value,
        "looks": tally.looks,
        "people": tally.people,
        "occasions": tally.occasions,
        "provinces": list(tally.places),
        "points": found.total,
    }


@once
def settle_explained(
    work: Work, *, by: Identity, now: datetime, finding: int, outcome: str, key: str | None = None
) -> int:
    """Close a finding of copies that are none: the mark's page is as before, until as many points come again."""
    known = finding_rows.finding(work.session, finding, within=by.within)
    result = Settlement.EXPLAINED
    settled = findings.settle_finding(work, by=by, now=now, finding=finding, result=result, outcome=outcome)
    if known is not None and known.code == COPIED:
        _forgive(work, int(str(known.evidence["serial"])))
    return settled


def _forgive(work: Work, serial: int) -> None:
    place = mark_rows.place_of_serial(work.session, serial)
    known = rows.known_of_all(work.session, [serial])[serial]
    if place is None:
        raise LookupError(serial)
    found = scans.points(known.tally, work.profile.copies, net_content_g=place.net_content_g)
    tally = replace(known.tally, forgiven=found.total)
    rows.keep_tallies(work.session, {serial: replace(known, tally=tally, told="")})


@dataclass(frozen=True, slots=True)
class Looks:
    """What an office sees of the looks at a mark: how they count, its latest scans, and marks of its issued range that
    are on no pack and were looked at: (serial, state, looks).
    """

    known: Known
    points: Points
    scans: tuple[Scan, ...]
    unfit: tuple[tuple[int, str, int], ...]


def looks_at(work: Work, *, by: Identity, serial: int) -> Looks | None:
    """The looks at a mark; None for a mark out of reach."""
    by.require(May.OVERSEE)
    place = mark_rows.place_of_serial(work.session, serial)
    if place is None or not people_rows.enterprise(work.session, place.issue.enterprise, within=by.within):
        return None
    known = rows.known(work.session, serial)
    return Looks(
        known,
        scans.points(known.tally, work.profile.copies, net_content_g=place.net_content_g),
        tuple(rows.scans_of(work.session, serial)),
        tuple(rows.looked_at(work.session, place.issue.range)),
    )


def forget_scans(work: Work, *, now: datetime) -> int:
    """Delete scans older than the profile keeps them, some thousands at a time; how many there were. Tallies stay."""
    kept = work.profile.scans_kept_months
    before = datetime.combine(months_after(local_day(now), -kept), time(), SHANGHAI)
    return rows.forget_scans(work.session, before)
