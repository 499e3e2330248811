"""What looks at marks tell the county: copies, marks nobody should have, and what an office has explained."""

from dataclasses import replace
from datetime import datetime

from traceability.domain import scans
from traceability.domain.chain import Remark
from traceability.domain.marks import control_number
from traceability.domain.people import Identity, May, Role
from traceability.services import acting
from traceability.services.acting import EVERYTHING
from traceability.services.lookup.keeping import COPIED
from traceability.services.lookup.sighting import Sighting
from traceability.store import marks as mark_rows
from traceability.store import oversight as oversight_rows
from traceability.store import people as people_rows
from traceability.store import scans as rows
from traceability.store.scans import Known, Scan
from traceability.store.work import Work

#: Nobody in particular: the house itself, which watches the looks at marks.
WATCH = Identity(0, "watch", Role.OBSERVER)


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
    acting.state(work, f"finding.{news}", by=WATCH, now=now, private=private, shown=False)


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


def forgive(work: Work, serial: int, *, net_content_g: int) -> None:
    """An office has explained the looks so far: the page is as before, until as many points come again."""
    known = rows.known_of_all(work.session, [serial])[serial]
    found = scans.points(known.tally, work.profile.copies, net_content_g=net_content_g)
    tally = replace(known.tally, forgiven=found.total)
    rows.keep_tallies(work.session, {serial: replace(known, tally=tally, told="")})


def looks_at(work: Work, *, by: Identity, serial: int) -> tuple[Known, list[Scan]]:
    """How often a mark was looked at, and its latest scans; nothing for a mark out of reach."""
    by.require(May.OVERSEE)
    place = mark_rows.place_of_serial(work.session, serial)
    if place is None or not people_rows.enterprise(work.session, place.issue.enterprise, within=by.within):
        return rows.NOTHING, []
    return rows.known(work.session, serial), rows.scans_of(work.session, serial)
