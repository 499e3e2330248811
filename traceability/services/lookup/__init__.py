"""The public lookup: what a mark was issued for, and whether something is odd. Never "genuine".

A look is identified, kept, then answered: `identify` → `keep_scans` → `answer`; `Window` does it for many at once.
"""

from traceability.services.lookup.answering import UNKNOWN, Answer, Pack, answer, pack_of
from traceability.services.lookup.items import Item, ItemLot, item, item_lot
from traceability.services.lookup.keeping import COPIED, UNUSED, WITHDRAWN, Looked, Sum, keep_scans, sum_of
from traceability.services.lookup.sighting import Sighting, identify
from traceability.services.lookup.telling import forgive, looks_at, tell_county
from traceability.services.lookup.way import Step
from traceability.services.lookup.window import Memory, Window, pack_key

__all__ = [
    "COPIED",
    "UNKNOWN",
    "UNUSED",
    "WITHDRAWN",
    "Answer",
    "Item",
    "ItemLot",
    "Looked",
    "Memory",
    "Pack",
    "Sighting",
    "Step",
    "Sum",
    "Window",
    "answer",
    "forgive",
    "identify",
    "item",
    "item_lot",
    "keep_scans",
    "looks_at",
    "pack_key",
    "pack_of",
    "sum_of",
    "tell_county",
]
