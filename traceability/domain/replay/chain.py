"""Rows of the tea ledger out of the fact of a booking (`chain.leaf_receipt` and the rest)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson

#: What of a booking stands in which column, in the order of the tuples below.
EVENT = (
    "id", "no", "kind", "enterprise_id", "happened_at", "recorded_at", "actor_id", "root_id", "about_id", "reason",
    "terms",
)  # fmt: skip
LOT = (
    "id", "no", "kind", "origin_id", "season", "plucked_from", "plucked_to", "born_at", "grade", "leaf_grade",
    "product_id", "pack_day", "best_before", "closed_at",
)  # fmt: skip
ENTRY = (
    "event_id", "root_id", "account", "lot_id", "party_id", "shipment_id", "plot_id", "part", "grams", "packs",
)  # fmt: skip
EDGE = ("event_id", "root_id", "source_id", "target_id", "grams")

PREFIX = "chain."

Values = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Booked:
    """The rows of one booking; entries and edges in the order they were written."""

    event: Values
    lots: list[Values]
    entries: list[Values]
    edges: list[Values]


def booked(*said: Any) -> Booked | None:
    """The rows of a booking, from its fact (see `_booked`); None where the fact tells of no booking.

    It was erased, or somebody wrote it by hand: what it should have told of is then told by nothing.
    """
    try:
        return _booked(*said)
    except (AttributeError, KeyError, TypeError, ValueError):
        return None


def _booked(
    kind: str,
    actor: int,
    happened: object,
    recorded: object,
    private: Mapping[str, Any],
    firms: Mapping[str, int],
) -> Booked:
    """Moments are as the driver gave them; `firms` are the ids of firms by their credit codes."""
    # the fact is canonical text, so what is read of it has its keys in order already
    event, amends = private["event"], private["amends"]
    root, firm = amends or event, firms.get(private["enterprise"])
    return Booked(
        (
            event, private["no"], kind[len(PREFIX):], firm, happened, recorded, actor, amends, private["about"],
            private["reason"], orjson.dumps(private["terms"]).decode(),
        ),
        [_lot(one, one.get, firm, happened) for one in private["lots"]],
        [_entry(one.get, event, root) for one in private["entries"]],
        [(event, root, source, target, grams) for source, target, grams in private["edges"]],
    )  # fmt: skip


def _lot(told: Mapping[str, Any], get: Any, firm: int | None, born: object) -> Values:
    first, product = told["plucked_from"], get("product")
    return (
        told["id"], told["no"], told["kind"], firm, int(first[:4]), first, get("plucked_to"), born, get("grade"),
        get("leaf_grade"), product["id"] if product else None, get("pack_day"), get("best_before"), None,
    )  # fmt: skip


def _entry(get: Any, event: int, root: int) -> Values:
    return (
        event, root, get("account"), get("lot"), get("party"), get("shipment"), get("plot"), get("part"),
        get("grams"), get("packs"),
    )  # fmt: skip
