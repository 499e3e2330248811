"""The public lookup: what a mark was issued for, and whether something is odd. Never "genuine".

A look is identified, kept, then answered: `Window.ask`, then `answer`. `glance` finds without being a look.
"""

from traceability.services.lookup.answering import UNKNOWN, Answer, answer
from traceability.services.lookup.items import Item, ItemLot, item, item_lot
from traceability.services.lookup.keeping import COPIED, UNUSED, WITHDRAWN, Ask, Found, glance
from traceability.services.lookup.packs import Pack
from traceability.services.lookup.sighting import Sighting, identify
from traceability.services.lookup.telling import Looks, forget_scans, looks_at, settle_explained, tell_county
from traceability.services.lookup.way import Step
from traceability.services.lookup.window import Memory, Window, pack_key

__all__ = [
    "COPIED",
    "UNKNOWN",
    "UNUSED",
    "WITHDRAWN",
    "Answer",
    "Ask",
    "Found",
    "Item",
    "ItemLot",
    "Looks",
    "Memory",
    "Pack",
    "Sighting",
    "Step",
    "Window",
    "answer",
    "forget_scans",
    "glance",
    "identify",
    "item",
    "item_lot",
    "looks_at",
    "pack_key",
    "settle_explained",
    "tell_county",
]
