"""The books from the log: pure functions of facts."""

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from enum import StrEnum
from hashlib import sha256

import pytest

from traceability.domain.replay import GONE, NEW, NOW, Change, Standing, booked, joined, rows_of, written
from traceability.domain.replay.chain import EDGE, ENTRY, EVENT, LOT


class Colour(StrEnum):
    GREEN = "green"


MOMENT = datetime(2026, 4, 5, 10, 5, 6, 70, tzinfo=timezone(timedelta(hours=8)))


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("茶", "茶"), (None, None), (True, True), (7, 7), (2**53 - 1, 2**53 - 1), (2**53, str(2**53)),
        (-(2**53), str(-(2**53))), (Colour.GREEN, "green"), (date(2026, 4, 5), "2026-04-05"),
        (MOMENT, "2026-04-05 02:05:06.000070"), (MOMENT.astimezone(UTC), "2026-04-05 02:05:06.000070"),
        (Decimal("1.50"), "1.50"), (b"file", sha256(b"file").hexdigest()),
        (memoryview(b"file"), sha256(b"file").hexdigest()), ({"a": [Decimal("0.1")]}, {"a": ["0.1"]}),
    ],
)  # fmt: skip
def test_a_value_as_facts_have_it(value: object, expected: object) -> None:
    assert written(value) == expected


def test_rows_are_told_by_table_and_by_what_was_done() -> None:
    changes = [
        Change("plot", NEW, {"id": 1, "no": "P-1"}),
        Change("grower", NOW, {"id": 2, "name": "乙"}),
        Change("plot", NEW, {"id": 2, "no": "P-2"}),
    ]
    told = rows_of(changes)
    assert told == {
        "plot": {"new": [{"id": 1, "no": "P-1"}, {"id": 2, "no": "P-2"}]},
        "grower": {"now": [{"id": 2, "name": "乙"}]},
    }
    more = rows_of(
        [Change("plot", NEW, {"id": 3}), Change("plot", NOW, {"id": 1}), Change("hold", GONE, {"id": 9})]
    )
    both = joined(told, more)
    assert [one["id"] for one in both["plot"]["new"]] == [1, 2, 3]
    assert (both["plot"]["now"], both["hold"]) == ([{"id": 1}], {"gone": [{"id": 9}]})
    assert len(told["plot"]["new"]) == 2


def test_facts_folded_in_order_are_what_stands() -> None:
    standing = Standing({"plot": ("id",), "recall_lot": ("recall_id", "lot_id")})
    standing.fold(
        {"plot": {"new": [{"id": 1, "no": "P-1"}, {"id": 2, "no": "P-2"}]}, "unknown": {"new": [{}]}}, 4
    )
    standing.fold({"plot": {"now": [{"id": 1, "state": "active"}], "gone": [{"id": 2}]}}, 5)
    standing.fold({"recall_lot": {"new": [{"recall_id": 1, "lot_id": 3}]}}, 6)
    [(key, told)] = standing.tables["plot"].items()
    assert (key, told.values) == ((1,), {"id": 1, "no": "P-1", "state": "active"})
    assert [told.told_by(name) for name in ("no", "state")] == [4, 5]
    assert told.speaks_of("anything")
    assert list(standing.tables["recall_lot"]) == [(1, 3)]


def test_of_a_row_whose_beginning_was_erased_only_what_was_told_since_is_known() -> None:
    standing = Standing({"grower": ("id",)})
    standing.fold({"grower": {"now": [{"id": 1, "name": "丙"}]}}, 9)
    told = standing.tables["grower"][(1,)]
    assert [told.speaks_of(name) for name in ("name", "township")] == [True, False]


PRIVATE = {
    "event": 7, "no": "R26-1-00001", "enterprise": "91522701MAXTEA015P",
    "lots": [{"id": 3, "no": "L-1", "kind": "leaf", "plucked_from": "2026-04-05", "plucked_to": "2026-04-05",
              "leaf_grade": "one_bud"}],
    "entries": [{"account": "plot", "grams": -900, "lot": 3, "packs": 0, "plot": 2, "part": "2026-spring"},
                {"account": "held", "grams": 900, "lot": 3, "packs": 0, "party": 1}],
    "edges": [[2, 3, 900]], "terms": {"a": "二", "b": 1}, "about": None, "amends": None, "reason": None,
}  # fmt: skip
FIRMS = {"91522701MAXTEA015P": 1}


def test_a_booking_is_its_event_lots_entries_and_edges() -> None:
    made = booked("chain.leaf_receipt", 5, "happened", "recorded", PRIVATE, FIRMS)
    assert made is not None
    event = dict(zip(EVENT, made.event, strict=True))
    assert event == {
        "id": 7, "no": "R26-1-00001", "kind": "leaf_receipt", "enterprise_id": 1, "happened_at": "happened",
        "recorded_at": "recorded", "actor_id": 5, "root_id": None, "about_id": None, "reason": None,
        "terms": '{"a":"二","b":1}',
    }  # fmt: skip
    [lot] = (dict(zip(LOT, one, strict=True)) for one in made.lots)
    assert (lot["season"], lot["born_at"], lot["grade"], lot["origin_id"]) == (2026, "happened", None, 1)
    plot, held = (dict(zip(ENTRY, one, strict=True)) for one in made.entries)
    assert (plot["event_id"], plot["root_id"], plot["plot_id"], plot["party_id"]) == (7, 7, 2, None)
    assert (held["grams"], held["part"]) == (900, None)
    assert [dict(zip(EDGE, one, strict=True)) for one in made.edges] == [
        {"event_id": 7, "root_id": 7, "source_id": 2, "target_id": 3, "grams": 900}
    ]


def test_an_amendment_counts_for_the_event_it_amends() -> None:
    made = booked("chain.leaf_receipt", 5, "h", "r", PRIVATE | {"amends": 4}, FIRMS)
    assert made is not None
    assert made.event[EVENT.index("root_id")] == 4
    assert {one[1] for one in (*made.entries, *made.edges)} == {4}


@pytest.mark.parametrize("wrong", [{"edges": [[1]]}, {"lots": ["L"]}, {"entries": 3}])
def test_what_is_no_booking_has_no_rows(wrong: dict[str, object]) -> None:
    """Erased, or written by hand."""
    assert booked("chain.leaf_receipt", 5, "h", "r", {}, FIRMS) is None
    assert booked("chain.leaf_receipt", 5, "h", "r", PRIVATE | wrong, FIRMS) is None
