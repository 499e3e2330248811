"""Boundaries of counties, out of a GeoJSON file that was reviewed before it is loaded."""

import hashlib
from datetime import datetime

from traceability.domain import errors
from traceability.domain.ground import Area
from traceability.domain.people import Identity, May, read_text
from traceability.domain.profile import Profile
from traceability.formats.geojson import Feature, read_features
from traceability.services import acting
from traceability.services.acting import once
from traceability.store.people import changes as rows
from traceability.store.work import Work

#: Properties in which files of boundaries name a county, by its code of GB/T 2260, with or without China's 156.
_CODES = ("adcode", "code", "gb", "pac", "id")


@once
def load_boundaries(
    work: Work, *, by: Identity, now: datetime, name: str, content: bytes, key: str | None = None
) -> int:
    """Keep the boundaries of the counties a file names; how many. Plots are checked by them on review from now on.

    Raise `BoundaryUnreadable` for a file that names no county of the profile.
    """
    by.require(May.KEEP_PEOPLE)
    file, digest = read_text(name, "file", longest=160), hashlib.sha256(content).hexdigest()
    found = _by_county(read_features(content), work.profile)
    if not found:
        raise errors.BoundaryUnreadable(field="file")
    for county, area in found.items():
        rows.add_boundary(work.session, county, area, file=file, sha256=digest, at=now, by=by.user)
    told = {"file": file, "sha256": digest, "counties": sorted(found)}
    acting.state(work, "counties.loaded", by=by, now=now, public=told)
    return len(found)


def _by_county(features: list[Feature], profile: Profile) -> dict[str, Area]:
    codes = {one.code for one in profile.counties}
    found: dict[str, Area] = {}
    for one in features:
        known = {str(one.properties.get(name, "")).removeprefix("156") for name in _CODES} & codes
        for code in known:
            found[code] = (*found.get(code, ()), *one.area)
    return found
