"""GeoJSON (RFC 7946): areas out of a file, coordinates as exact decimals. Longitude comes first."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from traceability.domain.errors import BoundaryUnreadable
from traceability.domain.ground import Area, Point, Ring

#: Bytes; twelve counties at a scale anybody needs are a tenth of it.
LARGEST: Final = 20_000_000
_STEP: Final = Decimal("0.000001")


@dataclass(frozen=True, slots=True)
class Feature:
    """An area with its properties."""

    properties: Mapping[str, Any]
    area: Area


def read_features(content: bytes) -> list[Feature]:
    """The areas of a file; raise `BoundaryUnreadable` for anything else."""
    if len(content) > LARGEST:
        raise BoundaryUnreadable()
    try:
        found = json.loads(content.decode("utf-8-sig"), parse_float=Decimal)
        features = [Feature(dict(known or {}), _area(shape)) for known, shape in _shapes(found)]
    except (ValueError, TypeError, KeyError, IndexError, ArithmeticError, RecursionError) as error:
        raise BoundaryUnreadable() from error
    if not features:
        raise BoundaryUnreadable()
    return features


def read_area(content: bytes) -> Area:
    """The one area of a file: several polygons are its parts; raise `BoundaryUnreadable`."""
    return tuple(ring for one in read_features(content) for ring in one.area)


def _shapes(found: Any) -> Iterator[tuple[Any, Any]]:
    """(properties, geometry) of everything in it."""
    if found["type"] == "FeatureCollection":
        for one in found["features"]:
            yield from _shapes(one)
    elif found["type"] == "Feature":
        yield found.get("properties"), found["geometry"]
    else:
        yield {}, found


def _area(shape: Any) -> Area:
    if shape["type"] not in ("Polygon", "MultiPolygon"):
        raise ValueError(shape["type"])
    polygons = shape["coordinates"] if shape["type"] == "MultiPolygon" else [shape["coordinates"]]
    return tuple(_ring(ring) for polygon in polygons for ring in polygon)


def _ring(points: Any) -> Ring:
    ring = tuple(Point(_degrees(one[0]), _degrees(one[1])) for one in points)
    ring = ring[:-1] if ring[0] == ring[-1] else ring
    if len(set(ring)) < 3:
        raise ValueError("a ring has three corners at least")
    return ring


def _degrees(number: Any) -> Decimal:
    if isinstance(number, bool) or not isinstance(number, int | Decimal):
        raise TypeError(number)
    return Decimal(number).quantize(_STEP)
