"""Recalls, one noun for firms and offices: of what, what it reaches, ordering it, how far it has got; and drills."""

from traceability.services.recalls.drills import (
    DrillFile,
    Scored,
    drill_file,
    drills,
    finish_list,
    start_drill,
)
from traceability.services.recalls.following import Progress, Times, progress, recalls, times_of
from traceability.services.recalls.ordering import close_recall, confirm_stopped, order_recall, record_notice
from traceability.services.recalls.own import (
    ChannelSales,
    Goods,
    OwnReach,
    ReachedLot,
    RecallFile,
    Recipient,
    goods_of,
    lots_to_recall,
    own_recalls,
    reach_of,
    recall_file,
)
from traceability.services.recalls.reach import SHOWN, Reach, Spread, place_of, reach
from traceability.services.recalls.scoping import Named, scopes_meant

__all__ = [
    "SHOWN",
    "ChannelSales",
    "DrillFile",
    "Goods",
    "Named",
    "OwnReach",
    "Progress",
    "Reach",
    "ReachedLot",
    "RecallFile",
    "Recipient",
    "Scored",
    "Spread",
    "Times",
    "close_recall",
    "confirm_stopped",
    "drill_file",
    "drills",
    "finish_list",
    "goods_of",
    "lots_to_recall",
    "order_recall",
    "own_recalls",
    "place_of",
    "progress",
    "reach",
    "reach_of",
    "recall_file",
    "recalls",
    "record_notice",
    "scopes_meant",
    "start_drill",
    "times_of",
]
