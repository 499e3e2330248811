"""Ground: points, boundaries and what makes two plots one. Degrees are exact decimals (WGS 84), distances whole metres.

Telephones are never kept: a commitment under a secret key shows that two are the same, and nothing else (PIPL).
"""

import hashlib
import hmac
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Final

from traceability.domain import errors
from traceability.domain.profile import Profile
from traceability.domain.units import half_width

#: Metres of a degree of latitude, and of longitude at the middle of Qiannan (26°17′ N): within 1 % all over it.
_LAT_M: Final = Decimal(110_800)
_LON_M: Final = Decimal(99_900)
#: Six decimals are a tenth of a metre.
_STEP: Final = Decimal("0.000001")
#: Points of one boundary of a plot.
MOST_POINTS: Final = 500


@dataclass(frozen=True, slots=True)
class Point:
    """A place: degrees east and north, six decimals."""

    lon: Decimal
    lat: Decimal


Ring = tuple[Point, ...]
Area = tuple[Ring, ...]
"""Closed rings, the last point not repeated; what lies in an odd number of them is inside."""


class ChangeKind(StrEnum):
    """What is proposed for a plot: itself, another survey, another grower."""

    REGISTERED = "registered"
    SURVEYED = "surveyed"
    TRANSFERRED = "transferred"


class ChangeState(StrEnum):
    """Where a proposal stands; what was before holds until it is approved."""

    OPEN = "open"
    APPROVED = "approved"
    REFUSED = "refused"


class GroundCheck(StrEnum):
    """Which check of the ground was made on review."""

    NONE = "none"
    BOX = "box"
    COUNTY = "county"


@dataclass(frozen=True, slots=True)
class Survey:
    """What was measured on the ground, beside the area: a point, a boundary, the number of the land contract."""

    point: Point | None = None
    boundary: Area = ()
    contract_no: str | None = None

    @property
    def said(self) -> bool:
        """Whether it says anything."""
        return self.point is not None or bool(self.boundary) or self.contract_no is not None


@dataclass(frozen=True, slots=True)
class CountyBoundary:
    """The boundary of a county out of a file that was loaded."""

    county: str
    file: str
    loaded_at: datetime
    area: Area


# --- reading ------------------------------------------------------------------------------------------------


_DEGREES: Final = re.compile(r"[0-9]{1,3}(\.[0-9]{1,12})?")


def read_degrees(text: str) -> Decimal:
    """Decimal degrees, rounded to a tenth of a metre; raise `DegreesUnreadable`."""
    plain = half_width(text).strip().rstrip("°").strip()
    if not _DEGREES.fullmatch(plain) or (degrees := Decimal(plain)) > 180:
        raise errors.DegreesUnreadable(text=text[:40])
    return degrees.quantize(_STEP)


def check_survey(survey: Survey, profile: Profile) -> None:
    """Raise unless everything said lies in the area's bounding box, and the point in the boundary (FRAUD F05)."""
    points = [*([survey.point] if survey.point else []), *(one for ring in survey.boundary for one in ring)]
    if len(points) > MOST_POINTS:
        raise errors.BoundaryUnreadable(most=MOST_POINTS)
    for one in points:
        if not profile.bounds.holds(one.lon, one.lat):
            raise errors.PointOutsideArea(lon=one.lon, lat=one.lat)
    if survey.boundary and (survey.point is None or not holds(survey.boundary, survey.point)):
        raise errors.PointOutsideBoundary()


# --- geometry -----------------------------------------------------------------------------------------------


def metres_between(one: Point, other: Point) -> int:
    """The distance of two points of Qiannan, whole metres."""
    north, east = (one.lat - other.lat) * _LAT_M, (one.lon - other.lon) * _LON_M
    return int((north * north + east * east).sqrt())


def degrees_around(metres: int) -> tuple[Decimal, Decimal]:
    """So many metres as degrees of longitude and latitude, a little more than enough."""
    return Decimal(metres + 1) / _LON_M + _STEP, Decimal(metres + 1) / _LAT_M + _STEP


def _sides(area: Area) -> Iterator[tuple[Point, Point]]:
    for ring in area:
        yield from zip(ring, (*ring[1:], ring[0]), strict=True)


def holds(area: Area, point: Point) -> bool:
    """Whether the point lies inside, by the even-odd rule; of a point on the line either may be said."""
    inside = False
    for a, b in _sides(area):
        if (a.lat > point.lat) != (b.lat > point.lat):
            east = a.lon + (point.lat - a.lat) * (b.lon - a.lon) / (b.lat - a.lat)
            inside ^= point.lon < east
    return inside


def overlap(one: Area, other: Area) -> bool:
    """Whether two areas share ground; a common border is none."""
    crossed = any(_cross(*a, *b) for a in _sides(one) for b in _sides(other))
    return crossed or any(_within(b, p) for a, b in ((one, other), (other, one)) for p in _probes(a))


def _turn(a: Point, b: Point, c: Point) -> int:
    found = (b.lon - a.lon) * (c.lat - a.lat) - (b.lat - a.lat) * (c.lon - a.lon)
    return (found > 0) - (found < 0)


def _cross(a: Point, b: Point, c: Point, d: Point) -> bool:
    """Whether two lines cross, not merely touch."""
    return _turn(a, b, c) * _turn(a, b, d) < 0 and _turn(c, d, a) * _turn(c, d, b) < 0


def _on_line(area: Area, point: Point) -> bool:
    return any(
        _turn(a, b, point) == 0
        and min(a.lon, b.lon) <= point.lon <= max(a.lon, b.lon)
        and min(a.lat, b.lat) <= point.lat <= max(a.lat, b.lat)
        for a, b in _sides(area)
    )


def _within(area: Area, point: Point) -> bool:
    return holds(area, point) and not _on_line(area, point)


def _probes(area: Area) -> Iterator[Point]:
    """Corners, middles of sides, and a middle of the whole: some of them lie inside whatever covers it."""
    for a, b in _sides(area):
        yield a
        yield Point((a.lon + b.lon) / 2, (a.lat + b.lat) / 2)
    corners = [one for ring in area for one in ring]
    lon, lat = sum((p.lon for p in corners), Decimal(0)), sum((p.lat for p in corners), Decimal(0))
    middle = Point(lon / len(corners), lat / len(corners))
    if holds(area, middle):
        yield middle


def outside_county(survey: Survey, county: Area) -> bool:
    """Whether any of what was measured lies outside the county."""
    points = [*([survey.point] if survey.point else []), *(one for ring in survey.boundary for one in ring)]
    return any(not holds(county, one) for one in points)


# --- telephones ---------------------------------------------------------------------------------------------

_LABEL: Final = b"duyun-maojian telephone v1:"
_TELEPHONE: Final = re.compile(r"(?:\+?86)?(1[0-9]{10}|0[0-9]{9,11}|[2-8][0-9]{6,7})")


def telephone_commitments(text: str, masters: Iterable[bytes]) -> list[str]:
    """What stands for a telephone under each master key; raise `TelephoneUnreadable`."""
    digits = re.sub(r"[\s()-]", "", half_width(text))
    found = _TELEPHONE.fullmatch(digits)
    if found is None:
        raise errors.TelephoneUnreadable()
    told = _LABEL + found[1].encode()
    return [hmac.digest(key, told, hashlib.sha256).hex() for key in masters]
