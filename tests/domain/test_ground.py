"""Points, boundaries, the same ground, and telephones that are never kept."""

from decimal import Decimal
from itertools import product

import pytest

from tests.world import profile
from traceability.domain import errors
from traceability.domain.ground import (
    Area,
    Point,
    Survey,
    check_survey,
    degrees_around,
    holds,
    metres_between,
    outside_county,
    overlap,
    read_degrees,
    telephone_commitments,
)
from traceability.formats.geojson import read_area, read_features

KEYS = (b"\x01" * 32, b"\x02" * 32)


def at(lon: str | int | Decimal, lat: str | int | Decimal) -> Point:
    return Point(Decimal(lon), Decimal(lat))


def square(west: int, south: int, side: int = 2) -> Area:
    """In thousandths of a degree off 107° E, 26° N."""
    lon, lat, step = 107 + Decimal(west) / 1000, 26 + Decimal(south) / 1000, Decimal(side) / 1000
    return ((Point(lon, lat), Point(lon + step, lat), Point(lon + step, lat + step), Point(lon, lat + step)),)


class TestDegrees:
    @pytest.mark.parametrize(
        ("text", "degrees"),
        [
            ("107.3768", "107.376800"),
            (" １０７．5° ", "107.500000"),
            ("26", "26.000000"),
            ("107.37680049", "107.376800"),
        ],
    )
    def test_they_are_read_to_a_tenth_of_a_metre(self, text: str, degrees: str) -> None:
        assert str(read_degrees(text)) == degrees

    @pytest.mark.parametrize("text", ["", "东经107", "107°22′", "-107", "181", "1e2", "NaN", "107,3"])
    def test_anything_else_is_refused(self, text: str) -> None:
        with pytest.raises(errors.DegreesUnreadable):
            read_degrees(text)


class TestBounds:
    @pytest.mark.parametrize(
        ("lon", "lat", "inside"),
        [
            ("106.2", "26", True),
            ("106.199999", "26", False),
            ("108.3", "27.483333", True),
            ("108.300001", "26", False),
            ("107", "27.483334", False),
            ("107", "25.066667", True),
            ("107", "25.066666", False),
        ],
    )
    def test_the_box_ends_on_whole_minutes(self, lon: str, lat: str, inside: bool) -> None:
        assert profile().bounds.holds(Decimal(lon), Decimal(lat)) is inside

    def test_a_survey_lies_in_it_with_its_point_inside_its_boundary(self) -> None:
        check_survey(Survey(), profile())
        check_survey(Survey(at("107.001", "26.001"), square(0, 0)), profile())
        with pytest.raises(errors.PointOutsideArea):
            check_survey(Survey(at("26.001", "107.001")), profile())
        with pytest.raises(errors.PointOutsideBoundary):
            check_survey(Survey(at("107.005", "26.001"), square(0, 0)), profile())
        with pytest.raises(errors.PointOutsideBoundary):
            check_survey(Survey(None, square(0, 0)), profile())
        long = tuple(at(f"107.{n:06d}", "26.1") for n in range(501))
        with pytest.raises(errors.BoundaryUnreadable):
            check_survey(Survey(at("107", "26"), (long,)), profile())


class TestDistance:
    def test_a_second_of_arc_is_some_thirty_metres(self) -> None:
        assert metres_between(at(107, 26), at(107, Decimal(26) + Decimal(1) / 3600)) == 30
        assert metres_between(at(107, 26), at(Decimal(107) + Decimal(1) / 3600, 26)) == 27

    def test_a_box_around_a_point_holds_all_that_is_near(self) -> None:
        lon, lat = degrees_around(15)
        assert metres_between(at(107, 26), at(107 + lon, 26)) >= 15
        assert metres_between(at(107, 26), at(107, 26 + lat)) >= 15


class TestAreas:
    def test_a_hole_is_outside(self) -> None:
        ring, hole = square(0, 0, 10)[0], square(4, 4, 2)[0]
        assert holds((ring, hole), at("107.001", "26.001"))
        assert not holds((ring, hole), at("107.005", "26.005"))

    def test_parts_of_one_area_count_together(self) -> None:
        parts = (*square(0, 0), *square(10, 10))
        assert holds(parts, at("107.001", "26.001"))
        assert holds(parts, at("107.011", "26.011"))
        assert not holds(parts, at("107.005", "26.005"))

    @pytest.mark.parametrize(
        ("other", "shared"),
        [
            (square(1, 1), True),
            (square(0, 0), True),
            (square(-5, -5, 20), True),
            (square(0, 0, 1), True),
            (square(1, -1, 4), True),
            (square(2, 0), False),
            (square(2, 2), False),
            (square(0, 2), False),
            (square(3, 0), False),
        ],
    )
    def test_ground_is_shared_or_only_a_border(self, other: Area, shared: bool) -> None:
        assert overlap(square(0, 0), other) is shared
        assert overlap(other, square(0, 0)) is shared

    def test_squares_on_a_grid_overlap_as_their_sides_say(self) -> None:
        for west, south in product(range(-3, 4), repeat=2):
            assert overlap(square(0, 0), square(west, south)) is (abs(west) < 2 and abs(south) < 2)

    def test_every_corner_has_to_lie_in_the_county(self) -> None:
        county = square(0, 0, 10)
        assert not outside_county(Survey(at("107.005", "26.005"), square(4, 4)), county)
        assert outside_county(Survey(at("107.009", "26.009"), square(8, 8, 4)), county)
        assert outside_county(Survey(at("107.02", "26.02")), county)


class TestTelephones:
    def test_one_number_written_in_many_ways_is_the_same(self) -> None:
        first = telephone_commitments("13800138000", KEYS)
        for text in ("138 0013 8000", "+86 138-0013-8000", "１３８００１３８０００", "86138 0013 8000"):
            assert telephone_commitments(text, KEYS) == first
        assert telephone_commitments("13800138001", KEYS) != first
        assert len(set(first)) == 2
        assert telephone_commitments("(0854) 8221234", KEYS) == telephone_commitments("08548221234", KEYS)

    @pytest.mark.parametrize("text", ["", "甲", "123", "1380013800", "138001380001", "+1 202 555 0100"])
    def test_what_is_no_number_is_refused_and_not_repeated(self, text: str) -> None:
        with pytest.raises(errors.TelephoneUnreadable) as caught:
            telephone_commitments(text, KEYS)
        assert caught.value.facts == {}


class TestGeoJson:
    RING = "[[107.0,26.0],[107.1,26.0],[107.1,26.1],[107,26]]"

    def test_a_polygon_bare_or_as_a_feature(self) -> None:
        bare = f'{{"type":"Polygon","coordinates":[{self.RING}]}}'
        assert read_area(bare.encode()) == ((at("107", "26"), at("107.1", "26"), at("107.1", "26.1")),)
        feature = f'{{"type":"Feature","properties":{{"adcode":522701}},"geometry":{bare}}}'
        assert read_area(feature.encode("utf-8-sig")) == read_area(bare.encode())
        many = f'{{"type":"FeatureCollection","features":[{feature},{feature}]}}'
        assert [one.properties["adcode"] for one in read_features(many.encode())] == [522701, 522701]
        multi = f'{{"type":"MultiPolygon","coordinates":[[{self.RING}],[{self.RING}]]}}'
        assert len(read_area(multi.encode())) == 2

    @pytest.mark.parametrize(
        "text",
        [
            "",
            "[]",
            "{}",
            "null",
            '{"type":"Point","coordinates":[107,26]}',
            '{"type":"Polygon","coordinates":[[[107,26],[108,26]]]}',
            '{"type":"Polygon","coordinates":[[["107","26"],[108,26],[108,27]]]}',
            '{"type":"Polygon","coordinates":[[[NaN,26],[108,26],[108,27]]]}',
            '{"type":"Polygon","coordinates":[[[1e999,26],[108,26],[108,27]]]}',
            '{"type":"FeatureCollection","features":[]}',
            "[" * 100_000,
            "\xff",
        ],
    )
    def test_anything_else_is_no_boundary(self, text: str) -> None:
        with pytest.raises(errors.BoundaryUnreadable):
            read_area(text.encode("latin-1"))
